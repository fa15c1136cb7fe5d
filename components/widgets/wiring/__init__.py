"""Wirings as networks and as matrices, side by side: point at a connection, and all that share its weight light up."""

from components.display.diagram import Diagram
from components.widgets.mount import registered

_mount = registered(__file__)


def wirings(key: str, diagrams: list[Diagram]) -> None:
    """Show these diagrams side by side."""
    _mount(key=key, data={"webs": [diagram.props() for diagram in diagrams]})
