"""The picture of W is exact in every tile: brute force agrees, and the tiles add up to the count at any size."""

import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import LayerSpec, SpecError, count, weave
from tests.support.geometries import GEOMETRIES, RANDOM, every_geometry, spec_of
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


def check(g: Geometry) -> None:
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


@every_geometry
def test_every_tile_of_a_random_cut_and_every_single_cell_equal_brute_force(g: Geometry) -> None:
    check(g)


@pytest.mark.long
def test_the_tiles_of_many_random_geometries_equal_brute_force() -> None:
    for g in RANDOM:
        check(g)


def test_the_tiles_of_all_blocks_add_up_to_the_multiply_adds() -> None:
    rng = np.random.default_rng(4)
    for g in GEOMETRIES:
        height, width = sizes(g)
        rows, cols = cuts(rng, height, whole=True), cuts(rng, width, whole=True)
        total = sum(int(weave(spec_of(g), g.in_shape, rows, cols, block).sum()) for block in blocks(g))
        assert total == count("conv", spec_of(g), g.in_shape).multiply_adds


@pytest.mark.parametrize("g", [g for g in GEOMETRIES if g.groups > 1], ids=str)
def test_a_block_between_two_groups_is_empty_and_the_others_are_alike(g: Geometry) -> None:
    height, width = sizes(g)
    cols = [0, width // 2, width] if width > 1 else [0, width]
    first = loop_weave(g, [0, height], cols)
    for o, c in blocks(g):
        same = o // (g.out_channels // g.groups) == c // (g.in_shape[0] // g.groups)
        found = weave(spec_of(g), g.in_shape, [0, height], cols, (o, c))
        np.testing.assert_array_equal(found, first if same else np.zeros_like(first))


def test_a_1x1_kernel_weaves_the_diagonal() -> None:
    rows, cols = [0, 3, 4, 9], [0, 1, 5, 9]
    assert weave(LayerSpec(1), (1, 3, 3), rows, cols)[0, 0].tolist() == [[1, 2, 0], [0, 1, 0], [0, 1, 4]]


def test_the_bias_adds_nothing_to_the_weave() -> None:
    plain, biased = (weave(LayerSpec(3, bias=b), (1, 6, 6), [0, 16], [0, 36]) for b in (False, True))
    np.testing.assert_array_equal(plain, biased)


def test_edges_may_be_arrays() -> None:
    rows, cols = [0, 5, 16], [0, 7, 30, 36]
    as_lists, as_arrays = (
        weave(LayerSpec(3), (1, 6, 6), rows, cols),
        weave(LayerSpec(3), (1, 6, 6), np.array(rows), np.array(cols)),
    )
    np.testing.assert_array_equal(as_lists, as_arrays)
    assert as_lists.shape == (3, 3, 2, 3)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_sixteen_megapixels_add_up_to_the_count_without_building_anything(mode: str) -> None:
    spec, image = LayerSpec(3, padding=1, padding_mode=mode), (1, 4096, 4096)
    edges = evenly(4096**2, 64)
    tracemalloc.start()
    found = weave(spec, image, edges, edges)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.shape == (3, 3, 64, 64)
    assert int(found.sum()) == count("conv", spec, image).multiply_adds
    assert int(found.sum()) == ((3 * 4096 - 2) ** 2 if mode == "zeros" else 9 * 4096**2)
    assert found[1, 1].tolist() == (np.eye(64, dtype=int) * 4096 * 64).tolist()
    assert peak < 100e6  # one number per output would be 134 MB


@pytest.mark.timeout(60)
def test_ten_thousand_megapixels_add_up_to_the_count() -> None:
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


@pytest.mark.parametrize("name", ["rows", "cols"])
@pytest.mark.parametrize("edges", [[0, 4, 4], [0, 5, 3], [-1, 4], [0, 37], [5, 0]])
def test_edges_that_do_not_increase_or_fall_outside_are_refused(name: str, edges: list[int]) -> None:
    given = {"rows": [0, 36], "cols": [0, 36], name: edges}
    with pytest.raises(SpecError, match=name):
        weave(LayerSpec(3, padding=1), (1, 6, 6), given["rows"], given["cols"])


def test_row_edges_are_measured_in_outputs_and_column_edges_in_pixels() -> None:
    with pytest.raises(SpecError, match="rows"):
        weave(LayerSpec(3), (1, 6, 6), [0, 17], [0, 36])
    with pytest.raises(SpecError, match="cols"):
        weave(LayerSpec(3, padding=2), (1, 6, 6), [0, 64], [0, 37])


@pytest.mark.parametrize("block", [(2, 0), (0, 3), (-1, 0), (0, -1)])
def test_a_block_outside_the_matrix_is_refused(block: Pair) -> None:
    with pytest.raises(SpecError, match="block"):
        weave(LayerSpec(3, in_channels=3, out_channels=2), (3, 6, 6), [0, 16], [0, 36], block)


def test_an_image_that_does_not_fit_is_refused() -> None:
    with pytest.raises(SpecError, match="channels"):
        weave(LayerSpec(3), (2, 6, 6), [0, 16], [0, 36])


@pytest.mark.parametrize("edges", [[], [0], [[0, 36]], 5, [0.0, 36.0], [[0, 16], [16, 36]]], ids=str)
def test_edges_are_a_list_of_at_least_two_whole_numbers(edges: object) -> None:
    with pytest.raises(SpecError, match="rows must be at least two whole numbers"):
        weave(LayerSpec(3, padding=1), (1, 6, 6), edges, [0, 36])  # type: ignore[arg-type]
