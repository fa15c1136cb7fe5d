"""The widgets of the Channels page's layer. None of them computes anything."""

import streamlit as st

from components.display.glossary import GLOSSARY
from components.display.layer import Layer
from components.pages.channels import window
from components.pages.channels.layer import fitted, start_from
from components.pages.channels.state import INPUTS, OUTPUTS, TAPS, Channels, pinned, rebanked
from components.pages.channels.window import moved
from components.session import bind
from components.state.fields import Whole
from components.state.link import edited
from components.widgets.drag import DragPicture, drag_frame
from components.widgets.number import number
from components.widgets.row import FIELD
from kernels.images.samples import SAMPLES
from kernels.layer.banks import BANKS
from kernels.layer.spec import Pair

TITLES = {known.id: known.title for known in SAMPLES}
BANK_TITLES = {known.id: known.title for known in BANKS}


def volume(own: Channels) -> None:
    """The input channels."""
    st.multiselect(
        "Input channels (default: the picture's red, green and blue)",
        [*TITLES],
        format_func=TITLES.__getitem__,
        max_selections=INPUTS.high,
        help=GLOSSARY["channel"],
        **bind.value("stack", list(own.stack), lambda s, ids: edited(s, stack=ids), Channels),
    )


def bank(own: Channels, reads: int) -> None:
    """Number of outputs, kernel size, groups, and named banks to start from."""
    (K, L), taps = own.kernel_size, Whole(TAPS.low, TAPS.high)
    groups = [n for n in range(1, reads + 1) if reads % n == 0 and own.outputs % n == 0]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.menu_button(
            "Start from…",
            [known.id for known in BANKS if known.channels in (None, reads // own.groups)],
            format_func=BANK_TITLES.__getitem__,
            key="bank_preset",
            on_click=bind.menu,
            args=("bank_preset", lambda s, id: start_from(s, id, reads), Channels),
        )
        number("Random seed", bind.number(own, "seed"), width=FIELD)
        for label, name, shown, type_, edit in (
            ("Output maps", "outputs", own.outputs, OUTPUTS, lambda s, n: rebanked(s, n, *s.kernel_size)),
            ("K, rows", "bank_K", K, taps, lambda s, n: rebanked(s, s.outputs, n, s.kernel_size[1])),
            ("L, columns", "bank_L", L, taps, lambda s, n: rebanked(s, s.outputs, s.kernel_size[0], n)),
        ):
            number(label, bind.Number(name, shown, type_, edit, Channels), width=FIELD)
        st.segmented_control(
            "Groups",
            groups,
            required=True,
            help=GLOSSARY["groups"],
            **bind.value("groups", own.groups, lambda s, n: fitted(edited(s, groups=n), reads), Channels),
        )


def output(own: Channels) -> None:
    """The output map that is shown in detail."""
    st.segmented_control(
        "Output map",
        range(own.outputs),
        format_func=lambda o: f"Y{o + 1}",
        required=True,
        **bind.value("output", own.cell[0], lambda s, o: edited(s, cell=(o, *s.cell[1:])), Channels),
    )


def cell(picture: DragPicture, at: Pair) -> None:
    """The output whose sum is written out."""
    drag_frame("cell", picture, (1, 1), at, lambda: bind.message("cell", "place", pinned, Channels))


def part(own: Channels, layer: Layer, picture: DragPicture) -> None:
    """The window of W in the close-up."""
    extent, corner = window.frame(layer, own.part)
    drag_frame(
        "part",
        picture,
        extent,
        corner,
        lambda: bind.message("part", "place", lambda s, place: moved(s, layer, place), Channels),
    )
    factors = window.factors(layer)
    if len(factors) > 1:
        st.select_slider(
            "Zoom",
            factors,
            format_func=lambda n: f"×{n}",
            **bind.value(
                "closer",
                window.factor(layer, own.part),
                lambda s, n: edited(s, part=window.zoomed(layer, s.part, n)),
                Channels,
            ),
        )
