"""The types a field of a state can have. Each reads anything and returns a sound value, or raises ValueError.

Everything that reaches one is hostile until it has been read: it was typed, sent by a component or written into a link.
A type holds its limits, and says in `accepts`, in words for visitors, what it reads.
"""

import reprlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

from components.state.typed import read_number
from kernels.layer.spec import Pair, SpecError

Sound = TypeVar("Sound", covariant=True)
Kernel = tuple[tuple[float, ...], ...]
Zoom = tuple[int, ...]  # rows from, to, columns from, to of a matrix; () is the whole of it

LARGEST_WEIGHT = 1e6
LARGEST_PLACE = 999_999_999
SHOWN = 40  # characters of a refused value that are repeated in the refusal


class Field(ABC, Generic[Sound]):
    """A type of field."""

    __slots__ = ()

    @property
    @abstractmethod
    def accepts(self) -> str:
        """What is read, in the words of a refusal: “stride must be …”."""

    @abstractmethod
    def read(self, value: object) -> Sound:
        """The sound value, or ValueError."""


@runtime_checkable
class Limited(Protocol):
    """A type whose number, or whose number of parts, has limits; both belong to it."""

    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Named:
    """What a field is called in a link and in a refusal, where that is not its own name."""

    name: str


@dataclass(frozen=True, slots=True)
class Whole(Field[int]):
    """A whole number: `low`, or a number of `step`s above it, up to `high`."""

    low: int
    high: int
    step: int = 1

    @property
    def accepts(self) -> str:
        return f"a whole number from {self.low} to {self.high}".replace("-", "−")

    def read(self, value: object) -> int:
        number = _number(value)
        if isinstance(value, float) or not self.low <= number <= self.high:
            raise ValueError
        if number % 1 or (number - self.low) % self.step:
            raise ValueError
        return int(number)


@dataclass(frozen=True, slots=True)
class Real(Field[float]):
    """A finite number. words: how a refusal writes the limits, where their shortest form will not do."""

    low: float
    high: float
    words: str = ""

    @property
    def accepts(self) -> str:
        return f"a number from {self.words or f'{self.low:g} to {self.high:g}'}".replace("-", "−")

    def read(self, value: object) -> float:
        number = _number(value)
        if not self.low <= number <= self.high:
            raise ValueError
        return float(number) + 0.0  # −0 is 0


WEIGHT = Real(-LARGEST_WEIGHT, LARGEST_WEIGHT, f"−{LARGEST_WEIGHT:,.0f} to {LARGEST_WEIGHT:,.0f}")
SEED = Whole(0, 9999)
Seed: TypeAlias = Annotated[int, SEED]


@dataclass(frozen=True, slots=True)
class Switch(Field[bool]):
    @property
    def accepts(self) -> str:
        return "0 or 1"

    def read(self, value: object) -> bool:
        if value not in ("0", "1", True, False):
            raise ValueError
        return value in ("1", True)


@dataclass(frozen=True, slots=True)
class OneOf(Field[str]):
    choices: tuple[str, ...]

    @property
    def accepts(self) -> str:
        return f"one of {', '.join(self.choices)}"

    def read(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class TabName(OneOf):
    """One of a page's tabs, or "" where none has been chosen."""

    def read(self, value: object) -> str:
        return "" if value == "" else OneOf.read(self, value)


@dataclass(frozen=True, slots=True)
class WordOr(Field[int | str]):
    """One of a few words, or a whole number."""

    choices: tuple[str, ...]
    number: Whole

    @property
    def low(self) -> int:
        return self.number.low

    @property
    def high(self) -> int:
        return self.number.high

    @property
    def accepts(self) -> str:
        return f"{', '.join(self.choices)} or {self.number.accepts}"

    def read(self, value: object) -> int | str:
        return value if isinstance(value, str) and value in self.choices else self.number.read(value)


@dataclass(frozen=True, slots=True)
class Several(Field[tuple[str, ...]]):
    """Some of the choices, each once, in their own order: at least one, or none where `none` allows it."""

    choices: tuple[str, ...]
    none: bool = False

    @property
    def accepts(self) -> str:
        return f"{'any' if self.none else 'one or more'} of {', '.join(self.choices)}, separated by commas"

    def read(self, value: object) -> tuple[str, ...]:
        parts = value.split(",", len(self.choices)) if isinstance(value, str) else value
        if self.none and parts in ([""], [], ()):
            return ()
        if not isinstance(parts, list | tuple) or not parts or not all(isinstance(part, str) for part in parts):
            raise ValueError
        if not set(parts) <= set(self.choices):
            raise ValueError
        return tuple(choice for choice in self.choices if choice in parts)


@dataclass(frozen=True, slots=True)
class ListOf(Field[tuple[str, ...]]):
    """Up to `high` of the choices in any order, each as often as one likes."""

    choices: tuple[str, ...]
    high: int

    @property
    def low(self) -> int:
        return 0

    @property
    def accepts(self) -> str:
        return f"up to {self.high} of {', '.join(self.choices)}, separated by commas"

    def read(self, value: object) -> tuple[str, ...]:
        parts = ([*value.split(",", self.high)] if value else []) if isinstance(value, str) else value
        if not isinstance(parts, list | tuple) or len(parts) > self.high:
            raise ValueError
        if not all(isinstance(part, str) and part in self.choices for part in parts):
            raise ValueError
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class Numbers(Field[tuple[float, ...]]):
    """From `low` to `high` weights."""

    low: int
    high: int

    @property
    def accepts(self) -> str:
        return f"{self.low} to {self.high} numbers separated by commas"

    def read(self, value: object) -> tuple[float, ...]:
        return tuple(map(WEIGHT.read, parts_of(value, *range(self.low, self.high + 1))))


@dataclass(frozen=True, slots=True)
class Wholes(Field[tuple[int, ...]]):
    """One whole number for each of `parts`; none at all is read, too, where it is `optional`."""

    parts: tuple[Whole, ...]
    words: str
    optional: bool = False

    @property
    def accepts(self) -> str:
        return self.words

    def read(self, value: object) -> tuple[int, ...]:
        lengths = (0, len(self.parts)) if self.optional else (len(self.parts),)
        return tuple(part.read(one) for part, one in zip(self.parts, parts_of(value, *lengths), strict=False))


@dataclass(frozen=True, slots=True)
class Rectangle(Field[Zoom]):
    """Rows from, to, columns from, to; or none."""

    @property
    def accepts(self) -> str:
        return "four whole numbers: first and last row, first and last column"

    def read(self, value: object) -> Zoom:
        edges = tuple(map(Whole(0, LARGEST_PLACE).read, parts_of(value, 0, 4)))
        if edges and not (edges[0] < edges[1] and edges[2] < edges[3]):
            raise ValueError
        return edges


@dataclass(frozen=True, slots=True)
class Grid(Field[Kernel]):
    """Rows of as many weights each, from `low` to `high` along both axes."""

    low: int
    high: int

    @property
    def accepts(self) -> str:
        if self.low == self.high:
            return f"{self.low} rows of {self.high} numbers each"
        size = f"{self.low} to {self.high}"
        return f"{size} rows of {size} numbers each, such as 1,0,-1;2,0,-2;1,0,-1"

    def read(self, value: object) -> Kernel:
        rows = rows_of(value, self.low, self.high, (self.low, self.high))
        if len({len(row) for row in rows}) != 1:
            raise ValueError
        return tuple(tuple(map(WEIGHT.read, row)) for row in rows)


def rows_of(value: object, low: int, high: int, across: Pair) -> list[list[Any]]:
    """Rows of cells, `low` to `high` of them, each with so many cells at least and at most. ValueError otherwise."""
    rows: Any = [row.split(",", across[1]) for row in value.split(";", high)] if isinstance(value, str) else value
    if not isinstance(rows, list | tuple) or not low <= len(rows) <= high:
        raise ValueError
    if not all(isinstance(row, list | tuple) and across[0] <= len(row) <= across[1] for row in rows):
        raise ValueError
    return [list(row) for row in rows]


def parts_of(value: object, *lengths: int) -> list[Any] | tuple[Any, ...]:
    """The parts of a tuple, or of a text with commas, that has one of these lengths."""
    parts = value.split(",", max(lengths)) if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or len(parts) not in lengths:
        raise ValueError
    return parts


def pair(name: str, place: object) -> tuple[object, object]:
    """Both parts of a place that a component sent, as they came."""
    if not isinstance(place, list | tuple) or len(place) != 2:
        raise ValueError(f"{name} must be two whole numbers")
    return place[0], place[1]


def checked(name: str, field: Field[Sound], value: object) -> Sound:
    """A sound value, or ValueError in words: what it is the value of, what was accepted and what came."""
    try:
        return field.read(value)
    except (ValueError, OverflowError) as error:
        why = f": {error}" if isinstance(error, SpecError) else ""  # which layer, and what it lacks
        raise ValueError(f"{name} must be {field.accepts}, not “{_shown(value)}”{why}") from None


def _number(value: object) -> float:
    """A number as it is, or the one that a text says; ValueError for anything else."""
    number = read_number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ValueError
    return number


def _shown(value: object) -> str:
    """The beginning of a refused value; whatever it is, this neither fails nor takes long."""
    try:
        text = value[: SHOWN + 1] if isinstance(value, str) else reprlib.repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits has no decimal form
        text = type(value).__name__
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
