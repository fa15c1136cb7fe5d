"""The scan as an animated GIF: the kernel's window moves over the input, and the output fills up. Pure.

A frame holds only the rectangle that has changed since the one before.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

import numpy as np
from PIL import GifImagePlugin, Image

from components.display import theme
from components.display.layer import Convolved, Layer
from components.pages.explore.export.figure import PAPER, output_picture, rgb_picture
from kernels.layer.conv import NUMPY_MODE
from kernels.layer.spec import Bytes, Pair

MOST = 5_000  # frames of a scan: a picture of 64 × 64 has 4,356 places at most with a 3 × 3 kernel
SCAN = 226  # pixels, about: each of the two pictures of a scan
EDGE = 2  # pixels: the frame around the window
LASTS, SLOWEST, FASTEST, REST = 3000, 30, 2, 200  # hundredths of a second: a scan, its frames, its last frame
FREE, PENDING, ACCENT, SAME = 250, 251, 252, 255  # colours of a scan; before them those of its pictures
SCAN_COLOURS = {FREE: PAPER, PENDING: "#dfe3f5", ACCENT: theme.NINE[0]}


class Box(NamedTuple):
    """A rectangle of pixels, right and bottom not included."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Layout:
    """size: of the GIF, width and height. The corners (left, top) of its two pictures, and how often each is enlarged.

    The input is shown with its padding.
    """

    size: Pair
    input_zoom: int
    output_zoom: int
    input_at: Pair
    output_at: Pair


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """Two pictures as numbers of the colours of one palette (256, 3)."""

    palette: Bytes
    input: Bytes
    output: Bytes


def refusal(layer: Layer) -> str:
    """Why this scan is not drawn, and what to change; "" if it is."""
    places = prod(layer.out_shape)
    if places <= MOST:
        return ""
    return (
        f"The scan would have {places:,} frames, one for each output, and {MOST:,} are the most: choose a smaller "
        f"picture or a larger stride."
    )


def layout_of(layer: Layer) -> Layout:
    """Both pictures about SCAN pixels long, the output beside the input with its border."""
    padded = [n + sum(pads) for n, pads in zip(layer.in_shape[1:], layer.spec.pads, strict=True)]
    out = layer.out_shape[1:]
    input_zoom, output_zoom = (max(1, SCAN // max(shape)) for shape in (padded, out))
    first = EDGE + 2
    across = first + padded[1] * input_zoom + 2 * first
    height = 2 * first + max(padded[0] * input_zoom, out[0] * output_zoom)
    width = across + out[1] * output_zoom + first
    return Layout((width, height), input_zoom, output_zoom, (first, first), (across, first))


def scan_gif(convolved: Convolved) -> bytes:
    """An animated GIF, endless: the window goes over the input, row by row, and a frame has one output more."""
    layer = convolved.layer
    if refused := refusal(layer):
        raise ValueError(refused)
    layout, places = layout_of(layer), prod(layer.out_shape)
    pictures = _indexed(_bordered(layer, convolved.planes), output_picture(convolved.result))
    delay = min(SLOWEST, max(FASTEST, LASTS // places))
    blocks = [_head(layout, pictures.palette)]
    for n, (corner, changed) in enumerate(_changes(layer, layout, pictures)):
        lasts = delay if n < places - 1 else max(REST, delay)
        options = {"transparency": SAME} if n else {}
        blocks += GifImagePlugin.getdata(Image.fromarray(changed), corner, duration=10 * lasts, **options)
    return b"".join([*blocks, b";"])


def _bordered(layer: Layer, planes: Bytes) -> Bytes:
    """The input with its padding, which is pale: half of the way to white."""
    pads = layer.spec.pads
    padded = np.pad(planes, ((0, 0), *pads), mode=NUMPY_MODE[layer.spec.padding_mode])
    outside = np.pad(np.zeros(planes.shape[1:], bool), pads, constant_values=True)
    return rgb_picture(np.where(outside, (padded.astype(np.uint16) + 255) // 2, padded).astype(np.uint8))


def _indexed(source: Bytes, target: Bytes) -> Indexed:
    """Both pictures (h, w, 3) on one palette, exact while they have no more than FREE colours."""
    pixels = np.concatenate([source.reshape(-1, 3), target.reshape(-1, 3)])
    colours, index = np.unique(pixels, axis=0, return_inverse=True)
    if len(colours) > FREE:
        small = Image.fromarray(pixels[None]).quantize(FREE, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        colours = np.array(small.getpalette(), np.uint8).reshape(-1, 3)[:FREE]
        index = np.asarray(small)
    palette = np.zeros((256, 3), np.uint8)
    palette[: len(colours)] = colours
    for number, colour in SCAN_COLOURS.items():
        palette[number] = list(bytes.fromhex(colour[1:]))
    numbers: Bytes = np.ravel(index).astype(np.uint8)
    first, second = np.split(numbers, [prod(source.shape[:2])])
    return Indexed(palette, first.reshape(source.shape[:2]), second.reshape(target.shape[:2]))


def _head(layout: Layout, palette: Bytes) -> bytes:
    """Size and colours for all frames, and that they go round for ever."""
    screen = b"GIF89a" + struct.pack("<HHBBB", *layout.size, 0b11110111, FREE, 0)
    return screen + palette.tobytes() + b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"


def _changes(layer: Layer, layout: Layout, pictures: Indexed) -> Iterator[tuple[Pair, Bytes]]:
    """For each frame the corner (left, top) of the rectangle that changes, and its pixels; SAME where they stay."""
    empty = _without_outputs(layout, pictures)
    now, whole, last = empty.copy(), Box(0, 0, *layout.size), None
    for i, j in np.ndindex(pictures.output.shape):
        window, cell = _window(layer, layout, i, j), _cell(layout, i, j)
        box = _around(window, cell, last) if last else whole
        old = _part(now, box).copy()
        if last:
            _part(now, last)[:] = _part(empty, last)
        _part(now, cell)[:] = pictures.output[i, j]
        _draw_frame(now, window)
        new = _part(now, box)
        yield (box.left, box.top), np.where(new == old, np.uint8(SAME), new) if last else new.copy()
        last = window


def _without_outputs(layout: Layout, pictures: Indexed) -> Bytes:
    """The picture before the scan begins: the input, and the place of the output."""
    canvas = np.full(layout.size[::-1], FREE, np.uint8)
    large = pictures.input.repeat(layout.input_zoom, axis=0).repeat(layout.input_zoom, axis=1)
    _part(canvas, _box(layout.input_at, *large.shape))[:] = large
    height, width = (n * layout.output_zoom for n in pictures.output.shape)
    _part(canvas, _box(layout.output_at, height, width))[:] = PENDING
    return canvas


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
    part = _part(canvas, box)
    part[:EDGE] = part[-EDGE:] = ACCENT
    part[:, :EDGE] = part[:, -EDGE:] = ACCENT
