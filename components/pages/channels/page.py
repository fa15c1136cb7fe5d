"""Channels: many inputs and many outputs."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import streamlit as st

from components.display import image
from components.display.cards import Card
from components.display.layer import Layer
from components.display.summary import Summary
from components.pages.channels import blocks, controls, layer, summary, window
from components.pages.channels.bank import bank
from components.pages.channels.guide import guides as guides
from components.pages.channels.state import MOVED, OPENING, TABS, Channels, reweighted
from components.session import bind, cache, session, upload, url
from components.session.turns import fragment
from components.state.setup import Setup
from components.widgets import refusal, setup_bar
from components.widgets.cards import show_cards
from components.widgets.drag import DragPicture
from components.widgets.notices import notices
from components.widgets.summary import tell
from components.widgets.tabs import Tab, open_what_is_set, show_tabs
from kernels.layer.spec import Bytes, SpecError

T = TypeVar("T")


def render() -> None:
    url.follow("adaptive", MOVED)
    session.arrive(Channels, landing=OPENING)
    open_what_is_set(Channels, "tab", TABS)
    fragment(_layer)()
    session.finish()


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The bank of kernels, and the input channels (C, H, W) with their names."""

    state: Setup
    own: Channels
    volume: Bytes
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shown(Given):
    """And their layer."""

    layer: Layer


def _layer() -> None:
    """The page as a fragment: its title says what the widgets below it have set."""
    given = _given()
    url.publish()
    st.title(layer.title_of(given.state, given.own, given.volume.shape))
    setup_bar.bar_of_channels(session.state_of(Setup))
    show_tabs(given.own, "tab", {name: Tab(title, partial(_tab, show, given)) for name, (title, show) in PARTS.items()})
    tell(describe)


def describe() -> Summary:
    """The open tab in three sentences. Raises SpecError."""
    shown = _shown(_given())
    return SUMMARIES[shown.own.tab or next(iter(PARTS))](shown.layer, shown.own)


def _tab(show: Callable[[Given], None], given: Given) -> None:
    """What a tab shows; where there can be no layer, it says why."""
    notices()
    with refusal.said():
        show(given)
    session.finish()


def _given() -> Given:
    state = layer.reduced(session.state_of(Setup))
    volume = _volume(state, session.state_of(Channels).stack)
    own = layer.fitted(session.state_of(Channels), len(volume))
    session.current().states.put(own)
    return Given(state, own, volume, layer.names_of(own, len(volume), controls.TITLES))


def _shown(given: Given) -> Shown:
    """Raises SpecError."""
    made = layer.layer(given.state, given.own, given.volume.shape)
    return Shown(given.state, given.own, given.volume, given.names, made)


def _bank(given: Given) -> None:
    """The bank, and beside it the maps it makes."""
    with st.container(), suppress(SpecError):  # the maps' place says why there is none
        st.markdown(layer.sentence(_shown(given).layer))
    left, right = st.columns([1.1, 1], gap="medium")
    with left:
        _kernels(given)
        controls.bank(given.own, len(given.volume))
        controls.volume(given.own)
    with right, refusal.said():
        shown = _shown(given)
        setup_bar.padding_notes(shown.layer.spec, shown.layer.in_shape)
        show_cards("maps", [replace(card, note="") for card in _maps(shown)])


def _kernels(given: Given) -> None:
    bank("bank", given.own, given.names, bind.heard("bank"), lambda: bind.message("bank", "edit", reweighted, Channels))


def _maps(shown: Shown) -> list[Card]:
    return _made("maps", shown, (), partial(layer.shown_maps, shown.state, shown.own, shown.layer, shown.volume))


def live_bank() -> None:
    """The bank and its maps alone, for the lesson. Raises SpecError."""
    given = _given()
    _kernels(given)
    show_cards("maps", [replace(card, note="") for card in _maps(_shown(given))])


def _made(name: str, shown: Shown, cell: tuple[int, ...], make: Callable[[], T]) -> T:
    """What is made of the bank and the volume, by a worker where it is much. cell: the output it is about, if one."""
    bank_alone = replace(shown.own, cell=Channels().cell, part=())
    suited = cache.suited(shown.layer.counts["conv"].multiply_adds)
    return suited(name, (shown.state, bank_alone, upload.planes_id(shown.state), cell), make)


def _volume(state: Setup, stack: tuple[str, ...]) -> Bytes:
    """The input channels (C, H, W): these samples in grey, or the picture in colour."""
    if not stack:
        return upload.planes_of(replace(state, colour="rgb"))
    return cache.remember("volume", (stack, state.side), lambda: layer.stacked(stack, state.side))


def _inside(given: Given) -> None:
    """One output map, broken down into the contribution of every channel, and one of its sums written out."""
    shown = _shown(given)
    own, made, volume = shown.own, shown.layer, shown.volume
    controls.output(own)
    found = _made("apart", shown, own.cell, partial(layer.taken_apart, shown.state, own, made, volume, shown.names))
    show_cards("parts", found.cards)
    left, right = st.columns([1, 3], gap="medium")
    told = f"Output map {own.cell[0] + 1}: drag the frame to choose an output"
    with left:
        controls.cell(DragPicture(told, found.picture.src, found.picture.shape), found.at)
    with right:
        for line in found.lines:
            st.markdown(line)


def _matrix(given: Given) -> None:
    """The layer as one matrix of blocks, and what it costs."""
    made, own = _shown(given).layer, given.own
    _blocks(own, made)
    show_cards("costs", layer.cost_cards(made))


def _blocks(own: Channels, made: Layer) -> None:
    """The matrix with a frame to drag, and beside it what the frame holds and a small network."""
    key, suited = (made.spec, made.in_shape), cache.suited(made.counts["conv"].multiply_adds)
    tiles = suited("blocks", key, partial(blocks.whole, made))
    src = image.png_url(blocks.coloured(own, made, tiles))
    left, right = st.columns([1, 2], gap="medium")
    with left:
        told = "The weight matrix: drag the frame"
        controls.part(own, made, DragPicture(told, src, window.shape(made), window.size(made)))
    with right:
        show_cards("matrix", suited("close-up", (*key, own.part), partial(blocks.matrix_cards, own, made)))


PARTS: dict[str, tuple[str, Callable[[Given], None]]] = {
    "bank": ("Bank and maps", _bank),
    "inside": ("Inside one output", _inside),
    "matrix": ("One matrix, and its cost", _matrix),
}
SUMMARIES: dict[str, Callable[[Layer, Channels], Summary]] = {
    "bank": summary.bank,
    "inside": summary.inside,
    "matrix": summary.matrix,
}
