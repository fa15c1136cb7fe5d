"""Cards of pictures and facts, side by side: how Compare shows that layers differ. Pure.

Pictures of the same `group` are about the same places: point at one, and all of them show that place and its number.
"""

from base64 import b64encode
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from components.display import theme, words
from components.display.image import grey, png_url, signed
from components.state.setup import View
from kernels.layer.spec import Floats

Ramp = Literal["grey", "signed", ""]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what it is called and shows, its cells (rows, columns), and the numbers in them where it has some.

    letter: what a cell is called, Y in Y[3,5]. rows: for a matrix, how many it has: pointing at place n of the group
    marks row n. marks: places (row, column, rows, columns) that are framed from the start; dashed: likewise, with a
    dashed frame.
    """

    title: str
    alt: str
    src: str
    shape: tuple[int, int]
    group: str = ""
    letter: str = ""
    values: str = ""
    ramp: Ramp = ""
    low: str = ""
    high: str = ""
    rows: int = 0
    marks: tuple[tuple[int, int, int, int], ...] = ()
    dashed: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A number with its name; `exact` is what a pointer that rests on it is told. `good` marks what was to be shown."""

    name: str
    text: str
    exact: str = ""
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A card: its title, the number it is about, a sentence, its pictures and facts, and the line of its role."""

    title: str
    headline: str
    note: str
    pictures: tuple[Picture, ...]
    facts: tuple[Fact, ...] = ()
    colour: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class ColourRange:
    """The numbers that are drawn full: with the same range two maps can be compared."""

    high: float
    signed: bool = True


def layer_card(
    role: View, title: str, headline: str, note: str, pictures: tuple[Picture, ...], facts: tuple[Fact, ...] = ()
) -> Card:
    """A card about one kind of layer, with the line it has in the charts."""
    return Card(title, headline, note, pictures, facts, theme.ROLES[role], role in theme.DASHED)


def colour_range(*maps: Floats) -> ColourRange:
    """One range for several maps: signed as soon as one number is below zero."""
    high = max(float(np.abs(values).max(initial=0)) for values in maps)
    return ColourRange(high, any(float(values.min(initial=0)) < -1e-12 * high for values in maps))


def map_picture(title: str, alt: str, values: Floats, range: ColourRange, **more: Any) -> Picture:  # noqa: ANN401  # Picture's own
    """A map (h, w) in blue and red around zero, or in grey from 0; its text alternative ends with what is in it."""
    alt += f", from {words.figure(float(values.min()))} to {words.figure(float(values.max()))}"
    if range.signed:
        src, low = png_url(signed(values, range.high)), f"−{words.figure(range.high)}"
    else:
        src, low = png_url(grey(values / (range.high or 1))), "0"
    numbers = b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()
    size = values.shape[0], values.shape[1]
    ramp: Ramp = "signed" if range.signed else "grey"
    return Picture(title, alt, src, size, values=numbers, ramp=ramp, low=low, high=words.figure(range.high), **more)


def props(cards: list[Card]) -> dict[str, Any]:
    """For the browser."""
    return {"cards": [asdict(card) for card in cards]}
