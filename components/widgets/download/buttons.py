"""Files made on a click: their buttons, and the way to the browser. Both belong in one fragment."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.display import words
from components.session import bind, cache
from components.widgets.download import courier
from components.widgets.download.requests import File, Parcels
from kernels.layer.spec import SpecError

COURIER = "courier"


def parcels(page: str) -> Parcels:
    """What the visitor has asked for on this page and not got yet; it is forgotten where there is another."""
    return cache.remember("parcels", page, Parcels)


def button(label: str, key: str, under_way: Parcels, **more: Any) -> None:  # noqa: ANN401  # Streamlit's own
    st.button(label, key=key, on_click=under_way.ask, args=(key,), **more)


def deliver(under_way: Parcels, offers: Mapping[str, File]) -> None:
    """After the buttons: make what is due, hand it over, and say so where it cannot be made. offers: by button.

    To be called in a container without gaps: the courier takes no room.
    """
    sentence, serial = st.container(), under_way.due()
    try:
        message = _message(under_way, serial, offers)
    except (SpecError, MemoryError) as error:
        told = f"{str(error) or 'The server has no memory left for this'}."
        with sentence:
            st.space("small")
            st.error(words.markdown_escaped(told), icon=":material/memory:")
        message = under_way.note()
    courier(COURIER, message, lambda: under_way.heard(bind.entered(COURIER).get("told")))
    if serial in under_way.asked:  # only now, for a run may be broken off before it has sent anything
        under_way.under_way = serial


def _message(under_way: Parcels, serial: str, offers: Mapping[str, File]) -> bytes:
    if not serial:
        return under_way.note()
    with cache.HEAVY:
        return under_way.packed(serial, offers)
