"""Equal parameters, tied differently: four ways of tying, two read-outs, shifted digits. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from math import prod
from typing import Literal

import numpy as np

from components.display import words
from components.display.diagram import MATRIX_ALONE, Diagram, colours
from components.display.race import CLASSES
from components.display.table import table
from components.pages.sharing import clustering
from kernels.images import digits
from kernels.images.digits import Examples
from kernels.layer.kinds import fully_connected
from kernels.layer.spec import Array, Ints, LayerSpec, Shape
from kernels.layer.wiring import Wiring
from kernels.learning.layers import Activate, GlobalPool, Layer
from kernels.learning.linear import Wired, full
from kernels.learning.losses import cross_entropy
from kernels.learning.network import Network
from kernels.learning.tied import Tied
from kernels.learning.training import Epoch, Recipe, accuracy, fit
from kernels.sharing.clustered import clustered, clusters
from kernels.sharing.groups import ring_shift
from kernels.sharing.hashed import hashed
from kernels.sharing.symmetric import Action, symmetric

TRAIN, TEST, SEEDS, REACH = 300, 600, 5, 2
CANVAS, HIDDEN = 12, 64
IN_SHAPE: Shape = (1, CANVAS, CANVAS)
PIXELS = CANVAS * CANVAS
HIDDEN_SHAPE: Shape = (HIDDEN, 1, 1)
CONV = LayerSpec(5, 1, 16, bias=True)
FLAT = LayerSpec(5, 1, 3, stride=2, bias=True)  # so few maps that a weight for each unit of them can be paid for
RECIPE, TUNE = Recipe(rate=0.005, epochs=40), Recipe(rate=0.001, epochs=10)
RELU = Activate("relu")
WINDOWS = Wired("local", CONV)  # the convolution's windows, with nothing tied
Readout = Literal["units", "maps"]
READOUTS: dict[Readout, str] = {"units": "flattened", "maps": "max pooling"}


@dataclass(frozen=True, slots=True)
class Result:
    """One network from one seed. name: how it is tied. readout: what its last layer reads."""

    name: str
    readout: Readout
    seed: int
    parameters: int
    accuracy: float


# Networks with global max pooling: one network but for its ties


def convolution() -> Network:
    """Its parameters are what the others may have."""
    return _of_maps(Wired("conv", CONV))


def of_windows(ids: Ints, n: int) -> Network:
    """The convolution's windows, maps and read-out, with the weights of the windows tied to n by these ids."""
    maps, *places = CONV.out_shape(IN_SHAPE)
    biases = n + np.repeat(np.arange(maps), prod(places))
    return _of_maps(Tied(WINDOWS, np.concatenate([ids, biases]), n + maps))


def _of_maps(first: Layer) -> Network:
    maps = CONV.out_channels
    return Network((first, RELU, GlobalPool("max"), full(CLASSES, (maps, 1, 1), 1.0)), IN_SHAPE)


def window_weights() -> int:
    """The weights of all windows when none is tied."""
    return WINDOWS.split(np.arange(WINDOWS.parameters(IN_SHAPE)), IN_SHAPE)[0].size


KERNELS = prod(CONV.weight_shape)  # the weights that each way of tying has in place of those


# Networks with flattened maps


def flattened() -> Network:
    """A convolution of at most as many parameters."""
    return Network((Wired("conv", FLAT), RELU, full(CLASSES, FLAT.out_shape(IN_SHAPE), 1.0)), IN_SHAPE)


def small() -> Network:
    """Fully connected, with as many hidden units as give at most as many parameters."""
    units = few_units()
    return Network((full(units, IN_SHAPE), RELU, full(CLASSES, (units, 1, 1), 1.0)), IN_SHAPE)


def few_units() -> int:
    """The most hidden units, fully connected, that the parameters of the convolution pay for."""
    return (convolution().parameters - CLASSES) // (PIXELS + 1 + CLASSES)


def by_hash(seed: int) -> Network:
    """HIDDEN hidden units, whose weights are tied to few parameters by a hash before training."""
    first, second = weights_left()
    return Network(
        (
            _tied(full(HIDDEN, IN_SHAPE), hashed((HIDDEN, PIXELS), first, seed).ids, first),
            RELU,
            _tied(full(CLASSES, HIDDEN_SHAPE, 1.0), hashed((CLASSES, HIDDEN), second, seed).ids, second),
        ),
        IN_SHAPE,
    )


def weights_left() -> tuple[int, int]:
    """The parameters for the weights of both layers of a network with HIDDEN units: in proportion to their weights."""
    left = convolution().parameters - HIDDEN - CLASSES
    second = round(left * CLASSES / (PIXELS + CLASSES))
    return left - second, second


def _tied(layer: Wired, ids: Ints, n: int) -> Tied:
    """A fully connected layer whose weights are tied by these ids; every bias stays its own."""
    rows = layer.spec.out_channels
    biases = n + np.arange(rows)[:, None]
    return Tied(layer, np.concatenate([ids.reshape(rows, -1), biases], axis=1).ravel(), n + rows)


def untied() -> Network:
    """HIDDEN hidden units, fully connected: what is clustered after it is trained."""
    first, second = _layers()
    return Network((first, RELU, second), IN_SHAPE)


def _layers() -> tuple[Wired, Wired]:
    return full(HIDDEN, IN_SHAPE), full(CLASSES, HIDDEN_SHAPE, 1.0)


# The race


def shifted(seed: int) -> tuple[Examples, Examples]:
    """Digits to train and to test with, each shifted by up to REACH pixels."""
    rng = np.random.default_rng([seed, 8])
    train, test = (
        digits.moved(these, digits.within(len(these), REACH, rng), CANVAS) for these in digits.split(TRAIN, TEST, seed)
    )
    return train, test


Found = tuple[Network, Array]  # a network, and its parameters after training


def _trained(network: Network, train: Examples, seed: int) -> Found:
    *_, last = fit(network, train.x, train.labels, cross_entropy, replace(RECIPE, seed=seed))
    return network, last.theta


def _tuned(network: Network, start: Array, train: Examples, seed: int) -> Found:
    """A network that has just been tied, trained a little more from where it stands."""
    begun = Epoch(0, start, np.zeros((2, len(start)), start.dtype))
    *_, last = fit(network, train.x, train.labels, cross_entropy, replace(TUNE, seed=seed), begun)
    return network, last.theta


def _clustered_units(train: Examples, seed: int) -> Found:
    """The fully connected network, trained, then tied in clusters, layer by layer."""
    whole, theta = _trained(untied(), train, seed)
    first, second = (
        clustering.tied(layer, theta[part], shape, k)
        for layer, part, shape, k in zip(
            _layers(), (whole.parts[0], whole.parts[2]), (IN_SHAPE, HIDDEN_SHAPE), weights_left(), strict=True
        )
    )
    network = Network((first.layer, RELU, second.layer), IN_SHAPE)
    return _tuned(network, np.concatenate([first.theta, second.theta]), train, seed)


def _clustered_windows(train: Examples, seed: int) -> Found:
    """The windows with nothing tied, trained, then tied in clusters."""
    weights = window_weights()
    _, theta = _trained(of_windows(np.arange(weights), weights), train, seed)
    found = clusters(theta[:weights], KERNELS)
    start = np.concatenate([found.centroids, theta[weights:]]).astype(np.float32)
    return _tuned(of_windows(found.names, len(found.centroids)), start, train, seed)


def _hashed_windows(train: Examples, seed: int) -> Found:
    return _trained(of_windows(hashed((1, window_weights()), KERNELS, seed).ids, KERNELS), train, seed)


Way = Callable[[Examples, int], Found]
WAYS: dict[tuple[str, Readout], Way] = {
    ("small", "units"): lambda train, seed: _trained(small(), train, seed),
    ("clustered", "units"): _clustered_units,
    ("hashed", "units"): lambda train, seed: _trained(by_hash(seed), train, seed),
    ("conv", "units"): lambda train, seed: _trained(flattened(), train, seed),
    ("clustered", "maps"): _clustered_windows,
    ("hashed", "maps"): _hashed_windows,
    ("conv", "maps"): lambda train, seed: _trained(convolution(), train, seed),
}
TITLES = {"small": "Untied", "clustered": "Clustered", "hashed": "Hashed", "conv": "Convolution"}


def experiment(seed: int, after: int | None = None) -> Iterator[tuple[Result, int]]:
    """Every way from SEEDS seeds, digits and hash drawn anew for each, with how many there are."""
    order = product(range(seed * SEEDS, (seed + 1) * SEEDS), WAYS)
    for done, (own, (name, readout)) in islice(enumerate(order, 1), after or 0, None):
        train, test = shifted(own)
        network, theta = WAYS[name, readout](train, own)
        share = accuracy(network, theta, test.x, test.labels)
        yield Result(name, readout, own, network.parameters, share), done


def of(results: Sequence[Result], name: str, readout: Readout) -> list[float]:
    """The accuracies of the networks tied like this and read like this, by seed."""
    return [result.accuracy for result in results if (result.name, result.readout) == (name, readout)]


def as_table(results: Sequence[Result]) -> str:
    """A row for each way, in Markdown: its parameters, and by read-out its accuracy with the spread of the seeds."""
    rows = []
    for name, title in TITLES.items():
        most = max((result.parameters for result in results if result.name == name), default=0)
        shares = [words.spread(of(results, name, readout)) for readout in READOUTS]
        rows.append([title, words.amount(most) if most else "—", *shares])
    return table(["tied", "parameters", *READOUTS.values()], rows)


def sentence(results: Sequence[Result]) -> str:
    """Which tie helps, where nothing else differs, and what the read-out has to do with it."""
    by_map, by_unit = (_known(results, readout) for readout in ("maps", "units"))
    if len(by_map) + len(by_unit) < len(WAYS):
        return f"{TRAIN} training and {TEST} test digits, each shifted by up to {REACH} pixels."
    best, *_, worst = _order(by_map)
    seeds = min(map(len, by_map.values()))
    clear = seeds > 1 and min(by_map[best]) > max(by_map[worst])
    told = f"Global {READOUTS['maps']}: {_listed(by_map)}."
    if not clear:
        return f"**{told}**"
    told = f"**{told} It matters which weights are tied.**"
    only_there = best == "conv" and _order(by_unit)[0] != "conv"
    return f"{told} Ties over shifts pay here only if position is ignored." if only_there else told


def scope() -> str:
    """What is compared."""
    maps, *places = CONV.out_shape(IN_SHAPE)
    windows = window_weights() + convolution().parameters - KERNELS
    return (
        f"{SEEDS} seeds, {TRAIN} training and {TEST} test digits, each shifted by up to {REACH} pixels; "
        f"{RECIPE.epochs} epochs; at most {words.amount(convolution().parameters)} parameters. With global max "
        f"pooling, all three networks have {maps} maps of {words.shape(places)} units, each of which sees "
        f"{words.shape(CONV.kernel_size)} pixels: only the ties differ. With flattened maps, the clustered and hashed "
        f"networks have {HIDDEN} hidden units, the untied one {few_units()}, and the convolution {FLAT.out_channels} "
        f"maps at stride {FLAT.stride[0]}. Before they are clustered, the networks have {words.amount(windows)} and "
        f"{words.amount(untied().parameters)} parameters. "
        "Hashing as in Chen et al., 2015, without their second hash, for signs."
    )


def _known(results: Sequence[Result], readout: Readout) -> dict[str, list[float]]:
    return {name: shares for name in TITLES if (shares := of(results, name, readout))}


def _order(shares: Mapping[str, Sequence[float]]) -> list[str]:
    return sorted(shares, key=lambda name: -float(np.mean(shares[name])))


def _listed(shares: Mapping[str, Sequence[float]]) -> str:
    """The ways from best to worst, with their mean accuracies."""
    return ", ".join(f"{TITLES[name].lower()} {words.percent(float(np.mean(shares[name])))}" for name in _order(shares))


SIDE, VALUES = 12, 12


def diagrams() -> list[Diagram]:
    """The layers' ties on a small W: by clusters of values, at random, by symmetry."""
    theta = np.random.default_rng(0).standard_normal(SIDE * SIDE)
    return [
        _drawn(clustered(fully_connected(SIDE, SIDE), theta, VALUES), "Clustered by value"),
        _drawn(hashed((SIDE, SIDE), VALUES, 0), "Hashed at random"),
        _drawn(symmetric((SIDE, SIDE), [Action(ring_shift(SIDE), ring_shift(SIDE))]), "Tied over shifts"),
    ]


def _drawn(wires: Wiring, title: str) -> Diagram:
    names = [f"weight {n + 1}" for n in range(wires.n_params)]
    return Diagram(wires, title, "", MATRIX_ALONE, colours(wires), names)
