"""The keyboard of presenter mode: next and previous, play and pause, larger and smaller."""

from components.widgets.mount import registered

_mount = registered(__file__)


def keys() -> None:
    """Listen for as long as this is on the page."""
    _mount(key="keys", data={})
