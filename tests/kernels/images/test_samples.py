"""Every sample on offer exists, at every size, with someone to thank."""

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from kernels.images.decode import ImageError, planes
from kernels.images.samples import FOLDER, SAMPLES, Sample, sample

IDS = [known.id for known in SAMPLES]
DRAWN = ["grid", "checkerboard", "bars", "word", "disc", "dot"]


def test_samples_have_ids_fit_for_a_url_and_say_what_they_show_and_whom_to_thank() -> None:
    assert len(SAMPLES) >= 9
    assert len(set(IDS)) == len({known.title for known in SAMPLES}) == len(SAMPLES)
    for known in SAMPLES:
        assert re.fullmatch("[a-z]+", known.id)
        assert known.title
        assert re.fullmatch(r"[A-Z].*[^.]\.", known.alt)
        assert re.search("CC BY|CC0|MIT", known.credit)


@pytest.mark.parametrize("known", SAMPLES, ids=IDS)
def test_a_sample_comes_at_exactly_the_side_asked_for_from_any_folder_and_may_be_written_to(
    known: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for side in (8, 31, 512, known.side):
        picture = sample(known.id, side)
        assert (picture.dtype.name, picture.shape[2], max(picture.shape[:2])) == ("uint8", 3, side)
        assert np.ptp(picture) > 5
        if known.id in DRAWN:
            np.testing.assert_array_equal(picture[:, :, 0], planes(picture, "grey")[0])
    kept = picture.copy()
    picture[:] = 0
    np.testing.assert_array_equal(sample(known.id, known.side), kept)


def test_an_unknown_sample_and_a_side_outside_8_to_512_are_refused() -> None:
    for id in ("", "Pagoda", "nope", "../samples/pagoda"):
        message = rf"no sample picture called {re.escape(repr(id))}: choose one of pagoda, "
        with pytest.raises(ImageError, match=message):
            sample(id, 64)
    for id, side in product(("pagoda", "digit", "grid"), (7, 513)):
        with pytest.raises(ValueError, match=rf"side must be in 8\.\.512, got {side}"):
            sample(id, side)


def test_the_coded_grid_says_where_each_pixel_is_and_the_dot_is_one_in_the_middle() -> None:
    picture = sample("grid", 10)
    for i, j in np.ndindex(10, 10):
        assert picture[i, j].tolist() == [10 * i + j] * 3
    np.testing.assert_array_equal(sample("grid", 40), np.kron(picture, np.ones((4, 4, 1), np.uint8)))
    dot = sample("dot", 9)
    assert dot[4, 4].tolist() == [255, 255, 255]
    assert dot.sum() == 3 * 255


def test_the_digit_has_the_17_levels_of_its_table() -> None:
    picture = sample("digit", 8)
    assert set(np.unique(picture)) <= {round(level * 255 / 16) for level in range(17)}
    assert picture.max() == 255
    np.testing.assert_array_equal(sample("digit", 24), np.kron(picture, np.ones((3, 3, 1), np.uint8)))


def test_the_checkerboard_alternates_and_has_no_grey() -> None:
    board = sample("checkerboard", 64)[4::8, 4::8, 0]
    np.testing.assert_array_equal(board, [[255 * ((i + j) % 2) for j in range(8)] for i in range(8)])
    assert set(np.unique(sample("checkerboard", 50))) == {0, 255}


def test_the_bars_grow_narrower_to_the_right_and_are_the_same_in_every_row() -> None:
    picture = sample("bars", 256)[:, :, 0]
    assert (picture == picture[0]).all()
    crossings = np.flatnonzero(np.diff((picture[0] > 127).astype(int)))
    widths = np.diff(crossings)
    assert (np.diff(widths) <= 1).all()
    assert widths[0] > 5 * widths[-1]
    assert widths[-1] >= 2


def test_the_disc_is_cut_by_an_upright_edge() -> None:
    picture = sample("disc", 64)[:, :, 0]
    assert picture[0, 31] == 32
    assert picture[0, 32] == 224
    assert picture[32, 31] == 224
    assert picture[32, 32] == 32
    np.testing.assert_array_equal(picture, 256 - picture[:, ::-1].astype(int))


def test_the_word_is_dark_on_light_and_spans_nine_tenths() -> None:
    for side in (64, 200, 512):
        picture = sample("word", side)[:, :, 0]
        inked = np.flatnonzero((picture < 128).any(axis=0))
        assert abs((inked[-1] - inked[0] + 1) / side - 0.9) < 0.06
        assert (picture[0] == 255).all()
        assert 0.03 < (picture < 128).mean() < 0.3


def test_every_file_is_small_used_and_credited() -> None:
    readme = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    files = sorted(FOLDER.iterdir())
    assert {file.stem for file in files} == set(IDS) - set(DRAWN)
    for file in files:
        assert file.stat().st_size <= 90_000
        assert f"`samples/{file.name}`" in readme
    for mark in ("favicon.svg", "favicon.png"):
        assert (FOLDER.parent / mark).is_file()
        assert f"`{mark}`" in readme
