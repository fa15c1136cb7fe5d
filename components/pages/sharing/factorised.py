"""Fewer numbers without sharing: W as a product of two layers, or with weights left out, beside its factors. Pure."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, prod, sqrt
from typing import Any

import numpy as np

from components.display import theme, words
from components.display.cards import Card, Fact, Picture
from components.display.figure import Figure
from components.display.image import png_url
from components.display.matrix_figure import Matrix, matrix_figure
from components.pages.sharing.state import Factorised, Method
from kernels.layer.kinds import fully_connected, wiring
from kernels.layer.spec import Bytes, Floats, LayerSpec, Pair
from kernels.layer.wiring import Wiring
from kernels.networks.costs import textbook_multiply_adds, total
from kernels.networks.zoo import published
from kernels.sharing.composed import Composed, composed

METHODS: dict[Method, str] = {
    "separable": "Separable",
    "stacked": "Stacked",
    "depthwise": "Depthwise",
    "low_rank": "Low rank (LoRA)",
    "pruned": "Pruning",
}
CELL, EMPTY = 16, (128, 128, 128, 40)  # pixels of a cell of W, the colour of one without a connection
ONE, PAIR = "one colour per weight", "two colours: the product of two weights"
POSITIONS = 2  # outputs along each side of the picture
LARGE, SMALL = 7, 3  # sides of a kernel, and of those that see as far one after the other
STACKED = (LARGE - 1) // (SMALL - 1)
WIDTH, LORA = 768, 8  # inputs and outputs of a matrix, and the rank of its update
NUMBERS = ("in full", "factorised", "times fewer")
SIZES: dict[Method, dict[str, str]] = {  # what can be set of each, and what it is called
    "separable": {"side": "Kernel side K"},
    "stacked": {"side": "Kernel side K"},
    "depthwise": {"side": "Kernel side K", "inputs": "Channels in", "outputs": "Channels out"},
    "low_rank": {"inputs": "Inputs", "outputs": "Outputs", "rank": "Rank r"},
    "pruned": {"inputs": "Inputs", "outputs": "Outputs", "kept": "Weights kept (%)"},
}
PARTS: dict[str, tuple[str, str, str]] = {  # the first layer, the second, and the one they stand in for
    "separable": ("First: a row of weights", "Then: a column", "One full kernel"),
    "stacked": ("First: a kernel", "Then: another", "One larger kernel"),
    "depthwise": ("First: a kernel per channel", "Then: 1×1 across channels", "One full convolution"),
    "low_rank": ("First: A", "Then: B", "Fully connected"),
}
SOURCES = (
    "Counted here. MobileNet v1 (Howard et al. 2017) prints 29.3 and 4.2 million parameters and 4,866 and 569 million "
    "multiply-adds. Three 3×3 convolutions see as far as one 7×7 (Simonyan & Zisserman 2015), and have two "
    "non-linearities more between them."
)


@lru_cache(maxsize=16)
def factors(own: Factorised) -> Composed | None:
    """The two layers and their product; None for pruning, which has no factors."""
    K, C, O = own.side, own.inputs, own.outputs
    size = POSITIONS + K - 1
    if own.method == "separable":
        across = wiring("conv", LayerSpec((1, K)), (1, size, size))
        return composed(wiring("conv", LayerSpec((K, 1)), (1, size, POSITIONS)), across)
    if own.method == "stacked":
        first = wiring("conv", LayerSpec(K), (1, size + K - 1, size + K - 1))
        return composed(wiring("conv", LayerSpec(K), (1, size, size)), first)
    if own.method == "depthwise":
        depthwise = wiring("conv", LayerSpec(K, C, C, groups=C), (C, size, size))
        return composed(wiring("conv", LayerSpec(1, C, O), (C, POSITIONS, POSITIONS)), depthwise)
    if own.method == "low_rank":
        return composed(fully_connected(own.possible.rank, O), fully_connected(C, own.possible.rank))
    return None


def pruned(own: Factorised) -> tuple[Wiring, Wiring]:
    """A fully connected layer, and what is left of it when the weights smallest in magnitude are removed."""
    dense = fully_connected(own.inputs, own.outputs)
    many = max(1, round(own.kept / 100 * dense.n_params))
    left = np.sort(np.argsort(-np.abs(_weights(dense.n_params)), kind="stable")[:many])
    targets, sources = dense.targets[left], dense.sources[left]
    return dense, Wiring(targets, sources, np.arange(many), many, dense.shape)


def _weights(n: int) -> Floats:
    return np.random.default_rng(0).standard_normal(n)


@dataclass(frozen=True, slots=True)
class Counts:
    """parameters: free ones. distinct: different weights in W, whatever their values; connections: its cells."""

    parameters: int
    distinct: int
    connections: int


def counts(own: Factorised) -> Counts:
    """Of W as it is made here."""
    both = factors(own)
    if both is None:
        return _counts(pruned(own)[1])
    return Counts(both.n_params, both.cells.n_params, len(both.cells.ids))


def _counts(wires: Wiring) -> Counts:
    """Of a matrix by itself: as many free parameters as colours."""
    return Counts(wires.n_params, wires.n_params, len(wires.ids))


# Pictures


def as_cards(own: Factorised) -> list[Card]:
    return [_card(drawn) for drawn in matrices(own)]


def as_figure(own: Factorised) -> Figure:
    """The cards' matrices, to take away."""
    shown = [
        Matrix(one.title, words.plural(one.counts.parameters, "free parameter"), one.note, _alt(one), one.picture)
        for one in matrices(own)
    ]
    return matrix_figure(f"{METHODS[own.method]}: W and what it is made of", shown)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A matrix in the colours of its weights."""

    title: str
    note: str
    counts: Counts
    picture: Bytes


def matrices(own: Factorised) -> list[Drawn]:
    """The factors, their product and the layer it stands in for, each as a matrix in colours."""
    both = factors(own)
    if both is None:
        dense, left = pruned(own)
        untied, canvas = theme.untied(), (own.outputs, max(own.inputs, own.outputs))
        before, after = (untied[theme.untied_ink(one.targets, one.sources)] for one in (dense, left))
        return [
            Drawn("Before: fully connected", ONE, _counts(dense), _cells(dense, canvas, before, before)),
            Drawn(
                f"W: the {own.kept}% of weights largest in magnitude",
                ONE,
                _counts(left),
                _cells(left, canvas, after, after),
            ),
        ]
    inner, outer = _palettes(both)
    first, second, whole = PARTS[own.method]
    side = max(both.outer.shape[0], both.inner.shape[0]), max(both.outer.shape[1], both.inner.shape[1])
    canvas = side[0], max(side)
    inner_paths, outer_paths = inner[both.pairs[:, 1]][both.paths.ids], outer[both.pairs[:, 0]][both.paths.ids]
    cells = both.cells
    full = _palette(cells.n_params)[cells.ids]
    return [
        Drawn(first, ONE, _counts(both.inner), _cells(both.inner, canvas, *[inner[both.inner.ids]] * 2)),
        Drawn(second, ONE, _counts(both.outer), _cells(both.outer, canvas, *[outer[both.outer.ids]] * 2)),
        Drawn("Their product W", PAIR, counts(own), _cells(both.paths, canvas, outer_paths, inner_paths)),
        Drawn(whole, ONE, _counts(cells), _cells(cells, canvas, full, full)),
    ]


def _card(drawn: Drawn) -> Card:
    picture, found = drawn.picture, drawn.counts
    rows, cols = picture.shape[0] // CELL, picture.shape[1] // CELL
    facts = (
        Fact("colours (distinct weights)", words.amount(found.distinct)),
        Fact("connections", words.amount(found.connections)),
    )
    shown = Picture("", _alt(drawn), png_url(picture), (rows, cols))
    return Card(drawn.title, words.plural(found.parameters, "free parameter"), drawn.note, (shown,), facts)


def _alt(drawn: Drawn) -> str:
    found = drawn.counts
    return (
        f"{drawn.title}: a matrix of {words.plural(found.connections, 'connection')} in "
        f"{words.plural(found.distinct, 'colour')}, made of {words.plural(found.parameters, 'number')}"
    )


def _palettes(both: Composed) -> tuple[Bytes, Bytes]:
    """The colours of the inner and of the outer layer's weights, none in both."""
    palette = _palette(both.n_params)
    return palette[: both.inner.n_params], palette[both.inner.n_params :]


def _palette(n: int) -> Bytes:
    """(n, 3) colours, as different as so many can be."""
    across = ceil(sqrt(n))
    return theme.weights(-(-n // across), across)[:n]


def _cells(wires: Wiring, canvas: Pair, above: Bytes, below: Bytes) -> Bytes:
    """W as (rows · CELL, cols · CELL, 4): a cell has a stripe for each connection, in two colours; empty ones are pale.

    canvas: rows and columns of the picture, at whose top left W stands, so that cells of all pictures are of one size.
    """
    rows, cols = canvas
    picture = np.zeros((rows, CELL, cols, CELL, 4), np.uint8)
    picture[: wires.shape[0], :-1, : wires.shape[1], :-1] = EMPTY
    cell = wires.targets * cols + wires.sources
    order = np.argsort(cell, kind="stable")
    _, first, many = np.unique(cell[order], return_index=True, return_counts=True)
    nth, of = np.empty(len(cell), int), np.empty(len(cell), int)
    nth[order], of[order] = np.arange(len(cell)) - np.repeat(first, many), np.repeat(many, many)
    stripe = np.arange(CELL - 1) * of[:, None] // (CELL - 1) == nth[:, None]  # the last pixel is a gap between cells
    connection, column = np.nonzero(stripe)
    at, source = wires.targets[connection, None], wires.sources[connection, None]
    for half, colours in ((np.arange(CELL // 2), above), (np.arange(CELL // 2, CELL - 1), below)):
        picture[at, half, source, column[:, None], :3] = colours[connection, None]
        picture[at, half, source, column[:, None], 3] = 255
    return picture.reshape(rows * CELL, cols * CELL, 4)


def headline(own: Factorised) -> str:
    """The page's title while this is open."""
    found = counts(own)
    numbers, colours = words.plural(found.parameters, "parameter"), words.plural(found.distinct, "distinct weight")
    whole = pruned(own)[0].n_params if own.method == "pruned" else found.distinct
    saved = "fewer parameters, but not by sharing" if found.parameters < whole else "at this size nothing is saved"
    return f":primary[{numbers}, {colours}]: {saved}"


def sentence(own: Factorised) -> str:
    """What is saved here, and that it is no sharing, in Markdown."""
    found = counts(own)
    parameters, distinct = words.plural(found.parameters, "parameter"), words.plural(found.distinct, "distinct weight")
    if own.method == "pruned":
        return (
            f"**{parameters}, {distinct}, {words.plural(found.connections, 'connection')}.** Pruning removes "
            "connections; every weight that is left is still used once."
        )
    tied = (
        "every cell has a colour of its own."
        if own.method == "low_rank"
        else "colours repeat by position only because both factors are convolutions."
    )
    return f"**{parameters} make a W of {distinct}**; {tied}"


def _stack(channels: int) -> list[int]:
    """The weights of one large kernel, and of the small ones that see as far one after the other."""
    large, small = (prod(LayerSpec(side, channels, channels).weight_shape) for side in (LARGE, SMALL))
    return [large, STACKED * small]


def _low_rank() -> list[int]:
    """The weights of a square matrix, and of the two matrices of LoRA for it."""
    sides = [(WIDTH, WIDTH)], [(WIDTH, LORA), (LORA, WIDTH)]
    return [sum(prod(LayerSpec(1, *pair).weight_shape) for pair in pairs) for pairs in sides]


def table(own: Factorised) -> dict[str, list[Any]]:
    """What factorising saves at real sizes, column by column. channels: of the stack of 3×3 convolutions."""
    C, plans = own.channels, [published(name).plan for name in ("mobilenet_full", "mobilenet")]
    sizes: list[int] = [total(plan).parameters for plan in plans]
    work = [textbook_multiply_adds(plan) for plan in plans]
    stacked, whole = (words.amount(weights) for weights in _stack(1)[::-1])
    named = {
        f"{STACKED} convolutions of {words.shape((SMALL, SMALL))} for one of {words.shape((LARGE, LARGE))}, {C} "
        f"channels: {stacked}C² for {whole}C²": _stack(C),
        "MobileNet v1, depthwise + pointwise: parameters": sizes,
        "MobileNet v1, depthwise + pointwise: multiply-adds": work,
        f"LoRA of rank {LORA} for an update of a {words.shape((WIDTH, WIDTH))} matrix": _low_rank(),
    }
    before, after = zip(*named.values(), strict=True)
    return {
        "what": [*named],
        NUMBERS[0]: [*before],
        NUMBERS[1]: [*after],
        NUMBERS[2]: [words.factor(whole / less) for whole, less in named.values()],
    }
