"""Layers whose weights are tied beyond what their kind ties, and layers of any wiring.

Tied      θ of the layer inside is θ[ids]: each weight's gradient is the sum over those tied to it
Product   y = W x for any list of connections
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np
from scipy.sparse import csr_array

from kernels.layer.spec import Array, Ints, Shape, SpecError
from kernels.layer.wiring import Wiring
from kernels.learning.layers import Back, Layer


@dataclass(frozen=True, slots=True, eq=False)
class Tied:
    """A layer with its parameters tied: number p of the layer inside is number ids[p] of n_params.

    Starts each parameter from the mean of what the layer inside would start those tied to it from, times √uses, which
    keeps their variance.

    >>> from kernels.learning.linear import full
    >>> layer = Tied(full(2, (1, 1, 1)), np.array([0, 1, 0, 1]), 2)  # both weights are one, and both biases
    >>> y, back = layer.apply(np.array([3.0, 1.0]), np.array([[[[2.0]]]]))
    >>> y.ravel().tolist(), back(np.ones_like(y))[0].tolist()
    ([7.0, 7.0], [4.0, 2.0])
    """

    inside: Layer
    ids: Ints
    n_params: int

    def out_shape(self, in_shape: Shape) -> Shape:
        if self.ids.shape != (self.inside.parameters(in_shape),):
            raise SpecError(f"ids must name {self.inside.parameters(in_shape)} parameters, got {self.ids.shape}")
        return self.inside.out_shape(in_shape)

    def parameters(self, _in_shape: Shape) -> int:
        return self.n_params

    def init(self, rng: np.random.Generator, in_shape: Shape) -> Array:
        uses = np.maximum(np.bincount(self.ids, minlength=self.n_params), 1)
        return (self._collected(self.inside.init(rng, in_shape)) / np.sqrt(uses)).astype(np.float32)

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        y, back_inside = self.inside.apply(theta[self.ids], x)

        def back(dy: Array, out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
            gradient, down = back_inside(dy)
            found = np.empty_like(theta) if out is None else out
            found[...] = self._collected(gradient)
            return found, down

        return y, back

    def _collected(self, values: Array) -> Array:
        return np.bincount(self.ids, values, self.n_params)


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """y = W x for any wiring, W sparse. Starts from normal numbers of variance gain / (connections into an output)."""

    wires: Wiring
    shape: Shape
    gain: float = 2.0

    def out_shape(self, in_shape: Shape) -> Shape:
        if (prod(self.shape), prod(in_shape)) != self.wires.shape:
            raise SpecError(f"a wiring of shape {self.wires.shape} does not take {in_shape} to {self.shape}")
        return self.shape

    def parameters(self, _in_shape: Shape) -> int:
        return self.wires.n_params

    def init(self, rng: np.random.Generator, _in_shape: Shape) -> Array:
        reads = max(1.0, len(self.wires.ids) / self.wires.shape[0])
        return rng.standard_normal(self.wires.n_params, np.float32) * np.float32(np.sqrt(self.gain / reads))

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        flat, wires = x.reshape(len(x), -1), self.wires
        W: csr_array = wires.matrix(theta)

        def back(dy: Array, out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
            up = dy.reshape(len(x), -1)
            gradient = np.empty_like(theta) if out is None else out
            gradient[...] = wires.collect(up.T @ flat)
            return gradient, lambda: (W.T @ up.T).T.reshape(x.shape)

        return (W @ flat.T).T.reshape(len(x), *self.shape), back
