"""The Network page as a visitor meets it: built, run and counted, whatever is sent or linked."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from components.pages.network.state import Net
from components.state.link import edited, from_query
from kernels.images.samples import sample
from kernels.networks.description import parse
from kernels.networks.plan import plan
from kernels.networks.zoo import ZOO
from tests.support.cnn import asked, by_hand
from tests.support.pictures import read_png
from tests.support.text import numbers, sizes
from tests.support.visitor import Visitor, as_read, saved

Array = NDArray[Any]
TABS = ["Activations", "Layers", "Cost", "Published networks", "Code"]
QUICK = {"net": "conv 4 3, relu, max 2, flatten, dense 5, softmax", "inputs": "1,10,10", "weights": "random"}
STROKE = "-".join(["0" * 7 + "ff" + "0" * 7] * 13 + ["0" * 16] * 3)
PROBABILITIES, LABELS = by_hand(asked()[0]), asked()[1]


class Page(Visitor):
    """One visitor's session on the Network page."""

    path = "network"

    def see(self, tab: str) -> None:
        """Open this tab, if another is open."""
        if self.tab != tab:
            self.open_tab(tab)

    def edit(self, do: str, **message: object) -> None:
        self.see("Layers")
        self.send("builder", "edit", {"do": do} | message)
        self.is_sound()

    def start_from(self, id: str) -> None:
        self.see("Activations")
        self.at.menu_button(key="net_start").set_value(id).run()
        self.is_sound()

    @property
    def own(self) -> Net:
        """What the link says."""
        own, notes = from_query(self.query, Net())
        assert notes == ()
        return own

    @property
    def rows(self) -> list[dict[str, Any]]:
        self.see("Layers")
        return list(self.data("builder")["rows"])

    @property
    def faults(self) -> list[str]:
        return [row["fault"] for row in self.rows if row["fault"]]

    @property
    def refusal(self) -> str:
        return str(self.data("builder")["refusal"])

    @property
    def cards(self) -> list[dict[str, Any]]:
        self.see("Activations")
        return list(self.data("volumes")["cards"])

    @property
    def probabilities(self) -> list[float]:
        self.see("Activations")
        return [one["share"] for one in self.data("volumes")["probabilities"]]

    @property
    def said(self) -> list[str]:
        return [as_read(node.value) for node in self.at.markdown]

    def line(self, pattern: str) -> str:
        """The line that begins like this."""
        return next(line for line in self.said if re.match(pattern, line))

    @property
    def weights(self) -> str:
        """Where the weights come from."""
        self.see("Activations")
        return next(text for text in (node.value for node in self.at.caption) if re.search(r"seed|accuracy", text))

    @property
    def input(self) -> Array:
        """What flows in, as it is shown: (h, w) or (h, w, 3)."""
        return read_png(self.cards[0]["src"]).astype(float)

    @property
    def table(self) -> dict[str, list[Any]]:
        self.see("Cost")
        frame = next(node for node in self.at.dataframe if "receptive field" in node.value.columns)
        return {str(name): list(frame.value[name]) for name in frame.value.columns}

    @property
    def shown(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for tab in TABS[:3]:
            self.see(tab)
            keys = [key for key in ("volumes", "unit", "builder") if self.has(key)]
            found |= {key: self.named(key).proto.json for key in keys} | {f"{tab}: said": self.said}
        return found | {"table": self.table}


def test_a_first_visit_shows_the_row_without_a_word_of_warning_and_every_tab_opens() -> None:
    page = Page()
    page.is_sound()
    assert (page.errors, page.warnings, page.query, page.tab) == ([], [], {}, TABS[0])
    assert "accuracy 99.5% on 600 centred test digits" in page.weights
    assert not page.has("unit")
    before = page.shown
    page.run()
    assert page.shown == before
    for tab in TABS:
        page.see(tab)
        assert (page.tab, page.errors, page.warnings) == (tab, [], [])
        own = tab != "Published networks"  # which is about others
        assert (page.title == ":primary[3,818 parameters]; 84,522 without sharing") == own


@pytest.mark.parametrize(("id", "large"), [("lenet5", False), ("alexnet", True)])
def test_a_published_network_opens_with_its_costs_and_says_where_it_is_too_large(id: str, large: bool) -> None:
    known = next(one for one in ZOO if one.id == id)
    page = Page()
    page.start_from(id)
    told = [sizes(info.value) for info in page.at.info]
    assert told == ([[pytest.approx(known.plan.memory, rel=0.05), 128e6]] if large else [])
    assert page.has("volumes") != large
    assert (page.errors, page.warnings, page.faults, page.own.inputs) == ([], [], [], known.in_shape)
    assert page.table["free parameters"][-1] == known.parameters
    assert len(page.rows) == len(known.plan.configs)


def test_both_tables_of_figures_are_on_the_page() -> None:
    page = Page(**QUICK)
    page.see("Published networks")
    frame = next(node.value for node in page.at.dataframe if "agree" in node.value.columns)
    assert frame["agree"].str[0].tolist().count("✗") == 1
    assert page.line(f"{len(frame) - 1} of {len(frame)} published figures agree with")
    for known in ZOO:
        assert known.source in page.line(re.escape(f"**{known.title}.**"))
    assert page.table["free parameters"] == [40, 0, 0, 0, 325, 0, 365]
    page.see("Layers")
    page.put("inputs0", 3)
    assert page.table["free parameters"] == [112, 0, 0, 0, 325, 0, 437]
    assert numbers(page.line(r".*free parameters").replace("**", ""))[:2] == [6, 437]


@pytest.mark.parametrize("n", [599, int(np.flatnonzero(PROBABILITIES.argmax(axis=1) != LABELS)[0])])
def test_a_digit_is_read_and_it_is_said_whether_that_is_right(n: int) -> None:
    page = Page(digit=str(n))
    assert page.probabilities == pytest.approx(PROBABILITIES[n].tolist(), abs=0.02)
    best = int(PROBABILITIES[n].argmax())
    told = page.line("Prediction: ")
    assert told.startswith(f"Prediction: **{best}** (")
    assert told.endswith("), correct." if best == LABELS[n] else f"), incorrect: the digit is {LABELS[n]}.")


def test_a_drawing_flows_in_is_the_one_on_the_sheet_and_what_is_none_leaves_it_as_it_was() -> None:
    page = Page(shown="sheet")
    assert page.data("sketchpad")["drawing"] == "-".join(["0" * 16] * 16)
    empty = page.probabilities
    page.send("sketchpad", "drawing", STROKE)
    page.is_sound()
    assert page.input.tolist() == [[17 * int(digit, 16) for digit in row] for row in STROKE.split("-")]
    assert page.probabilities != empty
    assert page.probabilities.index(max(page.probabilities)) == 1
    assert "correct" not in page.line("Prediction: ")
    assert Page(**page.query).shown == page.shown
    page.see("Activations")
    before = page.data("sketchpad")
    page.send("sketchpad", "drawing", "-".join(["g" * 16] * 16))
    page.is_sound()
    assert (page.data("sketchpad"), len(page.warnings)) == (before, 1)


def test_a_picture_of_ones_own_flows_in_by_its_middle_also_inverted_and_no_other_file_does() -> None:
    page = Page(net="conv 4 3", inputs="3,64,64", shown="picture", image="coffee", weights="random")
    whole = np.array(Image.fromarray(sample("coffee", 512)).resize((64, 64), Image.Resampling.BOX))
    assert np.abs(page.input - whole).mean() < 6
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = (9, 200, 30)
    page.upload("wide.png", saved(wide))
    assert np.abs(page.input[8:-8, 8:-8] - (9, 200, 30)).max() <= 2
    page.put("inverted", True)
    before = page.input
    assert np.abs(255 - before[8:-8, 8:-8] - (9, 200, 30)).max() <= 2
    page.upload("other.png", saved(wide)[:70])
    assert len(page.warnings) == 1
    np.testing.assert_array_equal(page.input, before)
    page.run()
    assert page.warnings == []


def test_the_seed_is_that_of_the_random_numbers_and_the_caption_says_which_weights_they_are() -> None:
    page = Page(**QUICK)
    first = page.probabilities
    page.put("net_seed", 7)
    other = page.probabilities
    page.put("net_seed", 0)
    assert page.probabilities == first != other
    assert "random, seed 0" in page.weights
    page.put("weights", "edges")
    assert (page.weights[:4], page.own.weights) == ("Edge", "edges")


def test_trained_is_not_marked_where_nobody_has_trained_the_layers_and_is_again_where_they_were() -> None:
    page = Page(**QUICK | {"weights": "trained"})
    marked = page.named("field:weights")
    assert (marked.value, page.own.weights) == ("random", "trained")
    assert page.weights.startswith("These layers are untrained")
    page.put("weights", "trained")
    assert page.named("field:weights").value == "random"
    assert page.at.error == page.at.warning == []


def test_a_kernel_too_large_is_named_while_the_layers_before_it_still_run() -> None:
    page = Page(**QUICK)
    page.edit("set", at=2, name="size", value="9")
    (fault,) = page.faults
    assert fault.startswith("Layer 3 (max) does not fit")
    assert any(fault[:30] in line for line in page.said)
    assert [card["at"] for card in page.cards] == [-1, 0, 1]
    assert (page.table["layer"][-1], len(page.table["layer"])) == ("total", 3)
    again = Page(**page.query)
    assert (again.faults, again.warnings, page.faults) == ([fault], [], [fault])
    assert again.own == page.own
    page.edit("undo")
    assert page.faults == []


def test_a_refused_value_is_said_beside_the_builder_once_and_the_network_stays() -> None:
    page = Page(**QUICK, side="abc", network_tab="layers")
    assert (len(page.warnings), page.refusal) == (1, "")  # a damaged link is not said there
    for then in ("network", "explore"):
        page.edit("set", at=0, name="size", value="65")
        assert "size of conv must be a whole number from 1 to 64" in page.refusal
        assert page.own == edited(Net(), **QUICK, tab="layers")
        page.go(then)
        assert page.warnings == []
        page.go("network")
        assert (page.refusal, page.warnings) == ("", [])


def test_undo_and_redo_go_through_edits_volumes_and_networks_of_others() -> None:
    page = Page(**QUICK)
    page.see("Layers")
    assert not page.data("builder")["undo"]
    nets = [(page.own.net, page.own.inputs)]
    changes: list[Callable[[], None]] = [
        lambda: page.edit("add", at=0, op="tanh"),
        lambda: page.put("inputs1", 20),
        lambda: page.start_from("lenet5"),
        lambda: page.edit("remove", at=10),
    ]
    for change in changes:
        change()
        nets.append((page.own.net, page.own.inputs))
    assert len(set(nets)) == 5
    for do, wanted in [*(("undo", net) for net in nets[-2::-1]), *(("redo", net) for net in nets[1:])]:
        page.edit(do)
        assert (page.own.net, page.own.inputs) == wanted
        ends = wanted != nets[0], wanted != nets[-1]
        assert (page.data("builder")["undo"], page.data("builder")["redo"]) == ends


@pytest.mark.parametrize("net", ["", "split", "dense 10000, dense 10000", "table 0 3, table 0/0/0 3"])
def test_any_network_that_can_be_written_opens(net: str) -> None:
    page = Page(net=net, inputs="1,16,16", weights="random", inverted="1")
    page.is_sound()
    assert (page.errors, page.own.net, len(page.rows)) == ([], net, len(parse(net)))
    assert bool(page.faults) == bool(plan(parse(net), (1, 16, 16)).fault)


def test_another_page_or_a_step_back_in_the_browser_and_the_network_is_as_it_was() -> None:
    page = Page(**QUICK)
    page.edit("add", at=0, op="tanh")
    page.see("Activations")
    page.send("volumes", "open", [1, 0, 1, 1])
    assert page.has("unit")
    before = page.shown
    page.see("Activations")
    page.go("explore")
    page.go("network")
    assert page.shown == before
    page.back(**QUICK)
    assert page.own.net == QUICK["net"]
    page.back()
    assert page.own.net == Net().net


def test_two_visitors_build_beside_each_other() -> None:
    one, other = Page(**QUICK), Page(**QUICK)
    one.edit("remove", at=1)
    other.edit("add", at=0, op="tanh")
    one.edit("undo")
    assert (one.own.net, other.own.net) == (QUICK["net"], f"tanh, {QUICK['net']}")
