"""The picture of W is exact in every tile: brute force agrees, and the tiles add up to the count at any size."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import LayerSpec, SpecError, count, weave
from tests.support.geometries import GEOMETRIES, full_sweep, spec_of
from tests.support.memory import peak
from tests.support.oracles import Geometry, Pair, loop_weave


def sizes(g: Geometry) -> Pair:
    """The rows and columns of one block."""
    return g.out_size[0] * g.out_size[1], g.in_shape[1] * g.in_shape[2]


def cuts(rng: np.random.Generator, length: int, whole: bool = False) -> list[int]:
    """Random increasing edges inside 0..length."""
    wanted = int(rng.integers(2, min(length, 7) + 1, endpoint=True)) if length > 1 else 2
    edges = set(rng.choice(length + 1, size=min(wanted, length + 1), replace=False).tolist())
    return sorted(edges | {0, length} if whole else edges)


def blocks(g: Geometry) -> list[Pair]:
    return [(o, c) for o in range(g.out_channels) for c in range(g.in_shape[0])]


def evenly(length: int, tiles: int) -> list[int]:
    return [length * tile // tiles for tile in range(tiles + 1)]


@full_sweep
def test_every_tile_of_a_random_cut_and_every_single_cell_equal_brute_force(g: Geometry) -> None:
    rng = np.random.default_rng(3)
    height, width = sizes(g)
    for attempt in range(3):
        rows, cols = cuts(rng, height, whole=attempt == 0), cuts(rng, width, whole=attempt == 0)
        block = blocks(g)[int(rng.integers(len(blocks(g))))]
        found = weave(spec_of(g), g.in_shape, rows, cols, block)
        assert np.issubdtype(found.dtype, np.integer)
        np.testing.assert_array_equal(found, loop_weave(g, rows, cols, block), err_msg=f"{rows} {cols} {block}")
    rows, cols = list(range(height + 1)), list(range(width + 1))
    np.testing.assert_array_equal(weave(spec_of(g), g.in_shape, rows, cols), loop_weave(g, rows, cols))


def test_the_tiles_of_all_blocks_add_up_to_the_multiply_adds_and_one_between_two_groups_is_empty() -> None:
    rng = np.random.default_rng(4)
    for g in GEOMETRIES:
        height, width = sizes(g)
        rows, cols = cuts(rng, height, whole=True), cuts(rng, width, whole=True)
        total = sum(int(weave(spec_of(g), g.in_shape, rows, cols, block).sum()) for block in blocks(g))
        assert total == count("conv", spec_of(g), g.in_shape).multiply_adds
        first = loop_weave(g, rows, cols) if g.groups > 1 else None
        for o, c in blocks(g) if first is not None else ():
            same = o // (g.out_channels // g.groups) == c // (g.in_shape[0] // g.groups)
            found = weave(spec_of(g), g.in_shape, np.array(rows), np.array(cols), (o, c))
            np.testing.assert_array_equal(found, first if same else np.zeros_like(first))


@pytest.mark.timeout(60)
def test_any_number_of_pixels_adds_up_to_the_count_without_building_anything() -> None:
    edges = evenly(4096**2, 64)
    for mode in ("zeros", "reflect", "replicate", "circular"):
        spec, image = LayerSpec(3, padding=1, padding_mode=mode), (1, 4096, 4096)
        found = weave(spec, image, edges, edges)
        assert found.shape == (3, 3, 64, 64)
        assert int(found.sum()) == count("conv", spec, image).multiply_adds
        assert int(found.sum()) == ((3 * 4096 - 2) ** 2 if mode == "zeros" else 9 * 4096**2)
        assert found[1, 1].tolist() == (np.eye(64, dtype=int) * 4096 * 64).tolist()
        assert peak(lambda: weave(spec, image, edges, edges)) < 100e6  # noqa: B023  # one number an output: 134 MB
    side = 100_000
    edges = evenly(side**2, 40)
    assert int(weave(LayerSpec(3, padding="same"), (1, side, side), edges, edges).sum()) == (3 * side - 2) ** 2


def window(g: Geometry, first_row: int, first_col: int, rng: np.random.Generator) -> tuple[list[int], list[int]]:
    """Edges of a small window that starts in the given cell, some tiles one cell wide, the last columns wider."""
    height, width = sizes(g)
    rows = first_row + np.cumsum([0, *rng.integers(1, 20, size=8)])
    cols = first_col + np.cumsum([0, *rng.integers(1, 60, size=12), 5 * g.in_shape[2]])
    return _inside(rows, height), _inside(cols, width)


def _inside(edges: NDArray[np.int64], length: int) -> list[int]:
    kept: list[int] = edges[edges <= length].tolist()
    return kept if len(kept) > 1 else [length - 1, length]


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize(("stride", "dilation"), [((1, 1), (1, 1)), ((2, 3), (1, 2))], ids=str)
def test_a_window_deep_in_a_huge_matrix_equals_brute_force(mode: str, stride: Pair, dilation: Pair) -> None:
    g = Geometry("huge", (1, 3000, 2000), (3, 4), stride=stride, dilation=dilation, padding=(2, 3), mode=mode)
    rng = np.random.default_rng(11)
    height, width = sizes(g)
    out_width, hits = g.out_size[1], 0
    for row in (0, out_width - 30, height // 2, height // 2 // out_width * out_width - 20, height - 90):
        i, j = divmod(row, out_width)
        aim = (i * stride[0] - 2) * 2000 + j * stride[1] - 3
        for first_col in {min(max(aim + shift, 0), width - 600) for shift in (-4100, -50, 1900)}:
            rows, cols = window(g, row, first_col, rng)
            found = weave(spec_of(g), g.in_shape, rows, cols)
            np.testing.assert_array_equal(found, loop_weave(g, rows, cols), err_msg=f"{rows} {cols}")
            hits += int(found.sum())
    assert hits > 500  # the windows were aimed at threads, not at empty cloth


def test_edges_that_do_not_increase_or_fall_outside_are_refused() -> None:
    """Row edges are measured in outputs, column edges in pixels."""
    for edges in ([0, 4, 4], [0, 5, 3], [-1, 4], [0, 37], [5, 0]):
        with pytest.raises(SpecError, match="rows"):
            weave(LayerSpec(3, padding=1), (1, 6, 6), edges, [0, 36])
        with pytest.raises(SpecError, match="cols"):
            weave(LayerSpec(3, padding=1), (1, 6, 6), [0, 36], edges)
    with pytest.raises(SpecError, match="rows"):
        weave(LayerSpec(3), (1, 6, 6), [0, 17], [0, 36])
    with pytest.raises(SpecError, match="cols"):
        weave(LayerSpec(3, padding=2), (1, 6, 6), [0, 64], [0, 37])
    lists: list[Any] = [[], [0], [[0, 36]], 5, [0.0, 36.0], [[0, 16], [16, 36]]]
    for wrong in lists:
        with pytest.raises(SpecError, match="rows must be at least two whole numbers"):
            weave(LayerSpec(3, padding=1), (1, 6, 6), wrong, [0, 36])
    for block in ((2, 0), (0, 3), (-1, 0), (0, -1)):
        with pytest.raises(SpecError, match="block"):
            weave(LayerSpec(3, in_channels=3, out_channels=2), (3, 6, 6), [0, 16], [0, 36], block)
    with pytest.raises(SpecError, match="channels"):
        weave(LayerSpec(3), (2, 6, 6), [0, 16], [0, 36])
