"""Derivatives without any calculus, and what every layer that is trained has to keep to."""

import math
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from kernels.layer.spec import Shape
from kernels.learning.layers import Layer

Array = NDArray[np.float64]
EPSILON = 1e-6


def slopes(f: Callable[[Array], float], x: Array, at: Iterable[int] | None = None) -> Array:
    """Central finite differences of f along the numbers of x: all of them, or those at the given flat indices."""
    found = []
    for n in range(x.size) if at is None else at:
        step = np.zeros(x.size)
        step[n] = EPSILON
        up, down = f(x + step.reshape(x.shape)), f(x - step.reshape(x.shape))
        found.append((up - down) / (2 * EPSILON))
    return np.array(found)


def batch(in_shape: Shape) -> Array:
    """Three examples of numbers that all differ by more than a finite difference, on both sides of 0."""
    size = 3 * math.prod(in_shape)
    order = np.random.default_rng(size).permutation(size)
    return ((order - size / 2 + 0.25) / size * 4).reshape(3, *in_shape)


def assert_is_a_layer(layer: Layer, in_shape: Shape, out_shape: Shape, parameters: int) -> None:
    """Its sizes are these, its gradients those of finite differences, and it keeps to float32 and to its own arrays."""
    rng, x = np.random.default_rng(11), batch(in_shape)
    theta, up = 0.7 * rng.standard_normal(parameters), rng.standard_normal((len(x), *out_shape))
    assert (layer.out_shape(in_shape), layer.parameters(in_shape)) == (out_shape, parameters)
    y, back = layer.apply(theta, x)
    gradient, dx = back(up)
    assert (y.shape, gradient.shape, dx().shape) == (up.shape, theta.shape, x.shape)
    to_theta = slopes(lambda moved: float(np.vdot(up, layer.apply(moved, x)[0])), theta)
    to_x = slopes(lambda moved: float(np.vdot(up, layer.apply(theta, moved)[0])), x)
    np.testing.assert_allclose(gradient, to_theta, rtol=0, atol=1e-8)
    np.testing.assert_allclose(dx().ravel(), to_x, rtol=0, atol=1e-8)

    given = [part.astype(np.float32) for part in (theta, x, up)]
    kept = [part.copy() for part in given]
    y, back = layer.apply(*given[:2])
    gradient, dx = back(given[2])
    room = np.full(parameters + 2, np.nan, np.float32)
    found, _ = back(given[2], room[1:-1])
    assert [part.dtype for part in (y, gradient, dx())] == [np.float32] * 3
    np.testing.assert_array_equal(room, [np.nan, *gradient, np.nan])
    np.testing.assert_array_equal(found, gradient)
    for now, before in zip(given, kept, strict=True):
        np.testing.assert_array_equal(now, before)

    first, again = (layer.init(np.random.default_rng(5), in_shape) for _ in range(2))
    assert (first.shape, first.dtype.name) == ((parameters,), "float32")
    np.testing.assert_array_equal(first, again)
