"""Work that takes longer than a click, done a step at a time so that everybody's clicks are answered. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from kernels.adaptive import Learned
from kernels.race import Lap, Runner, lap
from kernels.spec import LayerSpec, Shape, SpecError

TURN = Lock()  # one measurement at a time in the whole process: that bounds its memory, and none disturbs another


@dataclass(slots=True)
class Race:
    """What a visitor measures of one layer: the laps so far, the seconds they took, and whether to go on."""

    laps: list[Lap] = field(default_factory=list)
    spent: float = 0.0
    running: bool = False

    def start(self) -> None:
        self.laps, self.spent, self.running = [], 0.0, True

    def stop(self) -> None:
        self.running = False

    def step(self, spec: LayerSpec, heats: list[tuple[Runner, Shape]]) -> bool:
        """Run the next heat; the last one ends the race. False while another visitor's is running.

        Raises SpecError where there is no memory for it after all, and ends the race.
        """
        if not TURN.acquire(blocking=False):
            return False
        began = monotonic()
        try:
            runner, size = heats[len(self.laps)]
            self.laps.append(lap(runner, spec, size))
        except MemoryError:
            self.running = False
            raise SpecError(f"the server has no memory left for {runner} at {size[1]} × {size[2]} pixels") from None
        finally:
            TURN.release()
        self.spent += monotonic() - began
        self.running = len(self.laps) < len(heats)
        return True


@dataclass(slots=True)
class Run:
    """Filters that are learning for one visitor: what they have done so far, and what is still to come."""

    records: list[Learned] = field(default_factory=list)
    coming: Iterator[Learned] | None = None
    began: float = 0.0

    def start(self, make: Callable[[], Iterator[Learned]]) -> None:
        self.records, self.coming, self.began = [], make(), monotonic()

    def stop(self) -> None:
        self.coming = None

    @property
    def running(self) -> bool:
        return self.coming is not None

    @property
    def elapsed(self) -> float:
        return monotonic() - self.began

    def advance(self, seconds: float) -> None:
        """Learn for about so long; the last record ends the run."""
        until = monotonic() + seconds
        while self.coming is not None and monotonic() < until:
            record = next(self.coming, None)
            if record is None:
                self.coming = None
            else:
                self.records.append(record)
