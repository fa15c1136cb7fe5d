"""The page knows that an answer is on its way; `assets/page.css` says what that looks like."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "pending",
    html=(HERE / "pending.html").read_text("utf-8"),
    js=(HERE / "pending.js").read_text("utf-8"),
)


def pending() -> None:
    """Watch from now on."""
    _mount(key="pending", data={})
