"""The output map of an uploaded picture at its full size, a strip of rows at a time. Pure.

Two passes: the first finds the smallest and the largest number, for the colours; the second paints. The picture and the
map are held in bytes, numbers only for a strip.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from components.display import image
from components.display.layer import (
    Layer,
    OutputMap,
    Scale,
    floor_of,
    layer_of,
    scale_of,
    window_weights,
    without_noise,
)
from components.pages.explore.export import figure
from components.state.setup import Setup
from kernels.images.decode import ImageError, decode, planes, unit
from kernels.layer.activation import ACTIVATIONS
from kernels.layer.conv import NUMPY_MODE, correlate
from kernels.layer.spec import Bytes, Floats, LayerSpec, SpecError

MOST = 12_000_000  # pixels of the picture, and of its map
LARGEST = 2**15  # pixels along a side, which no camera has
STRIP = 2**17  # numbers of the map that are computed together
MEMORY = 400_000_000  # bytes that this may take; a test holds the largest picture against it


def full_size_map(data: bytes, state: Setup) -> bytes:
    """The map of the picture in this file, as PNG. Raises SpecError where it cannot be made, with what to change."""
    try:
        picture = planes(decode(data, LARGEST, MOST), state.colour)
    except ImageError as error:
        raise SpecError(str(error).rstrip(".")) from None
    state = replace(state, untied=())  # single uses belong to the matrix of the small picture
    layer = layer_of(state, (picture.shape[1], picture.shape[2]))
    if layer.out_shape[1] * layer.out_shape[2] > MOST:
        raise SpecError(f"the map would have {layer.out_shape[1]:,} × {layer.out_shape[2]:,} pixels: use less padding")
    low, high, rows = 0.0, 0.0, layer.out_shape[1]
    for _, _, strip in _strips(state, layer, picture):
        low, high = min(low, float(strip.min())), max(high, float(strip.max()))
    scale = scale_of(np.array([low, high]))
    canvas = np.empty((rows, layer.out_shape[2], 3), np.uint8)
    for first, last, strip in _strips(state, layer, picture):
        canvas[first:last] = _painted(strip, scale)
    return image.png_bytes(canvas)


def _strips(state: Setup, layer: Layer, picture: Bytes) -> Iterator[tuple[int, int, Floats]]:
    """Rows from, to, and the map there (channels, rows, columns)."""
    spec, weight = layer.spec, window_weights(state)[None, None]
    padded = np.pad(picture, ((0, 0), *spec.pads), mode=NUMPY_MODE[spec.padding_mode])
    valid = LayerSpec(spec.kernel_size, stride=spec.stride, dilation=spec.dilation, bias=spec.bias)
    reach = (spec.kernel_size[0] - 1) * spec.dilation[0] + 1
    bias, floor = [state.bias] if spec.bias else None, floor_of(state, picture)
    _, rows, cols = layer.out_shape
    step = max(1, STRIP // cols)
    for first in range(0, rows, step):
        last = min(first + step, rows)
        read = padded[:, first * spec.stride[0] : (last - 1) * spec.stride[0] + reach]
        linear = np.concatenate([correlate(unit(plane)[None], weight, valid, bias) for plane in read])
        yield first, last, ACTIVATIONS[state.activation](without_noise(linear, floor))


def _painted(strip: Floats, scale: Scale) -> Bytes:
    """As the map on the page is painted."""
    return figure.output_picture(OutputMap(strip, strip, scale, scale.levels(strip)))
