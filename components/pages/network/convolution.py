"""The fully connected layer of a network as the convolution it equals: the same numbers, and one answer per window of a
larger picture. Pure.
"""

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
import plotly.graph_objects as go
import scipy

from components.display import theme, words
from components.display.chart import Chart
from components.display.image import grey, png_url
from components.pages.network import input
from components.pages.network.state import Net
from components.pages.network.weights import trained_plan
from components.state.link import edited
from components.state.setup import Setup
from kernels.layer.spec import Array, Floats, Shape
from kernels.learning.linear import Wired
from kernels.networks.convolutional import convolutional, convolutional_theta, dense_weights, windows_of
from kernels.networks.costs import total
from kernels.networks.description import text_of
from kernels.networks.plan import Plan, activations, plan, volume_text
from kernels.networks.trained import IN_SHAPE, trained
from kernels.networks.zoo import published

Shape4 = tuple[int, int, int, int]
LARGER: Shape = (1, 24, 64)  # the picture on which the small network answers many windows at once
KNOWN = (("vgg16", 384), ("alexnet", 355))  # published networks, and rows and columns of a larger picture


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the trained network says of every window of a larger picture.

    x: the picture (H, W). probabilities: (classes, rows, columns) of windows. apart: the largest difference between the
    scores of the dense network and of the convolutional one on the picture the dense one reads. alike: in how many
    windows the dense network, run on the window alone, names the same class. right: whether the window around each
    digit is told correctly.
    """

    x: Floats
    probabilities: Floats
    apart: float
    alike: int
    right: tuple[bool, ...]

    @property
    def classes(self) -> Array:
        best: Array = self.probabilities.argmax(axis=0)
        return best

    @property
    def windows(self) -> int:
        return self.classes.size


def answers(n: int) -> Answers:
    """The trained network as a convolutional one on test digits n, n + 1, … side by side."""
    made, theta = trained_plan(), trained().theta
    small, large = (_levels(n, shown, shape) for shown, shape in (("digit", IN_SHAPE), ("scene", LARGER)))
    configs, other = convolutional(made), convolutional_theta(made, theta)
    scores = activations(made, theta, small)[-2].ravel()
    same = activations(plan(configs, IN_SHAPE), other, small)[-1].ravel()
    found = scipy.special.softmax(activations(plan(configs, LARGER), other, large)[-1].astype(np.float64), axis=0)
    alone = [activations(made, theta, window)[-1].argmax() for window in _windows(large, found.shape[1:])]
    best, digits = found.argmax(axis=0), input.places(n, *LARGER[1:])
    right = tuple(bool(best[top // input.STEP, left // input.STEP] == input.label_of(m)) for m, top, left in digits)
    return Answers(large[0], found, float(np.abs(scores - same).max()), int((best.ravel() == alone).sum()), right)


def _levels(n: int, shown: str, shape: Shape) -> Array:
    own = edited(Net(), digit=n, shown=shown, inputs=shape)
    return input.volume(input.levels(Setup(), own, lambda: np.zeros((1, 1, 3), np.uint8)))


def _windows(x: Array, places: tuple[int, ...]) -> list[Array]:
    return [
        x[:, i * input.STEP : i * input.STEP + input.SIDE, j * input.STEP : j * input.STEP + input.SIDE]
        for i, j in np.ndindex(*places)
    ]


def _kernels(made: Plan) -> Shape4:
    """(O, C, H, W) of the first dense layer as a convolution of the volume that is flattened before it."""
    flat = next(row for row in made.rows if row.config.op == "flatten")
    dense = next(row for row in made.rows if isinstance(row.layer, Wired) and row.layer.kind == "dense")
    return dense.out_shape[0], *flat.in_shape


def title() -> str:
    """Over how many windows of the larger picture the small network's dense layer slides."""
    rows, columns = windows_of(trained_plan(), *LARGER[1:])
    return f":primary[A fully connected layer is a convolution]: {words.plural(rows * columns, 'window')} in one pass"


def sentence(found: Answers) -> str:
    """What the dense layer is, and that its numbers are the same."""
    made = trained_plan()
    O, *window = _kernels(made)
    _, rows, columns = found.probabilities.shape
    same = "exactly the same scores" if found.apart == 0 else f"the same scores (up to {words.figure(found.apart)})"
    return (
        f"The fully connected layer, {O} × {prod(window)} weights, **is a convolution**: {O} kernels of "
        f"{volume_text((window[0], window[1], window[2]))}. On a digit it gives {same}. On a picture of "
        f"{LARGER[1]} × {LARGER[2]} pixels the same {words.plural(made.parameters, 'parameter')} answer **{rows} × "
        f"{columns} = {found.windows} windows at once**."
    )


def savings(found: Answers) -> str:
    """What sharing between windows saves, and where they differ from windows taken alone."""
    made = trained_plan()
    once = total(plan(convolutional(made), LARGER)).multiply_adds
    each = found.windows * total(made).multiply_adds
    return (
        f"The windows around the digits: {sum(found.right)} of {len(found.right)} correct. "
        f"{words.amount(once)} multiply-adds in one pass; {found.windows} separate windows would take "
        f"{words.amount(each)}, {words.times(each / once)} as many. For {found.alike} of {found.windows} windows the "
        "answer is the same as for that window on its own; the others differ because padding is replaced by "
        "neighbouring pixels. Windows between digits are classified too, since there is no “nothing” class."
    )


def chart(found: Answers) -> go.Figure:
    """The picture, and below it what each window is taken for; a full colour is a probability of 1."""
    height, width = found.x.shape
    rows, columns = found.classes.shape
    best = found.probabilities.max(axis=0)
    x = input.SIDE / 2 + input.STEP * np.arange(columns)
    figure = Chart()
    figure.data.append(
        {
            "type": "heatmap", "x": x.tolist(), "y": [*range(1, rows + 1)], "z": best.tolist(),
            "zmin": 0, "zmax": 1, "text": found.classes.tolist(), "texttemplate": "%{text}", "yaxis": "y2",
            "showscale": False, "xgap": 2, "ygap": 2, "hovertemplate": "%{text}: %{z:.0%}<extra></extra>",
            "colorscale": [[0, _faded(0)], [1, _faded(0.9)]],
        }
    )  # fmt: skip
    figure.add_scatter(x=[0, width], y=[0, height], mode="markers", marker={"opacity": 0}, hoverinfo="skip")
    bare = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
    figure.update_xaxes(range=[0, width], anchor="y2", **bare)
    figure.update_yaxes(range=[height, 0], domain=[0.36, 1], **bare)
    figure.update_layout(
        yaxis2={"range": [rows + 0.5, 0.5], "domain": [0, 0.32], "anchor": "x", "title": {"text": "windows"}} | bare,
        images=[
            {
                "source": png_url(grey(found.x).repeat(8, axis=0).repeat(8, axis=1)), "xref": "x", "yref": "y",
                "x": 0, "y": 0, "sizex": width, "sizey": height, "sizing": "stretch", "layer": "below",
            }
        ],
        height=400, showlegend=False,
    )  # fmt: skip
    return figure.styled("", "picture")


def _faded(opacity: float) -> str:
    red, green, blue = theme.rgb(theme.ROLES["conv"])
    return f"rgba({red}, {green}, {blue}, {opacity})"


def chart_alt(found: Answers) -> str:
    lines = [" ".join(map(str, row)) for row in found.classes.tolist()]
    return (
        f"A picture of {found.x.shape[0]} by {found.x.shape[1]} pixels with digits side by side, and the class of each "
        f"of {found.windows} windows, row by row: {'; '.join(lines)}."
    )


def table() -> dict[str, list[Any]]:
    """First fully connected layers of published networks as convolutions: their shapes and counts, computed."""
    lines: list[tuple[str, str, int, str, str]] = []
    for id, side in KNOWN:
        known = published(id)
        made = known.plan
        O, C, H, W = _kernels(made)
        rows, columns = windows_of(made, side, side)
        product = " · ".join(words.amount(part) for part in (H, W, C, O))
        lines.append(
            (known.title, f"{words.amount(O)} kernels of {volume_text((C, H, W))}: {product}", dense_weights(made),
             f"{side} × {side}", f"{rows} × {columns} = {rows * columns}")
        )  # fmt: skip
    names = ("network", "first fully connected layer as a convolution", "weights", "on a picture of", "windows at once")
    return {name: [line[n] for line in lines] for n, name in enumerate(names)}


def larger(own: Net) -> Net:
    """The convolutional network on the larger picture, layer by layer."""
    layers = text_of(convolutional(trained_plan()))
    return replace(edited(own, net=layers, inputs=LARGER, weights="trained", shown="scene", unit=()), tab="activations")
