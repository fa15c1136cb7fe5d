"""The widgets of the Sharing page. None of them computes anything."""

from dataclasses import dataclass

import streamlit as st

from components.display.glossary import GLOSSARY
from components.pages.sharing.audit import EXAMPLE, LONGEST, bounded
from components.pages.sharing.factorised import METHODS, SIZES
from components.pages.sharing.reuse import EXAMPLES, SHARED
from components.pages.sharing.state import (
    GROUPS,
    MOVES,
    POINTS,
    RANK,
    Clustering,
    Factorised,
    Reuse,
    Sharing,
    text_of,
    typed,
)
from components.pages.sharing.symmetry import DOMAINS, EDGES, LADDER, MOVES_NAMED, NAMES
from components.session import bind, cache
from components.state.fields import Whole
from components.state.typed import LONGEST_MATRIX
from components.widgets.number import number
from components.widgets.row import FIELD, row


def symmetry(own: Sharing) -> None:
    """The domain, its size and the group: the dial from fully connected to one weight for all."""
    with row():
        st.selectbox("Domain", [*DOMAINS], format_func=DOMAINS.__getitem__, width=FIELD, **bind.field(own, "domain"))
        if own.domain == "graph":
            st.selectbox("Graph", [*EDGES], format_func=str.capitalize, width=FIELD, **bind.field(own, "graph"))
        else:
            number("n", bind.number(own, "points", POINTS[own.domain]), width=FIELD)
        st.segmented_control(
            "Symmetry",
            GROUPS[own.domain],
            format_func=NAMES.__getitem__,
            required=True,
            help=GLOSSARY["orbit"],
            **bind.field(own, "group"),
        )


def check(own: Sharing) -> None:
    """How the input is moved, and the weight that is changed alone."""
    with row():
        st.segmented_control(
            "Move the input",
            MOVES[own.domain],
            format_func=MOVES_NAMED.__getitem__,
            required=True,
            help=GLOSSARY["equivariance"],
            **bind.field(own, "move"),
        )
        st.toggle("Change a single weight", **bind.field(own, "alone"))


def reuse(own: Reuse) -> None:
    """The network whose layers share weights, and its sizes."""
    with row():
        st.segmented_control(
            "Network",
            [*EXAMPLES],
            format_func=EXAMPLES.__getitem__,
            required=True,
            help=GLOSSARY["tied"],
            **bind.field(own, "example"),
        )
        if own.example == "repeated":
            st.selectbox(
                "Shared by all", [*SHARED], format_func=SHARED.__getitem__, width=FIELD, **bind.field(own, "shared")
            )
            number("Blocks", bind.number(own, "uses"), width=FIELD)
        else:
            number("Inputs", bind.number(own, "inputs"), width=FIELD)
        number("Units", bind.number(own, "units"), width=FIELD)


@dataclass(slots=True)
class Pasted:
    """The visitor's list, which is theirs alone: it is no state, and no link has it."""

    text: str = EXAMPLE


def pasted() -> str:
    """Where a list is pasted; it outlasts the tab and the page."""
    kept = cache.keep("model_list", "", Pasted)

    def take(own: Reuse, text: object) -> Reuse:
        kept.text = bounded(text)
        return own

    st.text_area(
        "Your model's list: name, shape, storage",
        height=120,
        max_chars=LONGEST,
        help="Nothing of it is stored in the link.",
        **bind.value("model_list", kept.text, take, Reuse),
    )
    return kept.text


def factorised(own: Factorised) -> None:
    """What W is made of, and its sizes."""
    with row():
        st.segmented_control(
            "Fewer parameters by",
            [*METHODS],
            format_func=METHODS.__getitem__,
            required=True,
            **bind.field(own, "method"),
        )
        for name, label in SIZES[own.method].items():
            most = Whole(1, min(own.inputs, own.outputs, RANK.high)) if name == "rank" else None
            number(label, bind.number(own, name, most), width=FIELD)


def stack(own: Factorised) -> None:
    number("Channels C", bind.number(own, "channels"), width=FIELD, help="Of the stack of 3×3 convolutions.")


def locality(own: Sharing) -> None:
    """What the ladder is about, and how far an output of its last layer sees."""
    with row():
        told = "How many pixels away, in each direction, an output of the last layer sees."
        number("Reach Δ", bind.number(own, "delta"), width=FIELD, help=told)
        st.markdown(LADDER, width="content")


def clustering(own: Clustering) -> None:
    """The example's weights, how many values they share, and the learning rate."""
    with row():
        number("Clusters k", bind.number(own, "clusters"), width=FIELD)
        number("Learning rate", bind.number(own, "step"), step=0.1, width=FIELD)
        with st.popover("Edit the weights"):
            st.text_area(
                "Four rows of four weights",
                text_of(own.weights),
                key="sixteen",
                max_chars=LONGEST_MATRIX,
                help="Separated by spaces, tabs, commas or semicolons.",
            )
            st.button("Use these weights", key="use_sixteen", on_click=bind.menu, args=("sixteen", typed, Clustering))
