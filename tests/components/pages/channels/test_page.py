"""The Channels page as a visitor meets it: every number is a loop's, every control and link moves what it names.

No browser: `Visitor` reads what the components are sent, and answers in their place.
"""

import json
import math
import re
from base64 import b64decode
from functools import cache
from hashlib import sha256

import numpy as np
import pytest
from numpy.typing import NDArray

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
LEARNING = 1  # the page's fragment that learns, counted from above
ANCHORS = ["apart", "matrix", "cost", "learning"]
GRID = {"image": "grid", "side": "10"}  # ten pixels, no two alike: quick, and every setting is seen


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
        return next(
            as_read(node.value)
            for node in self.at.markdown
            if re.search(r"Press \*\*Run|sharing the|diverged", node.value)
        )

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


def pixels(name: str = "grid", side: int = 10, colour: str = "rgb") -> Floats:
    """The picture (C, H, W)."""
    found: Floats = planes(sample(name, side), colour) / 255
    return found


def stacked(*names: str) -> Floats:
    return np.concatenate([pixels(name, 10, "grey") for name in names])


def slid(volume: Floats, weight: Floats, bias: Floats | None = None, groups: int = 1) -> Floats:
    """Every output map, by loops, on a layer without padding."""
    return loop_correlate(volume, weight, (1, 1), ((0, 0), (0, 0)), (1, 1), groups, "zeros", bias)


def near(map: NDArray[np.float32], truth: Floats) -> bool:
    """Equal, but for what float32 cannot hold."""
    return map.shape == truth.shape and bool(np.abs(map - truth).max() <= 1e-6 * max(1.0, float(np.abs(truth).max())))


def link_of(weight: Floats) -> str:
    """A bank (O, C, K, L) as a link has it."""
    return "|".join("/".join(";".join(",".join(map(str, r)) for r in k) for k in one) for one in weight.tolist())


ORIENTED = bank("oriented", 3)


# The page.


def test_a_first_visit_shows_every_section_in_order_without_a_word_of_warning() -> None:
    page = Page()
    page.is_sound()
    assert (page.errors, page.warnings, page.query) == ([], [], {})
    linked = [anchor for text in page.at.markdown for anchor in re.findall(r"\(#([\w-]+)\)", text.value)]
    assert linked == [node.proto.anchor for node in page.at.header] == ANCHORS
    keys = [node.key for node in page.at.main if getattr(node, "key", None) in (*COMPONENTS, "learn_start")]
    assert keys == ["bank", "maps", "parts", "cell", "part", "matrix", "costs", "mu", "learn_start", "filters"]
    before = page.shown
    page.run()
    assert page.shown == before


def test_the_first_maps_sums_and_counts_are_those_of_loops() -> None:
    page, volume = first(), pixels()
    truth = slid(volume, ORIENTED)
    assert near(page.maps, truth)
    shares = [slid(volume[c : c + 1], ORIENTED[:1, c : c + 1])[0] for c in range(3)]
    for c, share in enumerate(shares):
        assert near(page.map("parts", c, 0), volume[c])
        assert near(page.map("parts", c, 1), share)
    assert near(page.map("parts", 3, 0), truth[0])
    assert len(page.sum) == 4
    assert page.sum[-1].startswith("Y1[8,8] = ")  # the pinned output, as far as the map reaches
    terms = [*(float(share[7, 7]) for share in shares), 0, float(truth[0, 7, 7])]
    assert numbers(page.sum[-1].partition(" = ")[2]) == pytest.approx(terms, rel=0.006, abs=1e-9)
    assert page.costs == [4 * 64 * 300 + 256, 4 * 64 * 27 + 256, 4 * 27 + 4]


@pytest.mark.parametrize(
    ("g", "activation"),
    [
        (Geometry("depthwise", (3, 10, 10), (3, 3), 3, padding=(1, 1), groups=3, bias=True), "relu"),
        (Geometry("dilated mirrors", (3, 10, 10), (2, 3), 2, (2, 2), (2, 2), (2, 2), 1, True, "reflect"), "abs"),
        (Geometry("full ring", (3, 10, 10), (3, 2), 1, padding="full", mode="circular", bias=True), "none"),
    ],
    ids=str,
)
def test_the_layer_of_a_link_is_the_one_that_loops_compute(g: Geometry, activation: str) -> None:
    rng = np.random.default_rng(5)
    weight, bias = rng.integers(-9, 10, g.weight_shape).astype(np.float64), rng.integers(-3, 4, g.out_channels) / 2
    link = {"filters": link_of(weight), "biases": ",".join(map(str, bias)), "groups": str(g.groups), "mode": g.mode}
    link |= {"padding": g.padding if isinstance(g.padding, str) else str(g.padding[0]), "activation": activation}
    page = Page(**GRID, **link, stride=str(g.stride[0]), dilation=str(g.dilation[0]))
    page.is_sound()
    assert (page.errors, page.warnings) == ([], [])
    truth = correlate_geometry(g, pixels(), weight, bias)
    assert near(page.maps, {"relu": np.maximum(truth, 0), "abs": np.abs(truth), "none": truth}[activation])
    assert near(page.map("parts", -1, 0), truth[0])
    assert page.costs == [parameter_count(kind, g) for kind in ("dense", "local", "conv")]
    assert len(page.sum) == 3 // g.groups + 1


def test_a_layer_that_cannot_be_is_explained_and_the_filters_below_are_there() -> None:
    page = Page(**GRID, dilation="8")
    page.is_sound()
    (reason,) = page.errors
    assert {17, 10} <= {int(n) for n in numbers(reason)}
    assert [page.has(key) for key in ("bank", "maps", "learn_start")] == [True, False, True]
    page.put("dilation", 1)
    assert (page.errors, page.shown) == ([], first().shown)


# Controls of the layer.


def test_a_typed_weight_or_bias_moves_its_map_and_is_in_the_link() -> None:
    page, weight = Page(**GRID), ORIENTED.copy()
    weight[2, 1, 0, 2] = 4.25
    page.type("weight", [2, 1, 0, 2], 4.25)
    assert near(page.maps, slid(pixels(), weight))
    assert page.data("bank")["outputs"][2][1]["weights"] == weight[2, 1].ravel().tolist()
    assert moved(page) == {"bank", "maps"}  # the first output is taken apart, and costs and colours stay
    assert (page.warnings, set(page.query)) == ([], {*GRID, "filters"})
    assert Page(**page.query).shown == page.shown
    page.type("weight", [2, 1, 0, 2], ORIENTED[2, 1, 0, 2])
    assert (page.query, page.shown) == (GRID, first().shown)
    page.type("bias", [0], -1.5)
    assert near(page.maps, slid(pixels(), ORIENTED, np.array([-1.5, 0, 0, 0])))
    assert page.query == {**GRID, "biases": "-1.5,0,0,0"}
    assert "−1.5 (bias)" in page.sum[-1]
    assert moved(page) - {"cell"} == {"bank", "maps", "parts", "sum"}  # the sheet has no scale: it may look the same


REFUSED: list[tuple[str, str, object, str]] = [
    ("bank", "edit", {"what": "weight", "at": [9, 0, 0, 0], "value": 1}, "the weight must be "),
    ("bank", "edit", {"what": "bias", "at": [0], "value": [1]}, "a bias must be "),
    ("bank", "edit", None, "the bank's message must name "),
    ("cell", "place", [10**9, 0], "cell must be "),
    ("part", "place", [float("nan"), 0], "the frame must be "),
    *(("mu", "place", value, "mu must be a number from 0.0001 to 2, not ") for value in (0, 2.5, "9" * 500)),
]


def test_a_hostile_message_is_refused_in_words_and_changes_nothing() -> None:
    page = Page(**GRID)
    for key, event, message, told in REFUSED:
        page.send(key, event, message)
        page.is_sound()
        assert (page.query, page.shown) == (GRID, first().shown)
        (reason,) = page.warnings
        assert reason.startswith(f"Nothing was changed: {told}")
        assert len(reason) < 400
    page.run()
    assert page.warnings == []


def test_the_pinned_output_is_written_out_and_framed_and_another_map_is_taken_apart() -> None:
    page, truth = Page(**GRID), slid(pixels(), ORIENTED)
    page.send("cell", "place", [2, 5])
    page.is_sound()
    assert (page.query, page.data("cell")["at"]) == ({**GRID, "cell": "0,2,5"}, [2, 5])
    assert page.sum[-1].startswith("Y1[3,6] = ")
    assert numbers(page.sum[-1])[-1] == pytest.approx(float(truth[0, 2, 5]), rel=0.006, abs=1e-9)
    assert moved(page) == {"cell", "sum", "parts"}
    page.put("output", 2)
    assert (page.query, page.value("output")) == ({**GRID, "cell": "2,2,5"}, 2)
    assert near(page.map("parts", 3, 0), truth[2])
    assert page.sum[-1].startswith("Y3[3,6] = ")
    assert moved(page) == {"parts", "cell", "sum"}


def test_the_number_of_outputs_and_the_size_keep_the_kernels_where_they_are() -> None:
    page, weight = Page(**GRID), np.zeros((2, 3, 5, 4))
    weight[:, :, 1:4, 1:4] = ORIENTED[:2]
    for field, value in (("outputs", 2), ("bank_K", 5), ("bank_L", 4)):
        page.put(field, value)
        assert (page.value(field), page.warnings) == (value, [])
    assert np.array(page.data("bank")["outputs"][1][2]["weights"]).reshape(5, 4).tolist() == weight[1, 2].tolist()
    assert near(page.maps, slid(pixels(), weight))
    assert Page(**page.query).shown == page.shown
    page.put("outputs", 6)
    assert len(page.data("bank")["biases"]) == len(page.maps) == 6
    assert not page.maps[2:].any()


def test_groups_cut_the_outputs_from_the_other_channels() -> None:
    page = Page(**GRID)
    page.put("outputs", 3)
    page.put("groups", 3)
    assert (page.query["groups"], page.value("groups")) == ("3", 3)
    cells = page.data("bank")["outputs"]
    assert [[cell is not None for cell in row] for row in cells] == np.eye(3, dtype=bool).tolist()
    page.type("weight", [1, 0, 1, 1], 9)
    weight = ORIENTED[:3, :1].copy()
    weight[1, 0, 1, 1] = 9
    assert near(page.maps, slid(pixels(), weight, groups=3))
    assert Page(**page.query).shown == page.shown


def test_a_preset_is_the_named_bank_with_the_seed_that_was_set() -> None:
    page = Page(**GRID, biases="1,2,3,4")
    before = page.shown
    page.put("bank_seed", 3)
    assert (page.query["bank_seed"], page.shown) == ("3", before)  # nothing moves until it is drawn
    for id in ("opponent", "random"):
        page.named("bank_preset").set_value(id).run()
        page.is_sound()
        assert near(page.maps, slid(pixels(), bank(id, 3, 3)))
        assert page.data("bank")["biases"] == [0] * len(page.maps)
    assert (page.errors, page.warnings) == ([], [])
    assert Page(**page.query).shown == page.shown


def test_samples_are_stacked_into_a_volume_by_their_names() -> None:
    page = Page(**GRID)
    page.put("stack", ["cat", "bars", "word", "dot"])
    assert page.query["stack"] == "cat,bars,word,dot"
    weight = np.concatenate([ORIENTED, np.zeros((4, 1, 3, 3))], axis=1)
    assert near(page.maps, slid(stacked("cat", "bars", "word", "dot"), weight))
    names = ["Cat", "Bars, wide to narrow", "The word “weave”", "Single dot"]
    assert page.data("bank")["channels"] == names
    assert [card["title"] for card in page.data("parts")["cards"]] == [*names, "Sum over channels"]
    page.put("groups", 2)
    page.put("output", 3)
    assert [card["title"] for card in page.data("parts")["cards"]] == [*names[2:], "Sum over channels"]
    assert Page(**page.query).shown == page.shown
    page.put("groups", 1)
    page.put("stack", ["dot"])
    assert near(page.maps, slid(stacked("dot"), ORIENTED[:, :1]))
    assert (page.errors, page.warnings) == ([], [])


def test_an_uploaded_picture_in_colour_is_the_volume() -> None:
    page, file = Page(side="12"), saved(np.random.default_rng(3).integers(0, 256, (30, 40, 3)).astype(np.uint8))
    page.upload("a.png", file)
    page.put("side", 12)
    volume = planes(resize(decode(file), 12), "rgb") / 255
    assert volume.shape == (3, 9, 12)
    assert near(page.maps, slid(volume, ORIENTED))
    assert (page.query["image"], page.data("bank")["channels"]) == ("upload", ["Red", "Green", "Blue"])
    page.upload("b.png", png((255, 0, 0), (64, 64)))
    assert [page.map("parts", c)[-1, -1] for c in range(3)] == [1, 0, 0]


@pytest.mark.parametrize("experiment", ["parallel", "mimo", "pictures"])
def test_a_thin_picture_never_breaks_the_page(experiment: str) -> None:
    page, noise = Page(experiment=experiment), np.random.default_rng(4).integers(0, 256, (200, 400, 3), np.uint8)
    for thin in (noise[:4], noise[:1], noise[:, :1]):
        page.upload("thin.png", saved(thin))
        page.is_sound()
        assert page.has("bank")
        assert page.has("field:experiment")


def test_a_kernel_larger_than_the_picture_is_explained_and_not_learned() -> None:
    page = Page(image="digit", side="8", kernel=";".join([",".join(["1"] * 15)] * 15), experiment="pictures")
    page.is_sound()
    (reason,) = page.errors
    assert {15, 8} <= {int(n) for n in numbers(reason)}
    assert not page.has("learn_start")


def test_a_large_picture_is_made_smaller_here_and_stays_large_in_the_link() -> None:
    page = Page(side="512", filters="1", biases="0")
    page.is_sound()
    assert near(page.maps, pixels("pagoda", 128)[:1])
    assert page.query["side"] == "512"


def test_the_close_up_is_where_its_frame_was_left_and_as_large_as_was_chosen() -> None:
    page = Page(**GRID)
    page.send("part", "place", [60, 70])
    page.is_sound()
    assert moved(page) == {"part", "matrix"}
    assert all(abs(a - b) <= 1 for a, b in zip(page.data("part")["at"], (60, 70), strict=True))
    for times in (page.value("closer"), 1, 4):
        page.put("closer", times)
        top, bottom, left, right = map(int, page.query["part"].split(","))
        assert (bottom - top, right - left, page.value("closer")) == (256 // times, 300 // times, times)
        told = page.data("matrix")["cards"][0]["pictures"][0]["alt"]
        rows, cols = f"Rows {top + 1:,} to {bottom:,}", f"columns {left + 1:,} to {right:,}"
        assert told == f"{rows}, {cols} of 256 × 300 of the matrix W"
    assert Page(**page.query).shown == page.shown


# Links.


CHANNELS_LINK = {
    "stack": "cat,dot",
    "filters": "1,2;3,4/5,6;7,8|0.5,0;0,0/0,0;0,-2",
    "biases": "1,-0.5",
    "cell": "1,4,5",
    "part": "10,50,20,90",
    "bank_seed": "12",
}
FIELDS: dict[str, float | bool] = {  # of the filters, none at its default
    "members": 3,
    "lags": 5,
    "variance": 0.25,
    "steps": 300,
    "trials": 7,
    "lms_seed": 9,
    "ar": -0.5,
    "mismatch": 0.3,
    "drift": 0.0005,
    "normalised": True,
}
ADAPTIVE_LINK = {name: str(int(value) if value is True else value) for name, value in FIELDS.items()}


def test_every_value_of_a_link_is_where_it_belongs() -> None:
    link = {**GRID, **CHANNELS_LINK, **ADAPTIVE_LINK, "mu": "0.125"}
    page = Page(**link)
    page.is_sound()
    assert (page.query, page.errors, page.warnings) == (link, [], [])
    held = [page.value(name) for name in ("stack", "bank_seed", "output", "outputs", "bank_K", "bank_L")]
    assert held == [["cat", "dot"], 12, 1, 2, 2, 2]
    weight = np.array([[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [[[0.5, 0], [0, 0]], [[0, 0], [0, -2]]]])
    assert near(page.maps, slid(stacked("cat", "dot"), weight, np.array([1, -0.5])))
    assert page.data("cell")["at"] == [4, 5]
    assert "Rows 11 to 50, columns 21 to 90 of 162 × 200" in page.data("matrix")["cards"][0]["title"]
    assert {name: page.value(name) for name in FIELDS} == FIELDS
    assert page.data("mu")["value"] == 0.125


def test_each_field_of_the_filters_is_taken_and_moves_nothing_of_the_layer() -> None:
    page, link = Page(**GRID), dict(GRID)
    for name, value in FIELDS.items():
        page.put(name, value)
        link[name] = ADAPTIVE_LINK[name]
        assert (page.query, page.value(name), page.errors, page.warnings) == (link, value, [], [])
        assert moved(page) <= {"filters", "mu"}
    assert page.shown == Page(**link).shown


@pytest.mark.parametrize(("experiment", "mu"), [("mimo", "0.02"), ("pictures", "1.5")])
def test_the_other_experiments_are_in_the_link_too(experiment: str, mu: str) -> None:
    page = Page(**GRID)
    page.put("experiment", experiment)
    assert page.query == {**GRID, "experiment": experiment, "mu": mu}
    assert Page(**page.query).shown == page.shown
    fields = [page.has(key) for key in ("field:members", "field:ar", "kernels")]
    assert fields == [experiment == "mimo", False, experiment == "pictures"]


def test_hostile_values_in_a_link_are_each_refused_in_words_and_the_sound_one_counts() -> None:
    names = {*CHANNELS_LINK, *ADAPTIVE_LINK, "groups", "mu", "experiment"} - {"steps"}
    page = Page(**GRID, **dict.fromkeys(names, "<script>"), steps="300")
    page.is_sound()
    assert (page.query, page.errors, moved(page)) == ({**GRID, "steps": "300"}, [], set())
    named = [found for text in page.warnings for found in re.findall(r"^The link's (\w+) must be ", text)]
    assert sorted(named) == sorted(names)


@pytest.mark.parametrize(
    "link",
    [
        {"stack": "cat,cat", "groups": "4"},
        {"groups": "3", "cell": "5,999,999"},
        {"filters": "1", "biases": "5", "part": "900000,900001,0,9"},
        {"filters": "1/2/3/4", "members": "16", "lags": "32", "trials": "50", "experiment": "mimo"},
        {"padding": "64", "mode": "circular"},
        {"image": "dot", "side": "8", "filters": link_of(np.ones((6, 4, 7, 7))), "padding": "full", "stride": "16"},
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


# Learning.


def test_the_slider_has_the_bounds_of_both_filters_as_marks_and_sets_the_step_size() -> None:
    page = Page(**GRID, members="4", lags="8")
    assert page.data("mu")["marks"] == pytest.approx({"bound, shared": 2 * 4 / 13, "bound, untied": 2 / 10})
    page.put("members", 1)
    assert page.data("mu")["marks"] == pytest.approx({"bound": 2 / 10})
    page.put("normalised", True)
    assert page.data("mu")["marks"] == {}
    page.send("mu", "place", 0.2)
    page.is_sound()
    assert (page.query["mu"], page.data("mu")["value"], page.warnings) == ("0.2", 0.2, [])


def test_a_number_beyond_its_limits_never_comes_in() -> None:
    page = Page(**GRID)
    before = page.shown
    for field, beyond in (
        ("members", 17),
        ("steps", 99),
        ("variance", -0.5),
        ("outputs", 7),
        ("bank_K", ""),
        ("ar", "x"),
    ):
        page.put(field, beyond)
        assert page.warnings[0].startswith(f"Nothing was changed: {field} must be ")
        assert page.shown == before


ticking_only = pytest.mark.usefixtures("record_by_record")  # a tick of the clock learns a slice of 200 iterations
RUN = {**GRID, "steps": "600", "trials": "3", "members": "2", "lags": "3"}


@cache
def truth(seed: int = 0) -> tuple[Floats, ...]:
    return in_decibels(Parallel(channels=2, taps=3, iterations=600, trials=3, seed=seed), 0.05)


def in_decibels(system: Parallel | Mimo | Pictures, mu: float) -> tuple[Floats, ...]:
    """Both learning curves, two of 600 iterations a point."""
    excess = np.concatenate([record.excess for record in learn(system, system.wirings, mu)], axis=1)
    return tuple(10 * np.log10(row.reshape(300, -1).mean(axis=1)) for row in excess)


def draws(page: Page, wanted: tuple[Floats, ...], points: int | None = None) -> bool:
    """Whether the page draws these curves, as far as this point."""
    drawn = [page.curves[f"{name}, measured"] for name in ("Shared", "Untied")]
    return all(
        len(y) == len(w[:points])
        and np.allclose(y, w[:points], rtol=1e-9)
        and np.allclose(x, 2 * np.arange(len(x)) + 1)
        for (x, y), w in zip(drawn, wanted, strict=True)
    )


def to_the_end(*pages: Page) -> None:
    for page in pages:
        page.press("learn_start")
    while any(page.has("learn_stop") for page in pages):
        for page in pages:
            page.run()


@ticking_only
def test_the_clock_alone_learns_to_the_end_and_then_the_button_comes_back() -> None:
    page = Page(**RUN)
    page.run()
    assert (page.curves, page.has("learn_stop"), page.named("learn_start").label) == ({}, False, "Run")
    assert "Press **Run**" in page.said
    page.press("learn_start")
    assert page.has("learn_stop")
    for done in (100, 200, 300):
        assert draws(page, truth(), done)
        assert "Stopped" not in page.said
        with page.within(LEARNING):
            page.run()
    assert page.has("maps")  # the whole page was run: the button is not part of what ticks
    assert draws(page, truth())
    assert (page.has("learn_stop"), page.named("learn_start").label) == (False, "Run again")
    ends = [10 * math.log10((10 ** (curve[-75:] / 10)).mean()) for curve in truth()]
    derived = [10 * math.log10(0.01 * (0.05 * 3 / M) / (2 - 0.05 * (4 + M) / M)) for M in (2, 1)]
    assert numbers(page.said.replace("**", ""))[0] == pytest.approx(ends[1] - ends[0], abs=0.051)
    told = [[numbers(fact[name])[0] for fact in page.facts] for name in ("steady-state excess MSE", "predicted")]
    assert np.allclose(told, [ends, derived], atol=0.051)
    said = numbers(page.named("learning").proto.alt)
    assert said == pytest.approx([ends[0], derived[0], ends[1], derived[1]], abs=0.051)
    before = page.shown
    page.run()
    assert page.shown == before


@ticking_only
def test_what_theory_derives_is_drawn_dashed() -> None:
    page = Page(**RUN)
    page.press("learn_start")
    mu, L, v = 0.05, 3, 0.01
    for name, M in (("Shared", 2), ("Untied", 1)):
        D, wanted = 1.0, []
        for _ in range(600):
            wanted.append(D)
            D = (1 - 2 * mu + mu**2 * (L + M + 1) / M) * D + mu**2 * L * v / M
        x, y = page.curves[f"{name}, derived"]
        assert np.allclose(y, [10 * math.log10(wanted[int(n)]) for n in x], rtol=1e-6)
    dashes = [trace["line"].get("dash") for trace in json.loads(page.named("learning").proto.spec)["data"]]
    assert dashes == [None, "dash", None, "dash"]


@ticking_only
def test_stopping_keeps_the_curve_and_learning_again_starts_over() -> None:
    page = Page(**RUN)
    page.press("learn_start")
    page.run()
    page.press("learn_stop")
    page.run()
    assert draws(page, truth(), 200)
    assert page.said.startswith("Stopped after 400 of 600 iterations. With sharing the ")
    assert (page.has("learn_start"), page.has("learn_stop")) == (True, False)
    page.press("learn_start")
    assert draws(page, truth(), 100)


@ticking_only
def test_a_number_changed_while_it_learns_ends_the_run_and_the_next_one_has_it() -> None:
    page = Page(**RUN)
    page.press("learn_start")
    page.put("lms_seed", 5)
    assert (page.curves, page.has("learn_start"), page.has("learn_stop")) == ({}, True, False)
    page.press("learn_start")
    assert draws(page, truth(seed=5), 100)
    page.send("mu", "place", 0.1)
    page.is_sound()
    assert (page.curves, page.query["mu"]) == ({}, "0.1")


@ticking_only
def test_the_bank_and_other_pages_can_be_used_while_the_filters_learn() -> None:
    page = Page(**RUN)
    page.press("learn_start")
    page.type("weight", [0, 0, 0, 0], 5)
    assert draws(page, truth(), 200)
    page.go("explore")
    page.go("channels")
    assert draws(page, truth(), 300)
    assert near(page.maps[1], slid(pixels(), ORIENTED)[1])


@ticking_only
def test_two_visitors_learn_beside_each_other_as_each_would_alone() -> None:
    one, other = Page(**RUN), Page(**RUN, lms_seed="6")
    to_the_end(one, other)
    assert draws(one, truth())
    assert draws(other, truth(seed=6))


@ticking_only
def test_the_kernel_of_explore_is_learned_from_the_picture() -> None:
    page = Page(image="pagoda", kernel="1,2;3,-4", experiment="pictures", steps="600", trials="3", mu="1")
    assert page.map("kernels", 0).tolist() == [[1, 2], [3, -4]]
    assert not page.map("kernels", 1).any()
    to_the_end(page)
    system = Pictures(pixels("pagoda", 64, "grey")[0], np.array([[1.0, 2], [3, -4]]), 12, 0.01, 600, 3, 0)
    assert draws(page, in_decibels(system, 1.0))
    last = list(learn(system, system.wirings, 1.0))[-1]
    assert near(page.map("kernels", 0), last.x.reshape(12, 12))
    assert page.map("kernels", 1).tolist() == [[1, 2], [3, -4]]
    assert near(page.map("kernels", 2), last.theta[0].reshape(2, 2))
    assert "With sharing" in page.said


@ticking_only
def test_the_ring_is_learned_with_its_weights_shared_around_it() -> None:
    page = Page(**RUN, experiment="mimo", mu="0.05")
    to_the_end(page)
    assert draws(page, in_decibels(Mimo(2, 3, 0.01, 600, 3, 0), 0.05))


@ticking_only
def test_past_the_bound_the_run_ends_in_words_and_not_in_infinities() -> None:
    page = Page(**RUN, mu="2")
    to_the_end(page)
    assert re.match(r"\*\*Shared diverged\*\* after \d+ iterations: μ = 2, stability bound 0.667", page.said)
    assert [fact["predicted"] for fact in page.facts] == ["none: μ exceeds the stability bound"] * 2
    assert "Infinity" not in page.named("learning").proto.spec
    assert not re.search(r"\b(inf|nan)\b", page.said + str(page.facts))


# One session, three pages.


def test_nothing_done_here_is_seen_on_other_pages_and_it_is_still_here_afterwards() -> None:
    link = {**GRID, "kernel": "1,2;3,4", "bias": "2", "stride": "2"}
    page, explore = Page(**link), Visitor(**link)
    page.type("weight", [0, 0, 0, 0], 7)
    page.put("outputs", 2)
    page.put("members", 3)
    query, shown = page.query, page.shown
    page.go("explore")
    assert page.query == link
    assert page.data("loom")["kernel"] == explore.data("loom")["kernel"] == [[1, 2], [3, 4]]
    explore.go("compare")
    page.go("compare")
    assert page.query == link
    for key in ("four_layers", "shifted", "scrambled", "detectors"):
        assert page.data(key) == explore.data(key)
    page.go("channels")
    assert (page.query, page.shown) == (query, shown)
