"""The charts of the Sequence page. Pure."""

import numpy as np
import plotly.graph_objects as go

from components.display import theme, words
from components.display.chart import SYMBOLS, Chart, log_ticks
from components.display.race import Round
from components.display.race_charts import harder_alt, harder_lines
from components.pages.sequence import running_sum
from components.pages.sequence.digits import LONGER, by_length
from components.pages.sequence.gradient import Contributions, entry_name
from components.pages.sequence.running_sum import WAYS, Score, of
from components.pages.sequence.state import RunningSum, Sequence
from components.pages.sequence.unrolled import LENGTHS, Growth


def growth(lines: list[Growth]) -> go.Figure:
    """Free parameters against the number of steps, both on log axes."""
    chart = Chart()
    for line in lines:
        chart.add_scatter(
            x=line.steps,
            y=line.parameters,
            name=line.name,
            mode="lines+markers",
            line={"color": theme.ROLES[line.kind], "width": 3},
            marker={"symbol": SYMBOLS[line.kind], "size": 9},
            hovertemplate=f"{line.name}: %{{y:,}} free parameters for %{{x}} steps<extra></extra>",
        )
    chart.update_xaxes(type="log", tickvals=LENGTHS, ticktext=[str(T) for T in LENGTHS])
    chart.update_yaxes(type="log", exponentformat="power", dtick=1)
    chart.update_layout(height=460)
    return chart.styled("steps T", "free parameters")


def growth_alt(lines: list[Growth]) -> str:
    parts = [
        f"{line.name}: {words.amount(line.parameters[0])} for {line.steps[0]}, {words.amount(line.parameters[-1])} for "
        f"{line.steps[-1]}"
        for line in lines
    ]
    return f"Line chart, free parameters against steps. {'. '.join(parts)}."


def parts(own: Sequence, found: Contributions) -> go.Figure:
    """The contribution of every step to the gradient of one weight."""
    steps = np.arange(1, len(found.parts) + 1)
    chart = Chart()
    chart.add_bar(
        x=steps,
        y=found.parts,
        marker_color=theme.ROLES["conv"],
        hovertemplate="step %{x} contributes %{y:.3g}<extra></extra>",
    )
    chart.update_layout(height=320)
    chart.update_yaxes(exponentformat="power")
    return chart.styled("step t", f"contribution to ∂L/∂{entry_name(own)}")


def parts_alt(own: Sequence, found: Contributions) -> str:
    largest = int(np.abs(found.parts).argmax())
    return (
        f"Bar chart, contribution of each of {len(found.parts)} steps to the gradient of {entry_name(own)}: the "
        f"largest is step {largest + 1} with {words.figure(float(found.parts[largest]))}; in total "
        f"{words.figure(found.total)}."
    )


def norms(found: Contributions) -> go.Figure:
    """The norm of the gradient at each step, on a log axis."""
    chart = Chart()
    chart.add_scatter(
        x=np.arange(1, len(found.norms) + 1),
        y=found.norms,
        mode="lines+markers",
        line={"color": theme.ROLES["conv"], "width": 3},
        hovertemplate="‖∂L/∂h‖ = %{y:.3g} at step %{x}<extra></extra>",
    )
    chart.update_yaxes(type="log", **log_ticks(found.norms))
    chart.update_layout(height=320)
    return chart.styled("step t", "‖∂L/∂hₜ‖")


def norms_alt(found: Contributions) -> str:
    first, last = (words.figure(float(found.norms[n])) for n in (0, -1))
    return f"Line chart, norm of the gradient at each step: {first} at the first, {last} at the last."


def running_sums(own: RunningSum, scores: list[Score]) -> go.Figure:
    """Error against length: the mean over the seeds, and from the lowest to the highest."""
    chart = Chart()
    x = running_sum.lengths(own)
    for way in WAYS:
        errors = np.array(of(scores, way)).reshape(-1, len(x))
        if not len(errors):
            continue
        mean = errors.mean(axis=0)
        chart.add_scatter(
            x=[f"{length} steps" for length in x],
            y=mean,
            error_y={"array": errors.max(axis=0) - mean, "arrayminus": mean - errors.min(axis=0), "thickness": 2},
            name=way.name,
            mode="lines+markers",
            line={"color": theme.ROLES[way.kind], "dash": "dash" if way.restarts else "solid", "width": 3},
            marker={"symbol": SYMBOLS[way.kind], "size": 11},
            hovertemplate=f"{way.name}: %{{y:.2g}} at %{{x}}<extra></extra>",
        )
    across = {"xref": "x domain", "x0": 0, "x1": 1, "y0": 1, "y1": 1}
    chart.add_shape(type="line", line={"color": theme.NEURON, "width": 1, "dash": "dot"}, **across)
    chart.add_annotation(
        xref="x domain", x=0, xanchor="left", y=1, yanchor="bottom", text="always answering the mean", showarrow=False
    )
    chart.update_yaxes(rangemode="tozero")
    return chart.styled("length of the test sequences", "relative error")


def running_sums_alt(own: RunningSum, scores: list[Score]) -> str:
    parts = []
    for way in WAYS:
        if errors := of(scores, way):
            pairs = zip(np.mean(errors, axis=0).tolist(), running_sum.lengths(own), strict=True)
            parts.append(f"{way.name}: {', '.join(f'{words.figure(error)} at {T} steps' for error, T in pairs)}")
    return f"Line chart, mean relative error against sequence length. {'. '.join(parts) or 'No training yet'}."


def longer(rounds: list[Round]) -> go.Figure:
    """Accuracy against the length of the sequence, as far as there are weights."""
    chart = Chart()
    harder_lines(chart, by_length(rounds), LONGER, "at %{x} steps")
    chart.update_xaxes(range=[LONGER[0] - 0.5, LONGER[-1] + 0.5], tickvals=LONGER)
    return chart.of_accuracies("sequence length (steps)")


def longer_alt(rounds: list[Round]) -> str:
    told = harder_alt(by_length(rounds), LONGER) or "No training yet"
    return f"Line chart, accuracy against sequence length. {told}."
