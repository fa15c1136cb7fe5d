"""Of everybody's heavy work a few are at it, in turn; who waits knows how many come first."""

from threading import Thread

import pytest

from components.session import queue as line
from components.session.queue import FullError, Queue


class Clock:
    """Time that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(line, "monotonic", clock)
    return clock


def asked(line: Queue, whom: str) -> list[int]:
    """What each is told; who may work does, and is done at once."""
    told = []
    for who in whom:
        told.append(line.ask(who))
        line.done(who)
    return told


def test_who_works_longer_than_the_lease_keeps_the_place(clock: Clock) -> None:
    line = Queue(seats=1, quantum=100, lease=5)
    assert line.ask("a") == 0
    clock.now = 30
    assert asked(line, "b") == [1]
    clock.now = 33
    line.done("a")
    assert asked(line, "bab") == [1, 0, 1]
    clock.now = 60
    assert asked(line, "b") == [0]


def test_the_first_work_and_the_others_are_told_how_many_come_first() -> None:
    line = Queue(seats=2)
    assert asked(line, "abcde") == [0, 0, 1, 2, 3]
    assert asked(line, "edcba") == [3, 2, 1, 0, 0]  # asking again, in whatever order, changes nothing


def test_who_leaves_makes_room_for_the_next_and_comes_back_to_the_end() -> None:
    line = Queue(seats=1)
    assert asked(line, "abc") == [0, 1, 2]
    line.leave("a")
    assert asked(line, "bca") == [0, 1, 2]
    line.leave("nobody")
    assert asked(line, "bca") == [0, 1, 2]


def test_after_a_quantum_the_next_ones_turn_comes_and_alone_one_works_on(clock: Clock) -> None:
    line = Queue(seats=1, quantum=5, lease=100)
    assert asked(line, "a") == [0]
    clock.now = 50
    assert asked(line, "a") == [0]
    assert asked(line, "b") == [1]
    assert asked(line, "a") == [1]  # it has had its quantum
    assert asked(line, "b") == [0]
    clock.now = 54
    assert asked(line, "ba") == [0, 1]
    clock.now = 55
    assert asked(line, "ba") == [1, 0]


def test_in_the_long_run_everybody_works_the_same(clock: Clock) -> None:
    line = Queue(seats=2, quantum=5, crowd=7)
    worked = dict.fromkeys("abcdefg", 0)
    for _ in range(7 * 100):
        clock.now += 0.5
        for who in worked:
            worked[who] += line.ask(who) == 0
    assert max(worked.values()) - min(worked.values()) <= 2 * 10 + 2  # two quanta of ten looks, and a look at each end
    assert sum(worked.values()) == pytest.approx(2 * 700, rel=0.15)  # and the seats are taken


def test_who_has_had_a_quantum_does_not_go_behind_those_beyond_the_crowd(clock: Clock) -> None:
    line = Queue(seats=1, crowd=3, quantum=5, lease=100)
    asked(line, "abcdef")
    began: set[str] = set()
    for _ in range(20):
        clock.now += 5
        began |= {who for who in "abcdef" if line.ask(who) == 0}
    assert began == set("abc")
    line.leave("b")
    for _ in range(20):
        clock.now += 5
        began |= {who for who in "acdef" if line.ask(who) == 0}
    assert began == set("abcd")


def test_who_has_not_asked_for_a_while_is_passed_over_and_finds_the_place_again_until_the_grace_is_over(
    clock: Clock,
) -> None:
    line = Queue(seats=1, quantum=1000, lease=5, grace=60)
    assert asked(line, "abc") == [0, 1, 2]
    clock.now = 4
    assert asked(line, "ac") == [0, 2]
    clock.now = 6
    assert asked(line, "c") == [1]  # b is silent
    clock.now = 10
    assert asked(line, "c") == [0]  # and now a is, too
    assert asked(line, "bc") == [0, 1]
    clock.now = 65
    assert asked(line, "cba") == [0, 0, 2]  # a was silent for more than the grace, b was not
    assert [*line.entries] == ["b", "c", "a"]


def test_those_who_are_passed_over_keep_nobody_from_taking_turns(clock: Clock) -> None:
    line = Queue(seats=1, crowd=3, quantum=5, lease=5, grace=1000)
    assert asked(line, "abcdewxyz") == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    worked: dict[str, int] = dict.fromkeys("wxyz", 0)
    for _ in range(400):
        clock.now += 0.5
        for who in worked:
            worked[who] += line.ask(who) == 0
            line.done(who)
        if clock.now > 100:
            line.leave("z")
            worked.pop("z", None)
    assert min(worked.values()) > 100


def test_who_comes_back_waits_for_whoever_works_meanwhile(clock: Clock) -> None:
    line = Queue(seats=1, quantum=100, lease=5)
    assert asked(line, "ab") == [0, 1]
    clock.now = 6
    assert line.ask("b") == 0
    assert asked(line, "a") == [1]
    line.done("b")
    assert asked(line, "ab") == [0, 1]


def test_a_line_is_no_longer_than_it_may_be_and_those_in_it_keep_their_place() -> None:
    line = Queue(seats=1, most=3)
    assert asked(line, "abc") == [0, 1, 2]
    with pytest.raises(FullError, match="3 visitors are waiting already"):
        line.ask("d")
    assert asked(line, "abc") == [0, 1, 2]
    line.leave("b")
    assert line.ask("d") == 2


def test_many_at_once_take_no_more_than_the_seats() -> None:
    line = Queue(seats=2)
    working: list[int] = []

    def visit(who: int) -> None:
        working.extend(who for _ in range(200) if line.ask(who) == 0)

    visitors = [Thread(target=visit, args=(n,)) for n in range(8)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert len(set(working)) == 2
    assert len(line.entries) == 8


def test_whose_turn_is_over_goes_back_at_once_if_somebody_waits() -> None:
    line = Queue(seats=1, quantum=100)
    assert line.ask("a") == 0
    line.done("a", over=True)
    assert asked(line, "ab") == [0, 1]  # nobody waited
    assert line.ask("a") == 0
    line.done("a", over=True)
    assert asked(line, "ab") == [1, 0]


def test_who_waits_loses_no_place_by_being_done() -> None:
    line = Queue(seats=1)
    assert [line.ask(who) for who in "abc"] == [0, 1, 2]
    line.done("b", over=True)
    assert asked(line, "bc") == [1, 2]


def test_who_works_the_whole_to_the_end_is_not_sent_back(clock: Clock) -> None:
    line = Queue(seats=1, quantum=5, lease=100)
    assert line.ask("a", whole=True) == 0
    line.done("a")
    assert asked(line, "b") == [1]
    clock.now = 50
    assert (line.ask("a", whole=True), line.ask("b")) == (0, 1)
    line.done("a")
    line.leave("a")
    assert asked(line, "b") == [0]
