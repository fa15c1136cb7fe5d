"""A recurrent layer unrolled over time, beside other layers: diagrams, parameters, and what it computes. Pure."""

from dataclasses import dataclass, replace

import numpy as np

from components.display import cards, theme, words
from components.display.cards import Card
from components.display.diagram import Diagram, Layout, Place, in_two_rows
from components.pages.sequence.state import Sequence
from components.state.setup import View
from kernels.adaptive.systems import Parallel
from kernels.layer.counts import count
from kernels.layer.kinds import wiring
from kernels.layer.spec import LayerSpec, Shape
from kernels.layer.wiring import Wiring
from kernels.learning.recurrent import Recurrent, effect, unrolled, with_radius

STEP, UNIT, ROOM = 64, 24, 26  # pixels: a step to the right, a unit down, between states and inputs
WINDOW = 3  # steps that the convolution over time sees
LENGTHS = (2, 4, 8, 16, 32, 64, 128, 256)  # for the counts
IDEA = (
    "Convolutional and recurrent networks share a common concept: weight sharing. Each of these three layers is a list "
    "of connections, some of which share a weight: across space, across time, and across channels."
)


def tied_layer(own: Sequence) -> Recurrent:
    return Recurrent(own.units)


def untied_layer(own: Sequence) -> Recurrent:
    return Recurrent(own.units, tied=False)


def convolution(own: Sequence) -> LayerSpec:
    """A convolution over time with as many maps as there are units."""
    return LayerSpec((min(WINDOW, own.length), own.inputs), 1, own.units, bias=True)


def in_shape(own: Sequence) -> Shape:
    return 1, own.length, own.inputs


def title(own: Sequence) -> str:
    parameters = words.plural(tied_layer(own).parameters(in_shape(own)), "free parameter")
    return f":primary[{parameters}], however long the sequence"


# Diagrams


def diagrams(own: Sequence) -> list[Diagram]:
    """A recurrent layer with shared and with separate weights, and a convolution over time."""
    return [_recurrent(own, tied_layer(own)), _recurrent(own, untied_layer(own)), _over_time(own)]


def _recurrent(own: Sequence, layer: Recurrent) -> Diagram:
    shape = in_shape(own)
    wires = unrolled(layer, shape)
    T, F, H = own.length, own.inputs, own.units
    states = _states(own, 0)
    layout = Layout(states, [*_inputs(own), *states[: (T - 1) * H], None], _size(own))
    return Diagram(
        wires,
        "Tied RNN" if layer.tied else "Untied RNN (separate weights per step)",
        "shared across all steps" if layer.tied else "no weight is used twice",
        layout,
        _shared_colours(own) if layer.tied else _untied_colours(wires),
        _names(layer, shape),
        [(0, "inputs x"), (T * F, "states h"), (T * F + (T - 1) * H, "1")],
        H,
    )


def _over_time(own: Sequence) -> Diagram:
    """Rows of the matrix step by step, as those of a recurrent layer."""
    spec = convolution(own)
    taps, F, H = spec.kernel_size[0], own.inputs, own.units
    channels_first = wiring("conv", spec, in_shape(own))
    h, p = np.divmod(channels_first.targets, own.length - taps + 1)
    palette = _palette(H, taps * F + 1)  # one row per unit: its weights, then its bias
    weights = [(o, k, f) for o in range(H) for k in range(taps) for f in range(F)]
    return Diagram(
        replace(channels_first, targets=p * H + h),
        "Convolution over time",
        f"shared across all positions, windows of {taps} steps",
        Layout(_states(own, taps - 1), [*_inputs(own), None], _size(own)),
        [palette[o][k * F + f] for o, k, f in weights] + [palette[o][-1] for o in range(H)],
        [words.indexed("F", o + 1, k + 1, f + 1) for o, k, f in weights]
        + [words.indexed("b", o + 1) for o in range(H)],
        [(0, "inputs x"), (own.length * F, "1")],
        H,
    )


def _states(own: Sequence, first: int) -> list[Place]:
    """Where the states of every step from `first` on stand."""
    return [((t + 0.78) * STEP, (h + 1) * UNIT) for t in range(first, own.length) for h in range(own.units)]


def _inputs(own: Sequence) -> list[Place]:
    """Where the inputs of every step stand, below its states."""
    below = own.units * UNIT + ROOM
    return [((t + 0.25) * STEP, (f + 1) * UNIT + below) for t in range(own.length) for f in range(own.inputs)]


def _size(own: Sequence) -> Place:
    return own.length * STEP, (own.units + own.inputs + 1) * UNIT + ROOM


def _palette(rows: int, cols: int) -> list[list[str]]:
    """A colour for each of rows × cols weights."""
    return [[theme.css(c) for c in row] for row in theme.weights(rows, cols).reshape(rows, cols, 3)]


def _shared_colours(own: Sequence) -> list[str]:
    """By parameter of the tied layer: a row of the palette a unit, its U, its V and its b."""
    F, H = own.inputs, own.units
    palette = _palette(H, F + H + 1)
    U = [colour for row in palette for colour in row[:F]]
    V = [colour for row in palette for colour in row[F:-1]]
    return U + V + [row[-1] for row in palette]


def _untied_colours(wires: Wiring) -> list[str]:
    """By parameter: muted colours, which say no more than that two connections have different weights."""
    muted = theme.untied()
    colours = [""] * wires.n_params
    inks = theme.untied_ink(wires.targets, wires.sources)
    for id, ink in zip(wires.ids.tolist(), inks.tolist(), strict=True):
        colours[id] = theme.css(muted[ink])
    return colours


def _names(layer: Recurrent, shape: Shape) -> list[str]:
    """U₁₂, V₂₁, b₃, with the step where every step has its own."""
    U, V, b = layer.split(np.arange(layer.parameters(shape)), shape)
    names = [""] * layer.parameters(shape)
    for letter, ids, first in (("U", U, 1), ("V", V, 2), ("b", b[:, :, None], 1)):
        for (t, h, g), id in np.ndenumerate(ids):
            places = (h + 1,) if letter == "b" else (h + 1, g + 1)
            names[id] = words.indexed(letter, *places) + ("" if layer.tied else f" of step {t + first}")
    return names


def ideas() -> list[Diagram]:
    """Weights shared across space, across time and across channels."""
    space, channels = wiring("conv", LayerSpec((1, 3)), (1, 1, 8)), Parallel(channels=3, taps=3).wirings[0]
    recurrent = Sequence(units=1, length=5, inputs=2)
    return [
        _three_weights(space, "Across space: CNN", "one kernel shared across all positions", "F"),
        replace(_recurrent(recurrent, tied_layer(recurrent)), title="Across time: RNN"),
        _three_weights(channels, "Across channels: adaptive filter", "one filter shared across all channels", "w"),
    ]


def _three_weights(wires: Wiring, title: str, use: str, letter: str) -> Diagram:
    names = [words.indexed(letter, k + 1) for k in range(3)]
    return Diagram(wires, title, use, in_two_rows(wires), _palette(1, 3)[0], names)


# Parameters


@dataclass(frozen=True, slots=True)
class Growth:
    """The free parameters of one kind of layer for sequences of so many steps, and the kind whose colour it has."""

    name: str
    kind: View
    steps: tuple[int, ...]
    parameters: tuple[int, ...]


def growth(own: Sequence) -> list[Growth]:
    """Free parameters against the number of steps, for every way to wire it."""
    tied, untied, over = tied_layer(own), untied_layer(own), convolution(own)
    shapes: list[Shape] = [(1, T, own.inputs) for T in LENGTHS]
    fits = [shape for shape in shapes if shape[1] >= over.kernel_size[0]]
    return [
        _growth("fully connected", "dense", {shape: _fully_connected(own, shape) for shape in shapes}),
        _growth("recurrent, untied", "local", {shape: untied.parameters(shape) for shape in shapes}),
        _growth("convolution over time", "tiled", {shape: count("conv", over, shape).parameters for shape in fits}),
        _growth("recurrent, tied", "conv", {shape: tied.parameters(shape) for shape in shapes}),
    ]


def _growth(name: str, kind: View, parameters: dict[Shape, int]) -> Growth:
    return Growth(name, kind, tuple(steps for _, steps, _ in parameters), tuple(parameters.values()))


def _fully_connected(own: Sequence, shape: Shape) -> int:
    """Parameters from the whole sequence to all states."""
    spec = LayerSpec(shape[1:], 1, shape[1] * own.units, bias=True)
    return count("dense", spec, shape).parameters


def cost_sentence(own: Sequence) -> str:
    """The number of weights at this length and at twice this length."""
    tied, untied = tied_layer(own), untied_layer(own)
    near, far = (1, own.length, own.inputs), (1, 2 * own.length, own.inputs)
    return (
        f"For {own.length} steps the tied layer has **{words.plural(tied.parameters(near), 'weight')}**, and no more "
        f"for {2 * own.length}; with separate weights per step it needs {words.amount(untied.parameters(near))} and "
        f"{words.amount(untied.parameters(far))}."
    )


# What it computes


def effect_card(own: Sequence) -> Card:
    """The effect of every input on every state of the linearised tied layer."""
    layer, shape = tied_layer(own), in_shape(own)
    theta = layer.init(np.random.default_rng(own.seed), shape).astype(np.float64)
    W = effect(layer, with_radius(layer, theta, shape, own.radius), shape)
    alt = "The effect of every input on every state of the linearised layer, with equal blocks along each diagonal"
    picture = cards.map_picture("", alt, W, cards.colour_range(W), group="W", letter="W")
    return Card(
        "The forward view: the effect of every input on every state", "",
        "The layer under “Unrolled” with this spectral radius, linearised. Block (t, s) is Vᵗ⁻ˢU: constant along each "
        "diagonal (block Toeplitz), decaying or growing with the time lag.",
        (picture,),
    )  # fmt: skip
