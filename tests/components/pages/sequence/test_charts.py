"""The charts of the Sequence page draw what was computed, and say it in words; `test_digits` has those of the race."""

import json
import re

import numpy as np
import pytest

from components.display import theme
from components.pages.sequence import charts, gradient, unrolled
from components.pages.sequence.gradient import Contributions
from components.pages.sequence.state import Sequence
from components.state.link import edited
from tests.support.text import numbers


def found(**ways: object) -> tuple[Sequence, Contributions]:
    own = edited(Sequence(), **ways)
    return own, gradient.contributions(own)


def test_the_lines_of_the_cost_are_the_counts_on_log_axes_told_apart_by_colour_and_symbol() -> None:
    lines = unrolled.growth(Sequence())
    figure = charts.growth(lines)
    axis = figure.layout.yaxis
    assert (figure.layout.xaxis.type, axis.type, axis.exponentformat) == ("log", "log", "power")
    assert [(trace.name, trace.x, trace.y) for trace in figure.data] == [(l.name, l.steps, l.parameters) for l in lines]
    assert list(figure.layout.xaxis.ticktext) == ["2", "4", "8", "16", "32", "64", "128", "256"]
    assert [trace.line.color for trace in figure.data] == [
        theme.ROLES[kind] for kind in ("dense", "local", "tiled", "conv")
    ]
    assert len({trace.marker.symbol for trace in figure.data}) == 4
    text = charts.growth_alt(lines)
    for line in lines:
        told = re.search(rf"{line.name}: (.*?)(?:\. |\.$)", text)
        assert told
        assert numbers(told[1]) == [line.parameters[0], line.steps[0], line.parameters[-1], line.steps[-1]]


def test_a_bar_a_step_and_a_point_a_step() -> None:
    own, parts = found(entry=(7, 2))
    figure = charts.parts(own, parts)
    (bars,) = figure.data
    assert list(bars.x) == list(range(1, 25))
    np.testing.assert_array_equal(bars.y, parts.parts)
    assert gradient.entry_name(own) in figure.layout.yaxis.title.text
    (line,) = charts.norms(parts).data
    assert list(line.x) == list(range(1, 25))
    np.testing.assert_array_equal(line.y, parts.norms)


@pytest.mark.parametrize("ways", [{}, {"radius": 0.1, "far": 64}, {"radius": 1.6, "far": 64}, {"far": 2}], ids=str)
def test_no_chart_of_a_gradient_holds_what_a_log_axis_cannot_draw_and_words_are_its_numbers(
    ways: dict[str, object],
) -> None:
    own, parts = found(**ways, entry=(2, 1))
    line = charts.norms(parts)
    assert line.layout.yaxis.type == "log"
    assert (np.asarray(line.data[0].y) > 0).all()
    for figure in (charts.parts(own, parts), line):
        assert not re.search(r"NaN|Infinity|null", json.dumps(json.loads(str(figure.to_json()))["data"]))
    text, at = charts.parts_alt(own, parts), int(np.argmax(abs(parts.parts)))
    assert "V₃₂" in text
    assert numbers(text) == pytest.approx([own.far, at + 1, parts.parts[at], parts.total], rel=0.05)
    ends = [parts.norms[0], parts.norms[-1]]
    assert numbers(charts.norms_alt(parts)) == pytest.approx(ends, rel=0.05)


def test_a_gradient_that_has_died_out_breaks_neither_chart_nor_words() -> None:
    dead = Contributions(np.zeros(64), 0.0, np.array([0.0] * 63 + [8**0.5]))
    charts.norms(dead)
    charts.parts(Sequence(), dead)
    assert numbers(charts.norms_alt(dead)) == [0, 2.83]
    assert numbers(charts.parts_alt(Sequence(), dead))[-1] == 0


def test_the_axes_of_the_gradient_have_powers_and_no_abbreviations() -> None:
    """Its bars are a millionth high, and smaller: Plotly would write μ, n and p."""
    own, parts = found(radius=0.5)
    assert charts.parts(own, parts).layout.yaxis.exponentformat == "power"
    assert all(re.fullmatch(r"1|10<sup>−?\d+</sup>", text) for text in charts.norms(parts).layout.yaxis.ticktext)
