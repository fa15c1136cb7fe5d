"""Pure: state and picture in, everything that pages show of a layer out. No Streamlit, so a test can call it all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from components.display import words
from components.state.setup import Setup, View
from kernels.images.decode import unit
from kernels.layer.activation import ACTIVATIONS, Activation
from kernels.layer.axis import PADDING, Axis
from kernels.layer.conv import correlate
from kernels.layer.counts import FLOAT32, Count, count
from kernels.layer.proof import BUDGET, Proof, prove
from kernels.layer.spec import Bytes, Floats, LayerSpec, Pair, Shape
from kernels.layer.wiring import Wiring

NOISE = 1e-12  # of Σ|w|·max|x| + |b|: far above what rounding adds to a sum of at most 225 products
LAYER_NAMES: dict[View, str] = {
    "dense": "Fully connected",
    "local": "Locally connected",
    "tiled": "Tiled",
    "conv": "Convolution",
}


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The layer the page is about, on one channel of the picture: an RGB picture runs it three times."""

    spec: LayerSpec
    in_shape: Shape
    out_shape: Shape
    counts: dict[View, Count]
    untied: tuple["UntiedUse", ...]


@dataclass(frozen=True, slots=True)
class UntiedUse:
    """One use of a weight: tap (k, l) of the window, for output (i, j), on input (r, c), with a value of its own."""

    tap: Pair
    output: Pair
    input: Pair
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """How numbers become levels: `signed` puts −high, 0, high at 1, 128, 255; otherwise 0..high is 0..255."""

    high: float
    signed: bool

    def levels(self, output: Floats) -> Bytes:
        """floor(v·127/high + 128½), or floor(v·255/high + ½): 10⁻⁹ more, so that ties fall the same way everywhere."""
        half = 0.5 + 1e-9
        level = output * (127 / self.high) + 128 if self.signed else output * (255 / self.high)
        return np.clip(np.floor(level + half), 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class OutputMap:
    """The output: numbers before and after the activation (channels, H', W'), and their levels for the screen.

    linear is as it was computed; in output, sums no further from 0 than floor are 0. It is made when it is asked for:
    a page shows levels, and every visitor's page holds its map.
    """

    linear: Floats
    floor: float
    activation: Activation
    scale: Scale
    levels: Bytes

    @property
    def output(self) -> Floats:
        return activated(self.linear, self.floor, self.activation)


@dataclass(frozen=True, slots=True, eq=False)
class Convolved:
    """What a page shows of one layer: the setup, its layer, the picture (channels, H, W) it ran on, and the output."""

    state: Setup
    layer: Layer
    planes: Bytes
    result: OutputMap


def spec_of(state: Setup) -> LayerSpec:
    """The geometry of this state."""
    return LayerSpec(
        state.kernel_size,
        stride=state.stride,
        padding=state.padding,
        dilation=state.dilation,
        bias=state.bias != 0,
        padding_mode=state.mode,
    )


def all_tied(state: Setup) -> Setup:
    """The state with every use of a weight tied to it: none untied, nothing zoomed into."""
    return replace(state, untied=(), zoom=())


def layer_of(state: Setup, size: tuple[int, int]) -> Layer:
    """The layer of this state on a picture of (H, W). Raises SpecError with the number to change."""
    spec, in_shape = spec_of(state), (1, *size)
    counts = {kind: count(kind, spec, in_shape, state.period) for kind in LAYER_NAMES}
    bare = Layer(spec, in_shape, spec.out_shape(in_shape), counts, ())
    copies = untied_uses(state, bare)
    shared = counts["conv"]
    counts["conv"] = replace(
        shared, parameters=shared.parameters + len(copies), bytes=shared.bytes + FLOAT32 * len(copies)
    )
    return replace(bare, untied=copies)


def random_weights(wires: Wiring, seed: list[int]) -> Floats:
    """θ (n_params,) at random: normal with variance 1 / (weights an output reads), so that maps are equally strong."""
    reads = max(1.0, len(wires.ids) / wires.shape[0])
    drawn: Floats = np.random.default_rng(seed).standard_normal(wires.n_params) / np.sqrt(reads)
    return drawn


def untied_uses(state: Setup, layer: Layer) -> tuple[UntiedUse, ...]:
    """The untied copies that are connections of this layer."""
    rows, cols = layer.spec.axes(layer.in_shape)
    uses = []
    for target, k, l, value in state.untied:
        if target < prod(layer.out_shape) and k < rows.kernel and l < cols.kernel:
            i, j = divmod(target, cols.out)
            r, c = int(rows.sources()[k, i]), int(cols.sources()[l, j])
            if PADDING not in (r, c):
                uses.append(UntiedUse((k, l), (i, j), (r, c), value))
    return tuple(uses)


def window_weights(state: Setup) -> Floats:
    """The weights as they lie on the picture (K, L): the kernel, turned by 180° for true convolution."""
    kernel = np.array(state.kernel, dtype=np.float64)
    return kernel[::-1, ::-1] if state.flip else kernel


def noise_floor(weights: ArrayLike, bias: float, largest: float) -> float:
    """How far from 0 rounding alone may leave a sum of numbers up to `largest`: 10⁻¹² · (Σ|w|·max|x| + |b|)."""
    return NOISE * (float(np.abs(weights).sum()) * largest + abs(bias))


def without_noise(sums: Floats, floor: float) -> Floats:
    """0 in place of sums that are no further from 0 than `noise_floor`: rounding noise is no data."""
    return np.where(np.abs(sums) <= floor, 0.0, sums)


def floor_of(state: Setup, planes: Bytes, copies: Sequence["UntiedUse"] = ()) -> float:
    """The noise floor of this state's sums on a picture, with uses of weights that have values of their own."""
    weights = [*window_weights(state).ravel(), *(use.value for use in copies)]
    return noise_floor(weights, state.bias, float(planes.max()) / 255)


def activated(linear: Floats, floor: float, activation: Activation) -> Floats:
    """What a layer puts out for these sums: the activation of those that are no rounding noise."""
    return ACTIVATIONS[activation](without_noise(linear, floor))


def output_map(state: Setup, layer: Layer, planes: Bytes) -> OutputMap:
    """Y = activation(X ⋆ F + b), channel by channel; sums that are rounding noise are 0."""
    bias = [state.bias] if layer.spec.bias else None
    weight = window_weights(state)[None, None]
    linear = np.concatenate([correlate(unit(plane)[None], weight, layer.spec, bias) for plane in planes])
    for use in layer.untied:
        linear[:, *use.output] += (use.value - weight[0, 0, *use.tap]) * unit(planes[:, *use.input])
    floor = floor_of(state, planes, layer.untied)
    result = activated(linear, floor, state.activation)
    scale = scale_of(result)
    return OutputMap(linear, floor, state.activation, scale, scale.levels(result))


def scale_of(output: Floats) -> Scale:
    """Signed as soon as a number is below zero; otherwise black is 0 and white is 1 or the largest number above it.

    What is only rounding noise has to be 0 before.
    """
    if output.min() < 0:
        return Scale(float(np.abs(output).max()), signed=True)
    return Scale(max(1.0, float(output.max())), signed=False)


def check_against_matrix(state: Setup, layer: Layer, planes: Bytes, linear: Floats) -> Proof:
    """max |W·x − Y| over the channels; with more of them each gets its part of the budget."""
    theta = np.append(window_weights(state).ravel(), [state.bias] if layer.spec.bias else [])
    L, width = layer.spec.kernel_size[1], layer.out_shape[2]
    own = {(u.output[0] * width + u.output[1], u.tap[0] * L + u.tap[1]): u.value for u in layer.untied}
    proofs = [
        prove(layer.spec, unit(plane)[None], theta, y[None], own, BUDGET // len(planes))
        for plane, y in zip(planes, linear, strict=True)
    ]
    return max(proofs, key=lambda proof: proof.error)


def gradient_notes(state: Setup, layer: Layer, planes: Bytes) -> list[str]:
    """For each untied copy, its gradient and the sum that sharing would take, for the loss ½ΣY² before the activation.

    ∂L/∂W[t, s] = Y_t x_s at one connection; a shared weight's gradient is the sum of these over all its uses.
    """
    if not layer.untied:
        return []
    tied = output_map(state, replace(layer, untied=()), planes).linear
    apart = output_map(state, layer, planes).linear
    x, notes = unit(planes), []
    for use in layer.untied:
        own = float((apart[:, *use.output] * x[:, *use.input]).sum())
        together, uses = _shared_gradient(layer, use.tap, x, tied)
        terms = "a single term" if len(x) == 1 else f"a sum of {len(x)} terms, one per channel"
        notes.append(
            f"With the loss ½ΣY², the gradient of this copy is {terms}, {words.figure(own)}. "
            f"Tied, the weight's gradient would be the sum of {uses:,} terms: {words.figure(together)}."
        )
    return notes


def _shared_gradient(layer: Layer, tap: Pair, x: Floats, linear: Floats) -> tuple[float, int]:
    """Σ Y_t x_s over all uses of one tap, and how many they are, over all channels."""
    rows, cols = (axis.sources()[k] for axis, k in zip(layer.spec.axes(layer.in_shape), tap, strict=True))
    i, j = np.flatnonzero(rows != PADDING), np.flatnonzero(cols != PADDING)
    channels = np.arange(len(x))
    terms = linear[np.ix_(channels, i, j)] * x[np.ix_(channels, rows[i], cols[j])]
    return float(terms.sum()), terms.size


def axis_props(axis: Axis) -> dict[str, Any]:
    """One axis for the browser: the input that each tap reads, in straight runs (start, stop, source, slope)."""
    taps = [[[p.start, p.stop, p.source, p.slope] for p in axis.pieces(tap)] for tap in range(axis.kernel)]
    return {"size": axis.size, "out": axis.out, "reach": axis.reach, "taps": taps}
