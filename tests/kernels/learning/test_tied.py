"""Tied layers and layers of any wiring: the map by the matrix, the gradients by differences."""

import numpy as np
import pytest

from kernels import LayerSpec, SpecError, Wiring
from kernels.layer.spec import Shape
from kernels.learning.layers import Layer
from kernels.learning.linear import Wired, full
from kernels.learning.tied import Product, Tied
from tests.support.derivatives import assert_is_a_layer

RNG = np.random.default_rng(0)
TARGETS, SOURCES, IDS = (RNG.integers(0, n, 40) for n in (6, 8, 5))
DRAWN = Wiring(TARGETS, SOURCES, IDS, 5, (6, 8))
CONV = Wired("conv", LayerSpec(2, 2, 2, bias=True), None)
LAYERS: dict[str, tuple[Layer, Shape, Shape, int]] = {
    "any wiring": (Product(DRAWN, (2, 1, 3)), (2, 2, 2), (2, 1, 3), 5),
    "tied convolution": (Tied(CONV, np.arange(18) % 7, 7), (2, 3, 4), (2, 2, 3), 7),
    "tied dense": (Tied(full(3, (1, 2, 2)), np.arange(15) % 4, 4), (1, 2, 2), (3, 1, 1), 4),
}


@pytest.mark.parametrize("name", LAYERS)
def test_it_is_a_layer_and_its_gradients_are_the_differences_of_the_map(name: str) -> None:
    assert_is_a_layer(*LAYERS[name])


def test_a_layer_of_any_wiring_multiplies_with_its_matrix() -> None:
    layer, shape, *_ = LAYERS["any wiring"]
    theta, x = np.arange(1.0, 6.0), np.arange(16.0).reshape(2, *shape)
    W = np.zeros((6, 8))
    for t, s, id in zip(DRAWN.targets, DRAWN.sources, DRAWN.ids, strict=True):
        W[t, s] += theta[id]
    np.testing.assert_allclose(layer.apply(theta, x)[0].reshape(2, 6), x.reshape(2, 8) @ W.T, rtol=0, atol=1e-12)


def test_first_weights_have_the_variance_of_the_layer_inside() -> None:
    inside = full(100, (1, 10, 10), gain=1.0)
    tied = Tied(inside, np.arange(inside.parameters((1, 10, 10))) % 4000, 4000)
    drawn = tied.init(np.random.default_rng(0), (1, 10, 10))
    assert drawn.dtype == np.float32
    assert drawn.std() == pytest.approx(0.1, rel=0.1)
    wide = Wiring(np.repeat(np.arange(100), 100), np.tile(np.arange(100), 100), np.arange(10000), 10000, (100, 100))
    any_wiring = Product(wide, (100, 1, 1)).init(np.random.default_rng(0), (1, 10, 10))
    assert any_wiring.std() == pytest.approx(0.02**0.5, rel=0.1)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(SpecError, match=r"a wiring of shape \(6, 8\) does not take"):
        Product(DRAWN, (2, 1, 3)).out_shape((1, 2, 2))
    with pytest.raises(SpecError, match="ids must name 18 parameters"):
        Tied(CONV, np.zeros(4, dtype=int), 1).out_shape((2, 3, 4))
