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

FAR = 999_999_999
HOSTILE: list[Zoom] = [(), (0, 1, 0, 1), (0, FAR, 0, FAR), (FAR - 1, FAR, 0, 5), (0, 5, FAR - 1, FAR), (3, 4, 0, FAR)]


def layer(shape: tuple[int, int, int], outputs: int = 4, kernel: tuple[int, int] = (1, 1)) -> Layer:
    spec = LayerSpec(kernel, shape[0], outputs, bias=True)
    return Layer(spec, shape, spec.out_shape(shape), {}, ())


LAYERS = [
    *(layer(shape) for shape in [(1, 1, 1), (1, 16, 11), (2, 13, 17), (3, 64, 64), (3, 1, 200)]),
    layer((3, 64, 64), 1, (7, 7)),
    layer((4, 9, 9), 6, (9, 9)),
]
every_layer = pytest.mark.parametrize("one", LAYERS, ids=lambda one: f"{one.in_shape} to {one.out_shape}")


def edges(one: Layer, part: Zoom) -> tuple[tuple[int, int], tuple[int, int]]:
    """(first, last) of the rows and of the columns."""
    top, bottom, left, right = window.window(one, part)
    return (top, bottom), (left, right)


def extents(one: Layer, part: Zoom) -> list[int]:
    return [last - first for first, last in edges(one, part)]


def size(one: Layer) -> tuple[int, int]:
    (C, H, W), (O, rows, cols) = one.in_shape, one.out_shape
    return O * rows * cols, C * H * W


@every_layer
def test_a_window_is_never_outside_the_matrix_and_never_empty(one: Layer) -> None:
    assert window.size(one) == size(one)
    assert window.shape(one) == tuple(min(n, TILES) for n in size(one))
    for part in HOSTILE:
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
def test_the_window_is_the_part_as_far_as_it_lies_in_w_and_at_first_a_corner_drawn_cell_by_cell(one: Layer) -> None:
    rows, cols = size(one)
    part = (rows // 3, rows // 3 + 1, cols // 2, cols)
    assert window.window(one, part) == part
    assert window.window(one, (0, 2 * rows, 0, 3 * cols)) == (0, rows, 0, cols)
    (top, bottom), (left, right) = edges(one, ())
    assert (top, left) == (0, 0)
    finest = window.factors(one)[-1]
    assert max(bottom, right) <= TILES or (bottom, right) == (rows // finest, cols // finest)


@every_layer
def test_factors_are_powers_of_two_as_far_as_the_window_is_not_too_small(one: Layer) -> None:
    found = window.factors(one)
    assert found[0] == 1
    assert all(after == 2 * before for before, after in pairwise(found))
    assert all(min(size(one)) // times >= 24 for times in found[1:])
    assert min(size(one)) // (2 * found[-1]) < 24


@every_layer
@pytest.mark.parametrize("middle", [(0.0, 0.0), (0.3, 0.8), (1.0, 1.0)], ids=str)
def test_zooming_keeps_the_middle_as_far_as_the_matrix_reaches(one: Layer, middle: tuple[float, float]) -> None:
    spots = [min(int(share * n), n - 1) for share, n in zip(middle, size(one), strict=True)]
    for times in window.factors(one):
        made = window.zoomed(one, (spots[0], spots[0] + 1, spots[1], spots[1] + 1), times)
        for (first, last), spot, whole in zip(edges(one, made), spots, size(one), strict=True):
            assert last - first == max(1, whole // times)
            assert first == min(max(spot - (last - first) // 2, 0), whole - (last - first))
        assert window.factor(one, made) == times
        again = window.zoomed(one, made, times)
        assert extents(one, again) == extents(one, made)
        assert all(abs(sum(a) - sum(b)) <= 2 for a, b in zip(edges(one, made), edges(one, again), strict=True))


@every_layer
def test_a_dragged_frame_lies_where_it_was_left_and_keeps_its_size(one: Layer) -> None:
    for times, share in product(window.factors(one), (0.0, 0.55, 1.0)):
        start = window.zoomed(one, (), times)
        extent, _ = window.frame(one, start)
        corner = [int(share * (tiles - n)) for tiles, n in zip(window.shape(one), extent, strict=True)]
        made = window.placed(one, start, (corner[0], corner[1]))
        assert extents(one, made) == extents(one, start)
        found, at = window.frame(one, made)
        assert found == extent
        assert all(abs(a - b) <= 1 for a, b in zip(at, corner, strict=True))


def test_a_dragged_frame_changes_the_window_alone() -> None:
    own, here = edited(Channels(), part=[0, 30, 0, 40]), layer((4, 30, 30), kernel=(3, 2))
    for corner in ((0, 0), (100, 20)):
        found = window.moved(own, here, list(corner))
        assert found.part == window.placed(here, own.part, corner)
        assert replace(found, part=own.part) == own
    for refused in (*NO_PLACES, [-1, 0], [0, 177], [1.5, 2]):
        with pytest.raises(ValueError, match=r"^the frame must be .*whole number"):
            window.moved(own, here, refused)
