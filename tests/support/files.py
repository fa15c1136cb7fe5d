"""Picture files built by hand, byte by byte, wherever a format allows it."""

import io
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

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


def tiff(pixels: bytes, tags: Mapping[int, tuple[int, ...]], order: str = "<") -> bytes:
    """An uncompressed one-strip TIFF: pixels at byte 8, then the tags as 32-bit numbers, then lists of numbers."""
    tags = {259: (1,), 273: (8,), 279: (len(pixels),), **tags}
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

PALETTE = chunk(b"PLTE", bytes(RED + GREEN + BLUE + BLACK))

MODES: dict[str, tuple[bytes, Bytes]] = {
    "1-bit": (png(4, 1, 1, 0, b"\0\x50"), row(BLACK, WHITE, BLACK, WHITE)),
    "1-bit, transparent 1": (png(2, 1, 1, 0, b"\0\x40", chunk(b"tRNS", b"\0\0")), row(WHITE, WHITE)),
    "2-bit grey": (png(4, 1, 2, 0, b"\0\x1b"), row(*[(v, v, v) for v in (0, 85, 170, 255)])),
    "2-bit grey, transparent 1": (
        png(4, 1, 2, 0, b"\0\x1b", chunk(b"tRNS", b"\0\1")),
        row(*[(v, v, v) for v in (0, 255, 170, 255)]),
    ),
    "4-bit grey, transparent 3": (png(2, 1, 4, 0, b"\0\x23", chunk(b"tRNS", b"\0\3")), row((34, 34, 34), WHITE)),
    "grey": (png(2, 1, 8, 0, b"\0\x07\x64"), row((7, 7, 7), (100, 100, 100))),
    "grey, transparent 7": (png(2, 1, 8, 0, b"\0\x07\x64", chunk(b"tRNS", b"\0\x07")), row(WHITE, (100, 100, 100))),
    "grey and alpha": (png(3, 1, 8, 4, b"\0\0\0\0\xff\x64\x33"), row(WHITE, BLACK, (224, 224, 224))),
    "16-bit grey": (
        png(4, 1, 16, 0, b"\0" + struct.pack(">4H", 0, 32896, 65535, 129)),
        row(BLACK, (128, 128, 128), WHITE, (1, 1, 1)),
    ),
    "16-bit grey and alpha": (png(2, 1, 16, 4, b"\0" + struct.pack(">4H", 0, 0, 0, 65535)), row(WHITE, BLACK)),
    "RGB, one colour transparent": (
        png(2, 1, 8, 2, b"\0" + bytes(RED + GREEN), chunk(b"tRNS", struct.pack(">3H", *RED))),
        row(WHITE, GREEN),
    ),
    "16-bit RGB": (png(1, 1, 16, 2, b"\0" + struct.pack(">3H", 0, 32896, 65535)), row((0, 128, 255))),
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
    "TIFF 16-bit, white is 0": (tiff(struct.pack("<2H", 0, 65535), tiff_tags(2, 1, 16, kind=0)), row(WHITE, BLACK)),
    "TIFF 12-bit": (tiff(b"\xff\xf0\x00", tiff_tags(2, 1, 12)), row(WHITE, BLACK)),
    "TIFF 32-bit in 16 bits": (tiff(struct.pack("<2i", 0, 32896), tiff_tags(2, 1, 32, form=2)), row(BLACK, (128,) * 3)),
    "TIFF 32-bit": (
        tiff(struct.pack("<3i", 0, 10**6, 10**5), tiff_tags(3, 1, 32, form=2)),
        row(BLACK, WHITE, (26,) * 3),
    ),
    "TIFF float, not numbers": (
        tiff(struct.pack("<4f", np.nan, np.inf, -np.inf, 0.4), tiff_tags(4, 1, 32, form=3)),
        row(BLACK, WHITE, BLACK, (102,) * 3),
    ),
    "TIFF float, no number at all": (tiff(struct.pack("<f", np.nan), tiff_tags(1, 1, 32, form=3)), row(BLACK)),
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
    "GIF with transparency": (GIF[:25] + b"!\xf9\x04\x01\0\0\x01\0" + GIF[25:], row(WHITE, BLUE)),
}
