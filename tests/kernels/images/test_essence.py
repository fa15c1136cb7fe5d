"""The rest of a file is gone and its pixels are not: Pillow itself, reading the whole file, is the judge."""

import io
import struct
import tracemalloc

import numpy as np
import pytest
from PIL import Image, ImageOps
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from kernels.images.essence import CODES, PARTS, essence, orientation
from tests.support.files import MODES, chunk, exif, rgb_png, saved
from tests.support.hostile import RGB, small

FILES = small() | {f"{name}, by hand": data for name, (data, _) in MODES.items()}
SECRET = b"where I live"
NOTED = {
    "PNG": saved(RGB, "PNG", exif=b"Exif\0\0" + exif(6), icc_profile=SECRET * 9),
    "PNG, text": rgb_png(np.array(RGB), chunk(b"tEXt", b"k\0" + SECRET) + chunk(b"prVt", SECRET)),
    "JPEG": saved(RGB, "JPEG", exif=b"Exif\0\0" + exif(6) + SECRET, icc_profile=SECRET, comment=SECRET),
    "GIF": saved(RGB, "GIF", comment=SECRET),
}


def seen(data: bytes) -> Image.Image:
    """What Pillow makes of a file: its first frame, not turned."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image.convert("RGBA") if image.mode in ("P", "PA", "1") else image


def test_the_pixels_are_those_of_the_whole_file_and_nothing_is_left_to_take_away() -> None:
    for name, data in FILES.items():
        kept, turn = essence(data)
        found, wanted = seen(kept), seen(data)
        if found.format == "TIFF" or turn != 1:  # Pillow has turned the whole TIFF already
            found.getexif()[274] = turn
            found = ImageOps.exif_transpose(found)
            wanted = ImageOps.exif_transpose(wanted)
        assert found.mode == wanted.mode
        np.testing.assert_array_equal(np.asarray(found), np.asarray(wanted), err_msg=name)
        assert "TIFF" in name or essence(kept)[0] == kept


@pytest.mark.parametrize("name", NOTED)
def test_what_was_noted_in_a_file_is_gone(name: str) -> None:
    assert SECRET in NOTED[name] or name == "PNG"  # a profile is deflated
    kept, turn = essence(NOTED[name])
    assert SECRET not in kept
    assert turn == (6 if name in ("PNG", "JPEG") else 1)
    assert {"icc_profile", "comment", "exif", "k"} & Image.open(io.BytesIO(kept)).info.keys() == set()


@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
@pytest.mark.parametrize("order", [b"II*\0\0\0\0\0", b"MM\0*\0\0\0\0"], ids=["little", "big"])
@pytest.mark.parametrize("kind", [3, 4])
def test_every_orientation_is_read_as_pillow_wrote_it(prefix: bytes, order: bytes, kind: int) -> None:
    for turn in range(1, 9):
        tags = ImageFileDirectory_v2(order)
        tags[271], tags[305] = "a camera", "b" * 40
        tags.tagtype[274] = kind
        tags[274] = turn
        block = order[:4] + struct.pack("<I" if order[:2] == b"II" else ">I", 8) + tags.tobytes(8)
        judge = Image.Exif()
        judge.load(block)
        assert judge[274] == turn
        assert orientation(prefix + block) == turn


@pytest.mark.parametrize(
    "broken",
    [b"", b"I", b"II*\0", b"\xff" * 40, exif(0), exif(9), exif(6)[:13], b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0"],
    ids=repr,
)
def test_broken_exif_means_upright(broken: bytes) -> None:
    assert orientation(broken) == 1


def test_a_file_of_too_many_parts_is_not_read_to_its_end() -> None:
    picture = np.array(RGB)
    np.testing.assert_array_equal(seen(essence(rgb_png(picture, chunk(b"aaaa") * (PARTS - 9)))[0]), picture)
    with pytest.raises(ValueError, match=f"more than {PARTS} chunks"):
        essence(rgb_png(picture, chunk(b"aaaa") * PARTS))
    jpeg = saved(RGB, "JPEG")
    with pytest.raises(ValueError, match=f"no scan among the first {PARTS} segments"):
        essence(jpeg[:2] + b"\xff\xe5\0\2" * PARTS + jpeg[2:])


def test_the_oldest_bmp_has_no_codes_and_is_kept_whole() -> None:
    side = 1200
    head = b"BM" + struct.pack("<IHHI", 26 + 3 * side**2, 0, 0, 26) + struct.pack("<IHHHH", 12, side, side, 1, 24)
    data = head + bytes([0, 0, 0, 0, 1, 0, 0, 0]) + bytes(3 * side**2 - 8)  # a dark pixel where newer files say how
    assert len(data) > CODES
    assert essence(data) == (data, 1)
    assert seen(data).size == (side, side)


@pytest.mark.parametrize("data", [b"", b"BM", b"RIFF", b"hello", b"\x89PNG\r\n\x1a\n"])
def test_what_is_hardly_a_file_stays_hardly_one(data: bytes) -> None:
    kept, turn = essence(data)
    assert turn == 1
    assert len(kept) <= len(data) + 12


def test_an_entry_that_is_there_many_times_is_read_once_and_one_number_of_it() -> None:
    many, one = 60_000, 2**20  # all of them name the same megabyte
    place = 14 + 12 * many
    entry = struct.pack("<HHII", 274, 1, one, place)
    block = b"II*\0" + struct.pack("<IH", 8, many) + entry * many + bytes(4) + b"\6" * one
    tracemalloc.start()
    try:
        assert orientation(block) == 6
        assert essence(block)[1] == 6
        assert tracemalloc.get_traced_memory()[1] < 10 * len(block)
    finally:
        tracemalloc.stop()
