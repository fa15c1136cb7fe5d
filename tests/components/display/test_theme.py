"""Colours are told apart by every eye, stand out from both pages, and carry readable letters.

The measures are typed here a second time, from their sources: sRGB (IEC 61966-2-1), OKLab (Ottosson 2020), contrast
(WCAG 2), colour-vision deficiency (Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB).
"""

import itertools
import math
from itertools import combinations, product

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import theme
from tests.support.pictures import hashed

Rgb = tuple[float, float, float]
Matrix = tuple[Rgb, Rgb, Rgb]

PAGES = ("#fcfbf8", "#13151a")
MIDDLES = ("#ffffff", "#1b1e25")
SIZES = list(itertools.product(range(1, 16), repeat=2))
FEW = [(K, L) for K, L in SIZES if K * L <= 9]
SIGHT: dict[str, Matrix] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def colours(rows: NDArray[np.uint8]) -> list[Rgb]:
    """Rows of bytes as linear RGB."""
    return [linear(row) for row in rows.tolist()]


def linear(row: list[int]) -> Rgb:
    r, g, b = (c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in row)
    return r, g, b


def from_hex(text: str) -> Rgb:
    return linear([int(text[n : n + 2], 16) for n in (1, 3, 5)])


def apply(matrix: Matrix, v: Rgb) -> Rgb:
    x, y, z = (sum(a * b for a, b in zip(row, v, strict=True)) for row in matrix)
    return x, y, z


def seen(sight: str, rgb: Rgb) -> Rgb:
    r, g, b = (min(1.0, max(0.0, part)) for part in apply(SIGHT[sight], rgb))
    return r, g, b


def oklab(rgb: Rgb) -> Rgb:
    l, m, s = (
        math.cbrt(part)
        for part in apply(
            (
                (0.4122214708, 0.5363325363, 0.0514459929),
                (0.2119034982, 0.6806995451, 0.1073969566),
                (0.0883024619, 0.2817188376, 0.6299787005),
            ),
            rgb,
        )
    )
    return (
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
    )


def luminance(rgb: Rgb) -> float:
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def contrast(a: Rgb, b: Rgb) -> float:
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def nearest(sight: str, rows: NDArray[np.uint8]) -> float:
    """The smallest OKLab distance between two of these colours."""
    points = [oklab(seen(sight, rgb)) for rgb in colours(rows)]
    return min(math.dist(a, b) for a, b in itertools.combinations(points, 2))


def test_the_measures_here_know_the_published_values() -> None:
    assert oklab((1, 1, 1)) == pytest.approx((1, 0, 0), abs=1e-6)
    assert oklab(from_hex("#ff0000")) == pytest.approx((0.62796, 0.22486, 0.12585), abs=1e-4)
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    for matrix in SIGHT.values():
        assert [sum(row) for row in matrix] == pytest.approx([1, 1, 1], abs=1e-5)


def test_up_to_nine_weights_are_far_apart_for_every_eye() -> None:
    for (sight, least), (K, L) in product(
        [("normal", 0.17), ("protanopia", 0.11), ("deuteranopia", 0.11), ("tritanopia", 0.11)],
        [size for size in FEW if math.prod(size) > 1],
    ):
        assert nearest(sight, theme.weights(K, L)) >= least


def test_the_nine_stand_out_from_the_page() -> None:
    for page in PAGES:
        assert min(contrast(rgb, from_hex(page)) for rgb in colours(theme.weights(3, 3))) >= 1.6


def test_every_weight_has_its_own_colour_and_readable_letters() -> None:
    for K, L in SIZES:
        rows = theme.weights(K, L)
        assert (rows.shape, rows.dtype.name) == ((K * L, 3), "uint8")
        assert len(set(map(tuple, rows.tolist()))) == K * L
        inks = {"#000000": (0.0, 0.0, 0.0), "#ffffff": (1.0, 1.0, 1.0)}
        assert min(contrast(rgb, inks[theme.ink(row)]) for row, rgb in zip(rows, colours(rows), strict=True)) >= 4.5


def test_ink_is_the_better_of_black_and_white_on_every_grey() -> None:
    for level in range(256):
        rgb = linear([level] * 3)
        better = "#000000" if contrast(rgb, (0, 0, 0)) > contrast(rgb, (1, 1, 1)) else "#ffffff"
        assert theme.ink([level] * 3) == better


def test_css_writes_a_colour_as_the_browser_reads_it() -> None:
    assert [theme.css(row) for row in theme.weights(3, 3)] == list(theme.NINE)
    assert theme.css([0, 10, 255]) == "#000aff"


def test_zero_is_the_middle_colour_and_each_sign_has_its_side() -> None:
    for middle in MIDDLES:
        scale = theme.diverging(middle)
        assert (scale.shape, scale.dtype.name) == ((256, 3), "uint8")
        assert theme.css(scale[128]) == middle
        away = [oklab(rgb)[2] for rgb in colours(scale)]  # OKLab b: below zero is blue, above is yellow to red
        assert all(b < away[128] for b in away[1:127])
        r, _, blue = scale.astype(int).T
        assert (blue[1:120] > r[1:120]).all()
        assert (r[137:] > blue[137:]).all()


def test_luminance_moves_one_way_from_zero_on_both_sides() -> None:
    for middle in MIDDLES:
        light = np.array([luminance(rgb) for rgb in colours(theme.diverging(middle))])
        sign = -1 if middle == "#ffffff" else 1
        assert (sign * np.diff(light[128:]) >= 0).all()
        assert (sign * np.diff(light[128:0:-1]) >= 0).all()
        assert sign * (light[255] - light[128]) > 0.1
        assert sign * (light[1] - light[128]) > 0.1


def test_the_two_ends_differ_for_every_eye() -> None:
    for middle in MIDDLES:
        scale = theme.diverging(middle)
        for sight in SIGHT:
            assert nearest(sight, scale[[1, 128, 255]]) >= 0.11


def test_the_grey_ramp_is_black_to_white_in_single_steps() -> None:
    assert theme.grey().tolist() == [[level] * 3 for level in range(256)]


def test_the_static_is_the_documented_hash() -> None:
    rng = np.random.default_rng(11)
    t, s = rng.integers(0, 2**20, (2, 3000))
    assert theme.untied_ink(t, s).tolist() == [hashed(a, b) for a, b in zip(t.tolist(), s.tolist(), strict=True)]
    assert theme.untied_ink([0, 1, 261_143], [0, 0, 262_143]).tolist() == [0, hashed(1, 0), hashed(261_143, 262_143)]


def test_the_hash_of_one_cell_is_that_of_the_cell_in_a_list() -> None:
    assert int(theme.untied_ink(123_456, 98_765)) == hashed(123_456, 98_765)


def test_the_static_uses_its_colours_evenly_also_along_diagonals() -> None:
    t = np.arange(25_600)
    for s in (t, t + 64, t * 0 + 7, t // 64 * 66 + t % 64):
        used = np.bincount(theme.untied_ink(t, s), minlength=256)
        assert used.min() >= 40
        assert used.max() <= 180


def test_neighbours_in_the_static_rarely_share_a_colour() -> None:
    t, s = np.divmod(np.arange(200 * 200), 200)
    ink = theme.untied_ink(t, s).reshape(200, 200)
    assert (ink[:, 1:] == ink[:, :-1]).mean() < 0.02
    assert (ink[1:] == ink[:-1]).mean() < 0.02


def test_the_static_has_as_many_colours_as_the_hash_has_values() -> None:
    rows = theme.untied()
    assert rows.shape == (theme.UNTIED, 3) == (256, 3)
    assert len(set(map(tuple, rows.tolist()))) == 256


ENDS = {"negative": theme.css(theme.NEGATIVE), "positive": theme.css(theme.POSITIVE)}
LINES = theme.ROLES | {"beyond": theme.BEYOND} | ENDS


def test_lines_and_the_ends_of_a_signed_map_stand_out_from_the_page() -> None:
    for page, name in product(PAGES, LINES):
        assert contrast(from_hex(LINES[name]), from_hex(page)) >= 3  # WCAG 2.2, 1.4.11: graphics


def test_every_kind_of_layer_and_ties_beyond_them_have_a_line_of_its_own_to_every_sight() -> None:
    assert set(theme.ROLES) == {"dense", "local", "tiled", "conv"}
    for sight in SIGHT:
        lines = [oklab(seen(sight, from_hex(colour))) for colour in (*theme.ROLES.values(), theme.BEYOND)]
        assert min(math.dist(one, other) for one, other in combinations(lines, 2)) >= 0.08
        blue, red = (oklab(seen(sight, from_hex(LINES[name]))) for name in ("negative", "positive"))
        assert math.dist(blue, red) >= 0.11


def test_level_1_is_the_full_blue_so_both_ends_lie_equally_far_from_zero() -> None:
    for middle in MIDDLES:
        scale = theme.diverging(middle)
        assert (scale[0] == scale[1]).all(), "level 0 lies beyond the end, and is drawn as the end"
