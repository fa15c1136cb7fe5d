"""Which outputs of a network are nothing but the rounding of float32: they are drawn empty. Pure."""

from math import sqrt

import numpy as np

from kernels.layer.spec import Array
from kernels.learning.layers import Softmax
from kernels.learning.linear import Wired
from kernels.networks.blocks import EPSILON, BatchNorm, Subsample, Tabled
from kernels.networks.plan import INPUT, Plan, Row

NOISE = 1e-6  # of the largest sum that the weights could make of their inputs: some ten roundings of float32
MEANS = 10  # times that: a mean over many places is rounded more than a product


def silent(made: Plan, theta: Array, x: Array, outputs: list[Array]) -> list[bool]:
    """For every row, whether its numbers are no further from 0 than rounding leaves them.

    That is its own rounding, NOISE · (|b| + Σ|w|·max|x|); where its inputs are rounding alone, also what comes of it.
    """
    found: list[bool] = []
    floors: list[float] = []
    for row, output in zip(made.rows, outputs, strict=True):
        read = [x if n == INPUT else outputs[n] for n in row.reads]
        added, factor = _of(row, theta[row.part], read[0])
        floor = NOISE * (added + factor * max(map(_largest, read)))
        if all(n != INPUT and found[n] for n in row.reads):
            floor += factor * sum(floors[n] for n in row.reads)
        floors.append(floor)
        found.append(_largest(output) <= floor)
    return found


def _of(row: Row, theta: Array, x: Array) -> tuple[float, float]:
    """The largest number that is added, and the most that an output can be times the largest input."""
    layer = row.layer
    if isinstance(layer, Wired):
        weights, biases = layer.split(theta, row.in_shape)
        return _largest(biases), _sums(weights.reshape(len(weights), -1))
    if isinstance(layer, Tabled):
        return _largest(theta), _sums(theta[None])
    if isinstance(layer, Subsample):
        return _largest(theta), layer.size**2 * _largest(theta)
    if isinstance(layer, BatchNorm):
        spread = sqrt(float(x.var(axis=(1, 2), dtype=np.float64).min()) + EPSILON)
        return 0.0, MEANS * _largest(theta) / spread
    return 0.0, 0.0 if isinstance(layer, Softmax) else 1.0


def _sums(weights: Array) -> float:
    """No less than Σ|w| of any output (outputs, reads): √n·‖w‖, without a copy of the weights."""
    return sqrt(weights.shape[1] * float(np.einsum("ij,ij->i", weights, weights).max(initial=0)))


def _largest(values: Array) -> float:
    return max(float(values.max(initial=0)), -float(values.min(initial=0)))
