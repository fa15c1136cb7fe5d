"""The charts of the Sequence page. Pure."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from components.display import theme, words
from components.display.chart import SYMBOLS, Chart, log_ticks
from components.pages.sequence import digits, state
from components.pages.sequence.digits import LONGER, NAMES, ROLES, Round
from components.pages.sequence.gradient import Followed, entry_name
from components.pages.sequence.state import DigitClassifier
from components.pages.sequence.unrolled import counts
from kernels.layer.counts import KINDS


def growth(own: state.Sequence) -> go.Figure:
    """Free parameters against the number of steps, both on log axes."""
    figure = Chart()
    for kind, (name, line) in zip(KINDS, counts(own).items(), strict=True):  # in the same order
        figure.add_scatter(
            x=[T for T, _ in line],
            y=[n for _, n in line],
            name=name,
            mode="lines+markers",
            line={"color": theme.ROLES[kind], "width": 3},
            marker={"symbol": SYMBOLS[kind], "size": 9},
            hovertemplate=f"{name}: %{{y:,}} free parameters for %{{x}} steps<extra></extra>",
        )
    ticks = sorted({T for line in counts(own).values() for T, _ in line})
    figure.update_xaxes(type="log", tickvals=ticks, ticktext=[str(T) for T in ticks])
    figure.update_yaxes(type="log", exponentformat="power", dtick=1)
    figure.update_layout(height=460)
    return figure.styled("steps T", "free parameters")


def growth_alt(own: state.Sequence) -> str:
    parts = [
        f"{name}: {words.amount(line[0][1])} for {line[0][0]}, {words.amount(line[-1][1])} for {line[-1][0]}"
        for name, line in counts(own).items()
    ]
    return f"Line chart, free parameters against steps. {'. '.join(parts)}."


def parts(own: state.Sequence, found: Followed) -> go.Figure:
    """What every step adds to the gradient of one weight."""
    steps = np.arange(1, len(found.parts) + 1)
    figure = Chart()
    figure.add_bar(
        x=steps,
        y=found.parts,
        marker_color=theme.ROLES["conv"],
        hovertemplate="step %{x} adds %{y:.3g}<extra></extra>",
    )
    figure.update_layout(height=320)
    figure.update_yaxes(exponentformat="power")
    return figure.styled("step t", f"its part of ∂L/∂{entry_name(own)}")


def parts_alt(own: state.Sequence, found: Followed) -> str:
    largest = int(np.abs(found.parts).argmax())
    return (
        f"Bars, what each of {len(found.parts)} steps adds to the gradient of {entry_name(own)}: the largest is step "
        f"{largest + 1} with {words.figure(float(found.parts[largest]))}; together {words.figure(found.total)}."
    )


def arriving(found: Followed) -> go.Figure:
    """How much of the gradient arrives at each step, on a log axis."""
    figure = Chart()
    figure.add_scatter(
        x=np.arange(1, len(found.arriving) + 1),
        y=found.arriving,
        mode="lines+markers",
        line={"color": theme.ROLES["conv"], "width": 3},
        hovertemplate="‖∂L/∂h‖ = %{y:.3g} at step %{x}<extra></extra>",
    )
    figure.update_yaxes(type="log", **log_ticks(found.arriving))
    figure.update_layout(height=320)
    return figure.styled("step t", "‖∂L/∂hₜ‖")


def arriving_alt(found: Followed) -> str:
    first, last = (words.figure(float(found.arriving[n])) for n in (0, -1))
    return f"Line chart, the size of the gradient at each step: {first} at the first, {last} at the last."


def race(own: DigitClassifier, rounds: Sequence[Round]) -> go.Figure:
    """Digits right against epochs: solid unseen, dashed those trained with."""
    figure = Chart()
    for tied, name in NAMES.items():
        scores = [(r.number, r.scores[tied]) for r in rounds if tied in r.scores and not r.scores[tied].diverged]
        for which, told, dash in (("test", "unseen", "solid"), ("train", "trained with", "dash")):
            figure.add_scatter(
                x=[number for number, _ in scores],
                y=[getattr(score, which) for _, score in scores],
                name=f"{name}, {told}",
                mode="lines" if len(scores) > 1 else "lines+markers",
                line={"color": theme.ROLES[ROLES[tied]], "dash": dash, "width": 3 if which == "test" else 2},
                hovertemplate=f"{name}, {told}: %{{y:.0%}} after epoch %{{x}}<extra></extra>",
            )
    figure.update_xaxes(range=[1, max(own.epochs, 2)])
    return figure.of_accuracies("epochs")


def race_alt(rounds: Sequence[Round]) -> str:
    parts = [
        f"{name}: {words.percent(score.train)} of those trained with, {words.percent(score.test)} of the unseen"
        for tied, name in NAMES.items()
        if (score := digits.last(tied, rounds)) and not score.diverged
    ]
    return f"Learning curves, digits right against epochs. {'. '.join(parts) or 'Nothing is learned yet'}."


def longer(rounds: Sequence[Round]) -> go.Figure:
    """Digits right against the length of the sequence, as far as there are weights."""
    figure = Chart()
    found = digits.looked(rounds)
    for tied, name in NAMES.items():
        line = found.scores[tied].by_length if found and tied in found.scores else ()
        figure.add_scatter(
            x=LONGER[: len(line)],
            y=line,
            name=name,
            mode="lines+markers",
            line={"color": theme.ROLES[ROLES[tied]], "width": 3},
            marker={"symbol": SYMBOLS[ROLES[tied]], "size": 11},
            hovertemplate=f"{name}: %{{y:.0%}} at %{{x}} steps<extra></extra>",
        )
    figure.update_xaxes(range=[LONGER[0] - 0.5, LONGER[-1] + 0.5], tickvals=LONGER)
    return figure.of_accuracies("steps of the sequence")


def longer_alt(rounds: Sequence[Round]) -> str:
    found = digits.looked(rounds)
    parts = []
    for tied, name in NAMES.items():
        line = found.scores[tied].by_length if found and tied in found.scores else ()
        told = [f"{words.percent(share)} at {steps}" for steps, share in zip(LONGER, line, strict=False)]
        parts += [f"{name}: {', '.join(told)}"] if told else []
    return f"Line chart, digits right against steps. {'. '.join(parts) or 'Nothing is learned yet'}."
