"""The mean behaviour of LMS filters for white Gaussian input of variance 1: derived here, and checked by simulation.

Independence assumption: successive inputs are independent, which holds the better the smaller μ is. With D = ‖w − w_o‖²
in the mean, a filter with p parameters that each average M independent uses, and Gaussian fourth moments,

    D(n+1) = [1 − 2μ + μ²(p + M + 1)/M]·D(n) + μ²·(p·v + (p+1)·Δ)/M + q

v noise variance, Δ mismatch between the uses' targets, q mean square step of a drifting target. The excess error is
D + Δ; it is finite for μ < 2M/(p + M + 1). Prior work on sharing weights among an adaptive filter's channels: Cheong
Took and Mandic, Digital Signal Processing 127 (2022) 103580; its formulas were not available.
"""

from dataclasses import dataclass
from math import inf

import numpy as np

from kernels.adaptive.systems import Mimo, Parallel
from kernels.layer.spec import Floats


@dataclass(frozen=True, slots=True)
class Prediction:
    """D(0) and its recursion D ← factor·D + driven, the floor below which no weights go, and the bound μ must keep."""

    start: float
    factor: float
    driven: float
    floor: float
    bound: float

    @property
    def steady(self) -> float:
        """The excess error in the end; inf from the bound on."""
        return self.driven / (1 - self.factor) + self.floor if abs(self.factor) < 1 else inf

    def excess(self, iterations: int) -> Floats:
        """The learning curve (iterations,): the excess error before each update."""
        n = np.arange(iterations, dtype=np.float64)
        if self.factor == 1:
            return self.start + self.driven * n + self.floor
        with np.errstate(over="ignore"):
            decay = np.power(self.factor, n)
        end = self.driven / (1 - self.factor)
        return end + (self.start - end) * decay + self.floor


def parallel(system: Parallel, mu: float, shared: bool) -> Prediction:
    """The prediction for M channels of L taps; untied, each is a filter by itself (M = 1) with its own target (Δ = 0).

    >>> from kernels.adaptive.systems import Parallel
    >>> system = Parallel(channels=16, taps=8)
    >>> shared, untied = (parallel(system, 0.001, kind).steady for kind in (True, False))
    >>> round(untied / shared, 1)
    16.1
    """
    gap = system.mismatch if system.channels > 1 else 0.0
    M, floor, start = (system.channels, gap, 1.0) if shared else (1, 0.0, 1.0 + gap)
    driven = mu**2 * (system.taps * system.noise + (system.taps + 1) * floor) / M + system.taps * system.drift
    return Prediction(start, _factor(mu, system.taps, M), driven, floor, 2 * M / (system.taps + M + 1))


def mimo(system: Mimo, mu: float, shared: bool) -> Prediction:
    """The prediction for N inputs and outputs. Full: each output is a filter of N·L taps.

    Circulant: the discrete Fourier transform over the channels splits it into N filters of L taps, most of them
    complex, whose D shrinks like that of one real filter.
    """
    taps = system.taps * (1 if shared else system.channels)
    driven = mu**2 * taps * system.noise
    return Prediction(1.0, _factor(mu, taps, 1), driven, 0.0, 2 / (taps + 2))


def _factor(mu: float, taps: int, M: int) -> float:
    return 1 - 2 * mu + mu**2 * (taps + M + 1) / M


def gain(channels: int) -> float:
    """Decibels that sharing among so many channels wins at the same small μ: 10·log₁₀ M.

    >>> gain(10)
    10.0
    """
    return float(10 * np.log10(channels))


def pays_until(system: Parallel, mu: float) -> float:
    """The mismatch Δ at which sharing stops paying, for small μ: μ·v·L·(1 − 1/M)/2."""
    return mu * system.noise * system.taps * (1 - 1 / system.channels) / 2
