"""Accuracy against the number of digits to train with. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from math import isnan, nan

from components.display import words
from components.display.layer import LAYER_NAMES
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
class Standing:
    """Where the sweep stands: the points there are, and the newest epoch of the network at work."""

    points: int = 0
    epoch: Epoch | None = None


def sweep(own: Train, after: Standing | None = None) -> Iterator[tuple[Point | None, Standing]]:
    """A point for every network and every one of SIZES, each with the standing after it; after an epoch no point.

    Each takes as many gradient steps as in the race, to the nearest whole epoch.
    """
    now = after or Standing()
    steps = own.epochs * -(-own.examples // own.batch)
    for n, kind in islice(product(SIZES, own.kinds), now.points, None):
        train, test = race.shifted_digits(own, n)
        recipe = replace(race.recipe(own), epochs=max(1, round(steps / -(-n // own.batch))))
        net = race.network(kind, own)
        for epoch in fit(net, train.x, train.labels, cross_entropy, recipe, now.epoch):
            now = Standing(now.points, epoch)
            yield None, now
        point, now = Point(kind, n, _accuracy(net, now.epoch, test)), Standing(now.points + 1)
        yield point, now


def _accuracy(net: Network, end: Epoch | None, test: Examples) -> float:
    return nan if end is None or end.diverged else accuracy(net, end.theta, test.x, test.labels)


def sentence(points: Sequence[Point]) -> str:
    """The accuracies, number of digits by number of digits; "" before there are any."""
    if not points:
        return ""
    told = []
    for n in sorted({point.digits for point in points}):
        here = ", ".join(f"{LAYER_NAMES[point.kind]} {point.told}" for point in points if point.digits == n)
        told.append(f"with {words.amount(n)} training digits {here}")
    lost = " Choose a smaller learning rate." if any(isnan(point.accuracy) for point in points) else ""
    return f"Accuracy on {race.TESTED}: {'; '.join(told)}.{lost}"
