"""Carries a file to the browser, which saves it, in a message of the page: there is no address that it has to ask for.

Streamlit's own button for a file that is made on a click keeps it until two runs of anybody have ended: sooner than the
browser asks, where a class is at work. A message may have 200 MB (server.maxMessageSize); the largest file there is,
the output of a colour picture of 512 × 512 pixels padded by 64 as a table, has about 30 MB.
"""

from collections.abc import Callable

from components.widgets.mount import registered

_mount = registered(__file__)


def download(key: str, message: bytes, on_arrived: Callable[[], None]) -> None:
    """message: of `Requests`. What the browser answers is in session state under `key`, as "arrived"."""
    _mount(key=key, data=message, on_arrived_change=on_arrived)
