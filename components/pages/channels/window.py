"""A window of W that is moved by a frame over the whole of it, and made smaller in steps of two. Pure."""

from math import prod

from components.display.layer import Layer
from components.display.matrix import TILES, Window, clipped
from components.pages.channels.state import Channels
from components.state.fields import Whole, Zoom, checked, pair
from components.state.link import edited
from kernels.layer.spec import Pair

FINEST = 24  # rows and columns of the smallest window


def size(layer: Layer) -> Pair:
    """Rows and columns of W, without the bias' column."""
    return prod(layer.out_shape), prod(layer.in_shape)


def factors(layer: Layer) -> list[int]:
    """1, 2, 4 … as long as the window has FINEST rows and columns."""
    found = [1]
    while min(size(layer)) // (2 * found[-1]) >= FINEST:
        found.append(2 * found[-1])
    return found


def factor(layer: Layer, part: Zoom) -> int:
    """How many times smaller than W the window is: the nearest of `factors`."""
    top, bottom, *_ = window(layer, part)
    times = size(layer)[0] / (bottom - top)
    return min(factors(layer), key=lambda known: abs(known - times))


def window(layer: Layer, part: Zoom) -> Window:
    """The part as far as it lies in W; at first the corner of W, as much of it as can be drawn cell by cell."""
    if visible := clipped(part, size(layer)):
        return visible
    rows, cols = size(layer)
    times = next((n for n in factors(layer) if max(rows, cols) // n <= TILES), factors(layer)[-1])
    return Window(0, rows // times, 0, cols // times)


def zoomed(layer: Layer, part: Zoom, times: int) -> Zoom:
    """A window so many times smaller than W around the same middle."""
    top, bottom, left, right = window(layer, part)
    return _around(layer, ((top + bottom) // 2, (left + right) // 2), times)


def placed(layer: Layer, part: Zoom, corner: Pair) -> Zoom:
    """The window moved, with its corner on this tile of the picture of W."""
    rows, cols = size(layer)
    high, wide = shape(layer)
    top, bottom, left, right = window(layer, part)
    row, col = -(-corner[0] * rows // high), -(-corner[1] * cols // wide)  # the first that `frame` puts on this tile
    return _around(layer, (row + (bottom - top) // 2, col + (right - left) // 2), factor(layer, part))


def moved(own: Channels, layer: Layer, place: object) -> Channels:
    """The frame was dragged: its corner lies on this tile now."""
    row, column = (checked("the frame", Whole(0, TILES), n) for n in pair("the frame", place))
    return edited(own, part=placed(layer, own.part, (row, column)))


def shape(layer: Layer) -> Pair:
    """Tiles of the picture of W."""
    rows, cols = size(layer)
    return min(rows, TILES), min(cols, TILES)


def frame(layer: Layer, part: Zoom) -> tuple[Pair, Pair]:
    """The window on the picture of W, in tiles: its size, and its corner."""
    (rows, cols), (high, wide) = size(layer), shape(layer)
    top, bottom, left, right = window(layer, part)
    extent = max(1, (bottom - top) * high // rows), max(1, (right - left) * wide // cols)
    corner = min(top * high // rows, high - extent[0]), min(left * wide // cols, wide - extent[1])
    return extent, corner


def _around(layer: Layer, middle: Pair, times: int) -> Zoom:
    edges = []
    for at, whole in zip(middle, size(layer), strict=True):
        extent = max(1, whole // times)
        start = max(0, min(at - extent // 2, whole - extent))
        edges += [start, start + extent]
    return tuple(edges)
