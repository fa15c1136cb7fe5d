"""The page's summary: the first thing in it for a screen reader, unseen, and in the dialog of `?` for everybody."""

import streamlit as st

from components.display import summary
from components.display.summary import Describe, Summary
from components.session import session
from components.widgets.mount import registered
from kernels.layer.spec import SpecError

_mount = registered(__file__)


def tell(describe: Describe) -> None:
    """At the end of a fragment that changes what the page says: say it anew."""
    with session.current().sentences.container():
        for sentence in made(describe).sentences:
            st.text(sentence)


def close(describe: Describe) -> None:
    """After the whole page, which has made what is told of by then: say it, and name the place where it is said."""
    tell(describe)
    with session.current().summary:
        _mount(key="summary-name", data={})


def made(describe: Describe) -> Summary:
    """The summary; where the settings allow nothing to be shown, one that says so."""
    try:
        return describe()
    except SpecError as error:
        return summary.refused(error)
