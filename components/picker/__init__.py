"""A row of small pictures to choose from: a radio group that looks like what it offers."""

from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

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


def source(picture: NDArray[np.uint8]) -> str:
    """A picture (h, w, 3) as a data: URL."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return "data:image/png;base64," + b64encode(file.getvalue()).decode()
