"""The widgets of the Network page. None of them computes anything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from components.display import setup_text
from components.pages.network.builder import builder
from components.pages.network.builder.history import History
from components.pages.network.builder.rows import props
from components.pages.network.edits import Snapshot, revised, start_from, titles
from components.pages.network.sketchpad import sketchpad
from components.pages.network.state import INPUT_CHANNELS, INPUT_SIDE, Net, Weights
from components.session import bind
from components.state import setup
from components.state.link import edited
from components.state.setup import Setup
from components.widgets import setup_bar
from components.widgets.menus import GALLERY, menu
from components.widgets.number import number
from components.widgets.row import row
from kernels.networks.plan import Plan
from kernels.networks.trained import TESTED

FIELD, EXAMPLE = 130, 210  # pixels
ROWS = 18  # of a table that is shown without a scroll bar of its own
WEIGHTS = {"trained": "Trained", "random": "Random", "edges": "Oriented edges"}
SHOWN = {"digit": "Digit", "scene": "Several digits", "sheet": "Draw", "picture": "Picture"}


def flow(state: Setup, own: Net, weights: Weights) -> None:
    """The network to start from, the input and the weights, of which those in use are marked."""
    setup_bar.place(lambda: _flow(state, own, weights), state, own)


def _flow(state: Setup, own: Net, weights: Weights) -> None:
    networks = titles()
    st.menu_button(
        "Start from…",
        [*networks],
        format_func=networks.__getitem__,
        key="net_start",
        on_click=bind.menu,
        args=("net_start", start_from, Net),
    )
    shown(own, "collapsed")
    if own.shown in ("digit", "scene"):
        example(own)
    if own.shown == "picture":
        menu("picture", setup_text.TITLES[state.image], "image", lambda: setup_bar.picture_alone(state), GALLERY)
    menu("weights", f"{WEIGHTS[weights]} weights", "tune", lambda: _weights(own, weights))
    st.toggle(
        "Invert",
        help="Swaps black and white; the training digits are white on black.",
        **bind.field(own, "inverted"),
    )


def _weights(own: Net, weights: Weights) -> None:
    st.segmented_control(
        "Weights",
        [*WEIGHTS],
        format_func=WEIGHTS.__getitem__,
        required=True,
        **bind.value("weights", weights, lambda net, chosen: edited(net, weights=chosen), Net),
    )
    number("Random seed", bind.number(own, "seed"), width=FIELD, help="For the random weights.")


def example(own: Net) -> None:
    number("Example", bind.number(own, "digit"), width=EXAMPLE, help=f"Which of the {TESTED} test digits.")


def shown(own: Net, label: Literal["visible", "collapsed"] = "visible") -> None:
    """What flows through the network."""
    st.segmented_control(
        "Input",
        [*SHOWN],
        format_func=SHOWN.__getitem__,
        required=True,
        label_visibility=label,
        **bind.field(own, "shown"),
    )


def drawing(state: Setup) -> None:
    sketchpad("sketchpad", state.drawing, lambda: bind.message("sketchpad", "drawing", setup.sketched))


def volume(own: Net) -> None:
    """What the network reads."""
    with row():
        for n, label in enumerate(("Input rows", "Input columns"), start=1):
            number(label, bind.Number(f"inputs{n}", own.inputs[n], INPUT_SIDE, _sized(n), Net), width=FIELD)
        st.segmented_control(
            "Input channels",
            [INPUT_CHANNELS.low, INPUT_CHANNELS.high],
            format_func=lambda n: "Grey" if n == 1 else "RGB",
            required=True,
            **bind.value("inputs0", own.inputs[0], _sized(0), Net),
        )


def tall(rows: int) -> Literal["content"] | int:
    """All rows of a table at once, as long as there are not too many."""
    return "content" if rows <= ROWS else 35 * ROWS


def _sized(n: int) -> Callable[[Net, int], Net]:
    def sized(own: Net, value: int) -> Net:
        return edited(own, inputs=(*own.inputs[:n], value, *own.inputs[n + 1 :]), unit=())

    return sized


@dataclass(slots=True)
class Editing:
    """What a session keeps of the builder. refusal: why the last edit was refused, until it has been shown."""

    history: History[Snapshot]
    refusal: str = ""


def layers(made: Plan, editing: Editing) -> None:
    def edit(own: Net, message: object) -> Net:
        try:
            found = revised(own, message, editing.history)
        except ValueError as error:
            editing.refusal = f"Nothing was changed: {error}."
            raise
        editing.history = found.history
        return found.own

    refusal, editing.refusal = editing.refusal, ""
    builder("builder", props(made, editing.history, refusal), lambda: bind.message("builder", "edit", edit, Net))
