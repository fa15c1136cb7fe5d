"""Copies of a piece of the picture, and who finds them: one kernel for all places, or weights for each. Pure."""

from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from components.display import cards, words
from components.display.cards import Card, Fact
from components.display.layer import all_tied
from components.pages.compare.state import PATTERN, Compare
from components.state.setup import Setup, View, with_side
from kernels.layer.spec import Floats, Pair, Shape, SpecError
from kernels.layer.wiring import Wiring, wiring
from kernels.learning import matched_filter

USUAL = 9  # pixels: the side of the square at first
MOST = 64  # pixels: the longer side of the picture here
SAME = 1 - 1e-9  # of a likeness that is 1 but for rounding
FRAMES = 400  # drawn at most


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


def enlarged(state: Setup) -> Setup:
    """The state of the picture that is searched: grey, as large as it is up to MOST pixels."""
    return with_side(replace(all_tied(state), colour="grey"), min(state.side, MOST))


def region(own: Compare, picture: Floats) -> tuple[Pair, int]:
    """The corner and the side of the chosen square, as far as it lies in the picture; at first the liveliest one."""
    size = picture.shape[0], picture.shape[1]
    top, left, side = own.pattern or (*_liveliest(picture, _usual(size)), _usual(size))
    side = min(side, *size)
    return (min(top, size[0] - side), min(left, size[1] - side)), side


def _usual(size: Pair) -> int:
    """A third of the picture, within limits."""
    return max(PATTERN.low, min(USUAL, min(size) // 3))


def _liveliest(picture: Floats, side: int) -> Pair:
    """The corner of the square whose numbers vary most."""
    windows = sliding_window_view(picture, (side, side))
    i, j = np.unravel_index(int(windows.var(axis=(2, 3)).argmax()), windows.shape[:2])
    return int(i), int(j)


def hide(picture: Floats, own: Compare) -> Hunt:
    """Copies of the chosen square all over the picture, at places drawn with a seed; none covers another."""
    largest((picture.shape[0], picture.shape[1]))
    (top, left), side = region(own, picture)
    pattern = picture[top : top + side, left : left + side].copy()
    size = picture.shape[0], picture.shape[1]
    rng = np.random.default_rng([own.places, 0])
    copies = matched_filter.places(size, (side, side), own.pasted, rng, ((top, left),))
    return Hunt(matched_filter.paste(picture, pattern, copies), pattern, (top, left), tuple(copies))


def hunters(hunt: Hunt, own: Compare) -> list[Hunter]:
    """The shared kernel and the untied weights, after the same lessons, on the same picture."""
    in_shape = 1, hunt.picture.shape[0], hunt.picture.shape[1]
    spec = matched_filter.matcher((hunt.pattern.shape[0], hunt.pattern.shape[1]))
    lessons = [_lesson(hunt, own, n) for n in range(1, own.pictures + 1)]
    kinds: tuple[View, ...] = ("local", "conv")
    return [_hunter(kind, wiring(kind, spec, in_shape), in_shape, hunt, lessons) for kind in kinds]


def _lesson(hunt: Hunt, own: Compare, number: int) -> list[Pair]:
    """Where the pattern is in one lesson's picture: drawn with the seed and the number of the lesson."""
    height, width = hunt.picture.shape
    side = hunt.pattern.shape[0]
    return matched_filter.places((height, width), (side, side), own.pasted, np.random.default_rng([own.places, number]))


def _hunter(kind: View, wires: Wiring, in_shape: Shape, hunt: Hunt, lessons: list[list[Pair]]) -> Hunter:
    theta = sum(
        (matched_filter.gradient_step(wires, in_shape, hunt.pattern, corners) for corners in lessons),
        np.zeros(wires.n_params),
    )
    shape = tuple(n - hunt.pattern.shape[0] + 1 for n in in_shape[1:])
    response = matched_filter.normalised_correlation(wires, theta, hunt.picture.ravel()).reshape(shape)
    taught = np.zeros(wires.shape[0])
    taught[wires.targets[theta[wires.ids] != 0]] = 1
    best = np.argwhere(response > SAME).tolist()
    return Hunter(kind, wires.n_params, response, taught.reshape(shape), tuple((i, j) for i, j in best))


def as_cards(hunt: Hunt, found: list[Hunter], own: Compare) -> list[Card]:
    return [_card(hunt, hunter, own) for hunter in found]


def _card(hunt: Hunt, hunter: Hunter, own: Compare) -> Card:
    shared = hunter.kind == "conv"
    side = hunt.pattern.shape[0]
    name = "One shared kernel" if shared else "Weights of its own at every place"
    right = len(set(hunter.found) & set(hunt.hidden))
    places, taught = hunter.learned.size, int(hunter.learned.sum())
    frames = tuple((i, j, side, side) for i, j in hunter.found[:FRAMES])
    first = _lesson(hunt, own, 1)
    pictures = (
        cards.map_picture(
            "lesson 1",
            f"The first lesson: the square less its mean at {words.plural(len(first), 'place')}",
            matched_filter.paste(np.zeros(hunt.picture.shape), hunt.pattern - hunt.pattern.mean(), first),
            cards.ColourRange(0.5),
            group="P",
            letter="X",
        ),
        cards.map_picture(
            "found",
            f"{name}: the picture with {words.plural(len(frames), 'place')} framed",
            hunt.picture,
            cards.ColourRange(1.0, signed=False),
            marks=frames,
            group="P",
            letter="X",
        ),
        cards.map_picture(
            "likeness",
            f"{name}: how much each window resembles what it has learned, from −1 to 1",
            hunter.response,
            cards.ColourRange(1.0),
            group="R",
            letter="r",
        ),
    )
    if matched_filter.is_flat(hunt.pattern):
        return cards.layer_card(hunter.kind, name, "", "", pictures[1:2])
    facts = (
        Fact("places that have learned", f"{taught:,} of {places:,}", _patience(hunter, hunt, own, places)),
        Fact("free parameters", words.amount(hunter.parameters)),
    )
    headline = f"{right} of {words.plural(len(hunt.hidden), 'place')} found"
    note = "Every copy in a lesson teaches all places." if shared else "A place learns from what it has seen itself."
    others = len(hunter.found) - right
    same = "is" if others == 1 else "are"
    also = f" {words.plural(others, 'other place')} {same} the same up to brightness and contrast." if others else ""
    return cards.layer_card(hunter.kind, name, headline, note + also, pictures, facts)


def _patience(hunter: Hunter, hunt: Hunt, own: Compare, places: int) -> str:
    """The coupon collector's expectation N·(ln N + γ) / n, where a lesson teaches n of N places at random."""
    if hunter.kind == "conv":
        return "all of them, after the first lesson"
    taught = np.mean([len(_lesson(hunt, own, n)) for n in range(1, own.pictures + 1)])
    lessons = places * (log(places) + np.euler_gamma) / taught
    return f"all would take at least about {lessons:,.0f} lessons (coupon collector, derived)" if lessons >= 10 else ""


def sentence(hunt: Hunt, own: Compare) -> str:
    if matched_filter.is_flat(hunt.pattern):
        return "This square is all one grey: there is nothing in it to look for. Drag the frame onto something."
    copies, lessons = words.plural(len(hunt.copies), "copy", "copies"), words.plural(own.pictures, "lesson")
    places = words.plural(len(hunt.hidden), "place")
    return (
        f"The framed square and {copies} of it: {places} to find. Both layers have had {lessons}, pictures with "
        f"{len(_lesson(hunt, own, 1))} of them, and made one step of gradient descent on all of these together. "
        "The likeness is the correlation of a window with what its place has learned; found is where it is 1."
    )


def largest(size: Pair) -> int:
    """The largest square to choose in a picture of this size. Raises SpecError where there is none."""
    if min(size) < PATTERN.low:
        raise SpecError(f"a picture of {size[0]} × {size[1]} pixels has no square of {PATTERN.low}: make it larger")
    return min(PATTERN.high, *size)
