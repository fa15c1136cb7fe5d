"""Inside one unit of a network: what it reads, with which weights, and what comes of it. Pure."""

from dataclasses import dataclass, replace
from math import isqrt, prod

import numpy as np
from numpy.typing import NDArray

from components.display import cards, words
from components.display.cards import Card, Fact
from components.display.image import mosaic
from components.pages.network.activations import ForwardPass, Volumes, forward, volumes_of
from components.pages.network.layers import NAMES
from components.pages.network.state import Net
from kernels.layer.spec import Array
from kernels.learning.layers import Activate, GlobalPool, Pool, Softmax
from kernels.learning.linear import Bias
from kernels.networks.blocks import EPSILON, BatchNorm
from kernels.networks.plan import INPUT, Plan, Row, volume_text
from kernels.networks.receptive_fields import Unit
from kernels.networks.units import Terms, pooled, terms, window_shape, winner

FORMULAS = {
    "relu": r"y = \max(x, 0)",
    "tanh": r"y = \tanh x",
    "sigmoid": r"y = \frac{1}{1 + e^{-x}}",
}
WRITTEN, ALL = 3, 12  # terms of a long sum that are written out, and of one that is written whole
ACROSS = 2  # terms in a line
BIGGEST = 65_536  # numbers that are drawn of a window


Marks = tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """A unit in words, as a formula with its numbers, and in pictures."""

    title: str
    sentence: str
    formula: str
    cards: list[Card]


@dataclass(frozen=True, slots=True)
class UnitOfRow:
    row: int
    unit: Unit


def shown_unit(own: Net, made: Plan, outputs: list[Array]) -> UnitOfRow:
    """The chosen unit if the network has it, else the one with the largest output in the last row."""
    if _has_chosen(own, made):
        row, c, i, j = own.unit
        return UnitOfRow(row, (c, i, j))
    last = outputs[-1]
    c, i, j = map(int, np.unravel_index(int(last.argmax()), last.shape))
    return UnitOfRow(len(made.rows) - 1, (c, i, j))


def up_to_chosen(own: Net, made: Plan) -> Plan:
    """The network up to the row of the chosen unit: these rows have the same weights without those behind them."""
    return replace(made, rows=made.rows[: own.unit[0] + 1]) if _has_chosen(own, made) else made


def _has_chosen(own: Net, made: Plan) -> bool:
    """Whether the network has the unit that was chosen."""
    at, *unit = own.unit or (len(made.rows),)
    return at < len(made.rows) and all(n < size for n, size in zip(unit, made.rows[at].out_shape, strict=True))


@dataclass(frozen=True, slots=True)
class Shown:
    """What is kept of a forward pass. chosen: the unit that was chosen then; unit: its details."""

    volumes: Volumes
    chosen: tuple[int, ...]
    unit: UnitDetails | None


def shown(own: Net, made: Plan, x: Array) -> Shown:
    """All that is shown of one run: the outputs of all rows are too large to be kept."""
    found = forward(own, made, x)
    unit = unit_details(own, made, found) if made.rows else None
    return Shown(volumes_of(made, found), own.unit, unit)


def chosen_unit(own: Net, made: Plan, x: Array) -> UnitDetails | None:
    if not made.rows:
        return None
    part = up_to_chosen(own, made)
    return unit_details(own, part, forward(own, part, x))


def unit_details(own: Net, made: Plan, found: ForwardPass) -> UnitDetails:
    """What the shown unit computes."""
    theta, outputs = found.theta.values, found.outputs
    shown = shown_unit(own, made, outputs)
    at, unit = shown.row, shown.unit
    row = made.rows[at]
    read = [found.x if n == INPUT else outputs[n] for n in row.reads]
    value = float(outputs[at][unit])
    title = f"{at + 1}. {NAMES[row.config.op]}: {_place(row, unit)}"
    if summed := terms(row, theta, read[0], unit):
        return _sum(row, summed, _shown_as(made, at), title, value)
    if isinstance(row.layer, Pool | GlobalPool):
        return _pooled(row, read[0], unit, title, value)
    if isinstance(row.layer, Softmax):
        return _softmax(read[0], unit, title, value)
    sentence, formula = _plain(row, theta, read, unit, value)
    return UnitDetails(title, sentence, formula, [])


def _place(row: Row, unit: Unit) -> str:
    c, i, j = unit
    if prod(row.out_shape[1:]) > 1:
        return f"map {c + 1}, row {i + 1}, column {j + 1}"
    return f"class {c}" if row.config.op == "softmax" else f"number {c + 1}"


def _shown_as(made: Plan, at: int) -> tuple[int, int, int]:
    """The shape in which a window is drawn: what was flattened on its way is drawn as it was before."""
    row = made.rows[at]
    shape = window_shape(row)
    before = row.reads[0]
    while before != INPUT and isinstance(made.rows[before].layer, Activate | BatchNorm | Bias | None):
        before = made.rows[before].reads[0]
    if before != INPUT and made.rows[before].config.op == "flatten" and prod(shape) == prod(made.rows[before].in_shape):
        return made.rows[before].in_shape
    return shape


def _sum(row: Row, found: Terms, shape: tuple[int, int, int], title: str, value: float) -> UnitDetails:
    """Window, kernel and products; the sum with its largest terms."""
    size = prod(shape)
    weights = found.taps < size
    pictures = []
    for name, numbers in (("inputs", found.inputs), ("weights", found.weights), ("products", found.products)):
        whole = np.zeros(size)
        whole[found.taps[weights]] = numbers[weights]
        pictures.append((name, whole.reshape(shape)[: BIGGEST // prod(shape[1:]) + 1]))
    formula, rest = _written(found, weights, value)
    also = f" (the largest are written out, plus {words.plural(rest, 'smaller term')})" if rest else ""
    part = "" if size == pictures[0][1].size else f" Only {volume_text(pictures[0][1].shape)} of its window are drawn."
    sentence = (
        f"A sum of {words.plural(int(weights.sum()), 'product')}{also}.{part} "
        f"It uses {len(np.unique(found.ids)):,} of the layer's {words.plural(row.parameters, 'parameter')}."
    )
    total = Fact("sum" + (" plus bias" if (~weights).any() else ""), words.figure(found.total), words.exact(value))
    return UnitDetails(
        title,
        sentence,
        formula,
        [_card(name, maps, total if name == "products" else None) for name, maps in pictures],
    )


def _written(found: Terms, weights: NDArray[np.bool_], value: float) -> tuple[str, int]:
    """The sum with its numbers, and how many terms are left out: none of a short one, else all but the largest."""
    order = np.argsort(-np.abs(found.products[weights]), kind="stable")[:WRITTEN]
    if weights.sum() <= ALL:
        order = np.arange(weights.sum())
    terms = [f"{_braced(found.weights[weights][n])} \\cdot {_braced(found.inputs[weights][n])}" for n in order] or ["0"]
    rest = int(weights.sum()) - len(order)
    if rest:
        terms.append(r"\cdots")
    biased = bool((~weights).any())
    if biased:
        terms.append(_braced(float(found.products[~weights].sum())))
    told = [" + ".join(terms[n : n + ACROSS]) for n in range(0, len(terms), ACROSS)]
    return _lines("y", r"\sum w\,x" + (" + b" if biased else ""), r" \\ &\quad + ".join(told), _number(value)), rest


def _card(name: str, maps: Array, fact: Fact | None = None, marks: Marks = ()) -> Card:
    """Maps (channels, K, L) in one picture."""
    n, h, w = maps.shape
    across = isqrt(max(n - 1, 0)) + 1
    if h == w == 1 and n > 1:
        square = np.zeros(across * -(-n // across))
        square[:n] = maps.ravel()
        sheet = square.reshape(-1, across)
    else:
        sheet = mosaic(maps, across)
    told = f"{name.capitalize()}: {volume_text((n, h, w))}"
    picture = cards.map_picture(
        "", told, sheet, cards.colour_range(sheet), group="" if n > 1 else "w", letter="x", marks=marks
    )
    return Card(name.capitalize(), "", volume_text((n, h, w)), (picture,), (fact,) if fact else ())


def _pooled(row: Row, x: Array, unit: Unit, title: str, value: float) -> UnitDetails:
    """The window, and the position of its maximum."""
    seen, (top, left) = pooled(row, x, unit)
    won = winner(row, x, unit)
    if won is None:
        sentence = f"The mean of {words.plural(seen.size, 'number')}, all weighted equally."
        return UnitDetails(
            title,
            sentence,
            rf"y = \frac{{1}}{{{seen.size}}} \sum x = {_number(value)}",
            [_card("window", seen[None])],
        )
    at = won[1] - top, won[2] - left
    same = int((seen == seen.max()).sum())
    tie = f" ({words.plural(same, 'position')} tie; the first one counts)" if same > 1 else ""
    sentence = (
        f"Row {at[0] + 1}, column {at[1] + 1} of the window has the maximum{tie}. The others have no effect "
        f"and get no gradient."
    )
    return UnitDetails(
        title, sentence, rf"y = \max x = {_number(value)}", [_card("window", seen[None], marks=((*at, 1, 1),))]
    )


def _softmax(x: Array, unit: Unit, title: str, value: float) -> UnitDetails:
    """eˣ over the sum of all eˣ, with the largest of them written out."""
    scores = x.ravel().astype(np.float64)
    at = int(np.ravel_multi_index(unit, x.shape))
    order = np.argsort(-scores, kind="stable")[:WRITTEN]
    told = " + ".join(f"e^{{{_number(scores[n])}}}" for n in order)
    more = r" + \cdots" if len(scores) > WRITTEN else ""
    formula = _lines(
        rf"p_{{{at}}}",
        rf"\frac{{e^{{x_{{{at}}}}}}}{{\sum_j e^{{x_j}}}}",
        rf"\frac{{e^{{{_number(scores[at])}}}}}{{{told}{more}}}",
        _number(value),
    )
    sentence = (
        f"{words.plural(len(scores), 'number')} become probabilities: positive, summing to 1. Classes are counted from "
        "0, like the digits."
    )
    return UnitDetails(title, sentence, formula, [])


def _plain(row: Row, theta: Array, read: list[Array], unit: Unit, value: float) -> tuple[str, str]:
    """Sentence and formula of a layer that is neither a sum nor a choice."""
    own = theta[row.part]
    x = float(read[0][unit]) if row.in_shape == row.out_shape else value
    if isinstance(row.layer, Activate):
        return (
            "Applied to each number separately.",
            rf"{FORMULAS[row.layer.name]},\quad x = {_number(x)},\quad y = {_number(value)}",
        )
    if isinstance(row.layer, BatchNorm):
        return _normalised(own.reshape(2, -1)[:, unit[0]], read[0][unit[0]].astype(np.float64), x, value)
    if row.config.op == "add":
        return "The output of the branch is added to that of the shortcut.", (
            _lines("y", "f(x) + g(x)", f"{_number(x)} + {_braced(float(read[1][unit]))}", _number(value))
        )
    if row.config.op == "unitbias":
        bias = float(own.reshape(row.out_shape)[unit])
        return "Every unit has its own bias: nothing is shared here.", (
            _lines("y", "x + b", f"{_number(x)} + {_braced(bias)}", _number(value))
        )
    return "The same numbers in a different shape.", rf"y = {_number(value)}"


def _normalised(weights: Array, seen: Array, x: float, value: float) -> tuple[str, str]:
    gamma, beta = map(float, weights)
    spread = _number(float(seen.var() + EPSILON))
    sentence = "Each map is centred, divided by its spread, then scaled and shifted, using this picture's statistics."
    return sentence, (
        _lines(
            "y",
            r"\gamma\frac{x - m}{\sqrt{v + \varepsilon}} + \beta",
            rf"{_number(gamma)} \cdot \frac{{{_number(x)} - {_braced(float(seen.mean()))}}}{{\sqrt{{{spread}}}}} "
            rf"+ {_braced(beta)}",
            _number(value),
        )
    )


def _lines(name: str, *sides: str) -> str:
    """An equation with one side per line, to fit on a phone."""
    return rf"\begin{{aligned}} {name} &= " + r" \\ &= ".join(sides) + r" \end{aligned}"


def _number(x: float) -> str:
    """Three figures, as LaTeX."""
    figure, _, power = f"{float(x):.3g}".partition("e")
    return rf"{figure} \cdot 10^{{{int(power)}}}" if power else figure


def _braced(x: float) -> str:
    return f"({_number(x)})" if x < 0 else _number(x)
