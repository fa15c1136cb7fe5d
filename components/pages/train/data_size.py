"""Accuracy against the number of digits to train with. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from math import isnan, nan

from components.display import words
from components.display.layer import LAYER_NAMES
from components.display.table import table
from components.pages.train import race
from components.pages.train.state import Train
from components.state.setup import View
from kernels.images.digits import Examples
from kernels.learning.losses import cross_entropy
from kernels.learning.network import Network
from kernels.learning.training import Epoch, accuracy, fit

SIZES = (30, 100, 300, 1000)


@dataclass(frozen=True, slots=True)
class Point:
    """The test accuracy of one network trained with so many digits; NaN where it diverged."""

    kind: View
    digits: int
    accuracy: float

    @property
    def told(self) -> str:
        return "diverged" if isnan(self.accuracy) else words.percent(self.accuracy)


@dataclass(frozen=True, slots=True, eq=False)
class SweepProgress:
    """Where the sweep stands: the points there are, and the newest epoch of the network at work."""

    points: int = 0
    epoch: Epoch | None = None


def key(own: Train) -> Train:
    """The state without what does not matter to the sweep."""
    return replace(race.key(own), scrambled=False)


def sweep(own: Train, after: SweepProgress | None = None) -> Iterator[tuple[Point | None, SweepProgress]]:
    """A point for every network and every one of SIZES, each with the progress after it; after an epoch no point.

    Each takes as many gradient steps as in the race, to the nearest whole epoch.
    """
    now = after or SweepProgress()
    steps = own.epochs * -(-own.examples // own.batch)
    for n, kind in islice(product(SIZES, own.kinds), now.points, None):
        train, test = race.shifted_digits(own, n)
        recipe = replace(race.recipe(own), epochs=max(1, round(steps / -(-n // own.batch))))
        net = race.network(kind, own)
        for epoch in fit(net, train.x, train.labels, cross_entropy, recipe, now.epoch):
            now = SweepProgress(now.points, epoch)
            yield None, now
        point, now = Point(kind, n, _accuracy(net, now.epoch, test)), SweepProgress(now.points + 1)
        yield point, now


def _accuracy(net: Network, end: Epoch | None, test: Examples) -> float:
    return nan if end is None or end.diverged else accuracy(net, end.theta, test.x, test.labels)


def sentence(points: Sequence[Point]) -> str:
    """Who has the highest accuracy at which sizes; or what to change where one diverged."""
    if not points:
        return "Press **Train at every size**: each network with ever more training digits."
    if any(isnan(point.accuracy) for point in points):
        return "A network diverged. Choose a smaller learning rate."
    leads: dict[View, list[str]] = {}
    for n in _sizes(points):
        best = max((point for point in points if point.digits == n), key=lambda point: point.accuracy)
        leads.setdefault(best.kind, []).append(words.amount(n))
    told = [f"**{LAYER_NAMES[kind]}** with {', '.join(sizes)}" for kind, sizes in leads.items()]
    return f"Highest test accuracy: {'; '.join(told)} training digits."


def as_table(own: Train, points: Sequence[Point]) -> str:
    """One row per network, one column per number of training digits."""
    found = {(point.kind, point.digits): point.told for point in points}
    rows = [(LAYER_NAMES[kind], *(found.get((kind, n), "—") for n in SIZES)) for kind in own.kinds]
    return table(("Training digits", *map(words.amount, SIZES)), rows)


def tested(own: Train) -> str:
    """Which digits are tested, and what is equal at every size."""
    return (
        f"Accuracy on {race.TESTED}; one network each, seed {own.seed}. Each takes as many gradient steps as under "
        f"“Learning curves”."
    )


def _sizes(points: Sequence[Point]) -> list[int]:
    return sorted({point.digits for point in points})
