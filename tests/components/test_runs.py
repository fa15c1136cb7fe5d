"""Work done a step at a time ends as if it had been done at once, and stops where it is told to."""

from collections.abc import Iterator
from math import ceil

import numpy as np
import pytest

from components import runs
from components.runs import TURN, Race, Run
from kernels.adaptive import Learned, learn
from kernels.race import Lap, Runner
from kernels.spec import LayerSpec, Shape, SpecError
from kernels.worlds import Parallel

WORLD = Parallel(2, 3, iterations=1100, trials=2, seed=5)  # six slices, the last one shorter
SPEC = LayerSpec(3)
HEATS: list[tuple[Runner, Shape]] = [("dense", (1, 8, 8)), ("sparse", (1, 8, 8)), ("correlate", (1, 16, 16))]


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


def test_a_pause_keeps_what_is_to_come_and_steps_go_on_from_there() -> None:
    run: Run[Learned] = Run()
    run.start(made)
    run.advance(0)
    run.pause()
    assert (run.running, run.paused) == (False, True)
    run.advance(0)
    assert len(run.records) == 2
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
    assert (run.records, run.running) == ([], True)
    assert run.spent == 1  # of the clock that ticks when it is asked
    run.advance(1e6)
    assert same(run.records, first)


def test_two_runs_do_not_share_their_records() -> None:
    one: Run[Learned] = Run()
    other: Run[Learned] = Run()
    one.start(made)
    one.advance(1e6)
    assert other.records == []


def fake(runner: Runner, spec: LayerSpec, size: Shape) -> Lap:
    assert spec == SPEC
    return Lap(runner, size[1], (1.0,))


def test_a_race_runs_its_heats_in_order_and_ends_with_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "lap", fake)
    monkeypatch.setattr(runs, "monotonic", Clock(1.0))
    race = Race()
    assert not race.running
    race.start()
    going: list[bool] = []
    while race.running:
        assert race.step(SPEC, HEATS)
        going.append(race.running)
    assert going == [True, True, False]
    assert [(lap.runner, lap.side) for lap in race.laps] == [(runner, size[1]) for runner, size in HEATS]
    assert race.spent == 3.0
    race.start()
    assert (race.laps, race.spent, race.running) == ([], 0.0, True)


def test_a_stopped_race_keeps_its_laps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "lap", fake)
    race = Race()
    race.start()
    race.step(SPEC, HEATS)
    race.stop()
    assert (len(race.laps), race.running) == (1, False)


def test_while_somebody_else_measures_a_race_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "lap", fake)
    race = Race()
    race.start()
    with TURN:
        assert not race.step(SPEC, HEATS)
    assert (race.laps, race.running, race.spent) == ([], True, 0.0)
    assert race.step(SPEC, HEATS)


def test_a_heat_without_memory_ends_the_race_in_words_and_leaves_the_turn_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> Lap:
        raise MemoryError

    monkeypatch.setattr(runs, "lap", fails)
    race = Race()
    race.start()
    assert race.step(SPEC, HEATS)
    assert (race.laps, race.running) == ([], False)
    assert "no memory left for dense at 8 × 8" in race.trouble
    assert not TURN.locked()
    race.start()
    assert race.trouble == ""


def test_a_heat_that_fails_leaves_the_turn_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Lap:
        raise SpecError("bad")

    monkeypatch.setattr(runs, "lap", fails)
    race = Race()
    race.start()
    with pytest.raises(SpecError, match="bad"):
        race.step(SPEC, HEATS)
    assert race.laps == []
    assert not TURN.locked()


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


def test_nobody_learns_while_as_many_as_may_do_and_a_run_is_never_entered_twice() -> None:
    run: Run[int] = Run()
    run.start(lambda: iter([1, 2]))
    with runs.LEARNING, runs.LEARNING:
        run.advance(0.1)
        assert (run.records, run.running) == ([], True)
    with run.busy:
        run.advance(0.1)
        assert (run.records, run.running) == ([], True)
    run.advance(1e6)
    assert run.records == [1, 2]
