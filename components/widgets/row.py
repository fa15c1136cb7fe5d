"""Fields that stand beside each other, and how wide they are."""

from typing import Any

import streamlit as st

FIELD, SLIDER = 150, 420  # pixels


def row() -> Any:  # noqa: ANN401  # a Streamlit container
    """Fields beside each other, as far as there is room."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
