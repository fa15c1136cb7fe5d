"""A network is its layers one after the other, and its gradient that of finite differences through all of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import LayerSpec, SpecError
from kernels.layer.spec import Shape
from kernels.learning.layers import Activate, Back, Flatten, GlobalPool, Layer, Pad, Pool
from kernels.learning.linear import Bias, Wired, full
from kernels.learning.losses import cross_entropy, squared_error
from kernels.learning.network import Loss, Network, run
from kernels.networks.blocks import Residual, Subsample
from tests.support.derivatives import slopes

Array = NDArray[np.float64]

FLAT = Network(
    (
        Pad(((0, 1), (1, 0)), -1.0), Wired("conv", LayerSpec(2, 1, 2)), Bias(), Activate("tanh"), Pool("max", 2, 1),
        Wired("tiled", LayerSpec(2, 2, 2, bias=True), 2), Activate("sigmoid"), Pool("mean", 2, 1), Flatten(),
        full(3, (8, 1, 1)),
    ),
    (1, 5, 5),
)  # fmt: skip
POOLED = Network(
    (
        Wired("dense", LayerSpec(2, 2, 2, bias=True)), Activate("relu"),
        Wired("local", LayerSpec(2, 2, 4, groups=2, bias=True)), GlobalPool("max"), full(4, (4, 1, 1)),
        GlobalPool("mean"), full(3, (4, 1, 1)),
    ),
    (2, 4, 4),
)  # fmt: skip
NESTED = Network(
    (
        Wired("conv", LayerSpec(2, 1, 2, bias=True)),
        Residual(
            (Residual((Bias(), Activate("tanh"))), Wired("conv", LayerSpec(2, 2, 3))),
            (Pool("mean", 2, 1), Wired("conv", LayerSpec(1, 2, 3, bias=True))),
        ),
        Residual((), (Activate("sigmoid"),)),
        Subsample(2),
        full(3, (3, 1, 1)),
    ),
    (1, 4, 4),
)
every_run = pytest.mark.parametrize("network", [FLAT, POOLED, NESTED], ids=["flat", "pooled", "nested"])
BOTH = pytest.mark.parametrize("network", [FLAT, POOLED], ids=["flat", "pooled"])


def drawn(network: Network, many: int = 4) -> tuple[Array, Array]:
    """θ and x, float64."""
    rng = np.random.default_rng(3)
    return 0.4 * rng.standard_normal(network.parts[-1].stop), rng.standard_normal((many, *network.in_shape))


@BOTH
def test_the_output_is_each_layer_applied_to_that_before(network: Network) -> None:
    theta, x = drawn(network)
    y, first = x, 0
    for layer, shape in zip(network.layers, network.shapes, strict=False):
        last = first + layer.parameters(shape)
        y, first = layer.apply(theta[first:last], y)[0], last
        assert y.shape[1:] == network.shapes[network.layers.index(layer) + 1]
    assert first == len(theta)
    np.testing.assert_array_equal(network.apply(theta, x), y)


def test_parameters_and_shapes_are_as_counted_by_hand() -> None:
    assert [part.stop - part.start for part in FLAT.parts] == [0, 8, 50, 0, 0, 72, 0, 0, 0, 27]
    assert FLAT.shapes[1:7] == ((1, 6, 6), (2, 5, 5), (2, 5, 5), (2, 5, 5), (2, 4, 4), (2, 3, 3))
    assert FLAT.shapes[8:] == ((2, 2, 2), (8, 1, 1), (3, 1, 1))
    assert [part.stop - part.start for part in POOLED.parts] == [18 * 33, 0, 4 * 4 * 5, 0, 20, 0, 15]
    assert NESTED.parameters == (2 * 4 + 2) + (2 * 9 + 3 * 2 * 4) + (3 * 2 + 3) + 6 + (3 * 3 + 3)
    assert NESTED.shapes == ((1, 4, 4), (2, 3, 3), (3, 2, 2), (3, 2, 2), (3, 1, 1), (3, 1, 1))


@every_run
def test_the_seed_decides_the_first_weights_and_a_generator_goes_on(network: Network) -> None:
    first, other, rng = network.init(7), network.init(8), np.random.default_rng(7)
    assert first.dtype == np.float32
    assert len(first) == network.parameters == network.parts[-1].stop
    assert np.count_nonzero(first)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(network.draw(rng), first)
    assert not np.array_equal(network.draw(rng), first)
    twins = Network((full(6, (6, 1, 1)), full(6, (6, 1, 1))), (6, 1, 1))
    one, two = (twins.init(0)[part] for part in twins.parts)
    assert not np.any((one == two) & (one != 0))


def test_the_layer_that_does_not_fit_is_named_by_its_number() -> None:
    table: list[tuple[int, tuple[Layer, ...], str]] = [
        (1, (Pool("max", 6, 1),), r"\(Pool\): a kernel of 6 rows with dilation 1 spans 6 rows"),
        (2, (Activate("relu"), Wired("conv", LayerSpec(3, 2))), r"\(Wired\): in_shape has 1 channels where in_ch"),
        (3, (GlobalPool("max"), Flatten(), full(2, (2, 1, 1))), r"\(Wired\): in_shape has 1 channels where in_ch"),
        (2, (Pad(((0, 0), (0, 0))), Wired("local", LayerSpec(3, padding=1))), r"\(Wired\): padding must be 0 "),
        (1, (Wired("tiled", LayerSpec(3)),), r"\(Wired\): period must be given for kind 'tiled'"),
    ]
    for number, layers, message in table:
        with pytest.raises(SpecError, match=rf"^layer {number} {message}"):
            Network(layers, (1, 5, 5)).init(0)


@dataclass(frozen=True)
class Blind:
    """A layer that doubles, and cannot say what that did to its input."""

    def out_shape(self, in_shape: Shape) -> Shape:
        return in_shape

    def parameters(self, _in_shape: Shape) -> int:
        return 0

    def init(self, _rng: np.random.Generator, _in_shape: Shape) -> NDArray[Any]:
        return np.zeros(0, np.float32)

    def apply(self, theta: NDArray[Any], x: NDArray[Any]) -> tuple[NDArray[Any], Back]:
        def dx() -> NDArray[Any]:
            raise AssertionError("nobody needs this")

        return 2 * x, lambda _dy, _out=None: (theta, dx)


@BOTH
def test_float32_stays_float32_and_nothing_given_is_changed(network: Network) -> None:
    theta, x = network.init(0), drawn(network)[1].astype(np.float32)
    kept = theta.copy(), x.copy()
    assert network.apply(theta, x).dtype == np.float32
    assert network.gradient(theta, x, np.array([0, 1, 2, 0]), cross_entropy)[1].dtype == np.float32
    np.testing.assert_array_equal(theta, kept[0])
    np.testing.assert_array_equal(x, kept[1])


@BOTH
@pytest.mark.parametrize("loss", [cross_entropy, squared_error])
def test_the_gradient_is_that_of_finite_differences(network: Network, loss: Loss) -> None:
    theta, x = drawn(network)
    labels = np.array([0, 2, 1, 1])
    wanted = labels if loss is cross_entropy else np.random.default_rng(1).standard_normal((4, 3, 1, 1))
    value, gradient = network.gradient(theta, x, wanted, loss)
    assert value == loss(network.apply(theta, x), wanted)[0]
    moved = slopes(lambda other: loss(network.apply(other, x), wanted)[0], theta)
    assert np.count_nonzero(gradient) > 0.5 * len(theta)
    np.testing.assert_allclose(gradient, moved, rtol=1e-6, atol=1e-8)


@every_run
def test_layers_in_a_row_are_a_layer(network: Network) -> None:
    """Their way back gives dL/dθ, written where it is told, and dL/dx, both those of finite differences."""
    theta, x = drawn(network, 2)
    y, back = run(network.layers, network.parts, theta, x)
    np.testing.assert_array_equal(y, network.apply(theta, x))
    up, room = np.random.default_rng(5).standard_normal(y.shape), np.full(len(theta) + 2, np.nan)
    gradient, dx = back(up)
    found, _ = back(up, room[1:-1])
    to_theta = slopes(lambda moved: float(np.vdot(up, network.apply(moved, x))), theta)
    to_x = slopes(lambda moved: float(np.vdot(up, network.apply(theta, moved))), x)
    np.testing.assert_allclose(gradient, to_theta, rtol=1e-6, atol=1e-8)
    assert dx().shape == x.shape
    np.testing.assert_allclose(dx().ravel(), to_x, rtol=1e-6, atol=1e-8)
    np.testing.assert_array_equal(found, gradient)
    np.testing.assert_array_equal(room[1:-1], gradient)
    assert np.isnan(room[[0, -1]]).all()
    assert not np.shares_memory(gradient, theta)


def test_no_layers_are_a_network_that_changes_nothing() -> None:
    nothing, x = Network((), (2, 3, 4)), np.arange(24.0).reshape(1, 2, 3, 4)
    assert (nothing.parameters, nothing.parts, nothing.shapes) == (0, (), ((2, 3, 4),))
    assert nothing.init(0).dtype == np.float32
    np.testing.assert_array_equal(nothing.apply(np.zeros(0), x), x)
    y, back = run((), (), np.zeros(0), x)
    np.testing.assert_array_equal(y, x)
    gradient, dx = back(2 * x)
    assert gradient.shape == (0,)
    np.testing.assert_array_equal(dx(), 2 * x)


def test_the_way_back_to_the_input_is_taken_only_when_asked_for_and_by_a_gradient_never() -> None:
    theta, x = np.arange(15.0), np.ones((1, 4, 1, 1))
    for first in (Blind(), Residual((Blind(),)), Residual((), (Blind(),))):
        network = Network((first, full(3, (4, 1, 1))), (4, 1, 1))
        y, back = run(network.layers, network.parts, theta, x)
        gradient, dx = back(np.ones_like(y))
        assert gradient.shape == (15,)
        with pytest.raises(AssertionError, match="nobody needs this"):
            dx()
        found = network.gradient(theta, x, np.array([0]), cross_entropy)
        times = 2 if first == Blind() else 3
        plain = Network((full(3, (4, 1, 1)),), (4, 1, 1)).gradient(theta, times * x, np.array([0]), cross_entropy)
        assert found[0] == plain[0]
        np.testing.assert_array_equal(found[1], plain[1])
