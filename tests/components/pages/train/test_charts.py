"""The charts of the Train page draw what was measured, in each network's line, and say the same in words."""

import re
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from components.display import theme
from components.pages.train import charts, data_size, race
from components.pages.train.data_size import Point
from components.pages.train.race import Round
from components.pages.train.state import Train
from components.state.link import edited
from components.state.setup import Setup, View
from tests.components.pages.train.test_race import ALL, KINDS, WILD, held, of
from tests.components.pages.train.test_results import NAMES, scored
from tests.support.text import numbers

IN_ORDER = of(racers=KINDS)


def traces(figure: go.Figure) -> dict[str, Any]:
    found = {trace.name: trace for trace in figure.data}
    assert len(found) == len(figure.data)
    return found


def raced(own: Train) -> go.Figure:
    return charts.race(own, race.entries(own), held(own))


def test_the_learning_curves_are_the_scores_epoch_by_epoch() -> None:
    found, rounds = traces(raced(IN_ORDER)), held(IN_ORDER)
    assert len(found) == 8
    for kind in KINDS:
        for told, which in (("unseen", "test"), ("trained with", "train")):
            trace = found[f"{NAMES[kind]}, {told}"]
            assert list(trace.x) == [1, 2, 3]
            assert list(trace.y) == [getattr(r.scores[kind, False], which) for r in rounds]


def test_unseen_is_solid_trained_with_is_dashed_and_a_kind_has_its_colour() -> None:
    for trace in raced(IN_ORDER).data:
        assert trace.line.dash == ("solid" if "unseen" in trace.name else "dash")
    for trace in (*raced(IN_ORDER).data, *raced(ALL).data):
        kind = next(kind for kind, name in NAMES.items() if trace.name.startswith(name))
        assert trace.line.color == theme.ROLES[kind]


def test_scrambled_pixels_are_dotted_and_have_only_what_counts() -> None:
    found = traces(raced(ALL))
    assert set(found) == {f"{NAMES[kind]}{way}, unseen" for kind in KINDS for way in ("", ", scrambled")}
    for name, trace in found.items():
        assert trace.line.dash == ("dot" if "scrambled" in name else "solid")
        kind = next(kind for kind, title in NAMES.items() if name.startswith(title))
        assert list(trace.y) == [r.scores[kind, "scrambled" in name].test for r in held(ALL)]


def test_the_axes_have_room_for_all_epochs_and_all_digits_from_the_start() -> None:
    figure = charts.race(ALL, race.entries(ALL), [])
    assert tuple(figure.layout.xaxis.range) == (1, 3)
    assert (figure.layout.yaxis.range[0], figure.layout.yaxis.range[1] >= 1) == (0, True)
    assert all(len(trace.x) == 0 for trace in figure.data)
    one = charts.race(of(epochs=1), race.entries(of()), [])
    assert one.layout.xaxis.range[1] > one.layout.xaxis.range[0]


def test_what_guessing_gives_is_a_line_at_one_in_ten() -> None:
    for figure in (raced(ALL), charts.sweep([Point("conv", 30, 0.5)])):
        assert [(shape.y0, shape.y1) for shape in figure.layout.shapes if shape.y0 == shape.y1] == [(0.1, 0.1)]
        assert "guessing" in [note.text for note in figure.layout.annotations]


def test_a_network_that_ended_early_has_a_line_that_ends_early() -> None:
    rounds = [
        Round(1, {("dense", False): scored(0.2, 0.1), ("conv", False): scored(0.3, 0.2)}, None),
        Round(2, {("conv", False): scored(0.4, 0.3)}, None),
    ]
    own = of(racers=("dense", "conv"))
    found = traces(charts.race(own, race.entries(own), rounds))
    assert list(found["Fully connected, unseen"].x) == [1]
    assert list(found["Convolution, unseen"].y) == [0.2, 0.3]


def test_no_chart_and_no_words_hold_a_number_that_is_none() -> None:
    with np.errstate(all="ignore"):
        rounds = held(WILD)
    entries = race.entries(WILD)
    for figure in (charts.race(WILD, entries, rounds), charts.further(WILD, entries, rounds)):
        assert all(np.isfinite(np.array(trace.y, np.float64)).all() for trace in figure.data)
    words = charts.race_alt(entries, rounds) + charts.further_alt(entries, rounds)
    assert not re.search(r"\b(nan|inf)\b", words)


def test_the_curves_in_words_are_their_ends() -> None:
    text = charts.race_alt(race.entries(IN_ORDER), held(IN_ORDER))
    last = held(IN_ORDER)[-1].scores
    for kind, title in NAMES.items():
        shown = numbers(re.search(rf"{title}: ([^:]*) of the unseen", text).group(1))  # type: ignore[union-attr]
        score = last[kind, False]
        assert shown == pytest.approx([100 * score.train, 100 * score.test], abs=0.5)


def test_before_anything_is_learned_the_words_are_a_sentence() -> None:
    assert re.search(r"\w\.$", charts.race_alt(race.entries(ALL), []))


def test_how_far_a_digit_may_be_moved_is_the_newest_look_at_everybody() -> None:
    entries = race.entries(ALL)
    found = traces(charts.further(ALL, entries, held(ALL)))
    for entry in entries:
        trace = found[NAMES[entry[0]] + ", scrambled" * entry[1]]
        assert list(trace.x) == [0, 1, 2, 3]
        assert tuple(trace.y) == held(ALL)[-1].scores[entry].by_distance
        assert trace.line.dash == ("dot" if entry[1] else "solid")
        assert trace.line.color == theme.ROLES[entry[0]]
    symbols = [found[NAMES[kind]].marker.symbol for kind in KINDS]
    assert len(set(symbols)) == 4
    assert [found[f"{NAMES[kind]}, scrambled"].marker.symbol for kind in KINDS] == symbols


def test_an_epoch_without_a_look_shows_the_one_before() -> None:
    own = of(racers=("conv",), epochs=12, examples=20)
    rounds, entries = held(own), race.entries(own)
    assert charts.distances(entries, rounds[:9]) == {}
    looks = [charts.distances(entries, rounds[:n])["conv", False] for n in (10, 11, 12)]
    assert looks == [rounds[n].scores["conv", False].by_distance for n in (9, 9, 11)]


@pytest.mark.parametrize("reach", [0, 1, 3])
def test_the_shade_covers_exactly_the_distances_seen_in_training(reach: int) -> None:
    own = of(reach=reach, racers=("conv",), epochs=1, examples=10)
    figure = charts.further(own, race.entries(own), held(own))
    (shade,) = (shape for shape in figure.layout.shapes if shape.type == "rect")
    assert [n for n in range(4) if shade.x0 <= n <= shade.x1] == list(range(reach + 1))
    assert "seen in training" in [note.text for note in figure.layout.annotations]


def test_the_distances_in_words_are_the_points() -> None:
    text = charts.further_alt(race.entries(IN_ORDER), held(IN_ORDER))
    for kind, title in NAMES.items():
        (part,) = (part for part in text.split(". ") if part.startswith(title))
        shares = held(IN_ORDER)[-1].scores[kind, False].by_distance
        wanted = [number for n, share in enumerate(shares) for number in (pytest.approx(100 * share, abs=0.5), n)]
        assert numbers(part) == wanted


POINTS = [
    Point("dense", 30, 0.12), Point("conv", 30, 0.41), Point("dense", 100, 0.33), Point("conv", 100, 0.62),
    Point("dense", 1000, 0.66),
]  # fmt: skip


def test_the_sweep_is_drawn_on_a_log_axis_with_a_tick_where_there_is_a_point() -> None:
    figure = charts.sweep(POINTS)
    found = traces(figure)
    assert set(found) == {"Fully connected", "Convolution"}
    assert (list(found["Fully connected"].x), list(found["Fully connected"].y)) == ([30, 100, 1000], [0.12, 0.33, 0.66])
    assert (list(found["Convolution"].x), list(found["Convolution"].y)) == ([30, 100], [0.41, 0.62])
    assert figure.layout.xaxis.type == "log"
    assert list(figure.layout.xaxis.tickvals) == [30, 100, 1000]
    assert list(figure.layout.xaxis.ticktext) == ["30", "100", "1,000"]
    assert found["Convolution"].line.color == theme.ROLES["conv"]
    assert numbers(charts.sweep_alt(POINTS)) == [12, 30, 41, 30, 33, 100, 62, 100, 66, 1000]


def lesson(many: int) -> list[Point]:
    """Measured points so many sizes on."""
    return [Point(kind, n, 10.0 / (n * (1 + at))) for n in data_size.PAIRS[:many] for at, kind in enumerate(KINDS)]


def made() -> Any:  # noqa: ANN401  # by kind
    return data_size.lines(data_size.teacher(edited(Train(), disturbance=0.5), Setup()))


WEIGHTS: dict[View, tuple[int, int]] = {"dense": (2304, 64), "local": (324, 9), "tiled": (36, 9), "conv": (9, 9)}


def test_students_are_markers_and_theory_is_dashed_in_the_same_colour() -> None:
    figure = charts.students(lesson(8), made())
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    found = traces(figure)
    assert len(found) == 8
    for at, (kind, (p, reads)) in enumerate(WEIGHTS.items()):
        label = f"{NAMES[kind]}, p = {p:,}"
        marks, line = found[label], found[f"{label}, σ²·p/n derived"]
        assert marks.mode == "markers"
        assert list(marks.x) == list(data_size.PAIRS)
        assert list(marks.y) == pytest.approx([10 / (n * (1 + at)) for n in data_size.PAIRS])
        assert (line.mode, line.line.dash) == ("lines", "dash")
        assert marks.line.color == line.line.color == theme.ROLES[kind]
        assert list(line.y) == pytest.approx([0.5 * p / n for n in line.x])
        assert list(line.x) == [n for n in data_size.PAIRS if kind == "conv" or n > reads]
    assert len({trace.marker.symbol for trace in figure.data if trace.mode == "markers"}) == 4


def test_before_the_first_fit_theory_is_drawn_alone() -> None:
    found = traces(charts.students([], made()))
    assert sum(len(trace.x) > 0 for trace in found.values()) == 4


@pytest.mark.parametrize("many", [1, 8])
def test_the_students_in_words_are_their_last_points_and_what_was_derived_for_them(many: int) -> None:
    text = charts.students_alt(lesson(many), made())
    n = data_size.PAIRS[many - 1]
    for at, (kind, (p, _)) in enumerate(WEIGHTS.items()):
        (part,) = re.findall(rf"{NAMES[kind]} with [^;]*", text)
        assert numbers(part) == [
            p,
            pytest.approx(10 / (n * (1 + at)), rel=0.006),
            pytest.approx(0.5 * p / n, rel=0.006),
        ]


def test_of_a_network_that_diverged_no_accuracy_is_drawn_or_told() -> None:
    own = of(racers=("dense",))
    good, bad = scored(0.6, 0.5), scored(0.1, 0.1, float("nan"), True)
    rounds = [Round(1, {("dense", False): good}, None), Round(2, {("dense", False): bad}, None)]
    entries = race.entries(own)
    for trace in charts.race(own, entries, rounds).data:
        assert list(trace.x) == [1]
    assert charts.race_alt(entries, rounds).endswith("Fully connected: diverged.")
