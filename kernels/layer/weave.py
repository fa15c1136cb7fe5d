"""The picture of any window of W at any zoom, exactly, without W.

A 1024×1024 image makes a matrix of 10¹² cells, yet a tap visits the outputs along a few straight `Piece`s of each axis
(see `axis`), and along one piece of rows × columns the source moves monotonically within a row and from row to row.
So the pair (tile row, tile column) changes only where an edge of the tiling is crossed: a handful of crossings per
edge, found in closed form. Sort them and every segment between two of them lies in one tile, as a whole.

Cost: O(taps · (rows + cols)) for the tiling, flat in the size of the image.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kernels.layer.axis import Piece
from kernels.layer.spec import Ints, LayerSpec, Pair, Shape, SpecError


@dataclass(frozen=True, slots=True, eq=False)
class Tiling:
    """The edges of the tiles, and how many outputs and inputs one image row holds."""

    rows: Ints
    cols: Ints
    out_width: int
    in_width: int


@dataclass(frozen=True, slots=True, eq=False)
class Thread:
    """Where one tap (k, l) shows: `uses[n]` cells in tile (rows[n], cols[n]), first (targets[n], sources[n])."""

    tap: Pair
    rows: Ints
    cols: Ints
    uses: Ints
    targets: Ints
    sources: Ints


def weave(
    spec: LayerSpec, in_shape: Shape, rows: ArrayLike, cols: ArrayLike, block: Pair = (0, 0)
) -> NDArray[np.integer]:
    """How often each tap is used in each tile of block (o, c) of W: (K, L, R, C), exact at any size.

    `rows` and `cols` are increasing edges within 0..H'·W' and 0..H·W; tile (r, c) spans rows[r]..rows[r+1]−1 and
    cols[c]..cols[c+1]−1. Blocks that groups leave unconnected are zero. Raises SpecError.

    >>> picture = weave(LayerSpec(2), (1, 1024, 1024), rows=[0, 1023**2], cols=[0, 2**19, 2**20])
    >>> picture.shape
    (2, 2, 1, 2)
    >>> picture[0, 0].tolist()  # how many outputs lay their first tap on the upper and on the lower half of the image
    [[523776, 522753]]
    """
    found = list(threads(spec, in_shape, rows, cols, block))
    # Half the memory wherever no tile can overflow it: at 15×15 taps and 600×600 tiles that is 324 MB instead of 648.
    dtype = np.int32 if np.max(rows) < 2**31 else np.int64
    picture = np.zeros((*spec.kernel_size, np.size(rows) - 1, np.size(cols) - 1), dtype=dtype)
    for thread in found:
        np.add.at(picture[thread.tap], (thread.rows, thread.cols), thread.uses)
    return picture


def threads(
    spec: LayerSpec, in_shape: Shape, rows: ArrayLike, cols: ArrayLike, block: Pair = (0, 0)
) -> Iterator[Thread]:
    """The tiles of `weave` in which each tap (k, l) is used, sparse, a tap at a time. Raises SpecError.

    A tile may come more than once in a thread: its uses add.

    >>> [(thread.tap, thread.uses.tolist()) for thread in threads(LayerSpec((1, 2)), (1, 1, 4), [0, 3], [0, 2, 4])]
    [((0, 0), [2, 1]), ((0, 1), [1, 2])]
    """
    down, across = spec.axes(in_shape)
    tiling = Tiling(
        _edges("rows", rows, down.out * across.out),
        _edges("cols", cols, down.size * across.size),
        across.out,
        across.size,
    )
    if not connected(spec, block):
        return
    for k in range(spec.kernel_size[0]):
        for l in range(spec.kernel_size[1]):
            parts = [_segments(strip, piece, tiling) for strip in down.pieces(k) for piece in across.pieces(l)]
            if parts:
                yield Thread((k, l), *np.concatenate(parts, axis=1))


def connected(spec: LayerSpec, block: Pair) -> bool:
    """Whether output channel o reads input channel c, for block (o, c). Raises SpecError outside the layer."""
    (o, c), (maps, channels, *_) = block, spec.weight_shape
    if not (0 <= o < maps and 0 <= c < spec.in_channels):
        raise SpecError(f"block must be within ({maps}, {spec.in_channels}), got {block}")
    return o // (maps // spec.groups) == c // channels


def _edges(name: str, edges: ArrayLike, limit: int) -> Ints:
    array = np.asarray(edges)
    if array.ndim != 1 or len(array) < 2 or not np.issubdtype(array.dtype, np.integer):
        raise SpecError(f"{name} must be at least two whole numbers, got {edges!r}")
    if array[0] < 0 or array[-1] > limit or (np.diff(array) <= 0).any():
        raise SpecError(f"{name} must increase within 0..{limit}, got {array[0]}..{array[-1]}")
    return array.astype(np.int64)


def _segments(down: Piece, across: Piece, tiling: Tiling) -> Ints:
    """The outputs `down` × `across`, in order, cut wherever their tile may change: a column each, as in `Thread`."""
    width = len(across)
    total = len(down) * width
    cuts = np.concatenate([[0, total], _at_rows(down, across, tiling), _at_cols(down, across, tiling)])
    cuts = np.unique(cuts)
    starts, uses = cuts[:-1], np.diff(cuts)
    i, j = np.divmod(starts, width)
    targets = (down.start + i) * tiling.out_width + across.start + j
    sources = (down.source + down.slope * i) * tiling.in_width + across.source + across.slope * j
    rows = np.searchsorted(tiling.rows, targets, "right") - 1
    cols = np.searchsorted(tiling.cols, sources, "right") - 1
    inside = (rows >= 0) & (rows < len(tiling.rows) - 1) & (cols >= 0) & (cols < len(tiling.cols) - 1)
    return np.stack([rows, cols, uses, targets, sources])[:, inside]


def _at_rows(down: Piece, across: Piece, tiling: Tiling) -> Ints:
    """How many of these outputs come before each row edge."""
    i, j = np.divmod(tiling.rows, tiling.out_width)
    whole, part = i - down.start, np.clip(j - across.start, 0, len(across))
    before: Ints = whole * len(across) + np.where((whole >= 0) & (whole < len(down)), part, 0)
    return before.clip(0, len(down) * len(across))


def _at_cols(down: Piece, across: Piece, tiling: Tiling) -> Ints:
    """Where the source may cross a column edge: inside the row that reads the edge's row, and at its two ends."""
    width = len(across)
    a, b = np.divmod(tiling.cols, tiling.in_width)
    within = _before(across, b)
    if down.slope == 0:  # replicate padding reads one row again and again: every one of these rows crosses its edges
        starts = np.arange(len(down))[:, None] * width
        repeated: Ints = (starts + np.append(within[a == down.source], 0)).ravel()
        return repeated
    ahead = (a - down.source) * np.sign(down.slope)
    row = np.clip(-(-ahead // abs(down.slope)), 0, len(down))  # the first row at or past the edge's row
    if down.slope > 0 <= across.slope:  # the sources only grow: one crossing an edge
        met = down.source + down.slope * row == a
        grown: Ints = row * width + np.where(met, within, 0)
        return grown.clip(0, len(down) * width)
    crossings: Ints = np.concatenate([row * width, row * width + within, (row + 1) * width])
    return crossings.clip(0, len(down) * width)


def _before(across: Piece, b: Ints) -> Ints:
    """Where each column edge cuts the sources of one row, as the number of them before the cut."""
    if across.slope > 0:
        before = -((across.source - b) // across.slope)  # the first source >= b
    elif across.slope < 0:
        before = (across.source - b) // -across.slope + 1  # the first source < b
    else:
        before = np.where(across.source < b, len(across), 0)
    clipped: Ints = before.clip(0, len(across))
    return clipped
