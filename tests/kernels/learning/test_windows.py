"""A window holds what the index formula says, and the way back gives every pixel what all the windows took from it."""

import numpy as np
from numpy.typing import NDArray

from kernels import LayerSpec
from kernels.learning.windows import scattered, windows
from tests.support.geometries import TABLE, every_geometry, position_coded, spec_of
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
    """A batch of images, and what is lost at its windows."""
    rng = np.random.default_rng(4)
    return rng.standard_normal((BATCH, *g.in_shape)), rng.standard_normal(window_shape(g))


@every_geometry
def test_a_window_holds_the_pixels_its_taps_read_and_a_pixel_gets_back_what_all_its_windows_lost(g: Geometry) -> None:
    x, lost = drawn(g)
    found = windows(x, spec_of(g))
    assert found.shape == window_shape(g)
    np.testing.assert_array_equal(found, loop_windows(g, x))
    back = scattered(lost, spec_of(g), g.in_shape[1:])
    assert back.shape == (BATCH, *g.in_shape)
    np.testing.assert_allclose(back, loop_scattered(g, lost), rtol=0, atol=1e-12)


def test_a_window_of_a_position_coded_image_reads_as_its_pixels() -> None:
    found = windows(position_coded(5, 6)[None], LayerSpec(2, stride=(2, 1), dilation=(1, 3)))
    assert found.shape == (1, 1, 2, 3, 2, 2)
    assert found[0, 0, 1, 2].tolist() == [[22, 25], [32, 35]]


def test_an_even_kernel_that_keeps_the_size_reads_one_more_below_and_to_the_right() -> None:
    found = windows(position_coded(3, 3)[None] + 1, LayerSpec(2, padding="same"))
    assert found[0, 0, 0, 0].tolist() == [[1, 2], [11, 12]]
    assert found[0, 0, 2, 2].tolist() == [[23, 0], [0, 0]]


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


def test_neither_way_changes_what_it_is_given() -> None:
    g = next(g for g in TABLE if g.mode == "reflect")
    x, lost = drawn(g)
    kept = x.copy(), lost.copy()
    windows(x, spec_of(g))
    scattered(lost, spec_of(g), g.in_shape[1:])
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(lost, kept[1])
