"""One product y = W x, four wirings: the same map, the same cells, and gradients that sum over the uses of a weight."""

import re
from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import ConvWiring, Kind, LayerSpec, SpecError, Wiring, flat, wiring
from kernels.layer.wiring import kept
from tests.support.geometries import FEW, TABLE, data_for, every_geometry, full_sweep, position_coded, spec_of
from tests.support.oracles import Connection, Geometry, Pair, correlate_geometry, loop_connections, parameter_count
from tests.support.wirings import edges_of, tied_cells

Array = NDArray[np.float64]
KINDS: list[tuple[Kind, Pair | None]] = [
    ("dense", None), ("local", None), ("conv", None), ("tiled", (1, 1)), ("tiled", (2, 3)), ("tiled", (3, 2)),
]  # fmt: skip


def oracle(kind: str, g: Geometry, period: Pair | None) -> list[Connection]:
    return loop_connections(kind, g, period or (1, 1))


def wirings(g: Geometry) -> list[tuple[Kind, Pair | None, ConvWiring]]:
    """The layer of this geometry in every kind."""
    return [(kind, period, wiring(kind, spec_of(g), g.in_shape, period)) for kind, period in KINDS]


def in_order(wires: Wiring, theta: Array, x: Array) -> list[float]:
    """W x as Python adds it up: one product after the other, in the order of the connections."""
    y = [0.0] * wires.shape[0]
    for target, source, name in edges_of(wires):
        y[target] += float(theta[name]) * float(x[source])
    return y


def draw(wires: Wiring, seed: int) -> tuple[Array, Array]:
    """θ and x of many magnitudes, so that another order of the same sum has another last bit."""
    rng = np.random.default_rng([14, seed])
    theta, x = (rng.standard_normal(n) * 10.0 ** rng.integers(-3, 4, n) for n in (wires.n_params, wires.shape[1]))
    return theta, x


@full_sweep
def test_maps_and_connections_are_those_of_the_loops_and_parameters_are_numbered_without_gaps(g: Geometry) -> None:
    image, weight, bias = data_for(g)
    y = correlate_geometry(g, image, weight, bias)
    for kind, period, wires in wirings(g):
        theta, x = wires.theta_from(weight, bias), flat(spec_of(g), image)
        assert theta.shape == (wires.n_params,)
        matrix = wires.matrix(theta)
        assert (matrix.format, type(matrix).__name__) == ("csr", "csr_array")
        assert matrix.shape == wires.shape == (g.n_outputs, g.n_inputs + g.bias)
        for product in (matrix @ x, wires.product(theta, x)):
            np.testing.assert_allclose(product.reshape(y.shape), y, rtol=0, atol=1e-12)

        found, wanted = edges_of(wires), oracle(kind, g, period)
        assert len(found) == len(wanted)
        assert tied_cells(found) == tied_cells(wanted), (kind, period)
        assert wires.n_params == parameter_count(kind, g, period or (1, 1))
        used, named = set(wires.ids.tolist()), set(range(wires.n_params))
        if kind == "conv":
            assert theta.tolist() == [*weight.ravel(), *([] if bias is None else bias)]
        assert used <= named if kind == "conv" or period == (1, 1) else used == named  # a tap may meet only padding


def test_a_period_of_one_is_the_convolution_and_one_as_long_as_the_output_unties_everything() -> None:
    for g in TABLE:
        spec, (height, width) = spec_of(g), g.out_size
        conv, local = wiring("conv", spec, g.in_shape), wiring("local", spec, g.in_shape)
        one = wiring("tiled", spec, g.in_shape, 1)  # a single period serves both axes
        assert (local.n_params, one.n_params) == (len(local.ids), conv.n_params)
        assert tied_cells(edges_of(one)) == tied_cells(edges_of(conv))
        for period in ((height, width), (height + 1, width + 5)):
            if period != (1, 1):
                assert wiring("tiled", spec, g.in_shape, period).n_params == local.n_params


@every_geometry
def test_the_product_is_that_of_the_loops_to_the_last_bit(g: Geometry) -> None:
    for kind, period, wires in wirings(g):
        theta, x = draw(wires, 1)
        # Output by output, both list the pixels of a window in the same order and the bias last.
        edges = sorted(oracle(kind, g, period), key=lambda edge: edge[0])
        order = np.argsort(wires.targets, kind="stable")
        names = dict(zip((key for _, _, key in edges), wires.ids[order].tolist(), strict=True))
        assert len(set(names.values())) == len(names)
        wanted = [0.0] * g.n_outputs
        for target, source, key in edges:
            wanted[target] += float(theta[names[key]]) * float(x[source])
        y = wires.product(theta, x)
        assert y.dtype == np.float64
        assert y.tolist() == wanted == in_order(wires, theta, x)


def test_a_product_adds_floats_in_the_order_of_the_connections() -> None:
    wires = wiring("dense", LayerSpec(3), (1, 9, 9))
    theta, x = draw(wires, 2)
    backwards = replace(wires, targets=wires.targets[::-1], sources=wires.sources[::-1], ids=wires.ids[::-1])
    one, other = wires.product(theta, x), backwards.product(theta, x)
    assert other.tolist() == in_order(backwards, theta, x) != one.tolist()
    y = wiring("conv", LayerSpec(1, padding=1, stride=3), (1, 1, 1)).product([5.0], [7.0])  # no connection at all
    assert (y.tolist(), y.dtype.name) == ([0.0], "float64")
    wires = wiring("conv", LayerSpec((1, 2), bias=True), (1, 1, 3))
    y = wires.product([1, 10, 100], np.array([1, 2, 3, 1], dtype=np.uint8))
    assert (y.tolist(), y.dtype.name) == ([121.0, 132.0], "float64")
    assert wires.product([2**40, 0, 0], np.array([2**40, 2**41, 0, 1])).tolist() == [2.0**80, 2.0**81]


@pytest.mark.parametrize(
    ("theta", "x"), [((9,), (36,)), ((11,), (37,)), ((10,), (36,)), ((10,), (38,)), ((10, 1), (37,)), ((10,), (37, 1))]
)
def test_a_product_of_the_wrong_shapes_is_refused_with_both(theta: tuple[int, ...], x: tuple[int, ...]) -> None:
    wires = wiring("conv", LayerSpec(3, bias=True), (1, 6, 6))
    assert wires.product(np.ones(10), np.ones(37)).tolist() == [10.0] * 16
    message = f"theta and x must have shapes (10,) and (37,), got {theta} and {x}"
    with pytest.raises(SpecError, match=re.escape(message)):
        wires.product(np.ones(theta), np.ones(x))


@pytest.mark.parametrize("bias", [False, True])
def test_a_flat_image_is_read_row_by_row_and_ends_with_the_one_that_carries_the_bias(bias: bool) -> None:
    image = np.concatenate([position_coded(2, 3), 100 + position_coded(2, 3)]).astype(np.uint8)
    found = flat(LayerSpec(1, 2, bias=bias), image)
    assert found.tolist() == [0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112] + [1] * bias
    assert found.dtype.name == "float64"


def test_reading_finds_every_pixel_where_it_was_put_and_changes_nothing_but_the_sources() -> None:
    for g in FEW:
        for _, _, wires in wirings(g):
            theta, x = draw(wires, 3)
            places = np.random.default_rng(15).permutation(wires.shape[1])
            put = np.zeros(wires.shape[1])
            put[places] = x
            before = wires.sources.tolist()
            read = wires.reading(places)
            assert read.sources.tolist() == [int(places[source]) for source in before]
            assert read.product(theta, put).tolist() == wires.product(theta, x).tolist()
            assert wires.sources.tolist() == before
    read = wiring("local", LayerSpec((1, 2)), (1, 1, 3)).reading([2, 0, 0])  # two may go to one place
    assert (read.n_params, read.shape, read.weight_shape) == (4, (2, 3), (1, 1, 1, 2))
    assert read.matrix([1.0, 2.0, 4.0, 8.0]).toarray().tolist() == [[4, 0, 1], [10, 0, 0]]


def test_what_makes_no_wiring_is_refused() -> None:
    periods: list[Any] = [None, 0, -1, (2, 0), 1.5, True, (1, 2, 3)]
    for period in periods:
        with pytest.raises(SpecError, match="period"):
            wiring("tiled", LayerSpec(3), (1, 8, 8), period)
    with pytest.raises(SpecError, match="channels"):
        wiring("conv", LayerSpec(3), (2, 8, 8))
    large: list[tuple[Kind, int, str]] = [
        ("dense", 512, "68,183,654,400"), ("local", 10_000, "899,640,036"), ("conv", 10_000, "899,640,036"),
    ]  # fmt: skip
    for kind, side, needed in large:
        with pytest.raises(SpecError, match=needed):
            wiring(kind, LayerSpec(3), (1, side, side))
    unknown: Any = "woven"
    with pytest.raises(SpecError, match=r"kind.*woven"):
        wiring(unknown, LayerSpec(3), (1, 8, 8))
    for kind, period in KINDS:
        with pytest.raises(SpecError, match="bias"):
            wiring(kind, LayerSpec(2, bias=True), (1, 4, 4), period).theta_from(np.ones((1, 1, 2, 2)))
        with pytest.raises(SpecError, match="bias"):
            wiring(kind, LayerSpec(2), (1, 4, 4), period).theta_from(np.ones((1, 1, 2, 2)), np.ones(1))


POORER: list[tuple[Kind, Pair | None, Kind, Pair | None]] = [
    ("dense", None, "local", None), ("dense", None, "tiled", (2, 3)), ("dense", None, "conv", None),
    ("local", None, "tiled", (3, 2)), ("local", None, "conv", None), ("tiled", (2, 3), "conv", None),
    ("tiled", (2, 2), "tiled", (2, 1)),
]  # fmt: skip
QUICK = [g for g in TABLE if g.n_outputs * int(np.prod(g.weight_shape[1:])) <= 500]  # for LAPACK


def cells_of(wires: Wiring, theta: Array) -> dict[tuple[int, int], float]:
    """W, cell by cell: what lies on one cell adds."""
    cells: dict[tuple[int, int], float] = defaultdict(float)
    for target, source, name in edges_of(wires):
        cells[target, source] += float(theta[name])
    return cells


def nearest_share(cells: dict[tuple[int, int], float], poor: list[Connection]) -> float:
    """1 − min ‖W − V‖² / ‖W‖², with one column per weight of V and LAPACK to find the best of them all."""
    rows = {cell: n for n, cell in enumerate({(target, source): None for target, source, _ in poor})}
    columns = {key: n for n, key in enumerate({key: None for _, _, key in poor})}
    uses = np.zeros((len(rows), len(columns)))
    for target, source, key in poor:
        uses[rows[target, source], columns[key]] += 1
    values = np.array([cells[cell] for cell in rows])
    left = values - uses @ np.linalg.lstsq(uses, values)[0]
    whole = sum(value**2 for value in cells.values())
    lost = sum(value**2 for cell, value in cells.items() if cell not in rows)
    return 1 - (float(left @ left) + lost) / whole


@pytest.mark.parametrize("g", QUICK, ids=str)
def test_what_is_kept_is_the_nearest_poorer_layer_by_least_squares(g: Geometry) -> None:
    for rich, first, poor, second in POORER:
        wires, poorer = wiring(rich, spec_of(g), g.in_shape, first), wiring(poor, spec_of(g), g.in_shape, second)
        theta = np.random.default_rng(21).standard_normal(wires.n_params)
        share = kept(wires, theta, poorer)
        assert share == pytest.approx(nearest_share(cells_of(wires, theta), oracle(poor, g, second)), abs=1e-9)
        assert 0 <= share <= 1 + 1e-9
        for scale in (1e-6, 1e6) if (rich, poor) == ("dense", "conv") else ():
            assert kept(wires, scale * theta, poorer) == pytest.approx(share, rel=1e-6, abs=1e-9)
        _, weight, bias = data_for(g)
        assert kept(wires, wires.theta_from(weight, bias), poorer) == pytest.approx(1, abs=1e-9)


def test_a_layer_of_zeros_keeps_all_of_nothing_and_one_without_connections_nothing() -> None:
    dense, conv = wiring("dense", LayerSpec(2), (1, 4, 4)), wiring("conv", LayerSpec(2), (1, 4, 4))
    assert kept(dense, np.zeros(dense.n_params), conv) == 1.0
    spec = LayerSpec(1, padding=1, stride=3)  # its only output lies on the padding
    dense, local = wiring("dense", spec, (1, 1, 1)), wiring("local", spec, (1, 1, 1))
    assert (len(dense.ids), len(local.ids)) == (1, 0)
    assert kept(dense, np.ones(1), local) == 0.0
