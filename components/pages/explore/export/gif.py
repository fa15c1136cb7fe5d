"""The scan as an animated GIF: the kernel's colours move over the input, and the output fills up. Pure.

Input, kernel, output, side by side. In the window every pixel has a rim in the colour of the weight that it meets; the
output that is made is framed. A frame holds only the rectangle that has changed since the one before.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

import numpy as np
from PIL import GifImagePlugin, Image, ImageDraw, ImageFont

from components.display import theme, words
from components.display.figure import INK, PAPER, ascii_text
from components.display.image import png_bytes
from components.display.layer import Convolved, Layer
from components.pages.explore.export.figure import output_picture, rgb_picture
from components.state.setup import Setup
from kernels.layer.conv import NUMPY_MODE
from kernels.layer.spec import Bytes, Pair

MOST = 5_000  # frames of a scan: a picture of 64 × 64 has 4,356 places at most with a 3 × 3 kernel
SCAN = 226  # pixels, about: each of the two pictures of a scan
KERNEL = 108  # pixels, about: the kernel between them
EDGE = 2  # pixels: the frame around the window, and around the output that is made
RIM = 5  # a rim is one part in so many of its pixel
LASTS, SLOWEST, FASTEST, REST = 3000, 30, 2, 200  # hundredths of a second: a scan, its frames, its last frame
FREE, PENDING, DARK, SAME = 250, 251, 252, 255  # colours of a scan; before them the weights' and its pictures'
SCAN_COLOURS = {FREE: PAPER, PENDING: "#dfe3f5", DARK: INK}
STRIP, STRIP_SIZE = 4, (640, 360)  # frames of a strip, and pixels of each
MOST_WEIGHTS = 64  # colours of weights; of more weights some share the nearest


class Box(NamedTuple):
    """A rectangle of pixels, right and bottom not included."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Layout:
    """size: of the GIF, width and height. The corners (left, top) of its pictures, and how often each is enlarged.

    The input is shown with its padding, the kernel as it was typed.
    """

    size: Pair
    input_zoom: int
    kernel_zoom: int
    output_zoom: int
    input_at: Pair
    kernel_at: Pair
    output_at: Pair


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """Two pictures, and the kernel's colours (K, L), as numbers of the colours of one palette (256, 3)."""

    palette: Bytes
    input: Bytes
    kernel: Bytes
    output: Bytes


def refusal(layer: Layer, size: Pair | None = None) -> str:
    """Why this scan is not drawn, and what to change; "" if it is. size: of the slide it is for."""
    places = prod(layer.out_shape)
    if places > MOST:
        return (
            f"The scan would have {places:,} frames, one per output, and at most {MOST:,} are possible: choose a "
            f"smaller picture or a larger stride."
        )
    layout = layout_of(layer, size)
    if size and (layout.size != size or min(*layout.input_at, *layout.output_at) < 0):
        return f"The picture does not fit on {size[0]} × {size[1]} pixels: choose a smaller one."
    return ""


def layout_of(layer: Layer, size: Pair | None = None) -> Layout:
    """Both pictures about SCAN pixels long, the kernel between the input with its border and the output.

    size: of a slide, width and height, in the middle of which they stand, as large as there is room.
    """
    if size is None:
        return _beside(layer, SCAN, KERNEL)
    found = _beside(layer, min(int(0.36 * size[0]), int(0.86 * size[1])), int(0.2 * size[0]))
    right, down = ((n - own) // 2 for n, own in zip(size, found.size, strict=True))
    corners = [(left + right, top + down) for left, top in (found.input_at, found.kernel_at, found.output_at)]
    return Layout(size, found.input_zoom, found.kernel_zoom, found.output_zoom, *corners)


def _beside(layer: Layer, scan: int, kernel: int) -> Layout:
    """The pictures beside each other, about so many pixels long."""
    padded = [n + sum(pads) for n, pads in zip(layer.in_shape[1:], layer.spec.pads, strict=True)]
    shapes = padded, layer.spec.kernel_size, layer.out_shape[1:]
    zooms = [max(1, long // max(shape)) for shape, long in zip(shapes, (scan, kernel, scan), strict=True)]
    first = EDGE + 2
    lefts, height = [first], 0
    for (rows, cols), zoom in zip(shapes, zooms, strict=True):
        lefts.append(lefts[-1] + cols * zoom + 3 * first)
        height = max(height, rows * zoom + 2 * first)
    middle = max(first, (height - layer.spec.kernel_size[0] * zooms[1]) // 2)
    tops = first, middle, first
    corners = [(left, top) for left, top in zip(lefts, tops, strict=False)]
    return Layout((lefts[3] - 2 * first, height), zooms[0], zooms[1], zooms[2], *corners)


def scan_gif(convolved: Convolved, size: Pair | None = None) -> bytes:
    """An animated GIF, endless: the window goes over the input, row by row, and a frame has one output more.

    size: of a slide; by default it is as large as its pictures.
    """
    layer = convolved.layer
    if refused := refusal(layer, size):
        raise ValueError(refused)
    layout, places = layout_of(layer, size), prod(layer.out_shape)
    pictures = _pictures(convolved)
    delay = min(SLOWEST, max(FASTEST, LASTS // places))
    start = _without_outputs(convolved.state, layout, pictures)
    lasts = [delay] * (places - 1) + [max(REST, delay)]
    changes = zip(_changes(convolved, layout, pictures, start), lasts, strict=True)
    return encoded(layout.size, pictures.palette, ((corner, part, 10 * time) for (corner, part), time in changes))


def encoded(size: Pair, palette: Bytes, frames: Iterable[tuple[Pair, Bytes, int]]) -> bytes:
    """A GIF that goes round for ever. size: width and height. palette: (256, 3).

    frames: of each the corner (left, top) of the rectangle that changes, its pixels, SAME where they stay, and for how
    many milliseconds it is seen; the first is the whole picture.
    """
    blocks = [_head(size, palette)]
    for n, (corner, changed, lasts) in enumerate(frames):
        options = {"transparency": SAME} if n else {}
        blocks += GifImagePlugin.getdata(Image.fromarray(changed), corner, duration=lasts, **options)
    return b"".join([*blocks, b";"])


def scan_strip(convolved: Convolved) -> bytes:
    """STRIP frames of the scan beside each other, evenly spaced from the first to the last, as a PNG."""
    layer = convolved.layer
    if refused := refusal(layer, STRIP_SIZE):
        raise ValueError(refused)
    layout, pictures, places = layout_of(layer, STRIP_SIZE), _pictures(convolved), prod(layer.out_shape)
    wanted = {round(n * (places - 1) / (STRIP - 1)) for n in range(STRIP)}
    start = _without_outputs(convolved.state, layout, pictures)
    canvas, kept = start.copy(), []
    for n, ((left, top), changed) in enumerate(_changes(convolved, layout, pictures, start)):
        part = canvas[top : top + changed.shape[0], left : left + changed.shape[1]]
        part[changed != SAME] = changed[changed != SAME]
        if n in wanted:
            kept.append(canvas.copy())
    return png_bytes(pictures.palette[np.concatenate(kept, axis=1)])


def _pictures(convolved: Convolved) -> Indexed:
    K, L = convolved.state.kernel_size
    colours = theme.weights(K, L).reshape(K, L, 3)
    return _indexed(_bordered(convolved.layer, convolved.planes), colours, output_picture(convolved.result))


def _bordered(layer: Layer, planes: Bytes) -> Bytes:
    """The input with its padding, which is pale: half of the way to white."""
    pads = layer.spec.pads
    padded = np.pad(planes, ((0, 0), *pads), mode=NUMPY_MODE[layer.spec.padding_mode])
    outside = np.pad(np.zeros(planes.shape[1:], bool), pads, constant_values=True)
    return rgb_picture(np.where(outside, (padded.astype(np.uint16) + 255) // 2, padded).astype(np.uint8))


def _indexed(source: Bytes, kernel: Bytes, target: Bytes) -> Indexed:
    """All three (h, w, 3) on one palette, exact while they have few enough colours."""
    weights, tap = few(kernel.reshape(-1, 3), MOST_WEIGHTS)
    pixels = np.concatenate([source.reshape(-1, 3), target.reshape(-1, 3)])
    colours, index = few(pixels, FREE - len(weights))
    palette = np.zeros((256, 3), np.uint8)
    palette[: len(weights)], palette[len(weights) : len(weights) + len(colours)] = weights, colours
    for number, colour in SCAN_COLOURS.items():
        palette[number] = theme.rgb(colour)
    first, second = np.split(index + np.uint8(len(weights)), [prod(source.shape[:2])])
    shapes = source.shape[:2], kernel.shape[:2], target.shape[:2]
    return Indexed(palette, *(part.reshape(shape) for part, shape in zip((first, tap, second), shapes, strict=True)))


def few(pixels: Bytes, most: int) -> tuple[Bytes, Bytes]:
    """The colours (n, 3) of these pixels, no more than that, and which each has, or is nearest to."""
    colours, index = np.unique(pixels, axis=0, return_inverse=True)
    if len(colours) > most:
        small = Image.fromarray(pixels[None]).quantize(most, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        colours = np.array(small.getpalette(), np.uint8).reshape(-1, 3)[:most]
        index = np.asarray(small)
    return colours, np.ravel(index).astype(np.uint8)


def _head(size: Pair, palette: Bytes) -> bytes:
    """Size and colours for all frames, and that they go round for ever."""
    screen = b"GIF89a" + struct.pack("<HHBBB", *size, 0b11110111, FREE, 0)
    return screen + palette.tobytes() + b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"


def _changes(convolved: Convolved, layout: Layout, pictures: Indexed, clean: Bytes) -> Iterator[tuple[Pair, Bytes]]:
    """For each frame the corner (left, top) of the rectangle that changes, and its pixels; SAME where they stay.

    clean: the picture without the marks of the present output; outputs are added to it.
    """
    layer, now = convolved.layer, clean.copy()
    ink = pictures.kernel[::-1, ::-1] if convolved.state.flip else pictures.kernel
    whole, last = Box(0, 0, *layout.size), tuple[Box, ...]()
    for i, j in np.ndindex(pictures.output.shape):
        window, cell = _window(layer, layout, i, j), _cell(layout, i, j)
        marks = window, Box(cell.left - EDGE, cell.top - EDGE, cell.right + EDGE, cell.bottom + EDGE)
        box = _around(*marks, *last) if last else whole
        old = _part(now, box).copy()
        _part(clean, cell)[:] = pictures.output[i, j]
        for part in (*last, cell):
            _part(now, part)[:] = _part(clean, part)
        _draw_rims(now, window, ink, layer, layout.input_zoom)
        for part in marks:
            _draw_frame(now, part)
        new = _part(now, box)
        yield (box.left, box.top), np.where(new == old, np.uint8(SAME), new) if last else new.copy()
        last = marks


def _without_outputs(state: Setup, layout: Layout, pictures: Indexed) -> Bytes:
    """The picture before the scan begins: the input, the kernel with its numbers, and the place of the output."""
    canvas = np.full(layout.size[::-1], FREE, np.uint8)
    for picture, zoom, corner in (
        (pictures.input, layout.input_zoom, layout.input_at),
        (pictures.kernel, layout.kernel_zoom, layout.kernel_at),
        (np.full(pictures.output.shape, PENDING, np.uint8), layout.output_zoom, layout.output_at),
    ):
        large = picture.repeat(zoom, axis=0).repeat(zoom, axis=1)
        _part(canvas, _box(corner, *large.shape))[:] = large
    return _with_numbers(canvas, state, layout)


def _with_numbers(canvas: Bytes, state: Setup, layout: Layout) -> Bytes:
    """The kernel's numbers in its cells, if all of them fit."""
    (left, top), zoom = layout.kernel_at, layout.kernel_zoom
    texts = [ascii_text(words.figure(value)) for row in state.kernel for value in row]
    font = ImageFont.load_default(max(8, min(max(16, layout.size[1] // 22), zoom // 2)))
    if max(map(font.getlength, texts)) > 0.92 * zoom:
        return canvas
    image = Image.fromarray(canvas)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"  # numbers of a palette have no shades between them
    for (k, l), text, colour in zip(
        np.ndindex(state.kernel_size), texts, theme.weights(*state.kernel_size), strict=True
    ):
        fill = DARK if theme.ink(colour) == "#000000" else FREE
        pen.text((left + (l + 0.5) * zoom, top + (k + 0.5) * zoom), text, fill=fill, font=font, anchor="mm")
    return np.array(image)


def _draw_rims(canvas: Bytes, window: Box, ink: Bytes, layer: Layer, zoom: int) -> None:
    """Around every pixel of the window, the colour of the weight on it; where pixels are small, all over them."""
    rim = max(1, zoom // RIM)
    for (k, l), colour in np.ndenumerate(ink):
        left = window.left + EDGE + l * layer.spec.dilation[1] * zoom
        top = window.top + EDGE + k * layer.spec.dilation[0] * zoom
        cell = _part(canvas, _box((left, top), zoom, zoom))
        cell[:rim] = cell[-rim:] = colour
        cell[:, :rim] = cell[:, -rim:] = colour


def _window(layer: Layer, layout: Layout, i: int, j: int) -> Box:
    """The frame of output (i, j) on the padded input, its edge outside of the window."""
    (rows, cols), zoom = layer.spec.axes(layer.in_shape), layout.input_zoom
    left = layout.input_at[0] + j * cols.stride * zoom
    top = layout.input_at[1] + i * rows.stride * zoom
    return Box(left - EDGE, top - EDGE, left + cols.reach * zoom + EDGE, top + rows.reach * zoom + EDGE)


def _cell(layout: Layout, i: int, j: int) -> Box:
    """Where output (i, j) is painted."""
    (left, top), zoom = layout.output_at, layout.output_zoom
    return _box((left + j * zoom, top + i * zoom), zoom, zoom)


def _box(corner: Pair, height: int, width: int) -> Box:
    return Box(*corner, corner[0] + width, corner[1] + height)


def _around(*boxes: Box) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return Box(min(left), min(top), max(right), max(bottom))


def _part(canvas: Bytes, box: Box) -> Bytes:
    return canvas[box.top : box.bottom, box.left : box.right]


def _draw_frame(canvas: Bytes, box: Box) -> None:
    """Two lines, dark outside and white inside: seen on any picture."""
    part = _part(canvas, box)
    for edge, colour in ((0, DARK), (1, FREE)):
        part[edge, edge : part.shape[1] - edge] = part[-1 - edge, edge : part.shape[1] - edge] = colour
        part[edge : len(part) - edge, edge] = part[edge : len(part) - edge, -1 - edge] = colour
