"""What ties a widget to a field of a state: it shows the field's value, and what is entered becomes the field's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.session.session import Edit, Held, LoomChange, current
from components.state.fields import LARGEST_PLACE, SEED, Real, Whole, Wholes, WordOr, checked
from components.state.link import State, declared, edited, limits
from components.state.setup import Setup


def field(state: State, name: str) -> dict[str, Any]:
    """key, on_change and args of a widget for this field of a state."""
    key = declared(type(state))[name].link
    return value(key, getattr(state, name), lambda s, entered: edited(s, **{name: entered}), type(state))


def slider(state: State, name: str) -> dict[str, Any]:
    """As `field`, for a slider, with its limits."""
    low, high = limits(type(state), name)
    return {"min_value": low, "max_value": high} | field(state, name)


def value(name: str, shown: object, edit: Edit, kind: type[State] = Setup) -> dict[str, Any]:
    """As `field`, for a value that is no field by itself: `edit` takes what is entered."""
    held = _held(name)
    if (key := _key(name, held)) in st.session_state and (now := st.session_state[key]) != shown:
        held.overruled, held.before = held.overruled + 1, now
        key = _key(name, held)
    if key not in st.session_state or current().in_menu:
        st.session_state[key] = shown
    held.now = shown
    return {"key": key, "on_change": _take, "args": (name, key, edit, kind)}


@dataclass(frozen=True, slots=True)
class Number:
    """What a number field shows, and what becomes of the number that is entered. name: of the field in a refusal."""

    name: str
    shown: float
    takes: Whole | Real
    edit: Edit
    kind: type[State] = Setup

    @property
    def key(self) -> str:
        return f"field:{self.name}"

    def take(self) -> None:
        """Callback: read the message."""
        message(self.key, "entered", self._entered, self.kind)

    def _entered(self, state: State, sent: object) -> State:
        text = sent.get("text") if isinstance(sent, dict) else sent
        found: State = self.edit(state, checked(self.name, self.takes, text))
        return found


def number(state: State, name: str, narrower: Whole | None = None) -> Number:
    """A number field for this field of a state. narrower: what it takes now, where that is less."""
    known = declared(type(state))[name]
    takes = narrower or (known.type.number if isinstance(known.type, WordOr) else known.type)
    if not isinstance(takes, Whole | Real):
        raise TypeError(f"{name} is not a number field")
    return Number(known.link, getattr(state, name), takes, lambda s, entered: edited(s, **{name: entered}), type(state))


def place(state: State, name: str, n: int) -> Number:
    """A number field for number n of a place: counted from 1 in the field, from 0 in the state."""
    known = declared(type(state))[name]
    if not isinstance(known.type, Wholes):
        raise TypeError(f"{name} is not a place")
    low, high = known.type.parts[n].low + 1, known.type.parts[n].high + 1

    def moved(s: State, at: int) -> State:
        now = getattr(s, name)
        return edited(s, **{name: (*now[:n], at - 1, *now[n + 1 :])})

    return Number(f"{known.link}{n}", getattr(state, name)[n] + 1, Whole(low, high), moved, type(state))


@contextmanager
def in_menu() -> Iterator[None]:
    """Place here what stands in a menu: the browser is told its values in every run.

    It mounts this when the menu opens, knows only of the last run, and would begin at the default.
    """
    session = current()
    outside, session.in_menu = session.in_menu, True
    try:
        yield
    finally:
        session.in_menu = outside


def seed(edit: Edit) -> Number:
    """The number field for the seed of the random kernel: entering one fills the kernel with it."""
    session = current()

    def sow(setup: Setup, entered: int) -> Setup:
        sown: Setup = edit(setup, entered)
        session.seed = entered
        return sown

    return Number("seed", session.seed, SEED, sow)


def next_seed(edit: Edit) -> None:
    """Callback: the next seed, and its kernel."""
    session = current()
    session.seed = (session.seed + 1) % (SEED.high + 1)
    session.attempt(lambda setup: edit(setup, session.seed))


def change(edit: Edit, kind: type[State] = Setup) -> None:
    """Callback of a button: apply this edit."""
    current().attempt(edit, kind)


def menu(key: str, edit: Edit, kind: type[State] = Setup) -> None:
    """Callback of a menu: apply what was chosen."""
    if key in st.session_state:
        choice = entered(key)
        current().attempt(lambda state: edit(state, choice), kind)


def message(key: str, event: str, edit: Edit, kind: type[State] = Setup) -> None:
    """Callback of a component: apply what it sent with this event."""
    if key not in st.session_state:
        return
    sent, session = entered(key, event), current()
    serial = sent.get("serial") if isinstance(sent, dict) else None
    if isinstance(serial, int) and 0 <= serial <= LARGEST_PLACE:
        session.heard[key] = serial
    session.attempt(lambda state: edit(state, sent), kind)


def heard(key: str) -> int:
    """The number of a component's last message, if it counts them: it knows by this what it is answered to."""
    return current().heard.get(key, 0)


def loom(key: str, read: Callable[[object], LoomChange]) -> None:
    """Callback of the loom: apply its message. read: raises ValueError, in words, for what is none."""
    if key not in st.session_state:
        return
    sent, session = entered(key, "edit"), current()
    try:
        change = read(sent)
    except ValueError as error:
        session.refuse(error)
    else:
        session.attempt_in_loom(change)


def entered(key: str, event: str = "") -> Any:  # noqa: ANN401  # whatever the widget holds
    """What a widget holds, or what a component sent with this event.

    None where it has left the page meanwhile: Streamlit calls back for a message that was under way then.
    """
    held = st.session_state.get(key)
    return held.get(event) if event and held is not None else held


def _held(name: str) -> Held:
    return current().held.setdefault(name, Held())


def _key(name: str, held: Held) -> str:
    """The key of a widget whose value the page has overruled so many times: each time it is another widget.

    Every message of the browser brings the values of all widgets. One that was under way when the page changed a value
    still brings the old one, but for the old widget.
    """
    return f"field:{name}:{held.overruled}" if held.overruled else f"field:{name}"


def _take(name: str, key: str, edit: Edit, kind: type[State]) -> None:
    """Callback: apply what the visitor chose.

    What the browser is known to hold is no choice: a message under way brings it, where the page has put another widget
    in the place of this one or has left it out. Nor is None, which a widget holds that has left the page, or of which
    the visitor has taken the choice back: what was chosen stays.
    """
    choice, held = st.session_state.get(key), _held(name)
    if choice is None:
        return
    if key != _key(name, held):
        known = held.before
    else:
        known, held.now = held.now, choice
    if choice != known:
        current().attempt(lambda state: edit(state, choice), kind)
