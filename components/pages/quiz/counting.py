"""What a question of the quiz is, and the questions that count: parameters, connections, weights over time. Pure.

A wrong choice is what a typical mistake gives: the engine's own number for the layer as it was misread. So each wrong
choice knows which mistake it is, and no number is typed in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, TypeVar, get_args

import numpy as np

from components.display.cards import Picture
from components.state.link import Level
from kernels.layer.counts import Count, count
from kernels.layer.spec import LayerSpec, Shape
from kernels.learning.recurrent import Recurrent

LEVELS: tuple[Level, ...] = get_args(Level)
CHOICES = 4
SIMPLE = ", stride 1, no padding"


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to choose, as text or as a picture. mistake: "" for the right one, else which mistake gives it."""

    text: str
    picture: Picture | None
    mistake: str


@dataclass(frozen=True, slots=True)
class Question:
    """choices: all different, choices[right] the right one. working: the way to it in steps, the last states it."""

    kind: str
    prompt: str
    pictures: tuple[Picture, ...]
    choices: tuple[Choice, ...]
    right: int
    working: tuple[str, ...]


Rng = np.random.Generator
Maker = Callable[[Rng, Level], Question]
Number = tuple[int, str]  # what a mistake gives, and which mistake it is
Item = TypeVar("Item")


def pick(rng: Rng, options: Sequence[Item]) -> Item:
    return options[between(rng, 0, len(options) - 1)]


def between(rng: Rng, low: int, high: int) -> int:
    """low..high, both included."""
    return int(rng.integers(low, high + 1))


def ask(
    rng: Rng,
    kind: str,
    prompt: str,
    right: Choice,
    wrong: Sequence[Choice],
    working: Sequence[str],
    pictures: tuple[Picture, ...] = (),
) -> Question:
    """The right choice among up to three wrong ones, drawn from those that differ, at a place that is drawn too."""
    kept = {_seen(right): right}
    for at in rng.permutation(len(wrong)).tolist():
        if len(kept) < CHOICES:
            kept.setdefault(_seen(wrong[at]), wrong[at])
    choices = [list(kept.values())[at] for at in rng.permutation(len(kept)).tolist()]
    return Question(kind, prompt, pictures, tuple(choices), choices.index(right), tuple(working))


def _seen(choice: Choice) -> tuple[str, str]:
    return choice.text, choice.picture.src if choice.picture else ""


def said(text: str, mistake: str = "") -> Choice:
    return Choice(text, None, mistake)


def numbers(found: Sequence[Number]) -> list[Choice]:
    return [said(f"{number:,}", mistake) for number, mistake in found]


def times(*factors: int) -> str:
    """3 · 3 = 9."""
    return f"{' · '.join(f'{n:,}' for n in factors)} = {prod(factors):,}"


def slide(rng: Rng, level: Level) -> dict[str, Any]:
    """How the window moves: at the easy level as simply as it can."""
    if level == "easy":
        return {}
    if level == "medium":
        return {"stride": between(rng, 1, 2), "padding": between(rng, 1, 2)}
    return {"stride": between(rng, 2, 3), "padding": between(rng, 1, 2), "dilation": between(rng, 2, 3)}


def geometry(spec: LayerSpec) -> str:
    """, stride 2, padding 1 on every side, dilation 2: what is not as simple as it can be."""
    (stride, _), (dilation, _), ((padding, _), _) = spec.stride, spec.dilation, spec.pads
    told = {f", stride {stride}": stride > 1, f", padding {padding} on every side": padding > 0}
    told |= {f", dilation {dilation}": dilation > 1, f", {spec.groups} groups": spec.groups > 1}
    return "".join(text for text, applies in told.items() if applies)


# How many free parameters a layer has, and how many connections.


def _layer(rng: Rng, level: Level, kernels: Sequence[int], channels: int) -> tuple[LayerSpec, Shape]:
    """A layer with as much to misread as its level has, and the shape of what it reads."""
    groups = between(rng, 2, 3) if level == "hard" else 1
    reads, gives = groups * between(rng, 2, channels), groups * between(rng, 2, channels)
    spec = LayerSpec(pick(rng, kernels), reads, gives, groups=groups, bias=level != "easy", **slide(rng, level))
    return spec, (reads, between(rng, 14, 20), between(rng, 14, 20))


def _told(spec: LayerSpec, in_shape: Shape) -> str:
    """The layer in a sentence."""
    (channels, height, width), (K, L) = in_shape, spec.kernel_size
    bias = ", a bias for each output channel" if spec.bias else ", no bias"
    return (
        f"A convolution layer reads {channels} channels of {height} × {width} pixels and gives {spec.out_channels} "
        f"output channels: kernels of {K} × {L}{geometry(spec)}{bias}."
    )


def _reads(spec: LayerSpec) -> str:
    """12 / 3 = 4 channels."""
    reads = spec.weight_shape[1]
    return f"{spec.in_channels} / {spec.groups} = {reads} channels" if spec.groups > 1 else f"all {reads} channels"


def _one_input(spec: LayerSpec) -> LayerSpec:
    return replace(spec, in_channels=spec.groups)


def _one_output(spec: LayerSpec) -> LayerSpec:
    return replace(spec, in_channels=spec.weight_shape[1], out_channels=1, groups=1)


def _count(spec: LayerSpec, in_shape: Shape) -> Count:
    """As a convolution of as many channels as the layer is said to read."""
    return count("conv", spec, (spec.in_channels, *in_shape[1:]))


def parameters(rng: Rng, level: Level) -> Question:
    """O·C/groups·K·L weights, and O biases."""
    spec, in_shape = _layer(rng, level, (3, 5), 6)
    O, C, K, L = spec.weight_shape
    right = _count(spec, in_shape).parameters
    bias = f", with its bias {K * L * C} + 1 = {right // O}" if spec.bias else ""
    working = [f"An output channel reads {_reads(spec)}: {times(C, K, L)} weights{bias}."]
    if level != "easy":
        working.append("How the window moves and what lies around the picture adds no weights.")
    working.append(f"There are {O} output channels: {times(O, right // O)} free parameters.")
    prompt = f"{_told(spec, in_shape)} How many free parameters does it have?"
    wrong = numbers(_misread_parameters(spec, in_shape))
    return ask(rng, "parameters", prompt, said(f"{right:,}"), wrong, working)


def _misread_parameters(spec: LayerSpec, in_shape: Shape) -> list[Number]:
    O, C, K, L = spec.weight_shape
    own, weights = _count(spec, in_shape), _count(replace(spec, bias=False), in_shape).parameters
    adds = (O + C) * K * L + own.parameters - weights
    one_input, one_output = (_count(read(spec), in_shape).parameters for read in (_one_input, _one_output))
    found = [
        (one_input, "This forgets that a kernel has weights for every input channel it reads."),
        (one_output, f"This is one output channel only, and there are {O}."),
        (own.connections, "These are the connections: a weight has many of them, and counts once."),
        (adds, "This adds the numbers of channels, but every output channel meets every channel it reads."),
    ]
    if spec.bias:
        found += [(weights, "This forgets the bias."), (weights + 1, "This has one bias for all output channels.")]
    if spec.groups > 1:
        ungrouped = _count(replace(spec, groups=1), in_shape).parameters
        found.append((ungrouped, f"This forgets the groups: an output channel reads only {C} channels."))
    return found


def connections(rng: Rng, level: Level) -> Question:
    """Connections, biases included; or multiply-adds, which have none. A tap on padding is neither."""
    spec, in_shape = _layer(rng, level, (3,), 3)
    multiply = between(rng, 0, 1) == 1
    own, maps, reads = _count(spec, in_shape), spec.out_channels, spec.weight_shape[1]
    right = own.multiply_adds if multiply else own.connections
    meet = [[axis.uses(tap) for tap in range(axis.kernel)] for axis in spec.axes(in_shape)]
    rows, cols = (f"{' + '.join(map(str, uses))} = {sum(uses)}" for uses in meet)
    each = prod(map(sum, meet))
    if multiply:
        last = f"So it takes {right:,} multiplications{', as a bias is only added' * spec.bias}."
    else:
        links = f"{own.multiply_adds:,} + {right - own.multiply_adds:,} = " if spec.bias else ""
        last = f"So it has {links}{right:,} connections{', as every output has a bias too' * spec.bias}."
    working = (
        f"Count the pixels each tap meets: along the rows {rows}, along the columns {cols}.",
        f"From one input channel to one output channel: {times(*map(sum, meet))}.",
        f"Each of {maps} output channels reads {_reads(spec)}: {times(maps, reads, each)}.",
        last,
    )
    asked = (
        "How many multiplications of a weight with a pixel does it take to compute all its outputs?"
        if multiply
        else f"How many connections does it have{', to pixels and to biases' * spec.bias}?"
    )
    asked += " Padding is no pixel and does not count." if level != "easy" else ""
    wrong = numbers(_misread_connections(spec, in_shape, multiply))
    return ask(rng, "connections", f"{_told(spec, in_shape)} {asked}", said(f"{right:,}"), wrong, working)


def _misread_connections(spec: LayerSpec, in_shape: Shape, multiply: bool) -> list[Number]:
    own, (_, height, width) = _count(spec, in_shape), spec.out_shape(in_shape)

    def of(read: LayerSpec) -> int:
        found = _count(read, in_shape)
        return found.multiply_adds if multiply else found.connections

    textbook = own.padded_connections - (own.connections - own.multiply_adds) * multiply
    at_pixels = textbook // (height * width) * prod(in_shape[1:])
    bias = (
        "connections: a bias is one, but it is not multiplied." if multiply else "multiplications: it forgets the bias."
    )
    mistakes = {
        "These are the free parameters: each of them is used at many places.": (own.parameters, True),
        "This forgets that a kernel has weights for every input channel it reads.": (of(_one_input(spec)), True),
        f"This is one output channel only, and there are {spec.out_channels}.": (of(_one_output(spec)), True),
        f"This takes inputs for outputs: the window has {height} × {width} places.": (
            at_pixels, (height, width) != in_shape[1:],
        ),
        "This counts the taps that lie on the padding: there is no pixel.": (textbook, spec.padding != (0, 0)),
        f"These are the {bias}": (own.connections if multiply else own.multiply_adds, spec.bias),
        "This forgets the groups: an output channel reads only those of its group.": (
            of(replace(spec, groups=1)), spec.groups > 1,
        ),
    }  # fmt: skip
    return [(number, mistake) for mistake, (number, applies) in mistakes.items() if applies]


# Sharing through time.


def recurrent(rng: Rng, level: Level) -> Question:
    """The weights of a recurrent layer for T steps, tied or untied."""
    tied = level == "easy" or (level == "medium" and between(rng, 0, 1) == 1)
    H, F, T, bias = between(rng, 2, 6), between(rng, 2, 6), between(rng, 3, 8), level != "easy"
    into, onwards, biases = _weights(Recurrent(H, tied), (1, T, F))
    right = into + onwards + biases * bias
    sets = "the same weights at every step" if tied else "fresh weights for every step"
    prompt = (
        f"A recurrent layer of {H} units reads {F} numbers a step, for {T} steps. Each unit has a weight for every "
        f"number read{', a bias' * bias} and a weight for every unit of the step before; the first step has none "
        f"before it. It is {'tied' if tied else 'untied'}: {sets}. How many free parameters does it have?"
    )
    more = f", and {H} biases: {H * F} + {H} = {H * F + H}" if bias else ""
    first, state = (
        f"A step reads its numbers with {times(H, F)} weights{more}.",
        f"It reads the state with {times(H, H)}.",
    )
    own = into + biases * bias
    working = (first, state, f"All steps share them: {own} + {onwards} = {right}.")
    if not tied:
        state = f"{state[:-1]}, but for the first step."
        working = (first, state, f"{T} · {own // T} + {T - 1} · {H * H} = {right:,}.")
    return ask(rng, "recurrent", prompt, said(f"{right:,}"), numbers(_mistied(H, (1, T, F), tied, bias)), working)


def _weights(layer: Recurrent, in_shape: Shape) -> tuple[int, int, int]:
    """How many weights are on the inputs and on the states, and how many biases."""
    U, V, b = layer.split(np.zeros(layer.parameters(in_shape)), in_shape)
    return U.size, V.size, b.size


def _mistied(H: int, in_shape: Shape, tied: bool, bias: bool) -> list[Number]:
    (into, onwards, biases), other = (_weights(Recurrent(H, kind), in_shape) for kind in (tied, not tied))
    whole, of_other = into + onwards + biases * bias, other[0] + other[1] + other[2] * bias
    once = whole if tied else of_other
    found = [
        (
            of_other,
            "This is the untied layer, with fresh weights for every step." if tied else "This is the tied layer.",
        ),
        (in_shape[1] * once, "This takes the tied weights times the steps, the first step's on a state included."),
        (into + biases * bias, "This forgets the weights on the state of the step before."),
        (onwards + biases * bias, "This forgets the weights on what is read."),
    ]
    return [*found, (into + onwards, "This forgets the biases.")] if bias else found
