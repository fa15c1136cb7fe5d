"""The page knows that an answer is on its way; `assets/page.css` says what that looks like."""

from components.widgets.mount import registered

_mount = registered(__file__)


def pending() -> None:
    """Watch from now on."""
    _mount(key="pending", data={})
