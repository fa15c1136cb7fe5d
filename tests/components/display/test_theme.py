"""Colours are told apart by every eye, stand out from both pages, and carry readable letters.

The measures are typed here a second time, from their sources: sRGB (IEC 61966-2-1), OKLab (Ottosson 2020), contrast
(WCAG 2), colour-vision deficiency (Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB).
"""

import math
from itertools import combinations, product

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from components.display import theme
from tests.support.pictures import hashed

Floats = NDArray[np.float64]

PAGES = ("#fcfbf8", "#13151a")
BLACK, WHITE = np.zeros(3), np.ones(3)
MIDDLES = ("#ffffff", "#1b1e25")
SIGHT = {  # linear RGB as it is seen
    "normal": np.eye(3),
    "protanopia": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ]),
    "deuteranopia": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ]),
    "tritanopia": np.array([
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip
LMS = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
])  # fmt: skip
LAB = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
])  # fmt: skip


def linear(colours: ArrayLike) -> Floats:
    """Bytes as linear RGB."""
    c = np.asarray(colours, np.float64) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def from_hex(*texts: str) -> Floats:
    return linear([[*bytes.fromhex(text[1:])] for text in texts])


def oklab(rgb: Floats) -> Floats:
    lab: Floats = np.cbrt(rgb @ LMS.T) @ LAB.T
    return lab


def luminance(rgb: Floats) -> Floats:
    Y: Floats = rgb @ np.array([0.2126, 0.7152, 0.0722])
    return Y


def contrast(a: Floats, b: Floats) -> Floats:
    light, dark = np.maximum(luminance(a), luminance(b)), np.minimum(luminance(a), luminance(b))
    return (light + 0.05) / (dark + 0.05)


def nearest(sight: str, rgb: Floats) -> float:
    """The smallest OKLab distance between two of these colours, to this sight."""
    points = oklab(np.clip(rgb @ SIGHT[sight].T, 0, 1))
    return min(math.dist(a, b) for a, b in combinations(points, 2))


def test_the_measures_here_know_the_published_values() -> None:
    assert oklab(WHITE) == pytest.approx((1, 0, 0), abs=1e-6)
    assert oklab(from_hex("#ff0000")[0]) == pytest.approx((0.62796, 0.22486, 0.12585), abs=1e-4)
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    for matrix in SIGHT.values():
        assert matrix.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_up_to_nine_weights_are_far_apart_for_every_eye_and_stand_out_from_the_page() -> None:
    for sight, (K, L) in product(SIGHT, product(range(1, 10), repeat=2)):
        if 1 < K * L <= 9:
            assert nearest(sight, linear(theme.weights(K, L))) >= (0.17 if sight == "normal" else 0.11)
    for page in from_hex(*PAGES):
        assert contrast(linear(theme.weights(3, 3)), page).min() >= 1.6


def test_every_weight_has_its_own_colour_and_readable_letters() -> None:
    for K, L in product(range(1, 16), repeat=2):
        rows = theme.weights(K, L)
        assert (rows.shape, rows.dtype.name) == ((K * L, 3), "uint8")
        assert len(np.unique(rows, axis=0)) == K * L
        inks = from_hex(*(theme.ink(row) for row in rows))
        assert contrast(linear(rows), inks).min() >= 4.5


def test_ink_is_the_better_of_black_and_white_on_every_grey() -> None:
    greys = linear(theme.grey())
    better = np.where(contrast(greys, BLACK) > contrast(greys, WHITE), "#000000", "#ffffff")
    assert [theme.ink(row) for row in theme.grey()] == better.tolist()


def test_css_writes_a_colour_as_the_browser_reads_it() -> None:
    assert [theme.css(row) for row in theme.weights(3, 3)] == list(theme.NINE)
    assert theme.css([0, 10, 255]) == "#000aff"


@pytest.mark.parametrize("middle", MIDDLES)
def test_zero_is_the_middle_colour_each_sign_has_its_side_and_both_ends_are_equally_far_for_every_eye(
    middle: str,
) -> None:
    scale = theme.diverging(middle)
    assert (scale.shape, scale.dtype.name) == ((256, 3), "uint8")
    assert theme.css(scale[128]) == middle
    away = oklab(linear(scale))[:, 2]  # OKLab b: below zero is blue, above is yellow to red
    assert (away[1:127] < away[128]).all()
    r, _, blue = scale.astype(int).T
    assert (blue[1:120] > r[1:120]).all()
    assert (r[137:] > blue[137:]).all()
    light = luminance(linear(scale)) * (-1 if middle == "#ffffff" else 1)  # moves one way from zero on both sides
    for side in (light[128:], light[128:0:-1]):
        assert (np.diff(side) >= 0).all()
        assert side[-1] - side[0] > 0.1
    assert (scale[0] == scale[1]).all(), "level 0 lies beyond the end, and is drawn as the end"
    for sight in SIGHT:
        assert nearest(sight, linear(scale[[1, 128, 255]])) >= 0.11


def test_the_grey_ramp_is_black_to_white_in_single_steps() -> None:
    assert theme.grey().tolist() == [[level] * 3 for level in range(256)]


def test_the_static_is_the_documented_hash_of_one_cell_and_of_many() -> None:
    t, s = np.random.default_rng(11).integers(0, 2**20, (2, 3000))
    assert theme.untied_ink(t, s).tolist() == [hashed(a, b) for a, b in zip(t.tolist(), s.tolist(), strict=True)]
    assert theme.untied_ink([0, 1, 261_143], [0, 0, 262_143]).tolist() == [0, hashed(1, 0), hashed(261_143, 262_143)]
    assert int(theme.untied_ink(123_456, 98_765)) == hashed(123_456, 98_765)


def test_the_static_has_256_colours_uses_them_evenly_also_along_diagonals_and_neighbours_rarely_share_one() -> None:
    assert theme.untied().shape == (theme.UNTIED, 3) == (256, 3)
    assert len(np.unique(theme.untied(), axis=0)) == 256
    t = np.arange(25_600)
    for s in (t, t + 64, t * 0 + 7, t // 64 * 66 + t % 64):
        used = np.bincount(theme.untied_ink(t, s), minlength=256)
        assert used.min() >= 40
        assert used.max() <= 180
    ink = theme.untied_ink(*np.indices((200, 200)))
    assert (ink[:, 1:] == ink[:, :-1]).mean() < 0.02
    assert (ink[1:] == ink[:-1]).mean() < 0.02


def test_every_kind_of_layer_ties_beyond_them_and_the_ends_of_a_map_have_lines_of_their_own_to_every_sight() -> None:
    assert set(theme.ROLES) == {"dense", "local", "tiled", "conv"}
    lines = from_hex(*theme.ROLES.values(), theme.BEYOND)
    ends = linear([theme.NEGATIVE, theme.POSITIVE])
    for page, shown in product(from_hex(*PAGES), (lines, ends)):
        assert contrast(shown, page).min() >= 3  # WCAG 2.2, 1.4.11: graphics
    for sight in SIGHT:
        assert nearest(sight, lines) >= 0.08
        assert nearest(sight, ends) >= 0.11
