"""One visitor's session, and the course of a page's run: `arrive` at its start, `finish` at its end.

The frozen states are the truth: widgets show and change them (`bind`), the address shows them (`url`). At every access
to `st.session_state` Streamlit may break off the run for a newer one, in a callback too: so a callback takes what it
needs first, and then changes the session in one go.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Any, Protocol

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.session import process
from components.session.picture import Picture, Reading, Upload
from components.session.runs import Run
from components.session.states import States, lasting
from components.state.link import State, StateT, from_query, to_query
from components.state.setup import UPLOAD, Setup
from components.state.show import NAMES, Show

Start = Callable[[dict[str, str]], tuple[State, ...]]  # a link's parameters -> the states the page departs from
Edit = Callable[..., Any]  # (state[, what was entered]) -> state, of any class
MOST_NOTICES = 8  # kept until they have been shown
LOST = (
    "This link was made with an uploaded picture, which is not part of the link. Please upload it, or choose another "
    "picture."
)


class LoomChange(Protocol):
    """A message of the loom, as the page has read it."""

    @property
    def serial(self) -> int | None: ...
    def applied(self, setup: Setup, origin: str) -> Setup: ...


@dataclass(frozen=True, slots=True)
class Loom:
    """What the loom in the browser knows of the kernel. origin: names the last kernel that came from anywhere else.
    serial: the number of the loom's last edit that the setup contains.
    """

    kernel: tuple[tuple[float, ...], ...]
    origin: str = field(default_factory=lambda: token_hex(8))
    serial: int = 0


@dataclass(slots=True)
class Held:
    """What the browser holds for a field. overruled: how often the page has put another widget in the place of one that
    held something else; before: what that one held. now: what this one was last shown with, or was told since.
    """

    overruled: int = 0
    before: object = None
    now: object = None


@dataclass(slots=True)
class Session:
    """All that is kept for a visitor.

    visitor: names them in the pool. notices: what has to be said; said: whether this run has, since every section
    asks. page_cache, kept: values by name with the key they were made for (see `cache`). held: what the browser holds
    for each field; heard: the number of each component's last message (see `bind`). reading: the picture that is not
    there yet. uploads: how many files have come; last_file: Streamlit's id of the last. seed: of the random kernel.
    page: the one the visitor is on, and kinds: the classes of its states. landing: the parameters that an address
    without any stands for on this page. published: what this page has last written into the address; the browser may
    not have heard of it yet. summary: the page's first container; sentences: the place in it for what the page says of
    itself, where the last to say it counts. in_menu: what is placed now stands in a menu (see `bind`).
    """

    states: States = field(default_factory=States)
    visitor: str = field(default_factory=lambda: token_hex(8))
    known_to_loom: Loom = field(default_factory=lambda: Loom(Setup().kernel))
    picture: Picture | None = None
    upload: Upload = field(default_factory=Upload)
    reading: Reading | None = None
    uploads: int = 0
    last_file: str = ""
    notices: list[str] = field(default_factory=list)
    said: bool = False
    seed: int = 0
    held: dict[str, Held] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)
    page_cache: dict[str, tuple[Hashable, Any]] = field(default_factory=dict)
    kept: dict[str, tuple[Hashable, Any]] = field(default_factory=dict)
    page: str = ""
    kinds: tuple[type[State], ...] = (Setup,)
    landing: dict[str, str] = field(default_factory=dict)
    published: dict[str, str] | None = None
    summary: Any = None
    sentences: Any = None
    in_menu: bool = False

    @property
    def setup(self) -> Setup:
        """Picture, kernel and geometry: what all pages are about."""
        return self.states.of(Setup)

    @property
    def loom(self) -> Loom:
        """What the loom is to know: a new origin where the kernel is not the one it knows."""
        if self.setup.kernel != self.known_to_loom.kernel:
            self.known_to_loom = Loom(self.setup.kernel)
        return self.known_to_loom

    def attempt(self, edit: Edit, kind: type[State] = Setup) -> None:
        """Apply one change; a refused value leaves the state as it was and says so."""
        self.said = False
        try:
            self.states.put(edit(self.states.of(kind)))
            self.notices = []
        except ValueError as error:
            self.refuse(error)

    def refuse(self, error: ValueError) -> None:
        """Say that nothing was changed, and why."""
        self.said = False
        self.notices = [*self.notices[-MOST_NOTICES:], f"Nothing was changed: {error}."]

    def attempt_in_loom(self, change: LoomChange) -> None:
        """Apply what the loom sent. Its number counts as seen where a value was refused, too."""
        known = self.loom
        self.attempt(lambda setup: change.applied(setup, known.origin))
        serial = known.serial if change.serial is None else change.serial
        self.known_to_loom = Loom(self.setup.kernel, known.origin, serial)

    def read(self, query: dict[str, str]) -> None:
        """Take the states from a link; what cannot be used is said."""
        for kind in self.kinds:
            start = self.states.start_of(kind)
            state, notes = from_query(query, start)
            if isinstance(state, Setup) and state.image == UPLOAD and self.upload.master is None:
                state, notes = replace(state, image=self.states.start_of(Setup).image), (*notes, LOST)
            self.notices += notes
            self.states.put(state)


def current() -> Session:
    """The session of the visitor whose run this is."""
    found: Session = st.session_state["session"]
    return found


def state_of(kind: type[StateT]) -> StateT:
    """The visitor's state of this class."""
    return current().states.of(kind)


def arrive(*kinds: type[State], start: Start = lambda _query: (), landing: tuple[State, ...] = ()) -> Setup:
    """Begin a page's run; returns the setup.

    The first time on a page, and after a step back or forward, the states are read from the address. kinds: the classes
    of the page's states besides the setup. start: the states that a link of this page departs from, if they are not the
    defaults; the visitor's own wait meanwhile. landing: what an address shows that has no parameters, or none but those
    of `Show`; with any other it shows the default where it names none, as it always did.
    """
    context = get_script_run_ctx()
    page = context.page_script_hash if context else ""
    stepped = bool(
        getattr(context, "is_history_navigation", False)
    )  # not public: without it, only "back" stops working
    fresh = "session" not in st.session_state
    session = Session() if fresh else current()
    query = dict(st.query_params)
    session.kinds = (Setup, Show, *kinds)
    session.landing = {name: text for state in landing for name, text in to_query(state).items()}
    if page != session.page:
        _leave(session)
    if page != session.page or stepped:
        session.published, held = None, {} if stepped else session.states.held
        session.states.depart(start(lasting(held, session.kinds) | query), session.kinds)
    if fresh or stepped:
        session.read(query if query.keys() - NAMES else session.landing | query)
    else:
        session.states.begin(landing)
    session.page, session.said = page, False
    session.summary = st.container(key="summary")
    session.sentences = session.summary.empty()
    st.session_state["session"] = session
    return current().setup


def finish() -> None:
    """End a page's run: what it said need not be said again."""
    session = current()
    process.collect()
    session.notices.clear()
    session.said = False


def notices() -> list[str]:
    """What has to be said now: to the first section of this run that asks."""
    session = current()
    if session.said:
        return []
    session.said = True
    return list(dict.fromkeys(session.notices))


def _leave(session: Session) -> None:
    """Leave a page: its own values can be made again, and what works there has no clock any more, so it stops."""
    session.states.restore()
    left, session.page_cache = session.page_cache, {}
    for _, value in left.values():
        if isinstance(value, Run):
            value.stop()
