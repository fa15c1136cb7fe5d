"""The kernel bank against facts it was not derived from: SciPy's filters, published matrices, sums and symmetries."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage, signal

from kernels.layer.presets import PRESETS, Preset, PresetError, kernel, preset

IDS = [known.id for known in PRESETS]
ALL_SIZES = [(K, L) for K in range(1, 16) for L in range(1, 16)]
PICTURE = np.random.default_rng(7).integers(0, 256, (12, 14)).astype(np.float64)
SMOOTHING = ("identity", "box", "gaussian", "motion_horizontal", "motion_vertical")
UNIT_SUM = (*SMOOTHING, "sharpen", "unsharp", "emboss")

# As printed in the literature, typed here by hand.
PUBLISHED = {
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "laplacian_4": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "laplacian_8": [[1, 1, 1], [1, -8, 1], [1, 1, 1]],
    "sobel_vertical": [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    "prewitt_vertical": [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
    "scharr_vertical": [[3, 0, -3], [10, 0, -10], [3, 0, -3]],
    "roberts_falling": [[1, 0], [0, -1]],
    "roberts_rising": [[0, 1], [-1, 0]],
    "line_horizontal": [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]],
    "line_vertical": [[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]],
    "line_falling": [[2, -1, -1], [-1, 2, -1], [-1, -1, 2]],
    "line_rising": [[-1, -1, 2], [-1, 2, -1], [2, -1, -1]],
}


def sizes_of(id: str) -> list[tuple[int, int]]:
    return [size for size in ALL_SIZES if preset(id).fits(*size)]


def test_every_preset_says_in_one_sentence_what_it_does_and_where_it_is_from() -> None:
    assert len(PRESETS) >= 16
    assert len(set(IDS)) == len({known.title for known in PRESETS}) == len(PRESETS)
    for known in PRESETS:
        assert known.sentence.endswith(".")
        assert known.sentence.count(".") == 1
        assert known.title
        assert known.source.strip()
        assert hash(known) == hash(preset(known.id))


SIDES = {"left": (0, -1), "right": (0, 1), "upper": (-1, 0), "lower": (1, 0), "up": (-1, 0), "down": (1, 0)}
TOLD = (  # what grows towards these sides has a positive output
    r"positive where the (\w+) side is brighter",
    r"raised where brightness increases (\w+) and to the (\w+)\.",
)
MINUS = r"each pixel minus its (\w+)-(\w+) neighbour\."


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("known", PRESETS, ids=IDS)
def test_the_side_that_a_sentence_names_is_the_one_the_kernel_answers_to_flipped_or_not(
    known: Preset, flip: bool
) -> None:
    applied = kernel(known.id)[::-1, ::-1] if flip else kernel(known.id)
    told = known.does(flip)
    found = next(filter(None, (re.search(pattern, told) for pattern in (*TOLD, MINUS))), None)
    assert bool(known.flipped) == (found is not None)  # none of those is its own mirror image
    if found is None:
        assert told == known.sentence
        return
    towards = np.sum([SIDES[side] for side in found.groups()], axis=0)
    grows = np.tensordot(towards, np.indices(applied.shape), axes=1)
    answer = float((applied * (grows - grows.mean())).sum())
    assert answer < 0 if "minus" in told else answer > 0


@pytest.mark.parametrize("known", PRESETS, ids=IDS)
def test_every_size_gives_finite_float64_of_that_shape_or_an_error_naming_it(known: Preset) -> None:
    for K, L in ALL_SIZES:
        if known.fits(K, L):
            made = kernel(known.id, (K, L))
            assert made.shape == (K, L)
            assert made.dtype == np.float64
            assert np.isfinite(made).all()
            assert not np.signbit(made[made == 0]).any(), "a −0 would show on the screen"
        else:
            with pytest.raises(PresetError, match=rf"size of '{known.id}' must be .+; got \({K}, {L}\)"):
                kernel(known.id, (K, L))
    assert known.fits(*known.default)
    first = kernel(known.id)
    before = first.copy()
    assert_array_equal(before, kernel(known.id, known.default, seed=0 if known.id == "random" else 12345))
    first += 99
    assert_array_equal(kernel(known.id), before)


def test_derived_matrices_are_the_published_integers() -> None:
    for id, published in PUBLISHED.items():
        assert_array_equal(kernel(id), published)


@pytest.mark.parametrize(
    ("id", "theirs"),
    [
        ("box", lambda picture: ndimage.uniform_filter(picture, 3)),
        ("motion_horizontal", lambda picture: ndimage.uniform_filter1d(picture, 7, axis=1)),
        ("motion_vertical", lambda picture: ndimage.uniform_filter1d(picture, 7, axis=0)),
        ("gaussian", lambda picture: ndimage.gaussian_filter(picture, 1.1, radius=2)),
        ("unsharp", lambda picture: 2 * picture - ndimage.gaussian_filter(picture, 1.1, radius=2)),
    ],
)
def test_correlating_with_it_is_what_scipys_own_filter_does(
    id: str, theirs: Callable[[np.ndarray], np.ndarray]
) -> None:
    assert_allclose(ndimage.correlate(PICTURE, kernel(id)), theirs(PICTURE), atol=1e-10)


def test_gaussian_is_the_outer_product_of_scipys_windows_at_opencvs_sigma() -> None:
    for n in range(2, 16):
        bell = signal.windows.gaussian(n, 0.3 * ((n - 1) * 0.5 - 1) + 0.8)
        assert_allclose(kernel("gaussian", (n, n)), np.outer(bell, bell) / bell.sum() ** 2, rtol=1e-12)
        assert_allclose(kernel("gaussian", (1, n))[0], bell / bell.sum(), rtol=1e-12)


def test_laplacian_of_gaussian_is_close_to_scipys_once_the_window_holds_it() -> None:
    impulse = np.zeros((15, 15))
    impulse[7, 7] = 1
    theirs = ndimage.gaussian_laplace(impulse, 2.6, radius=7, mode="constant")
    made = kernel("log", (15, 15))
    assert_allclose(made, theirs, atol=0.05 * np.abs(theirs).max())
    assert made[7, 7] == made.min() < 0 < made[7, 1]


def test_larger_sobels_are_binomial_smoothing_times_a_binomially_smoothed_difference() -> None:
    three = kernel("sobel_vertical")
    pascal = np.outer([1, 2, 1], [1, 2, 1])
    five = signal.convolve2d(three, pascal)
    assert_array_equal(kernel("sobel_vertical", (5, 5)), five)
    assert_array_equal(kernel("sobel_vertical", (7, 7)), signal.convolve2d(five, pascal))
    assert_array_equal(kernel("sobel_vertical", (3, 7)), np.outer([1, 2, 1], kernel("sobel_vertical", (7, 7))[0]))


def test_sums_and_symmetries_hold_at_every_size() -> None:
    for id in IDS:
        for size in sizes_of(id):
            made = kernel(id, size)
            if id != "random":
                assert made.sum() == pytest.approx(float(id in UNIT_SUM), abs=1e-12)
            assert id not in SMOOTHING or (made >= 0).all()
            if id in ("identity", "box", "gaussian", "unsharp", "log", "gabor_vertical", "gabor_rising"):
                assert_allclose(made, made[::-1, ::-1], atol=1e-14)
            if id.startswith(("sobel", "prewitt", "scharr", "roberts")):
                assert_array_equal(made, -made[::-1, ::-1])
            if id.endswith("_vertical") and not id.startswith("gabor"):
                assert_array_equal(kernel(id.replace("vertical", "horizontal"), (size[1], size[0])), made.T)


def test_a_gabor_answers_to_its_own_stripes_within_plus_and_minus_one() -> None:
    for n in range(5, 16, 2):
        x = np.arange(n) - n // 2
        upright = np.tile(np.cos(4 * np.pi * x / n), (n, 1))
        rising = np.cos(4 * np.pi * np.add.outer(x, x) / n / np.sqrt(2))
        for id, own, other in [("gabor_vertical", upright, rising), ("gabor_rising", rising, upright)]:
            made = kernel(id, (n, n))
            assert made[made > 0].sum() == pytest.approx(1) == -made[made < 0].sum()
            assert (made * own).sum() > 2 * abs((made * other).sum())
            assert (made * own).sum() > 2 * abs((made * np.fliplr(rising)).sum())


def test_identity_and_zero_do_as_they_say() -> None:
    for size in sizes_of("identity"):
        assert_array_equal(ndimage.correlate(PICTURE, kernel("identity", size)), PICTURE)
    assert sizes_of("zero") == sizes_of("random") == sizes_of("box") == ALL_SIZES
    assert not kernel("zero", (4, 9)).any()


def test_random_repeats_with_its_seed_within_one_and_in_two_decimals() -> None:
    made = kernel("random", (15, 15), seed=1)
    assert_array_equal(made, kernel("random", (15, 15), seed=1))
    assert (made != kernel("random", (15, 15), seed=2)).any()
    assert made.min() < -0.9 < 0.9 < made.max()
    assert np.abs(made).max() <= 1
    assert_array_equal(made, made.round(2))


def test_what_is_no_size_no_id_and_no_seed_is_refused() -> None:
    for size in [(0, 3), (3, 16), (-1, 1)]:
        with pytest.raises(PresetError, match="size of 'box' must be K and L from 1 to 15; got"):
            kernel("box", size)
    wrong: list[Any] = [(3,), (3, 3, 3), (3.5, 3), ("3", "3"), 3, (None, 3)]
    for size in wrong:
        with pytest.raises(PresetError, match="size must be two whole numbers"):
            kernel("box", size)
    right: Any = np.int64(2), np.int32(5)
    assert kernel("box", right).shape == (2, 5)
    with pytest.raises(PresetError, match=r"id must be one of identity, .*sobel_vertical.*; got 'sobell'"):
        kernel("sobell")
    seeds: list[Any] = [-1, 1.5, "7"]
    for seed in seeds:
        with pytest.raises(PresetError, match=f"seed must be a whole number >= 0, got {seed!r}"):
            kernel("random", seed=seed)
