"""First weights that see edges: derivatives of a Gaussian in every direction, in place of random ones."""

from math import prod

import numpy as np

from kernels.layer.spec import Array, Floats
from kernels.learning.linear import Wired
from kernels.networks.blocks import Tabled
from kernels.networks.plan import Row
from kernels.networks.receptive_fields import window


def edges(maps: int, channels: int, K: int, L: int) -> Floats:
    """Kernels (maps, channels, K, L): map o sees edges at the angle a = π·o/maps, alike in all channels.

    F = (cos a · x + sin a · y) · exp(−(x² + y²) / 2σ²), σ a quarter of the longer side, of length 1 over all channels
    (Freeman & Adelson 1991: such derivatives can be steered). Zeros where a kernel is too small for its direction.

    >>> edges(2, 1, 1, 3).round(3).tolist()  # in one row, edges at 0° only
    [[[[-0.707, 0.0, 0.707]]], [[[0.0, 0.0, 0.0]]]]
    """
    y, x = np.meshgrid(np.arange(K) - (K - 1) / 2, np.arange(L) - (L - 1) / 2, indexing="ij")
    hill = np.exp(-(x**2 + y**2) / (2 * (max(K, L) / 4) ** 2))
    angles = np.pi * np.arange(maps)[:, None, None] / maps
    kernels = (np.cos(angles) * x + np.sin(angles) * y) * hill
    length = np.sqrt(channels * (kernels**2).sum(axis=(1, 2), keepdims=True))
    kernels = np.divide(kernels, length, out=np.zeros_like(kernels), where=length > 1e-12)
    return np.repeat(kernels[:, None], channels, axis=1)


def oriented(rows: tuple[Row, ...], theta: Array) -> Array:
    """θ with `edges` as the kernels of the first layer that has windows and weights; 1×1 kernels stay as they are."""
    row, bank = first_bank(rows)
    if row is None:
        return theta
    theta, layer = theta.copy(), row.layer
    if isinstance(layer, Wired):
        weights, _ = layer.split(theta[row.part], row.in_shape)
        weights[...] = bank[..., None]
    elif isinstance(layer, Tabled):
        reads = np.array([len(some) for some in layer.table])[:, None, None, None]
        bank *= np.sqrt(bank.shape[1] / reads)  # of length 1 over the channels that are read
        kept = layer.kept[layer.kept < prod(bank.shape)]
        theta[row.part][: len(kept)] = bank.ravel()[kept]
    return theta


def first_bank(rows: tuple[Row, ...]) -> tuple[Row | None, Floats]:
    """The first row that has windows and weights, with its `edges`; None where it has none, or only 1×1 kernels."""
    for row in rows:
        if isinstance(row.layer, Wired | Tabled) and window(row.layer):
            bank = edges(*row.layer.spec.weight_shape)
            return (row, bank) if bank.any() else (None, bank)
    return None, np.zeros(0)
