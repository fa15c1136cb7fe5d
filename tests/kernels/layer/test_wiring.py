"""Any list of connections is a layer: checked against loops over connections drawn at random, several on a cell too."""

import numpy as np
import pytest

from kernels import SpecError, Wiring
from tests.support.wirings import edges_of

OUTPUTS, INPUTS, WEIGHTS, CONNECTIONS = 5, 7, 4, 30


def drawn(seed: int) -> Wiring:
    rng = np.random.default_rng(seed)
    t, s, id = (rng.integers(0, n, CONNECTIONS) for n in (OUTPUTS, INPUTS, WEIGHTS))
    return Wiring(t, s, id, WEIGHTS, (OUTPUTS, INPUTS))


@pytest.mark.parametrize("seed", range(3))
def test_matrix_product_and_gradient_are_sums_over_the_connections(seed: int) -> None:
    wires, rng = drawn(seed), np.random.default_rng([1, seed])
    theta, x, up = (rng.standard_normal(n) for n in (WEIGHTS, INPUTS, OUTPUTS))
    along = rng.standard_normal(CONNECTIONS)  # a number for each, where several share a cell too
    W, y = np.zeros((OUTPUTS, INPUTS)), np.zeros(OUTPUTS)
    by_cell, by_edge = np.zeros(WEIGHTS), np.zeros(WEIGHTS)
    for edge, (t, s, id) in enumerate(edges_of(wires)):
        W[t, s] += theta[id]
        y[t] += theta[id] * x[s]
        by_cell[id] += up[t] * x[s]
        by_edge[id] += along[edge]
    np.testing.assert_allclose(wires.matrix(theta).toarray(), W, rtol=0, atol=1e-14)
    np.testing.assert_allclose(wires.product(theta, x), y, rtol=0, atol=1e-14)
    np.testing.assert_allclose(wires.collect(np.outer(up, x)), by_cell, rtol=0, atol=1e-13)
    np.testing.assert_allclose(wires.collect(along), by_edge, rtol=0, atol=1e-13)


def test_tied_weights_take_the_gradient_of_all_that_were_tied() -> None:
    wires, names = drawn(4), np.array([1, 0, 1, 1])
    less, along = wires.tied(names, 2), np.random.default_rng(5).standard_normal((OUTPUTS, INPUTS))
    assert edges_of(less) == [(t, s, names[id]) for t, s, id in edges_of(wires)]
    apart = wires.collect(along)
    np.testing.assert_allclose(less.collect(along), [apart[1], apart[[0, 2, 3]].sum()], rtol=0, atol=1e-13)
    assert less.matrix([2.0, 3.0]).toarray().tolist() == wires.matrix([3.0, 2.0, 3.0, 3.0]).toarray().tolist()


@pytest.mark.parametrize("names", [[0, 0, 0], [0, 0, 0, 2], [0, -1, 0, 0]])
def test_names_that_are_none_of_the_parameters_are_refused(names: list[int]) -> None:
    with pytest.raises(SpecError, match="names must hold 4 numbers from 0 to 1"):
        drawn(0).tied(np.array(names), 2)
