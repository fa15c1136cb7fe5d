"""The charts of the Train page. Solid is what counts, dashed what it is compared with."""

from collections.abc import Sequence

import plotly.graph_objects as go

from components.display import theme, words
from components.display.chart import SYMBOLS, Chart
from components.display.layer import LAYER_NAMES
from components.pages.train.data_size import PAIRS, Point, right
from components.pages.train.race import FURTHEST, Entry, Round
from components.pages.train.results import last, name
from components.pages.train.state import Train
from components.state.setup import View
from kernels.layer.spec import Floats


def race(own: Train, entries: Sequence[Entry], rounds: Sequence[Round]) -> go.Figure:
    """Accuracy against epochs: solid on unseen digits, dashed on those it trains with; scrambled pixels are dotted."""
    figure = Chart()
    for kind, scrambled in entries:
        scores = [(r.number, r.scores[kind, scrambled]) for r in rounds if (kind, scrambled) in r.scores]
        mine = [(number, score) for number, score in scores if not score.diverged]
        epochs = [number for number, _ in mine]
        kinds = [("test", "unseen", "dot" if scrambled else "solid")]
        if not own.scrambled:
            kinds.append(("train", "trained with", "dash"))
        for which, told, dash in kinds:
            label = f"{name((kind, scrambled))}, {told}"
            figure.add_scatter(
                x=epochs,
                y=[getattr(score, which) for _, score in mine],
                name=label,
                mode="lines" if len(mine) > 1 else "lines+markers",
                line={"color": theme.ROLES[kind], "dash": dash, "width": 3 if which == "test" else 2},
                hovertemplate=f"{label}: %{{y:.0%}} after epoch %{{x}}<extra></extra>",
            )
    figure.update_xaxes(range=[1, max(own.epochs, 2)])
    return figure.of_accuracies("epochs")


def race_alt(entries: Sequence[Entry], rounds: Sequence[Round]) -> str:
    """What the curves have come to."""
    parts = [
        f"{name(entry)}: "
        + (
            "diverged"
            if score.diverged
            else f"{words.percent(score.train)} of those trained with, {words.percent(score.test)} of the unseen"
        )
        for entry in entries
        if (score := last(entry, rounds))
    ]
    return f"Learning curves, digits right against epochs. {'. '.join(parts) or 'Nothing is learned yet'}."


def further(own: Train, entries: Sequence[Entry], rounds: Sequence[Round]) -> go.Figure:
    """Accuracy against how far a digit is moved; what was seen in training is shaded."""
    figure = Chart()
    for entry, shares in distances(entries, rounds).items():
        figure.add_scatter(
            x=list(range(len(shares))),
            y=shares,
            name=name(entry),
            mode="lines+markers",
            line={"color": theme.ROLES[entry[0]], "dash": "dot" if entry[1] else "solid", "width": 3},
            marker={"symbol": SYMBOLS[entry[0]], "size": 10},
            hovertemplate=f"{name(entry)}: %{{y:.0%}} moved by %{{x}} pixels<extra></extra>",
        )
    seen = {"x0": -0.3, "x1": own.reach + 0.3, "yref": "y domain", "y0": 0, "y1": 1}
    figure.add_shape(type="rect", fillcolor=theme.NEURON, opacity=0.12, line={"width": 0}, **seen)
    figure.add_annotation(x=-0.25, y=0.01, text="seen in training", showarrow=False, xanchor="left", yanchor="bottom")
    figure.update_xaxes(range=[-0.3, FURTHEST + 0.3], tickvals=list(range(FURTHEST + 1)))
    return figure.of_accuracies("pixels from the middle")


def distances(entries: Sequence[Entry], rounds: Sequence[Round]) -> dict[Entry, tuple[float, ...]]:
    """The newest look at every distance, of those that have one."""
    found = {}
    for entry in entries:
        looks = (r.scores[entry].by_distance for r in reversed(rounds) if entry in r.scores)
        if shares := next(filter(None, looks), None):
            found[entry] = shares
    return found


def further_alt(entries: Sequence[Entry], rounds: Sequence[Round]) -> str:
    parts = [
        f"{name(entry)}: {', '.join(f'{words.percent(share)} at {n}' for n, share in enumerate(shares))}"
        for entry, shares in distances(entries, rounds).items()
    ]
    return f"Line chart, unseen digits right against pixels from the middle. {'. '.join(parts)}."


def sweep(points: Sequence[Point]) -> go.Figure:
    """Accuracy against the number of digits, on a log axis."""
    figure = Chart()
    for kind in LAYER_NAMES:
        mine = [point for point in points if point.kind == kind]
        if mine:
            told = f"{LAYER_NAMES[kind]}: %{{y:.0%}} with %{{x}} digits<extra></extra>"
            line = _line(kind, [p.n for p in mine], [p.value for p in mine])
            figure.add_scatter(**line, name=LAYER_NAMES[kind], hovertemplate=told)
    ticks = sorted({point.n for point in points})
    figure.update_xaxes(type="log", tickvals=ticks, ticktext=[words.amount(n) for n in ticks])
    return figure.of_accuracies("digits to train with")


def sweep_alt(points: Sequence[Point]) -> str:
    parts = [f"{LAYER_NAMES[p.kind]} {right(p)} with {p.n}" for p in points]
    return f"Line chart, unseen digits right against digits to train with. {', '.join(parts)}."


def students(points: Sequence[Point], lines: dict[View, tuple[int, int, Floats]]) -> go.Figure:
    """Excess error against examples, both log: markers measured, dashed lines derived."""
    figure = Chart()
    outputs = max((p // reads for p, reads, _ in lines.values()), default=1)  # numbers that an example brings
    for kind, (parameters, reads, line) in lines.items():
        mine = [point for point in points if point.kind == kind]
        label = f"{LAYER_NAMES[kind]}, p = {words.amount(parameters)}"
        marks = _line(kind, [p.n for p in mine], [p.value for p in mine]) | {"mode": "markers"}
        told = f"{label}: %{{y:.3g}} after %{{x}} examples, measured<extra></extra>"
        figure.add_scatter(**marks, name=label, legendgroup=kind, hovertemplate=told)
        known = [
            (n, y)
            for n, y in zip(PAIRS, line, strict=True)
            if n * outputs > parameters and (n > reads or kind == "conv")
        ]
        figure.add_scatter(
            x=[n for n, _ in known],
            y=[y for _, y in known],
            name=f"{label}, σ²·p/n derived",
            mode="lines",
            line={"color": theme.ROLES[kind], "dash": "dash", "width": 2},
            legendgroup=kind,
            showlegend=False,
            hovertemplate=f"{label}: %{{y:.3g}} after %{{x}} examples, derived<extra></extra>",
        )
    ticks = {"tickvals": PAIRS, "ticktext": [words.amount(n) for n in PAIRS]}
    figure.update_xaxes(type="log", **ticks)
    figure.powers_of_ten()
    return figure.styled("examples n", "excess error")


def students_alt(points: Sequence[Point], lines: dict[View, tuple[int, int, Floats]]) -> str:
    parts = []
    for kind, (parameters, _, line) in lines.items():
        mine = [point.value for point in points if point.kind == kind]
        if mine:
            derived = words.figure(float(line[len(mine) - 1]))
            parts.append(
                f"{LAYER_NAMES[kind]} with {words.amount(parameters)} parameters {words.figure(mine[-1])}, "
                f"derived {derived}"
            )
    return f"Excess error against examples, both axes logarithmic. In the end: {'; '.join(parts)}."


def _line(kind: View, x: list[int], y: list[float]) -> dict[str, object]:
    line, marker = {"color": theme.ROLES[kind], "width": 3}, {"symbol": SYMBOLS[kind], "size": 10}
    return {"x": x, "y": y, "mode": "lines+markers", "line": line, "marker": marker}
