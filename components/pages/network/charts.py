"""What a network's layers cost, as bars on a log axis. Pure."""

import plotly.graph_objects as go

from components.display import theme, words
from components.display.chart import Chart
from kernels.networks.costs import cost
from kernels.networks.plan import Plan, Row

ROOM, HIGHEST = 26, 660  # pixels a bar, where there is as much, and of the chart


def cost_bars(made: Plan) -> go.Figure:
    """A bar a layer of weights: its free parameters, and on top of them those it would need if nothing were shared."""
    rows = numbered_weights(made)
    names = [f"{n + 1}. {row.config.op}" for n, row in rows]
    own = [cost(row).parameters for _, row in rows]
    all = [cost(row).untied for _, row in rows]
    figure = Chart()
    figure.add_bar(
        y=names, x=own, orientation="h", name="free parameters", marker_color=theme.ROLES["conv"],
        hovertext=[f"{row.config}: {words.plural(n, 'free parameter')}" for (_, row), n in zip(rows, own, strict=True)],
        hoverinfo="text",
    )  # fmt: skip
    figure.add_bar(
        y=names, x=[max(0, a - b) for a, b in zip(all, own, strict=True)], orientation="h",
        name="without sharing",
        marker={"color": theme.ROLES["dense"], "pattern": {"shape": "/"}},
        hovertext=[f"{row.config}: {words.amount(n)} without sharing" for (_, row), n in zip(rows, all, strict=True)],
        hoverinfo="text",
    )  # fmt: skip
    figure.update_layout(barmode="stack", height=min(HIGHEST, 120 + ROOM * len(rows)))
    figure.update_xaxes(type="log", exponentformat="power", dtick=1)
    figure.update_yaxes(autorange="reversed")
    return figure.styled("parameters", "")


def cost_bars_alt(made: Plan) -> str:
    parts = [
        f"{n + 1}. {row.config.op}: {words.amount(cost(row).parameters)}, without sharing "
        f"{words.amount(cost(row).untied)}"
        for n, row in numbered_weights(made)
    ]
    return f"Bar chart, free parameters of every layer with and without weight sharing, log scale. {'. '.join(parts)}."


def numbered_weights(made: Plan) -> list[tuple[int, Row]]:
    return [(n, row) for n, row in enumerate(made.rows) if row.parameters]
