"""Pictures and their numbers as a browser reads them, and the colours of the threads typed out again."""

import json
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from components.display.cards import Card, Picture, props
from components.display.matrix import Tiles
from tests.support.text import numbers


def read_png(src: str) -> NDArray[Any]:
    """The pixels of a data: URL, as Pillow reads them."""
    kind, _, data = src.partition(",")
    assert kind == "data:image/png;base64"
    return np.array(Image.open(BytesIO(b64decode(data, validate=True))))


def rgb(data: bytes) -> NDArray[np.uint8]:
    """The pixels of a picture file, (h, w, 3)."""
    return np.asarray(Image.open(BytesIO(data)).convert("RGB"))


def frames(data: bytes) -> Iterator[tuple[NDArray[np.uint8], dict[str, Any]]]:
    """Every frame of a GIF, and what is said of it."""
    with Image.open(BytesIO(data)) as file:
        for n in range(file.n_frames):  # type: ignore[attr-defined]  # a GIF has it
            file.seek(n)
            yield np.asarray(file.convert("RGB")), {str(name): value for name, value in file.info.items()}


def read_values(picture: Picture) -> NDArray[np.float32]:
    """The numbers behind a picture, as the browser reads them."""
    return np.frombuffer(b64decode(picture.values, validate=True), "<f4").reshape(picture.shape)


def map_sent(picture: dict[str, Any]) -> NDArray[np.float32]:
    """The numbers of a picture that was sent."""
    return np.frombuffer(b64decode(picture["values"]), "<f4").reshape(picture["shape"])


def as_sent(cards: list[Card]) -> list[dict[str, Any]]:
    """These cards as a browser gets them."""
    sent: dict[str, list[dict[str, Any]]] = json.loads(json.dumps(props(cards)))
    return sent["cards"]


def cells_of(picture: Picture) -> list[float]:
    """The numbers of a picture's alternative text, but for what every map says: the smallest and the largest in it."""
    values = read_values(picture)
    *others, low, high = numbers(picture.alt)
    for told, exact in ((low, float(values.min())), (high, float(values.max()))):
        assert told == pytest.approx(exact, rel=0.051 if "×" in picture.alt else 5.1e-3, abs=1e-300)
    return others


def inks(tile: Tiles) -> dict[tuple[int, int], int]:
    """The colour of every tile (row, column) that has one."""
    assert len(set(tile.at.tolist())) == len(tile.at) == len(tile.ink)
    return {divmod(at, tile.cols): ink for at, ink in zip(tile.at.tolist(), tile.ink.tolist(), strict=True)}


def hexed(colour: NDArray[np.uint8]) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour.tolist())


def hashed(t: int, s: int) -> int:
    """The documented hash in unbounded integers, cut to 32 bits by hand."""
    word = 2**32
    mixed = (t * 0x9E3779B1 % word) ^ (s * 0x85EBCA77 % word)
    mixed ^= mixed >> 15
    mixed = mixed * 0x2C1B3C6D % word
    mixed ^= mixed >> 12
    return mixed % 256


def unpacked(listed: Any) -> NDArray[np.float64]:  # noqa: ANN401  # a list, or what Plotly makes of an array
    if isinstance(listed, dict):
        return np.frombuffer(b64decode(listed["bdata"]), np.dtype(listed["dtype"])).astype(np.float64)
    return np.array(listed, np.float64)
