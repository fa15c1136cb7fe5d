"""Ids across layers, against a matrix put together by hand, and ALBERT's counts from its table of tensors."""

import numpy as np
import pytest

from kernels import LayerSpec, SpecError, transposed, wiring
from kernels.sharing.reused import Tensor, layer_by_layer, parameters, reused


def test_layers_stand_side_by_side_and_those_of_a_set_have_the_same_weights() -> None:
    a, b = wiring("dense", LayerSpec((1, 3), out_channels=2), (1, 1, 3)), wiring("conv", LayerSpec((1, 2)), (1, 1, 3))
    both, rng = reused([a, b, transposed(a)], ["a", "b", "a"]), np.random.default_rng(1)
    A, B = rng.standard_normal((2, 3)), rng.standard_normal(2)
    wanted = np.zeros((7, 8))
    wanted[:2, :3], wanted[2:4, 3:6], wanted[4:, 6:] = A, [[*B, 0], [0, *B]], A.T
    np.testing.assert_array_equal(both.matrix([*A.ravel(), *B]).toarray(), wanted)
    along = rng.standard_normal((7, 8))
    sums = [*(along[:2, :3] + along[4:, 6:].T).ravel(), along[2, 3] + along[3, 4], along[2, 4] + along[3, 5]]
    np.testing.assert_allclose(both.collect(along), sums, rtol=0, atol=1e-14)
    assert both.n_params == 8 < a.n_params + b.n_params + transposed(a).n_params


def test_sets_that_do_not_fit_are_refused() -> None:
    small, large = (wiring("conv", LayerSpec((1, n)), (1, 1, 4)) for n in (2, 3))
    with pytest.raises(SpecError, match="layers of set 'x' must have 2 parameters each, got 3"):
        reused([small, large], ["x", "x"])
    for wirings in ([], [small]):
        with pytest.raises(SpecError, match="as many, and at least 1"):
            reused(wirings, [])


def test_storages_are_counted_once() -> None:
    tensors = [Tensor("a", (3, 4), "0"), Tensor("view", (2, 4), "0"), Tensor("b", (), "1")]
    assert (parameters(tensors), layer_by_layer(tensors)) == (13, 21)
    assert parameters([]) == 0
