"""The Compare page as a visitor meets it: every number is the engine's, every control and link moves what it names.

No browser: `Visitor` reads what the components are sent, and answers in their place.
"""

import json
import re
from base64 import b64decode
from functools import cache
from hashlib import sha256
from typing import Any, Self

import numpy as np
import pytest
from numpy.typing import NDArray

from components.pages.compare import timing as measuring
from components.widgets import player
from kernels.images.decode import decode, planes, resize
from kernels.images.samples import sample
from kernels.layer import timing
from kernels.layer.counts import KINDS, count
from kernels.layer.spec import LayerSpec, Shape
from kernels.layer.timing import MEMORY, METHODS, Measurement, Method
from tests.support.oracles import Geometry, correlate_geometry, loop_connections, loop_correlate, near, parameter_count
from tests.support.text import sizes
from tests.support.visitor import Visitor, png, saved

pytestmark = pytest.mark.long

Map = NDArray[np.float32]
Floats = NDArray[np.float64]

CARDS = ("four_layers", "shifted", "scrambled", "detectors", "faces")
CHARTS = ("saving", "costs")
HOMES = {  # what each tab shows
    "layers": "four_layers", "saving": "saving", "growth": "costs", "shift": "shifted", "scramble": "scrambled",
    "find": "detectors", "transposed": "faces",
}  # fmt: skip
TITLES = {
    "layers": "Four layers", "saving": "Where the saving comes from", "growth": "Growth",
    "shift": "Shift (equivariance)", "scramble": "Scramble", "find": "Find the feature",
    "transposed": "Transposed & im2col",
}  # fmt: skip
SECTION, TIMES = 1, 3  # fragments, counted from above: what a tab shows, and what measures
SOBEL = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
LIMIT, LOCAL_LIMIT = 2**21, 2**19  # connections that are wired up here: fully and locally connected
SIDES = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]


def as_map(picture: dict[str, Any]) -> Map:
    return np.frombuffer(b64decode(picture["values"]), "<f4").reshape(picture["shape"])


def numbers(text: str) -> set[int]:
    """The whole numbers in a text, with or without commas."""
    return {int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)}


def not_a_number(text: str) -> None:
    raise AssertionError(text)


class Page(Visitor):
    """One visitor's session on the Compare page."""

    path = "compare"

    def __init__(self, tab: str = "layers", **query: str) -> None:
        super().__init__(comparison=tab, **query)

    def layers(self, key: str) -> list[dict[str, Any]]:
        """The cards about layers: the four layers begins with what goes in."""
        return [card for card in self.data(key)["cards"] if card["title"] != "Picture and kernel"]

    def maps(self, key: str) -> list[list[Map]]:
        """Of each card, the pictures that have numbers in them."""
        return [[as_map(p) for p in card["pictures"] if p["values"]] for card in self.layers(key)]

    def numbers(self, key: str) -> list[set[int]]:
        """Of each card, the whole numbers in its headline and facts."""
        return [numbers(" ".join([c["headline"], *(fact["text"] for fact in c["facts"])])) for c in self.layers(key)]

    def chart(self, key: str) -> list[dict[str, Any]]:
        """The traces of a chart."""
        traces: list[dict[str, Any]] = json.loads(self.named(key).proto.spec)["data"]
        return traces

    @property
    def shown(self) -> dict[str, str]:
        """All that is sent to the cards and charts, by their keys: its digest, for it is long."""
        return {key: sha256(text.encode()).hexdigest() for key, text in self.sent.items()}

    @property
    def sent(self) -> dict[str, str]:
        cards = {key: self.named(key).proto.json for key in CARDS if self.has(key)}
        return cards | {key: self.named(key).proto.spec for key in CHARTS if self.has(key)}

    def to(self, tab: str) -> Self:
        """The same visit, with another tab open."""
        self.open_tab(TITLES[tab])
        return self

    @property
    def query(self) -> dict[str, str]:
        """What is set, beside the tab."""
        return {name: text for name, text in super().query.items() if name != "comparison"}

    @property
    def said(self) -> str:
        """All that is written on the page, what is told on request included."""
        written: list[Any] = [node for node in self.at.main if node.type in ("markdown", "caption")]
        return " ".join(f"{node.value} {getattr(node.proto, 'help', '')}" for node in written)

    @property
    def refusal(self) -> str:
        """Why what the tab shows is not there."""
        return " ".join(node.value.replace("\\", "") for node in self.at.error)

    def is_whole(self, tab: str) -> bool:
        """Whether what the tab shows is there, and every number that is sent is one; or it says why not."""
        for text in self.sent.values():
            json.loads(text, parse_constant=not_a_number)
        return self.tab == TITLES[tab] and (set(self.sent) == {HOMES[tab]}) != bool(self.errors)

    @property
    def measurements(self) -> dict[Method, list[int]]:
        """The sides that were measured, as the chart shows them."""
        traces = self.chart("times") if self.has("times") else [{"x": []}] * len(METHODS)
        return {method: trace["x"] for method, trace in zip(METHODS, traces, strict=True)}

    @property
    def measured(self) -> int:
        return sum(map(len, self.measurements.values()))


GRID = {"image": "grid", "side": "10"}  # ten pixels, no two alike: quick, and every setting is seen


@cache
def first(tab: str = "layers") -> Page:
    """A first visit, to compare with: nothing is ever done in it."""
    return Page(tab)


@cache
def grid(tab: str = "layers") -> Page:
    """A first visit with the grid: nothing is ever done in it."""
    return Page(tab, **GRID)


def moved(page: Page, tab: str) -> bool:
    """Whether the tab shows something else than on a first visit."""
    return page.to(tab).shown != grid(tab).shown


def square(taps: int) -> str:
    """A kernel of ones, as a link has it."""
    return ";".join([",".join(["1"] * taps)] * taps)


def sampled(name: str, side: int) -> Floats:
    """The grey picture (H, W)."""
    picture: Floats = planes(sample(name, side), "grey")[0] / 255
    return picture


def of_upload(content: bytes, side: int) -> Floats:
    """The grey picture at this size, from the file."""
    picture: Floats = planes(resize(decode(content), side), "grey")[0] / 255
    return picture


def slid(picture: Floats, kernel: Floats, pad: int = 0, mode: str = "zeros") -> Floats:
    """The output of a picture (H, W), by loops."""
    pads = ((pad, pad), (pad, pad))
    output: Floats = loop_correlate(picture[None], kernel[None, None], (1, 1), pads, (1, 1), 1, mode, None)[0]
    return output


# The page.


@pytest.mark.parametrize("tab", HOMES)
def test_a_first_visit_shows_a_tab_alone_without_a_word_of_warning(tab: str) -> None:
    page = Page(tab)
    assert (page.errors, page.warnings, page.query, page.is_whole(tab)) == ([], [], {}, True)
    assert [node.label for node in page.at.tabs] == [*TITLES.values()]
    assert page.has("times_start") == (tab == "growth")
    before = page.shown
    page.run()
    assert page.shown == before == first(tab).shown


def test_a_link_from_before_there_were_tabs_opens_the_tab_that_shows_what_it_sets() -> None:
    belongs = {"draw": "layers", "quantity": "growth", "hop": "shift", "shuffle": "scramble", "pasted": "find"}
    texts = {name: text for name, text, *_ in SETTINGS}
    for name, tab in belongs.items():
        page = type("Linked", (Visitor,), {"path": "compare"})(**GRID, **{name: texts[name]})
        assert (page.tab, page.query["comparison"]) == (TITLES[tab], tab)
    plain = type("Plain", (Visitor,), {"path": "compare"})(**GRID)
    assert (plain.tab, plain.query) == (TITLES["layers"], GRID)


# Four layers, one map.


LAYERS = [
    Geometry("strided, dilated, flipped", (1, 9, 9), (2, 3), 1, (2, 2), (1, 1), (2, 2), bias=True),
    Geometry("a ring", (1, 8, 8), (3, 2), padding=(2, 2), mode="circular"),
    Geometry("one output", (1, 8, 8), (8, 8)),
]


@pytest.mark.parametrize("g", LAYERS, ids=str)
def test_the_layer_of_a_link_is_counted_in_all_four_kinds_and_computes_one_map(g: Geometry) -> None:
    kernel, side = np.random.default_rng(5).integers(-9, 10, g.kernel_size).astype(np.float64), g.in_shape[1]
    link = {"image": "grid", "side": str(side), "kernel": ";".join(",".join(map(str, row)) for row in kernel.tolist())}
    padding = g.padding if isinstance(g.padding, str) else str(g.padding[0])
    link |= {"stride": str(g.stride[0]), "dilation": str(g.dilation[0]), "padding": padding, "mode": g.mode}
    page = Page(**link, period="3", **({"bias": "0.5", "flip": "1"} if g.bias else {}))
    page.is_sound()
    assert (page.errors, page.warnings, page.has("field:tiled30")) == ([], [], False)
    window = kernel[::-1, ::-1] if g.bias else kernel
    bias = np.array([0.5]) if g.bias else None
    truth = correlate_geometry(g, sampled("grid", side)[None], window[None, None], bias)[0]
    for kind, found, maps in zip(KINDS, page.numbers("four_layers"), page.maps("four_layers"), strict=True):
        links = loop_connections(kind, g, (3, 3))
        products = sum(source < g.n_inputs for _, source, _ in links)
        assert {parameter_count(kind, g, (3, 3)), len(links), products} <= found
        assert all(near(map, truth) for map in maps)
    told = numbers(page.to("saving").said)
    assert {parameter_count(kind, g) for kind in KINDS if kind != "tiled"} <= told
    page.to("growth")
    ring = page.chart("costs")[-1]
    assert ring["x"] == pytest.approx([side] * 4)
    assert ring["y"] == [parameter_count(kind, g, (3, 3)) for kind in KINDS]


def test_the_picture_is_made_small_enough_to_wire_up_every_weight() -> None:
    page = first()
    costs = {900 * 1024}, {900 * 9}, {2 * 2 * 9, 900 * 9}, {9, 900 * 9}
    assert all(cost <= found for cost, found in zip(costs, page.numbers("four_layers"), strict=True))
    truth = slid(sampled("pagoda", 32), SOBEL)
    assert all(near(map, truth) for (map,) in page.maps("four_layers"))
    assert {15_745_024, 34_596, 9, 455, 3844, 15_745_024 // 9} <= numbers(first("saving").said)


def test_free_weights_make_four_maps_and_the_seed_decides_which() -> None:
    page = Page()
    assert not page.has("field:draw")
    drawn = [page.maps("four_layers")[0][0]]
    page.put("numbers", False)
    assert (page.query, page.value("draw")) == ({"draw": "1"}, 1)
    drawn += [map for (map,) in page.maps("four_layers")]
    page.put("draw", 2)
    drawn += [map for (map,) in page.maps("four_layers")]
    assert not any(np.allclose(a, b) for n, a in enumerate(drawn) for b in drawn[:n])
    assert Page(draw="2").shown == page.shown
    page.put("numbers", True)
    assert (page.query, page.shown, page.has("field:draw")) == ({}, first().shown, False)


# Links and controls.


SETTINGS: list[tuple[str, str, str, object, str]] = [
    ("draw", "1", "numbers", False, "layers"),
    ("draw", "7", "draw", 7, "layers"),
    ("quantity", "multiply_adds", "quantity", "multiply_adds", "growth"),
    ("down", "-2", "down", -2, "shift"),
    ("right", "9", "right", 9, "shift"),
    ("border", "zeros", "border", "zeros", "shift"),
    ("hop", "2", "hop", 2, "shift"),
    ("shift_readout", "max", "shift_readout", "max", "shift"),
    ("shuffle", "9999", "shuffle", 9999, "scramble"),
    ("pasted", "2", "pasted", 2, "find"),
    ("places", "0", "places", 0, "find"),
    ("pictures", "30", "pictures", 30, "find"),
    ("signal", "map", "signal", "map", "transposed"),
]
SET = {name: text for name, text, *_ in SETTINGS}


@pytest.mark.parametrize("tab", [tab for tab in HOMES if tab != "saving"])
def test_a_control_moves_what_its_tab_shows_and_the_link_brings_back_what_it_made(tab: str) -> None:
    page, link = Page(tab, **GRID), dict(GRID)
    for name, text, field, value, home in SETTINGS:
        if home == tab:
            before = page.shown
            page.put(field, value)
            link[name] = text
            assert (page.query, page.value(field), page.errors, page.warnings) == (link, value, [], [])
            assert page.shown != before
    assert Page(tab, **link).shown == page.shown


def test_every_value_of_a_link_is_in_its_control() -> None:
    link = SET | {"pattern": "2,6,4", "period": "3"}
    page = Page(**GRID, **link)
    assert (page.query, page.errors, page.warnings) == ({**GRID, **link}, [], [])
    assert page.value("tiled8") == 3
    for tab in HOMES:
        page.to(tab)
        for field, value in {field: value for *_, field, value, home in SETTINGS if home == tab}.items():
            assert page.value(field) == value
        assert moved(page, tab) == (tab != "saving")
    page.to("find")
    assert (page.value("square"), page.data("pattern")["at"]) == (4, [2, 6])
    assert (page.query, page.errors, page.warnings) == ({**GRID, **link}, [], [])


def test_a_period_beyond_the_map_is_locally_connected_and_one_is_the_convolution() -> None:
    page = Page(**GRID, period="512")
    assert (page.query["period"], page.value("tiled8"), page.warnings) == ("512", 8, [])
    assert all(moved(page, tab) for tab in ("growth", "shift", "layers"))

    def costs() -> list[list[str]]:
        return [[fact["text"] for fact in card["facts"][:3]] for card in page.layers("four_layers")]

    assert costs()[2] == costs()[1]
    page.put("tiled8", 1)
    assert page.query["period"] == "1"
    assert costs()[2] == costs()[3]
    for n in (0, 2):  # W, and its corner
        tiled, conv = (card["pictures"][n]["src"] for card in page.layers("four_layers")[2:])
        assert tiled == conv
    page.put("tiled8", 8)  # as many as there are outputs
    assert costs()[2] == costs()[1]


def is_plain(markdown: str) -> bool:
    """Whether Markdown shows this as it is: no punctuation of ASCII without a backslash before it, and no address."""
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", markdown)
    return not re.search(r"[!-/:-@\[-`{-~]", bare) and not re.search(r"\w\\?[.:@/]\w", markdown)


@pytest.mark.parametrize("text", ["", "<script>alert(1)</script>", "[1](//example.org)", "9" * 400])
def test_hostile_values_in_a_link_are_each_refused_in_words_and_the_sound_one_counts(text: str) -> None:
    names = {name for name, *_ in SETTINGS} - {"hop"}
    page = Page("shift", **GRID, **dict.fromkeys(names, text), hop="2")
    page.is_sound()
    assert (page.query, page.errors, page.shown == Page("shift", **GRID, hop="2").shown) == (
        {**GRID, "hop": "2"},
        [],
        True,
    )
    said = set(page.warnings)
    assert sorted(found for told in said for found in re.findall(r"^The link's (\w+) must be ", told)) == sorted(names)
    assert max(map(len, said)) < 400
    assert all(is_plain(node.value) for node in page.at.warning)
    page.run()
    assert page.warnings == []


def test_a_step_back_in_the_browser_brings_the_link_back() -> None:
    page = Page("shift", **GRID, down="1")
    before = page.shown
    page.put("down", 5)
    page.to("scramble").put("shuffle", 5)
    page.back(**GRID, down="1", comparison="shift")
    assert (page.query, page.shown) == ({**GRID, "down": "1"}, before)


def test_what_is_changed_in_a_tab_reaches_the_link_without_a_run_of_the_page() -> None:
    page = Page("shift", **GRID)
    with page.within(SECTION):
        page.put("down", 9)
    assert page.has("shifted")
    assert not page.has("picker")
    assert page.query == {**GRID, "down": "9"}
    page.run()
    assert page.shown == Page("shift", **GRID, down="9").shown


# Shifting and scrambling.


def test_dragging_the_picture_shifts_it_and_on_a_ring_the_map_moves_along_exactly() -> None:
    page = Page("shift")
    page.send("shift", "place", [2, -3])
    page.is_sound()
    assert (page.query, page.warnings) == ({"down": "2", "right": "-3"}, [])
    assert (page.value("down"), page.value("right"), page.data("shift")["at"]) == (2, -3, [2, -3])
    picture = sampled("pagoda", 32)
    *free, (difference, before, after) = page.maps("shifted")
    assert near(before, slid(np.roll(picture, (2, -3), (0, 1)), SOBEL, 1, "circular"))
    assert near(after, np.roll(slid(picture, SOBEL, 1, "circular"), (2, -3), (0, 1)))
    assert not difference.any()
    assert 1024 in page.numbers("shifted")[3]
    for difference, before, after in free:
        assert not np.allclose(before, after)
        assert np.allclose(before - after, difference, atol=1e-5)
    assert Page("shift", **page.query).shown == page.shown


@pytest.mark.parametrize(
    ("link", "moves"),
    [
        ({"hop": "2", "down": "4", "right": "-2", "period": "4"}, [False, False, False, True]),
        ({"hop": "2", "down": "4", "right": "-1"}, [False, False, False, False]),
        ({"down": "4", "right": "8", "period": "4"}, [False, False, True, True]),
        ({"border": "zeros", "down": "2"}, [False, False, False, False]),
        ({"down": "64", "right": "-64"}, [True, True, True, True]),  # as far as the small picture goes: all around
    ],
    ids=str,
)
def test_the_map_of_a_layer_moves_along_where_its_sharing_stride_and_border_let_it(
    link: dict[str, str], moves: list[bool]
) -> None:
    page = Page("shift", **link)
    page.is_sound()
    assert (page.query, page.warnings) == (link, [])
    assert [not difference.any() for difference, *_ in page.maps("shifted")] == moves
    assert page.maps("shifted")[3][0].shape == ((16, 16) if "hop" in link else (32, 32))
    if link["down"] == "64":
        assert (page.value("down"), page.value("right")) == (32, -32)


def test_rewired_the_fully_connected_layer_gives_the_same_bits_and_the_others_another_map() -> None:
    page = Page("scramble", side="12", shuffle="77", kernel="1,2,-3;4,0.5,7;-1,3,2")
    (picture, mixed), unmoved, rewired, conv = page.maps("scrambled")
    assert near(picture, sampled("pagoda", 12))
    assert sorted(picture.ravel()) == sorted(mixed.ravel())
    kernel = np.array([[1, 2, -3], [4, 0.5, 7], [-1, 3, 2]])
    truth, other = (slid(found.astype(np.float64), kernel) for found in (picture, mixed))
    for (before, after), wanted in ((unmoved, other), (rewired, truth), (conv, other)):
        assert near(before, truth)
        assert near(after, wanted)
    same = [int((before == after).sum()) for before, after in (unmoved, rewired, conv)]
    assert same[1] == 100 > max(same[0], same[2])
    told = [card["facts"][0] for card in page.data("scrambled")["cards"][1:]]
    assert [numbers(fact["text"]) for fact in told] == [{n, 100} for n in same]
    assert [fact["good"] for fact in told] == [False, True, False]
    titles = [card["title"] for card in page.data("scrambled")["cards"]]
    assert titles == ["The picture", "Fully connected, unchanged", "Fully connected, rewired", "Convolution"]


# The same feature, everywhere.


def same_as(picture: Map, window: Map) -> list[list[int]]:
    """Every place at which a picture has this window, number by number, as frames; a float32 may have rounded."""
    side = len(window)
    windows = np.lib.stride_tricks.sliding_window_view(picture, (side, side))
    return [[i, j, side, side] for i, j in np.argwhere(np.abs(windows - window).max(axis=(2, 3)) < 1e-6).tolist()]


@pytest.mark.parametrize("query", [{}, {"image": "cat", "side": "16", "pattern": "2,3,3", "pasted": "12"}], ids=str)
def test_one_shared_kernel_finds_every_copy_and_untied_weights_those_they_were_taught(query: dict[str, str]) -> None:
    page, placed = Page("find", **query), 1 + int(query.get("pasted", "6"))
    local, conv = page.data("detectors")["cards"]
    (top, left), (side, _) = page.data("pattern")["at"], page.data("pattern")["frame"]
    found, lesson, likeness = conv["pictures"]
    picture = as_map(found)
    pattern = picture[top : top + side, left : left + side]
    copies = same_as(picture, pattern)
    assert len(copies) >= placed
    assert [mark for mark in found["marks"] if mark in copies] == copies
    assert all(as_map(likeness)[i, j] > 1 - 1e-6 for i, j, _, _ in found["marks"])
    assert placed in numbers(page.said)
    assert numbers(conv["headline"]) == {placed}
    assert {side * side, as_map(likeness).size} <= page.numbers("detectors")[1]
    taught = same_as(as_map(lesson), (pattern - pattern.mean()).astype(np.float32))
    assert local["pictures"][0]["marks"] == [place for place in found["marks"] if place in taught]
    assert len(taught) in numbers(local["facts"][0]["text"])


def test_dragging_the_frame_chooses_the_square_and_its_side_stays() -> None:
    page = Page("find", **GRID)
    page.send("pattern", "place", [5, 1])
    page.is_sound()
    assert (page.query, page.data("pattern")["at"]) == ({**GRID, "pattern": "5,1,3"}, [5, 1])
    assert (page.warnings, moved(page, "find")) == ([], True)
    page.put("square", 6)  # from row 5 it would reach over the border
    assert page.query == {**GRID, "pattern": "5,1,6"}
    assert (page.data("pattern")["at"], page.data("pattern")["frame"]) == ([4, 1], [6, 6])
    assert [4, 1, 6, 6] in page.data("detectors")["cards"][1]["pictures"][0]["marks"]
    assert Page("find", **page.query).shown == page.shown


# Hostile drags.


DRAGS: list[object] = [None, [1, 2, 3], ["9" * 5000, "0"], [0, -(10**400)], [0, "[1](//example.org)"]]


@pytest.mark.parametrize(("key", "tab"), [("shift", "shift"), ("pattern", "find")])
def test_a_hostile_drag_is_explained_where_it_was_dragged_and_changes_nothing(key: str, tab: str) -> None:
    page = Page(tab, **GRID)
    for place in DRAGS:
        page.send(key, "place", place)
        page.is_sound()
        (reason,) = set(page.warnings)
        assert reason.startswith("Nothing was changed: ")
        assert len(reason) < 200
        assert all(is_plain(node.value) for node in page.at.warning)
        assert (page.query, page.errors) == (GRID, [])
    page.run()
    assert (page.warnings, moved(page, tab)) == ([], False)
    for event in ("choice", ""):  # what says something else
        page.send(key, event, [1, 2])
        page.is_sound()
    page.send(key, "place")
    page.is_sound()
    assert (page.query, moved(page, tab)) == (GRID, False)
    with page.within(SECTION):
        page.send(key, "place", [1e300, 0])
        page.is_sound()
        assert len(page.warnings) == 1


def test_what_was_refused_is_no_longer_said_once_a_change_was_made() -> None:
    page = Page("shift", **GRID)
    with page.within(SECTION):
        page.send("shift", "place", [1e300, 0])
        page.send("shift", "place", [1, 0])
        assert (page.query, page.warnings) == ({**GRID, "down": "1", "right": "0"}, [])


# Growth.


def test_the_growth_chart_holds_the_engines_counts_and_marks_the_visitors_picture() -> None:
    page = Page("growth", quantity="bytes", kernel="1,2,3;4,5,6", stride="2", padding="same", period="3", bias="1")
    spec = LayerSpec((2, 3), stride=2, padding="same", bias=True)
    *curves, ring = page.chart("costs")
    for kind, curve in zip(KINDS, curves, strict=True):
        assert (curve["x"], curve["y"]) == (SIDES, [count(kind, spec, (1, side, side), 3).bytes for side in SIDES])
    assert (ring["x"], ring["y"]) == ([64.0] * 4, [count(kind, spec, (1, 64, 64), 3).bytes for kind in KINDS])


# Measuring.


def sides_of(spec: LayerSpec) -> dict[Method, list[int]]:
    """What is measured of a layer that fits every size."""
    return {m: [side for side in SIDES if timing.needs(m, spec, (1, side, side)) <= MEMORY] for m in METHODS}


Measured = tuple[Method, LayerSpec, Shape]


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Measured]:
    """Measuring takes no time, and gives 1, 2 and 4 ms; the list fills with what was measured."""
    run: list[Measured] = []

    def instantly(method: Method, spec: LayerSpec, in_shape: Shape) -> Measurement:
        run.append((method, spec, in_shape))
        return Measurement(method, max(in_shape[1:]), (0.002, 0.001, 0.004))

    monkeypatch.setattr(measuring, "measure", instantly)
    monkeypatch.setattr(player, "SLICE", {"fast": 1e-9})
    return run


def test_each_run_measures_one_more_until_all_are_and_the_button_offers_it_again(measured: list[Measured]) -> None:
    page = Page("growth", **GRID, kernel="1,2,3;4,5,6", stride="2", bias="7", period="9")
    page.run()
    assert (measured, page.measured, page.has("times_stop")) == ([], 0, False)
    spec = LayerSpec((2, 3), stride=2, padding="valid")
    wanted = sides_of(spec)
    total = sum(map(len, wanted.values()))
    page.press("times_start")
    for done in range(1, total):
        assert (page.measured, len(measured)) == (done, done)
        assert (page.has("times_start"), page.has("times_stop")) == (False, True)
        page.run()
    page.run()
    page.run()
    assert (page.measurements, page.has("times_start"), page.has("times_stop")) == (wanted, True, False)
    order = [(m, spec, (1, side, side)) for side in SIDES for m in METHODS if side in wanted[m]]
    assert measured == order
    for trace in page.chart("times"):
        assert set(trace["y"]) == {0.002}
        assert set(trace["error_y"]["array"]) == {0.002}
        assert trace["error_y"]["arrayminus"] == pytest.approx([0.001] * len(trace["x"]))


def test_the_clock_alone_measures_to_the_end_and_then_the_button_comes_back(measured: list[Measured]) -> None:
    page = Page("growth", **GRID)
    total = sum(map(len, sides_of(LayerSpec(3)).values()))
    page.press("times_start")
    while len(measured) < total:
        done = len(measured)
        with page.within(TIMES):
            page.run()
        assert len(measured) == done + 1
    with page.within(TIMES):
        page.run()
    assert (page.measured, page.has("times_start"), page.has("times_stop")) == (total, True, False)
    assert page.has("costs")  # the whole page was run: the button is not part of what ticks


def test_measuring_goes_on_after_another_page_stops_when_told_and_starts_over(measured: list[Measured]) -> None:
    page = Page("growth", **GRID)
    page.press("times_start")
    page.go("explore")
    assert len(measured) == 1
    page.go("compare")
    assert (page.measured, page.has("times_stop")) == (2, True)
    page.press("times_stop")
    page.run()
    assert (page.measured, len(measured), page.has("times_start"), page.has("times_stop")) == (2, 2, True, False)
    page.press("times_start")
    assert (page.measured, len(measured), page.has("times_stop")) == (1, 3, True)


def test_another_kernel_size_begins_anew_and_another_kernel_does_not(measured: list[Measured]) -> None:
    page = Page("growth", image="grid", side="20")
    page.press("times_start")
    page.send("presets", "choice", "box")
    page.is_sound()
    assert (page.measured, page.has("times_stop")) == (2, True)
    for field, value in [("K", 5), ("stride", 3), ("dilation", 2)]:
        page.put(field, value)
        assert (page.measured, page.has("times_start"), page.has("times_stop")) == (0, True, False)
        page.press("times_start")
        assert page.measured == 1
    assert measured[-1][1] == LayerSpec((5, 3), stride=3, padding="valid", dilation=2)


def test_a_measurement_without_memory_is_said_in_words_and_can_be_started_again(
    measured: list[Measured], monkeypatch: pytest.MonkeyPatch
) -> None:
    def starved(*_: object) -> Measurement:
        raise MemoryError

    page = Page("growth", **GRID)
    with monkeypatch.context() as patch:
        patch.setattr(measuring, "measure", starved)
        page.press("times_start")
    assert any("memory" in text for text in (*page.errors, *page.warnings))
    assert set(page.shown) == {"costs"}
    page.run()
    assert (page.has("times_start"), page.has("times_stop"), measured) == (True, False, [])
    page.press("times_start")
    assert (page.measured, page.errors, page.warnings) == (1, [], [])


def test_what_does_not_fit_the_memory_is_named_and_what_is_measured_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "SLICE", {"fast": 1e-9})
    page = Page("growth", **GRID)
    lines = [text.value for text in page.at.markdown if "would need" in text.value]
    for method, line in zip(METHODS, lines, strict=True):
        sides = [side for side in SIDES if side not in sides_of(LayerSpec(3))[method]]
        assert [int(side) for side in re.findall(r"at (\d+)", line)] == sides
        assert min(sizes(line)) > MEMORY
    page.press("times_start")
    page.press("times_stop")
    ((seconds,),) = [trace["y"] for trace in page.chart("times") if trace["y"]]
    assert seconds > 0


# Layers that cannot be.


NO_SMALL = {"layers", "scramble", "transposed"}  # the tabs of the small picture alone
NO_WHOLE = {*NO_SMALL, "saving", "growth"}


@pytest.mark.parametrize(
    ("query", "missing", "reasons"),
    [
        (
            {"image": "digit", "side": "8", "kernel": square(15)},
            NO_WHOLE,
            {15, 8},
        ),
        (
            {"kernel": square(15), "dilation": "8"},
            {*NO_WHOLE, "shift"},
            {15, 113, 64},
        ),
        (
            {"side": "32", "padding": "64", "mode": "circular"},
            NO_WHOLE,
            {64, 32},
        ),
        (
            {"side": "32", "padding": "33", "mode": "reflect"},
            NO_WHOLE,
            {33, 31},
        ),
        ({"padding": "64", "mode": "circular"}, NO_SMALL, set()),
        (
            {"padding": "64", "mode": "replicate", "kernel": square(15), "side": "16"},
            NO_SMALL,
            set(),
        ),
        ({"image": "digit", "side": "8", "kernel": "1", "stride": "16", "padding": "1"}, None, set()),
        ({"image": "digit", "side": "8", "kernel": "1", "stride": "16", "padding": "1", "draw": "1"}, None, set()),
    ],
    ids=["wide kernel", "dilated", "circular", "reflect", "small picture alone", "too many", "no pixel", "no weight"],
)
def test_a_layer_that_cannot_be_is_explained_where_it_would_be_and_the_other_tabs_are_there(
    query: dict[str, str], missing: set[str] | None, reasons: set[int]
) -> None:
    page = Page(**query)
    said: dict[str, str] = {}
    for tab in HOMES:
        assert page.to(tab).is_whole(tab)
        assert page.query == query
        assert len(page.errors) <= 1
        said |= {tab: page.refusal} if page.errors else {}
    limits = {LIMIT, LOCAL_LIMIT}
    if missing is None:
        assert {"layers", "saving", "scramble", "transposed"} <= set(said)
        assert all("pixel" in reason and not numbers(reason) & limits for reason in said.values())
        return
    assert set(said) == missing
    if "saving" in missing:
        assert reasons <= numbers(said["saving"]) & numbers(said["growth"])
    if query.get("mode") == "replicate":
        assert all(limits <= numbers(reason) for reason in said.values())
    if "shift" in missing:  # shifted, the layer fits a picture of 56 pixels and more, and has too many weights there
        assert LIMIT in numbers(said["shift"])


def test_a_way_back_from_a_layer_that_cannot_be_brings_everything_back() -> None:
    page = Page(kernel=square(15), side="8")
    assert page.errors
    page.put("side", 64)
    assert (page.errors, set(page.shown)) == ([], {"four_layers"})
    for field, value in (("dilation", 8), ("dilation", 1), ("K", 3), ("L", 3)):
        page.put(field, value)
        assert bool(page.errors) == (value == 8)
    page.send("presets", "choice", "sobel_vertical")
    assert (page.errors, page.shown, page.query) == ([], first().shown, {})


EDGES = [
    {"padding": "64", "kernel": square(15), "mode": "replicate", "bias": "-1e6"},
    {"image": "dot", "side": "8", "kernel": square(15), "padding": "full", "stride": "16", "mode": "zeros"},
    {"side": "512", "kernel": square(15), "dilation": "3", "colour": "rgb"},
    {"kernel": "0,0,0;0,0,0;0,0,0", "draw": "3", "hop": "2", "down": "1"},
    {"kernel": "5e-324", "activation": "tanh"},
    {"kernel": square(3).replace("1", "-1e6"), "bias": "1e6", "activation": "sigmoid"},
    {"image": "checkerboard", "side": "8", "pasted": "24", "pictures": "60", "pattern": "511,511,15"},
    {"side": "8", "kernel": square(8), "stride": "16", "draw": "9999"},
]


@pytest.mark.parametrize("query", EDGES, ids=lambda query: str(query)[:60])
def test_layers_at_the_edge_of_what_is_allowed_are_shown_or_refused_and_every_number_is_one(
    query: dict[str, str],
) -> None:
    page = Page(**query)
    for tab in HOMES:
        assert page.to(tab).is_whole(tab)
        assert page.warnings == []
        shown = [key for key in CARDS if key in page.sent]
        assert all(np.isfinite(map).all() for key in shown for maps in page.maps(key) for map in maps)


# Pictures.


def is_compared(page: Page, picture: Floats) -> bool:
    """Whether this picture is in the four layers and in what is scrambled."""
    truth = slid(picture, SOBEL)
    scrambled = page.to("scramble").maps("scrambled")[0][0]
    maps = [near(map, truth) for (map,) in page.to("layers").maps("four_layers")]
    return len(maps) == 4 and all(maps) and near(scrambled, picture)


def test_samples_drawings_and_colour_are_compared_in_grey() -> None:
    page = Page(colour="rgb", image="dahlia", side="12")
    assert is_compared(page, sampled("dahlia", 12))
    assert page.shown == Page(image="dahlia", side="12").shown
    for name in ("digit", "drawing"):
        page.send("picker", "choice", name)
        page.is_sound()
        assert page.errors == []
    assert not page.maps("four_layers")[0][0].any()
    for side in (8, 32):
        levels = np.random.default_rng(side).integers(0, 16, (side, side))
        drawing = "-".join("".join(f"{level:x}" for level in row) for row in levels.tolist())
        assert is_compared(Page(image="drawing", drawing=drawing), levels / 15)


def test_a_flat_picture_breaks_no_section_and_is_said_to_have_nothing_to_find() -> None:
    page = Page(**GRID)
    page.upload("flat.png", saved(np.full((12, 12, 3), 128, np.uint8)))
    assert (page.errors, page.warnings) == ([], [])
    assert all(near(map, np.zeros(map.shape)) for (map,) in page.maps("four_layers"))
    assert all(page.to(tab).is_whole(tab) for tab in HOMES)
    page.to("scramble")
    assert [card["facts"][0]["good"] for card in page.data("scrambled")["cards"][1:]] == [True] * 3
    assert "uniformly grey" in page.to("find").said
    page.upload("lively.png", png((255, 255, 255), (12, 12)))
    assert "uniformly grey" not in page.said
    assert all(card["headline"] for card in page.data("detectors")["cards"])


def test_an_upload_is_compared_at_the_visitors_side_in_this_session_alone_until_another_is_read() -> None:
    one, other = Page(side="12"), Page(side="12")
    before, white = other.shown, png((255, 255, 255), (30, 30))
    noise = saved(np.random.default_rng(3).integers(0, 256, (30, 30, 3)).astype(np.uint8))
    link = {"image": "upload", "side": "12"}
    for content in (white, noise):
        one.upload("mine.png", content)
        assert (one.query, one.warnings) == (link, [])
        assert is_compared(one, of_upload(content, 12))
        assert "12 × 12 pixels" in one.said
    shown = one.shown
    for content in (b"%PDF-1.7", b"", white[:70]):
        one.upload("bad.png", content)
        assert (one.shown, one.query, one.errors) == (shown, link, [])
        (reason,) = set(one.warnings)
        assert reason.endswith(" The previous picture was kept.")
    other.put("tiled10", 5)
    other.put("tiled10", 2)
    assert (other.shown, other.query) == (before, {"side": "12"})
    third = Page(**link)  # the link holds no picture
    (reason,) = set(third.warnings)
    assert "not part of the link" in reason
    assert (third.shown, third.query) == (before, {"side": "12"})


def test_a_thin_picture_is_compared_where_the_layer_fits_and_never_breaks_the_page() -> None:
    page, noise = Page(padding="same"), np.random.default_rng(4).integers(0, 256, (400, 400, 3), np.uint8)
    for thin in (noise[:4], noise[:, :13], noise[:200, :1]):
        page.upload("thin.png", saved(thin))
        assert all(page.to(tab).is_whole(tab) for tab in HOMES)


# One session, two pages.


def test_each_page_keeps_its_settings_and_picture_kernel_and_geometry_are_shared() -> None:
    page = Page("scramble", **GRID, shuffle="5", down="1", untied="0,0,0,99")
    assert (
        page.shown == Page("scramble", **GRID, shuffle="5", down="1").shown
    )  # weights untied on Explore are tied here
    page.go("explore")
    assert page.query == {**GRID, "untied": "0,0,0,99"}
    page.put("stride", 2)
    page.send("presets", "choice", "box")
    page.is_sound()
    shared = page.query
    assert (shared["stride"], set(shared)) == ("2", {"image", "side", "stride", "kernel"})
    page.go("compare")
    assert page.query == {**shared, "shuffle": "5", "down": "1"}
    assert page.shown == Page("scramble", **page.query).shown
    page.put("shuffle", 6)
    page.put("stride", 3)
    page.go("explore")
    assert page.query == shared | {"stride": "3"}
    assert page.data("loom")["rows"]["out"] == 3  # (10 − 3) / 3 and one


def test_what_is_allowed_on_explore_and_impossible_here_leaves_explore_as_it_was() -> None:
    page = Page(padding="64", mode="circular")
    assert page.errors
    page.go("explore")
    assert (page.errors, page.data("loom")["rows"]["out"]) == ([], 64 + 2 * 64 - 2)
