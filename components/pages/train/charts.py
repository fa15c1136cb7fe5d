"""The charts of the Train page. Solid is what counts, dashed what it is compared with. Pure."""

from collections.abc import Mapping, Sequence
from itertools import compress

import plotly.graph_objects as go

from components.display import theme, words
from components.display.chart import SYMBOLS, Chart
from components.display.layer import LAYER_NAMES
from components.display.race import Round, Variant
from components.display.race_charts import harder_alt, harder_lines
from components.pages.train.data_size import Point
from components.pages.train.race import FURTHEST, SHORT
from components.pages.train.readouts import KINDS, ROWS, SIDES, Score, of
from components.pages.train.state import Train
from components.pages.train.teacher import PAIRS, Fit, Theory
from components.state.setup import View

SHIFTS = range(FURTHEST + 1)


def by_shift(variants: Sequence[Variant], rounds: Sequence[Round]) -> dict[Variant, tuple[float, ...]]:
    """The newest accuracies at every shift of each network that has some."""
    found = {}
    for variant in variants:
        known = (r.results[variant].harder for r in reversed(rounds) if variant in r.results)
        if shares := next(filter(None, known), None):
            found[variant] = shares
    return found


def shifts(own: Train, shares: Mapping[Variant, tuple[float, ...]]) -> go.Figure:
    """Accuracy against the size of the shift; shifts seen in training are shaded."""
    chart = Chart()
    harder_lines(chart, shares, SHIFTS, "at a shift of %{x} pixels")
    seen = {"x0": -0.3, "x1": own.reach + 0.3, "yref": "y domain", "y0": 0, "y1": 1}
    chart.add_shape(type="rect", fillcolor=theme.NEURON, opacity=0.12, line={"width": 0}, **seen)
    chart.add_annotation(x=-0.25, y=0.01, text="seen in training", showarrow=False, xanchor="left", yanchor="bottom")
    chart.update_xaxes(range=[-0.3, FURTHEST + 0.3], tickvals=list(SHIFTS))
    return chart.of_accuracies("shift (pixels)")


def shifts_alt(shares: Mapping[Variant, tuple[float, ...]]) -> str:
    return f"Line chart, test accuracy against shift in pixels. {harder_alt(shares, SHIFTS)}."


def sweep(points: Sequence[Point]) -> go.Figure:
    """Accuracy against the number of digits, on a log axis."""
    chart = Chart()
    for kind, name in LAYER_NAMES.items():
        mine = [point for point in points if point.kind == kind]
        if mine:
            told = f"{name}: %{{y:.0%}} with %{{x}} digits<extra></extra>"
            chart.add_scatter(
                x=[point.digits for point in mine],
                y=[point.accuracy for point in mine],
                name=name,
                mode="lines+markers",
                line={"color": theme.ROLES[kind], "width": 3},
                marker={"symbol": SYMBOLS[kind], "size": 10},
                hovertemplate=told,
            )
    ticks = sorted({point.digits for point in points})
    chart.update_xaxes(type="log", tickvals=ticks, ticktext=[words.amount(n) for n in ticks])
    return chart.of_accuracies("training digits")


def sweep_alt(points: Sequence[Point]) -> str:
    parts = [f"{LAYER_NAMES[point.kind]} {point.told} with {point.digits}" for point in points]
    return f"Line chart, test accuracy against number of training digits. {', '.join(parts)}."


def readouts(scores: Sequence[Score]) -> go.Figure:
    """A dot for every network: accuracy over all shifts filled, at shift 0 open; one line per read-out and wiring."""
    chart = Chart()
    for kind in KINDS:
        mine = [score for score in scores if score.kind == kind]
        rows = [f"{SHORT[score.readout]}, {SIDES[kind].lower()}" for score in mine]
        for name, style, shares in (
            ("all shifts", "", [score.shifted for score in mine]),
            ("shift 0", "-open", [score.unshifted for score in mine]),
        ):
            chart.add_scatter(
                x=shares,
                y=rows,
                name=f"{SIDES[kind]}, {name}",
                mode="markers",
                marker={"symbol": SYMBOLS[kind] + style, "size": 12, "color": theme.ROLES[kind]},
                hovertemplate=f"%{{y}}, {name}: %{{x:.0%}}<extra></extra>",
            )
    order = [f"{SHORT[readout]}, {SIDES[kind].lower()}" for readout in ROWS for kind in KINDS]
    chart.update_xaxes(range=[0, 1.02], tickformat=".0%")
    chart.update_yaxes(categoryorder="array", categoryarray=order[::-1])
    return chart.styled("test accuracy per seed", "")


def readouts_alt(scores: Sequence[Score]) -> str:
    parts = [
        f"{SHORT[readout]}, {SIDES[kind].lower()}: {', '.join(words.percent(score.shifted) for score in cell)}"
        for readout in ROWS
        for kind in KINDS
        if (cell := of(scores, kind, readout))
    ]
    return f"Dot chart, test accuracy over all shifts, seed by seed. {'. '.join(parts) or 'No training yet'}."


def students(fits: Sequence[Fit], theory: Mapping[View, Theory]) -> go.Figure:
    """Excess error against examples, both log: markers measured, dashed lines theory."""
    chart = Chart()
    for kind, known in theory.items():
        mine = [fit for fit in fits if fit.kind == kind]
        label, colour = f"{LAYER_NAMES[kind]}, p = {words.amount(known.parameters)}", theme.ROLES[kind]
        chart.add_scatter(
            x=[fit.examples for fit in mine],
            y=[fit.excess for fit in mine],
            name=label,
            mode="markers",
            line={"color": colour, "width": 3},
            marker={"symbol": SYMBOLS[kind], "size": 10},
            legendgroup=kind,
            hovertemplate=f"{label}: %{{y:.3g}} after %{{x}} examples, measured<extra></extra>",
        )
        holds = [n >= known.least for n in PAIRS]
        chart.add_scatter(
            x=list(compress(PAIRS, holds)),
            y=list(compress(known.excess, holds)),
            name=f"{label}, theory σ²·p/n",
            mode="lines",
            line={"color": colour, "dash": "dash", "width": 2},
            legendgroup=kind,
            showlegend=False,
            hovertemplate=f"{label}: %{{y:.3g}} after %{{x}} examples, theory<extra></extra>",
        )
    chart.update_xaxes(type="log", tickvals=PAIRS, ticktext=[words.amount(n) for n in PAIRS])
    chart.powers_of_ten()
    return chart.styled("examples n", "excess error")


def students_alt(fits: Sequence[Fit], theory: Mapping[View, Theory]) -> str:
    parts = []
    for kind, known in theory.items():
        mine = [fit.excess for fit in fits if fit.kind == kind]
        if mine:
            expected = words.figure(float(known.excess[len(mine) - 1]))
            parts.append(
                f"{LAYER_NAMES[kind]} with {words.amount(known.parameters)} parameters {words.figure(mine[-1])}, "
                f"theory {expected}"
            )
    return f"Excess error against examples, both axes logarithmic. At the end: {'; '.join(parts)}."
