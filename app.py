"""Weight Loom: the router. `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from components.pages import PAGES
from components.widgets.toolbar import toolbar

ASSETS = Path(__file__).parent / "assets"

st.set_page_config(
    page_title="Weight Loom", page_icon=str(ASSETS / "favicon.png"), layout="wide", initial_sidebar_state=320
)
st.logo(str(ASSETS / "favicon.svg"), size="large")
pages = [
    st.Page(page.render, title=page.title, icon=page.icon, url_path=page.path, default=page is PAGES[0])
    for page in PAGES
]
st.html(ASSETS / "page.css")
st.navigation(pages, position="top").run()
toolbar()
