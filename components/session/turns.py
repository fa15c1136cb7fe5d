"""Pages are drawn one after the other: each is finished sooner than if all were drawn at once.

Streamlit draws every page in a thread of its own, and Python lets one thread work at a time. Each element of a page is
handed to the thread of the connections, and each time another page's thread may go on: where ten are drawn at once,
each of the fifty elements of each page waits for the nine others. With fifty visitors, 95% of answers came within 309
ms in place of 866 (`python -m tests.benchmarks load --sessions 50 --minutes 1.3`, in one session on one machine).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, local
from typing import ParamSpec

import streamlit as st

P = ParamSpec("P")
PATIENCE = 1.0  # seconds after which a page is drawn out of turn: no page keeps the others waiting for longer
_drawing = Lock()


class _Mine(local):
    """Of a page's thread. within: it draws in turn, or has waited for that in vain; taken: the turn is its own."""

    within = False
    taken = False


_mine = _Mine()


@contextmanager
def turn() -> Iterator[None]:
    """Draw here what Python alone has to do: no other page is drawn meanwhile."""
    if _mine.within:  # a fragment of the page that is drawn
        yield
        return
    _mine.within = True
    _take()
    try:
        yield
    finally:
        _pass_on()
        _mine.within = False


@contextmanager
def waiting() -> Iterator[None]:
    """Wait here for a worker: others have their turn meanwhile, and then it is this page's again."""
    if not _mine.taken:
        yield
        return
    _pass_on()
    try:
        yield
    finally:
        _take()


def fragment(draw: Callable[P, None], run_every: float | None = None) -> Callable[P, None]:
    """As Streamlit's, in turn where it is drawn by itself."""
    drawn: Callable[P, None] = st.fragment(turn()(draw), run_every=run_every)
    return drawn


def _take() -> None:
    _mine.taken = _drawing.acquire(timeout=PATIENCE)


def _pass_on() -> None:
    if _mine.taken:
        _mine.taken = False
        _drawing.release()
