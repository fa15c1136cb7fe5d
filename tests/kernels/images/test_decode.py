"""An upload becomes the picture it shows, or one sentence: files are built by hand here wherever a format allows it."""

import struct
import zlib
from typing import Never

import numpy as np
import pytest
from PIL import Image, ImageFile

from kernels.images import decode as images
from kernels.images.decode import ImageError, cover, decode, planes, resize, unit
from tests.support.files import (
    BLACK,
    BLUE,
    BMP,
    GIF,
    GREEN,
    MODES,
    RED,
    SMALL,
    WHITE,
    Bytes,
    chunk,
    exif,
    png,
    rgb_png,
    row,
    saved,
    tiff,
    tiff_tags,
)

EXACT = {
    "PNG": rgb_png(SMALL),
    "BMP": BMP,
    "TIFF": tiff(SMALL.tobytes(), tiff_tags(3, 2, kind=2) | {258: (8, 8, 8), 277: (3,), 339: (1, 1, 1)}),
    "TIFF, big-endian": tiff(
        SMALL.tobytes(), tiff_tags(3, 2, kind=2) | {258: (8, 8, 8), 277: (3,), 339: (1,) * 3}, ">"
    ),
    "WebP": saved(SMALL, "WEBP", lossless=True),
    "TIFF, LZW": saved(SMALL, "TIFF", compression="tiff_lzw"),
    "GIF of few colours": saved(SMALL, "GIF"),
}
FLAT = np.full((16, 24, 3), (200, 100, 50), np.uint8)
FILES = EXACT | {"JPEG": saved(FLAT, "JPEG"), "GIF": GIF, "JPEG, progressive": saved(FLAT, "JPEG", progressive=True)}


@pytest.mark.parametrize("name", EXACT)
def test_a_lossless_format_gives_back_every_pixel(name: str) -> None:
    np.testing.assert_array_equal(decode(EXACT[name]), SMALL)


@pytest.mark.parametrize("name", ["JPEG", "JPEG, progressive"])
def test_a_jpeg_gives_back_its_colours(name: str) -> None:
    picture = decode(FILES[name])
    assert picture.shape == (16, 24, 3)
    np.testing.assert_allclose(picture.astype(int), FLAT, atol=3)


def test_a_gif_gives_its_palette_colours() -> None:
    np.testing.assert_array_equal(decode(GIF), row(GREEN, BLUE))


def test_a_moving_gif_gives_its_first_frame() -> None:
    first, second = (Image.new("RGB", (4, 4), colour) for colour in (RED, BLUE))
    data = saved(first, "GIF", save_all=True, append_images=[second])
    np.testing.assert_array_equal(decode(data), np.array(first))


def test_a_phones_multi_picture_jpeg_gives_its_first_picture() -> None:
    first, second = (Image.new("RGB", (16, 16), colour) for colour in (RED, BLUE))
    picture = decode(saved(first, "MPO", save_all=True, append_images=[second]))
    np.testing.assert_allclose(picture.astype(int), np.array(first), atol=3)


def test_every_mode_becomes_the_colours_a_person_would_see() -> None:
    for name, (data, expected) in MODES.items():
        np.testing.assert_array_equal(decode(data), expected, err_msg=name)


@pytest.mark.parametrize(("cmyk", "colour"), [((0, 255, 255, 0), RED), ((0, 0, 0, 0), WHITE), ((0, 0, 0, 255), BLACK)])
def test_a_cmyk_jpeg_is_not_inverted(cmyk: tuple[int, int, int, int], colour: tuple[int, int, int]) -> None:
    data = saved(Image.new("CMYK", (16, 16), cmyk), "JPEG", quality=95)
    assert b"Adobe" in data
    np.testing.assert_allclose(decode(data).astype(int), np.broadcast_to(colour, (16, 16, 3)), atol=3)


UPRIGHT = {
    1: SMALL,
    2: SMALL[:, ::-1],
    3: np.rot90(SMALL, 2),
    4: SMALL[::-1],
    5: SMALL.transpose(1, 0, 2),
    6: np.rot90(SMALL, -1),
    7: np.rot90(SMALL, 2).transpose(1, 0, 2),
    8: np.rot90(SMALL),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_a_picture_is_turned_upright_by_its_exif_orientation(orientation: int) -> None:
    tag = chunk(b"eXIf", exif(orientation))
    rgb = tiff_tags(3, 2, kind=2) | {258: (8, 8, 8), 277: (3,), 339: (1, 1, 1)}
    files = {
        "PNG": rgb_png(SMALL, tag),
        "PNG, after the pixels": rgb_png(SMALL)[:-12] + tag + chunk(b"IEND"),
        "TIFF": tiff(SMALL.tobytes(), rgb | {274: (orientation,)}),
        "WebP": saved(SMALL, "WEBP", lossless=True, exif=exif(orientation)),
    }
    for name, data in files.items():
        np.testing.assert_array_equal(decode(data), UPRIGHT[orientation], err_msg=name)


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_a_large_jpeg_is_turned_upright_too(orientation: int) -> None:
    blocks = np.repeat(np.repeat(SMALL, 1024, axis=0), 1024, axis=1)
    picture = decode(saved(blocks, "JPEG", exif=b"Exif\0\0" + exif(orientation)))
    expected = UPRIGHT[orientation]
    height, width = picture.shape[:2]
    assert (height, width) == ((341, 512) if orientation < 5 else (512, 341))
    centres = picture[height // (2 * len(expected)) :: height // len(expected)][: len(expected)]
    centres = centres[:, width // (2 * expected.shape[1]) :: width // expected.shape[1]][:, : expected.shape[1]]
    np.testing.assert_allclose(centres.astype(int), expected, atol=4)


@pytest.mark.parametrize("broken", [b"", b"\xff" * 40, exif(6)[:13], exif(77), b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0"])
def test_broken_exif_leaves_the_picture_as_it_is(broken: bytes) -> None:
    np.testing.assert_array_equal(decode(rgb_png(SMALL, chunk(b"eXIf", broken))), SMALL)
    np.testing.assert_array_equal(decode(saved(SMALL, "WEBP", lossless=True, exif=broken)), SMALL)
    assert decode(saved(FLAT, "JPEG", exif=b"Exif\0\0" + broken)).shape == FLAT.shape


def test_exif_with_a_wrong_checksum_is_ignored() -> None:
    tag = chunk(b"eXIf", exif(6))
    np.testing.assert_array_equal(decode(rgb_png(SMALL, tag[:-1] + bytes([tag[-1] ^ 1]))), SMALL)


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"iCCP", b"name\0\0" + zlib.compress(b"no profile")),
        chunk(b"iCCP", b"name\0\x09no zlib"),
        chunk(b"iCCP", b""),
        chunk(b"zTXt", b"key\0\0" + zlib.compress(bytes(10**8))),
        chunk(b"acTL", b"\0\0\0\0\0\0\0\0"),
        chunk(b"tEXt", b"key\0value")[:-4] + b"\0\0\0\0",
    ],
    ids=["garbage", "unknown compression", "empty", "comment of 100 MB", "animation without frames", "wrong checksum"],
)
def test_a_broken_profile_or_comment_does_not_refuse_a_png(extra: bytes) -> None:
    np.testing.assert_array_equal(decode(rgb_png(SMALL, extra)), SMALL)


def test_a_broken_profile_does_not_refuse_a_jpeg_or_a_webp() -> None:
    assert decode(saved(FLAT, "JPEG", icc_profile=b"no profile")).shape == FLAT.shape
    np.testing.assert_array_equal(decode(saved(SMALL, "WEBP", lossless=True, icc_profile=b"no profile")), SMALL)


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_anywhere_is_refused_or_shows_the_very_same_picture(name: str) -> None:
    data = FILES[name]
    whole = decode(data)
    refused = 0
    for end in range(len(data)):
        try:
            np.testing.assert_array_equal(decode(data[:end]), whole)
        except ImageError:
            refused += 1
    assert refused > len(data) // 3


@pytest.mark.parametrize("name", FILES)
def test_a_file_with_damaged_bytes_is_refused_or_decoded_and_nothing_else(name: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(100):
        data = bytearray(FILES[name])
        for at in rng.integers(0, len(data), rng.integers(1, 5)):
            data[at] = rng.integers(0, 256)
        try:
            picture = decode(bytes(data))
        except ImageError:
            continue
        assert picture.dtype == np.uint8
        assert picture.ndim == 3
        assert max(picture.shape) <= images.MASTER_SIDE


@pytest.mark.parametrize("error", [OSError, struct.error, MemoryError, RecursionError, Image.DecompressionBombWarning])
def test_whatever_pillow_raises_is_an_image_error(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> Never:
        raise error("hostile")

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    with pytest.raises(ImageError, match="save") as caught:
        decode(BMP)
    assert isinstance(caught.value.__cause__, error)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(ImageError, match=r"empty \(0 bytes\): choose another"):
        decode(b"")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\0", r"unknown kind \(its first bytes are 00\)"),
        (b"hello there", r"unknown kind \(its first bytes are 68 65 6c 6c\)"),
        (b"%PDF-1.7", "a PDF document"),
        (b'<?xml version="1.0"?><svg xmlns="x"/>', "an SVG drawing"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"<script>alert(1)</script>" + EXACT["PNG"], "unknown kind"),
        (b"8BPS\0\1", "unknown kind"),
        (b"%!PS-Adobe-3.0 EPSF", "unknown kind"),
        (b"RIFF\0\0\0\0WAVE", "unknown kind"),
    ],
)
def test_another_format_is_named_and_refused(data: bytes, what: str) -> None:
    with pytest.raises(ImageError, match=f"{what}.*not a PNG, JPEG.*save it again as PNG or JPEG"):
        decode(data)


def test_a_familiar_beginning_followed_by_garbage_is_refused() -> None:
    for data in FILES.values():
        with pytest.raises(ImageError, match=r"damaged|pixels"):
            decode(data[:12] + np.random.default_rng(2).bytes(500))


def test_what_hides_behind_a_picture_is_ignored() -> None:
    for tail in (b"PK\3\4 a zip", b"<script>alert(1)</script>", GIF):
        np.testing.assert_array_equal(decode(EXACT["PNG"] + tail), SMALL)
        np.testing.assert_array_equal(decode(GIF + tail), row(GREEN, BLUE))


def test_a_file_over_20_megabytes_is_refused_and_one_of_20_is_not() -> None:
    data = rgb_png(SMALL).ljust(images.MAX_BYTES, b"\0")
    np.testing.assert_array_equal(decode(data), SMALL)
    with pytest.raises(ImageError, match=r"20\.0 MB and the limit is 20 MB: save"):
        decode(data + b"\0")


def with_size(format: str, width: int, height: int) -> bytes:
    """A small file whose header claims width × height pixels."""
    if format == "PNG":
        return png(width, height, 8, 2, b"\0")
    if format == "TIFF":
        return tiff(b"\0", tiff_tags(width, height))
    if format == "GIF":
        return GIF[:6] + struct.pack("<HH", width, height) + GIF[10:]
    if format == "BMP":
        return BMP[:18] + struct.pack("<ii", width, height) + BMP[26:]
    data = FILES["JPEG"]
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


@pytest.mark.parametrize("format", ["PNG", "TIFF", "GIF", "BMP", "JPEG"])
@pytest.mark.parametrize(("width", "height"), [(10_000, 6_000), (50_000, 60_000)])
def test_too_many_pixels_are_refused_from_the_header_alone(
    format: str, width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> Never:
        pytest.fail("the pixels were decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    size = f"{width} × {height} = {width * height // 10**6} million pixels"
    with pytest.raises(ImageError, match=f"{size} and the limit is 50 million: save it smaller"):
        decode(with_size(format, width, height))


@pytest.mark.parametrize("side", [8_000, 10_000, 16_000])
def test_a_webp_of_too_many_pixels_is_refused_before_decoding(side: int) -> None:
    data = bytearray(EXACT["WebP"])
    assert data[12:16] == b"VP8L"
    data[21:25] = struct.pack("<I", (side - 1) | (side - 1) << 14)
    with pytest.raises(ImageError, match=r"million|damaged"):
        decode(bytes(data))


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP", "JPEG"])
def test_a_picture_without_pixels_is_refused(format: str) -> None:
    for width, height in ((0, 0), (0, 5), (5, 0)):
        with pytest.raises(ImageError, match="damaged or incomplete"):
            decode(with_size(format, width, height))


def test_pillows_globals_are_left_alone() -> None:
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    decode(EXACT["PNG"])
    assert (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES) == before == (89_478_485, False)


def ramp(width: int, height: int) -> Bytes:
    """Red grows to the right, green grows downwards."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, :, 0] = np.rint(255 * (np.arange(width) + 0.5) / width)
    picture[:, :, 1] = np.rint(255 * (np.arange(height) + 0.5) / height)[:, np.newaxis]
    return picture


@pytest.mark.parametrize(
    ("width", "height"), [(513, 300), (1537, 1025), (3083, 1031), (1031, 4003), (6001, 77), (5000, 1)]
)
@pytest.mark.parametrize(("format", "tolerance"), [("PNG", 2), ("JPEG", 6)])
def test_a_large_picture_shrinks_to_512_pixels_without_shifting(
    format: str, tolerance: int, width: int, height: int
) -> None:
    picture = decode(saved(ramp(width, height), format, **({"quality": 95} if format == "JPEG" else {})))
    assert picture.shape[0] == max(1, round(height * 512 / max(width, height)))
    assert picture.shape[1] == max(1, round(width * 512 / max(width, height)))
    inner = (
        slice(4, -4) if picture.shape[0] > 8 else slice(None),
        slice(4, -4) if picture.shape[1] > 8 else slice(None),
    )
    expected = ramp(picture.shape[1], picture.shape[0])
    np.testing.assert_allclose(picture[inner].astype(int), expected[inner], atol=tolerance)


@pytest.mark.parametrize("side", [1, 2, 511, 512])
def test_a_small_picture_is_never_enlarged_or_resampled(side: int) -> None:
    picture = np.random.default_rng(3).integers(0, 256, (side, side, 3), np.uint8)
    np.testing.assert_array_equal(decode(rgb_png(picture)), picture)


def test_a_large_palette_picture_averages_colours_not_indices() -> None:
    index = (np.indices((2000, 2000)).sum(axis=0) % 2 * 2).astype(np.uint8)  # colours 0 and 2, never 1
    palette = chunk(b"PLTE", bytes(BLACK + RED + BLUE))
    data = png(2000, 2000, 8, 3, b"".join(b"\0" + line.tobytes() for line in index), palette)
    picture = decode(data)
    assert picture.shape == (512, 512, 3)
    np.testing.assert_array_equal(picture[:, :, :2], 0)
    np.testing.assert_allclose(picture[8:-8, 8:-8, 2].astype(int), 128, atol=12)


def test_hidden_colours_do_not_bleed_into_a_large_transparent_picture() -> None:
    pixels = np.zeros((2400, 2400, 4), np.uint8)
    pixels[:, :, 1] = 255  # invisible green
    pixels[:, 1200:] = (*RED, 255)
    picture = decode(saved(pixels, "PNG", compress_level=1))
    np.testing.assert_array_equal(picture[:, :250], 255)
    np.testing.assert_array_equal(picture[:, 262:], np.broadcast_to(RED, (512, 250, 3)))
    assert (picture[:, :, 1] == picture[:, :, 2]).all()


def test_a_large_16_bit_picture_is_scaled_not_clipped() -> None:
    rows = (b"\0" + struct.pack(">H", 32896) * 2000) * 1500
    picture = decode(png(2000, 1500, 16, 0, rows))
    np.testing.assert_array_equal(picture, np.full((384, 512, 3), 128))


@pytest.mark.parametrize(
    ("shape", "side", "expected"),
    [
        ((100, 200), 50, (25, 50)),
        ((200, 100), 50, (50, 25)),
        ((64, 64), 64, (64, 64)),
        ((2, 3), 512, (341, 512)),
        ((1, 500), 8, (1, 8)),
        ((500, 1), 512, (512, 1)),
    ],
)
def test_resize_makes_the_longer_side_exact_and_keeps_the_aspect(
    shape: tuple[int, int], side: int, expected: tuple[int, int]
) -> None:
    result = resize(np.full((*shape, 3), 77, np.uint8), side)
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result, np.full((*expected, 3), 77))


def test_resize_to_the_same_side_gives_an_equal_copy() -> None:
    picture = np.random.default_rng(4).integers(0, 256, (8, 6, 3), np.uint8)
    result = resize(picture, 8)
    np.testing.assert_array_equal(result, picture)
    assert not np.shares_memory(result, picture)


def test_resize_averages_when_shrinking() -> None:
    board = np.repeat((np.indices((256, 256)).sum(axis=0) % 2 * 255).astype(np.uint8)[:, :, np.newaxis], 3, axis=2)
    np.testing.assert_allclose(resize(board, 32)[2:-2, 2:-2].astype(int), 128, atol=2)


@pytest.mark.parametrize("side", [7, 513, 0, -8, float("nan")])
def test_resize_refuses_a_side_outside_8_to_512(side: int) -> None:
    with pytest.raises(ValueError, match=rf"side must be in 8\.\.512, got {side}"):
        resize(SMALL, side)


def test_rgb_planes_are_the_three_channels() -> None:
    result = planes(SMALL, "rgb")
    assert result.shape == (3, 2, 3)
    assert result.flags.c_contiguous
    for channel in range(3):
        np.testing.assert_array_equal(result[channel], SMALL[:, :, channel])


def test_the_grey_plane_is_the_luma_of_itu_r_601() -> None:
    picture = np.random.default_rng(5).integers(0, 256, (20, 30, 3), np.uint8)
    result = planes(picture, "grey")
    assert result.shape == (1, 20, 30)
    assert result.dtype == np.uint8
    assert result.flags.c_contiguous
    luma = (picture.astype(np.int64) @ np.array([299, 587, 114])) / 1000
    np.testing.assert_allclose(result[0], luma, atol=0.51)


def test_grey_in_grey_out() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(planes(np.stack([levels] * 3, axis=-1), "grey")[0], levels)


@pytest.mark.parametrize("colour", ["gray", "RGB", ""])
def test_planes_refuses_an_unknown_colour(colour: str) -> None:
    with pytest.raises(ValueError, match=f'colour must be "grey" or "rgb", got {colour!r}'):
        planes(SMALL, colour)


def test_unit_maps_0_to_0_and_255_to_1() -> None:
    result = unit(np.array([[[0, 51, 255]]], np.uint8))
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, [[[0.0, 0.2, 1.0]]])


def test_a_jpeg_of_very_many_passes_is_refused_before_the_first() -> None:
    with pytest.raises(ImageError, match="sent in more than 100 passes"):
        decode(saved(Image.new("L", (8, 8), 90), "JPEG", progressive=True) + b"\xff\xda" * 101)


def test_a_webp_has_a_lower_limit_for_it_cannot_be_reduced_while_decoding() -> None:
    with pytest.raises(ImageError, match=r"4001 × 4000 = 16 million pixels and the limit is 16 million"):
        decode(saved(Image.new("RGB", (4001, 4000)), "WEBP", quality=1, method=0))


# The middle of a picture, at a size


def banded(height: int, width: int, edge: int) -> Bytes:
    """Red on the first and last `edge` of its longer axis, blue between."""
    picture = np.full((height, width, 3), BLUE, np.uint8)
    if height > width:
        picture[:edge], picture[-edge:] = RED, RED
    else:
        picture[:, :edge], picture[:, -edge:] = RED, RED
    return picture


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (8, 8), (40, 60), (600, 400)])
def test_a_picture_covers_exactly_the_size_it_is_to_have(shape: tuple[int, int]) -> None:
    for size in [(4, 4), (16, 16), (7, 30), (30, 7), (256, 256), (227, 227)]:
        found = cover(np.full((*shape, 3), (10, 20, 30), np.uint8), *size)
        assert found.shape == (*size, 3)
        assert found.dtype == np.uint8
        assert (found == (10, 20, 30)).all()


@pytest.mark.parametrize(("height", "width"), [(20, 60), (60, 20)])
def test_what_there_is_no_room_for_is_taken_from_both_ends_alike(height: int, width: int) -> None:
    picture = banded(height, width, 20)
    assert (cover(picture, 20, 20) == BLUE).all()
    half = cover(picture, 10, 10)
    assert (half[3:-3, 3:-3] == BLUE).all()
    np.testing.assert_array_equal(half, half[::-1, ::-1])


def test_a_shape_that_is_the_same_loses_nothing() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8)
    np.testing.assert_array_equal(cover(picture, 16, 24), picture)
    corners = np.zeros((40, 40, 3), np.uint8)
    corners[:20, :20], corners[20:, 20:] = RED, GREEN
    small = cover(corners, 4, 4)
    assert small[0, 0].tolist() == list(RED)
    assert small[3, 3].tolist() == list(GREEN)
    assert small[0, 3].tolist() == small[3, 0].tolist() == list(BLACK)


@pytest.mark.parametrize("shape", [(2, 2), (4, 4), (2, 100), (100, 2)])
def test_what_is_enlarged_does_not_ring_however_long_the_rest_of_the_picture_is(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 100, np.uint8)
    picture[:, shape[1] // 2 :] = 160
    found = cover(picture, 64, 64).astype(int)
    assert found.min() >= 100 - 7
    assert found.max() <= 160 + 7
