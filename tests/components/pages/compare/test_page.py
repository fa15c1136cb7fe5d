"""The Compare page as a visitor meets it: a tab shows what its pure part says of the link, every control moves it."""

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display.cards import Card
from components.display.layer import layer_of
from components.pages.compare import four_layers, saving, scramble, search, shift, timing, transposed
from components.pages.compare.small import SmallLayer, small_state
from components.pages.compare.state import Compare
from components.state.link import from_query
from components.state.setup import Setup
from components.widgets import player
from kernels.images.decode import decode, planes, resize
from kernels.images.samples import sample
from kernels.layer.counts import KINDS, count
from kernels.layer.spec import LayerSpec, Shape
from kernels.layer.timing import METHODS, Measurement, Method
from tests.support.oracles import near
from tests.support.pictures import as_sent, map_sent, read_png
from tests.support.visitor import Tabbed, png, saved

pytestmark = pytest.mark.long

Floats = NDArray[np.float64]
Link = dict[str, str]

CARDS = ("four_layers", "shifted", "scrambled", "detectors", "faces")
SHOWN = (*CARDS, "saving", "costs")
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


class Page(Tabbed):
    """One visitor's session on the Compare page."""

    path, parameter, titles = "compare", "comparison", TITLES

    def chart(self, key: str) -> list[dict[str, Any]]:
        """The traces of a chart."""
        traces: list[dict[str, Any]] = json.loads(self.named(key).proto.spec)["data"]
        return traces

    @property
    def shown(self) -> dict[str, str]:
        return self.digests(SHOWN)

    @property
    def said(self) -> str:
        """All that is written on the page, what is told on request included."""
        written: list[Any] = [node for node in self.at.main if node.type in ("markdown", "caption")]
        return " ".join(f"{node.value} {getattr(node.proto, 'help', '')}" for node in written)

    def is_whole(self, tab: str) -> bool:
        """Whether what the tab shows is there, and every number that is sent is one; or it says why not."""
        sent = self.sent(SHOWN)
        for text in sent.values():
            json.loads(text, parse_constant=pytest.fail)
        return self.tab == TITLES[tab] and (set(sent) == {HOMES[tab]}) != bool(self.errors)

    def compares(self, picture: Floats) -> bool:
        """Whether this is the picture of the four layers and the one that is scrambled."""
        first, mixed = self.data("four_layers")["cards"][0], self.to("scramble").data("scrambled")["cards"][0]
        self.to("layers")
        return all(near(map_sent(card["pictures"][0]), picture) for card in (first, mixed))

    @property
    def measured(self) -> list[tuple[Method, int]]:
        """The sides that were measured, method by method, as the chart shows them."""
        if not self.has("times"):
            return []
        return [(method, x) for method, trace in zip(METHODS, self.chart("times"), strict=True) for x in trace["x"]]


GRID = {"image": "grid", "side": "10"}  # ten pixels, no two alike: quick, and every setting is seen


@cache
def first(tab: str = "layers", **link: str) -> Page:
    """A first visit, to compare with: nothing is ever done in it."""
    return Page(tab, **link)


def moved(page: Page, tab: str) -> bool:
    """Whether the tab shows something else than on a first visit."""
    return page.to(tab).shown != first(tab, **GRID).shown


def square(taps: int) -> str:
    """A kernel of ones, as a link has it."""
    return ";".join([",".join(["1"] * taps)] * taps)


def grey(name: str, side: int) -> NDArray[np.uint8]:
    """The planes of a sample (1, H, W)."""
    return planes(sample(name, side), "grey")


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
    for name, tab in belongs.items():
        page = Page("", **GRID, **{name: SET[name]})
        assert (page.tab, super(Tabbed, page).query["comparison"]) == (TITLES[tab], tab)
    plain = Page("", **GRID)
    assert (plain.tab, plain.query) == (TITLES["layers"], GRID)


def cards_of(tab: str, state: Setup, own: Compare) -> list[Card]:
    """What the pure part of this tab says of the sample."""
    full = layer_of(state, (state.side, state.side))
    small = small_layer(shift.geometry(state, own) if tab == "shift" else state)
    match tab:
        case "layers":
            return four_layers.all_cards(small, own.draw)
        case "saving":
            return saving.step_cards(saving.saving(full), full)
        case "shift":
            own = shift.within(own, small.picture.shape)
            return shift.shift_cards(small.state, shift.shifted(small, own), own)
        case "scramble":
            return scramble.scramble_cards(small, scramble.scrambled(small, own.shuffle), own.shuffle)
        case "find":
            task = search.search(grey(state.image, search.searched(state).side)[0] / 255, own)
            return search.detector_cards(task, search.detectors(task, own), own)
        case _:
            return transposed.face_cards(small, full, transposed.faces(small, own))


def small_layer(state: Setup) -> SmallLayer:
    """The layer on the sample at the size at which it can be wired up."""
    small = small_state(state, (state.side, state.side))
    pixels = grey(small.image, small.side)
    return SmallLayer(small, layer_of(small, pixels.shape[1:]), pixels)


def shows(page: Page, tab: str, link: Link) -> bool:
    """Whether the tab has the cards of this link, if it has any."""
    if tab == "growth":
        return True
    cards = cards_of(tab, from_query(link, Setup())[0], from_query(link, Compare())[0])
    return bool(page.data("steps" if tab == "saving" else HOMES[tab])["cards"] == as_sent(cards))


LAYERS: list[Link] = [
    {},
    {"image": "dahlia", "side": "80", "colour": "rgb"},
    {"side": "10", "kernel": "1,-2;3,4;0.5,7", "stride": "2", "dilation": "2", "padding": "1", "flip": "1"},
    {"image": "grid", "side": "8", "padding": "2", "mode": "circular", "bias": "0.5", "period": "3"},
]


@pytest.mark.parametrize("layer", LAYERS, ids=str)
@pytest.mark.parametrize("tab", [tab for tab in HOMES if tab != "growth"])
def test_a_tab_shows_what_its_comparison_says_of_the_picture_the_layer_and_its_settings(tab: str, layer: Link) -> None:
    settings = {name: text for name, text, *_, home in SETTINGS if home == tab} if layer else {}
    page, link = Page(tab, **layer, **settings), layer | settings
    assert (page.query, page.errors, page.warnings) == (link, [], [])
    assert shows(page, tab, link)


def test_equal_weights_again_are_the_first_visit_and_have_no_seed() -> None:
    page = Page()
    assert not page.has("field:draw")
    page.put("numbers", False)
    assert (page.query, page.value("draw")) == ({"draw": "1"}, 1)
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
    page, link, fields = Page(tab, **GRID), dict(GRID), {}
    for name, text, field, value, home in SETTINGS:
        if home == tab:
            assert shows(page, tab, link)
            before = page.shown
            page.put(field, value)
            link[name], fields[field] = text, value
            assert (page.query, page.value(field), page.errors, page.warnings) == (link, value, [], [])
            assert page.shown != before
    assert shows(page, tab, link)
    again = Page(tab, **link)
    assert (again.query, again.errors, again.warnings, again.shown) == (link, [], [], page.shown)
    assert {field: again.value(field) for field in fields} == fields


def test_a_period_beyond_the_map_is_as_many_outputs_as_there_are() -> None:
    page = Page(**GRID, period="512")
    assert (page.query["period"], page.value("tiled8"), page.warnings) == ("512", 8, [])
    assert all(moved(page, tab) for tab in ("growth", "shift", "layers"))
    page.put("tiled8", 1)
    assert page.query["period"] == "1"


def test_what_is_changed_in_a_tab_reaches_the_link_without_a_run_of_the_page() -> None:
    page = Page("shift", **GRID)
    with page.within(SECTION):
        page.put("down", 9)
    assert page.has("shifted")
    assert not page.has("picker")
    assert page.query == {**GRID, "down": "9"}
    page.run()
    assert page.shown == Page("shift", **GRID, down="9").shown


def test_dragging_the_picture_shifts_it_as_far_as_it_reaches() -> None:
    page = Page("shift", **GRID)
    page.send("shift", "place", [2, -3])
    page.is_sound()
    assert (page.query, page.warnings) == ({**GRID, "down": "2", "right": "-3"}, [])
    assert (page.value("down"), page.value("right"), page.data("shift")["at"]) == (2, -3, [2, -3])
    np.testing.assert_array_equal(read_png(page.data("shift")["src"]), grey("grid", 10)[0])
    assert Page("shift", **page.query).shown == page.shown
    page.send("shift", "place", [64, -64])  # a link's: the picture has ten pixels
    assert (page.value("down"), page.value("right"), page.warnings) == (10, -10, [])


def test_dragging_the_frame_chooses_the_square_and_its_side_stays() -> None:
    page = Page("find", **GRID)
    page.send("pattern", "place", [5, 1])
    page.is_sound()
    assert (page.query, page.data("pattern")["at"]) == ({**GRID, "pattern": "5,1,3"}, [5, 1])
    np.testing.assert_array_equal(read_png(page.data("pattern")["src"]), grey("grid", 10)[0])
    assert (page.warnings, moved(page, "find")) == ([], True)
    page.put("square", 6)  # from row 5 it would reach over the border
    assert page.query == {**GRID, "pattern": "5,1,6"}
    assert (page.data("pattern")["at"], page.data("pattern")["frame"]) == ([4, 1], [6, 6])
    assert [4, 1, 6, 6] in page.data("detectors")["cards"][1]["pictures"][0]["marks"]
    assert Page("find", **page.query).shown == page.shown


@pytest.mark.parametrize(("key", "tab"), [("shift", "shift"), ("pattern", "find")])
def test_a_drag_that_is_refused_is_explained_there_until_a_change_is_made(key: str, tab: str) -> None:
    page = Page(tab, **GRID)
    with page.within(SECTION):
        for event in ("choice", ""):  # what says something else
            page.send(key, event, [1, 2])
            assert (page.query, page.warnings) == (GRID, [])
        page.send(key, "place", [1e300, 0])
        (reason,) = page.warnings
        assert reason.startswith("Nothing was changed: ")
        assert page.query == GRID
        page.send(key, "place", [1, 0])
        assert (page.query != GRID, page.warnings) == (True, [])


def test_the_growth_chart_holds_the_engines_counts_and_marks_the_visitors_picture() -> None:
    page = Page("growth", quantity="bytes", kernel="1,2,3;4,5,6", stride="2", padding="same", period="3", bias="1")
    spec = LayerSpec((2, 3), stride=2, padding="same", bias=True)
    *curves, ring = page.chart("costs")
    sides = [2**n for n in range(3, 13)]
    for kind, curve in zip(KINDS, curves, strict=True):
        assert (curve["x"], curve["y"]) == (sides, [count(kind, spec, (1, side, side), 3).bytes for side in sides])
    assert (ring["x"], ring["y"]) == ([64.0] * 4, [count(kind, spec, (1, 64, 64), 3).bytes for kind in KINDS])


# Measuring.


Measured = tuple[Method, LayerSpec, Shape]


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Measured]:
    """Measuring takes no time, and gives 1, 2 and 4 ms; the list fills with what was measured."""
    run: list[Measured] = []

    def instantly(method: Method, spec: LayerSpec, in_shape: Shape) -> Measurement:
        run.append((method, spec, in_shape))
        return Measurement(method, max(in_shape[1:]), (0.002, 0.001, 0.004))

    monkeypatch.setattr(timing, "measure", instantly)
    monkeypatch.setattr(player, "SLICE", {"fast": 1e-9})
    return run


def test_the_clock_alone_measures_one_after_the_other_and_then_the_button_comes_back(measured: list[Measured]) -> None:
    page = Page("growth", **GRID, kernel="1,2,3;4,5,6", stride="2", bias="7", period="9")
    assert (measured, page.measured, page.has("times_stop")) == ([], [], False)
    spec = LayerSpec((2, 3), stride=2, padding="valid")
    assert [text.value for text in page.at.markdown if "would need" in text.value] == timing.too_large(spec)
    wanted = [(method, spec, size) for method, size in timing.planned(spec)]
    page.press("times_start")
    assert (page.has("times_start"), page.has("times_stop")) == (False, True)
    for done in range(1, len(wanted)):
        assert (len(page.measured), len(measured)) == (done, done)
        with page.within(TIMES):
            page.run()
    with page.within(TIMES):
        page.run()
    assert (page.has("times_start"), page.has("times_stop")) == (True, False)
    assert page.has("costs")  # the whole page was run: the button is not part of what ticks
    assert measured == wanted
    assert sorted(page.measured) == sorted((method, size[1]) for method, _, size in wanted)


def test_another_kernel_size_begins_anew_and_another_kernel_does_not(measured: list[Measured]) -> None:
    page = Page("growth", image="grid", side="20")
    page.press("times_start")
    page.send("presets", "choice", "box")
    page.is_sound()
    assert (len(page.measured), page.has("times_stop")) == (2, True)
    for field, value in [("K", 5), ("stride", 3), ("dilation", 2)]:
        page.put(field, value)
        assert (page.measured, page.has("times_start"), page.has("times_stop")) == ([], True, False)
        page.press("times_start")
        assert len(page.measured) == 1
    assert measured[-1][1] == LayerSpec((5, 3), stride=3, padding="valid", dilation=2)


# Layers that cannot be.


SMALL = {"layers", "scramble", "transposed"}  # the tabs of the small picture alone


@pytest.mark.parametrize(
    ("query", "missing", "reason"),
    [
        ({"kernel": square(15), "dilation": "8"}, {*SMALL, "saving", "growth"}, "spans 113 rows"),
        ({"padding": "64", "mode": "circular"}, SMALL, "2,097,152 weights"),
        (
            {"side": "8", "kernel": "1", "stride": "16", "padding": "1", "draw": "1"},
            {*SMALL, "saving"},
            "reads a pixel",
        ),
    ],
)
def test_a_layer_that_cannot_be_is_explained_where_it_would_be(query: Link, missing: set[str], reason: str) -> None:
    page = Page(**query)
    said: dict[str, str] = {}
    for tab in HOMES:
        assert page.to(tab).is_whole(tab)
        assert page.query == query
        said |= {tab: page.errors[0]} if page.errors else {}
    assert set(said) - {"shift"} == missing
    assert all(reason in said[tab] for tab in missing)
    assert ("shift" in said) == ("dilation" in query)  # padded as it is, the layer fits most pictures


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
    {"kernel": "0,0,0;0,0,0;0,0,0", "draw": "3", "hop": "2", "down": "1"},
    {"kernel": square(3).replace("1", "-1e6"), "bias": "1e6", "activation": "sigmoid"},
    {"image": "checkerboard", "side": "8", "pasted": "24", "pictures": "60", "pattern": "511,511,15"},
]


@pytest.mark.parametrize("query", EDGES, ids=lambda query: str(query)[:60])
def test_layers_at_the_edge_of_what_is_allowed_are_shown_or_refused_and_every_number_is_one(query: Link) -> None:
    page = Page(**query)
    for tab in HOMES:
        assert page.to(tab).is_whole(tab)
        assert page.warnings == []
        cards = [card for key in CARDS if page.has(key) for card in page.data(key)["cards"]]
        assert all(np.isfinite(map_sent(one)).all() for card in cards for one in card["pictures"] if one["values"])


# Pictures.


def test_samples_drawings_and_colour_are_compared_in_grey() -> None:
    page = Page(colour="rgb", image="dahlia", side="12")
    assert page.compares(grey("dahlia", 12)[0] / 255)
    assert page.shown == Page(image="dahlia", side="12").shown
    for name in ("digit", "drawing"):
        page.send("picker", "choice", name)
        page.is_sound()
        assert page.errors == []
    for side in (8, 32):
        levels = np.random.default_rng(side).integers(0, 16, (side, side))
        drawing = "-".join("".join(f"{level:x}" for level in row) for row in levels.tolist())
        assert Page(image="drawing", drawing=drawing).compares(levels / 15)


def test_a_flat_picture_breaks_no_section_and_is_said_to_have_nothing_to_find() -> None:
    page = Page(**GRID)
    page.upload("flat.png", saved(np.full((12, 12, 3), 128, np.uint8)))
    assert (page.errors, page.warnings) == ([], [])
    assert all(page.to(tab).is_whole(tab) for tab in HOMES)
    assert "uniformly grey" in page.to("find").said
    page.upload("lively.png", png((255, 255, 255), (12, 12)))
    assert "uniformly grey" not in page.said
    assert all(card["headline"] for card in page.data("detectors")["cards"])


def test_an_upload_is_compared_at_the_visitors_side_until_another_is_read() -> None:
    page, noise = Page(side="12"), np.random.default_rng(3).integers(0, 256, (30, 30, 3)).astype(np.uint8)
    for content in (png((255, 255, 255), (30, 30)), saved(noise)):
        page.upload("mine.png", content)
        assert (page.query, page.warnings) == ({"image": "upload", "side": "12"}, [])
        assert page.compares(planes(resize(decode(content), 12), "grey")[0] / 255)
        assert "12 × 12 pixels" in page.said


def test_a_thin_picture_is_compared_where_the_layer_fits_and_never_breaks_the_page() -> None:
    page, noise = Page(padding="same"), np.random.default_rng(4).integers(0, 256, (400, 400, 3), np.uint8)
    for thin in (noise[:4], noise[:, :13], noise[:200, :1]):
        page.upload("thin.png", saved(thin))
        assert all(page.to(tab).is_whole(tab) for tab in HOMES)


def test_each_page_keeps_its_settings_and_picture_kernel_and_geometry_are_shared() -> None:
    page = Page("scramble", **GRID, shuffle="5", down="1", untied="0,0,0,99")
    tied = Page("scramble", **GRID, shuffle="5", down="1")
    assert page.shown == tied.shown  # weights untied on Explore are tied here
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
