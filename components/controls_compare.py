"""The widgets of the Compare page, a function a section. None of them computes anything."""

from typing import Any

import streamlit as st

from components import edits, features, session
from components.controls import plain, row
from components.drag import Sheet, drag_frame, drag_picture
from components.growth import QUANTITIES
from components.parsers import SEEDS
from components.state import COPIES_PASTED, PICTURES, Compare, Explore, edited
from kernels.spec import Pair, Shape

FIELD, SLIDER = 150, 420  # pixels
BORDERS = {"circular": "Circular", "zeros": "Zeros"}
NUMBERS = {True: "The same numbers", False: "Random free weights"}


def ladder(state: Explore, own: Compare, out_shape: Shape) -> None:
    """The same numbers in all four, or free weights at random; from convolution to locally connected."""
    with row():
        st.segmented_control(
            "What the weights are",
            [*NUMBERS],
            format_func=NUMBERS.__getitem__,
            required=True,
            **session.tied("numbers", own.draw == 0, lambda s, same: edited(s, draw=int(not same)), Compare),
        )
        with st.container(width="content"):
            if own.draw:
                st.number_input("Seed of the weights", 1, SEEDS[1], width=FIELD, **plain("draw", own))
        most = max(out_shape[1:])
        if most > 1:
            st.slider(
                f"Tiled: weights repeat every … outputs (1: convolution, {most}: locally connected)",
                1,
                most,
                width=SLIDER,
                **session.tied("tiled", min(state.period, most), lambda s, n: edited(s, period=n)),
            )


def quantity(own: Compare) -> None:
    st.segmented_control(
        "What is counted", [*QUANTITIES], format_func=QUANTITIES.__getitem__, required=True, **plain("quantity", own)
    )


def race(running: session.Race) -> None:
    """Start or stop measuring. Outside the fragment that measures: it has to be told to tick, or not to."""
    if running.running:
        st.button("Stop measuring", key="race_stop", on_click=running.stop)
    else:
        label = "Measure again" if running.laps else "Measure the times"
        st.button(label, key="race_start", on_click=running.start, type="primary")


def shift(own: Compare, size: Pair) -> None:
    """By how much; what is beyond the border; an output for every pixel or for every second."""
    height, width = size
    with row():
        st.number_input("Down", -height, height, width=FIELD, **_within("down", own, height))
        st.number_input("Right", -width, width, width=FIELD, **_within("right", own, width))
        st.segmented_control(
            "Padding", [*BORDERS], format_func=BORDERS.__getitem__, required=True, **plain("border", own)
        )
        st.segmented_control("Stride of the layer", [1, 2], required=True, **plain("hop", own))


def shift_sheet(own: Compare, sheet: Sheet) -> None:
    """The same by dragging."""
    wrap, at = own.border == "circular", (own.down, own.right)
    drag_picture("shift", sheet, wrap, at, lambda: session.dragged("shift", edits.shifted, Compare))


def shuffle(own: Compare) -> None:
    st.number_input("Seed of the order", *SEEDS, width=FIELD, **plain("shuffle", own))


def pattern(own: Compare, size: Pair) -> None:
    """How large a square of the picture to look for, how often it is hidden, and how much was learned before."""
    _, side = features.region(own, size)
    sides = session.tied("side_of_pattern", side, lambda s, n: edited(s, pattern=(*s.pattern[:2], n)), Compare)
    with row():
        st.number_input("Square, pixels", 3, features.largest(size), width=FIELD, **sides)
        st.number_input("Copies", *COPIES_PASTED, width=FIELD, **plain("pasted", own))
        st.number_input("Seed of the places", *SEEDS, width=FIELD, **plain("places", own))
        st.number_input("Lessons", *PICTURES, width=FIELD, **plain("pictures", own))


def pattern_sheet(own: Compare, sheet: Sheet) -> None:
    """Which square, by dragging a frame."""
    corner, side = features.region(own, sheet.shape)
    drag_frame("pattern", sheet, (side, side), corner, lambda: session.dragged("pattern", edits.framed, Compare))


def _within(name: str, own: Compare, most: int) -> dict[str, Any]:
    """A field of the shift as far as it goes on this picture."""
    value = max(-most, min(most, getattr(own, name)))
    return session.tied(name, value, lambda s, n: edited(s, **{name: n}), Compare)
