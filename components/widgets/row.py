"""Fields that stand beside each other, and how wide they are."""

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

FIELD, SLIDER = 150, 420  # pixels


def row(
    alignment: Literal["top", "center", "bottom"] = "bottom", gap: Literal["small", "medium"] = "medium"
) -> DeltaGenerator:
    """Fields beside each other, as far as there is room; two fit in a menu or a narrow column with a small gap."""
    return st.container(horizontal=True, vertical_alignment=alignment, gap=gap)
