"""The floor of the load: an almost empty Streamlit page."""

import streamlit as st

st.title("Empty")
st.slider("A number", 0, 999)
st.file_uploader("A file")
