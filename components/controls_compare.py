"""The widgets of the Compare page, a function a section. None of them computes anything."""

from typing import Any

import streamlit as st

from components import edits, features, session
from components.controls import plain
from components.drag import Sheet, drag_frame, drag_picture
from components.growth import QUANTITIES
from components.parsers import SEEDS
from components.state import COPIES_PASTED, PICTURES, Compare, Explore, edited
from kernels.spec import Shape

BORDERS = {"circular": "Circular", "zeros": "Zeros"}
NUMBERS = {True: "The same numbers", False: "Random free weights"}


def ladder(state: Explore, own: Compare, out_shape: Shape) -> None:
    """The same numbers in all four, or free weights at random; from convolution to locally connected."""
    left, middle, right = st.columns([1.3, 0.7, 2], gap="medium", vertical_alignment="bottom")
    left.segmented_control(
        "What the weights are",
        [*NUMBERS],
        format_func=NUMBERS.__getitem__,
        required=True,
        **session.tied("numbers", own.draw == 0, lambda s, same: edited(s, draw=int(not same)), Compare),
    )
    with middle.container():
        if own.draw:
            st.number_input("Seed", 1, SEEDS[1], **plain("draw", own))
    most = max(out_shape[1:])
    if most > 1:
        right.slider(
            f"Tiled: weights repeat every … outputs. 1 is a convolution, {most} locally connected",
            1,
            most,
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


def shift(own: Compare, sheet: Sheet) -> None:
    """By how much, by dragging or by numbers; what is beyond the border; every output or every second."""
    drag_picture(
        "shift",
        sheet,
        own.border == "circular",
        (own.down, own.right),
        lambda: session.dragged("shift", edits.shifted, Compare),
    )
    left, right = st.columns(2)
    height, width = sheet.shape
    left.number_input("Down", -height, height, **_within("down", own, height))
    right.number_input("Right", -width, width, **_within("right", own, width))
    st.segmented_control(
        "Padding beyond the border", [*BORDERS], format_func=BORDERS.__getitem__, required=True, **plain("border", own)
    )
    st.segmented_control("Stride of the layer", [1, 2], required=True, **plain("hop", own))


def shuffle(own: Compare) -> None:
    left, _ = st.columns([1, 3])
    left.number_input("Seed of the order", *SEEDS, **plain("shuffle", own))


def pattern(own: Compare, sheet: Sheet) -> None:
    """Which square of the picture, and how often it is hidden where."""
    corner, side = features.region(own, sheet.shape)
    drag_frame("pattern", sheet, (side, side), corner, lambda: session.dragged("pattern", edits.framed, Compare))
    left, right = st.columns(2)
    sides = session.tied("side_of_pattern", side, lambda s, n: edited(s, pattern=(*s.pattern[:2], n)), Compare)
    left.number_input("Square, pixels", 3, features.largest(sheet.shape), **sides)
    right.number_input("Copies", *COPIES_PASTED, **plain("pasted", own))
    left.number_input("Seed of the places", *SEEDS, **plain("places", own))
    right.number_input("Lessons", *PICTURES, **plain("pictures", own))


def _within(name: str, own: Compare, most: int) -> dict[str, Any]:
    """A field of the shift as far as it goes on this picture."""
    value = max(-most, min(most, getattr(own, name)))
    return session.tied(name, value, lambda s, n: edited(s, **{name: n}), Compare)
