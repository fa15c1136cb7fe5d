"""One layer, three ways to run it: how long each takes here, and how much memory it would need.

    dense      W as a full matrix of float64, y = W x by BLAS: 8 bytes for every output times every input
    sparse     W without its zeros (CSR), y = W x by SciPy
    correlate  no W at all: the kernel slides

A method that would need more than MEMORY is not run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from statistics import median
from time import perf_counter
from typing import Literal, get_args

import numpy as np

from kernels.layer.conv import correlate
from kernels.layer.counts import count
from kernels.layer.kinds import wiring
from kernels.layer.spec import LayerSpec, Shape, SpecError

Method = Literal["dense", "sparse", "correlate"]
METHODS: tuple[Method, ...] = get_args(Method)
MEMORY = 300_000_000  # bytes: what one measurement may take of a small server
# Bytes at the worst moment, measured and rounded up: a test holds them against what is allocated.
PER_CONNECTION, PER_PLACE = 72, 24  # building the sparse matrix; a place is an input or an output
PER_PIXEL = 64  # `correlate`, for each pixel of the padded picture
LEAST, MOST = 5, 15  # repetitions
BUDGET = 0.12  # seconds of repetitions, once there are LEAST of them


@dataclass(frozen=True, slots=True)
class Measurement:
    """The times of one method at one size, in seconds, each of one product y = W x."""

    method: Method
    side: int
    seconds: tuple[float, ...]

    @property
    def typical(self) -> float:
        """The median of the times."""
        return median(self.seconds)

    @property
    def spread(self) -> tuple[float, float]:
        """The shortest and the longest time."""
        return min(self.seconds), max(self.seconds)


def needs(method: Method, spec: LayerSpec, in_shape: Shape) -> int:
    """Bytes that this method takes at its worst moment, for one channel and no bias. Raises SpecError.

    >>> needs("dense", LayerSpec(3), (1, 512, 512))
    545477591104
    """
    if (spec.in_channels, spec.out_channels, spec.bias) != (1, 1, False):
        raise SpecError(f"spec must have one channel in and out and no bias, got {spec}")
    outputs, inputs = prod(spec.out_shape(in_shape)), prod(in_shape)
    if method == "dense":
        return 8 * (outputs * inputs + 2 * (outputs + inputs))
    if method == "sparse":
        return PER_CONNECTION * count("conv", spec, in_shape).padded_connections + PER_PLACE * (outputs + inputs)
    (top, bottom), (left, right) = spec.pads
    return PER_PIXEL * in_shape[0] * (in_shape[1] + top + bottom) * (in_shape[2] + left + right)


def fits(method: Method, spec: LayerSpec, in_shape: Shape) -> bool:
    """Whether `measure` would run it.

    >>> fits("correlate", LayerSpec(3), (1, 512, 512)), fits("dense", LayerSpec(3), (1, 512, 512))
    (True, False)
    """
    return needs(method, spec, in_shape) <= MEMORY


def measure(method: Method, spec: LayerSpec, in_shape: Shape, seed: int = 0) -> Measurement:
    """The times of one product y = W x on random numbers, repeated after one that does not count.

    Raises SpecError where the method needs more than MEMORY.

    >>> 5 <= len(measure("correlate", LayerSpec(3), (1, 16, 16)).seconds) <= 15
    True
    """
    if needs(method, spec, in_shape) > MEMORY:
        raise SpecError(
            f"in_shape {in_shape} as {method!r} needs {needs(method, spec, in_shape):,} bytes, more than {MEMORY:,}"
        )
    rng = np.random.default_rng(seed)
    weight = rng.standard_normal(spec.weight_shape)
    if method == "correlate":
        x = rng.random(in_shape)
        return _timed(method, in_shape, lambda: correlate(x, weight, spec))
    if method == "sparse":
        layer = wiring("conv", spec, in_shape)
        W, flat = layer.matrix(layer.theta_from(weight)), rng.random(prod(in_shape))
        return _timed(method, in_shape, lambda: W @ flat)
    # Random numbers: pages of zeros would all be one and the same, and be read from the cache.
    full, x = rng.random((prod(spec.out_shape(in_shape)), prod(in_shape))), rng.random(prod(in_shape))
    return _timed(method, in_shape, lambda: full @ x)


def _timed(method: Method, in_shape: Shape, run: Callable[[], object]) -> Measurement:
    run()
    seconds: list[float] = []
    while len(seconds) < LEAST or (sum(seconds) < BUDGET and len(seconds) < MOST):
        start = perf_counter()
        run()
        seconds.append(perf_counter() - start)
    return Measurement(method, max(in_shape[1:]), tuple(seconds))
