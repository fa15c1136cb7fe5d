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


SETTLING: list[tuple[Parallel | Mimo, float, bool]] = [  # a system, μ as a part of its bound, and whether it shares
    *((Parallel(1, 8, trials=40, seed=1), part, shared) for part in (0.03, 0.3) for shared in (True, False)),
    *((Parallel(16, 8, trials=40, seed=1), part, True) for part in (0.03, 0.3)),
    *((Parallel(16, 8, trials=4, seed=1), part, False) for part in (0.03, 0.3)),
    (Parallel(2, 8, mismatch=0.001, trials=30, seed=3), 0.3, True),
    (Parallel(4, 8, mismatch=0.005, trials=30, seed=3), 0.05, True),
    (Parallel(16, 8, mismatch=0.005, trials=30, seed=3), 0.3, True),
    *((Parallel(M, 8, drift=1e-5, trials=40, seed=5), part, True) for M, part in ((1, 0.25), (4, 0.03), (16, 0.23))),
    *((Parallel(M, 8, drift=1e-5, trials=20, seed=5), part, False) for M, part in ((1, 0.125), (4, 0.05))),
    *((Mimo(1, 4, trials=20, seed=6), 0.3, shared) for shared in (True, False)),
    (Mimo(8, 3, trials=20, seed=6), 0.3, True),
    (Mimo(8, 3, trials=6, seed=6), 0.3, False),
]
SLOWER: list[tuple[Parallel | Mimo, float, bool]] = [
    (Parallel(16, 8, trials=40, seed=1), 0.1, True),
    (Parallel(16, 8, trials=4, seed=1), 0.1, False),
    *((Parallel(M, 8, drift=1e-6, trials=40, seed=5), part, True) for M, part in ((1, 0.25), (16, 0.23))),
    (Mimo(8, 3, trials=20, seed=6), 0.03, True),
    (Mimo(8, 3, trials=6, seed=6), 0.03, False),
]


@pytest.mark.parametrize(
    ("system", "part", "shared"), [*SETTLING, *(pytest.param(*row, marks=pytest.mark.long) for row in SLOWER)], ids=str
)
def test_the_simulated_steady_state_is_within_half_a_decibel(
    system: Parallel | Mimo, part: float, shared: bool
) -> None:
    mu = part * recursion(system, 0.1, shared).bound
    wanted, (found,) = predict(system, mu, shared), settled(system, mu, 0 if shared else 1)
    assert abs(decibels(found / wanted.steady)) < 0.5
    if wanted.floor:  # what learning adds to what cannot be learned
        assert abs(decibels((found - wanted.floor) / (wanted.steady - wanted.floor))) < 1


@pytest.mark.parametrize(("M", "mu"), [(4, 0.03), pytest.param(16, 0.02, marks=pytest.mark.long)])
def test_sharing_wins_below_the_mismatch_that_it_pays_until_and_loses_above(M: int, mu: float) -> None:
    limit = theory.pays_until(Parallel(M, 8), mu)
    for part in (0.6, 1.6):
        shared, untied = settled(Parallel(M, 8, mismatch=part * limit, trials=8, seed=4), mu, 0, 1)
        assert (shared < untied) == (part < 1), part
        assert abs(decibels(shared / untied)) > 0.5  # and not by chance


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
