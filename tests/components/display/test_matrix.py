"""The matrix of several channels as tiles: each in the colour of a weight that is used there, blank where none is."""

from collections import Counter, defaultdict
from functools import cache
from math import prod

import numpy as np
import pytest

from components.display import image, matrix, theme
from components.display.layer import Layer
from components.display.matrix import CELLS, MOSTLY, TILES, Tiles, Window
from components.state.fields import Zoom
from components.state.setup import View
from tests.support.geometries import spec_of
from tests.support.oracles import Geometry, loop_connections
from tests.support.pictures import hashed

Uses = dict[tuple[int, int], Counter[int]]  # of each tile (row, column), how often each weight is used there

SMALL = [
    Geometry("one block", (1, 5, 6), (3, 2)),
    Geometry("colours to four", (3, 5, 4), (3, 2), 4, bias=True),
    Geometry("1x1", (3, 4, 4), (1, 1), 3, bias=True),
    Geometry("1x1, padded: rows without a weight", (2, 3, 3), (1, 1), 2, padding=(2, 1)),
    Geometry("depthwise", (3, 5, 5), (3, 3), 3, padding="same", groups=3, bias=True),
    Geometry("depthwise, two maps each", (2, 5, 4), (2, 2), 4, stride=(2, 1), groups=2),
    Geometry("two groups", (4, 4, 5), (2, 3), 2, groups=2, bias=True),
    Geometry("strided and dilated", (2, 7, 8), (2, 2), 2, stride=(2, 3), dilation=(2, 1), padding=(1, 2)),
    Geometry("circular", (2, 4, 5), (3, 3), 2, padding="same", mode="circular"),
    Geometry("reflect, strided", (2, 5, 6), (3, 3), 2, stride=(2, 1), padding=(2, 1), mode="reflect"),
    Geometry("replicate: two taps on a pixel", (2, 4, 4), (3, 3), 2, padding=(2, 2), mode="replicate"),
]
LARGE = [
    Geometry("colours", (3, 16, 15), (3, 3), 4, bias=True),
    Geometry("two groups", (4, 12, 14), (3, 2), 4, groups=2, padding="same"),
    Geometry("depthwise, strided", (3, 30, 20), (5, 3), 3, stride=(2, 1), groups=3, bias=True),
    Geometry("1x1", (4, 11, 10), (1, 1), 6),
]
every_small = pytest.mark.parametrize("g", SMALL, ids=str)


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


@pytest.mark.parametrize("flip", [False, True])
@every_small
def test_where_a_tile_is_a_cell_it_has_the_colour_of_the_weight_on_it_and_all_others_are_blank(
    g: Geometry, flip: bool
) -> None:
    tile = matrix.window_tiles(layer_of(g), "conv", flip, 1, whole(g))
    found, wanted = inks(tile), cells(g, flip)
    assert (tile.rows, tile.cols) == (g.n_outputs, g.n_inputs)
    assert found.keys() == wanted.keys()
    for cell, ink in found.items():
        uses = wanted[cell]
        assert uses[ink] >= MOSTLY * max(uses.values())


@every_small
def test_the_picture_of_the_matrix_is_painted_in_the_colours_of_the_bank(g: Geometry) -> None:
    tile = matrix.window_tiles(layer_of(g), "conv", False, 1, whole(g))
    reads = g.in_shape[0] // g.groups
    picture = image.tiles_picture(tile, theme.bank(g.out_channels, reads, *g.kernel_size))
    colours = theme.bank(g.out_channels, reads, *g.kernel_size).reshape(g.out_channels, reads, *g.kernel_size, 3)
    painted = np.zeros((g.n_outputs, g.n_inputs), bool)
    for target, source, key in loop_connections("conv", g):
        if key[0] != "weight":
            continue
        painted[target, source] = True
        if len(cells(g)[target, source]) == 1:
            assert picture[target, source, :3].tolist() == colours[tuple(map(int, key[1:]))].tolist()
    assert ((picture[..., 3] == 255) == painted).all()
    assert ((picture[..., 3] == 0) == ~painted).all()


@pytest.mark.parametrize("g", [g for g in SMALL if g.groups > 1] + LARGE, ids=str)
def test_blocks_of_other_groups_are_blank_and_all_others_are_woven(g: Geometry) -> None:
    found = inks(matrix.window_tiles(layer_of(g), "conv", False, 1, whole(g)))
    rows, cols = min(g.n_outputs, TILES), min(g.n_inputs, TILES)
    high, wide = prod(g.out_size), prod(g.in_shape[1:])
    blocks = set()
    for r, c in found:
        down = {n // high for n in range(r * g.n_outputs // rows, (r + 1) * g.n_outputs // rows)}
        across = {n // wide for n in range(c * g.n_inputs // cols, (c + 1) * g.n_inputs // cols)}
        if len(down) == len(across) == 1:
            blocks.add((down.pop(), across.pop()))
    each, many = g.out_channels // g.groups, g.in_shape[0] // g.groups
    assert blocks == {(o, c) for o in range(g.out_channels) for c in range(g.in_shape[0]) if o // each == c // many}


@pytest.mark.parametrize("g", LARGE, ids=str)
@pytest.mark.parametrize("part", [(0.0, 1.0, 0.0, 1.0), (0.2, 0.7, 0.3, 0.95), (0.0, 0.1, 0.5, 1.0)], ids=str)
def test_a_tile_has_a_colour_of_those_used_most_in_it_in_turn(g: Geometry, part: tuple[float, ...]) -> None:
    sizes = (g.n_outputs, g.n_outputs, g.n_inputs, g.n_inputs)
    window = top, bottom, left, right = Window(*(int(share * n) for share, n in zip(part, sizes, strict=True)))
    tile = matrix.window_tiles(layer_of(g), "conv", False, 1, window)
    found, wanted = inks(tile), tiled(g, window)
    assert tile.window == window
    assert max(tile.rows, tile.cols) == TILES or (tile.rows, tile.cols) == (bottom - top, right - left)
    assert found.keys() == wanted.keys()
    for (row, col), ink in found.items():
        uses = wanted[row, col]
        strong = sorted(weight for weight, many in uses.items() if many >= 0.6 * max(uses.values()))
        assert ink == strong[row % len(strong)]


@every_small
def test_a_window_shows_what_the_whole_shows_there(g: Geometry) -> None:
    window = top, bottom, left, right = Window(g.n_outputs // 3, g.n_outputs, g.n_inputs // 4, g.n_inputs - 1)
    part, all_of_it = (inks(matrix.window_tiles(layer_of(g), "conv", False, 1, w)) for w in (window, whole(g)))
    wanted = {(r - top, c - left) for r, c in all_of_it if top <= r < bottom and left <= c < right}
    assert part.keys() == wanted
    for cell in wanted:
        if len(cells(g)[cell[0] + top, cell[1] + left]) == 1:
            assert part[cell] == all_of_it[cell[0] + top, cell[1] + left]


@every_small
def test_weights_nobody_shares_look_like_static_and_those_of_a_tiled_layer_repeat(g: Geometry) -> None:
    layer, wanted = layer_of(g), cells(g)
    static = {cell: hashed(*cell) for cell in wanted}
    assert inks(matrix.window_tiles(layer, "local", False, 1, whole(g))) == static
    assert inks(matrix.window_tiles(layer, "dense", False, 1, whole(g))) == {
        (t, s): hashed(t, s) for t in range(g.n_outputs) for s in range(g.n_inputs)
    }
    for (target, source), ink in inks(matrix.window_tiles(layer, "tiled", False, 2, whole(g))).items():
        i, j = divmod(target % prod(g.out_size), g.out_size[1])
        place = i % 2 * 2 + j % 2 + 1_000_003
        assert ink in {hashed(place, weight) for weight in wanted[target, source]}


def test_a_window_without_any_weight_is_blank() -> None:
    g = next(g for g in SMALL if g.name == "depthwise")
    tile = matrix.window_tiles(
        layer_of(g), "conv", False, 1, Window(0, prod(g.out_size), prod(g.in_shape[1:]), g.n_inputs)
    )
    assert (len(tile.at), len(tile.ink)) == (0, 0)
    assert not image.tiles_picture(tile, theme.bank(3, 1, 3, 3)).any()


def test_more_weights_than_a_byte_can_name_keep_their_own_colours() -> None:
    g = Geometry("7x7", (4, 8, 8), (7, 7), 6)  # 1,176 weights
    tile = matrix.window_tiles(layer_of(g), "conv", False, 1, whole(g))
    wanted = tiled(g, whole(g))
    assert inks(tile).keys() == wanted.keys()
    assert all(ink in wanted[cell] for cell, ink in inks(tile).items())
    assert int(tile.ink.max()) > 1000


@pytest.mark.parametrize("view", ["conv", "tiled", "local", "dense"])
def test_a_matrix_that_can_be_drawn_cell_by_cell_needs_no_tiles(view: View) -> None:
    small, large = (Geometry("", (1, side, side), (1, 1)) for side in (17, 18))  # 289 and 324 cells a side
    assert small.n_outputs <= CELLS < large.n_outputs
    assert matrix.matrix_tiles(layer_of(small), view, False) is None
    assert (matrix.matrix_tiles(layer_of(large), view, False) is None) == (view == "dense")


@pytest.mark.parametrize(
    ("zoom", "window"),
    [
        ((), (0, 27, 0, 76)),
        ((3, 9, 5, 70), (3, 9, 5, 70)),
        ((3, 999_999_999, 5, 999_999_999), (3, 27, 5, 76)),
        ((27, 30, 0, 5), (0, 27, 0, 76)),
        ((0, 5, 76, 90), (0, 27, 0, 76)),
    ],
    ids=str,
)
def test_the_window_on_screen_is_the_zoom_as_far_as_it_lies_in_the_matrix(zoom: Zoom, window: Window) -> None:
    g = Geometry("", (3, 5, 5), (3, 3), 3, bias=True)
    assert matrix.visible_window(layer_of(g), zoom) == window
