"""The charts hold the numbers they were given, on the axes they claim, and say the same in words."""

import re
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
from components.state.setup import Setup, View
from kernels.layer.counts import Count
from kernels.layer.timing import Measurement, Method
from tests.support.layers import geometry
from tests.support.oracles import parameter_count
from tests.support.text import durations, numbers, sizes

KINDS: tuple[View, ...] = ("dense", "local", "tiled", "conv")
METHODS: tuple[Method, ...] = ("dense", "sparse", "correlate")
QUANTITIES: tuple[Quantity, ...] = ("parameters", "bytes", "multiply_adds")
WAYS: list[dict[str, object]] = [
    {},
    {"kernel": [[1] * 15] * 15, "dilation": 8, "period": 3},
    {"kernel": "1,2,3;4,5,7", "stride": 2, "padding": "same", "bias": 0.5, "mode": "circular"},
    {"kernel": "3", "padding": 1},
]
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way)[:40])
every_quantity = pytest.mark.parametrize("quantity", QUANTITIES)


def traces(figure: Any, mode: str) -> list[Any]:  # noqa: ANN401  # Plotly ships no types
    return [trace for trace in figure.data if trace.mode == mode]


def value(count: Count, quantity: Quantity) -> int:
    """Typed out, so that a quantity cannot be taken for another."""
    return {"parameters": count.parameters, "bytes": count.bytes, "multiply_adds": count.multiply_adds}[quantity]


class Costs:
    """The curves of a state and its chart, with a picture of 120 × 150 pixels on it."""

    size = (120, 150)

    def __init__(self, way: dict[str, object], quantity: Quantity) -> None:
        self.state = edited(Setup(), **way)
        self.layer = layer_of(self.state, self.size)
        self.found = saving.curves(self.state)
        self.figure = charts.costs(self.found, quantity, self.layer)


def exact_integers(text: str) -> list[int]:
    """The whole numbers of a text, without its tags."""
    return [int(n) for n in numbers(re.sub(r"<[^>]*>", " ", text)) if n == int(n)]


@every_quantity
@every_way
def test_each_curve_holds_its_counts_at_its_sides(way: dict[str, object], quantity: Quantity) -> None:
    costs = Costs(way, quantity)
    lines = traces(costs.figure, "lines+markers")
    assert len(lines) == len(costs.found) == 4
    for trace, curve in zip(lines, costs.found, strict=True):
        assert tuple(trace.x) == curve.sides
        assert list(trace.y) == [value(count, quantity) for count in curve.counts]
        assert trace.line.color == theme.ROLES[curve.kind]
        assert trace.name == LAYER_NAMES[curve.kind]
    assert len({(trace.line.dash, trace.marker.symbol) for trace in lines}) == 4  # told apart without colour


def test_the_curves_of_the_default_kernel_are_the_textbooks() -> None:
    for trace in traces(Costs({}, "parameters").figure, "lines+markers")[::3]:
        dense = trace.name == LAYER_NAMES["dense"]
        assert list(trace.y) == [(n - 2) ** 2 * n**2 if dense else 9 for n in (2**k for k in range(3, 13))]


@every_quantity
@every_way
def test_the_visitors_picture_stands_at_the_root_of_its_pixels_with_its_own_counts(
    way: dict[str, object], quantity: Quantity
) -> None:
    costs = Costs(way, quantity)
    (ring,) = traces(costs.figure, "markers")
    assert list(ring.x) == [pytest.approx((120 * 150) ** 0.5, rel=1e-15)] * 4
    counts = [costs.layer.counts[kind] for kind in KINDS]
    assert list(ring.y) == [value(count, quantity) for count in counts]
    assert {120, 150} <= set(numbers(ring.name))
    for text, count in zip(ring.hovertext, counts, strict=True):
        assert {120, 150, count.parameters, count.multiply_adds} <= set(exact_integers(text))


def test_the_visitors_counts_are_those_of_the_loops() -> None:
    state = edited(Setup(), period=3)
    layer = layer_of(state, (9, 11))
    chart = charts.costs(saving.curves(state), "parameters", layer)
    (ring,) = traces(chart, "markers")
    g = geometry(state, (9, 11))
    wanted = {LAYER_NAMES[kind]: parameter_count(kind, g, (3, 3)) for kind in KINDS}
    assert sorted(ring.y) == sorted(wanted.values())
    for text, y in zip(ring.hovertext, ring.y, strict=True):
        assert y in exact_integers(text)
        (name,) = [name for name in wanted if f"<b>{name}</b>" in text]
        assert wanted[name] == y


@every_way
def test_resting_on_a_curve_tells_the_exact_integers(way: dict[str, object]) -> None:
    costs = Costs(way, "bytes")
    for trace, curve in zip(traces(costs.figure, "lines+markers"), costs.found, strict=True):
        for side, count, text in zip(curve.sides, curve.counts, trace.hovertext, strict=True):
            assert f"{count.parameters:,}" in text
            assert f"{count.multiply_adds:,}" in text
            assert LAYER_NAMES[curve.kind] in text
            assert exact_integers(text).count(side) >= 2
            assert sizes(text) == [pytest.approx(4 * count.parameters, rel=0.051)]
        assert trace.hoverinfo == "text"


@every_quantity
def test_the_costs_have_two_log_axes_that_reach_over_all_sides(quantity: Quantity) -> None:
    layout = Costs({}, quantity).figure.layout
    assert (layout.xaxis.type, layout.yaxis.type) == ("log", "log")
    low, high = layout.xaxis.range
    assert low < log10(8)
    assert high > log10(4096)
    assert dict(zip(layout.xaxis.tickvals, layout.xaxis.ticktext, strict=True)) == {
        2**n: str(2**n) for n in range(3, 13)
    }
    assert layout.xaxis.title.text
    titles = {Costs({}, one).figure.layout.yaxis.title.text for one in QUANTITIES}
    assert len(titles) == 3


@every_quantity
@every_way
def test_the_words_of_the_costs_are_its_ends(way: dict[str, object], quantity: Quantity) -> None:
    found = saving.curves(edited(Setup(), **way))
    said = charts.costs_alt(found, quantity)
    wanted: list[float] = []
    for curve in found:
        wanted += [value(curve.counts[0], quantity), curve.sides[0], value(curve.counts[-1], quantity), curve.sides[-1]]
        assert LAYER_NAMES[curve.kind] in said
    # From a thousand million on, two figures.
    assert sorted(numbers(said)) == [pytest.approx(n, rel=0.051 if n >= 1e9 else 1e-12) for n in sorted(wanted)]
    assert QUANTITIES_IN_WORDS[quantity] in said.lower()


QUANTITIES_IN_WORDS: dict[Quantity, str] = {
    "parameters": "parameters",
    "bytes": "bytes",
    "multiply_adds": "multiply-adds",
}


def test_a_curve_without_any_side_is_left_out_of_the_words() -> None:
    count = Count(9, 90, 90, 90, 36)
    said = charts.costs_alt([Curve("dense", (), ()), Curve("conv", (8, 16), (count, count))], "parameters")
    assert sorted(numbers(said)) == [8, 9, 9, 16]
    layer = layer_of(Setup(), (8, 8))
    assert charts.costs([Curve("dense", (), ())], "parameters", layer).data[0].x == ()


# Where the saving comes from.


SAVINGS = [
    Saving(15_745_024, 34_596, 9),
    Saving(1000, 100, 10),
    Saving(4096, 4096, 4096),
    Saving(68_719_476_736, 2_359_296, 225),
    Saving(9, 9, 1),
]


@pytest.mark.parametrize("found", SAVINGS, ids=str)
def test_the_bar_adds_the_lengths_of_the_factors_end_to_end(found: Saving) -> None:
    bars = charts.saving(found).data
    starts = [bar.base[0] for bar in bars]
    assert starts == pytest.approx([0, log10(found.conv), log10(found.local)], abs=1e-12)
    factors = [found.conv, found.local / found.conv, found.dense / found.local]
    for bar, factor in zip(bars, factors, strict=True):  # but for a gap that is seen and not read
        assert max(0, log10(factor) - 0.05) <= bar.x[0] <= log10(factor) + 1e-12
    assert {bar.orientation for bar in bars} == {"h"}
    assert len({(bar.y[0]) for bar in bars}) == 1


def test_where_a_folded_border_makes_the_window_dearer_the_bar_has_no_length_below_nothing() -> None:
    bars = charts.saving(Saving(4096, 14_400, 225)).data
    assert [bar.base[0] for bar in bars] == pytest.approx([0, log10(225), log10(14_400)])
    assert bars[2].x[0] == 0
    assert near(4096 / 14_400) in numbers(bars[2].hovertext)


def test_the_ends_of_the_bar_have_the_colours_of_their_layers() -> None:
    bars = charts.saving(SAVINGS[0]).data
    assert [bars[0].marker.color, bars[2].marker.color] == [theme.ROLES["conv"], theme.ROLES["dense"]]
    assert len({bar.marker.color for bar in bars}) == 3


@pytest.mark.parametrize("found", SAVINGS, ids=str)
def test_resting_on_the_bar_tells_its_ends_and_its_factor(found: Saving) -> None:
    steps = [(1, found.conv), (found.conv, found.local), (found.local, found.dense)]
    for bar, (low, high) in zip(charts.saving(found).data, steps, strict=True):
        rel = 0.051 if high >= 1e9 else 1e-12
        assert numbers(bar.hovertext) == [low, pytest.approx(high, rel=rel), near(high / low)]


def near(factor: float) -> object:
    """A factor with one decimal, from ten on with none, from a thousand million on with two figures."""
    return pytest.approx(factor, abs=0.0501 if factor < 9.95 else 0.501, rel=0.051 if factor >= 1e9 else 0)


@pytest.mark.parametrize("found", SAVINGS, ids=str)
def test_the_labels_and_the_words_of_the_bar_are_its_numbers(found: Saving) -> None:
    sharing, locality = found.local / found.conv, found.dense / found.local
    labels = [numbers(label.text) for label in charts.saving(found).layout.annotations]
    assert labels == [[found.conv], [near(sharing)], [near(locality)]]
    dense = pytest.approx(found.dense, rel=0.051 if found.dense >= 1e9 else 1e-12)
    assert numbers(charts.saving_alt(found)) == [found.conv, near(sharing), near(locality), dense]


@pytest.mark.parametrize("found", SAVINGS, ids=str)
def test_the_ticks_of_the_bar_are_the_powers_of_ten_that_hold_it(found: Saving) -> None:
    axis = charts.saving(found).layout.xaxis
    assert list(axis.tickvals) == list(range(len(axis.tickvals)))
    assert 10 ** axis.tickvals[-1] >= found.dense
    assert 10 ** (axis.tickvals[-1] - 1) < found.dense
    for n, text in zip(axis.tickvals, axis.ticktext, strict=True):
        power = re.fullmatch(r"10<sup>(\d+)</sup>", text)
        assert (10 ** int(power[1]) if power else numbers(text)[0]) == 10**n


# What was measured.


MEASURED = [
    Measurement("dense", 8, (3e-6, 1e-6, 2e-6, 9e-6, 4e-6)),
    Measurement("sparse", 8, (5e-6, 5e-6, 5e-6)),
    Measurement("correlate", 8, (2e-5, 8e-5, 3e-5, 4e-5)),
    Measurement("dense", 64, (0.02, 0.01, 0.04)),
    Measurement("correlate", 64, (1e-4, 2e-4, 3e-4)),
    Measurement("correlate", 2048, (0.5, 0.6, 1.7)),
]


@pytest.mark.parametrize("found", [MEASURED, MEASURED[:1], MEASURED[::-1]], ids=len)
def test_the_chart_of_times_holds_medians_with_the_fastest_and_the_slowest(found: list[Measurement]) -> None:
    figure = charts.times(found)
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    assert len(figure.data) == 3
    for trace, runner in zip(figure.data, METHODS, strict=True):
        own = [one for one in found if one.method == runner]
        assert list(trace.x) == [one.side for one in own]
        assert list(trace.y) == [median(one.seconds) for one in own]
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
    assert len({(trace.line.color, trace.line.dash, trace.marker.symbol) for trace in figure.data}) == 3
    assert figure.data[2].line.color == theme.ROLES["conv"]


def test_the_words_of_the_times_are_all_medians_with_their_sides() -> None:
    said = charts.times_alt(MEASURED)
    parts = {runner: said.split(timing.METHOD_NAMES[runner])[1].split(". ")[0] for runner in METHODS}
    for runner, part in parts.items():
        own = [one for one in MEASURED if one.method == runner]
        assert durations(part) == pytest.approx([median(one.seconds) for one in own], rel=0.051)
        assert [n for n in exact_integers(part) if n in (8, 64, 2048)] == [one.side for one in own]
