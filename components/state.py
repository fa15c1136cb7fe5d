"""What a link can hold: the whole state of a page as frozen scalars and tuples, and its way to and from a URL.

Everything that comes in here is hostile until it has passed one of the parsers below, whether it was typed, sent by the
loom or written into a link. A bad value never stops the page: the default takes its place and a sentence says so.
"""

import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from math import isfinite
from typing import Any, Literal, get_args

from kernels.activation import Activation
from kernels.bank import kernel
from kernels.samples import SAMPLES
from kernels.spec import PADDING_MODES, SHORTCUTS

Colour = Literal["grey", "rgb"]
View = Literal["conv", "tiled", "local", "dense"]
Kernel = tuple[tuple[float, ...], ...]
Copy = tuple[int, int, int, float]  # output, tap row, tap column, value: one use of a weight that has left the others
Zoom = tuple[int, ...]  # rows from, to, columns from, to of the weight matrix; () is the whole of it

UPLOAD = "upload"  # the one picture a link cannot carry
DRAWING = "drawing"  # the picture a visitor draws: rows of hexadecimal grey levels, 0 black to f white
DRAWN_SIDES = (8, 32)
COPIES = 8  # untied at a time, at most
SIDES = (8, 512)
TAPS = (1, 15)
STRIDES = (1, 16)
DILATIONS = (1, 8)
PADDINGS = (0, 64)
LARGEST_WEIGHT = 1e6


@dataclass(frozen=True, slots=True)
class Explore:
    """The Explore page: picture, kernel, geometry and view."""

    image: str = SAMPLES[0].id
    side: int = SAMPLES[0].side
    colour: Colour = "grey"
    kernel: Kernel = tuple(map(tuple, kernel("sobel_vertical").tolist()))
    flip: bool = False
    bias: float = 0.0
    activation: Activation = "none"
    stride: int = 1
    padding: int | str = "valid"
    mode: str = "zeros"
    dilation: int = 1
    view: View = "conv"
    period: int = 2
    zoom: Zoom = ()
    untied: tuple[Copy, ...] = ()
    drawing: str = "-".join(["0" * 16] * 16)

    @property
    def kernel_size(self) -> tuple[int, int]:
        return len(self.kernel), len(self.kernel[0])

    @property
    def wires(self) -> tuple[object, ...]:
        """All that decides which pixels are connected: the matrix has the same cells as long as this is the same."""
        picture = self.image, self.side, len(self.drawing)
        return *picture, self.kernel_size, self.stride, self.padding, self.mode, self.dilation


def whole(low: int, high: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str) or len(str(value)) > 9:
            raise ValueError
        number = int(value)
        if not low <= number <= high:
            raise ValueError
        return number

    parse.__doc__ = f"a whole number from {low} to {high}"
    return parse


def one_of(*choices: str) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError
        return value

    parse.__doc__ = "one of " + ", ".join(choices)
    return parse


def weight(value: object) -> float:
    """a number from −1,000,000 to 1,000,000"""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        raise ValueError
    number = float(value)
    if not (isfinite(number) and abs(number) <= LARGEST_WEIGHT):
        raise ValueError
    return number + 0.0  # −0 is 0


def switch(value: object) -> bool:
    """0 or 1"""
    if value not in ("0", "1", True, False):
        raise ValueError
    return value in ("1", True)


def padding(value: object) -> int | str:
    """valid, same, full or a whole number from 0 to 64"""
    return value if isinstance(value, str) and value in SHORTCUTS else whole(*PADDINGS)(value)


def taps(value: object) -> Kernel:
    """1 to 15 rows of 1 to 15 numbers each, like 1,0,-1;2,0,-2;1,0,-1"""
    rows: Any = [row.split(",") for row in value.split(";", 15)] if isinstance(value, str) else value
    if not isinstance(rows, list | tuple) or not TAPS[0] <= len(rows) <= TAPS[1]:
        raise ValueError
    if not all(isinstance(row, list | tuple) and TAPS[0] <= len(row) <= TAPS[1] for row in rows):
        raise ValueError
    if len({len(row) for row in rows}) != 1:
        raise ValueError
    return tuple(tuple(weight(number) for number in row) for row in rows)


def drawing(value: object) -> str:
    """8 to 32 rows of as many hexadecimal digits each, joined by hyphens"""
    rows = value.split("-", DRAWN_SIDES[1]) if isinstance(value, str) else []
    if not DRAWN_SIDES[0] <= len(rows) <= DRAWN_SIDES[1] or {len(row) for row in rows} != {len(rows)}:
        raise ValueError
    if not set("".join(rows)) <= set("0123456789abcdef"):
        raise ValueError
    return "-".join(rows)


def zoom(value: object) -> Zoom:
    """four whole numbers: rows from, to, columns from, to"""
    parts = value.split(",", 4) if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or len(parts) not in (0, 4):
        raise ValueError
    edges = tuple(whole(0, 999_999_999)(part) for part in parts)
    if edges and not (edges[0] < edges[1] and edges[2] < edges[3]):
        raise ValueError
    return edges


def untied(value: object) -> tuple[Copy, ...]:
    """up to 8 copies like 12,0,1,0.5: output, tap row, tap column, value"""
    rows: Any = [row.split(",", 4) for row in value.split(";", COPIES)] if isinstance(value, str) else value
    if not isinstance(rows, list | tuple) or len(rows) > COPIES:
        raise ValueError
    if not all(isinstance(row, list | tuple) and len(row) == 4 for row in rows):
        raise ValueError
    tap = whole(0, TAPS[1] - 1)
    copies = tuple((whole(0, 999_999_999)(t), tap(k), tap(l), weight(v)) for t, k, l, v in rows)
    if len({copy[:3] for copy in copies}) != len(copies):
        raise ValueError
    return copies


PARSERS: dict[str, Callable[[object], object]] = {
    "image": one_of(*(sample.id for sample in SAMPLES), UPLOAD, DRAWING),
    "side": whole(*SIDES),
    "colour": one_of(*get_args(Colour)),
    "kernel": taps,
    "flip": switch,
    "bias": weight,
    "activation": one_of(*get_args(Activation)),
    "stride": whole(*STRIDES),
    "padding": padding,
    "mode": one_of(*PADDING_MODES),
    "dilation": whole(*DILATIONS),
    "view": one_of(*get_args(View)),
    "period": whole(1, SIDES[1]),
    "zoom": zoom,
    "untied": untied,
    "drawing": drawing,
}


def edited(state: Explore, **changes: object) -> Explore:
    """The state with these fields changed; ValueError says which value was refused and what would do.

    Other wires make another matrix: places in the old one, zoomed into or untied, mean nothing there.
    """
    parsed: dict[str, Any] = {name: _parse(name, value) for name, value in changes.items()}
    new = _fitted(replace(state, **parsed))
    if new.wires != state.wires:
        new = replace(new, zoom=parsed.get("zoom", ()), untied=parsed.get("untied", ()))
    return new


def from_query(query: Mapping[str, str]) -> tuple[Explore, tuple[str, ...]]:
    """The state a link describes, and a sentence for each of its values that could not be used."""
    good: dict[str, Any] = {}
    notes = []
    for name in PARSERS.keys() & query.keys():
        try:
            good[name] = _parse(name, query[name])
        except ValueError as error:
            notes.append(f"The link's {error}; the default is shown instead.")
    return _fitted(replace(Explore(), **good)), tuple(sorted(notes))


def to_query(state: Explore) -> dict[str, str]:
    """The parameters of the link to this state; what is at its default is left out."""
    default = Explore()
    return {
        field.name: _text(getattr(state, field.name))
        for field in fields(state)
        if getattr(state, field.name) != getattr(default, field.name)
    }


def _fitted(state: Explore) -> Explore:
    """A drawing has the size it was drawn in."""
    return replace(state, side=len(state.drawing.split("-"))) if state.image == DRAWING else state


def _parse(name: str, value: object) -> object:
    try:
        return PARSERS[name](value)
    except (ValueError, OverflowError):
        raise ValueError(f"{name} must be {PARSERS[name].__doc__}, not “{_shown(value)}”") from None


def _shown(value: object) -> str:
    """The beginning of a refused value; whatever it is, this neither fails nor takes long."""
    try:
        text = value[:41] if isinstance(value, str) else reprlib.repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits has no decimal form
        text = type(value).__name__
    return text if len(text) <= 40 else text[:40] + "…"


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return (";" if value and isinstance(value[0], tuple) else ",").join(map(_text, value))
    if isinstance(value, bool):
        return str(int(value))
    return repr(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
