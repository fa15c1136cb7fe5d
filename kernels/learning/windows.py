"""The windows of a batch of images, and the way back: every tap adds where it read."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from kernels.layer.conv import NUMPY_MODE
from kernels.layer.spec import Array, LayerSpec


def windows(x: Array, spec: LayerSpec) -> Array:
    """The windows (B, C, H', W', K, L) of a padded batch (B, C, H, W); a view where nothing is padded.

    >>> windows(np.arange(4.0).reshape(1, 1, 1, 4), LayerSpec((1, 2)))[0, 0, 0, :, 0].tolist()
    [[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]
    """
    if any(map(any, spec.pads)):
        x = np.pad(x, ((0, 0), (0, 0), *spec.pads), mode=NUMPY_MODE[spec.padding_mode])
    (sr, sc), (dr, dc) = spec.stride, spec.dilation
    reach = [(n - 1) * d + 1 for n, d in zip(spec.kernel_size, spec.dilation, strict=True)]
    return sliding_window_view(x, reach, axis=(2, 3))[:, :, ::sr, ::sc, ::dr, ::dc]


def scattered(lost: Array, spec: LayerSpec, size: tuple[int, ...]) -> Array:
    """dL/dx (B, C, *size) for dL/d(windows of x): the adjoint of `windows`.

    Every pixel gets the sum of what was lost at all its windows; padding passes its part to the pixels it copied.

    >>> scattered(np.ones((1, 1, 1, 3, 1, 2)), LayerSpec((1, 2)), (1, 4)).ravel().tolist()
    [1.0, 2.0, 2.0, 1.0]
    """
    (sr, sc), (dr, dc) = spec.stride, spec.dilation
    rows, cols = lost.shape[2:4]
    total = np.zeros((*lost.shape[:2], *(n + sum(pads) for n, pads in zip(size, spec.pads, strict=True))), lost.dtype)
    for k, l in np.ndindex(*spec.kernel_size):
        total[:, :, k * dr : k * dr + rows * sr : sr, l * dc : l * dc + cols * sc : sc] += lost[..., k, l]
    if not any(map(any, spec.pads)):
        return total
    down, across = (
        np.pad(np.eye(n, dtype=lost.dtype), (pads, (0, 0)), mode=NUMPY_MODE[spec.padding_mode])
        for n, pads in zip(size, spec.pads, strict=True)
    )
    folded: Array = down.T @ total @ across
    return folded
