"""Timing and printing, the same for all tables."""

from collections.abc import Callable, Sequence
from time import perf_counter

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


def spread(times: Sequence[float]) -> str:
    """median [10th … 90th percentile]."""
    low, middle, high = np.percentile(times, [10, 50, 90])
    return f"{middle:8.2f} [{low:.2f} … {high:.2f}]"


def ratio(a: Sequence[float], b: Sequence[float]) -> str:
    """The median of the pairwise ratios a/b."""
    return f"{np.median(np.array(a) / np.array(b)):.2f}"


def table(claim: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"\n{claim}")
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
