"""Networks that differ only in the wiring of their first layer, racing on digits that have been moved about. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import prod

import numpy as np

from components.pages.train.state import Train
from components.state.setup import View
from kernels.images import digits
from kernels.images.digits import CANVAS, Examples
from kernels.layer.spec import Array, LayerSpec, Shape
from kernels.learning.layers import Activate, Flatten, GlobalPool, Layer
from kernels.learning.linear import Wired, full
from kernels.learning.losses import cross_entropy
from kernels.learning.network import Network
from kernels.learning.training import Epoch, Recipe, accuracy, fit

Entry = tuple[View, bool]  # a wiring, and whether its pixels are scrambled

IN_SHAPE: Shape = (1, CANVAS, CANVAS)
FIRST = LayerSpec(5, 1, 16, bias=True)
MAPS: Shape = FIRST.out_shape(IN_SHAPE)
PERIOD = 2
CLASSES = len(set(digits.digits().labels.tolist()))
TESTS = 600  # digits nobody trains with
FURTHEST = (CANVAS - digits.SIDE) // 2
EVERY = 10  # epochs between two looks at how far a digit may be moved
READOUTS = {"max": "Maximum of each map", "mean": "Mean of each map", "flat": "Every place of every map"}


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """How one network stands after an epoch.

    by_distance: accuracy for test digits moved by exactly 0, 1, 2 … pixels, () where it was not looked at. kernels:
    some of what the first layer has learned, (n, h, w).
    """

    train: float
    test: float
    loss: float
    diverged: bool
    by_distance: tuple[float, ...]
    kernels: Array


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """An epoch of all. shared: θ of the convolutional network, for its gradient."""

    number: int
    scores: dict[Entry, Score]
    shared: Array | None


def first_layer(kind: View) -> Wired:
    """The layer in which the networks differ."""
    return Wired(kind, FIRST, PERIOD if kind == "tiled" else None)


def network(kind: View, own: Train) -> Network:
    """16 maps of 5×5 windows, ReLU, the read-out, and one fully connected layer to ten classes."""
    pooled: tuple[Layer, ...] = (Flatten(),) if own.readout == "flat" else (GlobalPool(own.readout),)
    inputs = (prod(MAPS), 1, 1) if own.readout == "flat" else (MAPS[0], 1, 1)
    return Network((first_layer(kind), Activate("relu"), *pooled, full(CLASSES, inputs, 1.0)), IN_SHAPE)


def recipe(own: Train) -> Recipe:
    return Recipe(own.optimiser, own.rate, own.batch, own.epochs, own.seed)


def key(own: Train) -> Train:
    """Two states with the same key run the same contest."""
    still = Train()
    return replace(own, pace=still.pace, watched=still.watched, disturbance=still.disturbance)


def entries(own: Train) -> list[Entry]:
    """Who races: every wiring, and once more with scrambled pixels."""
    return [(kind, scrambled) for scrambled, kind in product((False, True)[: 1 + own.scrambled], own.racers)]


def lessons(own: Train, examples: int) -> tuple[Examples, Examples]:
    """Digits to train with, moved by up to the reach, and to test with, moved by up to what the canvas allows."""
    train, test = digits.split(examples, TESTS, own.seed)
    rng = np.random.default_rng([own.seed, 2])
    tested = digits.moved(test, digits.within(len(test), FURTHEST, rng))
    return digits.moved(train, digits.within(len(train), own.reach, rng)), tested


def order(own: Train) -> Array:
    """The one order in which the scrambled pixels come."""
    return np.random.default_rng([own.seed, 3]).permutation(prod(IN_SHAPE))


def contest(own: Train) -> Iterator[Round | None]:
    """Every network an epoch further, a round at a time, all from the same digits; None after each network."""
    train, test = lessons(own, own.examples)
    rings = [digits.moved(plain, shifts) for plain, shifts in _rings(own)]
    shown = {entry: _seen(entry, own, train) for entry in entries(own)}
    asked = {entry: [_seen(entry, own, these) for these in (test, *rings)] for entry in entries(own)}
    runs = {entry: _fit(entry, own, examples) for entry, examples in shown.items()}
    nets = {kind: network(kind, own) for kind in own.racers}
    for number in range(1, own.epochs + 1):
        scores, shared = {}, None
        looked = number % EVERY == 0 or number == own.epochs
        for entry, run in list(runs.items()):
            epoch, net = next(run), nets[entry[0]]
            first, *others = asked[entry]
            away = others if looked and not epoch.diverged else []
            scores[entry] = Score(
                accuracy(net, epoch.theta, shown[entry].x, shown[entry].labels),
                accuracy(net, epoch.theta, first.x, first.labels),
                float(np.mean(epoch.losses)),
                epoch.diverged,
                tuple(accuracy(net, epoch.theta, ring.x, ring.labels) for ring in away),
                kernels(entry[0], net, epoch.theta),
            )
            if entry == ("conv", False) and not epoch.diverged:
                shared = epoch.theta
            if epoch.diverged:
                del runs[entry]
            yield None
        yield Round(number, scores, shared)
        if not runs:
            return


def _rings(own: Train) -> list[tuple[Examples, Array]]:
    """The test digits, moved by exactly 0, 1, 2 … pixels."""
    _, test = digits.split(own.examples, TESTS, own.seed)
    rng = np.random.default_rng([own.seed, 4])
    return [(test, digits.at_distance(len(test), distance, rng)) for distance in range(FURTHEST + 1)]


def _seen(entry: Entry, own: Train, these: Examples) -> Examples:
    return digits.reordered(these, order(own)) if entry[1] else these


def _fit(entry: Entry, own: Train, train: Examples) -> Iterator[Epoch]:
    """A fully connected network that sees scrambled pixels starts with its first weights in the same order.

    So it is the same network on the same numbers, and differs from the one with the pixels in order by rounding alone.
    """
    net, start = network(entry[0], own), None
    if entry == ("dense", True):
        theta = net.init(own.seed)
        weights, _ = first_layer("dense").split(theta[net.parts[0]], IN_SHAPE)
        weights[...] = weights[:, order(own)]
        start = Epoch(0, theta, np.zeros((2, len(theta)), theta.dtype))
    return fit(net, train.x, train.labels, cross_entropy, recipe(own), start)


def kernels(kind: View, net: Network, theta: Array) -> Array:
    """What the first layer has learned (n, h, w).

    The convolution's kernels; one map's kernel at every place where there are several; of the fully connected layer the
    weights of every map's middle unit.
    """
    weights, _ = first_layer(kind).split(theta[net.parts[0]], IN_SHAPE)
    maps, rows, cols = MAPS
    if kind == "dense":
        middle = weights.reshape(maps, rows, cols, -1)[:, rows // 2, cols // 2]
        return middle.reshape(-1, CANVAS, CANVAS).copy()
    chosen = weights[..., 0] if kind == "conv" else np.moveaxis(weights[0], -1, 0)
    return chosen.reshape(-1, *FIRST.kernel_size).copy()
