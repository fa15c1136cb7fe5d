"""The numbers of a picture as Pillow holds them, where a byte of each is not enough to show it."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from kernels.images import tiff
from kernels.images.levels import FILLED, Samples, Wide, top_of

BOTH = "RGB;16", "RGBX;16", "RGBA;16"  # raw modes that are followed by the order of the bytes, of which one is kept
GREY_ALPHA = "LA;16B"  # the same of a PNG, but Pillow has no mode for the other byte
SWAPPED = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}  # endings of Pillow's 16-bit raw modes


def raw_mode(image: ImageFile) -> str:
    """Pillow's name of the way the samples lie in the file; it is known until they are loaded."""
    args = image.tile[0].args if image.tile else ""
    return str(args[0] if isinstance(args, tuple) and args else args)


def numbers(image: ImageFile, raw: str, again: Callable[[], ImageFile]) -> Wide | None:
    """The numbers of a loaded picture; None where its bytes will do. raw: its raw mode. again: opens it once more."""
    if image.mode == "F" or image.mode.startswith("I") or _is_signed(image):
        return _grey(image)
    if raw.startswith(BOTH) and ("transparency" in image.info or _is_dark(image)):
        return _both_bytes(image, raw, again())
    if raw == GREY_ALPHA and _is_dark(image):
        return _four_bytes(again())
    return None


def _kind(image: ImageFile) -> tuple[int, int]:
    """Bits and format of a TIFF's samples; (0, 1) where nothing is said of them."""
    tags = image.tag_v2 if isinstance(image, TiffImageFile) else {}
    return tiff.number(tags, tiff.BITS, 0), tiff.number(tags, tiff.FORMAT, 1)


def _is_signed(image: ImageFile) -> bool:
    return image.mode == "L" and _kind(image) == (8, 2)


def _is_dark(image: ImageFile) -> bool:
    """Whether the high bytes take so little of their range that there is not much to see in them."""
    ranges: Any = image.getextrema()
    colours = ranges[:-1] if image.mode.endswith("A") else ranges
    return bool(max(high for _, high in colours) - min(low for low, _ in colours) < FILLED * 255)


def _grey(image: ImageFile) -> Wide:
    """A picture of one number per pixel. Pillow takes signed bytes for unsigned, unsigned 32-bit numbers for signed."""
    tags = image.tag_v2 if isinstance(image, TiffImageFile) else {}
    key = image.info.get("transparency")
    held = np.asarray(image.crop((0, 0, 1, 1))).dtype
    dtype = np.dtype({(8, 2): "i1", (32, 1): "u4"}.get(_kind(image), held.str))
    stored = np.dtype("i2") if _kind(image) == (16, 2) else dtype  # Pillow holds them as 32-bit numbers

    def rows(first: int, last: int) -> Samples:
        values: Samples = np.asarray(image.crop((0, first, image.width, last))).view(dtype)
        return values[..., None]

    return Wide(
        image.size,
        rows,
        4095.0 if _kind(image)[0] == 12 else top_of(stored),
        absent=tiff.no_data(tags, dtype),
        key=(key,) if isinstance(key, int) else (),
        inverted=tags.get(tiff.PHOTOMETRIC) == tiff.WHITE_IS_ZERO,
    )


def _both_bytes(high: ImageFile, raw: str, low: ImageFile) -> Wide:
    """A picture of 16-bit colours, of which Pillow reads one byte at a time."""
    other = raw[:-1] + SWAPPED[raw[-1]]
    for n, tile in enumerate(low.tile):
        low.tile[n] = tile._replace(args=(other, *tile.args[1:]) if isinstance(tile.args, tuple) else other)
    low.load()

    def rows(first: int, last: int) -> Samples:
        box = (0, first, high.width, last)
        values = np.asarray(high.crop(box)).astype(np.uint16)
        values *= 256
        values += np.asarray(low.crop(box))
        return values

    return Wide(
        high.size,
        rows,
        65535.0,
        alpha=65535.0 if high.mode == "RGBA" else 0.0,
        key=tuple(high.info.get("transparency", ())),
    )


def _four_bytes(image: ImageFile) -> Wide:
    """A picture of 16-bit grey and alpha, opened as one of four bytes a pixel."""
    image.load()

    def rows(first: int, last: int) -> Samples:
        values = np.asarray(image.crop((0, first, image.width, last))).astype(np.uint16)
        return values[..., ::2] * 256 + values[..., 1::2]

    return Wide(image.size, rows, 65535.0, alpha=65535.0)
