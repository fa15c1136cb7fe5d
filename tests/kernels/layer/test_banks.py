"""The banks of several channels against what their sources say: steering, luma and opponent axes, turned stripes."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from kernels.layer.banks import BANKS, bank

CHANNELS = (1, 2, 3, 4)
R = 1.41  # 2·cos 45°, in two decimals
STEERED = {
    0: [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    45: [[R, R, 0], [R, 0, -R], [0, -R, -R]],
    90: [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
    135: [[0, R, R], [-R, 0, R], [-R, -R, 0]],
}  # by hand from Sobel's two kernels


def test_every_bank_has_a_name_a_sentence_and_a_source_of_its_own() -> None:
    assert [known.id for known in BANKS] == ["oriented", "opponent", "opponent_edges", "gabor", "depthwise", "random"]
    assert len({known.title for known in BANKS}) == len(BANKS)
    assert all(known.sentence.endswith(".") and known.source for known in BANKS)


@pytest.mark.parametrize(("id", "size"), [("oriented", 3), ("gabor", 5), ("random", 3)])
def test_a_bank_has_four_outputs_that_read_as_many_channels_as_there_are(id: str, size: int) -> None:
    for channels in CHANNELS:
        made = bank(id, channels)
        assert made.shape == (4, channels, size, size)
        assert made.dtype == np.dtype("float64")
        assert np.isfinite(made).all()
        assert_array_equal(made, made.round(2))
        if id != "random":
            assert_array_equal(made, np.repeat(made[:, :1], channels, axis=1))
            assert_array_equal(made, bank(id, channels, seed=1))
        before = made.copy()
        made[:] = 9
        assert_array_equal(bank(id, channels), before)


def test_oriented_edges_are_sobels_kernels_steered_by_hand() -> None:
    for found, wanted in zip(bank("oriented", 1)[:, 0], STEERED.values(), strict=True):
        assert_array_equal(found, wanted)


def test_the_opponent_bank_is_luma_and_two_axes_that_see_no_grey() -> None:
    made = bank("opponent", 3)
    assert made.shape == (3, 3, 1, 1)
    assert made[0].ravel().tolist() == [0.299, 0.587, 0.114]
    assert made[0].sum() == pytest.approx(1, abs=1e-15)
    assert made[1].ravel().tolist() == [1, -1, 0]
    assert made[2].ravel().tolist() == [-0.5, -0.5, 1]
    assert_array_equal(made[1:].sum(axis=1).ravel(), [0, 0])
    assert made[1].ravel() @ made[2].ravel() == 0


def test_edges_and_opponent_colours_see_luma_edges_and_colour_where_the_opponent_bank_does() -> None:
    made, plain = bank("opponent_edges", 3), bank("opponent", 3)[:, :, 0, 0]
    assert made.shape == (4, 3, 3, 3)
    for edge, steered in zip(made[:2], (STEERED[0], STEERED[90]), strict=True):
        np.testing.assert_allclose(edge.sum(axis=(1, 2)), 0, atol=1e-12)
        np.testing.assert_allclose(edge, plain[0][:, None, None] * np.array(steered), atol=0.005)
    assert_array_equal(made[2:, :, 1, 1], plain[1:])
    assert np.count_nonzero(made[2:]) == np.count_nonzero(plain[1:])


def test_the_seed_decides_the_random_bank() -> None:
    one = bank("random", 3, 7)
    assert_array_equal(one, bank("random", 3, 7))
    assert not np.array_equal(one, bank("random", 3, 8))
    assert np.abs(one).max() <= 1
    assert len(np.unique(one)) > one.size // 2
    assert one.min() < 0 < one.max()


def test_an_unknown_bank_and_other_channels_than_it_needs_are_refused() -> None:
    for id in ("sobel", "", "Random"):
        with pytest.raises(
            ValueError, match=rf"oriented, opponent, opponent_edges, gabor, depthwise, random, got {id!r}"
        ):
            bank(id, 3)
    for channels in (1, 2, 4):
        with pytest.raises(ValueError, match=rf"'opponent' is for 3 channels, got {channels}"):
            bank("opponent", channels)


def test_a_depthwise_bank_has_a_kernel_a_channel_that_reads_it_alone() -> None:
    for channels in (*CHANNELS, 6):
        made = bank("depthwise", channels)
        assert made.shape == (channels, 1, 3, 3)
        for one, kernel in enumerate(made[:, 0]):
            assert_array_equal(kernel, list(STEERED.values())[one % 4])
