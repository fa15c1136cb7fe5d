"""Each activation is its formula, from the smallest number to the largest, and never warns."""

from typing import get_args

import numpy as np
import pytest

from kernels.layer.activation import ACTIVATIONS, Activation
from tests.support.oracles import FORMULAS

LARGE = [10.0**e for e in (-323, -300, -100, -20, -9, -3, 0, 1, 2, 2.8, 3, 6, 100, 300, 308)]
GRID = np.array([0.0, -0.0, *np.linspace(-8, 8, 321), *LARGE, *(-y for y in LARGE), 709.0, -709.0, 745.2, -745.2])


def test_every_activation_has_a_formula_here() -> None:
    assert set(ACTIVATIONS) == set(FORMULAS) == set(get_args(Activation))


@pytest.mark.parametrize("name", FORMULAS)
def test_the_numbers_are_those_of_the_formula_and_nothing_warns(name: Activation) -> None:
    found = ACTIVATIONS[name](GRID)
    np.testing.assert_allclose(found, [FORMULAS[name](float(y)) for y in GRID], rtol=4e-16, atol=5e-324)


@pytest.mark.parametrize("name", FORMULAS)
def test_shape_and_precision_stay_and_the_input_is_left_alone(name: Activation) -> None:
    y = np.linspace(-2, 2, 24).reshape(2, 3, 4)
    before = y.copy()
    found = ACTIVATIONS[name](y)
    assert (found.shape, found.dtype.name) == (y.shape, "float64")
    np.testing.assert_array_equal(y, before)
