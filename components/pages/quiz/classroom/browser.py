"""What a session knows of its browser, and the class as this browser sees it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from components.pages.quiz.classroom.rooms import Guesses, Moment, RoomError, Rooms, View
from components.pages.quiz.state import Quiz
from components.session import bind, cache

ROOMS = Rooms()
LEADING, WAITING = 2, 4  # seconds after which the teacher's and a student's page look again


@dataclass(slots=True)
class Browser:
    """What a session knows of its browser. opening: a class is to be opened as soon as the ticket is known.

    view: the class as the last run saw it; None for one that it is not in, or that has ended. guesses: of codes.
    """

    ticket: str = ""
    opening: bool = False
    view: View | None = None
    guesses: Guesses = field(default_factory=Guesses)


def browser() -> Browser:
    return cache.keep("browser", "", Browser)


def look(own: Quiz) -> View | None:
    """The class as this browser sees it now; None where there is none. Raises RoomError."""
    known = browser()
    known.view = None
    known.view = ROOMS.look(own.room, known.ticket, known.guesses)
    return known.view


def unchanged(own: Quiz, drawn: Moment) -> View | None:
    """The class as it is now; None where it has gone on since, or cannot be seen any more: then all is drawn anew."""
    try:
        view = look(own)
    except RoomError:
        return None
    return view if view is not None and view.moment == drawn else None


def act(does: Callable[..., None], code: str, *args: object) -> None:
    """Callback: do this in the class with this code, with this browser's ticket; a refusal is said."""

    def done(state: Quiz) -> Quiz:
        does(code, browser().ticket, *args)
        return state

    bind.change(done, Quiz)
