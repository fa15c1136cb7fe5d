"""What a link may bring to any page: what one could set by hand, and nothing else.

The limits and the words are those written down in `tests/support/states.py`.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1.element_tree import Block

from components.state.setup import Setup
from tests.benchmarks.states import KINDS
from tests.support import states
from tests.support.player import SequencePage, TrainPage
from tests.support.states import ACCEPTS, PARAMETERS, PLACES
from tests.support.visitor import AnyPage, Visitor

pytestmark = pytest.mark.long

OWN = {path: [kind for kind in kinds if path in kind.__module__] for path, kinds in KINDS.items()}
OWN["explore"] = [Setup]
BY_HAND: dict[str, dict[str, object]] = {  # by page, and by tab where it has some
    "train": {
        "racers": ["local", "conv"], "examples": 50, "reach": 1, "readout": "mean", "scrambled": True,
        "optimiser": "momentum", "rate": 0.0125, "batch": 7, "epochs": 4, "train_seed": 12, "pace": "step",
    },
    "train gradient": {"watched0": 16, "watched1": 1, "watched2": 5},
    "train teacher": {"disturbance": 0.25},
    "sequence": {"units": 4, "length": 8, "step_inputs": 3},
    "sequence gradient": {"radius": 1.05, "far": 40, "entry0": 8, "entry1": 6, "sequence_seed": 12},
    "sequence digits": {
        "readers": 9, "reading_digits": 50, "reading_rate": 0.025, "reading_epochs": 4, "reading_seed": 34,
        "reading_pace": "step",
    },
    "sequence longer": {"sum_steps": 4, "sum_seed": 7},
    "network": {
        "inputs0": 3, "inputs1": 20, "inputs2": 24, "weights": "edges", "net_seed": 12, "digit": 7,
        "shown": "picture", "inverted": True,
    },
    "sharing": {"domain": "pairs", "points": 4, "move": "scramble", "symmetry": "none", "alone": True},
    "quiz": {"quiz_seed": 12, "level": "hard", "question": 3},
}  # fmt: skip
IN_PLACES = {"watched": "15,0,4", "entry": "7,5", "inputs": "3,20,24"}  # how a link holds fields such as watched0
INPUTS = {"inputs0", "inputs1", "inputs2"}
ELSEWHERE = {"network": {"digit", *INPUTS}}  # not what flows in; not in the tab that is open
TAB_OF = dict.fromkeys(INPUTS, "Layers") | dict.fromkeys(("weights", "digit"), "Activations")


def shown(page: Visitor) -> dict[str, Any]:
    """What every component and chart is sent, but for what is the session's own, and what is written."""
    written = [node.value for node in (*page.at.text, *page.at.title, *page.at.markdown, *page.at.caption)]
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


def link_of(by_hand: dict[str, object]) -> dict[str, str]:
    """The parameters of a link that sets the same."""
    found = {}
    for field, value in by_hand.items():
        name = field.rstrip("012")
        text = ",".join(value) if isinstance(value, list) else str(int(value) if isinstance(value, bool) else value)
        found[name] = IN_PLACES.get(name, text)
    return found


@pytest.mark.parametrize("case", BY_HAND)
def test_what_is_set_by_hand_is_what_its_link_brings(case: str) -> None:
    path, *open_tab = case.split()
    tab = {f"{path}_tab": name for name in open_tab}
    link = link_of(BY_HAND[case]) | tab
    linked, page = AnyPage(path, **link), AnyPage(path, **tab)
    assert (linked.query, linked.errors, linked.warnings) == (link, [], [])
    at_once = {name: value for name, value in BY_HAND[case].items() if linked.has(f"field:{name}")}
    assert BY_HAND[case].keys() - at_once.keys() == ELSEWHERE.get(case, set())
    assert {name: linked.value(name) for name in at_once} == at_once
    for field, value in BY_HAND[case].items():
        if not page.has(f"field:{field}"):
            page.open_tab(TAB_OF[field])
        page.put(field, value)
    query = {name: text for name, text in page.query.items() if name != "network_tab"}
    assert (query, page.warnings) == (link, [])
    assert shown(page) == shown(linked)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "[1](//example.org)", "\x00" + "x" * 20_000], ids=len)
@pytest.mark.parametrize("path", OWN)
def test_a_hostile_link_is_refused_in_words_and_shows_the_defaults(path: str, text: str) -> None:
    page = AnyPage(path, **dict.fromkeys(names(path), text))
    shown_before = {"image": Setup().image} if path in ("explore", "channels") else {}  # by links without a picture
    assert (page.query, page.errors) == (shown_before, [])
    told = [found for said in page.warnings for found in re.findall(r"^The link's (\w+) must be ", said)]
    assert sorted(told) == sorted(names(path))
    assert max(map(len, page.warnings)) < 400
    assert not any(re.search(r"(?<!\\)[<\[]", node.value) for node in page.at.warning)
    page.run()
    assert page.warnings == []


def places(block: Block, at: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], str]]:
    """Where everything on a page stands but what is said in passing."""
    for n, node in block.children.items():
        if isinstance(node, Block):
            yield (*at, n), node.type
            yield from places(node, (*at, n))
        elif node.type != "warning":
            yield (*at, n), node.type


@pytest.mark.parametrize("path", OWN)
def test_what_is_said_in_passing_moves_nothing_else(path: str) -> None:
    """What has moved is mounted anew in the browser: the field one types into would lose what is typed."""
    page = AnyPage(path, **{names(path)[0]: "x"})
    assert page.warnings
    told = dict(places(page.at.main))
    page.run()
    assert page.warnings == []
    assert dict(places(page.at.main)) == told


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
    page = AnyPage(path, **{"train": TrainPage.quick, "sequence": SequencePage.quick}.get(path, {}))
    before = page.number_fields
    known = {key: found for key in before if (found := limits(key))}
    assert len(known) >= {"lesson": 0, "compare": 0, "quiz": 1, "sharing": 1}.get(path, 2)
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
    more = (
        {"reading_pace": "step", "sequence_tab": "digits"}
        if kind is SequencePage
        else {"pace": "step", "train_tab": "race"}
    )
    page = kind(**{name: f"{value:g}" for name, value in known.items()}, **places, **more)
    page.is_sound()
    assert (page.warnings, page.errors) == ([], [])
    page.press(f"{kind.player}_step")
    assert page.epochs == 1
