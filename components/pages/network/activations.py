"""The activations of a network: every layer's maps as small pictures, and what their units see. Pure."""

from dataclasses import asdict, dataclass
from math import prod
from typing import Any

import numpy as np

from components.display import words
from components.display.image import GAP, grey, mosaic, png_url, signed
from components.display.layer import axis_props
from components.pages.network import input, noise
from components.pages.network.layers import NAMES
from components.pages.network.state import Net
from components.pages.network.weights import Theta, is_trained, theta_of
from kernels.layer.spec import Array, Shape
from kernels.learning.layers import Pad
from kernels.learning.linear import Wired
from kernels.networks.blocks import Tabled
from kernels.networks.plan import INPUT, MEMORY, WORK, Plan, Row, activations, volume_text
from kernels.networks.receptive_fields import access, axes, window

MAPS, VECTOR = 8, 64  # maps of a layer that are shown, and numbers of one that has no places
COLUMN, COLUMNS = 16, 4  # such numbers stand one below the other up to this many, and so many across where more
CELL = 4  # pixels a number of a layer that has no places
SIDE, SMALL, MANY = 64, 28, 40  # pixels of a map, and of one among many layers


@dataclass(frozen=True, slots=True)
class VolumeCard:
    """A layer's maps in one picture. at: its row, INPUT for what flows in. shape: the whole volume.

    shown: how many of its maps, so many `across`. cells: rows and columns of each as it is drawn. size: of the picture.
    """

    at: int
    title: str
    note: str
    alt: str
    src: str
    shape: Shape
    shown: int
    across: int
    cells: tuple[int, int]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class ForwardPass:
    """The weights of a network, and every row's output for one input x. As large as the network: not to be kept."""

    theta: Theta
    x: Array
    outputs: list[Array]


@dataclass(frozen=True, slots=True, eq=False)
class Volumes:
    """What is shown of a forward pass. probabilities: of the classes, if there are any. theta_chosen: see `Theta`."""

    cards: list[VolumeCard]
    probabilities: list[float]
    theta_chosen: int


def refused(made: Plan) -> str:
    """Why this network is not run, with what it would need; "" if it is run."""
    if made.memory > MEMORY:
        takes = f"would take {words.size(made.memory)} of memory"
        most = f"{words.size(MEMORY)} available to a visitor"
    elif made.work > WORK:
        takes = f"would copy {words.amount(made.work)} numbers"
        most = f"{words.amount(WORK)} allowed to a visitor"
    else:
        return ""
    return f"Running this network once {takes}, more than the {most}. Its cost is still computed below."


def forward(own: Net, made: Plan, x: Array) -> ForwardPass:
    """Every row's output for x. Raises SpecError above MEMORY or WORK."""
    theta = theta_of(own, made)
    return ForwardPass(theta, x, activations(made, theta.values, x))


def volumes_of(made: Plan, found: ForwardPass) -> Volumes:
    return Volumes(cards(made, found), probabilities(made, found.outputs), found.theta.chosen)


def cards(made: Plan, found: ForwardPass) -> list[VolumeCard]:
    """A card for the input, and one for each layer that changes what it reads."""
    side = SIDE if len(made.rows) <= MANY else SMALL
    shown = [_card(INPUT, "Input", "", found.x, side)]
    silent = noise.silent(made, found.theta.values, found.x, found.outputs)
    for n, (row, output) in enumerate(zip(made.rows, found.outputs, strict=True)):
        if row.layer or row.config.op == "add":
            shown.append(_card(n, f"{n + 1}. {NAMES[row.config.op]}", str(row.config), output, side, silent[n]))
    return shown


def _card(at: int, title: str, note: str, output: Array, side: int, silent: bool = False) -> VolumeCard:
    """silent: its numbers are rounding alone, and nothing is drawn."""
    maps, height, width = output.shape
    places = height * width > 1
    shown = min(maps, MAPS if places else VECTOR)
    step = max(1, -(-max(height, width) // side))
    small = output[:shown, ::step, ::step] if places else np.repeat(output[:shown], CELL, 1).repeat(CELL, 2)
    across = 1 if places or shown <= COLUMN else COLUMNS
    high = 0.0 if silent else float(np.abs(output[:shown]).max(initial=0))
    picture = signed(mosaic(small, across), high)
    if at == INPUT:
        picture = _as_seen(output)
        shown, across, small = 1, 1, output[:1]
    more = f", {shown} of them shown" if shown < maps and at != INPUT else ""
    alt = f"{title}: {words.plural(maps, 'map')} of {height} × {width}{more}, up to {words.figure(high)}"
    return VolumeCard(
        at, title, note, alt, png_url(picture), output.shape, shown, across, small.shape[1:], picture.shape[:2]
    )


def _as_seen(x: Array) -> Array:
    """The input as a picture: grey or colour."""
    levels = grey(x)
    return levels[0] if len(levels) == 1 else levels.transpose(1, 2, 0)


def field_rule(row: Row) -> dict[str, Any]:
    """How the browser finds what a unit of this row sees, as `kernels.networks.receptive_fields` does it here."""
    layer = row.layer
    told: dict[str, Any] = {"reads": row.reads, "shape": row.in_shape, "how": access(layer)}
    if isinstance(layer, Pad):
        return told | {"before": [before for before, _ in layer.pads]}
    spec = window(layer)
    if spec is None:
        return told
    channels: Any = None  # each its own
    if isinstance(layer, Tabled):
        channels = layer.table
    elif isinstance(layer, Wired):
        channels = {"each": spec.out_channels // spec.groups, "reads": spec.weight_shape[1]}
    return told | {"axes": [axis_props(axis) for axis in axes(row, spec)], "channels": channels}


def probabilities(made: Plan, outputs: list[Array]) -> list[float]:
    """The last layer's numbers, if they are probabilities of at most 16 classes; otherwise none."""
    last = made.rows[-1] if made.rows else None
    if last is None or last.config.op != "softmax" or prod(last.out_shape) > 16:
        return []
    found = [float(p) for p in outputs[-1].ravel()]
    return found if sum(found) > 0.5 else []  # numbers beyond float32 make none


def _size(card: VolumeCard) -> str:
    more = f"\n{card.shown} of {card.shape[0]} shown" if card.at > INPUT and card.shown < card.shape[0] else ""
    return volume_text(card.shape) + more


def _percent(p: float) -> str:
    return f"{100 * p:.1f}%" if p >= 0.0005 else "< 0.1%"


def prediction(own: Net, made: Plan, shown: Volumes, x: Array) -> str:
    """The predicted class in words; of an empty input x, or of a network that was not trained, none is claimed."""
    found, label = shown.probabilities, input.label(own)
    if not found:
        return (
            f"Output: {volume_text(made.rows[-1].out_shape)}." if made.rows else "No layers: the output is the input."
        )
    if not x.any():
        return "Draw a digit on the black sheet and watch the probabilities."
    if not is_trained(own, made):
        return "This network is untrained: its probabilities mean nothing."
    best = int(np.argmax(found))
    told = f"Prediction: **{best}** ({words.percent(found[best])})"
    if label is None:
        return f"{told}."
    return f"{told}, correct." if best == label else f"{told}, incorrect: the digit is {label}."


def _shows(found: Volumes, unit: tuple[int, ...]) -> bool:
    """Whether a card shows this unit: its row, channel, row and column."""
    shapes = {card.at: card.shape for card in found.cards}
    return unit[:1] != () and all(n < size for n, size in zip(unit[1:], shapes.get(unit[0], (0, 0, 0)), strict=True))


def props(made: Plan, found: Volumes, unit: tuple[int, ...]) -> dict[str, Any]:
    """What the component `volumes` is sent."""
    return {
        "cards": [
            asdict(card) | {"text": _size(card), "classes": card.at == len(made.rows) - 1 and bool(found.probabilities)}
            for card in found.cards
        ],
        "rows": [field_rule(row) for row in made.rows],
        "probabilities": [
            {"label": str(n), "share": p, "text": _percent(p)} for n, p in enumerate(found.probabilities)
        ],
        "unit": unit if _shows(found, unit) else (),
        "gap": GAP,
    }
