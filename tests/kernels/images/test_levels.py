"""Numbers that fill their range are shown as they are; others are stretched, and it is said from what to what."""

import struct

import numpy as np
import pytest

from kernels.images.decode import read
from tests.support.files import png, tiff, tiff_tags

Ramp = np.ndarray[tuple[int], np.dtype[np.generic]]
STRETCHED = "and were stretched to fill the range from black to white."


def grey_png(values: list[int]) -> bytes:
    return png(len(values), 1, 16, 0, b"\0" + struct.pack(f">{len(values)}H", *values))


def grey_tiff(values: Ramp, **more: bytes) -> bytes:
    """A grey TIFF of these numbers, big-endian where they are; more: tags of text by `t` and their number."""
    form = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    tags = tiff_tags(len(values), 1, 8 * values.itemsize, form=form)
    data = tiff(values.tobytes(), tags, ">" if values.dtype.byteorder == ">" else "<")
    for tag, text in more.items():
        data = with_text(data, int(tag[1:]), text)
    return data


def with_text(data: bytes, tag: int, text: bytes) -> bytes:
    """A little-endian TIFF with one more tag of text, the last of its directory, which is moved to the end."""
    at = struct.unpack_from("<I", data, 4)[0]
    (many,) = struct.unpack_from("<H", data, at)
    entries = data[at + 2 : at + 2 + 12 * many] + struct.pack("<HHII", tag, 2, len(text) + 1, len(data))
    body = data + text + b"\0" * (1 + len(text) % 2)
    return body[:4] + struct.pack("<I", len(body)) + body[8:] + struct.pack("<H", many + 1) + entries + bytes(4)


def shown(data: bytes) -> tuple[list[int], str]:
    found = read(data)
    assert (found.picture == found.picture[:, :, :1]).all()
    return found.picture[0, :, 0].tolist(), found.note


def test_what_fills_its_range_is_not_changed_and_nothing_is_said() -> None:
    for data, wanted in (
        (grey_png([0, 257, 25700, 65535]), [0, 1, 100, 255]),
        (grey_png([30000, 30000]), [117, 117]),  # nothing to stretch
        (grey_tiff(np.array([0, 0.5, 1], np.float32)), [0, 128, 255]),
        (grey_tiff(np.array([0, 25700, 65535], np.int32)), [0, 100, 255]),
        (grey_tiff(np.array([0, 25700, 65535], np.uint32)), [0, 100, 255]),
        (grey_tiff(np.array([0, 51, 127], "i1")), [0, 102, 255]),  # half of a signed type's range is below 0
        (grey_tiff(np.array([0, 12850, 32767], "<i2")), [0, 100, 255]),
        (grey_tiff(np.array([0, 12850, 32767], ">i2")), [0, 100, 255]),
        (grey_tiff(np.array([0.25, 0.25])), [64, 64]),
    ):
        assert shown(data) == (wanted, "")


@pytest.mark.parametrize(
    ("values", "wanted", "said"),
    [
        (np.array([0, 819, 4095], "<u2"), [0, 51, 255], "from 0 to 4,095"),  # 12 bits in 16
        (np.array([33000, 33010, 33050], "<u2"), [0, 51, 255], "from 33,000 to 33,050"),
        (np.array([-128, -77, 127], "i1"), [0, 51, 255], "from −128 to 127"),
        (np.array([0, 800_000_000, 4_000_000_000], "<u4"), [0, 51, 255], "from 0 to 4,000,000,000"),
        (np.array([0, 0.2e20, 1e20], "<f8"), [0, 51, 255], "from 0 to 1 × 10²⁰"),
        (np.array([-100, 0, 100], ">i2"), [0, 128, 255], "from −100 to 100"),
        (np.array([0, 0.02, 0.1], "<f4"), [0, 51, 255], "from 0 to 0.1"),
        (np.array([-1, 0, 4], ">f8"), [0, 51, 255], "from −1 to 4"),
    ],
)
def test_what_does_not_is_stretched_and_it_is_said(values: Ramp, wanted: list[int], said: str) -> None:
    assert shown(grey_tiff(values)) == (wanted, f"The picture's values run {said} {STRETCHED}")


def test_a_picture_of_one_value_outside_its_range_is_black_and_that_is_said() -> None:
    assert shown(grey_tiff(np.array([7, 7], np.float32))) == ([0, 0], "All values of the picture are 7: black.")


def test_what_stands_for_no_value_is_black_and_counts_for_nothing() -> None:
    heights, lowest = [100.0, 180.0, 500.0], np.finfo(np.float32).min
    for nothing, tag in (
        (-9999.0, {"t42113": b"-9999"}),
        (lowest, {}),
        (lowest, {"t42113": b"-3.4028234663852886e+38"}),
    ):
        data = grey_tiff(np.array([*heights, nothing, nothing], np.float32), **tag)
        said = f"The picture's values run from 100 to 500 {STRETCHED} Pixels without a value are black: 2."
        assert shown(data) == ([0, 51, 255, 0, 0], said)
    data = grey_tiff(np.array([0, 0.5, 1, np.nan], np.float32))
    assert shown(data) == ([0, 128, 255, 0], "Pixels without a value are black: 1.")
    data = grey_tiff(np.array([0, 13107, 65535], np.uint16), t42113=b"no number")
    assert shown(data) == ([0, 51, 255], "")
    data = grey_tiff(np.array([-9999.0, -9999.0], np.float32), t42113=b"-9999")
    assert shown(data) == ([0, 0], "Pixels without a value are black: 2.")


def test_a_picture_is_stretched_as_a_whole_however_large_it_is() -> None:
    values = np.zeros((1500, 2000), ">u2")
    values[0], values[-1] = 4000, 1000
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    found = read(png(2000, 1500, 16, 0, rows))
    assert found.note.startswith("The picture's values run from 0 to 4,000 ")
    assert (found.picture[100:-100] == 0).all()
