"""The lesson as a visitor walks it: every step shows what it speaks of, and his own settings wait for him meanwhile."""

import json
from typing import Any

import pytest

from components.pages.channels.state import Channels
from components.pages.compare.state import Compare
from components.pages.lesson.state import Lesson
from components.pages.lesson.steps import STEPS
from components.pages.network.state import Net
from components.pages.sequence.state import Sequence
from components.pages.train.state import Train
from components.session.session import MOST_NOTICES, Session
from components.state.link import State, edited, to_query
from components.state.setup import UPLOAD, Setup
from components.state.show import Show
from components.widgets import player
from tests.components.pages.lesson.test_steps import HOSTILE, LENIENT, NUMBERS
from tests.support.explored import SESSION, expected
from tests.support.pages import PATHS
from tests.support.pictures import unpacked
from tests.support.text import numbers
from tests.support.visitor import Visitor, as_read, png

KEYS = {
    "loom": "loom",
    "ladder": "four_layers",
    "growth": "costs",
    "everywhere": "detectors",
    "bank": "bank",
    "race": "networks",
    "flow": "volumes",
    "ideas": "ideas",
}
LOOMS = [n for n in NUMBERS if STEPS[n - 1].view == "loom"]
OWN = {
    "image": "cat",
    "side": "40",
    "kernel": "1,2;3,4;5,6",
    "flip": "1",
    "stride": "2",
    "padding": "same",
    "activation": "relu",
    "period": "5",
}
each = pytest.mark.parametrize("number", NUMBERS)


class Page(Visitor):
    """One visitor's session on the Lesson page."""

    path = "lesson"

    @property
    def session(self) -> Session:
        found: Session = self.at.session_state["session"]
        return found

    def choose(self, number: int) -> None:
        """In the list of steps."""
        self.at.selectbox[0].set_value(number).run()
        self.is_sound()

    @property
    def step(self) -> int:
        return int(self.title.split("[")[1].split(".")[0])

    @property
    def said(self) -> str:
        return as_read(self.at.markdown[0].value)

    @property
    def loom(self) -> dict[str, Any]:
        return {name: value for name, value in self.data("loom").items() if name not in SESSION}

    def headlines(self, key: str) -> dict[str, str]:
        return {card["title"]: card["headline"] for card in self.data(key)["cards"]}

    def notes(self, key: str) -> dict[str, str]:
        return {card["title"]: card["note"] for card in self.data(key)["cards"]}

    def of(self, kind: type[State]) -> State:
        return self.session.states.of(kind)

    def shows(self, number: int) -> None:
        """This step and no other: its words, its view, its states, and nothing but its number in the link."""
        self.is_sound()
        step = STEPS[number - 1]
        assert self.title == f":primary[{number}.] {step.title}"
        assert self.said == " ".join(step.says())
        assert [as_read(note.value) for note in self.at.info] == [f"**Try:** {step.tries}"]
        assert [as_read(note.value) for note in self.at.success if "Notice" in note.value] == [
            f"**Notice:** {step.notice()}"
        ]
        assert [view for view, key in KEYS.items() if self.has(key)] == [step.view]
        for state in step.states:
            assert self.of(type(state)) == state
        assert self.query == to_query(Lesson(number))
        assert (self.errors, self.warnings) == ([], [])
        assert self.at.selectbox[0].value == number
        assert (self.named("lesson_previous").proto.disabled, self.named("lesson_next").proto.disabled) == (
            number == 1,
            number == len(STEPS),
        )
        assert self.named("share").label == "Share"  # the end of the page: no run was broken off before it


# The steps.


@each
def test_a_link_to_a_step_opens_it_as_it_is_set_and_a_second_run_changes_nothing(number: int) -> None:
    page = Page(step=str(number))
    page.shows(number)
    before = page.named(KEYS[STEPS[number - 1].view]).proto
    page.run()
    page.shows(number)
    assert page.named(KEYS[STEPS[number - 1].view]).proto == before


def test_next_walks_through_all_steps_and_previous_back_again() -> None:
    page = Page()
    for number in NUMBERS[:-1]:
        page.shows(number)
        page.press("lesson_next")
    for number in NUMBERS[:0:-1]:
        page.shows(number)
        page.press("lesson_previous")
    page.shows(1)


def test_any_step_is_chosen_in_the_list_also_twice() -> None:
    page = Page()
    for number in (8, 1, 14, 8, 8, 2, 1, 8):
        page.choose(number)
        page.shows(number)


def test_what_was_changed_in_a_step_is_as_it_was_when_one_comes_again() -> None:
    page = Page(step="8")
    page.put("tiled30", 7)
    assert page.query == {"step": "8", "period": "7"}
    page.press("lesson_next")
    page.shows(9)
    page.press("lesson_previous")
    page.shows(8)


# What the words say is what the view shows.


@pytest.mark.parametrize("number", LOOMS)
def test_the_loom_has_the_states_of_its_step(number: int) -> None:
    (state,) = STEPS[number - 1].states
    assert isinstance(state, Setup)
    page = Page(step=str(number))
    data, _ = expected(state)
    assert page.loom == {name: value for name, value in data.items() if name not in SESSION}


def test_the_costs_beside_the_matrix_are_those_the_text_names() -> None:
    costs = {
        number: {cost["kind"]: numbers(cost["parameters"])[0] for cost in Page(step=str(number)).loom["costs"]}
        for number in (4, 5, 6)
    }
    said = {number: numbers(Page(step=str(number)).said) for number in costs}
    assert said[4][:2] == [costs[4]["local"], costs[4]["conv"]]  # a locally connected layer has one for each use
    assert said[5][2:] == [costs[5]["dense"], costs[5]["conv"]]
    assert said[6][3:] == [costs[6]["dense"], costs[6]["conv"]]
    assert list(costs[6])[-1] == "conv"
    assert len(costs[6]) == 3  # bars, the last of them the convolution's
    uses = Page(step="3").loom
    assert numbers(Page(step="3").said) == [uses["rows"]["out"], uses["cols"]["out"], uses["output"]["shape"][1] ** 2]


def test_the_step_on_flipping_shows_one_weight_on_the_left_turned() -> None:
    loom = Page(step="7").loom
    assert loom["flip"] is True
    assert [(k, l) for k, row in enumerate(loom["kernel"]) for l, weight in enumerate(row) if weight] == [(1, 0)]


def test_the_ladder_counts_what_its_step_says() -> None:
    page = Page(step="8")
    found = {title: numbers(headline) for title, headline in page.headlines("four_layers").items()}
    dense, local, conv = (found[name][0] for name in ("Fully connected", "Locally connected", "Convolution"))
    said = numbers(page.said)
    assert (said[0], said[1], said[2], said[4]) == (dense, conv, local, conv)
    assert (said[3], said[5]) == (round(dense / local), round(local / conv))
    maps = {card["pictures"][1]["values"] for card in page.data("four_layers")["cards"][1:]}
    assert len(maps) == 1  # “All maps are the same picture”


def test_the_slider_tiled_goes_from_one_to_the_end_as_the_step_asks() -> None:
    page = Page(step="8")
    slider = page.named("field:tiled30")
    assert slider.label.startswith("Tiled")
    assert (slider.min, slider.max) == (1, 30)
    counts = []
    for period in (1, 2, 30):
        page.put("tiled30", period)
        counts.append(numbers(page.headlines("four_layers")["Tiled"])[0])
    assert counts == [9, 36, 8100]
    assert page.step == 8


def test_the_shared_kernel_frames_every_copy_and_the_other_none_or_few() -> None:
    page = Page(step="9")
    found = [numbers(headline) for headline in page.headlines("detectors").values()]
    (alone, places), (shared, also) = (told[:2] for told in found)
    assert (shared, places) == (also, also)
    assert alone <= 0.2 * places


def test_the_bank_has_the_numbers_its_step_multiplies() -> None:
    page = Page(step="10")
    bank = page.data("bank")
    reads, outputs, again, K, L, weights = numbers(page.said)
    assert (reads, reads, outputs, L) == (again, len(bank["channels"]), len(bank["outputs"]), bank["L"])
    assert (
        sum(len(kernel["weights"]) for one in bank["outputs"] for kernel in one) == weights == outputs * reads * K * L
    )
    assert len(page.data("maps")["cards"]) == outputs
    assert set(bank["biases"]) == {0}  # “without biases”


def test_a_changed_number_of_the_bank_changes_one_map_and_no_other() -> None:
    page = Page(step="10")
    before = [card["pictures"][0]["values"] for card in page.data("maps")["cards"]]
    own = Channels()
    filters = [[[list(row) for row in kernel] for kernel in one] for one in own.filters]
    filters[2][1][0][0] += 3
    page = Page(step="10", **to_query(edited(own, filters=filters)))
    after = [card["pictures"][0]["values"] for card in page.data("maps")["cards"]]
    assert [n for n, (one, other) in enumerate(zip(before, after, strict=True)) if one != other] == [2]


def test_the_race_has_the_columns_and_the_digits_its_step_says() -> None:
    page = Page(step="11")
    dense, local, conv, digits, others = numbers(page.said)
    firsts = [numbers(note)[0] for note in page.notes("networks").values()]
    assert firsts == [dense, local, conv]
    facts = {fact["name"]: fact["exact"] for fact in page.data("networks")["cards"][0]["facts"]}
    assert numbers(facts["right of those it trained with"]) == [digits]
    assert numbers(facts["right of those it has never seen"]) == [others]


def test_the_race_played_to_the_end_is_what_is_to_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "SLICE", {"step": 1e6, "fast": 1e6})
    page = Page(step="11")
    page.press("train_play")
    lines = {}
    for trace in json.loads(page.named("race").proto.spec)["data"]:
        lines[trace["name"], trace["line"]["dash"]] = unpacked(trace["y"]).tolist()
    dashed = {name: y for (name, dash), y in lines.items() if dash == "dash"}
    solid = {name: y for (name, dash), y in lines.items() if dash == "solid"}
    assert len(dashed) == len(solid) == 3
    assert all("trained with" in name and y[-1] > y[0] + 0.2 for name, y in dashed.items())
    assert max(solid, key=lambda name: solid[name][-1]) == "Convolution, unseen"
    assert page.step == 11


def test_two_lines_of_the_chart_rise_and_two_stay_level_by_parameters_and_by_bytes() -> None:
    page = Page(step="12")
    ratios = {}
    for quantity in ("bytes", "parameters"):
        page.put("quantity", quantity)
        traces = json.loads(page.named("costs").proto.spec)["data"][:4]
        curves = {trace["name"]: dict(zip(unpacked(trace["x"]), unpacked(trace["y"]), strict=True)) for trace in traces}
        level = {name for name, curve in curves.items() if len(set(curve.values())) == 1}
        assert level == {"Tiled", "Convolution"}
        assert all(list(curve.values()) == sorted(set(curve.values())) for n, curve in curves.items() if n not in level)
        ratios[quantity] = curves["Fully connected"][128] / curves["Fully connected"][64]
    assert numbers(page.said)[2] == round(ratios["parameters"]) == round(ratios["bytes"])


def test_the_network_has_the_layers_its_step_counts() -> None:
    page = Page(step="13")
    layers, weights, convolutions, alone = numbers(page.said)
    rows = [card for card in page.data("volumes")["cards"] if card["at"] >= 0]
    assert len(rows) == layers
    assert sum("Convolution" in card["title"] for card in rows) == convolutions
    network = Visitor.__new__(Visitor)
    network.path = "network"
    network.__init__()  # type: ignore[misc]  # the same network on the page that is about it
    assert numbers(as_read(network.title))[:2] == [weights, alone]
    assert "Draw" in page.named("field:shown").options


def test_the_three_wirings_have_the_numbers_of_their_step() -> None:
    page = Page(step="14")
    webs = page.data("ideas")["webs"]
    counts = [n for web in webs for n in (len({id for _, _, id in web["edges"]}), len(web["edges"]))]
    assert numbers(page.said) == counts
    assert [numbers(web["headline"])[0] for web in webs] == counts[::2]


# Links.


def test_a_step_alone_in_the_link_is_that_step_and_more_in_it_is_set_as_well() -> None:
    Page(step="5").shows(5)
    page = Page(step="5", side="12", view="dense", kernel="1,2,3")
    (state,) = STEPS[4].states
    assert isinstance(state, Setup)
    assert page.step == 5
    assert page.of(Setup) == edited(state, side=12, view="dense", kernel="1,2,3")
    assert page.query == {"step": "5", "side": "12", "view": "dense", "kernel": "1,2,3"}
    data, _ = expected(edited(state, side=12, view="dense", kernel="1,2,3"))
    assert page.loom == {name: value for name, value in data.items() if name not in SESSION}


def test_what_is_the_default_elsewhere_is_in_the_link_where_the_step_has_another() -> None:
    page = Page(step="5", image=Setup().image, side=str(Setup().side))
    assert page.of(Setup) == Setup()
    assert page.query == {"step": "5", "image": Setup().image, "side": "64"}
    again = Page(**page.query)
    assert again.of(Setup) == Setup()


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:9]))
def test_a_hostile_step_is_the_first_one_and_it_is_said(text: str) -> None:
    page = Page(step=text)
    assert page.step == 1
    (warning,) = page.warnings
    assert warning.startswith("The link's step must be a whole number from 1 to 14, not “")
    page.run()
    page.shows(1)


@pytest.mark.parametrize("text", LENIENT, ids=repr)
def test_a_step_written_in_another_way_is_that_step_with_its_own_states(text: str) -> None:
    page = Page(step=text)
    page.shows(page.step)


@pytest.mark.parametrize(
    ("number", "field", "value"),
    [(8, "tiled30", 9), (9, "pasted", 3), (10, "bank_K", 5), (11, "examples", 20), (12, "quantity", "bytes"),
     (13, "digit", 7), (11, "pace", "step"), (13, "shown", "sheet")],
)  # fmt: skip
def test_what_is_changed_within_a_step_is_in_the_link_and_survives_a_reload(
    number: int, field: str, value: object
) -> None:
    page = Page(step=str(number))
    page.put(field, value)
    assert page.query["step"] == str(number)
    assert len(page.query) == 2
    again = Page(**page.query)
    assert again.step == number
    assert again.value(field) == value
    assert again.query == page.query
    assert again.named(KEYS[STEPS[number - 1].view]).proto == page.named(KEYS[STEPS[number - 1].view]).proto


def test_an_edit_in_the_loom_of_a_step_is_in_the_link() -> None:
    page = Page(step="4")
    origin = page.data("loom")["origin"]
    page.send("loom", "edit", {"origin": origin, "serial": 1, "kernel": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]})
    assert page.query == {"step": "4", "kernel": "1,2,3;4,5,6;7,8,9"}
    again = Page(**page.query)
    assert again.loom == page.loom


# The visitor's own settings.


@each
def test_the_lesson_leaves_the_visitor_s_own_layer_alone(number: int) -> None:
    page = Page(step=str(number))
    page.go("explore")
    assert page.of(Setup) == Setup()
    assert page.query == {}


def own(page: Page) -> dict[type, State]:
    return {kind: page.of(kind) for kind in (Setup, Compare, Channels, Train, Net, Sequence)}


def settled_in(*, upload: bytes = b"") -> tuple[Page, dict[type, State]]:
    """A visitor who has set something on every page before he comes to the lesson."""
    page = Page()
    page.path = "explore"
    page._open("explore", OWN)
    page.back(**OWN)  # his link
    page.go("compare")
    page.put("pasted", 3)
    page.put("quantity", "bytes")
    page.go("channels")
    page.put("bank_K", 5)
    page.go("train")
    page.put("examples", 20)
    page.put("rate", 0.02)
    page.go("network")
    page.put("digit", 7)
    page.go("sequence")
    page.put("units", 2)
    page.go("explore")
    if upload:
        page.upload("mine.png", upload)
    page.path = "lesson"
    return page, own(page)


def test_going_through_the_whole_lesson_brings_everything_back() -> None:
    page, before = settled_in()
    assert before[Setup] == edited(Setup(), **OWN)
    page.go("lesson")
    page.shows(1)
    for number in NUMBERS[1:]:
        page.press("lesson_next")
        page.shows(number)
    page.go("explore")
    assert own(page) == before
    assert page.query == OWN
    page.go("train")
    assert page.query == OWN | {"examples": "20", "rate": "0.02"}
    assert page.value("examples") == 20
    page.go("network")
    assert page.value("digit") == 7


def test_what_is_set_in_the_lesson_stays_in_the_lesson() -> None:
    page, before = settled_in()
    page.go("lesson")
    for number, field, value in ((11, "examples", 50), (13, "digit", 9), (8, "tiled30", 12), (12, "quantity", "bytes")):
        page.choose(number)
        page.put(field, value)
    page.go("explore")
    assert own(page) == before


def test_an_uploaded_picture_waits_outside_and_is_there_again() -> None:
    page, before = settled_in(upload=png((200, 30, 90)))
    picture = page.data("loom")["image"]
    page.go("lesson")
    page.shows(1)
    page.choose(6)
    page.shows(6)
    page.go("explore")
    assert own(page) == before
    state = page.of(Setup)
    assert isinstance(state, Setup)
    assert state.image == UPLOAD
    assert page.data("loom")["image"] == picture
    assert page.warnings == []


def test_a_drawing_waits_outside_and_the_one_of_the_lesson_is_not_it() -> None:
    rows = "-".join(["0123456789abcdef"] * 16)
    page = Page()
    page.path = "explore"
    page._open("explore", {})
    page.back(image="drawing", side="16", drawing=rows)
    page.path = "lesson"
    page.go("lesson")
    page.choose(13)
    page.put("shown", "sheet")
    state = page.of(Setup)
    assert isinstance(state, Setup)
    drawn_here = Setup().drawing
    assert state.drawing in (drawn_here, rows)
    page.go("explore")
    state = page.of(Setup)
    assert isinstance(state, Setup)
    assert (state.image, state.drawing) == ("drawing", rows)


def test_lesson_other_page_lesson_is_the_same_step_as_it_was_set() -> None:
    page, before = settled_in()
    page.go("lesson")
    page.choose(8)
    page.put("tiled30", 12)
    page.go("train")
    assert own(page) == before
    page.go("lesson")
    page.shows(8)
    page.go("compare")
    assert own(page) == before


def test_what_is_changed_on_another_page_between_two_visits_of_the_lesson_is_kept() -> None:
    page, before = settled_in()
    page.go("lesson")
    page.choose(11)
    page.go("train")
    page.put("examples", 30)
    page.go("lesson")
    page.shows(11)
    page.go("train")
    assert own(page) == before | {Train: edited(Train(), examples=30, rate=0.02)}


# The browser's history.


def back(page: Page, path: str, **query: str) -> None:
    page.path = path
    page.back(**query)
    page.path = "lesson"


def test_back_from_the_lesson_to_a_page_brings_its_states() -> None:
    page, before = settled_in()
    page.go("lesson")
    page.choose(8)
    back(page, "explore", **OWN)
    assert own(page) == before
    assert page.query == OWN


def test_back_from_a_page_to_the_lesson_is_the_step_of_the_link() -> None:
    page, before = settled_in()
    page.go("lesson")
    page.choose(8)
    page.put("tiled30", 12)
    page.go("explore")
    back(page, "lesson", step="8", period="12")
    assert page.step == 8
    assert page.value("tiled30") == 12
    page.go("explore")
    assert own(page) == before


@pytest.mark.parametrize(("first", "then"), [(8, 11), (13, 8), (2, 14), (6, 7)])
def test_back_within_the_lesson_is_the_step_before_with_its_own_states(first: int, then: int) -> None:
    page = Page(step=str(first))
    page.choose(then)
    page.back(step=str(first))
    page.shows(first)


@pytest.mark.parametrize("then", [2, 6, 8, 11, 13])
def test_back_to_the_first_step_whose_link_says_nothing_is_the_first_step(then: int) -> None:
    page = Page()
    page.choose(then)
    page.back()
    page.run()
    page.shows(1)


@pytest.mark.parametrize("then", [2, 6, 8, 11, 13])
def test_back_to_where_the_lesson_was_entered_is_the_first_step_and_its_link_stays_empty(then: int) -> None:
    page, _ = settled_in()
    page.go("lesson")
    page.choose(then)
    page.back()
    assert page.query == {}
    page.run()
    page.shows(1)


def test_after_such_a_step_back_the_visitor_s_own_settings_are_still_there() -> None:
    page, before = settled_in()
    page.go("lesson")
    page.choose(8)
    page.back()
    page.go("explore")
    assert own(page) == before


# Presenting.


def test_who_presents_in_the_lesson_presents_on_the_next_page_too() -> None:
    page = Page()
    page.go("lesson")
    page.press("present")
    page.go("train")
    assert page.of(Show) == Show(present=True)
    assert page.query == {"present": "1"}


def test_who_leaves_in_the_lesson_has_left() -> None:
    page = Page(present="1")
    page.press("present")
    assert page.query == {}
    page.go("explore")
    assert page.of(Show) == Show()
    assert page.query == {}


def test_presenting_goes_along_through_steps_and_pages() -> None:
    page = Page(present="1", hide="notes")
    for number in (1, 2, 3):
        assert page.query == to_query(Lesson(number)) | {"present": "1", "hide": "notes"}
        page.press("lesson_next")
    for path in PATHS:
        page.go(path)
        assert page.of(Show) == Show(present=True, hide=("notes",))


# Runs.


@pytest.mark.usefixtures("record_by_record")
def test_a_race_run_in_the_lesson_is_not_the_visitor_s_own() -> None:
    page = Page()
    page.go("train")
    page.put("examples", 20)
    page.press("train_step")
    learned = page.named("race").proto.spec
    page.go("lesson")
    page.choose(11)
    page.go("train")
    assert page.value("examples") == 20
    assert page.named("race").proto.spec == learned


def test_a_session_holds_no_more_for_having_been_through_the_lesson_twice() -> None:
    page = Page()
    sizes = []
    for _ in range(2):
        for number in NUMBERS:
            page.choose(number)
        page.go("explore")
        page.go("lesson")
        page.choose(1)
        sizes.append(
            (
                len(page.session.page_cache),
                len(page.session.kept),
                len(page.session.states.held),
                len(page.session.arrivals),
                len(page.session.overruled),
            )
        )
    assert sizes[0] == sizes[1]
    assert MOST_NOTICES < 20
