"""Wirings as networks and as matrices, side by side: point at a connection, and all that share its weight light up."""

from components.pages.sequence.unrolled import Web, props
from components.widgets.mount import registered

_mount = registered(__file__)


def wires(key: str, webs: list[Web]) -> None:
    """Show these wirings side by side."""
    _mount(key=key, data=props(webs))
