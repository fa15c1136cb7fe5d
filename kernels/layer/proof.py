"""max |W·x − Y|: the layer as one matrix product against the layer as a sliding window, on the numbers at hand.

The rows of W come from the wiring, Y from `correlate`; the two share no arithmetic. W is never whole in memory: of a
slice of its rows the connections are listed, multiplied and summed by row, and dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kernels.layer.kinds import connections, flat
from kernels.layer.spec import LayerSpec

BUDGET = 4_000_000  # connections checked at most; beyond that a random sample of rows
SLICE = 1 << 17  # connections built at a time: about 10 MB


@dataclass(frozen=True, slots=True)
class Proof:
    """The largest difference over `rows` of the `of` rows of W, with the `connections` these rows have.

    `rounding` is what float64 sums of this size may differ by: ten roundings of the largest possible sum per term.
    """

    error: float
    rounding: float
    rows: int
    of: int
    connections: int
    seed: int | None  # of the sample; None when every row was checked

    @property
    def holds(self) -> bool:
        return self.error <= self.rounding


def rounding(theta: ArrayLike, x: ArrayLike) -> float:
    """The most that float64 sums of these weights times these numbers may differ by.

    Ten roundings of the largest possible sum, for each term.

    >>> 8e-15 < rounding([1.0, -1.0], [2.0]) < 2e-14
    True
    """
    size = np.abs(np.asarray(theta, dtype=np.float64))
    return 10 * float(np.finfo(np.float64).eps * size.size * size.sum() * max(1.0, np.abs(x).max()))


def prove(
    spec: LayerSpec,
    image: NDArray[np.float64],
    theta: ArrayLike,
    output: NDArray[np.float64],
    own: Mapping[tuple[int, int], float] = MappingProxyType({}),
    budget: int = BUDGET,
    seed: int = 0,
) -> Proof:
    """The largest difference between `output` (O, H', W') and W x, with how much of W was checked.

    image: (C, H, W). theta: θ as in `Wiring.theta_from` for kind "conv". `own` gives connections (target, tap) a value
    of their own in place of θ[tap]. Above `budget` connections a sample of rows is checked, drawn by `seed`.

    >>> spec, image, theta = LayerSpec((1, 2)), np.array([[[1.0, 2.0, 4.0]]]), [1.0, 10.0]
    >>> proof = prove(spec, image, theta, np.array([[[21.0, 42.0]]]))
    >>> proof.holds, proof.rows, proof.connections
    (True, 2, 4)
    >>> prove(spec, image, theta, np.array([[[21.0, 43.0]]])).error
    1.0
    """
    in_shape = (image.shape[0], image.shape[1], image.shape[2])
    x = flat(spec, image)
    theta, per_row = np.asarray(theta, dtype=np.float64), prod(spec.weight_shape[1:]) + spec.bias
    rows = np.arange(output.size)
    sampled = len(rows) * per_row > budget
    if sampled:
        rows = np.sort(np.random.default_rng(seed).choice(rows, size=max(1, budget // per_row), replace=False))
    error, checked = 0.0, 0
    for part in np.array_split(rows, -(-len(rows) * per_row // SLICE)):
        targets, sources, taps = connections(spec, in_shape, part)
        values = theta[taps]
        for (target, tap), value in own.items():
            values[(targets == target) & (taps == tap)] = value
        sums = np.bincount(targets - part[0], values * x[sources], part[-1] - part[0] + 1)
        product = sums[part - part[0]]
        error = max(error, float(np.abs(product - output.ravel()[part]).max()))
        checked += len(taps)
    bound = rounding(np.concatenate([theta, [*own.values()]]), x)
    return Proof(error, bound, len(rows), output.size, checked, seed if sampled else None)
