"""The page knows that an answer is on its way; `assets/page.css` says what that looks like."""

from components.mount import registered

_mount = registered("pending")


def pending() -> None:
    """Watch from now on."""
    _mount(key="pending", data={})
