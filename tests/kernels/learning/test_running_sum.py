"""A running sum is the sum of its inputs, and an untied layer that is prolonged repeats its last step, loop by loop."""

import math
from itertools import pairwise

import numpy as np
import pytest

from kernels import SpecError
from kernels.learning.recurrent import Recurrent
from kernels.learning.running_sum import SCALE, examples, prolonged, relative_error


def test_the_target_is_the_sum_of_all_steps_and_the_inputs_are_normal() -> None:
    x, y = examples(2000, 7, np.random.default_rng(3))
    assert (x.shape, y.shape) == ((2000, 1, 7, 1), (2000, 1, 1, 1))
    assert x.dtype == np.float32
    for sequence, wanted in zip(x[:50, 0, :, 0].tolist(), y[:50, 0, 0, 0].tolist(), strict=True):
        assert math.fsum(sequence) == pytest.approx(wanted, abs=1e-6)
    assert float(x.std()) == pytest.approx(SCALE, rel=0.02)
    assert abs(float(x.mean())) < 0.01


def test_the_error_is_the_root_mean_square_in_standard_deviations_of_what_is_wanted() -> None:
    found, wanted = np.random.default_rng(1).random((2, 9))
    mean = sum(wanted) / 9
    spread = math.sqrt(sum((w - mean) ** 2 for w in wanted) / 9)
    error = math.sqrt(sum((f - w) ** 2 for f, w in zip(found, wanted, strict=True)) / 9)
    assert relative_error(found, wanted) == pytest.approx(error / spread)
    assert relative_error(np.full(9, mean), wanted) == pytest.approx(1)
    with pytest.raises(SpecError, match="must not be constant"):
        relative_error(found, np.ones(9))


@pytest.mark.parametrize("steps", [3, 4, 9])
def test_further_steps_have_the_weights_of_the_last_one(steps: int) -> None:
    layer, T, F, H = Recurrent(2, tied=False), 3, 1, 2
    rng = np.random.default_rng(steps)
    theta, x = rng.standard_normal(layer.parameters((1, T, F))), rng.standard_normal((4, 1, steps, F))
    U, V, b = layer.split(theta, (1, T, F))
    for n in range(4):
        h = np.zeros(H)
        for t in range(steps):
            at = min(t, T - 1)
            h = np.tanh(U[at] @ x[n, 0, t] + (V[min(t, T - 1) - 1] @ h if t else 0) + b[at])
        y, _ = layer.apply(prolonged(layer, theta, (1, T, F), steps), x)
        np.testing.assert_allclose(y[n, :, 0, 0], h, atol=1e-12)


def test_what_cannot_be_prolonged_is_refused() -> None:
    with pytest.raises(SpecError, match="layer must be untied"):
        prolonged(Recurrent(1), np.zeros(3), (1, 2, 1), 4)
    untied = Recurrent(1, tied=False)
    for now, steps in ((3, 2), (1, 4)):
        with pytest.raises(SpecError, match="steps must be"):
            prolonged(untied, np.zeros(untied.parameters((1, now, 1))), (1, now, 1), steps)


def test_sums_of_longer_sequences_vary_more() -> None:
    spreads = [float(examples(4000, n, np.random.default_rng(n))[1].std()) for n in (2, 8, 32)]
    assert [b / a for a, b in pairwise(spreads)] == pytest.approx([2, 2], rel=0.06)
