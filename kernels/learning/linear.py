"""The layers with weights: y = W x of any kind, with one weight for several connections or a fresh one for each.

θ of a `Wired` layer is the θ of its wiring, number by number: what a tied layer learns from is the sum over the places
of what the untied one would (`Wiring.collect`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np

from kernels.layer.counts import Kind, count, steps
from kernels.layer.spec import Array, LayerSpec, Pair, Shape, SpecError, whole
from kernels.learning.layers import Back, volume
from kernels.learning.windows import scattered, windows


@dataclass(frozen=True, slots=True)
class Wired:
    """y = W x of any kind: fully connected, locally connected, tiled or a convolution.

    A locally connected or tiled layer has a weight for every tap at every place: it takes no zero padding (`Pad` the
    input instead). Starts from normal numbers of variance gain / (connections into an output), biases 0.
    """

    kind: Kind
    spec: LayerSpec
    period: int | None = None
    gain: float = 2.0

    def out_shape(self, in_shape: Shape) -> Shape:
        if self.kind in ("local", "tiled") and self.spec.padding_mode == "zeros" and any(map(any, self.spec.pads)):
            raise SpecError(
                f"padding must be 0 for a trainable {self.kind} layer, got {self.spec.padding}: pad before it"
            )
        steps(self.kind, self.spec, in_shape, self.period)  # raises for a period that is none
        return self.spec.out_shape(in_shape)

    def parameters(self, in_shape: Shape) -> int:
        return count(self.kind, self.spec, in_shape, self.period).parameters

    def init(self, rng: np.random.Generator, in_shape: Shape) -> Array:
        self.out_shape(in_shape)
        reads = prod(in_shape) if self.kind == "dense" else prod(self.spec.weight_shape[1:])
        theta = rng.standard_normal(self.parameters(in_shape), np.float32) * np.float32(np.sqrt(self.gain / reads))
        self.split(theta, in_shape)[1][...] = 0
        return theta

    def split(self, theta: Array, in_shape: Shape) -> tuple[Array, Array]:
        """θ as weights and biases, both views: the one place that knows how θ is laid out.

        Dense (outputs, inputs) and (outputs, 1); else (O, C/groups, K, L, copies) and (O, copies), a copy for each kind
        of place. Without biases the second is empty.
        """
        if self.kind == "dense":
            table = theta.reshape(prod(self.spec.out_shape(in_shape)), -1)
            return table[:, : prod(in_shape)], table[:, prod(in_shape) :]
        copies = prod(steps(self.kind, self.spec, in_shape, self.period) or (1, 1))
        shape = *self.spec.weight_shape, copies
        return theta[: prod(shape)].reshape(shape), theta[prod(shape) :].reshape(-1, copies)

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        step = steps(self.kind, self.spec, volume(x), self.period)
        if self.kind == "dense":
            return _dense(self, theta, x)
        return _shared(self, theta, x) if step is None else _placed(self, step, theta, x)


@dataclass(frozen=True, slots=True)
class Bias:
    """y = x + b, a number for every unit: not shared, even where the weights are (LeCun 1989)."""

    def out_shape(self, in_shape: Shape) -> Shape:
        return in_shape

    def parameters(self, in_shape: Shape) -> int:
        return prod(in_shape)

    def init(self, _rng: np.random.Generator, in_shape: Shape) -> Array:
        return np.zeros(prod(in_shape), np.float32)

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        def back(dy: Array, out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
            return dy.reshape(len(dy), -1).sum(axis=0, out=out), lambda: dy

        return x + theta.reshape(x.shape[1:]), back


def full(outputs: int, in_shape: Shape, gain: float = 2.0) -> Wired:
    """A fully connected layer with biases, from any volume to `outputs` numbers. Raises SpecError.

    >>> full(10, (3, 8, 8)).parameters((3, 8, 8))
    1930
    """
    whole("outputs", outputs, 1)
    return Wired("dense", LayerSpec((in_shape[1], in_shape[2]), in_shape[0], outputs, bias=True), gain=gain)


def _dense(layer: Wired, theta: Array, x: Array) -> tuple[Array, Back]:
    """One product with the whole of W."""
    flat, spec, in_shape = x.reshape(len(x), -1), layer.spec, volume(x)
    weights, biases = layer.split(theta, in_shape)
    y = flat @ weights.T
    if spec.bias:
        y += biases[:, 0]

    def back(dy: Array, out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
        up = dy.reshape(len(x), -1)
        gradient = np.empty_like(theta) if out is None else out
        to_weights, to_biases = layer.split(gradient, in_shape)
        np.matmul(up.T, flat, out=to_weights)
        if spec.bias:
            up.sum(axis=0, out=to_biases[:, 0])
        return gradient, lambda: (up @ weights).reshape(x.shape)

    return y.reshape(len(x), *spec.out_shape(in_shape)), back


def _shared(layer: Wired, theta: Array, x: Array) -> tuple[Array, Back]:
    """A convolution: all windows of all examples times one bank, (groups, B·P, R) @ (groups, R, O/groups)."""
    spec, in_shape = layer.spec, volume(x)
    out_shape = spec.out_shape(in_shape)
    B, P, G, O, R = len(x), prod(out_shape[1:]), spec.groups, spec.out_channels, prod(spec.weight_shape[1:])
    seen = windows(x, spec).reshape(B, G, -1, P, *spec.kernel_size)
    seen = seen.transpose(1, 0, 3, 2, 4, 5).reshape(G, B * P, R)
    weights, biases = layer.split(theta, in_shape)
    bank = weights.reshape(G, O // G, R)
    y = seen @ bank.swapaxes(1, 2)
    if spec.bias:
        y += biases.reshape(G, 1, -1)

    def back(dy: Array, out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
        up = dy.reshape(B, G, O // G, P).transpose(1, 0, 3, 2).reshape(G, B * P, O // G)
        gradient = np.empty_like(theta) if out is None else out
        to_weights, to_biases = layer.split(gradient, in_shape)
        np.matmul(up.swapaxes(1, 2), seen, out=to_weights.reshape(bank.shape))
        if spec.bias:
            up.sum(axis=1, out=to_biases.reshape(G, -1))

        def dx() -> Array:
            lost = (up @ bank).reshape(G, B, P, -1, *spec.kernel_size).transpose(1, 0, 3, 2, 4, 5)
            return scattered(lost.reshape(B, x.shape[1], *out_shape[1:], *spec.kernel_size), spec, x.shape[2:])

        return gradient, dx

    return y.reshape(G, B, P, -1).transpose(0, 1, 3, 2).swapaxes(0, 1).reshape(B, *out_shape), back


def _placed(layer: Wired, step: Pair, theta: Array, x: Array) -> tuple[Array, Back]:
    """Locally connected or tiled: every place has a bank, (groups, P, B, R) @ (groups, P, R, O/groups).

    θ holds a bank for each of step[0]·step[1] kinds of place. Places of a kind use the same; their gradients are added.
    """
    spec, in_shape = layer.spec, volume(x)
    out_shape = spec.out_shape(in_shape)
    B, P, G, O, R = len(x), prod(out_shape[1:]), spec.groups, spec.out_channels, prod(spec.weight_shape[1:])
    i, j = np.divmod(np.arange(P), out_shape[2])
    kinds, copies = (i % step[0]) * step[1] + j % step[1], prod(step)
    same = np.equal.outer(kinds, np.arange(copies)).astype(theta.dtype) if copies < P else None
    seen = windows(x, spec).reshape(B, G, -1, P, *spec.kernel_size)
    seen = seen.transpose(1, 3, 0, 2, 4, 5).reshape(G, P, B, R)
    weights, biases = layer.split(theta, in_shape)
    bank = np.ascontiguousarray(weights.reshape(G, O // G, R, copies).transpose(0, 3, 2, 1)[:, kinds])
    y = seen @ bank
    if spec.bias:
        y += biases.reshape(G, O // G, copies).swapaxes(1, 2)[:, kinds, None]

    def back(dy: Array, out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
        up = np.ascontiguousarray(dy.reshape(B, G, O // G, P).transpose(1, 3, 0, 2))
        parts = [(seen.swapaxes(2, 3) @ up).transpose(0, 3, 2, 1), up.sum(axis=2).swapaxes(1, 2)][: 1 + spec.bias]
        found = [(part if same is None else part @ same).ravel() for part in parts]
        gradient: Array = np.concatenate(found, out=np.empty_like(theta) if out is None else out)

        def dx() -> Array:
            lost = (up @ bank.swapaxes(2, 3)).reshape(G, P, B, -1, *spec.kernel_size).transpose(2, 0, 3, 1, 4, 5)
            return scattered(lost.reshape(B, x.shape[1], *out_shape[1:], *spec.kernel_size), spec, x.shape[2:])

        return gradient, dx

    return y.transpose(2, 0, 3, 1).reshape(B, *out_shape), back
