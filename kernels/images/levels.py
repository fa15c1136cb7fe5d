"""Numbers as bytes: as they are where they fill their range, else stretched, with a note that says so."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

STRIP_PIXELS = 2**18
FILLED = 0.25  # a picture that takes less of its range comes out nearly black, white or flat
ABSENT = 1e30  # what is larger stands for "no value", as −3.4e38, the lowest float, does where heights are measured

Samples = NDArray[np.generic]
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


@dataclass(frozen=True, slots=True, eq=False)
class Wide:
    """A picture of numbers.

    rows: the samples from one row to another, (rows, columns, channels). top: what is white where all are in 0..top.
    alpha: how opaque the last channel is at most, 0 where there is none. absent: the number that stands for no value.
    key: the colour that stands for transparent. inverted: 0 is white.
    turn: its EXIF orientation.
    """

    size: tuple[int, int]
    rows: Callable[[int, int], Samples]
    top: float
    alpha: float = 0.0
    absent: float = np.nan
    key: tuple[int, ...] = ()
    inverted: bool = False
    turn: int = 1


@dataclass(frozen=True, slots=True)
class Range:
    """The values that become black and white, and what has to be said of them."""

    black: float
    white: float
    note: str = ""


def top_of(dtype: np.dtype[Any]) -> float:
    """What is white in a picture of such numbers, where none is larger or below 0.

    >>> top_of(np.dtype("u2")), top_of(np.dtype("i2")), top_of(np.dtype("i4")), top_of(np.dtype("f8"))
    (65535.0, 32767.0, 65535.0, 1.0)
    """
    if dtype.kind == "f":
        return 1.0
    return float(np.iinfo(dtype).max) if dtype.itemsize <= 2 else 65535.0


def range_of(wide: Wide) -> Range:
    """0 and top where the values lie between and fill a quarter of that, or are all the same; else their own range.

    >>> ramp = np.linspace(0, 4000, 5)[None, :, None]
    >>> range_of(Wide((5, 1), lambda first, last: ramp[first:last], 65535)).note
    "The picture's values run from 0 to 4,000 and were stretched to fill the range from black to white."
    """
    low, high, without = np.inf, -np.inf, 0
    for first, last in strips(*wide.size):
        colours, _ = _split(wide, wide.rows(first, last))
        hidden = _absent(wide, colours)
        without += int(hidden.any(axis=2).sum())
        hidden |= _keyed(wide, colours)
        if colours.dtype.kind == "f":
            hidden |= np.isinf(colours)
        values = colours[~hidden] if hidden.any() else colours
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
    note = f"Pixels without a value are black: {without:,}." if without else ""
    inside = low >= 0 and high <= wide.top
    black, white = 0.0, wide.top
    if not (inside and (low == high or high - low >= FILLED * wide.top)) and low <= high:
        black, white = float(low), float(high if high > low else low + 1)
        said = f"The picture's values run from {_text(low)} to {_text(high)} and were stretched to fill the range"
        said = f"{said} from black to white." if low < high else f"All values of the picture are {_text(low)}: black."
        note = f"{said} {note}".strip()
    return Range(*((white, black) if wide.inverted else (black, white)), note)


def in_bytes(wide: Wide, range: Range, first: int, last: int) -> Image.Image:
    """The rows from one to another as a picture of mode L, LA, RGB or RGBA."""
    colours, alpha = _split(wide, wide.rows(first, last))
    shown: NDArray[np.floating] = colours.astype(np.float32 if colours.dtype.itemsize < 4 else np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        shown -= range.black
        shown *= 255
        shown /= range.white - range.black
    if colours.dtype.kind == "f":
        np.nan_to_num(shown, copy=False, posinf=255, neginf=0)
    shown[_absent(wide, colours)] = 0
    if wide.key:
        alpha = np.where(_keyed(wide, colours)[..., :1], 0.0, 255.0)
    bands = shown if alpha is None else np.concatenate([shown, alpha], axis=2)
    bytes_ = np.rint(bands.clip(0, 255, out=bands), out=bands).astype(np.uint8)
    return Image.frombytes(_MODES[bands.shape[2]], (bands.shape[1], bands.shape[0]), bytes_.tobytes())


def strips(width: int, height: int, step: int = 1) -> Iterator[tuple[int, int]]:
    """The (first, last) rows of strips down a picture, of about STRIP_PIXELS each, beginning at multiples of step."""
    rows = max(1, STRIP_PIXELS // (width * step)) * step
    for first in range(0, height, rows):
        yield first, min(first + rows, height)


def _split(wide: Wide, samples: Samples) -> tuple[Samples, Samples | None]:
    """The colours, and alpha as 0..255 where there is one."""
    if not wide.alpha:
        return samples, None
    return samples[..., :-1], samples[..., -1:].astype(np.float32) * np.float32(255 / wide.alpha)


def _absent(wide: Wide, colours: Samples) -> NDArray[np.bool_]:
    """A mask of the samples that stand for no value."""
    none: NDArray[np.bool_] = np.zeros(colours.shape, np.bool_) if np.isnan(wide.absent) else colours == wide.absent
    if colours.dtype.kind != "f":
        return none
    with np.errstate(invalid="ignore"):
        return none | np.isnan(colours) | ((np.abs(colours) > ABSENT) & np.isfinite(colours))


def _keyed(wide: Wide, colours: Samples) -> NDArray[np.bool_]:
    """A mask of the pixels of the transparent colour."""
    if not wide.key:
        return np.zeros(colours.shape, np.bool_)
    return np.broadcast_to((colours == wide.key).all(axis=2, keepdims=True), colours.shape)


def _text(value: float) -> str:
    """4,000,000,000 in full, 1.5 × 10²⁰ where that would be longer."""
    text = f"{value:,.0f}" if 1e6 <= abs(value) < 1e12 else f"{value:,.6g}"
    figure, power, exponent = text.partition("e")
    return (f"{figure} × 10{str(int(exponent)).translate(_RAISED)}" if power else figure).replace("-", "−")
