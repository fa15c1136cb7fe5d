"""What is made for everybody is made once, never of a visitor's own picture, and a maker that fails fails alone."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import partial
from queue import Queue
from threading import Event, Thread
from typing import Any

import pytest

from components.session import cache
from components.state.setup import DRAWING
from kernels.layer.spec import SpecError
from tests.support.visitor import Visitor

Asked = list[tuple[Callable[[], Any], Hashable]]  # what, and in whose name
SOON = 10.0  # seconds: what is to happen has happened by then


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What a worker is asked to make in this test, with nothing made before it."""
    calls: Asked = []

    def made(make: Callable[[], Any], who: Hashable = None) -> Any:  # noqa: ANN401  # whatever it makes
        calls.append((make, who))
        return make()

    monkeypatch.setattr(cache, "by_a_worker", made)
    monkeypatch.setattr(cache, "_common", OrderedDict())
    return calls


def test_a_class_that_opens_one_link_has_its_pictures_made_once(asked: Asked) -> None:
    first, second = Visitor("compare", image="camera"), Visitor("compare", image="camera")
    (_, who), visitor = asked[0], first.at.session_state["session"].visitor
    assert len(asked) == 1
    assert who not in (None, visitor), "whoever asked first may have work of his own, for which nobody else waits"
    assert first.at.title[0].value == second.at.title[0].value
    Visitor("compare", image="camera", drawing="f" * 64)
    assert len(asked) == 1, "what was drawn is no part of another picture"
    assert "f" * 64 not in repr(list(cache._common))
    Visitor("compare", image="camera", stride="2")
    assert len(asked) == 2


def test_nothing_made_of_a_drawing_is_kept_for_another(asked: Asked) -> None:
    for _ in range(2):
        Visitor("compare", image=DRAWING, drawing="f" * 64)
    assert len(asked) == 2
    assert not cache._common


def test_the_longest_unused_goes_first(asked: Asked) -> None:
    for n in (*range(cache.MOST_COMMON), 0, cache.MOST_COMMON):
        cache._of_all(n, partial(int, n))
    assert list(cache._common) == [*range(2, cache.MOST_COMMON), 0, cache.MOST_COMMON]
    assert len(asked) == cache.MOST_COMMON + 1


@pytest.mark.parametrize(
    ("error", "then"),
    [(None, "the first"), (SpecError("too large"), SpecError("too large")), (MemoryError("no room"), "the second")],
)
def test_who_waits_has_the_same_or_the_same_refusal_and_asks_alone_where_the_other_broke_off(
    error: Exception | None, then: object
) -> None:
    begun, go, first, second = Event(), Event(), Queue[object](), Queue[object]()

    def slow() -> str:
        begun.set()
        assert go.wait(SOON)
        if error:
            raise error
        return "the first"

    def ask(make: Callable[[], str], heard: Queue[object]) -> None:
        try:
            heard.put(cache._of_all("key", make))
        except (MemoryError, SpecError) as failed:
            heard.put(failed)

    Thread(target=ask, args=(slow, first), daemon=True).start()
    assert begun.wait(SOON)
    waits = Thread(target=ask, args=(lambda: "the second", second), daemon=True)
    waits.start()
    waits.join(0.1)
    assert waits.is_alive()
    go.set()
    assert first.get(timeout=SOON) == (error or "the first")
    assert repr(second.get(timeout=SOON)) == repr(then)
    assert list(cache._common) == ([] if error else ["key"])
