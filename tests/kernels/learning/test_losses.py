"""Losses are their formulas, and their gradients are those of finite differences."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import SpecError
from kernels.learning.losses import cross_entropy, squared_error
from tests.kernels.learning.test_layers import slopes

Array = NDArray[np.float64]
SHAPES = [(1, 2, 1, 1), (4, 10, 1, 1), (3, 2, 2, 3), (5, 1, 1, 1), (2, 7)]
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
def test_softmax_is_the_share_of_each_exponential_and_sums_to_one(shape: tuple[int, ...]) -> None:
    h, _, _ = drawn(shape)
    p = softmax(h)
    assert p.shape == h.shape
    for found, example in zip(p.reshape(len(h), -1), h.reshape(len(h), -1).tolist(), strict=True):
        np.testing.assert_allclose(found, shares(example), rtol=1e-13, atol=1e-15)
        assert math.fsum(found) == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_bears_numbers_whose_exponentials_no_float_holds(dtype: type[np.floating]) -> None:
    h = np.array([[1000, 1000, -1000], [-1000, -1000, -1000], [1000, -1000, 0]], dtype)
    p = softmax(h)  # and warnings are errors
    assert p.dtype == dtype
    wanted = np.array([[0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3], [1, 0, 0]])
    np.testing.assert_allclose(p, wanted, rtol=1e-6, atol=1e-7)


def test_softmax_does_not_see_what_is_added_to_all() -> None:
    h, _, _ = drawn((4, 6))
    np.testing.assert_allclose(softmax(h + 500), softmax(h), rtol=1e-11, atol=1e-14)


@every_shape
def test_cross_entropy_is_the_mean_surprise_at_the_labels(shape: tuple[int, ...]) -> None:
    h, labels, _ = drawn(shape)
    value, up = cross_entropy(h, labels)
    surprises = [
        -math.log(shares(example)[label])
        for example, label in zip(h.reshape(len(h), -1).tolist(), labels.tolist(), strict=True)
    ]
    assert isinstance(value, float)
    assert value == pytest.approx(math.fsum(surprises) / len(h), rel=1e-12, abs=1e-14)
    assert up.shape == h.shape


@every_shape
def test_the_gradient_of_cross_entropy_is_that_of_finite_differences(shape: tuple[int, ...]) -> None:
    h, labels, _ = drawn(shape)
    wanted = slopes(lambda moved: cross_entropy(moved, labels)[0], h)
    np.testing.assert_allclose(cross_entropy(h, labels)[1].ravel(), wanted, rtol=0, atol=1e-8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_is_finite_however_wrong_and_however_right(dtype: type[np.floating]) -> None:
    h = np.array([[1000, -1000], [1000, -1000]], dtype)
    value, up = cross_entropy(h, np.array([1, 0]))  # and warnings are errors
    assert value == 1000
    assert up.dtype == dtype
    assert up.tolist() == [[0.5, -0.5], [0, 0]]


def test_guessing_costs_the_logarithm_of_the_classes() -> None:
    assert cross_entropy(np.zeros((6, 10, 1, 1)), np.arange(6))[0] == pytest.approx(math.log(10), rel=1e-14)


@every_shape
def test_squared_error_is_half_the_mean_over_the_examples_of_the_squared_distance(shape: tuple[int, ...]) -> None:
    h, _, wanted = drawn(shape)
    value, up = squared_error(h, wanted)
    distances = [(a - b) ** 2 for a, b in zip(h.ravel().tolist(), wanted.ravel().tolist(), strict=True)]
    assert isinstance(value, float)
    assert value == pytest.approx(0.5 * math.fsum(distances) / len(h), rel=1e-13)
    assert up.shape == h.shape


@every_shape
def test_the_gradient_of_squared_error_is_that_of_finite_differences(shape: tuple[int, ...]) -> None:
    h, _, wanted = drawn(shape)
    moved = slopes(lambda other: squared_error(other, wanted)[0], h)
    np.testing.assert_allclose(squared_error(h, wanted)[1].ravel(), moved, rtol=0, atol=1e-7)


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


@pytest.mark.parametrize("value", [3, -1])
def test_the_refusal_of_a_label_shows_it(value: int) -> None:
    with pytest.raises(SpecError, match=rf"^labels .*got .*(?<!\d){value}(?!\d)"):
        cross_entropy(np.zeros((4, 3)), np.array([0, value, 1, 2]))


@pytest.mark.parametrize("shape", [(3, 2), (3, 2, 1), (2, 2, 1, 1), (3, 1, 1, 1)], ids=str)
def test_wanted_numbers_of_another_shape_are_refused_and_never_spread(shape: tuple[int, ...]) -> None:
    with pytest.raises(SpecError, match=r"^wanted must have shape \(3, 2, 1, 1\), got \("):
        squared_error(np.zeros((3, 2, 1, 1)), np.zeros(shape))
