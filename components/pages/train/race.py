"""Networks that differ only in the wiring of their first layer, trained on digits shifted on a larger canvas. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from math import prod

import numpy as np

from components.display import race
from components.display.layer import LAYER_NAMES
from components.display.race import CLASSES, TESTS, RaceProgress, Round, Training, Variant
from components.pages.train.state import Train
from components.state.setup import View
from kernels.images import digits
from kernels.images.digits import CANVAS, Examples
from kernels.layer.spec import Array, LayerSpec, Shape
from kernels.learning.layers import Activate, Flatten, GlobalPool, Layer
from kernels.learning.linear import Wired, full
from kernels.learning.network import Network
from kernels.learning.training import Epoch, Recipe

IN_SHAPE: Shape = (1, CANVAS, CANVAS)
FIRST = LayerSpec(5, 1, 16, bias=True)
MAPS: Shape = FIRST.out_shape(IN_SHAPE)
PERIOD = 2
FURTHEST = (CANVAS - digits.SIDE) // 2  # pixels a digit can be shifted by
TESTED = f"{TESTS} held-out digits, each shifted at random by up to {FURTHEST} pixels"
READOUTS = {"max": "Global max pooling", "mean": "Global mean pooling", "flat": "Flattened maps"}
SHORT = {"max": "max pooling", "flat": "flattened maps", "mean": "mean pooling"}


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
    """The state without what does not matter to the race: two states with equal keys have equal results."""
    still = Train()
    return replace(own, pace=still.pace, watched=still.watched, disturbance=still.disturbance, tab=still.tab)


def variants(own: Train) -> list[Variant]:
    """Every wiring, and all of them again on scrambled pixels if the state asks for it."""
    in_order = [Variant(LAYER_NAMES[kind], kind) for kind in own.kinds]
    if not own.scrambled:
        return in_order
    return in_order + [Variant(f"{variant.name}, scrambled", variant.kind, True) for variant in in_order]


def shifted_digits(own: Train, examples: int) -> tuple[Examples, Examples]:
    """Digits to train with, shifted by up to the reach, and to test with, shifted by up to what the canvas allows."""
    train, test = digits.split(examples, TESTS, own.seed)
    rng = np.random.default_rng([own.seed, 2])
    tested = digits.moved(test, digits.within(len(test), FURTHEST, rng))
    return digits.moved(train, digits.within(len(train), own.reach, rng)), tested


def tests_by_shift(own: Train) -> list[Examples]:
    """The test digits shifted by exactly 0, 1, 2 … pixels."""
    _, test = digits.split(own.examples, TESTS, own.seed)
    rng = np.random.default_rng([own.seed, 4])
    return [digits.moved(test, digits.at_distance(len(test), shift, rng)) for shift in range(FURTHEST + 1)]


def order(own: Train) -> Array:
    """The one order in which all scrambled pixels come."""
    return np.random.default_rng([own.seed, 3]).permutation(prod(IN_SHAPE))


def rounds(own: Train, after: RaceProgress | None = None) -> Iterator[tuple[Round | None, RaceProgress]]:
    """All networks trained on the same digits, a round an epoch, each with the progress after it."""
    return race.race(trainings(key(own)), recipe(own), after)


@lru_cache(maxsize=4)  # a race goes on slice by slice
def trainings(own: Train) -> Mapping[Variant, Training]:
    """What each network trains with. Harder tests: `tests_by_shift`.

    Results hold what the first layer has learned, those of the convolution all its parameters, for its gradient.
    """
    train, test = shifted_digits(own, own.examples)
    in_order = [train, test, *tests_by_shift(own)]
    scrambled = [digits.reordered(these, order(own)) for these in in_order] if own.scrambled else []
    found = {}
    for variant in variants(own):
        seen, tested, *harder = scrambled if variant.scrambled else in_order
        net = network(variant.kind, own)
        found[variant] = Training(
            net,
            seen,
            tested,
            harder,
            reordered_start(own) if variant.scrambled and variant.kind == "dense" else None,
            partial(kernels, variant.kind, net),
            keeps_theta=variant.kind == "conv" and not variant.scrambled,
        )
    return found


def reordered_start(own: Train) -> Epoch:
    """The first weights of the fully connected network in the order of the scrambled pixels.

    From there it is the network that sees the pixels in order, on equal numbers: what differs is rounding.
    """
    net = network("dense", own)
    theta = net.init(own.seed)
    weights, _ = first_layer("dense").split(theta[net.parts[0]], IN_SHAPE)
    weights[...] = weights[:, order(own)]
    return Epoch(0, theta, np.zeros((2, len(theta)), theta.dtype))


def kernels(kind: View, net: Network, theta: Array) -> Array:
    """What the first layer has learned (n, h, w), a copy.

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
