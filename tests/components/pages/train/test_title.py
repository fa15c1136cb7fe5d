"""The title says who did best: its numbers are the oracle's."""

import pytest

from components.display.race import Result, Round, Variant
from components.pages.train.state import Train
from components.pages.train.title import title
from tests.support.text import numbers
from tests.support.training import KINDS, LOST, NAMES, of, result, variant

MAPS, WINDOW, CLASSES = 16, 5, 10
CANVAS = 14  # pixels a side, on which the digits move
SIDE = CANVAS - WINDOW + 1  # of a map


def after(**tests: float | None) -> list[Round]:
    """An epoch with these accuracies; None diverged."""
    scores: dict[Variant, Result] = {}
    for kind in KINDS:
        if kind in tests:
            share = tests[kind]
            scores[variant(kind)] = LOST if share is None else result(0.9, share)
            scores[variant(kind, True)] = result(0.9, 0.999)  # scrambled: not what the title is about
    return [Round(1, scores)]


def test_before_the_race_the_title_has_the_fewest_and_the_most_parameters() -> None:
    readout = CLASSES * (MAPS + 1)
    conv = MAPS * (WINDOW**2 + 1) + readout
    dense = MAPS * SIDE**2 * (CANVAS**2 + 1) + readout
    told = title(of(kinds=("dense", "tiled", "conv")), ())
    assert numbers(told) == [conv, dense]
    assert told.endswith("which read digits better?")
    assert title(of(kinds=("conv",)), ()) == f":primary[{conv} parameters] learn to read digits"


@pytest.mark.parametrize(
    ("tests", "told"),
    [
        ({"dense": 0.7, "local": 0.6, "conv": 0.9}, "With max pooling: :primary[convolution 90%], fully connected 70%"),
        ({"dense": 0.7, "conv": 0.35}, "With max pooling: :primary[fully connected 70%], convolution 35%"),
        ({"dense": 0.704, "conv": 0.696}, "With max pooling: :primary[70%] with each wiring"),
        ({"dense": 0.704, "local": None, "conv": 0.696}, "With max pooling: :primary[70%] wherever training converged"),
        ({"tiled": 0.5}, "With max pooling: :primary[tiled 50%]"),
        ({"dense": None, "conv": 0.5}, "With max pooling: :primary[convolution 50%]"),
        ({"dense": None, "conv": None}, ":primary[Diverged]: nothing was learned"),
    ],
    ids=str,
)
def test_afterwards_the_title_says_who_came_first_and_its_best_rival(tests: dict[str, float | None], told: str) -> None:
    own = of(kinds=tuple(tests), scrambled=True)
    assert title(own, after(**tests)) == told


def test_shifts_that_were_never_trained_are_in_the_title() -> None:
    for reach, more in ((0, " at shifts beyond training"), (2, " at shifts beyond training"), (3, "")):
        told = title(of(reach=reach, kinds=("dense", "conv")), after(dense=0.2, conv=0.3))
        assert told.startswith(f"With max pooling{more}: ")


def test_who_does_not_race_any_more_is_not_in_the_title() -> None:
    assert NAMES["dense"] not in title(of(kinds=("conv",)), after(dense=0.1, conv=0.5))
    assert title(Train(), ()) != title(Train(), after(dense=0.5, conv=0.6))
