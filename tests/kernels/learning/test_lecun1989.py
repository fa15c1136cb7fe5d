"""The five networks of 1989 have the links and the free parameters of the published table, and they learn."""

import numpy as np
import pytest

from kernels.images.digits import enlarged, split
from kernels.learning.layers import Activate, Pad
from kernels.learning.lecun1989 import BACKGROUND, INPUT, NETS, SOURCE, Net, links
from kernels.learning.linear import Bias, Wired
from kernels.learning.losses import squared_error
from kernels.learning.training import Recipe, fit
from tests.support.oracles import Geometry, Key, loop_connections

# Hastie, Tibshirani and Friedman, 2nd edition, Table 11.1 (accuracy in %) and text; shared/facts.md
PUBLISHED = {
    "Net-1": (2570, 2570, 80.0),
    "Net-2": (3214, 3214, 87.0),
    "Net-3": (1226, 1226, 88.5),
    "Net-4": (2266, 1132, 94.0),
    "Net-5": (5194, 1060, 98.4),
}
BY_LAYER = {  # (links, free parameters) of each layer of units
    "Net-1": [(2570, 2570)],
    "Net-2": [(3084, 3084), (130, 130)],
    "Net-3": [(640, 640), (416, 416), (170, 170)],
    "Net-4": [(1280, 146), (816, 816), (170, 170)],
    "Net-5": [(1280, 146), (3264, 264), (650, 650)],
}
every_net = pytest.mark.parametrize("net", NETS, ids=lambda net: net.name)


def enumerated(net: Net) -> list[tuple[int, int]]:
    """The (links, free parameters) of each layer of units, connection by connection; those from the frame count."""
    found: list[tuple[int, int]] = []
    names: set[Key] = set()
    total = 0
    shape = INPUT
    for layer in net.network.layers:
        if isinstance(layer, Pad):
            (top, bottom), (left, right) = layer.pads
            shape = shape[0], shape[1] + top + bottom, shape[2] + left + right
        elif isinstance(layer, Wired):
            spec = layer.spec
            g = Geometry("", shape, spec.kernel_size, spec.out_channels, spec.stride, spec.padding, bias=spec.bias)
            connections = loop_connections(layer.kind, g)
            total += len(connections)
            names |= {key for _, _, key in connections}
            shape = g.out_channels, *g.out_size
        elif isinstance(layer, Bias):
            for unit in np.ndindex(*shape):
                total += 1
                names.add(("own bias", *unit))
        else:
            assert isinstance(layer, Activate)
            found.append((total, len(names)))
            names, total = set(), 0
    assert (total, shape) == (0, (10, 1, 1))
    return found


def test_they_are_the_five_of_the_table_with_its_figures() -> None:
    told = {net.name: (net.links, net.parameters, round(100 * net.accuracy, 6)) for net in NETS}
    assert told == PUBLISHED
    assert "Hastie" in SOURCE
    assert "11.1" in SOURCE


@every_net
def test_links_and_parameters_are_those_of_a_loop_over_all_connections_and_the_published(net: Net) -> None:
    found = enumerated(net)
    assert found == BY_LAYER[net.name]
    assert sum(part[0] for part in found) == links(net.network) == PUBLISHED[net.name][0]
    assert sum(part[1] for part in found) == len(net.network.init(0)) == PUBLISHED[net.name][1]


@every_net
def test_a_net_goes_from_a_picture_of_16_by_16_to_ten_numbers_between_minus_one_and_one(net: Net) -> None:
    assert INPUT == net.network.in_shape == net.network.shapes[0] == (1, 16, 16)
    assert net.network.shapes[-1] == (10, 1, 1)
    y = net.network.apply(net.network.init(0), np.random.default_rng(5).standard_normal((3, *INPUT), np.float32))
    assert np.abs(y).max() < 1


@pytest.mark.parametrize("net", NETS[2:], ids=lambda net: net.name)
def test_links_that_leave_the_picture_read_the_background(net: Net) -> None:
    assert BACKGROUND == -1
    frames = [layer for layer in net.network.layers if isinstance(layer, Pad)]
    assert [frame.value for frame in frames] == [-1, -1]
    x = np.zeros((1, *INPUT))
    y, _ = frames[0].apply(np.zeros(0), x)
    assert y.sum() == -(y.size - x.size)


@pytest.mark.long
@every_net
def test_each_learns_its_320_digits(net: Net) -> None:
    train = enlarged(split(320, 160, 0)[0])
    x, wanted = 2 * train.x - 1, -np.ones((320, 10, 1, 1), np.float32)
    wanted[np.arange(320), train.labels] = 1
    before = accuracy(net, net.network.init(0), x, train.labels)
    *_, last = fit(net.network, x, wanted, squared_error, Recipe(rate=0.005, epochs=60))
    assert before < 0.5
    assert not last.diverged
    assert accuracy(net, last.theta, x, train.labels) >= 0.9


def accuracy(net: Net, theta: np.ndarray, x: np.ndarray, labels: np.ndarray) -> float:
    return float(np.mean(net.network.apply(theta, x).reshape(len(x), 10).argmax(axis=1) == labels))
