"""The four wirings on one picture, from the dearest to the one that shares most. Pure.

A fully connected layer has a weight for every pair of pixels, so the picture is made small enough to wire it up. The
four are run as what they are, W x over their connections; `correlate` is only what they are compared with.
"""

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from components.display import cards, matrix, theme, words
from components.display.cards import Card, Fact
from components.display.diagram import NETWORK_SHAPE, PIXELS, network
from components.display.image import png_url, tiles_picture
from components.display.layer import LAYER_NAMES, Layer, all_tied, random_weights, spec_of, window_weights
from components.state.setup import SIDE, Setup, View, with_side
from kernels.images.decode import fit, unit
from kernels.layer.conv import correlate
from kernels.layer.counts import KINDS, Count, count, steps
from kernels.layer.proof import rounding
from kernels.layer.spec import Bytes, Floats, Pair, SpecError
from kernels.layer.wiring import Wiring, flat, kept, wiring

PALE = 70  # opacity, of 255, of a weight that is there and 0
CORNER = 60, 96  # rows and columns of W in the close-up
COMFORT = 32  # pixels: the longer side of the small picture, where the geometry allows it
LIMIT = 2**21  # connections of the fully connected layer: four times what 32 × 32 pixels need
LOCAL_LIMIT = 2**19  # connections of the locally connected one
ABILITIES: dict[View, str] = {
    "dense": "Can have a template of the whole picture for every output.",
    "local": "Can look for a feature of its own at every place.",
    "conv": "Looks for one feature, everywhere.",
}
UNTITLED = ":primary[Four machines], one picture"  # where there is no layer


@dataclass(frozen=True, slots=True, eq=False)
class Rung:
    """One wiring: its cost, the shape of W, its map, and how far that is from `correlate`'s, which may be `rounding`;
    `kept` is the share of drawn weights that the next rung can copy, `uses` the fewest and the most of a weight."""

    kind: View
    count: Count
    shape: Pair
    uses: Pair
    output: Floats
    error: float
    rounding: float
    kept: float | None


def small(state: Setup, size: Pair) -> Setup:
    """The state at the largest size at which all four layers can be wired up; `size` is that of its picture.

    At most COMFORT pixels, or as few more as a kernel needs that is wider than that. Raises SpecError if there is none,
    or if no output would read a pixel.
    """
    grey = replace(all_tied(state), colour="grey")
    whole = min(max(size), state.side)
    refused, fits = None, False
    comfort = min(COMFORT, whole)
    for side in (*range(comfort, min(SIDE.low, comfort) - 1, -1), *range(comfort + 1, whole + 1)):
        width, height = fit(size[1], size[0], side)
        try:
            dense, local = (count(kind, spec_of(state), (1, height, width)) for kind in ("dense", "local"))
        except SpecError as error:
            refused = error
            continue
        fits = True
        if dense.connections <= LIMIT and local.connections <= LOCAL_LIMIT:
            if not local.multiply_adds:
                raise SpecError("no output of this layer reads a pixel: choose a smaller stride or less padding")
            return with_side(grey, side)
    if refused and not fits:
        raise refused
    raise SpecError(
        f"a fully connected layer with this geometry has more than the {LIMIT:,} weights that can be wired up here, "
        f"or a locally connected one more than {LOCAL_LIMIT:,}: choose less padding or a smaller kernel"
    )


def rungs(state: Setup, layer: Layer, planes: Bytes, draw: int) -> list[Rung]:
    """The four layers: all with the same numbers (draw 0), or each with free weights drawn with this seed."""
    image, weight = unit(planes), window_weights(state)[None, None]
    bias = [state.bias] if layer.spec.bias else None
    truth = correlate(image, weight, layer.spec, bias)
    x = flat(layer.spec, image)
    bound = rounding(np.append(weight, bias or []), x)
    found: list[Rung] = []
    poorer: Wiring | None = None
    for kind in reversed(KINDS):  # from the poorest, so that no more than two are in memory at a time
        wires = wiring(kind, layer.spec, layer.in_shape, state.period if kind == "tiled" else None)
        theta = wires.theta_from(weight, bias) if draw == 0 else random_weights(wires, [draw, KINDS.index(kind)])
        output = wires.product(theta, x).reshape(layer.out_shape)
        share = kept(wires, theta, poorer) if draw and poorer else None
        error = float(np.abs(output - truth).max())
        often = np.bincount(wires.ids, minlength=wires.n_params)
        uses = int(often.min()), int(often.max())
        found.insert(0, Rung(kind, layer.counts[kind], wires.shape, uses, output[0], error, bound, share))
        poorer = wires
    return found


def cards_of(state: Setup, layer: Layer, planes: Bytes, draw: int) -> list[Card]:
    """What goes in, and the four rungs."""
    return [_given(state, layer, planes), *as_cards(state, layer, rungs(state, layer, planes, draw), draw)]


def _given(state: Setup, layer: Layer, planes: Bytes) -> Card:
    """The picture, and the kernel in the colours of its weights."""
    _, height, width = layer.in_shape
    K, L = state.kernel_size
    colours = theme.weights(K, L).reshape(K, L, 3)
    kernel = cards.map_picture(
        "F", f"The kernel, {K} × {L}", np.array(state.kernel), cards.ColourRange(0.0), letter="F", group="F"
    )
    return Card(
        "Your picture",
        "and kernel",
        "A colour says which weight it is, not its value.",
        (
            cards.map_picture(
                "X",
                f"The picture, {height} × {width}",
                unit(planes)[0],
                cards.ColourRange(1.0, signed=False),
                group="X",
                letter="X",
            ),
            replace(kernel, src=png_url(colours), ramp=""),
        ),
    )


def as_cards(state: Setup, layer: Layer, found: list[Rung], draw: int) -> list[Card]:
    """A card per rung: its matrix, its map, its network and what it costs."""
    same = cards.colour_range(*(rung.output for rung in found))
    ranges = [same if draw == 0 else replace(cards.colour_range(rung.output), signed=True) for rung in found]
    return [_card(state, layer, rung, range, draw) for rung, range in zip(found, ranges, strict=True)]


def _card(state: Setup, layer: Layer, rung: Rung, range: cards.ColourRange, draw: int) -> Card:
    name, (rows, cols) = LAYER_NAMES[rung.kind], rung.shape
    pictures = (
        replace(_woven(state, layer, rung, draw, (rows, cols)), title=f"W, {rows:,} × {cols:,}", group="Y", rows=rows),
        cards.map_picture(
            "Y",
            f"{name}: the output map, {layer.out_shape[1]} × {layer.out_shape[2]}",
            rung.output,
            range,
            group="Y",
            letter="Y",
        ),
        replace(_woven(state, layer, rung, draw, CORNER), title="W, its corner"),
        cards.Picture(
            f"on a line of {PIXELS} pixels",
            f"{name}: the same kind of layer as a network on a line of {PIXELS} pixels",
            network(rung.kind, state.kernel_size, state.flip, state.period),
            NETWORK_SHAPE,
        ),
    )
    note = _turns(layer, state.period) if rung.kind == "tiled" else ABILITIES[rung.kind]
    facts = (*_costs(rung), _evidence(rung) if draw == 0 else _share(rung))
    return cards.layer_card(rung.kind, name, _weights(rung.kind, layer, state.period), note, pictures, facts)


def _weights(kind: View, layer: Layer, period: int) -> str:
    """900 weights; with a bias, also how many of those there are."""
    biases = prod(steps(kind if kind != "dense" else "local", layer.spec, layer.in_shape, period) or (1,))
    weights = layer.counts[kind].parameters - biases * layer.spec.bias
    more = f" and {words.plural(biases, 'bias', 'biases')}" if layer.spec.bias else ""
    return words.plural(weights, "weight") + more


def _turns(layer: Layer, period: int) -> str:
    """What a tiled layer is at this period."""
    step = steps("tiled", layer.spec, layer.in_shape, period)
    if step is None:
        return "One kernel: at period 1 it is a convolution."
    if step == layer.out_shape[1:]:
        return "Never repeats: at this period it is locally connected."
    return f"{prod(step):,} kernels take turns, and repeat."


def _woven(state: Setup, layer: Layer, rung: Rung, draw: int, size: Pair) -> cards.Picture:
    """The first so many rows and columns of W, in the colours of its weights; those that are 0 are pale."""
    rows, cols = min(size[0], prod(layer.out_shape)), min(size[1], prod(layer.in_shape))
    window = matrix.Window(0, rows, 0, cols)
    tile = matrix.window_tiles(layer, rung.kind, state.flip, state.period, window)
    shared = rung.kind == "conv" or (rung.kind == "tiled" and state.period == 1)
    cells = tiles_picture(tile, theme.weights(*state.kernel_size) if shared else theme.untied())
    pale = ""
    if rung.kind == "dense" and draw == 0:
        used = np.zeros(tile.rows * tile.cols, bool)
        used[matrix.window_tiles(layer, "local", state.flip, state.period, window).at] = True
        cells[~used.reshape(tile.rows, tile.cols), 3] = PALE
        pale = ", all but those of the window set to 0 and pale"
    told = (
        f"{LAYER_NAMES[rung.kind]}: the first {rows:,} rows and {cols:,} columns of W; the whole has "
        f"{rung.count.connections:,} connections in the colours of {rung.count.parameters:,} weights{pale}"
    )
    return cards.Picture("", told, png_url(cells), (rows, cols))


def _costs(rung: Rung) -> tuple[Fact, ...]:
    cost = rung.count
    return (
        Fact("free parameters", words.amount(cost.parameters), f"{words.size(cost.bytes)} in float32"),
        Fact("connections", words.amount(cost.connections), f"each weight used {_often(rung.uses)}"),
        Fact("multiply-adds", words.amount(cost.multiply_adds)),
    )


def _often(uses: Pair) -> str:
    """How many connections share a weight: at the border some have fewer."""
    least, most = uses
    if least == most:
        return "once" if most == 1 else f"{most:,} times"
    return f"{least:,} to {most:,} times"


def _evidence(rung: Rung) -> Fact:
    told = "max |W·x − Y|, measured" + (f"; rounding may be {words.figure(rung.rounding)}" if rung.error else "")
    return Fact("differs from a sliding window by", words.figure(rung.error), told, rung.error <= rung.rounding)


def _share(rung: Rung) -> Fact:
    if rung.kept is None:
        return Fact("the next layer could copy", "—", "nothing is left to share")
    return Fact("the next layer could copy", words.percent(rung.kept), "of these weights (of ‖W‖², measured)")


def title(layer: Layer) -> str:
    """The page's title: the parameters of the first and of the last layer."""
    dense, conv = (layer.counts[kind].parameters for kind in ("dense", "conv"))
    if dense == conv:
        return f":primary[{words.plural(conv, 'weight')}], fully connected and as a convolution"
    return f":primary[{words.plural(conv, 'weight')} or {words.amount(dense)}]: four machines, one picture"


def sentence(layer: Layer, draw: int) -> str:
    """What the visitor sees in the cards."""
    if draw == 0:
        dense, conv = layer.counts["dense"].parameters, layer.counts["conv"].parameters
        return (
            f"Set to the same numbers, {words.amount(dense)} weights and {words.amount(conv)} compute the same map. "
            "**Point at any map.**"
        )
    return (
        f"Their free weights drawn at random, seed {draw}. Fully connected, every output mixes all pixels in a way of "
        "its own, and the picture is gone. The more is shared, the more the map is one filter's view of all of it."
    )


def scope(state: Setup, layer: Layer, own: Layer) -> str:
    """What was done to the visitor's picture and layer before they were put here, and why."""
    (_, height, width), (_, own_height, own_width) = layer.in_shape, own.in_shape
    dense = words.amount(own.counts["dense"].parameters)
    size = (
        f"Your picture at {height} × {width}, so that every weight of the fully connected layer can be wired up and "
        f"run: at {own_height} × {own_width} it would have {dense}."
        if (height, width) != (own_height, own_width)
        else f"Your picture at its {height} × {width} pixels."
    )
    notes = {
        " In grey.": state.colour == "rgb",
        " Before the activation.": state.activation != "none",
        " Copies untied on Explore are tied here.": bool(state.untied),
    }
    return size + "".join(note for note, applies in notes.items() if applies)
