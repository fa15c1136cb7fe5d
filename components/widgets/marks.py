"""Letters on colours: whether weights carry them, and the switch that a component has for them."""

from collections.abc import Callable

from components.session import bind, session
from components.state.link import edited
from components.state.show import Show


def are_letters() -> bool:
    return session.state_of(Show).marks == "letters"


def taken_from(key: str) -> Callable[[], None]:
    """The callback of the component with this key, when its switch is pressed."""
    return lambda: bind.message(key, "marks", lambda show, sent: edited(show, marks=sent), Show)
