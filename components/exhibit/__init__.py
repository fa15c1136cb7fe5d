"""Columns of pictures and facts whose places are linked: hover one, see all. Runs in the browser."""

from pathlib import Path

import streamlit as st

from components import theme
from components.columns import Column, props

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "exhibit",
    html=(HERE / "exhibit.html").read_text("utf-8"),
    css=(HERE / "exhibit.css").read_text("utf-8"),
    js=(HERE / "exhibit.js").read_text("utf-8"),
)


def exhibit(key: str, columns: list[Column]) -> None:
    """Show these columns side by side; all have the same pictures and facts, in the same order."""
    colours = {"negative": theme.NEGATIVE, "positive": theme.POSITIVE}
    _mount(key=key, data=props(columns) | {name: " ".join(map(str, rgb)) for name, rgb in colours.items()})
