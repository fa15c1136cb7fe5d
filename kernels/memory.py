"""Arrays that are done with go back to the system at once.

glibc raises its threshold for memory mapping with every large block that is freed, up to 32 MB; below it, blocks come
from a thread's arena, which keeps what it once held. Every visitor has a thread: with six of them on Compare a server
held 433 MB, and 248 MB with the threshold fixed, which keeps large arrays out of the arenas.
"""

import ctypes

M_MMAP_THRESHOLD = -3  # of malloc.h
LARGE = 2**20  # bytes


def return_large_blocks() -> bool:
    """Fix the threshold for the whole process; False where the C library has no `mallopt` (macOS, Windows, musl)."""
    try:
        return bool(ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE))
    except (AttributeError, OSError, TypeError):
        return False
