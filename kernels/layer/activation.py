"""Activations: functions of each output number after the sum, from a float64 array to one of the same shape.

>>> ACTIVATIONS["relu"](np.array([-1.0, 2.0])).tolist()
[0.0, 2.0]
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

Activation = Literal["none", "relu", "abs", "sigmoid", "tanh"]

ACTIVATIONS: dict[Activation, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "none": lambda y: y,
    "relu": lambda y: np.maximum(y, 0),  # max(y, 0)
    "abs": np.abs,  # |y|
    "sigmoid": lambda y: scipy.special.expit(y),  # 1 / (1 + e^−y); a lambda, or this part of SciPy would be loaded now
    "tanh": np.tanh,  # (e^y − e^−y) / (e^y + e^−y)
}
