"""The Channels page as a visitor meets it: the tabs show what the layer says, every control and link moves its part."""

import json
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from components.pages.adaptive.state import Adaptive
from components.pages.channels import blocks, controls, layer
from components.pages.channels.bank import props
from components.pages.channels.state import MOVED, Channels
from components.state.link import declared, from_query
from components.state.setup import Setup
from kernels.images.decode import decode, planes, resize
from kernels.images.samples import sample
from kernels.layer.banks import bank
from tests.support.oracles import near
from tests.support.pictures import as_sent, map_sent
from tests.support.text import numbers
from tests.support.visitor import Tabbed, Visitor, as_read, png, saved

Floats = NDArray[np.float64]

HOMES = {"bank": ["bank", "maps"], "inside": ["parts", "cell"], "matrix": ["part", "matrix", "costs"]}  # by tab
TITLES = {"bank": "Bank and maps", "inside": "Inside one output", "matrix": "One matrix, and its cost"}
GRID = {"image": "grid", "side": "10"}  # ten pixels, no two alike: quick, and every setting is seen


class Page(Tabbed):
    """One visitor's session on the Channels page."""

    path, parameter, titles = "channels", "channels_tab", TITLES

    def type(self, what: str, at: object, value: object) -> None:
        self.send("bank", "edit", {"what": what, "at": at, "value": value})
        self.is_sound()

    @property
    def sum(self) -> list[str]:
        """The written-out sum, line by line."""
        lines = [as_read(node.value) for node in self.at.markdown]
        return [line for line in lines if re.match(r"\*\*.+\*\*: .*·|Y\d\[", line)]

    def channel(self, number: int) -> NDArray[np.float32]:
        """An input channel, where one output is taken apart."""
        return map_sent(self.data("parts")["cards"][number]["pictures"][0])

    @property
    def weights(self) -> list[float]:
        """Every weight in the table, kernel by kernel."""
        rows = self.data("bank")["outputs"]
        return [weight for row in rows for kernel in row if kernel for weight in kernel["weights"]]

    @property
    def shown(self) -> dict[str, str]:
        """All that is sent to the components of all tabs, by their keys: its digest, for it is long."""
        open_now = next(name for name, title in TITLES.items() if title == self.tab)
        sent: dict[str, str] = {}
        for tab, keys in HOMES.items():
            sent |= self.to(tab).digests(keys)
        sent["sum"] = str(self.to("inside").sum)
        self.to(open_now)
        return sent


@cache
def first() -> Page:
    """A first visit with the grid, to compare with: nothing is ever done in it."""
    return Page(**GRID)


def moved(page: Page, before: dict[str, str] | None = None) -> set[str]:
    """What is not as it was, on a first visit if nothing else is said."""
    old, new = first().shown if before is None else before, page.shown
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def volume_of(link: dict[str, str]) -> NDArray[np.uint8]:
    """The channels (C, H, W): the samples that are stacked, or the picture in colour."""
    side = int(link.get("side", "64"))
    if "stack" not in link:
        return planes(sample(link.get("image", "dahlia"), side), "rgb")
    return np.concatenate([planes(sample(name, side), "grey") for name in link["stack"].split(",")])


def link_of(weight: Floats) -> str:
    """A bank (O, C, K, L) as a link has it."""
    kernels = [[";".join(",".join(f"{n:g}" for n in row) for row in kernel) for kernel in one] for one in weight]
    return "|".join(map("/".join, kernels))


ORIENTED = bank("oriented", 3)


@pytest.mark.parametrize("tab", HOMES)
def test_a_first_visit_shows_a_tab_alone_without_a_word_of_warning(tab: str) -> None:
    page = Page(tab)
    assert (page.errors, page.warnings, page.query) == ([], [], {})
    assert [node.label for node in page.at.tabs] == [*TITLES.values()]
    assert {key for keys in HOMES.values() for key in keys if page.has(key)} == {*HOMES[tab]}
    before = page.shown
    page.run()
    assert page.shown == before


def test_without_a_link_it_opens_with_edges_and_opponent_colours_of_a_coloured_picture() -> None:
    page, opening = Page(""), bank("opponent_edges", 3)
    assert (page.query, page.warnings) == ({}, [])
    linked = Page(image="dahlia", filters=link_of(opening), biases=",".join(["0"] * len(opening)))
    assert page.data("maps")["cards"] == linked.data("maps")["cards"]
    other = Visitor()
    other.go("channels")
    assert other.data("bank")["outputs"] == linked.data("bank")["outputs"]


def test_a_link_from_before_there_were_tabs_shows_what_it_showed() -> None:
    for query, tab in ((GRID, "bank"), ({"cell": "1,4,5"}, "inside"), ({"part": "10,50,20,90"}, "matrix")):
        page = Page("", **query)
        assert page.tab == TITLES[tab]
        assert page.to("bank").weights == ORIENTED.ravel().tolist()


def test_a_link_to_an_experiment_arrives_at_its_own_page() -> None:
    page = Page("", experiment="mimo", members="3", mu="0.125")
    assert (page.query, page.warnings) == ({"experiment": "mimo", "members": "3", "mu": "0.125"}, [])
    assert page.tab == "Circulant MIMO"
    assert (page.value("members"), page.data("mu")["value"]) == (3, 0.125)
    assert {*MOVED} == {field.link for field in declared(Adaptive).values()}


LINKS: list[dict[str, str]] = [
    {},
    {"groups": "3", "filters": link_of(ORIENTED[:3, :1]), "biases": "1,0.5,-2", "padding": "1", "activation": "relu"},
    {"filters": "1,2,0;3,4,-1/0,1,1;2,0,5/1,1,1;7,0,0", "biases": "0.5", "dilation": "2", "stride": "2"},
    {
        "stack": "cat,dot", "filters": "1,2;3,4/5,6;7,8|0.5,0;0,0/0,0;0,-2", "biases": "1,-0.5", "cell": "1,4,5",
        "part": "10,50,20,90", "bank_seed": "12",
    },
]  # fmt: skip


@pytest.mark.parametrize("link", LINKS, ids=str)
def test_the_tabs_show_what_the_layer_says_of_the_channels_and_the_bank_of_the_link(link: dict[str, str]) -> None:
    page, volume, link = Page(**GRID, **link), volume_of(GRID | link), GRID | link
    assert (page.query, page.errors, page.warnings) == (link, [], [])
    state, own = from_query(link, Setup())[0], layer.fitted(from_query(link, Channels())[0], len(volume))
    made, names = layer.layer(state, own, volume.shape), layer.names_of(own, len(volume), controls.TITLES)
    maps = [replace(card, note="") for card in layer.shown_maps(state, own, made, volume)]
    assert page.data("maps")["cards"] == as_sent(maps)
    assert page.data("bank") == json.loads(json.dumps(props(own, names))) | {"serial": 0}
    apart = layer.taken_apart(state, own, made, volume, names)
    assert page.to("inside").data("parts")["cards"] == as_sent(apart.cards)
    assert (page.sum, page.data("cell")["at"]) == ([as_read(line) for line in apart.lines], [*apart.at])
    assert page.value("output") == own.cell[0]
    assert page.to("matrix").data("costs")["cards"] == as_sent(layer.cost_cards(made))
    assert page.data("matrix")["cards"] == as_sent(blocks.matrix_cards(own, made))


def test_a_layer_that_cannot_be_is_explained_where_it_would_be_and_the_bank_is_there() -> None:
    page = Page(**GRID, dilation="8")
    for tab in ("inside", "matrix", "bank"):
        page.to(tab)
        (reason,) = page.errors
        assert {17, 10} <= {int(n) for n in numbers(reason)}
    assert [page.has(key) for key in ("bank", "maps")] == [True, False]
    page.put("dilation", 1)
    assert (page.errors, page.shown) == ([], first().shown)


def test_a_typed_weight_or_bias_moves_its_map_and_is_in_the_link() -> None:
    page, weight = Page(**GRID), ORIENTED.copy()
    weight[2, 1, 0, 2] = 4.25
    page.type("weight", [2, 1, 0, 2], 4.25)
    assert page.weights == weight.ravel().tolist()
    assert moved(page) == {"bank", "maps"}  # the first output is taken apart, and costs and colours stay
    assert (page.warnings, set(page.query)) == ([], {*GRID, "filters"})
    assert Page(**page.query).shown == page.shown
    page.type("weight", [2, 1, 0, 2], ORIENTED[2, 1, 0, 2])
    assert (page.query, page.shown) == (GRID, first().shown)
    page.type("bias", [0], -1.5)
    assert page.query == {**GRID, "biases": "-1.5,0,0,0"}
    assert "−1.5 (bias)" in page.to("inside").sum[-1]
    assert moved(page) - {"cell"} == {"bank", "maps", "parts", "sum"}  # the sheet has no scale: it may look the same


@pytest.mark.parametrize(
    ("tab", "key", "event", "message", "told"),
    [
        ("bank", "bank", "edit", {"what": "weight", "at": [9, 0, 0, 0], "value": 1}, "the weight must be "),
        ("inside", "cell", "place", [10**9, 0], "cell must be "),
        ("matrix", "part", "place", [float("nan"), 0], "the frame must be "),
    ],
)
def test_a_message_that_is_refused_is_told_in_its_tab_until_the_next_run(
    tab: str, key: str, event: str, message: object, told: str
) -> None:
    page = Page(tab, **GRID)
    page.send(key, event, message)
    page.is_sound()
    (reason,) = page.warnings
    assert reason.startswith(f"Nothing was changed: {told}")
    assert page.query == GRID
    page.run()
    assert page.warnings == []


def test_the_pinned_output_is_written_out_and_framed_and_another_map_is_taken_apart() -> None:
    page = Page("inside", **GRID)
    page.send("cell", "place", [2, 5])
    page.is_sound()
    assert (page.query, page.data("cell")["at"]) == ({**GRID, "cell": "0,2,5"}, [2, 5])
    assert page.sum[-1].startswith("Y1[3,6] = ")
    assert moved(page) == {"cell", "sum", "parts"}
    page.put("output", 2)
    assert (page.query, page.value("output")) == ({**GRID, "cell": "2,2,5"}, 2)
    assert page.sum[-1].startswith("Y3[3,6] = ")
    assert moved(page) == {"parts", "cell", "sum"}


def test_outputs_and_size_keep_the_kernels_where_they_are_and_groups_cut_them_from_the_other_channels() -> None:
    page, weight = Page(**GRID), np.zeros((3, 3, 5, 4))
    weight[:, :, 1:4, 1:4] = ORIENTED[:3]
    for field, value in (("outputs", 3), ("bank_K", 5), ("bank_L", 4)):
        page.put(field, value)
        assert (page.value(field), page.warnings) == (value, [])
    assert page.weights == weight.ravel().tolist()
    page.put("groups", 3)
    assert (page.query["groups"], page.value("groups")) == ("3", 3)
    assert page.weights == weight[:, :1].ravel().tolist()
    cells = page.data("bank")["outputs"]
    assert [[cell is not None for cell in row] for row in cells] == np.eye(3, dtype=bool).tolist()
    assert Page(**page.query).shown == page.shown
    page.put("outputs", 6)
    assert len(page.data("bank")["biases"]) == len(page.data("maps")["cards"]) == 6
    assert page.weights == [*weight[:, :1].ravel().tolist(), *[0.0] * (3 * 5 * 4)]


def test_a_preset_is_the_named_bank_with_the_seed_that_was_set() -> None:
    page = Page(**GRID, biases="1,2,3,4")
    before = page.shown
    page.put("bank_seed", 3)
    assert (page.query["bank_seed"], page.shown) == ("3", before)  # nothing moves until it is drawn
    for id in ("opponent", "random"):
        page.named("bank_preset").set_value(id).run()
        page.is_sound()
        assert page.weights == bank(id, 3, 3).ravel().tolist()
        assert set(page.data("bank")["biases"]) == {0}
    assert (page.errors, page.warnings) == ([], [])
    assert Page(**page.query).shown == page.shown


def test_samples_are_stacked_into_a_volume_by_their_names() -> None:
    page = Page(**GRID)
    page.put("stack", ["cat", "bars", "word", "dot"])
    assert page.query["stack"] == "cat,bars,word,dot"
    assert page.weights == np.concatenate([ORIENTED, np.zeros((4, 1, 3, 3))], axis=1).ravel().tolist()
    names = ["Cat", "Bars, wide to narrow", "The word “weave”", "Single dot"]
    assert page.data("bank")["channels"] == names
    page.put("groups", 2)
    page.to("inside").put("output", 3)
    assert [card["title"] for card in page.data("parts")["cards"]] == [*names[2:], "Sum over channels"]
    assert Page(**page.query).shown == page.shown
    page.to("bank").put("groups", 1)
    page.put("stack", ["dot"])
    assert page.weights == ORIENTED[:, :1].ravel().tolist()
    assert (page.errors, page.warnings) == ([], [])


def test_an_uploaded_picture_in_colour_is_the_volume() -> None:
    page, file = Page(side="12"), saved(np.random.default_rng(3).integers(0, 256, (30, 40, 3)).astype(np.uint8))
    page.upload("a.png", file)
    page.put("side", 12)
    volume = planes(resize(decode(file), 12), "rgb") / 255
    assert volume.shape == (3, 9, 12)
    assert (page.query["image"], page.data("bank")["channels"]) == ("upload", ["Red", "Green", "Blue"])
    page.to("inside")
    assert all(near(page.channel(c), volume[c]) for c in range(3))
    page.upload("b.png", png((255, 0, 0), (64, 64)))
    assert [page.channel(c)[-1, -1] for c in range(3)] == [1, 0, 0]


def test_a_large_picture_is_made_smaller_here_and_stays_large_in_the_link() -> None:
    page = Page("inside", side="512", image="pagoda")
    page.is_sound()
    assert near(page.channel(0), planes(sample("pagoda", 128), "rgb")[0] / 255)
    assert page.query["side"] == "512"


def test_the_close_up_is_where_its_frame_was_left_and_as_large_as_was_chosen() -> None:
    page = Page("matrix", **GRID)
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


@pytest.mark.parametrize(
    "link",
    [
        {"stack": "cat,cat", "groups": "4"},
        {"groups": "3", "cell": "5,999,999"},
        {"filters": "1", "biases": "5", "part": "900000,900001,0,9"},
        {"filters": "1/2/3/4"},
        {"padding": "64", "mode": "circular"},
        {"image": "dot", "side": "8", "filters": link_of(np.ones((6, 4, 7, 7))), "padding": "full", "stride": "16"},
        {"filters": "5e-324/1e6/-1e6", "biases": "1e6", "activation": "tanh"},
    ],
    ids=str,
)
def test_what_a_link_may_hold_and_does_not_fit_never_breaks_the_page(link: dict[str, str]) -> None:
    page = Page(**(GRID | link))
    page.is_sound()
    assert page.warnings == []
    for tab in HOMES:
        page.to(tab)


def test_nothing_done_here_is_seen_on_other_pages_and_it_is_still_here_afterwards() -> None:
    link = {**GRID, "kernel": "1,2;3,4", "bias": "2", "stride": "2"}
    page, explore = Page(**link), Visitor(**link)
    page.type("weight", [0, 0, 0, 0], 7)
    page.put("outputs", 2)
    query, shown = page.query, page.shown
    page.go("explore")
    assert page.query == link
    assert page.data("loom")["kernel"] == explore.data("loom")["kernel"] == [[1, 2], [3, 4]]
    explore.go("compare")
    page.go("compare")
    assert page.query == link
    assert page.data("four_layers") == explore.data("four_layers")
    page.go("channels")
    assert (page.query, page.shown) == (query, shown)
