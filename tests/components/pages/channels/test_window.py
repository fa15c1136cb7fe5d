"""The window of W stays in W, keeps its size and middle where there is room, and lies where its frame was dragged."""

from dataclasses import replace
from itertools import pairwise, product

import pytest

from components.display.layer import Layer
from components.display.matrix import TILES
from components.pages.channels import window
from components.pages.channels.state import Channels
from components.state.fields import Zoom
from components.state.link import edited
from kernels.layer.spec import LayerSpec
from tests.support.hostile_values import NO_PLACES

SHAPES = [(1, 1, 1), (1, 4, 5), (1, 16, 11), (2, 13, 17), (3, 32, 32), (3, 64, 64), (4, 128, 96), (3, 1, 200)]
HOSTILE: list[Zoom] = [
    (),
    (0, 1, 0, 1),
    (0, 999_999_999, 0, 999_999_999),
    (999_999_998, 999_999_999, 0, 5),
    (0, 5, 999_999_998, 999_999_999),
    (3, 4, 0, 999_999_999),
    (0, 999_999_999, 2, 3),
    (7, 8, 7, 8),
    (100, 101, 0, 7000),
]


def layer(shape: tuple[int, int, int], outputs: int = 4, kernel: tuple[int, int] = (1, 1)) -> Layer:
    spec = LayerSpec(kernel, shape[0], outputs, bias=True)
    return Layer(spec, shape, spec.out_shape(shape), {}, ())


LAYERS = [layer(shape) for shape in SHAPES] + [layer((3, 64, 64), 1, (7, 7)), layer((4, 9, 9), 6, (9, 9))]
every_layer = pytest.mark.parametrize("one", LAYERS, ids=lambda one: f"{one.in_shape} to {one.out_shape}")


def edges(one: Layer, part: Zoom) -> tuple[tuple[int, int], tuple[int, int]]:
    """(first, last) of the rows and of the columns."""
    top, bottom, left, right = window.window(one, part)
    return (top, bottom), (left, right)


def size(one: Layer) -> tuple[int, int]:
    (C, H, W), (O, rows, cols) = one.in_shape, one.out_shape
    return O * rows * cols, C * H * W


@every_layer
@pytest.mark.parametrize("part", HOSTILE, ids=str)
def test_a_window_is_never_outside_the_matrix_and_never_empty(one: Layer, part: Zoom) -> None:
    zooms = [part, *(window.zoomed(one, part, times) for times in window.factors(one))]
    moves = [window.placed(one, part, (i, j)) for i, j in product((0, 1, TILES // 2, TILES), repeat=2)]
    for made in (*zooms, *moves):
        for (first, last), whole in zip(edges(one, made), size(one), strict=True):
            assert 0 <= first < last <= whole
    extent, corner = window.frame(one, part)
    for n, at, tiles in zip(extent, corner, window.shape(one), strict=True):
        assert n >= 1
        assert 0 <= at <= at + n <= tiles
    assert window.factor(one, part) in window.factors(one)


@every_layer
def test_a_part_that_lies_in_the_matrix_is_the_window(one: Layer) -> None:
    rows, cols = size(one)
    part = (rows // 3, rows // 3 + 1, cols // 2, cols)
    assert window.window(one, part) == part
    assert window.window(one, (0, 2 * rows, 0, 3 * cols)) == (0, rows, 0, cols)


@every_layer
def test_at_first_the_window_is_a_corner_that_can_be_drawn_cell_by_cell(one: Layer) -> None:
    (top, bottom), (left, right) = edges(one, ())
    assert (top, left) == (0, 0)
    finest = window.factors(one)[-1]
    assert max(bottom, right) <= TILES or (bottom, right) == tuple(n // finest for n in size(one))


@every_layer
def test_factors_are_powers_of_two_as_far_as_the_window_is_not_too_small(one: Layer) -> None:
    found = window.factors(one)
    assert found[0] == 1
    assert all(after == 2 * before for before, after in pairwise(found))
    assert all(min(size(one)) // times >= 24 for times in found[1:])
    assert min(size(one)) // (2 * found[-1]) < 24


@every_layer
@pytest.mark.parametrize("middle", [(0.0, 0.0), (0.5, 0.5), (0.3, 0.8), (1.0, 1.0)], ids=str)
def test_zooming_keeps_the_middle_as_far_as_the_matrix_reaches(one: Layer, middle: tuple[float, float]) -> None:
    spots = [min(int(share * n), n - 1) for share, n in zip(middle, size(one), strict=True)]
    part = (spots[0], spots[0] + 1, spots[1], spots[1] + 1)
    for times in window.factors(one):
        made = window.zoomed(one, part, times)
        for (first, last), spot, whole in zip(edges(one, made), spots, size(one), strict=True):
            assert last - first == max(1, whole // times)
            room = spot - (last - first) // 2
            assert first == min(max(room, 0), whole - (last - first))
        assert window.factor(one, made) == times
        again = window.zoomed(one, made, times)
        assert [last - first for first, last in edges(one, again)] == [last - first for first, last in edges(one, made)]
        for (first, last), (here, there) in zip(edges(one, made), edges(one, again), strict=True):
            assert abs((first + last) - (here + there)) <= 2


@every_layer
@pytest.mark.parametrize("share", [0.0, 0.2, 0.55, 1.0])
def test_a_dragged_frame_lies_where_it_was_left_and_keeps_its_size(one: Layer, share: float) -> None:
    for times in window.factors(one):
        start = window.zoomed(one, (), times)
        extent, _ = window.frame(one, start)
        free = [tiles - n for tiles, n in zip(window.shape(one), extent, strict=True)]
        corner = int(share * free[0]), int(share * free[1])
        made = window.placed(one, start, corner)
        assert [b - a for a, b in edges(one, made)] == [b - a for a, b in edges(one, start)]
        found, at = window.frame(one, made)
        assert found == extent
        assert all(abs(a - b) <= 1 for a, b in zip(at, corner, strict=True))


@every_layer
def test_the_picture_of_the_matrix_has_a_tile_a_cell_until_it_is_full(one: Layer) -> None:
    assert window.size(one) == size(one)
    assert window.shape(one) == tuple(min(n, TILES) for n in size(one))


def test_a_dragged_frame_changes_the_window_alone_and_lies_where_it_was_left() -> None:
    own, here = edited(Channels(), part=[0, 30, 0, 40]), layer((4, 30, 30), kernel=(3, 2))
    for corner in ((0, 0), (100, 20), (30, 100)):
        found = window.moved(own, here, list(corner))
        assert replace(found, part=own.part) == own
        assert all(abs(a - b) <= 1 for a, b in zip(window.frame(here, found.part)[1], corner, strict=True))
    for refused in (*NO_PLACES, [-1, 0], [0, 177], [1.5, 2]):
        with pytest.raises(ValueError, match=r"^the frame must be .*whole number"):
            window.moved(own, here, refused)
