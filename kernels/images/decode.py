"""Any picture a class brings becomes a small 8-bit RGB array, or a sentence saying what to do about it.

An upload is hostile until decoded. The format is read from its first bytes, the size from its header before any pixel
is decoded, and whatever Pillow raises ends as one `ImageError`. What a file can cost beyond that, in memory and in
time, is bounded where this runs: in a worker process that is ended at its limits (`components.session.pool`).

A large picture is reduced in strips: each is turned into RGB first (colours can be averaged, palette indices cannot),
so the only full-size copy in memory is the one the format's decoder makes.
"""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import AvifImagePlugin, ExifTags, Image, ImageFile, ImageOps
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile, DibImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from kernels.images import png, tiff
from kernels.images.colour import Convert, to_srgb
from kernels.images.levels import Wide, in_bytes, range_of, strips
from kernels.images.numbers import BOTH, GREY_ALPHA, numbers, raw_mode

Picture = NDArray[np.uint8]

ENDINGS = (
    "png", "apng", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "bmp", "dib", "tif", "tiff", "avif", "heic", "heif",
)  # fmt: skip  # of files that are read, and of those a phone makes that get advice
MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000
MASTER_SIDE = 512
MAX_LENGTH = 65_535  # rows or columns: a row costs memory of its own
_PIXEL_MEMORY = 256_000_000  # bytes that the format's decoder may take by the header; see `_decoder_memory`
MIN_SIDE, MAX_SIDE = 8, 512
BICUBIC = Image.Resampling.BICUBIC

_GAP = 3  # the last, Lanczos step starts from at least this many times its result: as good as starting from everything
_FORMATS = "PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF"
_ADVICE = "Open it in an image editor, save it again as PNG or JPEG, and upload that file."
_PHONE = "On an iPhone, Settings › Camera › Formats › Most Compatible makes the camera save JPEGs."
_CUT = "The file ends before its picture is marked as complete: parts of it may be missing."
_ROWS, _TILE = 278, (322, 323)  # TIFF tags
_EXIF = 2**17  # bytes in which an orientation is looked for; a JPEG's segment has half of that
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # so that processor time is also the time somebody waits

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class ImageError(ValueError):
    """A picture cannot be used; the message says what is wrong with it and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """picture: shape (H, W, 3), sRGB bytes. note: what was done to it that a person should know."""

    picture: Picture
    note: str = ""


def decode(data: bytes, side: int = MASTER_SIDE, most: int = MAX_PIXELS) -> Picture:
    """The picture in an uploaded file: shape (H, W, 3), sRGB bytes 0..255, longer side at most `side`.

    Never enlarged, turned upright by its EXIF orientation, brought to sRGB from its colour profile or gamma, alpha laid
    over white, first frame if it moves. 16-bit grey v becomes v/257; 32-bit integers likewise when all are in 0..65535;
    floats in 0..1 become 255·v. Values that go beyond this, or fill less than a quarter of it, are stretched so that
    the smallest is 0 and the largest 255. 16-bit colour that is not stretched keeps its high byte.

    Raises ImageError when the file is empty, over MAX_BYTES, over `most` pixels, damaged or of another format.
    """
    return read(data, side, most).picture


def read(data: bytes, side: int = MASTER_SIDE, most: int = MAX_PIXELS) -> Decoded:
    """The picture as `decode` has it, with its note. Raises ImageError."""
    if not data:
        raise ImageError("The file is empty (0 bytes): choose another file, or save the picture again.")
    if len(data) > MAX_BYTES:
        size, limit = len(data) / 2**20, MAX_BYTES // 2**20
        raise ImageError(
            f"The file is {size:.1f} MB and the limit is {limit} MB: save the picture smaller or as a JPEG."
        )
    opener = _opener(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of all that is odd, and a file may be full of it
            return _read(opener, data, side, most)
    except ImageError:
        raise
    except tiff.KindError as error:
        raise ImageError(f"This kind of TIFF is not read: {error}. {_ADVICE}") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(_too_large("far too many")) from error
    except MemoryError as error:
        raise ImageError("Reading the picture takes too much memory: save a smaller version.") from error
    except Exception as error:  # damaged data makes Pillow raise nearly anything
        raise ImageError(
            f"The picture cannot be read: the file is damaged, incomplete or of a rare kind. {_ADVICE}"
        ) from error


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


class _Jpeg(JpegImageFile):
    """A JPEG whose picture ends where its file does, as browsers show it.

    Opened by its own class, not by Pillow's factory, a phone's file of several pictures gives its first.
    """

    cut = False

    def load_read(self, read_bytes: int) -> bytes:
        found = super().load_read(read_bytes)
        if found or self.cut:
            return found
        self.cut = True
        return b"\xff\xd9"


Opener = Callable[[bytes], ImageFile.ImageFile | Wide]


def _by(reader: Callable[[io.BytesIO], ImageFile.ImageFile]) -> Opener:
    return lambda data: reader(io.BytesIO(data))


_PNG = _by(PngImageFile)
_OPENERS: dict[bytes, Opener] = {
    b"\x89PNG\r\n\x1a\n": _PNG,
    b"\xff\xd8\xff": _by(_Jpeg),
    b"GIF87a": _by(GifImageFile),
    b"GIF89a": _by(GifImageFile),
    b"BM": _by(BmpImageFile),
    b"\x28\0\0\0": _by(DibImageFile),
    b"II*\0": tiff.opened,
    b"MM\0*": tiff.opened,
    b"II+\0": tiff.opened,
    b"MM\0+": tiff.opened,
}


def _opener(data: bytes) -> Opener:
    """The function that opens the format which the first bytes name. Raises ImageError for any other format."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _by(WebPImageFile)
    if data[4:8] == b"ftyp" and AvifImagePlugin.SUPPORTED and b"avi" in data[8 : int.from_bytes(data[:4], "big")]:
        return _by(AvifImageFile)
    for magic, opener in _OPENERS.items():
        if data.startswith(magic):
            return opener
    phone = f" {_PHONE}" if data[4:8] == b"ftyp" else ""
    raise ImageError(f"The file is {_guess(data)}, not a {_FORMATS} picture. {_ADVICE}{phone}")


def _guess(data: bytes) -> str:
    """The format that a foreign file most likely has, in words."""
    head = data[:256].lstrip().lower()
    if head[4:8] == b"ftyp":
        return "a phone's HEIC picture, or a video"
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
        longer = f"{max(width, height):,}"
        raise ImageError(f"The picture has a side of {longer} pixels and the limit is {limit}: crop it.")


def _decoder_memory(image: ImageFile.ImageFile | Wide) -> float:
    """The bytes a pixel that the format's decoder takes, as measured."""
    if isinstance(image, Wide):
        return 1  # its numbers are those of the file
    if isinstance(image, (WebPImageFile, AvifImageFile)):
        return 16  # two canvases of an animation and their frame
    if isinstance(image, JpegImageFile):
        return 2 * image.layers if "progressive" in image.info else 1  # all coefficients, at full size
    stored = 1 if image.mode in ("1", "L", "P") else 8 if raw_mode(image).startswith((*BOTH, GREY_ALPHA)) else 4
    if isinstance(image, TiffImageFile):
        return stored + _strip(image)
    return stored


def _strip(image: TiffImageFile) -> float:
    """Bytes a pixel of the picture of a TIFF's largest strip or tile: it can be all of the picture, or more."""
    tags = image.tag_v2
    depths, rows = tags.get(tiff.BITS, (1,)), tags.get(_ROWS, 0)
    samples, bits = max(tags.get(tiff.SAMPLES, 1), len(depths)), max(depths)
    if image.info.get("compression") == "jpeg":
        samples, bits = max(samples, 3), 16  # coefficients, as in a JPEG
    if not isinstance(rows, int) or not 0 < rows < image.height:
        rows = image.height
    largest = max(image.width * rows, tags.get(_TILE[0], 1) * tags.get(_TILE[1], 1))
    return float(samples * bits / 8 * largest / (image.width * image.height))


def _too_large(pixels: str, most: int = MAX_PIXELS) -> str:
    return f"The picture has {pixels} pixels and the limit is {most // 10**6} million: save a smaller version."


def fit(width: int, height: int, side: int) -> tuple[int, int]:
    """(width, height) in the same proportion with the longer one equal to side, neither under 1."""
    longer = max(width, height)
    return max(1, round(width * side / longer)), max(1, round(height * side / longer))


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    """rgb: the rows of the picture from one to another. pixels: columns and rows of them. size: how much of them the
    picture takes. note: see `Decoded`.
    """

    rgb: Callable[[int, int], Image.Image]
    pixels: tuple[int, int]
    size: tuple[float, float]
    note: str = ""


def _read(opener: Opener, data: bytes, side: int, most: int) -> Decoded:
    extra: dict[bytes, bytes] = {}
    if opener is _PNG:
        data, extra = png.parts(data)
    image = opener(data)
    _check_size(*image.size, min(most, int(_PIXEL_MEMORY / _decoder_memory(image))))
    size = fit(*image.size, min(side, max(image.size)))
    if isinstance(image, Wide):
        loaded, turn = _wide(image, to_srgb("RGB")), image.turn
    else:
        loaded = _loaded(image, extra, size, lambda raw: opener(png.as_bytes(data) if raw == GREY_ALPHA else data))
        turn = _orientation(extra.get(b"eXIf") or image.info.get("exif", b""))
    factor = max(1, int(max(loaded.size)) // (side * _GAP))
    small = _reduced(loaded, factor)
    if small.size != size:
        width, height = loaded.size
        small = small.resize(size, Image.Resampling.LANCZOS, (0, 0, width / factor, height / factor))
    return Decoded(np.array(_upright(small, turn), np.uint8), loaded.note)


def _loaded(
    image: ImageFile.ImageFile, extra: dict[bytes, bytes], size: tuple[int, int], again: Callable[[str], Any]
) -> _Loaded:
    """The picture with its pixels. extra: notes of a PNG. size: what it is to have. again: opens it once more,
    for its raw mode.
    """
    draft = image.draft(None, (size[0] * _GAP, size[1] * _GAP))  # a JPEG can decode at 1/2, 1/4 or 1/8
    raw = raw_mode(image)
    frame = image.tile[0].extents if isinstance(image, GifImageFile) and image.tile else None
    image.load()
    _scale_key(image, raw)
    mode = image.mode if image.mode in ("CMYK", "LAB") else Image.getmodebase(image.mode)
    profile = png.profile(extra) or image.info.get("icc_profile", b"")
    colours = to_srgb(mode, profile, png.gamma(extra), png.primaries(extra))
    if wide := numbers(image, raw, lambda: again(raw)):
        return _wide(wide, colours)
    shown = _on_white(image, frame) if frame else image

    def rgb(first: int, last: int) -> Image.Image:
        return _rgb(shown.crop((0, first, shown.width, last)), colours)

    note = _CUT if isinstance(image, _Jpeg) and image.cut else ""
    return _Loaded(rgb, image.size, draft[1][2:] if draft else image.size, note)


def _wide(wide: Wide, colours: Convert) -> _Loaded:
    """A picture of numbers."""
    levels = range_of(wide)

    def rgb(first: int, last: int) -> Image.Image:
        return _rgb(in_bytes(wide, levels, first, last), colours)

    return _Loaded(rgb, wide.size, wide.size, levels.note)


def _scale_key(image: ImageFile.ImageFile, raw: str) -> None:
    """Bring a PNG's transparent colour to the depth of its pixels: Pillow leaves it as it was, in 16 bits."""
    key = image.info.get("transparency")
    if image.mode in ("L", "RGB") and not raw.endswith(";16B"):
        if isinstance(key, int):
            image.info["transparency"] = (key & 255) * {"L;2": 85, "L;4": 17}.get(raw, 1)
        if isinstance(key, tuple):
            image.info["transparency"] = tuple(value & 255 for value in key)


def _on_white(image: ImageFile.ImageFile, frame: tuple[int, int, int, int]) -> Image.Image:
    """A GIF's first frame where it is on the screen, and nothing beside it."""
    screen = Image.new("RGB", image.size, "white")
    screen.paste(_rgb(image.crop(frame), lambda strip: strip), frame[:2])
    return screen


def _reduced(loaded: _Loaded, factor: int) -> Image.Image:
    """The picture as RGB with every factor × factor block averaged; blocks cut by the right or bottom edge count."""
    width, height = loaded.pixels
    out = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for first, last in strips(width, height, factor):
        out.paste(loaded.rgb(first, last).reduce(factor), (0, first // factor))
    return out


def _rgb(strip: Image.Image, colours: Convert) -> Image.Image:
    """A part of a picture of any mode but numbers as sRGB, alpha laid over white."""
    if strip.mode in ("CMYK", "LAB"):
        return colours(strip)
    if not strip.has_transparency_data:
        return colours(strip.convert("RGB"))
    if strip.mode in ("La", "RGBa"):
        strip = strip.convert(strip.mode.upper())
    return Image.alpha_composite(Image.new("RGBA", strip.size, "white"), colours(strip.convert("RGBA"))).convert("RGB")


def _orientation(exif: bytes) -> int:
    """The orientation an EXIF block names; 1, upright, where it is damaged or names none."""
    found = Image.Exif()
    try:
        found.load(exif[:_EXIF])
        return int(found.get(ExifTags.Base.Orientation, 1))
    except Exception:  # as for the picture: damaged data makes Pillow raise nearly anything
        return 1


def _upright(picture: Image.Image, turn: int) -> Image.Image:
    """The picture turned as its EXIF orientation says."""
    return picture.transpose(_TURNS[turn]) if turn in _TURNS else picture
