"""The four wirings on one picture, from the most weights to the fewest. Pure."""

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from components.display import cards, matrix, theme, words
from components.display.cards import Card, Fact
from components.display.diagram import NETWORK_SHAPE, PIXELS, network
from components.display.image import png_url, tiles_picture
from components.display.layer import LAYER_NAMES, Layer, random_weights
from components.pages.compare.small import SmallLayer
from components.state.setup import Setup, View
from kernels.images.decode import unit
from kernels.layer.conv import correlate
from kernels.layer.counts import KINDS, Count, steps
from kernels.layer.proof import rounding
from kernels.layer.spec import Floats, Pair
from kernels.layer.wiring import Wiring, kept

PALE = 70  # opacity, of 255, of a weight that is there and 0
CORNER = 60, 96  # rows and columns of W in the close-up
ABILITIES: dict[View, str] = {
    "dense": "Can learn a template of the whole picture for every output.",
    "local": "Can look for a different feature at every position.",
    "conv": "Looks for one feature at every position.",
}
UNTITLED = ":primary[Four layers], one picture"  # where there is no layer


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What one wiring costs and computes.

    shape: of W. uses: the fewest and the most of one weight. output: the map (H', W'). error: how far the map is from
    `correlate`'s, which may be `rounding`. kept: of drawn weights, the share that the next wiring can copy.
    """

    kind: View
    count: Count
    shape: Pair
    uses: Pair
    output: Floats
    error: float
    rounding: float
    kept: float | None


def results(small: SmallLayer, draw: int) -> list[Result]:
    """The four layers, all with the visitor's numbers (draw 0) or each with free weights drawn with this seed.

    They are run as W x over their connections; `correlate` is only what they are compared with.
    """
    layer = small.layer
    truth = correlate(unit(small.planes), small.weight, layer.spec, small.bias)[0]
    bound = rounding(np.append(small.weight, small.bias or []), small.x)
    found: list[Result] = []
    sharing_more: Wiring | None = None
    for kind in reversed(KINDS):  # from the one with fewest weights, so that no more than two are in memory at a time
        wires = small.wiring(kind)
        theta = small.theta(wires) if draw == 0 else random_weights(wires, [draw, KINDS.index(kind)])
        output = small.map(small.product(wires, theta, small.x))
        share = kept(wires, theta, sharing_more) if draw and sharing_more else None
        error = float(np.abs(output - truth).max())
        often = np.bincount(wires.ids, minlength=wires.n_params)
        uses = int(often.min()), int(often.max())
        found.insert(0, Result(kind, layer.counts[kind], wires.shape, uses, output, error, bound, share))
        sharing_more = wires
    return found


def all_cards(small: SmallLayer, draw: int) -> list[Card]:
    """What goes in, and the four layers."""
    return [_input_card(small), *result_cards(small, results(small, draw), draw)]


def _input_card(small: SmallLayer) -> Card:
    """The picture, and the kernel in the colours of its weights."""
    K, L = small.state.kernel_size
    colours = theme.weights(K, L).reshape(K, L, 3)
    kernel = cards.map_picture(
        "F", f"The kernel, {K} × {L}", np.array(small.state.kernel), cards.ColourRange(0.0), letter="F", group="F"
    )
    return Card(
        "Picture and kernel",
        small.size,
        "The colour identifies a weight; it does not show its value.",
        (
            cards.map_picture(
                "X",
                f"The picture, {small.size}",
                small.picture,
                cards.ColourRange(1.0, signed=False),
                group="X",
                letter="X",
            ),
            replace(kernel, src=png_url(colours), ramp=""),
        ),
    )


def result_cards(small: SmallLayer, found: list[Result], draw: int) -> list[Card]:
    """A card per result: its matrix, its map, its network and what it costs."""
    same = cards.colour_range(*(result.output for result in found))
    ranges = [same if draw == 0 else replace(cards.colour_range(result.output), signed=True) for result in found]
    return [_card(small, result, range, draw) for result, range in zip(found, ranges, strict=True)]


def _card(small: SmallLayer, result: Result, range: cards.ColourRange, draw: int) -> Card:
    state, layer = small.state, small.layer
    name, (rows, cols) = LAYER_NAMES[result.kind], result.shape
    pictures = (
        replace(_matrix(small, result, draw, (rows, cols)), title=f"W, {rows:,} × {cols:,}", group="Y", rows=rows),
        cards.map_picture(
            "Y",
            f"{name}: the output map, {layer.out_shape[1]} × {layer.out_shape[2]}",
            result.output,
            range,
            group="Y",
            letter="Y",
        ),
        replace(_matrix(small, result, draw, CORNER), title="W, corner"),
        cards.Picture(
            f"on {PIXELS} pixels",
            f"{name}: the same kind of layer as a network on a row of {PIXELS} pixels",
            network(result.kind, state.kernel_size, state.flip, state.period),
            NETWORK_SHAPE,
        ),
    )
    note = _turns(layer, state.period) if result.kind == "tiled" else ABILITIES[result.kind]
    facts = (*_costs(result), _evidence(result) if draw == 0 else _share(result))
    return cards.layer_card(result.kind, name, _weights(result.kind, layer, state.period), note, pictures, facts)


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
        return "One kernel: with period 1 it is a convolution."
    if step == layer.out_shape[1:]:
        return "Never repeats: with this period it is locally connected."
    return f"{prod(step):,} kernels alternate and repeat."


def _matrix(small: SmallLayer, result: Result, draw: int, size: Pair) -> cards.Picture:
    """The first so many rows and columns of W, in the colours of its weights; those that are 0 are pale."""
    state, layer = small.state, small.layer
    rows, cols = min(size[0], prod(layer.out_shape)), min(size[1], prod(layer.in_shape))
    window = matrix.Window(0, rows, 0, cols)
    tile = matrix.window_tiles(layer, result.kind, state.flip, state.period, window)
    shared = result.kind == "conv" or (result.kind == "tiled" and state.period == 1)
    cells = tiles_picture(tile, theme.weights(*state.kernel_size) if shared else theme.untied())
    pale = ""
    if result.kind == "dense" and draw == 0:
        used = np.zeros(tile.rows * tile.cols, bool)
        used[matrix.window_tiles(layer, "local", state.flip, state.period, window).at] = True
        cells[~used.reshape(tile.rows, tile.cols), 3] = PALE
        pale = ", those outside the window set to 0 and drawn pale"
    told = (
        f"{LAYER_NAMES[result.kind]}: the first {rows:,} rows and {cols:,} columns of W; the whole matrix has "
        f"{result.count.connections:,} connections, coloured by their {result.count.parameters:,} weights{pale}"
    )
    return cards.Picture("", told, png_url(cells), (rows, cols))


def _costs(result: Result) -> tuple[Fact, ...]:
    cost = result.count
    return (
        Fact("free parameters", words.amount(cost.parameters), f"{words.size(cost.bytes)} in float32"),
        Fact("connections", words.amount(cost.connections), f"each weight used {_often(result.uses)}"),
        Fact("multiply-adds", words.amount(cost.multiply_adds)),
    )


def _often(uses: Pair) -> str:
    """How many connections share a weight; weights at the border may have fewer."""
    least, most = uses
    if least == most:
        return "once" if most == 1 else f"{most:,} times"
    return f"{least:,} to {most:,} times"


def _evidence(result: Result) -> Fact:
    told = "max |W·x − Y|, measured" + (f"; rounding bound {words.figure(result.rounding)}" if result.error else "")
    return Fact("error against the sliding kernel", words.figure(result.error), told, result.error <= result.rounding)


def _share(result: Result) -> Fact:
    if result.kept is None:
        return Fact("reproducible with more sharing", "—", "no further sharing possible")
    return Fact(
        "reproducible with more sharing", words.percent(result.kept), "of ‖W‖², by the layer to the right (measured)"
    )


def title(layer: Layer) -> str:
    """The page's title: the parameters of the first and of the last layer, and the picture's size they are for."""
    size = words.shape(layer.in_shape[1:])
    dense, conv = (layer.counts[kind].parameters for kind in ("dense", "conv"))
    if dense == conv:
        return f":primary[{words.plural(conv, 'weight')}], fully connected and as a convolution, at {size}"
    return f":primary[{words.plural(conv, 'weight')} or {words.amount(dense)}]: four layers, one picture at {size}"


def sentence(layer: Layer, draw: int) -> str:
    """What the visitor sees in the cards."""
    if draw == 0:
        dense, conv = layer.counts["dense"].parameters, layer.counts["conv"].parameters
        return (
            f"With their weights set equal, {words.amount(dense)} weights compute the same map as "
            f"{words.amount(conv)}. **Point at any map.**"
        )
    return (
        f"Free weights drawn at random (seed {draw}). In the fully connected layer every output mixes all pixels "
        "differently and the picture is unrecognisable. The more weights are shared, the more the map is the picture "
        "seen through a single filter."
    )


def scope(state: Setup, layer: Layer, own: Layer) -> str:
    """What was done to the visitor's picture and layer before they were put here, and why."""
    (_, height, width), (_, own_height, own_width) = layer.in_shape, own.in_shape
    dense = words.amount(own.counts["dense"].parameters)
    size = (
        f"Your picture reduced to {height} × {width}, so that the fully connected layer can be built and run: at "
        f"{own_height} × {own_width} it would need {dense} weights."
        if (height, width) != (own_height, own_width)
        else f"Your picture at its full {height} × {width} pixels."
    )
    notes = []
    if state.colour == "rgb":
        notes.append(" Converted to grey.")
    if state.activation != "none":
        notes.append(" Shown before the activation.")
    if state.untied:
        notes.append(" Copies untied on Explore are tied here.")
    return size + "".join(notes)
