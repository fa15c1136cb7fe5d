"""Copies of a piece of the picture, and who finds them: one kernel for all places, or weights for each. Pure."""

from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import NDArray

from components import columns, theme, views, words
from components.columns import Column, Fact
from components.edits import with_side
from components.parsers import PATTERNS
from components.state import Compare, Explore, View
from kernels import matched
from kernels.spec import Pair, Shape
from kernels.wiring import Wiring, wiring

Floats = NDArray[np.float64]
MOST = 64  # pixels: the longer side of the picture here
SAME = 1 - 1e-9  # of a likeness that is 1 but for rounding
FRAMES = 60  # drawn at most
EULER = 0.5772


@dataclass(frozen=True, slots=True, eq=False)
class Hunt:
    """The picture with the copies, and where they are; the corner and size of the pattern they were made from."""

    picture: Floats
    pattern: Floats
    corner: Pair
    copies: tuple[Pair, ...]

    @property
    def hidden(self) -> tuple[Pair, ...]:
        """Every place at which the pattern is: the copies, and where it came from."""
        return (self.corner, *self.copies)


@dataclass(frozen=True, slots=True, eq=False)
class Hunter:
    """One wiring after its lessons: how much each place resembles what it has learned, and how many places have."""

    kind: View
    parameters: int
    response: Floats
    learned: Floats
    found: tuple[Pair, ...]


def enlarged(state: Explore) -> Explore:
    """The state of the picture that is searched: grey, as large as it is up to MOST pixels."""
    return with_side(replace(views.shared(state), colour="grey"), min(state.side, MOST))


def region(own: Compare, size: Pair) -> tuple[Pair, int]:
    """The corner and the side of the chosen square, as far as it lies in a picture of this size."""
    top, left, side = own.pattern
    side = min(side, *size)
    return (min(top, size[0] - side), min(left, size[1] - side)), side


def hide(picture: Floats, own: Compare) -> Hunt:
    """Copies of the chosen square all over the picture, at places drawn with a seed; none covers another."""
    (top, left), side = region(own, (picture.shape[0], picture.shape[1]))
    pattern = picture[top : top + side, left : left + side].copy()
    size = picture.shape[0], picture.shape[1]
    rng = np.random.default_rng([own.places, 0])
    copies = matched.places(size, (side, side), own.pasted, rng, ((top, left),))
    return Hunt(matched.paste(picture, pattern, copies), pattern, (top, left), tuple(copies))


def hunters(hunt: Hunt, own: Compare) -> list[Hunter]:
    """The shared kernel and the untied weights, after the same lessons, on the same picture."""
    in_shape = 1, hunt.picture.shape[0], hunt.picture.shape[1]
    spec = matched.matcher((hunt.pattern.shape[0], hunt.pattern.shape[1]))
    lessons = [_lesson(hunt, own, n) for n in range(1, own.pictures + 1)]
    kinds: tuple[View, ...] = ("conv", "local")
    return [_hunter(kind, wiring(kind, spec, in_shape), in_shape, hunt, lessons) for kind in kinds]


def _lesson(hunt: Hunt, own: Compare, number: int) -> list[Pair]:
    """Where the pattern is in one lesson's picture: drawn with the seed and the number of the lesson."""
    height, width = hunt.picture.shape
    side = hunt.pattern.shape[0]
    return matched.places((height, width), (side, side), own.pasted, np.random.default_rng([own.places, number]))


def _hunter(kind: View, wires: Wiring, in_shape: Shape, hunt: Hunt, lessons: list[list[Pair]]) -> Hunter:
    theta = sum(
        (matched.lesson(wires, in_shape, hunt.pattern, corners) for corners in lessons), np.zeros(wires.n_params)
    )
    shape = tuple(n - hunt.pattern.shape[0] + 1 for n in in_shape[1:])
    response = matched.likeness(wires, theta, hunt.picture.ravel()).reshape(shape)
    taught = np.zeros(wires.shape[0])
    taught[wires.targets[theta[wires.ids] != 0]] = 1
    best = np.argwhere(response > SAME).tolist()
    return Hunter(kind, wires.n_params, response, taught.reshape(shape), tuple((i, j) for i, j in best))


def as_columns(hunt: Hunt, found: list[Hunter], own: Compare) -> list[Column]:
    return [_column(hunt, hunter, own) for hunter in found]


def _column(hunt: Hunt, hunter: Hunter, own: Compare) -> Column:
    shared = hunter.kind == "conv"
    side = hunt.pattern.shape[0]
    name = "One shared kernel" if shared else "Weights of its own at every place"
    right = len(set(hunter.found) & set(hunt.hidden))
    places, taught = hunter.learned.size, int(hunter.learned.sum())
    frames = tuple((i, j, side, side) for i, j in hunter.found[:FRAMES])
    pictures = (
        columns.picture(
            "found",
            f"{name}: the picture with {words.plural(len(hunter.found), 'place')} framed",
            hunt.picture,
            columns.Range(1.0, signed=False),
            marks=frames,
            group="P",
            letter="X",
        ),
        columns.picture(
            "likeness",
            f"{name}: how much each window resembles what it has learned, from −1 to 1",
            hunter.response,
            columns.Range(1.0),
            group="R",
            letter="r",
        ),
    )
    facts = (
        Fact("places that have learned", f"{taught:,} of {places:,}", _patience(hunter, own, places)),
        Fact("free parameters", words.amount(hunter.parameters)),
    )
    headline = f"{right} of {words.plural(len(hunt.hidden), 'copy', 'copies')} found"
    note = "Every copy in a lesson teaches all places." if shared else "A place learns from what it has seen itself."
    others = len(hunter.found) - right
    also = f" {words.plural(others, 'other place')} look{'s' if others == 1 else ''} just the same." if others else ""
    return Column(name, headline, note + also, pictures, facts, theme.ROLES[hunter.kind])


def _patience(hunter: Hunter, own: Compare, places: int) -> str:
    """The coupon collector's expectation N·(ln N + γ) / n, for n places a lesson drawn from N."""
    if hunter.kind == "conv":
        return "all of them, after the first lesson"
    lessons = round(places * (log(places) + EULER) / own.pasted)
    return f"for all of them about {lessons:,} lessons (coupon collector, derived)"


def sentence(hunt: Hunt, own: Compare) -> str:
    if matched.is_flat(hunt.pattern):
        return "This square is all one grey: there is nothing in it to look for. Drag the frame onto something."
    copies, lessons = words.plural(len(hunt.copies), "copy", "copies"), words.plural(own.pictures, "lesson")
    return (
        f"{copies} of the framed square are hidden in the picture. Both layers have had {lessons}: a picture with "
        f"{own.pasted} of them, one step of gradient descent. Found is where the likeness is 1."
    )


def largest(size: Pair) -> int:
    """The largest square to choose in a picture of this size."""
    return min(PATTERNS[1], *size)
