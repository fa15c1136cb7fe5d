"""The formulas of the theory, typed a second time, and the simulation that meets them: exactly, or within 0.5 dB."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from itertools import product
from math import inf, log10

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels.adaptive import theory
from kernels.adaptive.lms import System, learn
from kernels.adaptive.systems import Mimo, Parallel, circulant
from kernels.adaptive.theory import Prediction

Array = NDArray[np.float64]
SYSTEMS = [
    Parallel(1, 8, mismatch=0.3),
    Parallel(4, 8, noise=0.1),
    Parallel(16, 8, mismatch=0.02),
    Parallel(3, 5, noise=0.0, drift=1e-4),
    Parallel(2, 16, noise=2.5, mismatch=0.7, drift=0.01),
    Parallel(100, 3, noise=0.01, mismatch=1e-6, drift=1e-8),
]
RINGS = [Mimo(1, 1), Mimo(1, 6, noise=0.5), Mimo(4, 4), Mimo(16, 3, noise=1.5), Mimo(5, 1, noise=0.0)]


def curves(system: System, wirings: list[int], mu: float) -> Array:
    """The excess errors (filters, iterations) of some of the system's wirings."""
    assert isinstance(system, Parallel | Mimo)
    return np.concatenate([part.excess for part in learn(system, [system.wirings[k] for k in wirings], mu)], axis=1)


def settled(system: Parallel | Mimo, mu: float, *wirings: int) -> list[float]:
    """The excess error of these wirings in the end: a wait of 6/μ, then the mean over 15/μ or at least 400 iterations.

    A filter forgets in 1/(2μ) iterations, so the mean is of some 30 independent ones, times the trials.
    """
    wait = int(6 / mu) + 50
    longer = replace(system, iterations=wait + max(400, int(15 / mu)))
    return [float(part) for part in np.mean(curves(longer, list(wirings), mu)[:, wait:], axis=1)]


def predict(system: Parallel | Mimo, mu: float, shared: bool) -> Prediction:
    return theory.parallel(system, mu, shared) if isinstance(system, Parallel) else theory.mimo(system, mu, shared)


def recursion(system: Parallel | Mimo, mu: float, shared: bool) -> Prediction:
    """D ← a·D + b of M averaged uses: a = 1 − 2μ + μ²(L+M+1)/M and b = μ²(L·v + (L+1)Δ)/M + q.

    Untied, every channel is a filter by itself. A ring is one filter of L taps, or in full one of N·L.
    """
    L, v, M, gap, q = system.taps, system.noise, 1, 0.0, 0.0
    if isinstance(system, Parallel):
        M, gap, q = system.channels, system.mismatch if system.channels > 1 else 0.0, L * system.drift
    elif not shared:
        L *= system.channels
    start, floor = (1.0, gap) if shared else (1.0 + gap, 0.0)
    M = M if shared else 1
    factor = 1 - 2 * mu + mu**2 * (L + M + 1) / M
    return Prediction(start, factor, mu**2 * (L * v + (L + 1) * floor) / M + q, floor, 2 * M / (L + M + 1))


def decibels(ratio: float) -> float:
    return 10 * log10(ratio)


# The formulas


@pytest.mark.parametrize("system", [*SYSTEMS, *RINGS], ids=str)
def test_predictions_are_the_recursion_and_its_bound_is_where_the_excess_stops_being_finite(
    system: Parallel | Mimo,
) -> None:
    for shared, part in product((True, False), (1e-3, 0.3, 0.99, 1.01, 3.0)):
        mu = part * recursion(system, 0.1, shared).bound
        found, wanted = predict(system, mu, shared), recursion(system, mu, shared)
        assert astuple(found) == pytest.approx(astuple(wanted), rel=1e-12)
        assert found.excess(10)[0] == pytest.approx(found.start + found.floor, rel=1e-9)
        assert (0 < found.factor < 1) == (part < 1)
        assert (found.floor <= found.steady < inf) == (part < 1)


def test_the_misadjustment_is_mu_l_over_m_through_2_minus_mu_times_l_plus_m_plus_1_over_m() -> None:
    for part, (M, L) in product((0.01, 0.5, 0.9), [(1, 1), (1, 8), (4, 8), (16, 1), (2, 32)]):
        system, mu = Parallel(M, L, noise=0.3), part * 2 * M / (L + M + 1)
        wanted = 0.3 * (mu * L / M) / (2 - mu * (L + M + 1) / M)
        assert theory.parallel(system, mu, True).steady == pytest.approx(wanted, rel=1e-9)
        mu = part * 2 / (L + 2)
        wanted = 0.3 * mu * L / (2 - mu * (L + 2))
        assert theory.parallel(system, mu, False).steady == pytest.approx(wanted, rel=1e-9)
        assert theory.mimo(Mimo(M, L, noise=0.3), mu, True).steady == pytest.approx(wanted, rel=1e-9)
        mu = part * 2 / (M * L + 2)
        wanted = 0.3 * mu * M * L / (2 - mu * (M * L + 2))
        assert theory.mimo(Mimo(M, L, noise=0.3), mu, False).steady == pytest.approx(wanted, rel=1e-9)


def test_half_the_bound_is_fastest_and_leaves_l_plus_1_of_l_plus_m_plus_1_a_step() -> None:
    for M, L in ((1, 8), (4, 8), (16, 3)):
        half = M / (L + M + 1)
        least = theory.parallel(Parallel(M, L), half, True).factor
        assert least == pytest.approx((L + 1) / (L + M + 1), rel=1e-12)
        assert all(theory.parallel(Parallel(M, L), part * half, True).factor > least for part in (0.1, 0.9, 1.1, 1.9))


@pytest.mark.parametrize(("M", "L", "v", "q"), [(1, 8, 0.01, 1e-9), (4, 8, 0.01, 1e-8), (16, 3, 1.0, 1e-8)])
def test_a_walk_costs_q_over_2_mu_on_top_and_the_best_step_is_the_root_of_m_q_over_l_v(
    M: int, L: int, v: float, q: float
) -> None:
    system, best = Parallel(M, L, noise=v, drift=q / L), (M * q / (L * v)) ** 0.5
    steady = {part: theory.parallel(system, part * best, True).steady for part in (0.25, 0.5, 0.8, 1.0, 1.25, 2.0, 4.0)}
    assert min(steady, key=lambda part: steady[part]) == 1.0
    assert steady[1.0] == pytest.approx(best * v * L / (2 * M) + q / (2 * best), rel=0.01)


@pytest.mark.parametrize("M", [1, 4, 100])
def test_sharing_gains_ten_decibels_a_decade_of_channels(M: int) -> None:
    assert theory.gain(M) == pytest.approx(10 * log10(M), rel=1e-12)
    shared, untied = (theory.parallel(Parallel(M, 8), 1e-5, kind).steady for kind in (True, False))
    assert decibels(untied / shared) == pytest.approx(10 * log10(M), abs=1e-3)


@pytest.mark.parametrize(("M", "L", "v"), [(1, 8, 0.1), (2, 8, 0.01), (4, 3, 1.0), (16, 8, 0.1)])
def test_sharing_pays_while_the_mismatch_is_below_mu_v_l_times_1_minus_1_over_m_through_2(
    M: int, L: int, v: float
) -> None:
    mu = 1e-5
    limit = mu * v * L * (1 - 1 / M) / 2
    assert theory.pays_until(Parallel(M, L, noise=v), mu) == pytest.approx(limit, rel=1e-12)
    for part in (0.0, 0.98, 1.02, 2.0) if M > 1 else ():
        system = Parallel(M, L, noise=v, mismatch=part * limit)
        shared, untied = (theory.parallel(system, mu, kind).steady for kind in (True, False))
        assert (shared < untied) == (part < 1), part


@pytest.mark.parametrize(
    "prediction",
    [
        Prediction(1.3, 0.5, 0.2, 0.1, 1.0),
        Prediction(1.0, 0.9999, 0.0, 0.0, 1.0),
        Prediction(1.0, 1.0, 0.01, 0.3, 1.0),
        Prediction(0.0, 3.0, 0.1, 0.0, 1.0),
    ],
    ids=str,
)
def test_the_learning_curve_iterates_the_recursion_and_is_a_number_throughout(prediction: Prediction) -> None:
    D, wanted = prediction.start, []
    for _ in range(300):
        wanted.append(D + prediction.floor)
        D = prediction.factor * D + prediction.driven
    found = prediction.excess(300)
    assert found.shape == (300,)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    late = prediction.excess(300_000)  # and warnings are errors
    assert not np.isnan(late).any()
    if prediction.factor < 1:
        assert late[-1] == pytest.approx(prediction.steady, rel=1e-9)


# The simulation, under the very assumption of the theory


@dataclass(frozen=True)
class Independent:
    """M channels whose windows are drawn anew at every iteration: nothing is left to assume."""

    channels: int
    taps: int
    noise: float
    mismatch: float
    drift: float
    iterations: int
    trials: int
    seed: int

    def slices(self, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
        M, L, trials = self.channels, self.taps, self.trials
        common, apart = rng.standard_normal(L), rng.standard_normal((M, L))
        apart -= np.mean(apart, axis=0)
        apart *= (self.mismatch / max(np.sum(apart**2) / M, 1e-300)) ** 0.5
        target = np.tile(common / np.sum(common**2) ** 0.5 + apart, (trials, 1, 1))
        for _ in range(self.iterations):
            x = rng.standard_normal((trials, M, L))
            yield x.reshape(1, trials, M * L), np.sum(x * target, axis=2)[None]
            target = target + self.drift**0.5 * rng.standard_normal((trials, 1, L))


@pytest.mark.parametrize(("part", "shared"), [(0.1, True), (0.4, False)])
@pytest.mark.parametrize(
    ("M", "L", "mismatch", "drift"),
    [(1, 4, 0.0, 0.0), (4, 3, 0.0, 0.0), (4, 3, 0.05, 0.0), (3, 2, 0.0, 1e-3), (2, 4, 0.3, 1e-3)],
)
def test_with_independent_windows_the_learning_curve_is_the_recursion(
    M: int, L: int, mismatch: float, drift: float, part: float, shared: bool
) -> None:
    N = 40
    system = Parallel(M, L, noise=0.05, mismatch=mismatch, drift=drift)
    mu = part * (2 * M / (L + M + 1) if shared else 2 / (L + 2))
    fake = Independent(M, L, 0.05, mismatch, drift, iterations=N, trials=16_000 // M, seed=3)
    wires = system.wirings[0 if shared else 1]
    found = np.concatenate([some.excess for some in learn(fake, [wires], mu)], axis=1)[0]
    wanted = theory.parallel(system, mu, shared).excess(N)
    np.testing.assert_allclose(10 * np.log10(found), 10 * np.log10(wanted), rtol=0, atol=0.4)
    assert abs(np.mean(10 * np.log10(found / wanted))) < 0.1


# The simulation, with real delay lines


@pytest.mark.parametrize("part", [0.03, pytest.param(0.1, marks=pytest.mark.long), 0.3])
@pytest.mark.parametrize("M", [1, 16])
@pytest.mark.parametrize("shared", [True, False], ids=["shared", "untied"])
def test_the_simulated_steady_state_is_within_half_a_decibel(M: int, part: float, shared: bool) -> None:
    mu = part * (2 * M / (M + 9) if shared else 2 / 10)
    system = Parallel(M, 8, trials=40 if shared else max(4, 40 // M), seed=1)
    (found,) = settled(system, mu, 0 if shared else 1)
    assert abs(decibels(found / theory.parallel(system, mu, shared).steady)) < 0.5


@pytest.mark.parametrize(("M", "mismatch", "part"), [(2, 0.001, 0.3), (4, 0.005, 0.05), (16, 0.005, 0.3)])
def test_channels_that_differ_settle_where_they_should(M: int, mismatch: float, part: float) -> None:
    mu = part * 2 * M / (M + 9)
    system = Parallel(M, 8, mismatch=mismatch, trials=30, seed=3)
    (found,) = settled(system, mu, 0)
    wanted = theory.parallel(system, mu, True)
    assert abs(decibels(found / wanted.steady)) < 0.5
    driven = wanted.steady - mismatch  # what learning adds to what cannot be learned
    assert abs(decibels((found - mismatch) / driven)) < 1


@pytest.mark.parametrize(("M", "mu"), [(4, 0.03), pytest.param(16, 0.02, marks=pytest.mark.long)])
def test_sharing_wins_below_the_mismatch_that_it_pays_until_and_loses_above(M: int, mu: float) -> None:
    limit = theory.pays_until(Parallel(M, 8), mu)
    for part in (0.6, 1.6):
        shared, untied = settled(Parallel(M, 8, mismatch=part * limit, trials=8, seed=4), mu, 0, 1)
        assert (shared < untied) == (part < 1), part
        assert abs(decibels(shared / untied)) > 0.5  # and not by chance


@pytest.mark.parametrize(("M", "mu"), [(1, 0.05), (4, 0.02), (16, 0.3)])
@pytest.mark.parametrize("drift", [pytest.param(1e-6, marks=pytest.mark.long), 1e-5])
def test_a_target_that_walks_is_followed_as_far_behind_as_it_should(M: int, mu: float, drift: float) -> None:
    system = Parallel(M, 8, drift=drift, trials=40, seed=5)
    (found,) = settled(system, mu, 0)
    assert abs(decibels(found / theory.parallel(system, mu, True).steady)) < 0.5
    if mu < 0.1:
        (found,) = settled(replace(system, trials=20), mu / 2, 1)
        assert abs(decibels(found / theory.parallel(system, mu / 2, False).steady)) < 0.5


@pytest.mark.parametrize("part", [pytest.param(0.03, marks=pytest.mark.long), 0.3])
@pytest.mark.parametrize(("N", "L"), [(1, 4), (8, 3)])
def test_mimo_settles_within_half_a_decibel_shared_and_in_full(N: int, L: int, part: float) -> None:
    system = Mimo(N, L, trials=20, seed=6)
    for which, taps in ((0, L), (1, N * L)):
        mu = part * 2 / (taps + 2)
        (found,) = settled(replace(system, trials=20 if which == 0 else max(6, 160 // taps)), mu, which)
        assert abs(decibels(found / theory.mimo(system, mu, which == 0).steady)) < 0.5, which


@pytest.mark.parametrize("kind", [Parallel, Mimo])
def test_at_the_same_small_step_sharing_gains_what_it_should(kind: type[Parallel | Mimo]) -> None:
    shared, own = settled(kind(4, 4, trials=40, seed=2), 0.01 if kind is Parallel else 0.005, 0, 1)
    assert abs(decibels(own / shared) - 10 * log10(4)) < 0.5


@pytest.mark.parametrize(("colour", "M"), [(0.5, 1), (-0.6, 4)])
def test_a_coloured_input_settles_at_mu_v_trace_over_2m_for_small_steps(colour: float, M: int) -> None:
    mu, L, v = 0.01, 4, 0.01  # the trace is L: the samples have variance 1
    system = Parallel(M, L, noise=v, colour=colour, iterations=6000, trials=60 // M, seed=8)
    found = float(np.mean(curves(system, [0], mu)[0, 3000:]))
    assert abs(decibels(found / (mu * v * L / (2 * M)))) < 0.5


@pytest.mark.parametrize(("M", "mu"), [(1, 0.02), (4, 0.05), (16, 0.1)])
def test_the_simulated_curve_falls_as_predicted(M: int, mu: float) -> None:
    system = Parallel(M, 8, iterations=int(3 / mu), trials=640 // M, seed=9)
    found, wanted = curves(system, [0], mu)[0], theory.parallel(system, mu, True).excess(int(3 / mu))
    smooth = np.ones(10) / 10
    gap = 10 * np.log10(np.convolve(found, smooth, "valid") / np.convolve(wanted, smooth, "valid"))
    assert np.max(np.abs(gap)) < 1.5
    assert abs(np.mean(gap)) < 0.5


def test_two_filters_around_a_ring_are_a_sum_and_a_difference_and_the_curve_is_theirs() -> None:
    """With N = 2 the Fourier transform over the channels is real, and every part of the theory is exact."""
    L = 4

    @dataclass(frozen=True)
    class Ring:
        noise: float = 0.05
        seed: int = 1

        def slices(self, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
            h = rng.standard_normal(2 * L)
            matrix = circulant(2, L).matrix(h / np.sum(h**2) ** 0.5).toarray()
            x = rng.standard_normal((40, 8000, 2 * L))
            yield x, x @ matrix.T

    mu = 0.4 * 2 / (L + 2)
    (record,) = learn(Ring(), [circulant(2, L)], mu)
    wanted = theory.mimo(Mimo(2, L, noise=0.05), mu, True).excess(40)
    np.testing.assert_allclose(10 * np.log10(record.excess[0]), 10 * np.log10(wanted), rtol=0, atol=0.4)
    assert abs(np.mean(10 * np.log10(record.excess[0] / wanted))) < 0.1
