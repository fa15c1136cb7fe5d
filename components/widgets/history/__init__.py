"""One step in the browser's history for a click in the navigation."""

from components.widgets.mount import registered

_mount = registered(__file__)


def joined_steps() -> None:
    """Streamlit steps to the page, then the page to the address with what is set: from now on these are one step."""
    _mount(key="history", data={})
