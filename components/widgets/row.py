"""Fields that stand beside each other, and how wide they are."""

from typing import Any, Literal

import streamlit as st

FIELD, SLIDER = 150, 420  # pixels


def row(  # a Streamlit container
    alignment: Literal["top", "center", "bottom"] = "bottom", gap: Literal["small", "medium"] = "medium"
) -> Any:  # noqa: ANN401
    """Fields beside each other, as far as there is room; two fit in a menu or a narrow column with a small gap."""
    return st.container(horizontal=True, vertical_alignment=alignment, gap=gap)
