"""Parameters and connections are exact integers: those of the wiring, those of the papers, and instant at any size."""

from dataclasses import astuple
from itertools import product

import pytest

from kernels import PADDING_MODES, Kind, LayerSpec, count, wiring
from tests.support.geometries import GEOMETRIES, RANDOM, spec_of
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


def check(g: Geometry) -> None:
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
        wires = wiring(kind, spec_of(g), g.in_shape, period)
        assert (found.parameters, found.connections) == (wires.n_params, len(wires.ids))


@pytest.mark.parametrize("g", GEOMETRIES + CROSS, ids=str)
def test_counts_equal_the_loops_and_the_wiring(g: Geometry) -> None:
    check(g)


@pytest.mark.long
def test_counts_equal_the_loops_for_many_random_geometries() -> None:
    for g in RANDOM:
        check(g)


def test_zip_code_network_1989_counts_links_into_the_background() -> None:
    h1, h2 = LayerSpec(5, 1, 12, stride=2, padding=2, bias=True), LayerSpec(5, 8, 12, stride=2, padding=2, bias=True)
    first, second = count("conv", h1, (1, 16, 16)), count("conv", h2, (8, 8, 8))
    assert (first.padded_connections, second.padded_connections) == (19_968, 38_592)
    assert first.connections + second.connections + 5_790 + 310 == 51_232
    assert count("local", h1, (1, 16, 16)).padded_connections == 19_968
    unshared_biases = 768
    assert first.parameters - 12 + unshared_biases == 1_068


def test_the_layers_of_the_papers_have_the_figures_of_the_papers() -> None:
    """LeNet-5, AlexNet and VGG-16 as a whole are in the tests of the published networks."""
    alexnet, lenet = LayerSpec(11, 3, 96, stride=4, bias=True), LayerSpec(5, 1, 6, bias=True)
    table: list[tuple[Kind, LayerSpec, tuple[int, int, int], int, int]] = [
        ("conv", alexnet, (3, 227, 227), 34_944, 105_705_600),
        ("local", alexnet, (3, 227, 227), 105_705_600, 105_705_600),
        ("conv", lenet, (1, 32, 32), 156, 122_304),
        ("conv", LayerSpec(5, 16, 120, bias=True), (16, 5, 5), 48_120, 48_120),
        ("dense", LayerSpec(1, 120, 84, bias=True), (120, 1, 1), 10_164, 10_164),
        ("conv", LayerSpec(3), (1, 64, 64), 9, 34_596),
        ("local", LayerSpec(3), (1, 64, 64), 34_596, 34_596),
        ("dense", LayerSpec(3), (1, 64, 64), 3844 * 4096, 15_745_024),
    ]
    for kind, spec, image, parameters, connections in table:
        found = count(kind, spec, image)
        assert (found.parameters, found.connections) == (parameters, connections)
        assert found.bytes == 4 * parameters
        assert [type(value) for value in astuple(found)] == [int] * 5


def test_a_megapixel_image_is_counted_exactly() -> None:
    spec, image = LayerSpec(3, padding=1, bias=True), (1, 1024, 1024)
    n = 1024 * 1024
    assert astuple(count("conv", spec, image)) == (10, 3070**2 + n, 10 * n, 3070**2, 40)
    assert astuple(count("local", spec, image)) == (3070**2 + n, 3070**2 + n, 10 * n, 3070**2, 4 * (3070**2 + n))
    assert astuple(count("dense", spec, image)) == (n * n + n, n * n + n, n * n + n, n * n, 4 * (n * n + n))
    assert astuple(count("tiled", spec, image, 2)) == (40, 3070**2 + n, 10 * n, 3070**2, 160)


@pytest.mark.timeout(20)
def test_an_image_of_ten_thousand_megapixels_is_counted_beyond_64_bits() -> None:
    spec, side = LayerSpec(3, padding="same"), 100_000
    image, near = (1, side, side), (3 * side - 2) ** 2
    assert count("dense", spec, image).parameters == 10**20
    assert count("dense", spec, image).bytes == 4 * 10**20
    assert count("local", spec, image).parameters == near
    assert count("conv", spec, image).connections == near
    assert count("conv", spec, image).padded_connections == 9 * 10**10
    assert count("tiled", spec, image, 7).parameters == 9 * 49
    assert count("tiled", spec, image, side).parameters == near
    assert count("tiled", spec, image, side - 1).parameters == (3 * (side - 1)) ** 2
    assert count("tiled", spec, image, (1, side)).parameters == 3 * (3 * side - 2)


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
