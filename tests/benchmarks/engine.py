"""`weave` and `correlate` against what they replace."""

from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate2d, fftconvolve

from kernels import LayerSpec, correlate, threads, weave, wiring
from tests.benchmarks.tables import in_turn, ratio, spread, table

TILES = 600


def run() -> None:
    weave_is_flat()
    weave_against_binning()
    correlate_against_scipy()


Case = tuple[LayerSpec, tuple[int, int, int], NDArray[np.int64]]


def whole(k: int, side: int) -> Case:
    """All of W of a k×k layer on a side×side image, and the edges of its tiles."""
    cells = side * side
    return LayerSpec(k, padding="same"), (1, side, side), np.arange(TILES + 1) * cells // TILES


def woven(spec: LayerSpec, shape: tuple[int, int, int], edges: NDArray[np.int64]) -> object:
    return weave(spec, shape, edges, edges)


def threaded(spec: LayerSpec, shape: tuple[int, int, int], edges: NDArray[np.int64]) -> object:
    return list(threads(spec, shape, edges, edges))


def binned(spec: LayerSpec, shape: tuple[int, int, int], edges: NDArray[np.int64]) -> object:
    """The same picture by building every connection and counting it into its tile."""
    wired = wiring("conv", spec, shape)
    r = np.searchsorted(edges, wired.targets, "right") - 1
    c = np.searchsorted(edges, wired.sources, "right") - 1
    return np.bincount((wired.ids * TILES + r) * TILES + c, minlength=wired.n_params * TILES * TILES)


def weave_is_flat() -> None:
    """600×600 tiles of all of W: a 64² image (1.7·10⁷ cells) in turn with a 4096² one (2.8·10¹⁴ cells)."""
    rows = []
    for k, goal in ((3, 20), (7, 80), (15, 300)):
        for name, work in (("weave", woven), ("threads", threaded)):
            times = in_turn(*(partial(work, *whole(k, side)) for side in (64, 4096)))
            cells = [spread(times[0]), spread(times[1]), ratio(times[1], times[0]), f"< {goal}"]
            rows.append([f"{k}×{k}", name, *cells])
    table(
        "weave: 600×600 tiles, time flat in the image's size (ms; ratio goal <= 1.3)",
        ["kernel", "", "64²", "4096²", "4096²/64²", "goal"],
        rows,
    )


def weave_against_binning() -> None:
    rows = []
    for side in (64, 256):
        ours, theirs = in_turn(partial(woven, *whole(3, side)), partial(binned, *whole(3, side)), runs=7)
        rows.append([f"{side}²", spread(ours), spread(theirs), ratio(ours, theirs)])
    table("weave against binning every connection (3×3, ms)", ["image", "weave", "binning", "ratio"], rows)


def correlate_against_scipy() -> None:
    rows = []
    rng = np.random.default_rng(0)
    for side, k in product((64, 256, 512, 1024), (3, 5, 7, 11, 15)):
        image, kernel = rng.random((side, side)), rng.standard_normal((k, k))
        peers = {"fftconvolve": partial(fftconvolve, image, kernel[::-1, ::-1], "valid")}
        if side * k <= 256 * 7:
            peers["correlate2d"] = partial(correlate2d, image, kernel, "valid")
        ours, *others = in_turn(
            partial(correlate, image[None], kernel[None, None], LayerSpec(k)), *peers.values(), runs=9
        )
        name, best = min(zip(peers, others, strict=True), key=lambda peer: float(np.median(peer[1])))
        rows.append([f"{side}²", f"{k}×{k}", spread(ours), f"{name} {spread(best)}", ratio(ours, best)])
    table("correlate against the best of SciPy, one channel (ms)", ["image", "kernel", "ours", "peer", "ratio"], rows)
