"""The page as pictures to take away: its maps as PNG, the whole as one figure (SVG and PNG). Pure."""

from math import prod

import numpy as np

from components.display import image, matrix, theme, words
from components.display.figure import (
    FAINT,
    MARGIN,
    PAPER,
    SHARP,
    Bitmap,
    Figure,
    Mark,
    Rectangle,
    Text,
    figure_bitmap,
    figure_markup,
)
from components.display.layer import LAYER_NAMES, Convolved, Layer, OutputMap
from components.pages.explore import text as sentences
from components.state.setup import Setup
from kernels.images.samples import SAMPLES
from kernels.layer.spec import Bytes, Pair

LONG = 512  # pixels, about: the longer side of a map that is exported
PANEL = 240  # units of the figure: its pictures; W is a quarter wider
FIGURES = 7  # from so many taps along a side a cell has room for three figures at most


def rgb_picture(planes: Bytes) -> Bytes:
    """(C, H, W) as a picture (H, W, 3)."""
    return np.ascontiguousarray(np.broadcast_to(planes, (3, *planes.shape[1:])).transpose(1, 2, 0))


def output_picture(result: OutputMap) -> Bytes:
    """The output in the page's colours, (H', W', 3): blue and red around white where a grey picture's map is signed."""
    if result.scale.signed and len(result.levels) == 1:
        signed: Bytes = theme.diverging(PAPER)[result.levels[0]]
        return signed
    return rgb_picture(result.levels)


def enlarged(picture: Bytes, side: int = LONG) -> Bytes:
    """Every pixel as a square of a whole number of pixels, the longer side about `side`."""
    factor = max(1, round(side / max(picture.shape[:2])))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def picture_png(planes: Bytes) -> bytes:
    """The input, pixel by pixel: what the scripts read."""
    return image.png_bytes(planes[0] if len(planes) == 1 else rgb_picture(planes))


def input_png(planes: Bytes) -> bytes:
    return image.png_bytes(enlarged(rgb_picture(planes)))


def output_png(result: OutputMap) -> bytes:
    return image.png_bytes(enlarged(output_picture(result)))


def picture_credit(state: Setup) -> str:
    """Whom to thank for the picture; "" for the visitor's own."""
    return next((sample.credit for sample in SAMPLES if sample.id == state.image), "")


def matrix_picture(state: Setup, layer: Layer) -> Bytes:
    """The part of W on the page, (h, w, 3): its cells or tiles on white; untied copies and the bias in black."""
    top, bottom, left, right = matrix.visible_window(layer, state.zoom)
    inputs = prod(layer.in_shape)
    cell_by_cell = max(bottom - top, right - left) <= matrix.CELLS
    shared = state.view == "conv" or (state.view == "tiled" and state.period == 1)
    palette = theme.weights(*layer.spec.kernel_size) if shared else theme.untied()
    drawn = state.view, state.flip, state.period
    cut = _halves if cell_by_cell else _whole
    blocks = [
        [
            image.tiles_picture(matrix.window_tiles(layer, *drawn, matrix.Window(*down, *across)), palette)
            for across in cut(left, min(right, inputs))
        ]
        for down in cut(top, bottom)
    ]
    woven = np.block([[[block] for block in row] for row in blocks]) if left < inputs else _empty(bottom - top)
    over = np.where(woven[..., 3:] > 0, woven[..., :3], np.uint8(255))
    for use in layer.untied:
        t, s = use.output[0] * layer.out_shape[2] + use.output[1], use.input[0] * layer.in_shape[2] + use.input[1]
        if top <= t < bottom and left <= s < right:
            over[_tile(t, top, bottom, len(over)), _tile(s, left, min(right, inputs), over.shape[1])] = 0
    if right > inputs:  # the bias
        over = np.pad(over, ((0, 0), (0, 1 if cell_by_cell else 2), (0, 0)))
    return over


def _whole(start: int, stop: int) -> list[Pair]:
    return [(start, stop)]


def _halves(start: int, stop: int) -> list[Pair]:
    """Ranges of rows or columns that together are start..stop: one, or two halves where it has more than TILES."""
    middle = (start + stop) // 2
    return [(start, middle), (middle, stop)] if stop - start > matrix.TILES else _whole(start, stop)


def _empty(rows: int) -> Bytes:
    return np.zeros((min(rows, matrix.CELLS), 0, 4), np.uint8)


def _tile(place: int, start: int, stop: int, count: int) -> int:
    """Which of `count` tiles from start to stop a row or column of W lies in."""
    edges = start + np.arange(count + 1) * (stop - start) // count
    return int(np.searchsorted(edges, place, "right")) - 1


def page_figure(convolved: Convolved) -> Figure:
    """Input, kernel, output and W beside each other, each with what it is and how large."""
    state, layer, planes, result = convolved.state, convolved.layer, convolved.planes, convolved.result
    subject, predicate = sentences.title(layer)
    title, cost = subject + predicate, sentences.cost_line(layer)
    woven, wide = matrix_picture(state, layer), PANEL * 5 // 4
    rows, cols = prod(layer.out_shape), prod(layer.in_shape) + layer.spec.bias
    tall = round(wide / min(3, max(0.9, woven.shape[1] / len(woven))))
    x, top = [MARGIN + n * (PANEL + MARGIN) for n in range(4)], 100
    foot = top + max(PANEL, tall)
    captions = (
        (x[0], "Input", words.shape(planes.shape[1:]) + (" in red, green, blue" if len(planes) == 3 else "")),
        (x[1], "Kernel", _kernel_caption(state)),
        (x[2], "Output", f"{words.shape(layer.out_shape[1:])}, {_scale(result)}"),
        (x[3], f"Weight matrix: {LAYER_NAMES[state.view].lower()}", _matrix_caption(state, layer, rows, cols)),
    )
    marks: list[Mark] = [Text(MARGIN, 38, title, 22)]
    for at, name, says in captions:
        marks += [Text(at, top - 30, name, 15), Text(at, top - 11, says, 12, FAINT)]
    marks += [
        *_panel(x[0], top, rgb_picture(planes)),
        *_kernel(state, x[1], top),
        *_panel(x[2], top, output_picture(result)),
    ]
    marks += [Rectangle(x[3], top, wide, tall, PAPER), Bitmap(x[3], top, wide, tall, woven)]
    marks.append(Text(MARGIN, foot + 30, cost, 13))
    thanks = picture_credit(state)
    marks += [Text(MARGIN, foot + 50, f"Picture: {thanks}. Made with Weight Loom.", 11, FAINT)] if thanks else []
    about = ". ".join(f"{name}: {says}" for _, name, says in captions) + f". {cost}"
    return Figure(x[3] + wide + MARGIN, foot + 66, title, about, tuple(marks))


def _scale(result: OutputMap) -> str:
    high = words.figure(result.scale.high)
    if not result.scale.signed:
        return f"black 0, white {high}"
    ends = ("blue", "red") if len(result.levels) == 1 else ("dark", "light")
    return f"{ends[0]} −{high}, {ends[1]} {high}"


def _kernel_caption(state: Setup) -> str:
    parts = [f"{words.shape(state.kernel_size)} weights"]
    parts += [f"bias {words.figure(state.bias)}"] if state.bias else []
    parts += ["rotated by 180° in use"] if state.flip else []
    return ", ".join(parts)


def _matrix_caption(state: Setup, layer: Layer, rows: int, cols: int) -> str:
    top, bottom, left, right = matrix.visible_window(layer, state.zoom)
    whole = f"{rows:,} × {cols:,}"
    return f"rows {top + 1:,}–{bottom:,}, columns {left + 1:,}–{right:,} of {whole}" if state.zoom else whole


def _panel(x: float, y: float, picture: Bytes) -> list[Mark]:
    """A picture with a thin edge, as large as the panel; in the PNG every pixel is as wide, where there is room."""
    height, width = picture.shape[:2]
    room, longer = PANEL * SHARP, max(height, width)
    factor = room // longer / SHARP if longer <= room else PANEL / longer
    place = (x, y, width * factor, height * factor)
    return [Rectangle(*place, PAPER), Bitmap(*place, picture)]


def _kernel(state: Setup, x: float, y: float) -> list[Mark]:
    """Every weight in its colour, with its name and its value."""
    K, L = state.kernel_size
    cell, marks = min(PANEL / 3, PANEL / max(K, L)), list[Mark]()
    for (k, l), colour in zip(np.ndindex(K, L), theme.weights(K, L), strict=True):
        left, top, ink, value = x + l * cell, y + k * cell, theme.ink(colour), state.kernel[k][l]
        shown = words.figure(value) if max(K, L) < FIGURES else f"{value:.2g}".replace("-", "−")
        marks += [
            Rectangle(left, top, cell, cell, theme.css(colour)),
            Text(left + cell / 2, top + cell * 0.42, sentences.weight_name(k, l), cell * 0.24, ink, centred=True),
            Text(left + cell / 2, top + cell * 0.78, shown, cell * min(0.28, 1.5 / len(shown)), ink, centred=True),
        ]
    return marks


def figure_svg(convolved: Convolved) -> bytes:
    return figure_markup(page_figure(convolved)).encode()


def figure_png(convolved: Convolved) -> bytes:
    return figure_bitmap(page_figure(convolved))
