"""A window of the weight matrix W on tiles: which tile has the colour of which weight. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from components.display import theme
from components.display.layer import Layer
from components.state.fields import Zoom
from components.state.setup import View
from kernels.layer.spec import Bytes, Ints, LayerSpec, Pair, Shape
from kernels.layer.weave import connected, threads

CELLS = 320  # a window of W of at most this many rows and columns is drawn cell by cell, in the browser
MOSTLY = 0.6  # a tap used less than this share of the most used one does not get a turn in the tile
TILES = 176  # the matrix picture is at most this many tiles high and wide


class Window(NamedTuple):
    """Rows top..bottom and columns left..right of W, the second of each not included."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True, eq=False)
class _Uses:
    """Weights that have connections in a tile, one entry per weight and tile; all arrays have one length.

    uses: how many connections. target, source: the first of them, in the whole matrix.
    """

    tile: Ints
    weight: Ints
    uses: Ints
    target: Ints
    source: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """A window of W on rows × cols tiles: tile `at[n]` = row·cols + column has colour `ink[n]`, others are empty."""

    window: Window
    rows: int
    cols: int
    at: NDArray[np.uint32]
    ink: NDArray[np.integer]


def matrix_tiles(layer: Layer, view: View, flip: bool, period: int = 1, zoom: Zoom = ()) -> Tiles | None:
    """A window of W (all of it by default) on at most TILES × TILES tiles, each in the colour of one of its weights.

    Where several taps share a tile about equally they take turns from row to row, like a twisted yarn. None where the
    loom can draw every cell by itself, and for the fully connected layer, whose every tile is full.
    """
    window = visible_window(layer, zoom)
    if view == "dense" or max(window.bottom - window.top, window.right - window.left) <= CELLS:
        return None
    return window_tiles(layer, view, flip, period, window)


def window_tiles(layer: Layer, view: View, flip: bool, period: int, window: Window) -> Tiles:
    """Any window of W on tiles, for a layer of any size and kind.

    With several channels W has a block for every pair of output and input channel.
    """
    return tiles_of_views(layer, (view,), flip, period, window)[0]


def tiles_of_views(layer: Layer, views: Sequence[View], flip: bool, period: int, window: Window) -> list[Tiles]:
    """A window of W on tiles in each of these views: all but the fully connected one fill the same tiles, in order."""
    inputs = prod(layer.in_shape)  # the bias, in the column after the last, needs no tile
    drawn = Window(window.top, window.bottom, min(window.left, inputs - 1), min(window.right, inputs))
    down, across = _edges(drawn)
    rows, cols = len(down) - 1, len(across) - 1
    small: type[np.integer] = np.uint8 if prod(layer.spec.weight_shape) <= theme.UNTIED else np.uint16

    def tiles(view: View) -> Tiles:
        if view == "dense":
            static = theme.untied_ink(down[:-1, None], across[:-1]).ravel()
            return Tiles(drawn, rows, cols, np.arange(rows * cols, dtype=np.uint32), static)
        shown = _shown(layer.spec, layer.in_shape, drawn, flip)
        ink = _ink(layer, view, period, shown)
        return Tiles(drawn, rows, cols, shown.tile.astype(np.uint32), ink.astype(small))

    return [tiles(view) for view in views]


def _edges(window: Window) -> tuple[Ints, Ints]:
    """Where the tiles of a window begin, down and across, and where the last ends."""
    top, bottom, left, right = window
    rows, cols = min(bottom - top, TILES), min(right - left, TILES)
    return top + np.arange(rows + 1) * (bottom - top) // rows, left + np.arange(cols + 1) * (right - left) // cols


@lru_cache(maxsize=8)  # some 1 MB each: the views of a layer have this in common, and a class looks at the same layers
def _shown(spec: LayerSpec, in_shape: Shape, window: Window, flip: bool) -> _Uses:
    """Which use each tile that has any shows, in the order of the tiles; much used weights take turns by row."""
    down, across = _edges(window)
    parts = [
        part
        for block in np.ndindex(spec.out_shape(in_shape)[0], in_shape[0])
        for part in _uses_in_block(spec, in_shape, block, down, across, flip)
    ]
    if not parts:
        return _Uses(*(np.empty(0, np.int64) for _ in fields(_Uses)))
    uses = _Uses(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(_Uses)))
    most = np.zeros((len(down) - 1) * (len(across) - 1))
    np.maximum.at(most, uses.tile, uses.uses)
    strong = np.flatnonzero(uses.uses >= MOSTLY * most[uses.tile])
    order = strong[np.lexsort((uses.weight[strong], uses.tile[strong]))]
    tile, first, many = np.unique(uses.tile[order], return_index=True, return_counts=True)
    turn = order[first + (tile // (len(across) - 1)) % many]
    return _Uses(*(getattr(uses, field.name)[turn] for field in fields(_Uses)))


def _uses_in_block(
    spec: LayerSpec, in_shape: Shape, block: Pair, down: Ints, across: Ints, flip: bool
) -> Iterator[_Uses]:
    """What each tap of block (o, c) connects in the tiles between these edges."""
    height, width = prod(spec.out_shape(in_shape)[1:]), prod(in_shape[1:])
    first_row, first_col = block[0] * height, block[1] * width
    rows, cols = _within(down - first_row, height), _within(across - first_col, width)
    if len(rows) < 2 or len(cols) < 2 or not connected(spec, block):
        return
    per_block = prod(spec.kernel_size)
    offset = (block[0] * spec.weight_shape[1] + block[1] % spec.weight_shape[1]) * per_block
    for thread in threads(spec, in_shape, rows, cols, block):
        targets, sources = thread.targets + first_row, thread.sources + first_col
        tile = (
            (np.searchsorted(down, targets, "right") - 1) * (len(across) - 1)
            + np.searchsorted(across, sources, "right")
            - 1
        )
        weight = np.full(len(tile), offset + _weight(spec, thread.tap, flip))
        yield _Uses(tile, weight, thread.uses, targets, sources)


def _within(edges: Ints, size: int) -> Ints:
    """The edges that cut 0..size, its ends included as far as the edges reach."""
    return np.unique(edges.clip(0, size))


def visible_window(layer: Layer, zoom: Zoom) -> Window:
    """The window of W on screen: `zoom` as far as it lies in W, or all of W."""
    rows, cols = prod(layer.out_shape), prod(layer.in_shape) + layer.spec.bias
    return clipped(zoom, (rows, cols)) or Window(0, rows, 0, cols)


def clipped(zoom: Zoom, size: Pair) -> Window | None:
    """A window as far as it lies in a matrix of this size; None where nothing of it does."""
    if not zoom:
        return None
    top, bottom, left, right = zoom[0], min(zoom[1], size[0]), zoom[2], min(zoom[3], size[1])
    return Window(top, bottom, left, right) if top < bottom and left < right else None


def _ink(layer: Layer, view: View, period: int, uses: _Uses) -> Ints | Bytes:
    """The colour numbers of these connections: the weight itself where it is shared, a hash of its name where not."""
    if view == "conv" or (view == "tiled" and period == 1):
        return uses.weight
    if view == "tiled":
        _, i, j = np.unravel_index(uses.target, layer.out_shape)
        return theme.tiled_ink(uses.weight, i % period * period + j % period)
    return theme.untied_ink(uses.target, uses.source)


def _weight(spec: LayerSpec, tap: Pair, flip: bool) -> int:
    """The number of the weight, row by row in the kernel as typed, that lies on this tap of the window."""
    K, L = spec.kernel_size
    index = tap[0] * L + tap[1]
    return K * L - 1 - index if flip else index
