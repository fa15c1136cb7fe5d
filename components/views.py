"""Pure: state and picture in, everything the Explore page shows out. No Streamlit, so a test can call it all."""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from components import theme, words
from components.state import Explore, View
from kernels.activation import ACTIVATIONS
from kernels.conv import correlate
from kernels.counts import Count, count
from kernels.images import unit
from kernels.proof import Proof, prove
from kernels.spec import LayerSpec, Shape
from kernels.weave import threads

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

TILES = 176  # the matrix picture is at most this many tiles high and wide
NAMES: dict[View, str] = {"dense": "Fully connected", "local": "Locally connected", "conv": "Convolution"}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The layer the page is about, on one channel of the picture: an RGB picture runs it three times."""

    spec: LayerSpec
    in_shape: Shape
    out_shape: Shape
    counts: dict[View, Count]


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
    """The picture of W: tile `at[n]` = row·cols + column has colour `ink[n]`; tiles that are not listed are empty."""

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
    counts = {kind: count(kind, spec, in_shape) for kind in NAMES}
    return Layer(spec, in_shape, spec.out_shape(in_shape), counts)


def window(state: Explore) -> Floats:
    """The weights as they lie on the picture (K, L): the kernel, turned by 180° for true convolution."""
    kernel = np.array(state.kernel, dtype=np.float64)
    return kernel[::-1, ::-1] if state.flip else kernel


def output(state: Explore, layer: Layer, planes: Bytes) -> Map:
    """Y = activation(X ⋆ F + b), channel by channel."""
    bias = [state.bias] if layer.spec.bias else None
    weight = window(state)[None, None]
    linear = np.concatenate([correlate(unit(plane)[None], weight, layer.spec, bias) for plane in planes])
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
    proofs = [prove(layer.spec, unit(plane)[None], theta, y[None]) for plane, y in zip(planes, linear, strict=True)]
    return max(proofs, key=lambda proof: proof.error)


def tile(layer: Layer, view: View, flip: bool) -> Tile | None:
    """The whole of W on at most TILES × TILES tiles, each in the colour of one of its weights.

    Where several taps share a tile they take turns from row to row, like a twisted yarn. None where every cell has room
    to be drawn by itself, and for the fully connected layer, whose every tile is full.
    """
    sizes = prod(layer.out_shape), prod(layer.in_shape)
    if view == "dense" or max(sizes) <= TILES:
        return None
    rows, cols = (min(size, TILES) for size in sizes)
    edges = [np.arange(n + 1) * size // n for n, size in zip((rows, cols), sizes, strict=True)]
    found = list(threads(layer.spec, layer.in_shape, edges[0], edges[1]))
    at = np.concatenate([thread.rows * cols + thread.cols for thread in found])
    taps = np.repeat([_weight(layer, thread.tap, flip) for thread in found], [len(thread.rows) for thread in found])
    ink = taps if view == "conv" else np.concatenate([theme.untied_ink(t.targets, t.sources) for t in found])
    order = np.lexsort((taps, at))
    place, first, many = np.unique(at[order], return_index=True, return_counts=True)
    turn = order[first + (place // cols) % many]
    return Tile(rows, cols, place.astype(np.uint32), ink[turn].astype(np.uint8))


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
    subject = words.plural(prod(layer.spec.kernel_size), "weight") + (" and a bias" if layer.spec.bias else "")
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


def cost_rows(layer: Layer) -> list[dict[str, str | float]]:
    """One row per kind, dearest first: texts for people, the exact integers beside them, bars on a log scale."""
    dense = layer.counts["dense"].parameters
    rows: list[dict[str, str | float]] = []
    previous = None
    for kind, name in NAMES.items():
        c = layer.counts[kind]
        saving = {"local": " fewer, by locality", "conv": " fewer again, by sharing"}.get(kind, "")
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
                "saving": words.times(previous / c.parameters) + saving if previous else "",
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


def proof_line(proof: Proof) -> str:
    """What was measured, and on how much of W; a cross where the two sides differ by more than rounding."""
    mark = ":green[:material/check:]" if proof.holds else ":red[:material/close:]"
    seed = f" (a random sample, seed {proof.seed})" if proof.seed is not None else ""
    every = "all " if proof.rows == proof.of else ""
    return (
        f"{mark} max |W·x − Y| = {words.power(proof.error)}, measured just now on {every}{words.amount(proof.rows)} of "
        f"{words.amount(proof.of)} rows of W{seed}, {words.plural(proof.connections, 'connection')}."
    )
