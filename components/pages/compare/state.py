"""What the Compare page sets, beyond the common setup, and what dragging does to it. Pure."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from components.state.fields import Named, OneOf, Seed, TabName, Whole, Wholes, pair
from components.state.link import State, edited
from components.state.setup import SIDE

Border = Literal["circular", "zeros"]
Quantity = Literal["parameters", "bytes", "multiply_adds"]
Readout = Literal["map", "max", "flat"]
Signal = Literal["one", "map", "random"]
Region = tuple[int, ...]  # row and column of its corner, side: a square of the picture; () for none chosen

TABS: dict[str, tuple[str, ...]] = {  # with the fields that each shows
    "layers": ("draw",),
    "saving": (),
    "growth": ("quantity",),
    "shift": ("down", "right", "border", "hop", "readout"),
    "scramble": ("shuffle",),
    "find": ("pattern", "pasted", "places", "pictures"),
    "transposed": ("signal",),
}
SHIFT = Whole(-64, 64)
PATTERN = Whole(3, 15)
PLACE = Whole(0, SIDE.high - 1)
SQUARE = Wholes(
    (PLACE, PLACE, PATTERN),
    "three whole numbers: the row and the column of a square's corner, "
    f"and its side from {PATTERN.low} to {PATTERN.high}",
    optional=True,
)


@dataclass(frozen=True, slots=True)
class Compare(State):
    """draw: 0 sets all four layers to the same numbers, n draws their free weights with seed n. down, right: the shift.

    border, hop: padding and stride of the layers that are shifted; readout: what is read from their maps. shuffle: the
    seed of the scrambled pixels. pattern: the square to look for, () for the liveliest. pasted, places: how many copies
    of it, and the seed of where. pictures: with how many the layers were trained. signal: what Wᵀ is applied to. tab:
    the one that is open, "" where none has been chosen.
    """

    draw: Seed = 0
    quantity: Annotated[Quantity, OneOf(get_args(Quantity))] = "parameters"
    down: Annotated[int, SHIFT] = 3
    right: Annotated[int, SHIFT] = 5
    border: Annotated[Border, OneOf(get_args(Border))] = "circular"
    hop: Annotated[int, Whole(1, 2)] = 1
    shuffle: Seed = 1
    pattern: Annotated[Region, SQUARE] = ()
    pasted: Annotated[int, Whole(1, 24)] = 6
    places: Seed = 1
    pictures: Annotated[int, Whole(1, 60)] = 1
    readout: Annotated[Readout, OneOf(get_args(Readout)), Named("shift_readout")] = "map"
    signal: Annotated[Signal, OneOf(get_args(Signal))] = "one"
    tab: Annotated[str, TabName(tuple(TABS)), Named("comparison")] = ""


def shifted(own: Compare, place: object) -> Compare:
    """The picture was dragged: how far down and right it lies now."""
    down, right = pair("the shift", place)
    return edited(own, down=down, right=right)


def framed(own: Compare, side: int, place: object) -> Compare:
    """The frame of this side was dragged: the row and column of its corner."""
    return edited(own, pattern=(*pair("the frame", place), side))
