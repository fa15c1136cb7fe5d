"""Any picture a class brings becomes a small 8-bit RGB array, or a sentence saying what to do about it.

An upload is hostile until decoded. The format is read from its first bytes, `essence` leaves away all that its pixels
do not need, the size is read from its header before any pixel is decoded, and whatever Pillow raises on damaged data
ends as one `ImageError`. Pillow's globals and Python's warning filters belong to every session of the process, so they
are left alone: the format's own reader is opened directly, without `Image.open` and its warning about large pictures.

A large picture is reduced in strips: each is turned into RGB first (colours can be averaged, palette indices cannot),
so the only full-size copy in memory is the one the format's decoder makes. Whatever the upload, decoding it takes at
most MAX_MEMORY beyond the file itself, and a few seconds: measured with the worst files that are known, and tested.
"""

import io
import threading
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from kernels.images.essence import essence

Picture = NDArray[np.uint8]

MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000
MASTER_SIDE = 512
MAX_LENGTH = 65_535  # rows or columns: a row costs memory of its own
MAX_MEMORY = 320 * 2**20  # of decoding one picture, beyond the file
_PIXEL_MEMORY = 256_000_000  # of it, what the format's decoder may take; see `_greed`
MAX_SCANS = 100  # a progressive JPEG has about ten; each costs a pass over the whole picture
_TURN = threading.Lock()  # one picture is decoded at a time, for all visitors: it takes memory
MIN_SIDE, MAX_SIDE = 8, 512
BICUBIC = Image.Resampling.BICUBIC

_GAP = 3  # the last, Lanczos step starts from at least this many times its result: as good as starting from everything
_STRIP_PIXELS = 2**20
_FORMATS = "PNG, JPEG, WebP, GIF, BMP or TIFF"
_ADVICE = "Open it in an image program, save it again as PNG or JPEG, and upload that file."

# JPEG is opened by its own class, not by Pillow's factory: a phone's multi-picture file then gives its first picture.
_READERS: dict[bytes, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    b"\x89PNG\r\n\x1a\n": PngImageFile,
    b"\xff\xd8\xff": JpegImageFile,
    b"GIF87a": GifImageFile,
    b"GIF89a": GifImageFile,
    b"BM": BmpImageFile,
    b"II*\0": TiffImageFile,
    b"MM\0*": TiffImageFile,
    b"II+\0": TiffImageFile,
    b"MM\0+": TiffImageFile,
}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BITS, _PHOTOMETRIC, _SAMPLES, _ROWS, _TILE = 258, 262, 277, 278, (322, 323)  # TIFF tags


class ImageError(ValueError):
    """A picture cannot be used; the message says what is wrong with it and what to do."""


def decode(data: bytes, side: int = MASTER_SIDE, most: int = MAX_PIXELS) -> Picture:
    """The picture in an uploaded file: shape (H, W, 3), sRGB bytes 0..255, longer side at most `side`.

    Never enlarged, turned upright by its EXIF orientation, alpha laid over white, first frame if it moves. 16-bit grey
    v becomes v/257; 32-bit integers likewise when all are in 0..65535; floats in 0..1 become 255·v; other ranges are
    stretched so that the smallest value is 0 and the largest 255. 16-bit colour keeps its high byte.

    Raises ImageError when the file is empty, over MAX_BYTES, over `most` pixels, damaged or of another format.
    """
    if not data:
        raise ImageError("The file is empty (0 bytes): choose another file, or save the picture again.")
    if len(data) > MAX_BYTES:
        size, limit = len(data) / 2**20, MAX_BYTES // 2**20
        raise ImageError(
            f"The file has {size:.1f} MB and the limit is {limit} MB: save the picture smaller or as JPEG."
        )
    reader = _reader(data)
    if reader is JpegImageFile and data.count(b"\xff\xda") > MAX_SCANS:
        raise ImageError(f"The JPEG is sent in more than {MAX_SCANS} passes, which no camera does. {_ADVICE}")
    try:
        with _TURN:
            file, turn = essence(data)
            with reader(io.BytesIO(file)) as image:
                _check_size(*image.size, min(most, int(_PIXEL_MEMORY / _greed(image))))
                return np.array(_upright(_master(image, side), turn), np.uint8)
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(_too_large("far too many")) from error
    except Exception as error:  # damaged data makes Pillow raise nearly anything
        raise ImageError(f"The picture cannot be read: its file is damaged or incomplete. {_ADVICE}") from error


def resize(picture: Picture, side: int) -> Picture:
    """The picture (H, W, 3) with longer side exactly `side` pixels: (h, w, 3), aspect kept, each side at least 1.

    Lanczos when shrinking, bicubic when enlarging. Raises ValueError for a side outside MIN_SIDE..MAX_SIDE.

    >>> resize(np.zeros((100, 200, 3), np.uint8), 50).shape
    (25, 50, 3)
    """
    if not MIN_SIDE <= side <= MAX_SIDE:
        raise ValueError(f"side must be in {MIN_SIDE}..{MAX_SIDE}, got {side}")
    height, width = picture.shape[:2]
    method = Image.Resampling.LANCZOS if side < max(height, width) else BICUBIC
    return np.array(Image.fromarray(picture).resize(fit(width, height, side), method), np.uint8)


def cover(picture: Picture, height: int, width: int) -> Picture:
    """The middle of the picture (H, W, 3) at exactly (height, width, 3): as much of it as that shape has room for."""
    method = Image.Resampling.LANCZOS if max(height / picture.shape[0], width / picture.shape[1]) < 1 else BICUBIC
    return np.array(ImageOps.fit(Image.fromarray(picture), (width, height), method), np.uint8)


def planes(picture: Picture, colour: str) -> Picture:
    """The picture (H, W, 3) as channel planes (C, H, W), contiguous bytes 0..255.

    "rgb" gives C = 3; "grey" gives C = 1, the ITU-R 601 luma (299 R + 587 G + 114 B) / 1000.
    Raises ValueError for any other colour.

    >>> planes(np.full((2, 2, 3), 51, np.uint8), "grey").tolist()
    [[[51, 51], [51, 51]]]
    """
    if colour == "rgb":
        return np.ascontiguousarray(picture.transpose(2, 0, 1))
    if colour == "grey":
        return np.array(Image.fromarray(picture).convert("L"), np.uint8)[np.newaxis]
    raise ValueError(f'colour must be "grey" or "rgb", got {colour!r}')


def unit(planes: Picture) -> NDArray[np.float64]:
    """Bytes as numbers: planes / 255, float64 in 0..1, of the same shape.

    >>> unit(np.array([0, 51, 255], np.uint8)).tolist()
    [0.0, 0.2, 1.0]
    """
    return planes / np.float64(255)


def _reader(data: bytes) -> Callable[[io.BytesIO], ImageFile.ImageFile]:
    """Pillow's reader for the format the first bytes name; ImageError for any other format."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WebPImageFile
    for magic, reader in _READERS.items():
        if data.startswith(magic):
            return reader
    raise ImageError(f"The file is {_guess(data)}, not a {_FORMATS} picture. {_ADVICE}")


def _guess(data: bytes) -> str:
    """The format that a foreign file most likely has, in words."""
    head = data[:256].lstrip().lower()
    if head[4:8] == b"ftyp":
        return "a phone's HEIC or AVIF picture, or a video"
    if head.startswith(b"%pdf"):
        return "a PDF document"
    if b"<svg" in head:
        return "an SVG drawing"
    return f"of an unknown kind (its first bytes are {data[:4].hex(' ')})"


def _check_size(width: int, height: int, most: int) -> None:
    """Refuse more than `most` pixels, or too many in a row; Pillow's readers have refused sizes of zero."""
    if width * height > most:
        raise ImageError(_too_large(f"{width} × {height} = {width * height / 1e6:.0f} million", most))
    if max(width, height) > MAX_LENGTH:
        limit = f"{MAX_LENGTH:,}"
        raise ImageError(f"The picture is {max(width, height):,} pixels long and the limit is {limit}: cut it shorter.")


def _greed(image: ImageFile.ImageFile) -> float:
    """Bytes a pixel that the format's decoder takes, as measured."""
    if isinstance(image, WebPImageFile):
        return 16  # two canvases of an animation and their frame
    if isinstance(image, JpegImageFile):
        return 2 * image.layers if "progressive" in image.info else 1  # all coefficients, at full size
    stored = 1 if image.mode in ("1", "L", "P") else 4
    if isinstance(image, TiffImageFile):
        return stored + _strip(image)
    if image.tile and image.tile[0].codec_name == "bmp_rle":
        return 64  # a loop in Python over every pixel: it takes time, not memory
    return stored


def _strip(image: TiffImageFile) -> float:
    """Bytes a pixel of the picture of a TIFF's largest strip or tile: it can be all of the picture, or more."""
    tags = image.tag_v2
    depths, rows = tags.get(_BITS, (1,)), tags.get(_ROWS, 0)
    samples, bits = max(tags.get(_SAMPLES, 1), len(depths)), max(depths)
    if image.info.get("compression") == "jpeg":
        samples, bits = max(samples, 3), 16  # coefficients, as in a JPEG
    if not isinstance(rows, int) or not 0 < rows < image.height:
        rows = image.height
    largest = max(image.width * rows, tags.get(_TILE[0], 1) * tags.get(_TILE[1], 1))
    return float(samples * bits / 8 * largest / (image.width * image.height))


def _too_large(pixels: str, most: int = MAX_PIXELS) -> str:
    return f"The picture has {pixels} pixels and the limit is {most // 10**6} million: save it smaller."


def fit(width: int, height: int, side: int) -> tuple[int, int]:
    """(width, height) in the same proportion with the longer one equal to side, neither under 1."""
    longer = max(width, height)
    return max(1, round(width * side / longer)), max(1, round(height * side / longer))


def _master(image: ImageFile.ImageFile, side: int) -> Image.Image:
    """The picture as RGB, at most `side` long."""
    width: float
    height: float
    width, height = image.size
    size = fit(*image.size, min(side, max(image.size)))
    draft = image.draft(None, (size[0] * _GAP, size[1] * _GAP))  # a JPEG can decode at 1/2, 1/4 or 1/8
    raw = image.tile[0][3] if image.tile else None
    image.load()
    if draft:
        _, _, width, height = draft[1]
    _scale_key(image, raw)
    factor = max(1, int(max(width, height)) // (side * _GAP))
    small = _reduced(image, factor)
    if small.size != size:
        small = small.resize(size, Image.Resampling.LANCZOS, (0, 0, width / factor, height / factor))
    return small


def _scale_key(image: ImageFile.ImageFile, raw: object) -> None:
    """Bring a PNG's transparent colour from the file's bit depth to that of the pixels: Pillow leaves it as it was."""
    key = image.info.get("transparency")
    if isinstance(key, int) and raw in ("L;2", "L;4"):
        image.info["transparency"] = key * (85 if raw == "L;2" else 17)
    if isinstance(key, tuple) and raw == "RGB;16B":
        image.info["transparency"] = tuple(value >> 8 for value in key)


def _strips(image: Image.Image, step: int) -> Iterator[tuple[int, Image.Image]]:
    """(top, strip) down the picture: full width, about _STRIP_PIXELS each, tops at multiples of step."""
    width, height = image.size
    rows = max(1, _STRIP_PIXELS // (width * step)) * step
    for top in range(0, height, rows):
        yield top, image.crop((0, top, width, min(top + rows, height)))


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """The picture as RGB with every factor × factor block averaged; blocks cut by the right or bottom edge count."""
    width, height = image.size
    levels = _levels(image)
    out = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for top, strip in _strips(image, factor):
        out.paste(_rgb(strip, *levels).reduce(factor), (0, top // factor))
    return out


def _rgb(image: Image.Image, black: float, white: float) -> Image.Image:
    """A picture of any mode as RGB: wide values scaled from black..white to 0..255, alpha laid over white."""
    if _is_wide(image):
        values = np.asarray(image, np.float64)
        grey = np.nan_to_num((values - black) * 255 / (white - black), posinf=255, neginf=0)
        key = image.info.get("transparency")
        if isinstance(key, int):
            grey[values == key] = 255
        return Image.fromarray(np.rint(grey.clip(0, 255)).astype(np.uint8)).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    if image.mode in ("La", "RGBa"):
        image = image.convert(image.mode.upper())
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA")).convert("RGB")


def _is_wide(image: Image.Image) -> bool:
    return image.mode == "F" or image.mode.startswith("I")


def _levels(image: Image.Image) -> tuple[float, float]:
    """The values of a wide picture that stand for black and for white (see `decode`)."""
    if image.mode == "F":
        return _range(image, 1.0)
    if image.mode == "I":
        return _range(image, 65535.0)
    tags = image.tag_v2 if isinstance(image, TiffImageFile) else {}
    top = 4095.0 if tags.get(_BITS) == (12,) else 65535.0
    return (top, 0.0) if tags.get(_PHOTOMETRIC) == 0 else (0.0, top)


def _range(image: Image.Image, top: float) -> tuple[float, float]:
    """(0, top) if every finite value lies there, else (smallest, largest)."""
    low, high = np.inf, -np.inf
    for _, strip in _strips(image, 1):
        values = np.asarray(strip, np.float64)
        finite = values[np.isfinite(values)]
        low, high = min(low, finite.min(initial=np.inf)), max(high, finite.max(initial=-np.inf))
    if low >= 0 and high <= top:  # no finite value at all included
        return 0.0, top
    return low, high if high > low else low + 1


def _upright(picture: Image.Image, turn: int) -> Image.Image:
    """The picture turned as its EXIF orientation says."""
    return picture.transpose(_TURNS[turn]) if turn in _TURNS else picture
