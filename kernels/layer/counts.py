"""Parameters, connections, multiply-adds and bytes of a layer, as exact integers, without building it.

Rows and columns never mix, so every count is a product of two short sums over one axis each:

    connections       O · C/groups · Σ_k n_k · Σ_l m_l                  n_k, m_l: real inputs that tap k, l reads
    tiled parameters  O · C/groups · Σ_k min(t, n_k) · Σ_l min(t, m_l)  period t

A tiled layer has one weight per tap and residue (i mod t, j mod t) at which the tap meets a real input; a convolution
owns all its K·L taps. At t ≥ H', W' the second line is the first: a weight per connection,
locally connected.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Literal

from kernels.layer.spec import LayerSpec, Pair, Shape, SpecError, pair

Kind = Literal["dense", "local", "tiled", "conv"]
KINDS: tuple[Kind, ...] = ("dense", "local", "tiled", "conv")
FLOAT32 = 4  # bytes


@dataclass(frozen=True, slots=True)
class Count:
    """The cost of a layer. A bias is one parameter (see `wiring`) and one connection per output, but no multiplication.

    connections: those with a real source pixel. padded_connections: the textbook's, with the taps that fall on padding.
    multiply_adds: weight connections with a real source. bytes: the parameters in float32.
    """

    parameters: int
    connections: int
    padded_connections: int
    multiply_adds: int
    bytes: int


def steps(kind: Kind, spec: LayerSpec, in_shape: Shape, period: int | Pair | None = None) -> Pair | None:
    """Outputs after which the weights repeat (rows, columns): all of them is locally connected, None a convolution.

    >>> steps("tiled", LayerSpec(3), (1, 8, 8), period=2), steps("local", LayerSpec(3), (1, 8, 8))
    ((2, 2), (6, 6))
    """
    if kind not in KINDS:
        raise SpecError(f"kind must be one of {KINDS}, got {kind!r}")
    _, height, width = spec.out_shape(in_shape)
    if kind == "tiled":
        if period is None:
            raise SpecError("period must be given for kind 'tiled': a whole number >= 1, got None")
        rows, cols = pair("period", period, 1)
        return None if rows == cols == 1 else (min(rows, height), min(cols, width))
    return None if kind == "conv" else (height, width)


def count(kind: Kind, spec: LayerSpec, in_shape: Shape, period: int | Pair | None = None) -> Count:
    """The cost of a layer of this kind on a (C, H, W) input, in O(K + L) operations whatever its size.

    `period`: after how many outputs (rows, columns) the weights of a "tiled" layer repeat. Raises SpecError.

    >>> count("conv", LayerSpec(3), (1, 64, 64))
    Count(parameters=9, connections=34596, padded_connections=34596, multiply_adds=34596, bytes=36)
    >>> count("dense", LayerSpec(3, padding=1), (1, 1000, 1000)).parameters
    1000000000000
    """
    return _count(kind, spec, in_shape, period)


@lru_cache(1024)
def _count(kind: Kind, spec: LayerSpec, in_shape: Shape, period: int | Pair | None) -> Count:
    axes, step = spec.axes(in_shape), steps(kind, spec, in_shape, period)
    maps, channels, *_ = spec.weight_shape
    outputs = prod(spec.out_shape(in_shape))
    biases = maps * prod(step or (1, 1)) * spec.bias
    if kind == "dense":
        weights = madds = padded = outputs * prod(in_shape)
    else:
        uses = [[axis.uses(tap) for tap in range(axis.kernel)] for axis in axes]
        madds = maps * channels * prod(map(sum, uses))
        padded = outputs * channels * prod(spec.kernel_size)
        met = [sum(min(t, k) for k in n) for t, n in zip(step, uses, strict=True)] if step else spec.kernel_size
        weights = maps * channels * prod(met)
    parameters, links = weights + biases, outputs * spec.bias
    return Count(parameters, madds + links, padded + links, madds, FLOAT32 * parameters)
