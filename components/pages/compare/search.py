"""Copies of a square of the picture, and which layer finds them: one shared kernel, or weights for each place. Pure."""

from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from components.display import cards, words
from components.display.cards import Card, Fact
from components.display.layer import all_tied
from components.pages.compare.state import PATTERN, Compare
from components.state.setup import Setup, View, with_side
from kernels.layer.kinds import wiring
from kernels.layer.spec import Floats, Pair, Shape, SpecError
from kernels.learning import matched_filter

TITLE = ":primary[Find the feature]: one shared kernel, or a kernel for every position"
USUAL = 9  # pixels: the side of the square at first
MOST = 64  # pixels: the longer side of the picture here
MATCH = 1 - 1e-9  # of a correlation that is 1 but for rounding
FLAT = "This square is uniformly grey, so there is no feature in it to find. Drag the frame onto something else."
FRAMES = 400  # drawn at most


@dataclass(frozen=True, slots=True)
class Square:
    """A part of the picture: its top left corner and its side, in pixels."""

    corner: Pair
    side: int


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """The picture (H, W) with copies of a square of it, the square's numbers (side, side), and where the copies are."""

    picture: Floats
    pattern: Floats
    square: Square
    copies: tuple[Pair, ...]

    @property
    def targets(self) -> tuple[Pair, ...]:
        """Every place at which the pattern is: where it came from, and the copies."""
        return (self.square.corner, *self.copies)

    @property
    def in_shape(self) -> Shape:
        return (1, *_size(self.picture))

    def training_places(self, own: Compare, number: int) -> list[Pair]:
        """Where the pattern is in one training picture: drawn with the seed and the number of the picture."""
        rng = np.random.default_rng([own.places, number])
        return matched_filter.places(_size(self.picture), _size(self.pattern), own.pasted, rng)


@dataclass(frozen=True, slots=True, eq=False)
class Detector:
    """One wiring after its training.

    correlation: of each window with what its place has learned. trained: 1 at the places that have learned something.
    matches: the places at which the correlation is 1. taught: the mean number of copies in a training picture.
    """

    kind: View
    parameters: int
    taught: float
    correlation: Floats
    trained: Floats
    matches: tuple[Pair, ...]


def searched(state: Setup) -> Setup:
    """The state of the picture that is searched: grey, as large as it is up to MOST pixels."""
    return with_side(replace(all_tied(state), colour="grey"), min(state.side, MOST))


def chosen(own: Compare, picture: Floats) -> Square:
    """The chosen square as far as it lies in the picture; at first the one whose numbers vary most."""
    size = _size(picture)
    usual = max(PATTERN.low, min(USUAL, min(size) // 3))
    top, left, side = own.pattern or (*_most_varied(picture, usual), usual)
    side = min(side, *size)
    return Square((min(top, size[0] - side), min(left, size[1] - side)), side)


def _most_varied(picture: Floats, side: int) -> Pair:
    """The corner of the square whose numbers vary most."""
    windows = sliding_window_view(picture, (side, side))
    i, j = np.unravel_index(int(windows.var(axis=(2, 3)).argmax()), windows.shape[:2])
    return int(i), int(j)


def search(picture: Floats, own: Compare) -> Search:
    """Copies of the chosen square all over the picture, at places drawn with a seed; none covers another."""
    largest(_size(picture))
    square = chosen(own, picture)
    (top, left), side = square.corner, square.side
    pattern = picture[top : top + side, left : left + side].copy()
    rng = np.random.default_rng([own.places, 0])
    copies = matched_filter.places(_size(picture), (side, side), own.pasted, rng, (square.corner,))
    return Search(matched_filter.paste(picture, pattern, copies), pattern, square, tuple(copies))


def detectors(task: Search, own: Compare) -> list[Detector]:
    """The untied weights and the shared kernel, trained on the same pictures and run on the same picture."""
    return [_detector("local", task, own), _detector("conv", task, own)]


def _detector(kind: View, task: Search, own: Compare) -> Detector:
    wires = wiring(kind, matched_filter.matcher(_size(task.pattern)), task.in_shape)
    theta = np.zeros(wires.n_params)
    lessons = [task.training_places(own, number) for number in range(1, own.pictures + 1)]
    for places in lessons:
        theta += matched_filter.gradient_step(wires, task.in_shape, task.pattern, places)
    shape = tuple(n - task.square.side + 1 for n in task.picture.shape)
    correlation = matched_filter.normalised_correlation(wires, theta, task.picture.ravel()).reshape(shape)
    trained = np.zeros(wires.shape[0])
    trained[wires.targets[theta[wires.ids] != 0]] = 1
    matches = tuple((i, j) for i, j in np.argwhere(correlation > MATCH).tolist())
    taught = sum(map(len, lessons)) / len(lessons)
    return Detector(kind, wires.n_params, taught, correlation, trained.reshape(shape), matches)


def detector_cards(task: Search, found: list[Detector], own: Compare) -> list[Card]:
    return [_card(task, detector, own) for detector in found]


def _card(task: Search, detector: Detector, own: Compare) -> Card:
    shared = detector.kind == "conv"
    name = "One shared kernel" if shared else "Separate weights at every position"
    pictures = _pictures(name, task, detector, own)
    if matched_filter.is_flat(task.pattern):
        return cards.layer_card(detector.kind, name, "", "", pictures[:1])
    places, trained = detector.trained.size, int(detector.trained.sum())
    facts = (
        Fact("trained positions", f"{trained:,} of {places:,}", _time_to_learn(detector)),
        Fact("free parameters", words.amount(detector.parameters)),
    )
    right = len(set(detector.matches) & set(task.targets))
    headline = f"{right} of {words.plural(len(task.targets), 'occurrence')} found"
    note = (
        "Every copy in a training picture trains the one kernel."
        if shared
        else "Each position learns only from what it has seen."
    )
    others = len(detector.matches) - right
    if others:
        verb = "is" if others == 1 else "are"
        note += f" {words.plural(others, 'other window')} {verb} identical up to brightness and contrast."
    return cards.layer_card(detector.kind, name, headline, note, pictures, facts)


def _pictures(name: str, task: Search, detector: Detector, own: Compare) -> tuple[cards.Picture, ...]:
    """The searched picture with the matches framed, a training picture, and the correlation."""
    first, side = task.training_places(own, 1), task.square.side
    frames = tuple((i, j, side, side) for i, j in detector.matches[:FRAMES])
    dashed = [] if detector.kind == "conv" else np.argwhere(detector.trained)[:FRAMES].tolist()
    return (
        cards.map_picture(
            "dashed: trained here" if dashed else "found",
            f"{name}: the picture with {words.plural(len(frames), 'window')} framed{_dashed(len(dashed))}",
            task.picture,
            cards.ColourRange(1.0, signed=False),
            marks=frames,
            dashed=tuple((i, j, side, side) for i, j in dashed),
            group="P",
            letter="X",
        ),
        cards.map_picture(
            "training picture 1",
            f"The first training picture: the square minus its mean at {words.plural(len(first), 'position')}",
            matched_filter.paste(np.zeros(task.picture.shape), task.pattern - task.pattern.mean(), first),
            cards.ColourRange(0.5),
            group="P",
            letter="X",
        ),
        cards.map_picture(
            "normalised correlation",
            f"{name}: normalised correlation of each window with the weights learned there, from −1 to 1",
            detector.correlation,
            cards.ColourRange(1.0),
            group="R",
            letter="r",
        ),
    )


def _dashed(count: int) -> str:
    return f" and {words.plural(count, 'position')} dashed at which it was trained" if count else ""


def _time_to_learn(detector: Detector) -> str:
    """The coupon collector's expectation N·(ln N + γ) / n, where a training picture teaches n of N places at random."""
    if detector.kind == "conv":
        return "all of them after the first training picture"
    places = detector.trained.size
    lessons = places * (log(places) + np.euler_gamma) / detector.taught
    return (
        f"training all would take at least about {lessons:,.0f} pictures (theory: coupon collector)"
        if lessons >= 10
        else ""
    )


def finding(task: Search, found: list[Detector]) -> str:
    """How many occurrences each layer finds."""
    if matched_filter.is_flat(task.pattern):
        return FLAT
    local, conv = (len({*detector.matches} & {*task.targets}) for detector in found)
    whole, trained = words.plural(len(task.targets), "occurrence"), found[0].trained
    met = sum(bool(trained[place]) for place in task.targets)
    lies = f"{met} of the occurrences {'lies' if met == 1 else 'lie'}" if met else "none of the occurrences lies"
    return (
        f"Trained on the same pictures, **the shared kernel finds {conv} of {whole}; separate weights at every "
        f"position find {local}**: they were trained at {int(trained.sum()):,} of {trained.size:,} positions (dashed), "
        f"and {lies} at one of these."
    )


def sentence(task: Search, own: Compare) -> str:
    """What is to be found, and what both layers were trained on."""
    if matched_filter.is_flat(task.pattern):
        return FLAT
    copies, lessons = words.plural(len(task.copies), "copy", "copies"), words.plural(own.pictures, "training picture")
    occurrences = words.plural(len(task.targets), "occurrence")
    each = words.plural(len(task.training_places(own, 1)), "copy", "copies")
    return (
        f"To find: the framed square and {copies} of it, {occurrences} in all. Both layers were trained on {lessons} "
        f"of {each} each, by a single step of gradient descent. The map shows the normalised correlation of each "
        "window with the weights learned at that position; a match is a correlation of 1."
    )


def largest(size: Pair) -> int:
    """The largest square to choose in a picture of this size. Raises SpecError where there is none."""
    if min(size) < PATTERN.low:
        raise SpecError(
            f"a picture of {size[0]} × {size[1]} pixels is smaller than a square of side {PATTERN.low}: make it larger"
        )
    return min(PATTERN.high, *size)


def _size(values: Floats) -> Pair:
    return values.shape[0], values.shape[1]
