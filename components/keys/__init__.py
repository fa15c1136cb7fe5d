"""The keyboard of presenter mode: next and previous, play and pause, larger and smaller."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "keys",
    html=(HERE / "keys.html").read_text("utf-8"),
    js=(HERE / "keys.js").read_text("utf-8"),
)


def keys() -> None:
    """Listen for as long as this is on the page."""
    _mount(key="keys", data={})
