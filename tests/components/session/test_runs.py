"""Work done a step at a time ends as if it had been done at once, and stops where it is told to."""

import gc
from collections.abc import Callable, Iterator
from math import ceil

import numpy as np
import pytest

from components.session import runs
from components.session.queue import Queue
from components.session.runs import Run
from kernels.adaptive.lms import Learned, learn
from kernels.adaptive.systems import Parallel
from kernels.layer.spec import SpecError

WORLD = Parallel(2, 3, iterations=1100, trials=2, seed=5)  # six slices, the last one shorter


def made() -> Iterator[Learned]:
    return learn(WORLD, WORLD.wirings, 0.05)


class Clock:
    """Time passes only by being asked for."""

    def __init__(self, tick: float) -> None:
        self.now, self.tick = 100.0, tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


def same(found: list[Learned], wanted: list[Learned]) -> bool:
    return len(found) == len(wanted) and all(
        (a.first, a.diverged) == (b.first, b.diverged)
        and np.array_equal(a.excess, b.excess, equal_nan=True)
        and all(np.array_equal(x, y) for x, y in zip(a.theta, b.theta, strict=True))
        for a, b in zip(found, wanted, strict=True)
    )


@pytest.mark.parametrize("seconds", [1.5, 2.5, 4.5, 1e6])
def test_a_run_learns_the_same_whatever_the_slicing(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(runs, "monotonic", Clock(1.0))
    run: Run[Learned] = Run()
    counts = [0]
    run.start(made)
    while run.running:
        run.advance(seconds)
        counts.append(len(run.records))
    assert same(run.records, list(made()))
    assert counts == sorted(counts)
    assert max(np.diff(counts)) <= ceil(seconds)  # the record that uses up the time is the last


def test_a_run_that_has_ended_or_not_begun_does_nothing() -> None:
    run: Run[Learned] = Run()
    assert (run.running, run.records) == (False, [])
    run.advance(1e6)
    assert run.records == []
    run.start(made)
    run.advance(1e6)
    assert (run.running, len(run.records)) == (False, 6)
    run.advance(1e6)
    assert len(run.records) == 6


def test_no_time_is_one_step() -> None:
    run: Run[Learned] = Run()
    run.start(made)
    run.advance(0)
    assert (run.running, len(run.records)) == (True, 1)
    assert same(run.records, list(made())[:1])


def test_a_pause_keeps_what_is_to_come_and_a_step_goes_on_from_there_by_one_record() -> None:
    run: Run[Learned] = Run()
    run.start(made)
    run.advance(0)
    run.pause()
    assert (run.running, run.paused) == (False, True)
    run.advance(1e6)
    assert len(run.records) == 1
    run.step()
    assert (run.running, len(run.records)) == (True, 1)
    run.advance(1e6)
    assert (run.running, run.paused, len(run.records)) == (False, True, 2)
    run.resume()
    assert (run.running, run.paused) == (True, False)
    run.advance(1e6)
    assert same(run.records, list(made()))
    run.resume()
    assert (run.running, run.paused) == (False, False)


def test_stopped_a_run_keeps_what_it_has_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "monotonic", Clock(1.0))
    run: Run[Learned] = Run()
    run.start(made)
    run.advance(2.5)
    run.stop()
    assert not run.running
    kept = list(run.records)
    assert 0 < len(kept) < 6
    run.advance(1e6)
    assert run.records == kept
    assert same(kept, list(made())[: len(kept)])
    run.stop()
    assert run.records == kept


def test_started_again_a_run_begins_with_nothing_and_ends_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(1.0)
    monkeypatch.setattr(runs, "monotonic", clock)
    run: Run[Learned] = Run()
    run.start(made)
    run.advance(1e6)
    first = list(run.records)
    assert run.spent > 0
    run.start(made)
    assert (run.records, run.running, run.spent) == ([], True, 0)
    run.advance(1e6)
    assert same(run.records, first)


def test_the_time_spent_is_that_of_work_without_pauses_and_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]

    def slow() -> Iterator[int]:
        for n in range(9):
            now[0] += 2  # seconds
            yield n

    monkeypatch.setattr(runs, "monotonic", lambda: now[0])
    monkeypatch.setattr(runs, "QUEUE", line := Queue(seats=1))
    run: Run[int] = Run()
    run.start(slow)
    line.ask("another")
    now[0] += 100
    run.advance(1)
    assert (run.ahead, run.spent) == (1, 0)
    line.leave("another")
    run.advance(1)
    assert (run.records, run.spent) == ([0], 2)
    now[0] += 0.5  # drawing
    run.advance(1)
    assert (run.records, run.spent) == ([0, 1], 4.5)
    now[0] += 1000  # on another page
    run.advance(1)
    assert run.spent == 4.5 + runs.GAP + 2
    run.pause()
    now[0] += 1000
    run.resume()
    run.advance(1)
    assert (run.records, run.spent) == ([0, 1, 2, 3], 4.5 + runs.GAP + 4)


def test_what_is_left_is_told_from_the_latest_record_and_falls_until_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]

    def slow() -> Iterator[int | None]:
        for n in range(4):
            now[0] += 1
            yield None
            now[0] += 1
            yield n

    monkeypatch.setattr(runs, "monotonic", lambda: now[0])
    run: Run[int] = Run()
    run.start(slow)
    told = []
    for _ in range(8):
        run.advance(1)
        if run.records:
            told.append(run.left(len(run.records) / 4))
    assert told == [6, 5, 4, 3, 2, 1, 0]


def test_a_broken_off_run_that_fails_does_not_end_the_one_that_was_begun_in_its_place() -> None:
    run: Run[int] = Run()

    def fails() -> Iterator[int]:
        yield 1
        run.start(lambda: iter([10]))
        raise SpecError("n must be smaller")

    def ends() -> Iterator[int]:
        yield 1
        run.start(lambda: iter([20]))

    for broken, wanted in ((fails, [10]), (ends, [20])):
        run.start(broken)
        run.advance(1e6)
        assert (run.running, run.trouble) == (True, "")
        run.advance(1e6)
        assert (run.records, run.running) == (wanted, False)


def test_two_runs_do_not_share_their_records() -> None:
    one: Run[Learned] = Run()
    other: Run[Learned] = Run()
    one.start(made)
    one.advance(1e6)
    assert other.records == []


def test_what_a_broken_off_start_still_brings_is_not_taken_for_the_new_ones() -> None:
    run: Run[int] = Run()

    def slow() -> Iterator[int]:
        yield 1
        run.start(lambda: iter([10, 20]))  # pressed again while the second record is being made
        yield 2

    run.start(slow)
    run.advance(1e6)
    assert (run.records, run.running) == ([], True)
    run.advance(1e6)
    assert (run.records, run.running) == ([10, 20], False)


@pytest.mark.parametrize("error", [SpecError("n must be smaller"), MemoryError()], ids=["refused", "no memory"])
def test_trouble_ends_a_run_in_words_and_is_forgotten_with_the_next(error: Exception) -> None:
    def fails() -> Iterator[int]:
        yield 1
        raise error

    run: Run[int] = Run()
    run.start(fails)
    run.advance(1e6)
    assert (run.records, run.running) == ([1], False)
    assert run.trouble == f"{str(error) or 'The server has no memory left for this'}."
    run.start(lambda: iter([2]))
    run.advance(1e6)
    assert (run.records, run.trouble) == ([2], "")


def test_who_is_not_first_waits_and_a_run_is_never_entered_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "QUEUE", line := Queue(seats=1))
    one: Run[int] = Run(who="one")
    other: Run[int] = Run(who="other")
    for run in (one, other):
        run.start(lambda: iter([1, 2]))
        run.advance(0)
    assert (one.records, one.ahead, other.records, other.ahead) == ([1], 0, [], 1)
    with one.busy:
        one.advance(1e6)
    assert one.records == [1]
    one.advance(1e6)
    assert (one.records, one.running, list(line.entries)) == ([1, 2], False, ["other"])
    other.advance(1e6)
    assert (other.records, other.ahead, line.entries) == ([1, 2], 0, {})


@pytest.mark.parametrize("end", [Run.pause, Run.stop, Run.reset])
def test_who_gives_up_waiting_leaves_the_line(monkeypatch: pytest.MonkeyPatch, end: Callable[[Run[int]], None]) -> None:
    monkeypatch.setattr(runs, "QUEUE", line := Queue(seats=1))
    line.ask("another")
    run: Run[int] = Run()
    run.start(lambda: iter([1, 2]))
    run.advance(1e6)
    assert (run.records, run.ahead, len(line.entries)) == ([], 1, 2)
    end(run)
    assert (run.running, run.ahead, list(line.entries)) == (False, 0, ["another"])


def test_where_too_many_wait_the_run_ends_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "QUEUE", line := Queue(most=1))
    line.ask("another")
    run: Run[int] = Run()
    run.start(lambda: iter([1, 2]))
    run.advance(1e6)
    assert (run.records, run.running) == ([], False)
    assert run.trouble == "1 visitors are waiting already: try again in a minute."


def begun() -> Run[int]:
    run: Run[int] = Run()
    run.start(lambda: iter([1, 2, 3]))
    run.advance(0)
    run.pause()
    return run


def test_of_more_runs_than_memory_is_for_the_one_that_waited_longest_gives_up_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runs, "HELD", 3)
    one, two, three = begun(), begun(), begun()
    one.resume()
    one.advance(0)
    one.pause()
    four = begun()
    assert [run.paused for run in (one, two, three, four)] == [True, False, True, True]
    assert (two.records, two.running, two.trouble) == ([1], False, runs.GIVEN_UP)
    two.start(lambda: iter([7]))
    two.advance(1e6)
    assert (two.records, two.trouble) == ([7], "")


def test_a_run_that_has_ended_or_is_gone_takes_nobodys_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "HELD", 2)
    kept = begun()
    for _ in range(5):
        begun()
        gc.collect()
        ended = begun()
        ended.resume()
        ended.advance(1e6)
    assert kept.paused


def test_at_a_slow_pace_the_turn_is_over_with_every_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "QUEUE", Queue(seats=1))
    one, other = (Run[int]() for _ in range(2))
    for run in (one, other):
        run.start(lambda: iter([1, 2, 3]))
    for _ in range(7):
        one.advance(0)
        other.advance(0)
        assert abs(len(one.records) - len(other.records)) <= 1
    assert (one.records, other.records) == ([1, 2, 3], [1, 2, 3])


def test_large_runs_take_the_place_of_several_and_are_finished_before_another_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runs, "HELD", 12)
    monkeypatch.setattr(runs, "QUEUE", line := Queue(seats=1, quantum=0))
    small = begun()
    large: list[Run[int]] = [Run(size=6) for _ in range(3)]
    for run in large:
        run.start(lambda: iter([1, 2, 3]))
    for _ in range(2):  # no quantum sends the first one back
        for run in large:
            run.advance(0.0)
        assert [run.ahead for run in large] == [0, 1, 2]
        assert [len(run.records) for run in large[1:]] == [0, 0]
    assert small.paused
    for run in large[:2]:  # as if their tabs were gone
        line.leave(run.who)
    large[2].advance(0)
    assert [run.trouble for run in (small, *large)] == [runs.GIVEN_UP, "", "", ""]
    line.leave(large[2].who)
    large[1].advance(0)
    assert [run.trouble for run in large] == [runs.GIVEN_UP, "", ""]
    assert [len(run.records) for run in large] == [2, 1, 1]
