"""Colours as the screen has them: from what a file's profile, gamma or primaries say they are to sRGB."""

import io
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Convert = Callable[[Image.Image], Image.Image]
Numbers = NDArray[np.floating]
Primaries = tuple[float, ...]  # chromaticities x, y of white, red, green and blue; none stands for those of sRGB

SRGB = ImageCms.createProfile("sRGB")
SRGB_PRIMARIES: Primaries = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
USUAL_GAMMA = 1 / 2.2  # of a picture for the screen: as good as sRGB's own curve, which is what writers mean by it
TOLERANCE = 0.05  # relative, of a gamma; libpng's
NEAR = 0.005  # of a chromaticity: writers round those of sRGB
FINE = 2**14  # steps of linear light that are told apart
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_SPACES = {"RGB": ("RGB", "L"), "GRAY": ("L",), "CMYK": ("CMYK",)}  # of a profile, and what pictures it is for


def to_srgb(mode: str, profile: bytes = b"", gamma: float = 0.0, primaries: Primaries = ()) -> Convert:
    """The conversion to sRGB: RGB and RGBA pictures keep their mode, CMYK and LAB ones become RGB.

    mode: of the pictures, "RGB", "CMYK", "LAB", or "L" for greys in RGB. A profile that is broken or for another mode
    is ignored, as browsers do; gamma and primaries count where there is no profile. gamma: of the file's encoding, 0
    for sRGB's own curve.

    >>> to_srgb("RGB", gamma=1.0)(Image.new("RGB", (1, 1), (0, 55, 255))).getpixel((0, 0))
    (0, 128, 255)
    """
    try:
        if mode == "LAB":
            return _transform(ImageCms.createProfile("LAB"), "LAB")
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        if mode in _SPACES.get(space, ()):
            return _curve(_transform(source, "L")) if space == "GRAY" else _transform(source, space)
    except (OSError, ImageCms.PyCMSError):
        pass
    if mode in ("CMYK", "LAB"):
        return lambda image: image.convert("RGB")
    return (lambda image: image) if profile else _encoded(gamma, primaries)


def _transform(source: object, mode: str) -> Convert:
    transform = ImageCms.buildTransform(source, SRGB, mode, "RGB")  # type: ignore[arg-type]
    return partial(_kept_alpha, lambda image: ImageCms.applyTransform(image, transform) or image)


def _curve(convert: Convert) -> Convert:
    """A conversion of every channel by the curve of this conversion of greys."""
    table = [*convert(Image.frombytes("L", (256, 1), bytes(range(256)))).getchannel(0).tobytes()]
    return partial(_kept_alpha, lambda image: image.point(table * 3))


def _kept_alpha(convert: Convert, image: Image.Image) -> Image.Image:
    """The picture converted, its alpha left as it is."""
    if image.mode != "RGBA":
        return convert(image)
    converted = convert(image.convert("RGB"))
    converted.putalpha(image.getchannel("A"))
    return converted


def _encoded(gamma: float, primaries: Primaries) -> Convert:
    """The conversion to sRGB from this gamma and these primaries."""
    usual = not gamma or abs(gamma / USUAL_GAMMA - 1) <= TOLERANCE
    same = not _form_a_triangle(primaries) or np.allclose(primaries, SRGB_PRIMARIES, atol=NEAR, rtol=0)
    if usual and same:
        return lambda image: image
    levels = np.arange(256) / 255
    light = (
        levels ** (1 / gamma)
        if gamma
        else np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    )
    shown = np.linspace(0, 1, FINE)
    shown = np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * shown ** (1 / 2.4) - 0.055)
    table, matrix = np.rint(255 * shown).astype(np.uint8), _matrix(SRGB_PRIMARIES if same else primaries)

    def convert(image: Image.Image) -> Image.Image:
        mixed = light[np.asarray(image)] @ matrix.T
        return Image.fromarray(table[np.rint(mixed.clip(0, 1) * (FINE - 1)).astype(np.intp)])

    return partial(_kept_alpha, convert)


def _form_a_triangle(primaries: Primaries) -> bool:
    """Whether the primaries span a triangle of colours; without any they do not."""
    return min(primaries[1::2], default=0) > 0 and abs(np.linalg.det(_points(primaries)[:, 1:])) > NEAR


def _matrix(primaries: Primaries) -> Numbers:
    """Linear light of these primaries as light of those of sRGB, white as white (Bradford): (3, 3)."""
    ours, our_white = _xyz(SRGB_PRIMARIES)
    theirs, white = _xyz(primaries)
    adapted: Numbers = np.diag(BRADFORD @ our_white / (BRADFORD @ white)) @ BRADFORD
    return np.linalg.solve(BRADFORD @ ours, adapted @ theirs)


def _xyz(primaries: Primaries) -> tuple[Numbers, Numbers]:
    """CIE XYZ of red, green and blue, as columns, which together are white, and of white."""
    white, *_ = (points := _points(primaries)).T
    colours = points[:, 1:]
    return colours * np.linalg.solve(colours, white), white


def _points(primaries: Primaries) -> Numbers:
    """CIE XYZ of white, red, green and blue, as columns, each with Y = 1."""
    x, y = np.array(primaries).reshape(4, 2).T
    return np.stack([x / y, np.ones(4), (1 - x - y) / y])
