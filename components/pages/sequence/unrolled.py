"""A recurrent layer unrolled over time, and other wirings, as what one draws: units, connections, a matrix. Pure."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.display import cards, theme, words
from components.display.cards import Card
from components.pages.sequence.state import Sequence
from kernels.adaptive.systems import Parallel
from kernels.layer.counts import count
from kernels.layer.spec import LayerSpec, Shape
from kernels.layer.wiring import Wiring, wiring
from kernels.learning.recurrent import Recurrent, effect, unrolled, with_radius

Place = tuple[float, float]
Ids = NDArray[np.int64]
STEP, UNIT, ROOM = 64, 24, 26  # pixels: a step to the right, a unit down, between states and inputs
WINDOW = 3  # steps that the convolution over time sees
LENGTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256)  # for the counts


@dataclass(frozen=True, slots=True)
class Web:
    """A wiring to be drawn. outs, ins: where its outputs and inputs stand, None for what is not drawn as a unit.

    edges: (target, source, id), an id as often as its weight is used. colours, names: by id. bands: the columns of the
    matrix at which something begins, and what; steps: how many rows belong together.
    """

    title: str
    headline: str
    note: str
    alt: str
    shape: tuple[int, int]
    size: tuple[float, float]
    outs: list[Place]
    ins: list[Place | None]
    edges: list[tuple[int, int, int]]
    colours: list[str]
    names: list[str]
    bands: list[tuple[int, str]]
    steps: int


def props(webs: list[Web]) -> dict[str, Any]:
    """For the browser."""
    return {"webs": [asdict(web) for web in webs]}


def layers(own: Sequence) -> tuple[Recurrent, Recurrent, LayerSpec]:
    """Tied, untied, and a convolution over time."""
    tied = Recurrent(own.units)
    taps = min(WINDOW, own.length)
    return tied, replace(tied, tied=False), LayerSpec((taps, own.inputs), 1, own.units, bias=True)


def in_shape(own: Sequence) -> Shape:
    return 1, own.length, own.inputs


def webs(own: Sequence) -> list[Web]:
    """The three of them, side by side."""
    tied, untied, over = layers(own)
    return [_recurrent(own, tied), _recurrent(own, untied), _over_time(own, over)]


def _recurrent(own: Sequence, layer: Recurrent) -> Web:
    shape = in_shape(own)
    wires = unrolled(layer, shape)
    T, F, H = own.length, own.inputs, own.units
    outs = [_at(t + 0.78, i) for t in range(T) for i in range(H)]
    ins: list[Place | None] = [_at(t + 0.25, H + f, ROOM) for t in range(T) for f in range(F)]
    ins += [*outs[: (T - 1) * H], None]
    colours = _colours(layer, own) if layer.tied else _static(wires)
    title = "Recurrent, one set of weights" if layer.tied else "Recurrent, a fresh set a step"
    uses = "the same at every step" if layer.tied else "no weight is used twice"
    bands = [(0, "inputs x"), (T * F, "states h"), (T * F + (T - 1) * H, "1")]
    return _web(title, uses, wires, outs, ins, colours, _names(layer, shape), bands, H, _size(T, H + F))


def _over_time(own: Sequence, spec: LayerSpec) -> Web:
    """Rows of the matrix step by step, as those of a recurrent layer."""
    wires = wiring("conv", spec, in_shape(own))
    taps, F, H, T = spec.kernel_size[0], own.inputs, own.units, own.length
    places = T - taps + 1
    h, p = np.divmod(wires.targets, places)
    wires = replace(wires, targets=p * H + h)
    outs = [_at(t + taps - 1 + 0.78, i) for t in range(places) for i in range(H)]
    ins: list[Place | None] = [_at(t + 0.25, H + f, ROOM) for t in range(T) for f in range(F)]
    ids = spec_ids(spec)
    colours = _palette(H, taps * F + 1)
    names = [_convolved(o, at, taps * F, F) for o, at in ids]
    note, bands = f"the same at every place, {taps} steps at a time", [(0, "inputs x"), (T * F, "1")]
    return _web(
        "Convolution over time", note, wires, outs, [*ins, None], [colours[o][at] for o, at in ids], names, bands, H,
        _size(T, H + F),
    )  # fmt: skip


def spec_ids(spec: LayerSpec) -> list[tuple[int, int]]:
    """For every parameter of a convolution its output channel, and which of that one's it is; the bias is the last."""
    O, C, K, L = spec.weight_shape
    weights = [(o, at) for o in range(O) for at in range(C * K * L)]
    return weights + [(o, C * K * L) for o in range(O) if spec.bias]


def _web(
    title: str,
    note: str,
    wires: Wiring,
    outs: list[Place],
    ins: list[Place | None],
    colours: list[str],
    names: list[str],
    bands: list[tuple[int, str]],
    steps: int,
    size: tuple[float, float],
) -> Web:
    used = f"{words.plural(len(wires.ids), 'connection')}, {words.plural(wires.n_params, 'weight')}"
    edges = list(zip(wires.targets.tolist(), wires.sources.tolist(), wires.ids.tolist(), strict=True))
    alt = f"{title}: {used}, {note}; as a network and as a matrix of {wires.shape[0]} × {wires.shape[1]}"
    headline = words.plural(wires.n_params, "free parameter")
    biases = sum(ins[source] is None for _, source, _ in edges)
    more = f", {biases} of them biases, in the last column alone" if biases else ""
    note = f"{words.plural(len(edges), 'connection')}{more}: {note}"
    return Web(title, headline, note, alt, wires.shape, size, outs, ins, edges, colours, names, bands, steps)


def _at(step: float, unit: float, down: float = 0) -> Place:
    return step * STEP, unit * UNIT + down + UNIT


def _size(steps: int, units: int) -> tuple[float, float]:
    return steps * STEP, (units + 1) * UNIT + ROOM


def _palette(rows: int, cols: int) -> list[list[str]]:
    """A colour for each of rows × cols weights."""
    return [[theme.css(c) for c in row] for row in theme.weights(rows, cols).reshape(rows, cols, 3)]


def _colours(layer: Recurrent, own: Sequence) -> list[str]:
    """Of a tied layer: a row of the palette a unit, its U, its V and its b."""
    F, H = own.inputs, layer.hidden
    palette = _palette(H, F + H + 1)
    U = [palette[h][f] for h in range(H) for f in range(F)]
    V = [palette[h][F + g] for h in range(H) for g in range(H)]
    return U + V + [palette[h][F + H] for h in range(H)]


def _static(wires: Wiring) -> list[str]:
    """What nobody shares has a colour that says nothing but that it is another one."""
    static = theme.untied()
    colours = [""] * wires.n_params
    inks = theme.untied_ink(wires.targets, wires.sources)
    for id, ink in zip(wires.ids.tolist(), inks.tolist(), strict=True):
        colours[id] = theme.css(static[ink])
    return colours


def _names(layer: Recurrent, shape: Shape) -> list[str]:
    """U₁₂, V₂₁, b₃, with the step in brackets where every step has its own."""
    U, V, b = layer.split(np.arange(layer.parameters(shape)), shape)
    names = [""] * layer.parameters(shape)
    for letter, ids, first in (("U", U, 1), ("V", V, 2), ("b", b[:, :, None], 1)):
        for (t, h, g), id in np.ndenumerate(ids):
            places = (h + 1,) if letter == "b" else (h + 1, g + 1)
            names[id] = words.indexed(letter, *places) + ("" if layer.tied else f" of step {t + first}")
    return names


def _convolved(o: int, at: int, weights: int, inputs: int) -> str:
    if at == weights:
        return words.indexed("b", o + 1)
    k, f = divmod(at, inputs)
    return words.indexed("F", o + 1, k + 1, f + 1)


IDEA = (
    "Convolutional and recurrent networks share a common concept: weight sharing. Here are three layers, each a list "
    "of connections of which some have the same weight: in space, in time, and over channels."
)


def title(own: Sequence) -> str:
    tied, _, _ = layers(own)
    return f":primary[{words.plural(tied.parameters(in_shape(own)), 'weight')}], however long the sequence"


def cost_sentence(own: Sequence) -> str:
    """How the weights grow with the steps, and how they do not."""
    tied, untied, _ = layers(own)
    near, far = (1, own.length, own.inputs), (1, 2 * own.length, own.inputs)
    return (
        f"For {own.length} steps the tied layer has **{words.plural(tied.parameters(near), 'weight')}**, for "
        f"{2 * own.length} the same; with a fresh set a step it is {words.amount(untied.parameters(near))} and "
        f"{words.amount(untied.parameters(far))}."
    )


def counts(own: Sequence) -> dict[str, list[tuple[int, int]]]:
    """Free parameters against the number of steps: (steps, parameters) of every way to wire it."""
    tied, untied, over = layers(own)
    found: dict[str, list[tuple[int, int]]] = {
        "fully connected": [],
        untied_name(): [],
        "convolution over time": [],
        "recurrent, tied": [],
    }
    for T in LENGTHS:
        shape = 1, T, own.inputs
        dense = LayerSpec(shape[1:], 1, T * own.units, bias=True)  # from the whole sequence to all states
        found["fully connected"].append((T, count("dense", dense, shape).parameters))
        found[untied_name()].append((T, untied.parameters(shape)))
        found["recurrent, tied"].append((T, tied.parameters(shape)))
        if over.kernel_size[0] <= T:
            found["convolution over time"].append((T, count("conv", over, shape).parameters))
    return found


def untied_name() -> str:
    return "recurrent, untied"


def effect_card(own: Sequence) -> Card:
    """What every input does to every state, if tanh were straight."""
    layer, _, _ = layers(own)
    shape = in_shape(own)
    theta = layer.init(np.random.default_rng(own.seed), shape).astype(np.float64)
    W = effect(layer, with_radius(layer, theta, shape, own.radius), shape)
    alt = "What every input does to every state of the linear layer, the same block down each diagonal"
    picture = cards.map_picture("", alt, W, cards.colour_range(W), group="W", letter="W")
    return Card(
        "The same, seen forwards: from every input to every state", "",
        "The layer drawn above with this spectral radius, tanh made straight. Block (t, s) is Vᵗ⁻ˢU: the same down "
        "each diagonal (block Toeplitz), fading or growing with the distance.",
        (picture,),
    )  # fmt: skip


def ideas() -> list[Web]:
    """One idea three times: shared in space, in time, and over channels."""
    return [_space(), _time(), _channels()]


def _line(wires: Wiring, title: str, note: str, colours: list[str], names: list[str]) -> Web:
    """Inputs below, outputs above."""
    rows, cols = wires.shape
    wide = max(rows, cols)
    outs: list[Place] = [((n + 0.5) * 30 * wide / rows, 20) for n in range(rows)]
    ins: list[Place | None] = [((n + 0.5) * 30 * wide / cols, 120) for n in range(cols)]
    return _web(title, note, wires, outs, ins, colours, names, [], 1, (30.0 * wide, 140.0))


def _space() -> Web:
    wires = wiring("conv", LayerSpec((1, 3)), (1, 1, 8))
    names = [words.indexed("F", k + 1) for k in range(3)]
    return _line(wires, "In space: a CNN", "one kernel at every place", _palette(1, 3)[0], names)


def _time() -> Web:
    own = Sequence(units=1, length=5, inputs=2)
    web = _recurrent(own, Recurrent(own.units))
    return replace(web, title="In time: an RNN", alt=web.alt.replace(web.title, "In time: an RNN"))


def _channels() -> Web:
    wires = Parallel(channels=3, taps=3).wirings[0]
    names = [words.indexed("w", k + 1) for k in range(3)]
    return _line(wires, "Over channels: an adaptive filter", "one filter in every channel", _palette(1, 3)[0], names)
