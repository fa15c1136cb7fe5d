"""The charts of the Compare page: where the saving comes from, how cost grows, and measured times. Pure."""

from collections.abc import Sequence
from math import ceil, log10

import plotly.graph_objects as go

from components.display import theme, words
from components.display.chart import DASHES, SYMBOLS, TEXT, Chart
from components.display.layer import LAYER_NAMES
from components.pages.compare import growth
from components.pages.compare.growth import QUANTITIES, RUNNER_NAMES, Curve, Saving
from components.pages.compare.state import Quantity
from components.state.setup import View
from kernels.layer.counts import Count
from kernels.layer.timing import Measurement, Method

GAP = 0.03  # decades, between two bars
RUNNER_ROLES: dict[Method, View] = {"dense": "dense", "sparse": "local", "correlate": "conv"}
GROWN: dict[Quantity, str] = {
    "parameters": "free parameters",
    "bytes": "bytes (float32)",
    "multiply_adds": "multiply-adds",
}


def saving(found: Saving) -> go.Figure:
    """On a log axis factors are lengths: the convolution's weights, × sharing, × locality, end to end.

    The axis is one of logarithms with its ticks written as powers: Plotly draws no bar from a base on a log axis.
    """
    steps = (
        ("convolution", 1, found.conv, theme.ROLES["conv"], words.amount(found.conv)),
        ("by sharing", found.conv, found.local, "#a9abb1", words.times(found.sharing)),
        ("by locality", found.local, found.dense, theme.ROLES["dense"], words.times(found.locality)),
    )
    figure = Chart()
    for name, low, high, colour, label in steps:
        start, stop = log10(max(low, 1)), log10(max(high, low, 1))
        figure.add_bar(
            y=["weights"],
            x=[max(0.0, stop - start - GAP)],
            base=[start],
            orientation="h",
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            hovertext=f"{name}: {words.amount(low)} to {words.amount(high)}, {words.times(high / low)}",
            hoverinfo="text",
        )
        figure.add_annotation(
            x=(start + stop) / 2, y=0.5, yref="y", text=f"<b>{label}</b><br>{name}", showarrow=False, yanchor="bottom",
            font_size=TEXT,
        )  # fmt: skip
    decades = range(ceil(log10(found.dense)) + 1)
    figure.update_layout(barmode="overlay", showlegend=False, height=190, bargap=0.1)
    figure.update_xaxes(
        tickvals=[*decades], ticktext=[words.amount(10**n) if n < 4 else f"10<sup>{n}</sup>" for n in decades]
    )
    figure.update_yaxes(visible=False, range=[-0.5, 1.3])
    return figure.styled("free parameters", "")


def curves(found: Sequence[Curve], quantity: Quantity, here: dict[View, Count], side: float, size: str) -> go.Figure:
    """Cost against the side of the picture, both on log axes; the visitor's picture is a ring on every line."""
    figure = Chart()
    for curve in found:
        name = LAYER_NAMES[curve.kind]
        values = [getattr(count, quantity) for count in curve.counts]
        figure.add_scatter(
            x=curve.sides,
            y=values,
            name=name,
            mode="lines+markers",
            line={"color": theme.ROLES[curve.kind], "dash": DASHES[curve.kind], "width": 3},
            marker={"symbol": SYMBOLS[curve.kind], "size": 9},
            hovertext=[_told(name, s, s, count) for s, count in zip(curve.sides, curve.counts, strict=True)],
            hoverinfo="text",
        )
    figure.add_scatter(
        x=[side] * len(here),
        y=[getattr(count, quantity) for count in here.values()],
        name=f"your picture, {size}",
        mode="markers",
        marker={"symbol": "circle-open", "size": 18, "line": {"width": 3}, "color": theme.HERE},
        hovertext=[f"your picture, {size}<br>{_told(LAYER_NAMES[kind], 0, 0, count)}" for kind, count in here.items()],
        hoverinfo="text",
    )
    _log_axes(figure, side)
    return figure.styled("side of the picture, pixels", GROWN[quantity])


def times(laps: Sequence[Measurement]) -> go.Figure:
    """Seconds for one product, medians with fastest and slowest, both axes log."""
    figure = Chart()
    for runner, name in RUNNER_NAMES.items():
        own = [lap for lap in laps if lap.method == runner]
        role = RUNNER_ROLES[runner]
        figure.add_scatter(
            x=[lap.side for lap in own],
            y=[lap.typical for lap in own],
            error_y={
                "array": [lap.spread[1] - lap.typical for lap in own],
                "arrayminus": [lap.typical - lap.spread[0] for lap in own],
                "thickness": 1.5,
            },
            name=name,
            mode="lines+markers",
            line={"color": theme.ROLES[role], "dash": DASHES[role], "width": 3},
            marker={"symbol": SYMBOLS[role], "size": 9},
            hovertext=[
                f"{name}, {lap.side} × {lap.side}<br>median {words.duration(lap.typical)} of {len(lap.seconds)}, "
                f"{words.duration(lap.spread[0])} to {words.duration(lap.spread[1])}"
                for lap in own
            ],
            hoverinfo="text",
        )
    _log_axes(figure)
    return figure.styled("side of the picture, pixels", "seconds for one product")


def curves_alt(found: Sequence[Curve], quantity: Quantity) -> str:
    """What the chart says, in words."""
    parts = [
        f"{LAYER_NAMES[curve.kind]}: {words.amount(getattr(curve.counts[0], quantity))} at {curve.sides[0]} pixels, "
        f"{words.amount(getattr(curve.counts[-1], quantity))} at {curve.sides[-1]}"
        for curve in found
        if curve.sides
    ]
    return f"Line chart, {QUANTITIES[quantity].lower()} against the side of the picture. {'. '.join(parts)}."


def times_alt(laps: Sequence[Measurement]) -> str:
    """The measured times in words."""
    parts = [
        f"{name}: "
        + ", ".join(f"{lap.side} pixels {words.duration(lap.typical)}" for lap in laps if lap.method == runner)
        for runner, name in RUNNER_NAMES.items()
    ]
    return f"Line chart, measured seconds against the side of the picture. {'. '.join(parts)}."


def saving_alt(found: Saving) -> str:
    sharing, locality = (words.times(factor) for factor in (found.sharing, found.locality))
    return (
        f"Bar: {words.amount(found.conv)} weights of the convolution, {sharing} by sharing, {locality} by locality, "
        f"are the {words.amount(found.dense)} of the fully connected layer."
    )


def _told(name: str, height: int, width: int, count: Count) -> str:
    size = f", {height} × {width}" if height else ""
    return (
        f"<b>{name}</b>{size}<br>{count.parameters:,} free parameters, {words.size(count.bytes)}<br>"
        f"{count.multiply_adds:,} multiply-adds"
    )


def _log_axes(figure: Chart, smallest: float = growth.SIDES[0]) -> None:
    """Sides of the picture against powers of ten."""
    low, high = log10(min(smallest, growth.SIDES[0])), log10(growth.SIDES[-1])
    ticks = {"tickvals": growth.SIDES, "ticktext": [str(side) for side in growth.SIDES]}
    figure.update_xaxes(type="log", range=[low - 0.1, high + 0.1], **ticks)
    figure.powers_of_ten()
