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
from components.pages.explore.loom.message import read_message
from components.pages.network.builder.history import History
from components.pages.network.edits import revised, snapshot
from components.pages.network.state import Net
from components.state import setup
from components.state.link import State, edited, from_query, to_query
from components.state.setup import Setup
from tests.support.hostile_values import ODD, SCRIPTS, VALUES
from tests.support.states import KINDS, PARAMETERS
from tests.support.visitor import Visitor

pytestmark = pytest.mark.long

NAMES = ["kernel", "view", "period", "zoom", "untied", "drawing", "side", "serial", "origin", "wires"]
NAMES += ["text", "what", "at", "value", "do", "op", "to", "name"]
KEYS = st.sampled_from(NAMES) | st.text(max_size=3)
MEANT = ["weight", "bias", "add", "remove", "move", "set", "undo", "redo", "conv", "relu", "maps", "local", "3", "1e3"]
TEXT = st.text(st.characters(), max_size=20) | st.sampled_from([*SCRIPTS, *ODD, *MEANT])  # JSON has surrogates, too
LEAVES = st.none() | st.booleans() | st.integers(-3, 12) | st.integers() | st.floats() | TEXT
ANYTHING = st.recursive(LEAVES, lambda part: st.lists(part, max_size=5) | st.dictionaries(KEYS, part, max_size=5))
MESSAGES = ANYTHING | st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=5)


few = settings(max_examples=40, deadline=None, derandomize=True, database=None)


def loom(state: Setup, sent: object) -> Setup:
    """A message about the present kernel and matrix, unless it says otherwise."""
    about = {"origin": "", "wires": repr(state.wires)}
    return read_message(about | sent if isinstance(sent, dict) else sent).applied(state, "")


EDITS: dict[str, tuple[State, Callable[[Any, Any], State]]] = {
    "loom": (Setup(), loom),
    "drawn loom": (edited(Setup(), image="drawing"), loom),
    "picker": (Setup(), setup.with_image),
    "sketchpad": (Setup(), setup.sketched),
    "shift": (Compare(), shifted),
    "pattern": (Compare(), lambda own, place: framed(own, 5, place)),
    "bank": (Channels(), reweighted),
    "cell": (Channels(), pinned),
    "part": (Channels(), lambda own, place: moved(own, layer_of(Setup(), (64, 64)), place)),
    "builder": (Net(), lambda own, message: revised(own, message, History(snapshot(own))).own),
    "volumes": (Net(), lambda own, unit: edited(own, unit=unit)),
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
def test_every_hostile_message_is_a_sound_state_or_a_harmless_sentence(name: str) -> None:
    some = [value for value in (*VALUES, *SCRIPTS, *ODD) if not isinstance(value, Setup)]
    for value in some:
        for message in (value, [value], [value] * 2, [value] * 4, {"at": value}, [0, 0, 0, value]):
            taken(name, message)
        for field in NAMES:
            taken(name, {"what": "weight", "do": "set", "at": [0, 0, 0, 0], "name": "maps", "value": "3", field: value})


@pytest.mark.parametrize("name", EDITS)
def test_any_json_is_a_sound_state_or_a_harmless_sentence(name: str) -> None:
    @given(MESSAGES)
    @few
    def holds(message: object) -> None:
        taken(name, message)

    holds()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_any_text_in_a_link_is_a_value_or_a_harmless_sentence_each(kind: type[State]) -> None:
    names = [at.link for at in PARAMETERS if at.kind is kind]

    @given(st.dictionaries(st.sampled_from(names), TEXT | st.text("0123456789,;/|-.xe+ ", max_size=40), max_size=6))
    @few
    def holds(query: dict[str, str]) -> None:
        state, notes = from_query(query, kind())
        assert len(notes) <= len(query)
        assert all(map(is_harmless, notes))
        assert from_query(to_query(state), kind()) == (state, ())

    holds()


# The whole way: what the browser sends, through Streamlit, to the page.

SENT: list[object] = [
    *(None, 10**400, float("nan"), "\ud800", "\u202e<b>x", SCRIPTS[0], "x" * 10**5, [["x"] * 50] * 50),
    *(["\ud800", "²"], [SCRIPTS[1], 0], {"at": ["\ud800"], "what": "bias", "value": 1}),
    *({"side": "\ud800", "text": "\ud800"}, {"do": "set", "at": 0, "name": "maps", "value": "\ud800"}),
    {"view": {"a": SCRIPTS[3]}, "serial": True},
]
NETWORK = {"net": "conv 2 3", "inputs": "1,8,8", "weights": "random", "shown": "sheet"}
PLACES: list[tuple[str, str, str, dict[str, str]]] = [  # page, component, event, and a link to where it is
    *(("explore", key, "choice", {"side": "16"}) for key in ("picker", "presets")),
    *(("explore", f"field:{key}", "entered", {"side": "16"}) for key in ("stride", "bias")),
    ("explore", "loom", "edit", {"side": "16"}),
    ("compare", "shift", "place", {"side": "12", "comparison": "shift"}),
    ("compare", "pattern", "place", {"side": "12", "comparison": "find"}),
    ("channels", "bank", "edit", {"side": "12", "channels_tab": "bank"}),
    ("channels", "cell", "place", {"side": "12", "channels_tab": "inside"}),
    ("channels", "part", "place", {"side": "12", "channels_tab": "matrix"}),
    ("adaptive", "mu", "place", {"side": "12"}),
    ("network", "builder", "edit", NETWORK | {"network_tab": "layers"}),
    ("network", "volumes", "open", NETWORK),
    ("network", "sketchpad", "drawing", NETWORK),
]


@pytest.mark.parametrize(("path", "key", "event", "query"), PLACES)
def test_no_message_of_a_component_breaks_its_page(path: str, key: str, event: str, query: dict[str, str]) -> None:
    page = Visitor(path, **query)
    session = {name: page.data("loom")[name] for name in ("origin", "wires")} if key == "loom" else {}
    for message in SENT:
        page.send(key, event, session | message if isinstance(message, dict) else message)
        page.is_sound()
        assert page.errors == []
        assert all(is_inert(shown.value) and len(shown.value) < 900 for shown in page.at.warning)
        assert page.query == query
