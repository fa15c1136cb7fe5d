"""One gradient step for a kernel whose uses have become weights of their own, and for the kernel that they share.

    loss ½ Σ (y − t)²,  y = W x + b
    each copy:    w[t, s] ← F[id] − η · e[t] · x[s],  e = y − t
    shared:       F[id] ← F[id] − η · Σ e[t] · x[s] over its uses       (`Wiring.collect`)
    tied again:   the mean of the copies, F[id] − η/n · Σ e[t] · x[s],  n its uses

So the copies drift apart because each sees other pixels, and their mean goes where the shared weight goes, n times
more slowly.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from kernels.layer.counts import count
from kernels.layer.kinds import wiring
from kernels.layer.spec import Floats, Ints, LayerSpec, Shape, SpecError

MOST = 2**13  # connections: as many copies as are ever drawn one by one


@dataclass(frozen=True, slots=True, eq=False)
class UntiedStep:
    """What one step does. Maps (K, L, H', W') have a number for each use of a weight, NaN where it lies on padding.

    loss: before the step. gradients: ∂L/∂w of each copy. copies: after the step. uses, shared_gradient, shared, tied,
    spread (K, L): of each weight how often it is used, the sum of its copies' gradients, where it goes if it stays
    shared, where it goes if its copies are tied again, and the standard deviation of the copies: how far they drifted.
    """

    loss: float
    gradients: Floats
    copies: Floats
    uses: Ints
    shared_gradient: Floats
    shared: Floats
    tied: Floats
    spread: Floats


def untied_step(
    spec: LayerSpec, images: ArrayLike, weight: ArrayLike, targets: ArrayLike, rate: float, bias: float = 0.0
) -> UntiedStep:
    """One step of `rate` η from a kernel (K, L), for images (N, H, W) whose outputs should be targets (N, H', W').

    The layer has one channel and one map, and its bias stays as it is. The loss and its gradients are summed over the
    images. Raises SpecError where the arrays do not fit, and above MOST connections with how many there are.

    >>> step = untied_step(LayerSpec((1, 2)), [[[1.0, 2.0, 3.0]]], [[0.0, 1.0]], [[[0.0, 0.0]]], rate=0.1)
    >>> step.gradients.tolist()  # e = (2, 3): each copy takes its output's error times its input
    [[[[2.0, 6.0]], [[4.0, 9.0]]]]
    >>> step.shared_gradient.tolist()
    [[8.0, 13.0]]
    """
    x, F, t = (np.asarray(part, dtype=np.float64) for part in (images, weight, targets))
    bare = replace(spec, bias=False)
    if x.ndim != 3:
        raise SpecError(f"images must have shape (N, H, W), got {x.shape}")
    in_shape = 1, x.shape[1], x.shape[2]
    _, height, width = _check(bare, in_shape, F, t, len(x))
    conv = wiring("conv", bare, in_shape)
    y = np.stack([conv.product(F.ravel(), image.ravel()) for image in x]) + bias
    error = y - t.reshape(len(x), -1)
    each = (error[:, conv.targets] * x.reshape(len(x), -1)[:, conv.sources]).sum(axis=0)
    gradients = np.full((F.size, height * width), np.nan)
    gradients[conv.ids, conv.targets] = each
    copies = F.reshape(-1, 1) - rate * gradients
    real = ~np.isnan(copies)
    uses = real.sum(axis=1)
    tied = np.where(real, copies, 0).sum(axis=1) / np.maximum(uses, 1) + np.where(uses, 0, F.ravel())
    away = np.where(real, copies - tied[:, None], 0)
    shared_gradient = conv.collect(each).reshape(F.shape)
    return UntiedStep(
        loss=float((error**2).sum() / 2),
        gradients=gradients.reshape(*F.shape, height, width),
        copies=copies.reshape(*F.shape, height, width),
        uses=uses.reshape(F.shape),
        shared_gradient=shared_gradient,
        shared=F - rate * shared_gradient,
        tied=tied.reshape(F.shape),
        spread=np.sqrt((away**2).sum(axis=1) / np.maximum(uses, 1)).reshape(F.shape),
    )


def check_size(spec: LayerSpec, in_shape: Shape) -> None:
    """Raises SpecError, with how many connections there are, where a layer has more than are untied one by one.

    >>> check_size(LayerSpec(3), (1, 8, 8))
    """
    connections = count("conv", replace(spec, bias=False), in_shape).connections
    if connections > MOST:
        raise SpecError(
            f"this layer has {connections:,} connections, and at most {MOST:,} are untied one by one: make the picture "
            f"or the kernel smaller"
        )


def _check(spec: LayerSpec, in_shape: Shape, weight: Floats, targets: Floats, n: int) -> Shape:
    """The shape of the output, once everything fits."""
    out_shape = spec.out_shape(in_shape)
    if spec.out_channels != 1:
        raise SpecError(f"out_channels must be 1 where copies are untied one by one, got {spec.out_channels}")
    if weight.shape != spec.kernel_size:
        raise SpecError(f"weight must have shape {spec.kernel_size}, got {weight.shape}")
    if targets.shape != (n, *out_shape[1:]):
        raise SpecError(f"targets must have shape {(n, *out_shape[1:])}, got {targets.shape}")
    check_size(spec, in_shape)
    return out_shape
