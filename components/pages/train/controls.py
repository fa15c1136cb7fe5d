"""The widgets of the Train page. None of them computes anything."""

from typing import Any

import streamlit as st

from components.display.glossary import GLOSSARY
from components.display.layer import LAYER_NAMES
from components.pages.train.race import READOUTS
from components.pages.train.state import KINDS, Train
from components.session import bind
from components.state.link import edited
from components.widgets.number import number
from components.widgets.row import FIELD, row

OPTIMISERS = {"adam": "Adam", "momentum": "Momentum"}


def race(own: Train) -> None:
    """The networks, their data and their training settings."""
    with row():
        st.pills(
            "First layer",
            KINDS,
            selection_mode="multi",
            format_func=lambda kind: LAYER_NAMES[kind],
            label_visibility="collapsed",
            **bind.value("racers", list(own.kinds), lambda s, kinds: edited(s, kinds=tuple(kinds) or s.kinds), Train),
        )
        with st.popover("Data, read-out and training settings", icon=":material/tune:"), bind.in_menu():
            _digits(own)
            _training(own)


def reach(own: Train) -> None:
    """How far training digits are shifted."""
    number(
        "Maximum shift in training",
        bind.number(own, "reach"),
        width=2 * FIELD,
        help="In pixels; test digits are shifted by up to 3.",
    )


def _digits(own: Train) -> None:
    with row():
        number("Training digits", bind.number(own, "examples"), step=10, width=FIELD)
        number(
            "Maximum shift",
            bind.number(own, "reach"),
            width=FIELD,
            help="Of training digits, in pixels; test digits: up to 3.",
        )
        number(
            "Random seed",
            bind.number(own, "seed"),
            width=FIELD,
            help="The same seed gives the same digits and initial weights.",
        )
        st.selectbox(
            "Read-out", [*READOUTS], format_func=READOUTS.__getitem__, width=2 * FIELD, **bind.field(own, "readout")
        )
        st.toggle("Also scramble the pixels", help="One permutation for all digits.", **bind.field(own, "scrambled"))


def _training(own: Train) -> None:
    with row():
        st.segmented_control(
            "Optimiser",
            [*OPTIMISERS],
            format_func=OPTIMISERS.__getitem__,
            required=True,
            **bind.field(own, "optimiser"),
        )
        number("Learning rate η", bind.number(own, "rate"), step=0.001, width=FIELD, help=GLOSSARY["rate"])
        number("Batch size", bind.number(own, "batch"), width=FIELD, help=GLOSSARY["batch"])
        number("Epochs", bind.number(own, "epochs"), width=FIELD, help=GLOSSARY["epoch"])


def watched(own: Train) -> None:
    """The weight whose gradient is shown position by position."""
    with row():
        for n, label in enumerate(("Kernel", "Row", "Column")):
            number(label, bind.place(own, "watched", n), width=FIELD)


def disturbance(own: Train) -> None:
    number("Noise variance σ²", bind.number(own, "disturbance"), step=0.1, width=FIELD)


def download(text: str, **more: Any) -> None:  # noqa: ANN401  # Streamlit's own
    st.download_button("Table (CSV)", text, "training.csv", "text/csv", icon=":material/download:", **more)
