"""The titles of Compare, Channels and Train: what their page finds, in a line. Pure."""

from collections.abc import Sequence

from components.display import words
from components.display.layer import NAMES, Layer
from components.pages.train import race, results
from components.pages.train.race import Round
from components.state.link import Train

COMPARE, CHANNELS = ":primary[Four machines], one picture", ":primary[Many inputs], many outputs"  # without a layer


def compare(layer: Layer) -> str:
    """What the ladder begins and ends with."""
    dense, conv = (layer.counts[kind].parameters for kind in ("dense", "conv"))
    if dense == conv:
        return f":primary[{words.plural(conv, 'weight')}], fully connected and as a convolution"
    return f":primary[{words.plural(conv, 'weight')} or {words.amount(dense)}]: four machines, one picture"


def channels(layer: Layer) -> str:
    found, (reads, maps) = layer.counts["conv"].parameters, (layer.in_shape[0], layer.out_shape[0])
    verb = "turns" if found == 1 else "turn"
    sides = f"{words.plural(reads, 'channel')} into {words.plural(maps, 'map')}"
    return f":primary[{words.plural(found, 'parameter')}] {verb} {sides}"


def train(own: Train, rounds: Sequence[Round]) -> str:
    """Before the race what they race with, after it who came first and last."""
    if not rounds:
        few, *more = sorted(race.network(kind, own).parameters for kind in own.racers)
        if not more:
            return f":primary[{words.plural(few, 'parameter')}] learn to read digits"
        return f":primary[{words.plural(few, 'parameter')} or {words.amount(more[-1])}]: which read digits better?"
    scores = {kind: results.last((kind, False), rounds) for kind in own.racers}
    shares = {NAMES[kind]: score.test for kind, score in scores.items() if score and not score.diverged}
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
