"""Anything a browser can send, in a link or from a component: a sound state, or a sentence that does nothing else.

`test_state` and `test_edits` have lists for each value; here it is any JSON at all, and the whole way to the page.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.display import words
from components.display.layer import layer_of
from components.pages.channels.state import Channels, pinned, reweighted
from components.pages.channels.window import moved
from components.pages.compare.state import Compare, framed, shifted
from components.pages.network import blueprint
from components.pages.network.history import History
from components.pages.network.state import Net
from components.state import setup
from components.state.link import State, edited, from_query, to_query
from components.state.setup import Setup
from tests.support.states import ACCEPTS, KINDS, PARAMETERS
from tests.support.visitor import Visitor

SCRIPTS = [
    "<script>alert(1)</script>",
    "![x](//example.org/x.png)",
    "[x](javascript:alert(1))",
    ":red[x]",
    "$x$",
    "`x`",
]
ODD = [
    "²",
    "٣",
    "１２",
    "½",
    "\x00",
    "\ud800",
    "\udfff\ud800",
    "\u202e1",
    "1\u200b",
    " 1",
    "1_0",
    "-0",
    "+1",
    "0x1",
    "1e5",
]
NUMBERS = [True, False, -1, 2**53, 10**30, 10**400, -(10**400), 1e300, float("nan"), float("inf"), -0.0, 1e-320, 0.5]
DEPTHS: list[object] = [[], {}, [[]], [[[[[1]]]]], {"a": {"b": []}}, [None] * 1000, [[1] * 16] * 16, "9" * 10**6]
HOSTILE: list[object] = [None, *SCRIPTS, *ODD, *NUMBERS, *DEPTHS]
NAMES = ["kernel", "view", "period", "zoom", "untied", "drawing", "side", "serial", "origin", "wires"]
NAMES += ["what", "at", "value", "do", "op", "to", "name"]
KEYS = st.sampled_from(NAMES) | st.text(max_size=3)
MEANT = ["weight", "bias", "add", "remove", "move", "set", "undo", "redo", "conv", "relu", "maps", "local", "3", "1e3"]
TEXT = st.text(st.characters(), max_size=20) | st.sampled_from(
    [*SCRIPTS, *ODD, *MEANT]
)  # surrogates too: JSON has them
LEAVES = st.none() | st.booleans() | st.integers(-3, 12) | st.integers() | st.floats() | TEXT | st.sampled_from(NUMBERS)
ANYTHING = st.recursive(LEAVES, lambda part: st.lists(part, max_size=5) | st.dictionaries(KEYS, part, max_size=5))
MESSAGES = ANYTHING | st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=5)


def history() -> History[blueprint.Kept]:
    made: History[blueprint.Kept] = History()
    made.note(blueprint.kept(Net()))
    return made


def loom(state: Setup, message: object) -> Setup:
    """`bind.loom` lets dictionaries through, and nothing else."""
    return setup.in_loom(state, message) if isinstance(message, dict) else state


EDITS: dict[str, tuple[State, Callable[[Any, Any], State]]] = {
    "loom": (Setup(), loom),
    "drawn loom": (edited(Setup(), image="drawing"), loom),
    "picker": (Setup(), setup.with_image),
    "sheet": (Setup(), setup.sketched),
    "shift": (Compare(), shifted),
    "pattern": (Compare(), lambda own, place: framed(own, 5, place)),
    "bank": (Channels(), reweighted),
    "cell": (Channels(), pinned),
    "part": (Channels(), lambda own, place: moved(own, layer_of(Setup(), (64, 64)), place)),
    "builder": (Net(), lambda own, message: blueprint.revised(own, message, history())),
    "volumes": (Net(), lambda own, unit: edited(own, opened=unit)),
}


def is_inert(markdown: str) -> bool:
    """It can be sent, and every sign that Markdown or HTML would act on is escaped."""
    markdown.encode()
    return not set(re.sub(r"\\.", "", markdown)) & set("<>[]()`*_$&!|~#\\\n")


def is_harmless(sentence: str) -> bool:
    """Short, and inert as the pages show it."""
    return len(sentence) < 500 and is_inert(words.markdown_escaped(sentence))


def taken(name: str, message: object) -> None:
    state, edit = EDITS[name]
    refused = ""
    try:
        new = edit(state, message)
    except UnicodeError:
        raise
    except ValueError as error:
        refused = f"Nothing was changed: {error}."
    assert is_harmless(refused) if refused else from_query(to_query(new), type(new)()) == (new, ())


@pytest.mark.parametrize("name", EDITS)
def test_every_hostile_value_is_a_sound_state_or_a_harmless_sentence(name: str) -> None:
    for value in HOSTILE:
        for message in (value, [value], [value] * 2, [value] * 4, {"at": value}, [0, 0, 0, value]):
            taken(name, message)
        for field in NAMES:
            taken(name, {"what": "weight", "do": "set", "at": [0, 0, 0, 0], "name": "maps", "value": "3", field: value})


@pytest.mark.parametrize("name", EDITS)
def test_any_json_is_a_sound_state_or_a_harmless_sentence(name: str) -> None:
    @given(MESSAGES)
    @settings(max_examples=100, deadline=None, database=None)
    def holds(message: object) -> None:
        taken(name, message)

    holds()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_any_text_in_a_link_is_a_value_or_a_harmless_sentence_each(kind: type[State]) -> None:
    names = [at.link for at in PARAMETERS if at.kind is kind]

    @given(st.dictionaries(st.sampled_from(names), TEXT | st.text("0123456789,;/|-.xe+ ", max_size=40), max_size=6))
    @settings(max_examples=100, deadline=None, database=None)
    def holds(query: dict[str, str]) -> None:
        state, notes = from_query(query, kind())
        assert len(notes) <= len(query)
        assert all(map(is_harmless, notes))
        assert from_query(to_query(state), kind()) == (state, ())

    holds()


@pytest.mark.parametrize("name", ACCEPTS)
def test_digits_of_other_scripts_bring_no_other_number_than_they_say(name: str) -> None:
    kind = next(at.kind for at in PARAMETERS if at.link == name)
    for text in ODD:
        state, notes = from_query({name: text}, kind())
        assert all(map(is_harmless, notes))
        for part in to_query(state).values():
            assert part.isascii()
            assert part.isprintable()


# The whole way: what the browser sends, through Streamlit, to the page.

SENT: list[object] = [
    *(None, 10**400, float("nan"), "\ud800", "\u202e<b>x", SCRIPTS[0], "x" * 10**5, [["x"] * 50] * 50),
    *(["\ud800", "²"], [SCRIPTS[1], 0], {"at": ["\ud800"], "what": "bias", "value": 1}, {"side": "\ud800"}),
    *({"do": "set", "at": 0, "name": "maps", "value": "\ud800"}, {"view": {"a": SCRIPTS[3]}, "serial": True}),
]
PLACES = {
    "explore": [("loom", "edit"), ("picker", "choice")],
    "compare": [("shift", "place"), ("pattern", "place")],
    "channels": [("bank", "edit"), ("cell", "place"), ("part", "place"), ("mu", "place")],
    "network": [("builder", "edit"), ("volumes", "open"), ("sheet", "drawing")],
}
QUICK = {
    "explore": {"side": "16"},
    "compare": {"side": "12"},
    "channels": {"side": "12"},
    "network": {"net": "conv 2 3", "inputs": "1,8,8", "weights": "random", "shown": "sheet"},
}


class Page(Visitor):
    """A session that begins on any page."""

    def __init__(self, path: str, **query: str) -> None:
        self.path = path
        super().__init__(**query)


@pytest.mark.parametrize(("path", "key", "event"), [(path, *at) for path, some in PLACES.items() for at in some])
def test_no_message_of_a_component_breaks_its_page(path: str, key: str, event: str) -> None:
    page = Page(path, **QUICK[path])
    session = {name: page.data("loom")[name] for name in ("origin", "wires")} if key == "loom" else {}
    for message in SENT:
        page.send(key, event, session | message if isinstance(message, dict) else message)
        page.is_sound()
        assert page.errors == []
        assert all(is_inert(shown.value) and len(shown.value) < 900 for shown in page.at.warning)
        assert page.query == QUICK[path]
