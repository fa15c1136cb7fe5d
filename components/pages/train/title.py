"""The title of the Train page: what it finds, in a line. Pure."""

from collections.abc import Sequence

from components.display import words
from components.display.layer import LAYER_NAMES
from components.pages.train import race, results
from components.pages.train.race import Round
from components.pages.train.state import Train


def title(own: Train, rounds: Sequence[Round]) -> str:
    """Before the race what they race with, after it who came first and last."""
    if not rounds:
        few, *more = sorted(race.network(kind, own).parameters for kind in own.racers)
        if not more:
            return f":primary[{words.plural(few, 'parameter')}] learn to read digits"
        return f":primary[{words.plural(few, 'parameter')} or {words.amount(more[-1])}]: which read digits better?"
    scores = {kind: results.last((kind, False), rounds) for kind in own.racers}
    shares = {LAYER_NAMES[kind]: score.test for kind, score in scores.items() if score and not score.diverged}
    if not shares:
        return ":primary[Diverged]: nothing was learned"
    first, last = (choose(shares, key=shares.__getitem__) for choose in (max, min))
    best, least = (words.percent(shares[name]) for name in (first, last))
    if len(shares) == 1:
        return f":primary[{first} {best}] of unseen digits right"
    if best == least:
        which = "with each wiring" if len(shares) == len(own.racers) else "wherever nothing diverged"
        return f":primary[{best}] of unseen digits right, {which}"
    return f":primary[{first} {best}], {last.lower()} {least} of unseen digits right"
