"""Copies hidden in a picture: the shared kernel finds every one, untied weights those where they were taught."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from components.display.cards import Card
from components.pages.compare import search
from components.pages.compare.search import Detector, Search, Square
from components.pages.compare.state import Compare
from components.state import setup
from components.state.link import edited
from components.state.setup import DRAWING, Setup
from kernels.layer.spec import SpecError
from kernels.learning import matched_filter
from tests.support.pictures import read_values
from tests.support.text import numbers

Pair = tuple[int, int]
Floats = NDArray[np.float64]
Levels = NDArray[np.int64]
START = Compare()
FRAMES = 400


def noise(*size: int) -> Floats:
    """Pixels like those of a picture: whole levels, of 255."""
    grey: Floats = np.random.default_rng(12).integers(0, 256, size) / 255
    return grey


def levels(picture: Floats) -> Levels:
    """The bytes of a picture."""
    found = np.rint(picture * 255).astype(np.int64)
    np.testing.assert_array_equal(found / 255, picture)
    return found


class Case:
    """A search for a square of three pixels in a small picture, and what was found."""

    def __init__(self, size: Pair = (20, 20), picture: Floats | None = None, **own: int | list[int]) -> None:
        self.own = edited(START, **{"pattern": [2, 3, 3], "pasted": 3, "places": 5, **own})
        self.task: Search = search.search(noise(*size) if picture is None else picture, self.own)
        found = search.detectors(self.task, self.own)
        self.untied: Detector = found[0]
        self.shared: Detector = found[1]
        self.cards: list[Card] = search.detector_cards(self.task, found, self.own)

    @property
    def said(self) -> str:
        return search.sentence(self.task, self.own)

    def alike(self) -> set[Pair]:
        """Every window that is the pattern in some contrast and brightness, decided in whole numbers.

        The cosine of two windows without their means is 1 where (Σab)² = Σa² · Σb² and Σab > 0 (Cauchy and Schwarz).
        """
        pattern, picture = levels(self.task.pattern), levels(self.task.picture)
        windows = sliding_window_view(picture, pattern.shape)
        a = pattern * pattern.size - pattern.sum()
        b = windows * pattern.size - windows.sum(axis=(2, 3), keepdims=True)
        both, own, other = (a * b).sum(axis=(2, 3)), int((a * a).sum()), (b * b).sum(axis=(2, 3))
        equal = both.astype(object) ** 2 == own * other.astype(object)  # in unbounded integers
        return {(i, j) for i, j in np.argwhere((both > 0) & equal).tolist()}

    def taught(self, pictures: int | None = None) -> set[Pair]:
        """All places at which a lesson has shown the pattern: lesson n is drawn with the seed and n."""
        size, side = (self.task.picture.shape[0], self.task.picture.shape[1]), len(self.task.pattern)
        rngs = (np.random.default_rng([self.own.places, n + 1]) for n in range(pictures or self.own.pictures))
        return {at for rng in rngs for at in matched_filter.places(size, (side, side), self.own.pasted, rng)}


def test_the_picture_that_is_searched_is_grey_and_at_most_64_pixels_or_as_it_was_drawn() -> None:
    for side, found in ((8, 8), (64, 64), (65, 64), (512, 64)):
        state = edited(Setup(), side=side, colour="rgb", stride=2)
        assert search.searched(state) == edited(state, side=found, colour="grey")
    drawn = setup.with_image(Setup(), DRAWING)
    assert search.searched(drawn) == drawn


@pytest.mark.parametrize(
    ("pattern", "size", "corner", "side"),
    [
        ((8, 26, 9), (64, 64), (8, 26), 9),
        ((60, 60, 9), (64, 64), (55, 55), 9),
        ((511, 0, 15), (64, 40), (49, 0), 15),
        ((0, 511, 3), (10, 20), (0, 17), 3),
        ((5, 60, 15), (8, 64), (0, 56), 8),
        ((5, 5, 15), (64, 1), (5, 0), 1),
        ((3, 3, 8), (8, 8), (0, 0), 8),
    ],
)
def test_the_square_lies_in_the_picture(pattern: tuple[int, int, int], size: Pair, corner: Pair, side: int) -> None:
    assert search.chosen(edited(START, pattern=pattern), np.zeros(size)) == Square(corner, side)


def test_the_largest_square_is_the_picture_or_fifteen_pixels_and_a_smaller_picture_is_refused_by_its_size() -> None:
    for size, largest in (((64, 64), 15), ((15, 20), 15), ((14, 20), 14), ((64, 8), 8), ((3, 64), 3)):
        assert search.largest(size) == largest
    for size in ((64, 2), (1, 64)):
        for refuses in (search.largest, lambda size: search.search(noise(*size), START)):
            with pytest.raises(SpecError, match=r"make it larger") as refused:
                refuses(size)
            assert numbers(str(refused.value)) == [*size, 3]


@pytest.mark.parametrize(
    ("size", "side"), [((64, 40), 9), ((20, 64), 6), ((12, 11), 3), ((8, 9), 3), ((3, 5), 3)], ids=str
)
def test_at_first_the_square_is_the_one_whose_numbers_vary_most(size: Pair, side: int) -> None:
    picture = noise(*size)
    square = search.chosen(START, picture)
    assert square.side == side
    corners = product(range(size[0] - side + 1), range(size[1] - side + 1))
    spread = {(i, j): picture[i : i + side, j : j + side].var() for i, j in corners}
    assert spread[square.corner] == pytest.approx(max(spread.values()), rel=1e-12)


@pytest.mark.parametrize(("seed", "pasted"), [(0, 1), (9999, 24)])
@pytest.mark.parametrize("pattern", [(8, 26, 9), (0, 0, 3), (511, 511, 15)], ids=str)
def test_copies_are_where_the_seed_puts_them_and_the_rest_is_the_picture(
    pattern: tuple[int, int, int], seed: int, pasted: int
) -> None:
    picture = noise(40, 64)
    before, own = picture.copy(), edited(START, pattern=pattern, places=seed, pasted=pasted)
    task = search.search(picture, own)
    np.testing.assert_array_equal(picture, before)
    (top, left), side = task.square.corner, task.square.side
    assert task.square == search.chosen(own, before)
    assert task.targets == ((top, left), *task.copies)
    wanted = picture.copy()
    for (i, j), (k, l) in product(task.targets, np.ndindex(side, side)):
        wanted[i + k, j + l] = before[top + k, left + l]
    np.testing.assert_array_equal(task.picture, wanted)
    picture[:] = 0  # the search keeps its pattern
    np.testing.assert_array_equal(task.pattern, before[top : top + side, left : left + side])
    assert len(task.copies) == pasted or (len(task.copies) < pasted and side >= 9)
    assert search.search(before, own).copies == task.copies
    assert search.search(before, edited(own, places=seed ^ 1)).copies != task.copies


# Who finds them, and what is said about it.


TASKS: list[tuple[Pair, dict[str, Any]]] = [
    ((20, 20), {}),
    ((12, 16), {"pictures": 9}),
    ((12, 9), {"pattern": [0, 0, 4], "pasted": 1, "pictures": 30, "places": 2}),
    ((8, 8), {"pattern": [5, 5, 3], "pasted": 24, "pictures": 6}),
    ((64, 8), {"pattern": [511, 0, 15], "pasted": 24}),
]
LARGEST: tuple[Pair, dict[str, Any]] = (64, 64), {"pattern": [511, 511, 15], "pasted": 24, "pictures": 60}


@pytest.fixture(params=[*TASKS, pytest.param(LARGEST, marks=pytest.mark.long)], ids=str, scope="module")
def case(request: pytest.FixtureRequest) -> Case:
    size, own = request.param
    return Case(size, **own)


def test_the_shared_kernel_finds_every_copy_and_the_untied_weights_those_where_they_were_taught(case: Case) -> None:
    untied, shared, task, taught = case.untied, case.shared, case.task, case.taught()
    assert (untied.kind, shared.kind) == ("local", "conv")
    for place in np.ndindex(shared.correlation.shape):
        wanted = shared.correlation[place] if place in taught else 0.0
        assert untied.correlation[place] == pytest.approx(wanted, abs=1e-9)
    assert set(shared.matches) == case.alike() >= set(task.targets)
    assert set(untied.matches) == case.alike() & taught
    assert len(set(shared.matches)) == len(shared.matches)


def test_a_lesson_teaches_the_shared_kernel_everywhere_and_untied_weights_where_it_shows_the_square(case: Case) -> None:
    untied, shared, taught, side = case.untied, case.shared, case.taught(), len(case.task.pattern)
    assert shared.trained.all()
    assert {(i, j) for i, j in np.argwhere(untied.trained == 1).tolist()} == taught
    assert set(np.unique(untied.trained)) <= {0.0, 1.0}
    places = shared.trained.size
    assert (untied.parameters, shared.parameters) == (places * side**2, side**2)
    told = [[numbers(fact.text) for fact in card.facts] for card in case.cards]
    assert told == [[[len(taught), places], [places * side**2]], [[places, places], [side**2]]]
    first, wanted, pattern = case.taught(1), np.zeros(case.task.picture.shape), case.task.pattern
    for (i, j), (k, l) in product(first, np.ndindex(pattern.shape)):
        wanted[i + k, j + l] = pattern[k, l] - float(pattern.mean())
    for card in case.cards:
        np.testing.assert_allclose(read_values(card.pictures[1]), wanted, rtol=0, atol=1e-7)
        assert numbers(card.pictures[1].alt)[0] == len(first)
    assert numbers(case.said)[:4] == [len(case.task.copies), len(case.task.targets), case.own.pictures, len(first)]


def test_a_card_counts_what_was_found_and_frames_it(case: Case) -> None:
    side, hidden = len(case.task.pattern), set(case.task.targets)
    for detector, card in zip((case.untied, case.shared), case.cards, strict=True):
        assert numbers(card.headline) == [len(hidden & set(detector.matches)), len(hidden)]
        found, lesson, likeness = card.pictures
        assert found.marks == tuple((*at, side, side) for at in detector.matches)
        dashed = tuple((int(i), int(j), side, side) for i, j in np.argwhere(detector.trained)[:FRAMES])
        assert found.dashed == (dashed if detector is case.untied else ())
        assert numbers(found.alt)[0] == len(detector.matches)
        assert (f" and {len(found.dashed)} position" in found.alt) == (found.dashed != ())
        np.testing.assert_array_equal(read_values(found), case.task.picture.astype(np.float32))
        np.testing.assert_array_equal(read_values(likeness), detector.correlation.astype(np.float32))
        assert (likeness.high, likeness.low, lesson.group == found.group != likeness.group) == ("1", "−1", True)


def test_the_finding_says_where_untied_weights_were_trained_and_how_many_occurrences_lie_there(case: Case) -> None:
    said = search.finding(case.task, [case.untied, case.shared])
    met = sum(bool(case.untied.trained[at]) for at in case.task.targets)
    trained, places = int(case.untied.trained.sum()), case.untied.trained.size
    hidden = len(case.task.targets)
    assert numbers(said) == [hidden, hidden, met, trained, places, *([met] if met else [])]
    assert ("none of the occurrences lies" in said) == (met == 0)


def test_a_window_that_differs_by_one_level_of_one_pixel_is_not_found() -> None:
    picture = np.rint(noise(20, 20) * 255)
    picture[2:5, 3:6] = picture[14:17, 12:15] = [[10, 240, 20], [70, 130, 0], [90, 50, 160]]
    picture[14, 12] += 1
    case = Case(picture=picture / 255, pasted=1, places=1)  # the copy lies elsewhere
    assert len(case.task.copies) == 1
    assert case.shared.correlation[14, 12] > 0.999
    assert set(case.shared.matches) == set(case.task.targets)


def test_a_flat_square_teaches_nothing_and_finds_nothing() -> None:
    picture = noise(12, 12)
    picture[2:5, 3:6] = 0.5
    case = Case(picture=picture)
    for detector, card in zip((case.untied, case.shared), case.cards, strict=True):
        assert detector.matches == ()
        assert not detector.correlation.any()
        assert (card.headline, card.note, card.facts) == ("", "", ())
        (only,) = card.pictures
        np.testing.assert_array_equal(read_values(only), case.task.picture.astype(np.float32))
    assert "uniformly grey" in case.said
    assert "grey" not in Case().said


@pytest.mark.parametrize("others", [0, 1, 2])
def test_other_places_that_are_the_same_in_another_contrast_are_found_and_counted(others: int) -> None:
    picture = np.rint(noise(20, 20) * 255)
    picture[2:5, 3:6] = [[10, 40, 20], [70, 30, 0], [90, 50, 60]]
    for n in range(1, others + 1):
        picture[16:19, 5 * n : 5 * n + 3] = 255 - 2 * (90 - picture[2:5, 3:6])
    case = Case(picture=picture / 255, pasted=1)
    beside = case.alike() - set(case.task.targets)
    assert len(beside) == others
    assert set(case.shared.matches) == case.alike()
    assert numbers(case.cards[1].headline) == [2, 2]
    assert numbers(case.cards[1].note) == ([others] if others else [])
    learned = len(beside & set(case.untied.matches))
    assert numbers(case.cards[0].note) == ([learned] if learned else [])


def test_no_more_frames_are_drawn_than_can_be_seen_and_no_more_are_said_to_be() -> None:
    case = Case(picture=np.indices((34, 34)).sum(axis=0) % 2 / 1.0)
    assert len(case.alike()) == len(case.shared.matches) > FRAMES
    found = case.cards[1].pictures[0]
    assert len(found.marks) == FRAMES == numbers(found.alt)[0]
    assert numbers(case.cards[1].headline) == [len(case.task.targets)] * 2
    assert numbers(case.cards[1].note) == [len(case.shared.matches) - len(case.task.targets)]


def test_how_long_untied_weights_would_take_is_the_coupon_collectors_expectation() -> None:
    for case in (Case(), Case((30, 12), pasted=6, pictures=4)):
        places = case.untied.trained.size
        # One place at a time the n-th new one takes N / (N − n + 1) draws; a lesson draws several.
        draws = sum(places / missing for missing in range(1, places + 1))
        (said,) = numbers(case.cards[0].facts[0].exact)
        assert said == pytest.approx(draws / case.own.pasted, rel=0.01, abs=0.6)
        assert numbers(case.cards[1].facts[0].exact) == []
        assert "first training picture" in case.cards[1].facts[0].exact
    complete = Case((4, 4), pattern=[0, 0, 3], pasted=1, pictures=60)
    assert complete.untied.trained.all()
    assert complete.cards[0].facts[0].exact == ""
