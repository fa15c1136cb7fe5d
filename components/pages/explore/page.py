"""Explore: a picture, a kernel, the output map, and the fully connected layer that computes the very same numbers."""

from collections.abc import Hashable
from functools import partial

import streamlit as st

from components.display import matrix, words
from components.display.layer import Convolved, Layer, check_against_matrix, layer_of, output_map
from components.pages.explore import text
from components.pages.explore.dense_to_shared import stages
from components.pages.explore.export.menu import take_away
from components.pages.explore.faces import faces
from components.pages.explore.loom import loom, props, tying
from components.pages.explore.loom.message import read_message
from components.pages.explore.parts import Excerpt
from components.pages.explore.untied_copies import untied_copies
from components.session import bind, cache, session, upload, url
from components.state.setup import LANDING, Setup
from components.widgets import refusal, setup_bar
from components.widgets.notices import notices
from kernels.layer.spec import Bytes, SpecError


def render() -> None:
    session.arrive(landing=LANDING)
    _stage()


@st.fragment
def _stage() -> None:
    """Run by itself when a change in the bar or in the loom has settled: that costs one loom and one check, not a page.

    What may not move, so that an open menu stays open and the loom is not mounted anew, has as many elements above it
    whether the kernel fits or not.
    """
    state, planes = _begin()
    try:
        layer = layer_of(state, planes.shape[1:])
    except SpecError as error:
        st.title(text.UNFIT)
        _refuse(error)
        setup_bar.bar(state, planes.shape[1:])
    else:
        st.title(text.headline(layer))
        st.markdown(text.invitation(layer, len(planes)))
        bar, shown = setup_bar.place(), None
        with refusal.said():  # first of all: the map is what one waits for
            shown = _show_loom(state, layer, planes, Excerpt())
            _show_proof(shown)
        with bar:
            setup_bar.menus(state, planes.shape[1:])
        if shown:
            take_away(shown)
    session.finish()


def live(excerpt: Excerpt) -> None:
    """Show these parts of the loom, for a page that has a title and controls of its own. Raises SpecError."""
    state = session.state_of(Setup)
    planes = upload.planes_of(state)
    _show_loom(state, layer_of(state, planes.shape[1:]), planes, excerpt)


def _begin() -> tuple[Setup, Bytes]:
    """The setup and its picture; what has to be said first is said."""
    url.publish()
    with st.container():  # a place of their own: what comes and goes here must not move, and so remount, the loom
        notices()
    state = session.state_of(Setup)
    return state, upload.planes_of(state)


def _refuse(error: SpecError) -> None:
    st.error(words.sentence(error), icon=":material/straighten:")


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


def _show_loom(state: Setup, layer: Layer, planes: Bytes, excerpt: Excerpt) -> Convolved:
    window = state.view, state.flip, state.period, state.zoom
    made = cache.suited(len(planes) * layer.counts["conv"].multiply_adds)
    numbers = _numbers(state, layer)
    result = made("output", numbers, partial(output_map, state, layer, planes))
    tile = cache.remember("tile", (layer.spec, layer.in_shape, *window), lambda: matrix.matrix_tiles(layer, *window))
    told = cache.remember("tying", (layer.spec, layer.in_shape, state.flip), lambda: stages(layer, state.flip))
    beside = made("faces", numbers, partial(faces, state, layer, planes))
    copies = cache.remember("copies", numbers, lambda: untied_copies(state, layer, planes))
    known = session.current().loom
    convolved = Convolved(state, layer, planes, result)
    data = props(convolved, tile) | {
        "tying": tying(told),
        "faces": beside,
        "copies": copies,
        "origin": known.origin,
        "applied": known.serial,
        "scene": upload.scene(state, excerpt.scene),
        "parts": excerpt.parts,
        "acts": excerpt.acts,
    }
    loom("loom", data, lambda: bind.loom("loom", read_message), excerpt.on_act)
    return convolved


def _show_proof(made: Convolved) -> None:
    state, layer, planes, result = made.state, made.layer, made.planes, made.result
    suited = cache.suited(len(planes) * layer.counts["conv"].multiply_adds)
    check = partial(check_against_matrix, state, layer, planes, result.linear)
    st.markdown(text.proof_line(suited("proof", _numbers(state, layer), check)))
