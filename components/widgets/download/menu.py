"""A page's files as buttons, each made when it is asked for."""

from collections.abc import Sequence

import streamlit as st

from components.display import words
from components.display.export import Export
from components.widgets.download import buttons
from components.widgets.download.requests import File, Requests

COLUMNS = 3


def offers(page: str, exports: Sequence[Export]) -> None:
    """A button for each, and the way to the browser. To be called in a fragment of its own."""
    requests = buttons.requests_of(page)
    with st.container(gap=None):
        places = st.columns(COLUMNS)
        for n, export in enumerate(exports):
            with places[n % COLUMNS]:
                _offer(export, requests)
        buttons.deliver(requests, {_key(export): _file(export) for export in exports if not export.refused})


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
    return File(export.file, export.mime, export.make)
