"""The charts of the Sequence page draw what was computed, and say the same in words."""

import json
import re
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from components.display import theme
from components.pages.sequence import charts, gradient, unrolled
from components.pages.sequence.digits import LONGER
from components.pages.sequence.gradient import Followed
from components.pages.sequence.state import Sequence
from components.state.link import edited
from tests.components.pages.sequence.test_digits import broken, held, of
from tests.components.pages.sequence.test_gradient import FARS, RADII, followed
from tests.support.pictures import unpacked
from tests.support.text import numbers

LINES = {"Tied": True, "Untied": False}


def traces(figure: go.Figure) -> dict[str, Any]:
    found = {trace.name: trace for trace in figure.data}
    assert len(found) == len(figure.data)
    return found


def written(figure: go.Figure) -> str:
    """What the browser is sent."""
    return str(figure.to_json())


# The cost.


@pytest.mark.parametrize("size", [(2, 1, 1), (5, 2, 3), (8, 3, 4)], ids=str)
def test_the_lines_of_the_cost_are_the_counts_on_log_axes(size: tuple[int, int, int]) -> None:
    T, F, H = size
    own = edited(Sequence(), length=T, inputs=F, units=H)
    figure = charts.growth(own)
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    found, counts = traces(figure), unrolled.counts(own)
    assert {name: list(zip(line.x, line.y, strict=True)) for name, line in found.items()} == counts
    assert all(n > 0 for line in found.values() for n in (*line.x, *line.y))
    assert list(figure.layout.xaxis.tickvals) == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert list(figure.layout.xaxis.ticktext) == [str(T) for T in figure.layout.xaxis.tickvals]


def test_the_lines_of_the_cost_are_told_apart_by_colour_and_by_symbol() -> None:
    found = traces(charts.growth(Sequence()))
    assert (
        len({line.line.color for line in found.values()}) == len({line.marker.symbol for line in found.values()}) == 4
    )
    assert found["recurrent, tied"].line.color == theme.ROLES["conv"]
    assert found["fully connected"].line.color == theme.ROLES["dense"]


def test_the_cost_in_words_is_the_ends_of_its_lines() -> None:
    text = charts.growth_alt(Sequence())
    for name, line in unrolled.counts(Sequence()).items():
        told = re.search(rf"{name}: (.*?)(?:\. |\.$)", text)
        assert told
        (first, one), (last, other) = line[0], line[-1]
        assert numbers(told[1]) == [one, first, other, last]


# The gradient.


def test_a_bar_a_step_and_a_point_a_step() -> None:
    own, found = followed(0.8, 24, 0)
    (bars,) = charts.parts(own, found).data
    assert list(bars.x) == list(range(1, 25))
    np.testing.assert_array_equal(bars.y, found.parts)
    (line,) = charts.arriving(found).data
    assert list(line.x) == list(range(1, 25))
    np.testing.assert_array_equal(line.y, found.arriving)


def test_no_chart_of_a_gradient_holds_what_a_log_axis_cannot_draw() -> None:
    for radius in RADII:
        for far in FARS:
            own, found = followed(radius, far, 0)
            line = charts.arriving(found)
            assert line.layout.yaxis.type == "log"
            assert (unpacked(line.data[0].y) > 0).all()
            texts = charts.parts_alt(own, found) + charts.arriving_alt(found)
            assert not re.search(r"\b(nan|inf)\b", texts)
            for figure in (charts.parts(own, found), line):
                assert not re.search(r"NaN|Infinity|null", json.dumps(json.loads(written(figure))["data"]))


def test_a_gradient_that_has_died_out_breaks_neither_chart_nor_words() -> None:
    dead = Followed(np.zeros(64), 0.0, np.array([0.0] * 63 + [8**0.5]))
    charts.arriving(dead)
    charts.parts(Sequence(), dead)
    assert numbers(charts.arriving_alt(dead)) == [0, 2.83]
    assert numbers(charts.parts_alt(Sequence(), dead))[-1] == 0


def test_the_axes_of_the_gradient_have_powers_and_no_abbreviations() -> None:
    """Its bars are a millionth high, and smaller: Plotly would write μ, n and p."""
    own, found = followed(0.5, 24, 0)
    assert charts.parts(own, found).layout.yaxis.exponentformat == "power"
    texts = charts.arriving(found).layout.yaxis.ticktext
    assert all(re.fullmatch(r"1|10<sup>−?\d+</sup>", text) for text in texts)


@pytest.mark.parametrize("far", FARS)
def test_the_bars_in_words_are_the_largest_and_their_sum(far: int) -> None:
    own, found = followed(1.1, far, 3, (2, 1))
    text = charts.parts_alt(own, found)
    assert "V₃₂" in text
    at = int(np.argmax(abs(found.parts)))
    wanted = [far, at + 1, found.parts[at], found.total]
    assert numbers(text) == pytest.approx(wanted, rel=0.05)


def test_what_arrives_in_words_is_its_ends() -> None:
    _, found = followed(0.8, 24, 0)
    text = charts.arriving_alt(found)
    assert numbers(text) == pytest.approx([found.arriving[0], found.arriving[-1]], rel=6e-3)


def test_the_chart_names_the_entry_it_is_about() -> None:
    own, found = followed(0.8, 24, 0, (7, 2))
    assert gradient.entry_name(own) in charts.parts(own, found).layout.yaxis.title.text


# Reading.


def test_the_learning_curves_are_the_scores_epoch_by_epoch() -> None:
    own = of()
    found = traces(charts.race(own, held(own)))
    assert set(found) == {f"{name}, {told}" for name in LINES for told in ("unseen", "trained with")}
    for name, tied in LINES.items():
        for told, which, dash in (("unseen", "test", "solid"), ("trained with", "train", "dash")):
            trace = found[f"{name}, {told}"]
            assert list(trace.x) == [1, 2, 3]
            assert list(trace.y) == [getattr(r.scores[tied], which) for r in held(own)]
            assert trace.line.dash == dash
    assert len({trace.line.color for trace in found.values()}) == 2


def test_a_single_epoch_is_a_point_that_can_be_seen() -> None:
    own = of()
    assert all("markers" in trace.mode for trace in charts.race(own, held(own)[:1]).data)
    one = charts.race(of(epochs=1), []).layout.xaxis.range
    assert one[1] > one[0]
    assert tuple(charts.race(of(), []).layout.xaxis.range) == (1, 3)


def test_the_curves_in_words_are_their_ends() -> None:
    text, last = charts.race_alt(held(of())), held(of())[-1].scores
    wanted = [100 * share for tied in (True, False) for share in (last[tied].train, last[tied].test)]
    assert numbers(text) == pytest.approx(wanted, abs=0.5)


def test_before_anything_is_learned_charts_are_empty_and_their_words_a_sentence() -> None:
    for figure in (charts.race(of(), []), charts.longer([])):
        assert sum(len(trace.y) for trace in figure.data) == 0
    for text in (charts.race_alt([]), charts.longer_alt([])):
        assert text.endswith("Nothing is learned yet.")


def test_the_lengths_are_those_measured_and_the_untied_line_ends_where_its_weights_do() -> None:
    rounds = held(of())
    found = traces(charts.longer(rounds))
    assert list(found["Tied"].x) == list(LONGER)
    assert tuple(found["Tied"].y) == rounds[-1].scores[True].by_length
    assert (list(found["Untied"].x), len(found["Untied"].y)) == ([8], 1)
    assert found["Tied"].marker.symbol != found["Untied"].marker.symbol
    text = charts.longer_alt(rounds)
    pairs = [n for share, steps in zip(found["Tied"].y, LONGER, strict=True) for n in (100 * share, steps)]
    assert numbers(text) == pytest.approx([*pairs, 100 * rounds[-1].scores[False].test, 8], abs=0.5)


def test_what_guessing_gives_is_a_line_at_one_in_ten() -> None:
    for figure in (charts.race(of(), []), charts.longer([])):
        assert [shape.y0 for shape in figure.layout.shapes if shape.y0 == shape.y1] == [0.1]


@pytest.mark.parametrize("tied", [True, False], ids=["tied", "untied"])
def test_of_a_network_that_diverged_no_accuracy_is_drawn_or_told(tied: bool) -> None:
    rounds = broken(tied, 2)
    name, other = ("Tied", "Untied") if tied else ("Untied", "Tied")
    for n in (2, 3):
        found = traces(charts.race(of(), rounds[:n]))
        assert list(found[f"{name}, unseen"].x) == list(found[f"{name}, trained with"].x) == [1]
        assert len(found[f"{other}, unseen"].x) == n
        assert f"{name}:" not in charts.race_alt(rounds[:n])
    figure = charts.longer(rounds)
    assert len(traces(figure)[name].y) == 0
    assert f"{name}:" not in charts.longer_alt(rounds)
    assert "NaN" not in written(figure)
