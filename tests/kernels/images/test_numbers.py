"""Colours of 16 bits: a transparent one is that colour only, and dark ones are read in full and stretched."""

import struct
import zlib

import numpy as np
import pytest

from kernels.images.decode import decode, read
from tests.support.files import BLUE, WHITE, chunk, png, row, tiff, tiff_tags

DARK = np.array([[[0, 819, 4095], [4095, 1638, 0]]])
WANTED = row((0, 51, 255), (255, 102, 0))
NOTE = "The picture's values run from 0 to 4,095 and were stretched to fill the range from black to white."


def test_a_transparent_colour_is_that_colour_in_all_its_bits() -> None:
    key = chunk(b"tRNS", struct.pack(">3H", 500, 600, 700))
    pixels = struct.pack(">9H", 500, 600, 700, 501, 600, 700, 0, 0, 65535)
    np.testing.assert_array_equal(decode(png(3, 1, 16, 2, b"\0" + pixels, key)), row(WHITE, (2, 2, 3), BLUE))
    grey = png(2, 1, 16, 0, b"\0" + struct.pack(">2H", 30000, 30001), chunk(b"tRNS", struct.pack(">H", 30000)))
    np.testing.assert_array_equal(decode(grey), row(WHITE, (117, 117, 117)))


@pytest.mark.parametrize("depth", [2, 4, 8])
def test_of_a_transparent_grey_the_lowest_bits_count(depth: int) -> None:
    """As libpng reads it: the specification says that the others are 0."""
    top = 2**depth - 1
    byte = bytes([1 << (8 - depth) | (top << (8 - 2 * depth) if depth < 8 else 0)])
    pixels = byte if depth < 8 else b"\1\xff"
    for high in (0, 256):
        key = chunk(b"tRNS", struct.pack(">H", high + 1))
        np.testing.assert_array_equal(decode(png(2, 1, depth, 0, b"\0" + pixels, key)), row(WHITE, WHITE))
        assert decode(png(2, 1, depth, 0, b"\0" + pixels))[0, 0, 0] < 255
    key = chunk(b"tRNS", struct.pack(">3H", 257, 2, 3))
    np.testing.assert_array_equal(decode(png(1, 1, 8, 2, b"\0\1\2\3", key)), row(WHITE))


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("packed", [False, True])
def test_dark_colours_of_16_bits_are_read_in_full(order: str, packed: bool) -> None:
    body = DARK.astype(f"{order}u2").tobytes()
    tags = tiff_tags(2, 1, kind=2) | {258: (16,) * 3, 277: (3,), 339: (1,) * 3}
    data = tiff(zlib.compress(body), tags | {259: (8,)}, order) if packed else tiff(body, tags, order)
    found = read(data)
    np.testing.assert_array_equal(found.picture, WANTED)
    assert found.note == NOTE


def test_dark_colours_of_a_png_are_too_and_its_alpha_is_no_colour() -> None:
    found = read(png(2, 1, 16, 2, b"\0" + DARK.astype(">u2").tobytes()))
    np.testing.assert_array_equal(found.picture, WANTED)
    assert found.note == NOTE
    pixels = np.dstack([DARK, [[65535, 0]]]).astype(">u2")
    found = read(png(2, 1, 16, 6, b"\0" + pixels.tobytes()))
    np.testing.assert_array_equal(found.picture, row((0, 51, 255), WHITE))
    assert found.note == NOTE


def test_dark_greys_with_alpha_are_too() -> None:
    pixels = np.array([[0, 65535], [819, 65535], [4095, 65535], [2000, 0]], ">u2")
    found = read(png(4, 1, 16, 4, b"\0" + pixels.tobytes()))
    np.testing.assert_array_equal(found.picture, row((0, 0, 0), (51, 51, 51), WHITE, WHITE))
    assert found.note == NOTE
    plain = read(png(2, 1, 16, 4, b"\0" + struct.pack(">4H", 0, 65535, 65535, 65535)))
    np.testing.assert_array_equal(plain.picture, row((0, 0, 0), WHITE))
    assert plain.note == ""
