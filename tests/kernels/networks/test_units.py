"""A unit taken apart adds up to the unit, and its weights are those of θ that it depends on."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels.layer.spec import Shape
from kernels.networks.description import parse
from kernels.networks.plan import INPUT, Plan, Row, activations, plan
from kernels.networks.receptive_fields import Unit
from kernels.networks.units import Terms, terms, window_shape, winner
from tests.support.networks import places
from tests.support.oracles import Geometry, pad_index

Array = NDArray[np.float64]

SUMS: list[tuple[str, Shape, Shape]] = [  # the last row is taken apart; last the shape of its window
    ("conv 3 3", (2, 6, 5), (2, 3, 3)),
    ("conv 2 3x2 stride=2x3 padding=1x2", (2, 6, 7), (2, 3, 2)),
    ("conv 2 3 padding=same dilation=2x1 bias=0", (1, 6, 5), (1, 3, 3)),
    ("conv 4 2 groups=2 stride=2", (4, 5, 6), (2, 2, 2)),
    ("conv 3 3 groups=3 padding=full", (3, 4, 3), (1, 3, 3)),
    ("conv 2 1 padding=1", (2, 3, 3), (2, 1, 1)),
    ("conv 2 3 padding=2 mode=reflect", (2, 4, 5), (2, 3, 3)),
    ("conv 2 3 padding=2x3 mode=circular stride=2", (2, 4, 5), (2, 3, 3)),
    ("conv 2 3 padding=4 mode=replicate bias=0", (1, 3, 4), (1, 3, 3)),
    ("local 2 3 stride=2", (2, 7, 6), (2, 3, 3)),
    ("local 2 2x3 bias=0", (2, 4, 5), (2, 2, 3)),
    ("tiled 2 3 2", (2, 7, 6), (2, 3, 3)),
    ("tiled 2 2 3 stride=2 bias=0", (1, 9, 10), (1, 2, 2)),
    ("tiled 2 2 64", (2, 4, 6), (2, 2, 2)),
    ("table 0/12/012 2", (3, 4, 5), (3, 2, 2)),
    ("table 2/01 3x2 stride=1x2 bias=0", (3, 5, 6), (3, 3, 2)),
    ("subsample 3", (2, 6, 7), (1, 3, 3)),
    ("dense 4", (2, 3, 4), (2, 3, 4)),
    ("dense 4 bias=0", (2, 3, 4), (2, 3, 4)),
    ("conv 2 3, subsample 2, tiled 3 2 2", (1, 9, 8), (2, 2, 2)),
    ("local 2 3, tanh, flatten, dense 5, tanh, dense 3", (1, 5, 6), (5, 1, 1)),
    ("split, conv 2 1, shortcut, conv 2 3 padding=1, add, conv 2 2 padding=1", (2, 4, 4), (2, 2, 2)),
]
every_sum = pytest.mark.parametrize(("text", "in_shape", "window"), SUMS, ids=str)


def made(text: str, in_shape: Shape) -> tuple[Plan, Array, Array]:
    """The plan, θ and x."""
    found = plan(parse(text), in_shape)
    assert found.fault is None
    rng = np.random.default_rng(8)
    return found, rng.standard_normal(found.parameters), rng.standard_normal(in_shape)


def given(network: Plan, theta: Array, x: Array, at: int) -> tuple[Row, Array, Array]:
    """The row, its input and its output."""
    outputs = activations(network, theta, x)
    row = network.rows[at]
    return row, x if row.reads[0] == INPUT else outputs[row.reads[0]], outputs[at]


def some_units(shape: Shape) -> list[Unit]:
    """All of a few, else the corners and a dozen others."""
    units = places(shape)
    if len(units) <= 24:
        return units
    return [units[0], units[-1], *(units[n] for n in np.random.default_rng(1).permutation(len(units))[:12])]


def apart(row: Row, theta: Array, x: Array, unit: Unit) -> Terms:
    found = terms(row, theta, x, unit)
    assert found is not None
    return found


def looked_up(row: Row, unit: Unit, tap: tuple[int, int, int]) -> int | None:
    """The source that this tap (channel, row, column of the window) of the unit reads; None where it reads padding."""
    (C, H, W), (c, k, m), step = row.in_shape, tap, row.config
    if step.op == "dense":
        return (c * H + k) * W + m
    if step.op == "subsample":
        size: int = step["size"]
        return (unit[0] * H + unit[1] * size + k) * W + unit[2] * size + m
    maps, conv = row.out_shape[0], step.op == "conv"
    g = Geometry(
        "", row.in_shape, step["size"], maps, step["stride"], step["padding"] if conv else (0, 0),
        step["dilation"] if conv else (1, 1), step["groups"] if conv else 1, mode=step["mode"] if conv else "zeros",
    )  # fmt: skip
    if step.op == "table" and c not in step["maps"][unit[0]]:
        return None
    i = pad_index(unit[1] * g.stride[0] + k * g.dilation[0] - g.pads[0][0], H, g.mode)
    j = pad_index(unit[2] * g.stride[1] + m * g.dilation[1] - g.pads[1][0], W, g.mode)
    channel = unit[0] // (maps // g.groups) * (C // g.groups) + c
    return None if i is None or j is None else (channel * H + i) * W + j


@every_sum
def test_the_terms_of_a_unit_add_up_to_it_name_all_it_depends_on_and_are_at_their_taps(
    text: str, in_shape: Shape, window: Shape
) -> None:
    network, theta, x = made(text, in_shape)
    row, read, y = given(network, theta, x, len(network.rows) - 1)
    assert row.layer is not None
    own, numbers = theta[row.part], np.append(read.ravel(), 1.0)
    biased = text.split(",")[-1].find("bias=0") < 0
    assert window_shape(row) == window
    # y is linear in θ and in x: a step of one in a weight adds its input, a step of one in an input its weight.
    of_theta = np.array([row.layer.apply(own + step, read[None])[0][0] - y for step in np.eye(len(own))])
    of_x = row.layer.apply(own, read + np.eye(read.size).reshape(-1, *read.shape))[0] - y
    for unit in some_units(row.out_shape):
        found = apart(row, theta, read, unit)
        assert found.total == pytest.approx(y[unit], abs=1e-11)
        assert found.total == pytest.approx(math.fsum(found.products.tolist()), abs=1e-11)
        np.testing.assert_array_equal(found.products, found.weights * found.inputs)
        np.testing.assert_array_equal(found.weights, own[found.ids])
        np.testing.assert_array_equal(found.inputs, numbers[found.sources])
        assert np.count_nonzero(found.sources == read.size) == biased
        wanted = np.bincount(found.ids, found.inputs, len(own))
        np.testing.assert_allclose(of_theta[:, *unit], wanted, rtol=0, atol=1e-10)
        moved = np.flatnonzero(np.abs(of_theta[:, *unit]) > 1e-9)
        assert set(moved.tolist()) == set(found.ids.tolist())
        wanted = np.bincount(found.sources, found.weights, read.size + 1)[:-1]
        np.testing.assert_allclose(of_x[:, *unit], wanted, rtol=0, atol=1e-10)
        at = {n: looked_up(row, unit, tap) for n, tap in enumerate(places(window))}
        real = {n: source for n, source in at.items() if source is not None}
        if biased:
            real[math.prod(window)] = read.size
        assert dict(zip(found.taps.tolist(), found.sources.tolist(), strict=True)) == real
        assert len(found.taps) == len(real)


def test_what_is_no_sum_of_weights_has_no_terms_and_what_is_no_maximum_no_winner() -> None:
    sums, maxima = ["conv 1 3", "subsample 2"], ["max 2", "globalmax"]
    others = ["relu", "mean 2", "norm", "flatten", "softmax", "pad 1", "globalmean", "split"]
    for text in [*sums, *maxima, *others]:
        found = plan(parse(text), (2, 4, 4))
        row, x = found.rows[0], np.zeros((2, 4, 4))
        assert (terms(row, np.zeros(found.parameters), x, (0, 0, 0)) is not None) == (text in sums)
        assert (winner(row, x, (0, 0, 0)) is not None) == (text in maxima)


def test_float32_stays_float32() -> None:
    network, theta, x = made("conv 2 3, tiled 2 2 2", (2, 6, 6))
    found = apart(network.rows[0], theta.astype(np.float32), x.astype(np.float32), (1, 2, 3))
    assert found.weights.dtype == found.inputs.dtype == found.products.dtype == np.float32
    assert isinstance(found.total, float)


def loop_winner(x: Array, c: int, top: int, left: int, size: tuple[int, int]) -> Unit:
    best: Unit = (c, top, left)
    for k, m in np.ndindex(*size):
        if x[c, top + k, left + m] > x[best]:
            best = (c, top + k, left + m)
    return best


@pytest.mark.parametrize("values", [2, 1000], ids=["many ties", "few ties"])
def test_the_winner_is_the_first_of_the_largest_and_the_one_that_the_gradient_goes_to(values: int) -> None:
    x = np.random.default_rng(2).integers(0, values, (3, 7, 8)).astype(float)
    pools = {"max 2": (2, 2, 2), "max 3 stride=1": (3, 3, 1), "max 2 stride=3": (2, 2, 3), "globalmax": (7, 8, 1)}
    for text, (height, width, stride) in pools.items():
        row = plan(parse(text), (3, 7, 8)).rows[0]
        assert row.layer is not None
        y, back = row.layer.apply(np.zeros(0), x[None])
        for c, i, j in places(row.out_shape):
            found = winner(row, x, (c, i, j))
            assert found == loop_winner(x, c, i * stride, j * stride, (height, width))
            assert all(type(n) is int for n in found)
            up = np.zeros_like(y)
            up[0, c, i, j] = 1
            assert [tuple(at) for at in np.argwhere(back(up)[1]()[0]).tolist()] == [found]
