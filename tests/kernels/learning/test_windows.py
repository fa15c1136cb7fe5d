"""A window holds what the index formula says, and the way back gives every pixel what all the windows took from it."""

import numpy as np
from numpy.typing import NDArray

from kernels import LayerSpec
from kernels.learning.windows import scattered, windows
from tests.support.geometries import every_geometry, spec_of
from tests.support.oracles import Geometry, Pair, pad_index

Array = NDArray[np.float64]
BATCH = 2


def source(g: Geometry, place: Pair, tap: Pair) -> Pair | None:
    """The pixel that a tap reads at a place; None on zero padding."""
    i, j = (
        pad_index(at * s + k * d - before, n, g.mode)
        for at, k, s, d, (before, _), n in zip(place, tap, g.stride, g.dilation, g.pads, g.in_shape[1:], strict=True)
    )
    return None if i is None or j is None else (i, j)


def window_shape(g: Geometry) -> tuple[int, ...]:
    return BATCH, g.in_shape[0], *g.out_size, *g.kernel_size


def loop_windows(g: Geometry, x: Array) -> Array:
    found = np.zeros(window_shape(g))
    for i, j, k, m in np.ndindex(*g.out_size, *g.kernel_size):
        pixel = source(g, (i, j), (k, m))
        for b, c in np.ndindex(*x.shape[:2]):
            found[b, c, i, j, k, m] = 0.0 if pixel is None else x[b, c, pixel[0], pixel[1]]
    return found


def loop_scattered(g: Geometry, lost: Array) -> Array:
    total = np.zeros((BATCH, *g.in_shape))
    for i, j, k, m in np.ndindex(*g.out_size, *g.kernel_size):
        pixel = source(g, (i, j), (k, m))
        if pixel is not None:
            for b, c in np.ndindex(*total.shape[:2]):
                total[b, c, pixel[0], pixel[1]] += lost[b, c, i, j, k, m]
    return total


def drawn(g: Geometry) -> tuple[Array, Array]:
    """A batch of images, and what is lost at its windows; neither may be written to."""
    rng = np.random.default_rng(4)
    x, lost = rng.standard_normal((BATCH, *g.in_shape)), rng.standard_normal(window_shape(g))
    x.flags.writeable = lost.flags.writeable = False
    return x, lost


@every_geometry
def test_a_window_holds_the_pixels_its_taps_read_and_a_pixel_gets_back_what_all_its_windows_lost(g: Geometry) -> None:
    x, lost = drawn(g)
    found = windows(x, spec_of(g))
    assert found.shape == window_shape(g)
    np.testing.assert_array_equal(found, loop_windows(g, x))
    back = scattered(lost, spec_of(g), g.in_shape[1:])
    assert back.shape == (BATCH, *g.in_shape)
    np.testing.assert_allclose(back, loop_scattered(g, lost), rtol=0, atol=1e-12)


def test_windows_without_padding_are_a_view() -> None:
    x = np.zeros((3, 2, 6, 7))
    assert np.shares_memory(windows(x, LayerSpec(3, 2, stride=2)), x)


def test_float32_stays_float32() -> None:
    x = np.ones((1, 1, 3, 3), np.float32)
    for mode in ("zeros", "reflect", "replicate", "circular"):
        for padding in (0, 1):
            spec = LayerSpec(2, padding=padding, padding_mode=mode)
            seen = windows(x, spec)
            assert seen.dtype == scattered(seen, spec, (3, 3)).dtype == np.float32
