"""What a computation takes."""

import tracemalloc
from collections.abc import Callable


def peak(run: Callable[[], object]) -> int:
    """The bytes allocated at the worst moment of a run."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
