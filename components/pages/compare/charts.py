"""The charts of the Compare page: where the saving comes from, how cost grows, and measured times. Pure."""

from collections.abc import Sequence
from math import ceil, log10

import plotly.graph_objects as go

from components.display import theme, words
from components.display.chart import DASHES, SYMBOLS, TEXT, Chart
from components.display.layer import LAYER_NAMES, Layer
from components.pages.compare.saving import QUANTITIES, SIDES, Curve, Saving, equivalent_side
from components.pages.compare.state import Quantity
from components.pages.compare.timing import METHOD_NAMES
from components.state.setup import View
from kernels.layer.counts import Count
from kernels.layer.timing import Measurement, Method

GAP = 0.03  # decades, between two bars
METHOD_ROLES: dict[Method, View] = {"dense": "dense", "sparse": "local", "correlate": "conv"}
GROWN: dict[Quantity, str] = {
    "parameters": "free parameters",
    "bytes": "bytes (float32)",
    "multiply_adds": "multiply-adds",
}


def saving(found: Saving) -> go.Figure:
    """On a log axis factors are lengths: the convolution's weights, then sharing, then locality, end to end.

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
    figure.update_layout(barmode="overlay", showlegend=False, height=220, bargap=0.1)
    figure.update_xaxes(
        tickvals=[*decades], ticktext=[words.amount(10**n) if n < 4 else f"10<sup>{n}</sup>" for n in decades]
    )
    figure.update_yaxes(visible=False, range=[-0.5, 1.3])
    return figure.styled("free parameters (log scale)", "")


def costs(found: Sequence[Curve], quantity: Quantity, here: Layer) -> go.Figure:
    """Cost against the side of the picture, both on log axes; open circles mark the visitor's picture."""
    figure, own_side = Chart(), equivalent_side(here)
    name_here = f"your picture, {here.in_shape[1]} × {here.in_shape[2]}"
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
            hovertext=[
                _told(f"<b>{name}</b>, {side} × {side}", count)
                for side, count in zip(curve.sides, curve.counts, strict=True)
            ],
            hoverinfo="text",
        )
    figure.add_scatter(
        x=[own_side] * len(here.counts),
        y=[getattr(count, quantity) for count in here.counts.values()],
        name=name_here,
        mode="markers",
        marker={"symbol": "circle-open", "size": 18, "line": {"width": 3}, "color": theme.HERE},
        hovertext=[_told(f"{name_here}<br><b>{LAYER_NAMES[kind]}</b>", count) for kind, count in here.counts.items()],
        hoverinfo="text",
    )
    _log_axes(figure, own_side)
    return figure.styled("side of the picture (pixels)", GROWN[quantity])


def times(found: Sequence[Measurement]) -> go.Figure:
    """Seconds for one product, medians with fastest and slowest, both axes log."""
    figure = Chart()
    for method, name in METHOD_NAMES.items():
        own = [one for one in found if one.method == method]
        role = METHOD_ROLES[method]
        figure.add_scatter(
            x=[one.side for one in own],
            y=[one.typical for one in own],
            error_y={
                "array": [one.spread[1] - one.typical for one in own],
                "arrayminus": [one.typical - one.spread[0] for one in own],
                "thickness": 1.5,
            },
            name=name,
            mode="lines+markers",
            line={"color": theme.ROLES[role], "dash": DASHES[role], "width": 3},
            marker={"symbol": SYMBOLS[role], "size": 9},
            hovertext=[
                f"{name}, {one.side} × {one.side}<br>median {words.duration(one.typical)} of {len(one.seconds)}, "
                f"{words.duration(one.spread[0])} to {words.duration(one.spread[1])}"
                for one in own
            ],
            hoverinfo="text",
        )
    _log_axes(figure)
    return figure.styled("side of the picture (pixels)", "seconds per product")


def costs_alt(found: Sequence[Curve], quantity: Quantity) -> str:
    """Text alternative: the ends of each curve."""
    parts = [
        f"{LAYER_NAMES[curve.kind]}: {words.amount(getattr(curve.counts[0], quantity))} at {curve.sides[0]} pixels, "
        f"{words.amount(getattr(curve.counts[-1], quantity))} at {curve.sides[-1]}"
        for curve in found
        if curve.sides
    ]
    return f"Line chart, {QUANTITIES[quantity].lower()} against the side of the picture. {'. '.join(parts)}."


def times_alt(found: Sequence[Measurement]) -> str:
    """Text alternative: the measured times."""
    parts = [
        f"{name}: "
        + ", ".join(f"{one.side} pixels {words.duration(one.typical)}" for one in found if one.method == method)
        for method, name in METHOD_NAMES.items()
    ]
    return f"Line chart, measured seconds against the side of the picture. {'. '.join(parts)}."


def saving_alt(found: Saving) -> str:
    sharing, locality = (words.times(factor) for factor in (found.sharing, found.locality))
    return (
        f"Bar chart: {words.amount(found.conv)} weights in the convolution, {sharing} fewer by sharing and {locality} "
        f"fewer by locality than the {words.amount(found.dense)} of the fully connected layer."
    )


def _told(title: str, count: Count) -> str:
    """The tooltip of a point."""
    return (
        f"{title}<br>{count.parameters:,} free parameters, {words.size(count.bytes)}<br>"
        f"{count.multiply_adds:,} multiply-adds"
    )


def _log_axes(figure: Chart, smallest: float = SIDES[0]) -> None:
    """Sides of the picture against powers of ten."""
    low, high = log10(min(smallest, SIDES[0])), log10(SIDES[-1])
    ticks = {"tickvals": SIDES, "ticktext": [str(side) for side in SIDES]}
    figure.update_xaxes(type="log", range=[low - 0.1, high + 0.1], **ticks)
    figure.powers_of_ten()
