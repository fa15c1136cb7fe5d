"""The widgets of the Sequence page. None of them computes anything."""

import streamlit as st

from components.display.glossary import GLOSSARY
from components.pages.sequence.state import DEEP, DigitClassifier, Sequence
from components.session import bind
from components.widgets.sidebar import FIELD, SLIDER, row


def drawn(own: Sequence) -> None:
    """The layer that is drawn."""
    with row():
        st.number_input("Steps T", width=FIELD, **bind.number(own, "length"))
        st.number_input("Units", width=FIELD, help="Numbers in a state h.", **bind.number(own, "units"))
        st.number_input("Inputs a step", width=FIELD, **bind.number(own, "inputs"))


def gradient(own: Sequence) -> None:
    """How large V is, how far back to look, and whose gradient it is."""
    with row():
        st.slider(
            "Spectral radius of V",
            step=0.05,
            width=SLIDER,
            help=GLOSSARY["spectral radius"],
            **bind.number(own, "radius"),
        )
        st.slider("Steps back", width=SLIDER, **bind.number(own, "far"))
    with row():
        for n, label in enumerate(("Row of V", "Column of V")):
            st.number_input(label, 1, DEEP, width=FIELD, **bind.place(own, "entry", n))
        st.number_input("Seed", width=FIELD, help="Of weights and inputs.", **bind.number(own, "seed"))


def digits(own: DigitClassifier) -> None:
    """How both networks are trained."""
    with st.expander("Digits, and how they are trained"), row():
        st.number_input("Digits to train with", step=10, width=FIELD, **bind.number(own, "examples"))
        st.number_input("Units", width=FIELD, **bind.number(own, "units"))
        st.number_input(
            "Rate η",
            step=0.001,
            format="%.4g",
            width=FIELD,
            help=GLOSSARY["rate"],
            **bind.number(own, "rate"),
        )
        st.number_input("Epochs", width=FIELD, help=GLOSSARY["epoch"], **bind.number(own, "epochs"))
        st.number_input(
            "Seed", width=FIELD, help="Same seed, same digits and first weights.", **bind.number(own, "seed")
        )
