"""Copies hidden in a picture: the shared kernel finds every one, untied weights those where they were taught."""

import math
import re
from itertools import product
from typing import Any

import numpy as np
import pytest
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
Settings = dict[str, Any]
START = Compare()
FRAMES = 400
PATTERNS = [(8, 26, 9), (0, 0, 3), (30, 12, 5), (511, 511, 15)]


def noise(*size: int) -> Floats:
    """Pixels like those of a picture: whole levels, of 255."""
    grey: Floats = np.random.default_rng(12).integers(0, 256, size) / 255
    return grey


def levels(picture: Floats) -> Levels:
    """The bytes of a picture."""
    found = np.rint(picture * 255).astype(np.int64)
    np.testing.assert_array_equal(found / 255, picture)
    return found


def alike(task: Search) -> set[Pair]:
    """Every window that is the pattern in some contrast and brightness, decided in whole numbers.

    The cosine of two windows without their means is 1 where (Σab)² = Σa² · Σb² and Σab > 0 (Cauchy and Schwarz).
    """
    pattern, picture = levels(task.pattern), levels(task.picture)
    side, found = len(pattern), set()
    a = pattern * pattern.size - pattern.sum()
    for i, j in product(range(picture.shape[0] - side + 1), range(picture.shape[1] - side + 1)):
        window = picture[i : i + side, j : j + side]
        b = window * window.size - window.sum()
        both, own, other = (int(total) for total in ((a * b).sum(), (a * a).sum(), (b * b).sum()))
        if both > 0 and both**2 == own * other:
            found.add((i, j))
    return found


def taught(task: Search, own: Compare) -> set[Pair]:
    """All places at which a lesson has shown the pattern: lesson n is drawn with the seed and n."""
    size, side = (task.picture.shape[0], task.picture.shape[1]), len(task.pattern)
    return {
        corner
        for n in range(1, own.pictures + 1)
        for corner in matched_filter.places(size, (side, side), own.pasted, np.random.default_rng([own.places, n]))
    }


def found_by(task: Search, own: Compare) -> tuple[Detector, Detector, list[Card]]:
    """The weights of each place, the shared kernel, and a card of each."""
    untied, shared = search.detectors(task, own)
    return untied, shared, search.detector_cards(task, [untied, shared], own)


def searching(size: Pair = (20, 20), picture: Floats | None = None, **own: int | list[int]) -> tuple[Search, Compare]:
    """A search for a square of three pixels in a small picture."""
    settings = edited(START, **{"pattern": [2, 3, 3], "pasted": 3, "places": 5, **own})
    return search.search(noise(*size) if picture is None else picture, settings), settings


def cosine(a: Floats, b: Floats) -> float:
    """Of two windows without their means, number by number; 0 where one is flat."""
    x, y = ([float(v) - float(w.mean()) for v in w.ravel()] for w in (a, b))
    size = math.sqrt(sum(v * v for v in x) * sum(v * v for v in y))
    return sum(v * w for v, w in zip(x, y, strict=True)) / size if size > 1e-9 else 0.0


# Which square, and where its copies are.


@pytest.mark.parametrize(("side", "found"), [(8, 8), (63, 63), (64, 64), (65, 64), (512, 64)])
def test_the_picture_that_is_searched_is_grey_and_at_most_64_pixels(side: int, found: int) -> None:
    state = edited(Setup(), side=side, colour="rgb", stride=2)
    assert search.searched(state) == edited(state, side=found, colour="grey")


def test_a_drawing_is_searched_at_the_size_it_was_drawn_in() -> None:
    state = setup.with_image(Setup(), DRAWING)
    assert search.searched(state) == state


@pytest.mark.parametrize(
    ("pattern", "size", "corner", "side"),
    [
        ((8, 26, 9), (64, 64), (8, 26), 9),
        ((60, 60, 9), (64, 64), (55, 55), 9),
        ((511, 0, 15), (64, 40), (49, 0), 15),
        ((0, 511, 3), (10, 20), (0, 17), 3),
        ((5, 5, 15), (8, 64), (0, 5), 8),
        ((5, 60, 15), (8, 64), (0, 56), 8),
        ((5, 5, 15), (64, 1), (5, 0), 1),
        ((511, 511, 15), (1, 64), (0, 63), 1),
        ((3, 3, 8), (8, 8), (0, 0), 8),
    ],
)
def test_the_square_lies_in_the_picture(pattern: tuple[int, int, int], size: Pair, corner: Pair, side: int) -> None:
    assert search.chosen(edited(START, pattern=pattern), np.zeros(size)) == Square(corner, side)


@pytest.mark.parametrize(
    ("size", "largest"), [((64, 64), 15), ((15, 20), 15), ((14, 20), 14), ((64, 8), 8), ((3, 64), 3)]
)
def test_the_largest_square_is_the_picture_or_fifteen_pixels(size: Pair, largest: int) -> None:
    assert search.largest(size) == largest


@pytest.mark.parametrize("size", [(64, 2), (1, 64), (2, 2)], ids=str)
def test_a_picture_without_room_for_the_smallest_square_is_refused_by_its_size(size: Pair) -> None:
    for refuses in (lambda: search.largest(size), lambda: search.search(noise(*size), START)):
        with pytest.raises(SpecError, match=r"make it larger") as refused:
            refuses()
        assert numbers(str(refused.value)) == [*size, 3]


@pytest.mark.parametrize(
    ("size", "side"), [((64, 40), 9), ((20, 64), 6), ((12, 11), 3), ((8, 9), 3), ((3, 5), 3)], ids=str
)
def test_at_first_the_square_is_the_one_whose_numbers_vary_most(size: Pair, side: int) -> None:
    picture = noise(*size)
    square = search.chosen(START, picture)
    assert square.side == side
    spread = {}
    for i, j in product(range(size[0] - side + 1), range(size[1] - side + 1)):
        values = [float(picture[i + k, j + l]) for k, l in product(range(side), repeat=2)]
        mean = sum(values) / len(values)
        spread[i, j] = sum((value - mean) ** 2 for value in values)
    assert spread[square.corner] == pytest.approx(max(spread.values()), rel=1e-12)


@pytest.mark.parametrize(("seed", "pasted"), [(0, 1), (9999, 24)])
@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_copies_are_where_they_are_said_to_be_and_the_rest_is_the_picture(
    pattern: tuple[int, int, int], seed: int, pasted: int
) -> None:
    picture = noise(40, 64)
    before = picture.copy()
    task = search.search(picture, edited(START, pattern=pattern, places=seed, pasted=pasted))
    np.testing.assert_array_equal(picture, before)
    (top, left), side = task.square.corner, task.square.side
    assert task.square == search.chosen(edited(START, pattern=pattern), before)
    assert task.targets == ((top, left), *task.copies)
    wanted, covered = picture.copy(), np.zeros((40, 64), dtype=np.int64)
    for i, j in task.targets:
        for k, l in product(range(side), range(side)):
            wanted[i + k, j + l] = before[top + k, left + l]
            covered[i + k, j + l] += 1
    assert covered.max() == 1
    np.testing.assert_array_equal(task.picture, wanted)
    np.testing.assert_array_equal(task.pattern, before[top : top + side, left : left + side])
    assert len(task.copies) <= pasted
    assert len(task.copies) == pasted or side >= 9


def test_where_the_copies_are_is_decided_by_the_seed() -> None:
    first, again, other = (search.search(noise(64, 64), edited(START, places=seed)).copies for seed in (4, 4, 5))
    assert first == again != other


def test_the_search_keeps_its_pattern_when_the_picture_changes() -> None:
    picture = noise(20, 20)
    task = search.search(picture, edited(START, pattern=[0, 0, 5], pasted=2))
    pattern = task.pattern.copy()
    picture[:] = 0
    np.testing.assert_array_equal(task.pattern, pattern)
    assert pattern.any()


# Who finds them.


TASKS: list[tuple[Pair, Settings]] = [
    ((20, 20), {}),
    ((12, 16), {"pictures": 9}),
    ((12, 9), {"pattern": [0, 0, 4], "pasted": 1, "pictures": 30, "places": 2}),
    ((8, 8), {"pattern": [5, 5, 3], "pasted": 24, "pictures": 6}),
]
every_task = pytest.mark.parametrize(("size", "settings"), TASKS, ids=str)


@every_task
def test_the_likeness_is_the_cosine_of_a_window_with_what_its_place_has_learned(size: Pair, settings: Settings) -> None:
    task, own = searching(size, **settings)
    untied, shared, _ = found_by(task, own)
    assert (untied.kind, shared.kind) == ("local", "conv")
    side, places = len(task.pattern), taught(task, own)
    for i, j in product(*(range(n - side + 1) for n in size)):
        wanted = cosine(task.picture[i : i + side, j : j + side], task.pattern)
        assert shared.correlation[i, j] == pytest.approx(wanted, abs=1e-9)
        assert untied.correlation[i, j] == pytest.approx(wanted if (i, j) in places else 0.0, abs=1e-9)


@every_task
def test_the_shared_kernel_finds_every_copy_and_the_untied_weights_those_where_they_were_taught(
    size: Pair, settings: Settings
) -> None:
    task, own = searching(size, **settings)
    untied, shared, _ = found_by(task, own)
    assert set(shared.matches) == alike(task) >= set(task.targets)
    assert set(untied.matches) == alike(task) & taught(task, own)
    assert len(set(shared.matches)) == len(shared.matches)


@every_task
def test_a_lesson_teaches_the_shared_kernel_everywhere_and_untied_weights_where_it_shows_the_square(
    size: Pair, settings: Settings
) -> None:
    task, own = searching(size, **settings)
    untied, shared, cards = found_by(task, own)
    assert shared.trained.all()
    assert {(i, j) for i, j in np.argwhere(untied.trained == 1).tolist()} == taught(task, own)
    assert set(np.unique(untied.trained)) <= {0.0, 1.0}
    side, places = len(task.pattern), shared.trained.size
    assert (untied.parameters, shared.parameters) == (places * side**2, side**2)
    told = [[numbers(fact.text) for fact in card.facts] for card in cards]
    assert told == [[[len(taught(task, own)), places], [places * side**2]], [[places, places], [side**2]]]


def test_a_window_that_differs_by_one_level_of_one_pixel_is_not_found() -> None:
    picture = np.rint(noise(20, 20) * 255)
    picture[2:5, 3:6] = [[10, 240, 20], [70, 130, 0], [90, 50, 160]]
    picture[14:17, 12:15] = picture[2:5, 3:6]
    picture[14, 12] += 1
    task, own = searching(picture=picture / 255, pasted=1, places=1)  # the copy lies elsewhere
    assert len(task.copies) == 1
    _, shared, _ = found_by(task, own)
    assert shared.correlation[14, 12] > 0.999
    assert set(shared.matches) == set(task.targets)


def test_a_flat_square_teaches_nothing_and_finds_nothing() -> None:
    picture = noise(12, 12)
    picture[2:5, 3:6] = 0.5
    task, own = searching(picture=picture)
    untied, shared, cards = found_by(task, own)
    for detector, card in zip((untied, shared), cards, strict=True):
        assert detector.matches == ()
        assert not detector.correlation.any()
        assert (card.headline, card.note, card.facts) == ("", "", ())
        (only,) = card.pictures
        np.testing.assert_array_equal(read_values(only), task.picture.astype(np.float32))
    assert "all one grey" in search.sentence(task, own)
    lively, settings = searching()
    assert "grey" not in search.sentence(lively, settings)


# What is said about it.


@every_task
def test_a_column_counts_what_was_found_and_frames_it(size: Pair, settings: Settings) -> None:
    task, own = searching(size, **settings)
    side, hidden = len(task.pattern), set(task.targets)
    untied, shared, cards = found_by(task, own)
    for detector, card in zip((untied, shared), cards, strict=True):
        right = len(hidden & set(detector.matches))
        assert numbers(card.headline) == [right, len(hidden)]
        lesson, found, likeness = card.pictures
        assert [mark[:2] for mark in found.marks] == list(detector.matches)
        assert {mark[2:] for mark in found.marks} <= {(side, side)}
        assert numbers(found.alt)[0] == len(detector.matches)
        np.testing.assert_array_equal(read_values(found), task.picture.astype(np.float32))
        np.testing.assert_array_equal(read_values(likeness), detector.correlation.astype(np.float32))
        assert (likeness.high, likeness.low, lesson.group == found.group != likeness.group) == ("1", "−1", True)


@every_task
def test_the_first_lesson_is_shown_as_it_was_given(size: Pair, settings: Settings) -> None:
    task, own = searching(size, **settings)
    corners = taught(task, edited(own, pictures=1))
    wanted = np.zeros(size)
    mean = float(task.pattern.mean())
    for (i, j), (k, l) in product(corners, np.ndindex(task.pattern.shape)):
        wanted[i + k, j + l] = task.pattern[k, l] - mean
    for card in search.detector_cards(task, search.detectors(task, own), own):
        np.testing.assert_allclose(read_values(card.pictures[0]), wanted, rtol=0, atol=1e-7)
        assert numbers(card.pictures[0].alt)[0] == len(corners)


@every_task
def test_the_sentence_counts_copies_places_lessons_and_what_a_lesson_shows(size: Pair, settings: Settings) -> None:
    task, own = searching(size, **settings)
    shown = len(taught(task, edited(own, pictures=1)))
    assert numbers(search.sentence(task, own))[:4] == [len(task.copies), len(task.copies) + 1, own.pictures, shown]


def test_other_places_that_are_the_same_in_another_contrast_are_found_and_counted() -> None:
    picture = np.rint(noise(20, 20) * 255)
    picture[2:5, 3:6] = [[10, 40, 20], [70, 30, 0], [90, 50, 60]]
    for others in range(3):
        if others:
            picture[16:19, 5 * others : 5 * others + 3] = 255 - 2 * (90 - picture[2:5, 3:6])
        task, own = searching(picture=picture / 255, pasted=1)
        beside = alike(task) - set(task.targets)
        assert len(beside) == others
        untied, shared, cards = found_by(task, own)
        assert set(shared.matches) == alike(task)
        assert numbers(cards[1].headline) == [2, 2]
        assert numbers(cards[1].note) == ([others] if others else [])
        assert numbers(cards[0].note) == ([n] if (n := len(beside & set(untied.matches))) else [])


def test_no_more_frames_are_drawn_than_can_be_seen_and_no_more_are_said_to_be() -> None:
    board = np.indices((34, 34)).sum(axis=0) % 2 / 1.0
    task, own = searching(picture=board)
    _, shared, cards = found_by(task, own)
    assert len(alike(task)) == len(shared.matches) > FRAMES
    found = cards[1].pictures[1]
    assert len(found.marks) == FRAMES == numbers(found.alt)[0]
    assert numbers(cards[1].headline) == [len(task.targets)] * 2
    assert numbers(cards[1].note) == [len(shared.matches) - len(task.targets)]


@pytest.mark.parametrize(("size", "settings"), [((20, 20), {}), ((30, 12), {"pasted": 6, "pictures": 4})], ids=str)
def test_how_long_untied_weights_would_take_is_the_coupon_collectors_expectation(
    size: Pair, settings: Settings
) -> None:
    task, own = searching(size, **settings)
    untied, _, cards = found_by(task, own)
    places = untied.trained.size
    # One place at a time the n-th new one takes N / (N − n + 1) draws; a lesson draws several.
    draws = sum(places / missing for missing in range(1, places + 1))
    (said,) = numbers(cards[0].facts[0].exact)
    assert said == pytest.approx(draws / own.pasted, rel=0.01, abs=0.6)
    assert numbers(cards[1].facts[0].exact) == []
    assert "first lesson" in cards[1].facts[0].exact


def test_where_a_few_lessons_teach_every_place_no_expectation_is_told() -> None:
    task, own = searching((4, 4), pattern=[0, 0, 3], pasted=1, pictures=60)
    untied, _, cards = found_by(task, own)
    assert untied.trained.all()
    assert cards[0].facts[0].exact == ""


@pytest.mark.parametrize(("size", "side"), [((8, 8), 8), ((64, 8), 8), ((32, 32), 15)], ids=str)
def test_a_lesson_is_not_said_to_show_more_copies_than_it_has_room_for(size: Pair, side: int) -> None:
    own = edited(START, pattern=[0, 0, 15], pasted=24, pictures=3)
    task = search.search(noise(*size), own)
    assert len(task.pattern) == side
    assert len(taught(task, own)) < 24
    said = search.sentence(task, own)
    assert 24 not in numbers(said) or re.search(r"(up to|at most|no more than) 24", said)


EXTREMES: list[tuple[Pair, tuple[int, int, int], int]] = [
    ((8, 8), (0, 0, 15), 60),
    ((8, 8), (3, 3, 3), 5),
    ((64, 1), (0, 0, 15), 60),
    ((1, 64), (511, 511, 3), 5),
    ((64, 2), (511, 511, 15), 60),
    ((2, 64), (0, 0, 3), 5),
    ((64, 8), (511, 0, 15), 5),
    ((15, 15), (3, 3, 15), 5),
    ((16, 16), (511, 511, 15), 5),
    ((64, 64), (511, 511, 15), 60),
    ((64, 64), (511, 511, 3), 60),
]


@pytest.mark.long
@pytest.mark.parametrize(("size", "pattern", "pictures"), EXTREMES, ids=str)
def test_at_the_edge_of_what_is_allowed_every_copy_is_found_or_the_picture_is_refused(
    size: Pair, pattern: tuple[int, int, int], pictures: int
) -> None:
    own = edited(START, pattern=pattern, pictures=pictures, pasted=24)
    if min(size) < 3:
        with pytest.raises(SpecError, match=r"no square of 3"):
            search.search(noise(*size), own)
        return
    task = search.search(noise(*size), own)
    untied, shared, cards = found_by(task, own)
    assert set(task.targets) <= set(shared.matches)
    assert set(untied.matches) <= set(shared.matches)
    assert [numbers(card.headline)[1] for card in cards] == [len(task.targets)] * 2
    assert all(np.isfinite(detector.correlation).all() for detector in (untied, shared))
