"""How our components are registered: the files of each lie beside its wrapper, the script that all share lies here."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

SHARED = Path(__file__).with_name("shared.js")


def registered(wrapper: str, *parts: str) -> ComponentRenderer:
    """The component whose files lie beside `wrapper` (a package's `__file__`); `parts` of its script come first."""
    folder = Path(wrapper).parent
    css = folder / f"{folder.name}.css"
    return st.components.v2.component(
        folder.name,
        html=(folder / f"{folder.name}.html").read_text("utf-8"),
        css=css.read_text("utf-8") if css.exists() else None,
        js=module(folder, *parts),
    )


def module(folder: Path, *parts: str) -> str:
    """The component's JavaScript, in one module."""
    return "\n".join(script.read_text("utf-8") for script in scripts(folder, *parts))


def scripts(folder: Path, *parts: str) -> list[Path]:
    """The shared script, the component's parts, and the script named like its folder, which exports."""
    return [SHARED, *(folder / f"{part}.js" for part in (*parts, folder.name))]
