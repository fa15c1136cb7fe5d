"""The Sequence page as a visitor meets it: every field changes what it is about, and what plays is one run."""

import json
import re
from typing import Any

import numpy as np
import pytest

from components.pages.sequence import gradient, running_sum, unrolled
from components.pages.sequence.state import Sequence
from components.state.link import from_query
from kernels.learning.training import Recipe
from tests.support.pictures import unpacked
from tests.support.player import SequencePage, at_once
from tests.support.text import numbers

TABS: dict[str, tuple[str, ...]] = {  # what each tab shows
    "Unrolled": ("unrolled",),
    "Longer than trained": ("sums",),
    "Gradient through time": ("parts", "arriving", "followed", "effect"),
    "Digits row by row": ("reading_race", "longer", "networks"),
    "Cost": ("growth",),
    "Space, time, channels": ("ideas",),
}


class Page(SequencePage):
    """One visitor's session on the Sequence page."""

    @property
    def part(self) -> dict[str, Any]:
        """What the open tab shows: components, charts, and the sentences about cost, fate and training."""
        found = {key: self.shown[key] for key in TABS[self.tab]}
        found |= {line[:4]: line for line in self.said if re.match("For |With spectral radius ", line)}
        return found | ({"progress": self.progress} if self.tab == "Digits row by row" else {})


def test_a_first_visit_shows_every_tab_with_recorded_runs_and_trains_nothing() -> None:
    page = Page()
    recorded = {"Longer than trained": "Run", "Digits row by row": "Play"}
    for title, keys in TABS.items():
        page.open_tab(title)
        page.is_sound()
        assert (page.errors, page.warnings, page.tab, page.progress) == ([], [], title, [])
        assert [node.key for node in page.at.main if getattr(node, "key", None) in keys] == list(keys)
        told = [node.value for node in page.at.caption if node.value.startswith("Recorded on")]
        assert [text.split("**")[1] for text in told] == [recorded[name] for name in recorded if name == title]
    assert [numbers(web["headline"])[0] for web in page.data("ideas")["webs"]] == [3, 4, 3]
    page.open_tab("Unrolled")
    assert [numbers(web["headline"])[0] for web in page.data("unrolled")["webs"]] == [18, 81, 21]


def test_without_a_recording_nothing_is_claimed() -> None:
    page = Page(reading_seed="1")
    assert (page.tab, page.query) == ("Digits row by row", {"reading_seed": "1"})
    assert list(page.facts.values()) == [["—"] * 3] * 2
    assert ("**Play**" in page.sentence, page.progress) == (True, ["epoch 0 of 40"])
    assert (page.epochs, page.traces("longer")[0]["y"]) == (0, [])
    for key in ("reading_race", "longer"):
        assert re.search(r"\w\.$", page.named(key).proto.alt)
    before = page.shown
    page.run()
    assert page.shown == before
    adding = Page(sum_seed="1")
    assert adding.tab == "Longer than trained"
    assert any("**Run**" in line for line in adding.said)
    assert any("| Tied | 80 | — | — | — |" in line for line in adding.said)


@pytest.mark.parametrize(("steps", "lengths"), [("2", [2, 4, 8]), ("3", [3, 6, 12])])
def test_a_sum_is_learned_by_its_own_clock_and_told_by_length(
    monkeypatch: pytest.MonkeyPatch, steps: str, lengths: list[int]
) -> None:
    monkeypatch.setattr(running_sum, "SEEDS", 1)
    monkeypatch.setattr(running_sum, "RECIPE", Recipe(rate=0.01, epochs=2))
    at_once(monkeypatch)
    page = Page(sum_steps=steps)
    page.press("adding_start")
    for _ in range(50):
        page.run()
        if not page.has("adding_stop"):
            break
        page.tick()
    assert [
        list(unpacked(trace["x"]) if isinstance(trace["x"], dict) else trace["x"]) for trace in page.traces("sums")
    ] == [[f"{length} steps" for length in lengths]] * 3
    assert str(lengths[-1]) in page.title


def test_what_is_drawn_is_what_the_pure_functions_make_of_the_state() -> None:
    link = {"units": "2", "length": "7", "radius": "1.1", "far": "30", "entry": "1,6", "sequence_seed": "9"}
    page, (own, _) = Page(**link), from_query(link, Sequence())
    found = gradient.contributions(own)
    assert page.part["With"] == gradient.sentence(own, found)
    np.testing.assert_array_equal(unpacked(page.traces("parts")[0]["y"]), found.parts)
    np.testing.assert_array_equal(unpacked(page.traces("arriving")[0]["y"]), found.norms)
    page.open_tab("Unrolled")
    drawn = [diagram.props() for diagram in unrolled.diagrams(own)]
    assert page.data("unrolled")["webs"] == json.loads(json.dumps(drawn))


CHANGES: dict[str, tuple[str, object, set[str]]] = {  # by field: its tab, a value, and what that changes there
    "units": ("Unrolled", 2, {"unrolled"}),
    "length": ("Unrolled", 8, {"unrolled"}),
    "step_inputs": ("Unrolled", 3, {"unrolled"}),
    "radius": ("Gradient through time", 1.25, {"parts", "arriving", "followed", "With", "effect"}),
    "far": ("Gradient through time", 40, {"parts", "arriving", "followed", "With"}),
    "entry0": ("Gradient through time", 3, {"parts", "followed"}),
    "entry1": ("Gradient through time", 8, {"parts", "followed"}),
    "sequence_seed": ("Gradient through time", 5, {"parts", "arriving", "followed", "With", "effect"}),
    "readers": ("Digits row by row", 8, {"networks"}),
    "reading_epochs": ("Digits row by row", 7, {"reading_race", "progress"}),
}


def test_a_field_changes_what_it_is_about_and_nothing_else() -> None:
    page = Page(reading_seed="1")
    for field, (tab, value, about) in CHANGES.items():
        page.open_tab(tab)
        before = page.part
        page.put(field, value)
        after = page.part
        assert {key for key, shown in after.items() if shown != before[key]} == about, field
    assert (page.errors, page.warnings) == ([], [])
    page.open_tab("Gradient through time")
    assert page.data("followed")["cards"][1]["title"] == "∂L/∂V₃₈ of the tied layer"
    assert page.query["entry"] == "2,7"


@pytest.mark.usefixtures("record_by_record")
def test_in_the_end_it_is_said_how_both_networks_take_longer_sequences() -> None:
    page = Page(**Page.quick)
    assert any(line.startswith("Longer sequences are tested") for line in page.said)
    page.play()
    assert any("tied network also runs on" in line and "none for step 9" in line for line in page.said)


def test_a_radius_between_the_slider_s_stops_is_honoured_and_a_stop_is_a_short_number() -> None:
    page = Page(radius="0.123456789")
    page.run()
    assert (page.query, page.value("radius")) == ({"radius": "0.123456789"}, 0.123456789)
    page.put("radius", 1.15)
    assert page.query == {"radius": "1.15"}
    page.back(radius="1.2")
    assert (page.value("radius"), page.query) == (1.2, {"radius": "1.2"})
