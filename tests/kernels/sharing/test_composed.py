"""Two layers in a row against the product of their matrices."""

import numpy as np
import pytest

from kernels import LayerSpec, SpecError, Wiring, wiring
from kernels.sharing.composed import composed

PAIRS = {
    "separable": (wiring("conv", LayerSpec((3, 1)), (1, 5, 3)), wiring("conv", LayerSpec((1, 3)), (1, 5, 5))),
    "depthwise and pointwise": (
        wiring("conv", LayerSpec(1, 2, 3), (2, 3, 3)),
        wiring("conv", LayerSpec(2, 2, 2, groups=2), (2, 4, 4)),
    ),
    "low rank": (
        wiring("dense", LayerSpec((1, 2), out_channels=6), (1, 1, 2)),
        wiring("dense", LayerSpec((1, 6), out_channels=2), (1, 1, 6)),
    ),
}


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_paths_add_up_to_the_product_of_the_two_matrices(name: str) -> None:
    outer, inner = PAIRS[name]
    both, rng = composed(outer, inner), np.random.default_rng(2)
    b, a = rng.standard_normal(outer.n_params), rng.standard_normal(inner.n_params)
    wanted = outer.matrix(b).toarray() @ inner.matrix(a).toarray()
    np.testing.assert_allclose(both.paths.matrix(both.theta(b, a)).toarray(), wanted, rtol=0, atol=1e-13)
    assert both.n_params == outer.n_params + inner.n_params
    assert len(both.pairs) == both.paths.n_params == len({tuple(pair) for pair in both.pairs.tolist()})


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_two_cells_have_one_id_where_their_numbers_are_equal_for_any_weights(name: str) -> None:
    outer, inner = PAIRS[name]
    rng = np.random.default_rng(3)
    b, a = (rng.integers(1, 10**6, n) for n in (outer.n_params, inner.n_params))  # whole numbers: sums are exact
    W = outer.matrix(b).toarray() @ inner.matrix(a).toarray()
    cells = composed(outer, inner).cells
    assert cells.n_params == len(set(W[W != 0].tolist()))
    values = np.zeros(cells.n_params, dtype=np.int64)
    values[cells.ids] = W[cells.targets, cells.sources]
    np.testing.assert_array_equal(cells.matrix(values).toarray(), W)


def test_two_kernels_in_a_row_are_one_of_their_lengths_less_one() -> None:
    separable = composed(*PAIRS["separable"])
    assert (separable.n_params, separable.paths.n_params) == (6, 9)
    three = composed(wiring("conv", LayerSpec((1, 3)), (1, 1, 6)), wiring("conv", LayerSpec((1, 3)), (1, 1, 8)))
    assert len(set((three.paths.sources - three.paths.targets).tolist())) == 5


def test_layers_that_do_not_fit_or_have_too_many_paths_are_refused() -> None:
    outer, inner = PAIRS["low rank"]
    with pytest.raises(SpecError, match="outer must read the 6 outputs of inner, got 2"):
        composed(outer, outer)
    many, one = np.zeros(3000, dtype=int), (1, 1)
    wide = Wiring(many, many, many, 1, one)
    with pytest.raises(SpecError, match="at most 4,194,304 paths, got 9,000,000"):
        composed(wide, wide)
    assert inner.shape[0] == 2
