"""Colours as the screen has them: from what a file's profile or gamma says they are to sRGB."""

import io
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image, ImageCms

Convert = Callable[[Image.Image], Image.Image]

SRGB = ImageCms.createProfile("sRGB")
USUAL_GAMMA = 1 / 2.2  # of a picture for the screen: as good as sRGB's own curve, which is what writers mean by it
TOLERANCE = 0.05  # relative; libpng's
_SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # of a profile, and the mode of the pictures it is for


def to_srgb(mode: str, profile: bytes = b"", gamma: float = 0.0) -> Convert:
    """What brings pictures to sRGB, L, LA, RGB and RGBA ones to L, RGB or RGBA, CMYK and LAB ones to RGB.

    mode: of the pictures, "L", "RGB", "CMYK" or "LAB". A profile that is broken or for another mode is ignored, as
    browsers do; so is a gamma beside a profile. gamma: of the file's encoding; 0 where it names none.

    >>> to_srgb("RGB", gamma=1.0)(Image.new("RGB", (1, 1), (0, 55, 255))).getpixel((0, 0))
    (0, 128, 255)
    """
    try:
        if mode == "LAB":
            return _transform(ImageCms.createProfile("LAB"), mode)
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _SPACES.get(source.profile.xcolor_space.strip()) == mode:
            return _curve(_transform(source, mode)) if mode == "L" else _transform(source, mode)
    except (OSError, ImageCms.PyCMSError):
        pass
    if mode in ("L", "RGB") and gamma and not profile and abs(gamma / USUAL_GAMMA - 1) > TOLERANCE:
        return _curve(lambda ramp: Image.merge("RGB", [ramp.point(_encoded(gamma))] * 3))
    return lambda image: image.convert("RGB") if image.mode == "CMYK" else image


def _transform(source: object, mode: str) -> Convert:
    transform = ImageCms.buildTransform(source, SRGB, mode, "RGB")  # type: ignore[arg-type]
    return partial(_kept_alpha, lambda image: ImageCms.applyTransform(image, transform) or image)


def _curve(convert: Convert) -> Convert:
    """What does to every channel what this does to greys."""
    table = [*convert(Image.frombytes("L", (256, 1), bytes(range(256)))).getchannel(0).tobytes()]
    return partial(_kept_alpha, lambda image: image.point(table * len(image.getbands())))


def _kept_alpha(convert: Convert, image: Image.Image) -> Image.Image:
    """The picture converted, its alpha left as it is."""
    if image.mode != "RGBA":
        return convert(image)
    converted = convert(image.convert("RGB"))
    converted.putalpha(image.getchannel("A"))
    return converted


def _encoded(gamma: float) -> list[int]:
    """The sRGB byte of each byte of this gamma (IEC 61966-2-1)."""
    light = (np.arange(256) / 255) ** (1 / gamma)
    shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return [int(level) for level in np.rint(255 * shown)]
