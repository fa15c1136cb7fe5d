"""Cards of pictures and facts whose places are linked: hover one, see all. Runs in the browser."""

from components.display import theme
from components.display.cards import Card, props
from components.widgets.mount import registered

_mount = registered(__file__)


def show_cards(key: str, cards: list[Card]) -> None:
    """Show these cards side by side; all have the same pictures and facts, in the same order."""
    colours = {"negative": theme.NEGATIVE, "positive": theme.POSITIVE}
    _mount(key=key, data=props(cards) | {name: " ".join(map(str, rgb)) for name, rgb in colours.items()})
