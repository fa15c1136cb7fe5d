"""The scan as an animated GIF: the window goes over the input, and the output fills up. Pure.

A frame holds only the rectangle that has changed since the one before.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
from PIL import GifImagePlugin, Image

from components.display import theme
from components.display.layer import Layer, OutputMap
from components.pages.explore.export.figure import PAPER, output_picture, rgb_picture
from kernels.layer.conv import NUMPY_MODE
from kernels.layer.spec import Bytes

Box = tuple[int, int, int, int]  # left, top, right, bottom

MOST = 5_000  # frames of a scan: a picture of 64 × 64 has 4,356 places at most with a 3 × 3 kernel
SCAN = 226  # pixels, about: each of the two pictures of a scan
EDGE = 2  # pixels: the frame around the window
LASTS, SLOWEST, FASTEST, REST = 3000, 30, 2, 200  # hundredths of a second: a scan, its frames, its last frame
FREE, PENDING, ACCENT, SAME = 250, 251, 252, 255  # colours of a scan; before them those of its pictures
SCAN_COLOURS = {FREE: PAPER, PENDING: "#dfe3f5", ACCENT: theme.NINE[0]}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a scan happens: pixels of the GIF for a pixel of the padded input, of the output, and their corners."""

    size: tuple[int, int]  # width, height of the GIF
    zoom: int
    grow: int
    input_at: tuple[int, int]  # left, top
    output_at: tuple[int, int]


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
    zoom, grow = (max(1, SCAN // max(shape)) for shape in (padded, out))
    first = EDGE + 2
    across = first + padded[1] * zoom + 2 * first
    high = 2 * first + max(padded[0] * zoom, out[0] * grow)
    return Layout((across + out[1] * grow + first, high), zoom, grow, (first, first), (across, first))


def scan_gif(layer: Layer, planes: Bytes, result: OutputMap) -> bytes:
    """An animated GIF, endless: the window goes over the input, row by row, and a frame has one output more."""
    if refused := refusal(layer):
        raise ValueError(refused)
    board, places = layout_of(layer), prod(layer.out_shape)
    palette, source, target = _reduced(_bordered(layer, planes), output_picture(result))
    delay = min(SLOWEST, max(FASTEST, LASTS // places))
    blocks = [_head(board, palette)]
    for n, (corner, changed) in enumerate(_changes(layer, board, source, target)):
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


def _reduced(*pictures: Bytes) -> tuple[Bytes, Bytes, Bytes]:
    """(256, 3) colours, and two pictures as numbers of them: exact while there are no more than FREE."""
    pixels = np.concatenate([picture.reshape(-1, 3) for picture in pictures])
    colours, index = np.unique(pixels, axis=0, return_inverse=True)
    if len(colours) > FREE:
        small = Image.fromarray(pixels[None]).quantize(FREE, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        colours = np.array(small.getpalette(), np.uint8).reshape(-1, 3)[:FREE]
        index = np.asarray(small)
    palette = np.zeros((256, 3), np.uint8)
    palette[: len(colours)] = colours
    for number, colour in SCAN_COLOURS.items():
        palette[number] = list(bytes.fromhex(colour[1:]))
    first, second = (picture.shape[:2] for picture in pictures)
    numbers: Bytes = np.ravel(index).astype(np.uint8)
    return palette, numbers[: prod(first)].reshape(first), numbers[prod(first) :].reshape(second)


def _head(board: Layout, palette: Bytes) -> bytes:
    """Size and colours for all frames, and that they go round for ever."""
    screen = b"GIF89a" + struct.pack("<HHBBB", *board.size, 0b11110111, FREE, 0)
    return screen + palette.tobytes() + b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"


def _changes(layer: Layer, board: Layout, source: Bytes, target: Bytes) -> Iterator[tuple[tuple[int, int], Bytes]]:
    """Frame by frame the rectangle that is not as it was, and its corner (left, top); SAME where it is yet."""
    large, grow = source.repeat(board.zoom, axis=0).repeat(board.zoom, axis=1), board.grow
    clean = np.full(board.size[::-1], FREE, np.uint8)
    _block(clean, board.input_at, large.shape)[:] = large
    (left, top), (height, width) = board.output_at, target.shape
    _block(clean, board.output_at, (height * grow, width * grow))[:] = PENDING
    now, before = clean.copy(), list[Box]()
    for i, j in np.ndindex(height, width):
        window, cell = _window(layer, board, i, j), (left + j * grow, top + i * grow)
        spot = (*cell, cell[0] + grow, cell[1] + grow)
        box = _around(window, spot, *before) if before else (0, 0, *board.size)
        old = _part(now, box).copy()
        for last in before:
            _part(now, last)[:] = _part(clean, last)
        _part(now, spot)[:] = target[i, j]
        _framed(now, window)
        new, before = _part(now, box), [window]
        yield box[:2], new.copy() if box == (0, 0, *board.size) else np.where(new == old, np.uint8(SAME), new)


def _window(layer: Layer, board: Layout, i: int, j: int) -> Box:
    """The frame of output (i, j) on the padded input, its edge outside of the window."""
    rows, cols = layer.spec.axes(layer.in_shape)
    left, top = (
        at + n * axis.stride * board.zoom for at, n, axis in zip(board.input_at, (j, i), (cols, rows), strict=True)
    )
    return left - EDGE, top - EDGE, left + cols.reach * board.zoom + EDGE, top + rows.reach * board.zoom + EDGE


def _around(*boxes: Box) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _part(canvas: Bytes, box: Box) -> Bytes:
    return canvas[box[1] : box[3], box[0] : box[2]]


def _block(canvas: Bytes, at: tuple[int, int], shape: tuple[int, ...]) -> Bytes:
    return canvas[at[1] : at[1] + shape[0], at[0] : at[0] + shape[1]]


def _framed(canvas: Bytes, box: Box) -> None:
    part = _part(canvas, box)
    part[:EDGE] = part[-EDGE:] = ACCENT
    part[:, :EDGE] = part[:, -EDGE:] = ACCENT
