"""Y[o, i, j] = b[o] + Σ_{c,k,l} X[c, i·s + k·d − p, j·s + l·d − p] · F[o, c, k, l], by the fastest
of four exact routes.

It is cross-correlation, as in every deep-learning library: the kernel is not flipped. Which route wins was measured
(`python -m tests.benchmarks convolution`): a single tap is a multiplication; few taps are bound by memory, and a
multiply-add over whole flattened rows, in blocks that stay in the cache, reads and writes least; many taps want the
FFT; many channels want one matrix product over windows. On small pictures the time is that of the calls: whatever
depends on the layer and the size alone is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import product
from typing import Any, Literal

import numpy as np
import scipy
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike
from scipy.linalg.blas import daxpy, saxpy

from kernels.layer.spec import Array, LayerSpec, Shape, SpecError

Route = Literal["scale", "shift", "fft", "windows"]
BLOCK = 2**14  # numbers: with as many of the image 256 kB of float64, half of a usual L2 cache
TILE = 256  # numbers along a side: a spectrum of half a megabyte, for the same reason
MOST_SHIFTS = 72  # products per output, above which the FFT is faster
MOST_MAPS = 8  # products of channels and maps, from which one matrix product is faster
NUMPY_MODE: dict[str, Any] = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is known before there are numbers, kept: on a small picture it would take longer than they do."""

    spec: LayerSpec
    out_shape: Shape
    dtype: np.dtype[Any]
    pads: tuple[tuple[int, int], ...]  # of `np.pad`; none where nothing is padded
    maps: Callable[[Array, Array, "Plan", Array], None]
    offsets: tuple[int, ...]  # for `_shift`


def correlate(image: ArrayLike, weight: ArrayLike, spec: LayerSpec, bias: ArrayLike | None = None) -> Array:
    """The output volume (O, H', W') of a (C, H, W) image under `weight` (O, C/groups, K, L) and `bias` (O,).

        Y[o, i, j] = b[o] + Σ_{c,k,l} X[c, i·s + k·d − p, j·s + l·d − p] · F[o, c, k, l]

    float32 stays float32 where image and weight both are; anything else is computed in float64. Raises SpecError where
    the arrays do not fit the spec.

    >>> image = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
    >>> correlate(image, [[[[1, 0], [0, -1]]]], LayerSpec(2))  # each pixel less its neighbour below right
    array([[[-4., -4.],
            [-4., -4.]]])
    """
    image, weight = np.asarray(image), np.asarray(weight)
    biases = None if bias is None else np.shape(bias)
    plan = _plan(spec, image.shape, image.dtype, weight.shape, weight.dtype, biases)
    image, weight = image.astype(plan.dtype, copy=False), weight.astype(plan.dtype, copy=False)
    padded = _padded(image, plan)
    out = np.empty(plan.out_shape, plan.dtype)
    if spec.groups == 1:
        plan.maps(padded, weight, plan, out)
    else:
        for part in zip(*(np.split(volume, spec.groups) for volume in (padded, weight, out)), strict=True):
            plan.maps(part[0], part[1], plan, part[2])
    if bias is not None:
        out += np.asarray(bias, plan.dtype)[:, None, None]
    return out


def route(spec: LayerSpec) -> Route:
    """The route `correlate` takes: products per output decide between them (thresholds measured on two cores).

    >>> route(LayerSpec(3)), route(LayerSpec(15)), route(LayerSpec(3, 16, 16))
    ('shift', 'fft', 'windows')
    """
    maps, channels, k, l = spec.weight_shape
    if maps // spec.groups * channels >= MOST_MAPS:
        return "windows"
    if channels * k * l == 1:
        return "scale"
    return "fft" if k * l / (spec.stride[0] * spec.stride[1]) > MOST_SHIFTS else "shift"


@lru_cache(maxsize=64)
def _plan(
    spec: LayerSpec,
    in_shape: tuple[int, ...],
    image: np.dtype[Any],
    weight_shape: tuple[int, ...],
    weight: np.dtype[Any],
    bias_shape: tuple[int, ...] | None,
) -> Plan:
    if len(in_shape) != 3:
        raise SpecError(f"image must have shape (C, H, W), got {in_shape}")
    if "c" in (image.kind, weight.kind):
        raise SpecError(f"image and weight must be real, got {image} and {weight}")
    if weight_shape != spec.weight_shape:
        raise SpecError(f"weight must have shape {spec.weight_shape} (O, C/groups, K, L), got {weight_shape}")
    if spec.bias != (bias_shape is not None):
        needed, got = ("given", "None") if spec.bias else ("None", f"one of shape {bias_shape}")
        raise SpecError(f"bias must be {needed} for a spec with bias={spec.bias}, got {got}")
    if bias_shape not in (None, (spec.out_channels,)):
        raise SpecError(f"bias must have shape ({spec.out_channels},), got {bias_shape}")
    out_shape, way = spec.out_shape(in_shape), route(spec)
    return Plan(
        spec,
        out_shape,
        np.dtype(np.float32 if image == weight == np.float32 else np.float64),
        ((0, 0), *spec.pads) if any(map(any, spec.pads)) else (),
        {"scale": _scale, "shift": _shift, "fft": _fft, "windows": _windows}[way],
        _offsets(spec, in_shape) if way == "shift" else (),
    )


def _padded(image: Array, plan: Plan) -> Array:
    if not plan.pads:
        return image
    if plan.spec.padding_mode != "zeros":
        return np.pad(image, plan.pads, mode=NUMPY_MODE[plan.spec.padding_mode])
    (top, bottom), (left, right) = plan.spec.pads  # a tenth of the time of `np.pad`, on a small image
    channels, height, width = image.shape
    padded = np.zeros((channels, top + height + bottom, left + width + right), image.dtype)
    padded[:, top : top + height, left : left + width] = image
    return padded


def _scale(padded: Array, weight: Array, plan: Plan, out: Array) -> None:
    """Write the image times its only weight into `out`: the map of one channel and one tap."""
    sr, sc = plan.spec.stride
    np.multiply(padded[:, ::sr, ::sc], weight[:, 0], out=out)


def _shift(padded: Array, weight: Array, plan: Plan, out: Array) -> None:
    """Add the image, moved by each tap and scaled by its weight, in flat strips of whole rows."""
    flat, cols = _phases(padded, plan.spec)
    _, height, width = out.shape
    axpy = saxpy if out.itemsize == 4 else daxpy
    step = min(height, max(1, BLOCK // cols))
    for o, values in enumerate(weight.reshape(len(out), -1).tolist()):
        for first in range(0, height, step):
            rows = min(step, height - first)
            strip = np.zeros((rows, cols), out.dtype)
            total, start, n = strip.reshape(-1), first * cols, (rows - 1) * cols + width
            for value, offset in zip(values, plan.offsets, strict=True):
                axpy(flat, total, n, value, start + offset)
            out[o, first : first + rows] = strip[:, :width]


def _phases(padded: Array, spec: LayerSpec) -> tuple[Array, int]:
    """The image in one flat row, and how many numbers a row of it has there.

    With stride s, output i and tap k meet at i·s + k·d: split into s interleaved phases, every tap reads one phase at
    step 1, so the same flat addition serves all strides.
    """
    (sr, sc), (channels, height, width) = spec.stride, padded.shape
    if sr == sc == 1:
        return padded.reshape(-1), width
    rows, cols = -(-height // sr), -(-width // sc)
    whole = np.pad(padded, ((0, 0), (0, rows * sr - height), (0, cols * sc - width)))
    return whole.reshape(channels, rows, sr, cols, sc).transpose(0, 2, 4, 1, 3).reshape(-1), cols


def _offsets(spec: LayerSpec, in_shape: Shape) -> tuple[int, ...]:
    """Where in the flat phases of the padded image every tap of one kernel begins to read."""
    (sr, sc), (dr, dc) = spec.stride, spec.dilation
    rows, cols = (-(-(n + sum(p)) // s) for n, p, s in zip(in_shape[1:], spec.pads, spec.stride, strict=True))
    return tuple(
        ((c * sr + k * dr % sr) * sc + l * dc % sc) * rows * cols + k * dr // sr * cols + l * dc // sc
        for c, k, l in np.ndindex(spec.weight_shape[1:])
    )


def _fft(padded: Array, weight: Array, plan: Plan, out: Array) -> None:
    """Correlation is a product of spectra with the kernel's conjugated, taken a tile at a time.

    A dilated kernel has zeros between its taps. What wraps around lies outside the outputs of the tile.
    """
    spec, (_, height, width) = plan.spec, out.shape
    (sr, sc), (dr, dc) = spec.stride, spec.dilation
    reach_rows, reach_cols = ((n - 1) * d + 1 for n, d in zip(spec.kernel_size, spec.dilation, strict=True))
    spread = np.zeros((*weight.shape[:2], reach_rows, reach_cols), out.dtype)
    spread[:, :, ::dr, ::dc] = weight
    (rows, tall), (cols, wide) = _tile(height, reach_rows, sr), _tile(width, reach_cols, sc)
    kernels = scipy.fft.rfft2(spread, (tall, wide)).conj()
    for i, j in product(range(0, height, rows), range(0, width, cols)):
        spectrum = scipy.fft.rfft2(padded[:, i * sr : i * sr + tall, j * sc : j * sc + wide], (tall, wide))
        for target, kernel in zip(out[:, i : i + rows, j : j + cols], kernels, strict=True):
            total = reduce(np.add, map(np.multiply, spectrum, kernel))
            full = scipy.fft.irfft2(total, (tall, wide), overwrite_x=True)
            target[:] = full[: target.shape[0] * sr : sr, : target.shape[1] * sc : sc]


def _tile(outputs: int, reach: int, stride: int) -> tuple[int, int]:
    """Along one axis: the outputs of a tile, all tiles nearly alike, and the inputs, a length the FFT likes."""
    room = max(TILE, 4 * reach)
    tiles = -(-outputs // ((room - reach) // stride + 1))
    step = -(-outputs // tiles)
    return step, scipy.fft.next_fast_len((step - 1) * stride + reach, real=True)


def _windows(padded: Array, weight: Array, plan: Plan, out: Array) -> None:
    """Lay every window out as a column and let BLAS multiply: (O, C·K·L) @ (C·K·L, H'·W')."""
    (sr, sc), (dr, dc) = plan.spec.stride, plan.spec.dilation
    reach = [(n - 1) * d + 1 for n, d in zip(plan.spec.kernel_size, (dr, dc), strict=True)]
    view = sliding_window_view(padded, reach, axis=(1, 2))[:, ::sr, ::sc, ::dr, ::dc]
    columns = view.transpose(0, 3, 4, 1, 2).reshape(weight[0].size, -1)
    out[:] = (weight.reshape(len(weight), -1) @ columns).reshape(out.shape)
