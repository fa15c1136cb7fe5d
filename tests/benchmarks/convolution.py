"""`correlate` against SciPy, PyTorch and OpenCV: one channel, no padding, on one thread.

    pip install torch --index-url https://download.pytorch.org/whl/cpu; pip install opencv-python-headless

All get the same numbers in the same type, in their own containers made beforehand, and give an array of NumPy; all
results are held equal. What counts is the time this thread spent on the processor, so that other programs matter
little. PyTorch and OpenCV are tools of this table, not of the app: those that are not installed are named.
"""

import importlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate as ndimage_correlate
from scipy.signal import correlate2d, fftconvolve, oaconvolve

from components.session.process import use_one_blas_thread
from kernels import LayerSpec, correlate
from tests.benchmarks.tables import alone, alone_in_turn, margin, spread, table, verdict

SIDES = (64, 128, 256, 512, 1024, 2048)
KERNELS = (1, 3, 5, 7, 11, 15, 21, 31)
LONGEST = 500.0  # ms of one call, above which a peer is left out of a cell
FAR = 3.0  # times the fastest peer's first call, above which a peer is not called again
TOLERANCE = {"float64": 1e-12, "float32": 1e-5}  # of the largest number, for sums in another order

Array = NDArray[Any]
Work = Callable[[], Array]
Maker = Callable[[Array, Array], Work]


def run() -> None:
    use_one_blas_thread()
    peers: dict[str, Maker] = {
        "correlate2d": lambda image, kernel: partial(correlate2d, image, kernel, "valid"),
        "fftconvolve": lambda image, kernel: partial(fftconvolve, image, _turned(kernel), "valid"),
        "oaconvolve": lambda image, kernel: partial(oaconvolve, image, _turned(kernel), "valid"),
        "ndimage": _ndimage,
    }
    missing = []
    for name, maker in (("torch", _torch), ("cv2", _opencv)):
        try:
            peers[name] = partial(maker, importlib.import_module(name))
        except ImportError:
            missing.append(name)
    absent = f"; not installed and left out: {', '.join(missing)}" if missing else ""
    for dtype in TOLERANCE:
        _compare(f"one channel, {dtype}, one thread", absent, dtype, peers)


def _compare(what: str, absent: str, dtype: str, peers: dict[str, Maker]) -> None:
    rows, ratios = [], np.empty((len(SIDES), len(KERNELS)))
    for r, side in enumerate(SIDES):
        remaining = dict(peers)
        for c, k in enumerate(KERNELS):
            row, ratios[r, c] = _cell(side, k, dtype, remaining)
            rows.append([*row, " ".join(peers.keys() - remaining.keys())])
    table(
        f"correlate against the best of SciPy and PyTorch, {what} (ms of processor time{absent}; goal: ratio <= 1; "
        "level: the 10th … 90th percentile of the paired ratios holds 1)",
        ["image", "kernel", "ours", "best peer", "", "ratio", "goal", "ours/OpenCV", f"not called: > {LONGEST:.0f} ms"],
        rows,
    )
    table(
        f"the same ratios, {what}: median {np.median(ratios):.2f}, largest {ratios.max():.2f}",
        ["image", *(f"{k}×{k}" for k in KERNELS)],
        [[f"{side}²", *(f"{one:.2f}" for one in row)] for side, row in zip(SIDES, ratios, strict=True)],
    )


def _cell(side: int, k: int, dtype: str, peers: dict[str, Maker]) -> tuple[list[str], float]:
    """A row of the table, and its ratio. Drops peers that take too long: with a larger kernel they would too."""
    rng = np.random.default_rng(0)
    image, kernel = rng.random((side, side)).astype(dtype), rng.standard_normal((k, k)).astype(dtype)
    ours = partial(correlate, image[None], kernel[None, None], LayerSpec(k))
    works = {name: make(image, kernel) for name, make in peers.items()}
    for name in [name for name, work in works.items() if min(alone(work), alone(work)) > LONGEST]:
        del peers[name], works[name]
    for work in works.values():
        _held_equal(work(), ours()[0])
    works = _fastest(works)
    own, *others = alone_in_turn(ours, *works.values())
    times = dict(zip(works, others, strict=True))
    opencv = margin(own, times.pop("cv2")) if "cv2" in times else "-"
    name, best = min(times.items(), key=lambda peer: float(np.median(peer[1])))
    row = [f"{side}²", f"{k}×{k}", spread(own, 4), name, spread(best, 4), margin(own, best), verdict(own, best), opencv]
    return row, float(np.median(np.array(own) / np.array(best)))


def _held_equal(found: Array, wanted: Array) -> None:
    most = TOLERANCE[wanted.dtype.name] * float(np.abs(wanted).max())
    assert found.dtype == wanted.dtype
    np.testing.assert_allclose(found, wanted, rtol=0, atol=most)


def _fastest(works: dict[str, Work]) -> dict[str, Work]:
    """Those that may be the fastest, and OpenCV's."""
    first = dict(zip(works, map(min, alone_in_turn(*works.values(), calls=3)), strict=True))
    limit = FAR * min(time for name, time in first.items() if name != "cv2")
    return {name: work for name, work in works.items() if name == "cv2" or first[name] <= limit}


def _turned(kernel: Array) -> Array:
    return np.ascontiguousarray(kernel[::-1, ::-1])


def _ndimage(image: Array, kernel: Array) -> Work:
    inner = _inner(image, kernel)
    return lambda: ndimage_correlate(image, kernel, mode="constant")[inner]


def _torch(torch: Any, image: Array, kernel: Array) -> Work:  # noqa: ANN401  # it has no types here
    torch.set_num_threads(1)
    conv, x, weight = torch.nn.functional.conv2d, *(torch.from_numpy(a)[None, None] for a in (image, kernel))
    return lambda: conv(x, weight).numpy()[0, 0]


def _opencv(cv2: Any, image: Array, kernel: Array) -> Work:  # noqa: ANN401  # as above
    cv2.setNumThreads(1)
    inner = _inner(image, kernel)
    return lambda: cv2.filter2D(image, -1, kernel)[inner]


def _inner(image: Array, kernel: Array) -> tuple[slice, slice]:
    """The outputs that read no padding, of an odd kernel."""
    return tuple(slice(k // 2, n - k // 2) for n, k in zip(image.shape, kernel.shape, strict=True))  # type: ignore[return-value]
