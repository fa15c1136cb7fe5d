"""Copies hidden in a picture: the shared kernel finds every one, untied weights those where they were taught."""

import re
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from components import edits, features
from components.columns import Column
from components.features import Hunt, Hunter
from components.state import DRAWING, Compare, Explore, edited
from kernels import matched
from kernels.images import planes, unit
from kernels.samples import SAMPLES, sample
from tests.components.test_words import numbers

Pair = tuple[int, int]
Floats = NDArray[np.float64]
Levels = NDArray[np.int64]
START = Compare()
FRAMES = 60
PICTURES = [known.id for known in SAMPLES]
PATTERNS = [(8, 26, 9), (0, 0, 3), (30, 12, 5), (511, 511, 15)]


def photo(name: str) -> Floats:
    """A sample at the size it has on the page, in grey."""
    side = min(64, next(known.side for known in SAMPLES if known.id == name))
    grey: Floats = unit(planes(sample(name, side), "grey"))[0]
    return grey


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
        for corner in matched.places(size, (side, side), own.pasted, np.random.default_rng([own.places, n]))
    }


def found_by(hunt: Hunt, own: Compare) -> tuple[Hunter, Hunter, list[Column]]:
    shared, untied = features.hunters(hunt, own)
    return shared, untied, features.as_columns(hunt, [shared, untied], own)


# Which square, and where its copies are.


@pytest.mark.parametrize(("side", "found"), [(8, 8), (63, 63), (64, 64), (65, 64), (512, 64)])
def test_the_picture_that_is_searched_is_grey_and_at_most_64_pixels(side: int, found: int) -> None:
    state = edited(Explore(), side=side, colour="rgb", stride=2)
    assert features.enlarged(state) == edited(state, side=found, colour="grey")


def test_a_drawing_is_searched_at_the_size_it_was_drawn_in() -> None:
    state = edits.with_image(Explore(), DRAWING)
    assert features.enlarged(state) == state


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
    assert features.region(edited(START, pattern=pattern), np.zeros(size)) == (corner, side)


@pytest.mark.parametrize(
    ("size", "largest"), [((64, 64), 15), ((15, 20), 15), ((14, 20), 14), ((64, 8), 8), ((3, 64), 3)]
)
def test_the_largest_square_is_the_picture_or_fifteen_pixels(size: Pair, largest: int) -> None:
    assert features.largest(size) == largest


@pytest.mark.parametrize("pasted", [1, 6, 24])
@pytest.mark.parametrize("seed", [0, 1, 9999])
@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_copies_are_where_they_are_said_to_be_and_the_rest_is_the_picture(
    pattern: tuple[int, int, int], seed: int, pasted: int
) -> None:
    picture = noise(40, 64)
    before = picture.copy()
    hunt = features.hide(picture, edited(START, pattern=pattern, places=seed, pasted=pasted))
    np.testing.assert_array_equal(picture, before)
    (top, left), side = features.region(edited(START, pattern=pattern), np.zeros((40, 64)))
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
    first, again, other = (features.hide(noise(64, 64), edited(START, places=seed)).copies for seed in (4, 4, 5))
    assert first == again != other


def test_the_hunt_keeps_its_pattern_when_the_picture_changes() -> None:
    picture = noise(20, 20)
    hunt = features.hide(picture, edited(START, pattern=[0, 0, 5], pasted=2))
    pattern = hunt.pattern.copy()
    picture[:] = 0
    np.testing.assert_array_equal(hunt.pattern, pattern)
    assert pattern.any()


# Who finds them.


# What is said about it.


@pytest.mark.parametrize(("size", "side"), [((8, 8), 8), ((64, 8), 8), ((32, 32), 15)], ids=str)
def test_a_lesson_is_not_said_to_show_more_copies_than_it_has_room_for(size: Pair, side: int) -> None:
    own = edited(START, pattern=[0, 0, 15], pasted=24, pictures=3)
    hunt = features.hide(noise(*size), own)
    assert len(hunt.pattern) == side
    assert len(taught(hunt, own)) < 24
    said = features.sentence(hunt, own)
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
