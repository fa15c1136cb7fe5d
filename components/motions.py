"""What the four wirings do when the picture moves, or when its pixels are scrambled. Pure."""

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from components import columns, theme, views, words
from components.columns import Column, Fact
from components.state import Compare, Explore, View
from components.views import NAMES, Layer
from kernels import symmetry
from kernels.counts import KINDS
from kernels.images import unit
from kernels.wiring import Wiring, flat, wiring

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
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

    kind: View
    output: Floats
    scrambled: Floats

    @property
    def still(self) -> int:
        return int((self.output == self.scrambled).sum())


def geometry(state: Explore, own: Compare) -> Explore:
    """The layer that is shifted: this kernel and dilation, an output for every input (or for every second)."""
    return replace(state, padding="same", mode=own.border, stride=own.hop)


def moves(state: Explore, layer: Layer, planes: Bytes, own: Compare) -> list[Move]:
    """All four, moved before and after. The convolution has the visitor's kernel, the others free weights (SEED)."""
    wrap = own.border == "circular"
    x = flat(layer.spec, unit(planes))
    inputs = symmetry.shift(layer.in_shape, (own.down, own.right), wrap)
    # A stride of 2 has an output for every second pixel: the map moves half as far.
    outputs = symmetry.shift(layer.out_shape, (own.down // own.hop, own.right // own.hop), wrap)
    found = []
    for n, kind in enumerate(KINDS):
        wires = wiring(kind, layer.spec, layer.in_shape, state.period if kind == "tiled" else None)
        theta = _numbers(state, layer, wires) if kind == "conv" else views.free_weights(wires, [SEED, n])
        first = wires.product(theta, symmetry.moved(x, inputs))
        last = symmetry.moved(wires.product(theta, x), outputs)
        exact = symmetry.commutes(wires, inputs, outputs)
        found.append(Move(kind, *(part.reshape(layer.out_shape)[0] for part in (first, last, exact))))
    return found


def scrambles(state: Explore, layer: Layer, planes: Bytes, seed: int) -> list[Scrambled]:
    """The fully connected layer with its columns in the pixels' new order, and the convolution, which has no such way.

    Both have the visitor's kernel as their numbers.
    """
    order = symmetry.scramble(prod(layer.in_shape), seed)
    x = flat(layer.spec, unit(planes))
    found = []
    for kind in ("dense", "conv"):
        wires = wiring(kind, layer.spec, layer.in_shape)
        theta = _numbers(state, layer, wires)
        reading = symmetry.reordered(wires, order) if kind == "dense" else wires
        plain, mixed = wires.product(theta, x), reading.product(theta, symmetry.moved(x, order))
        found.append(Scrambled(kind, *(y.reshape(layer.out_shape)[0] for y in (plain, mixed))))
    return found


def scrambled_picture(layer: Layer, planes: Bytes, seed: int) -> Floats:
    """The picture (H, W) with all pixels in the order of this seed."""
    order = symmetry.scramble(prod(layer.in_shape), seed)
    picture: Floats = symmetry.moved(unit(planes).ravel(), order).reshape(layer.in_shape)[0]
    return picture


def _numbers(state: Explore, layer: Layer, wires: Wiring) -> Floats:
    return wires.theta_from(views.window(state)[None, None], [state.bias] if layer.spec.bias else None)


def move_columns(state: Explore, found: list[Move], own: Compare) -> list[Column]:
    """A column a wiring: both orders, their difference, and where it must be 0."""
    return [_move_column(state, move, own) for move in found]


def _move_column(state: Explore, move: Move, own: Compare) -> Column:
    name, largest = NAMES[move.kind], float(np.abs(move.difference).max())
    range = columns.range_of(move.moved_first, move.moved_last)
    size = f"{move.exact.shape[0]} × {move.exact.shape[1]}"
    link = {"group": "move", "letter": "Y"}
    pictures = (
        columns.picture(
            "W · shift(X)", f"{name}: output for the shifted picture, {size}", move.moved_first, range, **link
        ),
        columns.picture("shift(W · X)", f"{name}: the output, shifted, {size}", move.moved_last, range, **link),
        columns.picture(
            "difference",
            f"{name}: the difference of the two, at most {words.figure(largest)}",
            move.difference,
            columns.Range(range.high),
            **link,
        ),
    )
    exact, whole = int(move.exact.sum()), move.exact.size
    measured = f"measured there: {words.figure(move.where_exact)}" if exact else "the weights decide, not the wiring"
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
    return Column(name, "", _why(state, move.kind, own), pictures, facts, theme.ROLES[move.kind])


def _why(state: Explore, kind: View, own: Compare) -> str:
    if kind == "dense":
        return "Free weights. With the convolution's numbers it would move along too, but nothing makes it."
    if kind == "local":
        return "Free weights: what has moved meets other weights."
    if kind == "tiled":
        step = state.period * own.hop
        return f"Free weights that repeat every {step} pixels: it moves along by multiples of {step}."
    if _between(own):
        return "Your kernel. With stride 2, an odd shift falls between two outputs."
    return "Your kernel, the same at every place."


def move_sentence(found: list[Move], own: Compare) -> str:
    """What the convolution did, and why."""
    conv = next(move for move in found if move.kind == "conv")
    exact, whole = int(conv.exact.sum()), conv.exact.size
    if exact == whole:
        why = "the picture is a ring and no window meets a border" if own.border == "circular" else "nothing has moved"
        return (
            f"Shift then convolve, or convolve then shift: **exactly 0.0 apart at all {whole:,} outputs**, for {why}."
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


def _between(own: Compare) -> bool:
    """Whether the shift falls between two outputs."""
    return bool(own.down % own.hop or own.right % own.hop)


def scramble_columns(layer: Layer, planes: Bytes, found: list[Scrambled], seed: int) -> list[Column]:
    """The picture and both layers' maps, before and after."""
    unit_range, size = columns.Range(1.0, signed=False), f"{layer.in_shape[1]} × {layer.in_shape[2]}"
    mixed = scrambled_picture(layer, planes, seed)
    first = Column(
        "The picture",
        "",
        f"Every pixel is still there, in an order drawn with seed {seed}.",
        (
            columns.picture("X", f"The picture, {size}", unit(planes)[0], unit_range, group="X", letter="X"),
            columns.picture(
                "scrambled", f"The same pixels scrambled, {size}", mixed, unit_range, group="X", letter="X"
            ),
        ),
    )
    return [first, *(_scramble_column(one) for one in found)]


def _scramble_column(one: Scrambled) -> Column:
    name, range = NAMES[one.kind], columns.range_of(one.output, one.scrambled)
    largest = float(np.abs(one.output - one.scrambled).max())
    note = {
        "dense": "Its columns follow the pixels: it never knew who was whose neighbour.",
        "conv": "Its windows stay where they are, and find no neighbours in them.",
    }[one.kind]
    pictures = (
        columns.picture("Y", f"{name}: output for the picture", one.output, range, group="Z", letter="Y"),
        columns.picture(
            "Y, scrambled", f"{name}: output for the scrambled picture", one.scrambled, range, group="Z", letter="Y"
        ),
    )
    facts = (
        Fact(
            "the same to the last bit",
            f"{one.still:,} of {one.output.size:,} outputs",
            good=one.still == one.output.size,
        ),
        Fact("largest difference", words.figure(largest), "measured"),
    )
    return Column(name, "", note, pictures, facts, theme.ROLES[one.kind])
