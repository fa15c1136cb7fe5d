"""What sharing over rotations buys, and costs: digits rotated at random, four networks, five seeds. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

import numpy as np

from components.display import words
from components.display.race import CLASSES
from components.display.table import table
from kernels.images import digits
from kernels.images.digits import Examples
from kernels.layer.spec import Array, LayerSpec, Shape
from kernels.learning.layers import Activate, GlobalPool, Layer
from kernels.learning.linear import Wired, full
from kernels.learning.losses import cross_entropy
from kernels.learning.network import Network
from kernels.learning.training import Recipe, fit
from kernels.sharing.turns import TURNS, TurnPool, lift, turned

TRAIN, TEST, SEEDS = 300, 600, 5
CANVAS = 12
IN_SHAPE: Shape = (1, CANVAS, CANVAS)
RECIPE = Recipe(rate=0.005, batch=32, epochs=40)
ALIKE = (6, 9)  # rotated by 180°, one becomes the other
ROTATED = "each rotated by a random multiple of 90°"
PUBLISHED = {"conv": 5.03, "pool": 3.21, "p4": 2.28}  # test error in % on rotated MNIST, Cohen & Welling 2016, table 1


@dataclass(frozen=True, slots=True)
class Net:
    """One of the networks. name: in a result. what: its layers, in words."""

    name: str
    title: str
    what: str
    layers: tuple[Layer, ...]

    @property
    def network(self) -> Network:
        return Network(self.layers, IN_SHAPE)


def _conv(channels: int, maps: int) -> Wired:
    return Wired("conv", LayerSpec(3, channels, maps, bias=True))


RELU, MAX = Activate("relu"), GlobalPool("max")
NETS = (
    Net("dense", "Fully connected", "200 hidden units",
        (full(200, IN_SHAPE), RELU, full(CLASSES, (200, 1, 1), 1.0))),
    Net("conv", "Convolution", "shared over translations",
        (_conv(1, 16), RELU, _conv(16, 32), RELU, MAX, full(CLASSES, (32, 1, 1), 1.0))),
    Net("pool", "Rotation pooling", "maximum over four rotations",
        (lift(1, 16, 3), RELU, TurnPool(), _conv(16, 32), RELU, MAX, full(CLASSES, (32, 1, 1), 1.0))),
    Net("p4", "p4 convolution", "shared over translations and rotations",
        (lift(1, 8, 3), RELU, turned(8, 16, 3), RELU, TurnPool(), MAX, full(CLASSES, (16, 1, 1), 1.0))),
)  # fmt: skip


RUNS = tuple((net, "turned") for net in NETS) + tuple((net, "upright") for net in NETS if net.name in ("conv", "p4"))


@dataclass(frozen=True, slots=True)
class Result:
    """One network from one seed, on digits that are rotated ("turned") or all upright.

    accuracy: on the test digits. mixed: the share of their sixes and nines that it takes for one another.
    """

    name: str
    digits: str
    seed: int
    accuracy: float
    mixed: float


def experiment(seed: int, after: int | None = None) -> Iterator[tuple[Result, int]]:
    """Every one of RUNS from SEEDS seeds, digits and rotations drawn anew for each, with how many there are."""
    order = product(range(seed * SEEDS, (seed + 1) * SEEDS), RUNS)
    for done, (own, (net, how)) in islice(enumerate(order, 1), after or 0, None):
        train, test = examples(own, how)
        *_, last = fit(net.network, train.x, train.labels, cross_entropy, replace(RECIPE, seed=own))
        found = net.network.apply(last.theta, test.x).reshape(len(test), CLASSES).argmax(axis=1)
        yield Result(net.name, how, own, float(np.mean(found == test.labels)), mixed(found, test.labels)), done


def examples(seed: int, how: str) -> tuple[Examples, Examples]:
    """Digits to train and to test with, in the middle of the canvas: upright, or rotated by random multiples of 90°."""
    rng = np.random.default_rng([seed, 7])
    train, test = (
        digits.moved(these, np.zeros((len(these), 2), np.int64), CANVAS) for these in digits.split(TRAIN, TEST, seed)
    )
    return (train, test) if how == "upright" else (_turned(train, rng), _turned(test, rng))


def _turned(these: Examples, rng: np.random.Generator) -> Examples:
    turns = rng.integers(0, TURNS, len(these))
    x = np.stack([np.rot90(one, r, axes=(1, 2)) for one, r in zip(these.x, turns.tolist(), strict=True)])
    return Examples(x, these.labels)


def mixed(found: Array, labels: Array) -> float:
    """The share of the sixes and nines that were found to be the other of the two.

    >>> mixed(np.array([6, 9, 6, 1]), np.array([6, 6, 9, 9]))
    0.5
    """
    six, nine = ALIKE
    asked = np.isin(labels, ALIKE)
    other = np.where(labels == six, nine, six)
    return float(np.mean(found[asked] == other[asked]))


def as_table(results: Sequence[Result]) -> str:
    """A row for each network, in Markdown: its accuracy with the spread of the seeds, and what it mixes up."""
    rows = [_row(net, results) for net in NETS]
    return table([*rows[0]], [[*row.values()] for row in rows])


def _row(net: Net, results: Sequence[Result]) -> dict[str, str]:
    found, upright = of(results, net.name, "turned"), of(results, net.name, "upright")
    return {
        "network": f"**{net.title}**: {net.what}",
        "parameters": words.amount(net.network.parameters),
        "test accuracy": words.spread([result.accuracy for result in found]),
        "6 and 9 confused": words.percent(mean_mixed(found)) if found else "—",
        "if all upright": words.percent(mean_mixed(upright)) if upright else "—",
        "published error": f"{PUBLISHED[net.name]:.2f}%" if net.name in PUBLISHED else "—",
    }


def of(results: Sequence[Result], name: str, how: str) -> list[Result]:
    """The results of this network on digits that are rotated, or upright."""
    return [result for result in results if (result.name, result.digits) == (name, how)]


def mean_accuracy(results: Sequence[Result]) -> float:
    return float(np.mean([result.accuracy for result in results]))


def mean_mixed(results: Sequence[Result]) -> float:
    return float(np.mean([result.mixed for result in results]))


def sentence(results: Sequence[Result]) -> str:
    """What sharing over rotations brings here, and what it costs where the digits are upright."""
    parts = {(name, how): of(results, name, how) for name in ("conv", "p4") for how in ("turned", "upright")}
    if not all(parts.values()):
        return f"{TRAIN} training and {TEST} test digits, {ROTATED}."
    gain = 100 * (mean_accuracy(parts["p4", "turned"]) - mean_accuracy(parts["conv", "turned"]))
    mixes = [mean_mixed(parts[name, "upright"]) for name in ("conv", "p4")]
    conv, p4 = map(words.percent, mixes)
    change = 100 * (mean_accuracy(parts["p4", "upright"]) - mean_accuracy(parts["conv", "upright"]))
    price = (
        "The price shows where the world is *not* symmetric: pooled over rotations, p4 cannot use which way up a digit "
        "is. "
        if mixes[1] > mixes[0]
        else ""
    )
    seeds = words.plural(min(map(len, parts.values())), "seed")
    return (
        f"**On rotated digits, p4 convolution changes test accuracy by {_points(gain)} against a convolution with "
        f"about the same number of parameters ({seeds}).** {price}"
        f"On upright digits it confuses {p4} of sixes and nines, against {conv} for the convolution. Over all upright "
        f"digits, p4 changes test accuracy by {_points(change)}."
    )


def scope() -> str:
    """What is compared, and where the published errors are from."""
    return (
        f"{TRAIN} training and {TEST} test digits, {ROTATED}, {RECIPE.epochs} epochs. Published: Cohen & Welling, "
        "2016, Group equivariant convolutional networks, on rotated MNIST, another data set."
    )


def _points(difference: float) -> str:
    return f"{difference:+.1f} points".replace("-", "−")
