"""Pure: state and picture in, everything the Explore page shows out. No Streamlit, so a test can call it all."""

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from components import theme, words
from components.state import Explore, View, Zoom
from kernels.activation import ACTIVATIONS
from kernels.axis import PADDING
from kernels.conv import correlate
from kernels.counts import FLOAT32, Count, count
from kernels.images import unit
from kernels.proof import BUDGET, Proof, prove
from kernels.spec import LayerSpec, Pair, Shape
from kernels.weave import threads

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CELLS = 320  # a window of W of at most this many rows and columns is drawn cell by cell, in the browser
TILES = 176  # the matrix picture is at most this many tiles high and wide
NAMES: dict[View, str] = {
    "dense": "Fully connected",
    "local": "Locally connected",
    "tiled": "Tiled",
    "conv": "Convolution",
}
SAVINGS = {
    "local": " fewer, by locality",
    "tiled": " fewer, by sharing now and then",
    "conv": " fewer again, by sharing everywhere",
}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The layer the page is about, on one channel of the picture: an RGB picture runs it three times."""

    spec: LayerSpec
    in_shape: Shape
    out_shape: Shape
    counts: dict[View, Count]
    untied: tuple["Use", ...]


@dataclass(frozen=True, slots=True)
class Use:
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
class Map:
    """The output: numbers before and after the activation (channels, H', W'), and their levels for the screen."""

    linear: Floats
    output: Floats
    scale: Scale
    levels: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A window of W: tile `at[n]` = row·cols + column has colour `ink[n]`; tiles that are not listed are empty."""

    top: int
    bottom: int
    left: int
    right: int
    rows: int
    cols: int
    at: NDArray[np.uint32]
    ink: Bytes


def layer(state: Explore, size: tuple[int, int]) -> Layer:
    """The layer of this state on a picture of (H, W). Raises SpecError with the number to change."""
    spec = LayerSpec(
        state.kernel_size,
        stride=state.stride,
        padding=state.padding,
        dilation=state.dilation,
        bias=state.bias != 0,
        padding_mode=state.mode,
    )
    in_shape = (1, *size)
    counts = {kind: count(kind, spec, in_shape, state.period) for kind in NAMES}
    bare = Layer(spec, in_shape, spec.out_shape(in_shape), counts, ())
    copies = untied(state, bare)
    shared = counts["conv"]
    counts["conv"] = replace(
        shared, parameters=shared.parameters + len(copies), bytes=shared.bytes + FLOAT32 * len(copies)
    )
    return replace(bare, untied=copies)


def untied(state: Explore, layer: Layer) -> tuple[Use, ...]:
    """The copies that have left their weight and are connections of this layer."""
    rows, cols = layer.spec.axes(layer.in_shape)
    uses = []
    for target, k, l, value in state.untied:
        if target < prod(layer.out_shape) and k < rows.kernel and l < cols.kernel:
            i, j = divmod(target, cols.out)
            r, c = int(rows.sources()[k, i]), int(cols.sources()[l, j])
            if PADDING not in (r, c):
                uses.append(Use((k, l), (i, j), (r, c), value))
    return tuple(uses)


def window(state: Explore) -> Floats:
    """The weights as they lie on the picture (K, L): the kernel, turned by 180° for true convolution."""
    kernel = np.array(state.kernel, dtype=np.float64)
    return kernel[::-1, ::-1] if state.flip else kernel


def output(state: Explore, layer: Layer, planes: Bytes) -> Map:
    """Y = activation(X ⋆ F + b), channel by channel."""
    bias = [state.bias] if layer.spec.bias else None
    weight = window(state)[None, None]
    linear = np.concatenate([correlate(unit(plane)[None], weight, layer.spec, bias) for plane in planes])
    for use in layer.untied:
        linear[:, *use.output] += (use.value - weight[0, 0, *use.tap]) * unit(planes[:, *use.input])
    result = ACTIVATIONS[state.activation](linear)
    scale = scale_of(result)
    return Map(linear, result, scale, scale.levels(result))


def scale_of(output: Floats) -> Scale:
    """Signed as soon as a number is below zero; otherwise black is 0 and white is 1 or the largest number above it."""
    if output.min() < -1e-9:
        return Scale(float(np.abs(output).max()), signed=True)
    return Scale(max(1.0, float(output.max())), signed=False)


def proof(state: Explore, layer: Layer, planes: Bytes, linear: Floats) -> Proof:
    """max |W·x − Y| over the channels; with more of them each gets its part of the budget."""
    theta = np.append(window(state).ravel(), [state.bias] if layer.spec.bias else [])
    L, width = layer.spec.kernel_size[1], layer.out_shape[2]
    own = {(u.output[0] * width + u.output[1], u.tap[0] * L + u.tap[1]): u.value for u in layer.untied}
    proofs = [
        prove(layer.spec, unit(plane)[None], theta, y[None], own, BUDGET // len(planes))
        for plane, y in zip(planes, linear, strict=True)
    ]
    return max(proofs, key=lambda proof: proof.error)


def tile(layer: Layer, view: View, flip: bool, period: int = 1, zoom: Zoom = ()) -> Tile | None:
    """A window of W (all of it by default) on at most TILES × TILES tiles, each in the colour of one of its weights.

    Where several taps share a tile they take turns from row to row, like a twisted yarn. None where the loom can draw
    every cell by itself, and for the fully connected layer, whose every tile is full.
    """
    top, bottom, left, right = shown(layer, zoom)
    if view == "dense" or max(bottom - top, right - left) <= CELLS:
        return None
    rows, cols = min(bottom - top, TILES), min(right - left, TILES)
    down = top + np.arange(rows + 1) * (bottom - top) // rows
    across = left + np.arange(cols + 1) * (right - left) // cols
    found = list(threads(layer.spec, layer.in_shape, down, across))
    if not found:
        return Tile(top, bottom, left, right, rows, cols, np.empty(0, np.uint32), np.empty(0, np.uint8))
    at = np.concatenate([thread.rows * cols + thread.cols for thread in found])
    taps = np.repeat([_weight(layer, thread.tap, flip) for thread in found], [len(thread.rows) for thread in found])
    targets, sources = (np.concatenate(ends) for ends in zip(*((t.targets, t.sources) for t in found), strict=True))
    ink = _ink(layer, view, period, taps, targets, sources)
    order = np.lexsort((taps, at))
    place, first, many = np.unique(at[order], return_index=True, return_counts=True)
    turn = order[first + (place // cols) % many]
    return Tile(top, bottom, left, right, rows, cols, place.astype(np.uint32), ink[turn].astype(np.uint8))


def shown(layer: Layer, zoom: Zoom) -> tuple[int, int, int, int]:
    """The window of W on screen (rows from, to, columns from, to): `zoom` as far as it lies in W, or all of W."""
    rows, cols = prod(layer.out_shape), prod(layer.in_shape)
    if zoom:
        top, bottom, left, right = zoom[0], min(zoom[1], rows), zoom[2], min(zoom[3], cols)
        if top < bottom and left < right:
            return top, bottom, left, right
    return 0, rows, 0, cols


def _ink(layer: Layer, view: View, period: int, weights: Ints, targets: Ints, sources: Ints) -> Ints | Bytes:
    """The colour numbers of these connections: the weight itself where it is shared, a hash of its name where not."""
    if view == "conv" or (view == "tiled" and period == 1):
        return weights
    if view == "tiled":
        i, j = np.divmod(targets, layer.out_shape[2])
        return theme.tiled_ink(weights, i % period * period + j % period)
    return theme.untied_ink(targets, sources)


def _weight(layer: Layer, tap: tuple[int, int], flip: bool) -> int:
    """The number of the weight, row by row in the kernel as typed, that lies on this tap of the window."""
    K, L = layer.spec.kernel_size
    index = tap[0] * L + tap[1]
    return K * L - 1 - index if flip else index


def weight_name(k: int, l: int) -> str:
    """F₁₁; from ten on with a comma, F₁₀,₂."""
    comma = "," if max(k, l) >= 9 else ""
    return "F" + f"{k + 1}{comma}{l + 1}".translate(SUBSCRIPTS)


def title(layer: Layer) -> tuple[str, str]:
    """('9 weights', ' do the work of 15,745,024')."""
    shared, dense = layer.counts["conv"].parameters, layer.counts["dense"].parameters
    subject = words.plural(prod(layer.spec.kernel_size) + len(layer.untied), "weight") + (
        " and a bias" if layer.spec.bias else ""
    )
    verb = "does" if shared == 1 else "do"
    return subject, f" {verb} the work of {words.amount(dense)}"


def invitation(layer: Layer, channels: int) -> str:
    """The line under the title: where the weights are used, the article's condition, what to try."""
    taps, pixels = prod(layer.spec.kernel_size), prod(layer.in_shape)
    places = prod(layer.out_shape)
    ratio = pixels / taps
    relation = "≪" if ratio >= 10 else "<" if ratio > 1 else "≥"
    line = (
        f"Used at {words.plural(places, 'place')}: K·L = {taps:,} {relation} card(X) = {pixels:,}"
        f" ({words.times(ratio)}). Hover anything; drag or type a weight."
    )
    if channels == 3:
        line += f" Red, green and blue share them too: {words.times(3)} once more."
    return line


def cost_rows(layer: Layer, view: View = "conv") -> list[dict[str, str | float]]:
    """One row per kind, dearest first: texts for people, the exact integers beside them, bars on a log scale."""
    dense = layer.counts["dense"].parameters
    rows: list[dict[str, str | float]] = []
    previous = None
    for kind, name in NAMES.items():
        if kind == "tiled" and view != "tiled":
            continue
        c = layer.counts[kind]
        saving = SAVINGS.get(kind, "")
        rows.append(
            {
                "kind": kind,
                "name": name,
                "parameters": words.amount(c.parameters),
                "bytes": words.size(c.bytes),
                "connections": words.amount(c.connections),
                "multiply_adds": words.amount(c.multiply_adds),
                "exact": f"{c.parameters:,} free parameters, {c.bytes:,} bytes; {c.connections:,} connections "
                f"({c.padded_connections:,} with those that fall on padding), {c.multiply_adds:,} multiply-adds",
                "saving": words.times(previous / c.parameters) + saving if previous and c.parameters else "",
                "bar": float(np.log1p(c.parameters) / np.log1p(dense)),
            }
        )
        previous = c.parameters
    return rows


def cost_line(layer: Layer) -> str:
    """The whole saving in one sentence."""
    dense, shared = layer.counts["dense"], layer.counts["conv"]
    return (
        f"{words.times(dense.parameters / shared.parameters)} fewer free parameters than fully connected: "
        f"{words.size(shared.bytes)} instead of {words.size(dense.bytes)}."
    )


def gradient_notes(layer: Layer, planes: Bytes, linear: Floats) -> list[str]:
    """For each untied copy, what sharing would have summed, with the loss ½ΣY² (before the activation) as the example.

    ∂L/∂W[t, s] = Y_t x_s at one connection; a shared weight's gradient is the sum of these over all its uses.
    """
    rows, cols = layer.spec.axes(layer.in_shape)
    x, notes = unit(planes), []
    for use in layer.untied:
        read, across = rows.sources()[use.tap[0]], cols.sources()[use.tap[1]]
        met = np.ix_(np.arange(len(x)), np.flatnonzero(read != PADDING), np.flatnonzero(across != PADDING))
        inputs = x[np.ix_(np.arange(len(x)), read[read != PADDING], across[across != PADDING])]
        own = float((linear[:, *use.output] * x[:, *use.input]).sum())
        rest = float((linear[met] * inputs).sum()) - own
        uses = inputs[0].size
        notes.append(
            f"For the loss ½ΣY², this copy's gradient is its own term alone, {own:.3g}; the {uses - 1:,} uses that "
            f"still share the weight sum to {rest:.3g}. Tied, it would be the sum of all {uses:,}: {own + rest:.3g}."
        )
    return notes


def proof_line(proof: Proof) -> str:
    """What was measured, and on how much of W; a cross where the two sides differ by more than rounding."""
    mark = ":green[:material/check:]" if proof.holds else ":red[:material/close:]"
    seed = f" (a random sample, seed {proof.seed})" if proof.seed is not None else ""
    every = "all " if proof.rows == proof.of else ""
    return (
        f"{mark} max |W·x − Y| = {words.power(proof.error)}, measured just now on {every}{words.amount(proof.rows)} of "
        f"{words.amount(proof.of)} rows of W{seed}, {words.plural(proof.connections, 'connection')}."
    )
