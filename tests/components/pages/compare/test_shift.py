"""Shifted: what must agree does so to the last bit, what need not does not, and the words count it."""

from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from components.display.cards import Card
from components.display.layer import layer_of
from components.pages.compare import shift
from components.pages.compare.shift import Shifted
from components.pages.compare.small import SmallLayer
from components.pages.compare.state import Border, Compare
from components.state.link import edited
from components.state.setup import Setup
from kernels.layer.counts import KINDS
from tests.support.layers import Size, by_loops, close, geometry
from tests.support.oracles import loop_connections
from tests.support.pictures import read_png, read_values
from tests.support.text import numbers

Way = dict[str, Any]

KERNEL = "1,2,-3;4,0.5,7;-1,3,2"  # no symmetry, no zero: no two sums are equal by chance
START = edited(Setup(), kernel=KERNEL)
PLACES = [(0, 0), (1, 0), (3, -5), (-2, 4), (8, 10), (-64, 64)]
either_border = pytest.mark.parametrize("border", ["circular", "zeros"])


class Case:
    """A state's layers on a picture, shifted before and after, with the geometry they have.

    No pixel is black: a product is 0 only where a weight is.
    """

    def __init__(self, size: Size, place: Size, border: Border, hop: int = 1, **way: object) -> None:
        self.own = Compare(down=place[0], right=place[1], border=border, hop=hop)
        self.state = shift.geometry(edited(START, **way), self.own)
        self.planes = np.random.default_rng([8, 0]).integers(1, 256, (1, *size), dtype=np.uint8)
        self.small = SmallLayer(self.state, layer_of(self.state, size), self.planes)
        self.found = shift.shifted(self.small, self.own)
        self.g = geometry(self.state, size, self.state.bias != 0)

    @property
    def conv(self) -> Shifted:
        return self.found[3]

    @cached_property
    def cards(self) -> list[Card]:
        return shift.shift_cards(self.state, self.found, self.own)

    @cached_property
    def said(self) -> str:
        return shift.sentence(self.found, self.own)

    def moved(self, values: NDArray[Any]) -> NDArray[Any]:
        """These pixels, shifted as the picture is."""
        return moved(values, (self.own.down, self.own.right), self.own.border)


def moved(values: NDArray[Any], place: Size, border: Border) -> NDArray[Any]:
    """A map whose content has moved; what leaves comes back on the other side, or zeros come in."""
    found: NDArray[Any] = (
        np.roll(values, place, (0, 1)) if border == "circular" else ndimage.shift(values, place, order=0)
    )
    return found


@either_border
def test_the_shifted_layer_has_an_output_for_every_pixel_or_every_second(border: Border) -> None:
    state = edited(START, stride=3, padding=5, mode="reflect", dilation=2, bias=1, flip=True, period=4)
    for hop in (1, 2):
        wanted = replace(state, padding="same", mode=border, stride=hop)
        assert shift.geometry(state, Compare(border=border, hop=hop)) == wanted


@either_border
@pytest.mark.parametrize("way", [{"flip": True, "bias": 0.5}, {"kernel": "1,2;3,4;5,-6", "dilation": 2}], ids=str)
def test_the_convolution_is_that_of_the_loops_shifted_before_and_after(way: Way, border: Border) -> None:
    for place in ((3, -5), (-2, 4)):
        case = Case((8, 10), place, border, **way)
        window = np.array(case.state.kernel)[:: -1 if case.state.flip else 1, :: -1 if case.state.flip else 1]
        first = by_loops(case.state, case.moved(case.planes[0])[None].astype(np.uint8), window)[0]
        last = case.moved(by_loops(case.state, case.planes, window)[0]).astype(np.float64)
        close(case.conv.shifted_first, first)
        close(case.conv.shifted_last, last)
        close(case.conv.difference, first - last)


@either_border
@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize(("size", "period", "hop"), [((8, 12), 2, 1), ((8, 12), 2, 2), ((9, 7), 3, 1)], ids=str)
def test_what_must_agree_does_and_nothing_else(size: Size, period: int, hop: int, border: Border, place: Size) -> None:
    case = Case(size, place, border, hop, period=period)
    assert [one.kind for one in case.found] == list(KINDS)
    for one in case.found:  # free weights and pixels at random: where it need not be 0, that would be a miracle
        np.testing.assert_array_equal(one.exact, one.difference == 0)
        assert one.where_exact == 0.0
    exact, whole = int(case.conv.exact.sum()), case.g.n_outputs
    odd = any(n % hop for n in place)  # which is said instead
    if 0 < exact < whole and place != (0, 0) and not odd:
        assert sorted(numbers(case.said)) == sorted([exact, whole, whole - exact])
    assert ("drag the picture" in case.said) == (place == (0, 0))
    assert odd == ("odd" in case.said) == ("odd" in case.cards[3].note)


@pytest.mark.parametrize(
    ("kernel", "bias", "border", "why"),
    [
        (KERNEL, 0.7, "circular", "the border wraps round"),
        ("1;2;-3;4", 0.7, "circular", "the border wraps round"),
        ("5", 0, "zeros", "no window that contains a pixel reaches the border"),
    ],
)
def test_where_the_convolution_agrees_to_the_last_bit_everywhere_the_sentence_says_why(
    kernel: str, bias: float, border: Border, why: str
) -> None:
    case = Case((8, 10), (3, -5), border, kernel=kernel, bias=bias, dilation=2)
    assert case.conv.exact.all()
    assert not case.conv.difference.any()
    assert numbers(case.said) == [80]
    assert why in case.said


@either_border
def test_free_weights_stay_while_the_picture_moves_and_are_each_layers_own(border: Border) -> None:
    still, case = Case((8, 10), (0, 0), border), Case((8, 10), (-2, 4), border)
    on_moved = case.moved(case.planes[0])[None].astype(np.uint8)
    again = shift.shifted(replace(still.small, planes=on_moved), still.own)
    other = Case((8, 10), (-2, 4), border, kernel="9,9,9;9,9,9;9,9,9").found
    for before, now, on in zip(still.found, case.found, again, strict=True):
        np.testing.assert_array_equal(now.shifted_last, case.moved(before.shifted_first))
        np.testing.assert_array_equal(now.shifted_first, on.shifted_first)
    for now, changed in zip(case.found[:3], other, strict=False):
        np.testing.assert_array_equal(now.shifted_first, changed.shifted_first)
    # With this period the tiled layer is locally connected: only its numbers can make it another.
    maps = [one.shifted_first for one in Case((8, 10), (1, 1), border, period=10).found]
    assert all(not np.allclose(a, b) for n, a in enumerate(maps) for b in maps[:n])


def test_no_picture_is_shifted_by_more_than_its_own_size() -> None:
    for place, size in product(PLACES, ((8, 10), (1, 64))):
        own = edited(Compare(), down=place[0], right=place[1], hop=2, shuffle=7)
        down, right = (sorted((-n, by, n))[1] for n, by in zip(size, place, strict=True))
        assert shift.within(own, size) == replace(own, down=down, right=right)


def test_what_is_shifted_is_shown_as_it_was_and_told_with_its_size_and_the_seed_that_was_used() -> None:
    case = Case((8, 10), (0, 0), "zeros")
    (picture,) = shift.unshifted(case.small.picture).pictures
    np.testing.assert_array_equal(read_png(picture.src), case.planes[0])
    assert numbers(shift.scope(case.small.layer)) == [8, 10, shift.SEED]
    ones = shift.shifted(replace(case.small, planes=np.full((1, 8, 10), 255, np.uint8)), case.own)
    for n, kind in enumerate(KINDS[:2]):  # on a picture of ones a map adds up to all its weights, in whatever order
        links = len(loop_connections(kind, case.g))
        weights = np.random.default_rng([shift.SEED, n]).standard_normal(links)
        assert ones[n].shifted_first.sum() == pytest.approx(weights.sum() / np.sqrt(links / case.g.n_outputs), rel=1e-9)


@pytest.mark.parametrize(
    ("place", "border", "hop"), [((2, -4), "circular", 2), ((3, 5), "zeros", 1), ((3, 5), "circular", 1)], ids=str
)
def test_a_card_holds_both_orders_their_difference_and_what_was_counted(place: Size, border: Border, hop: int) -> None:
    case = Case((8, 10), place, border, hop, period=2)
    assert len({card.title for card in case.cards}) == 4
    for one, card in zip(case.found, case.cards, strict=True):
        maps = one.shifted_first, one.shifted_last, one.shifted_first - one.shifted_last
        top, largest = max(float(np.abs(values).max()) for values in maps), float(np.abs(maps[2]).max())
        last, *both = card.pictures
        for picture, values in zip((*both, last), maps, strict=True):
            np.testing.assert_array_equal(read_values(picture), values.astype(np.float32))
            assert [picture.ramp, picture.group, picture.letter] == ["signed", "move", "Y"]
            assert numbers(picture.high) == [pytest.approx(top, rel=0.0051)]
        assert [numbers(picture.alt)[:2] for picture in both] == [list(case.g.out_size)] * 2
        assert numbers(last.alt)[0] == pytest.approx(largest, rel=0.0051)
        assert (last.title == "0 everywhere") == (largest == 0)
        assert max(len(picture.title) for picture in card.pictures) < 16  # cut off where it is longer
        difference, zeros, _, _ = card.facts
        assert numbers(difference.text) == [pytest.approx(largest, rel=0.0051)]
        assert numbers(difference.exact) == [pytest.approx(float(np.sqrt((maps[2] ** 2).sum())), rel=0.0051)]
        exact = int(one.exact.sum())
        assert numbers(zeros.text) == [exact, case.g.n_outputs]
        assert zeros.good is (True if exact else None)
        assert numbers(zeros.exact) == ([0.0] if exact else [])


@pytest.mark.parametrize(
    ("way", "kept"),
    [({}, True), ({"hop": 2}, False), ({"border": "zeros"}, False), ({"place": (4, -6), "hop": 2}, True)],
)
def test_global_max_pooling_is_invariant_where_the_map_only_shifts_and_flattening_never_is(
    way: Way, kept: bool
) -> None:
    first: Way = {"place": (3, 5), "border": "circular"}
    case = Case((8, 10), **first | way)
    conv = case.conv
    assert conv.invariant == kept
    assert conv.maxima == (conv.output.max(), conv.shifted_first.max())
    assert not kept or conv.maxima[0] == conv.maxima[1]
    assert conv.flattened[0] != conv.flattened[1]
    pooled, flat = (shift.sentence(case.found, replace(case.own, readout=one)) for one in ("max", "flat"))
    assert ("This is invariance" in pooled) == kept
    assert numbers(pooled) == [pytest.approx(one, rel=0.0051) for one in conv.maxima]
    assert numbers(flat) == [pytest.approx(one, rel=0.0051) for one in conv.flattened]


def test_a_difference_where_there_must_be_none_would_be_told_as_a_mistake_of_ours() -> None:
    case = Case((8, 10), (3, 5), "circular")
    broken = replace(case.conv, shifted_last=case.conv.shifted_last + 0.25)
    said = shift.sentence([*case.found[:3], broken], case.own)
    assert numbers(said) == [0, 80, 0.25]
    assert "bug" in said
    assert "dentical" not in said
    (card,) = shift.shift_cards(case.state, [broken], case.own)
    assert card.facts[1].good is False
    assert numbers(card.facts[1].exact) == [0.25]


@pytest.mark.parametrize(
    ("size", "period", "hop", "border", "said", "seam"),
    [
        ((8, 12), 2, 1, "circular", [2], False),
        ((8, 12), 2, 2, "circular", [4], False),
        ((9, 12), 2, 1, "circular", [2], True),
        ((8, 12), 3, 2, "circular", [6], True),
        ((9, 12), 2, 1, "zeros", [2], False),
        ((8, 12), 1, 1, "circular", [], False),
        ((8, 12), 12, 1, "circular", [], False),
        ((8, 12), 11, 1, "circular", [11], True),
    ],
)
def test_when_a_tiled_layer_moves_along_is_told_in_pixels_with_the_seam_of_the_ring(
    size: Size, period: int, hop: int, border: Border, said: list[int], seam: bool
) -> None:
    note = Case(size, (1, 1), border, hop, period=period).cards[2].note
    assert set(numbers(note)) == set(said)
    assert ("seam" in note) == seam
    assert ("convolution" in note) == (period == 1)
    assert ("locally connected" in note) == (period >= 12)
    if said and border == "circular" and period < 11:  # and so it does
        tiled = Case(size, (said[0], said[0]), border, hop, period=period).found[2]
        assert tiled.exact.all() == (not seam)
        assert tiled.exact.any()
        assert seam or not Case(size, (said[0] - 1, said[0]), border, hop, period=period).found[2].exact.any()
