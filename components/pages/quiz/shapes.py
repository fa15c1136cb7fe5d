"""Questions on sizes: how large an output map is, and how far a unit sees. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from components.display.words import shape
from components.pages.quiz.question import (
    SIMPLE,
    Choice,
    Question,
    Rng,
    ask,
    between,
    geometry,
    in_words,
    pick,
    window_moves,
)
from components.pages.quiz.state import Level
from kernels.layer.spec import LayerSpec, Pair, Shape
from kernels.networks.description import parse
from kernels.networks.plan import plan
from kernels.networks.receptive_fields import field_size

Misread = tuple[Pair, str]  # the size a mistake gives, and which mistake it is


def output(rng: Rng, level: Level) -> Question:
    """⌊(size + 2·padding − reach) / stride⌋ + 1 rows and columns."""
    spec = LayerSpec(pick(rng, (3, 5)), **window_moves(rng, level))
    in_shape = 1, between(rng, 14, 24), between(rng, 14, 24)
    _, height, width = spec.out_shape(in_shape)
    reach = spec.axes(in_shape)[0].reach
    (K, _), (d, _), (s, _), ((p, _), _) = spec.kernel_size, spec.dilation, spec.stride, spec.pads
    working = [f"With dilation {d} the kernel spans ({K} − 1) · {d} + 1 = {reach} pixels."] if d > 1 else []
    for name, size, found in (("rows", in_shape[1], height), ("columns", in_shape[2], width)):
        padded = f"{size} + 2 · {p}" if p else f"{size}"
        step = f"; a stride of {s} fits into that {found - 1} times" if s > 1 else ""
        room = size + 2 * p - reach
        working.append(
            f"Along the {name} it can move {padded} − {reach} = {room} pixels{step}: {found - 1} + 1 = {found}."
        )
    working.append(f"The output map has {height} × {width} cells.")
    prompt = (
        f"A {K} × {K} kernel slides over a picture of {in_shape[1]} × {in_shape[2]} pixels"
        f"{geometry(spec) or SIMPLE}. How large is the output map?"
    )
    return ask(rng, "output", prompt, in_words(shape((height, width))), _missized(spec, in_shape), working)


def _missized(spec: LayerSpec, in_shape: Shape) -> list[Choice]:
    """The output of the layer misread."""
    axes = spec.axes(in_shape)
    rows, cols = (axis.out for axis in axes)
    up = [-(-(axis.size + axis.before + axis.after - axis.reach) // axis.stride) + 1 for axis in axes]
    once = [replace(axis, after=0).out for axis in axes]

    def of(**misread: int | str) -> Pair:
        return replace(spec, **misread).out_shape(in_shape)[1:]  # type: ignore[arg-type]  # names and values go together

    found: list[Misread] = [
        ((rows - 1, cols - 1), "This is one too few: the window also fits before the first step."),
        (in_shape[1:], "This is the size of the picture, not of the output map."),
        ((up[0], up[1]), "This rounds up, but a step that does not fit is not taken."),
    ]
    if spec.padding == (0, 0) and spec.stride == (1, 1):
        found += [
            (of(stride=spec.kernel_size[0]), "This lays windows side by side, but at stride 1 they overlap."),
            (of(padding="full"), "This adds what the window loses at the border."),
        ]
        return _chosen(found)
    found.append(((once[0], once[1]), "This counts the padding on one side only."))
    if spec.padding != (0, 0):
        found.append((of(padding=0), "This forgets the padding."))
    if spec.stride != (1, 1):
        found.append((of(stride=1), "This forgets the stride."))
    if spec.dilation != (1, 1):
        found.append((of(dilation=1), "This forgets the dilation."))
    return _chosen(found)


def _chosen(found: Sequence[Misread]) -> list[Choice]:
    return [in_words(shape(size), mistake) for size, mistake in found]


def field(rng: Rng, level: Level) -> Question:
    """Rows and columns of the picture that a unit of the second of two layers sees."""
    hard = level == "hard"
    kernel, stride = pick(rng, (3, 5)), 1 if level == "easy" else between(rng, 2, 3)
    padding = between(rng, 1, 2)  # drawn at every level: a link's seed goes on giving the same quiz
    first = LayerSpec(kernel, stride=stride, padding=padding if hard else 0)
    second = LayerSpec(pick(rng, (3, 5)), dilation=between(rng, 2, 3) if hard else 1)
    (K1, _), (K2, _), (s, _), (d, _) = first.kernel_size, second.kernel_size, first.stride, second.dilation
    right, reach = _sees(first, second), (K2 - 1) * d + 1
    working = [f"With dilation {d} the second window spans ({K2} − 1) · {d} + 1 = {reach} cells."] if d > 1 else []
    working += [
        f"From its first cell to its last there are {reach} − 1 = {reach - 1} steps, each of {s} "
        f"{'pixel' if s == 1 else 'pixels'} in the picture: {reach - 1} · {s} = {(reach - 1) * s}.",
        f"The last of these cells sees {K1} more pixels: {(reach - 1) * s} + {K1} = {right}.",
        f"So its receptive field is {right} × {right} pixels.",
    ]
    mistakes = [
        (K1 + reach, "This adds the two windows, but what matters is how far apart the first layer's windows are."),
        (K1 * reach, "This multiplies the two windows, but what matters is how far apart the first layer's are."),
        (reach, "This is what it sees of the first layer's map, not of the picture."),
        (K1, "This is what a unit of the first layer sees."),
    ]
    if s > 1:
        mistakes.append((_sees(replace(first, stride=(1, 1)), second), "This forgets the stride."))
    if d > 1:
        mistakes.append((_sees(first, replace(second, dilation=(1, 1))), "This forgets the dilation."))
    wrong = _chosen([((n, n), mistake) for n, mistake in mistakes if n != right])
    prompt = (
        f"A first convolution has a {K1} × {K1} kernel{geometry(first)}; a second one reads its map with a {K2} × {K2} "
        f"kernel{geometry(second)}. How large, in pixels of the picture, is the receptive field of one output of the "
        "second convolution?"
    )
    return ask(rng, "field", prompt, in_words(shape((right, right))), wrong, working)


def _sees(first: LayerSpec, second: LayerSpec) -> int:
    steps = ", ".join(
        f"conv 1 {spec.kernel_size[0]} stride={spec.stride[0]} padding={spec.pads[0][0]} dilation={spec.dilation[0]}"
        for spec in (first, second)
    )
    return field_size(plan(parse(steps), (1, 64, 64)), 1)[0]
