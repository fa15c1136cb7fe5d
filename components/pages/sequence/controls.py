"""The widgets of the Sequence page. None of them computes anything."""

import streamlit as st

from components.display.glossary import GLOSSARY
from components.pages.sequence.state import DigitClassifier, Sequence
from components.session import bind
from components.widgets.number import number
from components.widgets.row import FIELD, SLIDER, row


def drawn(own: Sequence) -> None:
    """The layer that is drawn."""
    with row():
        number("Steps T", bind.number(own, "length"), width=FIELD)
        number("Units", bind.number(own, "units"), width=FIELD, help="Numbers in a state h.")
        number("Inputs a step", bind.number(own, "inputs"), width=FIELD)


def gradient(own: Sequence) -> None:
    """How large V is, how far back to look, and whose gradient it is."""
    with row():
        st.slider(
            "Spectral radius of V",
            step=0.05,
            width=SLIDER,
            help=GLOSSARY["spectral radius"],
            **bind.slider(own, "radius"),
        )
        st.slider("Steps back", width=SLIDER, **bind.slider(own, "far"))
    with row():
        for n, label in enumerate(("Row of V", "Column of V")):
            number(label, bind.place(own, "entry", n), width=FIELD)
        number("Seed", bind.number(own, "seed"), width=FIELD, help="Of weights and inputs.")


def digits(own: DigitClassifier) -> None:
    """How both networks are trained."""
    with st.expander("Digits, and how they are trained"), row():
        number("Digits to train with", bind.number(own, "examples"), step=10, width=FIELD)
        number("Units", bind.number(own, "units"), width=FIELD)
        number("Rate η", bind.number(own, "rate"), step=0.001, width=FIELD, help=GLOSSARY["rate"])
        number("Epochs", bind.number(own, "epochs"), width=FIELD, help=GLOSSARY["epoch"])
        number("Seed", bind.number(own, "seed"), width=FIELD, help="Same seed, same digits and first weights.")
