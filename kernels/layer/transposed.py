"""Wᵀ: the connections of a layer turned round, so that what the convolution gathers is scattered back.

    (Wᵀ y)[s] = Σ W[t, s] · y[t] over the connections from s to t
    ⟨W x, y⟩ = ⟨x, Wᵀ y⟩

It is the transposed convolution, and the gradient ∂L/∂x from ∂L/∂y. It is not an inverse: WᵀW ≠ I.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from kernels.layer.axis import AFTER, BEFORE, Axis
from kernels.layer.spec import Floats, LayerSpec, Shape, SpecError
from kernels.layer.wiring import Wiring


def transposed(wires: Wiring) -> Wiring:
    """The wiring of Wᵀ (inputs [+ 1 with bias], outputs): each connection turned round, with the id it had.

    `matrix` makes Wᵀ, `product` takes y (outputs,) to Wᵀ y (inputs [+ 1],), and `collect` sums gradients over the
    uses of a weight as before: which weights are shared does not change. Every wiring has one.
    Dumoulin & Visin, 2016, A guide to convolution arithmetic for deep learning.

    >>> from kernels.layer.kinds import wiring
    >>> conv = wiring("conv", LayerSpec((1, 2)), (1, 1, 3))
    >>> transposed(conv).matrix([5, 7]).toarray()
    array([[5, 0],
           [7, 5],
           [0, 7]])
    >>> transposed(conv).product([5, 7], [1, 10]).tolist()  # each output scattered over its window
    [5.0, 57.0, 70.0]
    """
    return replace(wires, targets=wires.sources, sources=wires.targets, shape=wires.shape[::-1])


def correlate_transposed(output: ArrayLike, weight: ArrayLike, spec: LayerSpec, in_shape: Shape) -> Floats:
    """Wᵀ y as a picture (C, H, W), without W, for y (O, H', W') and weights (O, C/groups, K, L).

    Each output adds its multiple of the kernel to the padded picture, and the border is folded back to the pixels it
    repeats. A bias has no part in it. Raises SpecError where the arrays do not fit the layer.

    >>> correlate_transposed([[[1, 10]]], [[[[5, 7]]]], LayerSpec((1, 2)), (1, 1, 3)).tolist()
    [[[5.0, 57.0, 70.0]]]
    """
    y, F = np.asarray(output, dtype=np.float64), np.asarray(weight, dtype=np.float64)
    if y.shape != spec.out_shape(in_shape):
        raise SpecError(f"output must have shape {spec.out_shape(in_shape)}, got {y.shape}")
    if F.shape != spec.weight_shape:
        raise SpecError(f"weight must have shape {spec.weight_shape}, got {F.shape}")
    rows, cols = spec.axes(in_shape)
    scattered = np.zeros((in_shape[0], *(axis.before + axis.size + axis.after for axis in (rows, cols))))
    groups = zip(*(np.split(volume, spec.groups) for volume in (scattered, y, F)), strict=True)
    for into, maps, kernels in groups:
        for k, l in np.ndindex(spec.kernel_size):
            into[:, _visited(rows, k), _visited(cols, l)] += np.tensordot(kernels[:, :, k, l].T, maps, 1)
    return _folded(_folded(scattered, rows, 1), cols, 2)


def _visited(axis: Axis, tap: int) -> slice:
    """The places of the padded axis that this tap reads, an output after the other."""
    first = tap * axis.dilation
    return slice(first, first + (axis.out - 1) * axis.stride + 1, axis.stride)


def _folded(padded: Floats, axis: Axis, along: int) -> Floats:
    """The values without their border, each border value added to the pixel it repeats, if it repeats one."""
    before, n = axis.before, axis.size
    lines = np.moveaxis(padded, along, 0)
    real = lines[before : before + n].copy()
    for fold, places in ((BEFORE.get(axis.mode), range(-before, 0)), (AFTER.get(axis.mode), range(n, n + axis.after))):
        if fold is None:
            continue
        sizes, constant, sign = fold
        for place in places:
            real[sizes * n + constant + sign * place] += lines[before + place]
    return np.moveaxis(real, 0, along)
