"""What the Explore page says: every number in it is computed from the layer. Pure."""

from math import prod

import numpy as np

from components.display import words
from components.display.layer import LAYER_NAMES, Layer
from components.state.setup import Setup, View, preset_of
from kernels.layer.presets import preset
from kernels.layer.proof import Proof

SAVINGS = {
    "local": " fewer, by locality",
    "tiled": " fewer, by sharing between neighbours",
    "conv": " fewer again, by sharing everywhere",
}


def weight_name(k: int, l: int) -> str:
    """F₁₁; from ten on with a comma, F₁₀,₂."""
    return words.indexed("F", k + 1, l + 1)


def kernel_line(state: Setup) -> tuple[str, str]:
    """What these weights are called and do, and who said so, where they are a kernel of the bank."""
    known = preset_of(state)
    return (f"{preset(known).title}. {preset(known).sentence}", preset(known).source) if known else ("", "")


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
    dense = words.plural(layer.counts["dense"].parameters, "weight")
    line = (
        f"Fully connected takes {dense}; here the same ones are used at "
        f"{words.plural(places, 'place')}. K·L = {taps:,} {relation} card(X) = {pixels:,} ({words.times(ratio)})."
    )
    if channels == 3:
        line += " Red, green and blue share them as well: W is drawn for one colour and serves all three."
    return f"{line} **Hover anything.**"


def cost_rows(layer: Layer, view: View = "conv") -> list[dict[str, str | float]]:
    """One row per kind, dearest first: texts for people, the exact integers beside them, bars on a log scale."""
    dense = layer.counts["dense"].parameters
    rows: list[dict[str, str | float]] = []
    previous = None
    for kind, name in LAYER_NAMES.items():
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


def proof_line(proof: Proof) -> str:
    """What was measured, and on how much of W; a cross where the two sides differ by more than rounding."""
    mark = ":green[:material/check:]" if proof.holds else ":red[:material/close:]"
    seed = f" (a random sample, seed {proof.seed})" if proof.seed is not None else ""
    every = "all " if proof.rows == proof.of else ""
    return (
        f"{mark} max |W·x − Y| = {words.power(proof.error)}, measured just now on {every}{words.amount(proof.rows)} of "
        f"{words.amount(proof.of)} rows of W{seed}, {words.plural(proof.connections, 'connection')}."
    )
