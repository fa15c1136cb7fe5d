"""Wirings as networks and as matrices, side by side: point at a connection, and all that share its weight light up."""

from components.mount import registered
from components.unrolled import Web, props

_mount = registered("wires")


def wires(key: str, webs: list[Web]) -> None:
    """Show these wirings side by side."""
    _mount(key=key, data=props(webs))
