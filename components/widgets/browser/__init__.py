"""What is set right in the browser itself: steps in its history, and text that its translator has replaced."""

from components.widgets.mount import registered

PARTS = ("translator",)
_mount = registered(__file__, *PARTS)


def browser() -> None:
    """From now on, for as long as the app is open."""
    _mount(key="browser", data={})
