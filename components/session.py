"""The only file that touches Streamlit's session state, query parameters and caches.

One frozen `Explore` is the truth. Widgets show it and change it through `field`; the URL shows it through `publish`;
everything else is remembered one slot a name, so that nothing in a session grows with what the visitor does.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace
from secrets import token_hex
from typing import Any, TypeVar

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components import edits
from components.picker import source
from components.state import DRAWING, UPLOAD, Explore, from_query, to_query
from kernels.images import ImageError, decode, planes, resize
from kernels.samples import SAMPLES, drawn, sample

PENCIL = "00000000-00000fe0-0000fcf0-000fcf00-00fcf000-07cf0000-07700000-00000000"  # the thumbnail of the drawing sheet
T = TypeVar("T")
Bytes = NDArray[np.uint8]
LOST = "The picture in this link was uploaded by its author and is not part of the link: upload it again, please."


def explore() -> Explore:
    """The state of the Explore page; the first time it is read from the URL."""
    state: Explore = st.session_state["explore"]
    return state


def arrive(page: str) -> None:
    """Start of a page's run: take over a link, or a step back in the browser's history.

    A URL that is not the one last published means that the visitor went back or forward, unless a control brought us
    here: then the control was quicker than the URL that follows from the change before it.
    """
    query = dict(st.query_params)
    fresh = "explore" not in st.session_state
    moved = st.session_state.get("page") != page
    acted = st.session_state.get("acted", False)
    st.session_state["page"] = page
    if not fresh and (acted or query == st.session_state.get("published") or (moved and not query)):
        return
    state, notes = from_query(query)
    if state.image == UPLOAD and "picture" not in st.session_state:
        state, notes = replace(state, image=Explore().image), (*notes, LOST)
    for note in notes:
        notice(note)
    _adopt(state)


def publish() -> None:
    """Show the state in the URL, so that a copied link brings it back."""
    query = to_query(explore())
    if query != dict(st.query_params):
        st.query_params.from_dict(query)
    st.session_state["published"] = query


def change(edit: Callable[[Explore], Explore]) -> None:
    """Apply one change; a refused value leaves the state as it was and says so."""
    touch()
    try:
        _adopt(edit(explore()))
    except ValueError as error:
        notice(f"Nothing was changed: {error}.")


def touch() -> None:
    """Callback of controls that change no state: this run is their doing, not the browser's history's."""
    st.session_state["acted"] = True


def field(name: str, value: object, edit: Callable[[Explore, Any], Explore]) -> dict[str, Any]:
    """key, on_change and args that tie a widget to the state: it shows `value`, and `edit` takes what is entered."""
    key = f"field:{name}"
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return {"key": key, "on_change": _take, "args": (key, edit)}


def shows(name: str, value: object) -> bool:
    """Whether the widget tied to `name` shows this value: after a fragment's run it may not."""
    return bool(st.session_state.get(f"field:{name}") == value)


def edited_in_loom(key: str, edit: Callable[[Explore, Any], Explore]) -> None:
    """Callback of the loom. An edit of a kernel that has been replaced meanwhile (a preset, a link) comes too late."""
    message = st.session_state[key].get("edit")
    before = origin()
    if not isinstance(message, dict):
        return
    if message.get("origin") != before:
        message = {name: value for name, value in message.items() if name != "kernel"}
    change(lambda state: edit(state, message))
    st.session_state["origin"] = before  # the loom already shows this kernel; it must not be told to start over
    serial = message.get("serial")
    if isinstance(serial, int) and abs(serial) < 2**53:
        st.session_state["applied"] = serial


def origin() -> str:
    """Names the last change of the kernel that was not made in the loom itself."""
    return str(st.session_state["origin"])


def applied() -> int:
    """The serial number of the last edit of the loom that the state contains."""
    return int(st.session_state.get("applied", 0))


def chosen(key: str, edit: Callable[[Explore, Any], Explore]) -> None:
    """Callback of a picker: apply what was chosen."""
    choice = st.session_state[key].get("choice")
    if choice == UPLOAD:  # never on offer: a picture comes in through `uploaded`
        return
    change(lambda state: edit(state, choice))


def uploaded(key: str) -> None:
    """Callback of an uploader: take the picture, or refuse it and keep the one before. It stays in this session."""
    touch()
    file = st.session_state[key]
    if file is None:
        change(edits.without_upload)
        return
    try:
        picture = decode(file.getvalue())
    except ImageError as error:
        notice(f"{error} The picture before it was kept.")
        return
    st.session_state["picture"] = picture
    st.session_state["picture_id"] = token_hex(8)
    change(lambda state: edits.with_image(state, UPLOAD))


def picture(state: Explore) -> Bytes:
    """The picture as channel planes (C, H, W) at its working size."""

    def make() -> Bytes:
        if state.image == DRAWING:
            return planes(drawn(state.drawing), state.colour)
        if state.image == UPLOAD:
            return planes(resize(st.session_state["picture"], state.side), state.colour)
        return planes(sample(state.image, state.side), state.colour)

    token = {UPLOAD: st.session_state.get("picture_id"), DRAWING: state.drawing}.get(state.image)
    return remember("planes", (state.image, token, state.side, state.colour), make)


def remember(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """The value made for this key the last time, or a new one in its place: one slot a name."""
    slot = st.session_state.get(f"slot:{name}")
    if slot is None or slot[0] != key:
        slot = st.session_state[f"slot:{name}"] = (key, make())
    value: T = slot[1]
    return value


@st.cache_resource(max_entries=1, show_spinner=False)
def thumbnails(side: int) -> dict[str, str]:
    """The samples, small, as data: URLs; the same for everyone."""
    pictures = {known.id: sample(known.id, min(known.side, side)) for known in SAMPLES}
    return {id: source(small) for id, small in (pictures | {DRAWING: drawn(PENCIL)}).items()}


def notice(sentence: str) -> None:
    """Say something at the top of the page, until something else is done there."""
    st.session_state.setdefault("notices", []).append(sentence)


def notices() -> list[str]:
    """What has to be said now."""
    return list(dict.fromkeys(st.session_state.get("notices", [])))


def finish() -> None:
    """The run is complete: what it said need not be said again."""
    st.session_state.pop("notices", None)
    st.session_state.pop("acted", None)


def _adopt(state: Explore) -> None:
    known = st.session_state.get("explore")
    if known is None or known.kernel != state.kernel:
        st.session_state["origin"] = token_hex(8)
        st.session_state["applied"] = 0
    st.session_state["explore"] = state


def _take(key: str, edit: Callable[[Explore, Any], Explore]) -> None:
    value = st.session_state[key]
    change(lambda state: edit(state, value))
