"""The charts hold the numbers they were given, on the axes they claim, and say the same in words."""

import re
from itertools import product
from math import log10
from statistics import median
from typing import Any

import pytest

from components.display import theme
from components.display.layer import LAYER_NAMES, layer_of
from components.pages.compare import charts, saving, timing
from components.pages.compare.saving import Curve, Saving
from components.pages.compare.state import Quantity
from components.state.link import edited
from components.state.setup import Setup
from kernels.layer.counts import KINDS, Count
from kernels.layer.timing import METHODS, Measurement
from tests.support.layers import Way
from tests.support.text import as_told, durations, numbers, sizes

WORDS: dict[Quantity, str] = {"parameters": "parameters", "bytes": "bytes", "multiply_adds": "multiply-adds"}
WAYS: list[Way] = [
    {},
    {"kernel": [[1] * 15] * 15, "dilation": 8, "period": 3},
    {"kernel": "1,2,3;4,5,7", "stride": 2, "padding": "same", "bias": 0.5, "mode": "circular"},
]
every_quantity = pytest.mark.parametrize("quantity", WORDS)


def traces(figure: Any, mode: str) -> list[Any]:  # noqa: ANN401  # Plotly ships no types
    return [trace for trace in figure.data if trace.mode == mode]


def value(count: Count, quantity: Quantity) -> int:
    """Typed out, so that a quantity cannot be taken for another."""
    return {"parameters": count.parameters, "bytes": count.bytes, "multiply_adds": count.multiply_adds}[quantity]


def exact_integers(text: str) -> list[int]:
    """The whole numbers of a text, without its tags."""
    return [int(n) for n in numbers(re.sub(r"<[^>]*>", " ", text)) if n == int(n)]


@every_quantity
@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way)[:40])
def test_the_costs_are_curves_of_counts_with_the_visitors_picture_on_them(way: Way, quantity: Quantity) -> None:
    state = edited(Setup(), **way)
    layer, found = layer_of(state, (120, 150)), saving.curves(state)
    figure = charts.costs(found, quantity, layer)
    lines = traces(figure, "lines+markers")
    for trace, curve in zip(lines, found, strict=True):
        assert tuple(trace.x) == curve.sides
        assert list(trace.y) == [value(count, quantity) for count in curve.counts]
        assert (trace.line.color, trace.name, trace.hoverinfo) == (
            theme.ROLES[curve.kind],
            LAYER_NAMES[curve.kind],
            "text",
        )
        for side, count, text in zip(curve.sides, curve.counts, trace.hovertext, strict=True):
            assert {f"{count.parameters:,}", f"{count.multiply_adds:,}"} <= set(re.findall(r"[\d,]*\d", text))
            assert LAYER_NAMES[curve.kind] in text
            assert exact_integers(text).count(side) >= 2
            assert sizes(text) == [pytest.approx(4 * count.parameters, rel=0.051)]
    assert len({(trace.line.dash, trace.marker.symbol) for trace in lines}) == 4  # told apart without colour
    (ring,) = traces(figure, "markers")
    counts = [layer.counts[kind] for kind in KINDS]
    assert list(ring.x) == [pytest.approx((120 * 150) ** 0.5, rel=1e-15)] * 4
    assert list(ring.y) == [value(count, quantity) for count in counts]
    assert {120, 150} <= set(numbers(ring.name))
    for kind, text, count in zip(KINDS, ring.hovertext, counts, strict=True):
        assert f"<b>{LAYER_NAMES[kind]}</b>" in text
        assert {120, 150, count.parameters, count.multiply_adds} <= set(exact_integers(text))
    said, ends = charts.costs_alt(found, quantity), [(curve, n) for curve, n in product(found, (0, -1))]
    wanted = [n for curve, at in ends for n in (value(curve.counts[at], quantity), curve.sides[at])]
    # From a thousand million on, two figures.
    assert sorted(numbers(said)) == [pytest.approx(n, rel=0.051 if n >= 1e9 else 1e-12) for n in sorted(wanted)]
    assert all(LAYER_NAMES[kind] in said for kind in KINDS)
    assert WORDS[quantity] in said.lower()


def test_the_costs_are_drawn_on_two_log_axes_that_reach_over_all_sides() -> None:
    figures = [charts.costs(saving.curves(Setup()), quantity, layer_of(Setup(), (9, 11))) for quantity in WORDS]
    for layout in (figure.layout for figure in figures):
        assert (layout.xaxis.type, layout.yaxis.type) == ("log", "log")
        low, high = layout.xaxis.range
        assert low < log10(8) < log10(4096) < high
        ticks = dict(zip(layout.xaxis.tickvals, layout.xaxis.ticktext, strict=True))
        assert ticks == {2**n: str(2**n) for n in range(3, 13)}
        assert layout.xaxis.title.text
    assert len({figure.layout.yaxis.title.text for figure in figures}) == 3


def test_a_curve_without_any_side_is_left_out_of_the_words() -> None:
    count = Count(9, 90, 90, 90, 36)
    said = charts.costs_alt([Curve("dense", (), ()), Curve("conv", (8, 16), (count, count))], "parameters")
    assert sorted(numbers(said)) == [8, 9, 9, 16]
    assert charts.costs([Curve("dense", (), ())], "parameters", layer_of(Setup(), (8, 8))).data[0].x == ()


SAVINGS = [
    Saving(15_745_024, 34_596, 9),
    Saving(1000, 100, 10),
    Saving(68_719_476_736, 2_359_296, 225),
    Saving(9, 9, 1),
]


@pytest.mark.parametrize("found", SAVINGS, ids=str)
def test_the_bar_adds_the_lengths_of_the_factors_end_to_end_and_says_them(found: Saving) -> None:
    figure = charts.saving(found)
    sharing, locality = found.local / found.conv, found.dense / found.local
    ends = [(1, found.conv), (found.conv, found.local), (found.local, found.dense)]
    for bar, (low, high) in zip(figure.data, ends, strict=True):
        assert bar.base[0] == pytest.approx(log10(low), abs=1e-12)
        # But for a gap that is seen and not read.
        assert max(0, log10(high / low) - 0.05) <= bar.x[0] <= log10(high / low) + 1e-12
        assert bar.orientation == "h"
        rounded = pytest.approx(high, rel=0.051 if high >= 1e9 else 1e-12)
        assert numbers(bar.hovertext) == [low, rounded, as_told(high / low)]
    assert len({bar.y[0] for bar in figure.data}) == 1
    colours = [bar.marker.color for bar in figure.data]
    assert (colours[0], colours[2], len(set(colours))) == (theme.ROLES["conv"], theme.ROLES["dense"], 3)
    labels = [numbers(label.text) for label in figure.layout.annotations]
    assert labels == [[found.conv], [as_told(sharing)], [as_told(locality)]]
    dense = pytest.approx(found.dense, rel=0.051 if found.dense >= 1e9 else 1e-12)
    assert numbers(charts.saving_alt(found)) == [found.conv, as_told(sharing), as_told(locality), dense]
    axis = figure.layout.xaxis  # the powers of ten that hold it
    assert list(axis.tickvals) == list(range(len(axis.tickvals)))
    assert 10 ** (axis.tickvals[-1] - 1) < found.dense <= 10 ** axis.tickvals[-1]
    for n, text in zip(axis.tickvals, axis.ticktext, strict=True):
        power = re.fullmatch(r"10<sup>(\d+)</sup>", text)
        assert (10 ** int(power[1]) if power else numbers(text)[0]) == 10**n


def test_where_a_folded_border_makes_the_window_dearer_the_bar_has_no_length_below_nothing() -> None:
    bars = charts.saving(Saving(4096, 14_400, 225)).data
    assert [bar.base[0] for bar in bars] == pytest.approx([0, log10(225), log10(14_400)])
    assert bars[2].x[0] == 0
    assert as_told(4096 / 14_400) in numbers(bars[2].hovertext)


MEASURED = [
    Measurement("dense", 8, (3e-6, 1e-6, 2e-6, 9e-6, 4e-6)),
    Measurement("sparse", 8, (5e-6, 5e-6, 5e-6)),
    Measurement("correlate", 8, (2e-5, 8e-5, 3e-5, 4e-5)),
    Measurement("dense", 64, (0.02, 0.01, 0.04)),
    Measurement("correlate", 64, (1e-4, 2e-4, 3e-4)),
    Measurement("correlate", 2048, (0.5, 0.6, 1.7)),
]


@pytest.mark.parametrize("found", [MEASURED, MEASURED[:1]], ids=len)
def test_the_chart_of_times_holds_medians_with_the_fastest_and_the_slowest(found: list[Measurement]) -> None:
    figure, said = charts.times(found), charts.times_alt(found)
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    for trace, method in zip(figure.data, METHODS, strict=True):
        own = [one for one in found if one.method == method]
        medians, sides = [median(one.seconds) for one in own], [one.side for one in own]
        assert (list(trace.x), list(trace.y)) == (sides, medians)
        tops = [y + up for y, up in zip(trace.y, trace.error_y.array, strict=True)]
        feet = [y - down for y, down in zip(trace.y, trace.error_y.arrayminus, strict=True)]
        assert tops == pytest.approx([max(one.seconds) for one in own], rel=1e-12)
        assert feet == pytest.approx([min(one.seconds) for one in own], rel=1e-12)
        assert trace.line.color in theme.ROLES.values()
        for text, one in zip(trace.hovertext, own, strict=True):
            told = [median(one.seconds), min(one.seconds), max(one.seconds)]
            assert durations(text) == pytest.approx(told, rel=0.051)
            assert exact_integers(text).count(one.side) >= 2
            assert len(one.seconds) in exact_integers(text)
        part = said.split(timing.METHOD_NAMES[method])[1].split(". ")[0]
        assert durations(part) == pytest.approx(medians, rel=0.051)
        assert [n for n in exact_integers(part) if n in (8, 64, 2048)] == sides
    assert len({(trace.line.color, trace.line.dash, trace.marker.symbol) for trace in figure.data}) == 3
    assert figure.data[2].line.color == theme.ROLES["conv"]
