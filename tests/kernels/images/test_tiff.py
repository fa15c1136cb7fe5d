"""A TIFF of a kind that Pillow has no mode for is read from its bytes, or said not to be read; never called damaged."""

import zlib
from collections.abc import Mapping
from itertools import product
from typing import Literal

import numpy as np
import pytest

from kernels.images.decode import ImageError, decode, read
from tests.support.files import Bytes, tiff, tiff_tags

LEVELS = np.random.default_rng(3).permutation(np.linspace(0, 255, 4 * 5 * 4).round()).reshape(4, 5, 4)
Order = Literal["<", ">"]
ORDERS: tuple[Order, ...] = "<", ">"
KINDS = "u2", "u4", "i4", "f2", "f4", "f8"


def samples(kind: str, channels: int) -> np.ndarray:
    """Numbers of this kind that stand for LEVELS, with alpha, if there is one, opaque."""
    top = 1.0 if kind[0] == "f" else 65535
    values = LEVELS[:, :, :channels] / 255 * top
    if channels in (2, 4):
        values[..., -1] = 1.0 if kind[0] == "f" else np.iinfo(kind).max
    return values.astype(kind)


def file(
    values: np.ndarray, order: Order = "<", planar: int = 1, changes: Mapping[int, tuple[int, ...]] | None = None
) -> bytes:
    """A TIFF of these samples (rows, columns, channels), with a tag of alpha where they have it."""
    height, width, channels = values.shape
    form = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    stored = values if planar == 1 else values.transpose(2, 0, 1)
    body = stored.astype(values.dtype.newbyteorder(order)).tobytes()
    tags = tiff_tags(width, height, kind=2 if channels > 2 else 1) | {258: (8 * values.itemsize,) * channels}
    tags |= {277: (channels,), 284: (planar,), 339: (form,) * channels}
    if channels in (2, 4):
        tags |= {338: (2,)}
    if planar == 2:
        size = len(body) // channels
        tags |= {273: tuple(8 + n * size for n in range(channels)), 279: (size,) * channels}
    return tiff(body, tags | dict(changes or {}), order)


def seen(channels: int) -> Bytes:
    colours = LEVELS[:, :, : 3 if channels > 2 else 1]
    return np.broadcast_to(colours, (4, 5, 3)).astype(np.uint8)


@pytest.mark.parametrize(("kind", "channels"), list(product(KINDS, [1, 2, 3, 4])))
def test_numbers_of_every_size_are_read_in_either_order_of_bytes_and_of_planes(kind: str, channels: int) -> None:
    for order, planar in product(ORDERS, (1, 2) if channels > 1 else (1,)):
        found = read(file(samples(kind, channels), order, planar))
        np.testing.assert_allclose(found.picture.astype(int), seen(channels), atol=1, err_msg=f"{order} {planar}")
        assert found.note == ""


def test_a_picture_is_turned_and_where_0_is_white_inverted() -> None:
    values = samples("f8", 1)
    np.testing.assert_allclose(decode(file(values, changes={274: (3,)})).astype(int), seen(1)[::-1, ::-1], atol=1)
    np.testing.assert_allclose(decode(file(values, changes={262: (0,)})).astype(int), 255 - seen(1).astype(int), atol=1)
    np.testing.assert_allclose(
        decode(file(samples("f4", 1), changes={262: (0,)})).astype(int), 255 - seen(1).astype(int), atol=1
    )


def test_a_kind_that_is_not_read_is_named() -> None:
    body = zlib.compress(samples("f8", 1).tobytes())
    packed = tiff(body, tiff_tags(5, 4, 64, form=3) | {259: (8,)})
    for data, said in (
        (packed, "1 × 64-bit floating-point numbers per pixel, compression 8"),
        (
            file(samples("u2", 3), planar=2, changes={259: (5,)}),
            "3 × 16-bit unsigned numbers per pixel, stored in separate planes",
        ),
        (file(samples("u2", 2), changes={338: (1,)}), "2 × 16-bit unsigned numbers per pixel"),
        (file(samples("u2", 1), changes={258: (24,)}), "1 × 24-bit unsigned numbers per pixel"),
        (file(samples("f4", 1), changes={339: (6,)}), "1 × 32-bit other numbers per pixel"),
    ):
        with pytest.raises(ImageError, match=f"This kind of TIFF is not read: {said}.*save it again as PNG") as caught:
            decode(data)
        assert "damaged" not in str(caught.value)


def test_what_is_cut_short_is_incomplete() -> None:
    whole = file(samples("f8", 3))
    for changes in ({279: (100,)}, {257: (4000,)}, {257: (0,)}):
        with pytest.raises(ImageError, match="damaged, incomplete"):
            decode(file(samples("f8", 3), changes=changes))
    for end in range(0, len(whole), 7):
        with pytest.raises(ImageError):
            decode(whole[:end])
