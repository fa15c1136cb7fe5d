"""The keyboard's way into a menu: Streamlit opens it at the end of the document, after all of the page."""

from components.widgets.mount import registered

_mount = registered(__file__)


def keyboard() -> None:
    """Listen for as long as this is on the page."""
    _mount(key="menus", data={})
