"""The process all visitors share: its memory and its threads, set up once and kept small while it runs for days."""

import ctypes
import gc
import os
import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from multiprocessing import parent_process
from threading import Lock
from time import monotonic
from typing import TypeVar

try:
    import resource
except ImportError:  # Windows: there are no limits, and the work is done all the same
    resource = None  # type: ignore[assignment]

T = TypeVar("T")
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # of malloc.h
LARGE = 2**20  # bytes
ARENAS = 2
COLLECT_EVERY = 10.0  # seconds from one garbage collection to the next, at least
EXTENSIONS = ("numpy._core._multiarray_umath", "scipy.linalg._fblas")  # what OpenBLAS is linked to in the two packages
SETTERS = ("scipy_openblas_set_num_threads64_", "scipy_openblas_set_num_threads", "openblas_set_num_threads")
_collecting = Lock()
_collected = 0.0


@cache
def prepare() -> None:
    """Set up memory and threads, once, when everything is imported.

    The modules are 125,000 objects; searching them for garbage takes 75 ms with the GIL held. Streamlit does that
    after every run unless it is told not to (`.streamlit/config.toml`); frozen, they are never searched. Importing
    leaves hardly any that are garbage: they are not searched for.
    """
    return_large_blocks()
    use_one_blas_thread()
    gc.freeze()


def return_large_blocks() -> bool:
    """Make malloc give large blocks back to the system; False where the C library has no `mallopt`.

    glibc raises its threshold for memory mapping with every large block that is freed, up to 32 MB; below it, blocks
    come from a thread's arena, which keeps what it once held. Six visitors on Compare: 433 MB, and 248 MB with the
    threshold fixed.
    """
    try:
        library = ctypes.CDLL(None)
        return bool(library.mallopt(M_MMAP_THRESHOLD, LARGE) and library.mallopt(M_ARENA_MAX, ARENAS))
    except (AttributeError, OSError, TypeError):
        return False


def use_one_blas_thread() -> int:
    """Limit every OpenBLAS of NumPy and SciPy to one thread; returns how many of the two have one.

    OpenBLAS splits a product over all cores and waits for them in a loop that never sleeps. With one other busy program
    on two cores that was ten times slower than one thread (a dense layer's 40 epochs: 6.1 s against 0.6 s).
    """
    return sum(map(_limit, EXTENSIONS))


def _limit(extension: str) -> bool:
    try:
        spec = find_spec(extension)
        library = ctypes.CDLL(spec.origin if spec else extension)
    except (ImportError, OSError):
        return False
    setter = next((getattr(library, name) for name in SETTERS if hasattr(library, name)), None)
    if setter is not None:
        setter(1)
    return setter is not None


def silence_libraries() -> None:
    """Drop what libraries in C write to the standard error stream: libtiff has a line for each row of a broken fax."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def within(memory: int, call: Callable[[], T]) -> T:
    """The result of this call, which in a worker may take so many bytes of address space. Raises MemoryError, or as it.

    The server's own process is not limited: others' work would be.
    """
    used = address_space()
    if resource is None or parent_process() is None or not used:
        return call()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, before[1]))
    try:
        return call()
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def address_space() -> int:
    """Bytes of address space this process has; 0 where that is not known."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  # a file of the kernel
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def collect() -> None:
    """Collect garbage and give free memory back, unless that was done just now or is being done."""
    global _collected
    if not _collecting.acquire(blocking=False):
        return
    try:
        if monotonic() - _collected >= COLLECT_EVERY:
            gc.collect()
            _trim()
            _collected = monotonic()
    finally:
        _collecting.release()


def _trim() -> None:
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        return
