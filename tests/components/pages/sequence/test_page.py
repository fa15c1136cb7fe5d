"""The Sequence page as a visitor meets it: every field changes what it says, and what plays is one run.

No browser: `Visitor` ticks the clock in its place. A tick of the page's clock learns one record unless a test says
otherwise.
"""

import json
import re
from functools import cache
from typing import Any

import numpy as np
import pytest

from components.pages.sequence import digits, gradient, unrolled
from components.pages.sequence.digits import LONGER, Round
from components.pages.sequence.state import DigitClassifier, Sequence
from components.state.fields import Limited
from components.state.link import declared, from_query, limits, to_query
from tests.support.pictures import unpacked
from tests.support.player import Curves, Player, at_once
from tests.support.text import numbers

ANCHORS = ["cost", "gradient", "reading", "idea"]
QUICK = {"reading_digits": "40", "reading_epochs": "3", "readers": "4"}
COMPONENTS = ("unrolled", "followed", "effect", "readers", "ideas")
CHARTS = ("growth", "parts", "arriving", "reading_race", "longer")
pytestmark = pytest.mark.usefixtures("record_by_record")


class Page(Player):
    """One visitor's session on the Sequence page."""

    path = "sequence"
    player, race = "reading", "reading_race"

    def sentence(self, start: str) -> str:
        """The one that begins like this."""
        (found,) = (line for line in self.said if re.match(start, line))
        return found

    @property
    def standing(self) -> str:
        return self.sentence(r"Press \*\*Play|After \d+ epoch|\*\*Diverged")

    @property
    def further(self) -> str:
        """About longer sequences."""
        return self.sentence(r"Longer sequences|.*[Tt]he tied network runs on|.*[Tt]he untied one stops")

    @property
    def facts(self) -> dict[str, dict[str, str]]:
        return {
            card["title"].partition(":")[0]: {fact["name"]: fact["text"] for fact in card["facts"]}
            for card in self.data("readers")["cards"]
        }

    @property
    def part(self) -> dict[str, Any]:
        """What each part shows: the components, the charts with their words, and all that is written."""
        shown: dict[str, Any] = {key: self.named(key).proto.json for key in COMPONENTS}
        for key in CHARTS:
            shown[key] = self.named(key).proto.spec, self.named(key).proto.alt
        shown["cost"] = self.sentence("For ")
        shown["fate"] = self.sentence("With spectral radius ")
        shown["standing"], shown["further"], shown["progress"] = self.standing, self.further, self.progress
        return shown


@cache
def truth(**more: str) -> tuple[Round, ...]:
    """The contest of this link, run at once."""
    own, notes = from_query(QUICK | more, DigitClassifier())
    assert notes == ()
    return tuple(filter(None, digits.reading(own)))


def wanted(rounds: tuple[Round, ...], epochs: int | None = None) -> Curves:
    """What the learning curves must be after so many epochs."""
    return {
        f"{name}, {told}": [getattr(r.scores[tied], which) for r in rounds[:epochs]]
        for name, tied in (("Tied", True), ("Untied", False))
        for told, which in (("unseen", "test"), ("trained with", "train"))
    }


@cache
def first() -> dict[str, Any]:
    """What a first visit shows."""
    return Page().part


# The page.


def test_a_first_visit_shows_every_section_in_order_without_a_word_of_warning() -> None:
    page = Page()
    page.is_sound()
    assert (page.errors, page.warnings, page.query) == ([], [], {})
    assert [node.proto.anchor for node in page.at.header] == ANCHORS
    linked = [anchor for text in page.at.markdown for anchor in re.findall(r"\(#([\w-]+)\)", text.value)]
    assert linked == ANCHORS
    order = ["unrolled", "growth", "parts", "arriving", "followed", "effect", "reading_race", "longer", "readers"]
    keys = [node.key for node in page.at.main if getattr(node, "key", None) in (*order, "ideas")]
    assert keys == [*order, "ideas"]
    assert page.progress == ["epoch 0 of 40"]
    before = page.part
    page.run()
    assert page.part == before


def test_a_first_visit_shows_the_numbers_of_the_default_layer() -> None:
    page = Page()
    assert [web["headline"] for web in page.data("unrolled")["webs"]] == [
        "18 free parameters", "81 free parameters", "21 free parameters"
    ]  # fmt: skip
    assert numbers(page.part["cost"].replace("**", "")) == [5, 18, 10, 81, 171]
    assert "**vanishes**" in page.part["fate"]
    assert page.data("followed")["cards"][1]["facts"][0]["good"] is True
    assert [web["headline"] for web in page.data("ideas")["webs"]] == [
        "3 free parameters", "4 free parameters", "3 free parameters"
    ]  # fmt: skip


def test_what_is_drawn_is_what_the_pure_functions_make_of_the_state() -> None:
    link = {"units": "2", "length": "7", "radius": "1.1", "far": "30", "entry": "1,6", "sequence_seed": "9"}
    page, (own, _) = Page(**link), from_query(link, Sequence())
    assert page.data("unrolled") == json.loads(json.dumps(unrolled.props(unrolled.webs(own))))
    found = gradient.followed(own)
    assert page.part["fate"] == gradient.sentence(own, found)
    np.testing.assert_array_equal(unpacked(page.traces("parts")[0]["y"]), found.parts)
    np.testing.assert_array_equal(unpacked(page.traces("arriving")[0]["y"]), found.arriving)


def test_before_training_no_accuracy_is_claimed() -> None:
    page = Page()
    assert {text for facts in page.facts.values() for text in facts.values()} == {"—"}
    assert "**Play**" in page.standing
    assert page.further == "Longer sequences are tried every tenth epoch, and at the end."
    assert (page.epochs, page.traces("longer")[0]["y"]) == (0, [])


def test_every_picture_and_chart_has_words_and_no_text_holds_a_number_that_is_none() -> None:
    page = Page(**QUICK)
    page.play()
    for key in CHARTS:
        assert re.search(r"\w\.$", page.named(key).proto.alt)
    everything = " ".join([*page.said, json.dumps(page.part)])
    assert not re.search(r"\b(nan|inf|infinity|None)\b", everything, re.IGNORECASE)


# Its fields.

CHANGES: dict[str, tuple[object, set[str]]] = {
    "units": (2, {"unrolled", "growth", "cost", "effect"}),
    "length": (8, {"unrolled", "cost", "effect"}),
    "step_inputs": (3, {"unrolled", "growth", "cost", "effect"}),
    "radius": (1.25, {"parts", "arriving", "followed", "fate", "effect"}),
    "far": (40, {"parts", "arriving", "followed", "fate"}),
    "entry0": (3, {"parts", "followed"}),
    "entry1": (8, {"parts", "followed"}),
    "sequence_seed": (5, {"parts", "arriving", "followed", "fate", "effect"}),
    "readers": (8, {"readers"}),
    "reading_epochs": (7, {"reading_race", "progress"}),
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_field_changes_what_it_is_about_and_nothing_else(field: str) -> None:
    value, about = CHANGES[field]
    page = Page()
    page.put(field, value)
    changed = {key for key, shown in page.part.items() if shown != first()[key]}
    assert changed == about
    assert (page.errors, page.warnings) == ([], [])


@pytest.mark.parametrize(
    ("field", "value"), [("reading_digits", 50), ("reading_rate", 0.05), ("reading_seed", 3), ("readers", 6)]
)
def test_a_field_of_the_training_changes_what_comes_of_it(field: str, value: float) -> None:
    page = Page(**QUICK)
    page.put(field, value)
    page.play()
    assert page.curves == wanted(truth(**{field: str(value)})) != wanted(truth())


def test_the_entry_is_counted_from_one_in_its_fields_and_in_its_name() -> None:
    page = Page(entry="6,2")
    assert [page.value("entry0"), page.value("entry1")] == [7, 3]
    assert page.data("followed")["cards"][1]["title"] == "∂L/∂V₇₃ of the tied layer"
    page.put("entry1", 8)
    assert page.query == {"entry": "6,7"}
    assert page.data("followed")["cards"][1]["title"] == "∂L/∂V₇₈ of the tied layer"


@pytest.mark.parametrize("radius", [0.1, 0.85, 1.0, 1.15, 1.6])
def test_every_stop_of_the_slider_is_a_short_number_in_the_link_and_in_the_sentence(radius: float) -> None:
    page = Page()
    page.put("radius", radius)
    assert page.query == {"radius": f"{radius:g}"}
    assert numbers(page.part["fate"].replace("**", ""))[0] == radius


# Playing.


def test_the_clock_alone_plays_to_the_end_and_then_the_button_comes_back() -> None:
    page, rounds = Page(**QUICK), truth()
    page.press("reading_play")
    for epochs in (1, 2, 3):
        assert page.curves == wanted(rounds, epochs)
        assert page.progress[0].startswith(f"epoch {epochs} of 3")
        page.tick()
    page.run()
    assert page.curves == wanted(rounds)
    assert (page.playing, page.named("reading_play").label) == (False, "Play again")
    assert page.progress == ["epoch 3 of 3"]
    for name, tied in (("Tied", True), ("Untied", False)):
        score, facts = rounds[-1].scores[tied], page.facts[name]
        assert numbers(facts["right of those it has never seen"]) == pytest.approx([100 * score.test], abs=0.5)
        assert numbers(facts["right of those it trained with"]) == pytest.approx([100 * score.train], abs=0.5)
    before = page.part
    page.run()
    assert page.part == before


def test_in_the_end_the_tied_one_runs_on_and_the_untied_one_stops_with_the_engines_sentence() -> None:
    page, last = Page(**QUICK), truth()[-1]
    page.play()
    shares = last.scores[True].by_length
    told = numbers(page.further.partition("runs on, ")[2])[:4]
    assert told == pytest.approx([100 * shares[0], 8, 100 * shares[-1], 16], abs=0.5)
    assert "there are no weights for step 9" in page.further
    lines = {trace["name"]: unpacked(trace["y"]).tolist() for trace in page.traces("longer")}
    assert lines == {"Tied": list(shares), "Untied": [last.scores[False].test]}
    assert len(shares) == len(LONGER)


def test_time_left_is_only_told_while_there_is_some() -> None:
    page = Page(**QUICK)
    page.press("reading_play")
    assert "left" in page.progress[0]
    page.tick()
    page.tick()
    assert page.progress[0].startswith("epoch 3 of 3")
    assert "left" not in page.progress[0]


def test_a_tick_of_the_fast_pace_learns_as_much_as_there_is_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)
    fast, slow = Page(**QUICK), Page(**QUICK, reading_pace="step")
    fast.press("reading_play")
    slow.press("reading_play")
    assert (fast.epochs, slow.epochs) == (3, 1)
    assert fast.curves == wanted(truth())
    assert fast.named("reading_play").label == "Play again"


def test_paused_nothing_moves_and_resumed_the_run_ends_as_if_it_had_not_been() -> None:
    page = Page(**QUICK)
    page.press("reading_play")
    page.press("reading_play")
    paused = page.epochs
    page.run()
    page.tick()
    page.run()
    assert page.epochs == paused < 3
    assert page.named("reading_play").label == "Play"
    page.press("reading_play")
    page.over()
    assert page.curves == wanted(truth())


def test_a_step_is_an_epoch_and_stepped_to_the_end_the_next_press_starts_anew() -> None:
    page, rounds = Page(**QUICK), truth()
    for epochs in (1, 2, 3):
        page.press("reading_step")
        assert page.curves == wanted(rounds, epochs)
        assert not page.playing
        assert page.progress == [f"epoch {epochs} of 3"]
    assert page.named("reading_play").label == "Play again"
    page.press("reading_step")
    assert page.curves == wanted(rounds, 1)


def test_after_a_step_playing_goes_on_from_there() -> None:
    page = Page(**QUICK)
    page.press("reading_step")
    page.press("reading_play")
    page.over()
    assert page.curves == wanted(truth())


def test_one_epoch_is_played_and_stepped() -> None:
    rounds = truth(reading_epochs="1")
    for key in ("reading_play", "reading_step"):
        page = Page(**QUICK | {"reading_epochs": "1"})
        page.press(key)
        page.over()
        assert page.curves == wanted(rounds)
        assert page.named("reading_play").label == "Play again"
        assert page.standing.startswith("After 1 epoch: ")


def test_reset_goes_back_to_before_training_and_the_next_run_is_the_same() -> None:
    page = Page(**QUICK)
    before = page.part
    assert page.named("reading_reset").proto.disabled
    page.play()
    after = page.part
    page.press("reading_reset")
    assert page.part == before
    page.play()
    assert page.part == after


def test_reset_while_it_plays_stops_it_and_there_is_no_step_meanwhile() -> None:
    page = Page(**QUICK)
    page.press("reading_play")
    assert page.named("reading_step").proto.disabled
    assert not page.named("reading_reset").proto.disabled
    page.press("reading_reset")
    page.run()
    assert (page.epochs, page.playing) == (0, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [("readers", 6), ("reading_digits", 50), ("reading_rate", 0.05), ("reading_epochs", 2), ("reading_seed", 1)],
)
def test_a_number_changed_while_it_plays_ends_the_run_and_the_next_one_has_it(field: str, value: float) -> None:
    page = Page(**QUICK)
    page.press("reading_play")
    page.put(field, value)
    assert (page.epochs, page.playing) == (0, False)
    assert "**Play**" in page.standing
    assert {text for facts in page.facts.values() for text in facts.values()} == {"—"}
    page.play()
    assert page.curves == wanted(truth(**{field: str(value)}))


@pytest.mark.parametrize(
    ("field", "value"), [("units", 1), ("radius", 1.2), ("entry0", 4), ("far", 9), ("reading_pace", "step")]
)
def test_what_is_not_about_the_readers_leaves_them_running(field: str, value: object) -> None:
    page = Page(**QUICK)
    page.press("reading_play")
    page.put(field, value)
    assert page.playing
    page.over()
    assert page.curves == wanted(truth())


def test_two_visitors_train_beside_each_other_as_each_would_alone() -> None:
    one, other = Page(**QUICK), Page(**QUICK, reading_seed="6")
    one.press("reading_play")
    other.press("reading_play")
    while one.playing or other.playing:
        one.run()
        other.run()
    assert one.curves == wanted(truth())
    assert other.curves == wanted(truth(reading_seed="6"))


def test_a_server_without_memory_is_a_sentence_and_the_page_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(digits, "accuracy", full)
    page = Page(**QUICK)
    page.press("reading_play")
    assert len(page.errors) == 1
    assert "memory" in page.errors[0]
    page.run()
    assert (page.playing, page.epochs) == (False, 0)
    monkeypatch.undo()
    page.play()
    assert (page.errors, page.curves) == ([], wanted(truth()))


# Links.

LINK = {
    "units": "4",
    "length": "8",
    "step_inputs": "3",
    "radius": "1.05",
    "far": "40",
    "entry": "7,5",
    "sequence_seed": "12",
    "readers": "9",
    "reading_digits": "50",
    "reading_rate": "0.025",
    "reading_epochs": "4",
    "reading_seed": "34",
    "reading_pace": "step",
}
BY_HAND: dict[str, object] = {
    "units": 4, "length": 8, "step_inputs": 3, "radius": 1.05, "far": 40, "entry0": 8, "entry1": 6,
    "sequence_seed": 12, "readers": 9, "reading_digits": 50, "reading_rate": 0.025, "reading_epochs": 4,
    "reading_seed": 34, "reading_pace": "step",
}  # fmt: skip


def test_every_value_of_a_link_is_where_it_belongs_and_comes_back() -> None:
    page = Page(**LINK)
    page.is_sound()
    assert (page.query, page.errors, page.warnings) == (LINK, [], [])
    assert set(LINK) == {field.link for kind in (Sequence, DigitClassifier) for field in declared(kind).values()}
    assert {name: page.value(name) for name in BY_HAND} == BY_HAND
    own, notes = from_query(LINK, Sequence())
    trained, more = from_query(LINK, DigitClassifier())
    assert (to_query(own) | to_query(trained), notes, more) == (LINK, (), ())
    assert Page(**page.query).part == page.part


@pytest.mark.parametrize("name", LINK)
def test_what_is_set_by_hand_is_what_its_link_brings(name: str) -> None:
    page = Page()
    for field, value in BY_HAND.items():
        if field.rstrip("01") == name:
            page.put(field, value)
    assert (page.query, page.warnings) == ({name: LINK[name]}, [])
    assert Page(**page.query).part == page.part


EVERYTHING = ["", "x" * 20_000, "<script>alert(1)</script>", "nan", "1e300", "[1](//example.org)", "inf", "-0x1"]
DOMAINS: dict[str, list[str]] = {
    "units": ["0", "5", "1.5"],
    "length": ["1", "9", "-3"],
    "step_inputs": ["0", "4", "2e0"],
    "radius": ["0.09", "1.61", "-1"],
    "far": ["1", "65", "9" * 400],
    "entry": ["0", "0,8", "-1,0"],
    "sequence_seed": ["-1", "10000", "1_0000"],
    "readers": ["1", "65", "16.0"],
    "reading_digits": ["9", "1001", "3e2"],
    "reading_rate": ["0", "10.1", "-0.01"],
    "reading_epochs": ["0", "101", "-5"],
    "reading_seed": ["-1", "10000", "0.5"],
    "reading_pace": ["slow", "Fast", "1"],
}
HOSTILE = [dict.fromkeys(DOMAINS, text) for text in EVERYTHING] + [
    {name: texts[n] for name, texts in DOMAINS.items()} for n in range(3)
]


@pytest.mark.parametrize("damaged", HOSTILE, ids=lambda damaged: str(damaged["units"])[:12])
def test_hostile_values_in_a_link_are_each_refused_in_words_and_nothing_moves(damaged: dict[str, str]) -> None:
    page = Page(**damaged)
    page.is_sound()
    assert (page.query, page.errors) == ({}, [])
    assert page.part == first()
    told = [found for text in page.warnings for found in re.findall(r"^The link's (\w+) must be ", text)]
    assert sorted(told) == sorted(DOMAINS)
    assert max(map(len, page.warnings)) < 400


@pytest.mark.parametrize("sound", LINK)
def test_one_sound_value_among_hostile_ones_is_honoured(sound: str) -> None:
    page = Page(**{name: texts[0] for name, texts in DOMAINS.items() if name != sound}, **{sound: LINK[sound]})
    page.is_sound()
    assert page.query == {sound: LINK[sound]}
    assert len(page.warnings) == len(DOMAINS) - 1
    page.run()
    assert page.warnings == []


LIMITS: dict[str, tuple[float, float]] = {
    **{field.link: limits(kind, name) for kind in (Sequence, DigitClassifier) for name, field in declared(kind).items()
       if isinstance(field.type, Limited)},
    "entry0": (1, 8), "entry1": (1, 8),
}  # fmt: skip


def test_a_number_beyond_its_limits_never_comes_in() -> None:
    page = Page(**QUICK)
    for field, (low, high) in LIMITS.items():
        if field in ("radius", "far"):  # sliders: there is no such place on them
            continue
        for value in (low - 1, high + 1):
            page.put(field, int(value) if isinstance(low, int) else float(value))
            assert low <= page.value(field) <= high
            assert (page.errors, page.warnings) == ([], [])
    assert from_query(page.query, Sequence())[1] == from_query(page.query, DigitClassifier())[1] == ()


@pytest.mark.parametrize("end", [0, 1], ids=["low", "high"])
def test_the_ends_of_what_a_link_may_hold_never_break_the_page(end: int) -> None:
    link = {name: f"{limits[end]:g}" for name, limits in LIMITS.items() if not name.startswith("entry")}
    page = Page(**link, entry="7,7" if end else "0,0", reading_pace="step")
    page.is_sound()
    assert (page.warnings, page.errors) == ([], [])
    page.press("reading_step")
    assert page.epochs == 1
    assert page.data("followed")["cards"][1]["facts"][0]["good"] is True


@pytest.mark.parametrize("radius", ["0.123456789", "1.5999999", "0.1000001"])
def test_a_radius_between_the_sliders_stops_is_honoured(radius: str) -> None:
    page = Page(radius=radius)
    page.run()
    assert page.query == {"radius": radius}
    assert page.value("radius") == float(radius)


# One session, many pages.


def test_training_goes_on_after_a_look_at_other_pages_and_they_keep_their_state() -> None:
    link = {**QUICK, "units": "2", "kernel": "1,2;3,4"}
    page = Page(**link)
    page.press("reading_play")
    for path in ("explore", "train", "network"):
        page.go(path)
        assert page.query == {"kernel": "1,2;3,4"}
    page.go("sequence")
    assert page.query == link
    assert page.playing
    page.over()
    assert page.curves == wanted(truth())
    page.go("train")
    page.go("sequence")
    assert (page.value("units"), page.curves) == (2, wanted(truth()))


def test_a_step_back_in_the_browser_brings_the_fields_back() -> None:
    page = Page(units="2")
    page.put("units", 4)
    page.back(units="2", radius="1.2")
    assert (page.value("units"), page.value("radius"), page.query) == (2, 1.2, {"units": "2", "radius": "1.2"})


def test_readers_and_racers_are_two_runs() -> None:
    page = Page(**QUICK)
    page.press("reading_play")
    page.go("train")
    assert page.named("train_play").label == "Play"
    page.go("sequence")
    page.over()
    assert page.curves == wanted(truth())
