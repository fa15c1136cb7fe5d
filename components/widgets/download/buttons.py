"""Files made on a click: their buttons, and the way to the browser. Both belong in one fragment."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from components.display import words
from components.session import bind, cache
from components.widgets.download import download
from components.widgets.download.requests import File, Requests
from kernels.layer.spec import SpecError

KEY = "download"


def requests_of(page: str) -> Requests:
    """What the visitor has asked for on this page and not got yet; it is forgotten where there is another."""
    return cache.remember("requests", page, Requests)


def button(label: str, key: str, requests: Requests, **more: Any) -> None:  # noqa: ANN401  # Streamlit's own
    st.button(label, key=key, on_click=requests.ask, args=(key,), **more)


def deliver(requests: Requests, offers: Mapping[str, File]) -> None:
    """After the buttons: make what is due, hand it over, and say so where it cannot be made. offers: by button.

    To be called in a container without gaps: the component takes no room.
    """
    sentence, serial = st.container(), requests.due()
    try:
        message = _message(requests, serial, offers)
    except (SpecError, MemoryError) as error:
        told = str(error) or "The server does not have enough memory for this"
        with sentence:
            st.space("small")
            st.error(words.sentence(told), icon=":material/memory:")
        message = requests.header()
    download(KEY, message, lambda: requests.confirm(bind.entered(KEY, "arrived")))
    if serial in requests.asked:  # only now, for a run may be broken off before it has sent anything
        requests.sent = serial


def _message(requests: Requests, serial: str, offers: Mapping[str, File]) -> bytes:
    """The file that is due, made by a worker."""
    if not serial:
        return requests.header()
    made = {key: replace(file, make=partial(cache.by_a_worker, file.make)) for key, file in offers.items()}
    return requests.with_file(serial, made)
