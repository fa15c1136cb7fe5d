"""What can be taken away from the Explore page. Each file is made when it is asked for."""

from dataclasses import replace
from functools import partial

import streamlit as st

from components.display import words
from components.display.layer import Convolved
from components.pages.explore.export.files import Export, exports
from components.pages.explore.export.full_size import MOST, full_size_map
from components.pages.explore.export.script import PICTURE
from components.session import cache, upload, url
from components.session.runs import Run, whole
from components.state.setup import UPLOAD, Setup
from components.widgets import player
from components.widgets.download import buttons
from components.widgets.download.requests import File, Requests

COLUMNS = 3


def take_away(convolved: Convolved) -> None:
    state = convolved.state
    with st.expander("Download: pictures, tables, code, a handout", icon=":material/download:"):
        _offers(convolved)
        if state.image == UPLOAD:
            _full(state)


@st.fragment
def _offers(convolved: Convolved) -> None:
    """Runs by itself when a file is asked for, and when it has arrived."""
    requests, offered = buttons.requests_of("explore"), exports(convolved, url.link())
    with st.container(gap=None):
        places = st.columns(COLUMNS)
        for n, export in enumerate(offered):
            with places[n % COLUMNS]:
                _offer(export, requests)
        buttons.deliver(requests, {_key(export): _file(export) for export in offered if not export.refused})


def _offer(export: Export, requests: Requests) -> None:
    buttons.button(
        export.label,
        _key(export),
        requests,
        help=export.note or None,
        disabled=bool(export.refused),
        width="stretch",
    )
    if export.refused:
        st.caption(words.markdown_escaped(export.refused))


def _key(export: Export) -> str:
    return f"take_{export.name}"


def _file(export: Export) -> File:
    name = export.name if export.name == PICTURE else f"weight-loom-{export.name}"
    return File(name, export.mime, export.make)


def _full(state: Setup) -> None:
    """The map of the uploaded file as it was, not as it is shown."""
    data = upload.uploaded().data
    bare = replace(state, side=0, view="conv", period=1, zoom=(), untied=())  # without what the map does not depend on
    run: Run[bytes] = cache.run_of_page("full", (upload.planes_id(bare), bare))
    if run.running and st.button("Stop", key="full_stop"):
        run.reset()
        st.rerun()  # the whole page: only that stops the clock
    if not run.running:
        st.button(
            "Compute the output at full size",
            key="full_start",
            help=f"From the file you uploaded, up to {MOST // 10**6} million pixels.",
            on_click=run.start,
            args=(whole(partial(full_size_map, data, state)),),
        )
    player.ticking(_making, run)


def _making(run: Run[bytes]) -> None:
    if run.running:
        player.progress(run, 0.0, "computing the map")
    if run.records:
        (made,) = run.records
        st.download_button("Output at full size (PNG)", made, "weight-loom-full.png", "image/png", key="full")
