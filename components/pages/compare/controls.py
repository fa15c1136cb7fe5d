"""The widgets of the Compare page, one function per section. None of them computes anything."""

import streamlit as st

from components.display.glossary import GLOSSARY
from components.pages.compare.saving import QUANTITIES
from components.pages.compare.search import Square
from components.pages.compare.state import PATTERN, SHIFT, Compare, Readout, Signal, framed, shifted
from components.session import bind
from components.state.fields import SEED, Whole
from components.state.link import edited
from components.state.setup import Setup
from components.widgets.drag import DragPicture, drag_frame, drag_picture
from components.widgets.number import number
from components.widgets.row import FIELD, SLIDER, row
from kernels.layer.spec import Pair, Shape

BORDERS = {"circular": "Circular", "zeros": "Zeros"}
READOUTS: dict[Readout, str] = {"map": "The map", "max": "Global max pooling", "flat": "Flattened map"}
SIGNALS: dict[Signal, str] = {"one": "One output", "map": "The map W x", "random": "Random"}
NUMBERS = {True: "Same weights in all", False: "Random weights"}


def four_layers(state: Setup, own: Compare, out_shape: Shape) -> None:
    """Place the choice of weights, equal in all four or free ones at random, and the tiled layer's period."""
    with row():
        st.segmented_control(
            "Weights",
            [*NUMBERS],
            format_func=NUMBERS.__getitem__,
            required=True,
            **bind.value("numbers", own.draw == 0, lambda s, same: edited(s, draw=int(not same)), Compare),
        )
        with st.container(width="content"):
            if own.draw:
                number("Random seed (weights)", bind.number(own, "draw", Whole(1, SEED.high)), width=FIELD)
        tiled(state, out_shape)


def tiled(state: Setup, out_shape: Shape) -> None:
    """Place the tiled layer's period."""
    most = max(out_shape[1:])
    if most > 1:
        st.slider(
            "Tiled: weights repeat every … outputs",
            1,
            most,
            width=SLIDER,
            help=f"1 is the convolution, {most} the locally connected layer.",
            **bind.value(f"tiled{most}", min(state.period, most), lambda s, n: edited(s, period=n)),
        )


def quantity(own: Compare) -> None:
    st.segmented_control(
        "Quantity",
        [*QUANTITIES],
        format_func=QUANTITIES.__getitem__,
        required=True,
        help=GLOSSARY["multiply-add"],
        **bind.field(own, "quantity"),
    )


def shift(own: Compare, size: Pair) -> None:
    """The shift, the padding, the stride and what is read from the map."""
    height, width = (min(n, SHIFT.high) for n in size)
    with row():
        number("Down", bind.number(own, "down", Whole(-height, height)), width=FIELD)
        number("Right", bind.number(own, "right", Whole(-width, width)), width=FIELD)
        st.segmented_control(
            "Padding", [*BORDERS], format_func=BORDERS.__getitem__, required=True, **bind.field(own, "border")
        )
        st.segmented_control("Stride", [1, 2], required=True, **bind.field(own, "hop"))
        st.segmented_control(
            "Read-out",
            [*READOUTS],
            format_func=READOUTS.__getitem__,
            required=True,
            help=GLOSSARY["invariance"],
            **bind.field(own, "readout"),
        )


def shift_picture(own: Compare, picture: DragPicture) -> None:
    """The shift, by dragging the picture."""
    wrap, at = own.border == "circular", (own.down, own.right)
    drag_picture("shift", picture, wrap, at, lambda: bind.message("shift", "place", shifted, Compare))


def shuffle(own: Compare) -> None:
    number("Random seed (permutation)", bind.number(own, "shuffle"), width=2 * FIELD)


def pattern(own: Compare, square: Square, most: int) -> None:
    """The side of the square to search for, its copies and their positions, and the number of training pictures."""
    sides, edit = Whole(PATTERN.low, most), lambda s, n: edited(s, pattern=(*square.corner, n))
    with row():
        number("Square (pixels)", bind.Number("square", square.side, sides, edit, Compare), width=FIELD)
        number("Copies", bind.number(own, "pasted"), width=FIELD)
        number("Random seed (positions)", bind.number(own, "places"), width=FIELD)
        number("Training pictures", bind.number(own, "pictures"), width=FIELD)


def pattern_picture(picture: DragPicture, square: Square) -> None:
    """Which square, by dragging a frame."""
    drag_frame(
        "pattern",
        picture,
        (square.side, square.side),
        square.corner,
        lambda: bind.message("pattern", "place", lambda s, place: framed(s, square.side, place), Compare),
    )


def signal(own: Compare) -> None:
    """What Wᵀ is applied to."""
    st.segmented_control(
        "y, to which Wᵀ is applied",
        [*SIGNALS],
        format_func=SIGNALS.__getitem__,
        required=True,
        **bind.field(own, "signal"),
    )
