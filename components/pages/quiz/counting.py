"""Questions that count: parameters, connections, weights over time, parameters of a larger picture. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from components.pages.quiz.question import (
    Number,
    Question,
    Rng,
    ask,
    between,
    geometry,
    in_numbers,
    in_words,
    pick,
    product,
    window_moves,
)
from components.pages.quiz.state import Level
from components.state.setup import View
from kernels.layer.counts import Count, count
from kernels.layer.spec import LayerSpec, Shape
from kernels.learning.recurrent import Recurrent

# How many free parameters a layer has, and how many connections.


def _layer(rng: Rng, level: Level, kernels: Sequence[int], channels: int) -> tuple[LayerSpec, Shape]:
    """A layer with as much to misread as its level has, and the shape of what it reads."""
    groups = between(rng, 2, 3) if level == "hard" else 1
    reads, gives = groups * between(rng, 2, channels), groups * between(rng, 2, channels)
    spec = LayerSpec(pick(rng, kernels), reads, gives, groups=groups, bias=level != "easy", **window_moves(rng, level))
    return spec, (reads, between(rng, 14, 20), between(rng, 14, 20))


def _told(spec: LayerSpec, in_shape: Shape) -> str:
    """The layer in a sentence."""
    (channels, height, width), (K, L) = in_shape, spec.kernel_size
    bias = ", one bias per output channel" if spec.bias else ", no bias"
    return (
        f"A convolutional layer maps {channels} input channels of {height} × {width} pixels to {spec.out_channels} "
        f"output channels with {K} × {L} kernels{geometry(spec)}{bias}."
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
    working = [f"Each output channel reads {_reads(spec)}: {product(C, K, L)} weights{bias}."]
    if level != "easy":
        working.append("Stride, padding and dilation add no weights.")
    working.append(f"There are {O} output channels: {product(O, right // O)} free parameters.")
    prompt = f"{_told(spec, in_shape)} How many free parameters does it have?"
    wrong = in_numbers(_misread_parameters(spec, in_shape))
    return ask(rng, "parameters", prompt, in_words(f"{right:,}"), wrong, working)


def _misread_parameters(spec: LayerSpec, in_shape: Shape) -> list[Number]:
    O, C, K, L = spec.weight_shape
    own, weights = _count(spec, in_shape), _count(replace(spec, bias=False), in_shape).parameters
    adds = (O + C) * K * L + own.parameters - weights
    one_input, one_output = (_count(read(spec), in_shape).parameters for read in (_one_input, _one_output))
    found = [
        (one_input, "This forgets that a kernel has weights for every input channel it reads."),
        (one_output, f"This counts only one output channel, but there are {O}."),
        (own.connections, "These are the connections: a weight has many of them but counts once."),
        (adds, "This adds the numbers of channels, but each kernel, one per output, has a slice per channel it reads."),
    ]
    if spec.bias:
        found += [
            (weights, "This forgets the bias."),
            (weights + 1, "This counts a single bias for all output channels."),
        ]
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
        last = f"So it takes {right:,} multiplications{', since a bias is only added' if spec.bias else ''}."
    else:
        links = f"{own.multiply_adds:,} + {right - own.multiply_adds:,} = " if spec.bias else ""
        last = f"So it has {links}{right:,} connections{', since every output has a bias too' if spec.bias else ''}."
    working = (
        f"Count the pixels each tap meets: along the rows {rows}, along the columns {cols}.",
        f"From one input channel to one output channel: {product(*map(sum, meet))}.",
        f"Each of {maps} output channels reads {_reads(spec)}: {product(maps, reads, each)}.",
        last,
    )
    asked = (
        "How many multiplications of a weight by a pixel does it take to compute all its outputs?"
        if multiply
        else f"How many connections does it have{', including those to biases' if spec.bias else ''}?"
    )
    asked += " Taps on padding do not count." if level != "easy" else ""
    wrong = in_numbers(_misread_connections(spec, in_shape, multiply))
    return ask(rng, "connections", f"{_told(spec, in_shape)} {asked}", in_words(f"{right:,}"), wrong, working)


def _misread_connections(spec: LayerSpec, in_shape: Shape, multiply: bool) -> list[Number]:
    own, (_, height, width) = _count(spec, in_shape), spec.out_shape(in_shape)

    def of(read: LayerSpec) -> int:
        found = _count(read, in_shape)
        return found.multiply_adds if multiply else found.connections

    biases = own.connections - own.multiply_adds
    textbook = own.padded_connections - biases if multiply else own.padded_connections
    at_pixels = textbook // (height * width) * prod(in_shape[1:])
    found = [
        (own.parameters, "These are the free parameters: each of them is used at many positions."),
        (of(_one_input(spec)), "This forgets that a kernel has weights for every input channel it reads."),
        (of(_one_output(spec)), f"This counts only one output channel, but there are {spec.out_channels}."),
    ]
    if (height, width) != in_shape[1:]:
        found.append((at_pixels, f"This confuses inputs with outputs: the window has {height} × {width} positions."))
    if spec.padding != (0, 0):
        found.append((textbook, "This counts the taps that lie on the padding, where there is no pixel."))
    if spec.bias and multiply:
        found.append((own.connections, "These are the connections: a bias is a connection, but nothing is multiplied."))
    elif spec.bias:
        found.append((own.multiply_adds, "These are the multiplications: the biases are missing."))
    if spec.groups > 1:
        ungrouped = of(replace(spec, groups=1))
        found.append((ungrouped, "This forgets the groups: an output channel reads only the channels of its group."))
    return found


# Sharing through time.


@dataclass(frozen=True, slots=True)
class Unrolled:
    """Weights of a recurrent layer over T steps: on what it reads, on the state of the step before, and biases."""

    inputs: int
    states: int
    biases: int

    @property
    def parameters(self) -> int:
        return self.inputs + self.states + self.biases


def recurrent(rng: Rng, level: Level) -> Question:
    """The weights of a recurrent layer for T steps, tied or untied."""
    tied = level == "easy" or (level == "medium" and between(rng, 0, 1) == 1)
    H, F, T, bias = between(rng, 2, 6), between(rng, 2, 6), between(rng, 3, 8), level != "easy"
    layer = _unrolled(Recurrent(H, tied), (1, T, F), bias)
    right = layer.parameters
    sets = "the same weights at every step" if tied else "separate weights for each step"
    prompt = (
        f"A recurrent layer of {H} units reads {F} numbers per step, for {T} steps. Each unit has a weight for every "
        f"number read{', a bias' if bias else ''} and a weight for every unit of the previous step; the first step has "
        f"no previous step. It is {'tied' if tied else 'untied'}: {sets}. How many free parameters does it have?"
    )
    more = f", plus {H} biases: {H * F} + {H} = {H * F + H}" if bias else ""
    reading = f"Each step reads its numbers with {product(H, F)} weights{more}."
    own = layer.inputs + layer.biases
    if tied:
        state = f"It reads the previous state with {product(H, H)}."
        last = f"All steps share them: {own} + {layer.states} = {right}."
    else:
        state = f"It reads the previous state with {product(H, H)}, except in the first step."
        last = f"{T} · {own // T} + {T - 1} · {H * H} = {right:,}."
    wrong = in_numbers(_mistied(H, (1, T, F), tied, bias))
    return ask(rng, "recurrent", prompt, in_words(f"{right:,}"), wrong, (reading, state, last))


def _unrolled(layer: Recurrent, in_shape: Shape, bias: bool) -> Unrolled:
    U, V, b = layer.split(np.zeros(layer.parameters(in_shape)), in_shape)
    return Unrolled(U.size, V.size, b.size if bias else 0)


def _mistied(H: int, in_shape: Shape, tied: bool, bias: bool) -> list[Number]:
    own, other = (_unrolled(Recurrent(H, kind), in_shape, bias) for kind in (tied, not tied))
    once = own if tied else other
    untied = "This is the untied layer, with separate weights for each step."
    found = [
        (other.parameters, untied if tied else "This is the tied layer."),
        (
            in_shape[1] * once.parameters,
            "This multiplies the tied weights by the steps, but the first step reads no state.",
        ),
        (own.inputs + own.biases, "This forgets the weights on the previous state."),
        (own.states + own.biases, "This forgets the weights on the inputs."),
    ]
    return [*found, (own.inputs + own.states, "This forgets the biases.")] if bias else found


# A larger picture.


def growth(rng: Rng, level: Level) -> Question:
    """Free parameters on a picture twice as high and wide: the same for a convolution, and only for that."""
    kind = pick(rng, tuple(GROWN))
    side, stride = 2 * between(rng, 3, 9), 2 if level == "hard" else 1
    spec = LayerSpec(1 if kind == "dense" else 3, stride=stride, bias=level != "easy")
    now, later = _parameters(kind, spec, side), _parameters(kind, spec, 2 * side)
    (_, places, _), weights = spec.out_shape((1, 2 * side, 2 * side)), spec.kernel_size[0] ** 2
    layer = GROWN[kind].format(
        bias=", and a bias" if spec.bias else "", stride=f", stride {stride}" if stride > 1 else ""
    )
    if kind == "dense":
        layer += f" Its map has {side // stride} × {side // stride} outputs now and will have {places} × {places}."
    prompt = (
        f"{layer} On a picture of {side} × {side} pixels it has {now:,} free parameters. The same kind of layer is "
        f"built for a picture twice as high and wide, {2 * side} × {2 * side}. How many free parameters does it have?"
    )
    reads = weights if kind != "dense" else 4 * side * side
    bias = f" and 1 bias: {reads:,} + 1 = {reads + 1:,}" if spec.bias else ""
    own = f"{reads:,} weights{bias}"
    alone = (
        f"The kernel has {own}. All positions of the window share them, and a larger picture only has more positions."
    )
    many = f"The map has {product(places, places)} outputs. Each has {own}, shared with no other output."
    last = f"So it still has {later:,}." if kind == "conv" else f"So it has {product(places**2, later // places**2)}."
    working = (alone if kind == "conv" else many, last)
    return ask(rng, "growth", prompt, in_words(f"{later:,}"), in_numbers(_misgrown(kind, spec, side)), working)


GROWN: dict[View, str] = {
    "conv": "A convolutional layer has one 3 × 3 kernel{bias}{stride}, no padding.",
    "local": "In a locally connected layer each output has a 3 × 3 window with its own weights{bias}{stride}, "
    "no padding.",
    "dense": "In a fully connected layer each output has a weight for every pixel{bias}.",
}


def _parameters(kind: View, spec: LayerSpec, side: int) -> int:
    return count(kind, spec, (1, side, side)).parameters


def _misgrown(kind: View, spec: LayerSpec, side: int) -> list[Number]:
    now, later = _parameters(kind, spec, side), _parameters(kind, spec, 2 * side)
    found = [
        (2 * now, "This grows with the side of the picture: twice the side, twice as many."),
        (4 * now, "This grows with the number of pixels: four times as many."),
        (16 * now, "This grows as inputs times outputs, with four times as many of each."),
    ]
    if kind != "conv":
        found.append((now, "This does not grow, as if the weights were shared: here every output has its own."))
    if kind != "local":
        local = _parameters("local", replace(spec, kernel_size=(3, 3)), 2 * side)
        found.append(
            (local, "This is a locally connected layer, with separate weights at each position of the window.")
        )
    if kind == "dense" and spec.bias:
        found.append((_parameters(kind, replace(spec, bias=False), 2 * side), "This forgets the biases."))
    return [(number, mistake) for number, mistake in found if number != later]
