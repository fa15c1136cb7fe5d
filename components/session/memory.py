"""Memory of a server that runs for days: what is done with goes back to the system, what stays is not searched again.

glibc raises its threshold for memory mapping with every large block that is freed, up to 32 MB; below it, blocks come
from a thread's arena, which keeps what it once held. Every visitor has a thread: with six of them on Compare a server
held 433 MB, and 248 MB with the threshold fixed, which keeps large arrays out of the arenas.
"""

import ctypes
import gc
from threading import Lock
from time import monotonic

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # of malloc.h
LARGE = 2**20  # bytes
ARENAS = 2
TIDY = 10.0  # seconds from one search for garbage to the next, at least
_tidying = Lock()
_tidied = 0.0


def return_large_blocks() -> bool:
    """Fix the threshold for the whole process; False where the C library has no `mallopt` (macOS, Windows, musl)."""
    try:
        library = ctypes.CDLL(None)
        return bool(library.mallopt(M_MMAP_THRESHOLD, LARGE) and library.mallopt(M_ARENA_MAX, ARENAS))
    except (AttributeError, OSError, TypeError):
        return False


def spare_modules() -> None:
    """Take all there is out of the garbage collector's sight; to be called when everything is imported.

    The modules are 175,000 objects: searching them takes 100 ms with the GIL held. Streamlit does so after every run, a
    fragment's too, unless it is told not to (`.streamlit/config.toml`): with fifty visitors, 84 % of all it did.
    """
    gc.collect()
    gc.freeze()


def tidy() -> None:
    """Collect garbage and give free memory back, if that is not done already or was only just done."""
    global _tidied
    if not _tidying.acquire(blocking=False):
        return
    try:
        if monotonic() - _tidied >= TIDY:
            gc.collect()
            _trim()
            _tidied = monotonic()
    finally:
        _tidying.release()


def _trim() -> None:
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        return
