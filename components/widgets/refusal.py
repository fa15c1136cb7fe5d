"""What the engine or the pool refuses, said where it would have stood."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from components.display import words
from kernels.layer.spec import SpecError


@contextmanager
def said() -> Iterator[None]:
    """In the place of what this block cannot show: the sentence of its SpecError."""
    try:
        yield
    except SpecError as error:
        st.error(words.sentence(error), icon=":material/straighten:")
