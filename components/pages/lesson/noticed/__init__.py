"""Says beside what a step asks for that it has been done; a screen reader says it, too."""

from components.widgets.mount import registered

_mount = registered(__file__)


def noticed(sentence: str) -> None:
    """Show this sentence with a tick; "" keeps its place free."""
    _mount(key="noticed", data={"sentence": sentence})
