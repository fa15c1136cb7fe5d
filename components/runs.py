"""Work that takes longer than a click, done a step at a time so that everybody's clicks are answered. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import Generic, TypeVar

from kernels.race import Lap, Runner, lap
from kernels.spec import LayerSpec, Shape, SpecError

T = TypeVar("T")
LEARNING = BoundedSemaphore(2)  # slices of learning at a time in the whole process: other visitors' clicks come between
PATIENCE = 5  # seconds to wait for one's turn when a single step was asked for
TURN = Lock()  # one measurement at a time in the whole process: that bounds its memory, and none disturbs another


@dataclass(slots=True)
class Race:
    """What a visitor measures of one layer: the laps so far, the seconds they took, and whether to go on.

    trouble: why it ended before its time, in words.
    """

    laps: list[Lap] = field(default_factory=list)
    spent: float = 0.0
    running: bool = False
    trouble: str = ""

    def start(self) -> None:
        self.laps, self.spent, self.running, self.trouble = [], 0.0, True, ""

    def stop(self) -> None:
        self.running = False

    def step(self, spec: LayerSpec, heats: list[tuple[Runner, Shape]]) -> bool:
        """Run the next heat; the last one ends the race, and one for which there is no memory after all.

        False while another visitor's is running.
        """
        if not TURN.acquire(blocking=False):
            return False
        began = monotonic()
        try:
            runner, size = heats[len(self.laps)]
            self.laps.append(lap(runner, spec, size))
        except MemoryError:
            self.trouble = f"The server has no memory left for {runner} at {size[1]} × {size[2]} pixels."
        finally:
            TURN.release()
        self.spent += monotonic() - began
        self.running = len(self.laps) < len(heats) and not self.trouble
        return True


@dataclass(slots=True)
class Run(Generic[T]):
    """Something that is learned for one visitor: what has come of it so far, and what is still to come.

    None between two records is a place to stop for now, if time is up.

    running: the clock is on, since then; a run that is not may be paused, over or not begun. before: the seconds it ran
    until its last pause. trouble: why it ended before its time, in words.
    """

    records: list[T] = field(default_factory=list)
    coming: Iterator[T | None] | None = None
    running: bool = False
    before: float = 0.0
    since: float = 0.0
    trouble: str = ""
    busy: Lock = field(default_factory=Lock, repr=False)

    def start(self, make: Callable[[], Iterator[T | None]]) -> None:
        self.records, self.coming, self.before, self.trouble = [], make(), 0.0, ""
        self.resume()

    def stop(self) -> None:
        self.pause()
        self.coming = None

    def reset(self) -> None:
        self.stop()
        self.records, self.before, self.trouble = [], 0.0, ""

    def pause(self) -> None:
        self.before, self.running = self.spent, False

    def resume(self) -> None:
        self.running, self.since = self.coming is not None, monotonic()

    @property
    def spent(self) -> float:
        """Seconds since it began, without the pauses: training, drawing and waiting for the clock."""
        return self.before + (monotonic() - self.since if self.running else 0.0)

    @property
    def paused(self) -> bool:
        return self.coming is not None and not self.running

    def advance(self, seconds: float) -> None:
        """Learn for about so long; with 0, to the next record. The last one ends the run, and so does trouble.

        Nothing is learned this time where too many others are learning, or where a broken-off run of the page is still
        at it: a generator cannot be entered twice.
        """
        if not self.busy.acquire(blocking=False):
            return
        try:
            if LEARNING.acquire(timeout=0 if seconds else PATIENCE):
                try:
                    self._advance(seconds)
                except (SpecError, MemoryError) as error:
                    self.stop()
                    self.trouble = f"{str(error) or 'The server has no memory left for this'}."
                finally:
                    LEARNING.release()
        finally:
            self.busy.release()

    def _advance(self, seconds: float) -> None:
        began, coming = monotonic(), self.coming
        for record in coming or ():
            if self.coming is not coming:  # stopped or begun anew in the meantime: what comes now is nobody's
                break
            if record is not None:
                self.records.append(record)
            if monotonic() - began >= seconds and (seconds or record is not None):
                break
        else:
            self.stop()
