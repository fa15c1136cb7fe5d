"""Work that takes longer than a click, done a slice at a time so that everybody's clicks are answered. Pure."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from math import inf
from threading import Lock
from time import monotonic
from typing import Any, Generic, TypeVar
from weakref import ReferenceType, ref

from components.session.queue import QUEUE, FullError
from kernels.layer.spec import SpecError

T = TypeVar("T")
HELD = 24  # shares of memory, about 10 MB each, for all runs in the process that have begun and not ended
GIVEN_UP = "Others needed its memory, and of all that had begun it had waited for the longest time: begin again."
GAP = 1.0  # seconds between two slices that count as part of the work, at most
_held: list["ReferenceType[Run[Any]]"] = []  # who worked last at the end
_holding = Lock()


@dataclass(slots=True, weakref_slot=True, eq=False)
class Run(Generic[T]):
    """Something that is made for one visitor: what has come of it so far, and what is still to come.

    None between two records is a place to stop for now, if time is up.

    who: the visitor, for the queue. running: the clock is on; a run that is not may be paused, over or not begun.
    single: only until the next record. spent: the seconds that it has worked, with drawing and waiting for the clock,
    without pauses and the queue. rested: since when it has not worked. reached: what it had spent when its latest
    record came. size: its shares of memory; with more than one it is not left half done while others take their turn.
    ahead: how many visitors come first. trouble: why it ended before its time, in words.
    """

    who: Hashable = field(default_factory=object)
    records: list[T] = field(default_factory=list)
    coming: Iterator[T | None] | None = None
    running: bool = False
    single: bool = False
    spent: float = 0.0
    rested: float = inf
    reached: float = 0.0
    size: int = 1
    ahead: int = 0
    trouble: str = ""
    busy: Lock = field(default_factory=Lock, repr=False)
    begun: object = field(default_factory=object, repr=False)

    def start(self, make: Callable[[], Iterator[T | None]]) -> None:
        self.reset()
        self.coming = make()
        self.resume()

    def stop(self) -> None:
        self.pause()
        self.coming = None

    def reset(self) -> None:
        self.stop()
        self.records, self.spent, self.reached, self.trouble, self.begun = [], 0.0, 0.0, "", object()

    @property
    def version(self) -> tuple[object, int]:
        """What is drawn of it stays the same as long as this does."""
        return self.begun, len(self.records)

    def pause(self) -> None:
        if self.running:  # else the place in the queue is that of another run
            QUEUE.leave(self.who)
        self.running, self.ahead, self.rested = False, 0, inf

    def resume(self) -> None:
        self.running, self.single = self.coming is not None, False

    def step(self) -> None:
        """Go on to the next record, and pause there."""
        self.resume()
        self.single = True

    @property
    def condition(self) -> tuple[bool, ...]:
        """Whether it runs and whether it waits: how its clock ticks."""
        return self.running, self.ahead > 0

    @property
    def paused(self) -> bool:
        return self.coming is not None and not self.running

    def advance(self, seconds: float) -> None:
        """Work for about so long; with 0, to the next record. The last one ends the run, and so does trouble.

        Nothing is done this time where others come first, or where a broken-off run of the page is still at it: a
        generator cannot be entered twice.
        """
        if not self.running or not self.busy.acquire(blocking=False):
            return
        coming = self.coming
        try:
            self.ahead = QUEUE.ask(self.who, self.size > 1)
            if not self.ahead:
                _hold(self)
                self._advance(0 if self.single else seconds)
        except (SpecError, MemoryError, FullError) as error:
            if self.coming is coming:
                self.stop()
                self.trouble = f"{str(error) or 'The server has no memory left for this'}."
        finally:
            QUEUE.done(self.who, over=not seconds and self.size == 1)
            self.busy.release()

    def left(self, share: float) -> float:
        """Seconds it will still take, if its latest record brought it to this share and it goes on like that."""
        return max(self.reached / share - self.spent, 0.0)

    def give_up(self) -> None:
        """Leave its memory to others, unless it is at work this moment; what has come of it stays."""
        if self.busy.acquire(blocking=False):
            self.stop()
            self.trouble = GIVEN_UP
            self.busy.release()

    def _advance(self, seconds: float) -> None:
        began, coming = monotonic(), self.coming
        self.spent += min(max(began - self.rested, 0.0), GAP)
        since = began
        for record in coming or ():
            if self.coming is not coming:  # stopped or begun anew in the meantime: what comes now is nobody's
                return
            self.rested = monotonic()
            self.spent, since = self.spent + self.rested - since, self.rested
            if record is not None:
                self.records.append(record)
                self.reached = self.spent
                if self.single:
                    self.pause()
                    return
            if self.rested - began >= seconds and (seconds or record is not None):
                return
        if self.coming is coming:
            self.stop()


def _hold(run: Run[Any]) -> None:
    """Note that it works; where too many have begun, the one gives up that has not worked for the longest time."""
    with _holding:
        others = [other for held in _held if (other := held()) and other is not run and other.coming is not None]
        _held[:] = map(ref, [*others, run])
        latest_first = [run, *reversed(others)]
        totals = accumulate(other.size for other in latest_first)
        extra = [other for other, total in zip(latest_first, totals, strict=True) if total > HELD]
    for other in extra:
        other.give_up()
