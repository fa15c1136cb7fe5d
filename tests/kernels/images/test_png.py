"""What a PNG's pixels need is kept as it is, what is said of them is apart, and broken notes are as good as none."""

import struct
import zlib

import pytest

from kernels.images.png import PROFILE, gamma, parts, profile
from tests.support.files import PALETTE, SMALL, chunk, png, rgb_png

GAMMA = chunk(b"gAMA", struct.pack(">I", 100_000))


def test_pixels_palette_and_transparency_are_kept_and_notes_are_not() -> None:
    bare = png(4, 1, 8, 3, b"\0\0\1\2\3", PALETTE + chunk(b"tRNS", b"\xff\0"))
    noted = bare.replace(PALETTE, GAMMA + PALETTE + chunk(b"tEXt", b"k\0where I live")) + b"what hides behind it"
    kept, notes = parts(noted)
    assert kept == bare
    assert notes == {b"gAMA": struct.pack(">I", 100_000), b"tEXt": b"k\0where I live"}
    assert parts(bare) == (bare, {})


def test_a_note_with_a_wrong_checksum_is_none_and_of_two_the_first_counts() -> None:
    broken = GAMMA[:-1] + bytes([GAMMA[-1] ^ 1])
    assert gamma(parts(rgb_png(SMALL, broken))[1]) == 0
    assert gamma(parts(rgb_png(SMALL, GAMMA + chunk(b"gAMA", struct.pack(">I", 1))))[1]) == 1
    assert gamma(parts(rgb_png(SMALL, chunk(b"sRGB", b"\0") + GAMMA))[1]) == 0


def test_a_profile_is_unpacked_within_its_limit() -> None:
    for body, wanted in (
        (b"name\0\0" + zlib.compress(b"a profile"), b"a profile"),
        (b"name\0\0" + zlib.compress(bytes(2 * PROFILE)), bytes(PROFILE)),
        (b"name\0\0no zlib", b""),
        (b"", b""),
    ):
        assert profile(parts(rgb_png(SMALL, chunk(b"iCCP", body)))[1]) == wanted


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", rgb_png(SMALL)[:30], rgb_png(SMALL)[:-12]])
def test_what_is_cut_short_stays_so(data: bytes) -> None:
    assert parts(data)[0] == data
