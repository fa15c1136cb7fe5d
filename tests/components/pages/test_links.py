"""What a link may bring to any page: what one could set by hand, and nothing else.

The limits and the words are those written down in `tests/support/states.py`.
"""

import json
import re
from typing import Any

import pytest

from components.state.setup import Setup
from tests.benchmarks.states import KINDS
from tests.support import states
from tests.support.player import SequencePage, TrainPage
from tests.support.states import ACCEPTS, PARAMETERS, PLACES
from tests.support.visitor import Visitor

OWN = {path: [kind for kind in kinds if path in kind.__module__] for path, kinds in KINDS.items()}
OWN["explore"] = [Setup]
LINKS: dict[str, dict[str, str]] = {
    "train": {
        "racers": "local,conv", "examples": "50", "reach": "1", "readout": "mean", "scrambled": "1",
        "optimiser": "momentum", "rate": "0.0125", "batch": "7", "epochs": "4", "train_seed": "12", "pace": "step",
        "watched": "15,0,4", "disturbance": "0.25",
    },
    "sequence": {
        "units": "4", "length": "8", "step_inputs": "3", "radius": "1.05", "far": "40", "entry": "7,5",
        "sequence_seed": "12", "readers": "9", "reading_digits": "50", "reading_rate": "0.025", "reading_epochs": "4",
        "reading_seed": "34", "reading_pace": "step",
    },
    "network": {
        "inputs": "3,20,24", "weights": "edges", "net_seed": "12", "digit": "7", "shown": "picture", "inverted": "1",
    },
    "quiz": {"quiz_seed": "12", "level": "hard"},
}  # fmt: skip
BY_HAND: dict[str, dict[str, object]] = {
    "train": {
        "racers": ["local", "conv"], "examples": 50, "reach": 1, "readout": "mean", "scrambled": True,
        "optimiser": "momentum", "rate": 0.0125, "batch": 7, "epochs": 4, "train_seed": 12, "pace": "step",
        "watched0": 16, "watched1": 1, "watched2": 5, "disturbance": 0.25,
    },
    "sequence": {
        "units": 4, "length": 8, "step_inputs": 3, "radius": 1.05, "far": 40, "entry0": 8, "entry1": 6,
        "sequence_seed": 12, "readers": 9, "reading_digits": 50, "reading_rate": 0.025, "reading_epochs": 4,
        "reading_seed": 34, "reading_pace": "step",
    },
    "network": {
        "inputs0": 3, "inputs1": 20, "inputs2": 24, "weights": "edges", "net_seed": 12, "digit": 7,
        "shown": "picture", "inverted": True,
    },
    "quiz": {"quiz_seed": 12, "level": "hard"},
}  # fmt: skip


def opened(path: str, **query: str) -> Visitor:
    page: Visitor = type("Page", (Visitor,), {"path": path})(**query)
    page.is_sound()
    return page


def shown(page: Visitor) -> dict[str, Any]:
    """What every component and chart is sent, but for what is the session's own, and what is written."""
    written = [node.value for node in (*page.at.title, *page.at.markdown, *page.at.caption)]
    found: dict[str, Any] = {"written": written}
    for node in page.at.main:
        proto = getattr(node, "proto", None)
        sent = getattr(proto, "json", "") or getattr(proto, "spec", "")
        if sent:
            data = json.loads(sent)
            data = data[0] if isinstance(data, list) else data
            found[str(node.key)] = {
                name: part for name, part in data.items() if name not in ("origin", "applied", "undo", "serial")
            }
    return found


def names(path: str) -> list[str]:
    return [at.link for at in PARAMETERS if at.kind in OWN[path]]


@pytest.mark.parametrize("path", LINKS)
def test_what_is_set_by_hand_is_what_its_link_brings(path: str) -> None:
    linked, page = opened(path, **LINKS[path]), opened(path)
    assert (linked.query, linked.errors, linked.warnings) == (LINKS[path], [], [])
    at_once = {name: value for name, value in BY_HAND[path].items() if linked.has(f"field:{name}")}
    assert BY_HAND[path].keys() - at_once.keys() == ({"digit"} if path == "network" else set())  # not what flows in
    assert {name: linked.value(name) for name in at_once} == at_once
    for field, value in BY_HAND[path].items():
        page.put(field, value)
    assert (page.query, page.warnings) == (LINKS[path], [])
    assert shown(page) == shown(linked)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "[1](//example.org)", "\x00" + "x" * 20_000], ids=len)
@pytest.mark.parametrize("path", OWN)
def test_a_hostile_link_is_refused_in_words_and_shows_the_defaults(path: str, text: str) -> None:
    page = opened(path, **dict.fromkeys(names(path), text))
    old_landing = {"image": Setup().image} if path == "explore" else {}  # what links without a picture have shown
    assert (page.query, page.errors) == (old_landing, [])
    told = [found for said in page.warnings for found in re.findall(r"^The link's (\w+) must be ", said)]
    assert sorted(told) == sorted(names(path))
    assert max(map(len, page.warnings)) < 400
    assert not any(re.search(r"(?<!\\)[<\[]", node.value) for node in page.at.warning)
    page.run()
    assert page.warnings == []


def limits(field: str) -> tuple[float, float] | None:
    """What may be typed into a number field; the number at the end of a place's name counts from 1."""
    if field in ACCEPTS:
        return states.limits(field)
    place = PLACES.get(field[:-1])
    if not place:
        return None
    low, high = place[int(field[-1])]
    return (low, high) if field.startswith("inputs") else (low + 1, high + 1)


@pytest.mark.parametrize("path", OWN)
def test_a_number_beyond_its_limits_never_comes_in(path: str) -> None:
    page = opened(path, **{"train": TrainPage.quick, "sequence": SequencePage.quick}.get(path, {}))
    before = page.number_fields
    known = {key: found for key in before if (found := limits(key))}
    assert len(known) >= {"lesson": 0, "compare": 0, "quiz": 1}.get(path, 2)
    assert all(low <= before[key]["low"] < before[key]["high"] <= high for key, (low, high) in known.items())
    key, (low, high) = next(iter(known.items()), ("", (0, 0)))
    for entered in (low - 1, high + 1, "", "abc", "1,000", [9]) if key else ():
        page.put(key, entered)
        assert page.value(key) == before[key]["value"]
        assert [said.split(" must be ")[0] for said in page.warnings] == [f"Nothing was changed: {key}"]


@pytest.mark.parametrize("end", [0, 1], ids=["low", "high"])
@pytest.mark.parametrize("kind", [pytest.param(TrainPage, marks=pytest.mark.long), SequencePage])
def test_at_the_ends_of_what_a_link_may_hold_networks_learn(kind: type[TrainPage | SequencePage], end: int) -> None:
    known = {name: found[end] for name in names(kind.path) if (found := states.limits(name))}
    places = {name: ",".join(str(ends[end]) for ends in PLACES[name]) for name in names(kind.path) if name in PLACES}
    pace = "reading_pace" if kind is SequencePage else "pace"
    page = kind(**{name: f"{value:g}" for name, value in known.items()}, **places, **{pace: "step"})
    page.is_sound()
    assert (page.warnings, page.errors) == ([], [])
    page.press(f"{kind.player}_step")
    assert page.epochs == 1
