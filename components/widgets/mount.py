"""How our components are registered: the files of each lie beside its wrapper, scripts that several need lie here."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent


def registered(wrapper: str, *shared: str) -> ComponentRenderer:
    """The component whose files lie beside `wrapper` (a package's `__file__`), after the `shared` scripts."""
    folder = Path(wrapper).parent
    name = folder.name
    css = folder / f"{name}.css"
    scripts = *(HERE / f"{one}.js" for one in shared), folder / f"{name}.js"
    return st.components.v2.component(
        name,
        html=(folder / f"{name}.html").read_text("utf-8"),
        css=css.read_text("utf-8") if css.exists() else None,
        js="\n".join(script.read_text("utf-8") for script in scripts),
    )
