"""Numbers as bytes: as they are where they fill their range, else stretched, with a note that says so."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

STRIP_PIXELS = 2**20
FILLED = 0.25  # a picture that takes less of its range comes out nearly black, white or flat
ABSENT = 1e30  # what is larger stands for "no value", as −3.4e38, the lowest float, does where heights are measured

Samples = NDArray[np.generic]
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

    >>> top_of(np.dtype("u2")), top_of(np.dtype("i4")), top_of(np.dtype("f8"))
    (65535.0, 65535.0, 1.0)
    """
    return 1.0 if dtype.kind == "f" else 255.0 if dtype.itemsize == 1 else 65535.0


def range_of(wide: Wide) -> Range:
    """0 and top where the values lie between and fill a quarter of that, or are all the same; else their own range.

    >>> ramp = np.linspace(0, 4000, 5)[None, :, None]
    >>> range_of(Wide((5, 1), lambda first, last: ramp[first:last], 65535)).note
    'Its values run from 0 to 4,000 and were stretched to fill the range from black to white.'
    """
    low, high, without = np.inf, -np.inf, 0
    for first, last in strips(*wide.size):
        colours, _ = _split(wide, wide.rows(first, last))
        absent = _absent(wide, colours)
        without += int(absent.any(axis=2).sum())
        values = colours[np.isfinite(colours) & ~absent & ~_keyed(wide, colours)]
        low, high = min(low, values.min(initial=np.inf)), max(high, values.max(initial=-np.inf))
    note = f"{without:,} of its pixels have no value and are black." if without else ""
    inside = low >= 0 and high <= wide.top
    black, white = 0.0, wide.top
    if not (inside and (low == high or high - low >= FILLED * wide.top)) and low <= high:
        black, white = float(low), float(high if high > low else low + 1)
        said = f"Its values run from {_text(low)} to {_text(high)}"
        note = f"{said} and were stretched to fill the range from black to white. {note}".strip()
    return Range(*((white, black) if wide.inverted else (black, white)), note)


def in_bytes(wide: Wide, range: Range, first: int, last: int) -> Image.Image:
    """The rows from one to another as a picture of mode L, LA, RGB or RGBA."""
    colours, alpha = _split(wide, wide.rows(first, last))
    hidden, absent = _keyed(wide, colours), _absent(wide, colours)
    with np.errstate(invalid="ignore", over="ignore"):
        shown = np.nan_to_num((colours - range.black) * 255 / (range.white - range.black), posinf=255, neginf=0)
    shown[absent] = 0
    if wide.key:
        alpha = np.where(hidden[..., :1], 0.0, 255.0)
    bands = np.rint((shown if alpha is None else np.concatenate([shown, alpha], axis=2)).clip(0, 255)).astype(np.uint8)
    return Image.frombytes(_MODES[bands.shape[2]], (bands.shape[1], bands.shape[0]), bands.tobytes())


def strips(width: int, height: int, step: int = 1) -> Iterator[tuple[int, int]]:
    """From one row to another, down a picture: about STRIP_PIXELS each, beginning at multiples of step."""
    rows = max(1, STRIP_PIXELS // (width * step)) * step
    for first in range(0, height, rows):
        yield first, min(first + rows, height)


def _split(wide: Wide, samples: Samples) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """The colours, and alpha as 0..255 where there is one."""
    values = samples.astype(np.float64)
    return (values[..., :-1], values[..., -1:] * (255 / wide.alpha)) if wide.alpha else (values, None)


def _absent(wide: Wide, colours: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of these are no value."""
    absent: NDArray[np.bool_] = np.isnan(colours) | (colours == wide.absent)
    return absent | (np.isfinite(colours) & (np.abs(colours) > ABSENT))


def _keyed(wide: Wide, colours: NDArray[np.float64]) -> NDArray[np.bool_]:
    if not wide.key:
        return np.zeros(colours.shape, np.bool_)
    return np.broadcast_to((colours == wide.key).all(axis=2, keepdims=True), colours.shape)


def _text(value: float) -> str:
    return f"{value:,.6g}".replace("-", "−")
