"""Explore: a picture, a kernel, the output map, and the fully connected layer that computes the very same numbers."""

import streamlit as st

from components import controls, edits, sentences, session, tiles, views, words
from components.loom import loom, props
from kernels.spec import SpecError


def render() -> None:
    session.arrive("explore")
    state = session.explore()
    with st.sidebar:
        controls.image_picker(state)
        controls.kernel_bank(state)
        controls.geometry(state)
    _finding()


@st.fragment
def _finding() -> None:
    """Runs by itself when a change in the loom has settled: that costs one loom and one check, not a page."""
    state = session.explore()
    session.publish()
    with st.container():  # a place of their own: what comes and goes here must not move, and so remount, the loom
        for sentence in session.notices():
            st.warning(words.plain(sentence), icon=":material/info:")
    planes = session.picture(state)
    try:
        layer = views.layer(state, planes.shape[1:])
    except SpecError as error:
        st.title("This kernel has no place to stand")
        st.error(words.plain(f"{error}."), icon=":material/straighten:")
        session.finish()
        return
    subject, predicate = sentences.title(layer)
    st.title(f":primary[{subject}]{predicate}")
    st.markdown(sentences.invitation(layer, len(planes)))
    result = views.output(state, layer, planes)
    window = state.view, state.flip, state.period, state.zoom
    tile = session.remember("tile", (layer.spec, layer.in_shape, *window), lambda: tiles.tile(layer, *window))
    data = props(state, layer, planes, result, tile) | {"origin": session.origin(), "applied": session.applied()}
    loom("loom", data, lambda: session.edited_in_loom("loom", edits.in_loom))
    proof = views.proof(state, layer, planes, result.linear)
    st.markdown(sentences.proof_line(proof))
    if not controls.up_to_date(state):
        st.rerun()
    session.finish()
