"""Questions of the quiz whose answers are pictures: affected outputs, matrices, what a kernel does. Pure.

A text alternative says what is seen, not what it is: who hears it has to think as much as who sees it.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np

from components.display import cards, image, theme
from components.display.cards import Picture
from components.display.words import figure
from components.pages.quiz.question import (
    CHOICES,
    SIMPLE,
    Choice,
    Question,
    Rng,
    ask,
    between,
    geometry,
    pick,
    product,
    window_moves,
)
from components.pages.quiz.state import Level
from components.state.setup import View
from kernels.images import decode, samples
from kernels.layer import presets
from kernels.layer.conv import correlate
from kernels.layer.kinds import wiring
from kernels.layer.spec import Bytes, Floats, LayerSpec, Pair, Shape
from kernels.layer.wiring import Wiring

Marks = tuple[list[int], list[int]]  # rows and columns: a cell is marked where a marked row meets a marked column

PALE = 36, 62  # opacity, of 255, of the cells of a map that are not marked, by turns so that they can be counted
FULL = 255, 215


# Which outputs change.


def affected(rng: Rng, level: Level) -> Question:
    """The outputs that are wired to one pixel."""
    spec = LayerSpec(3, **window_moves(rng, level))
    if level == "hard":
        spec = replace(spec, stride=(2, 2), dilation=pick(rng, ((1, 1), (2, 2))))
    side = between(rng, 8, 10) if level == "hard" else between(rng, 6, 8)
    in_shape = 1, side, side
    sources = wiring("conv", spec, in_shape).sources
    inner = [n for n in np.unique(sources).tolist() if min(divmod(n, side)) > 1 and max(divmod(n, side)) < side - 2]
    pixel = divmod(pick(rng, inner), side)
    marks, (_, height, width) = _fed(spec, in_shape, pixel), spec.out_shape(in_shape)
    right, told = _choice((height, width), marks, ""), f"{_listed('row', marks[0])}, {_listed('column', marks[1])}"
    wrong = [_choice((height, width), *wrong) for wrong in _misfed(spec, in_shape, pixel, marks)]
    (s, _), (d, _), ((p, _), _) = spec.stride, spec.dilation, spec.pads
    starts = (f"{s} · (i − 1) + 1" if s > 1 else "i") + (f" − {p}" if p else "")
    working = (
        f"The window of output row i starts at row {starts} of the picture and reads three rows"
        f"{f', {d} apart' if d > 1 else ''}.",
        f"So row {pixel[0] + 1} of the picture is read by output {_listed('row', marks[0])}.",
        f"Likewise for columns: column {pixel[1] + 1} is read by output {_listed('column', marks[1])}.",
        f"The outputs that can change are in {told}.",
    )
    prompt = (
        f"A 3 × 3 kernel slides over a picture of {side} × {side} pixels{geometry(spec) or SIMPLE}. The pixel in "
        f"row {pixel[0] + 1}, column {pixel[1] + 1} changes. Which cells of the {height} × {width} output map can "
        "change?"
    )
    shown = _grid("The picture", f"A picture of {side} by {side} pixels", (side, side), ([pixel[0]], [pixel[1]]))
    return ask(rng, "affected", prompt, right, wrong, working, (shown,))


def _fed(spec: LayerSpec, in_shape: Shape, pixel: Pair) -> Marks:
    """Rows and columns of the outputs that read this pixel."""
    layer, (_, _, across) = wiring("conv", spec, in_shape), spec.out_shape(in_shape)
    rows, cols = np.divmod(layer.targets[layer.sources == pixel[0] * in_shape[2] + pixel[1]], across)
    return np.unique(rows).tolist(), np.unique(cols).tolist()


def _misfed(spec: LayerSpec, in_shape: Shape, pixel: Pair, marks: Marks) -> list[tuple[Marks, str]]:
    (rows, cols), (_, height, width) = marks, spec.out_shape(in_shape)
    everywhere = list(range(height)), list(range(width))
    found: list[tuple[Marks, str]] = [
        ((rows[:1], cols[:1]), "This is only one output, but every window that contains the pixel reads it."),
        ((rows, everywhere[1]), "These are whole rows: the windows in other columns do not contain the pixel."),
        (everywhere, "These are all outputs, as in a fully connected layer."),
        (([n + 1 for n in rows], [n + 1 for n in cols]), "This is one row and one column too far."),
    ]
    if spec.padding == (0, 0):
        below = [[at + k for k in range(3)] for at in pixel]
        found.append(
            ((below[0], below[1]), "This is the wrong way round: outputs above and to the left read the pixel.")
        )
    for name, plain in (("padding", 0), ("stride", 1), ("dilation", 1)):
        read = replace(spec, **{name: plain})  # type: ignore[arg-type]  # all three are numbers
        if read != spec and read.axes(in_shape)[0].out:
            found.append((_fed(read, in_shape, pixel), f"This forgets the {name}."))
    return [((a, b), told) for (a, b), told in ((_within(m, height, width), t) for m, t in found) if a and b]


def _within(marks: Marks, height: int, width: int) -> Marks:
    return [n for n in marks[0] if n < height], [n for n in marks[1] if n < width]


def _choice(shape: Pair, marks: Marks, mistake: str) -> Choice:
    return Choice("", _grid("", f"A map of {shape[0]} by {shape[1]} outputs", shape, marks), mistake)


def _grid(title: str, what: str, shape: Pair, marks: Marks) -> Picture:
    """Cells, the marked ones red."""
    marked = np.zeros(shape, bool)
    marked[np.ix_(*marks)] = True
    turn = np.indices(shape).sum(axis=0) % 2
    cells = np.empty((*shape, 4), np.uint8)
    cells[..., :3] = np.where(marked[..., None], theme.POSITIVE, theme.rgb(theme.NEURON))
    cells[..., 3] = np.where(marked, np.take(FULL, turn), np.take(PALE, turn))
    told = f"{what}, marked: {_listed('row', marks[0])}, {_listed('column', marks[1])}"
    return Picture(title, told, image.png_url(cells), shape)


def _listed(word: str, places: list[int]) -> str:
    """row 3; rows 2 to 4; rows 1, 3 and 5: counted from 1."""
    *most, last = [str(n + 1) for n in places]
    if not most:
        return f"{word} {last}"
    run = len(places) > 2 and all(b - a == 1 for a, b in pairwise(places))
    return f"{word}s {most[0]} to {last}" if run else f"{word}s {', '.join(most)} and {last}"


# Which matrix is which layer.

PERIOD = 2
APART = 5  # of hues, those of neighbours in a kernel: it has no factor in common with 4, 6 and 9 weights
ASKED: dict[View, str] = {
    "conv": "the convolution",
    "local": "the locally connected layer, which has the same windows but shares no weight",
    "tiled": f"the tiled layer, whose weights repeat every {PERIOD} outputs along rows and columns",
    "dense": "the fully connected layer",
}
SEEN: dict[View, str] = {
    "conv": "the same colours in every window",
    "local": "windows in which no weight repeats",
    "tiled": f"windows whose colours repeat every {PERIOD} outputs",
    "dense": "a colour in every cell: each output has its own weight for each pixel",
}


def matrix(rng: Rng, level: Level) -> Question:
    """The four wirings of one small layer as matrices, in the colours of their weights."""
    asked: View = "conv" if level == "easy" else pick(rng, tuple(ASKED))
    K, L = (3, 3) if level == "hard" else pick(rng, ((2, 2), (2, 3), (3, 2), (3, 3)))
    spec = LayerSpec((K, L), padding=0 if level == "easy" else 1, stride=2 if level == "hard" else 1)
    side = between(rng, 7, 8) if level == "hard" else between(rng, 5, 6)
    in_shape = 1, side, side
    layers = {kind: wiring(kind, spec, in_shape, PERIOD if kind == "tiled" else None) for kind in ASKED}
    choices = {
        kind: Choice("", _matrix(layer, _colours(kind, spec, in_shape, layers)), "" if kind == asked else _other(kind))
        for kind, layer in layers.items()
    }
    _, height, width = spec.out_shape(in_shape)
    own = layers[asked]
    prompt = (
        f"A layer reads {side} × {side} pixels through a sliding {K} × {L} window{geometry(spec)}. Its matrix has one "
        f"row per output, one column per pixel and one colour per weight. Which one is {ASKED[asked]}?"
    )
    working = (
        f"There are {product(height, width)} outputs and {product(side, side)} pixels, so the matrix is "
        f"{height * width} × {side * side}.",
        f"It is the one with {SEEN[asked]}.",
        f"So it has {_coloured(own)}.",
    )
    wrong = [choice for kind, choice in choices.items() if kind != asked]
    return ask(rng, "matrix", prompt, choices[asked], wrong, working)


def _other(kind: View) -> str:
    return f"This is {ASKED[kind].split(',')[0]}: {SEEN[kind]}."


def _coloured(layer: Wiring) -> str:
    return f"{len(layer.ids):,} coloured cells for {layer.n_params:,} weights"


def _colours(kind: View, spec: LayerSpec, in_shape: Shape, layers: Mapping[View, Wiring]) -> Bytes:
    """The colour of each connection (n, 3), by tap, by tap and turn, or its own.

    All are of one palette, in which no layer can be told by its colours unread, as it could by those of the kernel.
    """
    layer, taps, palette = layers[kind], layers["conv"].ids, theme.untied()
    if kind == "conv":
        return np.asarray(palette[taps * APART % layer.n_params * len(palette) // layer.n_params])
    if kind == "tiled":
        i, j = np.divmod(layer.targets, spec.out_shape(in_shape)[2])
        return np.asarray(palette[theme.tiled_ink(taps, i % PERIOD * PERIOD + j % PERIOD)])
    return np.asarray(palette[theme.untied_ink(layer.targets, layer.sources)])


def _matrix(layer: Wiring, colours: Bytes) -> Picture:
    told = f"A matrix of {layer.shape[0]} rows and {layer.shape[1]} columns, with {_coloured(layer)}"
    return Picture("", told, image.png_url(image.wiring_picture(layer, colours)), layer.shape)


# What a kernel does to a picture.

SIDE = 48
SHOWN = ("pagoda", "coffee", "cat", "camera", "word", "disc")
PRESETS: dict[Level, tuple[str, ...]] = {
    "easy": ("sobel_vertical", "sobel_horizontal", "box"),
    "medium": ("sobel_vertical", "sobel_horizontal", "box", "laplacian_8", "emboss"),
    "hard": ("scharr_vertical", "scharr_horizontal", "laplacian_8", "emboss", "line_vertical", "line_horizontal"),
}
TINY = 1e-9  # what is below is rounding
FLIPPED = " The layer rotates the kernel by 180° before sliding it, as in true convolution."


def effect(rng: Rng, level: Level) -> Question:
    """Output maps of one picture by several kernels, and the picture itself."""
    flips, id = level == "hard", pick(rng, SHOWN)
    x = decode.unit(decode.planes(samples.sample(id, SIDE), "grey"))
    own = presets.preset(pick(rng, PRESETS[level]))
    kernel = presets.kernel(own.id, (3, 3))
    values = _map(x, kernel, flips)
    turned = f"Rotated by 180°, its rows are {_rows(kernel[::-1, ::-1])}."
    flat = float(kernel.sum())
    even = "0" if abs(flat) < TINY else f"{figure(flat)} times its value"
    working = (
        f"Its weights sum to {figure(flat if abs(flat) > TINY else 0)}, so a uniform region gives {even}.",
        turned if flips else f"It is called {own.title}. {own.sentence}",
        *_seen_at_an_edge(x, kernel[::-1, ::-1] if flips else kernel, values),
    )
    prompt = (
        f"A 3 × 3 kernel with rows {_rows(kernel)} slides over this picture, stride 1, no padding."
        f"{FLIPPED if flips else ''} Which map does it produce? Red is positive, blue negative; a map without "
        f"blue is grey."
    )
    title = next(known.title for known in samples.SAMPLES if known.id == id)
    shown = (
        cards.map_picture(title, f"The picture: {title}", x[0], cards.ColourRange(1.0, signed=False), letter="X"),
        cards.map_picture(
            "The kernel", f"The kernel with the rows {_rows(kernel)}", kernel, cards.colour_range(kernel)
        ),
    )
    wrong = _other_maps(x, own.id, PRESETS[level], flips)
    return ask(rng, "effect", prompt, _mapped(values, ""), wrong, working, shown)


def _seen_at_an_edge(x: Floats, applied: Floats, values: Floats) -> tuple[str, str]:
    """The sign of the map where it is strongest, from what lies under the positive and the negative weights there."""
    strongest = float(values.max()) >= -float(values.min())
    i, j = np.unravel_index(int(values.argmax() if strongest else values.argmin()), values.shape)
    under = applied * x[0, i : i + 3, j : j + 3]
    plus, minus = float(under[under > 0].sum()), float(-under[under < 0].sum())
    where, colour = _where(values, strongest), "red" if strongest else "blue"
    if not (applied < 0).any():
        return (
            f"No weight is negative, so no output is; the brightest, in {where}, is where the window is brightest.",
            f"So it is the map without blue that is brightest in {where}.",
        )
    more, less = ("positive", "negative") if strongest else ("negative", "positive")
    return (
        f"Look at the window of {where}: under the positive weights its pixels count {figure(plus)}, under the "
        f"negative ones {figure(minus)}. The {more} side outweighs the {less} one.",
        f"So it is the map that is {colour} in {where}.",
    )


def _other_maps(x: Floats, own: str, others: tuple[str, ...], flips: bool) -> list[Choice]:
    """The picture itself, what other kernels do, and the kernel turned where it should not be, if that differs."""
    kernel, found = presets.kernel(own, (3, 3)), []
    for id in others:
        if id != own:
            title = presets.preset(id).title
            found.append(_mapped(_map(x, presets.kernel(id, (3, 3)), flips), f"This is another kernel's map: {title}."))
    same = "This is the picture itself, the result of a kernel with a single 1 in the middle."
    found.append(_mapped(_map(x, presets.kernel("identity", (3, 3)), flips), same))
    if np.array_equal(kernel, kernel[::-1, ::-1]):
        return found
    turn = "This forgets to flip the kernel." if flips else "This flips the kernel, as in true convolution."
    return [_mapped(_map(x, kernel, not flips), turn), *found[2 - CHOICES :]]  # the one mistake that is always offered


def _map(x: Floats, kernel: Floats, flips: bool) -> Floats:
    return np.asarray(correlate(x, (kernel[::-1, ::-1] if flips else kernel)[None, None], LayerSpec(3))[0])


def _mapped(values: Floats, mistake: str) -> Choice:
    """A map; told are the places of its extremes, which one has to find out about."""
    told = (
        f"A map of {values.shape[0]} by {values.shape[1]} numbers, the largest in {_where(values, True)}, the smallest "
        f"in {_where(values, False)}"
    )
    return Choice("", cards.map_picture("", told, values, cards.colour_range(values), letter="Y"), mistake)


def _where(values: Floats, largest: bool) -> str:
    at = values.argmax() if largest else values.argmin()
    row, column = divmod(int(at), values.shape[1])
    return f"row {row + 1}, column {column + 1}"


def _rows(kernel: Floats) -> str:
    """(1, 0, −1), (2, 0, −2), (1, 0, −1)."""
    return ", ".join(f"({', '.join(map(figure, row))})" for row in kernel.tolist())
