"""A row of small pictures to choose from: a radio group that looks like what it offers."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "picture_picker",
    html=(HERE / "picker.html").read_text("utf-8"),
    css=(HERE / "picker.css").read_text("utf-8"),
    js=(HERE / "picker.js").read_text("utf-8"),
)


def picker(key: str, options: list[dict[str, str]], chosen: str, on_choose: Callable[[], None]) -> None:
    """Mount it; options are {"id", "title", "src"}. `on_choose` finds the id in session state under `key`."""
    _mount(key=key, data={"options": options, "chosen": chosen}, on_choice_change=on_choose)
