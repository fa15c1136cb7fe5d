"""Tables, sub-sampling, normalisation and residuals: their values by plain loops, their gradients by differences."""

import math
import re

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import LayerSpec, SpecError
from kernels.layer.spec import Shape
from kernels.learning.layers import Activate, Layer, Pool
from kernels.learning.linear import Bias, Wired, full
from kernels.learning.network import Network
from kernels.networks.blocks import BatchNorm, Residual, Subsample, Table, Tabled
from tests.support.derivatives import assert_is_a_layer
from tests.support.oracles import loop_correlate

Array = NDArray[np.float64]
BATCH = 3
ROUND: Table = ((0,), (0, 2), (1, 2), (0, 1, 2))
INNER = Residual((Wired("conv", LayerSpec(3, 2, 2, padding=1, bias=True)), Activate("tanh")))
SMALL = Residual((Wired("conv", LayerSpec(2, 2, 3)),), (Tabled(LayerSpec(2, 2, 3), ((0,), (1,), (0, 1))),))
OUTER = Residual((INNER, BatchNorm(), SMALL), (Pool("mean", 2, 1), Wired("conv", LayerSpec(1, 2, 3, bias=True))))

LAYERS: list[tuple[Layer, Shape, Shape, int]] = [  # its input, its output and its parameters
    (Tabled(LayerSpec(2, 3, 4, bias=True), ROUND), (3, 4, 5), (4, 3, 4), 8 * 4 + 4),
    (Tabled(LayerSpec((2, 3), 3, 4), ROUND), (3, 3, 4), (4, 2, 2), 8 * 6),
    (Tabled(LayerSpec((3, 1), 2, 2, stride=(2, 1), bias=True), ((1,), (0, 1))), (2, 6, 3), (2, 2, 3), 3 * 3 + 2),
    (Tabled(LayerSpec(1, 2, 3, bias=True), ((1,), (0,), (1,))), (2, 2, 3), (3, 2, 3), 3 + 3),
    (Subsample(2), (2, 5, 3), (2, 2, 1), 4),
    (Subsample(3), (1, 6, 8), (1, 2, 2), 2),
    (Subsample(1), (2, 2, 3), (2, 2, 3), 4),
    (BatchNorm(), (3, 4, 2), (3, 4, 2), 6),
    (BatchNorm(), (4, 1, 1), (4, 1, 1), 8),
    (INNER, (2, 3, 4), (2, 3, 4), 2 * 2 * 9 + 2),
    (Residual((Subsample(2),), (Pool("mean", 2, 2),)), (2, 4, 5), (2, 2, 2), 4),
    (Residual((), ()), (1, 2, 3), (1, 2, 3), 0),
    (Residual((), (Bias(), Activate("sigmoid"))), (2, 2, 2), (2, 2, 2), 8),
    (OUTER, (2, 3, 4), (3, 2, 3), (2 * 2 * 9 + 2) + 4 + (3 * 2 * 4 + 4 * 4) + (3 * 2 + 3)),
]


def name(value: object) -> str:
    return f"{type(value).__name__}" if hasattr(value, "apply") else str(value)


every_layer = pytest.mark.parametrize(("layer", "in_shape", "out_shape", "parameters"), LAYERS, ids=name)


def drawn(layer: Layer, in_shape: Shape, out_shape: Shape) -> tuple[Array, Array, Array]:
    """θ, x and dL/dy, float64."""
    rng = np.random.default_rng(11)
    theta = 0.7 * rng.standard_normal(layer.parameters(in_shape))
    return theta, rng.standard_normal((BATCH, *in_shape)), rng.standard_normal((BATCH, *out_shape))


@every_layer
def test_it_is_a_layer_of_these_sizes_whose_first_weights_are_drawn_where_it_has_kernels(
    layer: Layer, in_shape: Shape, out_shape: Shape, parameters: int
) -> None:
    assert_is_a_layer(layer, in_shape, out_shape, parameters)
    first, other = (layer.init(np.random.default_rng(seed), in_shape) for seed in (5, 6))
    drawn_at_random = isinstance(layer, Tabled) or layer in (INNER, OUTER)
    assert (first == other).all() != drawn_at_random


def tabled_loop(layer: Tabled, theta: list[float], x: Array, out_shape: Shape) -> Array:
    """θ is used up map after map, channel after channel of its row of the table, tap after tap."""
    (K, L), (down, across) = layer.spec.kernel_size, layer.spec.stride
    numbers = iter(theta)
    kernels = [{(c, k, m): next(numbers) for c in reads for k in range(K) for m in range(L)} for reads in layer.table]
    biases = [next(numbers) if layer.spec.bias else 0.0 for _ in layer.table]
    assert next(numbers, None) is None
    y = np.zeros((len(x), *out_shape))
    for b, o, i, j in np.ndindex(*y.shape):
        terms = [w * float(x[b, c, i * down + k, j * across + m]) for (c, k, m), w in kernels[o].items()]
        y[b, o, i, j] = math.fsum([*terms, biases[o]])
    return y


def test_a_map_adds_up_only_the_channels_it_names() -> None:
    for layer, in_shape, out_shape, _ in LAYERS:
        if isinstance(layer, Tabled):
            theta, x, _ = drawn(layer, in_shape, out_shape)
            wanted = tabled_loop(layer, theta.tolist(), x, out_shape)
            np.testing.assert_allclose(layer.apply(theta, x)[0], wanted, rtol=0, atol=1e-13)


def test_first_kernels_of_a_table_share_the_gain_out_over_what_their_map_reads() -> None:
    table: Table = ((0,), tuple(range(36)))
    layer, in_shape = Tabled(LayerSpec(20, 36, 2, bias=True), table, gain=3.0), (36, 20, 20)
    theta = layer.init(np.random.default_rng(0), in_shape).astype(np.float64)
    one, many, biases = theta[:400], theta[400:-2], theta[-2:]
    assert not biases.any()
    for weights, reads in ((one, 400), (many, 36 * 400)):
        assert np.std(weights) == pytest.approx(math.sqrt(3.0 / reads), rel=4 / math.sqrt(2 * len(weights)))
        assert abs(np.mean(weights)) < 4 * np.std(weights) / math.sqrt(len(weights))


def test_a_table_that_does_not_name_channels_is_refused() -> None:
    """Nor may there be groups besides: a table says itself which channels a map reads."""
    few: list[Table] = [(), ((0,),), ((0,), (1,), (2,)), ((0,), ())]
    wrong: list[tuple[Table, str]] = [
        (((0,), (3,)), "3"),
        (((-1, 0), (1,)), "-1, 0"),
        (((0, 0), (1,)), "0, 0"),
        (((0,), (2, 1)), "2, 1"),
    ]
    for table in few:
        message = f"^{re.escape(f'table must name channels for each of 2 maps, got {table}')}$"
        with pytest.raises(SpecError, match=message):
            Tabled(LayerSpec(2, 3, 2), table)
    for table, reads in wrong:
        message = f"^each map of a table must name channels from 0 to 2, rising, each once, got {reads}$"
        with pytest.raises(SpecError, match=message):
            Tabled(LayerSpec(2, 3, 2), table)
    with pytest.raises(SpecError, match="groups"):
        Tabled(LayerSpec(2, 4, 2, groups=2), ((0, 1), (2, 3)))


@pytest.mark.parametrize(("size", "in_shape"), [(2, (2, 5, 3)), (3, (1, 6, 8)), (1, (2, 2, 3))])
def test_subsampling_is_a_coefficient_times_the_sum_of_the_window_and_a_bias_and_starts_as_the_mean(
    size: int, in_shape: Shape
) -> None:
    layer, (C, H, W) = Subsample(size), in_shape
    theta, x, _ = drawn(layer, in_shape, layer.out_shape(in_shape))
    y, _ = layer.apply(theta, x)
    first, _ = layer.apply(layer.init(np.random.default_rng(0), in_shape).astype(np.float64), x)
    assert y.shape == (BATCH, C, H // size, W // size)
    for b, c, i, j in np.ndindex(*y.shape):
        seen = [float(x[b, c, i * size + k, j * size + m]) for k in range(size) for m in range(size)]
        assert y[b, c, i, j] == pytest.approx(theta[c] * math.fsum(seen) + theta[C + c], abs=1e-13)
        assert first[b, c, i, j] == pytest.approx(math.fsum(seen) / size**2, abs=1e-6)


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(SpecError, match=r"^size must be >= 1, got 0$"):
        Subsample(0)
    with pytest.raises(SpecError, match=r"^a kernel of 3 rows with dilation 1 spans 3 rows, but the input has 2"):
        Subsample(3).out_shape((1, 2, 5))


@pytest.mark.parametrize("in_shape", [(3, 4, 2), (1, 3, 3), (4, 1, 1)], ids=str)
def test_normalisation_is_by_the_mean_and_the_variance_of_the_channel_over_the_batch(in_shape: Shape) -> None:
    layer, (C, H, W) = BatchNorm(), in_shape
    theta, x, _ = drawn(layer, in_shape, in_shape)
    y, _ = layer.apply(theta, x)
    for c in range(C):
        numbers = [float(x[b, c, i, j]) for b, i, j in np.ndindex(BATCH, H, W)]
        m = math.fsum(numbers) / len(numbers)
        v = math.fsum((n - m) ** 2 for n in numbers) / len(numbers)
        wanted = [theta[c] * (n - m) / math.sqrt(v + 1e-5) + theta[C + c] for n in numbers]
        np.testing.assert_allclose(y[:, c].ravel(), wanted, rtol=0, atol=1e-12)


def test_normalisation_starts_with_mean_zero_and_variance_one_and_survives_a_constant() -> None:
    layer, in_shape = BatchNorm(), (2, 5, 5)
    first = layer.init(np.random.default_rng(0), in_shape).astype(np.float64)
    x = 7 + 3 * np.random.default_rng(1).standard_normal((4, *in_shape))
    y, _ = layer.apply(first, x)
    np.testing.assert_allclose(y.mean(axis=(0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=(0, 2, 3)), 1, rtol=1e-5)
    still, back = layer.apply(first, np.full((4, *in_shape), 3.0))
    np.testing.assert_array_equal(still, 0)
    assert np.isfinite(back(x)[1]()).all()


def test_a_residual_is_the_sum_of_its_two_paths() -> None:
    layer, in_shape = Residual(INNER.branch, (Wired("conv", LayerSpec(1, 2, 2)),)), (2, 3, 4)
    theta, x, _ = drawn(layer, in_shape, in_shape)
    bank, biases, mix = theta[:36].reshape(2, 2, 3, 3), theta[36:38], theta[38:].reshape(2, 2, 1, 1)
    for image, found in zip(x, layer.apply(theta, x)[0], strict=True):
        branch = np.tanh(loop_correlate(image, bank, (1, 1), ((1, 1), (1, 1)), (1, 1), 1, "zeros", biases))
        shortcut = loop_correlate(image, mix, (1, 1), ((0, 0), (0, 0)), (1, 1), 1, "zeros", None)
        np.testing.assert_allclose(found, branch + shortcut, rtol=0, atol=1e-13)
    for image, found in zip(x, INNER.apply(theta[:38], x)[0], strict=True):
        branch = np.tanh(loop_correlate(image, bank, (1, 1), ((1, 1), (1, 1)), (1, 1), 1, "zeros", biases))
        np.testing.assert_allclose(found, branch + image, rtol=0, atol=1e-13)


def test_a_residuals_first_weights_are_the_branchs_then_the_shortcuts() -> None:
    branch, shortcut = full(3, (4, 1, 1)), full(3, (4, 1, 1))
    rng = np.random.default_rng(2)
    wanted = [branch.init(rng, (4, 1, 1)), shortcut.init(rng, (4, 1, 1))]
    found = Residual((branch,), (shortcut,)).init(np.random.default_rng(2), (4, 1, 1))
    np.testing.assert_array_equal(found, np.concatenate(wanted))


def test_paths_that_disagree_are_refused_and_what_does_not_fit_within_a_branch_is_named() -> None:
    layer = Residual((Wired("conv", LayerSpec(3, 1, 2)),), ())
    message = r"a branch that ends in \(2, 3, 3\) cannot be added to a shortcut that ends in \(1, 5, 5\)$"
    with pytest.raises(SpecError, match=f"^{message}"):
        layer.out_shape((1, 5, 5))
    with pytest.raises(SpecError, match=rf"^layer 2 \(Residual\): {message}"):
        _ = Network((Activate("relu"), layer), (1, 5, 5)).shapes
    layer = Residual((Activate("relu"), Wired("conv", LayerSpec(9))), ())
    with pytest.raises(SpecError, match=r"^layer 2 \(Wired\): a kernel of 9 rows with dilation 1 spans 9 rows"):
        layer.out_shape((1, 5, 5))
