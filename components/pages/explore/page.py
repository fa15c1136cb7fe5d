"""Explore: a picture, a kernel, the output map, and the fully connected layer that computes the very same numbers."""

from collections.abc import Callable

import streamlit as st

from components.display import matrix, words
from components.display.layer import Layer, OutputMap, check_against_matrix, layer_of, output_map
from components.pages.explore import text
from components.pages.explore.export.menu import take_away
from components.pages.explore.loom import loom, props
from components.session import session
from components.state import setup
from components.widgets import sidebar
from kernels.layer.spec import Bytes, SpecError


def render() -> None:
    state = session.arrive()
    sidebar.sidebar(state)
    _finding()


def _finding() -> None:
    _guarded(_titled)


def live() -> None:
    """The loom and the check below it, without the finding: for the lesson, which has words of its own."""
    _guarded(_woven)


@st.fragment
def _guarded(show: Callable[[session.Desk, Layer, Bytes], object]) -> None:
    """Runs by itself when a change in the loom has settled: that costs one loom and one check, not a page."""
    desk = session.desk()
    state = desk.state
    session.publish()
    with st.container():  # a place of their own: what comes and goes here must not move, and so remount, the loom
        sidebar.notices()
    planes = session.picture(state)
    try:
        layer = layer_of(state, planes.shape[1:])
    except SpecError as error:
        st.title("This kernel does not fit the picture")
        st.error(words.markdown_escaped(f"{error}."), icon=":material/straighten:")
    else:
        show(desk, layer, planes)
    if not sidebar.up_to_date(state):
        st.rerun()
    session.finish()


def _titled(desk: session.Desk, layer: Layer, planes: Bytes) -> None:
    subject, predicate = text.title(layer)
    st.title(f":primary[{subject}]{predicate}")
    st.markdown(text.invitation(layer, len(planes)))
    result = _woven(desk, layer, planes)
    take_away(desk.state, layer, planes, result)


def _woven(desk: session.Desk, layer: Layer, planes: Bytes) -> OutputMap:
    state = desk.state
    window = state.view, state.flip, state.period, state.zoom
    numbers = (
        session.picture_key(state),
        layer.spec,
        state.kernel,
        state.flip,
        state.bias,
        state.activation,
        state.untied,
    )
    result = session.remember("output", numbers, lambda: output_map(state, layer, planes))
    tile = session.remember("tile", (layer.spec, layer.in_shape, *window), lambda: matrix.matrix_tiles(layer, *window))
    data = props(state, layer, planes, result, tile) | {"origin": desk.origin, "applied": desk.applied}
    loom("loom", data, lambda: session.edited_in_loom("loom", setup.in_loom))
    proof = session.remember("proof", numbers, lambda: check_against_matrix(state, layer, planes, result.linear))
    st.markdown(text.proof_line(proof))
    return result
