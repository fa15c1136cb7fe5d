"""A layer that learns is its wiring: the same numbers, the same parameters in the same order, the same gradient."""

import math
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import Kind, LayerSpec, SpecError, wiring
from kernels.layer.spec import Shape
from kernels.learning.layers import Layer
from kernels.learning.linear import Bias, Wired, full
from tests.support.derivatives import assert_is_a_layer
from tests.support.geometries import RANDOM, TABLE, spec_of
from tests.support.oracles import Geometry, Key, Pair, loop_connections, parameter_count

Array = NDArray[np.float64]
Case = tuple[Kind, Geometry, int | None]
BATCH = 3
PERIODS = [1, 2, 3, 99]


def fills_every_tap(g: Geometry) -> bool:
    return g.mode != "zeros" or g.pads == ((0, 0), (0, 0))


def cases(geometries: list[Geometry]) -> list[Case]:
    """Every kind of each geometry that a layer which learns can have."""
    found: list[Case] = []
    for n, g in enumerate(geometries):
        found += [("conv", g, None), ("dense", g, None)]
        if fills_every_tap(g):
            found += [("local", g, None), ("tiled", g, PERIODS[n % len(PERIODS)])]
    return found


def small(geometries: list[Geometry]) -> list[Geometry]:
    return [g for g in geometries if g.n_outputs * g.n_inputs <= 3000]


PLAIN = next(g for g in TABLE if g.name == "plain 3x3")  # a map of 4×5
BIASED = Geometry("groups, biases", (2, 7, 6), (3, 2), 4, groups=2, bias=True)  # a map of 5×5
CASES: list[Case] = [*cases(small(TABLE)[::2]), *(("tiled", g, period) for g in (PLAIN, BIASED) for period in PERIODS)]
LONG = [pytest.param(*case, marks=pytest.mark.long) for case in cases(small(RANDOM))]


def names(kind: Kind, g: Geometry, period: int | None) -> dict[Key, int]:
    """Where in θ each weight stands: tap after tap, place after place, the biases last; of a dense W row by row."""
    keys = {key for _, _, key in loop_connections(kind, g, (period or 1, period or 1))}
    if kind == "conv" or period == 1:
        extra: Key = (0, 0) if kind == "tiled" else ()
        keys |= {("weight", *tap, *extra) for tap in product(*map(range, g.weight_shape))}
    if kind == "dense":
        rows = list(np.ndindex(g.out_channels, *g.out_size))
        return {key: dense_at(key, g, rows) for key in keys}
    weights, biases = (sorted(key for key in keys if key[0] == word) for word in ("weight", "bias"))
    return {key: n for n, key in enumerate([*weights, *biases])}


def dense_at(key: Key, g: Geometry, rows: list[tuple[int, ...]]) -> int:
    if key[0] == "weight":
        return int(key[1]) * (g.n_inputs + g.bias) + int(key[2])
    return rows.index(tuple(int(n) for n in key[1:])) * (g.n_inputs + 1) + g.n_inputs


@pytest.mark.parametrize(("kind", "g", "period"), [*CASES, *LONG], ids=str)
def test_output_and_gradients_are_the_sums_over_the_connections_in_a_loop_and_theta_is_in_the_order_of_the_wiring(
    kind: Kind, g: Geometry, period: int | None
) -> None:
    layer, rng, square = Wired(kind, spec_of(g), period), np.random.default_rng(9), (period or 1, period or 1)
    theta, x = rng.standard_normal(parameter_count(kind, g, square)), rng.standard_normal((BATCH, *g.in_shape))
    up = rng.standard_normal((BATCH, g.out_channels, *g.out_size))
    assert layer.parameters(g.in_shape) == len(theta)
    assert layer.out_shape(g.in_shape) == up.shape[1:]
    assert layer.init(rng, g.in_shape).shape == theta.shape

    y, back = layer.apply(theta, x)
    gradient, dx = back(up)
    at, lost = names(kind, g, period), up.reshape(BATCH, -1).T
    columns = np.vstack([x.reshape(BATCH, -1).T, np.ones((int(g.bias), BATCH))])
    wanted, summed, to_columns = np.zeros((g.n_outputs, BATCH)), np.zeros(len(theta)), np.zeros(columns.shape)
    for target, source, key in loop_connections(kind, g, square):
        wanted[target] += theta[at[key]] * columns[source]
        summed[at[key]] += float(lost[target] @ columns[source])
        to_columns[source] += theta[at[key]] * lost[target]
    assert y.shape == up.shape
    np.testing.assert_allclose(y.reshape(BATCH, -1).T, wanted, rtol=0, atol=1e-11)
    np.testing.assert_allclose(gradient, summed, rtol=0, atol=1e-10)
    np.testing.assert_allclose(dx().reshape(BATCH, -1).T, to_columns[: g.n_inputs], rtol=0, atol=1e-11)
    W = wiring(kind, spec_of(g), g.in_shape, period).matrix(theta)
    np.testing.assert_allclose(W @ columns, wanted, rtol=0, atol=1e-11)


def test_a_period_of_one_is_a_convolution_and_one_past_the_map_is_locally_connected() -> None:
    spec, x = LayerSpec(3, 2, 3, bias=True), np.random.default_rng(0).standard_normal((2, 2, 6, 7))
    pairs: list[tuple[int, Kind]] = [(1, "conv"), (5, "local"), (99, "local")]
    for period, kind in pairs:
        tiled, other = Wired("tiled", spec, period), Wired(kind, spec)
        theta = other.init(np.random.default_rng(1), (2, 6, 7))
        np.testing.assert_array_equal(tiled.init(np.random.default_rng(1), (2, 6, 7)), theta)
        np.testing.assert_array_equal(tiled.apply(theta, x)[0], other.apply(theta, x)[0])


SIZED: list[tuple[Wired, Shape, int]] = [  # the layer, its input, and how many numbers an output reads
    (Wired("conv", LayerSpec(5, 8, 60, groups=4, bias=True), gain=1.0), (8, 9, 9), 50),
    (Wired("conv", LayerSpec(6, 6, 600, groups=6, padding=2), gain=3.0), (6, 9, 9), 36),
    (Wired("local", LayerSpec(4, 2, 8, stride=2, bias=True)), (2, 12, 10), 32),
    (Wired("local", LayerSpec(4, 2, 8, groups=2, padding="same", padding_mode="reflect", bias=True)), (2, 9, 7), 16),
    (Wired("tiled", LayerSpec((3, 4), 3, 40, bias=True), 3, gain=0.5), (3, 7, 9), 36),
    (Wired("dense", LayerSpec((3, 2), 4, 2, bias=True)), (4, 9, 8), 288),
    (Wired("dense", LayerSpec(3, 4, 4, groups=2)), (4, 8, 8), 256),
    (full(20, (6, 8, 7), gain=1.0), (6, 8, 7), 336),
]
every_size = pytest.mark.parametrize(
    ("layer", "in_shape", "reads"), SIZED, ids=lambda value: getattr(value, "kind", str(value))
)


def parted(layer: Wired, in_shape: Shape, theta: NDArray[np.float32]) -> tuple[Array, Array]:
    """The weights and the biases of θ: a bias is on a connection from the constant, the last source."""
    wires = wiring(layer.kind, layer.spec, in_shape, layer.period)
    biases = np.unique(wires.ids[wires.sources == math.prod(in_shape)])
    return np.delete(theta, biases).astype(np.float64), theta[biases].astype(np.float64)


@every_size
def test_first_weights_are_normal_with_the_gain_shared_out_over_what_an_output_reads_and_biases_zero(
    layer: Wired, in_shape: Shape, reads: int
) -> None:
    theta, again, other = (layer.init(np.random.default_rng(seed), in_shape) for seed in (3, 3, 6))
    weights, biases = parted(layer, in_shape, theta)
    assert theta.dtype == np.float32
    assert len(weights) > 2500
    scale = math.sqrt(layer.gain / reads)
    assert np.std(weights) == pytest.approx(scale, rel=4 / math.sqrt(2 * len(weights)))
    assert abs(np.mean(weights)) < 4 * scale / math.sqrt(len(weights))
    assert np.mean(np.abs(weights) < scale) == pytest.approx(0.6827, abs=4 * 0.4655 / math.sqrt(len(weights)))
    assert (len(biases) > 0) == layer.spec.bias
    assert not biases.any()
    np.testing.assert_array_equal(theta, again)
    assert not np.any(weights == parted(layer, in_shape, other)[0])


@pytest.mark.parametrize("padding", [1, (0, 2), "same", "full"], ids=str)
def test_zero_padding_is_refused_where_a_place_would_lack_taps_and_only_there(padding: int | Pair | str) -> None:
    free: list[tuple[Kind, int | None]] = [("local", None), ("tiled", 2)]
    for kind, period in free:
        layer = Wired(kind, LayerSpec(3, padding=padding), period)
        message = f"^padding must be 0 for a trainable {kind} layer, got .*: pad before it$"
        with pytest.raises(SpecError, match=message):
            layer.out_shape((1, 6, 6))
        with pytest.raises(SpecError, match=message):
            layer.init(np.random.default_rng(0), (1, 6, 6))
        assert Wired(kind, LayerSpec(3, padding="valid"), period).out_shape((1, 6, 6)) == (1, 4, 4)
    for shared in ("conv", "dense"):
        spec = LayerSpec(3, padding=padding)
        assert Wired(shared, spec).out_shape((1, 6, 6)) == spec.out_shape((1, 6, 6))


def test_a_layer_on_the_wrong_input_is_refused() -> None:
    with pytest.raises(SpecError, match=r"^in_shape has 3 channels where in_channels = 2$"):
        Wired("conv", LayerSpec(3, 2)).out_shape((3, 6, 6))
    with pytest.raises(SpecError, match=r"^period must be given for kind 'tiled'"):
        Wired("tiled", LayerSpec(3)).init(np.random.default_rng(0), (1, 6, 6))
    with pytest.raises(SpecError, match=r"^outputs must be >= 1, got 0$"):
        full(0, (1, 2, 2))


@pytest.mark.parametrize("in_shape", [(3, 4, 5), (7, 1, 1)], ids=str)
def test_a_full_layer_joins_all_numbers_to_all_outputs_each_with_a_bias(in_shape: Shape) -> None:
    layer, reads, rng = full(4, in_shape), math.prod(in_shape), np.random.default_rng(0)
    theta, x = rng.standard_normal(4 * (reads + 1)), rng.standard_normal((2, *in_shape))
    rows = theta.reshape(4, reads + 1)
    assert layer.out_shape(in_shape) == (4, 1, 1)
    assert layer.parameters(in_shape) == 4 * (reads + 1)
    wanted = x.reshape(2, reads) @ rows[:, :-1].T + rows[:, -1]
    np.testing.assert_allclose(layer.apply(theta, x)[0], wanted[:, :, None, None], rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("layer", "in_shape", "out_shape", "parameters"),
    [
        (Wired("conv", LayerSpec(2, 2, 4, groups=2, padding="same", bias=True)), (2, 3, 4), (4, 3, 4), 16 + 4),
        (Wired("local", LayerSpec(2, 1, 2, bias=True)), (1, 3, 4), (2, 2, 3), 12 * (4 + 1)),
        (Wired("tiled", LayerSpec(2, 1, 2, bias=True), 2), (1, 4, 4), (2, 3, 3), 8 * (4 + 1)),
        (Wired("dense", LayerSpec(2, 1, 2, bias=True)), (1, 3, 3), (2, 2, 2), 8 * (9 + 1)),
        (Bias(), (2, 3, 4), (2, 3, 4), 24),
    ],
    ids=str,
)
def test_it_is_a_layer_of_these_sizes(layer: Layer, in_shape: Shape, out_shape: Shape, parameters: int) -> None:
    assert_is_a_layer(layer, in_shape, out_shape, parameters)


def test_a_bias_is_a_number_for_every_unit_and_begins_at_zero() -> None:
    x, theta = np.random.default_rng(1).standard_normal((3, 2, 3, 4)), np.arange(24.0)
    np.testing.assert_array_equal(Bias().apply(theta, x)[0], x + theta.reshape(2, 3, 4))
    assert not Bias().init(np.random.default_rng(0), (2, 3, 4)).any()
