"""Values that are made once: of the page that is shown, and of what the visitor has done."""

from collections.abc import Callable, Hashable
from contextlib import nullcontext
from threading import Lock
from typing import Any, TypeVar

from components.session.runs import Run
from components.session.session import current

T = TypeVar("T")
HEAVY = Lock()  # what takes a second or a hundred megabytes is made one at a time in the whole process


def remember(name: str, key: Hashable, make: Callable[[], T], heavy: bool = False) -> T:
    """The value made for this key the last time, or a new one in its place; it is dropped when the page is left."""
    cached = current().page_cache
    with HEAVY if heavy and cached.get(name, (None,))[0] != key else nullcontext():
        return _cached(cached, name, key, make)


def keep(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """As `remember`, for the visitor's own doing, which cannot be made again: it outlasts the page."""
    return _cached(current().kept, name, key, make)


def run(name: str, key: Hashable) -> Run[Any]:
    """The visitor's run of this name for this key. A lesson has runs of its own."""
    session = current()
    return _run(session.kept, f"{name} in the lesson" if session.states.start else name, key, 1)


def run_of_page(name: str, key: Hashable, size: int) -> Run[Any]:
    """As `run`, of something so large that it is dropped when the page is left."""
    return _run(current().page_cache, name, key, size)


def _run(cached: dict[str, tuple[Hashable, Any]], name: str, key: Hashable, size: int) -> Run[Any]:
    before, old = cached.get(name, (key, None))
    if before != key and old:
        old.stop()
    visitor = current().visitor
    return _cached(cached, name, key, lambda: Run(visitor, size=size))


def _cached(cached: dict[str, tuple[Hashable, Any]], name: str, key: Hashable, make: Callable[[], T]) -> T:
    if name not in cached or cached[name][0] != key:
        cached[name] = (key, make())
    value: T = cached[name][1]
    return value
