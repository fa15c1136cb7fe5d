"""The four wirings on one picture, from the dearest to the one that shares most. Pure.

A fully connected layer has a weight for every pair of pixels, so the picture is made small enough to wire it up. The
four are run as what they are, W x over their connections; `correlate` is only what they are compared with.
"""

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from components import columns, theme, tiles, views, words
from components.bitmaps import png, woven
from components.columns import Column, Fact
from components.edits import with_side
from components.networks import NETWORK_SHAPE, network
from components.parsers import SIDES
from components.state import Explore, View
from components.views import NAMES, Layer
from kernels.conv import correlate
from kernels.counts import KINDS, Count, count, steps
from kernels.images import unit
from kernels.spec import Pair, SpecError
from kernels.wiring import Wiring, flat, kept, wiring

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

CORNER = 60, 96  # rows and columns of W in the close-up
COMFORT = 32  # pixels: the longer side of the small picture, where the geometry allows it
LIMIT = 2**21  # connections of the fully connected layer: four times what 32 × 32 pixels need
ABILITIES: dict[View, str] = {
    "dense": "Every output has its own template of the whole picture.",
    "local": "Every place looks for a feature of its own.",
    "tiled": "{distinct} kernels take turns, and repeat.",
    "conv": "One feature, looked for everywhere.",
}


@dataclass(frozen=True, slots=True, eq=False)
class Rung:
    """One wiring, its parameters, and what it computes: error against `correlate`, or what the next rung keeps of W."""

    kind: View
    count: Count
    wiring: Wiring
    output: Floats
    error: float
    kept: float | None


def small(state: Explore, size: Pair) -> Explore:
    """The state at the largest size at which the fully connected layer can be wired up; `size` is that of its picture.

    At most COMFORT pixels, or as few more as a kernel needs that is wider than that. Raises SpecError if there is none.
    """
    grey = replace(views.shared(state), colour="grey")
    whole = max(size)
    comfort = min(COMFORT, whole)
    for side in (*range(comfort, min(SIDES[0], comfort) - 1, -1), *range(comfort + 1, whole + 1)):
        in_shape = 1, *(max(1, round(n * side / whole)) for n in size)
        try:
            dense = count("dense", views.spec_of(state), (in_shape[0], in_shape[1], in_shape[2]))
        except SpecError:
            continue
        if dense.connections <= LIMIT:
            return with_side(grey, side)
    raise SpecError(
        f"a fully connected layer with this geometry has more than the {LIMIT:,} weights that can be wired up here, "
        f"at every size of the picture: choose less padding or a smaller kernel"
    )


def rungs(state: Explore, layer: Layer, planes: Bytes, draw: int) -> list[Rung]:
    """The four layers: all with the same numbers (draw 0), or each with free weights drawn with this seed."""
    image, weight = unit(planes), views.window(state)[None, None]
    bias = [state.bias] if layer.spec.bias else None
    truth = correlate(image, weight, layer.spec, bias)
    x = flat(layer.spec, image)
    wirings: dict[View, Wiring] = {
        kind: wiring(kind, layer.spec, layer.in_shape, state.period if kind == "tiled" else None) for kind in KINDS
    }
    found = []
    for n, (kind, wires) in enumerate(wirings.items()):
        theta = wires.theta_from(weight, bias) if draw == 0 else views.free_weights(wires, [draw, n])
        output = wires.product(theta, x).reshape(layer.out_shape)
        below = [*wirings.values()][n + 1 : n + 2]
        share = kept(wires, theta, below[0]) if draw and below else None
        error = float(np.abs(output - truth).max())
        found.append(Rung(kind, layer.counts[kind], wires, output[0], error, share))
    return found


def columns_of(state: Explore, layer: Layer, planes: Bytes, draw: int) -> list[Column]:
    """The four rungs as columns."""
    return as_columns(state, layer, rungs(state, layer, planes, draw), draw)


def as_columns(state: Explore, layer: Layer, found: list[Rung], draw: int) -> list[Column]:
    """A column a rung: its matrix, its map, its network and what it costs."""
    range = columns.range_of(*(rung.output for rung in found)) if draw == 0 else None
    return [_column(state, layer, rung, range, draw) for rung in found]


def _column(state: Explore, layer: Layer, rung: Rung, range: columns.Range | None, draw: int) -> Column:
    name, cost = NAMES[rung.kind], rung.count
    rows, cols = prod(layer.out_shape), prod(layer.in_shape)
    pictures = (
        replace(_woven(state, layer, rung, (rows, cols)), title=f"W, {rows:,} × {cols:,}", group="Y", rows=rows),
        columns.picture(
            "Y",
            f"{name}: the output map, {layer.out_shape[1]} × {layer.out_shape[2]}",
            rung.output,
            range or columns.range_of(rung.output),
            group="Y",
            letter="Y",
        ),
        replace(_woven(state, layer, rung, CORNER), title="W, its corner"),
        columns.Picture(
            "on a row of 8 pixels",
            f"{name}: the same kind of layer as a network on one row of eight pixels",
            network(rung.kind, state.kernel_size, state.period),
            NETWORK_SHAPE,
        ),
    )
    note = ABILITIES[rung.kind].format(distinct=_distinct(layer, state.period))
    facts = (*_costs(cost), _evidence(rung) if draw == 0 else _share(rung))
    return Column(name, words.plural(cost.parameters, "weight"), note, pictures, facts, theme.ROLES[rung.kind])


def _woven(state: Explore, layer: Layer, rung: Rung, size: Pair) -> columns.Picture:
    """The first so many rows and columns of W, in the colours of its weights."""
    rows, cols = min(size[0], prod(layer.out_shape)), min(size[1], prod(layer.in_shape))
    tile = tiles.woven(layer, rung.kind, state.flip, state.period, (0, rows, 0, cols))
    shared = rung.kind == "conv" or (rung.kind == "tiled" and state.period == 1)
    palette = theme.weights(*state.kernel_size) if shared else theme.untied()
    told = (
        f"{NAMES[rung.kind]}: the first {rows:,} rows and {cols:,} columns of W; the whole has "
        f"{rung.count.connections:,} connections in the colours of {rung.count.parameters:,} weights"
    )
    return columns.Picture("", told, png(woven(tile, palette)), (tile.rows, tile.cols))


def _distinct(layer: Layer, period: int) -> int:
    """How many kernels a tiled layer has: one a place within a period."""
    return prod(steps("tiled", layer.spec, layer.in_shape, period) or (1,))


def _costs(cost: Count) -> tuple[Fact, ...]:
    return (
        Fact("free parameters", words.amount(cost.parameters), f"{words.size(cost.bytes)} in float32"),
        Fact("connections", words.amount(cost.connections), f"each weight used {_often(cost)}"),
        Fact("multiply-adds", words.amount(cost.multiply_adds)),
    )


def _often(cost: Count) -> str:
    """How many connections share a weight: on average, where borders take some away."""
    uses = cost.connections / cost.parameters
    return "once" if uses == 1 else f"{uses:,.0f} times" if uses >= 9.95 or uses == int(uses) else f"{uses:.1f} times"


def _evidence(rung: Rung) -> Fact:
    rounding = rung.error < 1e-9 * max(1.0, float(np.abs(rung.output).max()))
    return Fact("differs from the convolution by", words.figure(rung.error), "max |W·x − Y|, measured", rounding)


def _share(rung: Rung) -> Fact:
    if rung.kept is None:
        return Fact("the next can copy", "nothing is left to share")
    return Fact("the next can copy", words.percent(rung.kept), "of ‖W‖², least squares, measured")


def sentence(layer: Layer, draw: int) -> str:
    """What the visitor sees in the columns."""
    if draw == 0:
        dense, conv = layer.counts["dense"].parameters, layer.counts["conv"].parameters
        return f"Set to the same numbers, {words.amount(dense)} weights and {words.amount(conv)} compute the same map."
    return (
        f"Their free weights drawn at random, seed {draw}. Fully connected, every output mixes all pixels in a way of "
        "its own, and the picture is gone. The more is shared, the more the map is one filter's view of all of it."
    )


def scope(state: Explore, layer: Layer, own: Layer) -> str:
    """What was done to the visitor's picture and layer before they were put here, and why."""
    (_, height, width), (_, own_height, own_width) = layer.in_shape, own.in_shape
    dense = words.amount(own.counts["dense"].parameters)
    size = (
        f"Your picture at {height} × {width}, so that every weight of the fully connected layer can be wired up and "
        f"run: at {own_height} × {own_width} it would have {dense}."
        if (height, width) != (own_height, own_width)
        else f"Your picture at its {height} × {width} pixels."
    )
    grey = " In grey." if state.colour == "rgb" else ""
    return size + grey + (" Before the activation." if state.activation != "none" else "")
