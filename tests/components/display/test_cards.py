"""Pictures and networks arrive in the browser as what they are: pixel by pixel, number by number, line by line."""

import json
import math
import re
from base64 import b64decode
from itertools import pairwise, product
from xml.dom import minidom

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import cards, diagram, image, theme
from components.display.cards import Card, ColourRange, Fact, Picture
from components.display.layer import layer_of
from components.display.matrix import Tiles, Window
from components.pages.compare import four_layers, scramble, search, shift
from components.pages.compare.small import SmallLayer
from components.pages.compare.state import Compare
from components.state.link import edited
from components.state.setup import Setup, View
from tests.support.pictures import cells_of, hashed, hexed, read_png, read_values
from tests.support.text import numbers

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
KINDS: tuple[View, ...] = ("dense", "local", "tiled", "conv")
SIZES = [(1, 1), (3, 3), (5, 5), (1, 4), (4, 1), (2, 2), (15, 15), (3, 2)]


def noise(*shape: int) -> Bytes:
    return np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)


def test_a_picture_arrives_pixel_by_pixel() -> None:
    for shape in [(1, 1), (7, 5), (5, 7, 3), (5, 7, 4), (1, 64), (64, 1, 4)]:
        picture = noise(*shape)
        np.testing.assert_array_equal(read_png(image.png_url(picture)), picture)


def test_grey_goes_from_black_to_white_and_no_further() -> None:
    values = np.array([[-0.5, 0.0, 1 / 255], [0.1, 0.5, 254.4 / 255], [254.6 / 255, 1.0, 7.0]])
    assert image.grey(values).tolist() == [[0, 0, 1], [26, 128, 254], [255, 255, 255]]
    levels = noise(9, 8)
    np.testing.assert_array_equal(image.grey(levels / 255), levels)


def test_a_signed_number_is_opaque_at_its_ends_and_nothing_at_zero() -> None:
    rgba = image.signed(np.array([[-2.0, 0.0, 2.0], [-5.0, -0.0, 9.0]]), 2.0)
    assert (rgba.shape, rgba.dtype.name) == ((2, 3, 4), "uint8")
    assert rgba[:, 0].tolist() == [[*theme.NEGATIVE, 255]] * 2
    assert rgba[:, 1, 3].tolist() == [0, 0]
    assert rgba[:, 2].tolist() == [[*theme.POSITIVE, 255]] * 2


def test_a_signed_number_is_the_more_opaque_the_larger_it_is_and_its_sign_is_its_hue() -> None:
    for high in [1e-9, 1.0, 3e6]:
        values = np.linspace(-high, high, 401)[None]
        rgba = image.signed(values, high)[0].astype(int)
        assert (np.diff(rgba[:201, 3]) <= 0).all()
        assert (np.diff(rgba[200:, 3]) >= 0).all()
        assert rgba[:201, 3].tolist() == rgba[200:, 3].tolist()[::-1]
        assert set(map(tuple, rgba[:200, :3].tolist())) == {theme.NEGATIVE}
        assert set(map(tuple, rgba[201:, :3].tolist())) == {theme.POSITIVE}
        assert len(set(rgba[200:, 3].tolist())) > 150


def test_a_map_of_zeros_is_nothing_at_all() -> None:
    assert image.signed(np.zeros((2, 3)), 0.0)[..., 3].tolist() == [[0] * 3] * 2


def test_a_window_of_the_matrix_has_colour_where_it_has_weights() -> None:
    palette = noise(256, 3)
    at, ink = np.array([0, 4, 5], dtype=np.uint32), np.array([9, 0, 255], dtype=np.uint8)
    rgba = image.tiles_picture(Tiles(Window(0, 2, 0, 3), 2, 3, at, ink), palette)
    wanted = [[0] * 4 for _ in range(6)]
    for place, colour in zip((0, 4, 5), (9, 0, 255), strict=True):
        wanted[place] = [*palette[colour].tolist(), 255]
    assert rgba.reshape(6, 4).tolist() == wanted


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


def test_a_signed_picture_holds_its_numbers_and_shows_them_in_its_range() -> None:
    for high in [2.5, 40.0]:
        values = np.random.default_rng(1).uniform(-2.5, 2.5, (4, 7))
        picture = cards.map_picture(
            "Y", "a map", values, ColourRange(high), group="Y", letter="Y", marks=((1, 2, 3, 3),)
        )
        np.testing.assert_array_equal(read_values(picture), values.astype(np.float32))
        np.testing.assert_array_equal(read_png(picture.src), image.signed(values, high))
        assert (picture.shape, picture.ramp, picture.group, picture.marks) == ((4, 7), "signed", "Y", ((1, 2, 3, 3),))
        assert (numbers(picture.low), numbers(picture.high)) == ([-high], [high])
        assert numbers(picture.alt) == pytest.approx([values.min(), values.max()], rel=5.1e-3)


def test_a_grey_picture_is_black_at_zero_and_white_at_the_end_of_its_range() -> None:
    for high in [1.0, 7.5]:
        values = np.array([[0.0, high], [high / 5, 2 * high]])
        picture = cards.map_picture("Y", "a map", values, ColourRange(high, signed=False))
        assert read_png(picture.src).tolist() == [[0, 255], [51, 255]]
        np.testing.assert_array_equal(read_values(picture), values.astype(np.float32))
        assert (picture.ramp, numbers(picture.low), numbers(picture.high)) == ("grey", [0], [high])


def test_a_picture_of_columns_that_lie_apart_in_memory_has_its_numbers_in_order() -> None:
    values = np.arange(24.0).reshape(4, 6)[:, ::2].T
    picture = cards.map_picture("Y", "", values, ColourRange(23.0, signed=False))
    assert read_values(picture).tolist() == values.tolist() == [[n, n + 6, n + 12, n + 18] for n in (0, 2, 4)]


def test_a_picture_of_nothing_but_zeros_can_be_shown() -> None:
    for signed in [True, False]:
        picture = cards.map_picture("Y", "", np.zeros((2, 2)), ColourRange(0.0, signed))
        assert not read_values(picture).any()
        assert not read_png(picture.src)[..., -1].any()


def plainly(value: object) -> object:
    """What json makes of tuples."""
    if isinstance(value, dict):
        return {name: plainly(part) for name, part in value.items()}
    return [plainly(part) for part in value] if isinstance(value, list | tuple) else value


def test_the_props_say_all_a_card_holds() -> None:
    picture = Picture("p", "alt", "data:", (2, 3), "g", "Y", "AAA", "grey", "0", "1", 6, ((0, 1, 2, 3),))
    found = cards.props([Card("t", "h", "n", (picture,), (Fact("f", "1", "e", True), Fact("g", "2")), "#123456")])
    shown = {
        **{"title": "p", "alt": "alt", "src": "data:", "shape": [2, 3], "group": "g", "letter": "Y", "values": "AAA"},
        **{"ramp": "grey", "low": "0", "high": "1", "rows": 6, "marks": [[0, 1, 2, 3]]},
    }
    facts = [
        {"name": "f", "text": "1", "exact": "e", "good": True},
        {"name": "g", "text": "2", "exact": "", "good": None},
    ]
    card = {"title": "t", "headline": "h", "note": "n", "pictures": [shown], "facts": facts, "colour": "#123456"}
    assert plainly(found) == {"cards": [card | {"dashed": False}]}


def test_a_card_about_a_kind_of_layer_has_its_line_in_the_charts() -> None:
    for kind in KINDS:
        card = cards.layer_card(kind, "t", "h", "n", ())
        assert (card.title, card.headline, card.note, card.facts) == ("t", "h", "n", ())
        assert (card.colour, card.dashed) == (theme.ROLES[kind], kind in theme.DASHED)


WAYS: list[dict[str, object]] = [
    {},
    {"kernel": "0,0;0,0"},
    {"kernel": [[1e6, -1e6], [1e6, 1e-300]], "bias": -1e6, "padding": "full", "mode": "replicate"},
    {"kernel": [[0.1] * 7] * 7, "padding": "same", "flip": True, "period": 3, "dilation": 2},
    {"kernel": "1,2,3", "stride": 3, "period": 1},
]


def all_cards(state: Setup, planes: Bytes, own: Compare) -> list[Card]:
    """All cards of the Compare page."""

    def small(of: Setup) -> SmallLayer:
        return SmallLayer(of, layer_of(of, planes.shape[1:]), planes)

    found = four_layers.result_cards(small(state), four_layers.results(small(state), own.draw), own.draw)
    shifted = shift.geometry(state, own)
    found += shift.shift_cards(shifted, shift.shifted(small(shifted), own), own)
    found += scramble.scramble_cards(small(state), scramble.scrambled(small(state), own.shuffle), own.shuffle)
    task = search.search(planes[0] / 255, own)
    return found + search.detector_cards(task, search.detectors(task, own), own)


def test_every_card_is_plain_json() -> None:
    for planes, draw, way in product([noise(1, 13, 16), np.zeros((1, 13, 16), np.uint8)], [0, 9], WAYS):
        own = edited(Compare(), draw=draw, border="zeros", pattern=[2, 2, 4])
        props = cards.props(all_cards(edited(Setup(), **way), planes, own))
        assert json.loads(json.dumps(props, allow_nan=False)) == plainly(props)


def test_every_picture_has_words_and_as_many_numbers_as_cells() -> None:
    for way in WAYS:
        own = edited(Compare(), pattern=[2, 2, 4])
        for card in all_cards(edited(Setup(), **way), noise(1, 13, 16), own):
            assert card.title
            for picture in card.pictures:
                assert len(picture.alt) > 10
                assert picture.title
                if picture.values:
                    cells_of(picture)
                    assert read_png(picture.src).shape[:2] == picture.shape == read_values(picture).shape
            for fact in card.facts:
                assert fact.name
                assert fact.text


def line_of(size: tuple[int, int]) -> list[int]:
    """The weights along the middle of the kernel's longer axis: at most three, around its centre."""
    K, L = size
    numbered = np.arange(K * L).reshape(K, L)
    line = numbered[K // 2] if L >= K else numbered[:, L // 2]
    taps = min(len(line), 3)
    first = (len(line) - taps) // 2
    return [int(n) for n in line[first : first + taps]]


def svg(kind: View, size: tuple[int, int], period: int = 2, flip: bool = False) -> minidom.Document:
    """The picture, read by a parser that takes nothing but well-formed XML."""
    head, _, data = diagram.network(kind, size, flip, period).partition(",")
    assert head == "data:image/svg+xml;base64"
    return minidom.parseString(b64decode(data, validate=True))  # noqa: S318  # our own text: whether it parses is asked


def lines(document: minidom.Document) -> list[tuple[int, int, str]]:
    """The connections drawn (output, input, colour), in neurons counted from the top."""
    found = document.getElementsByTagName("line")
    heights = [sorted({float(line.getAttribute(end)) for line in found}) for end in ("y1", "y2")]
    return [
        (
            heights[1].index(float(line.getAttribute("y2"))),
            heights[0].index(float(line.getAttribute("y1"))),
            line.getAttribute("stroke"),
        )
        for line in found
    ]


def test_a_network_has_a_line_for_every_connection_of_a_row_of_eight() -> None:
    for kind, size in product(KINDS, SIZES):
        document = svg(kind, size)
        taps = len(line_of(size))
        outputs = 8 - taps + 1
        wanted = {(t, t + k) for t in range(outputs) for k in range(taps)}
        if kind == "dense":
            wanted = set(product(range(outputs), range(8)))
        found = lines(document)
        assert len(found) == len(wanted)
        assert {(target, source) for target, source, _ in found} == wanted
        assert len(document.getElementsByTagName("circle")) == 8 + outputs


def test_a_convolution_has_as_many_colours_as_taps_and_they_are_those_of_its_weights() -> None:
    for flip, size in product([False, True], SIZES):
        K, L = size
        found = lines(svg("conv", size, flip=flip))
        of_tap = {source - target: colour for target, source, colour in found}
        wanted = [theme.weights(K, L)[K * L - 1 - weight if flip else weight] for weight in line_of(size)]
        assert [of_tap[tap] for tap in range(len(wanted))] == [hexed(colour) for colour in wanted]
        assert len({colour for _, _, colour in found}) == len(of_tap) == len(wanted)
        assert lines(svg("tiled", size, 1, flip)) == found


def test_weights_nobody_shares_have_the_colours_they_have_in_the_matrix() -> None:
    for size in SIZES:
        static = theme.untied()
        kinds: tuple[View, ...] = ("dense", "local")
        for kind in kinds:
            for target, source, colour in lines(svg(kind, size)):
                assert colour == hexed(static[hashed(target, source)])


def test_a_tiled_network_repeats_its_colours_after_the_period() -> None:
    for period, size in product([2, 3, 5, 512], SIZES):
        static, line = theme.untied(), line_of(size)
        for flip in (False, True):
            for target, source, colour in lines(svg("tiled", size, period, flip)):
                weight = line[source - target]
                weight = size[0] * size[1] - 1 - weight if flip else weight
                assert colour == hexed(static[hashed(target % period + 1_000_003, weight)])


def test_a_network_is_lines_and_dots_within_its_frame_and_nothing_that_runs() -> None:
    for kind in KINDS:
        root = svg(kind, (3, 3)).documentElement
        assert root is not None
        assert root.tagName == "svg"
        assert {node.tagName for node in root.getElementsByTagName("*")} == {"line", "circle"}
        frame = [float(part) for part in root.getAttribute("viewBox").split()]
        assert frame[:2] == [0, 0]
        assert (frame[3], frame[2]) == diagram.NETWORK_SHAPE
        for node in root.getElementsByTagName("*"):
            for name, value in node.attributes.items():
                assert name in {"x1", "y1", "x2", "y2", "cx", "cy", "r", "stroke", "stroke-width", "fill"}
                assert re.fullmatch(r"#[0-9a-f]{6}|[\d.]+", value)
                if name in {"x1", "x2", "cx", "y1", "y2", "cy"}:
                    assert 0 < float(value) < frame[2 if "x" in name else 3]


def test_neurons_stand_evenly_on_both_sides() -> None:
    for kind in KINDS:
        circles = svg(kind, (3, 3)).getElementsByTagName("circle")
        columns_of_dots: dict[str, list[float]] = {}
        for circle in circles:
            columns_of_dots.setdefault(circle.getAttribute("cx"), []).append(float(circle.getAttribute("cy")))
        assert sorted(map(len, columns_of_dots.values())) == [6, 8]
        for heights in columns_of_dots.values():
            steps = [b - a for a, b in pairwise(heights)]
            assert min(steps) > 0
            assert math.isclose(min(steps), max(steps), abs_tol=0.11)  # written with one decimal
