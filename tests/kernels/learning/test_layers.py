"""Layers without weights: their values by plain loops, their gradients by finite differences."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import SpecError
from kernels.layer.spec import Shape
from kernels.learning.layers import Activate, Flatten, GlobalPool, Layer, Nonlinearity, Pad, Pool, Softmax, volume
from tests.support.derivatives import assert_is_a_layer, batch
from tests.support.oracles import FORMULAS

Array = NDArray[np.float64]
NOTHING: Array = np.zeros(0)


LAYERS: list[tuple[Layer, Shape, Shape]] = [
    (Pad(((1, 2), (0, 3)), -1.0), (2, 3, 2), (2, 6, 5)),
    (Pad(((0, 0), (0, 0))), (1, 2, 2), (1, 2, 2)),
    (Activate("relu"), (2, 3, 4), (2, 3, 4)),
    (Activate("tanh"), (1, 3, 2), (1, 3, 2)),
    (Activate("sigmoid"), (3, 1, 1), (3, 1, 1)),
    (Pool("max", 2, 2), (2, 4, 6), (2, 2, 3)),
    (Pool("max", 3, 1), (1, 5, 4), (1, 3, 2)),
    (Pool("max", 3, 2), (2, 7, 6), (2, 3, 2)),
    (Pool("max", 2, 3), (1, 8, 6), (1, 3, 2)),
    (Pool("mean", 2, 2), (1, 5, 4), (1, 2, 2)),
    (Pool("mean", 3, 1), (2, 4, 5), (2, 2, 3)),
    (Pool("mean", 2, 3), (1, 6, 8), (1, 2, 3)),
    (GlobalPool("max"), (3, 4, 2), (3, 1, 1)),
    (GlobalPool("mean"), (2, 3, 5), (2, 1, 1)),
    (Flatten(), (2, 3, 4), (24, 1, 1)),
    (Softmax(), (2, 2, 3), (2, 2, 3)),
    (Softmax(), (1, 1, 1), (1, 1, 1)),
]
every_layer = pytest.mark.parametrize(("layer", "in_shape", "out_shape"), LAYERS, ids=str)


def loop_layer(layer: Layer, x: Array, out_shape: Shape) -> Array:
    y = np.zeros((len(x), *out_shape))
    for b, c, i, j in np.ndindex(*y.shape):
        y[b, c, i, j] = loop_value(layer, x[b].tolist(), (c, i, j))
    return y


def loop_value(layer: Layer, x: list[list[list[float]]], at: Shape) -> float:
    """One number of the output, from one example."""
    c, i, j = at
    if isinstance(layer, Pad):
        row, col = i - layer.pads[0][0], j - layer.pads[1][0]
        inside = 0 <= row < len(x[c]) and 0 <= col < len(x[c][0])
        return x[c][row][col] if inside else layer.value
    if isinstance(layer, Activate):
        return FORMULAS[layer.name](x[c][i][j])
    if isinstance(layer, Flatten):
        return [number for channel in x for row in channel for number in row][c]
    if isinstance(layer, Softmax):
        return math.exp(x[c][i][j]) / math.fsum(math.exp(n) for channel in x for row in channel for n in row)
    if isinstance(layer, GlobalPool):
        seen = [number for row in x[c] for number in row]
    else:
        assert isinstance(layer, Pool)
        top, left = i * layer.stride, j * layer.stride
        seen = [number for row in x[c][top : top + layer.size] for number in row[left : left + layer.size]]
    return max(seen) if layer.name == "max" else math.fsum(seen) / len(seen)


@every_layer
def test_values_are_the_definitions_in_the_declared_shape_and_type_and_nothing_is_learned_or_changed(
    layer: Layer, in_shape: Shape, out_shape: Shape
) -> None:
    assert_is_a_layer(layer, in_shape, out_shape, 0)
    x = batch(in_shape)
    y, _ = layer.apply(NOTHING, x)
    assert volume(y) == out_shape
    np.testing.assert_allclose(y, loop_layer(layer, x, out_shape), rtol=1e-14, atol=1e-15)


def test_among_equals_the_first_has_won_and_a_rectifier_passes_nothing_at_zero() -> None:
    x = np.array([[[[0.0, 7.0], [7.0, 7.0]], [[3.0, 3.0], [3.0, 3.0]]]])
    for layer in (Pool("max", 2, 2), GlobalPool("max")):
        y, back = layer.apply(NOTHING, x)
        assert y.ravel().tolist() == [7, 3]
        lost = back(np.array([5.0, -2.0]).reshape(1, 2, 1, 1))[1]()
        assert lost.tolist() == [[[[0, 5], [0, 0]], [[-2, 0], [0, 0]]]]
    y, back = Activate("relu").apply(NOTHING, np.array([-1.0, 0.0, 2.0]).reshape(1, 3, 1, 1))
    assert back(np.full((1, 3, 1, 1), 3.0))[1]().ravel().tolist() == [0, 0, 3]


@pytest.mark.parametrize(("name", "ends"), [("relu", (0, 1000)), ("tanh", (-1, 1)), ("sigmoid", (0, 1))])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_from_zero_nothing_overflows(name: Nonlinearity, ends: tuple[int, int], dtype: type[np.floating]) -> None:
    y, back = Activate(name).apply(NOTHING, np.array([-1000, 1000], dtype).reshape(1, 2, 1, 1))
    assert y.ravel().tolist() == list(ends)  # and warnings are errors
    assert back(np.ones_like(y))[1]().ravel().tolist() == [0, float(name == "relu")]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shares_are_positive_and_one_together_however_large_the_numbers(dtype: type[np.floating]) -> None:
    x = batch((2, 3, 2)).astype(dtype)
    for shift in (0, 1000, -1000):
        y, _ = Softmax().apply(NOTHING, x + dtype(shift))
        assert (y > 0).all()
        np.testing.assert_allclose(y.sum(axis=(1, 2, 3)), 1, rtol=1e-6)
        np.testing.assert_allclose(y, Softmax().apply(NOTHING, x)[0], rtol=1e-3)
    ends = np.array([1000, -1000], dtype).reshape(1, 2, 1, 1)
    y, back = Softmax().apply(NOTHING, ends)
    assert y.ravel().tolist() == [1, 0]  # and warnings are errors
    assert back(ends)[1]().ravel().tolist() == [0, 0]


def test_a_window_that_does_not_fit_is_refused() -> None:
    for size in (4, 5):
        message = rf"^a kernel of {size} rows with dilation 1 spans {size} rows, but the input"
        with pytest.raises(SpecError, match=message):
            Pool("max", size, 1).out_shape((2, 3, 9))
    for size, stride, name in ((0, 1, "kernel_size"), (2, 0, "stride"), (2, -1, "stride")):
        with pytest.raises(SpecError, match=f"^{name} must be >= 1, got "):
            Pool("mean", size, stride).out_shape((1, 4, 4))
