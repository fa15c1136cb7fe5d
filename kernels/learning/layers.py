"""Layers one can train, as pure functions of their parameters: shapes, first weights, and the map with its gradient.

    y, back = layer.apply(θ, x)          θ: one vector a layer; x: (examples, C, H, W)
    dL/dθ, dx = back(dL/dy, out)         dx() is dL/dx, computed only when it is asked for; dL/dθ goes into `out`

The layers with weights are in `kernels.learning.linear`. Arrays keep the type of θ, float32 unless
one is checking gradients.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Literal, Protocol

import numpy as np
import scipy

from kernels.layer.activation import ACTIVATIONS
from kernels.layer.spec import Array, LayerSpec, Shape
from kernels.learning.windows import scattered, windows


class Back(Protocol):
    """The backward pass of one call."""

    def __call__(self, dy: Array, out: Array | None = None, /) -> tuple[Array, Callable[[], Array]]:
        """dL/dθ, in `out` or in an array of its own, and the way to dL/dx."""


Nonlinearity = Literal["relu", "tanh", "sigmoid"]


class Layer(Protocol):
    """Shapes are of one example, (C, H, W)."""

    def out_shape(self, in_shape: Shape) -> Shape:
        """Raises SpecError where the layer does not fit."""

    def parameters(self, in_shape: Shape) -> int:
        """How many numbers θ has."""

    def init(self, rng: np.random.Generator, in_shape: Shape) -> Array:
        """The first θ, float32."""

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        """y, and the way back from dL/dy."""


class Weightless:
    """A layer that has nothing to learn."""

    __slots__ = ()

    def parameters(self, _in_shape: Shape) -> int:
        return 0

    def init(self, _rng: np.random.Generator, _in_shape: Shape) -> Array:
        return np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class Pad(Weightless):
    """A frame of a constant, ((top, bottom), (left, right)) wide: the background plane of LeCun's networks of 1989."""

    pads: tuple[tuple[int, int], tuple[int, int]]
    value: float = 0.0

    def out_shape(self, in_shape: Shape) -> Shape:
        (top, bottom), (left, right) = self.pads
        return in_shape[0], in_shape[1] + top + bottom, in_shape[2] + left + right

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        rows, cols = (slice(before, before + n) for (before, _), n in zip(self.pads, x.shape[2:], strict=True))
        y = np.pad(x, ((0, 0), (0, 0), *self.pads), constant_values=self.value)
        return y, lambda dy, _out=None: (theta, lambda: dy[:, :, rows, cols])


@dataclass(frozen=True, slots=True)
class Activate(Weightless):
    """y = f(x), f = max(x, 0), tanh x or 1 / (1 + e⁻ˣ)."""

    name: Nonlinearity

    def out_shape(self, in_shape: Shape) -> Shape:
        return in_shape

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        y, slope = ACTIVATIONS[self.name](x), SLOPES[self.name]
        return y, lambda dy, _out=None: (theta, lambda: dy * slope(y))


@dataclass(frozen=True, slots=True)
class Pool(Weightless):
    """The maximum or the mean of each channel's windows; the gradient of a maximum goes to the first that won.

    >>> y, back = Pool("max", 2, 2).apply(np.zeros(0), np.array([[[[1.0, 5.0], [3.0, 2.0]]]]))
    >>> y.tolist(), back(np.ones_like(y))[1]().tolist()
    ([[[[5.0]]]], [[[[0.0, 1.0], [0.0, 0.0]]]])
    """

    name: Literal["max", "mean"]
    size: int
    stride: int

    def out_shape(self, in_shape: Shape) -> Shape:
        return in_shape[0], *self.spec.out_shape((1, *in_shape[1:]))[1:]

    @property
    def spec(self) -> LayerSpec:
        return LayerSpec(self.size, stride=self.stride)

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        seen = windows(x, self.spec)
        flat = seen.reshape(*seen.shape[:4], -1)
        won = flat.argmax(axis=-1)[..., None]
        y = flat.mean(axis=-1) if self.name == "mean" else np.take_along_axis(flat, won, axis=-1)[..., 0]

        def dx(dy: Array) -> Array:
            lost = np.zeros(flat.shape, dy.dtype)
            if self.name == "mean":
                lost += dy[..., None] / flat.shape[-1]
            else:
                np.put_along_axis(lost, won, dy[..., None], axis=-1)
            return scattered(lost.reshape(seen.shape), self.spec, x.shape[2:])

        return y, lambda dy, _out=None: (theta, lambda: dx(dy))


@dataclass(frozen=True, slots=True)
class GlobalPool(Weightless):
    """The maximum or the mean of each whole channel: where something was seen is forgotten."""

    name: Literal["max", "mean"]

    def out_shape(self, in_shape: Shape) -> Shape:
        return in_shape[0], 1, 1

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        flat = x.reshape(*x.shape[:2], -1)
        if self.name == "mean":
            share = 1 / flat.shape[2]
            y = flat.mean(axis=2)[..., None, None]
            return y, lambda dy, _out=None: (theta, lambda: np.broadcast_to(dy * share, x.shape))
        won = flat.argmax(axis=2)[..., None]

        def dx(dy: Array) -> Array:
            lost = np.zeros_like(flat, dy.dtype)
            np.put_along_axis(lost, won, dy.reshape(won.shape), axis=2)
            return lost.reshape(x.shape)

        return np.take_along_axis(flat, won, axis=2)[..., None], lambda dy, _out=None: (theta, lambda: dx(dy))


@dataclass(frozen=True, slots=True)
class Flatten(Weightless):
    """(C, H, W) as C·H·W channels of one pixel."""

    def out_shape(self, in_shape: Shape) -> Shape:
        return prod(in_shape), 1, 1

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        return x.reshape(len(x), -1, 1, 1), lambda dy, _out=None: (theta, lambda: dy.reshape(x.shape))


@dataclass(frozen=True, slots=True)
class Softmax(Weightless):
    """p_i = e^x_i / Σ_j e^x_j over all numbers of an example: positive, and 1 together."""

    def out_shape(self, in_shape: Shape) -> Shape:
        return in_shape

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        p = scipy.special.softmax(x.reshape(len(x), -1), axis=1)

        def dx(dy: Array) -> Array:
            up: Array = dy.reshape(p.shape)
            down: Array = p * (up - (up * p).sum(axis=1, keepdims=True))
            return down.reshape(x.shape)

        return p.reshape(x.shape), lambda dy, _out=None: (theta, lambda: dx(dy))


SLOPES: dict[Nonlinearity, Callable[[Array], Array]] = {  # f′ as a function of f
    "relu": lambda y: y > 0,
    "tanh": lambda y: 1 - y * y,
    "sigmoid": lambda y: y * (1 - y),
}


def volume(x: Array) -> Shape:
    """(C, H, W) of a batch."""
    return x.shape[1], x.shape[2], x.shape[3]
