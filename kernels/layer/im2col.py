"""im2col: every window of the picture laid out as a column, so that a convolution is one small dense product."""

from math import prod

import numpy as np
from numpy.typing import ArrayLike

from kernels.layer.axis import PADDING
from kernels.layer.spec import Array, LayerSpec, SpecError
from kernels.layer.wiring import MAX_CONNECTIONS


def im2col(image: ArrayLike, spec: LayerSpec) -> Array:
    """X_col (C·K·L, H'·W'): column t holds what output t reads of a (C, H, W) image, 0 where a tap falls on padding.

        Y = W_row · X_col,  W_row the weights (O, C·K·L)

    Rows run over channels, then tap rows, then tap columns, as in `torch.nn.functional.unfold`; with groups, each
    group multiplies the rows of its own channels. X_col repeats pixels where W repeats weights. The type is the
    image's. Raises SpecError where the image does not fit the layer, and above MAX_CONNECTIONS numbers with how many
    it would take. Chellapilla, Puri & Simard, 2006, High performance convolutional neural networks for document
    processing.

    >>> im2col([[[1, 2, 3], [4, 5, 6]]], LayerSpec(2))  # the pixels 2 and 5 are in both windows
    array([[1, 2],
           [2, 3],
           [4, 5],
           [5, 6]])
    """
    pixels = np.asarray(image)
    if pixels.ndim != 3:
        raise SpecError(f"image must have shape (C, H, W), got {pixels.shape}")
    channels, height, width = pixels.shape
    rows, cols = spec.axes((channels, height, width))
    shape = channels * prod(spec.kernel_size), rows.out * cols.out
    if prod(shape) > MAX_CONNECTIONS:
        raise SpecError(
            f"image {pixels.shape} under a kernel of {spec.kernel_size} needs {prod(shape):,} numbers as columns, more "
            f"than the {MAX_CONNECTIONS:,} that are ever built: ask storage(), which answers at any size"
        )
    edged = np.pad(pixels, ((0, 0), (0, -PADDING), (0, -PADDING)))  # index PADDING, the last, is the zero beyond
    columns: Array = edged[:, rows.sources()[:, None, :, None], cols.sources()[None, :, None, :]].reshape(shape)
    return columns
