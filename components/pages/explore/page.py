"""Explore: a picture, a kernel, the output map, and the fully connected layer that computes the very same numbers."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components.display import matrix, words
from components.display.layer import Convolved, Layer, check_against_matrix, layer_of, output_map
from components.pages.explore import text
from components.pages.explore.export.menu import take_away
from components.pages.explore.loom import loom, props
from components.pages.explore.loom.message import read_message
from components.session import bind, cache, session, upload, url
from components.state.setup import Setup
from components.widgets import refusal, sidebar
from kernels.layer.spec import Bytes, SpecError


def render() -> None:
    state = session.arrive()
    sidebar.sidebar(state)
    _on_this_layer(_show_page, state)


def live(step: int) -> None:
    """Show the loom and the check below it, without the finding: for the lesson, which has words of its own."""
    _on_this_layer(partial(_show_loom, step=step), session.state_of(Setup))


@st.fragment
def _on_this_layer(show: Callable[[Setup, Layer, Bytes], object], drawn: Setup) -> None:
    """Run by itself when a change in the loom has settled: that costs one loom and one check, not a page.

    drawn: the setup the whole page was drawn with. The loom changes the side of a drawing, which the sidebar shows.
    """
    state = session.state_of(Setup)
    url.publish()
    with st.container():  # a place of their own: what comes and goes here must not move, and so remount, the loom
        sidebar.notices()
    planes = upload.planes_of(state)
    try:
        layer = layer_of(state, planes.shape[1:])
    except SpecError as error:
        st.title("This kernel does not fit the picture")
        st.error(words.sentence(error), icon=":material/straighten:")
    else:
        with refusal.said():
            show(state, layer, planes)
    if state.side != drawn.side:
        st.rerun()
    session.finish()


def _show_page(state: Setup, layer: Layer, planes: Bytes) -> None:
    subject, predicate = text.title(layer)
    st.title(f":primary[{subject}]{predicate}")
    st.markdown(text.invitation(layer, len(planes)))
    take_away(_show_loom(state, layer, planes))


def _show_loom(state: Setup, layer: Layer, planes: Bytes, step: int = 0) -> Convolved:
    window = state.view, state.flip, state.period, state.zoom
    numbers = (
        upload.planes_id(state),
        layer.spec,
        state.kernel,
        state.flip,
        state.bias,
        state.activation,
        state.untied,
    )
    made = cache.suited(len(planes) * layer.counts["conv"].multiply_adds)
    result = made("output", numbers, partial(output_map, state, layer, planes))
    tile = cache.remember("tile", (layer.spec, layer.in_shape, *window), lambda: matrix.matrix_tiles(layer, *window))
    known = session.current().loom
    convolved = Convolved(state, layer, planes, result)
    data = props(convolved, tile) | {"origin": known.origin, "applied": known.serial}
    data["scene"] = upload.scene(state, step)
    loom("loom", data, lambda: bind.loom("loom", read_message))
    proof = made("proof", numbers, partial(check_against_matrix, state, layer, planes, result.linear))
    st.markdown(text.proof_line(proof))
    return convolved
