"""What can be taken away from the Explore page. Each file is made when it is asked for."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from components.display.layer import Convolved
from components.pages.explore.export.files import exports
from components.pages.explore.export.full_size import MOST, full_size_map
from components.session import cache, upload, url
from components.session.picture import Original
from components.session.runs import Run
from components.state.setup import UPLOAD, Setup
from components.widgets import player
from components.widgets.download.menu import offers


def take_away(convolved: Callable[[], Convolved]) -> None:
    """The downloads, drawn when they are opened. convolved: of the present setup."""
    place = st.expander(
        "Download: pictures, tables, code, a handout", icon=":material/download:", key="downloads", on_change="rerun"
    )
    if place.open:
        made = convolved()
        with place:
            offers("explore", exports(made, url.link()))
            if made.state.image == UPLOAD:
                _full(made.state)


def full_size_run(state: Setup) -> Run[bytes]:
    """The run that makes the map of the uploaded file."""
    bare = replace(state, side=0, view="conv", period=1, zoom=(), untied=())  # without what the map does not depend on
    run: Run[bytes] = cache.run_of_page("full", (upload.planes_id(bare), bare))
    return run


def _full(state: Setup) -> None:
    """The map of the uploaded file as it was, not as it is shown."""
    original, run = upload.uploaded().original, full_size_run(state)
    if run.running and st.button("Stop", key="full_stop"):
        run.reset()
        st.rerun()  # the whole page: only that stops the clock
    if not run.running and not original.data:
        st.caption(
            "Your file is no longer kept, to free memory for other visitors. Upload it again to compute its full-size "
            "output."
        )
    elif not run.running:
        st.button(
            "Compute the output at full size",
            key="full_start",
            help=f"From the file you uploaded, up to {MOST // 10**6} million pixels.",
            on_click=_start,
            args=(run, original, state),
        )
    player.ticking(_making, run)


def _start(run: Run[bytes], original: Original, state: Setup) -> None:
    """Callback. The file is read here: Streamlit holds what a callback is given, and the file may have to go."""
    if original.data:
        run.start(partial(full_size_map, original.data, state))


def _making(run: Run[bytes]) -> None:
    player.progress(run, 0.0, "computing the map")
    if run.records:
        (made,) = run.records
        st.download_button("Output at full size (PNG)", made, "weight-loom-full.png", "image/png", key="full")
