"""Scrambled: the rewired fully connected layer keeps every bit, the convolution does not."""

from typing import Any

import numpy as np
import pytest

from components.display import theme
from components.pages.compare import scramble
from tests.support.layers import Bytes, by_loops, close, small_layer
from tests.support.pictures import read_values
from tests.support.text import numbers

SIZE = (9, 11)
PLANES: Bytes = np.random.default_rng([8, 0]).integers(1, 256, (1, *SIZE), dtype=np.uint8)
WAYS: list[dict[str, Any]] = [
    {},
    {"padding": "same", "mode": "reflect", "bias": 0.5},
    {"kernel": "1,2,3;4,5,7", "stride": 2, "flip": True, "padding": 1},
]


@pytest.mark.parametrize("seed", [0, 77])
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_scrambled_the_rewired_layer_has_the_same_bits_and_the_others_have_not(way: dict[str, Any], seed: int) -> None:
    small = small_layer(way, PLANES)
    unmoved, dense, conv = scramble.scrambled(small, seed)
    assert ["rewired" in one.name for one in (unmoved, dense, conv)] == [False, True, False]
    said = numbers(scramble.sentence([unmoved, dense, conv]))
    assert said == [dense.unchanged, dense.output.size, conv.unchanged]
    assert unmoved.unchanged < 0.1 * unmoved.output.size
    np.testing.assert_array_equal(dense.scrambled, dense.output)
    assert dense.unchanged == dense.output.size
    assert conv.unchanged < 0.1 * conv.output.size
    kernel = np.array(small.state.kernel)
    window = kernel[::-1, ::-1] if small.state.flip else kernel
    for one in (unmoved, dense, conv):
        close(one.output, by_loops(small.state, PLANES, window)[0])
    mixed = np.rint(scramble.scrambled_picture(small, seed) * 255).astype(np.uint8)[None]
    close(conv.scrambled, by_loops(small.state, mixed, window)[0])


def test_a_scrambled_picture_has_all_its_pixels_in_another_order_decided_by_the_seed() -> None:
    small = small_layer({}, PLANES)
    mixed = scramble.scrambled_picture(small, 9999)
    assert sorted(mixed.ravel()) == sorted(PLANES.ravel() / 255)
    assert (mixed != PLANES[0] / 255).mean() > 0.9
    assert (mixed != scramble.scrambled_picture(small, 0)).mean() > 0.9


def test_on_a_picture_of_one_grey_nothing_is_seen_to_change() -> None:
    found = scramble.scrambled(small_layer({}, np.full((1, *SIZE), 128, np.uint8)), 5)
    assert [one.unchanged for one in found] == [63, 63, 63]


def test_the_cards_hold_the_maps_and_count_the_same_bits() -> None:
    small = small_layer(WAYS[2], PLANES)
    found = scramble.scrambled(small, 77)
    first, *three = scramble.scramble_cards(small, found, 77)
    np.testing.assert_array_equal(read_values(first.pictures[0]), (PLANES[0] / 255).astype(np.float32))
    mixed = scramble.scrambled_picture(small, 77)
    np.testing.assert_array_equal(read_values(first.pictures[1]), mixed.astype(np.float32))
    assert numbers(first.note) == [77]
    assert [numbers(one.alt)[:2] for one in first.pictures] == [[9, 11]] * 2
    top = max(float(np.abs(y).max()) for one in found for y in (one.output, one.scrambled))
    for one, card in zip(found, three, strict=True):
        assert (card.title, card.note) == (one.name, one.note)
        for picture, values in zip(card.pictures, (one.output, one.scrambled), strict=True):
            np.testing.assert_array_equal(read_values(picture), values.astype(np.float32))
            assert numbers(picture.high) == [pytest.approx(top, rel=0.0051)]
        same = int((one.output == one.scrambled).sum())
        bits, largest = card.facts
        assert numbers(bits.text) == [same, one.output.size]
        assert bits.good == (same == one.output.size)
        assert numbers(largest.text) == [pytest.approx(float(np.abs(one.output - one.scrambled).max()), rel=0.0051)]
    assert [card.colour for card in three] == [theme.ROLES[kind] for kind in ("dense", "dense", "conv")]
    assert len({card.note for card in three}) == 3
