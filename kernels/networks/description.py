"""The words a network is written in: `conv 8 3 padding=same, relu, max 2, flatten, dense 10`.

A layer is a word, the options it must have, and those that differ from their defaults by name. This is what a link
carries, what the builder edits and what the published networks are written in; nothing here knows a shape.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kernels.layer.spec import PADDING_MODES, SHORTCUTS, SpecError

LONGEST = 12_000  # characters
MOST = 256  # steps
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"  # names of channels in a table


@dataclass(frozen=True, slots=True)
class Reader:
    """A value's way from text: `words` say what it must be, `parse` raises ValueError where it is not."""

    words: str
    parse: Callable[[str], Any]

    def __call__(self, text: str) -> Any:  # noqa: ANN401  # whatever the option is
        return self.parse(text)


@dataclass(frozen=True, slots=True)
class Option:
    """One number or word of a layer. default: None where it must be given. choices: where it is one of a few words."""

    name: str
    read: Reader
    default: Any = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerConfig:
    """A layer as it is written; `values` in the order of OPTIONS[op]."""

    op: str
    values: tuple[Any, ...] = ()

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  # whatever the option is
        return self.values[[option.name for option in OPTIONS[self.op]].index(name)]

    def __str__(self) -> str:
        words = [self.op]
        for option, value in zip(OPTIONS[self.op], self.values, strict=True):
            if option.default is None:
                words.append(written(value))
            elif value != option.default:
                words.append(f"{option.name}={written(value)}")
        return " ".join(words)


def parse(text: str) -> tuple[LayerConfig, ...]:
    """The layers of a network; "" has none. SpecError names the layer, counted from 1, and what it must be.

    >>> conv, pool = parse("conv 8 3 stride=2,  max 2 stride=0")
    >>> conv.op, conv["maps"], conv["size"], conv["bias"]
    ('conv', 8, (3, 3), True)
    >>> text_of((conv, pool))
    'conv 8 3 stride=2, max 2'
    """
    _check_length(text)
    parts = text.split(",") if text.strip() else []
    if len(parts) > MOST:
        raise SpecError(f"a network must have at most {MOST} layers, got {len(parts)}")
    found = []
    for n, part in enumerate(parts):
        try:
            found.append(parse_layer(part))
        except SpecError as error:
            raise SpecError(f"layer {n + 1}: {error}") from None
    _check_length(text_of(tuple(found)))  # what is read can be written, and read again
    return tuple(found)


def _check_length(text: str) -> None:
    if len(text) > LONGEST:
        raise SpecError(f"a network must be at most {LONGEST:,} characters long, got {len(text):,}")


def text_of(configs: tuple[LayerConfig, ...]) -> str:
    """The text that `parse` reads these layers from, in its shortest form."""
    return ", ".join(map(str, configs))


def parse_layer(text: str) -> LayerConfig:
    """One layer from its text. Raises SpecError."""
    op, *words = text.split() or [""]
    if op not in OPTIONS:
        raise SpecError(f"a layer must be one of {', '.join(OPTIONS)}, got {op[:20]!r}")
    options = OPTIONS[op]
    positional = sum(option.default is None for option in options)
    given: dict[str, str] = {}
    for word in words:
        name, equals, value = word.rpartition("=")
        if not equals:
            missing = [option.name for option in options if option.default is None and option.name not in given]
            if not missing:
                raise SpecError(f"{op} takes {positional} unnamed values, and {value[:20]!r} is one too many")
            name = missing[0]
        if name not in {option.name for option in options}:
            raise SpecError(f"{op} has no option {name[:20]!r}")
        if name in given:
            raise SpecError(f"{op} sets {name} twice")
        given[name] = value
    return LayerConfig(op, tuple(_value(op, option, given) for option in options))


def _value(op: str, option: Option, given: dict[str, str]) -> object:
    if option.name not in given:
        if option.default is None:
            raise SpecError(f"{op} needs {option.name}: {option.read.words}")
        return option.default
    text = given[option.name]
    try:
        return option.read(text)
    except (ValueError, OverflowError):
        raise SpecError(f"{option.name} of {op} must be {option.read.words}, got {text[:20]!r}") from None


def written(value: object) -> str:
    """A value as `parse` reads it."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "/".join("".join(DIGITS[channel] for channel in reads) for reads in value)
    if isinstance(value, tuple):
        return "x".join(map(written, value if value[0] != value[1] else value[:1]))
    return repr(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _whole(low: int, high: int, words: str = "") -> Reader:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 9 and low <= int(text) <= high):
            raise ValueError
        return int(text)

    return Reader(words or f"a whole number from {low} to {high}", read)


def _pair(low: int, high: int) -> Reader:
    one = _whole(low, high)

    def read(text: str) -> tuple[int, int]:
        first, cross, second = text.partition("x")
        return one(first), one(second if cross else first)

    return Reader(f"a whole number from {low} to {high}, or two such as 3x5", read)


def _word(*choices: str) -> Reader:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError
        return text

    return Reader(f"one of {', '.join(choices)}", read)


def _padding(text: str) -> str | tuple[int, int]:
    return text if text in SHORTCUTS else _pair(0, 64)(text)


def _switch(text: str) -> bool:
    return bool(_word("0", "1")(text) == "1")


def _real(text: str) -> float:
    if len(text) > 32 or not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", text, re.ASCII):
        raise ValueError
    number = float(text)
    if abs(number) > 100:
        raise ValueError
    return number + 0.0


def _table(text: str) -> tuple[tuple[int, ...], ...]:
    found = tuple(tuple(DIGITS.index(channel) for channel in reads) for reads in text.split("/", 4096))
    if not all(list(reads) == sorted(set(reads)) and reads for reads in found):
        raise ValueError
    return found


PADDING = Reader("valid, same, full or a whole number from 0 to 64, or two such as 1x2", _padding)
SWITCH = Reader("0 or 1", _switch)
REAL = Reader("a number from −100 to 100", _real)
TABLE = Reader("the channels each map reads, such as 012/123/234, from 0 to 9 and a to z", _table)
HOP = _whole(0, 64, "a whole number from 1 to 64, or 0 for the size itself")

MAPS, SIZE, STRIDE = (
    Option("maps", _whole(1, 4096)), Option("size", _pair(1, 64)), Option("stride", _pair(1, 32), (1, 1)),
)  # fmt: skip
BIAS = Option("bias", SWITCH, True)
SIZE_ONE = Option("size", _whole(1, 64))
POOL = SIZE_ONE, Option("stride", HOP, 0)
OPTIONS: dict[str, tuple[Option, ...]] = {
    "conv": (
        MAPS, SIZE, STRIDE, Option("padding", PADDING, (0, 0)), Option("dilation", _pair(1, 16), (1, 1)),
        Option("groups", _whole(1, 4096), 1), BIAS, Option("mode", _word(*PADDING_MODES), "zeros", PADDING_MODES),
    ),
    "local": (MAPS, SIZE, STRIDE, BIAS),
    "tiled": (MAPS, SIZE, Option("period", _whole(1, 64)), STRIDE, BIAS),
    "table": (Option("maps", TABLE), SIZE, STRIDE, BIAS),
    "unitbias": (),
    "relu": (), "tanh": (), "sigmoid": (),
    "max": POOL, "mean": POOL,
    "globalmax": (), "globalmean": (),
    "subsample": (SIZE_ONE,),
    "pad": (Option("frame", _pair(0, 64)), Option("value", REAL, 0.0)),
    "norm": (),
    "flatten": (),
    "dense": (Option("units", _whole(1, 10_000)), BIAS),
    "softmax": (),
    "split": (), "shortcut": (), "add": (),
}  # fmt: skip
