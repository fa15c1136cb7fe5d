"""The Compare page as a visitor meets it: every number is the engine's, every control and link moves what it names.

No browser: `Visitor` reads what the components are sent, and answers in their place.
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.pages.compare import timing as measuring
from components.widgets import player
from kernels.images.decode import decode, planes, resize
from kernels.images.samples import SAMPLES, sample
from kernels.layer import timing
from kernels.layer.counts import KINDS, count
from kernels.layer.spec import LayerSpec, Shape, SpecError
from kernels.layer.timing import MEMORY, METHODS, Measurement, Method
from kernels.layer.wiring import wiring
from tests.support.oracles import Geometry, Pads, correlate_geometry, loop_connections, loop_correlate, parameter_count
from tests.support.text import sizes
from tests.support.visitor import Visitor, png, saved

Map = NDArray[np.float32]
Floats = NDArray[np.float64]

CARDS = ("four_layers", "shifted", "scrambled", "detectors")
CHARTS = ("saving", "costs")
ANCHORS = ["saving", "growth", "shift", "scramble", "everywhere"]
FOUR_LAYERS, TIMES, SHIFT, EVERYWHERE = 0, 3, 4, 6  # the page's fragments, counted from above
SOBEL = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
LIMIT, LOCAL_LIMIT = 2**21, 2**19  # connections that are wired up here: fully and locally connected
SIDES = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]


def as_map(picture: dict[str, Any]) -> Map:
    return np.frombuffer(b64decode(picture["values"]), "<f4").reshape(picture["shape"])


def numbers(text: str) -> set[int]:
    """The whole numbers in a text, with or without commas."""
    return {int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)}


class Page(Visitor):
    """One visitor's session on the Compare page."""

    path = "compare"

    def layers(self, key: str) -> list[dict[str, Any]]:
        """The cards about layers: the four layers begins with what goes in."""
        return [card for card in self.data(key)["cards"] if card["title"] != "Your picture"]

    def maps(self, key: str) -> list[list[Map]]:
        """Of each card, the pictures that have numbers in them."""
        return [[as_map(p) for p in card["pictures"] if p["values"]] for card in self.layers(key)]

    def numbers(self, key: str) -> list[set[int]]:
        """Of each card, the whole numbers in its headline and facts."""
        return [
            numbers(" ".join([card["headline"], *(fact["text"] for fact in card["facts"])]))
            for card in self.layers(key)
        ]

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

    @property
    def sections(self) -> list[tuple[str, Any]]:
        """The nodes of the page from above, each with the anchor of the section it is in; "" is the first one."""
        found, anchor = [], ""
        for node in self.at.main:
            anchor = node.proto.anchor if node.type == "header" else anchor
            found.append((anchor, node))
        return found

    @property
    def refusals(self) -> dict[str, str]:
        """By section: why it is not there."""
        return {anchor: node.value.replace("\\", "") for anchor, node in self.sections if node.type == "error"}

    def said(self, section: str) -> str:
        """All that is written in a section."""
        texts = (
            node.value for anchor, node in self.sections if anchor == section and node.type in ("markdown", "caption")
        )
        return " ".join(texts)

    @property
    def laps(self) -> dict[Method, list[int]]:
        """The sides that were measured, as the chart shows them."""
        traces = self.chart("times") if self.has("times") else [{"x": []}] * len(METHODS)
        return {runner: trace["x"] for runner, trace in zip(METHODS, traces, strict=True)}

    @property
    def measured(self) -> int:
        return sum(map(len, self.laps.values()))


@cache
def first() -> Page:
    """A first visit, to compare with: nothing is ever done in it."""
    return Page()


def link_to(g: Geometry, kernel: Floats, **more: str) -> dict[str, str]:
    """The link that leads to this layer on the coded grid, a picture that is square and computed at any size."""
    padding = g.padding if isinstance(g.padding, str) else str(g.padding[0])
    numbers = {"side": str(g.in_shape[1]), "stride": str(g.stride[0]), "dilation": str(g.dilation[0])}
    taps = ";".join(",".join(map(str, row)) for row in kernel.tolist())
    return {"image": "grid", "kernel": taps, "padding": padding, "mode": g.mode, **numbers, **more}


def square(taps: int) -> str:
    """A kernel of ones, as a link has it."""
    return ";".join([",".join(["1"] * taps)] * taps)


def sampled(name: str, side: int) -> Floats:
    """The grey picture (H, W)."""
    picture: Floats = planes(sample(name, side), "grey")[0] / 255
    return picture


def near(map: Map, truth: Floats) -> bool:
    """Equal, but for what float32 cannot hold."""
    return map.shape == truth.shape and bool(np.abs(map - truth).max() <= 1e-6 * max(1.0, float(np.abs(truth).max())))


def slid(picture: Floats, kernel: Floats, pads: Pads = ((0, 0), (0, 0)), mode: str = "zeros") -> Floats:
    """The output of a picture (H, W), by loops."""
    output: Floats = loop_correlate(picture[None], kernel[None, None], (1, 1), pads, (1, 1), 1, mode, None)[0]
    return output


def same(picture: Floats, kernel: Floats, mode: str = "circular") -> Floats:
    """The output as large as the picture (H, W), by loops; the kernel has odd sides."""
    K, L = (n // 2 for n in kernel.shape)
    return slid(picture, kernel, ((K, K), (L, L)), mode)


# The page.


def test_a_first_visit_shows_six_sections_in_order_without_a_word_of_warning() -> None:
    page = Page()
    page.is_sound()
    assert (page.errors, page.warnings, page.query) == ([], [], {})
    keys = [node.key for _, node in page.sections if getattr(node, "key", None) in (*CARDS, *CHARTS, "times_start")]
    assert keys == ["four_layers", "saving", "costs", "times_start", "shifted", "scrambled", "detectors"]
    before = page.shown
    page.run()
    assert page.shown == before == first().shown
    anchors = [anchor for anchor, _ in page.sections]
    assert list(dict.fromkeys(anchors)) == ["", *ANCHORS]
    linked = [anchor for text in page.at.markdown for anchor in re.findall(r"\(#([\w-]+)\)", text.value)]
    assert linked == ANCHORS


# Four layers, one map.


LAYERS = [
    Geometry("plain", (1, 10, 10), (3, 3)),
    Geometry("strided and dilated", (1, 9, 9), (2, 3), stride=(2, 2), padding=(1, 1), dilation=(2, 2), bias=True),
    Geometry("a ring", (1, 8, 8), (3, 2), padding=(2, 2), mode="circular"),
    Geometry("full of mirrors", (1, 9, 9), (2, 2), padding="full", mode="reflect"),
    Geometry("one output", (1, 8, 8), (8, 8)),
    Geometry("one tap", (1, 8, 8), (1, 1), bias=True),
]  # fmt: skip


@pytest.mark.parametrize("g", LAYERS, ids=str)
def test_the_layer_of_a_link_is_counted_in_all_four_kinds_and_computes_one_map(g: Geometry) -> None:
    kernel = np.random.default_rng(5).integers(-9, 10, g.kernel_size).astype(np.float64)
    bias = np.array([0.5]) if g.bias else None
    page = Page(**link_to(g, kernel, period="3", **({"bias": "0.5"} if g.bias else {})))
    page.is_sound()
    assert (page.errors, page.warnings) == ([], [])
    truth = correlate_geometry(g, sampled("grid", g.in_shape[1])[None], kernel[None, None], bias)[0]
    period = 3, 3
    for kind, found, maps in zip(KINDS, page.numbers("four_layers"), page.maps("four_layers"), strict=True):
        links = loop_connections(kind, g, period)
        products = sum(source < g.n_inputs for _, source, _ in links)
        assert {parameter_count(kind, g, period), len(links), products} <= found
        (map,) = maps
        assert near(map, truth)
    dense, local, conv = (parameter_count(kind, g) for kind in ("dense", "local", "conv"))
    assert {dense, local, conv} <= numbers(page.said("saving"))
    ring = page.chart("costs")[-1]
    assert ring["x"] == pytest.approx([g.in_shape[1]] * 4)
    assert ring["y"] == [parameter_count(kind, g, period) for kind in KINDS]


def test_the_picture_is_made_small_enough_to_wire_up_every_weight() -> None:
    page = Page()
    costs = {900 * 1024}, {900 * 9}, {2 * 2 * 9, 900 * 9}, {9, 900 * 9}
    assert all(cost <= found for cost, found in zip(costs, page.numbers("four_layers"), strict=True))
    truth = slid(sampled("pagoda", 32), SOBEL)
    assert all(near(map, truth) for (map,) in page.maps("four_layers"))
    assert {15_745_024, 34_596, 9, 455, 3844, 15_745_024 // 9} <= numbers(page.said("saving"))


def test_true_convolution_turns_the_kernel() -> None:
    kernel = np.array([[1.0, 2], [3, 5], [-4, 7]])
    g = Geometry("plain", (1, 8, 8), (3, 2))
    page = Page(**link_to(g, kernel, flip="1"))
    truth = correlate_geometry(g, sampled("grid", 8)[None], kernel[::-1, ::-1][None, None], None)[0]
    assert all(near(map, truth) for (map,) in page.maps("four_layers"))


def test_free_weights_make_four_maps_and_the_seed_decides_which() -> None:
    page = Page()
    assert not page.has("field:draw")
    drawn, counts = [page.maps("four_layers")[0][0]], first().numbers("four_layers")
    page.put("numbers", False)
    assert (page.query, page.value("draw")) == ({"draw": "1"}, 1)
    one = page.shown
    drawn += [map for (map,) in page.maps("four_layers")]
    page.put("draw", 2)
    assert page.query == {"draw": "2"}
    drawn += [map for (map,) in page.maps("four_layers")]
    assert not any(np.allclose(a, b) for n, a in enumerate(drawn) for b in drawn[:n])
    for found, equal in zip(page.numbers("four_layers"), counts, strict=True):
        assert {n for n in equal if n > 8} <= found
    assert Page(draw="2").shown == page.shown
    page.put("draw", 1)
    assert page.shown == one
    page.put("numbers", True)
    assert (page.query, page.shown, page.has("field:draw")) == ({}, first().shown, False)


def nearest(W: Floats, kind: str, g: Geometry, period: int) -> float:
    """The share of ‖W‖² that is left of a matrix when every weight of this kind is the mean of what it replaces."""
    cells: dict[object, list[tuple[int, int]]] = {}
    for target, source, key in loop_connections(kind, g, (period, period)):
        cells.setdefault(key, []).append((target, source))
    left = np.zeros(W.shape)
    for places in cells.values():
        mean = sum(W[place] for place in places) / len(places)
        for place in places:
            left[place] = mean
    return float((left**2).sum() / (W**2).sum())


def test_what_the_next_layer_could_copy_is_the_projection_by_loops() -> None:
    page, g = Page(image="digit", side="8", draw="4", period="3"), Geometry("drawn", (1, 8, 8), (3, 3))
    facts = [card["facts"][-1] for card in page.layers("four_layers")]
    for n, (kind, poorer) in enumerate(pairwise(KINDS)):
        wires = wiring(kind, LayerSpec(3), (1, 8, 8), 3)
        drawn = wires.matrix(np.random.default_rng([4, n]).standard_normal(wires.n_params)).toarray()
        share = float(facts[n]["text"].removesuffix(" %"))
        assert share == pytest.approx(100 * nearest(drawn, poorer, g, 3), rel=0.051)
    assert facts[3]["text"] == "—"


def test_a_layer_with_one_output_has_no_period_to_choose() -> None:
    page = Page(image="digit", side="8", kernel=square(8))
    page.is_sound()
    assert not page.has("field:tiled30")
    assert page.errors == []


# Links and controls.


SETTINGS: list[tuple[str, str, str, object, str]] = [
    ("draw", "1", "numbers", False, "four_layers"),
    ("draw", "7", "draw", 7, "four_layers"),
    ("quantity", "bytes", "quantity", "bytes", "costs"),
    ("quantity", "multiply_adds", "quantity", "multiply_adds", "costs"),
    ("down", "-2", "down", -2, "shifted"),
    ("right", "9", "right", 9, "shifted"),
    ("border", "zeros", "border", "zeros", "shifted"),
    ("hop", "2", "hop", 2, "shifted"),
    ("shuffle", "9999", "shuffle", 9999, "scrambled"),
    ("pasted", "2", "pasted", 2, "detectors"),
    ("places", "0", "places", 0, "detectors"),
    ("pictures", "30", "pictures", 30, "detectors"),
]
GRID = {"image": "grid", "side": "10"}  # ten pixels, no two alike: quick, and every setting is seen


@cache
def grid() -> Page:
    """A first visit with the grid: nothing is ever done in it."""
    return Page(**GRID)


def moved(page: Page) -> set[str]:
    """What is not as on a first visit."""
    return {key for key, shown in page.shown.items() if shown != grid().shown[key]}


@pytest.mark.parametrize(
    ("name", "text", "section"),
    [*((name, text, section) for name, text, _, _, section in SETTINGS), ("pattern", "2,6,4", "detectors")],
)
def test_a_link_moves_the_section_it_names_and_no_other(name: str, text: str, section: str) -> None:
    page = Page(**GRID, **{name: text})
    assert (page.errors, page.warnings, page.query) == ([], [], {**GRID, name: text})
    assert moved(page) == {section}


@pytest.mark.parametrize("section", list(dict.fromkeys(setting[4] for setting in SETTINGS)))
def test_a_control_moves_its_section_and_the_link_brings_back_what_it_made(section: str) -> None:
    page, link = Page(**GRID), dict(GRID)
    for name, text, field, value, home in SETTINGS:
        if home == section:
            before = page.shown
            page.put(field, value)
            link[name] = text
            assert (page.query, page.value(field), page.errors, page.warnings) == (link, value, [], [])
            assert {key for key, shown in page.shown.items() if shown != before[key]} == {section}
    assert Page(**link).shown == page.shown


def test_every_value_of_a_link_is_in_its_control() -> None:
    link = {name: text for name, text, *_ in SETTINGS} | {"pattern": "2,6,4", "period": "3"}
    page = Page(**GRID, **link)
    assert (page.query, page.errors, page.warnings) == ({**GRID, **link}, [], [])
    for field, value in {field: value for _, _, field, value, _ in SETTINGS}.items():
        assert page.value(field) == value
    assert (page.value("square10"), page.data("pattern")["at"]) == (4, [2, 6])
    assert page.value("tiled8") == 3
    assert moved(page) == {"four_layers", "costs", "shifted", "scrambled", "detectors"}


def test_the_period_moves_what_has_a_tiled_layer() -> None:
    assert moved(Page(**GRID, period="3")) == {"four_layers", "costs", "shifted"}


def test_a_period_beyond_the_map_is_locally_connected_and_one_is_the_convolution() -> None:
    page = Page(**GRID, period="512")
    assert (page.query["period"], page.value("tiled8"), page.warnings) == ("512", 8, [])

    def costs() -> list[list[str]]:
        return [[fact["text"] for fact in card["facts"][:3]] for card in page.layers("four_layers")]

    _, local, tiled, _ = costs()
    assert tiled == local
    assert "locally connected" in page.layers("four_layers")[2]["note"]
    page.put("tiled8", 1)
    assert page.query["period"] == "1"
    _, _, tiled, conv = costs()
    assert tiled == conv
    whole, corner = ([card["pictures"][n]["src"] for card in page.layers("four_layers")[2:]] for n in (0, 2))
    assert (whole[0], corner[0]) == (whole[1], corner[1])
    page.put("tiled8", 8)  # as many as there are outputs
    assert costs()[2] == local


EVERYTHING = ["", "x" * 20_000, "<script>alert(1)</script>", "nan", "1e300", "[1](//example.org)"]
DOMAINS: dict[str, list[str]] = {
    "draw": ["-1", "10000", "1.5"],
    "quantity": ["Bytes", "parameters ", "0"],
    "down": ["65", "-65", "1.0"],
    "right": ["-65", "65", "--1"],
    "border": ["Zeros", "reflect", "none"],
    "hop": ["0", "3", "-1"],
    "shuffle": ["-1", "10000", "1,000"],
    "pattern": ["8,26", "8,26,2", "512,0,9"],
    "pasted": ["0", "25", "true"],
    "places": ["-1", "10000", "9" * 400],
    "pictures": ["0", "61", "None"],
}
HOSTILE = [dict.fromkeys(DOMAINS, text) for text in EVERYTHING] + [
    {name: texts[n] for name, texts in DOMAINS.items()} for n in range(3)
]
NOT_ESCAPED = re.compile(r"[!-/:-@\[-`{-~]")


def is_plain(markdown: str) -> bool:
    """Whether Markdown shows this as it is: no punctuation of ASCII without a backslash before it, and no address."""
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", markdown)
    return not NOT_ESCAPED.search(bare) and not re.search(r"\w\\?[.:@/]\w", markdown)


@pytest.mark.parametrize("damaged", HOSTILE, ids=lambda damaged: str(damaged["draw"])[:12])
def test_hostile_values_in_a_link_are_each_refused_in_words_and_nothing_moves(damaged: dict[str, str]) -> None:
    page = Page(**GRID, **damaged)
    page.is_sound()
    assert (page.query, page.errors, moved(page)) == (GRID, [], set())
    said = set(page.warnings)
    assert sorted(found for text in said for found in re.findall(r"^The link's (\w+) must be ", text)) == sorted(
        DOMAINS
    )
    assert len(said) == len(DOMAINS)
    assert max(map(len, said)) < 400
    assert all(is_plain(node.value) for node in page.at.warning)
    page.run()
    assert page.warnings == []


def test_a_damaged_value_is_refused_and_the_rest_of_the_link_counts() -> None:
    page = Page(**GRID, down="nan", shuffle="5", stride="<b>9</b>", hop="2", period="3")
    sound = {**GRID, "shuffle": "5", "hop": "2", "period": "3"}
    assert page.query == sound
    assert page.shown == Page(**sound).shown
    down, stride = sorted(set(page.warnings))
    assert down.startswith("The link's down must be a whole number from -64 to 64, not “nan”")
    assert stride.startswith("The link's stride must be a whole number from 1 to 16, not “<b>9</b>”")


def test_one_visitors_settings_are_not_anothers() -> None:
    one, other = Page(), Page()
    one.put("shuffle", 5)
    other.run()
    assert (other.query, other.shown) == ({}, first().shown)
    assert one.query == {"shuffle": "5"}


def test_a_step_back_in_the_browser_brings_the_link_back() -> None:
    page = Page(down="1")
    before = page.shown
    page.put("shuffle", 5)
    page.put("numbers", False)
    page.back(down="1")
    assert (page.query, page.shown) == ({"down": "1"}, before)


def test_what_is_changed_in_a_section_reaches_the_link_without_a_run_of_the_others() -> None:
    page = Page()
    with page.within(SHIFT):
        page.put("down", 9)
    assert page.has("shifted")
    assert not any(page.has(key) for key in ("four_layers", "growth", "scrambled", "detectors", "picker"))
    assert page.query == {"down": "9"}
    page.run()
    assert (page.query, page.shown) == ({"down": "9"}, Page(down="9").shown)


# Shifting.


def shifted(picture: Floats, down: int, right: int) -> Floats:
    """What leaves is lost, and 0 comes in."""
    moved = np.zeros(picture.shape)
    for i, j in np.ndindex(picture.shape):
        if 0 <= i - down < len(picture) and 0 <= j - right < len(picture[0]):
            moved[i, j] = picture[i - down, j - right]
    return moved


def test_dragging_the_picture_shifts_it_and_on_a_ring_the_map_moves_along_exactly() -> None:
    page = Page()
    page.send("shift", "place", [2, -3])
    page.is_sound()
    assert page.query == {"down": "2", "right": "-3"}
    assert (page.value("down"), page.value("right"), page.data("shift")["at"]) == (2, -3, [2, -3])
    assert page.warnings == []
    picture = sampled("pagoda", 32)
    columns = page.maps("shifted")
    before, after, difference = columns[3]
    assert near(before, same(np.roll(picture, (2, -3), (0, 1)), SOBEL))
    assert near(after, np.roll(same(picture, SOBEL), (2, -3), (0, 1)))
    assert not difference.any()
    assert 1024 in page.numbers("shifted")[3]
    for before, after, difference in columns[:3]:
        assert not np.allclose(before, after)
        assert np.allclose(before - after, difference, atol=1e-5)
    assert Page(**page.query).shown == page.shown


def test_where_pixels_are_lost_the_map_moves_along_only_away_from_the_border() -> None:
    page = Page(border="zeros", down="2", right="-3")
    picture = sampled("pagoda", 32)
    before, after, difference = page.maps("shifted")[3]
    assert near(before, same(shifted(picture, 2, -3), SOBEL, "zeros"))
    assert near(after, shifted(same(picture, SOBEL, "zeros"), 2, -3))
    assert difference.any()
    inside = difference[3:31, 1:28]
    assert not inside.any()


def test_with_stride_2_only_an_even_shift_moves_the_map() -> None:
    even, odd = Page(hop="2", down="4", right="-2"), Page(hop="2", down="4", right="-1")
    before, after, difference = even.maps("shifted")[3]
    assert before.shape == (16, 16)
    assert np.array_equal(before, after)
    assert not difference.any()
    assert odd.maps("shifted")[3][2].any()


def test_a_tiled_layer_moves_along_by_multiples_of_its_period_alone() -> None:
    along, between = Page(down="4", right="8", period="4"), Page(down="4", right="6", period="4")
    assert [columns[2].any() for columns in along.maps("shifted")] == [True, True, False, False]
    assert [columns[2].any() for columns in between.maps("shifted")] == [True, True, True, False]


def test_a_shift_beyond_the_small_picture_is_kept_and_shown_as_far_as_it_goes() -> None:
    page = Page(down="64", right="-64")
    page.is_sound()
    assert (page.query, page.warnings) == ({"down": "64", "right": "-64"}, [])
    assert (page.value("down"), page.value("right")) == (32, -32)
    assert not page.maps("shifted")[3][2].any()


# Scrambling.


@pytest.mark.parametrize("shuffle", ["0", "1", "77"])
def test_rewired_the_fully_connected_layer_gives_the_same_bits_and_the_others_another_map(shuffle: str) -> None:
    page = Page(side="12", shuffle=shuffle, kernel="1,2,-3;4,0.5,7;-1,3,2")
    (picture, mixed), unmoved, rewired, conv = page.maps("scrambled")
    assert near(picture, sampled("pagoda", 12))
    assert sorted(picture.ravel()) == sorted(mixed.ravel())
    assert not np.array_equal(picture, mixed)
    assert np.array_equal(rewired[0], rewired[1])
    kernel = np.array([[1, 2, -3], [4, 0.5, 7], [-1, 3, 2]])
    truth, other = (slid(found.astype(np.float64), kernel) for found in (picture, mixed))
    for before, after in (unmoved, conv):
        assert near(before, truth)
        assert near(after, other)
        assert not np.array_equal(before, after)
    assert near(rewired[0], truth)
    same = [int((before == after).sum()) for before, after in (unmoved, rewired, conv)]
    assert same[1] == 100
    told = [card["facts"][0] for card in page.data("scrambled")["cards"][1:]]
    assert [numbers(fact["text"]) for fact in told] == [{n, 100} for n in same]
    assert [fact["good"] for fact in told] == [False, True, False]
    titles = [card["title"] for card in page.data("scrambled")["cards"]]
    assert titles == ["The picture", "Fully connected, as it was", "Fully connected, rewired", "Convolution"]


# The same feature, everywhere.


def alike(picture: Map, corner: tuple[int, int], side: int) -> list[list[int]]:
    """Every window that is the square at this corner, in this or another contrast, as frames."""
    i, j = corner
    windows = np.lib.stride_tricks.sliding_window_view(picture.astype(np.float64), (side, side))
    flat = windows.reshape(*windows.shape[:2], -1)
    flat = flat - flat.mean(axis=2, keepdims=True)
    size = np.sqrt((flat**2).sum(axis=2))
    likeness = flat @ flat[i, j] / np.maximum(size * size[i, j], 1e-12)
    return [[i, j, side, side] for i, j in np.argwhere(likeness > 1 - 1e-9).tolist()]


def same_as(picture: Map, window: Map) -> list[list[int]]:
    """Every place at which a picture has this window, number by number, as frames; a float32 may have rounded."""
    side = len(window)
    return [
        [i, j, side, side]
        for i in range(picture.shape[0] - side + 1)
        for j in range(picture.shape[1] - side + 1)
        if np.abs(picture[i : i + side, j : j + side] - window).max() < 1e-6
    ]


HUNTS = [
    {},
    {"pattern": "8,26,5", "pasted": "12", "places": "3", "pictures": "5"},
    {"image": "cat", "side": "16", "pattern": "2,3,3", "pasted": "12", "places": "4"},
    {"image": "digit", "side": "8", "pattern": "0,0,3", "pasted": "2", "places": "0"},
]


@pytest.mark.parametrize("query", HUNTS, ids=str)
def test_one_shared_kernel_finds_every_copy_and_untied_weights_those_they_were_taught(query: dict[str, str]) -> None:
    page = Page(**query)
    local, conv = page.data("detectors")["cards"]
    (top, left), (side, _) = page.data("pattern")["at"], page.data("pattern")["frame"]
    lesson, found, likeness = conv["pictures"]
    picture = as_map(found)
    pattern = picture[top : top + side, left : left + side]
    copies, placed = same_as(picture, pattern), 1 + int(query.get("pasted", "6"))
    assert len(copies) >= placed
    assert [top, left, side, side] in copies
    assert all(as_map(likeness)[i, j] > 1 - 1e-6 for i, j, _, _ in copies)
    everywhere = alike(picture, (top, left), side)
    assert found["marks"] == everywhere
    assert placed in numbers(page.said("everywhere"))
    assert numbers(conv["headline"]) == {placed}
    assert {side * side, as_map(likeness).size} <= page.numbers("detectors")[1]
    # With one lesson, the picture of the first says where the untied weights have learned.
    if "pictures" not in query:
        taught = same_as(as_map(lesson), (pattern - pattern.mean()).astype(np.float32))
        assert local["pictures"][1]["marks"] == [place for place in everywhere if place in taught]
        assert len(taught) in numbers(local["facts"][0]["text"])


def test_untied_weights_find_a_copy_where_a_lesson_has_shown_one() -> None:
    local, conv = Page(**HUNTS[2]).data("detectors")["cards"]
    assert 0 < len(local["pictures"][1]["marks"]) < len(conv["pictures"][1]["marks"])


def test_dragging_the_frame_chooses_the_square_and_its_side_stays() -> None:
    page = Page(**GRID)
    page.send("pattern", "place", [5, 1])
    page.is_sound()
    assert (page.query, page.data("pattern")["at"]) == ({**GRID, "pattern": "5,1,3"}, [5, 1])
    assert page.warnings == []
    assert moved(page) == {"detectors"}
    page.put("square10", 6)  # from row 5 it would reach over the border
    assert page.query == {**GRID, "pattern": "5,1,6"}
    assert (page.data("pattern")["at"], page.data("pattern")["frame"]) == ([4, 1], [6, 6])
    assert Page(**page.query).shown == page.shown


@pytest.mark.parametrize(
    ("query", "at", "side", "most"),
    [
        ({"pattern": "511,511,15"}, [49, 49], 15, 15),
        ({"image": "digit", "side": "8", "pattern": "511,0,15"}, [0, 0], 8, 8),
        ({**GRID, "pattern": "4,9,5"}, [4, 5], 5, 10),
    ],
    ids=str,
)
def test_a_frame_beyond_the_picture_is_moved_into_it(
    query: dict[str, str], at: list[int], side: int, most: int
) -> None:
    page = Page(**query)
    assert (page.query, page.errors, page.warnings) == (query, [], [])
    assert (page.data("pattern")["at"], page.data("pattern")["frame"]) == (at, [side, side])
    assert page.value(f"square{most}") == side
    assert [*at, side, side] in page.data("detectors")["cards"][1]["pictures"][1]["marks"]


# Hostile drags.


DRAGS: list[object] = [
    None, 5, True, "x", "12", [], [1], [1, 2, 3], [[1], [2]], [[1, 2], [3, 4]], {}, {"0": 1, "1": 2}, [[[[1]]], 0],
    [1.5, 2], [1.0, 2.0], [True, False], [None, None], ["a", "b"], ["", ""], ["9" * 5000, "0"], [513, 0], [0, -65],
    [10**400, 0], [0, -(10**400)], [1e300, 0], [float("nan"), 0], [float("inf"), 0],
    ["<script>alert(1)</script>", 0], [0, "[1](//example.org)"], "![x](//example.org/x.png)",
]  # fmt: skip


@pytest.mark.parametrize("part", [slice(0, None, 2), slice(1, None, 2)], ids=["even", "odd"])
@pytest.mark.parametrize("key", ["shift", "pattern"])
def test_a_hostile_drag_is_explained_and_changes_nothing(key: str, part: slice) -> None:
    page = Page(**GRID)
    for place in DRAGS[part]:
        page.send(key, "place", place)
        page.is_sound()
        (reason,) = set(page.warnings)
        assert reason.startswith("Nothing was changed: ")
        assert len(reason) < 200
        assert all(is_plain(node.value) for node in page.at.warning)
        assert (page.query, page.errors) == (GRID, [])
    assert moved(page) == set()
    page.run()
    assert page.warnings == []


@pytest.mark.parametrize(("key", "section"), [("shift", SHIFT), ("pattern", EVERYWHERE)])
def test_a_refused_drag_is_said_once_where_it_was_dragged(key: str, section: int) -> None:
    page = Page(**GRID)
    with page.within(section):
        page.send(key, "place", [1e300, 0])
        page.is_sound()
        assert len(page.warnings) == 1
    assert page.query == GRID


def test_what_was_refused_is_no_longer_said_once_a_change_was_made() -> None:
    page = Page(**GRID)
    with page.within(SHIFT):
        page.send("shift", "place", [1e300, 0])
        page.send("shift", "place", [1, 0])
        assert page.query == {**GRID, "down": "1", "right": "0"}
        assert page.warnings == []


@pytest.mark.parametrize("key", ["shift", "pattern"])
def test_a_drag_that_says_nothing_or_something_else_changes_nothing(key: str) -> None:
    page = Page()
    page.send(key, "place")
    page.is_sound()
    page.send(key, "choice", [1, 2])
    page.is_sound()
    page.send(key, "", [1, 2])
    page.is_sound()
    assert (page.query, page.shown) == ({}, first().shown)


# Growth.


@pytest.mark.parametrize("quantity", ["parameters", "bytes", "multiply_adds"])
def test_the_growth_chart_holds_the_engines_counts_and_marks_the_visitors_picture(quantity: str) -> None:
    page = Page(quantity=quantity, kernel="1,2,3;4,5,6", stride="2", padding="same", period="3", bias="1")
    spec = LayerSpec((2, 3), stride=2, padding="same", bias=True)
    *curves, ring = page.chart("costs")
    assert len(curves) == len(KINDS)
    for kind, curve in zip(KINDS, curves, strict=True):
        assert curve["x"] == SIDES
        assert curve["y"] == [getattr(count(kind, spec, (1, side, side), 3), quantity) for side in SIDES]
    assert ring["x"] == [64.0] * 4
    assert ring["y"] == [getattr(count(kind, spec, (1, 64, 64), 3), quantity) for kind in KINDS]


def test_sizes_at_which_the_kernel_does_not_fit_are_left_out() -> None:
    page = Page(kernel=square(15), dilation="2")
    assert {tuple(curve["x"]) for curve in page.chart("costs")[:-1]} == {tuple(SIDES[2:])}
    spec = LayerSpec(15, dilation=2)
    for kind, curve in zip(KINDS, page.chart("costs")[:-1], strict=True):
        assert curve["y"] == [count(kind, spec, (1, side, side), 2).parameters for side in SIDES[2:]]


# Measuring.


def fits(runner: Method, spec: LayerSpec, side: int) -> bool:
    """Whether this is measured: not where the kernel does not fit the picture, or the layer the memory."""
    try:
        return timing.needs(runner, spec, (1, side, side)) <= MEMORY
    except SpecError:
        return False


def sides_of(spec: LayerSpec) -> dict[Method, list[int]]:
    return {runner: [side for side in SIDES if fits(runner, spec, side)] for runner in METHODS}


Heat = tuple[Method, LayerSpec, Shape]


@pytest.fixture
def heats(monkeypatch: pytest.MonkeyPatch) -> list[Heat]:
    """Measuring takes no time, and gives 1, 2 and 4 ms; the list fills with what was measured."""
    run: list[Heat] = []

    def instantly(runner: Method, spec: LayerSpec, in_shape: Shape) -> Measurement:
        run.append((runner, spec, in_shape))
        return Measurement(runner, max(in_shape[1:]), (0.002, 0.001, 0.004))

    monkeypatch.setattr(measuring, "measure", instantly)
    monkeypatch.setattr(player, "SLICE", {"fast": 1e-9})
    return run


@pytest.fixture
def turn() -> Iterator[Callable[[], None]]:
    """Another visitor measures; calling this ends it."""
    assert measuring.ONE_AT_A_TIME.acquire(timeout=10)
    held = [measuring.ONE_AT_A_TIME]

    def release() -> None:
        while held:
            held.pop().release()

    yield release
    release()


def test_nothing_is_measured_before_it_is_asked_for(heats: list[Heat]) -> None:
    page = Page()
    page.run()
    assert (heats, page.measured, page.has("times_stop")) == ([], 0, False)


def test_each_run_measures_one_more_until_all_are_and_the_button_offers_it_again(heats: list[Heat]) -> None:
    page = Page(kernel="1,2,3;4,5,6", stride="2", bias="7", period="9")
    spec = LayerSpec((2, 3), stride=2, padding="valid")
    wanted = sides_of(spec)
    total = sum(map(len, wanted.values()))
    page.press("times_start")
    for done in range(1, total):
        assert (page.measured, len(heats)) == (done, done)
        assert page.has("times_stop")
        assert not page.has("times_start")
        page.run()
    page.run()
    assert (page.laps, page.has("times_start"), page.has("times_stop")) == (wanted, True, False)
    page.run()
    assert (page.laps, len(heats)) == (wanted, total)
    assert {found for _, found, _ in heats} == {spec}
    assert [(runner, *size) for runner, _, size in heats] == [
        (runner, 1, side, side) for side in SIDES for runner in METHODS if side in wanted[runner]
    ]
    for trace in page.chart("times"):
        many = len(trace["x"])
        assert trace["y"] == [0.002] * many
        assert trace["error_y"]["array"] == pytest.approx([0.002] * many)
        assert trace["error_y"]["arrayminus"] == pytest.approx([0.001] * many)
    assert (page.query["kernel"], page.errors) == ("1,2,3;4,5,6", [])


def test_the_clock_alone_measures_to_the_end_and_then_the_button_comes_back(heats: list[Heat]) -> None:
    page = Page()
    total = sum(map(len, sides_of(LayerSpec(3)).values()))
    page.press("times_start")
    while len(heats) < total:
        done = len(heats)
        with page.within(TIMES):
            page.run()
        assert len(heats) == done + 1
    with page.within(TIMES):
        page.run()
    assert (page.laps, page.has("times_start"), page.has("times_stop")) == (sides_of(LayerSpec(3)), True, False)
    assert page.has("four_layers")  # the whole page was run: the button is not part of what ticks


def test_stopping_keeps_what_was_measured_and_measuring_again_starts_over(heats: list[Heat]) -> None:
    page = Page()
    page.press("times_start")
    page.run()
    page.press("times_stop")
    page.run()
    assert (page.measured, len(heats), page.has("times_start"), page.has("times_stop")) == (2, 2, True, False)
    page.press("times_start")
    assert (page.measured, len(heats), page.has("times_stop")) == (1, 3, True)


def test_another_visitors_measurement_delays_ones_own_and_does_not_break_it(
    heats: list[Heat], turn: Callable[[], None]
) -> None:
    page = Page()
    page.press("times_start")
    page.run()
    assert (page.measured, heats, page.has("times_stop")) == (0, [], True)
    page.press("times_stop")
    page.press("times_start")
    assert (page.measured, page.has("times_stop")) == (0, True)
    turn()
    page.run()
    page.run()
    assert (page.measured, len(heats)) == (2, 2)


def test_of_two_visitors_who_measure_one_waits_until_the_other_is_done(heats: list[Heat]) -> None:
    one, other = Page(), Page(kernel="1")
    one.press("times_start")
    other.press("times_start")
    one.run()
    assert (one.measured, other.measured, len(heats)) == (2, 0, 2)
    [told] = [node.proto.text for node in other.at.main if node.type == "progress"]
    assert told.endswith("waiting: 1 visitor before you")
    one.press("times_stop")
    other.run()
    assert (one.measured, other.measured, len(heats)) == (2, 2, 4)
    assert not measuring.ONE_AT_A_TIME.locked()


def test_another_kernel_size_begins_anew_and_another_kernel_does_not(heats: list[Heat]) -> None:
    page = Page()
    page.press("times_start")
    page.named("preset").set_value("box").run()
    page.is_sound()
    assert (page.measured, page.has("times_stop")) == (2, True)
    for field, value in [("K", 5), ("stride", 3), ("dilation", 2)]:
        page.put(field, value)
        assert (page.measured, page.has("times_start"), page.has("times_stop")) == (0, True, False)
        page.press("times_start")
        assert page.measured == 1
    assert heats[-1][1] == LayerSpec((5, 3), stride=3, padding="valid", dilation=2)
    assert page.errors == []


def test_measuring_goes_on_after_a_look_at_another_page(heats: list[Heat]) -> None:
    page = Page()
    page.press("times_start")
    page.go("explore")
    assert len(heats) == 1
    page.go("compare")
    assert (page.measured, page.has("times_stop")) == (2, True)
    page.press("times_stop")
    assert page.measured == 2


def test_a_measurement_without_memory_is_said_in_words_and_can_be_started_again(
    heats: list[Heat], monkeypatch: pytest.MonkeyPatch
) -> None:
    def starved(*_: object) -> Measurement:
        raise MemoryError

    page = Page(**GRID)
    with monkeypatch.context() as patch:
        patch.setattr(measuring, "measure", starved)
        page.press("times_start")
    assert any("memory" in text for text in (*page.errors, *page.warnings))
    assert set(page.shown) == set(grid().shown)
    assert not measuring.ONE_AT_A_TIME.locked()
    page.run()
    assert (page.has("times_start"), page.has("times_stop"), heats) == (True, False, [])
    page.press("times_start")
    assert (page.measured, len(heats), page.errors, page.warnings) == (1, 1, [], [])


@pytest.mark.parametrize("taps", [3, 5])
def test_what_does_not_fit_the_memory_is_named_with_its_bytes(taps: int) -> None:
    page = Page(**GRID, kernel=square(taps))
    lines = [text.value for text in page.at.markdown if "would need" in text.value]
    assert len(lines) == len(METHODS)
    for runner, line in zip(METHODS, lines, strict=True):
        sides = [side for side in SIDES if side not in sides_of(LayerSpec(taps))[runner]]
        assert [int(side) for side in re.findall(r"at (\d+)", line)] == sides
        if runner == "dense":  # 8 bytes for every number of W, of x and y, and of their copies
            places = [((side - taps + 1) ** 2, side**2) for side in sides]
            wanted = [8 * (outputs * inputs + 2 * (outputs + inputs)) for outputs, inputs in places]
            assert sizes(line) == pytest.approx(wanted, rel=0.051)
        assert min(sizes(line)) > MEMORY


def test_what_is_measured_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "SLICE", {"fast": 1e-9})
    page = Page()
    page.press("times_start")
    page.press("times_stop")
    ((seconds,),) = [trace["y"] for trace in page.chart("times") if trace["y"]]
    assert seconds > 0


# Layers that cannot be.


@pytest.mark.parametrize(
    ("query", "missing", "reasons"),
    [
        ({"image": "digit", "side": "8", "kernel": square(15)}, {"", "saving", "growth", "scramble"}, {15, 8}),
        ({"kernel": square(15), "dilation": "8"}, {"", "saving", "growth", "shift", "scramble"}, {15, 113, 64}),
        ({"side": "32", "padding": "64", "mode": "circular"}, {"", "saving", "growth", "scramble"}, {64, 32}),
        ({"side": "32", "padding": "33", "mode": "reflect"}, {"", "saving", "growth", "scramble"}, {33, 31}),
        ({"padding": "64", "mode": "circular"}, {"", "scramble"}, set()),
    ],
    ids=["wider than the picture", "dilated beyond it", "circular", "reflect", "the small picture alone"],
)
def test_a_layer_that_cannot_be_is_explained_where_it_would_be_and_the_other_sections_are_there(
    query: dict[str, str], missing: set[str], reasons: set[int]
) -> None:
    page = Page(**query)
    page.is_sound()
    assert set(page.refusals) == missing
    assert len(page.errors) == len(missing)
    assert all(reasons <= numbers(page.refusals[section]) for section in CHARTS if section in missing)
    homes = {"": "four_layers", "shift": "shifted", "scramble": "scrambled", "everywhere": "detectors"}
    assert set(page.shown) == {homes.get(anchor, anchor) for anchor in {"", *ANCHORS} - missing}
    assert list(dict.fromkeys(anchor for anchor, _ in page.sections)) == ["", *ANCHORS]
    assert page.has("times_start")
    assert page.query == query


def test_a_way_back_from_a_layer_that_cannot_be_brings_everything_back() -> None:
    page = Page(kernel=square(15), side="8")
    assert page.errors
    page.put("side", 64)
    assert (page.errors, set(page.shown)) == ([], set(first().shown))
    page.put("dilation", 8)
    assert page.errors
    page.put("dilation", 1)
    page.put("K", 3)
    page.put("L", 3)
    page.named("preset").set_value("sobel_vertical").run()
    assert (page.errors, page.shown, page.query) == ([], first().shown, {})


EDGES = [
    {"padding": "64"},
    {"padding": "64", "kernel": square(15), "mode": "replicate", "bias": "-1e6"},
    {"image": "dot", "side": "8", "kernel": square(15), "padding": "full", "stride": "16", "mode": "zeros"},
    {"kernel": square(15), "dilation": "4", "draw": "1"},
    {"side": "512", "kernel": square(15), "dilation": "3", "colour": "rgb"},
    {"kernel": "0"},
    {"kernel": "0,0,0;0,0,0;0,0,0", "draw": "3", "hop": "2", "down": "1"},
    {"kernel": "5e-324", "activation": "tanh"},
    {"kernel": square(3).replace("1", "-1e6"), "bias": "1e6", "activation": "sigmoid"},
    {"image": "checkerboard", "side": "8", "pasted": "24", "pictures": "60", "pattern": "511,511,15"},
    {"side": "8", "kernel": square(8), "stride": "16", "draw": "9999"},
]


def not_a_number(text: str) -> None:
    raise AssertionError(text)


@pytest.mark.parametrize("query", EDGES, ids=lambda query: str(query)[:60])
def test_layers_at_the_edge_of_what_is_allowed_are_shown_or_refused_and_every_number_is_one(
    query: dict[str, str],
) -> None:
    page = Page(**query)
    page.is_sound()
    assert page.warnings == []
    assert list(dict.fromkeys(anchor for anchor, _ in page.sections)) == ["", *ANCHORS]
    homes = {"": "four_layers", "shift": "shifted", "scramble": "scrambled", "everywhere": "detectors"}
    assert set(page.sent) == {homes.get(anchor, anchor) for anchor in {"", *ANCHORS} - set(page.refusals)}
    for text in page.sent.values():
        json.loads(text, parse_constant=not_a_number)
    assert all(np.isfinite(map).all() for key in CARDS if key in page.sent for maps in page.maps(key) for map in maps)


def test_a_refusal_gives_the_true_reason() -> None:
    wide = Page(kernel=square(15), dilation="8")
    assert all({113, 64} <= numbers(wide.refusals[section]) for section in ("", "scramble", "saving", "growth"))
    assert "everywhere" not in wide.refusals


def test_a_layer_refused_for_its_weights_is_not_said_to_have_too_much_padding_for_a_smaller_picture() -> None:
    # Shifted, the layer fits a picture of 56 pixels and more, and has too many weights there.
    assert LIMIT < 56**4
    assert {LIMIT} <= numbers(Page(kernel=square(15), dilation="8").refusals["shift"])


def test_too_many_weights_and_no_pixel_are_told_apart() -> None:
    many = Page(padding="64", mode="replicate", kernel=square(15), side="16")
    assert set(many.refusals) == {"", "scramble"}
    least = (8 + 128 - 14) ** 2  # outputs on eight pixels
    assert least * 64 < LIMIT < least * 225
    assert all({LIMIT, LOCAL_LIMIT} <= numbers(reason) for reason in many.refusals.values())
    none = Page(image="digit", side="8", kernel="1", stride="16", padding="1")
    assert {"", "saving", "scramble"} <= set(none.refusals)
    assert all("pixel" in reason and not numbers(reason) & {LIMIT, LOCAL_LIMIT} for reason in none.refusals.values())


@pytest.mark.parametrize("more", [{}, {"draw": "1"}], ids=["the same numbers", "free weights"])
def test_a_layer_that_sees_nothing_but_padding_never_breaks_the_page(more: dict[str, str]) -> None:
    # Explore shows it; its locally connected layer has no weight at all.
    page = Page(image="digit", side="8", kernel="1", stride="16", padding="1", **more)
    page.is_sound()
    assert list(dict.fromkeys(anchor for anchor, _ in page.sections)) == ["", *ANCHORS]


# Pictures.


def of_upload(content: bytes, side: int) -> Floats:
    """The grey picture at this size, from the file."""
    picture: Floats = planes(resize(decode(content), side), "grey")[0] / 255
    return picture


@pytest.mark.parametrize("name", [known.id for known in SAMPLES])
def test_every_sample_is_compared(name: str) -> None:
    page = Page(image=name, side="12")
    assert (page.errors, page.warnings, set(page.shown)) == ([], [], set(grid().shown))
    picture = sampled(name, 12)
    truth = slid(picture, SOBEL)
    assert all(near(map, truth) for (map,) in page.maps("four_layers"))
    assert near(page.maps("scrambled")[0][0], picture)
    assert not page.maps("shifted")[3][2].any()


def test_a_flat_picture_breaks_no_section_and_is_said_to_have_nothing_to_find() -> None:
    page = Page(**GRID)
    page.upload("flat.png", saved(np.full((12, 12, 3), 128, np.uint8)))
    assert (page.errors, page.warnings, set(page.shown)) == ([], [], set(grid().shown))
    assert all(near(map, np.zeros(map.shape)) for (map,) in page.maps("four_layers"))
    assert [card["facts"][0]["good"] for card in page.data("scrambled")["cards"][1:]] == [True] * 3
    assert "all one grey" in page.said("everywhere")
    for card in page.data("detectors")["cards"]:
        assert (card["headline"], card["facts"]) == ("", [])
        assert [picture["marks"] for picture in card["pictures"]] == [[]]
    page.upload("lively.png", png((255, 255, 255), (12, 12)))
    assert "all one grey" not in page.said("everywhere")
    assert all(card["headline"] for card in page.data("detectors")["cards"])


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"", png((1, 2, 3))[:70]], ids=["pdf", "empty", "torn"])
def test_a_refused_upload_says_why_and_leaves_the_former_picture(content: bytes) -> None:
    page = Page(side="12")
    page.upload("good.png", png((255, 255, 255), (12, 12)))
    before = page.shown
    page.upload("bad.png", content)
    assert (page.shown, page.query, page.errors) == (before, {"image": "upload", "side": "12"}, [])
    (reason,) = set(page.warnings)
    assert reason.startswith(("The picture cannot be read", "The file is "))
    assert reason.endswith(" The picture before it was kept.")


def test_an_upload_is_compared_at_the_side_the_visitor_gave_it() -> None:
    page, content = Page(side="12"), png((255, 255, 255), (30, 30))
    page.upload("mine.png", content)
    assert page.query == {"image": "upload", "side": "12"}
    assert near(page.maps("scrambled")[0][0], of_upload(content, 12))
    assert "12 × 12 pixels" in page.said("")


def test_an_uploaded_picture_stays_in_its_session() -> None:
    one, other, content = Page(side="12"), Page(side="12"), png((255, 255, 255), (12, 12))
    before = other.shown
    one.upload("mine.png", content)
    assert (one.query, one.warnings) == ({"image": "upload", "side": "12"}, [])
    assert near(one.maps("scrambled")[0][0], of_upload(content, 12))
    other.run()
    assert (other.shown, other.query) == (before, {"side": "12"})
    third = Page(**one.query)  # the link holds no picture
    (reason,) = set(third.warnings)
    assert "not part of the link" in reason
    assert (third.shown, third.query) == (before, {"side": "12"})


def test_a_second_upload_of_the_same_size_replaces_the_first_in_every_section() -> None:
    page, second = Page(), np.random.default_rng(3).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    page.upload("a.png", png((255, 255, 255), (64, 64)))
    before = page.shown
    page.upload("b.png", saved(second))
    assert all(page.shown[key] != before[key] for key in CARDS)
    assert near(page.maps("scrambled")[0][0], of_upload(saved(second), 32))


@pytest.mark.parametrize("size", [(400, 4), (13, 400), (1, 200)], ids=str)
def test_a_thin_picture_is_compared_where_the_layer_fits_and_never_breaks_the_page(size: tuple[int, int]) -> None:
    page = Page(padding="same")
    noise = np.random.default_rng(4).integers(0, 256, (size[1], size[0], 3)).astype(np.uint8)
    page.upload("thin.png", saved(noise))
    assert list(dict.fromkeys(anchor for anchor, _ in page.sections)) == ["", *ANCHORS]


def test_in_colour_the_small_picture_is_the_grey_one() -> None:
    page, grey = Page(colour="rgb", image="dahlia"), Page(image="dahlia")
    page.is_sound()
    assert (page.query, page.errors) == ({"image": "dahlia", "colour": "rgb"}, [])
    assert page.shown == grey.shown


@pytest.mark.parametrize("side", [8, 11, 32])
def test_a_drawing_is_compared_as_it_was_drawn(side: int) -> None:
    levels = np.random.default_rng(side).integers(0, 16, (side, side))
    drawing = "-".join("".join(f"{level:x}" for level in row) for row in levels.tolist())
    page = Page(image="drawing", drawing=drawing)
    page.is_sound()
    assert (page.errors, page.warnings) == ([], [])
    assert all(near(map, slid(levels / 15, SOBEL)) for (map,) in page.maps("four_layers"))
    assert near(page.maps("scrambled")[0][0], levels / 15)


def test_a_picture_is_picked_and_sized_in_the_sidebar_as_on_explore() -> None:
    page = Page()
    page.send("picker", "choice", "digit")
    page.is_sound()
    assert page.query == {"image": "digit", "side": "8"}
    assert near(page.maps("scrambled")[0][0], sampled("digit", 8))
    page.send("picker", "choice", "drawing")
    page.is_sound()
    assert page.errors == []
    assert not page.maps("four_layers")[0][0].any()


# One session, two pages.


def test_each_page_keeps_its_settings_and_picture_kernel_and_geometry_are_shared() -> None:
    page = Page(**GRID, shuffle="5", down="1")
    page.go("explore")
    assert page.query == GRID
    page.put("stride", 2)
    page.named("preset").set_value("box").run()
    page.is_sound()
    shared = page.query
    assert {**GRID, "stride": "2"}.items() <= shared.items()
    assert set(shared) == {"image", "side", "stride", "kernel"}
    page.go("compare")
    assert page.query == {**shared, "shuffle": "5", "down": "1"}
    assert page.shown == Page(**page.query).shown
    page.put("shuffle", 6)
    page.put("stride", 3)
    page.go("explore")
    assert page.query == shared | {"stride": "3"}
    assert page.data("loom")["rows"]["stride"] == 3


def test_weights_untied_on_explore_are_tied_here() -> None:
    page = Page(image="digit", side="8", untied="0,0,0,99")
    page.is_sound()
    assert page.shown == Page(image="digit", side="8").shown
    assert page.query["untied"] == "0,0,0,99"


def test_what_is_allowed_on_explore_and_impossible_here_leaves_explore_as_it_was() -> None:
    page = Page(padding="64", mode="circular")
    assert page.errors
    page.go("explore")
    assert (page.errors, page.data("loom")["rows"]["before"]) == ([], 64)
