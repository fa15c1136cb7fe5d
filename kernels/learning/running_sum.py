"""The running sum: a task on sequences that every step takes part in alike, so that it is the same at any length.

    x_t ~ N(0, SCALE²),  y = x_1 + … + x_T

A layer whose steps share their weights can carry it to any T; one with a set for each step has learned T of them.
"""

import numpy as np

from kernels.layer.spec import Array, Shape, SpecError, whole
from kernels.learning.recurrent import Recurrent

SCALE = 0.25  # of the inputs: sums of a few dozen stay where tanh is not flat


def examples(count: int, steps: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """So many sequences (count, 1, steps, 1) and their sums (count, 1, 1, 1), float32. Raises SpecError.

    >>> x, y = examples(count=2, steps=3, rng=np.random.default_rng(0))
    >>> x.shape, bool(np.allclose(x.sum(axis=2, keepdims=True), y))
    ((2, 1, 3, 1), True)
    """
    whole("count", count, 1)
    whole("steps", steps, 1)
    x = np.float32(SCALE) * rng.standard_normal((count, 1, steps, 1), np.float32)
    return x, x.sum(axis=2, keepdims=True)


def relative_error(found: Array, wanted: Array) -> float:
    """The root-mean-square error in units of the standard deviation of what is wanted: 1 for always saying its mean.

    >>> relative_error(np.array([2.0, 2.0]), np.array([1.0, 3.0]))
    1.0
    """
    spread = float(wanted.std())
    if not spread:
        raise SpecError("wanted must not be constant: its standard deviation is the unit of the error")
    with np.errstate(over="ignore", invalid="ignore"):  # of a network that diverged
        return float(np.sqrt(np.mean(np.square(found - wanted, dtype=np.float64)))) / spread


def prolonged(layer: Recurrent, theta: Array, in_shape: Shape, steps: int) -> Array:
    """θ of an untied layer for so many steps, with the last step's weights on every further one. Raises SpecError.

    in_shape: of the sequences that θ is for. A layer of one step has no V to go on with.

    >>> layer = Recurrent(hidden=1, tied=False)
    >>> prolonged(layer, np.array([1, 2, 30, 400, 500]), (1, 2, 1), steps=4).tolist()  # U, V, b by step
    [1, 2, 2, 2, 30, 30, 30, 400, 500, 500, 500]
    """
    if layer.tied:
        raise SpecError("layer must be untied, got tied = True: its one set of weights serves any number of steps")
    _, now, inputs = in_shape
    if steps < now or now < 2:
        raise SpecError(f"steps must be >= {now} and in_shape of 2 steps at least, got {steps} and {in_shape}")
    parts = layer.split(theta, in_shape)
    longer = [np.concatenate([part, np.repeat(part[-1:], steps - now, axis=0)]).ravel() for part in parts]
    made: Array = np.concatenate(longer)
    layer.split(made, (1, steps, inputs))  # raises if it did not fit
    return made
