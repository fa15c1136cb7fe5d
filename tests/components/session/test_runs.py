"""Work done a slice at a time ends as if it had been done at once, and stops where it is told to."""

import gc
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from math import ceil

import numpy as np
import pytest

from components.session import runs
from components.session.pool import FullError, TooLongError
from components.session.runs import Run
from kernels.adaptive.lms import Learned, learn, learning
from kernels.adaptive.systems import Parallel
from kernels.layer.spec import SpecError
from tests.support.work import Busy

WORLD = Parallel(2, 3, iterations=1100, trials=2, seed=5)  # six slices, the last one shorter
made = partial(learning, WORLD, WORLD.wirings, 0.05, False)


def counted(to: int, after: int | None = None) -> Iterator[tuple[int, int]]:
    """The numbers from 1."""
    return ((n, n) for n in range((after or 0) + 1, to + 1))


def started(to: int, large: bool = False) -> Run[int]:
    run: Run[int] = Run(large=large)
    run.start(partial(counted, to))
    return run


def failing(error: Exception, after: int | None = None) -> Iterator[tuple[int, int]]:
    """1, and then trouble."""
    if not after:
        yield 1, 1
    raise error


@dataclass
class Clock:
    """Time passes only by being asked for, or where a test says so."""

    now: float = 100.0
    tick: float = 0.0

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(runs, "monotonic", found)
    return found


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Busy:
    pool = Busy()
    monkeypatch.setattr(runs, "pool", lambda: pool)
    return pool


def same(found: list[Learned], wanted: list[Learned]) -> bool:
    return len(found) == len(wanted) and all(
        (a.first, a.diverged) == (b.first, b.diverged)
        and np.array_equal(a.excess, b.excess, equal_nan=True)
        and all(np.array_equal(x, y) for x, y in zip(a.theta, b.theta, strict=True))
        for a, b in zip(found, wanted, strict=True)
    )


@pytest.mark.parametrize("seconds", [1.5, 2.5, 4.5, 1e6])
def test_a_run_learns_bit_for_bit_alike_whatever_the_slicing(clock: Clock, seconds: float) -> None:
    clock.tick = 1.0
    run: Run[Learned] = Run()
    counts = [0]
    run.start(made)
    while run.running:
        run.advance(seconds)
        counts.append(len(run.records))
    assert same(run.records, list(learn(WORLD, WORLD.wirings, 0.05)))
    assert counts == sorted(counts)
    assert max(np.diff(counts)) <= ceil(seconds)  # the record that uses up the time is the last


def test_a_run_that_has_ended_or_not_begun_does_nothing() -> None:
    run: Run[int] = Run()
    run.advance(1e6)
    assert (run.running, run.records) == (False, [])
    run.start(partial(counted, 6))
    for _ in range(2):
        run.advance(1e6)
        assert (run.running, run.records) == (False, [1, 2, 3, 4, 5, 6])


def test_no_time_is_one_record_a_pause_keeps_where_it_stands_and_a_step_goes_on_from_there_by_one() -> None:
    run = started(6)
    run.advance(0)
    assert (run.running, run.records) == (True, [1])
    run.pause()
    run.advance(1e6)
    assert (run.running, run.paused, run.records) == (False, True, [1])
    run.step()
    assert run.running
    run.advance(1e6)
    assert (run.running, run.paused, run.records) == (False, True, [1, 2])
    run.resume()
    run.advance(1e6)
    assert run.records == [1, 2, 3, 4, 5, 6]
    run.resume()
    assert (run.running, run.paused) == (False, False)


def test_stopped_a_run_keeps_its_records_and_started_again_it_begins_with_none(busy: Busy) -> None:
    run = started(6)
    run.advance(0)
    busy.work()
    run.advance(0)
    run.stop()
    busy.work()
    run.advance(1e6)
    assert (run.running, run.paused, run.records) == (False, False, [1])
    run.start(partial(counted, 2))
    assert (run.records, run.running, run.spent) == ([], True, 0)


def test_the_time_spent_is_that_of_slices_and_of_waiting_for_others_without_pauses(clock: Clock, busy: Busy) -> None:
    run = started(4)
    run.advance(0)
    clock.now += 2
    run.advance(0)  # nothing has come yet
    assert (run.records, run.spent, run.late) == ([], 0, False)
    busy.work()
    run.advance(0)
    assert (run.records, run.spent, run.late, run.left(1 / 4)) == ([1], 2, True, 6)
    run.pause()
    assert not run.late
    clock.now += 1000
    busy.work()
    run.resume()
    run.advance(0)
    clock.now += 1
    busy.work()
    run.advance(0)
    assert (run.records, run.spent, run.late, run.left(2 / 4)) == ([1, 2], 3, False, 3)


@pytest.mark.parametrize("end", [Run.pause, Run.stop, Run.reset])
def test_what_a_slice_still_brings_after_the_end_is_not_taken(busy: Busy, end: Callable[[Run[int]], None]) -> None:
    run = started(2)
    run.advance(1e6)
    ((_, future),) = busy.tasks
    future.set_running_or_notify_cancel()
    end(run)
    future.set_result(runs.work_on(partial(counted, 2), None, 1e6))
    busy.tasks.clear()
    run.start(partial(counted, 3))
    run.advance(1e6)
    busy.work()
    run.advance(1e6)
    assert run.records == [1, 2, 3]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SpecError("n must be smaller"), "n must be smaller."),
        (MemoryError(), "The server does not have enough memory for this."),
        (TooLongError(), "This takes longer than the server allows: choose smaller settings."),
        (BrokenProcessPool(), "The computation failed: try again in a minute."),
    ],
    ids=["refused", "no memory", "too long", "worker died"],
)
def test_trouble_ends_a_run_in_words_after_what_came_before_and_is_forgotten_with_the_next(
    error: Exception, told: str
) -> None:
    run: Run[int] = Run()
    run.start(partial(failing, error))
    run.advance(0)
    run.advance(1e6)
    assert (run.records, run.running, run.trouble) == ([1], False, told)
    run.start(lambda _after: iter([(2, True)]))
    run.advance(0)
    run.advance(0)
    assert (run.records, run.running, run.trouble) == ([2], False, "")


def test_a_record_is_not_lost_by_trouble_in_the_same_slice() -> None:
    run: Run[int] = Run()
    run.start(partial(failing, SpecError("n must be smaller")))
    run.advance(1e6)
    run.advance(1e6)
    assert (run.records, run.trouble) == ([1], "n must be smaller.")


def test_where_too_many_wait_the_run_ends_in_words(monkeypatch: pytest.MonkeyPatch, busy: Busy) -> None:
    def full(*_: object, **_more: object) -> None:
        raise FullError("200 visitors are already waiting: try again in a minute")

    monkeypatch.setattr(busy, "submit", full)
    run = started(2)
    run.advance(1e6)
    assert (run.records, run.running) == ([], False)
    assert run.trouble == "200 visitors are already waiting: try again in a minute."


def begun(large: bool = False) -> Run[int]:
    run = started(3, large)
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
    two.start(lambda _after: iter([(7, True)]))
    two.advance(1e6)
    assert (two.records, two.trouble) == ([7], "")


def test_a_run_that_is_looked_after_keeps_its_place_and_a_newcomer_is_told_to_wait(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, busy: Busy
) -> None:
    monkeypatch.setattr(runs, "HELD", 1)
    one, other = started(2), started(2)
    one.advance(1)
    other.advance(1)
    assert (one.running, other.running) == (True, False)
    assert other.trouble == "1 runs are already in progress: try again in a minute."
    clock.now += runs.IDLE + 1  # its tab is closed
    other.start(partial(counted, 2))
    other.advance(1)
    assert (one.trouble, other.running) == (runs.GIVEN_UP, True)
    assert len(busy.tasks) == 2


def test_a_class_of_fifty_may_all_run_at_once(busy: Busy) -> None:
    students = [started(2) for _ in range(50)]
    for run in students:
        run.advance(1)
    refused = [run.trouble for run in students if not run.running]
    for run in students:
        run.stop()  # they would take the places of other tests' runs
    assert (refused, len(busy.tasks)) == ([], 50)


def test_a_slice_is_at_least_as_long_as_the_way_to_where_it_begins(clock: Clock) -> None:
    def redrawn(after: int | None) -> Iterator[tuple[int | None, int]]:
        if after:
            clock.now += after  # what was before is drawn again
            yield None, after
        for n in range((after or 0) + 1, 100):
            clock.now += 1
            yield n, n

    assert runs.work_on(redrawn, None, 1).records == (1,)
    assert len(runs.work_on(redrawn, 40, 1).records) == 40


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


def test_of_large_runs_fewer_are_held_and_small_ones_keep_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "LARGE_HELD", 1)
    small, one, other = begun(), begun(large=True), begun(large=True)
    assert [run.trouble for run in (small, one, other)] == ["", runs.GIVEN_UP, ""]
