"""Explore: a picture, a kernel, the output map, and the fully connected layer that computes the very same numbers."""

from collections.abc import Hashable
from dataclasses import replace
from functools import partial

import streamlit as st

from components.display import setup_text, words
from components.display.layer import Convolved, Layer, check_against_matrix, gradient_notes, layer_of, output_map
from components.display.summary import Summary
from components.pages.explore import summary, text
from components.pages.explore.export.menu import full_size_run, take_away
from components.pages.explore.faces import faces
from components.pages.explore.guide import guides as guides
from components.pages.explore.loom import loom, props, still_props
from components.pages.explore.loom.message import read_message
from components.pages.explore.parts import Excerpt
from components.pages.explore.untied_copies import untied_copies
from components.session import bind, cache, session, upload, url
from components.session.turns import fragment
from components.state import setup
from components.state.setup import LANDING, Setup
from components.widgets import marks, refusal, setup_bar
from components.widgets.mount import Still
from components.widgets.notices import notices
from kernels.layer.spec import Bytes, SpecError

PROVING = 8  # multiply-adds for each connection of the proof: it is a worker's from 250,000 on, some 10 ms


def render() -> None:
    """Draw the page; by themselves run the bar, the loom when something in it has settled, and the downloads.

    What may not move, so that an open menu stays open and the downloads are not mounted anew (Streamlit 1.67 keeps what
    an expander has left behind), has as many elements above it whether the kernel fits or not.
    """
    state = session.arrive(landing=(LANDING,))
    planes = upload.planes_of(state)
    try:
        layer = layer_of(state, planes.shape[1:])
    except SpecError as error:
        st.title(text.UNFIT)
        _refuse(error)
        setup_bar.bar(state)
        with st.container(key="stage"):
            notices()
        url.publish()
    else:
        st.title(text.headline(layer))
        st.markdown(text.invitation(layer, len(planes)))
        setup_bar.bar(state)
        with st.container(key="stage"):
            _stage(_around(state))
    st.markdown(text.FURTHER)
    _take_away()
    session.finish()


def describe() -> Summary:
    """The page in three sentences. Raises SpecError."""
    state = session.state_of(Setup)
    return summary.summary(layer_of(state, upload.planes_of(state).shape[1:]))


@fragment
def _stage(drawn: Hashable) -> None:
    """The loom, and what it claims, checked. drawn: what the rest of the page shows of the setup."""
    notices()
    made = None
    with refusal.said():
        made = _show_loom(session.state_of(Setup), Excerpt())
    url.publish()  # after the loom: a new address is work for the browser
    if made:
        with refusal.said():
            _show_proof(made)
    if _around(session.state_of(Setup)) != drawn:
        st.rerun()
    session.finish()


@fragment
def _take_away() -> None:
    try:
        take_away(lambda: _convolved(session.state_of(Setup)))
    except SpecError:  # said where the loom would be
        st.caption("There is nothing to download: see above.")


def _around(state: Setup) -> Hashable:
    """What the page shows of the setup around the loom: not what changes in the loom alone."""
    bare = replace(setup.emptied(state), view="conv", period=1, zoom=(), untied=(), drawing="")
    return bare, setup_text.kernel(state), len(state.untied), len(full_size_run(state).records)


def live(excerpt: Excerpt) -> None:
    """Show these parts of the loom, for a page that has a title and controls of its own. Raises SpecError."""
    _show_loom(session.state_of(Setup), excerpt)


def _refuse(error: SpecError) -> None:
    st.error(words.sentence(error), icon=":material/straighten:")


def _convolved(state: Setup) -> Convolved:
    """The layer of this state on its picture. Raises SpecError."""
    planes = upload.planes_of(state)
    layer = layer_of(state, planes.shape[1:])
    made = _suited(layer, planes)("output", _numbers(state, layer), partial(output_map, state, layer, planes))
    return Convolved(state, layer, planes, made)


def _numbers(state: Setup, layer: Layer) -> tuple[Hashable, ...]:
    """What the output depends on."""
    return (
        upload.planes_id(state),
        layer.spec,
        state.kernel,
        state.flip,
        state.bias,
        state.activation,
        state.untied,
    )


def _suited(layer: Layer, planes: Bytes) -> cache.Cached:
    """The way to compute something of this size: here, or in a worker."""
    return cache.suited(len(planes) * layer.counts["conv"].multiply_adds)


def _show_loom(state: Setup, excerpt: Excerpt) -> Convolved:
    made = _convolved(state)
    layer, planes, numbers = made.layer, made.planes, _numbers(state, made.layer)
    window = state.view, state.flip, state.period, state.zoom
    still = upload.planes_id(state), state.wires, layer.spec, *window, *layer.counts.values()
    known = session.current().loom
    data = props(made) | {
        "faces": _suited(layer, planes)("faces", numbers, partial(faces, state, layer, planes)),
        "notes": _notes(made, numbers),
        "copies": cache.remember("copies", numbers, lambda: untied_copies(state, layer, planes)),
        "origin": known.origin,
        "applied": known.serial,
        "scene": upload.scene(state, excerpt.scene),
        "parts": excerpt.parts,
        "acts": excerpt.acts,
        "letters": marks.are_letters(),
    }
    kept = cache.remember("still", still, lambda: Still(still_props(made)))
    loom("loom", data, kept, lambda: bind.loom("loom", read_message), excerpt.on_act, marks.taken_from("loom"))
    return made


def _notes(made: Convolved, numbers: tuple[Hashable, ...]) -> list[str]:
    """What is said of each untied copy; nothing has to be computed where there is none."""
    if not made.layer.untied:
        return []
    tell = partial(gradient_notes, made.state, made.layer, made.planes)
    return _suited(made.layer, made.planes)("notes", numbers, tell)


def _show_proof(made: Convolved) -> None:
    state, layer, planes = made.state, made.layer, made.planes
    check = partial(check_against_matrix, state, layer, planes, made.result.linear)
    suited = cache.suited(PROVING * len(planes) * layer.counts["conv"].connections)
    st.markdown(text.proof_line(suited("proof", _numbers(state, layer), check)))
