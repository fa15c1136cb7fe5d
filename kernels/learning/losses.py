"""Losses: a number for a batch of outputs, and its gradient."""

import reprlib

import numpy as np
import scipy

from kernels.layer.spec import Array, SpecError


def cross_entropy(h: Array, labels: Array) -> tuple[float, Array]:
    """The cross-entropy and its gradient with respect to the outputs h (examples, …).

        L = −mean log p[label],  p = softmax(h),  dL/dh = (p − one-hot) / examples

    labels: (examples,). Raises SpecError for a label that is no class.

    >>> value, gradient = cross_entropy(np.zeros((1, 4)), np.array([2]))
    >>> round(value, 3), gradient.tolist()
    (1.386, [[0.25, 0.25, -0.75, 0.25]])
    """
    flat, rows = h.reshape(len(h), -1), np.arange(len(h))
    if labels.shape != (len(h),) or labels.min() < 0 or labels.max() >= flat.shape[1]:
        raise SpecError(
            f"labels must be {len(h)} numbers in 0..{flat.shape[1] - 1}, got {reprlib.repr(labels.tolist())}"
        )
    log_p = scipy.special.log_softmax(flat, axis=1)
    value = float(-log_p[rows, labels].mean())
    up = np.exp(log_p)
    up[rows, labels] -= 1
    up /= len(h)
    return value, up.reshape(h.shape)


def squared_error(h: Array, wanted: Array) -> tuple[float, Array]:
    """The squared error and its gradient with respect to the outputs h, of the shape of `wanted`.

        L = ½·mean over the examples of ‖h − wanted‖²,  dL/dh = (h − wanted) / examples

    >>> value, gradient = squared_error(np.array([[3.0, 4.0]]), np.zeros((1, 2)))
    >>> value, gradient.tolist()
    (12.5, [[3.0, 4.0]])
    """
    if h.shape != wanted.shape:
        raise SpecError(f"wanted must have shape {h.shape}, got {wanted.shape}")
    up = (h - wanted) / len(h)
    return float(0.5 * np.vdot(up, up)) * len(h), up
