"""The title of the Train page: its finding in one line. Pure."""

from collections.abc import Sequence

from components.display import words
from components.display.race import Round, all_latest
from components.pages.train import race
from components.pages.train.state import Train


def title(own: Train, rounds: Sequence[Round]) -> str:
    """Before training the numbers of parameters, afterwards the highest and lowest test accuracy."""
    if not rounds:
        few, *more = sorted(race.network(kind, own).parameters for kind in own.kinds)
        if not more:
            return f":primary[{words.plural(few, 'parameter')}] learn to read digits"
        return f":primary[{words.plural(few, 'parameter')} or {words.amount(more[-1])}]: which read digits better?"
    results = all_latest([variant for variant in race.variants(own) if not variant.scrambled], rounds)
    shares = {variant.name: result.test for variant, result in results.items() if not result.diverged}
    if not shares:
        return ":primary[Diverged]: nothing was learned"
    first, last = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
    best, least = (words.percent(shares[name]) for name in (first, last))
    tested = "Test accuracy" + (" at shifts beyond training" if own.reach < race.FURTHEST else "")
    if len(shares) == 1:
        return f"{tested}: :primary[{first} {best}]"
    if best == least:
        which = "with each wiring" if len(shares) == len(own.kinds) else "wherever training converged"
        return f"{tested}: :primary[{best}] {which}"
    return f"{tested}: :primary[{first} {best}], {last.lower()} {least}"
