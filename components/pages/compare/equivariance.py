"""What the four wirings do when the picture moves, or when its pixels are scrambled. Pure."""

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from components.display import cards, words
from components.display.cards import Card, Fact
from components.display.layer import LAYER_NAMES, Layer, random_weights, window_weights
from components.pages.compare.state import Compare
from components.state.setup import Setup, View
from kernels.images.decode import unit
from kernels.layer import equivariance
from kernels.layer.counts import KINDS
from kernels.layer.spec import Bytes, Floats, Pair
from kernels.layer.wiring import Wiring, flat, wiring

SEED = 1  # of the free weights of all but the convolution


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """W·shift(X) and shift(W·X) of one wiring (H', W'), and at which outputs they must agree whatever the numbers."""

    kind: View
    moved_first: Floats
    moved_last: Floats
    exact: NDArray[np.bool_]

    @property
    def difference(self) -> Floats:
        return self.moved_first - self.moved_last

    @property
    def where_exact(self) -> float:
        """The largest difference measured where theory says 0."""
        return float(np.abs(self.difference[self.exact]).max(initial=0))


@dataclass(frozen=True, slots=True, eq=False)
class Scrambled:
    """A layer's output for the picture, and for the scrambled picture; `still`: how many outputs are the same bits."""

    name: str
    output: Floats
    scrambled: Floats

    @property
    def still(self) -> int:
        return int((self.output == self.scrambled).sum())


def geometry(state: Setup, own: Compare) -> Setup:
    """The layer that is shifted: this kernel and dilation, an output for every input (or for every second)."""
    return replace(state, padding="same", mode=own.border, stride=own.hop)


def moves(state: Setup, layer: Layer, planes: Bytes, own: Compare) -> list[Move]:
    """All four, moved before and after. The convolution has the visitor's kernel, the others free weights (SEED)."""
    wrap = own.border == "circular"
    x = flat(layer.spec, unit(planes))
    inputs = equivariance.shift(layer.in_shape, (own.down, own.right), wrap)
    # A stride of 2 has an output for every second pixel: the map moves half as far.
    outputs = equivariance.shift(layer.out_shape, (own.down // own.hop, own.right // own.hop), wrap)
    found = []
    for n, kind in enumerate(KINDS):
        wires = wiring(kind, layer.spec, layer.in_shape, state.period if kind == "tiled" else None)
        theta = _numbers(state, layer, wires) if kind == "conv" else random_weights(wires, [SEED, n])
        first = wires.product(theta, equivariance.moved(x, inputs))
        last = equivariance.moved(wires.product(theta, x), outputs)
        exact = equivariance.commutes(wires, inputs, outputs)
        found.append(Move(kind, *(part.reshape(layer.out_shape)[0] for part in (first, last, exact))))
    return found


def scrambles(state: Setup, layer: Layer, planes: Bytes, seed: int) -> list[Scrambled]:
    """The fully connected layer as it was, and with its columns in the pixels' new order; and the convolution, which
    has no such way. All have the visitor's kernel as their numbers.
    """
    order = equivariance.scramble(prod(layer.in_shape), seed)
    x = flat(layer.spec, unit(planes))
    dense, conv = (wiring(kind, layer.spec, layer.in_shape) for kind in ("dense", "conv"))
    found = []
    for name, wires, reading in (
        ("Fully connected, as it was", dense, dense),
        ("Fully connected, rewired", dense, equivariance.reordered(dense, order)),
        ("Convolution", conv, conv),
    ):
        theta = _numbers(state, layer, wires)
        plain, mixed = wires.product(theta, x), reading.product(theta, equivariance.moved(x, order))
        found.append(Scrambled(name, *(y.reshape(layer.out_shape)[0] for y in (plain, mixed))))
    return found


def scrambled_picture(layer: Layer, planes: Bytes, seed: int) -> Floats:
    """The picture (H, W) with all pixels in the order of this seed."""
    order = equivariance.scramble(prod(layer.in_shape), seed)
    picture: Floats = equivariance.moved(unit(planes).ravel(), order).reshape(layer.in_shape)[0]
    return picture


def _numbers(state: Setup, layer: Layer, wires: Wiring) -> Floats:
    return wires.theta_from(window_weights(state)[None, None], [state.bias] if layer.spec.bias else None)


def move_cards(state: Setup, found: list[Move], own: Compare) -> list[Card]:
    """A card per wiring: both orders, their difference, and where it must be 0."""
    return [_move_card(state, move, own) for move in found]


def _move_card(state: Setup, move: Move, own: Compare) -> Card:
    name, largest = LAYER_NAMES[move.kind], float(np.abs(move.difference).max())
    range = replace(cards.colour_range(move.moved_first, move.moved_last, move.difference), signed=True)
    size = f"{move.exact.shape[0]} × {move.exact.shape[1]}"
    link = {"group": "move", "letter": "Y"}
    pictures = (
        cards.map_picture(
            "W · shift(X)", f"{name}: output for the shifted picture, {size}", move.moved_first, range, **link
        ),
        cards.map_picture("shift(W · X)", f"{name}: the output, shifted, {size}", move.moved_last, range, **link),
        cards.map_picture(
            "difference",
            f"{name}: the difference of the two, at most {words.figure(largest)}",
            move.difference,
            range,
            **link,
        ),
    )
    exact, whole = int(move.exact.sum()), move.exact.size
    measured = f"measured there: {words.figure(move.where_exact)}" if exact else "nothing forces a zero here"
    facts = (
        Fact(
            "largest difference",
            words.figure(largest),
            f"‖difference‖ = {words.figure(float(np.linalg.norm(move.difference)))}",
        ),
        Fact(
            "must be 0 at",
            f"{exact:,} of {whole:,}",
            measured,
            move.where_exact == 0.0 if exact else None,
        ),
    )
    return cards.layer_card(move.kind, name, "", _why(state, move, own), pictures, facts)


def _why(state: Setup, move: Move, own: Compare) -> str:
    if move.kind == "dense":
        return "Free weights. With the convolution's numbers it would move along too, but nothing makes it."
    if move.kind == "local":
        return "Free weights: what has moved meets other weights."
    if move.kind == "tiled":
        return f"Free weights{_tiles(state.period, move, own)}"
    if _between(own):
        return "Your kernel. With stride 2, an odd shift falls between two outputs."
    return "Your kernel, the same at every place."


def _tiles(period: int, move: Move, own: Compare) -> str:
    """When a tiled layer moves along."""
    if period >= max(move.exact.shape):
        return " that never repeat: locally connected at this period."
    if period == 1:
        return ", the same at every place: a convolution at this period."
    step = period * own.hop
    seam = (
        ", but for the seam of the ring"
        if own.border == "circular" and any(n % period for n in move.exact.shape)
        else ""
    )
    return f" that repeat every {step} pixels: it moves along by multiples of {step}{seam}."


def move_sentence(found: list[Move], own: Compare) -> str:
    """What the convolution did, and why."""
    conv = next(move for move in found if move.kind == "conv")
    exact, whole = int(conv.exact.sum()), conv.exact.size
    if conv.where_exact:
        return f"Theory says 0 at {exact:,} outputs, measured: {words.figure(conv.where_exact)}. The mistake is ours."
    if not (own.down or own.right):
        return "Nothing has moved yet: **drag the picture**."
    if exact == whole:
        return (
            f"Shift then convolve, or convolve then shift: **exactly 0.0 apart at all {whole:,} outputs**, for "
            f"{_everywhere(own)}."
        )
    if _between(own):
        return (
            "With stride 2 there is an output for every second pixel only: **an even shift moves the map by half, an "
            "odd one falls between two outputs** and makes another map."
        )
    border = "the ring does not close: the stride leaves a remainder" if own.border == "circular" else "pixels get lost"
    return (
        f"**Exactly 0.0 apart at {exact:,} of {whole:,} outputs.** At the other {whole - exact:,} the window, or the "
        f"place the output comes from, meets the border, where {border}."
    )


def _everywhere(own: Compare) -> str:
    """Why no output is left out."""
    if own.border == "circular":
        return "the picture is a ring and no window meets a border"
    return "no window that reads a pixel meets the border"


def _between(own: Compare) -> bool:
    """Whether the shift falls between two outputs."""
    return bool(own.down % own.hop or own.right % own.hop)


def within(own: Compare, size: Pair) -> Compare:
    """The shift as far as it goes: no picture moves by more than its own size."""
    down, right = (max(-n, min(n, by)) for n, by in zip(size, (own.down, own.right), strict=True))
    return replace(own, down=down, right=right)


def scope(layer: Layer) -> str:
    """What is shifted."""
    _, height, width = layer.in_shape
    return (
        f"Your picture at {height} × {width} in grey, your kernel and dilation, an output for every pixel or every "
        f"second; the free weights of the others are drawn with seed {SEED}."
    )


def scramble_cards(layer: Layer, planes: Bytes, found: list[Scrambled], seed: int) -> list[Card]:
    """The picture and both layers' maps, before and after."""
    unit_range, size = cards.ColourRange(1.0, signed=False), f"{layer.in_shape[1]} × {layer.in_shape[2]}"
    mixed = scrambled_picture(layer, planes, seed)
    first = Card(
        "The picture",
        "",
        f"Every pixel is still there, in an order drawn with seed {seed}.",
        (
            cards.map_picture("X", f"The picture, {size}", unit(planes)[0], unit_range, group="X", letter="X"),
            cards.map_picture(
                "scrambled", f"The same pixels scrambled, {size}", mixed, unit_range, group="X", letter="X"
            ),
        ),
    )
    range = cards.colour_range(*(y for one in found for y in (one.output, one.scrambled)))
    return [first, *(_scramble_card(one, range) for one in found)]


NOTES = {
    "Fully connected, as it was": "Every weight meets another pixel now.",
    "Fully connected, rewired": "Each column of W follows its pixel: the layer never knew who was whose neighbour.",
    "Convolution": "Its windows stay where they are, and find other pixels in them. It has no columns to move.",
}


def _scramble_card(one: Scrambled, range: cards.ColourRange) -> Card:
    largest, link = float(np.abs(one.output - one.scrambled).max()), {"group": "Z", "letter": "Y"}
    pictures = (
        cards.map_picture("Y", f"{one.name}: output for the picture", one.output, range, **link),
        cards.map_picture(
            "Y, scrambled", f"{one.name}: output for the scrambled picture", one.scrambled, range, **link
        ),
    )
    whole = one.output.size
    facts = (
        Fact("the same to the last bit", f"{one.still:,} of {whole:,} outputs", good=one.still == whole),
        Fact("largest difference", words.figure(largest), "measured"),
    )
    role: View = "conv" if one.name == "Convolution" else "dense"
    return cards.layer_card(role, one.name, "", NOTES[one.name], pictures, facts)
