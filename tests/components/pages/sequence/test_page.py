"""The Sequence page as a visitor meets it: every field changes what it is about, and what plays is one run.

Play, Pause and Step are tested in `test_player`, links in `test_links`.
"""

import json
import re
from typing import Any

import numpy as np
import pytest

from components.pages.sequence import gradient, unrolled
from components.pages.sequence.state import Sequence
from components.state.link import from_query
from tests.support.pictures import unpacked
from tests.support.player import SequencePage
from tests.support.text import numbers

ANCHORS = ["cost", "gradient", "reading", "idea"]
KEYS = ("unrolled", "growth", "parts", "arriving", "followed", "effect", "reading_race", "longer", "networks", "ideas")


class Page(SequencePage):
    """One visitor's session on the Sequence page."""

    @property
    def part(self) -> dict[str, Any]:
        """What each part shows: components, charts, and the sentences about cost, fate and training."""
        shown = {key: self.shown[key] for key in KEYS}
        for name, start in (("cost", "For "), ("fate", "With spectral radius ")):
            (shown[name],) = (line for line in self.said if line.startswith(start))
        return shown | {"sentence": self.sentence, "progress": self.progress}


def test_a_first_visit_shows_every_section_in_order_without_a_word_of_warning() -> None:
    page = Page()
    page.is_sound()
    assert (page.errors, page.warnings, page.query) == ([], [], {})
    assert [node.proto.anchor for node in page.at.header] == ANCHORS
    linked = [anchor for text in page.at.markdown for anchor in re.findall(r"\(#([\w-]+)\)", text.value)]
    assert linked == ANCHORS
    assert [node.key for node in page.at.main if getattr(node, "key", None) in KEYS] == list(KEYS)
    assert [numbers(web["headline"])[0] for web in page.data("unrolled")["webs"]] == [18, 81, 21]
    assert [numbers(web["headline"])[0] for web in page.data("ideas")["webs"]] == [3, 4, 3]
    assert list(page.facts.values()) == [["—"] * 3] * 2
    assert ("**Play**" in page.sentence, page.progress) == (True, ["epoch 0 of 40"])
    assert (page.epochs, page.traces("longer")[0]["y"]) == (0, [])
    for key in ("growth", "parts", "arriving", "reading_race", "longer"):
        assert re.search(r"\w\.$", page.named(key).proto.alt)
    before = page.shown
    page.run()
    assert page.shown == before


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
    page = Page()
    before = page.part
    for field, (value, about) in CHANGES.items():
        page.put(field, value)
        after = page.part
        assert {key for key, shown in after.items() if shown != before[key]} == about, field
        before = after
    assert (page.errors, page.warnings) == ([], [])
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
    page.back(units="2", radius="1.2")
    assert (page.value("units"), page.value("radius"), page.query) == (2, 1.2, {"units": "2", "radius": "1.2"})
