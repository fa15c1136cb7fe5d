"""Y[o, i, j] = b[o] + Σ_{c,k,l} X[c, i·s + k·d − p, j·s + l·d − p] · F[o, c, k, l], by the fastest
of three exact routes.

It is cross-correlation, as in every deep-learning library: the kernel is not flipped. Which route wins was measured
(`python -m tests.benchmarks`): one channel and few taps are bound by memory, and a multiply-add over whole flattened
rows, in blocks that stay in the cache, reads and writes least; many taps want the FFT; many channels want one matrix
product over windows.
"""

from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray
from scipy import fft
from scipy.linalg.blas import daxpy, saxpy

from kernels.spec import LayerSpec, Shape, SpecError

Route = Literal["shift", "fft", "windows"]
BLOCK = 8192  # numbers: 64 kB of float64, half of a usual L2 cache
NUMPY_MODE: dict[str, Any] = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}

Array = NDArray[Any]


def correlate(image: ArrayLike, weight: ArrayLike, spec: LayerSpec, bias: ArrayLike | None = None) -> Array:
    """The output volume (O, H', W') of a (C, H, W) image under `weight` (O, C/groups, K, L) and `bias` (O,).

    float32 stays float32 where image and weight both are; anything else is computed in float64. Raises SpecError.
    """
    image, weight = np.asarray(image), np.asarray(weight)
    out_shape = _check(image, weight, spec, bias)
    dtype = np.float32 if image.dtype == weight.dtype == np.float32 else np.float64
    image, weight = image.astype(dtype, copy=False), weight.astype(dtype, copy=False)
    padded = np.pad(image, ((0, 0), *spec.pads), mode=NUMPY_MODE[spec.padding_mode])
    maps = {"shift": _shift, "fft": _fft, "windows": _windows}[route(spec)]
    out = np.empty(out_shape, dtype)
    for g in range(spec.groups):
        ins, outs = (slice(g * n // spec.groups, (g + 1) * n // spec.groups) for n in (len(image), len(out)))
        maps(padded[ins], weight[outs], spec, out[outs])
    if bias is not None:
        out += np.asarray(bias, dtype)[:, None, None]
    return out


def route(spec: LayerSpec) -> Route:
    """The route `correlate` takes: products per output decide between them (thresholds measured on two cores)."""
    maps, channels, k, l = spec.weight_shape
    if maps // spec.groups * channels >= 8:
        return "windows"
    return "fft" if k * l / (spec.stride[0] * spec.stride[1]) > 49 else "shift"


def _shift(padded: Array, weight: Array, spec: LayerSpec, out: Array) -> None:
    """Add the image, moved by each tap and scaled by its weight, one flat block at a time.

    With stride s, output i and tap k meet at i·s + k·d: split into s interleaved phases, every tap reads one phase at
    step 1, so the same flat addition serves all strides.
    """
    (sr, sc), (dr, dc) = spec.stride, spec.dilation
    channels, height, width = padded.shape
    rows, cols = -(-height // sr), -(-width // sc)
    whole = np.pad(padded, ((0, 0), (0, rows * sr - height), (0, cols * sc - width)))
    phases = np.ascontiguousarray(whole.reshape(channels, rows, sr, cols, sc).transpose(0, 2, 4, 1, 3))
    flat = phases.reshape(channels, sr, sc, rows * cols)
    _, out_height, out_width = out.shape
    length = (out_height - 1) * cols + out_width
    axpy = saxpy if out.dtype == np.float32 else daxpy
    for target, kernel in zip(out, weight, strict=True):
        total = np.zeros(out_height * cols, out.dtype)
        taps = [
            (flat[c, k * dr % sr, l * dc % sc][k * dr // sr * cols + l * dc // sc :], float(kernel[c, k, l]))
            for c, k, l in np.ndindex(channels, *spec.kernel_size)
        ]
        for start in range(0, length, BLOCK):
            stop = min(start + BLOCK, length)
            for source, value in taps:
                axpy(source[start:stop], total[start:stop], a=value)
        target[:] = total.reshape(out_height, cols)[:, :out_width]


def _fft(padded: Array, weight: Array, spec: LayerSpec, out: Array) -> None:
    """Correlation is a product of spectra with the kernel's conjugated; a dilated kernel has zeros between its taps."""
    (sr, sc), (dr, dc) = spec.stride, spec.dilation
    spread = np.zeros(
        (*weight.shape[:2], *((n - 1) * d + 1 for n, d in zip(spec.kernel_size, (dr, dc), strict=True))), out.dtype
    )
    spread[:, :, ::dr, ::dc] = weight
    size = [fft.next_fast_len(n, real=True) for n in padded.shape[1:]]
    spectrum = fft.rfft2(padded, size)
    for target, kernel in zip(out, spread, strict=True):
        full = fft.irfft2((spectrum * fft.rfft2(kernel, size).conj()).sum(axis=0), size)
        target[:] = full[: target.shape[0] * sr : sr, : target.shape[1] * sc : sc][: target.shape[0], : target.shape[1]]


def _windows(padded: Array, weight: Array, spec: LayerSpec, out: Array) -> None:
    """Lay every window out as a column and let BLAS multiply: (O, C·K·L) @ (C·K·L, H'·W')."""
    (sr, sc), (dr, dc) = spec.stride, spec.dilation
    reach = [(n - 1) * d + 1 for n, d in zip(spec.kernel_size, (dr, dc), strict=True)]
    view = sliding_window_view(padded, reach, axis=(1, 2))[:, ::sr, ::sc, ::dr, ::dc]
    columns = view.transpose(0, 3, 4, 1, 2).reshape(weight[0].size, -1)
    out[:] = (weight.reshape(len(weight), -1) @ columns).reshape(out.shape)


def _check(image: Array, weight: Array, spec: LayerSpec, bias: ArrayLike | None) -> Shape:
    if image.ndim != 3:
        raise SpecError(f"image must have shape (C, H, W), got {image.shape}")
    if np.iscomplexobj(image) or np.iscomplexobj(weight):
        raise SpecError(f"image and weight must be real, got {image.dtype} and {weight.dtype}")
    if weight.shape != spec.weight_shape:
        raise SpecError(f"weight must have shape {spec.weight_shape} (O, C/groups, K, L), got {weight.shape}")
    if spec.bias != (bias is not None):
        raise SpecError(
            f"bias must be {'given' if spec.bias else 'None'} for a spec with bias={spec.bias}, got {bias!r}"
        )
    if bias is not None and np.shape(bias) != (spec.out_channels,):
        raise SpecError(f"bias must have shape ({spec.out_channels},), got {np.shape(bias)}")
    return spec.out_shape((image.shape[0], image.shape[1], image.shape[2]))
