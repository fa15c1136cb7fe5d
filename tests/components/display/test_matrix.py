"""The matrix of several channels as tiles: each in the colour of a weight that is used there, blank where none is."""

from collections import Counter, defaultdict
from functools import cache
from itertools import product
from math import prod

import numpy as np

from components.display import image, matrix, theme
from components.display.layer import Layer
from components.display.matrix import CELLS, MOSTLY, TILES, Tiles, Window
from components.state.setup import View
from tests.support.geometries import TABLE, spec_of
from tests.support.oracles import Geometry, loop_connections
from tests.support.pictures import hashed

Uses = dict[tuple[int, int], Counter[int]]  # of each tile (row, column), how often each weight is used there

LARGE = [
    Geometry("colours", (3, 16, 15), (3, 3), 4, bias=True),
    Geometry("two groups", (4, 12, 14), (3, 2), 4, groups=2, padding="same"),
    Geometry("depthwise, strided", (3, 30, 20), (5, 3), 3, stride=(2, 1), groups=3, bias=True),
    Geometry("1x1", (4, 11, 10), (1, 1), 6),
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


def tiled(g: Geometry, window: Window) -> Uses:
    """Which weights lie on which tile of this window."""
    top, bottom, left, right = window
    rows, cols = min(bottom - top, TILES), min(right - left, TILES)
    row_of = {
        n: r
        for r in range(rows)
        for n in range(top + r * (bottom - top) // rows, top + (r + 1) * (bottom - top) // rows)
    }
    col_of = {
        n: c
        for c in range(cols)
        for n in range(left + c * (right - left) // cols, left + (c + 1) * (right - left) // cols)
    }
    found: Uses = defaultdict(Counter)
    for (target, source), uses in cells(g).items():
        if target in row_of and source in col_of:
            found[row_of[target], col_of[source]] += uses
    return found


def inks(tile: Tiles) -> dict[tuple[int, int], int]:
    """The colour of every tile that has one."""
    assert len(set(tile.at.tolist())) == len(tile.at) == len(tile.ink)
    return {divmod(at, tile.cols): ink for at, ink in zip(tile.at.tolist(), tile.ink.tolist(), strict=True)}


def whole(g: Geometry) -> Window:
    return Window(0, g.n_outputs, 0, g.n_inputs)


def test_where_a_tile_is_a_cell_it_has_the_colour_of_a_weight_that_is_used_there_and_others_are_blank() -> None:
    for g, flip in product(TABLE, (False, True)):
        tile = matrix.window_tiles(layer_of(g), "conv", flip, 1, whole(g))
        found, wanted = inks(tile), cells(g, flip)
        assert (tile.rows, tile.cols) == (g.n_outputs, g.n_inputs), g
        assert found.keys() == wanted.keys(), g
        for cell, ink in found.items():
            assert wanted[cell][ink] >= MOSTLY * max(wanted[cell].values()), g


def test_the_picture_of_the_matrix_is_painted_in_the_colours_of_the_bank() -> None:
    for g in TABLE:
        reads = g.in_shape[0] // g.groups
        palette = theme.bank(g.out_channels, reads, *g.kernel_size)
        picture = image.tiles_picture(matrix.window_tiles(layer_of(g), "conv", False, 1, whole(g)), palette)
        painted = np.zeros((g.n_outputs, g.n_inputs), bool)
        for cell, uses in cells(g).items():
            painted[cell] = True
            if len(uses) == 1:
                assert picture[cell][:3].tolist() == palette[next(iter(uses))].tolist(), g
        np.testing.assert_array_equal(picture[..., 3], np.where(painted, 255, 0))


def test_a_window_shows_what_the_whole_shows_there() -> None:
    for g in TABLE:
        window = top, bottom, left, right = Window(g.n_outputs // 3, g.n_outputs, g.n_inputs // 4, g.n_inputs)
        part, all_of_it = (inks(matrix.window_tiles(layer_of(g), "conv", False, 1, w)) for w in (window, whole(g)))
        assert part.keys() == {(r - top, c - left) for r, c in all_of_it if top <= r < bottom and left <= c < right}
        for r, c in part:
            if len(cells(g)[r + top, c + left]) == 1:
                assert part[r, c] == all_of_it[r + top, c + left], g


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


def test_a_tile_of_many_cells_has_a_colour_of_those_used_most_in_it_in_turn() -> None:
    for g, part in product(LARGE, [(0.0, 1.0, 0.0, 1.0), (0.2, 0.7, 0.3, 0.95), (0.0, 0.1, 0.5, 1.0)]):
        sizes = (g.n_outputs, g.n_outputs, g.n_inputs, g.n_inputs)
        window = top, bottom, left, right = Window(*(int(share * n) for share, n in zip(part, sizes, strict=True)))
        tile = matrix.window_tiles(layer_of(g), "conv", False, 1, window)
        found, wanted = inks(tile), tiled(g, window)
        assert tile.window == window
        assert max(tile.rows, tile.cols) == TILES or (tile.rows, tile.cols) == (bottom - top, right - left)
        assert found.keys() == wanted.keys(), (g, part)
        for (row, col), ink in found.items():
            uses = wanted[row, col]
            strong = sorted(weight for weight, many in uses.items() if many >= 0.6 * max(uses.values()))
            assert ink == strong[row % len(strong)], (g, part)


def test_blocks_of_other_groups_are_blank() -> None:
    g = LARGE[1]
    found = inks(matrix.window_tiles(layer_of(g), "conv", False, 1, whole(g)))
    outputs, inputs = prod(g.out_size), prod(g.in_shape[1:])
    rows, cols = min(g.n_outputs, TILES), min(g.n_inputs, TILES)
    blocks = {
        (
            r * g.n_outputs // rows // outputs * 2 // g.out_channels,
            c * g.n_inputs // cols // inputs * 2 // g.in_shape[0],
        )
        for r, c in found
        if (r + 1) % (rows // 2) and (c + 1) % (cols // 2)  # tiles across the border of two blocks belong to both
    }
    assert blocks == {(0, 0), (1, 1)}


def test_a_window_or_a_layer_without_any_weight_is_blank() -> None:
    g = Geometry("depthwise", (3, 5, 5), (3, 3), 3, padding="same", groups=3, bias=True)
    beside = Window(0, prod(g.out_size), prod(g.in_shape[1:]), g.n_inputs)
    blank = Geometry("every tap on padding", (1, 14, 14), (1, 1), stride=(16, 16), padding=(1, 1))
    for geometry, window in ((g, beside), (blank, whole(blank))):
        tile = matrix.window_tiles(layer_of(geometry), "conv", False, 1, window)
        assert (len(tile.at), len(tile.ink)) == (0, 0)
        assert not image.tiles_picture(tile, theme.bank(3, 1, 3, 3)).any()


def test_more_weights_than_a_byte_can_name_keep_their_own_colours() -> None:
    g = Geometry("7x7", (4, 8, 8), (7, 7), 6)  # 1,176 weights
    tile = matrix.window_tiles(layer_of(g), "conv", False, 1, whole(g))
    wanted = tiled(g, whole(g))
    assert inks(tile).keys() == wanted.keys()
    assert all(ink in wanted[cell] for cell, ink in inks(tile).items())
    assert int(tile.ink.max()) > 1000


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
