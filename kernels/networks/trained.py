"""A small network that has learned the digits; `assets/make_cnn.py` trained it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from kernels.layer.spec import Array, Shape

FILE = Path(__file__).parents[2] / "assets" / "cnn.npz"
IN_SHAPE: Shape = (1, 16, 16)
LAYERS = "conv 8 3 padding=same, relu, max 2, conv 16 3 padding=same, relu, max 2, flatten, dense 10, softmax"
TRAINED, TESTED, SEED = 1197, 600, 0  # of `digits.split`


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """θ of the network LAYERS on IN_SHAPE, float32. accuracy: of the TESTED digits, when it was made."""

    theta: Array
    accuracy: float


@cache
def trained() -> Trained:
    """The trained network's θ and accuracy, read once.

    >>> trained().theta.size
    3818
    """
    with np.load(FILE) as file:
        theta, accuracy = file["theta"], float(file["accuracy"])
    theta.flags.writeable = False
    return Trained(theta, accuracy)
