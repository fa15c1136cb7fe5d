"""The Channels page as a visitor meets it: every number is a loop's, every control and link moves what it names.

No browser: `Visitor` reads what the components are sent, and answers in their place.
"""

import json
import math
import re
from base64 import b64decode
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.pages.channels.state import Channels
from kernels.adaptive.lms import learn
from kernels.adaptive.systems import Mimo, Parallel, Pictures
from kernels.images.decode import decode, planes, resize
from kernels.images.samples import sample
from kernels.layer.banks import bank
from tests.support.oracles import Geometry, correlate_geometry, loop_correlate, parameter_count
from tests.support.pictures import unpacked
from tests.support.text import numbers
from tests.support.visitor import Visitor, as_read, png, saved

Floats = NDArray[np.float64]

COMPONENTS = ("bank", "maps", "parts", "cell", "part", "matrix", "costs", "kernels", "filters", "mu")
LAYER, LEARNING = 0, 1  # the page's fragments, counted from above
ANCHORS = ["apart", "matrix", "cost", "learning"]
GRID = {"image": "grid", "side": "10"}  # ten pixels, no two alike: quick, and every setting is seen
ALL_OF_THE_LAYER = {"bank", "maps", "parts", "cell", "sum", "part", "matrix", "costs"}


class Page(Visitor):
    """One visitor's session on the Channels page."""

    path = "channels"

    def type(self, what: str, at: object, value: object) -> None:
        self.send("bank", "edit", {"what": what, "at": at, "value": value})
        self.is_sound()

    @property
    def sum(self) -> list[str]:
        """The written-out sum, line by line."""
        lines = [as_read(node.value) for node in self.at.markdown]
        return [line for line in lines if re.match(r"\*\*.+\*\*: .*·|Y\d\[", line)]

    def map(self, key: str, column: int, picture: int = 0) -> NDArray[np.float32]:
        found = self.data(key)["cards"][column]["pictures"][picture]
        return np.frombuffer(b64decode(found["values"]), "<f4").reshape(found["shape"])

    @property
    def maps(self) -> NDArray[np.float32]:
        return np.stack([self.map("maps", o) for o in range(len(self.data("maps")["cards"]))])

    @property
    def costs(self) -> list[float]:
        return [numbers(card["headline"])[0] for card in self.data("costs")["cards"]]

    @property
    def shown(self) -> dict[str, str]:
        """All that is sent to the components, by their keys: its digest, for it is long."""
        sent = {key: self.named(key).proto.json for key in COMPONENTS if self.has(key)} | {"sum": str(self.sum)}
        return {key: sha256(text.encode()).hexdigest() for key, text in sent.items()}

    @property
    def said(self) -> str:
        """What is said of the filters that learn."""
        return next(as_read(node.value) for node in self.at.markdown if re.search("Learn|Sharing|diverged", node.value))

    @property
    def curves(self) -> dict[str, tuple[Floats, Floats]]:
        """The lines of the learning curves by their names: iterations and decibels."""
        if not self.has("learning"):
            return {}
        traces = json.loads(self.named("learning").proto.spec)["data"]
        return {trace["name"]: (unpacked(trace["x"]), unpacked(trace["y"])) for trace in traces}

    @property
    def facts(self) -> list[dict[str, str]]:
        """Of the two filters."""
        return [{fact["name"]: fact["text"] for fact in card["facts"]} for card in self.data("filters")["cards"]]


@cache
def first() -> Page:
    """A first visit with the grid, to compare with: nothing is ever done in it."""
    return Page(**GRID)


def moved(page: Page, before: dict[str, str] | None = None) -> set[str]:
    """What is not as it was, on a first visit if nothing else is said."""
    old, new = first().shown if before is None else before, page.shown
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def pixels(name: str = "grid", side: int = 10) -> Floats:
    """The picture in colour (3, H, W)."""
    found: Floats = planes(sample(name, side), "rgb") / 255
    return found


def grey(name: str, side: int) -> Floats:
    found: Floats = planes(sample(name, side), "grey") / 255
    return found


def slid(volume: Floats, weight: Floats, bias: Floats | None = None, groups: int = 1) -> Floats:
    """Every output map, by loops, on a layer without padding."""
    return loop_correlate(volume, weight, (1, 1), ((0, 0), (0, 0)), (1, 1), groups, "zeros", bias)


def near(map: NDArray[np.float32], truth: Floats) -> bool:
    """Equal, but for what float32 cannot hold."""
    return map.shape == truth.shape and bool(np.abs(map - truth).max() <= 1e-6 * max(1.0, float(np.abs(truth).max())))


def link_of(weight: Floats) -> str:
    """A bank (O, C, K, L) as a link has it."""
    rows = [
        ["/".join(";".join(",".join(map(str, row)) for row in kernel) for kernel in one)] for one in weight.tolist()
    ]
    return "|".join(one for (one,) in rows)


ORIENTED = bank("oriented", 3)


# The page.


def test_a_first_visit_shows_every_section_in_order_without_a_word_of_warning() -> None:
    page = Page()
    page.is_sound()
    assert (page.errors, page.warnings, page.query) == ([], [], {})
    headers = [node.proto.anchor for node in page.at.header]
    assert headers == ANCHORS
    linked = [anchor for text in page.at.markdown for anchor in re.findall(r"\(#([\w-]+)\)", text.value)]
    assert linked == ANCHORS
    keys = [node.key for node in page.at.main if getattr(node, "key", None) in (*COMPONENTS, "learn_start")]
    assert keys == ["bank", "maps", "parts", "cell", "part", "matrix", "costs", "mu", "learn_start", "filters"]
    assert len(page.sum) == 4
    before = page.shown
    page.run()
    assert page.shown == before


def test_the_first_maps_sums_and_counts_are_those_of_loops() -> None:
    page, volume = first(), pixels()
    truth = slid(volume, ORIENTED)
    assert near(page.maps, truth)
    own = Channels()
    i, j = (min(n, 7) for n in own.cell[1:])
    assert page.sum[-1].startswith(f"Y1[{i + 1},{j + 1}] = ")
    shares = [slid(volume[c : c + 1], ORIENTED[:1, c : c + 1])[0] for c in range(3)]
    assert numbers(page.sum[-1].partition(" = ")[2]) == pytest.approx(
        [*(float(share[i, j]) for share in shares), 0, float(truth[0, i, j])], rel=0.006, abs=1e-9
    )
    for c, share in enumerate(shares):
        assert near(page.map("parts", c, 0), volume[c])
        assert near(page.map("parts", c, 1), share)
    assert near(page.map("parts", 3, 0), truth[0])
    assert near(page.map("parts", 3, 1), truth[0])
    g = Geometry("grid", (3, 10, 10), (3, 3), 4, bias=True)
    assert page.costs == [parameter_count(kind, g) for kind in ("dense", "local", "conv")]
    assert page.costs == [4 * 64 * 300 + 256, 4 * 64 * 27 + 256, 4 * 27 + 4]


@pytest.mark.parametrize(
    ("g", "activation"),
    [
        (Geometry("depthwise", (3, 10, 10), (3, 3), 3, padding=(1, 1), groups=3, bias=True), "relu"),
        (Geometry("1x1", (3, 10, 10), (1, 1), 6, bias=True), "none"),
        (Geometry("dilated mirrors", (3, 10, 10), (2, 3), 2, (2, 2), (2, 2), (2, 2), 1, True, "reflect"), "abs"),
        (Geometry("full ring", (3, 10, 10), (3, 2), 1, padding="full", mode="circular", bias=True), "none"),
    ],
    ids=str,
)
def test_the_layer_of_a_link_is_the_one_that_loops_compute(g: Geometry, activation: str) -> None:
    rng = np.random.default_rng(5)
    weight, bias = rng.integers(-9, 10, g.weight_shape).astype(np.float64), rng.integers(-3, 4, g.out_channels) / 2
    link = {
        **GRID,
        "filters": link_of(weight),
        "biases": ",".join(map(str, bias)),
        "groups": str(g.groups),
        "stride": str(g.stride[0]),
        "padding": g.padding if isinstance(g.padding, str) else str(g.padding[0]),
        "dilation": str(g.dilation[0]),
        "mode": g.mode,
        "activation": activation,
    }
    page = Page(**link)
    page.is_sound()
    assert (page.errors, page.warnings) == ([], [])
    truth = correlate_geometry(g, pixels(), weight, bias)
    after = {"relu": np.maximum(truth, 0), "abs": np.abs(truth), "none": truth}[activation]
    assert near(page.maps, after)
    assert near(page.map("parts", -1, 0), truth[0])
    assert page.costs == [parameter_count(kind, g) for kind in ("dense", "local", "conv")]
    assert len(page.sum) == 3 // g.groups + 1


def test_a_layer_that_cannot_be_is_explained_and_the_filters_below_are_there() -> None:
    page = Page(**GRID, dilation="8")
    page.is_sound()
    assert len(page.errors) == 1
    assert {17, 10} <= {int(n) for n in numbers(page.errors[0])}
    assert page.has("bank")
    assert not page.has("maps")
    assert page.has("learn_start")
    page.put("dilation", 1)
    assert (page.errors, page.shown) == ([], first().shown)


# Controls of the layer.


def test_a_typed_weight_moves_the_maps_and_is_in_the_link() -> None:
    page = Page(**GRID)
    page.type("weight", [2, 1, 0, 2], 4.25)
    weight = ORIENTED.copy()
    weight[2, 1, 0, 2] = 4.25
    assert near(page.maps, slid(pixels(), weight))
    assert page.data("bank")["outputs"][2][1]["weights"] == weight[2, 1].ravel().tolist()
    assert moved(page) == {"bank", "maps"}  # the first output is taken apart, and costs and colours stay
    assert (page.warnings, page.query) == ([], {**GRID, "filters": page.query["filters"]})
    assert Page(**page.query).shown == page.shown
    page.type("weight", [2, 1, 0, 2], ORIENTED[2, 1, 0, 2])
    assert (page.query, page.shown) == (GRID, first().shown)


def test_a_typed_bias_is_added_to_its_map_alone() -> None:
    page = Page(**GRID)
    page.type("bias", [0], -1.5)
    assert near(page.maps, slid(pixels(), ORIENTED, np.array([-1.5, 0, 0, 0])))
    assert page.query == {**GRID, "biases": "-1.5,0,0,0"}
    assert "−1.5 (bias)" in page.sum[-1]
    assert moved(page) - {"cell"} == {"bank", "maps", "parts", "sum"}  # the sheet has no scale: it may look the same


HOSTILE_EDITS: list[object] = [
    None, 5, True, "x", [], {}, {"what": "weight"}, {"what": "weight", "at": [0, 0, 0, 0]},
    {"what": "weight", "at": [0, 0, 0, 0], "value": "x"}, {"what": "weight", "at": [9, 0, 0, 0], "value": 1},
    {"what": "weight", "at": [0, 0, 0], "value": 1}, {"what": "weight", "at": [0, 0, 0, 0], "value": 1e300},
    {"what": "weight", "at": [0, 0, 0, 0], "value": float("nan")}, {"what": "bias", "at": [4], "value": 1},
    {"what": "bias", "at": [0], "value": [1]}, {"what": "weight", "at": [0, 0, 0, 0], "value": [1] * 10_000},
    {"what": "bias", "at": [-1], "value": 1}, {"what": "weight", "at": ["a", 0, 0, 0], "value": 1},
]  # fmt: skip


def test_a_hostile_edit_of_the_bank_is_refused_in_words_and_changes_nothing() -> None:
    page = Page(**GRID)
    for message in HOSTILE_EDITS:
        page.send("bank", "edit", message)
        page.is_sound()
        assert (page.query, page.shown) == (GRID, first().shown)
        assert len(page.warnings) == 1
        assert re.match(r"Nothing was changed: .*(must|name).*\.$", page.warnings[0]), (message, page.warnings)
    page.run()
    assert page.warnings == []


@pytest.mark.parametrize("key", ["cell", "part"])
def test_a_hostile_drag_is_refused_in_words_and_changes_nothing(key: str) -> None:
    page = Page(**GRID)
    places: list[object] = [
        None,
        5,
        "x",
        [],
        [1],
        [1, 2, 3],
        [1.5, 2],
        [-1, 0],
        [None, 0],
        [10**9, 0],
        [float("nan"), 0],
        {},
    ]
    for place in places:
        page.send(key, "place", place)
        page.is_sound()
        assert (page.query, page.shown) == (GRID, first().shown)
        assert len(page.warnings) == 1
        assert re.match(r"Nothing was changed: .+ must be .+\.$", page.warnings[0]), (place, page.warnings)


def test_the_pinned_output_is_written_out_and_framed() -> None:
    page = Page(**GRID)
    page.send("cell", "place", [2, 5])
    page.is_sound()
    assert page.query == {**GRID, "cell": "0,2,5"}
    assert page.data("cell")["at"] == [2, 5]
    assert page.sum[-1].startswith("Y1[3,6] = ")
    assert numbers(page.sum[-1])[-1] == pytest.approx(float(slid(pixels(), ORIENTED)[0, 2, 5]), rel=0.006, abs=1e-9)
    assert moved(page) == {"cell", "sum", "parts"}


def test_another_output_is_taken_apart() -> None:
    page = Page(**GRID)
    page.put("output", 2)
    assert (page.query, page.value("output")) == ({**GRID, "cell": "2,30,30"}, 2)
    assert near(page.map("parts", 3, 0), slid(pixels(), ORIENTED)[2])
    assert page.sum[-1].startswith("Y3[8,8] = ")
    assert moved(page) == {"parts", "cell", "sum"}


def test_the_number_of_outputs_and_the_size_keep_the_kernels_where_they_are() -> None:
    page = Page(**GRID)
    page.put("outputs", 2)
    assert near(page.maps, slid(pixels(), ORIENTED[:2]))
    assert page.value("outputs") == 2
    page.put("bank_K", 5)
    page.put("bank_L", 4)
    weight = np.zeros((2, 3, 5, 4))
    weight[:, :, 1:4, 1:4] = ORIENTED[:2]
    assert np.array(page.data("bank")["outputs"][1][2]["weights"]).reshape(5, 4).tolist() == weight[1, 2].tolist()
    assert near(page.maps, slid(pixels(), weight))
    assert (page.value("bank_K"), page.value("bank_L"), page.warnings) == (5, 4, [])
    assert Page(**page.query).shown == page.shown
    page.put("outputs", 6)
    assert len(page.data("bank")["biases"]) == len(page.maps) == 6
    assert not page.maps[2:].any()


def test_groups_cut_the_outputs_from_the_other_channels() -> None:
    page = Page(**GRID)
    page.put("outputs", 3)
    page.put("groups", 3)
    assert (page.query["groups"], page.value("groups")) == ("3", 3)
    assert near(page.maps, slid(pixels(), ORIENTED[:3, :1], groups=3))
    cells = page.data("bank")["outputs"]
    assert [[cell is not None for cell in row] for row in cells] == np.eye(3, dtype=bool).tolist()
    g = Geometry("", (3, 10, 10), (3, 3), 3, groups=3, bias=True)
    assert page.costs == [parameter_count(kind, g) for kind in ("dense", "local", "conv")]
    assert len(page.sum) == 2
    page.type("weight", [1, 0, 1, 1], 9)
    weight = ORIENTED[:3, :1].copy()
    weight[1, 0, 1, 1] = 9
    assert near(page.maps, slid(pixels(), weight, groups=3))
    assert Page(**page.query).shown == page.shown


@pytest.mark.parametrize("id", ["oriented", "opponent", "gabor", "random"])
def test_a_preset_is_the_named_bank(id: str) -> None:
    page = Page(**GRID, bank_seed="3", biases="1,2,3,4")
    page.named("bank_preset").set_value(id).run()
    page.is_sound()
    assert near(page.maps, slid(pixels(), bank(id, 3, 3)))
    assert page.data("bank")["biases"] == [0] * len(page.maps)
    assert (page.errors, page.warnings) == ([], [])
    assert Page(**page.query).shown == page.shown


def test_a_preset_in_a_depthwise_layer_reads_all_colours() -> None:
    page = Page(**GRID, filters=link_of(np.ones((3, 1, 1, 1))), groups="3")
    page.named("bank_preset").set_value("oriented").run()
    page.is_sound()
    assert all(any(cell["weights"]) for row in page.data("bank")["outputs"] for cell in row if cell)


def test_the_seed_of_the_random_bank_moves_nothing_until_it_is_drawn() -> None:
    page = Page(**GRID)
    page.put("bank_seed", 7)
    assert (page.query, moved(page)) == ({**GRID, "bank_seed": "7"}, set())
    page.named("bank_preset").set_value("random").run()
    assert near(page.maps, slid(pixels(), bank("random", 3, 7)))


def test_samples_are_stacked_into_a_volume_by_their_names() -> None:
    page = Page(**GRID)
    page.put("stack", ["cat", "bars", "word", "dot"])
    assert page.query["stack"] == "cat,bars,word,dot"
    volume = np.concatenate([grey(id, 10) for id in ("cat", "bars", "word", "dot")])
    weight = np.concatenate([ORIENTED, np.zeros((4, 1, 3, 3))], axis=1)
    assert near(page.maps, slid(volume, weight))
    assert page.data("bank")["channels"] == ["Cat", "Bars, wide to narrow", "The word “weave”", "Single dot"]
    assert [c["title"] for c in page.data("parts")["cards"]][:4] == page.data("bank")["channels"]
    assert len(page.sum) == 5
    assert Page(**page.query).shown == page.shown
    page.put("stack", ["dot"])
    assert near(page.maps, slid(grey("dot", 10), ORIENTED[:, :1]))
    assert (page.errors, page.warnings) == ([], [])


def test_four_channels_in_two_groups() -> None:
    weight = np.random.default_rng(8).integers(-4, 5, (4, 2, 2, 2)).astype(np.float64)
    page = Page(**GRID, stack="cat,bars,word,dot", filters=link_of(weight), groups="2")
    page.is_sound()
    volume = np.concatenate([grey(id, 10) for id in ("cat", "bars", "word", "dot")])
    assert near(page.maps, slid(volume, weight, groups=2))
    assert page.value("groups") == 2
    page.put("output", 3)
    assert [c["title"] for c in page.data("parts")["cards"]] == ["The word “weave”", "Single dot", "Together"]


def test_an_uploaded_picture_in_colour_is_the_volume() -> None:
    page = Page(side="12")
    file = saved(np.random.default_rng(3).integers(0, 256, (30, 40, 3)).astype(np.uint8))
    page.upload("a.png", file)
    page.put("side", 12)
    volume = planes(resize(decode(file), 12), "rgb") / 255
    assert volume.shape == (3, 9, 12)
    assert near(page.maps, slid(volume, ORIENTED))
    assert page.query["image"] == "upload"
    assert page.data("bank")["channels"] == ["Red", "Green", "Blue"]
    red = png((255, 0, 0), (64, 64))
    page.upload("b.png", red)
    assert page.map("parts", 0)[-1, -1] == 1
    assert page.map("parts", 1)[-1, -1] == 0


@pytest.mark.parametrize("experiment", ["parallel", "mimo", "pictures"])
@pytest.mark.parametrize("size", [(400, 4), (1, 200), (200, 1)], ids=str)
def test_a_thin_picture_never_breaks_the_page(size: tuple[int, int], experiment: str) -> None:
    page = Page(experiment=experiment)
    noise = np.random.default_rng(4).integers(0, 256, (size[1], size[0], 3)).astype(np.uint8)
    page.upload("thin.png", saved(noise))
    page.is_sound()
    assert page.has("bank")
    assert page.has("field:experiment")


def test_a_kernel_larger_than_the_picture_is_explained_and_not_learned() -> None:
    kernel = ";".join([",".join(["1"] * 15)] * 15)
    page = Page(image="digit", side="8", kernel=kernel, experiment="pictures")
    page.is_sound()
    assert len(page.errors) == 1
    assert {15, 8} <= {int(n) for n in numbers(page.errors[0])}


def test_a_large_picture_is_made_smaller_here_and_stays_large_in_the_link() -> None:
    page = Page(side="512", filters="1", biases="0")
    page.is_sound()
    assert page.maps.shape == (1, 128, 128)
    assert near(page.maps[0], pixels("pagoda", 128)[0])
    assert page.query["side"] == "512"


def test_the_close_up_is_where_its_frame_was_left_and_as_large_as_was_chosen() -> None:
    page = Page(**GRID)
    page.send("part", "place", [60, 70])
    page.is_sound()
    assert moved(page) == {"part", "matrix"}
    top, bottom, left, right = map(int, page.query["part"].split(","))
    assert (bottom - top, right - left) == tuple(
        int(n) for n in (256 // page.value("closer"), 300 // page.value("closer"))
    )
    told = page.data("matrix")["cards"][0]["pictures"][0]["alt"]
    assert told == f"Rows {top + 1:,} to {bottom:,}, columns {left + 1:,} to {right:,} of 256 × 300 of the matrix W"
    assert all(abs(a - b) <= 1 for a, b in zip(page.data("part")["at"], (60, 70), strict=True))
    for times in (1, 4):
        page.put("closer", times)
        top, bottom, left, right = map(int, page.query["part"].split(","))
        assert (bottom - top, right - left) == (256 // times, 300 // times)
        assert page.value("closer") == times
    assert Page(**page.query).shown == page.shown


# Links.


CHANNELS_LINK = {
    "stack": "cat,dot",
    "filters": "1,2;3,4/5,6;7,8|0.5,0;0,0/0,0;0,-2",
    "biases": "1,-0.5",
    "groups": "1",
    "cell": "1,4,5",
    "part": "10,50,20,90",
    "bank_seed": "12",
}
ADAPTIVE_LINK = {
    "experiment": "parallel",
    "members": "3",
    "lags": "5",
    "mu": "0.125",
    "variance": "0.25",
    "ar": "0.5",
    "mismatch": "0.3",
    "drift": "0.0005",
    "normalised": "1",
    "steps": "300",
    "trials": "7",
    "lms_seed": "9",
}


def test_every_value_of_a_link_is_where_it_belongs() -> None:
    link = {**GRID, **CHANNELS_LINK, **ADAPTIVE_LINK}
    page = Page(**link)
    page.is_sound()
    kept = {
        name: text for name, text in link.items() if (name, text) not in {("groups", "1"), ("experiment", "parallel")}
    }
    assert (page.query, page.errors, page.warnings) == (kept, [], [])
    assert (page.value("stack"), page.value("bank_seed"), page.value("output")) == (["cat", "dot"], 12, 1)
    assert (page.value("outputs"), page.value("bank_K"), page.value("bank_L")) == (2, 2, 2)
    weight = np.array([[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [[[0.5, 0], [0, 0]], [[0, 0], [0, -2]]]])
    volume = np.concatenate([grey("cat", 10), grey("dot", 10)])
    assert near(page.maps, slid(volume, weight, np.array([1, -0.5])))
    assert page.data("cell")["at"] == [4, 5]
    assert "Rows 11 to 50, columns 21 to 90 of 162 × 200" in page.data("matrix")["cards"][0]["title"]
    for name in ("members", "lags", "variance", "ar", "mismatch", "drift", "steps", "trials", "lms_seed"):
        assert page.value(name) == float(ADAPTIVE_LINK[name])
    assert (page.value("normalised"), page.data("mu")["value"]) == (True, 0.125)
    page.run()
    assert page.query == kept


@pytest.mark.parametrize("experiment", ["mimo", "pictures"])
def test_the_other_experiments_are_in_the_link_too(experiment: str) -> None:
    page = Page(**GRID)
    page.put("experiment", experiment)
    assert page.query == {**GRID, "experiment": experiment, "mu": {"mimo": "0.02", "pictures": "1.5"}[experiment]}
    assert Page(**page.query).shown == page.shown
    assert page.has("field:members") == (experiment == "mimo")
    assert not page.has("field:ar")
    assert page.has("kernels") == (experiment == "pictures")


EVERYTHING = ["", "x" * 20_000, "<script>alert(1)</script>", "nan", "1e300", "[1](//example.org)"]
DOMAINS: dict[str, list[str]] = {
    "stack": ["nowhere", "cat,", "cat,dot,cat,dot,cat"],
    "filters": ["1/2|3", "1,2;3", "|"],
    "biases": ["1,2,3,4,5,6,7", "1e7", ","],
    "groups": ["0", "5", "1.5"],
    "cell": ["1,2", "6,0,0", "0,1000,0"],
    "part": ["5,5,0,9", "1,2,3", "-1,2,0,5"],
    "bank_seed": ["-1", "10000", "1,000"],
    "experiment": ["Parallel", "0", "lms"],
    "members": ["0", "17", "-1"],
    "lags": ["0", "33", "2.5"],
    "mu": ["0", "-0.1", "2.1"],
    "variance": ["-0.1", "1.1", "--1"],
    "ar": ["0.96", "-1", "inf"],
    "mismatch": ["-1", "3", "inf"],
    "drift": ["-1", "0.1", "inf"],
    "normalised": ["2", "yes", "True"],
    "steps": ["99", "10001", "1e3"],
    "trials": ["0", "51", "-5"],
    "lms_seed": ["-1", "10000", "9" * 400],
}
HOSTILE = [dict.fromkeys(DOMAINS, text) for text in EVERYTHING] + [
    {name: texts[n] for name, texts in DOMAINS.items()} for n in range(3)
]


@pytest.mark.parametrize("damaged", HOSTILE, ids=lambda damaged: str(damaged["steps"])[:12])
def test_hostile_values_in_a_link_are_each_refused_in_words_and_nothing_moves(damaged: dict[str, str]) -> None:
    page = Page(**GRID, **damaged)
    page.is_sound()
    empty = {"stack", "part"} if damaged["stack"] == "" else set()  # nothing is a value of these two
    assert (page.query, page.errors, moved(page)) == (GRID, [], set())
    named = [found for text in page.warnings for found in re.findall(r"^The link's (\w+) must be ", text)]
    assert set(DOMAINS) - empty <= set(named) <= set(DOMAINS)
    assert len(named) == len(set(named))
    assert max(map(len, page.warnings)) < 400


@pytest.mark.parametrize("sound", [*CHANNELS_LINK, *ADAPTIVE_LINK])
def test_one_sound_value_among_hostile_ones_is_honoured(sound: str) -> None:
    good = {**CHANNELS_LINK, **ADAPTIVE_LINK, "groups": "1", "experiment": "mimo"}[sound]
    page = Page(**GRID, **{name: texts[0] for name, texts in DOMAINS.items() if name != sound}, **{sound: good})
    page.is_sound()
    alone = Page(**GRID, **{sound: good})
    assert alone.warnings == []
    assert (page.query, page.shown) == (alone.query, alone.shown)
    assert len(page.warnings) == len(DOMAINS) - 1


@pytest.mark.parametrize(
    "link",
    [
        {"stack": "cat,cat"},
        {"groups": "4"},
        {"groups": "3"},
        {"filters": "1"},
        {"filters": "1/2/3/4"},
        {"biases": "5"},
        {"cell": "5,999,999"},
        {"part": "900000,900001,0,9"},
        {"members": "16", "lags": "32", "trials": "50", "experiment": "mimo"},
        {"padding": "64", "mode": "circular"},
        {"image": "dot", "side": "8", "filters": link_of(np.ones((6, 4, 7, 7))), "padding": "full", "stride": "16"},
        {"filters": "0/0/0", "biases": "0", "activation": "sigmoid"},
        {"filters": "5e-324/1e6/-1e6", "biases": "1e6", "activation": "tanh"},
    ],
    ids=str,
)
def test_what_a_link_may_hold_and_does_not_fit_never_breaks_the_page(link: dict[str, str]) -> None:
    page = Page(**(GRID | link))
    page.is_sound()
    assert [node.proto.anchor for node in page.at.header][-1] == "learning"
    assert page.warnings == []
    page.run()


# Controls of the filters.


FIELDS: list[tuple[str, object, str]] = [
    ("members", 7, "7"),
    ("lags", 3, "3"),
    ("variance", 0.5, "0.5"),
    ("steps", 300, "300"),
    ("trials", 2, "2"),
    ("lms_seed", 4, "4"),
    ("ar", -0.5, "-0.5"),
    ("mismatch", 0.25, "0.25"),
    ("drift", 0.001, "0.001"),
    ("normalised", True, "1"),
]


def test_each_field_of_the_filters_is_taken_and_moves_nothing_of_the_layer() -> None:
    page, link = Page(**GRID), dict(GRID)
    for name, value, text in FIELDS:
        page.put(name, value)
        link[name] = text
        assert (page.query, page.value(name), page.errors, page.warnings) == (link, value, [], [])
        assert moved(page) <= {"filters", "mu"}
    assert page.shown == Page(**link).shown


def test_the_dial_has_the_bounds_of_both_filters_as_marks() -> None:
    page = Page(**GRID, members="4", lags="8")
    marks = page.data("mu")["marks"]
    assert marks == pytest.approx({"bound, shared": 2 * 4 / 13, "bound, untied": 2 / 10})
    page.put("members", 1)
    assert page.data("mu")["marks"] == pytest.approx({"bound": 2 / 10})
    page.put("normalised", True)
    assert page.data("mu")["marks"] == {}
    page.put("normalised", False)
    page.put("experiment", "mimo")
    page.put("members", 3)
    assert page.data("mu")["marks"] == pytest.approx({"bound, shared": 2 / 10, "bound, untied": 2 / 26})


def test_a_step_from_the_dial_is_taken_and_a_bad_one_refused_in_words() -> None:
    page = Page(**GRID)
    page.send("mu", "place", 0.2)
    page.is_sound()
    assert (page.query, page.data("mu")["value"], page.warnings) == ({**GRID, "mu": "0.2"}, 0.2, [])
    before = page.shown
    places: list[object] = [0, -1, 2.5, None, "x", float("nan"), [0.1], {}, True, 1e300, "9" * 500]
    for place in places:
        page.send("mu", "place", place)
        page.is_sound()
        assert (page.query, page.shown) == ({**GRID, "mu": "0.2"}, before)
        assert len(page.warnings) == 1
        assert page.warnings[0].startswith("Nothing was changed: mu must be a number from 0.0001 to 2, not ")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("members", [0, -1, 17, 10**9]),
        ("lags", [0, 33]),
        ("steps", [0, 99, 10_001]),
        ("trials", [0, 51]),
        ("variance", [-0.5, 1.5]),
        ("outputs", [0, 7]),
        ("bank_K", [0, 8]),
        ("bank_L", [-3, 8]),
    ],
)
def test_a_number_beyond_its_limits_never_comes_in(field: str, values: list[float]) -> None:
    page, (low, high) = Page(**GRID), LIMITS[field]  # the browser refuses it in the field; Streamlit takes the least
    for value in values:
        page.put(field, value)
        assert low <= page.value(field) <= high
        assert (page.errors, page.warnings) == ([], [])
        assert Page(**page.query).shown == page.shown


LIMITS = {
    "members": (1, 16),
    "lags": (1, 32),
    "steps": (100, 10_000),
    "trials": (1, 50),
    "variance": (0, 1),
    "outputs": (1, 6),
    "bank_K": (1, 7),
    "bank_L": (1, 7),
}


# Learning.


ticking_only = pytest.mark.usefixtures("record_by_record")  # a tick of the clock learns a slice of 200 iterations
RUN = {**GRID, "steps": "600", "trials": "3", "members": "2", "lags": "3"}


def truth(**more: Any) -> tuple[Floats, ...]:  # noqa: ANN401  # numbers of a world
    """Both learning curves in decibels, two iterations a point."""
    numbers: dict[str, Any] = {"channels": 2, "taps": 3, "iterations": 600, "trials": 3, "seed": 0} | more
    world = Parallel(**numbers)
    return in_decibels(world, 0.05)


def in_decibels(world: Parallel | Mimo | Pictures, mu: float) -> tuple[Floats, ...]:
    excess = np.concatenate([record.excess for record in learn(world, world.wirings, mu)], axis=1)
    block = max(1, excess.shape[1] // 300)
    return tuple(10 * np.log10(row.reshape(-1, block).mean(axis=1)) for row in excess)


def same(page: Page, wanted: tuple[Floats, ...], points: int | None = None) -> bool:
    """Whether the page draws these curves, as far as this point."""
    drawn = [page.curves[f"{name}, measured"] for name in ("Shared", "Untied")]
    return all(
        len(y) == len(w[:points])
        and np.allclose(y, w[:points], rtol=1e-9)
        and np.allclose(x, 2 * np.arange(len(x)) + 1)
        for (x, y), w in zip(drawn, wanted, strict=True)
    )


@ticking_only
def test_nothing_is_learned_before_it_is_asked_for() -> None:
    page = Page(**RUN)
    page.run()
    assert (page.curves, page.has("learn_stop"), page.named("learn_start").label) == ({}, False, "Learn")
    assert "Press **Learn**" in page.said


@ticking_only
def test_the_clock_alone_learns_to_the_end_and_then_the_button_comes_back() -> None:
    page, wanted = Page(**RUN), truth()
    page.press("learn_start")
    assert page.has("learn_stop")
    for done in (100, 200, 300):
        assert same(page, wanted, done)
        with page.within(LEARNING):
            page.run()
    assert page.has("maps")  # the whole page was run: the button is not part of what ticks
    assert same(page, wanted)
    assert (page.has("learn_stop"), page.named("learn_start").label) == (False, "Learn again")
    shared, untied = (10 ** (curve[-75:] / 10) for curve in wanted)
    gain = 10 * math.log10(untied.mean() / shared.mean())
    assert numbers(page.said.replace("**", ""))[0] == pytest.approx(gain, abs=0.051)
    for fact, end in zip(page.facts, (shared, untied), strict=True):
        assert numbers(fact["excess error in the end"]) == pytest.approx([10 * math.log10(end.mean())], abs=0.051)
    before = page.shown
    page.run()
    assert page.shown == before


@ticking_only
def test_what_theory_derives_is_drawn_dashed_and_written_beside_it() -> None:
    page = Page(**RUN)
    page.press("learn_start")
    mu, L, v = 0.05, 3, 0.01
    for name, M, fact in zip(("Shared", "Untied"), (2, 1), page.facts, strict=True):
        D, wanted = 1.0, []
        for _ in range(600):
            wanted.append(D)
            D = (1 - 2 * mu + mu**2 * (L + M + 1) / M) * D + mu**2 * L * v / M
        x, y = page.curves[f"{name}, derived"]
        assert np.allclose(y, [10 * math.log10(wanted[int(n)]) for n in x], rtol=1e-6)
        end = v * (mu * L / M) / (2 - mu * (L + M + 1) / M)
        assert numbers(fact["predicted"]) == pytest.approx([10 * math.log10(end)], abs=0.051)
    dashes = [trace["line"].get("dash") for trace in json.loads(page.named("learning").proto.spec)["data"]]
    assert dashes == [None, "dash", None, "dash"]


@ticking_only
def test_stopping_keeps_the_curve_and_learning_again_starts_over() -> None:
    page, wanted = Page(**RUN), truth()
    page.press("learn_start")
    page.run()
    page.press("learn_stop")
    page.run()
    assert same(page, wanted, 200)
    assert (page.has("learn_start"), page.has("learn_stop")) == (True, False)
    page.press("learn_start")
    assert same(page, wanted, 100)


@ticking_only
def test_a_number_changed_while_it_learns_ends_the_run_and_the_next_one_has_it() -> None:
    page = Page(**RUN)
    page.press("learn_start")
    page.put("lms_seed", 5)
    assert (page.curves, page.has("learn_start"), page.has("learn_stop")) == ({}, True, False)
    page.press("learn_start")
    assert same(page, truth(seed=5), 100)
    page.send("mu", "place", 0.1)
    page.is_sound()
    assert page.curves == {}
    assert page.query["mu"] == "0.1"


@ticking_only
def test_the_bank_can_be_edited_while_the_filters_learn() -> None:
    page, wanted = Page(**RUN), truth()
    page.press("learn_start")
    page.type("weight", [0, 0, 0, 0], 5)
    assert same(page, wanted, 200)
    page.put("outputs", 2)
    assert same(page, wanted, 300)
    assert near(page.maps[1], slid(pixels(), ORIENTED)[1])


@ticking_only
def test_two_visitors_learn_beside_each_other_as_each_would_alone() -> None:
    one, other = Page(**RUN), Page(**RUN, lms_seed="6")
    one.press("learn_start")
    other.press("learn_start")
    while one.has("learn_stop") or other.has("learn_stop"):
        one.run()
        other.run()
    assert same(one, truth())
    assert same(other, truth(seed=6))


@ticking_only
def test_learning_goes_on_after_a_look_at_another_page() -> None:
    page, wanted = Page(**RUN), truth()
    page.press("learn_start")
    page.go("explore")
    page.go("channels")
    assert same(page, wanted, 200)
    page.press("learn_stop")
    assert same(page, wanted, 200)


@ticking_only
def test_a_ring_learns_what_its_world_teaches() -> None:
    page = Page(**RUN, experiment="mimo")
    page.press("learn_start")
    assert same(page, in_decibels(Mimo(2, 3, 0.01, 600, 3, 0), 0.05), 100)
    weights = [numbers(card["headline"])[0] for card in page.data("filters")["cards"]]
    assert weights == [2 * 3, 2 * 2 * 3]


@ticking_only
def test_a_kernel_is_learned_from_the_visitors_picture() -> None:
    page = Page(experiment="pictures", steps="600", trials="3", kernel="1,2;3,-4", mu="1")
    page.is_sound()
    assert not page.map("kernels", 1).any()
    page.press("learn_start")
    world = Pictures(grey("pagoda", 64)[0], np.array([[1.0, 2], [3, -4]]), 12, 0.01, 600, 3, 0)
    assert same(page, in_decibels(world, 1.0), 100)
    while page.has("learn_stop"):
        page.run()
    last = list(learn(world, world.wirings, 1.0))[-1]
    assert near(page.map("kernels", 0), last.x.reshape(12, 12))
    assert page.map("kernels", 1).tolist() == [[1, 2], [3, -4]]
    assert near(page.map("kernels", 2), last.theta[0].reshape(2, 2))
    assert "Sharing ends" in page.said


@ticking_only
def test_past_the_bound_the_run_ends_in_words_and_not_in_infinities() -> None:
    page = Page(**RUN, mu="2")
    page.press("learn_start")
    while page.has("learn_stop"):
        page.run()
    assert re.match(r"\*\*Shared diverged\*\* after \d+ iterations: μ = 2 and its bound is 0.667", page.said)
    assert [fact["predicted"] for fact in page.facts] == ["none: μ is beyond the bound"] * 2
    assert "Infinity" not in page.named("learning").proto.spec
    assert not re.search(r"\b(inf|nan)\b", page.said + str(page.facts))


@ticking_only
def test_what_the_chart_says_is_said_in_words_too() -> None:
    page, wanted = Page(**RUN), truth()
    page.press("learn_start")
    while page.has("learn_stop"):
        page.run()
    told = page.named("learning").proto.alt
    ends = [10 * math.log10(float((10 ** (curve[-75:] / 10)).mean())) for curve in wanted]
    derived = [0.01 * (0.05 * 3 / M) / (2 - 0.05 * (4 + M) / M) for M in (2, 1)]
    shown = numbers(told)
    assert shown == pytest.approx(
        [ends[0], 10 * math.log10(derived[0]), ends[1], 10 * math.log10(derived[1])], abs=0.051
    )


# One session, three pages.


class Compared(Visitor):
    """A visitor who goes to Compare at once."""

    path = "compare"


def test_nothing_done_here_is_seen_on_explore_or_compare() -> None:
    link = {**GRID, "kernel": "1,2;3,4", "bias": "2", "stride": "2"}
    page, explore, compare = Page(**link), Visitor(**link), Compared(**link)
    page.type("weight", [0, 0, 0, 0], 7)
    page.put("outputs", 2)
    page.put("members", 3)
    page.put("experiment", "pictures")
    page.send("cell", "place", [1, 1])
    page.is_sound()
    page.go("explore")
    assert page.query == link
    assert page.data("loom")["kernel"] == explore.data("loom")["kernel"] == [[1, 2], [3, 4]]
    page.go("compare")
    assert page.query == link
    for key in ("four_layers", "shifted", "scrambled", "detectors"):
        assert page.data(key) == compare.data(key)


def test_what_was_made_here_is_still_here_after_a_look_at_other_pages() -> None:
    page = Page(**GRID)
    page.type("weight", [0, 0, 0, 0], 7)
    page.put("members", 3)
    query, shown = page.query, page.shown
    page.go("explore")
    page.go("channels")
    assert (page.query, page.shown) == (query, shown)
