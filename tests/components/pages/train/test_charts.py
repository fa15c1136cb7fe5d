"""The charts of the Train page draw what was measured, in each network's line, and say it in words."""

import pytest

from components.display import theme
from components.display.race import Round
from components.pages.train import charts, teacher
from components.pages.train.data_size import Point
from components.pages.train.state import Train
from components.pages.train.teacher import Fit
from components.state.link import edited
from components.state.setup import Setup
from tests.support.text import numbers
from tests.support.training import KINDS, NAMES, of, result, traces, variant

CONV = variant("conv")
WEIGHTS = {"dense": (2304, 64), "local": (324, 9), "tiled": (36, 9), "conv": (9, 9)}  # of a 3×3 kernel, and inputs
POINTS = [
    Point("dense", 30, 0.12), Point("conv", 30, 0.41), Point("dense", 100, 0.33), Point("conv", 100, 0.62),
    Point("dense", 1000, float("nan")),
]  # fmt: skip


def test_the_accuracies_by_shift_are_the_newest_of_each_network() -> None:
    looks = [(), (0.9, 0.8), (), (0.7, 0.6)]
    rounds = [Round(n, {CONV: result(0.5, 0.5)}) for n in range(4)]
    for round, look in zip(rounds, looks, strict=True):
        object.__setattr__(round.results[CONV], "harder", look)
    assert charts.by_shift([CONV], rounds[:1]) == {}
    newest = [charts.by_shift([CONV, variant("dense")], rounds[:n]) for n in (2, 3, 4)]
    assert newest == [{CONV: looks[1]}, {CONV: looks[1]}, {CONV: looks[3]}]


@pytest.mark.parametrize("reach", [0, 1, 3])
def test_the_shade_covers_exactly_the_shifts_seen_in_training(reach: int) -> None:
    shares = {CONV: (0.9, 0.8, 0.7, 0.2)}
    figure = charts.shifts(of(reach=reach), shares)
    (shade,) = (shape for shape in figure.layout.shapes if shape.type == "rect")
    assert [n for n in range(4) if shade.x0 <= n <= shade.x1] == list(range(reach + 1))
    assert "seen in training" in [note.text for note in figure.layout.annotations]
    (line,) = figure.data
    assert (list(line.x), tuple(line.y)) == ([0, 1, 2, 3], shares[CONV])
    assert numbers(charts.shifts_alt(shares)) == [90, 0, 80, 1, 70, 2, 20, 3]


def test_the_sweep_is_drawn_on_a_log_axis_with_a_tick_where_there_is_a_point() -> None:
    figure = charts.sweep(POINTS)
    found = traces(figure)
    assert set(found) == {"Fully connected", "Convolution"}
    assert (list(found["Fully connected"].x), list(found["Fully connected"].y)[:2]) == ([30, 100, 1000], [0.12, 0.33])
    assert (list(found["Convolution"].x), list(found["Convolution"].y)) == ([30, 100], [0.41, 0.62])
    assert figure.layout.xaxis.type == "log"
    assert list(figure.layout.xaxis.tickvals) == [30, 100, 1000]
    assert list(figure.layout.xaxis.ticktext) == ["30", "100", "1,000"]
    assert found["Convolution"].line.color == theme.ROLES["conv"]
    text = charts.sweep_alt(POINTS)
    assert numbers(text) == [12, 30, 41, 30, 33, 100, 62, 100, 1000]
    assert text.endswith("Fully connected diverged with 1000.")


def fits(many: int) -> list[Fit]:
    """Measured for so many numbers of examples."""
    return [Fit(kind, n, 10.0 / (n * (1 + at))) for n in teacher.PAIRS[:many] for at, kind in enumerate(KINDS)]


THEORY = teacher.theory(teacher.teacher(edited(Train(), disturbance=0.5), Setup()))


def test_students_are_markers_and_theory_is_dashed_in_their_colour_where_it_holds() -> None:
    figure = charts.students(fits(8), THEORY)
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    found = traces(figure)
    assert len(found) == 8
    for at, kind in enumerate(KINDS):
        p, reads = WEIGHTS[kind]
        label = f"{NAMES[kind]}, p = {p:,}"
        marks, line = found[label], found[f"{label}, theory σ²·p/n"]
        assert (marks.mode, list(marks.x)) == ("markers", list(teacher.PAIRS))
        assert list(marks.y) == pytest.approx([10 / (n * (1 + at)) for n in teacher.PAIRS])
        assert (line.mode, line.line.dash) == ("lines", "dash")
        assert marks.line.color == line.line.color == theme.ROLES[kind]
        assert list(line.y) == pytest.approx([0.5 * p / n for n in line.x])
        assert list(line.x) == [n for n in teacher.PAIRS if kind == "conv" or n > reads]
    assert len({trace.marker.symbol for trace in figure.data if trace.mode == "markers"}) == 4
    alone = traces(charts.students([], THEORY))
    assert sum(len(trace.x) > 0 for trace in alone.values()) == 4


@pytest.mark.parametrize("many", [1, 8])
def test_the_students_in_words_are_their_last_points_and_what_was_derived_for_them(many: int) -> None:
    n = teacher.PAIRS[many - 1]
    for at, part in enumerate(charts.students_alt(fits(many), THEORY).split(": ")[1].split("; ")):
        p, _ = WEIGHTS[KINDS[at]]
        assert part.startswith(f"{NAMES[KINDS[at]]} with ")
        assert numbers(part) == [p, *(pytest.approx(y, rel=0.006) for y in (10 / (n * (1 + at)), 0.5 * p / n))]
