"""`correlate` equals the loops and SciPy, whatever route it takes inside."""

from collections.abc import Iterator
from itertools import product
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage, signal

from kernels import LayerSpec, SpecError, correlate
from kernels.layer import conv
from tests.support.geometries import RANDOM, TABLE, data_for, full_sweep, spec_of
from tests.support.oracles import Geometry, Pair, correlate_geometry, pad_index

Array = NDArray[np.float64]
Extent = Literal["valid", "same", "full"]


def assert_close(found: Array, wanted: Array, relative: float = 1e-12) -> None:
    """Equal to `relative` of the largest value, which is what rounding in any order of summation allows."""
    assert found.shape == wanted.shape
    scale = max(1.0, float(np.abs(wanted).max()))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=relative * scale)


def by_channel(image: Array, weight: Array, mode: Extent = "valid") -> Array:
    """SciPy's direct 2-D correlation, summed over the input channels."""
    return np.stack(
        [sum(signal.correlate2d(x, f, mode=mode) for x, f in zip(image, filters, strict=True)) for filters in weight]
    )


@pytest.mark.parametrize(("mode", "name"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")])
def test_the_oracle_pads_as_numpy_does(mode: str, name: Literal["reflect", "edge", "wrap"]) -> None:
    for n, pad in [(4, 3), (5, 1), (3, 2), (2, 1)]:
        assert [pad_index(i, n, mode) for i in range(-pad, n + pad)] == np.pad(np.arange(n), pad, mode=name).tolist()


@full_sweep
def test_correlate_equals_the_loops_changes_no_input_and_keeps_float32(g: Geometry) -> None:
    image, weight, bias = data_for(g)
    before = image.copy(), weight.copy()
    image.setflags(write=False)
    weight.setflags(write=False)
    wanted = correlate_geometry(g, image, weight, bias)
    y = correlate(image, weight, spec_of(g), bias)
    assert y.dtype == np.float64
    assert_close(y, wanted)
    y += 1.0
    np.testing.assert_array_equal(image, before[0])
    np.testing.assert_array_equal(weight, before[1])
    single = correlate(image.astype(np.float32), weight.astype(np.float32), spec_of(g), bias)
    assert single.dtype == np.float32
    assert_close(single.astype(np.float64), wanted, relative=1e-5)


@pytest.fixture
def forgotten() -> Iterator[None]:
    """No plan of another test is used here, and none of here in another."""
    conv._plan.cache_clear()
    yield
    conv._plan.cache_clear()


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("way", ["shift", "fft", "windows"])
def test_every_route_equals_the_loops_in_strips_and_tiles(way: conv.Route, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conv, "route", lambda _: way)
    monkeypatch.setattr(conv, "BLOCK", 20)
    monkeypatch.setattr(conv, "TILE", 1)
    for g in [*TABLE, *RANDOM[::4]]:
        image, weight, bias = data_for(g)
        assert_close(correlate(image, weight, spec_of(g), bias), correlate_geometry(g, image, weight, bias))


@pytest.mark.parametrize("padding", ["valid", "same", "full"])
def test_one_channel_equals_scipy_correlate2d_and_is_not_flipped(padding: Extent) -> None:
    rng = np.random.default_rng(1)
    sizes: list[tuple[Pair, Pair]] = [((17, 14), (3, 5)), ((96, 80), (13, 11)), ((64, 200), (1, 31))]
    if padding != "same":  # SciPy puts the odd pixel of an even kernel on the other side
        sizes += [((12, 9), (2, 4)), ((70, 90), (12, 8))]
    for size, kernel in sizes:
        image, weight = rng.random((1, *size)), rng.standard_normal((1, 1, *kernel))
        spec = LayerSpec(kernel, padding=padding)
        wanted = signal.correlate2d(image[0], weight[0, 0], mode=padding)
        assert_close(correlate(image, weight, spec)[0], wanted)
        single = correlate(image.astype(np.float32), weight.astype(np.float32), spec)[0]
        assert_close(single.astype(np.float64), wanted, relative=1e-5)
    scipys: list[tuple[str, Literal["mirror", "nearest", "wrap"]]]
    scipys = [("reflect", "mirror"), ("replicate", "nearest"), ("circular", "wrap")]
    for mode, name in scipys:
        image, weight = rng.random((1, 96, 80)), rng.standard_normal((1, 1, 13, 11))
        folded = LayerSpec((13, 11), padding="same", padding_mode=mode)
        assert_close(correlate(image, weight, folded)[0], ndimage.correlate(image[0], weight[0, 0], mode=name))


@pytest.mark.parametrize("kernel", [(3, 3), (13, 11), (1, 1)])
def test_eight_channels_to_eight_equal_scipy_summed_over_channels_whatever_the_strides_of_the_arrays(
    kernel: Pair,
) -> None:
    rng = np.random.default_rng(4)
    image = rng.random((80, 96, 16)).transpose(2, 1, 0)[::2, ::-1, ::2]
    weight = rng.standard_normal((*kernel, 8, 8)).transpose(3, 2, 0, 1)[:, ::-1, ::-1]
    bias = rng.standard_normal(8)
    assert not image.flags.c_contiguous
    spec = LayerSpec(kernel, in_channels=8, out_channels=8, bias=True)
    wanted = by_channel(image.copy(), weight.copy()) + bias[:, None, None]
    assert_close(correlate(image, weight, spec, bias), wanted)


def test_any_other_pair_of_types_becomes_float64() -> None:
    pairs: list[tuple[type[np.generic], type[np.generic]]] = [
        (np.float32, np.float64), (np.float64, np.float32), (np.uint8, np.int64), (np.uint8, np.float32),
        (np.bool_, np.int8),
    ]  # fmt: skip
    for image_dtype, weight_dtype in pairs:
        image = np.array([[[0, 1, 1], [1, 0, 1]]]) * (1 if image_dtype == np.bool_ else 255)
        weight = np.array([[[[1, -2], [3, 100]]]])
        y = correlate(image.astype(image_dtype), weight.astype(weight_dtype), LayerSpec(2))
        assert y.dtype == np.float64
        assert_close(y, by_channel(image.astype(np.float64), weight.astype(np.float64)))


PLAIN, BIASED, GROUPED = LayerSpec(3), LayerSpec(3, out_channels=2, bias=True), LayerSpec(3, 2, 2, groups=2)
Shaped = tuple[LayerSpec, tuple[int, ...], tuple[int, ...], tuple[int, ...] | None, str]
REFUSED: list[Shaped] = [  # image, weight and bias by their shapes, and what is named
    *((PLAIN, (1, 8, 8), shape, None, "weight must have shape") for shape in (
        (1, 1, 3, 2), (1, 2, 3, 3), (2, 1, 3, 3), (3, 3), (1, 3, 3), (1, 1, 1, 3, 3))),
    (GROUPED, (2, 8, 8), (2, 2, 3, 3), None, "weight must have shape"),
    (PLAIN, (1, 8, 8), (1, 1, 3, 3), (1,), r"bias must be None .*, got one of shape \(1,\)"),
    (BIASED, (1, 8, 8), (2, 1, 3, 3), None, "bias must be given"),
    *((BIASED, (1, 8, 8), (2, 1, 3, 3), shape, "bias must have shape") for shape in ((1,), (3,), (2, 1), ())),
    (PLAIN, (3, 8, 8), (1, 1, 3, 3), None, "channels"),
    (PLAIN, (8, 8), (1, 1, 3, 3), None, "image must have shape"),
    (PLAIN, (1, 2, 5), (1, 1, 3, 3), None, "a kernel of 3 rows"),
]  # fmt: skip


def test_arrays_that_do_not_fit_are_refused_by_name_every_time_and_after_a_success() -> None:
    for _ in range(2):
        correlate(np.ones((1, 5, 5)), np.ones((1, 1, 3, 3)), PLAIN)
        for spec, image, weight, bias, message in REFUSED:
            with pytest.raises(SpecError, match=message):
                correlate(np.zeros(image), np.zeros(weight), spec, None if bias is None else np.zeros(bias))
        with pytest.raises(SpecError, match="must be real, got complex128 and float64"):
            correlate(np.ones((1, 5, 5), complex), np.ones((1, 1, 3, 3)), PLAIN)


def everywhere(image: Array, kernel: Array) -> Array:
    """By SciPy's FFT, which has no strips and no tiles."""
    found: Array = signal.fftconvolve(image, kernel[::-1, ::-1], "valid")
    return found


@pytest.mark.parametrize("kernel", [(1, 1), (3, 5), (7, 7), (13, 11), (20, 31), (1, 100)])
def test_images_of_many_strips_and_tiles_equal_scipy(kernel: Pair) -> None:
    rng = np.random.default_rng(11)
    for size in [(300, 521), (257, 1030), (20, 1500), (700, 33), (6, 3 * conv.BLOCK)]:
        taps = kernel if kernel[0] <= size[0] and kernel[1] <= size[1] else (kernel[1], kernel[0])
        if taps[0] <= size[0]:
            image, weight = rng.random((1, *size)), rng.standard_normal((1, 1, *taps))
            assert_close(correlate(image, weight, LayerSpec(taps))[0], everywhere(image[0], weight[0, 0]))


def test_strides_meet_where_tiles_and_strips_do() -> None:
    rng = np.random.default_rng(12)
    for kernel, (down, across) in product([(3, 3), (25, 24)], [(2, 3), (5, 1), (1, 7)]):
        image, weight = rng.random((1, 611, 700)), rng.standard_normal((1, 1, *kernel))
        y = correlate(image, weight, LayerSpec(kernel, stride=(down, across)))
        assert_close(y[0], everywhere(image[0], weight[0, 0])[::down, ::across])


def test_products_per_output_decide_the_route() -> None:
    routes = {
        "scale": [LayerSpec(1), LayerSpec(1, stride=3, out_channels=4)],
        "shift": [LayerSpec(1, 2), LayerSpec(8), LayerSpec(9, stride=2), LayerSpec(3, 8, 8, groups=8)],
        "fft": [LayerSpec(9)],
        "windows": [LayerSpec(3, 2, 4)],
    }
    for way, specs in routes.items():
        assert [conv.route(spec) for spec in specs] == [way] * len(specs)
