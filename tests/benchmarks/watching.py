"""What processes and all they have started hold and use over time, together. Linux."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np

SECONDS = 1.0  # between two looks
MARKS = (0, 10, 25, 50, 75, 100)  # % of the time, at which a row of the table is taken


@dataclass(frozen=True, slots=True)
class Look:
    """memory_mb: the proportional set size, in which what processes share is counted once. cpu: seconds, with that of
    children that have ended."""

    at: float
    memory_mb: float
    cpu: float
    handles: int
    threads: int
    processes: int


def look(pids: Sequence[int]) -> Look:
    found = [one for pid in family(pids) if (one := _look(pid))]
    return Look(
        monotonic(),
        sum(one.memory_mb for one in found),
        sum(one.cpu for one in found),
        sum(one.handles for one in found),
        sum(one.threads for one in found),
        len(found),
    )


def family(pids: Sequence[int]) -> list[int]:
    """These processes and all that they have started, and these again."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    found = list(pids)
    for pid in found:  # it grows meanwhile
        found += children.get(pid, [])
    return found


def _look(pid: int) -> Look | None:
    """None where it has ended meanwhile."""
    folder = Path(f"/proc/{pid}")
    with suppress(OSError):
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        cpu = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
        lines = (folder / "smaps_rollup").read_text().splitlines()
        memory = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
        return Look(monotonic(), memory, cpu, len(list((folder / "fd").iterdir())), int(fields[17]), 1)
    return None


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
