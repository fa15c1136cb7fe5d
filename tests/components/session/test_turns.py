"""Pages are drawn one after the other; none waits for ever, and none that waits for a worker keeps others waiting."""

import re
from pathlib import Path
from threading import Event, Thread

import pytest

from components.session import turns
from components.session.turns import fragment, turn, waiting
from tests.support.visitor import Visitor

ROOT = Path(__file__).resolve().parents[3]
SOON = 10.0  # seconds: what is to happen has happened by then


def drawn(told: Event) -> None:
    with turn():
        told.set()


def another() -> Event:
    """Set when another page, in a thread of its own, is drawn."""
    told = Event()
    Thread(target=drawn, args=(told,), daemon=True).start()
    return told


def is_free() -> bool:
    return another().wait(SOON)


def test_a_page_begins_when_the_one_before_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", SOON)
    with turn():
        with turn():  # a fragment within its page
            pass
        told = another()
        assert not told.wait(0.05)
    assert told.wait(SOON)


def test_who_waits_for_a_worker_lets_others_draw_and_has_the_turn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", SOON)
    with waiting():  # nothing to pass on
        assert is_free()
    with turn():
        with waiting():
            assert is_free()
        told = another()
        assert not told.wait(0.05)
    assert told.wait(SOON)


def test_a_page_that_hangs_keeps_nobody_waiting_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    with turn():
        assert is_free()
        assert is_free()  # who was out of turn has passed nothing on
    assert is_free()


def test_a_page_that_has_gone_on_without_its_turn_waits_for_none_of_its_fragments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[float] = []

    class Held:
        def acquire(self, timeout: float) -> bool:
            asked.append(timeout)
            return False

    monkeypatch.setattr(turns, "_drawing", Held())
    with turn(), turn(), turn():
        pass
    assert asked == [turns.PATIENCE]
    with turn():
        pass
    assert len(asked) == 2


def test_a_page_that_is_broken_off_passes_its_turn_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", SOON)
    with pytest.raises(KeyboardInterrupt), turn():
        raise KeyboardInterrupt  # Streamlit's own are no Exceptions either
    assert is_free()


@pytest.mark.parametrize("path", ["explore", "train"])
def test_the_page_and_its_fragments_are_drawn_in_turn_and_leave_it_free(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []

    class Noted:
        def acquire(self, timeout: float) -> bool:
            taken.append("taken")
            return timeout == turns.PATIENCE

        def release(self) -> None:
            taken.append("passed on")

    monkeypatch.setattr(turns, "_drawing", Noted())
    page = Visitor(path)
    with page.within(0):
        page.run()
    assert len(taken) >= 4
    assert taken == ["taken", "passed on"] * (len(taken) // 2)


def test_no_fragment_is_drawn_out_of_turn() -> None:
    """Whoever decorates with Streamlit's own would be."""
    files = sorted((ROOT / "components").rglob("*.py"))
    assert [file.name for file in files if re.search(r"\bst\.fragment\b", file.read_text("utf-8"))] == ["turns.py"]
    assert fragment(drawn).__qualname__ == drawn.__qualname__  # by which Streamlit knows it again
