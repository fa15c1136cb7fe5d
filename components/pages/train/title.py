"""The title of the Train page: its finding in one line. Pure."""

from collections.abc import Sequence

from components.display import words
from components.display.layer import LAYER_NAMES
from components.display.race import Round, all_latest
from components.pages.train import race
from components.pages.train.results import UNSHARED
from components.pages.train.state import Train


def title(own: Train, rounds: Sequence[Round]) -> str:
    """Before training the numbers of parameters; afterwards the best, and its best rival that shares or does not."""
    if not rounds:
        few, *more = sorted(race.network(kind, own).parameters for kind in own.kinds)
        if not more:
            return f":primary[{words.plural(few, 'parameter')}] learn to read digits"
        return f":primary[{words.plural(few, 'parameter')} or {words.amount(more[-1])}]: which read digits better?"
    results = all_latest([variant for variant in race.variants(own) if not variant.scrambled], rounds)
    shares = {variant.kind: result.test for variant, result in results.items() if not result.diverged}
    if not shares:
        return ":primary[Diverged]: nothing was learned"
    told = {kind: words.percent(share) for kind, share in shares.items()}
    tested = f"With {race.SHORT[own.readout]}" + (" at shifts beyond training" if own.reach < race.FURTHEST else "")
    first, *others = sorted(shares, key=shares.__getitem__, reverse=True)
    found = f":primary[{LAYER_NAMES[first].lower()} {told[first]}]"
    if not others:
        return f"{tested}: {found}"
    if len({*told.values()}) == 1:
        which = "with each wiring" if len(shares) == len(own.kinds) else "wherever training converged"
        return f"{tested}: :primary[{told[first]}] {which}"
    rival = next((kind for kind in others if (kind in UNSHARED) != (first in UNSHARED)), others[0])
    return f"{tested}: {found}, {LAYER_NAMES[rival].lower()} {told[rival]}"
