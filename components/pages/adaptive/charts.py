"""The learning curves of the adaptive filters. Pure."""

from collections.abc import Sequence
from math import isfinite

import numpy as np
import plotly.graph_objects as go

from components.display import words
from components.display.chart import Chart
from components.pages.adaptive.filters import NAMES, ROLES, Curve
from kernels.adaptive.theory import Prediction
from kernels.layer.spec import Floats

TOP = 20  # decibels


def learning_curves(found: Sequence[Curve], predicted: Sequence[Prediction] | None, steps: int) -> go.Figure:
    """Excess error in decibels against iterations; what theory predicts is dashed, and there before any run."""
    figure = Chart()
    for n, name in enumerate(NAMES):
        if found:
            _add_measured(figure, found[n])
        if predicted and isfinite(predicted[n].steady):
            at = np.linspace(0, steps - 1, min(steps, 200)).astype(np.int64)
            figure.add_scatter(
                x=at,
                y=_decibels(predicted[n].excess(steps)[at]),
                name=f"{name}, theory",
                mode="lines",
                line={"color": ROLES[name], "width": 2, "dash": "dash"},
                hovertemplate=f"{name}, theory: %{{y:.1f}} dB at iteration %{{x:,}}<extra></extra>",
            )
    figure.update_xaxes(range=[0, steps])
    known = [_decibels(curve.excess)[np.isfinite(curve.excess)] for curve in found]
    high = max((float(levels.max()) for levels in known if levels.size), default=0)
    if high > TOP:  # a curve that runs away leaves the others room
        low = min(float(levels.min()) for levels in known if levels.size)
        figure.update_yaxes(range=[low - 3, TOP])
    return figure.styled("iteration n", "excess MSE (dB)")


def _add_measured(figure: Chart, curve: Curve) -> None:
    figure.add_scatter(
        x=curve.iterations,
        y=_decibels(curve.excess),
        name=f"{curve.name}, {'measured' if curve.diverged_at is None else f'diverged at {curve.diverged_at:,}'}",
        mode="lines" if curve.diverged_at is None else "lines+markers",
        line={"color": ROLES[curve.name], "width": 2.5},
        hovertemplate=f"{curve.name}: %{{y:.1f}} dB at iteration %{{x:,}}<extra></extra>",
    )


def learning_curves_alt(found: Sequence[Curve], predicted: Sequence[Prediction] | None) -> str:
    """Text alternative: where the learning curves end."""
    parts = []
    if not found:
        steady = [words.decibels(one.steady) if isfinite(one.steady) else "diverges" for one in predicted or ()]
        parts = [f"{name}, theory: {end}" for name, end in zip(NAMES, steady, strict=False)]
    for n, curve in enumerate(found):
        ends = "diverges" if curve.diverged_at is not None else f"settles at {words.decibels(curve.steady)}"
        theory = f", theory {words.decibels(predicted[n].steady)}" if predicted else ""
        parts.append(f"{curve.name} {ends}{theory}")
    return f"Learning curves, excess MSE in decibels against iterations. {'. '.join(parts)}."


def _decibels(power: Floats) -> Floats:
    return 10 * np.log10(np.maximum(power, 1e-30))
