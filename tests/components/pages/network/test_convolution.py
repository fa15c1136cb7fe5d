"""The dense layer as a convolution: the windows' answers are the network's own, and what is said of them is counted."""

import re

import numpy as np
import pytest

from components.pages.network import convolution, input
from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from components.pages.network.weights import theta_of
from kernels.networks.plan import activations
from tests.support.cnn import asked
from tests.support.text import numbers


@pytest.fixture(scope="module")
def found() -> convolution.Answers:
    return convolution.answers(0)


def test_the_windows_that_hold_a_digit_are_read_as_that_digit(found: convolution.Answers) -> None:
    labels = asked()[1]
    for (n, top, left), right in zip(input.places(0, 24, 64), found.right, strict=True):
        assert right == (found.classes[top // 4, left // 4] == labels[n])
    assert sum(found.right) >= 3
    np.testing.assert_allclose(found.probabilities.sum(axis=0), 1)


def test_on_one_digit_the_scores_are_the_dense_ones_and_the_layers_that_are_opened_give_the_same_answers(
    found: convolution.Answers,
) -> None:
    assert found.apart < 1e-4
    own = convolution.larger(Net())
    made = plan_of(own)
    theta = theta_of(own, made)
    assert theta.chosen == 3
    x = np.zeros(own.inputs, np.float32)
    x[0] = found.x
    scores = activations(made, theta.values, x)[-1]
    np.testing.assert_array_equal(scores.argmax(axis=0), found.classes)
    assert scores.shape == (10, 3, 13)


def test_what_is_said_is_counted_from_the_windows(found: convolution.Answers) -> None:
    assert numbers(convolution.sentence(found).replace("**", ""))[:2] == [10, 256]
    assert "3 × 13 = 39 windows at once" in convolution.sentence(found)
    told = convolution.savings(found)
    assert f"{sum(found.right)} of 4 correct" in told
    assert f"{found.alike} of 39 windows" in told
    (once, each, times) = re.search(r"([\d,]+) multiply-adds .* would take ([\d,]+), ([\d.]+) times", told).groups()  # type: ignore[union-attr]
    assert float(each.replace(",", "")) / float(once.replace(",", "")) == pytest.approx(float(times), abs=0.05)
    rows = "; ".join(" ".join(map(str, row)) for row in found.classes.tolist())
    assert rows in convolution.chart_alt(found)


def test_vgg_s_first_dense_layer_is_told_with_its_weights_and_windows() -> None:
    table = convolution.table()
    row = [column[0] for column in table.values()]
    assert row[0].startswith("VGG-16")
    assert row[1:] == ["4,096 kernels of 512 × 7 × 7: 7 · 7 · 512 · 4,096", 102_760_448, "384 × 384", "6 × 6 = 36"]
