"""Charts of networks trained side by side, and their text alternatives. Pure."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from components.display import theme, words
from components.display.chart import SYMBOLS, Chart
from components.display.race import Result, Round, Variant, all_latest


def learning_curves(variants: Sequence[Variant], rounds: Sequence[Round], epochs: int) -> go.Figure:
    """Accuracy against epochs, up to the epoch at which a network diverged.

    Test accuracy is solid and training accuracy dashed, which the axis says: the legend has a line for each network.
    Where some pixels are scrambled there is test accuracy alone, dotted for those.
    """
    chart = Chart()
    with_training = not any(variant.scrambled for variant in variants)
    for variant in variants:
        known = [(r.number, r.results[variant]) for r in rounds if variant in r.results]
        sound = [(number, result) for number, result in known if not result.diverged]
        numbers, colour = [number for number, _ in sound], theme.ROLES[variant.kind]
        line = {"color": colour, "dash": "dot" if variant.scrambled else "solid", "width": 3}
        _curve(chart, f"{variant.name}, test", numbers, [result.test for _, result in sound], line)
        if with_training:
            line = {"color": colour, "dash": "dash", "width": 2}
            _curve(chart, f"{variant.name}, training", numbers, [result.train for _, result in sound], line)
            chart.data[-1]["showlegend"] = False
    chart.update_xaxes(range=[1, max(epochs, 2)])
    return chart.of_accuracies("epochs (dashed: training accuracy)" if with_training else "epochs")


def _curve(chart: Chart, name: str, epochs: list[int], shares: list[float], line: Mapping[str, object]) -> None:
    chart.add_scatter(
        x=epochs,
        y=shares,
        name=name,
        mode="lines" if len(epochs) > 1 else "lines+markers",
        line=line,
        hovertemplate=f"{name}: %{{y:.0%}} after epoch %{{x}}<extra></extra>",
    )


def learning_curves_alt(variants: Sequence[Variant], rounds: Sequence[Round]) -> str:
    """The newest accuracies, in words."""
    parts = [f"{variant.name}: {_told(result)}" for variant, result in all_latest(variants, rounds).items()]
    return f"Learning curves, accuracy against epochs. {'. '.join(parts) or 'No training yet'}."


def _told(result: Result) -> str:
    if result.diverged:
        return "diverged"
    return f"training {words.percent(result.train)}, test {words.percent(result.test)}"


def harder_lines(chart: Chart, shares: Mapping[Variant, tuple[float, ...]], x: Sequence[int], told: str) -> None:
    """A line with markers a network: accuracy at `x`, as far as each was measured; `told` follows it on hovering."""
    for variant, line in shares.items():
        chart.add_scatter(
            x=list(x[: len(line)]),
            y=line,
            name=variant.name,
            mode="lines+markers",
            line={"color": theme.ROLES[variant.kind], "dash": "dot" if variant.scrambled else "solid", "width": 3},
            marker={"symbol": SYMBOLS[variant.kind], "size": 10},
            hovertemplate=f"{variant.name}: %{{y:.0%}} {told}<extra></extra>",
        )


def harder_alt(shares: Mapping[Variant, tuple[float, ...]], x: Sequence[int]) -> str:
    """The lines of `harder_lines` in words."""
    parts = []
    for variant, line in shares.items():
        if line:
            pairs = zip(line, x, strict=False)
            parts.append(f"{variant.name}: {', '.join(f'{words.percent(share)} at {at}' for share, at in pairs)}")
    return ". ".join(parts)
