"""Wirings as networks and as matrices, side by side: point at a connection, and all that share its weight light up."""

from collections.abc import Callable, Sequence

from components.display.diagram import Diagram
from components.widgets import marks
from components.widgets.mount import registered

_mount = registered(__file__)


def wirings(
    key: str, diagrams: list[Diagram], acts: Sequence[str] = (), on_act: Callable[[], None] = lambda: None
) -> None:
    """Show these diagrams side by side.

    acts: what the page is told when one points at a connection of each diagram, once; on_act then runs.
    """
    data = {"webs": [diagram.props() for diagram in diagrams], "acts": acts, "letters": marks.are_letters()}
    _mount(key=key, data=data, on_act_change=on_act, on_marks_change=marks.taken_from(key))
