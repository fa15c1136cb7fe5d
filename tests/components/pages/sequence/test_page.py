"""The Sequence page as a visitor meets it: every field changes what it is about, and what plays is one run.

No browser: `Visitor` ticks the clock in its place. A tick of the page's clock learns one record unless a test says
otherwise. What Play, Pause, Step and Reset do is tested on the Train page.
"""

import json
import re
from functools import cache
from typing import Any

import numpy as np
import pytest

from components.display import race
from components.display.race import Round
from components.pages.sequence import digits, gradient, unrolled
from components.pages.sequence.digits import TIED
from components.pages.sequence.state import DigitClassifier, Sequence
from components.state.fields import Limited
from components.state.link import declared, from_query, limits
from tests.support.pictures import unpacked
from tests.support.player import Curves, Player, at_once
from tests.support.text import numbers

ANCHORS = ["cost", "gradient", "reading", "idea"]
QUICK = {"reading_digits": "40", "reading_epochs": "3", "readers": "4"}
COMPONENTS = ("unrolled", "followed", "effect", "networks", "ideas")
CHARTS = ("growth", "parts", "arriving", "reading_race", "longer")
pytestmark = pytest.mark.usefixtures("record_by_record")


class Page(Player):
    """One visitor's session on the Sequence page."""

    path = "sequence"
    player, race = "reading", "reading_race"

    def told(self, start: str) -> str:
        """The sentence that begins like this."""
        (found,) = (line for line in self.said if re.match(start, line))
        return found

    @property
    def sentence(self) -> str:
        return self.told(r"Press \*\*Play|After \d+ epoch|\*\*Diverged")

    @property
    def facts(self) -> list[list[str]]:
        return [[fact["text"] for fact in card["facts"]] for card in self.data("networks")["cards"]]

    @property
    def part(self) -> dict[str, Any]:
        """What each part shows: the components, the charts with their words, and all that is written."""
        shown: dict[str, Any] = {key: self.named(key).proto.json for key in COMPONENTS}
        for key in CHARTS:
            shown[key] = self.named(key).proto.spec, self.named(key).proto.alt
        shown["cost"] = self.told("For ")
        shown["fate"] = self.told("With spectral radius ")
        shown["longer sequences"] = self.told(r"Longer sequences|.*[Tt]he tied network runs on")
        shown["sentence"], shown["progress"] = self.sentence, self.progress
        return shown


@cache
def truth(**more: str) -> list[Round]:
    """The race of this link, run at once."""
    own, notes = from_query(QUICK | more, DigitClassifier())
    assert notes == ()
    return list(filter(None, digits.rounds(own)))


def wanted(rounds: list[Round], epochs: int | None = None) -> Curves:
    """What the learning curves must be after so many epochs."""
    found: Curves = {}
    for variant in digits.VARIANTS:
        found[f"{variant.name}, unseen"] = [r.results[variant].test for r in rounds[:epochs]]
        found[f"{variant.name}, trained with"] = [r.results[variant].train for r in rounds[:epochs]]
    return found


@cache
def first() -> dict[str, Any]:
    """What a first visit shows."""
    return Page().part


def test_a_first_visit_shows_every_section_in_order_without_a_word_of_warning() -> None:
    page = Page()
    page.is_sound()
    assert (page.errors, page.warnings, page.query) == ([], [], {})
    assert [node.proto.anchor for node in page.at.header] == ANCHORS
    linked = [anchor for text in page.at.markdown for anchor in re.findall(r"\(#([\w-]+)\)", text.value)]
    assert linked == ANCHORS
    order = ["unrolled", "growth", "parts", "arriving", "followed", "effect", "reading_race", "longer", "networks"]
    keys = [node.key for node in page.at.main if getattr(node, "key", None) in (*order, "ideas")]
    assert keys == [*order, "ideas"]
    assert [numbers(web["headline"])[0] for web in page.data("unrolled")["webs"]] == [18, 81, 21]
    assert [numbers(web["headline"])[0] for web in page.data("ideas")["webs"]] == [3, 4, 3]
    assert page.facts == [["—"] * 3] * 2
    assert ("**Play**" in page.sentence, page.progress) == (True, ["epoch 0 of 40"])
    assert (page.epochs, page.traces("longer")[0]["y"]) == (0, [])
    before = page.part
    page.run()
    assert page.part == before


def test_what_is_drawn_is_what_the_pure_functions_make_of_the_state() -> None:
    link = {"units": "2", "length": "7", "radius": "1.1", "far": "30", "entry": "1,6", "sequence_seed": "9"}
    page, (own, _) = Page(**link), from_query(link, Sequence())
    drawn = [diagram.props() for diagram in unrolled.diagrams(own)]
    assert page.data("unrolled")["webs"] == json.loads(json.dumps(drawn))
    found = gradient.contributions(own)
    assert page.part["fate"] == gradient.sentence(own, found)
    np.testing.assert_array_equal(unpacked(page.traces("parts")[0]["y"]), found.parts)
    np.testing.assert_array_equal(unpacked(page.traces("arriving")[0]["y"]), found.norms)


CHANGES: dict[str, tuple[object, set[str]]] = {
    "units": (2, {"unrolled", "growth", "cost", "effect"}),
    "length": (8, {"unrolled", "cost", "effect"}),
    "step_inputs": (3, {"unrolled", "growth", "cost", "effect"}),
    "radius": (1.25, {"parts", "arriving", "followed", "fate", "effect"}),
    "far": (40, {"parts", "arriving", "followed", "fate"}),
    "entry0": (3, {"parts", "followed"}),
    "entry1": (8, {"parts", "followed"}),
    "sequence_seed": (5, {"parts", "arriving", "followed", "fate", "effect"}),
    "readers": (8, {"networks"}),
    "reading_epochs": (7, {"reading_race", "progress"}),
}


def test_a_field_changes_what_it_is_about_and_nothing_else() -> None:
    page, before = Page(), first()
    for field, (value, about) in CHANGES.items():
        page.put(field, value)
        after = page.part
        assert {key for key, shown in after.items() if shown != before[key]} == about, field
        before = after
    assert (page.errors, page.warnings) == ([], [])
    assert page.data("followed")["cards"][1]["title"] == "∂L/∂V₃₈ of the tied layer"
    assert page.query["entry"] == "2,7"


# Training.


def test_the_clock_alone_plays_to_the_end_and_reset_and_played_again_it_ends_alike() -> None:
    page, rounds = Page(**QUICK), truth()
    before = page.part
    page.press("reading_play")
    for epochs in (1, 2, 3):
        assert page.curves == wanted(rounds, epochs)
        assert page.progress[0].startswith(f"epoch {epochs} of 3")
        page.tick()
    page.run()
    assert (page.curves, page.progress) == (wanted(rounds), ["epoch 3 of 3"])
    assert (page.playing, page.named("reading_play").label) == (False, "Play again")
    scores = [rounds[-1].results[variant] for variant in digits.VARIANTS]
    for facts, score in zip(page.facts, scores, strict=True):
        shares = [numbers(fact)[0] for fact in facts[:2]]
        assert shares == pytest.approx([100 * score.train, 100 * score.test], abs=0.5)
    assert "there are no weights for step 9" in page.part["longer sequences"]
    lines = {trace["name"]: unpacked(trace["y"]).tolist() for trace in page.traces("longer")}
    assert lines == {"Tied": list(scores[0].harder), "Untied": [scores[1].test]}
    for key in CHARTS:
        assert re.search(r"\w\.$", page.named(key).proto.alt)
    assert not re.search(r"\b(nan|inf|infinity|None)\b", json.dumps(page.part), re.IGNORECASE)
    after = page.part
    page.press("reading_reset")
    assert page.part == before
    page.play()
    assert page.part == after


def test_stepped_once_and_played_on_at_either_pace_it_ends_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)
    page = Page(**QUICK, reading_pace="step")
    page.press("reading_step")
    assert page.curves == wanted(truth(), 1)
    page.put("reading_pace", "fast")
    page.press("reading_play")
    assert page.curves == wanted(truth())


@pytest.mark.parametrize(("field", "value"), [("readers", 6), ("reading_digits", 50), ("reading_rate", 0.05)])
def test_a_setting_changed_while_it_plays_ends_the_run_and_the_next_one_has_it(field: str, value: float) -> None:
    page = Page(**QUICK)
    page.press("reading_play")
    page.put(field, value)
    assert (page.epochs, page.playing, page.facts) == (0, False, [["—"] * 3] * 2)
    page.play()
    assert page.curves == wanted(truth(**{field: str(value)})) != wanted(truth())


def test_what_is_not_about_the_race_leaves_it_running() -> None:
    page = Page(**QUICK)
    page.press("reading_play")
    for epochs, (field, value) in enumerate((("units", 1), ("radius", 1.2), ("reading_pace", "step")), 2):
        page.put(field, value)
        assert page.epochs == min(epochs, 3)
    assert page.curves == wanted(truth())


def test_a_server_without_memory_is_a_sentence_and_the_page_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(race, "accuracy", full)
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
    "units": "4", "length": "8", "step_inputs": "3", "radius": "1.05", "far": "40", "entry": "7,5",
    "sequence_seed": "12", "readers": "9", "reading_digits": "50", "reading_rate": "0.025", "reading_epochs": "4",
    "reading_seed": "34", "reading_pace": "step",
}  # fmt: skip
BY_HAND: dict[str, object] = {
    "units": 4, "length": 8, "step_inputs": 3, "radius": 1.05, "far": 40, "entry0": 8, "entry1": 6,
    "sequence_seed": 12, "readers": 9, "reading_digits": 50, "reading_rate": 0.025, "reading_epochs": 4,
    "reading_seed": 34, "reading_pace": "step",
}  # fmt: skip
LIMITS: dict[str, tuple[float, float]] = {
    **{field.link: limits(kind, name) for kind in (Sequence, DigitClassifier) for name, field in declared(kind).items()
       if isinstance(field.type, Limited)},
    "entry0": (1, 8), "entry1": (1, 8),
}  # fmt: skip


def test_what_is_set_by_hand_is_what_its_link_brings() -> None:
    linked, page = Page(**LINK), Page()
    linked.is_sound()
    assert (linked.query, linked.errors, linked.warnings) == (LINK, [], [])
    assert {name: linked.value(name) for name in BY_HAND} == BY_HAND
    for field, value in BY_HAND.items():
        page.put(field, value)
    assert (page.query, page.warnings) == (LINK, [])
    assert page.part == linked.part


def test_a_hostile_link_is_refused_in_words_and_shows_the_defaults() -> None:
    page = Page(**dict.fromkeys(LINK, "[1](//example.org)"))
    page.is_sound()
    assert (page.query, page.errors) == ({}, [])
    told = [found for text in page.warnings for found in re.findall(r"^The link's (\w+) must be ", text)]
    assert sorted(told) == sorted(LINK)
    assert page.part == first()


def test_a_number_beyond_its_limits_never_comes_in() -> None:
    page = Page(**QUICK)
    for field, (low, high) in LIMITS.items():
        if field in ("radius", "far"):  # sliders: there is no such place on them
            continue
        for value in (low - 1, high + 1):
            page.put(field, int(value) if isinstance(low, int) else float(value))
            assert low <= page.value(field) <= high
            assert (page.errors, page.warnings) == ([], [])


@pytest.mark.parametrize("end", [0, 1], ids=["low", "high"])
def test_the_ends_of_what_a_link_may_hold_never_break_the_page(end: int) -> None:
    link = {name: f"{limits[end]:g}" for name, limits in LIMITS.items() if not name.startswith("entry")}
    page = Page(**link, entry="7,7" if end else "0,0", reading_pace="step")
    page.is_sound()
    assert (page.warnings, page.errors) == ([], [])
    page.press("reading_step")
    assert page.epochs == 1
    assert page.data("followed")["cards"][1]["facts"][0]["good"] is True


def test_a_radius_between_the_slider_s_stops_is_honoured_and_a_stop_is_a_short_number() -> None:
    page = Page(radius="0.123456789")
    page.run()
    assert (page.query, page.value("radius")) == ({"radius": "0.123456789"}, 0.123456789)
    page.put("radius", 1.15)
    assert page.query == {"radius": "1.15"}
    page.back(units="2", radius="1.2")
    assert (page.value("units"), page.value("radius"), page.query) == (2, 1.2, {"units": "2", "radius": "1.2"})


def test_training_goes_on_after_a_look_at_other_pages_and_is_another_run_than_theirs() -> None:
    link = {**QUICK, "units": "2", "kernel": "1,2;3,4"}
    page = Page(**link)
    page.press("reading_play")
    page.go("train")
    assert (page.query, page.named("train_play").label) == ({"kernel": "1,2;3,4"}, "Play")
    page.go("sequence")
    assert (page.query, page.playing) == (link, True)
    page.over()
    assert page.curves == wanted(truth())
    assert truth()[-1].results[TIED].harder
