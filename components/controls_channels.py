"""The widgets of the Channels page's layer. None of them computes anything."""

import streamlit as st

from components import channels, closeup, edits, session
from components.controls import row
from components.drag import Sheet, drag_frame
from components.parsers import BANK_TAPS, CHANNELS, OUTPUTS
from components.state import Channels, edited
from components.views import Layer
from kernels.banks import BANKS
from kernels.samples import SAMPLES
from kernels.spec import Pair

FIELD = 150  # pixels
TITLES = {known.id: known.title for known in SAMPLES}
BANK_TITLES = {known.id: known.title for known in BANKS}


def volume(own: Channels) -> None:
    """What the input channels are."""
    st.multiselect(
        "Input channels (none chosen: the picture's red, green and blue)",
        [*TITLES],
        format_func=TITLES.__getitem__,
        max_selections=CHANNELS[1],
        **session.tied("stack", list(own.stack), lambda s, ids: edited(s, stack=ids), Channels),
    )


def bank(own: Channels, reads: int) -> None:
    """How many outputs, which size, which groups, and named banks to start from."""
    K, L = own.kernel_size
    groups = [n for n in range(1, reads + 1) if reads % n == 0 and own.outputs % n == 0]
    with row():
        st.menu_button(
            "Start from…",
            [known.id for known in BANKS if known.channels in (None, reads // own.groups)],
            format_func=BANK_TITLES.__getitem__,
            key="bank_preset",
            on_click=session.picked,
            args=("bank_preset", lambda s, id: channels.start_from(s, id, reads), Channels),
        )
        st.number_input(
            "Output maps",
            *OUTPUTS,
            width=FIELD,
            **session.tied("outputs", own.outputs, lambda s, n: edits.rebanked(s, n, *s.kernel_size), Channels),
        )
        st.number_input(
            "K, rows",
            *BANK_TAPS,
            width=FIELD,
            **session.tied("bank_K", K, lambda s, n: edits.rebanked(s, s.outputs, n, s.kernel_size[1]), Channels),
        )
        st.number_input(
            "L, columns",
            *BANK_TAPS,
            width=FIELD,
            **session.tied("bank_L", L, lambda s, n: edits.rebanked(s, s.outputs, s.kernel_size[0], n), Channels),
        )
        st.segmented_control(
            "Groups",
            groups,
            required=True,
            help="1: every output reads every channel. As many as there are channels: depthwise.",
            **session.tied("groups", own.groups, lambda s, n: channels.fitted(edited(s, groups=n), reads), Channels),
        )


def output(own: Channels) -> None:
    """Which output map is taken apart."""
    st.segmented_control(
        "Output map",
        range(own.outputs),
        format_func=lambda o: f"Y{o + 1}",
        required=True,
        **session.tied("output", own.cell[0], lambda s, o: edited(s, cell=(o, *s.cell[1:])), Channels),
    )


def cell(sheet: Sheet, at: Pair) -> None:
    """Which of its outputs is written out."""
    drag_frame("cell", sheet, (1, 1), at, lambda: session.dragged("cell", edits.pinned, Channels))


def part(own: Channels, layer: Layer, sheet: Sheet) -> None:
    """The window of W in the close-up."""
    extent, corner = closeup.frame(layer, own.part)
    drag_frame(
        "part",
        sheet,
        extent,
        corner,
        lambda: session.dragged("part", lambda s, place: edits.moved(s, layer, place), Channels),
    )
    factors = closeup.factors(layer)
    if len(factors) > 1:
        st.select_slider(
            "Close-up",
            factors,
            format_func=lambda n: f"×{n}",
            **session.tied(
                "closer",
                closeup.factor(layer, own.part),
                lambda s, n: edited(s, part=closeup.zoomed(layer, s.part, n)),
                Channels,
            ),
        )
