"""What may come in, value by value: each parser takes anything and returns a sound value or raises ValueError.

Everything that reaches one is hostile until it has passed: it was typed, sent by a component or written into a link. A
parser's docstring says, in words for visitors, what it accepts.
"""

from collections.abc import Callable
from math import isfinite
from typing import Any

from kernels.layer.spec import SHORTCUTS
from kernels.networks.description import LONGEST, parse, text_of
from kernels.networks.trained import TESTED

Kernel = tuple[tuple[float, ...], ...]
Copy = tuple[int, int, int, float]  # output, tap row, tap column, value: one use of a weight that has left the others
Filters = tuple[tuple[Kernel, ...], ...]  # a kernel for every output channel and every input channel it reads
Region = tuple[int, ...]  # row and column of its corner, side: a square of the picture; () for none chosen
Zoom = tuple[int, ...]  # rows from, to, columns from, to of the weight matrix; () is the whole of it

DRAWN_SIDES = (8, 32)
COPIES = 8  # untied at a time, at most
SIDES = (8, 512)
TAPS = (1, 15)
STRIDES = (1, 16)
DILATIONS = (1, 8)
PADDINGS = (0, 64)
LARGEST_WEIGHT = 1e6
SEEDS = (0, 9999)
PATTERNS = (3, 15)
MEMBERS = (1, 16)  # filters that learn side by side
LAGS = (1, 32)  # taps of each
MU = (1e-4, 2.0)
STEPS = (100, 10_000)
TRIALS = (1, 50)
CHANNELS = (1, 4)  # that a layer of several channels reads
OUTPUTS = (1, 6)
BANK_TAPS = (1, 7)  # rows and columns of each of its kernels
SHIFTS = (-64, 64)
EXAMPLES = (10, 1000)  # digits to train with
REACH = (0, 3)  # pixels they are moved by
RATES = (1e-4, 10.0)
BATCHES = (1, 256)
EPOCHS = (1, 100)
NOISES = (0.001, 10.0)
INPUT_CHANNELS = (1, 3)  # grey or RGB
INPUT_SIDES = (4, 256)  # rows and columns that a network reads
DIGIT = (0, TESTED - 1)  # of the unseen ones
HIDDEN = (1, 4)  # units of a recurrent layer that is drawn
LENGTH = (2, 8)  # its steps
STEP_INPUTS = (1, 3)  # numbers that come in at each
RADIUS = (0.1, 1.6)
FAR = (2, 64)  # steps back that a gradient is followed
DEEP = 8  # units of the layer whose gradient is followed
READERS = (2, 64)  # units of a layer that reads digits


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


def _parts(value: object, *lengths: int) -> list[Any] | tuple[Any, ...]:
    """The parts of a tuple that has one of these lengths."""
    parts = value.split(",", max(lengths)) if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or len(parts) not in lengths:
        raise ValueError
    return parts


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
    edges = tuple(whole(0, 999_999_999)(part) for part in _parts(value, 0, 4))
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


def region(value: object) -> Region:
    """three whole numbers: the row and the column of a square's corner, and its side from 3 to 15"""
    parts = _parts(value, 0, 3)
    if not parts:
        return ()
    place = whole(0, SIDES[1] - 1)
    return place(parts[0]), place(parts[1]), whole(*PATTERNS)(parts[2])


def filters(value: object) -> Filters:
    """1 to 6 outputs joined by |, each 1 to 4 kernels joined by /, all of one size up to 7×7"""
    outputs: Any = (
        [one.split("/", CHANNELS[1]) for one in value.split("|", OUTPUTS[1])] if isinstance(value, str) else value
    )
    if not isinstance(outputs, list | tuple) or not OUTPUTS[0] <= len(outputs) <= OUTPUTS[1]:
        raise ValueError
    if not all(isinstance(one, list | tuple) and CHANNELS[0] <= len(one) <= CHANNELS[1] for one in outputs):
        raise ValueError
    parsed = tuple(tuple(taps(kernel) for kernel in one) for one in outputs)
    if len({len(one) for one in parsed}) != 1 or len({(len(k), len(k[0])) for one in parsed for k in one}) != 1:
        raise ValueError
    if max(len(parsed[0][0]), len(parsed[0][0][0])) > BANK_TAPS[1]:
        raise ValueError
    return parsed


def numbers(value: object) -> tuple[float, ...]:
    """1 to 6 numbers joined by commas"""
    return tuple(weight(part) for part in _parts(value, *range(OUTPUTS[0], OUTPUTS[1] + 1)))


def pictures(*ids: str) -> Callable[[object], tuple[str, ...]]:
    def parse(value: object) -> tuple[str, ...]:
        parts = ([*value.split(",", CHANNELS[1])] if value else []) if isinstance(value, str) else value
        if not isinstance(parts, list | tuple) or len(parts) > CHANNELS[1]:
            raise ValueError
        if not all(isinstance(part, str) and part in ids for part in parts):
            raise ValueError
        return tuple(parts)

    parse.__doc__ = f"up to {CHANNELS[1]} of {', '.join(ids)}, joined by commas"
    return parse


def several(*choices: str, none: bool = False) -> Callable[[object], tuple[str, ...]]:
    """One or more of these; or none of them, if `none` allows it."""

    def parse(value: object) -> tuple[str, ...]:
        parts = value.split(",", len(choices)) if isinstance(value, str) else value
        if none and parts in ([""], [], ()):
            return ()
        if not isinstance(parts, list | tuple) or not parts or not all(isinstance(part, str) for part in parts):
            raise ValueError
        if not set(parts) <= set(choices):
            raise ValueError
        return tuple(choice for choice in choices if choice in parts)

    parse.__doc__ = f"{'any' if none else 'one or more'} of {', '.join(choices)}, joined by commas"
    return parse


def cell(value: object) -> tuple[int, int, int]:
    """three whole numbers: the output channel, the row and the column"""
    parts = _parts(value, 3)
    return whole(0, OUTPUTS[1] - 1)(parts[0]), whole(0, 999)(parts[1]), whole(0, 999)(parts[2])


def watched(value: object) -> tuple[int, int, int]:
    """three whole numbers: the kernel, 0 to 15, and the row and column of a weight, 0 to 4"""
    parts = _parts(value, 3)
    return whole(0, 15)(parts[0]), whole(0, 4)(parts[1]), whole(0, 4)(parts[2])


def network(value: object) -> str:
    """layers joined by commas, like conv 8 3, relu, flatten, dense 10"""
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError
    return text_of(parse(value))


def inputs(value: object) -> tuple[int, int, int]:
    """three whole numbers: 1 or 3 channels, and from 4 to 256 rows and columns"""
    parts = _parts(value, 3)
    channels, rows, cols = whole(1, 3)(parts[0]), whole(*INPUT_SIDES)(parts[1]), whole(*INPUT_SIDES)(parts[2])
    if channels not in INPUT_CHANNELS:
        raise ValueError
    return channels, rows, cols


def entry(value: object) -> tuple[int, int]:
    """two whole numbers from 0 to 7: the row and the column of an entry of V"""
    parts = _parts(value, 2)
    return whole(0, DEEP - 1)(parts[0]), whole(0, DEEP - 1)(parts[1])


def opened(value: object) -> tuple[int, ...]:
    """four whole numbers: the layer, and the unit's channel, row and column"""
    return tuple(whole(0, 999_999)(part) for part in _parts(value, 0, 4))


def real(low: float, high: float) -> Callable[[object], float]:
    def parse(value: object) -> float:
        number = weight(value)
        if not low <= number <= high:
            raise ValueError
        return number

    parse.__doc__ = f"a number from {low:g} to {high:g}"
    return parse
