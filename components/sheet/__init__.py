"""A small sheet to draw on: pen, finger or keyboard."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "sheet",
    html=(HERE / "sheet.html").read_text("utf-8"),
    css=(HERE / "sheet.css").read_text("utf-8"),
    js=(HERE / "sheet.js").read_text("utf-8"),
)


def sheet(key: str, drawing: str, on_draw: Callable[[], None]) -> None:
    """Mount it; drawing: rows of hexadecimal levels. `on_draw` finds the new one in session state under `key`."""
    _mount(key=key, data={"drawing": drawing}, on_drawing_change=on_draw)
