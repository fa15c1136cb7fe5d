"""A list of layers one edits: add, remove, move, set an option, undo. What does not fit says why, where it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "builder",
    html=(HERE / "builder.html").read_text("utf-8"),
    css=(HERE / "builder.css").read_text("utf-8"),
    js=(HERE / "builder.js").read_text("utf-8"),
)


def builder(key: str, data: dict[str, Any], on_edit: Callable[[], None]) -> None:
    """Mount it; `on_edit` finds the edit, as `blueprint.built` takes it, in session state under `key`."""
    _mount(key=key, data=data, on_edit_change=on_edit)
