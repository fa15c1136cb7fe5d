"""A chart with its text alternative, and two quiet buttons that save what is drawn."""

import plotly.graph_objects as go
import streamlit as st

from components.widgets.mount import registered

CONFIG = {"displayModeBar": False}  # Plotly's own saves one format only, and its other buttons are not needed here

_save = registered(__file__)


def plot(figure: go.Figure, key: str, alt: str) -> None:
    """Draw it; the browser saves it as PNG or SVG, for it alone knows how wide it is and in which theme."""
    with st.container(key=f"chart-{key}", gap=None):
        st.plotly_chart(figure, config=CONFIG, key=key, alt=alt)
        _save(key=f"save-{key}", data={"name": key})
