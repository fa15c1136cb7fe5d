"""A card arrives in the browser as what it is: number by number, with words for everything."""

import json
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import cards, image, theme
from components.display.cards import Card, ColourRange, Fact, Picture
from components.display.layer import LAYER_NAMES, layer_of
from components.pages.compare import four_layers, scramble, search, shift
from components.pages.compare.small import SmallLayer
from components.pages.compare.state import Compare
from components.state.link import edited
from components.state.setup import Setup
from tests.support.pictures import as_sent, cells_of, read_png, read_values
from tests.support.text import numbers

Bytes = NDArray[np.uint8]


def test_one_range_serves_several_maps_and_is_signed_from_the_first_number_below_zero() -> None:
    for maps, high, signed in [
        ([[[0.0, 2.0]], [[1.0, 0.5]]], 2.0, False),
        ([[[0.0, 2.0]], [[1.0, -3.0]]], 3.0, True),
        ([[[-1.0]]], 1.0, True),
        ([[[-1e-6, 5.0]]], 5.0, True),
        ([[[-1e-16, 5.0]]], 5.0, False),
        ([[[0.0, 0.0]]], 0.0, False),
    ]:
        assert cards.colour_range(*map(np.array, maps)) == ColourRange(high, signed)


def test_a_map_holds_its_numbers_in_order_and_shows_them_in_its_range() -> None:
    apart = np.arange(24.0).reshape(4, 6)[:, ::2].T  # not in one piece of memory
    signed = np.random.default_rng(1).uniform(-2.5, 2.5, (4, 7))
    for values, range in [
        *((signed, ColourRange(2.5)), (signed, ColourRange(40.0)), (np.zeros((2, 2)), ColourRange(0.0))),
        *((values, ColourRange(7.5, signed=False)) for values in (apart, np.array([[0.0, 7.5], [1.5, 15.0]]))),
        (np.zeros((2, 2)), ColourRange(0.0, signed=False)),
    ]:
        picture = cards.map_picture("Y", "a map", values, range, group="Y", letter="Y", marks=((1, 2, 3, 3),))
        np.testing.assert_array_equal(read_values(picture), values.astype(np.float32))
        painted = image.signed(values, range.high) if range.signed else image.grey(values / (range.high or 1))
        np.testing.assert_array_equal(read_png(picture.src), painted)
        assert (picture.shape, picture.group, picture.marks) == (values.shape, "Y", ((1, 2, 3, 3),))
        assert picture.ramp == ("signed" if range.signed else "grey")
        assert (numbers(picture.low), numbers(picture.high)) == ([-range.high if range.signed else 0], [range.high])
        assert numbers(picture.alt) == pytest.approx([values.min(), values.max()], rel=5.1e-3)


def test_the_props_say_all_a_card_holds() -> None:
    picture = Picture(
        "p", "alt", "data:", (2, 3), "g", "Y", "AAA", "grey", "0", "1", 6, ((0, 1, 2, 3),), ((1, 1, 2, 2),)
    )
    found = as_sent([Card("t", "h", "n", (picture,), (Fact("f", "1", "e", True), Fact("g", "2")), "#123456")])
    shown = {
        **{"title": "p", "alt": "alt", "src": "data:", "shape": [2, 3], "group": "g", "letter": "Y", "values": "AAA"},
        **{"ramp": "grey", "low": "0", "high": "1", "rows": 6, "marks": [[0, 1, 2, 3]], "dashed": [[1, 1, 2, 2]]},
    }
    facts = [
        {"name": "f", "text": "1", "exact": "e", "good": True},
        {"name": "g", "text": "2", "exact": "", "good": None},
    ]
    card = {"title": "t", "headline": "h", "note": "n", "pictures": [shown], "facts": facts, "colour": "#123456"}
    assert found == [card | {"dashed": False}]


def test_a_card_about_a_kind_of_layer_has_its_line_in_the_charts() -> None:
    for kind in LAYER_NAMES:
        wanted = Card("t", "h", "n", (), (), theme.ROLES[kind], kind in theme.DASHED)
        assert cards.layer_card(kind, "t", "h", "n", ()) == wanted


WAYS: list[dict[str, object]] = [
    {},
    {"kernel": "0,0;0,0"},
    {"kernel": [[1e6, -1e6], [1e6, 1e-300]], "bias": -1e6, "padding": "full", "mode": "replicate"},
    {"kernel": [[0.1] * 7] * 7, "padding": "same", "flip": True, "period": 3, "dilation": 2},
    {"kernel": "1,2,3", "stride": 3, "period": 1},
]


def all_cards(state: Setup, planes: Bytes, own: Compare) -> list[Card]:
    """All cards of the Compare page."""
    shifted = shift.geometry(state, own)
    small, moved = (SmallLayer(of, layer_of(of, planes.shape[1:]), planes) for of in (state, shifted))
    task = search.search(planes[0] / 255, own)
    return [
        *four_layers.result_cards(small, four_layers.results(small, own.draw), own.draw),
        *shift.shift_cards(shifted, shift.shifted(moved, own), own),
        *scramble.scramble_cards(small, scramble.scrambled(small, own.shuffle), own.shuffle),
        *search.detector_cards(task, search.detectors(task, own), own),
    ]


def test_every_card_is_plain_json_with_words_and_as_many_numbers_as_cells() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (1, 13, 16), dtype=np.uint8)
    for planes, way in product([noise, np.zeros((1, 13, 16), np.uint8)], WAYS):
        found = all_cards(edited(Setup(), **way), planes, edited(Compare(), draw=9, border="zeros", pattern=[2, 2, 4]))
        assert json.dumps(cards.props(found), allow_nan=False)
        for card in found:
            assert card.title
            assert all(fact.name and fact.text for fact in card.facts)
            for picture in card.pictures:
                assert picture.title
                assert len(picture.alt) > 10
                if picture.values:
                    cells_of(picture)
                    assert read_png(picture.src).shape[:2] == picture.shape == read_values(picture).shape
