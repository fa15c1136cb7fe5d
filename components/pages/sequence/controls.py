"""The widgets of the Sequence page. None of them computes anything."""

import streamlit as st

from components.display.glossary import GLOSSARY
from components.pages.sequence.state import DEEP, DigitClassifier, Sequence
from components.widgets.sidebar import FIELD, SLIDER, number, place, row


def drawn(own: Sequence) -> None:
    """The layer that is drawn."""
    with row():
        st.number_input("Steps T", width=FIELD, **number("length", own))
        st.number_input("Units", width=FIELD, help="Numbers in a state h.", **number("units", own))
        st.number_input("Inputs a step", width=FIELD, **number("inputs", own))


def gradient(own: Sequence) -> None:
    """How large V is, how far back to look, and whose gradient it is."""
    with row():
        st.slider(
            "Spectral radius of V",
            step=0.05,
            width=SLIDER,
            help=GLOSSARY["spectral radius"],
            **number("radius", own),
        )
        st.slider("Steps back", width=SLIDER, **number("far", own))
    with row():
        for n, label in enumerate(("Row of V", "Column of V")):
            st.number_input(label, 1, DEEP, width=FIELD, **place("entry", n, own))
        st.number_input("Seed", width=FIELD, help="Of weights and inputs.", **number("seed", own))


def reading(own: DigitClassifier) -> None:
    """How the two are trained; both alike."""
    with st.expander("Digits, and how they are trained"), row():
        st.number_input("Digits to train with", step=10, width=FIELD, **number("examples", own))
        st.number_input("Units", width=FIELD, **number("units", own))
        st.number_input(
            "Rate η",
            step=0.001,
            format="%.4g",
            width=FIELD,
            help=GLOSSARY["rate"],
            **number("rate", own),
        )
        st.number_input("Epochs", width=FIELD, help=GLOSSARY["epoch"], **number("epochs", own))
        st.number_input("Seed", width=FIELD, help="Same seed, same digits and first weights.", **number("seed", own))
