"""The only file that touches Streamlit's session state, query parameters and caches.

A session is one `Desk`, and the frozen states on it, one a kind, are the truth. Widgets show and change them through
`tied`; the URL shows them through `publish`. At every access to `st.session_state` Streamlit may break off the run for
a newer one, in a callback too: so a callback takes what it needs first, and then changes the desk in one go.
"""

from collections.abc import Callable, Hashable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from math import inf
from secrets import token_hex
from threading import Lock
from time import monotonic
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.display.image import png_url
from components.session import process
from components.session.queue import LINE
from components.session.runs import Run
from components.state import setup
from components.state.fields import SEED
from components.state.link import State, StateT, from_query, to_query
from components.state.setup import DRAWING, SIDE, UPLOAD, Setup
from components.state.show import Show
from kernels.images.decode import ImageError, decode, planes, resize
from kernels.images.samples import SAMPLES, drawn, sample
from kernels.layer.spec import Bytes

PENCIL = "00000000-00000fe0-0000fcf0-000fcf00-00fcf000-07cf0000-07700000-00000000"  # the thumbnail of the drawing sheet
T = TypeVar("T")
# values that take a second or a hundred megabytes are made one at a time in the whole process
HEAVY = Lock()
Base = Callable[[dict[str, str]], tuple[State, ...]]  # from a link's parameters
Edit = Callable[..., Any]  # (state[, what was entered]) -> state, of any kind
NOTICES = 8  # kept at most, until they have been shown
SWAP = 15.0  # seconds from there within which the next file comes, if one comes in its place
ECHO = 1.0  # seconds in which a message may still carry the value a field had before the page changed it
LOST = "The picture in this link was uploaded by its author and is not part of the link: upload it again, please."


@dataclass(slots=True)
class Desk:
    """All that a session remembers.

    states: by kind; every page reads Explore's, some have one of their own. visitor: who stands in the line.
    origin: names the last change of the kernel that was not made in the loom. applied: the serial number of the
    last edit of the loom that the state contains. put_away: when an uploader gave up the file that was the picture, as
    it does before it takes the next one. notices: what has to be said, and told: whether this run has, for every
    section asks. overruled: what a field showed before the page changed it, and when. slots: one remembered
    value a name, of the page that is shown; kept: the same of what the visitor has done, so that nothing here
    grows. page, arrivals: where the visitor is, and with which states each page was entered: a click on a page's
    link makes a step in the browser's history that has no query, and silent, whoever steps back to it must not be
    sent forward again by a new one.
    """

    states: dict[type, State] = field(default_factory=dict)
    visitor: str = field(default_factory=lambda: token_hex(8))
    origin: str = field(default_factory=lambda: token_hex(8))
    applied: int = 0
    picture: Bytes | None = None
    picture_id: str = ""
    picture_from: str = ""
    picture_file: str = ""
    put_away: float = -inf
    notices: list[str] = field(default_factory=list)
    told: bool = False
    seed: int = 0
    shown: dict[str, object] = field(default_factory=dict)
    overruled: dict[str, tuple[object, float]] = field(default_factory=dict)
    slots: dict[str, tuple[Hashable, Any]] = field(default_factory=dict)
    kept: dict[str, tuple[Hashable, Any]] = field(default_factory=dict)
    page: str = ""
    arrivals: dict[str, dict[type, State]] = field(default_factory=dict)
    silent: bool = False
    kinds: tuple[type[State], ...] = (Setup,)
    scene: dict[type, State] = field(default_factory=dict)
    backstage: dict[type, State] = field(default_factory=dict)

    @property
    def state(self) -> Setup:
        """Picture, kernel and geometry: what all pages are about."""
        return self.of(Setup)

    def of(self, kind: type[StateT]) -> StateT:
        """The state of this kind; its defaults if it has not been touched."""
        return cast(StateT, self.states.setdefault(kind, kind()))

    def adopt(self, state: State) -> None:
        """Another state, from anywhere but the loom."""
        if isinstance(state, Setup) and state.kernel != self.state.kernel:
            self.origin, self.applied = token_hex(8), 0
        self.states[type(state)] = state

    def start(self, kind: type[StateT]) -> StateT:
        """The state that needs no parameter in the link."""
        return cast(StateT, self.scene.get(kind, kind()))

    def enter(self, scene: tuple[State, ...]) -> None:
        """States to depart from, the page's others at their defaults; the visitor's own wait backstage meanwhile."""
        self.scene = {type(state): state for state in scene}
        if not scene:
            return
        if not self.backstage:
            self.backstage = {Setup: self.state} | self.states
        for kind in self.kinds:
            if not kind.survives_lesson:
                self.adopt(self.start(kind))

    def lasting(self, states: dict[type, State]) -> dict[str, str]:
        """The parameters of those of the page's states that survive the lesson."""
        kept = [states.get(kind, kind()) for kind in self.kinds if kind.survives_lesson]
        return {name: text for state in kept for name, text in to_query(state).items()}

    def come_back(self) -> None:
        """A lesson is left: the visitor's own states are on the desk again; the place in it stays, and how to show."""
        if self.backstage:
            kept = [state for state in self.states.values() if state.survives_lesson]
            self.states, self.backstage = self.backstage, {}
            for state in kept:
                self.adopt(state)

    def forget(self) -> None:
        """A page is left: what it has shown can be made again; what is kept cannot."""
        self.slots = {}

    def read(self, query: dict[str, str]) -> None:
        """The states a link describes; what cannot be used is said."""
        for kind in self.kinds:
            state, notes = from_query(query, self.start(kind))
            if isinstance(state, Setup) and state.image == UPLOAD and self.picture is None:
                state, notes = replace(state, image=self.start(Setup).image), (*notes, LOST)
            self.notices += notes
            self.adopt(state)

    def attempt(self, edit: Edit, kind: type[State] = Setup) -> None:
        """Apply one change; a refused value leaves the state as it was and says so."""
        self.told = False
        try:
            self.adopt(edit(self.of(kind)))
            self.notices = []
        except ValueError as error:
            self.notices = [*self.notices[-NOTICES:], f"Nothing was changed: {error}."]


def desk() -> Desk:
    found: Desk = st.session_state["desk"]
    return found


def arrive(*kinds: type[State], base: Base = lambda _query: ()) -> Setup:
    """Start of a page's run: its states; the first time, and after a step back or forward, read from the URL.

    `kinds` are those the page has beside Explore's, which is returned. base: from which states a link of this page
    departs, where those are not the defaults; what is on the desk then is kept for the other pages.
    """
    run = get_script_run_ctx()
    page = run.page_script_hash if run else ""
    stepped = bool(getattr(run, "is_history_navigation", False))  # not public: without it, only "back" stops working
    fresh = "desk" not in st.session_state
    here = Desk() if fresh else desk()
    query = dict(st.query_params)
    here.kinds = (Setup, Show, *kinds)
    if page != here.page:
        here.come_back()
        here.forget()
        LINE.leave(here.visitor)  # what runs there has no clock any more
    before = here.arrivals.get(page) if stepped and not query else None
    if page != here.page or stepped:
        here.enter(base(here.lasting(before or {} if stepped else here.states) | query))
    if before is not None:
        here.states, here.silent = dict(before), True
    elif fresh or stepped:
        here.read(query)
    elif page != here.page:
        here.arrivals[page] = dict(here.states)
    here.page, here.told = page, False
    st.session_state["desk"] = here
    return desk().state


def publish() -> None:
    """Show the page's states in the URL, so that a copied link brings them back."""
    here = desk()
    if here.silent:
        return
    query = {name: text for kind in here.kinds for name, text in to_query(here.of(kind), here.start(kind)).items()}
    if query != dict(st.query_params):
        st.query_params.from_dict(query)


def play(scene: tuple[State, ...], *more: State) -> None:
    """Callback: other states to depart from, and these besides."""
    here = desk()
    here.enter(scene)
    for state in more:
        here.adopt(state)


def link() -> str:
    """The address of this page with all that is set."""
    query = urlencode(dict(st.query_params))
    return f"{st.context.url or ''}{'?' if query else ''}{query}"


def change(edit: Edit, kind: type[State] = Setup) -> None:
    """Callback of a button."""
    desk().attempt(edit, kind)


def tied(name: str, value: object, edit: Edit, kind: type[State] = Setup) -> dict[str, Any]:
    """key, on_change and args that tie a widget to the state: it shows `value`, and `edit` takes what is entered."""
    key, here = f"field:{name}", desk()
    before = st.session_state.get(key)
    if key not in st.session_state or before != value:
        st.session_state[key] = value
        here.overruled[key] = (before, monotonic())
    return {"key": key, "on_change": _take, "args": (key, edit, kind)}


def showing(name: str, value: T) -> T:
    """Note that the page shows this value under this name; see `shows`."""
    desk().shown[name] = value
    return value


def shows(name: str, value: object) -> bool:
    """Whether the page shows this value: after a fragment's run it may not."""
    return bool(desk().shown.get(name) == value)


def seeded(edit: Edit) -> dict[str, Any]:
    """Ties the field of the random kernel's seed: typing one fills the kernel with it."""
    here = desk()

    def sow(state: Setup, seed: int) -> Setup:
        sown: Setup = edit(state, seed)
        here.seed = seed
        return sown

    return tied("seed", here.seed, sow)


def reseed(edit: Edit) -> None:
    """Callback: the next seed, and its kernel."""
    here = desk()
    here.seed = (here.seed + 1) % (SEED.high + 1)
    here.attempt(lambda state: edit(state, here.seed))


def edited_in_loom(key: str, edit: Edit) -> None:
    """Callback of the loom. An edit of a kernel that has been replaced meanwhile (a preset, a link) comes too late."""
    message, here = st.session_state[key].get("edit"), desk()
    if not isinstance(message, dict):
        return
    origin = here.origin
    late = {"kernel"} if message.get("origin") != origin else set()
    if message.get("wires") != repr(here.state.wires):
        late |= {"untied", "zoom", "drawing"}  # they speak of the cells of another matrix
    message = {name: value for name, value in message.items() if name not in late}
    here.attempt(lambda state: edit(state, message))
    here.origin = origin  # the loom already shows this kernel; it must not be told to start over
    serial = message.get("serial")
    if isinstance(serial, int) and abs(serial) < 2**53:
        here.applied = serial


def picked(key: str, edit: Edit, kind: type[State] = Setup) -> None:
    """Callback of a menu."""
    choice, here = st.session_state[key], desk()
    here.attempt(lambda state: edit(state, choice), kind)


def entered(key: str) -> Any:  # noqa: ANN401  # whatever the widget holds
    """What a widget that is tied to nothing holds."""
    return st.session_state[key]


def said(key: str, event: str, edit: Edit, kind: type[State] = Setup) -> None:
    """Callback of a component: apply what it sent with this event."""
    message, here = st.session_state[key].get(event), desk()
    here.attempt(lambda state: edit(state, message), kind)


def chosen(key: str, edit: Edit) -> None:
    """Callback of a picker: apply what was chosen."""
    choice, here = st.session_state[key].get("choice"), desk()
    if choice != UPLOAD:  # never on offer: a picture comes in through `uploaded`
        here.attempt(lambda state: edit(state, choice))


def uploaded(key: str) -> None:
    """Callback of an uploader: take the picture, or refuse it and keep the one before. It stays in this session."""
    file, here = st.session_state[key], desk()
    if file is None:
        if here.picture_from == key:
            here.put_away = monotonic() if here.state.image == UPLOAD else -inf
            here.attempt(setup.without_upload)
        return
    try:
        here.picture = decode(file.getvalue())
        here.picture_file = file.file_id
    except ImageError as error:
        if monotonic() - here.put_away < SWAP and here.state.image == SAMPLES[0].id:
            here.attempt(lambda state: setup.with_image(state, UPLOAD))
        here.notices.append(f"{error} The picture before it was kept.")
        return
    here.picture_id, here.picture_from = token_hex(8), key
    here.attempt(lambda state: setup.with_image(state, UPLOAD))


def original() -> bytes | None:
    """The file of the picture, for as long as its field is on the page and holds no other, which was refused."""
    file = st.session_state.get(desk().picture_from)
    return bytes(file.getvalue()) if file and file.file_id == desk().picture_file else None


def picture(state: Setup, slot: str = "planes") -> Bytes:
    """The picture as channel planes (C, H, W) at its working size; remembered in this slot."""
    return remember(slot, picture_key(state), lambda: planes(_source(state, state.side), state.colour))


def _source(state: Setup, side: int) -> Bytes:
    """The picture (h, w, 3), its longer side so many pixels; a drawing is as it was drawn."""
    own = desk().picture
    if state.image == DRAWING:
        return drawn(state.drawing)
    if state.image == UPLOAD and own is not None:
        return resize(own, side)
    return sample(state.image, side)


def full_size(state: Setup) -> Bytes:
    """The picture (h, w, 3) as large as it is: an upload as it was decoded, a sample at the largest working size."""
    own = desk().picture
    return own if state.image == UPLOAD and own is not None else _source(state, SIDE.high)


def original_size(state: Setup) -> tuple[int, int]:
    """Rows and columns of the picture before it was brought to its working size."""
    own = desk().picture
    if state.image == UPLOAD and own is not None:
        return own.shape[0], own.shape[1]
    return state.side, state.side  # every sample is square, and so is a drawing


def volume(state: Setup, stack: tuple[str, ...]) -> Bytes:
    """The input of a layer of several channels (C, H, W): these samples in grey, or the picture in colour."""
    if not stack:
        return picture(replace(state, colour="rgb"), "volume")
    key = stack, state.side
    return remember("volume", key, lambda: np.concatenate([planes(sample(id, state.side), "grey") for id in stack]))


def picture_key(state: Setup) -> Hashable:
    """Two states with the same key have the same picture."""
    token = {UPLOAD: desk().picture_id, DRAWING: state.drawing}.get(state.image)
    return state.image, token, state.side, state.colour


def remember(name: str, key: Hashable, make: Callable[[], T], heavy: bool = False) -> T:
    """The value made for this key the last time, or a new one in its place; `heavy` ones wait for their turn."""
    with HEAVY if heavy and desk().slots.get(name, (None,))[0] != key else nullcontext():
        return _slot(desk().slots, name, key, make)


def keep(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """The same for what cannot be made again, the visitor's own doing: it outlasts the page."""
    return _slot(desk().kept, name, key, make)


def _slot(slots: dict[str, tuple[Hashable, Any]], name: str, key: Hashable, make: Callable[[], T]) -> T:
    if name not in slots or slots[name][0] != key:
        slots[name] = (key, make())
    value: T = slots[name][1]
    return value


def run(name: str, key: Hashable) -> Run[Any]:
    """This visitor's run of this name, of what `key` says."""
    here = desk()
    return _run(here.kept, f"{name} in the lesson" if here.scene else name, key, 1)


def passing_run(name: str, key: Hashable, size: int) -> Run[Any]:
    """The same of something so large that it is gone with the page."""
    return _run(desk().slots, name, key, size)


def _run(slots: dict[str, tuple[Hashable, Any]], name: str, key: Hashable, size: int) -> Run[Any]:
    before, old = slots.get(name, (key, None))
    if before != key and old:
        old.stop()
    visitor = desk().visitor
    return _slot(slots, name, key, lambda: Run(visitor, size=size))


@st.cache_resource(max_entries=1, show_spinner=False)
def thumbnails(side: int) -> dict[str, str]:
    """The samples, small, as data: URLs; the same for everyone."""
    pictures = {known.id: sample(known.id, min(known.side, side)) for known in SAMPLES}
    return {id: png_url(small) for id, small in (pictures | {DRAWING: drawn(PENCIL)}).items()}


def notices() -> list[str]:
    """What has to be said now: to the first section of this run that asks."""
    here = desk()
    if here.told:
        return []
    here.told = True
    return list(dict.fromkeys(here.notices))


def finish() -> None:
    """The run is complete: what it said need not be said again."""
    here = desk()
    process.collect()
    here.notices.clear()
    here.silent = here.told = False


def _take(key: str, edit: Edit, kind: type[State]) -> None:
    value, here = st.session_state[key], desk()
    before, when = here.overruled.get(key, (None, 0.0))
    if value == before and monotonic() - when < ECHO:
        return  # not the visitor: the browser has not heard yet that the field shows something else
    here.attempt(lambda state: edit(state, value), kind)
