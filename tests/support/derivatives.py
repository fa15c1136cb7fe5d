"""Derivatives without any calculus: what a gradient has to agree with."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EPSILON = 1e-6


def slopes(f: Callable[[Array], float], x: Array, at: Iterable[int] | None = None) -> Array:
    """Central finite differences of f along the numbers of x: all of them, or those at the given flat indices."""
    found = []
    for n in range(x.size) if at is None else at:
        step = np.zeros(x.size)
        step[n] = EPSILON
        up, down = f(x + step.reshape(x.shape)), f(x - step.reshape(x.shape))
        found.append((up - down) / (2 * EPSILON))
    return np.array(found)
