"""Losses are their formulas, and their gradients are those of finite differences."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import SpecError
from kernels.learning.losses import cross_entropy, squared_error
from tests.support.derivatives import slopes

Array = NDArray[np.float64]
SHAPES = [(4, 10, 1, 1), (3, 2, 2, 3), (5, 1, 1, 1), (2, 7)]
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


def drawn(shape: tuple[int, ...]) -> tuple[Array, NDArray[np.int64], Array]:
    """Outputs, labels for them, and numbers wanted of them."""
    rng = np.random.default_rng(6)
    labels = rng.integers(0, math.prod(shape[1:]), shape[0])
    return 3 * rng.standard_normal(shape), labels, rng.standard_normal(shape)


def shares(example: list[float]) -> list[float]:
    total = math.fsum(math.exp(number) for number in example)
    return [math.exp(number) / total for number in example]


def softmax(h: NDArray[Any]) -> NDArray[Any]:
    """p, as it stands in the gradient (p − one-hot) / examples."""
    p = cross_entropy(h, np.zeros(len(h), np.int64))[1] * len(h)
    p.reshape(len(h), -1)[:, 0] += 1
    return p


@every_shape
def test_cross_entropy_is_the_mean_surprise_at_the_labels_and_its_gradient_that_of_finite_differences(
    shape: tuple[int, ...],
) -> None:
    h, labels, _ = drawn(shape)
    value, up = cross_entropy(h, labels)
    probabilities = [shares(example) for example in h.reshape(len(h), -1).tolist()]
    surprises = [-math.log(p[label]) for p, label in zip(probabilities, labels.tolist(), strict=True)]
    assert isinstance(value, float)
    assert value == pytest.approx(math.fsum(surprises) / len(h), rel=1e-12, abs=1e-14)
    assert up.shape == h.shape
    np.testing.assert_allclose(softmax(h).reshape(len(h), -1), probabilities, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(up.ravel(), slopes(lambda moved: cross_entropy(moved, labels)[0], h), rtol=0, atol=1e-8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_is_finite_however_wrong_and_however_right(dtype: type[np.floating]) -> None:
    h = np.array([[1000, -1000], [1000, -1000]], dtype)
    value, up = cross_entropy(h, np.array([1, 0]))  # and warnings are errors
    assert value == 1000
    assert up.dtype == dtype
    assert up.tolist() == [[0.5, -0.5], [0, 0]]


@every_shape
def test_squared_error_is_half_the_mean_over_the_examples_of_the_squared_distance(shape: tuple[int, ...]) -> None:
    h, _, wanted = drawn(shape)
    value, up = squared_error(h, wanted)
    distances = [(a - b) ** 2 for a, b in zip(h.ravel().tolist(), wanted.ravel().tolist(), strict=True)]
    assert isinstance(value, float)
    assert value == pytest.approx(0.5 * math.fsum(distances) / len(h), rel=1e-13)
    assert up.shape == h.shape
    np.testing.assert_allclose(up.ravel(), slopes(lambda other: squared_error(other, wanted)[0], h), rtol=0, atol=1e-7)


def test_a_loss_changes_nothing_it_is_given() -> None:
    h, labels, wanted = drawn((4, 3))
    kept = h.copy(), labels.copy(), wanted.copy()
    cross_entropy(h, labels)
    squared_error(h, wanted)
    for now, before in zip((h, labels, wanted), kept, strict=True):
        np.testing.assert_array_equal(now, before)


@pytest.mark.parametrize(
    "labels",
    [np.array([0, 1]), np.array([0, 1, 3]), np.array([-1, 0, 1]), np.array([[0], [1], [2]]), np.array([0, 1, 2, 0])],
    ids=["too few", "too large", "negative", "a column", "too many"],
)
def test_labels_that_are_none_are_refused(labels: NDArray[np.int64]) -> None:
    with pytest.raises(SpecError, match=r"^labels must be 3 numbers in 0\.\.2, got "):
        cross_entropy(np.zeros((3, 3, 1, 1)), labels)


@pytest.mark.parametrize("shape", [(3, 2), (3, 2, 1), (2, 2, 1, 1), (3, 1, 1, 1)], ids=str)
def test_wanted_numbers_of_another_shape_are_refused_and_never_spread(shape: tuple[int, ...]) -> None:
    with pytest.raises(SpecError, match=r"^wanted must have shape \(3, 2, 1, 1\), got \("):
        squared_error(np.zeros((3, 2, 1, 1)), np.zeros(shape))
