"""Sharing that is learned: Deep Compression's figure 3, and a network's weights in k clusters. Pure."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import plotly.graph_objects as go

from components.display import theme, words
from components.display.cards import Card, Picture
from components.display.chart import SYMBOLS, Chart, log_ticks
from components.display.diagram import shades
from components.display.race import CLASSES
from components.pages.sharing.state import SIDE, Clustering
from kernels.images import digits
from kernels.layer.kinds import fully_connected
from kernels.layer.spec import Array, Floats, Ints, Shape
from kernels.learning.layers import Activate
from kernels.learning.linear import Wired, full
from kernels.learning.losses import cross_entropy
from kernels.learning.network import Network
from kernels.learning.tied import Tied
from kernels.learning.training import Epoch, Recipe, accuracy, fit
from kernels.sharing.clustered import Clusters, clusters

# The example

GRADIENT = np.array(
    [[-0.03, -0.01, 0.03, 0.02], [-0.01, 0.01, -0.02, 0.12], [-0.01, 0.02, 0.04, 0.01], [-0.07, -0.02, 0.01, -0.02]]
)  # figure 3's
SOURCE = "Gradients, and the weights before you edit them: Han, Mao & Dally (2016), Deep Compression, figure 3."
HEIGHT = 330  # pixels, of the chart
CELL = 60  # pixels
BYTE, FLOAT = 8, 4  # bits; bytes


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """The weights' clusters, the gradient of each centroid, and the centroids after one step."""

    weights: Floats
    found: Clusters
    summed: Floats
    tuned: Floats

    @property
    def names(self) -> Ints:
        return self.found.names.reshape(self.weights.shape)

    @property
    def saving(self) -> float:
        """How many times fewer bits than with 32 for every weight."""
        return 32 * self.weights.size / self.found.bits()


def example(own: Clustering) -> Example:
    """One step of what Deep Compression does: cluster, sum the gradients of each colour, move its centroid."""
    weights = np.array(own.weights)
    found = clusters(weights.ravel(), own.clusters)
    outputs, inputs = weights.shape
    summed = fully_connected(inputs, outputs).tied(found.names, len(found.centroids)).collect(GRADIENT)
    return Example(weights, found, summed, found.centroids - own.step * summed)


def headline(own: Clustering) -> str:
    made = example(own)
    k = words.plural(len(made.found.centroids), "shared value")
    return f":primary[{k}] for {made.weights.size} weights: sharing that is learned, or random (hashed)"


def sentence(own: Clustering) -> str:
    made = example(own)
    bits = made.found.bits()
    return (
        f"Weights of one colour become one number, their mean; its gradient is the **sum** over its uses. "
        f"{32 * made.weights.size} bits become {bits}: **{words.figure(made.saving)} times fewer**. The "
        "example is figure 3 of Deep Compression."
    )


def as_cards(own: Clustering) -> list[Card]:
    """Figure 3: weights, numbers of clusters and gradients, and by colour the mean, the summed gradient, one step."""
    made = example(own)
    names, colours = made.names, shades(len(made.found.centroids))
    by_colour = np.stack([made.found.centroids, made.summed, made.tuned], axis=1)
    return [
        _card("Weights", "one colour for each cluster", _Cells(made.weights, names, colours)),
        _card("Clusters", "stored for each weight", _Cells(names, names, colours)),
        _card("Gradients", "one for each weight", _Cells(GRADIENT, names, colours)),
        _card(
            "By colour",
            "mean, gradient, updated",
            _Cells(by_colour, np.arange(len(colours))[:, None].repeat(3, axis=1), colours),
        ),
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Numbers, and the cluster of each, which gives its cell its colour."""

    values: Array
    ids: Ints
    colours: list[str]


def _card(title: str, note: str, cells: _Cells) -> Card:
    told = "; ".join(", ".join(map(words.figure, row)) for row in cells.values.tolist())
    rows, cols = cells.values.shape
    return Card(title, "", note, (Picture("", f"{title}: {told}", _drawn(cells), (rows, max(SIDE, cols))),))


def _drawn(cells: _Cells) -> str:
    """The numbers in cells of their colours: a data: URL."""
    rows, cols = len(cells.values), max(SIDE, cells.values.shape[1])  # so that all pictures' cells are of one size
    parts = []
    for (i, j), x in np.ndenumerate(cells.values):
        colour = cells.colours[int(cells.ids[i, j])]
        ink = theme.ink(theme.rgb(colour))
        parts.append(
            f'<rect x="{j * CELL}" y="{i * CELL}" width="{CELL}" height="{CELL}" fill="{colour}"/>'
            f'<text x="{(j + 0.5) * CELL}" y="{(i + 0.5) * CELL + 6}" fill="{ink}">{words.figure(float(x))}</text>'
        )
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {cols * CELL} {rows * CELL}" '
        f'font-family="sans-serif" font-size="18" text-anchor="middle">{"".join(parts)}</svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(picture.encode()).decode()


# A network

CLUSTERS = (2, 4, 8, 16, 32, 64)
TRAIN, TEST, HIDDEN = 1000, 600, 32
IN_SHAPE: Shape = (1, digits.SIDE, digits.SIDE)
LEARN, TUNE = Recipe(rate=0.005, epochs=30), Recipe(rate=0.001, epochs=10)


@dataclass(frozen=True, slots=True)
class Point:
    """A network whose every layer has k clusters of weights; 0 is the network as it was trained.

    size: bytes, with biases. before, after: test accuracy with the means, and with the values learned after that.
    """

    clusters: int
    size: int
    before: float
    after: float


def layers() -> tuple[Wired, Wired]:
    """The two layers with weights."""
    return full(HIDDEN, IN_SHAPE), full(CLASSES, (HIDDEN, 1, 1), 1.0)


def experiment(seed: int, after: int | None = None) -> Iterator[tuple[Point | None, int]]:
    """The network as trained and with every number of clusters, with how many points there are."""
    first, second = layers()
    network = Network((first, Activate("relu"), second), IN_SHAPE)
    train, test = digits.split(TRAIN, TEST, seed)
    *_, trained = fit(network, train.x, train.labels, cross_entropy, replace(LEARN, seed=seed))
    theta = trained.theta
    if after:
        yield None, after  # it is there again: the network has to be trained in every slice
    for done, k in islice(enumerate((0, *CLUSTERS), 1), after or 0, None):
        if not k:
            share = accuracy(network, theta, test.x, test.labels)
            yield Point(0, FLOAT * network.parameters, share, share), done
            continue
        parts = [
            tied(layer, theta[part], shape, k)
            for layer, part, shape in zip(
                (first, second), (network.parts[0], network.parts[2]), (IN_SHAPE, (HIDDEN, 1, 1)), strict=True
            )
        ]
        small = Network((parts[0].layer, Activate("relu"), parts[1].layer), IN_SHAPE)
        start = np.concatenate([part.theta for part in parts])
        begun = Epoch(0, start, np.zeros((2, len(start)), start.dtype))
        *_, tuned = fit(small, train.x, train.labels, cross_entropy, replace(TUNE, seed=seed), begun)
        shares = [accuracy(small, at, test.x, test.labels) for at in (start, tuned.theta)]
        yield Point(k, sum(part.size for part in parts), shares[0], shares[1]), done


@dataclass(frozen=True, slots=True, eq=False)
class TiedPart:
    """A layer with its weights tied, the parameters it starts from, and the bytes it takes."""

    layer: Tied
    theta: Array
    size: int


def tied(layer: Wired, theta: Array, in_shape: Shape, k: int) -> TiedPart:
    """The layer with its trained weights in k clusters, each at its mean; every bias stays its own."""
    numbers, biases = layer.split(np.arange(len(theta)), in_shape)
    found = clusters(theta[numbers.ravel()], k)
    ids = np.empty(len(theta), np.int64)
    ids[numbers.ravel()] = found.names
    ids[biases.ravel()] = len(found.centroids) + np.arange(biases.size)
    start = np.concatenate([found.centroids, theta[biases.ravel()]]).astype(np.float32)
    return TiedPart(Tied(layer, ids, len(start)), start, -(-found.bits() // BYTE) + FLOAT * biases.size)


def told(points: Sequence[Point]) -> str:
    """What clustering costs, and what learning the shared values gives back."""
    head = (
        f"A network of {HIDDEN} hidden units learns {words.amount(TRAIN)} digits of {words.shape(IN_SHAPE[1:])}; each "
        f"layer's weights are then tied in k clusters, and the shared values learn for {TUNE.epochs} epochs more, each "
        "from the sum over its uses."
    )
    known = {point.clusters: point for point in points}
    if not {0, CLUSTERS[0], CLUSTERS[-1]} <= known.keys():
        return head
    whole, few = known[0], known[CLUSTERS[0]]
    near = [known[k] for k in CLUSTERS if k in known and known[k].after >= whole.after - 0.01]
    least = min(near, key=lambda point: point.size) if near else known[CLUSTERS[-1]]
    return (
        f"**{least.clusters} values per layer, {words.size(least.size)} instead of {words.size(whole.size)}: test "
        f"accuracy {words.percent(least.after)}, against {words.percent(whole.after)} before clustering.** With "
        f"{few.clusters} values: {words.percent(few.before)}, and {words.percent(few.after)} after fine-tuning. {head}"
    )


def chart(points: Sequence[Point]) -> go.Figure:
    """Accuracy against bytes, before and after fine-tuning."""
    drawn, known = Chart(), [point for point in points if point.clusters]
    lines = [
        ("clustered", "dash", "square-open", [point.before for point in known]),
        ("and fine-tuned", "solid", "square", [point.after for point in known]),
    ]
    for name, dash, symbol, shares in lines:
        drawn.add_scatter(
            x=[point.size for point in known],
            y=shares,
            text=[f"k = {point.clusters}" for point in known],
            name=name,
            mode="lines+markers",
            line={"color": theme.BEYOND, "dash": dash, "width": 3},
            marker={"symbol": symbol, "size": 10},
            hovertemplate=f"{name}, %{{text}}: %{{y:.1%}} in %{{x:,}} bytes<extra></extra>",
        )
    for point in points:
        if not point.clusters:
            drawn.add_scatter(
                x=[point.size], y=[point.after], name="before clustering", mode="markers",
                marker={"color": theme.ROLES["dense"], "symbol": SYMBOLS["dense"], "size": 12},
                hovertemplate="before clustering: %{y:.1%} in %{x:,} bytes<extra></extra>",
            )  # fmt: skip
    drawn.update_xaxes(type="log", **log_ticks([point.size for point in points]))
    return drawn.of_accuracies("bytes").update_layout(height=HEIGHT)


def chart_alt(points: Sequence[Point]) -> str:
    parts = [
        f"{point.clusters} clusters, {words.amount(point.size)} bytes: {words.percent(point.before)}, "
        f"{words.percent(point.after)} after fine-tuning"
        for point in points
        if point.clusters
    ]
    return f"Line chart, accuracy against bytes. {'. '.join(parts) or 'Nothing measured yet'}."
