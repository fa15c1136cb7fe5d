"""The trained network of assets/cnn.npz, run by its definition from the numbers of the file alone."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from kernels.images.digits import smoothed, split
from kernels.networks.trained import FILE, SEED, TESTED, TRAINED

Floats = NDArray[np.float64]


def slid(x: Floats, weight: Floats, bias: Floats) -> Floats:
    """Windows of 3×3, over many pictures (examples, C, H, W) at once, with a frame of one zero."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    height, width = x.shape[2:]
    y = np.zeros((len(x), len(weight), height, width))
    for k, l in np.ndindex(3, 3):
        seen = padded[:, :, k : k + height, l : l + width]
        y += np.einsum("ncij,oc->noij", seen, weight[:, :, k, l])
    return y + bias[:, None, None]


def halved(x: Floats) -> Floats:
    largest: Floats = np.maximum.reduce([x[:, :, i::2, j::2] for i, j in np.ndindex(2, 2)])
    return largest


def by_hand(x: Floats) -> Floats:
    """The chances of ten classes, from the numbers of the file alone."""
    theta = np.load(FILE)["theta"].astype(np.float64)
    one, first, two, second, last = np.split(theta, [72, 80, 80 + 1152, 1248])
    maps = halved(np.maximum(slid(x, one.reshape(8, 1, 3, 3), first), 0))
    maps = halved(np.maximum(slid(maps, two.reshape(16, 8, 3, 3), second), 0))
    table = last.reshape(10, 257)
    chances: Floats = softmax(maps.reshape(len(x), -1) @ table[:, :256].T + table[:, 256], axis=1)
    return chances


def asked() -> tuple[Floats, NDArray[np.int64]]:
    _, test = split(TRAINED, TESTED, SEED)
    return smoothed(test).x.astype(np.float64), test.labels
