"""What has to be said to the visitor, on any page."""

import streamlit as st

from components.display import words
from components.session import session


def notices() -> list[str]:
    """Says what has to be said now, wherever it is read first; what that was.

    In a place of its own, there even where nothing is said: what comes and goes in it moves nothing that stands below,
    which would be mounted anew while somebody types into it.
    """
    with st.container():
        for sentence in (told := session.notices()):
            st.warning(words.markdown_escaped(sentence), icon=":material/info:")
    return told
