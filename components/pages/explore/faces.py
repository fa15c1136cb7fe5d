"""Two further ways to write the layer down, beside W: Wᵀ and im2col, and what they take. Pure."""

from dataclasses import replace
from math import prod

import numpy as np

from components.display import words
from components.display.layer import Layer, window_weights
from components.state.setup import Setup
from kernels.images.decode import unit
from kernels.layer.conv import correlate
from kernels.layer.spec import Bytes
from kernels.layer.storage import Storage, storage
from kernels.layer.transposed import correlate_transposed


def faces(state: Setup, layer: Layer, planes: Bytes) -> dict[str, str]:
    """What is said below Wᵀ and below im2col, by their names; the bias is left out, and all weights are tied."""
    sizes = storage(replace(layer.spec, bias=False), layer.in_shape)
    return {"transposed": _transposed(sizes, distance(state, layer, planes)), "im2col": _im2col(layer, sizes)}


def distance(state: Setup, layer: Layer, planes: Bytes) -> float:
    """‖WᵀWx − x‖ / ‖x‖, without the bias, over the channels of a picture (C, H, W).

    It is 0 where Wᵀ gives the picture back, and where the picture is black.
    """
    spec, weight = replace(layer.spec, bias=False), window_weights(state)[None, None]
    size = away = 0.0
    for plane in planes:
        x = unit(plane)[None]
        back = correlate_transposed(correlate(x, weight, spec), weight, spec, layer.in_shape)
        size += float((x**2).sum())
        away += float(((back - x) ** 2).sum())
    return float(np.sqrt(away / size)) if size else 0.0


def _transposed(sizes: Storage, away: float) -> str:
    rows, cols = sizes.dense.shape
    inverse = (
        "Here it even recovers the picture: ‖WᵀWx − x‖ = 0."
        if away < 1e-9
        else f"Not an inverse: ‖WᵀWx − x‖ = {words.figure(away)} · ‖x‖."
    )
    return (
        f"Wᵀ, {words.shape((cols, rows))}: column t scatters output t back over its window. It is the transposed "
        f"convolution, the one back-propagation uses. {inverse}"
    )


def _im2col(layer: Layer, sizes: Storage) -> str:
    pixels, columns = prod(layer.in_shape), sizes.im2col
    return (
        f"im2col, {words.shape(columns.shape)}: column t is the window of output t, so pixels repeat where W repeats "
        f"weights ({words.amount(pixels)} pixels, {words.amount(columns.numbers)} numbers). In float32: kernel "
        f"{words.size(sizes.kernel.bytes)}, im2col {words.size(columns.bytes)}, W sparse "
        f"{words.size(sizes.sparse.bytes)}, W in full {words.size(sizes.dense.bytes)}."
    )
