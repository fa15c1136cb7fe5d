"""What processes hold and use over time, together. Linux."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np

SECONDS = 1.0  # between two looks
MARKS = (0, 10, 25, 50, 75, 100)  # % of the time, at which a row of the table is taken


@dataclass(frozen=True, slots=True)
class Look:
    at: float
    resident_mb: float
    cpu: float  # seconds since the process began
    handles: int
    threads: int


def look(pids: Sequence[int]) -> Look:
    found = [_look(pid) for pid in pids]
    resident, cpu = sum(one.resident_mb for one in found), sum(one.cpu for one in found)
    return Look(found[0].at, resident, cpu, sum(one.handles for one in found), sum(one.threads for one in found))


def _look(pid: int) -> Look:
    folder = Path(f"/proc/{pid}")
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    resident = int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return Look(monotonic(), resident, cpu, len(list((folder / "fd").iterdir())), int(fields[17]))


async def watch(pids: Sequence[int], looks: list[Look]) -> None:
    """A look every second, until cancelled."""
    while True:
        looks.append(look(pids))
        await asyncio.sleep(SECONDS)


def marks(looks: list[Look]) -> list[tuple[int, Look]]:
    """The looks at the marks."""
    return [(mark, looks[round(mark / 100 * (len(looks) - 1))]) for mark in MARKS]


def slope(looks: list[Look], name: str) -> tuple[float, float]:
    """How much is added a minute, and the standard error of that: a line through ten means of the looks."""
    parts = np.array_split(np.array([(one.at / 60, float(getattr(one, name))) for one in looks]), 10)
    x, y = np.array([part.mean(axis=0) for part in parts]).T
    x = x - x.mean()
    rise = float((x * y).sum() / (x * x).sum())
    left = y - y.mean() - rise * x
    return rise, float(np.sqrt((left * left).sum() / (len(x) - 2) / (x * x).sum()))
