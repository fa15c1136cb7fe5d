"""What the four wirings do when the picture is shifted. Pure."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from components.display import cards, words
from components.display.cards import Card, Fact
from components.display.layer import LAYER_NAMES, Layer, random_weights
from components.pages.compare.small import SmallLayer
from components.pages.compare.state import Compare
from components.state.setup import Setup, View
from kernels.layer import equivariance
from kernels.layer.counts import KINDS
from kernels.layer.spec import Floats, Pair

SEED = 1  # of the free weights of all but the convolution


@dataclass(frozen=True, slots=True, eq=False)
class Shifted:
    """W·shift(X) and shift(W·X) of one wiring (H', W'), and at which outputs they must agree whatever the numbers."""

    kind: View
    shifted_first: Floats
    shifted_last: Floats
    exact: NDArray[np.bool_]

    @property
    def difference(self) -> Floats:
        return self.shifted_first - self.shifted_last

    @property
    def where_exact(self) -> float:
        """The largest difference measured where theory says 0."""
        return float(np.abs(self.difference[self.exact]).max(initial=0))


def geometry(state: Setup, own: Compare) -> Setup:
    """The layer that is shifted: this kernel and dilation, an output for every input (or for every second)."""
    return replace(state, padding="same", mode=own.border, stride=own.hop)


def shifted(small: SmallLayer, own: Compare) -> list[Shifted]:
    """All four, shifted before and after. The convolution has the visitor's kernel, the others free weights (SEED)."""
    wrap, layer = own.border == "circular", small.layer
    inputs = equivariance.shift(layer.in_shape, (own.down, own.right), wrap)
    # A stride of 2 has an output for every second pixel: the map moves half as far.
    outputs = equivariance.shift(layer.out_shape, (own.down // own.hop, own.right // own.hop), wrap)
    found = []
    for n, kind in enumerate(KINDS):
        wires = small.wiring(kind)
        theta = small.theta(wires) if kind == "conv" else random_weights(wires, [SEED, n])
        first = small.product(wires, theta, equivariance.moved(small.x, inputs))
        last = equivariance.moved(small.product(wires, theta, small.x), outputs)
        exact = equivariance.commutes(wires, inputs, outputs).reshape(layer.out_shape)[0]
        found.append(Shifted(kind, small.map(first), small.map(last), exact))
    return found


def shift_cards(state: Setup, found: list[Shifted], own: Compare) -> list[Card]:
    """A card per wiring: both orders, their difference, and where it must be 0."""
    return [_card(state, one, own) for one in found]


def _card(state: Setup, one: Shifted, own: Compare) -> Card:
    name, largest = LAYER_NAMES[one.kind], float(np.abs(one.difference).max())
    range = replace(cards.colour_range(one.shifted_first, one.shifted_last, one.difference), signed=True)
    size = f"{one.exact.shape[0]} × {one.exact.shape[1]}"
    link = {"group": "move", "letter": "Y"}
    pictures = (
        cards.map_picture(
            "W · shift(X)", f"{name}: output for the shifted picture, {size}", one.shifted_first, range, **link
        ),
        cards.map_picture("shift(W · X)", f"{name}: the output, shifted, {size}", one.shifted_last, range, **link),
        cards.map_picture(
            "difference",
            f"{name}: the difference of the two, at most {words.figure(largest)}",
            one.difference,
            range,
            **link,
        ),
    )
    exact, whole = int(one.exact.sum()), one.exact.size
    measured = f"measured there: {words.figure(one.where_exact)}" if exact else "no guarantee"
    facts = (
        Fact(
            "largest difference",
            words.figure(largest),
            f"‖difference‖ = {words.figure(float(np.linalg.norm(one.difference)))}",
        ),
        Fact(
            "guaranteed zero at",
            f"{exact:,} of {whole:,}",
            measured,
            one.where_exact == 0.0 if exact else None,
        ),
    )
    return cards.layer_card(one.kind, name, "", _why(state, one, own), pictures, facts)


def _why(state: Setup, one: Shifted, own: Compare) -> str:
    if one.kind == "dense":
        return (
            "Random weights. Set to the convolution's weights it would be equivariant, but nothing in its "
            "wiring makes it so."
        )
    if one.kind == "local":
        return "Random weights: the shifted pixels meet different weights."
    if one.kind == "tiled":
        return f"Random weights{_tiles(state.period, one, own)}"
    if _between(own):
        return "Your kernel. With stride 2, an odd shift falls between two outputs."
    return "Your kernel, shared across all positions."


def _tiles(period: int, one: Shifted, own: Compare) -> str:
    """To which shifts a tiled layer is equivariant."""
    if period >= max(one.exact.shape):
        return " that never repeat: with this period, locally connected."
    if period == 1:
        return ", shared across all positions: with this period, a convolution."
    step = period * own.hop
    seam = (
        ", except across the wrap-around seam"
        if own.border == "circular" and any(n % period for n in one.exact.shape)
        else ""
    )
    return f" that repeat every {step} pixels: equivariant to shifts by multiples of {step}{seam}."


def sentence(found: list[Shifted], own: Compare) -> str:
    """What the convolution did, and why."""
    conv = next(one for one in found if one.kind == "conv")
    exact, whole = int(conv.exact.sum()), conv.exact.size
    if conv.where_exact:
        return (
            f"Theory gives 0 at {exact:,} outputs but {words.figure(conv.where_exact)} was measured: this "
            f"is a bug in Weight Loom."
        )
    if not (own.down or own.right):
        return "The shift is zero: **drag the picture**."
    if exact == whole:
        return (
            f"Shift then convolve, or convolve then shift: **identical at all {whole:,} outputs**, because "
            f"{_everywhere(own)}. This is translation equivariance."
        )
    if _between(own):
        return (
            "With stride 2 there is one output for every second pixel: **an even shift moves the map by half as much; "
            "an odd one falls between two outputs** and gives a different map."
        )
    border = (
        "the wrap-around fails because the stride does not divide the size"
        if own.border == "circular"
        else "pixels are lost"
    )
    return (
        f"**Identical at {exact:,} of {whole:,} outputs.** At the other {whole - exact:,}, the window or its shifted "
        f"position reaches the border, where {border}."
    )


def _everywhere(own: Compare) -> str:
    """Why the two agree at every output."""
    if own.border == "circular":
        return "circular padding wraps the image"
    return "no window that contains a pixel reaches the border"


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
        f"Your picture at {height} × {width} in grey, with your kernel and dilation and the stride above; the other "
        f"layers have random weights (seed {SEED})."
    )
