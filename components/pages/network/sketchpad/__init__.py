"""A square to draw on: pen, finger or keyboard."""

from collections.abc import Callable

from components.widgets.mount import registered

_mount = registered(__file__)


def sketchpad(key: str, drawing: str, on_draw: Callable[[], None]) -> None:
    """Mount it; drawing: rows of hexadecimal levels. `on_draw` finds the new one in session state under `key`."""
    _mount(key=key, data={"drawing": drawing}, on_drawing_change=on_draw)
