"""Every route computes the same map, however it is cut into strips and tiles, and no call leaves the next anything."""

from collections.abc import Iterator

import numpy as np
import pytest
from scipy import signal

from kernels import LayerSpec, SpecError, correlate
from kernels.layer import conv
from tests.kernels.layer.test_conv import Array, assert_close
from tests.support.geometries import ALL, data_for, spec_of
from tests.support.oracles import Geometry, Pair, correlate_geometry


@pytest.fixture
def forgotten() -> Iterator[None]:
    """No plan of another test is used here, and none of here in another."""
    conv._plan.cache_clear()
    yield
    conv._plan.cache_clear()


def everywhere(image: Array, kernel: Array) -> Array:
    """By SciPy's FFT, which has no strips and no tiles."""
    found: Array = signal.fftconvolve(image, kernel[::-1, ::-1], "valid")
    return found


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("way", ["shift", "fft", "windows"])
@pytest.mark.parametrize("g", ALL[::3], ids=str)
def test_every_route_equals_the_loops_for_every_geometry(
    g: Geometry, way: conv.Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conv, "route", lambda _: way)
    monkeypatch.setattr(conv, "BLOCK", 20)
    monkeypatch.setattr(conv, "TILE", 1)
    image, weight, bias = data_for(g)
    assert_close(correlate(image, weight, spec_of(g), bias), correlate_geometry(g, image, weight, bias))


@pytest.mark.parametrize("size", [(300, 521), (257, 1030), (20, 1500), (700, 33)])
@pytest.mark.parametrize("kernel", [(1, 1), (3, 5), (7, 7), (13, 11), (20, 31), (1, 100)])
def test_images_of_many_strips_and_tiles_equal_scipy(size: Pair, kernel: Pair) -> None:
    rng = np.random.default_rng(11)
    if kernel[0] > size[0] or kernel[1] > size[1]:
        kernel = (kernel[1], kernel[0])
    image, weight = rng.random((1, *size)), rng.standard_normal((1, 1, *kernel))
    assert_close(correlate(image, weight, LayerSpec(kernel))[0], everywhere(image[0], weight[0, 0]))


@pytest.mark.parametrize("stride", [(2, 3), (5, 1), (1, 7)])
@pytest.mark.parametrize("kernel", [(3, 3), (25, 24)])
def test_strides_meet_where_tiles_and_strips_do(stride: Pair, kernel: Pair) -> None:
    rng = np.random.default_rng(12)
    image, weight = rng.random((1, 611, 700)), rng.standard_normal((1, 1, *kernel))
    y = correlate(image, weight, LayerSpec(kernel, stride=stride))
    assert_close(y[0], everywhere(image[0], weight[0, 0])[:: stride[0], :: stride[1]])


def test_a_row_longer_than_a_block_is_one_strip() -> None:
    rng = np.random.default_rng(13)
    image, weight = rng.random((1, 6, 3 * conv.BLOCK)), rng.standard_normal((1, 1, 3, 3))
    assert_close(correlate(image, weight, LayerSpec(3))[0], everywhere(image[0], weight[0, 0]))


@pytest.mark.parametrize(
    ("spec", "way"),
    [
        (LayerSpec(1), "scale"),
        (LayerSpec(1, stride=3, out_channels=4), "scale"),
        (LayerSpec(1, 2), "shift"),
        (LayerSpec(8), "shift"),
        (LayerSpec(9), "fft"),
        (LayerSpec(9, stride=2), "shift"),
        (LayerSpec(3, 2, 4), "windows"),
        (LayerSpec(3, 8, 8, groups=8), "shift"),
    ],
)
def test_products_per_output_decide_the_route(spec: LayerSpec, way: conv.Route) -> None:
    assert conv.route(spec) == way


def test_one_layer_serves_images_of_any_size_and_type() -> None:
    rng = np.random.default_rng(14)
    spec, weight = LayerSpec(3, padding="same"), rng.standard_normal((1, 1, 3, 3))
    for size in [(9, 8), (8, 9), (9, 8)]:
        image = rng.random((1, *size))
        wanted = signal.correlate2d(image[0], weight[0, 0], "same")
        assert_close(correlate(image, weight, spec)[0], wanted)
        single = correlate(image.astype(np.float32), weight.astype(np.float32), spec)[0]
        assert single.dtype == np.float32
        assert_close(single.astype(np.float64), wanted, relative=1e-5)


def test_what_was_refused_is_refused_again_and_after_a_success() -> None:
    spec, weight = LayerSpec(3), np.ones((1, 1, 3, 3))
    for _ in range(2):
        correlate(np.ones((1, 5, 5)), weight, spec)
        with pytest.raises(SpecError, match="kernel_size 3"):
            correlate(np.ones((1, 2, 5)), weight, spec)
        with pytest.raises(SpecError, match=r"must be None .*, got one of shape \(1,\)"):
            correlate(np.ones((1, 5, 5)), weight, spec, [1.0])
        with pytest.raises(SpecError, match="must be real, got complex128 and float64"):
            correlate(np.ones((1, 5, 5), complex), weight, spec)
