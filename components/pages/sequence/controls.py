"""The widgets of the Sequence page. None of them computes anything."""

import streamlit as st

from components.display.glossary import GLOSSARY
from components.pages.sequence.state import DigitClassifier, RunningSum, Sequence
from components.session import bind
from components.widgets.number import number
from components.widgets.row import FIELD, row

SHORT = 260  # pixels: of a slider beside others


def drawn(own: Sequence) -> None:
    """The layer that is drawn."""
    with row():
        number("Steps T", bind.number(own, "length"), width=FIELD)
        number("Units", bind.number(own, "units"), width=FIELD, help="Dimension of the state h.")
        number("Inputs per step", bind.number(own, "inputs"), width=FIELD)


def gradient(own: Sequence) -> None:
    """The size of V, the length of the sequence, and the entry whose gradient is shown."""
    with row():
        st.slider(
            "Spectral radius of V",
            step=0.05,
            width=SHORT,
            help=GLOSSARY["spectral radius"],
            **bind.slider(own, "radius"),
        )
        st.slider("Sequence length", width=SHORT, **bind.slider(own, "far"))
        for n, label in enumerate(("Row of V", "Column of V")):
            number(label, bind.place(own, "entry", n), width=FIELD)
        number("Random seed", bind.number(own, "seed"), width=FIELD, help="For the weights and inputs.")


def longer(own: RunningSum) -> None:
    """How long sequences are in training, and the seed."""
    number("Steps T in training", bind.number(own, "steps"), width=FIELD)
    number("Random seed", bind.number(own, "seed"), width=FIELD, help="For sequences and initial weights.")


def digits(own: DigitClassifier) -> None:
    """The training settings of both networks."""
    with st.popover("Training settings", icon=":material/tune:"):
        number("Training digits", bind.number(own, "examples"), step=10, width=FIELD)
        number("Units", bind.number(own, "units"), width=FIELD)
        number("Learning rate η", bind.number(own, "rate"), step=0.001, width=FIELD, help=GLOSSARY["rate"])
        number("Epochs", bind.number(own, "epochs"), width=FIELD, help=GLOSSARY["epoch"])
        number(
            "Random seed",
            bind.number(own, "seed"),
            width=FIELD,
            help="The same seed gives the same digits and initial weights.",
        )
