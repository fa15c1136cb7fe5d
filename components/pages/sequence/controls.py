"""The widgets of the Sequence page. None of them computes anything."""

import streamlit as st

from components.display.glossary import GLOSSARY
from components.state.fields import (
    DEEP,
    EPOCHS,
    EXAMPLES,
    FAR,
    HIDDEN,
    LENGTH,
    RADIUS,
    RATES,
    READERS,
    SEEDS,
    STEP_INPUTS,
)
from components.state.link import Sequence
from components.widgets.sidebar import FIELD, SLIDER, place, plain, row


def drawn(own: Sequence) -> None:
    """The layer that is drawn."""
    with row():
        st.number_input("Steps T", *LENGTH, width=FIELD, **plain("length", own))
        st.number_input("Units", *HIDDEN, width=FIELD, help="Numbers in a state h.", **plain("units", own))
        st.number_input("Inputs a step", *STEP_INPUTS, width=FIELD, **plain("step_inputs", own))


def gradient(own: Sequence) -> None:
    """How large V is, how far back to look, and whose gradient it is."""
    with row():
        st.slider(
            "Spectral radius of V",
            *RADIUS,
            step=0.05,
            width=SLIDER,
            help=GLOSSARY["spectral radius"],
            **plain("radius", own),
        )
        st.slider("Steps back", *FAR, width=SLIDER, **plain("far", own))
    with row():
        for n, label in enumerate(("Row of V", "Column of V")):
            st.number_input(label, 1, DEEP, width=FIELD, **place("entry", n, own))
        st.number_input("Seed", *SEEDS, width=FIELD, help="Of weights and inputs.", **plain("sequence_seed", own))


def reading(own: Sequence) -> None:
    """How the two are trained; both alike."""
    with st.expander("Digits, and how they are trained"), row():
        st.number_input("Digits to train with", *EXAMPLES, step=10, width=FIELD, **plain("reading_digits", own))
        st.number_input("Units", *READERS, width=FIELD, **plain("readers", own))
        st.number_input(
            "Rate η",
            *RATES,
            step=0.001,
            format="%.4g",
            width=FIELD,
            help=GLOSSARY["rate"],
            **plain("reading_rate", own),
        )
        st.number_input("Epochs", *EPOCHS, width=FIELD, help=GLOSSARY["epoch"], **plain("reading_epochs", own))
        st.number_input(
            "Seed", *SEEDS, width=FIELD, help="Same seed, same digits and first weights.", **plain("reading_seed", own)
        )
