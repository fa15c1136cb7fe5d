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


@pytest.mark.parametrize("ways", [{}, {"radius": 0.1, "far": 64}, {"radius": 1.6, "far": 64}, {"far": 2}], ids=str)
def test_the_gradient_is_drawn_step_by_step_on_axes_that_can_hold_it_and_told(ways: dict[str, object]) -> None:
    own = edited(Sequence(), **ways, entry=(2, 1))
    found = gradient.contributions(own)
    bars, line = charts.parts(own, found), charts.norms(found)
    for figure, values in ((bars, found.parts), (line, found.norms)):
        (trace,) = figure.data
        assert list(trace.x) == list(range(1, own.far + 1))
        np.testing.assert_array_equal(trace.y, values)
        assert not re.search(r"NaN|Infinity|null", json.dumps(json.loads(str(figure.to_json()))["data"]))
    assert line.layout.yaxis.type == "log"
    assert (found.norms > 0).all()
    # A bar is a millionth high, and smaller: Plotly would write μ, n and p.
    assert bars.layout.yaxis.exponentformat == "power"
    assert all(re.fullmatch(r"[\d.]+|10<sup>−?\d+</sup>", text) for text in line.layout.yaxis.ticktext)
    told, at = charts.parts_alt(own, found), int(np.argmax(abs(found.parts)))
    assert "V₃₂" in told
    assert "V₃₂" in bars.layout.yaxis.title.text
    assert numbers(told) == pytest.approx([own.far, at + 1, found.parts[at], found.total], rel=0.05)
    assert numbers(charts.norms_alt(found)) == pytest.approx([found.norms[0], found.norms[-1]], rel=0.05)


def test_a_gradient_that_has_died_out_breaks_neither_chart_nor_words() -> None:
    dead = Contributions(np.zeros(64), 0.0, np.array([0.0] * 63 + [8**0.5]))
    charts.norms(dead)
    charts.parts(Sequence(), dead)
    assert numbers(charts.norms_alt(dead)) == [0, 2.83]
    assert numbers(charts.parts_alt(Sequence(), dead))[-1] == 0
