"""What a convolution takes in memory, by how it is written down: as its kernel, as W, or by im2col. Exact integers.

kernel       O · C/groups · K · L numbers
W, dense     outputs · inputs numbers, nearly all of them 0
W, sparse    per cell that is not 0 a number and its column, and per row where it begins (CSR)
im2col       C · K · L · H' · W' numbers: each pixel once for every window it is in
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from kernels.layer.axis import PADDING, Axis
from kernels.layer.counts import FLOAT32
from kernels.layer.spec import LayerSpec, Pair, Shape

SHORT, LONG = 4, 8  # bytes of an index


@dataclass(frozen=True, slots=True)
class Stored:
    """One way to write a layer down. shape: (rows, columns). numbers: those that are kept. bytes: in float32."""

    shape: Pair
    numbers: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Storage:
    """The layer as its kernel, as W in full, as W without its zeros (CSR), and the picture laid out by im2col."""

    kernel: Stored
    dense: Stored
    sparse: Stored
    im2col: Stored


def storage(spec: LayerSpec, in_shape: Shape) -> Storage:
    """The sizes of a layer on a (C, H, W) input, in O(K·H' + L·W') operations. A bias is a column of W. SpecError.

    >>> sizes = storage(LayerSpec(3), (1, 64, 64))
    >>> sizes.kernel, sizes.im2col
    (Stored(shape=(1, 9), numbers=9, bytes=36), Stored(shape=(9, 3844), numbers=34596, bytes=138384))
    >>> sizes.dense.bytes, sizes.sparse.bytes
    (62980096, 292148)
    """
    rows, cols = spec.axes(in_shape)
    maps, channels, *_ = spec.weight_shape
    outputs, inputs = prod(spec.out_shape(in_shape)), prod(in_shape) + spec.bias
    taps, places = prod(spec.weight_shape[1:]) + spec.bias, rows.out * cols.out
    cells = maps * channels * _read(rows) * _read(cols) + outputs * spec.bias
    index = SHORT if max(cells, inputs) < 2**31 else LONG  # as SciPy chooses
    return Storage(
        kernel=_full(maps, taps),
        dense=_full(outputs, inputs),
        sparse=Stored((outputs, inputs), cells, cells * (FLOAT32 + index) + (outputs + 1) * index),
        im2col=_full(spec.in_channels * prod(spec.kernel_size), places),
    )


def _full(rows: int, cols: int) -> Stored:
    return Stored((rows, cols), rows * cols, FLOAT32 * rows * cols)


def _read(axis: Axis) -> int:
    """Σ over the outputs of how many inputs each reads along this axis; a repeated border pixel is one of them."""
    read: NDArray[np.int64] = np.sort(axis.sources(), axis=0)
    fresh = np.ones(read.shape, bool)
    fresh[1:] = read[1:] != read[:-1]
    return int((fresh & (read != PADDING)).sum())
