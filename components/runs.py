"""Work that takes longer than a click, done a step at a time so that everybody's clicks are answered. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

from kernels.race import Lap, Runner, lap
from kernels.spec import LayerSpec, Shape

T = TypeVar("T")
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

    spent: the seconds it took. running: the clock is on; a run that is not may be paused, over or not begun.
    """

    records: list[T] = field(default_factory=list)
    coming: Iterator[T | None] | None = None
    running: bool = False
    spent: float = 0.0

    def start(self, make: Callable[[], Iterator[T | None]]) -> None:
        self.records, self.coming, self.running, self.spent = [], make(), True, 0.0

    def stop(self) -> None:
        self.coming, self.running = None, False

    def reset(self) -> None:
        self.stop()
        self.records, self.spent = [], 0.0

    def pause(self) -> None:
        self.running = False

    def resume(self) -> None:
        self.running = self.coming is not None

    @property
    def paused(self) -> bool:
        return self.coming is not None and not self.running

    def advance(self, seconds: float) -> None:
        """Learn for about so long; with 0, to the next record. The last one ends the run."""
        began = monotonic()
        for record in self.coming or ():
            if record is not None:
                self.records.append(record)
            if monotonic() - began >= seconds and (seconds or record is not None):
                break
        else:
            self.stop()
        self.spent += monotonic() - began
