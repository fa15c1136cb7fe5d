"""The colours of weights and of numbers. Everything else on the page is grey.

Colours are made in OKLab (Ottosson 2020), where equal distances look equally different. `NINE` was found by a seeded
search for nine colours that differ as much as possible both to normal sight and to protanopes, deuteranopes and
tritanopes (Machado et al. 2009), with luminances that stand out from white and from near-black; a test
measures all four. A weight always has its name and its value beside its colour.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kernels.layer.spec import Bytes

NINE = ("#f40e7f", "#fd9894", "#af550b", "#a7a21c", "#28c3e7", "#074cb1", "#7b7cce", "#9b01fc", "#88216f")
# A signed number is drawn as opacity over either page: these lie between the ends that `diverging` has on each.
NEGATIVE, POSITIVE = (53, 111, 214), (215, 52, 49)
# Lines of charts, readable on both pages: grey fully connected, the accent where all share, two more in between.
ROLES = {"dense": "#7f8188", "local": "#c1762a", "tiled": "#a534a0", "conv": "#5f7bee"}
BEYOND = "#1e7359"  # ties that are none of the four: by value, or over shifts without locality
DASHED = ("local", "tiled")  # on Compare, so that colour is not alone
NEURON, HERE = "#8b8d94", "#d73431"
UNTIED = 256  # colours of weights that are not shared: neighbours differ

_LMS_FROM_RGB = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_LAB_FROM_LMS = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def weights(K: int, L: int) -> Bytes:
    """The colours of the weights of a K×L kernel, row by row: (K·L, 3) sRGB.

    Up to nine are `NINE`; beyond that the hue turns along a row and the lightness steps from row to row.
    """
    if len(NINE) >= K * L:
        return np.array([rgb(colour) for colour in NINE[: K * L]], dtype=np.uint8)
    k, l = np.divmod(np.arange(K * L), L)
    hue = 2 * np.pi * (l / L + k / (K * L)) + 0.4
    lightness = np.array([0.62, 0.5, 0.72])[k % 3] if K > 1 else np.array([0.62, 0.5, 0.72])[l % 3]
    return _oklch(lightness, 0.16, hue)


def bank(O: int, C: int, K: int, L: int) -> Bytes:
    """The colours of O·C kernels of K×L taps, (O·C·K·L, 3): a hue for every kernel, from dark to light over its taps.

    One kernel alone has the colours of `weights`.
    """
    if O * C == 1:
        return weights(K, L)
    kernel, tap = np.divmod(np.arange(O * C * K * L), K * L)
    lightness = 0.48 + 0.32 * tap / max(1, K * L - 1)
    return _oklch(lightness, 0.14, _hue(O, C, *np.divmod(kernel, C)))


def blocks(O: int, C: int) -> Bytes:
    """The colour that stands for each kernel as a whole, (O, C, 3)."""
    o, c = np.indices((O, C))
    return _oklch(np.full((O, C), 0.62), 0.16, _hue(O, C, o, c))


def _hue(O: int, C: int, o: NDArray[np.int64], c: NDArray[np.int64]) -> NDArray[np.float64]:
    """The hue of each kernel: far apart between outputs, in small steps between the channels of one."""
    hue: NDArray[np.float64] = 2 * np.pi * (o + 0.8 * c / C) / O + 0.4
    return hue


def untied() -> Bytes:
    """The colours of weights that are not shared, (UNTIED, 3) sRGB: hues around the circle, three lightnesses."""
    index = np.arange(UNTIED)
    return _oklch(np.array([0.52, 0.65, 0.78])[index % 3], 0.16, 2 * np.pi * index / UNTIED)


def untied_ink(targets: ArrayLike, sources: ArrayLike) -> Bytes:
    """The index into `untied` of the weight in cell (target, source): a hash, as in the loom's JavaScript."""
    t, s = np.asarray(targets).astype(np.uint32), np.asarray(sources).astype(np.uint32)
    with np.errstate(over="ignore"):  # wrapping around is what a hash is made of; NumPy warns of it for single numbers
        mixed = (t * np.uint32(0x9E3779B1)) ^ (s * np.uint32(0x85EBCA77))
        mixed ^= mixed >> np.uint32(15)
        mixed *= np.uint32(0x2C1B3C6D)
    mixed ^= mixed >> np.uint32(12)
    return mixed.astype(np.uint8)


def tiled_ink(weights: ArrayLike, places: ArrayLike) -> Bytes:
    """The index into `untied` of weight number `weights` of a tiled layer; places = (i mod t)·t + j mod t."""
    return untied_ink(np.asarray(places) + 1_000_003, weights)


def diverging(middle: str) -> Bytes:
    """The colours of signed levels, (256, 3): from 1, the most negative, blue, through 128, zero, to 255, red."""
    zero = _oklab(np.array([rgb(middle)], dtype=np.uint8) / 255)
    away = np.clip((np.arange(256)[:, None] - 128) / 127, -1, 1)
    dark = zero[0, 0] < 0.5
    blue, red = ((0.68, 0.155, 4.55), (0.68, 0.2, 0.55)) if dark else ((0.45, 0.17, 4.55), (0.48, 0.19, 0.45))
    ends = [np.array([light, chroma * np.cos(hue), chroma * np.sin(hue)]) for light, chroma, hue in (blue, red)]
    return _srgb(zero + np.abs(away) ** 0.8 * (np.where(away < 0, *ends) - zero))


def grey() -> Bytes:
    """The colours of unsigned levels, (256, 3): level 0 black to 255 white."""
    return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)


def ink(colour: ArrayLike) -> str:
    """Black or white, whichever reads better on this colour (WCAG contrast)."""
    luminance = float(_linear(np.asarray(colour) / 255) @ [0.2126, 0.7152, 0.0722])
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"


def rgb(colour: str) -> tuple[int, int, int]:
    """The levels of a colour that is written #rrggbb."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def css(colour: ArrayLike) -> str:
    """The colour as CSS writes it: #rrggbb."""
    return "#" + bytes(np.asarray(colour, dtype=np.uint8).tolist()).hex()


def _oklch(lightness: NDArray[np.float64], chroma: float, hue: NDArray[np.float64]) -> Bytes:
    return _srgb(np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1))


def _linear(srgb: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def _oklab(srgb: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.cbrt(_linear(srgb) @ _LMS_FROM_RGB.T) @ _LAB_FROM_LMS.T)


def _srgb(lab: NDArray[np.float64]) -> Bytes:
    lms = lab @ np.linalg.inv(_LAB_FROM_LMS).T
    linear = np.clip(lms**3 @ np.linalg.inv(_LMS_FROM_RGB).T, 0, 1)
    srgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(srgb * 255), dtype=np.uint8)
