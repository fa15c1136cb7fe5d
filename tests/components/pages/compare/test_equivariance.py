"""Shifted and scrambled: what must agree does so to the last bit, what need not does not, and the words count it."""

from collections import Counter
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import theme
from components.display.cards import Card
from components.display.layer import layer_of
from components.pages.compare import equivariance
from components.pages.compare.equivariance import Move, Scrambled
from components.pages.compare.state import Border, Compare
from components.state.link import edited
from components.state.setup import Setup, View
from tests.support.layers import by_loops, close, geometry
from tests.support.oracles import Geometry, loop_connections
from tests.support.pictures import read_values
from tests.support.text import numbers

Way = dict[str, Any]
Size = tuple[int, int]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

KINDS: tuple[View, ...] = ("dense", "local", "tiled", "conv")
KERNEL = "1,2,-3;4,0.5,7;-1,3,2"  # no symmetry, no zero: no two sums are equal by chance
START = edited(Setup(), kernel=KERNEL)
PLACES = [(0, 0), (1, 0), (0, -1), (3, 5), (-2, 4), (6, -6), (8, 10), (-64, 64), (17, 33)]
KERNELS = [KERNEL, "5", "1,2", "1;2;-3;4", "1,2,3;4,5,7"]
BORDERS: tuple[Border, ...] = ("circular", "zeros")


def picture(size: Size, seed: int = 0) -> Bytes:
    """No pixel is black: a product is 0 only where a weight is."""
    return np.random.default_rng([8, seed]).integers(1, 256, (1, *size), dtype=np.uint8)


class Moving:
    """A state's layers on a picture, shifted before and after, with the geometry they have."""

    def __init__(self, size: Size, down: int, right: int, border: Border, hop: int = 1, **way: object) -> None:
        self.own = Compare(down=down, right=right, border=border, hop=hop)
        self.state = equivariance.geometry(edited(START, **way), self.own)
        self.planes, self.layer = picture(size), layer_of(self.state, size)
        self.found = equivariance.moves(self.state, self.layer, self.planes, self.own)
        self.g = geometry(self.state, size, self.state.bias != 0)

    @property
    def conv(self) -> Move:
        return self.found[3]

    @property
    def cards(self) -> list[Card]:
        return equivariance.move_cards(self.state, self.found, self.own)


def shifted(values: NDArray[np.generic], down: int, right: int, border: Border) -> NDArray[np.generic]:
    """A map whose content has moved, by walking every content to its new place."""
    if border == "circular":
        return np.roll(values, (down, right), (0, 1))
    found, (height, width) = np.zeros_like(values), values.shape
    for i, j in product(range(height), range(width)):
        if 0 <= i + down < height and 0 <= j + right < width:
            found[i + down, j + right] = values[i, j]
    return found


def same_sums(kind: str, g: Geometry, own: Compare, period: int) -> NDArray[np.bool_]:
    """Outputs at which both orders add the same products (weight, pixel): each side listed term by term."""
    (_, height, width), (out_height, out_width) = g.in_shape, g.out_size
    into: list[list[tuple[int, object]]] = [[] for _ in range(g.n_outputs)]
    for target, source, key in loop_connections(kind, g, (period, period)):
        into[target].append((source, key))
    origin = np.full((height, width), -1)
    origin[:] = shifted(np.arange(height * width).reshape(height, width) + 1, own.down, own.right, own.border) - 1
    comes = shifted(
        np.arange(g.n_outputs).reshape(g.out_size) + 1, own.down // own.hop, own.right // own.hop, own.border
    )
    found = []
    for target, last in enumerate(comes.ravel().tolist()):
        left: Counter[object] = Counter()
        for source, weight in into[target]:
            pixel = source if source == g.n_inputs else int(origin.flat[source])
            if pixel != -1:
                left[pixel, weight] += 1
        right = Counter(into[int(last) - 1] if last else [])
        found.append(left == right)
    return np.array(found).reshape(out_height, out_width)


# The picture moves.


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("hop", [1, 2])
def test_the_shifted_layer_has_an_output_for_every_pixel_or_every_second(border: Border, hop: int) -> None:
    state = edited(START, stride=3, padding=5, mode="reflect", dilation=2, bias=1, flip=True, period=4)
    wanted = replace(state, padding="same", mode=border, stride=hop)
    assert equivariance.geometry(state, Compare(border=border, hop=hop)) == wanted


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("way", [{}, {"flip": True, "bias": 0.5}, {"kernel": "1,2;3,4;5,-6", "dilation": 2}], ids=str)
def test_the_convolution_is_that_of_the_loops_moved_before_and_after(way: Way, border: Border, place: Size) -> None:
    moving = Moving((8, 10), *place, border, **way)
    window = np.array(moving.state.kernel)[:: -1 if moving.state.flip else 1, :: -1 if moving.state.flip else 1]
    first = by_loops(moving.state, shifted(moving.planes[0], *place, border)[None].astype(np.uint8), window)[0]
    last = shifted(by_loops(moving.state, moving.planes, window)[0], *place, border).astype(np.float64)
    close(moving.conv.moved_first, first)
    close(moving.conv.moved_last, last)
    close(moving.conv.difference, first - last)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_on_a_ring_the_convolution_moves_along_to_the_last_bit_everywhere(place: Size, kernel: str) -> None:
    for bias, dilation in ((0, 1), (0.7, 2)):
        conv = Moving((8, 10), *place, "circular", kernel=kernel, bias=bias, dilation=dilation).conv
        assert conv.exact.all()
        assert not conv.difference.any()
        assert conv.where_exact == 0.0


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("hop", [1, 2])
@pytest.mark.parametrize(("size", "period"), [((8, 12), 2), ((9, 7), 3), ((6, 6), 1)], ids=str)
def test_what_must_agree_is_what_adds_the_same_terms_and_nothing_else_does(
    size: Size, period: int, hop: int, border: Border, place: Size
) -> None:
    moving = Moving(size, *place, border, hop, period=period)
    assert [move.kind for move in moving.found] == list(KINDS)
    for move in moving.found:
        wanted = same_sums(move.kind, moving.g, moving.own, period)
        np.testing.assert_array_equal(move.exact, wanted)
        assert not move.difference[wanted].any()
        assert move.where_exact == 0.0
        assert move.difference[~wanted].all()  # free weights and pixels at random: equal sums would be a miracle


@pytest.mark.parametrize("place", PLACES[1:7], ids=str)
@pytest.mark.parametrize("kernel", KERNELS)
def test_with_zeros_beyond_the_border_only_a_band_along_it_differs(kernel: str, place: Size) -> None:
    down, right = place
    moving = Moving((14, 15), down, right, "zeros", kernel=kernel)
    band = np.zeros(moving.g.out_size, dtype=np.bool_)
    (top, bottom), (left, end) = moving.g.pads
    height, width = moving.g.out_size
    for i, j in product(range(height), range(width)):
        rows, cols = (i - top, i + bottom), (j - left, j + end)  # what the window reaches over
        # A window that meets the border, before or after the move, or a border that has moved into the picture.
        meets = rows[0] < max(0, down) or rows[1] >= height + min(0, down)
        band[i, j] = meets or cols[0] < max(0, right) or cols[1] >= width + min(0, right)
    assert moving.conv.exact[~band].all()
    assert moving.conv.exact.sum() >= (~band).sum() > 0


@pytest.mark.parametrize(("down", "right"), [(2, 0), (0, -4), (-6, 8), (64, 64)])
def test_with_stride_two_an_even_shift_moves_the_map_by_half(down: int, right: int) -> None:
    moving = Moving((8, 12), down, right, "circular", hop=2)
    assert moving.g.out_size == (4, 6)
    assert moving.conv.exact.all()
    still = Moving((8, 12), 0, 0, "circular", hop=2).conv.moved_first
    np.testing.assert_array_equal(moving.conv.moved_first, np.roll(still, (down // 2, right // 2), (0, 1)))


@pytest.mark.parametrize(("down", "right"), [(1, 0), (0, 3), (-5, 2), (2, -7), (3, 5)])
def test_with_stride_two_an_odd_shift_makes_another_map(down: int, right: int) -> None:
    conv = Moving((8, 12), down, right, "circular", hop=2).conv
    assert not conv.exact.any()
    assert conv.difference.all()


@pytest.mark.parametrize("hop", [1, 2])
@pytest.mark.parametrize("period", [2, 3])
def test_a_tiled_layer_moves_along_by_multiples_of_its_period_only(period: int, hop: int) -> None:
    step = period * hop
    for down, right in product(range(-step, step + 1), (0, 1, step)):
        tiled = Moving((12, 24), down, right, "circular", hop, period=period).found[2]
        multiple = down % step == 0 and right % step == 0
        assert tiled.exact.all() == tiled.exact.any() == multiple
    note = Moving((12, 24), 1, 1, "circular", hop, period=period).cards[2].note
    assert set(numbers(note)) == {step}


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_without_sharing_nothing_must_agree_on_a_ring_unless_nothing_has_moved(place: Size) -> None:
    for move in Moving((8, 10), *place, "circular").found[:2]:
        unmoved = place[0] % 8 == 0 and place[1] % 10 == 0
        assert move.exact.all() == move.exact.any() == unmoved
        assert move.difference.any() != unmoved


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("border", BORDERS)
def test_free_weights_stay_the_same_while_the_picture_moves(border: Border, place: Size) -> None:
    still, moving = Moving((8, 10), 0, 0, border), Moving((8, 10), *place, border)
    moved = shifted(moving.planes[0], *place, border)[None].astype(np.uint8)
    again = equivariance.moves(still.state, still.layer, moved, still.own)
    for before, now, on_moved in zip(still.found, moving.found, again, strict=True):
        np.testing.assert_array_equal(now.moved_last, shifted(before.moved_first, *place, border))
        np.testing.assert_array_equal(now.moved_first, on_moved.moved_first)


def test_the_three_free_layers_have_weights_of_their_own() -> None:
    # With this period the tiled layer is locally connected: only its numbers can make it another.
    first = Moving((8, 10), 1, 1, "circular", period=10).found
    again = Moving((8, 10), 1, 1, "circular", period=10, kernel="9,9,9;9,9,9;9,9,9").found
    maps = [move.moved_first for move in first]
    assert all(not np.allclose(a, b) for n, a in enumerate(maps) for b in maps[:n])
    for one, other in zip(first[:3], again, strict=False):
        np.testing.assert_array_equal(one.moved_first, other.moved_first)


# What is said about it.


@pytest.mark.parametrize("size", [(8, 10), (1, 64), (64, 64)], ids=str)
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_no_picture_is_shifted_by_more_than_its_own_size(place: Size, size: Size) -> None:
    own = edited(Compare(), down=place[0], right=place[1], hop=2, shuffle=7)
    wanted = [sorted((-n, by, n))[1] for n, by in zip(size, place, strict=True)]
    assert equivariance.within(own, size) == replace(own, down=wanted[0], right=wanted[1])


def test_what_is_shifted_is_told_with_its_size_and_the_seed_that_was_used() -> None:
    moving = Moving((8, 10), 0, 0, "zeros")
    assert numbers(equivariance.scope(moving.layer)) == [8, 10, equivariance.SEED]
    ones = equivariance.moves(moving.state, moving.layer, np.full((1, 8, 10), 255, np.uint8), moving.own)
    for n, kind in enumerate(KINDS[:2]):  # on a picture of ones a map adds up to all its weights, in whatever order
        links = len(loop_connections(kind, moving.g))
        weights = np.random.default_rng([equivariance.SEED, n]).standard_normal(links)
        assert ones[n].moved_first.sum() == pytest.approx(weights.sum() / np.sqrt(links / moving.g.n_outputs), rel=1e-9)


@pytest.mark.parametrize("hop", [1, 2])
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("place", [(0, 0), (2, -4), (3, 5)], ids=str)
def test_a_column_holds_both_orders_their_difference_and_what_was_counted(
    place: Size, border: Border, hop: int
) -> None:
    moving = Moving((8, 10), *place, border, hop, period=2)
    assert [card.title for card in moving.cards] == list(dict.fromkeys(c.title for c in moving.cards))
    for move, card in zip(moving.found, moving.cards, strict=True):
        maps = move.moved_first, move.moved_last, move.moved_first - move.moved_last
        for picture, values in zip(card.pictures, maps, strict=True):
            np.testing.assert_array_equal(read_values(picture), values.astype(np.float32))
            assert [picture.ramp, picture.group, picture.letter] == ["signed", "move", "Y"]
        top = max(float(np.abs(values).max()) for values in maps)
        assert [numbers(picture.high) for picture in card.pictures] == [[pytest.approx(top, rel=0.0051)]] * 3
        assert [numbers(picture.alt)[:2] for picture in card.pictures[:2]] == [list(moving.g.out_size)] * 2
        largest, norm = float(np.abs(maps[2]).max()), float(np.sqrt((maps[2] ** 2).sum()))
        assert numbers(card.pictures[2].alt)[0] == pytest.approx(largest, rel=0.0051)
        difference, zeros = card.facts
        assert numbers(difference.text) == [pytest.approx(largest, rel=0.0051)]
        assert numbers(difference.exact) == [pytest.approx(norm, rel=0.0051)]
        exact = int(same_sums(move.kind, moving.g, moving.own, 2).sum())
        assert numbers(zeros.text) == [exact, moving.g.n_outputs]
        assert zeros.good is (True if exact else None)
        assert numbers(zeros.exact) == ([0.0] if exact else [])


def test_before_anything_has_moved_the_visitor_is_asked_to_drag() -> None:
    for border in BORDERS:
        still, moving = Moving((8, 10), 0, 0, border), Moving((8, 10), 0, 1, border)
        assert "drag the picture" in equivariance.move_sentence(still.found, still.own)
        assert "drag" not in equivariance.move_sentence(moving.found, moving.own)


def test_a_mistake_of_ours_is_told_with_its_size_and_as_ours() -> None:
    moving = Moving((8, 10), 3, 5, "circular")
    broken = replace(moving.conv, moved_last=moving.conv.moved_last + 0.25)
    said = equivariance.move_sentence([*moving.found[:3], broken], moving.own)
    assert numbers(said) == [0, 80, 0.25]
    assert "ours" in said
    assert "0.0 apart" not in said


def test_a_single_tap_moves_along_even_where_pixels_are_lost_and_no_ring_is_said_to_be_the_reason() -> None:
    moving = Moving((8, 10), 2, -3, "zeros", kernel="5")
    assert same_sums("conv", moving.g, moving.own, 1).all()
    said = equivariance.move_sentence(moving.found, moving.own)
    assert numbers(said) == [0.0, 80]
    assert "ring" not in said
    ring = Moving((8, 10), 2, -3, "circular", kernel="5")
    assert "ring" in equivariance.move_sentence(ring.found, ring.own)


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
        ((8, 12), 512, 1, "zeros", [], False),
    ],
)
def test_when_a_tiled_layer_moves_along_is_told_in_pixels_with_the_seam_of_the_ring(
    size: Size, period: int, hop: int, border: Border, said: list[int], seam: bool
) -> None:
    moving = Moving(size, 1, 1, border, hop, period=period)
    note = moving.cards[2].note
    assert set(numbers(note)) == set(said)
    assert ("seam" in note) == seam
    assert ("convolution" in note) == (period == 1)
    assert ("locally connected" in note) == (period >= 12)
    if said and border == "circular":  # and so it does
        step = said[0]
        tiled = Moving(size, step, step, border, hop, period=period).found[2]
        assert tiled.exact.all() == (not seam)
        assert tiled.exact.any()


def test_a_difference_where_there_must_be_none_would_be_told() -> None:
    moving = Moving((8, 10), 3, 5, "circular")
    broken = replace(moving.conv, moved_first=moving.conv.moved_first + 1e-9)
    (card,) = equivariance.move_cards(moving.state, [broken], moving.own)
    assert card.facts[1].good is False
    assert numbers(card.facts[1].exact) == [pytest.approx(1e-9, rel=0.051)]


@pytest.mark.parametrize("place", PLACES[1:], ids=str)
def test_on_a_ring_the_sentence_counts_all_outputs(place: Size) -> None:
    moving = Moving((8, 10), *place, "circular")
    assert numbers(equivariance.move_sentence(moving.found, moving.own)) == [0.0, 80]


@pytest.mark.parametrize("place", PLACES[1:7], ids=str)
@pytest.mark.parametrize("kernel", [KERNEL, "1,2", "1,2,3;4,5,7"])
def test_with_zeros_the_sentence_counts_those_that_agree_and_the_others(kernel: str, place: Size) -> None:
    moving = Moving((11, 12), *place, "zeros", kernel=kernel)
    exact = int(same_sums("conv", moving.g, moving.own, 1).sum())
    said = numbers(equivariance.move_sentence(moving.found, moving.own))
    assert sorted(said) == sorted([0.0, 132] if exact == 132 else [0.0, exact, 132, 132 - exact])


def test_a_ring_that_does_not_close_is_not_said_to_agree_everywhere() -> None:
    moving = Moving((9, 11), 2, 4, "circular", hop=2)
    exact = int(same_sums("conv", moving.g, moving.own, 1).sum())
    assert 0 < exact < 30
    said = numbers(equivariance.move_sentence(moving.found, moving.own))
    assert sorted(said) == sorted([0.0, exact, 30, 30 - exact])


def test_an_odd_shift_at_stride_two_is_called_odd() -> None:
    odd, even = (Moving((8, 12), n, 0, "circular", hop=2) for n in (3, 2))
    assert "odd" in equivariance.move_sentence(odd.found, odd.own)
    assert "odd" not in equivariance.move_sentence(even.found, even.own)
    assert "odd" in odd.cards[3].note
    assert "odd" not in even.cards[3].note


# The pixels are scrambled.


SCRAMBLED: list[Way] = [
    {},
    {"padding": "same", "mode": "reflect", "bias": 0.5},
    {"kernel": "1,2,3;4,5,7", "stride": 2, "flip": True, "padding": 1},
]


def scrambles(way: Way, seed: int, size: Size = (9, 11)) -> tuple[Setup, list[Scrambled], Floats]:
    state, planes = edited(START, **way), picture(size)
    layer = layer_of(state, size)
    return (
        state,
        equivariance.scrambles(state, layer, planes, seed),
        equivariance.scrambled_picture(layer, planes, seed),
    )


@pytest.mark.parametrize("seed", [0, 1, 2, 77, 9999])
@pytest.mark.parametrize("way", SCRAMBLED, ids=str)
def test_scrambled_the_fully_connected_layer_has_the_same_bits_and_the_convolution_has_not(way: Way, seed: int) -> None:
    state, (unmoved, dense, conv), mixed = scrambles(way, seed)
    assert ["rewired" in one.name for one in (unmoved, dense, conv)] == [False, True, False]
    assert unmoved.still < 0.1 * unmoved.output.size
    np.testing.assert_array_equal(dense.scrambled, dense.output)
    assert dense.still == dense.output.size
    assert conv.still == sum(a == b for a, b in zip(conv.output.flat, conv.scrambled.flat, strict=True))
    assert conv.still < 0.1 * conv.output.size
    window = np.array(state.kernel)[::-1, ::-1] if state.flip else np.array(state.kernel)
    wanted = by_loops(state, picture((9, 11)), window)[0]
    close(dense.output, wanted)
    close(conv.output, wanted)
    close(conv.scrambled, by_loops(state, np.rint(mixed * 255).astype(np.uint8)[None], window)[0])


@pytest.mark.parametrize("seed", [0, 1, 9999])
def test_a_scrambled_picture_has_all_its_pixels_in_another_order(seed: int) -> None:
    _, _, mixed = scrambles({}, seed)
    pixels = picture((9, 11))[0] / 255
    assert sorted(mixed.ravel()) == sorted(pixels.ravel())
    assert (mixed != pixels).mean() > 0.9
    np.testing.assert_array_equal(scrambles({}, seed)[2], mixed)
    assert not np.array_equal(scrambles({}, seed + 1)[2], mixed)


def test_on_a_picture_of_one_grey_nothing_is_seen_to_change() -> None:
    planes = np.full((1, 9, 11), 128, np.uint8)
    found = equivariance.scrambles(START, layer_of(START, (9, 11)), planes, 5)
    assert [one.still for one in found] == [63, 63, 63]


@pytest.mark.parametrize("way", SCRAMBLED, ids=str)
def test_columns_of_scrambled_pixels_hold_the_maps_and_count_the_same_bits(way: Way) -> None:
    state, found, mixed = scrambles(way, 77)
    planes = picture((9, 11))
    first, *three = equivariance.scramble_cards(layer_of(state, (9, 11)), planes, found, 77)
    np.testing.assert_array_equal(read_values(first.pictures[0]), (planes[0] / 255).astype(np.float32))
    np.testing.assert_array_equal(read_values(first.pictures[1]), mixed.astype(np.float32))
    assert numbers(first.note) == [77]
    assert [numbers(one.alt)[:2] for one in first.pictures] == [[9, 11]] * 2
    top = max(float(np.abs(y).max()) for one in found for y in (one.output, one.scrambled))
    for one, card in zip(found, three, strict=True):
        assert card.title == one.name
        plain, after = card.pictures
        np.testing.assert_array_equal(read_values(plain), one.output.astype(np.float32))
        np.testing.assert_array_equal(read_values(after), one.scrambled.astype(np.float32))
        assert [numbers(shown.high) for shown in card.pictures] == [[pytest.approx(top, rel=0.0051)]] * 2
        same = sum(a == b for a, b in zip(one.output.flat, one.scrambled.flat, strict=True))
        bits, largest = card.facts
        assert numbers(bits.text) == [same, one.output.size]
        assert bits.good == (same == one.output.size)
        apart = max(abs(a - b) for a, b in zip(one.output.flat, one.scrambled.flat, strict=True))
        assert numbers(largest.text) == [pytest.approx(apart, rel=0.0051)]
    assert [card.colour for card in three] == [theme.ROLES[kind] for kind in ("dense", "dense", "conv")]
    assert len({card.note for card in three}) == 3


def test_the_three_layers_are_those_of_the_visitors_kernel_with_its_bias() -> None:
    for bias in (0.0, -2.5):
        _, found, _ = scrambles({"bias": bias, "padding": "same"}, 3)
        wanted = by_loops(edited(START, bias=bias, padding="same"), picture((9, 11)), np.array(START.kernel))[0]
        for one in found:
            close(one.output, wanted)
