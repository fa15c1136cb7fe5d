"""The digits are the published ones, and every way of drawing, moving and mixing them does what it says and no more."""

import math
from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import SpecError
from kernels.images.digits import (
    CANVAS,
    SIDE,
    Examples,
    at_distance,
    digits,
    enlarged,
    moved,
    reordered,
    smoothed,
    split,
    within,
)

Array = NDArray[np.float64]
COUNTS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # of the digits 0..9, UCI's optdigits.tes


def names(part: Examples) -> list[bytes]:
    """The pixels of every example: no two of the 1,797 are alike."""
    return [image.tobytes() for image in part.x]


def few(many: int = 5) -> Examples:
    return Examples(digits().x[:many], digits().labels[:many])


def test_the_digits_are_the_published_file() -> None:
    found = digits()
    assert (len(found), found.x.shape, found.labels.shape) == (1797, (1797, 1, 8, 8), (1797,))
    assert found.x.dtype == np.float32
    assert [int(np.sum(found.labels == digit)) for digit in range(10)] == COUNTS
    assert len(set(names(found))) == 1797
    assert set(np.unique(found.x * 16).tolist()) == set(range(17))
    assert found.labels[:10].tolist() == list(range(10))
    assert (found.x[0, 0, :3] * 16).tolist() == [
        [0, 0, 5, 13, 9, 1, 0, 0], [0, 0, 13, 15, 10, 15, 5, 0], [0, 3, 15, 2, 0, 11, 8, 0],
    ]  # fmt: skip


def test_nobody_can_change_the_digits_for_the_others() -> None:
    found = digits()
    for part in (found.x, found.labels):
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 0
    train, test = split(20, 30, 0)
    train.x[:], test.x[:], train.labels[:] = 9, 9, 9
    assert digits() is found
    assert digits().x.max() == split(20, 30, 0)[0].x.max() == 1


@pytest.mark.parametrize(("examples", "tests"), [(1, 1), (300, 600), (320, 160), (1197, 600), (1, 1796)])
def test_no_example_is_both_learned_from_and_tested_with(examples: int, tests: int) -> None:
    train, test = split(examples, tests, 3)
    assert (len(train), len(test)) == (examples, tests)
    assert len({*names(train), *names(test)}) == examples + tests
    of = dict(zip(names(digits()), digits().labels.tolist(), strict=True))
    for part in (train, test):
        assert [of[name] for name in names(part)] == part.labels.tolist()


def test_fewer_examples_are_the_first_of_more_and_the_tests_are_the_same() -> None:
    most, tests = split(1000, 600, 8)
    for examples in (1, 30, 300, 999):
        train, same = split(examples, 600, 8)
        np.testing.assert_array_equal(train.x, most.x[:examples])
        np.testing.assert_array_equal(train.labels, most.labels[:examples])
        np.testing.assert_array_equal(same.x, tests.x)
        np.testing.assert_array_equal(same.labels, tests.labels)


def test_the_seed_decides_what_is_drawn() -> None:
    first, again, other = (names(split(100, 100, seed)[0]) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert len({*first, *other}) > 150


def test_all_classes_are_drawn_about_evenly() -> None:
    for part in split(300, 600, 0):
        counts = Counter(part.labels.tolist())
        assert set(counts) == set(range(10))
        assert min(counts.values()) > 0.05 * len(part)


def test_more_than_there_are_and_fewer_than_one_are_refused() -> None:
    table: list[tuple[int, int, str]] = [
        (1198, 600, r"^examples must be <= 1197 beside 600 tests, got 1198$"),
        (1, 1797, r"^examples must be <= 0 beside 1797 tests, got 1$"),
        (0, 10, r"^examples must be >= 1, got 0$"),
        (10, 0, r"^tests must be >= 1, got 0$"),
        (2.5, 10, r"^examples must be a whole number, got 2\.5$"),  # type: ignore[list-item]  # that is refused
    ]
    for examples, tests, message in table:
        with pytest.raises(SpecError, match=message):
            split(examples, tests, 0)


@pytest.mark.parametrize("canvas", [14, 15, 8])
def test_a_moved_digit_stands_where_its_shift_says_and_nowhere_else(canvas: int) -> None:
    room = (canvas - 8) // 2
    shifts = np.random.default_rng(1).integers(-room, room + 1, (5, 2))
    shifts[:2] = [[-room, room], [room, -room]]
    found = moved(few(), shifts, canvas)
    wanted = np.zeros((5, 1, canvas, canvas))
    for n, (down, right) in enumerate(shifts.tolist()):
        wanted[n, 0, room + down : room + down + 8, room + right : room + right + 8] = digits().x[n, 0]
    assert found.x.dtype == np.float32
    np.testing.assert_array_equal(found.x, wanted)
    np.testing.assert_array_equal(found.labels, few().labels)
    assert (SIDE, CANVAS, moved(few(), np.zeros((5, 2), np.int64)).x.shape) == (8, 14, (5, 1, 14, 14))


def test_a_shift_off_the_canvas_is_refused() -> None:
    for shift, canvas, room in (((4, 0), 14, 3), ((0, -4), 14, 3), ((1, 0), 9, 0)):
        shifts = np.zeros((5, 2), np.int64)
        shifts[3] = shift
        message = rf"^shifts must be within ±{room} on a canvas of {canvas}, got {max(map(abs, shift))}$"
        with pytest.raises(SpecError, match=message):
            moved(few(), shifts, canvas)


@pytest.mark.parametrize("reach", [0, 1, 3])
def test_shifts_within_a_reach_or_at_a_distance_are_those_squares_equally_often(reach: int) -> None:
    span = range(-reach, reach + 1)
    square = [(i, j) for i in span for j in span]
    for draw, cells in ((within, square), (at_distance, [cell for cell in square if reach in map(abs, cell)])):
        found, again, other = (draw(20_000, reach, np.random.default_rng(seed)) for seed in (0, 0, 1))
        assert found.shape == (20_000, 2)
        evenly(found, cells)
        np.testing.assert_array_equal(found, again)
        assert reach == 0 or np.any(found != other)


def evenly(shifts: NDArray[np.int64], cells: list[tuple[int, int]]) -> None:
    """These cells and no others, each within five deviations of its share."""
    counts = Counter(map(tuple, shifts.tolist()))
    assert set(counts) == set(cells)
    share = len(shifts) / len(cells)
    assert all(abs(count - share) <= 5 * math.sqrt(share) for count in counts.values())


def test_pixels_are_mixed_in_one_order_for_all_and_its_inverse_undoes_it() -> None:
    placed = moved(few(), within(5, 3, np.random.default_rng(0)))
    order = np.random.default_rng(1).permutation(CANVAS**2)
    mixed = reordered(placed, order)
    assert mixed.x.shape == placed.x.shape
    for n, (there, here) in enumerate(zip(mixed.x, placed.x, strict=True)):
        assert [float(v) for v in there.ravel()] == [float(here[0, p // CANVAS, p % CANVAS]) for p in order.tolist()], n
    assert np.any(mixed.x != placed.x)
    inverse = [order.tolist().index(p) for p in range(CANVAS**2)]
    np.testing.assert_array_equal(reordered(mixed, np.array(inverse)).x, placed.x)
    np.testing.assert_array_equal(mixed.labels, placed.labels)


def test_an_enlarged_digit_has_every_pixel_four_times() -> None:
    found = enlarged(few())
    assert found.x.shape == (5, 1, 16, 16)
    assert found.x.dtype == np.float32
    for n, i, j in np.ndindex(5, 16, 16):
        assert found.x[n, 0, i, j] == few().x[n, 0, i // 2, j // 2]
    np.testing.assert_array_equal(found.labels, few().labels)


def test_a_smoothed_digit_is_linear_between_its_pixels_from_corner_to_corner() -> None:
    """Place i of 16 lies at 7·i/15 among the eight pixels."""
    found = smoothed(few())
    assert found.x.shape == (5, 1, 16, 16)
    assert found.x.dtype == np.float32
    for n, i, j in np.ndindex(5, 16, 16):
        image = few().x[n, 0].astype(float)
        (top, down), (left, right) = divmod(7 * i / 15, 1), divmod(7 * j / 15, 1)
        total = 0.0
        for a, b in np.ndindex(2, 2):
            share = (down if a else 1 - down) * (right if b else 1 - right)
            if share > 0:
                total += share * image[min(int(top) + a, 7), min(int(left) + b, 7)]
        assert found.x[n, 0, i, j] == pytest.approx(total, abs=1e-6)
    np.testing.assert_array_equal(found.labels, few().labels)
