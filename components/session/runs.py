"""Work that takes longer than a click, as a chain of tasks: each does a slice of it in the pool. Pure but for the pool.

Work is a function: it is given where it stands (None at the start), and yields what has come of it, a record or None,
each with where it stands then. So any worker can do the next slice, and the records are those of one that was never
interrupted.
"""

from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from logging import getLogger
from threading import Lock, RLock
from time import monotonic
from typing import Any, Generic, TypeVar
from weakref import ReferenceType, ref

from components.session.pool import FullError, TooLongError, pool
from components.session.recorded import Recorded
from kernels.layer.spec import SpecError

T = TypeVar("T")
LOG = getLogger(__name__)
Work = Callable[[Any], Iterator[tuple[T | None, Any]]]
HELD = 60  # runs of the whole process that have begun and not ended, some megabytes each: a class of fifty presses Play
LARGE_HELD = 4  # large ones among them, some tens of megabytes each
GIVEN_UP = "Stopped to free memory for other visitors: this run had been idle for the longest time. Start it again."
IDLE = 90.0  # seconds without a look, after which a run may have to give up: a hidden tab looks once a minute
LATE = 1.5  # seconds beyond its time after which a slice must have waited for others
_held: list["ReferenceType[Run[Any]]"] = []  # who worked last at the end
_holding = Lock()


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """What a task has brought: records, where the work stands, and whether it is over."""

    records: tuple[T, ...]
    after: Any
    over: bool = False


def work_on(work: Work[T], after: object, seconds: float) -> Slice[T]:
    """In a worker: a slice of the work of about so many seconds; with 0, to the next record.

    Work that takes long to get where it stands yields that once more when it is there: then it works at least as long
    again, so that getting there never costs more than the work.
    What fails after a record is left to the next slice, which meets it again.
    """
    began, records, now = monotonic(), [], after
    try:
        for record, now in work(after):
            if now is after:
                seconds = max(seconds, 2 * (monotonic() - began)) if seconds else 0.0
                continue
            if record is not None:
                records.append(record)
            if monotonic() - began >= seconds and (seconds or record is not None):
                return Slice(tuple(records), now)
    except (SpecError, MemoryError):
        if not records:
            raise
        return Slice(tuple(records), now)
    return Slice(tuple(records), now, over=True)


@dataclass(slots=True, weakref_slot=True, eq=False)
class Run(Generic[T]):
    """Something that is made for one visitor: what has come of it so far, and what is still to come.

    who: the visitor, for the pool. running: the clock is on; a run that is not may be paused, over or not begun.
    large: where it stands takes much memory: few such runs are held.
    recorded: the recording that it shows, until something is started; recording: the one that it can show. single: only
    until the next record.
    since, ended: when its latest slice was asked for and done. looked: when a page last looked after it. spent:
    the seconds in which it has worked or waited for others, without pauses. reached: what it had spent when its latest
    record came. late: its latest slice waited for others. trouble: why it ended before its time, in words.
    """

    who: Hashable = field(default_factory=object)
    records: list[T] = field(default_factory=list)
    recorded: Recorded[T] | None = None
    recording: Recorded[T] | None = None
    large: bool = False
    work: Work[T] | None = None
    after: Any = None
    task: "Future[Slice[T]] | None" = None
    running: bool = False
    single: bool = False
    since: float = 0.0
    ended: float = 0.0
    looked: float = 0.0
    spent: float = 0.0
    reached: float = 0.0
    late: bool = False
    trouble: str = ""
    busy: RLock = field(default_factory=RLock, repr=False)
    begun: object = field(default_factory=object, repr=False)

    def start(self, work: Work[T]) -> None:
        with self.busy:
            self.reset()
            self.work = work
            self.resume()

    def stop(self) -> None:
        with self.busy:
            self.pause()
            self.work, self.after = None, None

    def reset(self) -> None:
        with self.busy:
            self.stop()
            self.records, self.recorded, self.spent, self.reached = [], None, 0.0, 0.0
            self.trouble, self.begun = "", object()

    def replay(self) -> None:
        """Show the recording, if there is one, in place of what has come of the run."""
        with self.busy:
            self.reset()
            if self.recording:
                self.records, self.recorded = [*self.recording.records], self.recording

    @property
    def version(self) -> tuple[object, int]:
        """What is drawn of it stays the same as long as this does."""
        return self.begun, len(self.records)

    def pause(self) -> None:
        """Forget the slice at work: it is done again when the run goes on."""
        with self.busy:
            if self.task:
                self.task.cancel()
            self.running, self.late, self.task = False, False, None

    def resume(self) -> None:
        with self.busy:
            self.running, self.single = self.work is not None, False

    def step(self) -> None:
        """Go on to the next record, and pause there."""
        with self.busy:
            self.resume()
            self.single = True

    @property
    def condition(self) -> tuple[bool, ...]:
        """Whether it runs and whether it waits: how its clock ticks."""
        return self.running, self.late

    @property
    def ahead(self) -> int:
        """How many visitors come first; 0 where one hardly waits."""
        return pool().ahead(self.who) if self.late else 0

    @property
    def paused(self) -> bool:
        return self.work is not None and not self.running

    def advance(self, seconds: float) -> None:
        """Take what the slice at work has brought, if it is done, and have the next one begun.

        seconds: of work in a slice; 0 is to the next record. The last record ends the run, and so does trouble.
        """
        if not self.running:
            return
        room = _hold(self)
        with self.busy:
            try:
                if not room:
                    raise FullError(f"{_most(self)} runs are already in progress: try again in a minute")
                self._begin(seconds)
                if self.task and self.task.done():
                    self._take(self.task.result(), seconds)
                    if pool().workers:  # else the page would wait for two slices
                        self._begin(seconds)
            except (SpecError, MemoryError, FullError) as error:
                self._fail(str(error) or "The server does not have enough memory for this")
            except TooLongError:
                self._fail("This takes longer than the server allows: choose smaller settings")
            except Exception:
                LOG.exception("A slice failed")
                self._fail("The computation failed: try again in a minute")

    def left(self, share: float) -> float:
        """Seconds it will still take, if its latest record brought it to this share and it goes on like that."""
        return max(self.reached / share - self.spent, 0.0)

    def give_up(self) -> None:
        """Leave its memory to others; what has come of it stays."""
        self.stop()
        self.trouble = GIVEN_UP

    def _begin(self, seconds: float) -> None:
        """Have the next slice done, unless one is at work."""
        if self.running and self.work and self.task is None:
            self.since = self.ended = monotonic()
            slice = partial(work_on, self.work, self.after, 0.0 if self.single else seconds)
            self.task = pool().submit(self.who, slice, first=not self.records)
            self.task.add_done_callback(self._end)

    def _take(self, found: Slice[T], seconds: float) -> None:
        took = self.ended - self.since
        self.task, self.late, self.spent = None, took > seconds + LATE, self.spent + took
        self.records.extend(found.records)
        if found.records:
            self.reached = self.spent
        if found.over:
            self.stop()
        else:
            self.after = found.after
            if self.single and found.records:
                self.pause()

    def _end(self, _task: "Future[Slice[T]]") -> None:
        """Note when the slice at work was done: the page may look much later."""
        self.ended = monotonic()

    def _fail(self, why: str) -> None:
        self.stop()
        self.trouble = f"{why}."


def _most(run: Run[Any]) -> int:
    """How many like it may be held."""
    return LARGE_HELD if run.large else HELD


def _hold(run: Run[Any]) -> bool:
    """Note that it is looked after; False where there is no room for it to begin.

    Where too many have begun, those give up that are paused or that nobody has looked after for a while.
    """
    now = monotonic()
    with _holding:
        run.looked = now
        others = [other for held in _held if (other := held()) and other is not run and other.work]
        rivals = [other for other in others if other.large] if run.large else others
        extra = max(0, len(rivals) + 1 - _most(run))
        idle = [other for other in rivals if not other.running or now - other.looked > IDLE][:extra]
        room = len(idle) == extra or run.after is not None
        _held[:] = map(ref, [*(other for other in others if other not in idle), *([run] if room else [])])
    for other in idle:
        other.give_up()
    return room
