"""Questions on what is often mistaken: a wrong answer is what one misconception gives, by the engine. Pure."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from components.display.words import figure, indexed, plural, term
from components.pages.quiz.question import Number, Question, Rng, ask, between, in_numbers, in_words, pick, product
from components.pages.quiz.state import Level
from kernels.layer.conv import correlate
from kernels.layer.counts import count
from kernels.layer.kinds import wiring
from kernels.layer.spec import Ints, LayerSpec, Shape

LINE = 8  # numbers of a row that is translated


def bias(rng: Rng, level: Level) -> Question:
    """One bias per map: it is not counted again as a column of W, nor per input channel or position."""
    K, reads, maps = pick(rng, (3, 5)), between(rng, 2, 5), between(rng, 2, 6)
    spec = LayerSpec(K, reads, maps, stride=2 if level == "hard" else 1, bias=True)
    in_shape = reads, between(rng, 12, 20), between(rng, 12, 20)
    _, height, width = spec.out_shape(in_shape)
    right, bare = _parameters(spec, in_shape), _parameters(replace(spec, bias=False), in_shape)
    stride = f", stride {spec.stride[0]}" if level == "hard" else ""
    prompt = (
        f"A convolution reads {reads} channels of {in_shape[1]} × {in_shape[2]} pixels and gives {maps} maps, with {K} "
        f"× {K} kernels{stride} and biases. Its matrix W has one more column, for an input that is always 1. How many "
        "free parameters does the layer have?"
    )
    working = (
        f"The kernel of each map has a slice for every channel: {product(maps, reads, K, K)} weights.",
        f"Each map has one bias, the same at all its positions: {maps}.",
        f"The last column of W holds these same biases: {bare:,} + {maps} = {right:,} free parameters.",
    )
    mistakes = [
        (bare + 2 * maps, "This counts the biases twice: the last column of W is the biases, not more of them."),
        (bare + maps * reads, "This gives every slice of a kernel a bias, but a map has one for all its channels."),
        (
            bare + maps * height * width,
            "This gives every output a bias of its own, but biases are shared too.",
        ),
        (bare, "This forgets the biases."),
    ]
    return ask(rng, "bias", prompt, in_words(f"{right:,}"), in_numbers(mistakes), working)


def _parameters(spec: LayerSpec, in_shape: Shape) -> int:
    return count("conv", spec, in_shape).parameters


def equivariance(rng: Rng, level: Level) -> Question:
    """Where the largest output goes when the picture moves: along with it, divided by the stride."""
    stride = {"easy": 1, "medium": 2, "hard": 3}[level]
    K, by = pick(rng, (3, 5)), stride * between(rng, 2, 3)
    first = between(rng, K, K + 2 * stride)  # so far inside that every window over the bright pixels is whole
    spec, size = LayerSpec((1, K), stride=(1, stride)), first + by + 2 * K + stride
    x = np.zeros((1, 1, size))
    x[0, 0, first : first + 3] = 1, 3, 2
    kernel = rng.integers(1, 5, (1, 1, 1, K)).astype(float)
    before, after = (int(correlate(seen, kernel, spec).argmax()) + 1 for seen in (x, np.roll(x, by, axis=2)))
    step = f", stride {stride}" if stride > 1 else ""
    prompt = (
        f"A convolution with a kernel of {K} weights{step} reads a row of {size} pixels; its largest output is number "
        f"{before}. The whole row is shifted {by} pixels to the right, and zeros enter on the left. Assume that no "
        "output near the ends becomes the largest. Which output is now the largest?"
    )
    working = (
        "The weights are the same at every position, so the map moves along with the picture: equivariance.",
        f"One output further is {plural(stride, 'pixel')} further: {by} / {stride} = {by // stride}.",
        f"So it is output {before} + {by // stride} = {after}.",
    )
    mistakes = [
        (before, "This is invariance, an output that stays; a convolution is equivariant, its map moves along."),
        (before + by + K - 1, "This adds the width of the kernel, which the output does not move by."),
        (abs(before - by // stride), "This moves the map against the picture."),
        (before + 2 * (by // stride), "This moves the map twice as far as the picture."),
    ]
    if stride > 1:
        mistakes.append((before + by, f"This forgets that a stride of {stride} makes the map move less far."))
    return ask(rng, "equivariance", prompt, in_words(f"{after}"), in_numbers(mistakes), working)


def translation(rng: Rng, level: Level) -> Question:
    """An output after the input was translated: the one before it, for nothing was added to any number."""
    K = 2 if level == "easy" else 3
    spec, x, kernel = LayerSpec((1, K)), rng.integers(1, 9, LINE), rng.integers(-3, 4, K)
    by = 1 if level != "hard" else 2
    places = LINE - K + 1
    moved = np.concatenate([np.zeros(by, int), x[:-by]])
    y, z, added = (_line(row, kernel, spec) for row in (x, moved, x + by))
    at = between(rng, by + 1, places - 1 - by)
    prompt = (
        f"A kernel ({', '.join(map(figure, kernel))}) slides along x = ({', '.join(map(figure, x))}). Then x is "
        f"translated by {by} to the right; {plural(by, 'zero comes', 'zeros come')} in at the left. What is output "
        f"number {at + 1} now?"
    )
    reads = ", ".join(map(figure, moved[at : at + K]))
    products = " + ".join(f"{term(w)} · {term(v)}" for w, v in zip(kernel, moved[at : at + K], strict=True))
    working = (
        f"Translating moves the numbers; it adds nothing to them. The window now reads {reads}.",
        f"The output is {products} = {figure(z[at])}.",
        f"This is output {at - by + 1} of before, {by} further to the right: {figure(z[at])}.",
    )
    mistakes = [
        (int(added[at]), f"This adds {by} to every input: translating moves the numbers and adds nothing."),
        (int(y[at] + by), f"This adds {by} to the output: translating moves the outputs and adds nothing."),
        (int(y[at]), "This is the output of before the translation, as if outputs did not move along."),
        (int(y[at + by]), "This moves the input to the left."),
    ]
    wrong = [in_words(figure(number), mistake) for number, mistake in mistakes]
    return ask(rng, "translation", prompt, in_words(figure(z[at])), wrong, working)


def _line(x: Ints, kernel: Ints, spec: LayerSpec) -> Ints:
    """The outputs along a row, whole numbers."""
    found: Ints = np.rint(correlate(x[None, None].astype(float), kernel[None, None, None].astype(float), spec))
    return found.ravel().astype(int)


def sparse(rng: Rng, level: Level) -> Question:
    """How many cells of W are used once nothing is shared: as many as before, for locality makes W sparse."""
    K, stride = pick(rng, (2, 3)), 2 if level == "hard" else 1
    side = between(rng, 6, 9) if level == "easy" else between(rng, 10, 14)
    spec, in_shape = LayerSpec(K, stride=stride), (1, side, side)
    shared, untied = (count(kind, spec, in_shape) for kind in ("conv", "local"))
    _, height, width = spec.out_shape(in_shape)
    cells = height * width * side * side
    step = f", stride {stride}" if stride > 1 else ""
    prompt = (
        f"A convolution slides a {K} × {K} kernel over {side} × {side} pixels{step}. Its weights are untied: every "
        "position of the window gets weights of its own. How many cells of W hold a weight then?"
    )
    working = (
        f"Each of {product(height, width)} outputs reads {product(K, K)} pixels, whether its weights are shared or "
        "not.",
        f"So as many cells hold a weight as before: {product(height * width, K * K)}.",
        f"Locality makes W sparse, sharing makes its weights equal: {untied.connections:,} cells.",
    )
    mistakes = [
        (shared.parameters, "These are the weights of the convolution: how many differ, not how many cells hold one."),
        (
            cells,
            "These are all cells, as if sharing made W sparse, but it is sparse because windows are small.",
        ),
        (cells - untied.connections, "These are the cells that stay empty."),
        (height * width, "These are the outputs, the rows of W."),
        (side * side * K * K, "This counts a window for each pixel, but the window has fewer positions."),
    ]
    return ask(rng, "sparse", prompt, in_words(f"{untied.connections:,}"), in_numbers(mistakes), working)


def depthwise(rng: Rng, level: Level) -> Question:
    """The weights of a depthwise convolution and the pointwise one after it: they are added."""
    K, reads, maps = pick(rng, (3, 5)), between(rng, 4, 9), between(rng, 4, 12)
    if level != "easy":
        reads, maps = pick(rng, (16, 24, 32, 48)), 8 * maps
    in_shape = reads, 16, 16
    deep, point = LayerSpec(K, reads, reads, groups=reads), LayerSpec(1, reads, maps)
    first, second = (_parameters(spec, in_shape) for spec in (deep, point))
    right = first + second
    named = f"with {reads} groups, one per channel" if level == "hard" else "one kernel per channel"
    prompt = (
        f"A {K} × {K} depthwise convolution of {reads} channels, {named}, is followed by a 1 × 1 convolution to {maps} "
        "maps. The layers have no biases. How many weights do the two layers have together?"
    )
    working = (
        f"Depthwise, each channel has one kernel: {product(reads, K, K)}.",
        f"Pointwise, each map has a weight for every channel: {product(maps, reads)}.",
        f"They follow one another, so their weights add up: {first:,} + {second:,} = {right:,}.",
    )
    mistakes: Sequence[Number] = [
        (_parameters(LayerSpec(K, reads, maps), in_shape), "This is the full convolution that the two replace."),
        (first, "This forgets the 1 × 1 convolution, which mixes the channels."),
        (second + K * K, "This has one kernel for all channels, but depthwise each channel has its own."),
        (first * second, "This multiplies the two layers, but their weights add up."),
        (second + reads * first, "This lets each channel read all channels, but depthwise each reads itself alone."),
    ]
    return ask(rng, "depthwise", prompt, in_words(f"{right:,}"), in_numbers(mistakes), working)


def transposed(rng: Rng, level: Level) -> Question:
    """A number of WᵀWx: the transposed convolution scatters what the convolution gathered, and is no inverse."""
    K, stride, places = 2, 2 if level == "hard" else 1, 3
    size = (places - 1) * stride + K
    spec = LayerSpec((1, K), stride=(1, stride))
    x, kernel = rng.integers(1, 6, size), rng.integers(1, 4, K) * rng.choice((-1, 1), K)
    W = _matrix(kernel, spec, size)
    y = W @ x
    back = W.T @ y
    at = between(rng, 1, size - 2)
    uses = [(int(W[t, at]), int(y[t])) for t in range(places) if W[t, at]]
    step = f", stride {stride}" if stride > 1 else ""
    prompt = (
        f"A kernel ({', '.join(map(figure, kernel))}) slides along x = ({', '.join(map(figure, x))}){step}. Its "
        f"outputs y are ({', '.join(map(figure, y))}). The transposed convolution, with the same weights, maps y to "
        f"z = Wᵀy. What is {indexed('z', at + 1)}?"
    )
    products = " + ".join(f"{term(w)} · {term(v)}" for w, v in uses)
    scatters = " and ".join(indexed("y", t + 1) for t in range(places) if W[t, at])
    working = (
        f"Each output is scattered to the places it was gathered from: {scatters} {'go' if len(uses) > 1 else 'goes'} "
        f"to place {at + 1}.",
        f"There, {products} = {figure(back[at])}.",
        f"This is not {indexed('x', at + 1)}: Wᵀ is not the inverse of W. It is {figure(back[at])}.",
    )
    mistakes = [
        (int(x[at]), "This is the input again, as if the transposed convolution undid the convolution."),
        (uses[0][0] * uses[0][1], "This is only the first of the outputs that come back to this place."),
        (int(y[min(at, places - 1)]), "This is an output of the convolution, before any weight is applied to it."),
        (int((_matrix(kernel[::-1], spec, size).T @ y)[at]), "This uses the weights in reverse order."),
        (int(y.sum()), "This adds up the outputs and forgets the weights."),
    ]
    wrong = [in_words(figure(number), mistake) for number, mistake in mistakes]
    return ask(rng, "transposed", prompt, in_words(figure(back[at])), wrong, working)


def _matrix(kernel: Ints, spec: LayerSpec, size: int) -> Ints:
    """W of a kernel on a row of so many numbers."""
    found: Ints = wiring("conv", spec, (1, 1, size)).matrix(kernel.astype(float)).toarray().astype(int)
    return found
