"""Tables of numbers."""

from typing import Any

import streamlit as st


def numbers(columns: tuple[str, ...]) -> dict[str, Any]:
    """Columns of large numbers."""
    return {name: st.column_config.NumberColumn(format="localized") for name in columns}
