"""The matrix of several channels as tiles: each in the colour of a weight that is used there, blank where none is."""

from bisect import bisect_right
from collections import Counter, defaultdict
from functools import cache
from itertools import product
from math import ceil, prod

import numpy as np

from components.display import matrix
from components.display.layer import Layer
from components.display.matrix import CELLS, TILES, Window
from components.state.setup import View
from tests.support.geometries import TABLE, spec_of
from tests.support.oracles import Geometry, loop_connections
from tests.support.pictures import hashed, inks

Uses = dict[tuple[int, int], Counter[int]]  # of each tile (row, column), how often each weight is used there

LARGE = [
    Geometry("colours", (3, 16, 15), (3, 3), 4, bias=True),
    Geometry("two groups", (4, 12, 14), (3, 2), 4, groups=2, padding="same"),
    Geometry("depthwise, strided", (3, 30, 20), (5, 3), 3, stride=(2, 1), groups=3, bias=True),
    Geometry("1x1", (4, 11, 10), (1, 1), 6),
    Geometry("more weights than a byte can name", (4, 8, 8), (7, 7), 6),
    Geometry("every tap on padding", (1, 14, 14), (1, 1), stride=(16, 16), padding=(1, 1)),
]


def layer_of(g: Geometry) -> Layer:
    return Layer(spec_of(g), g.in_shape, (g.out_channels, *g.out_size), {}, ())


def number(g: Geometry, o: int, c: int, k: int, l: int, flip: bool = False) -> int:
    """The number of a weight in the bank, output by output, channel by channel, row by row as it was typed."""
    K, L = g.kernel_size
    tap = (K - 1 - k) * L + (L - 1 - l) if flip else k * L + l
    return (o * (g.in_shape[0] // g.groups) + c) * K * L + tap


@cache
def cells(g: Geometry, flip: bool = False) -> Uses:
    """Which weights lie on which cell of W."""
    found: Uses = defaultdict(Counter)
    for target, source, key in loop_connections("conv", g):
        if key[0] == "weight":
            o, c, k, l = map(int, key[1:])
            found[target, source][number(g, o, c, k, l, flip)] += 1
    return found


def edges(start: int, end: int) -> list[int]:
    """Where the tiles of these rows or columns begin, and where the last ends."""
    many = min(end - start, TILES)
    return [start + n * (end - start) // many for n in range(many + 1)]


def tiled(g: Geometry, window: Window, flip: bool) -> Uses:
    """Which weights lie on which tile of this window."""
    top, bottom, left, right = window
    down, across = edges(top, bottom), edges(left, right)
    found: Uses = defaultdict(Counter)
    for (target, source), uses in cells(g, flip).items():
        if top <= target < bottom and left <= source < right:
            found[bisect_right(down, target) - 1, bisect_right(across, source) - 1] += uses
    return found


def whole(g: Geometry) -> Window:
    return Window(0, g.n_outputs, 0, g.n_inputs)


def test_a_tile_has_a_colour_of_those_used_most_in_it_in_turn_and_is_blank_where_no_weight_is_used() -> None:
    parts = [(0, 1, 0, 1), (0.2, 0.7, 0.3, 0.95), (0, 0.1, 0.5, 1)]
    for g, flip, (top, bottom, left, right) in product(TABLE + LARGE, (False, True), parts):
        rows, cols = g.n_outputs, g.n_inputs
        window = Window(int(top * rows), ceil(bottom * rows), int(left * cols), ceil(right * cols))
        tile = matrix.window_tiles(layer_of(g), "conv", flip, 1, window)
        found, wanted = inks(tile), tiled(g, window, flip)
        assert tile.window == window
        assert tile.rows == min(TILES, window.bottom - window.top)
        assert tile.cols == min(TILES, window.right - window.left)
        assert found.keys() == wanted.keys(), (g, window)
        for (row, col), ink in found.items():
            uses = wanted[row, col]
            strong = sorted(weight for weight, many in uses.items() if many >= 0.6 * max(uses.values()))
            assert ink == strong[row % len(strong)], (g, window)


def test_weights_nobody_shares_look_like_static_and_those_of_a_tiled_layer_repeat() -> None:
    for g in TABLE:
        layer, wanted, everywhere = layer_of(g), cells(g), np.ndindex(g.n_outputs, g.n_inputs)
        assert inks(matrix.window_tiles(layer, "local", False, 1, whole(g))) == {cell: hashed(*cell) for cell in wanted}
        dense = inks(matrix.window_tiles(layer, "dense", False, 1, whole(g)))
        assert dense == {(t, s): hashed(t, s) for t, s in everywhere}
        for period, flip in product((2, 3), (False, True)):
            shared = cells(g, flip)
            for (target, source), ink in inks(matrix.window_tiles(layer, "tiled", flip, period, whole(g))).items():
                i, j = divmod(target % prod(g.out_size), g.out_size[1])
                place = i % period * period + j % period + 1_000_003
                assert ink in {hashed(place, weight) for weight in shared[target, source]}, g
        once = matrix.window_tiles(layer, "tiled", False, 1, whole(g))
        assert inks(once) == inks(matrix.window_tiles(layer, "conv", False, 1, whole(g)))


def test_all_weights_show_in_the_picture_of_the_default_layer() -> None:
    tile = matrix.matrix_tiles(layer_of(Geometry("", (1, 64, 64), (3, 3))), "conv", flip=False)
    assert tile is not None
    assert (tile.rows, tile.cols, tile.at.dtype.name, tile.ink.dtype.name) == (176, 176, "uint32", "uint8")
    assert np.bincount(tile.ink, minlength=9).min() > 0.05 * len(tile.ink)


def test_a_matrix_that_can_be_drawn_cell_by_cell_or_is_full_needs_no_tiles() -> None:
    exact, large = (layer_of(Geometry("", (1, 1, side), (1, 1))) for side in (CELLS, CELLS + 1))
    views: tuple[View, ...] = ("conv", "tiled", "local", "dense")
    for view in views:
        assert matrix.matrix_tiles(exact, view, False) is None
        assert (matrix.matrix_tiles(large, view, False) is None) == (view == "dense")
    square = layer_of(Geometry("", (1, 64, 64), (3, 3)))
    assert matrix.matrix_tiles(square, "conv", False, 1, (0, CELLS, 0, CELLS)) is None
    assert matrix.matrix_tiles(square, "conv", False, 1, (0, CELLS + 1, 0, CELLS)) is not None


def test_the_window_on_screen_is_the_zoom_as_far_as_it_lies_in_the_matrix() -> None:
    layer = layer_of(Geometry("", (3, 5, 5), (3, 3), 3, bias=True))
    for zoom, window in {
        (): (0, 27, 0, 76),
        (3, 9, 5, 70): (3, 9, 5, 70),
        (3, 999_999_999, 5, 999_999_999): (3, 27, 5, 76),
        (27, 30, 0, 5): (0, 27, 0, 76),
        (0, 5, 76, 90): (0, 27, 0, 76),
    }.items():
        assert matrix.visible_window(layer, zoom) == window
