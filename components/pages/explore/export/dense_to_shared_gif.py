"""From dense to shared as an animated GIF for a slide, and as a strip of its stages for a handout. Pure.

W at the left, the kernel in its colours at the right, above them the stage and its count, below them why. Cells outside
the windows vanish, what is left takes the kernel's colours row by row, then all of it moves into the kernel.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from components.display import theme, words
from components.display.figure import ascii_text
from components.display.image import png_bytes
from components.display.layer import Convolved
from components.pages.explore.dense_to_shared import Stage, stages
from components.pages.explore.export.gif import MOST_WEIGHTS, SAME, encoded, few
from components.state.setup import Setup
from kernels.layer.spec import Bytes, Ints, Pair

SIZES: tuple[Pair, ...] = ((1280, 720), (640, 360))  # pixels of a slide, width and height
STRIP: Pair = (640, 360)  # pixels of a stage in the strip
STEPS = 12  # pictures from one stage to the next
REST, LAST, STEP = 2200, 3600, 70  # milliseconds: a stage, the last one, a picture between two
GREYS = 16  # from white to ink, for letters
STATIC = 128  # colours of weights that are not shared, from FIRST on
FIRST = SAME - STATIC
INK, PALE, NOTHING = GREYS - 1, 1, SAME
MARGIN, TITLE, TEXT = 0.045, 0.075, 0.04  # of the height
TOP, BOTTOM = 0.2, 0.8  # of the height: between them lie W and the kernel
WIDE, KERNEL_FROM, KERNEL = 0.62, 0.71, 0.24  # of the width: W's end, where the kernel begins, its width
LETTERS = 0.48  # of its height, about: the width of a letter


@dataclass(frozen=True, slots=True, eq=False)
class Squares:
    """Squares of one colour each: their corners in pixels, how long a side is, and their colours in the palette."""

    top: Ints
    left: Ints
    side: int
    ink: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class Slide:
    """What all pictures have in common.

    palette: (256, 3). boards: of each stage, its words on paper, numbers of colours (h, w). drawn: its squares; those
    of the last are the kernel's. numbers: which pixels the kernel's numbers take, and their colours.
    """

    palette: Bytes
    told: tuple[Stage, ...]
    boards: tuple[Bytes, ...]
    drawn: tuple[Squares, ...]
    numbers: Bytes

    @property
    def kernel(self) -> Squares:
        return self.drawn[-1]


def weave_gif(convolved: Convolved, size: Pair) -> bytes:
    """The four stages and what leads from each to the next, endless."""
    slide = _slide(convolved, size)
    return encoded(size, slide.palette, _changes(_pictures(slide)))


def _changes(pictures: Iterator[tuple[Bytes, int]]) -> Iterator[tuple[Pair, Bytes, int]]:
    """Of each picture the smallest rectangle that differs from the one before, its corner first."""
    before, lasts = next(pictures)
    yield (0, 0), before, lasts
    for picture, lasts in pictures:
        differs = picture != before
        rows, cols = (np.flatnonzero(differs.any(axis=axis)) for axis in (1, 0))
        top, left = (int(found[0]) if len(found) else 0 for found in (rows, cols))
        part = np.s_[top : int(rows[-1]) + 1 if len(rows) else 1, left : int(cols[-1]) + 1 if len(cols) else 1]
        yield (left, top), np.where(differs[part], picture[part], np.uint8(SAME)), lasts
        before = picture


def weave_strip(convolved: Convolved) -> bytes:
    """The four stages beside each other, as a PNG."""
    slide = _slide(convolved, STRIP)
    parts = [_picture(slide, n, [slide.drawn[n]]) for n in range(len(slide.told))]
    return png_bytes(slide.palette[np.concatenate(parts, axis=1)])


def _slide(convolved: Convolved, size: Pair) -> Slide:
    state, layer = convolved.state, convolved.layer
    told = stages(layer, state.flip)
    palette, of_weight = _palette(*state.kernel_size)
    kernel = _kernel(size, state.kernel_size, of_weight)
    zoom = min(int(WIDE * size[0]) // told[0].tiles.cols, int((BOTTOM - TOP) * size[1]) // told[0].tiles.rows)
    drawn = [_tiles(stage, size, max(1, min(zoom, kernel.side)), of_weight) for stage in told[:3]]
    boards = tuple(_board(size, n, stage, drawn[0], kernel) for n, stage in enumerate(told))
    return Slide(palette, told, boards, (*drawn, kernel), _numbers(state, size, palette, kernel))


def _palette(K: int, L: int) -> tuple[Bytes, Bytes]:
    """Greys, the weights' colours and those of weights that are not shared; and which of them each weight has."""
    colours, index = few(theme.weights(K, L), MOST_WEIGHTS)
    white, ink = np.array([255, 255, 255]), np.array([14, 16, 21])
    palette = np.zeros((256, 3), np.uint8)
    palette[:GREYS] = np.rint(np.linspace(white, ink, GREYS))
    palette[GREYS : GREYS + len(colours)] = colours
    palette[FIRST:SAME] = theme.untied()[:: theme.UNTIED // STATIC]
    return palette, index + np.uint8(GREYS)


def _tiles(stage: Stage, size: Pair, zoom: int, of_weight: Bytes) -> Squares:
    rows, cols = np.divmod(stage.tiles.at.astype(np.int64), stage.tiles.cols)
    left, top = round(MARGIN * size[1]), round(TOP * size[1])
    static = FIRST + stage.tiles.ink.astype(np.int64) // (theme.UNTIED // STATIC)
    ink = of_weight[stage.tiles.ink] if stage.shared else static.astype(np.uint8)
    return Squares(top + rows * zoom, left + cols * zoom, zoom, ink)


def _kernel(size: Pair, kernel_size: Pair, of_weight: Bytes) -> Squares:
    K, L = kernel_size
    side = max(1, min(int(KERNEL * size[0]) // L, int(0.5 * size[1]) // K))
    k, l = np.divmod(np.arange(K * L), L)
    left, top = round(KERNEL_FROM * size[0]), round(TOP * size[1])
    return Squares(top + k * side, left + l * side, side, of_weight)


def _pictures(slide: Slide) -> Iterator[tuple[Bytes, int]]:
    """Every picture and for how many milliseconds it stays."""
    dense, local, shared, _ = slide.drawn
    rng = np.random.default_rng(0)
    kept = np.zeros(len(dense.ink), bool)
    kept[slide.told[1].tiles.at] = True
    goes = rng.permutation(np.flatnonzero(~kept))  # dense tiles are in order: tile n is entry n
    yield _picture(slide, 0, [dense]), REST
    for part in _shares():
        stays = np.ones(len(dense.ink), bool)
        stays[goes[: round(part * len(goes))]] = False
        yield _picture(slide, 0, [_some(dense, stays)]), STEP
    yield _picture(slide, 1, [local]), REST
    for part in _shares():
        ink = np.where(np.arange(len(local.ink)) < part * len(local.ink), shared.ink, local.ink)
        yield _picture(slide, 1, [Squares(local.top, local.left, local.side, ink)]), STEP
    yield _picture(slide, 2, [shared]), REST
    target = slide.told[2].tiles.ink.astype(np.int64)
    for part in _shares():
        yield _picture(slide, 2, [_moved(shared, slide.kernel, target, part)]), STEP
    yield _picture(slide, 3, []), LAST


def _shares() -> list[float]:
    """How far each picture between two stages is: slowly, fast, slowly."""
    return [t * t * (3 - 2 * t) for t in (n / (STEPS + 1) for n in range(1, STEPS + 1))]


def _some(squares: Squares, which: Bytes) -> Squares:
    return Squares(squares.top[which], squares.left[which], squares.side, squares.ink[which])


def _moved(squares: Squares, kernel: Squares, target: Ints, part: float) -> Squares:
    """Part of the way to the square of its weight in the kernel."""
    ends = [(getattr(squares, axis), getattr(kernel, axis)[target]) for axis in ("top", "left")]
    top, left = (np.rint(a + part * (b + (kernel.side - squares.side) // 2 - a)).astype(np.int64) for a, b in ends)
    return Squares(top, left, squares.side, squares.ink)


def _picture(slide: Slide, n: int, squares: list[Squares]) -> Bytes:
    """Stage n with these squares on it, as numbers of colours (h, w)."""
    canvas = slide.boards[n].copy()
    for some in [slide.kernel, *squares]:
        _paint(canvas, some)
    return np.where(slide.numbers == NOTHING, canvas, slide.numbers)


def _paint(canvas: Bytes, squares: Squares) -> None:
    """These squares, with a gap between them where they are large: pixel by pixel of all, or square by square."""
    side = squares.side - (1 if squares.side > 4 else 0)
    if side * side < len(squares.ink):
        for i, j in np.ndindex(side, side):
            canvas[squares.top + i, squares.left + j] = squares.ink
    else:
        for top, left, ink in zip(squares.top, squares.left, squares.ink, strict=True):
            canvas[top : top + side, left : left + side] = ink


def _board(size: Pair, n: int, stage: Stage, whole: Squares, kernel: Squares) -> Bytes:
    """The stage's name, its count and its sentence, and where W lies."""
    width, height = size
    image = Image.new("L", size, 255)
    pen = ImageDraw.Draw(image)
    left, right = round(MARGIN * height), round(KERNEL_FROM * width)
    title, text = (ImageFont.load_default(round(part * height)) for part in (TITLE, TEXT))
    pen.text((left, left), ascii_text(f"{n + 1}. {stage.name}"), fill=0, font=title)
    count = ascii_text(words.plural(stage.parameters, "weight"))
    fits = min(1.0, (width - right - left) / title.getlength(count))
    pen.text((right, left), count, fill=0, font=ImageFont.load_default(int(fits * TITLE * height)))
    lines = textwrap.wrap(ascii_text(stage.sentence), round((width - 2 * left) / (LETTERS * TEXT * height)))
    pen.multiline_text((left, round(0.85 * height)), "\n".join(lines), fill=0, font=text)
    pen.text((right, int(kernel.top.max()) + kernel.side + left // 2), "kernel", fill=80, font=text)
    board = (INK - np.asarray(image).astype(np.uint16) * INK // 255).astype(np.uint8)
    board[whole.top.min() : whole.top.max() + whole.side, whole.left.min() : whole.left.max() + whole.side] = PALE
    return board


def _numbers(state: Setup, size: Pair, palette: Bytes, kernel: Squares) -> Bytes:
    """The kernel's numbers in its squares, where all of them fit; NOTHING elsewhere."""
    texts = [ascii_text(words.figure(value)) for row in state.kernel for value in row]
    font = ImageFont.load_default(max(8, min(round(1.4 * TEXT * size[1]), kernel.side // 2)))
    image = Image.new("L", size, NOTHING)
    if max(map(font.getlength, texts)) <= 0.9 * kernel.side:
        pen, half = ImageDraw.Draw(image), kernel.side / 2
        pen.fontmode = "1"
        for top, left, ink, text in zip(kernel.top, kernel.left, kernel.ink, texts, strict=True):
            fill = INK if theme.ink(palette[ink]) == "#000000" else 0
            pen.text((int(left) + half, int(top) + half), text, fill=fill, font=font, anchor="mm")
    return np.array(image)
