"""The wirings of one layer in four kinds: fully connected, locally connected, tiled and convolutional.

All four can be set to compute the same map, for each of their parameters stands in for taps of the convolution.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from kernels.layer.axis import PADDING
from kernels.layer.counts import Kind, count, steps
from kernels.layer.spec import Floats, Ints, LayerSpec, Pair, Shape, SpecError
from kernels.layer.wiring import MAX_CONNECTIONS, Wiring


@dataclass(frozen=True, slots=True, eq=False)
class ConvWiring(Wiring):
    """The wiring of a layer of any kind on a convolution's windows, and which taps each parameter stands in for.

    `weight_shape` is the convolution's, (O, C/groups, K, L). `copies` is (n_params, convolution parameters), 0 or 1.
    """

    weight_shape: tuple[int, int, int, int]
    copies: csr_array

    def theta_from(self, weight: ArrayLike, bias: ArrayLike | None = None) -> Floats:
        """The θ with which this wiring computes the convolution by `weight` (O, C/groups, K, L) and `bias` (O,)."""
        weight = np.asarray(weight, dtype=np.float64)
        biases = np.ravel(() if bias is None else np.asarray(bias, dtype=np.float64))
        if weight.shape != self.weight_shape:
            raise SpecError(f"weight must have shape {self.weight_shape}, got {weight.shape}")
        if weight.size + biases.size != self.copies.shape[1]:
            raise SpecError(f"bias must hold {self.copies.shape[1] - weight.size} numbers here, got {biases.size}")
        return np.asarray(self.copies @ np.concatenate([weight.ravel(), biases]), dtype=np.float64)


def flat(spec: LayerSpec, image: ArrayLike) -> Floats:
    """x (inputs [+ 1]): an image (C, H, W) row by row and, for a layer with a bias, the constant 1 that carries it.

    >>> flat(LayerSpec(1, bias=True), [[[1, 2], [3, 4]]]).tolist()
    [1.0, 2.0, 3.0, 4.0, 1.0]
    """
    x = np.asarray(image, dtype=np.float64).ravel()
    return np.append(x, 1.0) if spec.bias else x


def wiring(kind: Kind, spec: LayerSpec, in_shape: Shape, period: int | Pair | None = None) -> ConvWiring:
    """The wiring of a layer on a (C, H, W) input. `period` is for "tiled": 1 is "conv", at least (H', W') is "local".

    A tiled or locally connected layer has a weight only where it has a connection; a convolution owns all its K·L taps,
    even one that never meets a real pixel. Raises SpecError above MAX_CONNECTIONS, with the number it would need.

    >>> shared = wiring("conv", LayerSpec((1, 2)), (1, 1, 3))
    >>> shared.matrix([5, 7]).toarray()  # two weights, each used twice
    array([[5, 7, 0],
           [0, 5, 7]])
    >>> shared.collect([[1, 2, 3], [4, 5, 6]]).tolist()  # the gradient of each is the sum over its uses
    [6.0, 8.0]
    >>> wiring("local", LayerSpec((1, 2)), (1, 1, 3)).matrix([1, 2, 3, 4]).toarray()  # nothing shared
    array([[1, 3, 0],
           [0, 2, 4]])
    """
    needed = count(kind, spec, in_shape, period).connections
    if needed > MAX_CONNECTIONS:
        raise SpecError(
            f"in_shape {in_shape} as kind {kind!r} needs {needed:,} connections, more than the {MAX_CONNECTIONS:,} "
            f"that are ever built: ask count() or weave(), which answer at any size"
        )
    out_shape = spec.out_shape(in_shape)
    shape = prod(out_shape), prod(in_shape) + spec.bias
    n_taps = prod(spec.weight_shape) + spec.out_channels * spec.bias
    targets, sources, taps = connections(spec, in_shape)
    if kind == "dense":
        cells = np.arange(prod(shape))
        every_target, every_source = np.divmod(cells, shape[1])
        copies = csr_array((np.ones(len(taps)), (targets * shape[1] + sources, taps)), shape=(len(cells), n_taps))
        return ConvWiring(every_target, every_source, cells, len(cells), shape, spec.weight_shape, copies)
    ids, origin = _names(taps, targets, n_taps, out_shape, steps(kind, spec, in_shape, period))
    copies = csr_array((np.ones(len(origin)), (np.arange(len(origin)), origin)), shape=(len(origin), n_taps))
    return ConvWiring(targets, sources, ids, len(origin), shape, spec.weight_shape, copies)


def fully_connected(inputs: int, outputs: int) -> ConvWiring:
    """The wiring in which every output has a weight of its own for every input, row by row.

    >>> fully_connected(3, 2).matrix(range(6)).toarray()
    array([[0, 1, 2],
           [3, 4, 5]])
    """
    return wiring("dense", LayerSpec((1, inputs), out_channels=outputs), (1, 1, inputs))


def connections(spec: LayerSpec, in_shape: Shape, targets: Ints | None = None) -> tuple[Ints, Ints, Ints]:
    """The (targets, sources, taps) of a convolution, for all outputs or the given ones; a tap is its parameter's id.

    Ids run ((o·C/groups + c)·K + k)·L + l, then one per output channel for the biases, whose source is the last column.

    >>> [part.tolist() for part in connections(LayerSpec((1, 2)), (1, 1, 3))]
    [[0, 0, 1, 1], [0, 1, 1, 2], [0, 1, 0, 1]]
    """
    rows, cols = spec.axes(in_shape)
    _, height, width = in_shape
    maps, channels, *kernel = spec.weight_shape
    if targets is None:
        targets = np.arange(maps * rows.out * cols.out)
    o, i, j = np.unravel_index(targets, (maps, rows.out, cols.out))
    a, b = rows.sources()[:, i].T[:, None, :, None], cols.sources()[:, j].T[:, None, None, :]
    c = (o // (maps // spec.groups) * channels)[:, None] + np.arange(channels)
    source = (c[:, :, None, None] * height + a) * width + b
    tap = (o * prod(spec.weight_shape[1:]))[:, None, None, None] + np.arange(channels * prod(kernel)).reshape(
        channels, *kernel
    )
    real = np.broadcast_to((a != PADDING) & (b != PADDING), source.shape)
    target = np.broadcast_to(targets[:, None, None, None], source.shape)
    edges = target[real], source[real], tap[real]
    if not spec.bias:
        return edges
    constant = np.full_like(targets, prod(in_shape)), prod(spec.weight_shape) + o
    return (
        np.concatenate([edges[0], targets]),
        np.concatenate([edges[1], constant[0]]),
        np.concatenate([edges[2], constant[1]]),
    )


def _names(taps: Ints, targets: Ints, n_taps: int, out_shape: Shape, step: Pair | None) -> tuple[Ints, Ints]:
    """(ids, tap of each id) when the weights repeat after `step` outputs along each axis; None: the taps themselves."""
    if step is None:
        return taps, np.arange(n_taps)
    _, i, j = np.unravel_index(targets, out_shape)
    place = (taps * step[0] + i % step[0]) * step[1] + j % step[1]
    names, ids = np.unique(place, return_inverse=True)
    return ids, names // (step[0] * step[1])
