"""Arrays as pictures a browser shows: data: URLs. Pure.

A signed map is drawn with opacity for size: zero is whatever lies below it, so one picture serves the light theme and
the dark one.
"""

from base64 import b64encode
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from components.display import theme
from components.display.matrix import Tiles
from kernels.layer.spec import Bytes, Floats
from kernels.layer.wiring import Wiring

GAP = 1  # pixels, between the pictures of a mosaic


def png_bytes(picture: Bytes) -> bytes:
    """A picture (h, w), (h, w, 3) or (h, w, 4) as a PNG."""
    written = BytesIO()
    Image.fromarray(picture).save(written, "PNG")
    return written.getvalue()


def png_url(picture: Bytes) -> str:
    """A picture as a data: URL of its PNG."""
    return "data:image/png;base64," + b64encode(png_bytes(picture)).decode()


def grey(values: Floats) -> Bytes:
    """(h, w) in 0..1 as levels 0 black to 255 white."""
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


def signed(values: Floats, high: float) -> Bytes:
    """(h, w) as (h, w, 4): −high opaque blue, 0 nothing, high opaque red; more than that is no more than opaque."""
    size = np.clip(np.abs(values) / high, 0, 1) ** 0.8 if high else np.zeros(values.shape)
    colours = np.where(values[..., None] < 0, theme.NEGATIVE, theme.POSITIVE)
    opacity = np.rint(255 * size)[..., None]
    return np.concatenate([colours, opacity], axis=-1).astype(np.uint8)


def mosaic(pictures: NDArray[Any], across: int) -> Floats:
    """(n, h, w) as one picture, so many beside each other, with a gap of zeros between them."""
    n, h, w = pictures.shape
    down = -(-n // across)
    sheet = np.zeros((down * (h + GAP) - GAP, across * (w + GAP) - GAP))
    for at, picture in enumerate(pictures):
        i, j = (at // across) * (h + GAP), (at % across) * (w + GAP)
        sheet[i : i + h, j : j + w] = picture
    return sheet


def wiring_picture(wires: Wiring, colours: Bytes) -> Bytes:
    """W as (outputs, inputs, 4): each connection in its colour, nothing where there is none. colours: by connection."""
    picture = np.zeros((*wires.shape, 4), np.uint8)
    picture[wires.targets, wires.sources, :3] = colours
    picture[wires.targets, wires.sources, 3] = 255
    return picture


def on_white(picture: Bytes) -> Bytes:
    """A picture (h, w, 4) as (h, w, 3)."""
    drawn = Image.fromarray(picture)
    return np.asarray(Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB"))


def tiles_picture(tile: Tiles, palette: Bytes) -> Bytes:
    """A window of W as (rows, cols, 4): its tiles in the colours of this palette, nothing where it has none."""
    picture = np.zeros((tile.rows * tile.cols, 4), np.uint8)
    picture[tile.at, :3] = palette[tile.ink]
    picture[tile.at, 3] = 255
    return picture.reshape(tile.rows, tile.cols, 4)
