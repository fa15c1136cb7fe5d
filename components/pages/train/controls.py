"""The widgets of the Train page. None of them computes anything."""

from typing import Any

import streamlit as st

from components.display.glossary import GLOSSARY
from components.display.layer import LAYER_NAMES
from components.pages.train.race import FIRST, READOUTS
from components.pages.train.state import KINDS, Train
from components.session import bind
from components.state.link import edited
from components.widgets.sidebar import FIELD, row

OPTIMISERS = {"adam": "Adam", "momentum": "Momentum"}


def race(own: Train) -> None:
    """Which networks train, on how many digits, and how."""
    st.pills(
        "First layer",
        KINDS,
        selection_mode="multi",
        format_func=lambda kind: LAYER_NAMES[kind],
        **bind.value("racers", list(own.kinds), lambda s, kinds: edited(s, kinds=tuple(kinds) or s.kinds), Train),
    )
    with st.expander("Digits, read-out, and how they are trained"):
        _digits(own)
        _training(own)


def _digits(own: Train) -> None:
    with row():
        st.number_input("Digits to train with", step=10, width=FIELD, **bind.number(own, "examples"))
        st.number_input(
            "Moved by up to",
            width=FIELD,
            help="Pixels. Digits to test with: by up to 3.",
            **bind.number(own, "reach"),
        )
        st.number_input(
            "Seed", width=FIELD, help="Same seed, same digits and first weights.", **bind.number(own, "seed")
        )
        st.selectbox(
            "Read-out", [*READOUTS], format_func=READOUTS.__getitem__, width=2 * FIELD, **bind.field(own, "readout")
        )
        st.toggle("Scramble the pixels too", help="One order for all digits.", **bind.field(own, "scrambled"))


def _training(own: Train) -> None:
    with row():
        st.segmented_control(
            "Optimiser",
            [*OPTIMISERS],
            format_func=OPTIMISERS.__getitem__,
            required=True,
            **bind.field(own, "optimiser"),
        )
        st.number_input(
            "Rate η", step=0.001, format="%.4g", width=FIELD, help=GLOSSARY["rate"], **bind.number(own, "rate")
        )
        st.number_input("Batch", width=FIELD, help=GLOSSARY["batch"], **bind.number(own, "batch"))
        st.number_input("Epochs", width=FIELD, help=GLOSSARY["epoch"], **bind.number(own, "epochs"))


def watched(own: Train) -> None:
    """The weight whose gradient is taken apart."""
    limits: tuple[tuple[str, int], ...] = (
        ("Kernel", FIRST.out_channels),
        ("Row", FIRST.kernel_size[0]),
        ("Column", FIRST.kernel_size[1]),
    )
    with row():
        for n, (label, most) in enumerate(limits):
            st.number_input(label, 1, most, width=FIELD, **bind.place(own, "watched", n))


def disturbance(own: Train) -> None:
    st.number_input("Noise variance σ²", step=0.1, format="%.3g", width=FIELD, **bind.number(own, "disturbance"))


def download(text: str, **more: Any) -> None:  # noqa: ANN401  # Streamlit's own
    st.download_button("Table as CSV", text, "training.csv", "text/csv", icon=":material/download:", **more)
