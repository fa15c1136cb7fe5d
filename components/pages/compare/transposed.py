"""One layer written down in four ways: its kernel, W, Wᵀ and im2col; and what Wᵀ computes. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from components.display import cards, matrix, theme, words
from components.display.cards import Card, Fact, Picture
from components.display.image import png_url, tiles_picture
from components.display.layer import Layer
from components.pages.compare.small import SmallLayer
from components.pages.compare.state import Compare, Signal
from kernels.images.decode import unit
from kernels.layer.im2col import im2col
from kernels.layer.kinds import wiring
from kernels.layer.proof import rounding
from kernels.layer.spec import Bytes, Floats, Pair
from kernels.layer.storage import Stored, storage
from kernels.layer.transposed import transposed

SEED = 1  # of the random y
COLUMNS = 30  # of X_col that are drawn


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """The layer without its bias on the small picture.

    x, y: the input and what Wᵀ is applied to; output: W x; scattered: Wᵀ y; returned: Wᵀ W x. columns: X_col, and
    product: W_row X_col. bound: how far rounding may part the two inner products, product_bound: two sums of an output.
    """

    x: Floats
    y: Floats
    output: Floats
    scattered: Floats
    returned: Floats
    columns: Floats
    product: Floats
    bound: float
    product_bound: float

    @property
    def inner(self) -> tuple[float, float]:
        """⟨W x, y⟩ and ⟨x, Wᵀ y⟩."""
        return float(self.output @ self.y), float(self.x @ self.scattered)

    @property
    def away(self) -> float:
        """‖WᵀWx − x‖ / ‖x‖; 0 where the picture is black."""
        size = float(np.linalg.norm(self.x))
        return float(np.linalg.norm(self.returned - self.x)) / size if size else 0.0


SIGNALS: dict[Signal, Callable[[Floats, Pair], Floats]] = {
    "one": lambda output, shape: np.eye(1, output.size, shape[0] // 2 * shape[1] + shape[1] // 2)[0],
    "map": lambda output, _shape: output,
    "random": lambda output, _shape: np.random.default_rng(SEED).standard_normal(output.size),
}


def faces(small: SmallLayer, own: Compare) -> Faces:
    """What W, Wᵀ and im2col make of the picture, each computed by itself."""
    spec, image = replace(small.layer.spec, bias=False), unit(small.planes)
    wires = wiring("conv", spec, small.layer.in_shape)
    theta, x = wires.theta_from(small.weight), image.ravel()
    back = transposed(wires)
    output = wires.product(theta, x)
    y = SIGNALS[own.signal](output, small.layer.out_shape[1:])
    columns = im2col(image, spec)
    product: Floats = small.weight.reshape(1, -1) @ columns
    product_bound = rounding(small.weight, x)
    bound = product_bound * float(np.abs(y).sum()) * 2
    return Faces(
        x, y, output, back.product(theta, y), back.product(theta, output), columns, product[0], bound, product_bound
    )


def title(layer: Layer) -> str:
    """The page's title: the weights of the layer that is written down, and the picture's size."""
    taps = words.plural(prod(layer.spec.kernel_size), "weight")
    return f":primary[{taps}] as W, Wᵀ and im2col, at {words.shape(layer.in_shape[1:])}"


def sentence(found: Faces) -> str:
    """The identity that makes Wᵀ the transpose, in numbers, and what it is not."""
    gathered, scattered = found.inner
    inverse = (
        "Here it even recovers the picture: ‖WᵀWx − x‖ = 0."
        if found.away < 1e-9
        else f"It is not an inverse: ‖WᵀWx − x‖ = {words.figure(found.away)} · ‖x‖."
    )
    return (
        f"W gathers a window into each output; Wᵀ scatters each output back over its window, with the same shared "
        f"weights. **⟨W x, y⟩ = {words.figure(gathered)} and ⟨x, Wᵀ y⟩ = {words.figure(scattered)}.** Wᵀ is the "
        f"transposed convolution, the one back-propagation uses. {inverse}"
    )


def face_cards(small: SmallLayer, own_layer: Layer, found: Faces) -> list[Card]:
    """The kernel, W, Wᵀ and im2col: each as a picture, what it computes, and what it takes here and at full size."""
    here, full = (storage(replace(one.spec, bias=False), one.in_shape) for one in (small.layer, own_layer))
    size = words.shape(own_layer.in_shape[1:])
    zeros = f"With its zeros, {words.size(here.dense.bytes)} here, {words.size(full.dense.bytes)} at {size}."
    return [
        _kernel_card(small, found, (here.kernel, full.kernel)),
        _gather_card(small, found, zeros, (here.sparse, full.sparse)),
        _scatter_card(small, found, (here.sparse, full.sparse)),
        _im2col_card(small, found, (here.im2col, full.im2col)),
    ]


def _kernel_card(small: SmallLayer, found: Faces, stored: tuple[Stored, Stored]) -> Card:
    y = _of_outputs("y", found.y, small)
    return _card("The kernel", "F slides over the picture.", (_kernel(small), y), stored, UNCHECKED)


def _gather_card(small: SmallLayer, found: Faces, zeros: str, stored: tuple[Stored, Stored]) -> Card:
    note = f"Row t reads the window of output t. {zeros}"
    pictures = (_matrix(small), _of_outputs("W x", found.output, small))
    return _card("W: gather", note, pictures, stored, UNCHECKED)


def _scatter_card(small: SmallLayer, found: Faces, stored: tuple[Stored, Stored]) -> Card:
    gathered, scattered = found.inner
    checked = _measured("⟨W x, y⟩ − ⟨x, Wᵀ y⟩", abs(gathered - scattered), found.bound)
    note = "Column t adds output t, times the kernel, onto its window. The entries are those of W, read by column."
    here, full = (replace(one, shape=one.shape[::-1]) for one in stored)
    return _card("Wᵀ: scatter", note, (_turned(small), _scattered(small, found)), (here, full), checked)


def _im2col_card(small: SmallLayer, found: Faces, stored: tuple[Stored, Stored]) -> Card:
    apart = float(np.abs(found.output - found.product).max())
    checked = _measured("max |W_row · X_col − W x|", apart, found.product_bound)
    note = (
        f"Column t is window t: {found.x.size:,} pixels become {stored[0].numbers:,} numbers. "
        "Pixels repeat where W repeats weights."
    )
    pictures = (_columns(found), _of_outputs("W_row · X_col", found.product, small))
    return _card("im2col", note, pictures, stored, checked)


def _measured(title: str, difference: float, bound: float) -> Fact:
    """A difference that rounding alone may make, with how much of it that is."""
    told = f"measured; rounding bound {words.figure(bound)}"
    return Fact(title, words.figure(difference), told, difference <= bound)


UNCHECKED = Fact("check", "—")
_OUTPUT = {"group": "Y", "letter": "Y"}


def _range(values: Floats) -> cards.ColourRange:
    return cards.ColourRange(float(np.abs(values).max(initial=0)) or 1.0)


def _of_outputs(title: str, values: Floats, small: SmallLayer) -> Picture:
    shape = small.layer.out_shape[1:]
    alt = f"{title}, a number for every output, {words.shape(shape)}"
    return cards.map_picture(title, alt, values.reshape(shape), _range(values), **_OUTPUT)


def _scattered(small: SmallLayer, found: Faces) -> Picture:
    values = found.scattered.reshape(small.picture.shape)
    alt = f"Wᵀ y, a number for every pixel, {small.size}"
    return cards.map_picture("Wᵀ y", alt, values, _range(values), group="X", letter="X")


def _kernel(small: SmallLayer) -> Picture:
    K, L = small.weight.shape[2:]
    colours = theme.weights(K, L).reshape(K, L, 3)
    return Picture(
        f"F, {words.shape((K, L))}", f"The kernel, {K} × {L}, one colour per weight", png_url(colours), (K, L)
    )


def _matrix(small: SmallLayer) -> Picture:
    return _in_colours("W", _cells(small))


def _turned(small: SmallLayer) -> Picture:
    return _in_colours("Wᵀ", np.swapaxes(_cells(small), 0, 1))


def _cells(small: SmallLayer) -> Bytes:
    """The matrix in the colours of its weights, (rows, columns, 4)."""
    state, layer = small.state, small.layer
    tile = matrix.window_tiles(layer, "conv", state.flip, state.period, matrix.visible_window(layer, ()))
    return tiles_picture(tile, theme.weights(*state.kernel_size))


def _in_colours(name: str, cells: Bytes) -> Picture:
    shape = cells.shape[0], cells.shape[1]
    title = f"{name}, {words.shape(shape)}"
    return Picture(title, f"{title}, in the colours of its weights", png_url(np.ascontiguousarray(cells)), shape)


def _columns(found: Faces) -> Picture:
    first = found.columns[:, :COLUMNS]
    alt = f"X_col, its first {words.plural(first.shape[1], 'column')}"
    return cards.map_picture(f"X_col, first {first.shape[1]}", alt, first, cards.ColourRange(1.0, signed=False))


def _card(title: str, note: str, pictures: tuple[Picture, ...], stored: tuple[Stored, ...], check: Fact) -> Card:
    here, full = stored
    facts = (
        Fact("shape", words.shape(here.shape)),
        Fact("numbers stored", f"{here.numbers:,}"),
        Fact("memory, float32", words.size(here.bytes)),
        Fact("at full size", words.size(full.bytes), words.shape(full.shape)),
        check,
    )
    return Card(title, "", note, pictures, facts)
