"""The ticket by which a class knows a browser again: drawn there, kept there, and told to nobody but this server."""

from collections.abc import Callable

from components.widgets.mount import registered

KEY, LENGTH = "ticket", 32
_mount = registered(__file__)


def ask(known: str, take: Callable[[], None]) -> None:
    """Ask the browser for its ticket; it draws one if it has none. known: the one this session has.

    take: callback for the message.
    """
    _mount(key=KEY, data={"known": known, "wanted": True}, on_ticket_change=take)


def recall(known: str, take: Callable[[], None]) -> None:
    """As `ask`, of a browser that has been in a class; any other has nothing to say."""
    _mount(key=KEY, data={"known": known, "wanted": False}, on_ticket_change=take)


def is_one(text: str) -> bool:
    """Whether this is a ticket: 32 hexadecimal digits.

    >>> is_one("0123456789abcdef" * 2), is_one("x" * 32)
    (True, False)
    """
    return len(text) == LENGTH and set(text) <= set("0123456789abcdef")
