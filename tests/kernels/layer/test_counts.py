"""Parameters and connections are exact integers: those of the loops and of the wiring, and instant at any size."""

from dataclasses import astuple
from itertools import product

import pytest

from kernels import PADDING_MODES, Kind, LayerSpec, count, wiring
from tests.support.geometries import GEOMETRIES, LONG, spec_of
from tests.support.oracles import Geometry, Pair, loop_connections, parameter_count

Period = int | Pair | None
KINDS: list[tuple[Kind, Period]] = [
    ("dense", None), ("local", None), ("conv", None), ("tiled", 1), ("tiled", 2), ("tiled", 3), ("tiled", (2, 3)),
    ("tiled", (50, 60)),
]  # fmt: skip
CROSS = [  # every border with groups, bias and stride, alone and together
    Geometry(
        f"{mode}, {groups} groups, bias {bias}, stride {stride}", (4, 4, 5), (3, 2), 2, (stride, stride), (2, 1),
        groups=groups, bias=bias, mode=mode,
    )
    for mode, groups, bias, stride in product(PADDING_MODES, (1, 2), (False, True), (1, 2))
]  # fmt: skip


def both(period: Period) -> Pair:
    if period is None:
        return 1, 1
    return period if isinstance(period, tuple) else (period, period)


@pytest.mark.parametrize("g", [*GEOMETRIES, *CROSS, *LONG], ids=str)
def test_counts_equal_the_loops_and_the_wiring(g: Geometry) -> None:
    _, per_group, kernel, length = g.weight_shape
    biases = g.n_outputs * g.bias
    for kind, period in KINDS:
        found = count(kind, spec_of(g), g.in_shape, period)
        edges = loop_connections(kind, g, both(period))
        weights = [edge for edge in edges if edge[2][0] == "weight"]
        padded = len(weights) if kind == "dense" else g.n_outputs * per_group * kernel * length
        parameters = parameter_count(kind, g, both(period))
        wanted = parameters, len(edges), padded + biases, len(weights), 4 * parameters
        assert astuple(found) == wanted, (kind, period)
        assert {type(number) for number in astuple(found)} == {int}
        wires = wiring(kind, spec_of(g), g.in_shape, period)
        assert (found.parameters, found.connections) == (wires.n_params, len(wires.ids))


@pytest.mark.timeout(20)
def test_an_image_of_ten_thousand_megapixels_is_counted_beyond_64_bits() -> None:
    spec, side = LayerSpec(3, padding="same", bias=True), 100_000
    image, n, near = (1, side, side), side**2, (3 * side - 2) ** 2
    assert astuple(count("dense", spec, image)) == (n * n + n, n * n + n, n * n + n, n * n, 4 * (n * n + n))
    assert astuple(count("local", spec, image)) == (near + n, near + n, 10 * n, near, 4 * (near + n))
    assert astuple(count("conv", spec, image)) == (10, near + n, 10 * n, near, 40)
    assert count("tiled", spec, image, 7).parameters == 10 * 49
    assert count("tiled", spec, image, side).parameters == near + n
    assert count("tiled", spec, image, side - 1).parameters == (3 * (side - 1)) ** 2 + (side - 1) ** 2
    assert count("tiled", spec, image, (1, side)).parameters == 3 * (3 * side - 2) + side


@pytest.mark.timeout(20)
@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_folded_borders_lose_no_connection_at_any_size(mode: str) -> None:
    spec = LayerSpec((5, 3), 2, 4, padding="same", padding_mode=mode, groups=2)
    found = count("local", spec, (2, 100_000, 70_000))
    assert found.parameters == found.connections == found.padded_connections == 4 * 15 * 7 * 10**9


@pytest.mark.timeout(20)
def test_a_huge_image_with_stride_and_dilation_is_counted_exactly() -> None:
    spec = LayerSpec((2, 1), stride=(3, 1), padding=(4, 0), dilation=(5, 1))
    rows = range(-4, 1_000_003 + 4 - 5, 3)
    inside = sum(0 <= i < 1_000_003 for i in rows) + sum(0 <= i + 5 < 1_000_003 for i in rows)
    assert count("conv", spec, (1, 1_000_003, 999_999)).connections == inside * 999_999
