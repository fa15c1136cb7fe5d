"""A file's colour profile or gamma is followed; the formulas of colorimetry are the judge."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from kernels.images.decode import decode
from tests.support.files import SMALL, Bytes, chunk, png, rgb_png, saved

D50 = 0.9642, 1.0, 0.8249
# Of the primaries, as columns, relative to D50: Lindbloom's for Adobe RGB (1998) and sRGB.
ADOBE = ((0.6097559, 0.2052401, 0.1492240), (0.3111242, 0.6256560, 0.0632197), (0.0194811, 0.0608902, 0.7448387))
SRGB = ((0.4360747, 0.3850649, 0.1430804), (0.2225045, 0.7168786, 0.0606169), (0.0139322, 0.0971045, 0.7141733))


def fixed(*numbers: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(f">{len(numbers)}i", *(round(n * 65536) for n in numbers))


def icc(space: bytes, gamma: float, primaries: tuple[tuple[float, ...], ...] = ()) -> bytes:
    """A profile of the International Color Consortium, version 2.4: primaries and one gamma."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    columns = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), zip(*primaries, strict=True), strict=False))
    tags = {b"wtpt": fixed(*D50)} | {name: fixed(*column) for name, column in columns.items()}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC") if primaries else (b"kTRC",), curve)
    at, table, bodies = 132 + 12 * len(tags), b"", b""
    for name, body in tags.items():
        table += name + struct.pack(">II", at + len(bodies), len(body))
        bodies += body
    return header(at + len(bodies), b"mntr", space, b"XYZ ") + struct.pack(">I", len(tags)) + table + bodies


def header(size: int, kind: bytes, space: bytes, connection: bytes) -> bytes:
    head = struct.pack(">I4xI4s4s4s12x4s28x", size, 0x02400000, kind, space, connection, b"acsp")
    return head + fixed(*D50)[8:] + bytes(48)


def black_inks() -> bytes:
    """A printer's profile in which every ink is black: the lightness of all 16 mixtures, in CIELAB."""
    line = bytes(range(256))
    mixtures = bytes([255, 128, 128]) + bytes([0, 128, 128]) * 15
    body = b"mft1\0\0\0\0\4\3\2\0" + struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    body += line * 4 + mixtures + line * 3
    tag = struct.pack(">I4sII", 1, b"A2B0", 144, len(body))
    return header(144 + len(body), b"prtr", b"CMYK", b"Lab ") + tag + body


def srgb(light: np.ndarray) -> np.ndarray:
    """Bytes of linear light, IEC 61966-2-1."""
    light = light.clip(0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


PICTURE = np.random.default_rng(2).integers(0, 256, (8, 9, 3), np.uint8)
PROFILE = icc(b"RGB ", 2.19921875, ADOBE)
WANTED = srgb((PICTURE / 255) ** 2.19921875 @ (np.linalg.inv(np.array(SRGB)) @ np.array(ADOBE)).T)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
def test_the_profile_of_a_file_is_followed(format: str) -> None:
    options = {"lossless": True} if format == "WEBP" else {}
    found = decode(saved(PICTURE, format, icc_profile=PROFILE, **options))
    assert np.abs(found - WANTED).max() <= 2
    assert np.abs(PICTURE - WANTED).max() > 50


def test_the_profile_of_a_jpeg_is_followed_and_white_stays_white() -> None:
    for colour in (PICTURE[0, 0], (255, 255, 255), (90, 90, 90)):
        flat = np.full((16, 16, 3), colour, np.uint8)
        plain = decode(saved(flat, "JPEG", quality=95))[4, 4] / 255
        found = decode(saved(flat, "JPEG", quality=95, icc_profile=PROFILE))[4, 4]
        wanted = srgb(plain**2.19921875 @ (np.linalg.inv(np.array(SRGB)) @ np.array(ADOBE)).T)
        assert np.abs(found - wanted).max() <= 2


def test_alpha_is_not_a_colour() -> None:
    pixels = np.dstack([PICTURE, np.full(PICTURE.shape[:2], 255, np.uint8)])
    pixels[0, :, 3] = 0
    found = decode(saved(pixels, "PNG", icc_profile=PROFILE))
    assert (found[0] == 255).all()
    assert np.abs(found[1:] - WANTED[1:]).max() <= 2


def test_a_grey_picture_follows_a_profile_for_greys_or_for_colours() -> None:
    grey = PICTURE[:, :, 0]
    wanted = srgb((grey / 255) ** 1.5)[:, :, None]
    for image in (Image.fromarray(grey), Image.fromarray(np.dstack([grey, np.full_like(grey, 255)]))):
        assert np.abs(decode(saved(image, "PNG", icc_profile=icc(b"GRAY", 1.5))) - wanted).max() <= 2
    wanted = srgb((grey / 255) ** 2.19921875)[:, :, None]
    assert np.abs(decode(saved(grey, "PNG", icc_profile=PROFILE)) - wanted).max() <= 2
    np.testing.assert_array_equal(decode(saved(grey, "PNG", icc_profile=icc(b"CMYK", 1.5)))[:, :, 1], grey)
    np.testing.assert_array_equal(decode(saved(PICTURE, "PNG", icc_profile=icc(b"GRAY", 1.5))), PICTURE)


def test_gamma_is_followed_where_nothing_better_is_said() -> None:
    linear, usual = (chunk(b"gAMA", struct.pack(">I", gamma)) for gamma in (100_000, 45_455))
    assert np.abs(decode(rgb_png(SMALL, linear)) - srgb(SMALL / 255)).max() <= 1
    grey = decode(png(3, 1, 16, 0, b"\0" + struct.pack(">3H", 0, 16384, 65535), linear))
    assert np.abs(grey[0, :, 0] - srgb(np.array([0, 0.25, 1]))).max() <= 1
    named = chunk(b"iCCP", b"n\0\0" + zlib.compress(icc(b"RGB ", 2.2, SRGB)))
    profiled = decode(rgb_png(SMALL, named))
    np.testing.assert_array_equal(decode(rgb_png(SMALL, linear + named)), profiled)
    for unchanged in (usual, linear + chunk(b"sRGB", b"\0"), chunk(b"gAMA", bytes(4)), chunk(b"gAMA", b"")):
        np.testing.assert_array_equal(decode(rgb_png(SMALL, unchanged)), SMALL)


P3 = 0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06
# Of Display P3 to sRGB, for linear light: as published, from the primaries alone.
FROM_P3 = np.array([[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]])


def test_primaries_are_followed_where_a_gamma_stands_beside_them_or_they_have_a_number() -> None:
    p3 = chunk(b"cHRM", struct.pack(">8I", *(round(100_000 * number) for number in P3)))
    gamma, named = chunk(b"gAMA", struct.pack(">I", 50_000)), chunk(b"cICP", bytes([12, 13, 0, 1]))
    wanted = srgb((PICTURE / 255) ** 2 @ FROM_P3.T)
    assert np.abs(decode(rgb_png(PICTURE, p3 + gamma)) - wanted).max() <= 1.5
    linear = np.where(PICTURE <= 10, PICTURE / 255 / 12.92, ((PICTURE / 255 + 0.055) / 1.055) ** 2.4)
    assert np.abs(decode(rgb_png(PICTURE, named)) - srgb(linear @ FROM_P3.T)).max() <= 1.5
    rounded = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
    usual = chunk(b"cHRM", struct.pack(">8I", *(round(100_000 * number) for number in rounded)))
    broken = chunk(b"cHRM", bytes(32)), chunk(b"cHRM", b"short")
    screen = chunk(b"gAMA", struct.pack(">I", 45_455))
    for unchanged in (p3, usual + screen, p3 + gamma + chunk(b"sRGB", b"\0"), *(note + screen for note in broken)):
        np.testing.assert_array_equal(decode(rgb_png(PICTURE, unchanged)), PICTURE)


def test_inks_are_those_of_their_profile() -> None:
    for inks, wanted in ((0, 0, 0, 0), 255), ((255, 0, 0, 0), 0), ((0, 0, 0, 255), 0):
        for format in ("JPEG", "TIFF"):
            data = saved(Image.new("CMYK", (16, 16), inks), format, icc_profile=black_inks())
            np.testing.assert_allclose(decode(data).astype(int), wanted, atol=3)
    cyan = decode(saved(Image.new("CMYK", (16, 16), (255, 0, 0, 0)), "TIFF", icc_profile=PROFILE))
    np.testing.assert_array_equal(cyan[0, 0], (0, 255, 255))  # a profile for something else


def test_cielab_is_read() -> None:
    lab: Bytes = np.full((2, 2, 3), (136, 208, 195), np.uint8)  # L* 53.3, a* 80, b* 67: the red of sRGB
    data = saved(Image.merge("LAB", [Image.fromarray(lab[:, :, n]) for n in range(3)]), "TIFF")
    np.testing.assert_allclose(decode(data).astype(int), np.full((2, 2, 3), (255, 0, 0)), atol=12)
