"""`correlate` equals the loops and SciPy, whatever route it takes inside."""

from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage, signal

from kernels import LayerSpec, SpecError, correlate
from tests.support.geometries import ALL, data_for, position_coded, spec_of
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


@pytest.mark.parametrize("g", ALL, ids=str)
def test_correlate_equals_the_loops(g: Geometry) -> None:
    image, weight, bias = data_for(g)
    assert_close(correlate(image, weight, spec_of(g), bias), correlate_geometry(g, image, weight, bias))


def test_a_single_tap_reads_one_neighbour() -> None:
    image = position_coded(4, 5)
    weight = np.zeros((1, 1, 3, 3))
    weight[0, 0, 0, 2] = 1
    wanted = [[[2, 3, 4], [12, 13, 14]]]
    assert correlate(image, weight, LayerSpec(3)).round(9).tolist() == wanted


def test_each_padding_mode_reads_the_pixel_it_promises() -> None:
    image = position_coded(3, 3)
    weight = np.zeros((1, 1, 3, 3))
    weight[0, 0, 0, 0] = 1
    wanted = {
        "zeros": [[0, 0, 0], [0, 0, 1], [0, 10, 11]],
        "reflect": [[11, 10, 11], [1, 0, 1], [11, 10, 11]],
        "replicate": [[0, 0, 1], [0, 0, 1], [10, 10, 11]],
        "circular": [[22, 20, 21], [2, 0, 1], [12, 10, 11]],
    }
    for mode, rows in wanted.items():
        assert correlate(image, weight, LayerSpec(3, padding=1, padding_mode=mode)).round(9).tolist() == [rows]


def test_sobel_measures_the_two_slopes_of_a_ramp() -> None:
    sobel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    weight = np.stack([sobel, sobel.T])[:, None]
    y = correlate(position_coded(6, 7), weight, LayerSpec(3, out_channels=2))
    assert_close(y, np.stack([np.full((4, 5), 8.0), np.full((4, 5), 80.0)]))


def test_the_kernel_is_not_flipped() -> None:
    image = np.zeros((1, 5, 5))
    image[0, 2, 2] = 1
    weight = np.arange(1.0, 10).reshape(1, 1, 3, 3)
    assert_close(correlate(image, weight, LayerSpec(3)), weight[0, :, ::-1, ::-1])


@pytest.mark.parametrize("padding", ["valid", "same", "full"])
@pytest.mark.parametrize(("size", "kernel"), [((17, 14), (3, 5)), ((96, 80), (13, 11)), ((64, 200), (1, 31))])
def test_one_channel_equals_scipy_correlate2d_and_convolve2d(padding: Extent, size: Pair, kernel: Pair) -> None:
    rng = np.random.default_rng(1)
    image, weight = rng.random((1, *size)), rng.standard_normal((1, 1, *kernel))
    spec = LayerSpec(kernel, padding=padding)
    assert_close(correlate(image, weight, spec)[0], signal.correlate2d(image[0], weight[0, 0], mode=padding))
    flipped = weight[:, :, ::-1, ::-1]
    assert_close(correlate(image, flipped, spec)[0], signal.convolve2d(image[0], weight[0, 0], mode=padding))


@pytest.mark.parametrize(("size", "kernel"), [((12, 9), (2, 4)), ((70, 90), (12, 8))])
@pytest.mark.parametrize("padding", ["valid", "full"])
def test_even_kernels_equal_scipy(padding: Extent, size: Pair, kernel: Pair) -> None:
    rng = np.random.default_rng(2)
    image, weight = rng.random((1, *size)), rng.standard_normal((1, 1, *kernel))
    wanted = signal.correlate2d(image[0], weight[0, 0], mode=padding)
    assert_close(correlate(image, weight, LayerSpec(kernel, padding=padding))[0], wanted)


@pytest.mark.parametrize(("mode", "name"), [("reflect", "mirror"), ("replicate", "nearest"), ("circular", "wrap")])
@pytest.mark.parametrize(("size", "kernel"), [((11, 16), (5, 3)), ((96, 80), (13, 11))])
def test_border_modes_equal_scipy_ndimage(
    mode: str, name: Literal["mirror", "nearest", "wrap"], size: Pair, kernel: Pair
) -> None:
    rng = np.random.default_rng(3)
    image, weight = rng.random((1, *size)), rng.standard_normal((1, 1, *kernel))
    wanted = ndimage.correlate(image[0], weight[0, 0], mode=name)
    assert_close(correlate(image, weight, LayerSpec(kernel, padding="same", padding_mode=mode))[0], wanted)


@pytest.mark.parametrize(("size", "kernel"), [((30, 40), (3, 3)), ((96, 80), (13, 11)), ((64, 64), (1, 1))])
def test_eight_channels_to_eight_equal_scipy_summed_over_channels(size: Pair, kernel: Pair) -> None:
    rng = np.random.default_rng(4)
    image, weight = rng.random((8, *size)), rng.standard_normal((8, 8, *kernel))
    bias = rng.standard_normal(8)
    spec = LayerSpec(kernel, in_channels=8, out_channels=8, bias=True)
    assert_close(correlate(image, weight, spec, bias), by_channel(image, weight) + bias[:, None, None])


@pytest.mark.parametrize("kernel", [(3, 3), (13, 11)])
def test_stride_keeps_every_second_row_and_third_column(kernel: Pair) -> None:
    rng = np.random.default_rng(5)
    image, weight = rng.random((3, 96, 80)), rng.standard_normal((4, 3, *kernel))
    spec = LayerSpec(kernel, in_channels=3, out_channels=4, stride=(2, 3))
    assert_close(correlate(image, weight, spec), by_channel(image, weight)[:, ::2, ::3])


@pytest.mark.parametrize("kernel", [(3, 3), (7, 9)])
def test_dilation_is_a_kernel_with_zeros_between_its_taps(kernel: tuple[int, int]) -> None:
    rng = np.random.default_rng(6)
    image, weight = rng.random((2, 96, 80)), rng.standard_normal((2, 2, *kernel))
    spread = np.zeros((2, 2, 3 * kernel[0] - 2, 2 * kernel[1] - 1))
    spread[:, :, ::3, ::2] = weight
    spec = LayerSpec(kernel, in_channels=2, out_channels=2, dilation=(3, 2))
    assert_close(correlate(image, weight, spec), by_channel(image, spread))


@pytest.mark.parametrize("kernel", [(3, 3), (13, 11)])
def test_groups_are_separate_layers_side_by_side(kernel: Pair) -> None:
    rng = np.random.default_rng(7)
    image, weight = rng.random((6, 64, 48)), rng.standard_normal((4, 3, *kernel))
    spec = LayerSpec(kernel, in_channels=6, out_channels=4, groups=2)
    wanted = np.concatenate([by_channel(image[:3], weight[:2]), by_channel(image[3:], weight[2:])])
    assert_close(correlate(image, weight, spec), wanted)


@pytest.mark.parametrize(
    ("size", "channels", "kernel"),
    [((9, 8), 1, (3, 3)), ((96, 80), 1, (13, 11)), ((40, 50), 8, (5, 5)), ((96, 80), 8, (13, 11))],
)
def test_float32_stays_float32(size: Pair, channels: int, kernel: Pair) -> None:
    rng = np.random.default_rng(8)
    image = rng.random((channels, *size)).astype(np.float32)
    weight = rng.standard_normal((channels, channels, *kernel)).astype(np.float32)
    spec = LayerSpec(kernel, in_channels=channels, out_channels=channels)
    y = correlate(image, weight, spec)
    assert y.dtype == np.float32
    assert_close(y.astype(np.float64), by_channel(image.astype(np.float64), weight.astype(np.float64)), relative=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("g", ALL[::6], ids=str)
def test_every_geometry_keeps_its_precision(g: Geometry, dtype: type[np.floating]) -> None:
    image, weight, bias = data_for(g)
    y = correlate(image.astype(dtype), weight.astype(dtype), spec_of(g), None if bias is None else bias.astype(dtype))
    assert y.dtype == dtype
    assert_close(y.astype(np.float64), correlate_geometry(g, image, weight, bias), relative=1e-5)


@pytest.mark.parametrize(
    ("image_dtype", "weight_dtype"),
    [
        (np.float32, np.float64),
        (np.float64, np.float32),
        (np.uint8, np.int64),
        (np.uint8, np.float32),
        (np.bool_, np.int8),
    ],
)
def test_any_other_pair_of_types_becomes_float64(image_dtype: type[np.generic], weight_dtype: type[np.generic]) -> None:
    image = np.array([[[0, 1, 1], [1, 0, 1]]]) * (1 if image_dtype == np.bool_ else 255)
    weight = np.array([[[[1, -2], [3, 100]]]])
    y = correlate(image.astype(image_dtype), weight.astype(weight_dtype), LayerSpec(2))
    assert y.dtype == np.float64
    assert_close(y, by_channel(image.astype(np.float64), weight.astype(np.float64)))


@pytest.mark.parametrize("g", ALL[::4], ids=str)
def test_inputs_are_not_modified_and_may_be_read_only(g: Geometry) -> None:
    image, weight, bias = data_for(g)
    kept = image.copy(), weight.copy()
    image.setflags(write=False)
    weight.setflags(write=False)
    y = correlate(image, weight, spec_of(g), bias)
    y += 1.0
    np.testing.assert_array_equal(image, kept[0])
    np.testing.assert_array_equal(weight, kept[1])


@pytest.mark.parametrize("kernel", [(1, 1), (3, 3), (13, 11)])
def test_views_with_any_strides_are_accepted(kernel: Pair) -> None:
    rng = np.random.default_rng(9)
    image = rng.random((80, 96, 4)).transpose(2, 1, 0)[::2, ::-1, ::2]
    weight = rng.standard_normal((*kernel, 2, 3)).transpose(3, 2, 0, 1)[:, ::-1, ::-1]
    assert not image.flags.c_contiguous
    spec = LayerSpec(kernel, in_channels=2, out_channels=3)
    assert_close(correlate(image, weight, spec), by_channel(image.copy(), weight.copy()))


def test_the_result_shares_no_memory_with_the_image() -> None:
    image = position_coded(4, 4)
    y = correlate(image, np.ones((1, 1, 1, 1)), LayerSpec(1))
    y[:] = -1
    np.testing.assert_array_equal(image, position_coded(4, 4))


@pytest.mark.parametrize("shape", [(1, 1, 3, 2), (1, 2, 3, 3), (2, 1, 3, 3), (3, 3), (1, 3, 3), (1, 1, 1, 3, 3)])
def test_a_weight_of_the_wrong_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(SpecError, match="weight"):
        correlate(np.zeros((1, 8, 8)), np.zeros(shape), LayerSpec(3))


def test_a_weight_per_channel_is_not_a_weight_per_group() -> None:
    with pytest.raises(SpecError, match="weight"):
        correlate(np.zeros((2, 8, 8)), np.zeros((2, 2, 3, 3)), LayerSpec(3, 2, 2, groups=2))


def test_a_missing_bias_is_refused() -> None:
    with pytest.raises(SpecError, match="bias"):
        correlate(np.zeros((1, 8, 8)), np.zeros((1, 1, 3, 3)), LayerSpec(3, bias=True))


def test_an_unexpected_bias_is_refused() -> None:
    with pytest.raises(SpecError, match="bias"):
        correlate(np.zeros((1, 8, 8)), np.zeros((1, 1, 3, 3)), LayerSpec(3), np.zeros(1))


@pytest.mark.parametrize("shape", [(1,), (3,), (2, 1), ()])
def test_a_bias_of_the_wrong_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(SpecError, match="bias"):
        correlate(np.zeros((1, 8, 8)), np.zeros((2, 1, 3, 3)), LayerSpec(3, out_channels=2, bias=True), np.zeros(shape))


def test_an_image_with_other_channels_is_refused() -> None:
    with pytest.raises(SpecError, match="channels"):
        correlate(np.zeros((3, 8, 8)), np.zeros((1, 1, 3, 3)), LayerSpec(3))
