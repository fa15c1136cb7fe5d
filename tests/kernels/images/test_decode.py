"""An upload becomes the picture it shows, or one sentence: files are built by hand here wherever a format allows it."""

import io
import struct
import zlib
from typing import Any, Never

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFile

from kernels.images import decode as images
from kernels.images.decode import ImageError, cover, decode, planes, resize, unit

Bytes = NDArray[np.uint8]
RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)
SMALL = np.arange(18, dtype=np.uint8).reshape(2, 3, 3) * 13  # two rows, three columns, all values different


def chunk(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, depth: int, kind: int, rows: bytes, before: bytes = b"") -> bytes:
    """A PNG from its rows, each led by its filter byte 0; `before` goes between the header and the pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND")


def rgb_png(picture: Bytes, before: bytes = b"") -> bytes:
    height, width = picture.shape[:2]
    return png(width, height, 8, 2, b"".join(b"\0" + row.tobytes() for row in picture), before)


def exif(orientation: int) -> bytes:
    return b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHH", 274, 3, 1, orientation, 0) + b"\0\0\0\0"


def tiff(pixels: bytes, tags: dict[int, tuple[int, ...]], order: str = "<") -> bytes:
    """An uncompressed one-strip TIFF: pixels at byte 8, then the tags as 32-bit numbers, then lists of numbers."""
    tags = {259: (1,), 273: (8,), 279: (len(pixels),)} | tags
    at = 8 + len(pixels)
    out = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", at) + pixels
    out += struct.pack(order + "H", len(tags))
    spare, lists = at + 2 + 12 * len(tags) + 4, b""
    for tag, values in sorted(tags.items()):
        body = struct.pack(f"{order}{len(values)}I", *values)
        where = body if len(values) == 1 else struct.pack(order + "I", spare + len(lists))
        lists += b"" if len(values) == 1 else body
        out += struct.pack(order + "HHI", tag, 4, len(values)) + where
    return out + b"\0\0\0\0" + lists


def tiff_tags(width: int, height: int, bits: int = 8, kind: int = 1, form: int = 1) -> dict[int, tuple[int, ...]]:
    """Size, bits per sample, photometric kind (1: black is 0), sample format (1 unsigned, 2 signed, 3 float)."""
    return {256: (width,), 257: (height,), 258: (bits,), 262: (kind,), 277: (1,), 278: (height,), 339: (form,)}


def saved(picture: Bytes | Image.Image, format: str, **options: Any) -> bytes:  # noqa: ANN401
    out = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(out, format, **options)
    return out.getvalue()


def row(*colours: tuple[int, int, int]) -> Bytes:
    return np.array([colours], np.uint8)


BMP = (
    b"BM" + struct.pack("<IHHI", 54 + 24, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 3, 2, 1, 24, 0, 24, 0, 0, 0, 0)
) + b"".join(line[:, ::-1].tobytes() + b"\0\0\0" for line in SMALL[::-1])

# 2 × 1, palette of red, green, blue, white; LZW codes with 3 bits: clear, 1, 2, end.
GIF = (
    b"GIF89a" + struct.pack("<HHBBB", 2, 1, 0x81, 0, 0) + bytes(RED + GREEN + BLUE + WHITE)
) + b",\0\0\0\0\x02\0\x01\0\0\x02\x02\x8c\x0a\0;"

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


def test_a_moving_png_gives_its_still_picture() -> None:
    first, second = (Image.new("RGB", (4, 4), colour) for colour in (RED, BLUE))
    data = saved(first, "PNG", save_all=True, append_images=[second])
    assert b"fcTL" in data
    np.testing.assert_array_equal(decode(data), np.array(first))


def test_a_phones_multi_picture_jpeg_gives_its_first_picture() -> None:
    first, second = (Image.new("RGB", (16, 16), colour) for colour in (RED, BLUE))
    picture = decode(saved(first, "MPO", save_all=True, append_images=[second]))
    np.testing.assert_allclose(picture.astype(int), np.array(first), atol=3)


PALETTE = chunk(b"PLTE", bytes(RED + GREEN + BLUE + BLACK))
KEYED = bytes([0, 10, 20, 30])
MODES: dict[str, tuple[bytes, Bytes]] = {
    "1-bit": (png(4, 1, 1, 0, b"\0\x50"), row(BLACK, WHITE, BLACK, WHITE)),
    "1-bit, transparent 1": (png(2, 1, 1, 0, b"\0\x40", chunk(b"tRNS", b"\0\0")), row(WHITE, WHITE)),
    "2-bit grey": (png(4, 1, 2, 0, b"\0\x1b"), row(*[(v, v, v) for v in (0, 85, 170, 255)])),
    "2-bit grey, transparent 1": (
        png(4, 1, 2, 0, b"\0\x1b", chunk(b"tRNS", b"\0\1")),
        row(*[(v, v, v) for v in (0, 255, 170, 255)]),
    ),
    "4-bit grey, transparent 3": (
        png(2, 1, 4, 0, b"\0\x23", chunk(b"tRNS", b"\0\3")),
        row((34, 34, 34), WHITE),
    ),
    "grey": (png(2, 1, 8, 0, b"\0\x07\x64"), row((7, 7, 7), (100, 100, 100))),
    "grey, transparent 7": (png(2, 1, 8, 0, b"\0\x07\x64", chunk(b"tRNS", b"\0\x07")), row(WHITE, (100, 100, 100))),
    "grey and alpha": (png(3, 1, 8, 4, b"\0\0\0\0\xff\x64\x33"), row(WHITE, BLACK, (224, 224, 224))),
    "16-bit grey": (
        png(4, 1, 16, 0, b"\0" + struct.pack(">4H", 0, 32896, 65535, 129)),
        row(BLACK, (128, 128, 128), WHITE, (1, 1, 1)),
    ),
    "16-bit grey, transparent 300": (
        png(2, 1, 16, 0, b"\0" + struct.pack(">2H", 300, 301), chunk(b"tRNS", struct.pack(">H", 300))),
        row(WHITE, (1, 1, 1)),
    ),
    "16-bit grey and alpha": (png(2, 1, 16, 4, b"\0" + struct.pack(">4H", 0, 0, 0, 65535)), row(WHITE, BLACK)),
    "RGB, one colour transparent": (
        png(2, 1, 8, 2, b"\0" + bytes(RED + GREEN), chunk(b"tRNS", struct.pack(">3H", *RED))),
        row(WHITE, GREEN),
    ),
    "16-bit RGB": (png(1, 1, 16, 2, b"\0" + struct.pack(">3H", 0, 32896, 65535)), row((0, 128, 255))),
    "16-bit RGB, one colour transparent": (
        png(2, 1, 16, 2, b"\0" + struct.pack(">6H", 500, 600, 700, 0, 0, 65535), chunk(b"tRNS", b"\1\xf4\2\x58\2\xbc")),
        row(WHITE, BLUE),
    ),
    "RGBA": (png(3, 1, 8, 6, b"\0" + bytes((*RED, 255, *RED, 0, *BLACK, 102))), row(RED, WHITE, (153, 153, 153))),
    "16-bit RGBA": (png(1, 1, 16, 6, b"\0" + struct.pack(">4H", 65535, 0, 0, 0)), row(WHITE)),
    "palette": (png(4, 1, 2, 3, b"\0\x1b", PALETTE), row(RED, GREEN, BLUE, BLACK)),
    "palette, one entry transparent": (
        png(4, 1, 8, 3, b"\0\0\1\2\3", PALETTE + chunk(b"tRNS", b"\xff\0")),
        row(RED, WHITE, BLUE, BLACK),
    ),
    "palette, alpha for each entry": (
        png(4, 1, 8, 3, b"\0\0\1\2\3", PALETTE + chunk(b"tRNS", b"\0\xff\0\x66")),
        row(WHITE, GREEN, WHITE, (153, 153, 153)),
    ),
    "TIFF grey, white is 0": (tiff(b"\0\xff\x64", tiff_tags(3, 1, kind=0)), row(WHITE, BLACK, (155, 155, 155))),
    "TIFF 16-bit": (tiff(struct.pack("<2H", 32896, 65535), tiff_tags(2, 1, 16)), row((128,) * 3, WHITE)),
    "TIFF 16-bit, big-endian": (
        tiff(struct.pack(">2H", 32896, 257), tiff_tags(2, 1, 16), ">"),
        row((128,) * 3, (1,) * 3),
    ),
    "TIFF 16-bit, white is 0": (tiff(struct.pack("<2H", 0, 65535), tiff_tags(2, 1, 16, kind=0)), row(WHITE, BLACK)),
    "TIFF 12-bit": (tiff(b"\xff\xf0\x00", tiff_tags(2, 1, 12)), row(WHITE, BLACK)),
    "TIFF signed 16-bit": (
        tiff(struct.pack("<3h", -100, 0, 100), tiff_tags(3, 1, 16, form=2)),
        row(BLACK, (128,) * 3, WHITE),
    ),
    "TIFF 32-bit in 16 bits": (tiff(struct.pack("<2i", 0, 32896), tiff_tags(2, 1, 32, form=2)), row(BLACK, (128,) * 3)),
    "TIFF 32-bit": (
        tiff(struct.pack("<3i", 0, 10**6, 10**5), tiff_tags(3, 1, 32, form=2)),
        row(BLACK, WHITE, (26,) * 3),
    ),
    "TIFF float in 0..1": (
        tiff(struct.pack("<3f", 0.2, 0.4, 1), tiff_tags(3, 1, 32, form=3)),
        row((51,) * 3, (102,) * 3, WHITE),
    ),
    "TIFF float, other range": (
        tiff(struct.pack("<3f", -1, 4, 0), tiff_tags(3, 1, 32, form=3)),
        row(BLACK, WHITE, (51,) * 3),
    ),
    "TIFF float, narrow range": (tiff(struct.pack("<2f", -0.1, 0.1), tiff_tags(2, 1, 32, form=3)), row(BLACK, WHITE)),
    "TIFF float, not numbers": (
        tiff(struct.pack("<4f", np.nan, np.inf, -np.inf, 0.4), tiff_tags(4, 1, 32, form=3)),
        row(BLACK, WHITE, BLACK, (102,) * 3),
    ),
    "TIFF float, no number at all": (tiff(struct.pack("<f", np.nan), tiff_tags(1, 1, 32, form=3)), row(BLACK)),
    "TIFF float, all the same": (tiff(struct.pack("<2f", 7, 7), tiff_tags(2, 1, 32, form=3)), row(BLACK, BLACK)),
    "TIFF CMYK": (
        tiff(
            bytes([0, 255, 255, 0, 0, 0, 0, 255]), tiff_tags(2, 1, kind=5) | {258: (8,) * 4, 277: (4,), 339: (1,) * 4}
        ),
        row(RED, BLACK),
    ),
    "TIFF grey and alpha": (
        tiff(bytes([0, 0, 100, 255]), tiff_tags(2, 1) | {258: (8, 8), 277: (2,), 338: (2,), 339: (1, 1)}),
        row(WHITE, (100,) * 3),
    ),
    "TIFF grey and premultiplied alpha": (
        tiff(bytes([0, 0, 100, 255]), tiff_tags(2, 1) | {258: (8, 8), 277: (2,), 338: (1,), 339: (1, 1)}),
        row(WHITE, (100,) * 3),
    ),
    "TIFF palette and alpha": (
        tiff(
            bytes([0, 255, 1, 255, 0, 0]),
            tiff_tags(3, 1, kind=3)
            | {258: (8, 8), 277: (2,), 338: (2,), 339: (1, 1)}
            | {320: (65535, *[0] * 255, 0, 65535, *[0] * 254, *[0] * 256)},
        ),
        row(RED, GREEN, WHITE),
    ),
    "WebP with alpha": (
        saved(np.array([[(*RED, 255), (*RED, 0)]], np.uint8), "WEBP", lossless=True, exact=True),
        row(RED, WHITE),
    ),
    "GIF with transparency": (
        GIF[:25] + b"!\xf9\x04\x01\0\0\x01\0" + GIF[25:],
        row(WHITE, BLUE),
    ),
}


@pytest.mark.parametrize("name", MODES)
def test_every_mode_becomes_the_colours_a_person_would_see(name: str) -> None:
    data, expected = MODES[name]
    np.testing.assert_array_equal(decode(data), expected)


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
@pytest.mark.parametrize("format", ["PNG", "PNG, after the pixels", "TIFF", "WebP"])
def test_a_picture_is_turned_upright_by_its_exif_orientation(format: str, orientation: int) -> None:
    tag = chunk(b"eXIf", exif(orientation))
    rgb = tiff_tags(3, 2, kind=2) | {258: (8, 8, 8), 277: (3,), 339: (1, 1, 1)}
    data = {
        "PNG": rgb_png(SMALL, tag),
        "PNG, after the pixels": rgb_png(SMALL)[:-12] + tag + chunk(b"IEND"),
        "TIFF": tiff(SMALL.tobytes(), rgb | {274: (orientation,)}),
        "WebP": saved(SMALL, "WEBP", lossless=True, exif=exif(orientation)),
    }[format]
    np.testing.assert_array_equal(decode(data), UPRIGHT[orientation])


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
    for _ in range(300):
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


@pytest.mark.parametrize(
    "error",
    [
        *(OSError, SyntaxError, ValueError, struct.error, EOFError, TypeError, IndexError, zlib.error, OverflowError),
        *(MemoryError, KeyError, AttributeError, RecursionError, Image.DecompressionBombWarning),
    ],
)
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


@pytest.mark.parametrize("magic", [data[:12] for data in FILES.values()])
def test_a_familiar_beginning_followed_by_garbage_is_refused(magic: bytes) -> None:
    with pytest.raises(ImageError, match=r"damaged|pixels"):
        decode(magic + np.random.default_rng(2).bytes(500))


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
@pytest.mark.parametrize(("width", "height"), [(10_000, 6_000), (12_000, 10_000), (50_000, 60_000)])
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
@pytest.mark.parametrize(("width", "height"), [(0, 0), (0, 5), (5, 0)])
def test_a_picture_without_pixels_is_refused(format: str, width: int, height: int) -> None:
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


@pytest.mark.parametrize("size", [(4, 4), (16, 16), (7, 30), (30, 7), (256, 256), (227, 227)])
@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (8, 8), (40, 60), (600, 400)])
def test_a_picture_covers_exactly_the_size_it_is_to_have(shape: tuple[int, int], size: tuple[int, int]) -> None:
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
