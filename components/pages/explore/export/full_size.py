"""The output map of an uploaded picture at its full size, a strip of rows at a time. Pure.

Two passes: the first finds the smallest and the largest number, for the colours; the second paints. The picture and the
map are held in bytes, numbers only for a strip. After each strip it may be interrupted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal
from zlib import compress, decompress

import numpy as np

from components.display import image
from components.display.layer import (
    Layer,
    OutputMap,
    Scale,
    activated,
    floor_of,
    layer_of,
    scale_of,
    window_weights,
)
from components.pages.explore.export import figure
from components.state.setup import Setup
from kernels.images.decode import ImageError, decode, planes, unit
from kernels.layer.conv import NUMPY_MODE, correlate
from kernels.layer.spec import Bytes, Floats, LayerSpec, SpecError

MOST = 12_000_000  # pixels of the picture, and of its map
LARGEST = 2**15  # pixels along a side, which no camera has
QUICK = 1  # the level of compression of strips: most of the gain, in the least time
STRIP = 2**17  # numbers of the map that are computed together
MEMORY = 400_000_000  # bytes that this may take; a test holds the largest picture against it


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the work stands. rows: done in this pass. low, high: the smallest and the largest number so far. painted:
    what the second pass has made, strip by strip, compressed: it goes to a worker and back with every slice.
    """

    step: Literal["numbers", "colours", "done"] = "numbers"
    rows: int = 0
    low: float = 0.0
    high: float = 0.0
    painted: tuple[bytes, ...] = ()


def full_size_map(data: bytes, state: Setup, after: Stand | None) -> Iterator[tuple[bytes | None, Stand | None]]:
    """Work (see `session.runs`) with one record: the map of the picture in this file, as PNG.

    Raises SpecError where it cannot be made, with what to change.
    """
    if after and after.step == "done":
        return
    layer, strips = _prepared(data, state)
    if after:
        yield None, after  # it is there again: the file has to be read in every slice
    _, rows, cols = layer.out_shape
    stand = after or Stand()
    if stand.step == "numbers":
        for last, strip in strips(stand.rows):
            stand = Stand("numbers", last, min(stand.low, float(strip.min())), max(stand.high, float(strip.max())))
            yield None, stand
        stand = Stand("colours", 0, stand.low, stand.high)
    scale = scale_of(np.array([stand.low, stand.high]))
    for last, strip in strips(stand.rows):
        stand = replace(stand, rows=last, painted=(*stand.painted, compress(_painted(strip, scale).tobytes(), QUICK)))
        yield None, stand
    pixels = np.frombuffer(b"".join(map(decompress, stand.painted)), np.uint8)
    yield image.png_bytes(pixels.reshape(rows, cols, 3)), Stand("done")


def _prepared(data: bytes, state: Setup) -> tuple[Layer, Callable[[int], Iterator[tuple[int, Floats]]]]:
    """The layer on the picture in this file, and its map in strips from a row on."""
    try:
        picture = planes(decode(data, LARGEST, MOST), state.colour)
    except ImageError as error:
        raise SpecError(str(error).rstrip(".")) from None
    state = replace(state, untied=())  # single uses belong to the matrix of the small picture
    layer = layer_of(state, (picture.shape[1], picture.shape[2]))
    if layer.out_shape[1] * layer.out_shape[2] > MOST:
        raise SpecError(f"the map would have {layer.out_shape[1]:,} × {layer.out_shape[2]:,} pixels: use less padding")
    return layer, partial(_strips, state, layer, picture)


def _strips(state: Setup, layer: Layer, picture: Bytes, begin: int) -> Iterator[tuple[int, Floats]]:
    """From this row on: the row a strip ends before, and the map there (channels, rows, columns)."""
    spec, weight = layer.spec, window_weights(state)[None, None]
    padded = np.pad(picture, ((0, 0), *spec.pads), mode=NUMPY_MODE[spec.padding_mode])
    valid = LayerSpec(spec.kernel_size, stride=spec.stride, dilation=spec.dilation, bias=spec.bias)
    reach = (spec.kernel_size[0] - 1) * spec.dilation[0] + 1
    bias, floor = [state.bias] if spec.bias else None, floor_of(state, picture)
    _, rows, cols = layer.out_shape
    step = max(1, STRIP // cols)
    for first in range(begin, rows, step):
        last = min(first + step, rows)
        read = padded[:, first * spec.stride[0] : (last - 1) * spec.stride[0] + reach]
        linear = np.concatenate([correlate(unit(plane)[None], weight, valid, bias) for plane in read])
        yield last, activated(linear, floor, state.activation)


def _painted(strip: Floats, scale: Scale) -> Bytes:
    """The strip as pixels, in the colours of the map on the page."""
    return figure.output_picture(OutputMap(strip, 0.0, "none", scale, scale.levels(strip)))
