"""`weave` against what it replaces."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from kernels import LayerSpec, threads, weave, wiring
from tests.benchmarks.tables import alone_in_turn, in_turn, margin, ratio, spread, table

TILES = 600


def run() -> None:
    weave_is_flat()
    weave_against_binning()


Case = tuple[LayerSpec, tuple[int, int, int], NDArray[np.int64]]


def whole(k: int, side: int) -> Case:
    """All of W of a k×k layer on a side×side image, and the edges of its tiles."""
    cells = side * side
    return LayerSpec(k, padding="same"), (1, side, side), np.arange(TILES + 1) * cells // TILES


def woven(spec: LayerSpec, shape: tuple[int, int, int], edges: NDArray[np.int64]) -> NDArray[np.integer]:
    return weave(spec, shape, edges, edges)


def threaded(spec: LayerSpec, shape: tuple[int, int, int], edges: NDArray[np.int64]) -> object:
    return list(threads(spec, shape, edges, edges))


def binned(spec: LayerSpec, shape: tuple[int, int, int], edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """The picture of `weave` from the sparse matrix, whose cells hold the numbers of weights, counted into tiles."""
    wired = wiring("conv", spec, shape)
    W = wired.matrix(np.arange(1.0, wired.n_params + 1)).tocoo()
    r = np.searchsorted(edges, W.row, "right") - 1
    c = np.searchsorted(edges, W.col, "right") - 1
    cells = (W.data.astype(np.int64) - 1) * TILES * TILES + r * TILES + c
    return np.bincount(cells, minlength=wired.n_params * TILES * TILES)


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
    for side, k in ((64, 3), (64, 7), (256, 3), (256, 7), (512, 3)):
        case = whole(k, side)
        np.testing.assert_array_equal(np.ravel(woven(*case)), binned(*case))
        ours, theirs = alone_in_turn(partial(woven, *case), partial(binned, *case))
        rows.append([f"{side}²", f"{k}×{k}", spread(ours), spread(theirs), margin(ours, theirs)])
    table(
        "weave against building the sparse matrix and binning it, the same numbers "
        "(600×600 tiles of all of W, ms of processor time)",
        ["image", "kernel", "weave", "matrix and bins", "ratio"],
        rows,
    )
