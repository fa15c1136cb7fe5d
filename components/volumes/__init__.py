"""What flows through a network: a card a layer, its units linked with all they see. Runs in the browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "volumes",
    html=(HERE / "volumes.html").read_text("utf-8"),
    css=(HERE / "volumes.css").read_text("utf-8"),
    js=(HERE / "volumes.js").read_text("utf-8"),
)


def volumes(key: str, data: dict[str, Any], on_open: Callable[[], None]) -> None:
    """Mount it; `on_open` finds [row, channel, row, column] of the unit that was clicked under `key`."""
    _mount(key=key, data=data, on_open_change=on_open)
