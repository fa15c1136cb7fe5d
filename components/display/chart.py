"""What all charts share: the figure under construction, the markers and dashes of the four layers, the axes. Pure."""

from collections.abc import Iterable
from math import ceil, floor, isfinite, log10
from typing import Any

import plotly.graph_objects as go

from components.display import theme, words
from components.state.setup import View

TEXT = 16  # pixels: read from the last row
SYMBOLS: dict[View, str] = {"dense": "circle", "local": "square", "tiled": "diamond", "conv": "triangle-up"}
DASHES: dict[View, str] = {kind: "dash" if kind in theme.DASHED else "solid" for kind in SYMBOLS}
TICKS = 7  # powers of ten on an axis, about
SHORT = 300  # an axis from 1 to this has more than powers of ten
GUESS = 0.1  # the accuracy of guessing one of ten digits


class Chart:
    """Collects traces and layout, so that Plotly, which validates a figure at every change, validates it only once."""

    def __init__(self) -> None:
        self.data: list[dict[str, Any]] = []
        self.layout: dict[str, Any] = {"xaxis": {}, "yaxis": {}, "shapes": [], "annotations": []}

    def add_scatter(self, **trace: object) -> None:
        self.data.append({"type": "scatter"} | trace)

    def add_bar(self, **trace: object) -> None:
        self.data.append({"type": "bar"} | trace)

    def add_shape(self, **shape: object) -> None:
        self.layout["shapes"].append(shape)

    def add_annotation(self, **note: object) -> None:
        self.layout["annotations"].append(note)

    def update_layout(self, **more: object) -> None:
        self.layout |= more

    def update_xaxes(self, **more: object) -> None:
        self.layout["xaxis"] |= more

    def update_yaxes(self, **more: object) -> None:
        self.layout["yaxis"] |= more

    def powers_of_ten(self) -> None:
        """Gives the chart a logarithmic y axis whose ticks are powers of ten."""
        self.update_yaxes(type="log", exponentformat="power", nticks=TICKS)

    def styled(self, x: str, y: str) -> go.Figure:
        """The figure: large letters, the legend above."""
        letters = {"size": TEXT}
        self.update_xaxes(title={"text": x, "font": letters}, tickfont=letters)
        self.update_yaxes(title={"text": y, "font": letters}, tickfont=letters)
        self.update_layout(
            font=letters,
            hoverlabel={"font": letters},
            legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": letters},
            margin={"l": 10, "r": 10, "t": 10, "b": 10},
        )
        return go.Figure(self.data, self.layout)

    def of_accuracies(self, x: str) -> go.Figure:
        """The figure with an accuracy axis from 0 to 100% and a line at chance level."""
        across = {"xref": "x domain", "x0": 0, "x1": 1, "y0": GUESS, "y1": GUESS}
        self.add_shape(type="line", line={"color": theme.NEURON, "width": 1, "dash": "dot"}, **across)
        corner = {"xref": "x domain", "x": 1, "xanchor": "right", "y": GUESS, "yanchor": "top"}
        self.add_annotation(text="chance", showarrow=False, **corner)
        self.update_layout(height=400 + 14 * len(self.data))  # on a phone the legend takes a line each
        self.update_yaxes(range=[0, 1.05], tickformat=".0%")
        return self.styled(x, "accuracy")


def log_ticks(values: Iterable[float]) -> dict[str, Any]:
    """Ticks of a log axis that shows these values: powers of ten, or 1, 2 and 5 where it is short, all of one size.

    Plotly's own put small digits between large powers.
    """
    known = [float(value) for value in values if value > 0 and isfinite(value)]
    if not known:
        return {}
    least, most = min(known), max(known)
    low, high = floor(log10(least)), ceil(log10(most))
    if most < SHORT * least:
        marks = [m * 10.0**n for n in range(low - 1, high + 1) for m in (1, 2, 5)]
        marks = [mark for mark in marks if least / 2 <= mark <= 2 * most]
        return {"tickvals": marks, "ticktext": [words.figure(mark) for mark in marks]}
    powers = range(low, high + 1, ceil((high - low) / TICKS))
    texts = [f"10<sup>{n}</sup>".replace("-", "−") if n else "1" for n in powers]
    return {"tickvals": [10.0**n for n in powers], "ticktext": texts}
