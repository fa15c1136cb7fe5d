"""The lesson as a visitor walks it: every step shows what it speaks of, and his own settings wait for him meanwhile."""

import json
from itertools import chain
from typing import Any

import pytest

from components.pages.channels.state import Channels
from components.pages.compare.state import Compare
from components.pages.lesson.state import Lesson
from components.pages.lesson.steps import STEPS, number_of, step_of
from components.pages.network.state import Net
from components.pages.sequence.state import Sequence
from components.pages.train.state import Train
from components.session.session import Session
from components.state.link import State, edited, to_query
from components.state.setup import UPLOAD, Setup
from components.state.show import Show
from components.widgets import player
from tests.support.explored import SESSION, expected
from tests.support.lesson import NAMES
from tests.support.pictures import unpacked
from tests.support.text import numbers
from tests.support.visitor import Visitor, as_read, png

pytestmark = pytest.mark.long

KEYS = {  # of the component a view shows
    "loom": "loom", "four_layers": "four_layers", "costs": "costs", "search": "detectors", "bank": "bank",
    "race": "race", "flow": "volumes", "ideas": "ideas", "reuse": "reuse",
}  # fmt: skip
OWN = {
    "image": "drawing", "side": "16", "drawing": "-".join(["0123456789abcdef"] * 16), "kernel": "1,2;3,4;5,6",
    "flip": "1", "stride": "2", "padding": "same", "activation": "relu", "period": "5",
}  # fmt: skip


class Page(Visitor):
    """One visitor's session on the Lesson page."""

    path = "lesson"

    @property
    def session(self) -> Session:
        found: Session = self.at.session_state["session"]
        return found

    def choose(self, name: str) -> None:
        """In the list of steps."""
        self.at.menu_button(key="lesson_step").set_value(name).run()
        self.is_sound()

    def back_to(self, path: str, **query: str) -> None:
        """A step back in the browser, to any page."""
        self.path = path
        self.back(**query)
        self.path = "lesson"

    @property
    def step(self) -> str:
        return NAMES[int(self.title.split("[")[1].split(".")[0]) - 1]

    @property
    def loom(self) -> dict[str, Any]:
        return {name: value for name, value in self.data("loom").items() if name not in SESSION}

    @property
    def setup(self) -> Setup:
        return self.session.states.of(Setup)

    @property
    def own(self) -> dict[type, State]:
        """What is set on all pages."""
        return {kind: self.session.states.of(kind) for kind in (Setup, Compare, Channels, Train, Net, Sequence)}

    def shows(self, name: str) -> None:
        """This step and no other: its words, its view, its states, and nothing but its name in the link."""
        self.is_sound()
        step, number = step_of(name), number_of(name)
        assert self.title == f":primary[{number}.] {step.title}"
        assert as_read(self.at.markdown[0].value) == " ".join(step.says())
        assert [as_read(note.value) for note in self.at.info] == [f"**Try:** {step.tries}"]
        noticed = [as_read(note.value) for note in self.at.success if "Notice" in note.value]
        assert noticed == [f"**Notice:** {step.notice()}"]
        assert [view for view, key in KEYS.items() if self.has(key)] == [step.view]
        for state in step.states:
            assert self.session.states.of(type(state)) == state
        if step.view == "loom":
            assert self.loom == sent_in(self.setup)
        assert (self.query, self.errors, self.warnings) == (to_query(Lesson(name)), [], [])
        assert self.named("lesson_step").label == f"{number} of {len(STEPS)}"
        assert self.data("noticed") == {"sentence": ""}
        ends = [self.named(f"lesson_{way}").proto.disabled for way in ("previous", "next")]
        assert ends == [number == 1, number == len(STEPS)]
        assert self.named("share").label == "Share"  # the end of the page: no run was broken off before it


def sent_in(state: Setup) -> dict[str, Any]:
    """What the loom is sent in this state."""
    data, _ = expected(state)
    return {name: value for name, value in data.items() if name not in SESSION}


# The steps.


@pytest.mark.parametrize("name", NAMES)
def test_a_link_to_a_step_opens_it_as_it_is_set_and_a_second_run_changes_nothing(name: str) -> None:
    page = Page(step=name)
    page.shows(name)
    before = page.named(KEYS[step_of(name).view]).proto
    page.run()
    page.shows(name)
    assert page.named(KEYS[step_of(name).view]).proto == before


def test_any_step_is_chosen_in_the_list_also_twice() -> None:
    page = Page()
    for name in ("locality", "wirings", "locality", "locality", "sum"):
        page.choose(name)
        page.shows(name)


def test_what_was_changed_in_a_step_is_as_it_was_when_one_comes_again() -> None:
    page = Page(step="locality")
    page.put("tiled30", 7)
    assert page.query == {"step": "locality", "period": "7"}
    page.press("lesson_next")
    page.shows("feature")
    page.press("lesson_previous")
    page.shows("locality")


# What the reader does.


@pytest.mark.parametrize(
    ("name", "key", "acts"),
    [("sum", "loom", ("output",)), ("matrix", "loom", ("tying",)), ("wirings", "ideas", ("space", "time", "channels"))],
)
def test_what_a_step_asks_for_is_noticed_when_all_of_it_has_been_done_and_forgotten_with_the_step(
    name: str, key: str, acts: tuple[str, ...]
) -> None:
    page = Page(step=name)
    assert tuple(page.data(key)["acts"]) == acts
    hostile: tuple[object, ...] = (acts[-1], {"acts": acts}, None, 7, [[acts[-1]], {}])
    for sent in (*([act] for act in acts[:-1]), ["weight"], *hostile):
        page.send(key, "act", sent)
        page.shows(name)
    page.send(key, "act", [acts[-1], "weight"])
    assert page.data("noticed")["sentence"].startswith("Done.")
    page.press("lesson_next")
    page.press("lesson_previous")
    page.shows(name)


def test_what_is_changed_in_a_step_is_noticed_as_well_and_stays_so_when_it_is_taken_back() -> None:
    page = Page(step="growth", quantity="bytes")
    assert page.data("noticed") == {"sentence": ""}  # that was in the link
    for quantity in ("parameters", "bytes"):
        page.put("quantity", quantity)
        assert page.data("noticed")["sentence"].startswith("Done.")


def test_a_step_shows_its_parts_of_the_loom_alone_and_explore_all() -> None:
    parts = {step.name: Page(step=step.name).data("loom")["parts"] for step in STEPS if step.view == "loom"}
    assert parts["kernel"] == ["pictures", "sum"]
    assert all(0 < len(shown) <= 3 for shown in parts.values())
    page = Page()
    page.go("explore")
    assert set(page.data("loom")["parts"]) == set(chain(*parts.values()))
    assert page.data("loom")["acts"] == []


# What the words speak of is what the view shows; their numbers are counted in test_steps.py.


def test_the_slider_of_the_tiled_layer_goes_from_a_convolution_to_a_locally_connected_layer() -> None:
    page = Page(step="locality")
    slider = page.named("field:tiled30")
    assert (slider.label[:5], slider.min, slider.max) == ("Tiled", 1, 30)
    for period, count in ((1, 9), (2, 36), (30, 8100)):
        page.put("tiled30", period)
        headlines = {card["title"]: card["headline"] for card in page.data("four_layers")["cards"]}
        assert numbers(headlines["Tiled"])[0] == count
    assert page.step == "locality"


def test_the_shared_kernel_frames_every_copy_and_the_other_none_or_few() -> None:
    page = Page(step="feature")
    found = [numbers(card["headline"])[:2] for card in page.data("detectors")["cards"]]
    (alone, places), (shared, also) = found
    assert (shared, places) == (also, also)
    assert alone <= 0.2 * places


def test_one_number_of_the_bank_changes_one_map_and_none_has_a_bias() -> None:
    page = Page(step="channels")
    assert set(page.data("bank")["biases"]) == {0}  # “not counting biases”
    filters = [[[list(row) for row in kernel] for kernel in one] for one in Channels().filters]
    filters[2][1][0][0] += 3
    other = Page(step="channels", **to_query(edited(Channels(), filters=filters)))
    before, after = ([card["pictures"][0]["values"] for card in p.data("maps")["cards"]] for p in (page, other))
    assert [one != two for one, two in zip(before, after, strict=True)] == [False, False, True, False]


@pytest.mark.long
def test_the_race_played_to_the_end_is_what_is_to_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "SLICE", {"step": 1e6, "fast": 1e6})
    page = Page(step="digits")
    page.press("train_play")
    lines: dict[str, dict[str, list[float]]] = {"dash": {}, "solid": {}}
    for trace in json.loads(page.named("race").proto.spec)["data"]:
        lines[trace["line"]["dash"]][trace["name"]] = unpacked(trace["y"]).tolist()
    assert len(lines["dash"]) == len(lines["solid"]) == 3
    assert all("training" in name and y[-1] > y[0] + 0.2 for name, y in lines["dash"].items())
    assert max(lines["solid"], key=lambda name: lines["solid"][name][-1]) == "Convolution, test"
    assert any("convolution's lead: +" in line.value for line in page.at.markdown)
    assert page.data("noticed")["sentence"]
    assert page.step == "digits"


def test_two_lines_of_the_chart_rise_and_two_stay_level_by_parameters_and_by_bytes() -> None:
    page = Page(step="growth")
    for quantity in ("bytes", "parameters"):
        page.put("quantity", quantity)
        traces = json.loads(page.named("costs").proto.spec)["data"][:4]
        curves = {trace["name"]: dict(zip(unpacked(trace["x"]), unpacked(trace["y"]), strict=True)) for trace in traces}
        level = {name for name, curve in curves.items() if len(set(curve.values())) == 1}
        assert level == {"Tiled", "Convolution"}
        assert all(list(curve.values()) == sorted(set(curve.values())) for n, curve in curves.items() if n not in level)


# Links.


def test_more_in_a_link_than_its_step_is_set_as_well_and_the_default_of_other_pages_is_said() -> None:
    (state,) = step_of("matrix").states
    assert isinstance(state, Setup)
    page = Page(step="matrix", side="12", view="dense", kernel="1,2,3")
    wanted = edited(state, side=12, view="dense", kernel="1,2,3")
    assert (page.step, page.setup, page.loom) == ("matrix", wanted, sent_in(wanted))
    assert page.query == {"step": "matrix", "side": "12", "view": "dense", "kernel": "1,2,3"}
    page = Page(step="matrix", image=Setup().image, side=str(Setup().side))
    assert (page.setup, page.query) == (Setup(), {"step": "matrix", "image": Setup().image, "side": "64"})
    assert Page(**page.query).setup == Setup()


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [("locality", "tiled30", 9), ("digits", "pace", "step"), ("growth", "quantity", "bytes"),
     ("network", "shown", "sheet")],
)  # fmt: skip
def test_what_is_changed_within_a_step_is_in_the_link_and_survives_a_reload(
    name: str, field: str, value: object
) -> None:
    page = Page(step=name)
    page.put(field, value)
    assert (page.query["step"], len(page.query)) == (name, 2)
    again = Page(**page.query)
    assert (again.step, again.value(field), again.query) == (name, value, page.query)
    key = KEYS[step_of(name).view]
    assert again.named(key).proto == page.named(key).proto


def test_an_edit_in_the_loom_of_a_step_is_in_the_link() -> None:
    page = Page(step="colours")
    origin = page.data("loom")["origin"]
    page.send("loom", "edit", {"origin": origin, "serial": 1, "kernel": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]})
    assert page.query == {"step": "colours", "kernel": "1,2,3;4,5,6;7,8,9"}
    assert Page(**page.query).loom == page.loom


# The visitor's own settings.


def settled_in(*, upload: bytes = b"") -> tuple[Page, dict[type, State]]:
    """A visitor who has set something on every page and goes to the lesson, and what he has set."""
    page = Page()
    page.back_to("explore", **OWN)  # his link
    for path, fields in (
        ("compare", {"numbers": False}), ("channels", {"bank_K": 5}),
        ("train", {"examples": 20, "rate": 0.02}), ("network", {"digit": 7}), ("sequence", {"units": 2}),
        ("explore", {}),
    ):  # fmt: skip
        page.go(path)
        for field, value in fields.items():
            page.put(field, value)
    if upload:
        page.upload("mine.png", upload)
    before = page.own
    page.go("lesson")
    return page, before


def test_next_walks_through_all_steps_and_whatever_is_changed_there_his_own_settings_are_back_after_it() -> None:
    page, before = settled_in()
    assert before[Setup] == edited(Setup(), **OWN)
    changes = {"locality": ("tiled30", 12), "growth": ("quantity", "bytes"), "network": ("shown", "sheet")}
    for name in NAMES:
        page.shows(name)
        if name in changes:
            page.put(*changes[name])
        page.press("lesson_next") if name != NAMES[-1] else page.go("explore")
    assert (page.own, page.query) == (before, OWN)
    page.go("train")
    assert (page.query, page.value("examples")) == (OWN | {"examples": "20", "rate": "0.02"}, 20)
    page.go("network")
    assert page.value("digit") == 7


def test_an_uploaded_picture_waits_outside_and_is_there_again() -> None:
    page, before = settled_in(upload=png((200, 30, 90)))
    page.shows("wirings")
    page.choose("ratio")
    page.shows("ratio")
    page.go("explore")
    assert (page.own, page.setup.image, page.warnings) == (before, UPLOAD, [])
    shown = page.data("loom")["image"]
    page.upload("mine.png", png((200, 30, 90)))
    assert page.data("loom")["image"] == shown


def test_lesson_other_page_lesson_is_the_same_step_as_it_was_set_and_what_is_changed_between_is_kept() -> None:
    page, before = settled_in()
    page.choose("locality")
    page.put("tiled30", 12)
    page.go("train")
    assert page.own == before
    page.put("examples", 30)
    page.go("lesson")
    page.shows("locality")
    page.go("compare")
    assert page.own == before | {Train: edited(Train(), examples=30, rate=0.02)}


# The browser's history.


def test_back_from_the_lesson_to_a_page_brings_its_states_and_back_to_the_lesson_the_step_of_the_link() -> None:
    page, before = settled_in()
    page.choose("locality")
    page.put("tiled30", 12)
    page.back_to("explore", **OWN)
    assert (page.own, page.query) == (before, OWN)
    page.back_to("lesson", step="locality", period="12")
    assert (page.step, page.value("tiled30")) == ("locality", 12)
    page.go("explore")
    assert page.own == before


@pytest.mark.parametrize(
    ("first", "then"), [("locality", "digits"), ("network", "locality"), ("sum", "wirings"), ("wirings", "network")]
)
def test_back_within_the_lesson_is_the_step_before_with_its_own_states(first: str, then: str) -> None:
    query = to_query(Lesson(first))
    page = Page(**query)
    page.choose(then)
    page.back(**query)
    page.run()
    page.shows(first)


def test_back_to_where_the_lesson_was_entered_is_the_first_step_and_the_visitor_s_settings_are_still_there() -> None:
    page, before = settled_in()
    page.choose("locality")
    page.back()
    assert page.query == {}
    page.run()
    page.shows("wirings")
    page.go("explore")
    assert page.own == before


# Presenting.


def test_presenting_goes_along_through_steps_and_pages_and_who_leaves_it_has_left() -> None:
    page = Page(present="1", hide="buttons")
    for name in NAMES[:3]:
        assert page.query == to_query(Lesson(name)) | {"present": "1", "hide": "buttons"}
        page.press("lesson_next")
    page.go("train")
    assert page.session.states.of(Show) == Show(present=True, hide=("buttons",))
    page.go("lesson")
    page.press("present")
    page.go("explore")
    assert not page.session.states.of(Show).present
    page.go("lesson")
    page.press("present")
    page.go("train")
    assert page.session.states.of(Show).present


# Runs.


@pytest.mark.usefixtures("record_by_record")
def test_a_race_run_in_the_lesson_is_not_the_visitor_s_own() -> None:
    page = Page()
    page.go("train")
    page.put("examples", 20)
    page.press("train_step")
    learned = page.named("race").proto.spec
    page.go("lesson")
    page.choose("digits")
    page.go("train")
    assert (page.value("examples"), page.named("race").proto.spec) == (20, learned)


@pytest.mark.long
def test_a_session_holds_no_more_for_having_been_through_the_lesson_twice() -> None:
    page = Page()
    sizes: list[list[int]] = []
    for _ in range(2):
        for name in NAMES:
            page.choose(name)
        page.go("explore")
        page.go("lesson")
        page.choose("wirings")
        held = page.session
        sizes.append([len(part) for part in (held.page_cache, held.kept, held.states.held, held.held, held.heard)])
    assert sizes[0] == sizes[1]
