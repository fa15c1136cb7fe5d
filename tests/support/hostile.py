"""Files nobody should upload, made here: small ones of every kind to damage, and those that take most to decode."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from tests.support.files import BMP, GIF, SMALL, chunk, exif, png, rgb_png, saved, tiff, tiff_tags

MB = 2**20
NOISE = np.random.default_rng(9).integers(0, 256, (6, 5, 4), np.uint8)
RGB, RGBA, GREY = Image.fromarray(NOISE[:, :, :3]), Image.fromarray(NOISE), Image.fromarray(NOISE[:, :, 0])


def _moving(format: str, **options: Any) -> bytes:  # noqa: ANN401
    out = io.BytesIO()
    RGB.save(out, format, save_all=True, append_images=[RGB.rotate(180), GREY.convert("RGB")], **options)
    return out.getvalue()


def corpus() -> dict[str, bytes]:
    """Small sound files: formats, modes, compressions, animations, files with EXIF and a profile."""
    turned, profile = b"Exif\0\0" + exif(6), bytes(range(256))
    deep = Image.fromarray(np.arange(30, dtype=np.uint16).reshape(6, 5) * 2000)
    modes = {"1": RGB.convert("1"), "L": GREY, "LA": RGBA.convert("LA"), "P": RGB.convert("P"), "RGBA": RGBA}
    files = {f"PNG {mode}": saved(image, "PNG") for mode, image in (modes | {"I;16": deep}).items()}
    files |= {f"GIF {mode}": saved(image, "GIF") for mode, image in modes.items()}
    files |= {f"WebP {name}": saved(image, "WEBP", lossless=True) for name, image in (("RGB", RGB), ("RGBA", RGBA))}
    files |= {f"BMP {mode}": saved(modes[mode], "BMP") for mode in ("1", "L", "P", "RGBA")}
    tiffs = modes | {"RGB": RGB, "CMYK": RGB.convert("CMYK"), "YCbCr": RGB.convert("YCbCr"), "I;16": deep}
    tiffs |= {"F": GREY.convert("F"), "I": GREY.convert("I")}
    files |= {f"TIFF {mode}": saved(image, "TIFF") for mode, image in tiffs.items()}
    packed = "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "lzma"
    files |= {f"TIFF {way}": saved(RGB, "TIFF", compression=way) for way in packed}
    files |= {f"TIFF {way}": saved(modes["1"], "TIFF", compression=way) for way in ("group3", "group4")}
    jpegs: dict[str, dict[str, Any]] = {"baseline": {}, "progressive": {"progressive": True}}
    jpegs |= {"EXIF and profile": {"exif": turned, "icc_profile": profile, "comment": b"c"}}
    files |= {f"JPEG {name}": saved(RGB, "JPEG", **options) for name, options in jpegs.items()}
    files |= {"JPEG CMYK": saved(RGB.convert("CMYK"), "JPEG"), "JPEG L": saved(GREY, "JPEG")}
    files |= {"moving GIF": _moving("GIF"), "moving PNG": _moving("PNG"), "moving WebP": _moving("WEBP", lossless=True)}
    files |= {"MPO": _moving("MPO"), "paged TIFF": _moving("TIFF")}
    files |= {"BigTIFF": saved(RGB, "TIFF", big_tiff=True), "TIFF with EXIF": saved(RGB, "TIFF", exif=exif(6))}
    files |= {"PNG with EXIF": saved(RGB, "PNG", exif=turned, icc_profile=profile)}
    files |= {"WebP with EXIF": saved(RGB, "WEBP", lossless=True, exif=turned, icc_profile=profile)}
    files |= {"AVIF": saved(RGB, "AVIF"), "AVIF with EXIF": saved(RGB, "AVIF", exif=exif(6))}
    planes = tiff_tags(5, 6, 16, 2) | {258: (16,) * 3, 277: (3,), 284: (2,), 339: (1,) * 3}
    files |= {"TIFF of 64-bit numbers": tiff(np.linspace(0, 1, 30).tobytes(), tiff_tags(5, 6, 64, form=3))}
    files |= {"TIFF of 16-bit planes": tiff(bytes(range(180)), planes | {273: (8, 68, 128), 279: (60,) * 3})}
    return files | {"BMP of run lengths": run_lengths(3, 2, b"\3\1\0\0\1\2\2\0\0\1")}


def run_lengths(width: int, height: int, codes: bytes) -> bytes:
    palette = bytes(range(256)) * 4
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(codes), 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", 1078 + len(codes), 0, 0, 1078) + head + palette + codes


def zeros(count: int) -> bytes:
    """So many bytes 0, deflated."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(min(MB, count - at))) for at in range(0, count, MB)) + packer.flush()


def black_png(width: int, height: int, depth: int, kind: int, row: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    body = zeros((row + 1) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND")


def one_strip(side: int, bits: int, samples: int, kind: int = 2, rows: int = 0) -> bytes:
    """A TIFF of one deflated strip; rows: how many it says are in a strip, 0 for the truth."""
    tags = {256: (side,), 257: (side,), 258: (bits,) * samples, 259: (8,), 262: (kind,), 277: (samples,)}
    packed = zeros(side * side * bits * samples // 8)
    spare = {338: (2,)} if samples == 4 else {}
    return tiff(packed, tags | spare | {278: (rows or side,), 279: (len(packed),), 339: (1,) * samples})


def scans(data: bytes, most: int) -> bytes:
    """A progressive JPEG with its last scan sent again and again."""
    last = data[max(data.rindex(b"\xff\xc4"), 0) : -2]
    return data[:-2] + last * (most - data.count(b"\xff\xda")) + data[-2:]


def _jpeg(mode: str, side: int) -> bytes:
    return saved(Image.new(mode, (side, side), 90), "JPEG", progressive=True, subsampling=0)


def _front(repeated: bytes) -> bytes:
    """A JPEG with 19 MB of this before its picture."""
    data = saved(RGB, "JPEG")
    return data[:2] + repeated * (19 * MB // len(repeated)) + data[2:]


def _tile(side: int) -> bytes:
    packed = zeros(side * side)
    place = {322: (side,), 323: (side,), 324: (8,), 325: (len(packed),)}
    return tiff(packed, {256: (16,), 257: (16,), 258: (8,), 259: (8,), 262: (1,), 277: (1,)} | place)


def _entries() -> bytes:
    many = b"".join(struct.pack("<HHII", tag, 7, 18 * MB, 8) for tag in range(65535))
    return b"II*\0" + struct.pack("<IH", 8, 65535) + many + bytes(18 * MB)


def _strips(many: int) -> bytes:
    return tiff(bytes(4096), tiff_tags(64, 64) | {278: (1,), 273: (8,) * many, 279: (64,)})


def tiled(side: int, tile: bytes, compression: int) -> bytes:
    """A grey TIFF of side × side pixels, every 16 × 16 of which are said to be this one tile."""
    many = (side // 16) ** 2
    places = {322: (16,), 323: (16,), 324: (8,) * many, 325: (len(tile),) * many}
    return tiff(tile, tiff_tags(side, side) | places | {259: (compression,)})


def empty_blocks(many: int) -> bytes:
    """A deflated tile behind so many blocks of nothing."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(bytes(256)) + packer.flush()
    return b"\x78\x9c" + b"\0\0\0\xff\xff" * many + body + struct.pack(">I", zlib.adler32(bytes(256)))


def tables(many: int) -> bytes:
    """A JPEG tile behind so many tables."""
    data = saved(GREY.resize((16, 16)), "JPEG")
    return data[:2] + (b"\xff\xdb\0\x43\0" + bytes([1] * 64)) * many + data[2:]


def _exif_bomb() -> bytes:
    many = b"".join(struct.pack("<HHII", 40_000 + n, 7, 9 * MB, 8) for n in range(5000))
    return rgb_png(SMALL, chunk(b"eXIf", b"II*\0" + struct.pack("<IH", 8, 5000) + many + bytes(9 * MB)))


# As large as they may be, and what would be too large if its size were told from its header.
WORST: dict[str, Callable[[], bytes]] = {
    "PNG of 50 million pixels with alpha": lambda: black_png(7071, 7071, 8, 6, 4 * 7071),
    "progressive CMYK JPEG": lambda: _jpeg("CMYK", 5650),
    "JPEG of 50 scans": lambda: scans(_jpeg("RGB", 6530), 50),
    "TIFF of one strip, 16-bit RGBA": lambda: one_strip(3990, 16, 4),
    "TIFF of one strip, YCbCr": lambda: one_strip(6000, 8, 3, 6),
    "TIFF that denies its strip": lambda: one_strip(7000, 16, 4, 2, 2**32 - 1),
    "WebP": lambda: saved(Image.new("RGBA", (4000, 4000)), "WEBP", lossless=True, method=0),
    "TIFF of a tile larger than the picture": lambda: _tile(30_000),
}
# What a reader takes much memory or time for: a pool's limits end it.
STUFFED: dict[str, Callable[[], bytes]] = {
    "TIFF of five million strips": lambda: _strips(5_000_000),
    "JPEG of empty segments": lambda: _front(b"\xff\xe0\0\2"),
    "JPEG of EXIF in pieces": lambda: _front(b"\xff\xe1\0\x09Exif\0\0a"),
    "JPEG of tables": lambda: _front(b"\xff\xdb\0\x43\0" + bytes([1] * 64)),
    "GIF of comments": lambda: GIF[:25] + b"!\xfe\1a\0" * (19 * MB // 5) + GIF[25:],
    "GIF of frames": lambda: GIF[:25] + GIF[25:-1] * MB + b";",
    "GIF of a frame beyond the screen": lambda: GIF[:30] + b"\xff" * 4 + GIF[34:],
    "PNG of chunks": lambda: rgb_png(SMALL, chunk(b"AAAA") * (19 * MB // 12)),
    "PNG of palettes": lambda: rgb_png(SMALL, chunk(b"PLTE", bytes(768)) * (19 * MB // 780)),
    "PNG of a comment of 2 GB": lambda: rgb_png(SMALL, chunk(b"zTXt", b"k\0\0" + zeros(10**8)) * 20),
    "PNG of one column": lambda: png(1, 50_000_000, 8, 0, bytes(100)),
    "PNG of an EXIF bomb": _exif_bomb,
    "TIFF of overlapping tags": _entries,
    "TIFF of a directory that leads to itself": lambda: (
        tiff(SMALL[:, :, 0].tobytes(), tiff_tags(3, 2))[:-4] + b"\x0e\0\0\0"
    ),
    "BMP of a negative width": lambda: BMP[:18] + struct.pack("<i", -3) + BMP[22:],
    "BMP of a line of run lengths": lambda: run_lengths(50_000_000, 1, b"\1\1\0\0" * 5),
    "BMP of codes that do nothing": lambda: run_lengths(2000, 2000, b"\0\2\0\0" * (19 * MB // 4)),
}


@cache
def small() -> dict[str, bytes]:
    return corpus()
