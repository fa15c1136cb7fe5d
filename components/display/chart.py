"""A chart in the making. Plotly checks its figure at every change: given the whole at once, it does so once. Pure."""

from typing import Any

import plotly.graph_objects as go

TEXT = 16  # pixels: read from the last row


class Sketch:
    """Traces and layout as Plotly's figure takes them."""

    def __init__(self) -> None:
        self.data: list[dict[str, Any]] = []
        self.layout: dict[str, Any] = {"xaxis": {}, "yaxis": {}, "shapes": [], "annotations": []}

    def add_scatter(self, **trace: Any) -> None:  # noqa: ANN401  # Plotly's own, here and below
        self.data.append({"type": "scatter"} | trace)

    def add_bar(self, **trace: Any) -> None:  # noqa: ANN401
        self.data.append({"type": "bar"} | trace)

    def add_shape(self, **shape: Any) -> None:  # noqa: ANN401
        self.layout["shapes"].append(shape)

    def add_annotation(self, **note: Any) -> None:  # noqa: ANN401
        self.layout["annotations"].append(note)

    def update_layout(self, **more: Any) -> None:  # noqa: ANN401
        self.layout |= more

    def update_xaxes(self, **more: Any) -> None:  # noqa: ANN401
        self.layout["xaxis"] |= more

    def update_yaxes(self, **more: Any) -> None:  # noqa: ANN401
        self.layout["yaxis"] |= more

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
