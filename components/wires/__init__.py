"""Wirings as networks and as matrices, side by side: point at a connection, and all that share its weight light up."""

from pathlib import Path

import streamlit as st

from components.unrolled import Web, props

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "wires",
    html=(HERE / "wires.html").read_text("utf-8"),
    css=(HERE / "wires.css").read_text("utf-8"),
    js=(HERE / "wires.js").read_text("utf-8"),
)


def wires(key: str, webs: list[Web]) -> None:
    """Show these wirings side by side."""
    _mount(key=key, data=props(webs))
