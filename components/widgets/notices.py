"""What has to be said to the visitor, on any page."""

import streamlit as st

from components.display import words
from components.session import session


def notices() -> list[str]:
    """Says what has to be said now, wherever it is read first; what that was."""
    for sentence in (told := session.notices()):
        st.warning(words.markdown_escaped(sentence), icon=":material/info:")
    return told
