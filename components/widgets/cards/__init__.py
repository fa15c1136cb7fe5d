"""Columns of pictures and facts whose places are linked: hover one, see all. Runs in the browser."""

from components.display import theme
from components.display.cards import Column, props
from components.widgets.mount import registered

_mount = registered(__file__, "make")


def exhibit(key: str, columns: list[Column]) -> None:
    """Show these columns side by side; all have the same pictures and facts, in the same order."""
    colours = {"negative": theme.NEGATIVE, "positive": theme.POSITIVE}
    _mount(key=key, data=props(columns) | {name: " ".join(map(str, rgb)) for name, rgb in colours.items()})
