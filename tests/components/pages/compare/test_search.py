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
from components.pages.compare.search import Hunt, Hunter
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


def alike(hunt: Hunt) -> set[Pair]:
    """Every window that is the pattern in some contrast and brightness, decided in whole numbers.

    The cosine of two windows without their means is 1 where (Σab)² = Σa² · Σb² and Σab > 0 (Cauchy and Schwarz).
    """
    pattern, picture = levels(hunt.pattern), levels(hunt.picture)
    side, found = len(pattern), set()
    a = pattern * pattern.size - pattern.sum()
    for i, j in product(range(picture.shape[0] - side + 1), range(picture.shape[1] - side + 1)):
        window = picture[i : i + side, j : j + side]
        b = window * window.size - window.sum()
        both, own, other = (int(total) for total in ((a * b).sum(), (a * a).sum(), (b * b).sum()))
        if both > 0 and both**2 == own * other:
            found.add((i, j))
    return found


def taught(hunt: Hunt, own: Compare) -> set[Pair]:
    """All places at which a lesson has shown the pattern: lesson n is drawn with the seed and n."""
    size, side = (hunt.picture.shape[0], hunt.picture.shape[1]), len(hunt.pattern)
    return {
        corner
        for n in range(1, own.pictures + 1)
        for corner in matched_filter.places(size, (side, side), own.pasted, np.random.default_rng([own.places, n]))
    }


def found_by(hunt: Hunt, own: Compare) -> tuple[Hunter, Hunter, list[Card]]:
    """The weights of each place, the shared kernel, and a card of each."""
    untied, shared = search.hunters(hunt, own)
    return untied, shared, search.as_cards(hunt, [untied, shared], own)


def hunted(size: Pair = (20, 20), picture: Floats | None = None, **own: int | list[int]) -> tuple[Hunt, Compare]:
    """A hunt for a square of three pixels in a small picture."""
    settings = edited(START, **{"pattern": [2, 3, 3], "pasted": 3, "places": 5, **own})
    return search.hide(noise(*size) if picture is None else picture, settings), settings


def cosine(a: Floats, b: Floats) -> float:
    """Of two windows without their means, number by number; 0 where one is flat."""
    x, y = ([float(v) - float(w.mean()) for v in w.ravel()] for w in (a, b))
    size = math.sqrt(sum(v * v for v in x) * sum(v * v for v in y))
    return sum(v * w for v, w in zip(x, y, strict=True)) / size if size > 1e-9 else 0.0


# Which square, and where its copies are.


@pytest.mark.parametrize(("side", "found"), [(8, 8), (63, 63), (64, 64), (65, 64), (512, 64)])
def test_the_picture_that_is_searched_is_grey_and_at_most_64_pixels(side: int, found: int) -> None:
    state = edited(Setup(), side=side, colour="rgb", stride=2)
    assert search.enlarged(state) == edited(state, side=found, colour="grey")


def test_a_drawing_is_searched_at_the_size_it_was_drawn_in() -> None:
    state = setup.with_image(Setup(), DRAWING)
    assert search.enlarged(state) == state


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
    assert search.region(edited(START, pattern=pattern), np.zeros(size)) == (corner, side)


@pytest.mark.parametrize(
    ("size", "largest"), [((64, 64), 15), ((15, 20), 15), ((14, 20), 14), ((64, 8), 8), ((3, 64), 3)]
)
def test_the_largest_square_is_the_picture_or_fifteen_pixels(size: Pair, largest: int) -> None:
    assert search.largest(size) == largest


@pytest.mark.parametrize("size", [(64, 2), (1, 64), (2, 2)], ids=str)
def test_a_picture_without_room_for_the_smallest_square_is_refused_by_its_size(size: Pair) -> None:
    for refuses in (lambda: search.largest(size), lambda: search.hide(noise(*size), START)):
        with pytest.raises(SpecError, match=r"make it larger") as refused:
            refuses()
        assert numbers(str(refused.value)) == [*size, 3]


@pytest.mark.parametrize(
    ("size", "side"), [((64, 40), 9), ((20, 64), 6), ((12, 11), 3), ((8, 9), 3), ((3, 5), 3)], ids=str
)
def test_at_first_the_square_is_the_one_whose_numbers_vary_most(size: Pair, side: int) -> None:
    picture = noise(*size)
    corner, found = search.region(START, picture)
    assert found == side
    spread = {}
    for i, j in product(range(size[0] - side + 1), range(size[1] - side + 1)):
        values = [float(picture[i + k, j + l]) for k, l in product(range(side), repeat=2)]
        mean = sum(values) / len(values)
        spread[i, j] = sum((value - mean) ** 2 for value in values)
    assert spread[corner] == pytest.approx(max(spread.values()), rel=1e-12)


@pytest.mark.parametrize("pasted", [1, 6, 24])
@pytest.mark.parametrize("seed", [0, 1, 9999])
@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_copies_are_where_they_are_said_to_be_and_the_rest_is_the_picture(
    pattern: tuple[int, int, int], seed: int, pasted: int
) -> None:
    picture = noise(40, 64)
    before = picture.copy()
    hunt = search.hide(picture, edited(START, pattern=pattern, places=seed, pasted=pasted))
    np.testing.assert_array_equal(picture, before)
    (top, left), side = search.region(edited(START, pattern=pattern), np.zeros((40, 64)))
    assert (hunt.corner, hunt.hidden) == ((top, left), (hunt.corner, *hunt.copies))
    wanted, covered = picture.copy(), np.zeros((40, 64), dtype=np.int64)
    for i, j in hunt.hidden:
        for k, l in product(range(side), range(side)):
            wanted[i + k, j + l] = before[top + k, left + l]
            covered[i + k, j + l] += 1
    assert covered.max() == 1
    np.testing.assert_array_equal(hunt.picture, wanted)
    np.testing.assert_array_equal(hunt.pattern, before[top : top + side, left : left + side])
    assert len(hunt.copies) <= pasted
    assert len(hunt.copies) == pasted or side >= 9


def test_where_the_copies_are_is_decided_by_the_seed() -> None:
    first, again, other = (search.hide(noise(64, 64), edited(START, places=seed)).copies for seed in (4, 4, 5))
    assert first == again != other


def test_the_hunt_keeps_its_pattern_when_the_picture_changes() -> None:
    picture = noise(20, 20)
    hunt = search.hide(picture, edited(START, pattern=[0, 0, 5], pasted=2))
    pattern = hunt.pattern.copy()
    picture[:] = 0
    np.testing.assert_array_equal(hunt.pattern, pattern)
    assert pattern.any()


# Who finds them.


HUNTED: list[tuple[Pair, Settings]] = [
    ((20, 20), {}),
    ((12, 16), {"pictures": 9}),
    ((12, 9), {"pattern": [0, 0, 4], "pasted": 1, "pictures": 30, "places": 2}),
    ((8, 8), {"pattern": [5, 5, 3], "pasted": 24, "pictures": 6}),
]
hunts = pytest.mark.parametrize(("size", "settings"), HUNTED, ids=str)


@hunts
def test_the_likeness_is_the_cosine_of_a_window_with_what_its_place_has_learned(size: Pair, settings: Settings) -> None:
    hunt, own = hunted(size, **settings)
    untied, shared, _ = found_by(hunt, own)
    assert (untied.kind, shared.kind) == ("local", "conv")
    side, places = len(hunt.pattern), taught(hunt, own)
    for i, j in product(*(range(n - side + 1) for n in size)):
        wanted = cosine(hunt.picture[i : i + side, j : j + side], hunt.pattern)
        assert shared.response[i, j] == pytest.approx(wanted, abs=1e-9)
        assert untied.response[i, j] == pytest.approx(wanted if (i, j) in places else 0.0, abs=1e-9)


@hunts
def test_the_shared_kernel_finds_every_copy_and_the_untied_weights_those_where_they_were_taught(
    size: Pair, settings: Settings
) -> None:
    hunt, own = hunted(size, **settings)
    untied, shared, _ = found_by(hunt, own)
    assert set(shared.found) == alike(hunt) >= set(hunt.hidden)
    assert set(untied.found) == alike(hunt) & taught(hunt, own)
    assert len(set(shared.found)) == len(shared.found)


@hunts
def test_a_lesson_teaches_the_shared_kernel_everywhere_and_untied_weights_where_it_shows_the_square(
    size: Pair, settings: Settings
) -> None:
    hunt, own = hunted(size, **settings)
    untied, shared, cards = found_by(hunt, own)
    assert shared.learned.all()
    assert {(i, j) for i, j in np.argwhere(untied.learned == 1).tolist()} == taught(hunt, own)
    assert set(np.unique(untied.learned)) <= {0.0, 1.0}
    side, places = len(hunt.pattern), shared.learned.size
    assert (untied.parameters, shared.parameters) == (places * side**2, side**2)
    told = [[numbers(fact.text) for fact in card.facts] for card in cards]
    assert told == [[[len(taught(hunt, own)), places], [places * side**2]], [[places, places], [side**2]]]


def test_a_window_that_differs_by_one_level_of_one_pixel_is_not_found() -> None:
    picture = np.rint(noise(20, 20) * 255)
    picture[2:5, 3:6] = [[10, 240, 20], [70, 130, 0], [90, 50, 160]]
    picture[14:17, 12:15] = picture[2:5, 3:6]
    picture[14, 12] += 1
    hunt, own = hunted(picture=picture / 255, pasted=1, places=1)  # the copy lies elsewhere
    assert len(hunt.copies) == 1
    _, shared, _ = found_by(hunt, own)
    assert shared.response[14, 12] > 0.999
    assert set(shared.found) == set(hunt.hidden)


def test_a_flat_square_teaches_nothing_and_finds_nothing() -> None:
    picture = noise(12, 12)
    picture[2:5, 3:6] = 0.5
    hunt, own = hunted(picture=picture)
    untied, shared, cards = found_by(hunt, own)
    for hunter, card in zip((untied, shared), cards, strict=True):
        assert hunter.found == ()
        assert not hunter.response.any()
        assert (card.headline, card.note, card.facts) == ("", "", ())
        (only,) = card.pictures
        np.testing.assert_array_equal(read_values(only), hunt.picture.astype(np.float32))
    assert "all one grey" in search.sentence(hunt, own)
    lively, settings = hunted()
    assert "grey" not in search.sentence(lively, settings)


# What is said about it.


@hunts
def test_a_column_counts_what_was_found_and_frames_it(size: Pair, settings: Settings) -> None:
    hunt, own = hunted(size, **settings)
    side, hidden = len(hunt.pattern), set(hunt.hidden)
    untied, shared, cards = found_by(hunt, own)
    for hunter, card in zip((untied, shared), cards, strict=True):
        right = len(hidden & set(hunter.found))
        assert numbers(card.headline) == [right, len(hidden)]
        lesson, found, likeness = card.pictures
        assert [mark[:2] for mark in found.marks] == list(hunter.found)
        assert {mark[2:] for mark in found.marks} <= {(side, side)}
        assert numbers(found.alt)[0] == len(hunter.found)
        np.testing.assert_array_equal(read_values(found), hunt.picture.astype(np.float32))
        np.testing.assert_array_equal(read_values(likeness), hunter.response.astype(np.float32))
        assert (likeness.high, likeness.low, lesson.group == found.group != likeness.group) == ("1", "−1", True)


@hunts
def test_the_first_lesson_is_shown_as_it_was_given(size: Pair, settings: Settings) -> None:
    hunt, own = hunted(size, **settings)
    corners = taught(hunt, edited(own, pictures=1))
    wanted = np.zeros(size)
    mean = float(hunt.pattern.mean())
    for (i, j), (k, l) in product(corners, np.ndindex(hunt.pattern.shape)):
        wanted[i + k, j + l] = hunt.pattern[k, l] - mean
    for card in search.as_cards(hunt, search.hunters(hunt, own), own):
        np.testing.assert_allclose(read_values(card.pictures[0]), wanted, rtol=0, atol=1e-7)
        assert numbers(card.pictures[0].alt)[0] == len(corners)


@hunts
def test_the_sentence_counts_copies_places_lessons_and_what_a_lesson_shows(size: Pair, settings: Settings) -> None:
    hunt, own = hunted(size, **settings)
    shown = len(taught(hunt, edited(own, pictures=1)))
    assert numbers(search.sentence(hunt, own))[:4] == [len(hunt.copies), len(hunt.copies) + 1, own.pictures, shown]


def test_other_places_that_are_the_same_in_another_contrast_are_found_and_counted() -> None:
    picture = np.rint(noise(20, 20) * 255)
    picture[2:5, 3:6] = [[10, 40, 20], [70, 30, 0], [90, 50, 60]]
    for others in range(3):
        if others:
            picture[16:19, 5 * others : 5 * others + 3] = 255 - 2 * (90 - picture[2:5, 3:6])
        hunt, own = hunted(picture=picture / 255, pasted=1)
        beside = alike(hunt) - set(hunt.hidden)
        assert len(beside) == others
        untied, shared, cards = found_by(hunt, own)
        assert set(shared.found) == alike(hunt)
        assert numbers(cards[1].headline) == [2, 2]
        assert numbers(cards[1].note) == ([others] if others else [])
        assert numbers(cards[0].note) == ([n] if (n := len(beside & set(untied.found))) else [])


def test_no_more_frames_are_drawn_than_can_be_seen_and_no_more_are_said_to_be() -> None:
    board = np.indices((34, 34)).sum(axis=0) % 2 / 1.0
    hunt, own = hunted(picture=board)
    _, shared, cards = found_by(hunt, own)
    assert len(alike(hunt)) == len(shared.found) > FRAMES
    found = cards[1].pictures[1]
    assert len(found.marks) == FRAMES == numbers(found.alt)[0]
    assert numbers(cards[1].headline) == [len(hunt.hidden)] * 2
    assert numbers(cards[1].note) == [len(shared.found) - len(hunt.hidden)]


@pytest.mark.parametrize(("size", "settings"), [((20, 20), {}), ((30, 12), {"pasted": 6, "pictures": 4})], ids=str)
def test_how_long_untied_weights_would_take_is_the_coupon_collectors_expectation(
    size: Pair, settings: Settings
) -> None:
    hunt, own = hunted(size, **settings)
    untied, _, cards = found_by(hunt, own)
    places = untied.learned.size
    # One place at a time the n-th new one takes N / (N − n + 1) draws; a lesson draws several.
    draws = sum(places / missing for missing in range(1, places + 1))
    (said,) = numbers(cards[0].facts[0].exact)
    assert said == pytest.approx(draws / own.pasted, rel=0.01, abs=0.6)
    assert numbers(cards[1].facts[0].exact) == []
    assert "first lesson" in cards[1].facts[0].exact


def test_where_a_few_lessons_teach_every_place_no_expectation_is_told() -> None:
    hunt, own = hunted((4, 4), pattern=[0, 0, 3], pasted=1, pictures=60)
    untied, _, cards = found_by(hunt, own)
    assert untied.learned.all()
    assert cards[0].facts[0].exact == ""


@pytest.mark.parametrize(("size", "side"), [((8, 8), 8), ((64, 8), 8), ((32, 32), 15)], ids=str)
def test_a_lesson_is_not_said_to_show_more_copies_than_it_has_room_for(size: Pair, side: int) -> None:
    own = edited(START, pattern=[0, 0, 15], pasted=24, pictures=3)
    hunt = search.hide(noise(*size), own)
    assert len(hunt.pattern) == side
    assert len(taught(hunt, own)) < 24
    said = search.sentence(hunt, own)
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


@pytest.mark.parametrize(("size", "pattern", "pictures"), EXTREMES, ids=str)
def test_at_the_edge_of_what_is_allowed_every_copy_is_found_or_the_picture_is_refused(
    size: Pair, pattern: tuple[int, int, int], pictures: int
) -> None:
    own = edited(START, pattern=pattern, pictures=pictures, pasted=24)
    if min(size) < 3:
        with pytest.raises(SpecError, match=r"no square of 3"):
            search.hide(noise(*size), own)
        return
    hunt = search.hide(noise(*size), own)
    untied, shared, cards = found_by(hunt, own)
    assert set(hunt.hidden) <= set(shared.found)
    assert set(untied.found) <= set(shared.found)
    assert [numbers(card.headline)[1] for card in cards] == [len(hunt.hidden)] * 2
    assert all(np.isfinite(hunter.response).all() for hunter in (untied, shared))
