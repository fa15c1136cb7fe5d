"""The 8×8 handwritten digits of Alpaydin and Kaynak (UCI, 1998), and what is done to them before they are shown."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import scipy

from kernels.layer.spec import Array, SpecError, whole

FILE = Path(__file__).parents[2] / "assets" / "digits.npz"
SIDE = 8
CANVAS = 14


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """x (examples, 1, H, W) in 0..1, float32, and the digits they show."""

    x: Array
    labels: Array

    def __len__(self) -> int:
        return len(self.x)


@cache
def digits() -> Examples:
    """All 1,797 of them, as published."""
    with np.load(FILE) as file:
        x = file["images"][:, None].astype(np.float32) / 16
        labels = file["labels"].astype(np.int64)
    x.flags.writeable = labels.flags.writeable = False
    return Examples(x, labels)


def split(examples: int, tests: int, seed: int) -> tuple[Examples, Examples]:
    """So many examples to train with and so many others to test with, drawn by the seed. Raises SpecError.

    With one seed, fewer examples are the first of more, and the test digits are the same.

    >>> train, test = split(examples=300, tests=600, seed=0)
    >>> train.x.shape, len(test)
    ((300, 1, 8, 8), 600)
    """
    everything = digits()
    whole("examples", examples, 1)
    whole("tests", tests, 1)
    if examples + tests > len(everything):
        raise SpecError(f"examples must be <= {len(everything) - tests} beside {tests} tests, got {examples}")
    order = np.random.default_rng([seed, 1]).permutation(len(everything))
    train, test = order[tests : tests + examples], order[:tests]
    return Examples(everything.x[train], everything.labels[train]), Examples(
        everything.x[test], everything.labels[test]
    )


def moved(these: Examples, shifts: Array, canvas: int = CANVAS) -> Examples:
    """The digits on an empty canvas, each moved by its (rows, columns) from the middle. Raises SpecError.

    shifts: (examples, 2) whole numbers.
    """
    room = (canvas - SIDE) // 2
    if np.abs(shifts).max(initial=0) > room:
        raise SpecError(f"shifts must be within ±{room} on a canvas of {canvas}, got {np.abs(shifts).max()}")
    x = np.zeros((len(these), 1, canvas, canvas), np.float32)
    for (down, right), image, target in zip(room + shifts, these.x, x, strict=True):
        target[:, down : down + SIDE, right : right + SIDE] = image
    return Examples(x, these.labels)


def within(many: int, reach: int, rng: np.random.Generator) -> Array:
    """Shifts (many, 2), each number uniform in −reach..reach."""
    return rng.integers(-reach, reach + 1, (many, 2))


def at_distance(many: int, distance: int, rng: np.random.Generator) -> Array:
    """Shifts (many, 2) whose larger number is exactly ±distance, uniform among those."""
    grid = np.moveaxis(np.mgrid[-distance : distance + 1, -distance : distance + 1], 0, -1).reshape(-1, 2)
    ring = grid[np.abs(grid).max(axis=1) == distance]
    shifts: Array = ring[rng.integers(0, len(ring), many)]
    return shifts


def reordered(these: Examples, order: Array) -> Examples:
    """The digits with their pixels in another order, one order for all."""
    flat = these.x.reshape(len(these), -1)
    return Examples(flat[:, order].reshape(these.x.shape), these.labels)


def enlarged(these: Examples) -> Examples:
    """The digits at 16×16, every pixel four times."""
    return Examples(these.x.repeat(2, axis=2).repeat(2, axis=3), these.labels)


def smoothed(these: Examples) -> Examples:
    """The digits at 16×16, linear between the pixels, as `kernels.networks.trained` wants them."""
    return Examples(scipy.ndimage.zoom(these.x, (1, 1, 2, 2), order=1), these.labels)
