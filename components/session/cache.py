"""Values that are made once: of the page that is shown, of what the visitor has done, and of what all may see."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from threading import Lock
from typing import Any, Protocol, TypeVar

from components.session.pool import PATIENCE, FullError, TooLongError, pool
from components.session.recorded import recorded
from components.session.runs import Run
from components.session.session import current
from components.session.turns import waiting
from components.state.show import Show
from kernels.layer.spec import SpecError

T = TypeVar("T")
FEW = 2_000_000  # multiply-adds of a layer that the page's own process computes: some 50 ms with all that is drawn
MOST_COMMON = 32  # values for all visitors, of at most 600 kB each; what nobody has asked for longest goes first
BUSY = "the server is too busy right now: try again in a minute"
_common: OrderedDict[Hashable, Future[Any]] = OrderedDict()
_asking = Lock()


def remember(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """The value made for this key the last time, or a new one in its place; it is dropped when the page is left."""
    return _cached(current().page_cache, name, key, make)


def computed(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """As `remember`, of what may take long or much memory: a worker makes it, and this page alone waits.

    make: can be pickled. Raises SpecError where there is no worker for it or it takes too long.
    """
    return remember(name, key, lambda: by_a_worker(make))


def common(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """As `computed`, of what holds nothing of a visitor's own: a class that opens one link has it made once.

    make: its result is shared, and so it is never changed.
    """
    return remember(name, key, lambda: _of_all((name, key), make))


def _of_all(key: Hashable, make: Callable[[], T]) -> T:
    """What a worker has made of this for anybody, or makes now; whoever asks meanwhile waits for the same.

    What is refused is refused to all who wait, and asked for again by whoever comes after. Raises SpecError.
    """
    with _asking:
        known = _common.get(key)
        mine: Future[T] = _common.setdefault(key, Future())
        _common.move_to_end(key)
        if len(_common) > MOST_COMMON:
            _common.popitem(last=False)
    if known is None:
        return _made(key, make, mine)
    try:
        with waiting():
            value: T = known.result(PATIENCE)
    except CancelledError:  # its maker has broken off: each for himself
        return by_a_worker(make)
    except TimeoutError:
        raise SpecError(BUSY) from None
    return value


def _made(key: Hashable, make: Callable[[], T], future: Future[T]) -> T:
    """What a worker makes of this, for all who wait for this future. Raises SpecError."""
    try:
        made = by_a_worker(make, ("common", key))  # nobody's: who asked first may have work of his own at a worker
    except BaseException as error:
        with _asking:
            _common.pop(key, None)
        if isinstance(error, SpecError):
            future.set_exception(error)
        future.cancel()
        raise
    future.set_result(made)
    return made


class Cached(Protocol):
    """`remember`, `computed` or `common`."""

    def __call__(self, name: str, key: Hashable, make: Callable[[], T]) -> T: ...


def suited(multiply_adds: int) -> Cached:
    """`computed` for what is so much work, or `remember` where asking a worker would take longer."""
    return computed if multiply_adds > FEW else remember


def by_a_worker(make: Callable[[], T], who: Hashable = None) -> T:
    """The result of this call, while this page alone waits. who: has it made, if it is not the visitor.

    Raises SpecError.
    """
    try:
        with waiting():
            return pool().call(who or current().visitor, make)
    except TooLongError:
        raise SpecError("this takes longer than the server allows: choose a smaller picture or kernel") from None
    except MemoryError:
        raise SpecError("the server does not have enough memory for this: choose a smaller picture or kernel") from None
    except (FullError, TimeoutError, BrokenProcessPool):
        raise SpecError(BUSY) from None


def keep(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """As `remember`, for the visitor's own doing, which cannot be made again: it outlasts the page."""
    return _cached(current().kept, name, key, make)


def run(name: str, key: Hashable, record: type[T]) -> Run[T]:
    """The visitor's run of this name for this key, which begins with its recording, if there is one and it is to.

    record: the type of its records. A lesson has runs of its own.
    """
    session = current()

    def make() -> Run[T]:
        run = Run(session.visitor, recording=recorded(name, key, record))
        if session.states.of(Show).start == "recorded":
            run.replay()
        return run

    return _run(session.kept, f"{name} in the lesson" if session.states.start else name, key, make)


def run_of_page(name: str, key: Hashable) -> Run[Any]:
    """As `run`, of something so large that it is dropped when the page is left; there are no recordings of it."""
    session = current()
    return _run(session.page_cache, name, key, lambda: Run(session.visitor, large=True))


def _run(cached: dict[str, tuple[Hashable, Any]], name: str, key: Hashable, make: Callable[[], Run[T]]) -> Run[T]:
    before, old = cached.get(name, (key, None))
    if before != key and old:
        old.stop()
    return _cached(cached, name, key, make)


def _cached(cached: dict[str, tuple[Hashable, Any]], name: str, key: Hashable, make: Callable[[], T]) -> T:
    known = cached.get(name)
    if known is None or known[0] != key:
        known = cached[name] = (key, make())  # not read again: a run that was broken off may put its own there
    value: T = known[1]
    return value
