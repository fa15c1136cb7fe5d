"""Predict first, then see: eight questions drawn from a seed, each answered by the engine. Pure.

Here are the questions on sizes and on the sum over uses; those that count and those about pictures have their own
files. The same seed and level give the same questions.
"""

from dataclasses import replace
from itertools import repeat

import numpy as np

from components.display.words import figure, indexed, shape, term
from components.pages.quiz.counting import (
    CHOICES,
    LEVELS,
    SIMPLE,
    Choice,
    Maker,
    Number,
    Question,
    Rng,
    ask,
    between,
    connections,
    geometry,
    numbers,
    parameters,
    pick,
    recurrent,
    said,
    slide,
    times,
)
from components.pages.quiz.pictures import affected, effect, matrix
from components.state.link import Level, View
from kernels.layer.counts import count
from kernels.layer.spec import Ints, LayerSpec, Pair, Shape
from kernels.layer.wiring import wiring
from kernels.networks.description import parse
from kernels.networks.plan import plan
from kernels.networks.receptive_fields import field_size

__all__ = ["KINDS", "LEVELS", "Choice", "Level", "Question", "questions"]


def output(rng: Rng, level: Level) -> Question:
    """⌊(size + 2·padding − reach) / stride⌋ + 1 rows and columns."""
    spec = LayerSpec(pick(rng, (3, 5)), **slide(rng, level))
    in_shape = 1, between(rng, 14, 24), between(rng, 14, 24)
    _, height, width = spec.out_shape(in_shape)
    reach = spec.axes(in_shape)[0].reach
    (K, _), (d, _), (s, _), ((p, _), _) = spec.kernel_size, spec.dilation, spec.stride, spec.pads
    working = [f"With dilation {d} the kernel reaches over ({K} − 1) · {d} + 1 = {reach} pixels."] if d > 1 else []
    for name, size, found in (("rows", in_shape[1], height), ("columns", in_shape[2], width)):
        padded = f"{size} + 2 · {p}" if p else f"{size}"
        step = f"; a step of {s} fits into that {found - 1} times" if s > 1 else ""
        room = size + 2 * p - reach
        working.append(
            f"Along the {name} it can move {padded} − {reach} = {room} pixels{step}: {found - 1} + 1 = {found}."
        )
    working.append(f"The output map has {height} × {width} cells.")
    prompt = (
        f"A kernel of {K} × {K} slides over a picture of {in_shape[1]} × {in_shape[2]} pixels"
        f"{geometry(spec) or SIMPLE}. How large is the output map?"
    )
    return ask(rng, "output", prompt, said(shape((height, width))), _missized(spec, in_shape), working)


def _missized(spec: LayerSpec, in_shape: Shape) -> list[Choice]:
    """The output of the layer misread."""
    axes = spec.axes(in_shape)
    rows, cols = (axis.out for axis in axes)
    up = [-(-(axis.size + axis.before + axis.after - axis.reach) // axis.stride) + 1 for axis in axes]
    once = [replace(axis, after=0).out for axis in axes]
    plain = spec.padding == (0, 0) and spec.stride == (1, 1)

    def of(**misread: int | str) -> Pair:
        return replace(spec, **misread).out_shape(in_shape)[1:]  # type: ignore[arg-type]  # names and values go together

    mistakes = {
        "This is one too few: a window fits before the first step, too.": ((rows - 1, cols - 1), True),
        "This is the size of the picture: outputs are not inputs.": (in_shape[1:], True),
        "This rounds up: a step that does not fit is not made.": ((up[0], up[1]), True),
        "This counts the padding on one side only.": ((once[0], once[1]), not plain),
        "This forgets the padding.": (of(padding=0), spec.padding != (0, 0)),
        "This forgets the stride.": (of(stride=1), spec.stride != (1, 1)),
        "This forgets the dilation.": (of(dilation=1), spec.dilation != (1, 1)),
        "This lays windows side by side: at stride 1 they overlap.": (of(stride=spec.kernel_size[0]), plain),
        "This adds what the window takes away at the border.": (of(padding="full"), plain),
    }
    return [said(shape(size), mistake) for mistake, (size, applies) in mistakes.items() if applies]


def field(rng: Rng, level: Level) -> Question:
    """Rows and columns of the picture that a unit of the second of two layers sees."""
    hard = level == "hard"
    first = LayerSpec(
        pick(rng, (3, 5)), stride=1 if level == "easy" else between(rng, 2, 3), padding=between(rng, 1, 2) * hard
    )
    second = LayerSpec(pick(rng, (3, 5)), dilation=between(rng, 2, 3) if hard else 1)
    (K1, _), (K2, _), (s, _), (d, _) = first.kernel_size, second.kernel_size, first.stride, second.dilation
    right, reach = _sees(first, second), (K2 - 1) * d + 1
    working = (
        [f"With dilation {d} the second window reaches over ({K2} − 1) · {d} + 1 = {reach} cells."] if d > 1 else []
    )
    working += [
        f"From its first cell to its last there are {reach} − 1 = {reach - 1} steps, each of {s} "
        f"pixel{'s' * (s > 1)} in the picture: {reach - 1} · {s} = {(reach - 1) * s}.",
        f"The last of these cells sees {K1} pixels from there: {(reach - 1) * s} + {K1} = {right}.",
        f"So it sees {right} × {right} pixels.",
    ]
    mistakes = {
        "This adds the two windows: what counts is how far apart the first layer's windows lie.": (K1 + reach, True),
        "This multiplies the two windows: what counts is how far apart the first layer's lie.": (K1 * reach, True),
        "This is what it sees of the first layer's map, not of the picture.": (reach, True),
        "This is what a unit of the first layer sees.": (K1, True),
        "This forgets the stride.": (_sees(replace(first, stride=(1, 1)), second), s > 1),
        "This forgets the dilation.": (_sees(first, replace(second, dilation=(1, 1))), d > 1),
    }
    wrong = [said(shape((n, n)), mistake) for mistake, (n, applies) in mistakes.items() if applies and n != right]
    prompt = (
        f"A first convolution has a kernel of {K1} × {K1}{geometry(first)}; a second one reads its map with a kernel "
        f"of {K2} × {K2}{geometry(second)}. How large is the part of the picture that one output of the second can see?"
    )
    return ask(rng, "field", prompt, said(shape((right, right))), wrong, working)


def _sees(first: LayerSpec, second: LayerSpec) -> int:
    steps = ", ".join(
        f"conv 1 {spec.kernel_size[0]} stride={spec.stride[0]} padding={spec.pads[0][0]} dilation={spec.dilation[0]}"
        for spec in (first, second)
    )
    return field_size(plan(parse(steps), (1, 64, 64)), 1)[0]


def growth(rng: Rng, level: Level) -> Question:
    """Free parameters on a picture twice as high and wide: the same for a convolution, and only for that."""
    kind = pick(rng, tuple(GROWN))
    side, stride = 2 * between(rng, 3, 9), 2 if level == "hard" else 1
    spec = LayerSpec(1 if kind == "dense" else 3, stride=stride, bias=level != "easy")
    now, later = _parameters(kind, spec, side), _parameters(kind, spec, 2 * side)
    (_, places, _), weights = spec.out_shape((1, 2 * side, 2 * side)), spec.kernel_size[0] ** 2
    layer = GROWN[kind].format(bias=", and a bias" * spec.bias, stride=f", stride {stride}" * (stride > 1))
    if kind == "dense":
        layer += f" Its map has {side // stride} × {side // stride} outputs now, and will have {places} × {places}."
    prompt = (
        f"{layer} On a picture of {side} × {side} pixels it has {now:,} free parameters. The same kind of layer is "
        f"built for a picture twice as high and wide, {2 * side} × {2 * side}. How many free parameters does it have?"
    )
    reads = weights if kind != "dense" else 4 * side * side
    own = f"{reads:,} weights" + f" and 1 bias: {reads:,} + 1 = {reads + 1:,}" * spec.bias
    alone = f"The kernel has {own}. All places of the window share them, and a larger picture has only more places."
    many = f"The map has {times(places, places)} outputs. Each has {own}, which it shares with none."
    last = f"So it still has {later:,}." if kind == "conv" else f"So it has {times(places**2, later // places**2)}."
    working = (alone if kind == "conv" else many, last)
    return ask(rng, "growth", prompt, said(f"{later:,}"), numbers(_misgrown(kind, spec, side)), working)


GROWN: dict[View, str] = {
    "conv": "A convolution layer has one kernel of 3 × 3{bias}{stride}, no padding.",
    "local": "In a locally connected layer each output has a window of 3 × 3 and weights of its own{bias}{stride}, no "
    "padding.",
    "dense": "In a fully connected layer each output has a weight for every pixel{bias}.",
}


def _parameters(kind: View, spec: LayerSpec, side: int) -> int:
    return count(kind, spec, (1, side, side)).parameters


def _misgrown(kind: View, spec: LayerSpec, side: int) -> list[Number]:
    now, later = _parameters(kind, spec, side), _parameters(kind, spec, 2 * side)
    found = [
        (2 * now, "This grows with the side of the picture: twice as long, twice as many."),
        (4 * now, "This grows with the number of pixels: four times as many."),
        (16 * now, "This grows as inputs times outputs do, four times as many of each."),
    ]
    if kind != "conv":
        found.append((now, "This does not grow, as if the weights were shared: here every output has its own."))
    if kind != "local":
        local = _parameters("local", replace(spec, kernel_size=(3, 3)), 2 * side)
        found.append((local, "This is a locally connected layer: a window at each place, with weights of its own."))
    if kind == "dense" and spec.bias:
        found.append((_parameters(kind, replace(spec, bias=False), 2 * side), "This forgets the biases."))
    return [(number, mistake) for number, mistake in found if number != later]


def gradient(rng: Rng, level: Level) -> Question:
    """∂L/∂w = Σ ∂L/∂y · x over the uses of w, three places on a line."""
    K, stride = 2 if level == "easy" else 3, 2 if level == "hard" else 1
    layer = wiring("conv", LayerSpec((1, K), stride=(1, stride)), (1, 1, (PLACES - 1) * stride + K))
    dy, x = (_draw(rng, n) for n in layer.shape)
    every, at = layer.collect(np.outer(dy, x)).astype(int).tolist(), between(rng, 0, K - 1)
    here = layer.ids == at
    uses = [(int(dy[t]), int(x[s])) for t, s in zip(layer.targets[here], layer.sources[here], strict=True)]
    terms, right, weight = [a * b for a, b in uses], every[at], indexed("w", at + 1)
    read = ", ".join(indexed("x", int(source) + 1) for source in layer.sources[here])
    products = ", ".join(f"{term(a)} · {term(b)} = {figure(a * b)}" for a, b in uses)
    working = (
        f"{weight} is used at each of the {PLACES} places, there on {read}.",
        f"Each use gives ∂L/∂y times what it reads: {products}.",
        f"The gradient of a shared weight is the sum over its uses: {' + '.join(map(term, terms))} = {figure(right)}.",
    )
    first = " + ".join(f"{indexed('w', k + 1)} · {indexed('x', k + 1)}" for k in range(K))
    prompt = (
        f"A kernel of {K} weights slides along a line of {len(x)} numbers, stride {stride}: y₁ = {first}, and so on "
        f"for {PLACES} places. Here x = ({', '.join(map(figure, x))}) and ∂L/∂y = ({', '.join(map(figure, dy))}). "
        f"What is ∂L/∂{weight}?"
    )
    total = int(dy.sum())
    mistakes = {
        f"This is only the first use of {weight}: all places share it.": terms[0],
        f"This is only the last use of {weight}: all places share it.": terms[-1],
        "This is the mean over the uses: the gradient is their sum.": right / PLACES,
        "This adds up ∂L/∂y and forgets what the weight reads.": total,
        "This multiplies two sums: it is the sum of the products.": total * sum(b for _, b in uses),
    } | {f"This is the gradient of {indexed('w', k + 1)}.": every[k] for k in range(K) if k != at}
    wrong = [said(figure(number), mistake) for mistake, number in mistakes.items()]
    return ask(rng, "gradient", prompt, said(figure(right)), wrong, working)


def _draw(rng: Rng, n: int) -> Ints:
    """Whole numbers from −4 to 4, none of them 0."""
    drawn: Ints = rng.integers(1, 5, n) * rng.choice((-1, 1), n)
    return drawn


PLACES = 3
KINDS: dict[str, Maker] = {
    "matrix": matrix,
    "affected": affected,
    "effect": effect,
    "parameters": parameters,
    "output": output,
    "field": field,
    "connections": connections,
    "recurrent": recurrent,
    "growth": growth,
    "gradient": gradient,
}
# Eight questions for ten kinds: two places are taken in turns, so that two seeds in a row have all.
PLACES_OF = (
    ("matrix",), ("affected",), ("effect",), ("parameters",), ("output", "field"), ("connections", "recurrent"),
    ("growth",), ("gradient",),
)  # fmt: skip


def questions(seed: int, level: Level) -> tuple[Question, ...]:
    """Eight questions of eight kinds, the same for the same seed (>= 0) and level."""
    kinds = [turns[seed % len(turns)] for turns in PLACES_OF]
    rngs = [np.random.default_rng([seed, LEVELS.index(level), place]) for place in range(len(kinds))]
    return tuple(_drawn(kind, rng, level) for kind, rng in zip(kinds, rngs, strict=True))


def _drawn(kind: str, rng: Rng, level: Level) -> Question:
    """A question whose mistakes give different answers; where two of them coincide, another one is drawn."""
    return next(found for found in (KINDS[kind](rng, level) for _ in repeat(None)) if len(found.choices) == CHOICES)
