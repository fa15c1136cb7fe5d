"""The kinds of TIFF that Pillow has no mode for, or reads wrongly: read where they are not compressed, else named."""

import io
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL.TiffImagePlugin import ImageFileDirectory_v2, TiffImageFile

from kernels.images.levels import Wide, top_of

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, OFFSETS, ORIENTATION, SAMPLES, COUNTS = (
    256, 257, 258, 259, 262, 273, 274, 277, 279,
)  # fmt: skip
PLANAR, EXTRA, FORMAT, NO_DATA = 284, 338, 339, 42113
UNCOMPRESSED, IN_PLANES, ALPHA = 1, 2, 2
WHITE_IS_ZERO, RGB = 0, 2
_KINDS = {1: ("u", "unsigned"), 2: ("i", "signed"), 3: ("f", "floating-point")}

Tags = Mapping[int, Any]


class KindError(ValueError):
    """This kind of TIFF is not read; the message says which kind it is."""


def opened(data: bytes) -> TiffImageFile | Wide:
    """The picture as Pillow opens it, or its numbers where Pillow would not read them rightly. Raises KindError."""
    try:
        image = TiffImageFile(io.BytesIO(data))
    except SyntaxError:
        tags = _directory(data)
        if not {WIDTH, HEIGHT, BITS} <= tags.keys():
            raise
        return _numbers(data, tags)
    tags = image.tag_v2
    in_planes = tags.get(PLANAR) == IN_PLANES and number(tags, SAMPLES, 1) > 1
    return _numbers(data, tags) if in_planes and number(tags, BITS, 1) > 8 else image


def no_data(tags: Tags, dtype: "np.dtype[Any]") -> float:
    """The number of this type that stands for no value (GDAL's tag); nan where none does.

    >>> no_data({42113: "-9999"}, np.dtype("i2"))
    -9999.0
    """
    try:
        number = float(tags.get(NO_DATA, "nan"))
    except (TypeError, ValueError):
        return float("nan")
    with np.errstate(over="ignore"):
        return float(dtype.type(number)) if dtype.kind == "f" else number


def number(tags: Tags, tag: int, otherwise: int) -> int:
    """The first number of this tag. Raises ValueError where it has something else."""
    found = tags.get(tag, otherwise)
    first = found[0] if isinstance(found, tuple) and found else found
    if not isinstance(first, int):
        raise ValueError(f"tag {tag} should be a number, got {first!r}")
    return first


def _directory(data: bytes) -> Tags:
    """The tags of the first picture."""
    file = io.BytesIO(data)
    tags = ImageFileDirectory_v2(file.read(16 if 43 in data[2:4] else 8))
    file.seek(tags.next)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Pillow goes on without a tag that is cut off
        tags.load(file)
    return tags


def _numbers(data: bytes, tags: Tags) -> Wide:
    """The samples of an uncompressed TIFF, one after the other or plane by plane. Raises KindError."""
    width, height, samples = (number(tags, tag, 1) for tag in (WIDTH, HEIGHT, SAMPLES))
    bits, photometric = number(tags, BITS, 1), number(tags, PHOTOMETRIC, 1)
    letter, _ = _KINDS.get(number(tags, FORMAT, 1), ("", ""))
    colours, extra = (3 if photometric == RGB else 1), tags.get(EXTRA, ())
    if (
        bits not in ((16, 32, 64) if letter == "f" else (8, 16, 32, 64))
        or not letter
        or number(tags, COMPRESSION, UNCOMPRESSED) != UNCOMPRESSED
        or photometric not in (WHITE_IS_ZERO, 1, RGB)
        or len({*tags[BITS]}) > 1
        or samples != colours + len(extra)
        or extra not in ((), (ALPHA,))
        or OFFSETS not in tags
    ):
        raise KindError(_kind(tags))
    dtype = np.dtype(f"{'<' if data[:2] == b'II' else '>'}{letter}{bits // 8}")
    size = width * height * samples * dtype.itemsize
    if not 0 < size <= len(data):
        raise ValueError(f"{size} bytes of samples in a file of {len(data)}")
    strips = (data[at : at + many] for at, many in zip(tags[OFFSETS], tags[COUNTS], strict=True))
    values = np.frombuffer(b"".join(strips), dtype, width * height * samples)
    in_planes = tags.get(PLANAR) == IN_PLANES
    shape = (samples, height, width) if in_planes else (height, width, samples)
    pixels = values.reshape(shape).transpose(1, 2, 0) if in_planes else values.reshape(shape)
    return Wide(
        (width, height),
        lambda first, last: pixels[first:last],
        top_of(dtype),
        alpha=(1.0 if letter == "f" else float(np.iinfo(dtype).max)) if extra else 0.0,
        absent=no_data(tags, dtype),
        inverted=photometric == WHITE_IS_ZERO,
        turn=number(tags, ORIENTATION, 1),
    )


def _kind(tags: Tags) -> str:
    """What there is in such a TIFF, in words."""
    _, name = _KINDS.get(number(tags, FORMAT, 1), ("", "other"))
    planes = ", stored in separate planes" if tags.get(PLANAR) == IN_PLANES else ""
    packed = number(tags, COMPRESSION, UNCOMPRESSED)
    compression = "" if packed == UNCOMPRESSED else f", compression {packed}"
    return f"{number(tags, SAMPLES, 1)} × {number(tags, BITS, 1)}-bit {name} numbers per pixel{planes}{compression}"
