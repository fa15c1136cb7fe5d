"""A window holds what the index formula says, and the way back gives every pixel what all the windows took from it."""

import numpy as np

from kernels import LayerSpec
from kernels.learning.windows import scattered, windows
from tests.support.geometries import every_geometry, spec_of
from tests.support.oracles import Geometry, loop_taps

BATCH = 2


@every_geometry
def test_a_window_holds_the_pixels_its_taps_read_and_a_pixel_gets_back_what_all_its_windows_lost(g: Geometry) -> None:
    shape, rng = (BATCH, g.in_shape[0], *g.out_size, *g.kernel_size), np.random.default_rng(4)
    x, lost = rng.standard_normal((BATCH, *g.in_shape)), rng.standard_normal(shape)
    x.flags.writeable = lost.flags.writeable = False
    wanted, total = np.zeros(shape), np.zeros((BATCH, g.n_inputs))
    for place, pixel, (c, k, l) in loop_taps(g):
        at = c, *divmod(place, g.out_size[1]), k, l
        wanted[:, *at] = x.reshape(BATCH, -1)[:, pixel]
        total[:, pixel] += lost[:, *at]
    found, back = windows(x, spec_of(g)), scattered(lost, spec_of(g), g.in_shape[1:])
    assert (found.shape, back.shape) == (shape, x.shape)
    np.testing.assert_array_equal(found, wanted)
    np.testing.assert_allclose(back, total.reshape(x.shape), rtol=0, atol=1e-12)


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
