"""The Network page as a visitor meets it: built, run, opened and counted, whatever is sent or linked."""

import re
from base64 import b64decode
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from components.pages.network.state import Net
from components.state.link import edited, from_query
from kernels.images.decode import decode
from kernels.images.digits import split
from kernels.images.samples import sample
from kernels.networks.description import parse
from kernels.networks.plan import plan
from kernels.networks.trained import LAYERS
from kernels.networks.zoo import ZOO, Published
from tests.support.cnn import asked, by_hand
from tests.support.edits import HOSTILE
from tests.support.text import numbers, sizes
from tests.support.visitor import Visitor, as_read, png, saved

Array = NDArray[Any]
ANCHORS = ["unit", "layers", "costs", "published", "code"]
SECTIONS = ["One unit, opened", "The layers", "What they cost", "Published networks", "As code"]
LARGE = ["alexnet", "vgg16", "resnet50"]
QUICK = {"net": "conv 4 3, relu, max 2, flatten, dense 5, softmax", "inputs": "1,10,10", "weights": "random"}
STROKE = "-".join(["0" * 7 + "ff" + "0" * 7] * 13 + ["0" * 16] * 3)


class Page(Visitor):
    """One visitor's session on the Network page."""

    path = "network"

    def edit(self, do: str, **message: object) -> None:
        self.send("builder", "edit", {"do": do} | message)
        self.is_sound()

    def choose_unit(self, *unit: object) -> None:
        self.send("volumes", "open", [*unit])
        self.is_sound()

    def start_from(self, id: str) -> None:
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
        return list(self.data("builder")["rows"])

    @property
    def faults(self) -> list[str]:
        return [row["fault"] for row in self.rows if row["fault"]]

    @property
    def refusal(self) -> str:
        return str(self.data("builder")["refusal"])

    @property
    def chances(self) -> list[float]:
        return [one["share"] for one in self.data("volumes")["probabilities"]]

    @property
    def said(self) -> list[str]:
        return [as_read(node.value) for node in self.at.markdown]

    @property
    def taken_for(self) -> str:
        return next(line for line in self.said if line.startswith("The network takes it for"))

    @property
    def unit(self) -> str:
        """The line about the unit that is open."""
        return next(line for line in self.said if re.match(r"\*\*\d+\. ", line))

    @property
    def weights(self) -> str:
        """Where the weights come from."""
        return next(text for text in (node.value for node in self.at.caption) if re.search(r"seed|unseen", text))

    @property
    def input(self) -> Array:
        """What flows in, as it is shown: (h, w) or (h, w, 3)."""
        src = self.data("volumes")["cards"][0]["src"]
        return np.array(Image.open(BytesIO(b64decode(src.partition(",")[2]))))

    @property
    def table(self) -> dict[str, list[Any]]:
        frame = next(node for node in self.at.dataframe if "receptive field" in node.value.columns)
        return {str(name): list(frame.value[name]) for name in frame.value.columns}

    @property
    def shown(self) -> dict[str, Any]:
        keys = [key for key in ("volumes", "unit", "builder") if self.has(key)]
        return {key: self.named(key).proto.json for key in keys} | {"said": self.said, "table": self.table}


@cache
def labels() -> list[int]:
    return [int(label) for label in split(1197, 600, 0)[1].labels]


# The page.


def test_a_first_visit_shows_every_section_in_order_without_a_word_of_warning() -> None:
    page = Page()
    page.is_sound()
    assert (page.errors, page.warnings, page.query, page.refusal) == ([], [], {}, "")
    assert [node.value for node in page.at.header] == SECTIONS
    assert [node.proto.anchor for node in page.at.header] == ANCHORS
    linked = [anchor for text in page.at.markdown for anchor in re.findall(r"\(#([\w-]+)\)", text.value)]
    assert linked == ANCHORS
    assert [node.value for node in page.at.latex]
    assert "99.5 % of 600 unseen digits" in page.weights
    before = page.shown
    page.run()
    assert page.shown == before


@pytest.mark.parametrize(
    "known", [known for known in ZOO if known.id in ("lenet5", *LARGE[:1])], ids=lambda one: one.id
)
def test_a_published_network_opens_with_its_costs_and_says_where_it_is_too_large(known: Published) -> None:
    page = Page()
    page.start_from(known.id)
    assert (page.errors, page.warnings, page.faults) == ([], [], [])
    assert page.own.inputs == known.in_shape
    assert page.table["free parameters"][-1] == known.parameters
    assert len(page.rows) == len(known.plan.configs)
    large = [info.value for info in page.at.info]
    assert bool(large) == (known.id in LARGE) == (not page.has("volumes"))
    if large:
        need, limit = sizes(large[0])
        assert need == pytest.approx(known.plan.memory, rel=0.05)
        assert limit == 128e6


def test_the_table_of_published_figures_is_on_the_page_and_agrees() -> None:
    page = Page(**QUICK)
    frame = next(node.value for node in page.at.dataframe if "agree" in node.value.columns)
    assert set(frame["agree"]) == {"✓"}
    many = len(frame)
    assert any(line.startswith(f"{many} of {many} printed figures come out the same") for line in page.said)
    for known in ZOO:
        (line,) = (line for line in page.said if line.startswith(f"**{known.title}.**"))
        assert known.source in line


# What flows in.


@pytest.mark.parametrize("n", [0, 599, *np.flatnonzero(by_hand(asked()[0]).argmax(axis=1) != asked()[1]).tolist()])
def test_a_digit_is_read_and_it_is_said_whether_that_is_right(n: int) -> None:
    page = Page(digit=str(n))
    chances = by_hand(asked()[0][n : n + 1])[0]
    assert page.chances == pytest.approx(chances.tolist(), abs=0.02)
    best = int(chances.argmax())
    right = "right" if best == labels()[n] else "wrong"
    assert page.taken_for.startswith(f"The network takes it for a **{best}** with ")
    assert page.taken_for.endswith(f"; it is a {labels()[n]}: {right}.")


def test_a_drawing_flows_in_is_the_one_on_the_sheet_and_what_is_none_leaves_it_as_it_was() -> None:
    page = Page(shown="sheet")
    assert page.data("sketchpad")["drawing"] == "-".join(["0" * 16] * 16)
    empty = page.chances
    page.send("sketchpad", "drawing", STROKE)
    page.is_sound()
    levels = [[17 * int(digit, 16) for digit in row] for row in STROKE.split("-")]
    assert page.input.tolist() == levels
    assert page.chances != empty
    assert page.chances.index(max(page.chances)) == 1
    assert "it is a" not in page.taken_for
    assert Page(**page.query).shown == page.shown
    before = page.data("sketchpad")
    assert before["drawing"] == STROKE
    nothing: list[object] = [None, 3, "", [], "f" * 10**6, "-".join(["g" * 16] * 16), "0-" * 40]
    for drawing in nothing:
        page.send("sketchpad", "drawing", drawing)
        page.is_sound()
        assert page.data("sketchpad") == before
        assert len(page.warnings) == 1


def blended(height: int, width: int) -> Array:
    """A picture that changes slowly, so that it stands being made larger and smaller."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([4 * rows, 255 - 5 * columns, 2 * (rows + columns)], axis=2).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_of_ones_own_flows_in_grey_and_in_colour(channels: int) -> None:
    page = Page(net="conv 4 3, relu", inputs=f"{channels},30,40", shown="picture", weights="random")
    picture = blended(30, 40)
    page.upload("mine.png", saved(picture))
    wanted = np.rint(picture @ np.array([0.299, 0.587, 0.114])) if channels == 1 else picture.astype(float)
    assert page.input.shape == wanted.shape
    assert np.abs(page.input - wanted).max() <= 8
    assert np.abs(page.input - wanted).mean() <= 1
    page.put("inverted", True)
    assert np.abs(255 - wanted - page.input).max() <= 8
    content = png((200, 30, 90))  # of the very size that is read
    page.upload("other.png", content)
    exact = decode(content)
    wanted = np.rint(exact @ np.array([0.299, 0.587, 0.114])) if channels == 1 else exact.astype(float)
    assert np.abs(255 - wanted - page.input).max() <= 1


def test_a_picture_of_another_size_covers_the_input_by_its_middle() -> None:
    page = Page(net="conv 4 3", inputs="3,64,64", shown="picture", image="coffee", weights="random")
    whole = np.array(Image.fromarray(sample("coffee", 512)).resize((64, 64), Image.Resampling.BOX))
    assert np.abs(page.input.astype(float) - whole).mean() < 6
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = (9, 200, 30)
    page.upload("wide.png", saved(wide))
    assert np.abs(page.input.astype(int)[8:-8, 8:-8] - (9, 200, 30)).max() <= 2


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", png((1, 2, 3))[:70]], ids=repr)
def test_a_file_that_is_no_picture_changes_nothing_and_is_said_once(content: bytes) -> None:
    page = Page(**QUICK, shown="picture")
    before = page.input
    page.upload("mine.png", content)
    assert len(page.warnings) == 1
    np.testing.assert_array_equal(page.input, before)
    page.run()
    assert page.warnings == []


# Weights.


def test_the_seed_is_that_of_the_random_numbers_and_the_caption_says_which_weights_they_are() -> None:
    page = Page(**QUICK)
    first = page.chances
    page.put("net_seed", 7)
    other = page.chances
    page.put("net_seed", 0)
    assert page.chances == first != other
    assert "random, seed 0" in page.weights
    page.put("weights", "edges")
    assert page.weights.startswith("Edges")
    assert page.own.weights == "edges"


def test_with_another_head_the_first_layers_keep_what_they_have_learned() -> None:
    page = Page()
    before = page.data("volumes")["cards"]
    page.edit("set", at=7, name="units", value="12")
    after = page.data("volumes")["cards"]
    assert [card["src"] for card in after[:8]] == [card["src"] for card in before[:8]]
    assert page.weights.startswith("2 of 3 layers of weights as trained")
    assert len(page.chances) == 12


# The builder.


def test_a_network_is_built_from_nothing_layer_by_layer() -> None:
    page = Page(**QUICK)
    for _ in range(6):
        page.edit("remove", at=0)
    assert (page.own.net, page.rows) == ("", [])
    assert any("without layers" in line for line in page.said)
    assert not page.has("unit")
    for n, op in enumerate(["conv", "relu", "max", "flatten", "dense", "softmax"]):
        page.edit("add", at=n, op=op)
    page.edit("set", at=4, name="units", value="3")
    page.edit("set", at=0, name="padding", value="0")
    page.edit("move", at=1, to=2)
    assert page.own.net == "conv 8 3, max 2, relu, flatten, dense 3, softmax"
    assert [row["volume"] for row in page.rows][:3] == ["8 × 8 × 8", "8 × 4 × 4", "8 × 4 × 4"]
    assert len(page.chances) == 3
    assert page.faults == page.warnings == []


def test_a_kernel_too_large_is_named_while_the_layers_before_it_still_run() -> None:
    page = Page(**QUICK)
    page.edit("set", at=2, name="size", value="9")
    (fault,) = page.faults
    assert fault.startswith("Layer 3 (max) does not fit")
    assert page.rows[2]["fault"] == fault
    assert any(fault[:30] in line for line in page.said)
    assert [card["at"] for card in page.data("volumes")["cards"]] == [-1, 0, 1]
    assert page.table["layer"][-1] == "total"
    assert len(page.table["layer"]) == 3
    again = Page(**page.query)
    assert (again.own, again.faults, again.warnings) == (page.own, page.faults, [])
    page.edit("undo")
    assert page.faults == []


def test_a_refused_value_is_said_beside_the_builder_once_and_the_network_stays() -> None:
    page = Page(**QUICK)
    page.edit("set", at=0, name="size", value="65")
    assert "size of conv must be a whole number from 1 to 64" in page.refusal
    assert page.own == edited(Net(), **QUICK)
    page.run()
    assert (page.refusal, page.warnings) == ("", [])


def test_a_damaged_link_is_not_said_beside_the_builder() -> None:
    page = Page(**QUICK, side="abc")
    assert len(page.warnings) == 1
    assert page.refusal == ""


def test_undo_and_redo_go_through_edits_volumes_and_networks_of_others() -> None:
    page = Page(**QUICK)
    nets = [(page.own.net, page.own.inputs)]
    assert not page.data("builder")["undo"]
    page.edit("add", at=0, op="tanh")
    nets.append((page.own.net, page.own.inputs))
    page.put("inputs1", 20)
    nets.append((page.own.net, page.own.inputs))
    page.start_from("lenet5")
    nets.append((page.own.net, page.own.inputs))
    page.edit("remove", at=10)
    nets.append((page.own.net, page.own.inputs))
    assert len(set(nets)) == 5
    for wanted in nets[-2::-1]:
        page.edit("undo")
        assert (page.own.net, page.own.inputs) == wanted
    assert (page.data("builder")["undo"], page.data("builder")["redo"]) == (False, True)
    for wanted in nets[1:]:
        page.edit("redo")
        assert (page.own.net, page.own.inputs) == wanted
    assert not page.data("builder")["redo"]


def test_hostile_messages_leave_the_network_as_it_was_and_never_raise() -> None:
    page = Page(net="conv 8 3, relu, max 2")
    before = page.own
    for message in HOSTILE[::17]:
        try:
            page.send("builder", "edit", message)
        except (TypeError, ValueError, OverflowError):
            continue  # no browser can send it: JSON does not hold it
        page.is_sound()
        assert page.own == before, repr(message)[:60]
        assert len(page.warnings) <= 1
        assert all(len(text) < 500 for text in page.warnings)


# One unit.


def test_a_click_chooses_a_unit_the_link_holds_it_and_an_edit_forgets_it() -> None:
    page = Page(**QUICK)
    assert re.match(r"\*\*6\. Softmax: class \d\.", page.unit)
    page.choose_unit(0, 1, 2, 3)
    assert page.unit.startswith("**1. Convolution: map 2, row 3, column 4.**")
    assert len(page.data("unit")["cards"]) == 3
    assert Page(**page.query).unit == page.unit
    for unit in (None, 3, "", [], [0, 0, 0], [0, 0, 0, 0, 0], [-1, 0, 0, 0], [0, 0, 0, None], [0.5, 0, 0, 0]):
        before = page.unit
        page.send("volumes", "open", unit)
        page.is_sound()
        assert page.unit == before or unit == []
    page.choose_unit(0, 1, 2, 3)
    page.edit("set", at=4, name="units", value="6")
    assert page.unit.startswith("**6. Softmax")


def test_every_unit_of_every_card_can_be_chosen() -> None:
    page = Page(**QUICK | {"net": "pad 2, conv 4 3, norm, split, conv 4 3 padding=1, add, flatten, dense 5, softmax"})
    for card in page.data("volumes")["cards"][1:]:
        c, height, width = card["shape"]
        page.choose_unit(card["at"], min(c, card["shown"]) - 1, height - 1, width - 1)
        assert page.unit.startswith(f"**{card['at'] + 1}. ")


@pytest.mark.parametrize("unit", ["99,0,0,0", "0,99,0,0", "0,0,0,99"])
def test_a_link_to_a_unit_that_does_not_exist_shows_the_strongest(unit: str) -> None:
    page = Page(**QUICK, opened=unit)
    assert page.unit == Page(**QUICK).unit
    assert page.warnings == []


# Links.

SETTINGS = {
    "net": "conv 4 3 stride=2, norm, tanh, flatten, dense 5, softmax",
    "inputs": "3,20,24",
    "weights": "edges",
    "net_seed": "12",
    "shown": "picture",
    "image": "cat",
    "digit": "7",
    "inverted": "1",
    "opened": "2,1,3,4",
}


def test_a_link_brings_everything_back_number_by_number() -> None:
    page = Page(**SETTINGS)
    assert page.query == SETTINGS
    assert Page(**page.query).shown == page.shown
    page.put("digit", 8) if page.has("field:digit") else page.put("net_seed", 13)
    assert Page(**page.query).shown == page.shown


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "x" * 50_000, "\x00", "1,2;3"])
def test_a_link_of_hostile_text_leaves_the_first_page_with_a_sentence_each(text: str) -> None:
    names = ["net", "inputs", "weights", "net_seed", "shown", "digit", "inverted", "opened"]
    page = Page(**dict.fromkeys(names, text))
    page.is_sound()
    assert len(page.warnings) == len(names)
    assert max(map(len, page.warnings)) < 400
    assert page.own == Net()
    page.run()
    assert page.warnings == []


@pytest.mark.filterwarnings("ignore:(overflow|invalid|divide):RuntimeWarning")
@pytest.mark.parametrize(
    "net",
    [
        "",
        "softmax",
        "split",
        "shortcut",
        ", ".join([*["split, add"] * 127, "norm, softmax"]),
        ", ".join(["pad 64 value=100"] * 9),
        "dense 10000, dense 10000",
        "table 0 3, table 0/0/0 3",
    ],
)
def test_any_network_that_can_be_written_opens(net: str) -> None:
    page = Page(net=net, inputs="1,16,16", weights="random", inverted="1")
    page.is_sound()
    assert page.errors == []
    assert page.own.net == net
    assert len(page.rows) == len(parse(net))
    assert bool(page.faults) == bool(plan(parse(net), (1, 16, 16)).fault)


# Elsewhere and back.


def test_another_page_and_back_finds_the_network_as_it_was() -> None:
    page = Page(**QUICK)
    page.edit("add", at=0, op="tanh")
    page.choose_unit(1, 0, 1, 1)
    before = page.shown
    page.go("explore")
    page.go("network")
    assert page.shown == before
    page.edit("undo")
    assert page.own.net == QUICK["net"]


def test_a_step_back_in_the_browser_brings_the_network_of_that_link() -> None:
    page = Page(**QUICK)
    page.edit("remove", at=1)
    page.back(**QUICK)
    assert page.own.net == QUICK["net"]
    page.back()
    assert page.own.net == LAYERS


def test_what_was_said_is_not_said_again_on_another_page() -> None:
    page = Page(**QUICK)
    page.edit("set", at=0, name="size", value="99")
    assert page.refusal
    page.go("explore")
    assert page.warnings == []
    page.go("network")
    assert (page.warnings, page.refusal) == ([], "")


def test_two_visitors_build_beside_each_other() -> None:
    one, other = Page(**QUICK), Page(**QUICK)
    one.edit("remove", at=1)
    other.edit("add", at=0, op="tanh")
    one.edit("undo")
    assert one.own.net == QUICK["net"]
    assert other.own.net == f"tanh, {QUICK['net']}"


def test_the_numbers_in_the_table_are_those_of_the_network_on_show() -> None:
    page = Page(**QUICK)
    assert page.table["free parameters"] == [40, 0, 0, 0, 325, 0, 365]
    page.put("inputs0", 3)
    assert page.table["free parameters"] == [112, 0, 0, 0, 325, 0, 437]
    assert numbers(next(line for line in page.said if "free parameters" in line).replace("**", ""))[:2] == [6, 437]
