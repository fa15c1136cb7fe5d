"""Worker processes for what takes long and for what reads a visitor's bytes, so that pages go on answering clicks.

Every visitor has at most one task at work, and visitors take turns: whoever asks next comes after one task of everybody
who asked before. What is urgent comes before that, and first who has waited longest. A worker has limits on memory and
processor time; one that dies is replaced, and its task runs again. Everything a task needs is in its arguments, and all
it does is in its result, so it may run anywhere and twice.
"""

import atexit
import logging
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import active_children, get_all_start_methods, get_context, parent_process
from multiprocessing.context import BaseContext
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Any, TypeVar

from components.session import process

try:
    import resource
except ImportError:  # Windows: there are no limits, and the work is done all the same
    resource = None  # type: ignore[assignment]

LOG = logging.getLogger(__name__)
T = TypeVar("T")
MOST_WAITING = 200  # visitors
MEMORY = 1_500_000_000  # bytes of address space a worker may have beyond what it starts with
LAST_TASK = 2.0  # seconds that the end of the server waits for tasks that are at work
LAST_START = 8.0  # and in all for a process that is being started: before it is there nobody can end it
PATIENCE = 60.0  # seconds somebody waits for a result, with all that comes first
SECONDS = 30.0  # of processor time a task may take, if nothing else is said
UNTIL_READY = 3.0  # seconds from the first visitor until a worker is started that nobody has asked for yet
RECYCLED_AFTER = 500  # tasks of a worker
NICENESS = 10
PRELOADED = [
    *("kernels", "kernels.images.decode"),
    *("scipy.fft", "scipy.ndimage", "scipy.sparse.csgraph", "scipy.sparse.linalg", "scipy.special"),
]
LATELY = 20.0  # seconds for which it is known how long each visitor's urgent tasks took
MOST_BEHIND = 2.0  # seconds that whoever had much waits longer than in the order of asking
_making = Lock()


class FullError(Exception):
    """As many visitors wait as may."""


class TooLongError(Exception):
    """A task took more processor time than it may."""


@dataclass(slots=True, eq=False)
class Task:
    """What is to be called, for whom, and where the result goes. seconds: of processor time it may take; wall: of time,
    as soon as a worker has begun, or 0 for any. urgent: its visitor looks at an empty place until it is done. first:
    nothing has come yet of what it is a part of. since: when it was asked for.
    """

    who: Hashable
    call: Callable[[], Any]
    seconds: float
    wall: float = 0.0
    urgent: bool = False
    first: bool = False
    since: float = field(default_factory=monotonic)
    future: "Future[Any]" = field(default_factory=Future)


@dataclass(slots=True)
class Pool:
    """workers: processes, each with a thread here that hands it one task after the other.

    With 0 workers a task is done at once in the thread that asks: for tests, and where no process may be started.
    urgent: the urgent tasks; waiting: the others by visitor, who is next first. working: the task at work of each
    visitor who has one. spent: seconds that each visitor's urgent tasks took since `counted`: those who had much wait
    somewhat longer for the next one, so that many large tasks keep nobody waiting who begins. Of several workers one is
    kept for urgent tasks, which so need not wait for a slice of a run.
    """

    workers: int
    urgent: deque[Task] = field(default_factory=deque)
    waiting: dict[Hashable, deque[Task]] = field(default_factory=dict)
    working: dict[Hashable, Task] = field(default_factory=dict)
    spent: dict[Hashable, float] = field(default_factory=dict, repr=False)
    counted: float = field(default_factory=monotonic)
    changed: Condition = field(default_factory=Condition, repr=False)
    threads: list[Thread] = field(default_factory=list, repr=False)
    closed: bool = False

    def submit(
        self, who: Hashable, call: Callable[[], T], seconds: float = SECONDS, *, first: bool = False
    ) -> "Future[T]":
        """The future result of this call for this visitor, in turn. Raises FullError.

        first: where nothing has come of it yet, every second turn goes to those who wait like that.
        """
        task = Task(who, call, seconds, first=first)
        with self.changed:
            self._drop_cancelled()
            if who not in self.waiting and len(self.waiting) >= MOST_WAITING:
                raise FullError(f"{MOST_WAITING} visitors are already waiting: try again in a minute")
            if self.workers and who in self.waiting:
                self.waiting[who].append(task)
            elif self.workers:
                self._queue(task)
        return self._begun(task)

    def call(self, who: Hashable, call: Callable[[], T], seconds: float = SECONDS) -> T:
        """The result of this call, before all that waits in turn. Raises FullError, TooLongError, or as the call."""
        future = self.soon(who, call, seconds)
        try:
            return future.result(PATIENCE)
        except TimeoutError:  # nobody waits for it any more
            future.cancel()
            raise

    def soon(self, who: Hashable, call: Callable[[], T], seconds: float = SECONDS, wall: float = 0.0) -> "Future[T]":
        """The future result of this call, before all that waits in turn. wall: see `Task`. Raises FullError."""
        task = Task(who, call, seconds, wall, urgent=True)
        with self.changed:
            self._drop_cancelled()
            if len(self.urgent) >= MOST_WAITING:
                raise FullError(f"{MOST_WAITING} visitors are already waiting: try again in a minute")
            if self.workers:
                self.urgent.append(task)
        return self._begun(task)

    def ahead(self, who: Hashable) -> int:
        """How many visitors come before this one."""
        with self.changed:
            self._drop_cancelled()
            order = [other for other in self.waiting if other == who or other not in self.working]
            return order.index(who) if who in order else 0

    def close(self) -> None:
        """End the workers when their present task is done; nothing that waits is begun."""
        with self.changed:
            self.closed = True
            self.waiting.clear()
            self.urgent.clear()
            self.changed.notify_all()

    def _end(self) -> None:
        """Close, wait a little for what is at work, and end what is left as soon as it is there.

        It comes before the end of concurrent.futures, which waits for all that is at work, and before that of
        multiprocessing, which closes the queue of a worker that has just begun and then waits for it for ever.
        """
        self.close()
        began = monotonic()
        while (busy := [thread for thread in self.threads if thread.is_alive()]) and monotonic() - began < LAST_START:
            busy[0].join(0.1)
            if monotonic() - began >= LAST_TASK:
                for child in active_children():
                    child.kill()

    def _queue(self, task: Task) -> None:
        """Last in the line, or in the first of every second place that is free, where nothing has come of it yet."""
        line = list(self.waiting.items())
        newcomers = sum(tasks[0].first for _, tasks in line)
        line.insert(2 * newcomers + 1 if task.first else len(line), (task.who, deque([task])))
        self.waiting = dict(line)

    def _begun(self, task: Task) -> "Future[Any]":
        if not self.workers:
            _do_here(task)
            return task.future
        with self.changed:
            if not self.threads:
                self._start()
            self.changed.notify()
        return task.future

    def _start(self) -> None:
        self.threads = [Thread(target=self._work, name=f"pool-{n}", daemon=True) for n in range(self.workers)]
        for thread in self.threads:
            thread.start()
        before_futures = getattr(threading, "_register_atexit", atexit.register)  # what concurrent.futures itself uses
        before_futures(self._end)

    def _work(self) -> None:
        """One worker's thread: take the next task, have it done, until the pool is closed."""
        worker = Worker(lambda: self.closed)
        while (task := self._next()) is not None:
            began = monotonic()
            worker.do(task)
            with self.changed:
                if task.urgent:
                    self._spend(task.who, monotonic() - began)
                del self.working[task.who]
                self.changed.notify_all()
        worker.close()

    def _next(self) -> Task | None:
        """The next task whose visitor has none at work, urgent ones before others; None when the pool is closed."""
        with self.changed:
            while not self.closed:
                if task := self._take():
                    self.working[task.who] = task
                    return task
                self.changed.wait()
        return None

    def _drop_cancelled(self) -> None:
        """Forget what nobody waits for any more: it takes no place in the line."""
        self.urgent = _awaited(self.urgent)
        self.waiting = {who: left for who, tasks in self.waiting.items() if (left := _awaited(tasks))}

    def _spend(self, who: Hashable, seconds: float) -> None:
        """Count what a task of this visitor took; now and then all begin anew."""
        if (now := monotonic()) - self.counted > LATELY:
            self.spent.clear()
            self.counted = now
        self.spent[who] = self.spent.get(who, 0.0) + seconds

    def _turn(self, task: Task) -> float:
        """When this urgent task's turn is: as soon as it was asked for, or later for those who had much lately."""
        return task.since + min(self.spent.get(task.who, 0.0), MOST_BEHIND)

    def _take(self) -> Task | None:
        self._drop_cancelled()
        if urgent := [task for task in self.urgent if task.who not in self.working]:
            task = min(urgent, key=self._turn)
            self.urgent.remove(task)
            return task
        if sum(not task.urgent for task in self.working.values()) >= max(1, self.workers - 1):
            return None
        for who, tasks in self.waiting.items():
            if who not in self.working:
                del self.waiting[who]
                if len(tasks) > 1:
                    self.waiting[who] = deque(list(tasks)[1:])
                return tasks[0]
        return None


def _awaited(tasks: deque[Task]) -> deque[Task]:
    return deque(task for task in tasks if not task.future.cancelled())


class Worker:
    """One process, started when it is needed and replaced when it has died or done so many tasks.

    ended: whether none is wanted any more.
    """

    def __init__(self, ended: Callable[[], bool]) -> None:
        self.ended = ended
        self.executor: ProcessPoolExecutor | None = None
        self.tasks = 0  # that the process was given

    def do(self, task: Task) -> None:
        """Have the task done; again, once, where the process dies before the task's time is up."""
        if not task.future.set_running_or_notify_cancel():
            return None
        for again in (True, False):
            began = monotonic()
            try:
                return task.future.set_result(self._submitted(task).result())
            except BrokenProcessPool as error:
                self.executor = None
                if self.ended():
                    return task.future.set_exception(error)
                if monotonic() - began >= (least := min(task.seconds, task.wall or task.seconds)):
                    return task.future.set_exception(TooLongError(f"more than {least:g} seconds"))
                if not again:
                    LOG.error("Two workers died of one task: %s", error)
                    return task.future.set_exception(error)
            except BaseException as error:  # whatever it is, it belongs to who waits for the result
                return task.future.set_exception(error)
        return None

    def _submitted(self, task: Task) -> "Future[Any]":
        """The task in the process. Raises BrokenProcessPool, also where a process cannot be started."""
        try:
            return self._started().submit(_limited, task.call, task.seconds, task.wall)
        except (OSError, EOFError) as error:
            raise BrokenProcessPool(f"no process: {error}") from error

    def close(self) -> None:
        """End the process, and wait until it has ended."""
        if self.executor:
            self.executor.shutdown()
        self.executor = None

    def _started(self) -> ProcessPoolExecutor:
        if self.tasks == RECYCLED_AFTER:  # Python's own `max_tasks_per_child` may lose a task (gh-115634, in 3.11)
            self.close()
        if self.executor is None:
            self.executor, self.tasks = ProcessPoolExecutor(1, _context(), _begin), 0
        self.tasks += 1
        return self.executor


def pool() -> Pool:
    """The one pool of this process. The environment's WEIGHT_LOOM_WORKERS says how many workers, if not two at most."""
    with _making:
        return _pool()


@cache
def _pool() -> Pool:
    chosen = os.environ.get("WEIGHT_LOOM_WORKERS", "")
    made = Pool(int(chosen) if chosen.isdecimal() else min(2, os.cpu_count() or 1))
    if made.workers:
        ready = threading.Timer(UNTIL_READY, _ready, [made])
        ready.daemon = True
        ready.start()
    return made


def _ready(made: Pool) -> None:
    """Have a worker before somebody needs one, but not while the first visitor waits for the first picture."""
    with suppress(FullError):
        made.submit("nobody", int)


@cache
def _context() -> BaseContext:
    """How processes are started: from a server with the engine loaded, or anew where there is no such thing."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _begin() -> None:
    """In the worker, at its start: low priority, one BLAS thread, no more memory than it may have."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the server, which ends its workers
    Thread(target=_end_with_the_server, daemon=True).start()
    process.use_one_blas_thread()
    process.return_large_blocks()
    process.silence_libraries()
    if resource:
        os.nice(NICENESS)
        if used := process.address_space():
            _limit(resource.RLIMIT_AS, used + MEMORY)


def _end_with_the_server() -> None:
    """In the worker: end it where the server was killed and could not."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _limited(call: Callable[[], T], seconds: float, wall: float) -> T:
    """In the worker: the result of this call; the process is ended where it takes more processor time, or more time."""
    if not resource:
        return call()
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 1)
    signal.setitimer(signal.ITIMER_REAL, wall)  # nobody handles the alarm: it ends the process
    try:
        return call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limit(what: int, amount: int) -> None:
    """Limit this process, no further than the system already does."""
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (amount if hard == resource.RLIM_INFINITY else min(amount, hard), hard))


def _do_here(task: Task) -> None:
    try:
        task.future.set_result(task.call())
    except Exception as error:  # as a worker would
        task.future.set_exception(error)
