"""What the four wirings do when the picture is shifted. Pure."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from components.display import cards, image, words
from components.display.cards import Card, Fact, Picture
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
    """W·X, W·shift(X) and shift(W·X) of one wiring (H', W').

    exact: at which outputs the last two must agree whatever the numbers. permuted: whether the shift only reorders the
    outputs, and loses none.
    """

    kind: View
    output: Floats
    shifted_first: Floats
    shifted_last: Floats
    exact: NDArray[np.bool_]
    permuted: bool

    @property
    def invariant(self) -> bool:
        """Whether the maximum over all positions must stay the same whatever the numbers."""
        return self.permuted and bool(self.exact.all())

    @property
    def maxima(self) -> tuple[float, float]:
        """Global max pooling, before the shift and after it."""
        return float(self.output.max()), float(self.shifted_first.max())

    @property
    def flattened(self) -> tuple[float, float]:
        """One output of a read-out with a random weight for every position, before the shift and after it."""
        weights = np.random.default_rng([SEED]).standard_normal(self.output.size) / np.sqrt(self.output.size)
        return float(weights @ self.output.ravel()), float(weights @ self.shifted_first.ravel())

    @property
    def difference(self) -> Floats:
        return self.shifted_first - self.shifted_last

    @property
    def largest(self) -> float:
        """The largest difference between the two orders."""
        return float(np.abs(self.difference).max())

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
        output = small.product(wires, theta, small.x)
        last = equivariance.moved(output, outputs)
        exact = equivariance.commutes(wires, inputs, outputs).reshape(layer.out_shape)[0]
        found.append(Shifted(kind, small.map(output), small.map(first), small.map(last), exact, wrap))
    return found


def shift_cards(state: Setup, found: list[Shifted], own: Compare) -> list[Card]:
    """A card per wiring: the difference of the two orders, both of them, where it must be 0, and what is read out."""
    return [_card(state, one, own) for one in found]


def _card(state: Setup, one: Shifted, own: Compare) -> Card:
    name = LAYER_NAMES[one.kind]
    return cards.layer_card(one.kind, name, _headline(one, own), _why(state, one, own), _pictures(one), _facts(one))


def _pictures(one: Shifted) -> tuple[Picture, ...]:
    """The difference of the two orders, and each of them, all in one range of colours."""
    name, size = LAYER_NAMES[one.kind], words.shape(one.exact.shape)
    range = replace(cards.colour_range(one.shifted_first, one.shifted_last, one.difference), signed=True)
    drawn = partial(cards.map_picture, range=range, group="move", letter="Y")
    apart = f"{name}: the difference of the two orders, at most {words.figure(one.largest)}"
    return (
        drawn("Difference" if one.difference.any() else "0 everywhere", apart, one.difference),
        drawn("W · shift(X)", f"{name}: output for the shifted picture, {size}", one.shifted_first),
        drawn("shift(W · X)", f"{name}: the output, shifted, {size}", one.shifted_last),
    )


def _facts(one: Shifted) -> tuple[Fact, ...]:
    norm = f"‖difference‖ = {words.figure(float(np.linalg.norm(one.difference)))}"
    return (
        Fact("largest difference", words.figure(one.largest), norm),
        _zero(one),
        Fact("global max, before → after the shift", _changed(*one.maxima), _guarantee(one), _good(one)),
        Fact("flattened read-out, before → after", _changed(*one.flattened), f"random weights, seed {SEED}"),
    )


def _zero(one: Shifted) -> Fact:
    """At how many outputs theory says 0, and what was measured there."""
    exact = int(one.exact.sum())
    told = f"{exact:,} of {one.exact.size:,}"
    if not exact:
        return Fact("guaranteed zero at", told, "no guarantee")
    return Fact("guaranteed zero at", told, f"measured there: {words.figure(one.where_exact)}", one.where_exact == 0.0)


def _changed(before: float, after: float) -> str:
    return f"{words.figure(before)} → {words.figure(after)}"


def _guarantee(one: Shifted) -> str:
    return "invariant: guaranteed" if one.invariant else "no guarantee"


def _good(one: Shifted) -> bool | None:
    return one.maxima[0] == one.maxima[1] if one.invariant else None


def _headline(one: Shifted, own: Compare) -> str:
    """What the chosen read-out makes of the shift."""
    if own.readout == "max":
        return f"{'Invariant: ' if one.invariant else ''}{_changed(*one.maxima)}"
    if own.readout == "flat":
        return _changed(*one.flattened)
    if not (own.down or own.right):
        return "Not shifted yet"
    if one.exact.all():
        return "No difference: equivariant"
    return f"Differs by up to {words.figure(one.largest)}"


def _why(state: Setup, one: Shifted, own: Compare) -> str:
    if one.kind == "dense":
        return "Random weights. Its wiring allows any; only weights that repeat at every shift would be equivariant."
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


TITLE = ":primary[Shift the picture]: does the map shift along?"
DEFINITIONS = (
    "**Equivariance**: the map shifts along. Sharing brings it about; stride and padding at the border break it. "
    "**Invariance**: the output does not change. Pooling an equivariant map over all positions gives it; flattening "
    "breaks it."
)


def sentence(found: list[Shifted], own: Compare) -> str:
    """What the convolution did, as far as the chosen read-out shows it, and why."""
    conv = next(one for one in found if one.kind == "conv")
    if own.readout == "max":
        return _pooled(conv)
    if own.readout == "flat":
        return (
            f"Flattened, the convolution's map is read with separate weights at every position: "
            f"**{_changed(*conv.flattened)}**. The output depends on where things are, however well the map shifts."
        )
    return _equivariance(conv, own)


def _pooled(conv: Shifted) -> str:
    if conv.invariant:
        why = "the map only shifts, and a maximum over all positions does not depend on where it is. This is invariance"
    elif conv.maxima[0] == conv.maxima[1]:
        why = "unchanged here, but not guaranteed: the map does not shift exactly, or part of it leaves the picture"
    else:
        why = "the map does not shift exactly, or part of it leaves the picture, so its maximum changes"
    return f"Global maximum of the convolution's map, before and after the shift: **{_changed(*conv.maxima)}**; {why}."


def _equivariance(conv: Shifted, own: Compare) -> str:
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
        return "every position uses the same weights and the border wraps round"
    return "every position uses the same weights and no window that contains a pixel reaches the border"


def _between(own: Compare) -> bool:
    """Whether the shift falls between two outputs."""
    return bool(own.down % own.hop or own.right % own.hop)


def within(own: Compare, size: Pair) -> Compare:
    """The shift as far as it goes: no picture moves by more than its own size."""
    down, right = (max(-n, min(n, by)) for n, by in zip(size, (own.down, own.right), strict=True))
    return replace(own, down=down, right=right)


def scope(layer: Layer) -> str:
    """At which size, with whose geometry and with which weights it is computed: what the numbers depend on."""
    _, height, width = layer.in_shape
    return (
        f"X and shift(X) at {height} × {width}, with this tab's padding and stride. All but the convolution "
        f"have random weights (seed {SEED})."
    )


def unshifted(picture: Floats) -> Card:
    """The picture before it is shifted."""
    src = image.png_url(image.grey(picture))
    return Card("", "", "", (Picture("", "The picture before the shift", src, picture.shape),))
