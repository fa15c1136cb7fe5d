"""An upload becomes the picture it shows, or one sentence: files are built by hand here wherever a format allows it."""

import struct
import zlib
from typing import Never

import numpy as np
import pytest
from PIL import Image, ImageFile

from kernels.images import decode as images
from kernels.images.decode import ImageError, cover, decode, planes, read, resize, unit
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


def test_a_lossless_format_gives_back_every_pixel_and_a_jpeg_its_colours() -> None:
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    for name, data in EXACT.items():
        np.testing.assert_array_equal(decode(data), SMALL, err_msg=name)
    for name in ("JPEG", "JPEG, progressive"):
        picture = decode(FILES[name])
        assert picture.shape == (16, 24, 3)
        np.testing.assert_allclose(picture.astype(int), FLAT, atol=3)
    np.testing.assert_array_equal(decode(GIF), row(GREEN, BLUE))
    assert (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES) == before == (89_478_485, False)


@pytest.mark.parametrize("format", ["GIF", "MPO"])  # a phone's JPEG of several pictures is an MPO
def test_a_file_of_several_pictures_gives_the_first(format: str) -> None:
    first, second = (Image.new("RGB", (16, 16), colour) for colour in (RED, BLUE))
    picture = decode(saved(first, format, save_all=True, append_images=[second]))
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


def test_broken_exif_leaves_the_picture_as_it_is() -> None:
    for broken in (b"", b"\xff" * 40, exif(6)[:13], exif(77), b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0"):
        np.testing.assert_array_equal(decode(rgb_png(SMALL, chunk(b"eXIf", broken))), SMALL)
        np.testing.assert_array_equal(decode(saved(SMALL, "WEBP", lossless=True, exif=broken)), SMALL)
        assert decode(saved(FLAT, "JPEG", exif=b"Exif\0\0" + broken)).shape == FLAT.shape
    tag = chunk(b"eXIf", exif(6))
    np.testing.assert_array_equal(decode(rgb_png(SMALL, tag[:-1] + bytes([tag[-1] ^ 1]))), SMALL)  # its checksum


def test_a_broken_profile_or_comment_does_not_refuse_a_picture() -> None:
    for extra in (
        chunk(b"iCCP", b"name\0\0" + zlib.compress(b"no profile")),
        chunk(b"iCCP", b"name\0\x09no zlib"),
        chunk(b"iCCP", b""),
        chunk(b"zTXt", b"key\0\0" + zlib.compress(bytes(10**8))),
        chunk(b"acTL", b"\0\0\0\0\0\0\0\0"),  # an animation without frames
        chunk(b"tEXt", b"key\0value")[:-4] + b"\0\0\0\0",  # a wrong checksum
    ):
        np.testing.assert_array_equal(decode(rgb_png(SMALL, extra)), SMALL)
    assert decode(saved(FLAT, "JPEG", icc_profile=b"no profile")).shape == FLAT.shape
    np.testing.assert_array_equal(decode(saved(SMALL, "WEBP", lossless=True, icc_profile=b"no profile")), SMALL)


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_anywhere_is_refused_or_shows_the_very_same_picture_or_is_said_to_be_cut(name: str) -> None:
    data = FILES[name]
    whole = decode(data)
    refused = 0
    for end in range(len(data)):
        try:
            found = read(data[:end])
        except ImageError:
            refused += 1
        else:
            said = "JPEG" in name and "parts of it may be missing" in found.note  # as browsers show it
            assert said or np.array_equal(found.picture, whole), end
    assert refused > len(data) // 3


@pytest.mark.parametrize("error", [OSError, struct.error, MemoryError, RecursionError, Image.DecompressionBombWarning])
def test_whatever_pillow_raises_is_an_image_error(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> Never:
        raise error("hostile")

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    with pytest.raises(ImageError, match="save") as caught:
        decode(BMP)
    assert isinstance(caught.value.__cause__, error)


def test_another_format_is_named_and_refused() -> None:
    kinds = {
        b"\0": r"unknown kind \(its first bytes are 00\)",
        b"hello there": r"unknown kind \(its first bytes are 68 65 6c 6c\)",
        b"%PDF-1.7": "a PDF document",
        b'<?xml version="1.0"?><svg xmlns="x"/>': "an SVG drawing",
        b"\0\0\0\x18ftypheic": "HEIC",
        b"<script>alert(1)</script>" + EXACT["PNG"]: "unknown kind",
        b"8BPS\0\1": "unknown kind",
        b"RIFF\0\0\0\0WAVE": "unknown kind",
    }
    for data, what in kinds.items():
        with pytest.raises(ImageError, match=f"{what}.*not a PNG, JPEG.*save it again as PNG or JPEG"):
            decode(data)
    with pytest.raises(ImageError, match=r"empty \(0 bytes\): choose another"):
        decode(b"")


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
def test_too_many_pixels_and_none_are_refused_from_the_header_alone(
    format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> Never:
        pytest.fail("the pixels were decoded")

    for width, height in ((0, 0), (0, 5), (5, 0)) if format != "GIF" else ():
        with pytest.raises(ImageError, match="damaged, incomplete"):
            decode(with_size(format, width, height))
    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    for width, height in ((10_000, 6_000), (50_000, 60_000)):
        size = f"{width} × {height} = {width * height // 10**6} million pixels"
        with pytest.raises(ImageError, match=f"{size} and the limit is 50 million: save a smaller version"):
            decode(with_size(format, width, height))


def test_a_webp_has_a_lower_limit_for_it_cannot_be_reduced_while_decoding() -> None:
    with pytest.raises(ImageError, match=r"4001 × 4000 = 16 million pixels and the limit is 16 million"):
        decode(saved(Image.new("RGB", (4001, 4000)), "WEBP", quality=1, method=0))
    for side in (8_000, 16_000):
        data = bytearray(EXACT["WebP"])
        assert data[12:16] == b"VP8L"
        data[21:25] = struct.pack("<I", (side - 1) | (side - 1) << 14)
        with pytest.raises(ImageError, match=r"million|damaged"):
            decode(bytes(data))


def ramp(width: int, height: int) -> Bytes:
    """Red grows to the right, green grows downwards."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, :, 0] = np.rint(255 * (np.arange(width) + 0.5) / width)
    picture[:, :, 1] = np.rint(255 * (np.arange(height) + 0.5) / height)[:, np.newaxis]
    return picture


@pytest.mark.parametrize(("width", "height"), [(513, 300), (1537, 1025), (1031, 4003), (6001, 77), (5000, 1)])
def test_a_large_picture_shrinks_to_512_pixels_without_shifting(width: int, height: int) -> None:
    rows, cols = (max(1, round(side * 512 / max(width, height))) for side in (height, width))
    inner = tuple(slice(4, -4) if side > 8 else slice(None) for side in (rows, cols))
    for tolerance, data in (
        (2, saved(ramp(width, height), "PNG")), (6, saved(ramp(width, height), "JPEG", quality=95)),
    ):  # fmt: skip
        picture = decode(data)
        assert picture.shape == (rows, cols, 3)
        np.testing.assert_allclose(picture[inner].astype(int), ramp(cols, rows)[inner], atol=tolerance)


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


def test_resize_makes_the_longer_side_exact_keeps_the_aspect_and_averages() -> None:
    table = {
        ((100, 200), 50): (25, 50), ((200, 100), 50): (50, 25), ((64, 64), 64): (64, 64), ((2, 3), 512): (341, 512),
        ((1, 500), 8): (1, 8), ((500, 1), 512): (512, 1),
    }  # fmt: skip
    for (shape, side), expected in table.items():
        result = resize(np.full((*shape, 3), 77, np.uint8), side)
        assert result.dtype == np.uint8
        np.testing.assert_array_equal(result, np.full((*expected, 3), 77))
    picture = np.random.default_rng(4).integers(0, 256, (8, 6, 3), np.uint8)
    result = resize(picture, 8)  # nothing to do: an equal copy
    np.testing.assert_array_equal(result, picture)
    assert not np.shares_memory(result, picture)
    board = np.repeat((np.indices((256, 256)).sum(axis=0) % 2 * 255).astype(np.uint8)[:, :, np.newaxis], 3, axis=2)
    np.testing.assert_allclose(resize(board, 32)[2:-2, 2:-2].astype(int), 128, atol=2)
    for wrong in (7, 513, float("nan")):
        with pytest.raises(ValueError, match=rf"side must be in 8\.\.512, got {wrong}"):
            resize(SMALL, wrong)  # type: ignore[arg-type]


def test_planes_are_the_three_channels_or_the_luma_of_itu_r_601_and_unit_divides_by_255() -> None:
    picture = np.random.default_rng(5).integers(0, 256, (20, 30, 3), np.uint8)
    colours, grey = planes(picture, "rgb"), planes(picture, "grey")
    assert (colours.shape, grey.shape, grey.dtype.name) == ((3, 20, 30), (1, 20, 30), "uint8")
    assert colours.flags.c_contiguous
    assert grey.flags.c_contiguous
    np.testing.assert_array_equal(colours, picture.transpose(2, 0, 1))
    luma = (picture.astype(np.int64) @ np.array([299, 587, 114])) / 1000
    np.testing.assert_allclose(grey[0], luma, atol=0.51)
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(planes(np.stack([levels] * 3, axis=-1), "grey")[0], levels)
    for colour in ("gray", "RGB", ""):
        with pytest.raises(ValueError, match=f'colour must be "grey" or "rgb", got {colour!r}'):
            planes(SMALL, colour)
    result = unit(np.array([[[0, 51, 255]]], np.uint8))
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, [[[0.0, 0.2, 1.0]]])


# The middle of a picture, at a size


def test_a_picture_covers_exactly_the_size_it_is_to_have() -> None:
    for shape in [(1, 1), (1, 300), (300, 1), (40, 60), (600, 400)]:
        for size in [(4, 4), (7, 30), (30, 7), (227, 227)]:
            found = cover(np.full((*shape, 3), (10, 20, 30), np.uint8), *size)
            assert (found.shape, found.dtype.name) == ((*size, 3), "uint8")
            assert (found == (10, 20, 30)).all()
    picture = np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8)
    np.testing.assert_array_equal(cover(picture, 16, 24), picture)
    corners = np.zeros((40, 40, 3), np.uint8)
    corners[:20, :20], corners[20:, 20:] = RED, GREEN
    small = cover(corners, 4, 4)[[0, 3, 0, 3], [0, 3, 3, 0]]
    assert small.tolist() == [list(RED), list(GREEN), list(BLACK), list(BLACK)]


def test_what_there_is_no_room_for_is_taken_from_both_ends_alike() -> None:
    upright = np.full((60, 20, 3), BLUE, np.uint8)
    upright[:20], upright[-20:] = RED, RED
    for picture in (upright, upright.transpose(1, 0, 2)):
        assert (cover(picture, 20, 20) == BLUE).all()
        half = cover(picture, 10, 10)
        assert (half[3:-3, 3:-3] == BLUE).all()
        np.testing.assert_array_equal(half, half[::-1, ::-1])


@pytest.mark.parametrize("shape", [(2, 2), (4, 4), (2, 100), (100, 2)])
def test_what_is_enlarged_does_not_ring_however_long_the_rest_of_the_picture_is(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 100, np.uint8)
    picture[:, shape[1] // 2 :] = 160
    found = cover(picture, 64, 64).astype(int)
    assert found.min() >= 100 - 7
    assert found.max() <= 160 + 7


# Files as phones, browsers and old programs make them


def test_a_jpeg_ends_where_its_picture_does_or_its_file() -> None:
    photo = saved(ramp(64, 48), "JPEG")
    whole = read(photo)
    video = b"\0\0\0\x18ftypmp42" + b"\xff\xda\0\x0c" * 200  # what makes a photograph a "Motion Photo"
    comment = b"\xff\xfe" + struct.pack(">H", 402) + b"\xff\xda" * 200
    for data in (photo + video, photo[:2] + comment + photo[2:], saved(ramp(64, 48), "JPEG", progressive=True) + video):
        found = read(data)
        assert found.note == whole.note == ""
        np.testing.assert_array_equal(found.picture, whole.picture)
    unmarked = read(photo[:-2])
    np.testing.assert_array_equal(unmarked.picture, whole.picture)
    assert unmarked.note == "The file ends before its picture is marked as complete: parts of it may be missing."


def test_beside_a_gif_s_first_frame_there_is_nothing() -> None:
    frame = struct.pack("<4H", 2, 1, 2, 1)
    wide = GIF[:6] + struct.pack("<2H", 5, 3) + GIF[10:26] + frame + GIF[34:]
    wanted = np.full((3, 5, 3), 255, np.uint8)
    wanted[1, 2:4] = GREEN, BLUE
    np.testing.assert_array_equal(decode(wide), wanted)
    keyed = wide[:25] + b"!\xf9\x04\x01\0\0\x01\0" + wide[25:]
    wanted[1, 2] = 255
    np.testing.assert_array_equal(decode(keyed), wanted)
    beyond = GIF[:26] + struct.pack("<4H", 1, 0, 2, 1) + GIF[34:]  # the frame is larger than its screen
    np.testing.assert_array_equal(decode(beyond), row(WHITE, GREEN, BLUE))


def test_an_avif_is_read_upright_and_without_colour_behind_its_alpha() -> None:
    pixels = np.full((16, 24, 4), (*RED, 255), np.uint8)
    pixels[:8] = (*BLUE, 0)
    found = decode(saved(pixels, "AVIF", quality=95, exif=exif(6)))
    assert found.shape == (24, 16, 3)
    np.testing.assert_allclose(found[:, 9:].astype(int), np.full((24, 7, 3), WHITE), atol=4)
    np.testing.assert_allclose(found[:, :7].astype(int), np.full((24, 7, 3), RED), atol=12)


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1"])
def test_a_phone_s_heic_is_refused_with_advice(brand: bytes) -> None:
    with pytest.raises(ImageError, match=r"a phone's HEIC picture.*save it again as PNG or JPEG.*Most Compatible"):
        decode(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic")


def test_a_bitmap_without_its_file_s_header_is_read() -> None:
    np.testing.assert_array_equal(decode(BMP[14:]), SMALL)
    assert {"jfif", "jpe", "dib", "apng", "avif", "heic", "heif"} < set(images.ENDINGS)


def test_what_is_not_damaged_for_certain_is_not_called_so_for_certain() -> None:
    twelve = bytearray(FILES["JPEG"])
    twelve[twelve.index(b"\xff\xc0") + 4] = 12  # bits a sample
    with pytest.raises(ImageError, match="damaged, incomplete or of a rare kind"):
        decode(bytes(twelve))
