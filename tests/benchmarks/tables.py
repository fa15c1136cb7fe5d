"""Timing and printing, the same for all tables."""

from collections.abc import Callable, Sequence
from time import perf_counter, thread_time

import numpy as np


def in_turn(*works: Callable[[], object], runs: int = 15) -> list[list[float]]:
    """Milliseconds of each piece of work, run A B A B … after one warm-up each, so that drift hits all alike."""
    for work in works:
        work()
    times: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for work, kept in zip(works, times, strict=True):
            begin = perf_counter()
            work()
            kept.append(1e3 * (perf_counter() - begin))
    return times


def alone_in_turn(*works: Callable[[], object], calls: int = 11, least: float = 0.5) -> list[list[float]]:
    """Milliseconds this thread spent on the processor in each piece of work, in turn as above.

    For works of one thread: time in which another program had the processor does not count. Short works are called
    again and again, until a time is that of at least so many milliseconds.
    """
    for work in works:
        work()
    repeats = [max(1, round(least / max(alone(work), 1e-4))) for work in works]
    times: list[list[float]] = [[] for _ in works]
    for _ in range(calls):
        for work, kept, repeat in zip(works, times, repeats, strict=True):
            kept.append(alone(work, repeat))
    return times


def alone(work: Callable[[], object], repeat: int = 1) -> float:
    """Milliseconds on the processor, the mean of so many calls."""
    begin = thread_time()
    for _ in range(repeat):
        work()
    return 1e3 * (thread_time() - begin) / repeat


def spread(times: Sequence[float], digits: int = 2) -> str:
    """median [10th … 90th percentile]."""
    low, middle, high = np.percentile(times, [10, 50, 90])
    return f"{middle:{digits + 6}.{digits}f} [{low:.{digits}f} … {high:.{digits}f}]"


def ratio(a: Sequence[float], b: Sequence[float]) -> str:
    """The median of the pairwise ratios a/b."""
    return f"{np.median(np.array(a) / np.array(b)):.2f}"


def margin(a: Sequence[float], b: Sequence[float]) -> str:
    """The pairwise ratios a/b: median [10th … 90th percentile]."""
    return spread((np.array(a) / np.array(b)).tolist()).strip()


def verdict(a: Sequence[float], b: Sequence[float]) -> str:
    """Whether a is faster than b: level where 1 lies between the 10th and the 90th percentile of the ratios."""
    low, high = np.percentile(np.array(a) / np.array(b), [10, 90])
    if high < 1:
        return "faster"
    return "level" if low <= 1 else "SLOWER"


def table(claim: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"\n{claim}")
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
