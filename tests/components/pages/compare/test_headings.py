"""The titles say what is so: their numbers are the oracle's, in every state a page can be in."""

from math import prod

import pytest

from components.display import layer as views
from components.pages.compare import headings
from components.pages.train.race import Entry, Round, Score
from components.state.link import Explore, Train, View, edited
from tests.components.pages.channels.test_layer import CASES, Case
from tests.components.pages.train.test_race import of
from tests.components.pages.train.test_results import NAMES, scored
from tests.support.oracles import parameter_count
from tests.support.text import numbers

MAPS, WINDOW, CLASSES = 16, 5, 10
CANVAS = 14  # pixels a side, on which the digits move
SIDE = CANVAS - WINDOW + 1  # of a map


def after(**tests: float | None) -> list[Round]:
    """An epoch with these accuracies; None diverged."""
    scores: dict[Entry, Score] = {}
    kinds: tuple[View, ...] = ("dense", "local", "tiled", "conv")
    for kind in kinds:
        if kind in tests:
            share = tests[kind]
            scores[kind, False] = scored(0.9, share or 0.0, diverged=share is None)
            scores[kind, True] = scored(0.9, 0.999)  # scrambled: not what the title is about
    return [Round(1, scores, None)]


@pytest.mark.parametrize(
    "ways",
    [{}, {"kernel": "2"}, {"kernel": "1,2;3,4", "stride": 2}, {"bias": 1.5}, {"padding": "full", "dilation": 3}],
    ids=str,
)
def test_compare_s_title_has_the_parameters_of_the_first_and_of_the_last_column(ways: dict[str, object]) -> None:
    state = edited(Explore(), **ways)
    layer = views.layer(state, (8, 7))
    K, L = state.kernel_size
    places = prod(layer.out_shape)
    shared, dense = K * L + bool(state.bias), places * (8 * 7 + bool(state.bias))
    told = headings.compare(layer)
    assert numbers(told) == [shared, dense]
    assert ("1 weight " in told) == (shared == 1)


def test_a_kernel_as_large_as_the_picture_is_not_praised() -> None:
    layer = views.layer(edited(Explore(), kernel=[[1] * 8] * 8), (8, 8))
    assert headings.compare(layer) == ":primary[64 weights], fully connected and as a convolution"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_title_of_channels_has_its_parameters_channels_and_maps(case: Case) -> None:
    told = headings.channels(case.layer)
    assert numbers(told) == [parameter_count("conv", case.g), case.in_shape[0], case.outputs]
    assert ("channels" in told) == (case.in_shape[0] > 1)
    assert ("maps" in told) == (case.outputs > 1)


def test_before_the_race_the_title_has_the_fewest_and_the_most_parameters() -> None:
    readout = CLASSES * (MAPS + 1)
    conv = MAPS * (WINDOW**2 + 1) + readout
    dense = MAPS * SIDE**2 * (CANVAS**2 + 1) + readout
    told = headings.train(of(racers=("dense", "tiled", "conv")), ())
    assert numbers(told) == [conv, dense]
    assert told.endswith("which read digits better?")
    assert headings.train(of(racers=("conv",)), ()) == f":primary[{conv} parameters] learn to read digits"


@pytest.mark.parametrize(
    ("tests", "told"),
    [
        (
            {"dense": 0.7, "local": 0.6, "conv": 0.92},
            "Convolution 92 %], locally connected 60 % of unseen digits right",
        ),
        ({"dense": 0.7, "conv": 0.35}, "Fully connected 70 %], convolution 35 % of unseen digits right"),
        ({"dense": 0.704, "conv": 0.696}, "70 %] of unseen digits right, with each wiring"),
        ({"dense": 0.704, "local": None, "conv": 0.696}, "70 %] of unseen digits right, wherever nothing diverged"),
        ({"tiled": 0.5}, "Tiled 50 %] of unseen digits right"),
        ({"dense": None, "conv": 0.5}, "Convolution 50 %] of unseen digits right"),
        ({"dense": None, "conv": None}, "Diverged]: nothing was learned"),
    ],
    ids=str,
)
def test_afterwards_the_title_says_who_came_first_and_who_last(tests: dict[str, float | None], told: str) -> None:
    own = of(racers=tuple(tests), scrambled=True)
    assert headings.train(own, after(**tests)) == f":primary[{told}"


def test_who_does_not_race_any_more_is_not_in_the_title() -> None:
    assert NAMES["dense"] not in headings.train(of(racers=("conv",)), after(dense=0.1, conv=0.5))
    assert headings.train(Train(), ()) != headings.train(Train(), after(dense=0.5, conv=0.6))
