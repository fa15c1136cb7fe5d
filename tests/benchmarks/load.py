"""A class at once: real sessions over WebSocket, beside the same script against an almost empty Streamlit page."""

import argparse
import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import process_time

import numpy as np

from tests.benchmarks.farm import farm
from tests.benchmarks.tables import table
from tests.benchmarks.visitors import CLASS, EMPTY, EVERY, Log, Script, Visitor, gather
from tests.benchmarks.watching import Look, look, marks, slope, watch

ARRIVING = 60.0  # seconds within which all arrive
FLOOR_MINUTES = 3.0  # at most, for the empty page: it has shown by then what it takes
LATE = 0.05  # seconds: where the client's own clock is later than that (95th percentile), it is the bottleneck
PAGES = {"Weight Loom": (Path("app.py"), CLASS), "empty page": (Path(__file__).parent / "empty_page.py", EMPTY)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """client: its share of one core. tracebacks: in the server's log."""

    log: Log
    looks: list[Look]
    client: float
    tracebacks: int


def run(options: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks load")
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--copies", type=int, default=1, help="of the app, behind nginx if there are several")
    asked = parser.parse_args(options)
    done: dict[str, Outcome] = {}
    for name, (app, script) in reversed(PAGES.items()):
        minutes = min(asked.minutes, FLOOR_MINUTES) if script is EMPTY else asked.minutes
        copies = 1 if script is EMPTY else asked.copies
        done[name] = measure(app, script, asked.sessions, minutes, asked.seed, copies)
    report(done, asked.sessions, asked.minutes)


def measure(app: Path, script: Script, sessions: int, minutes: float, seed: int, copies: int = 1) -> Outcome:
    """Fresh servers, started as in the README, and a class of visitors."""
    with farm(copies, app) as servers:
        pids = [server.pid for server in servers.copies]
        log, looks, began = Log(), [look(pids)], process_time()
        visitors = [Visitor(servers.url, script, Random(f"{seed} {n}"), log) for n in range(sessions)]  # noqa: S311  # no secret
        asyncio.run(_visited(visitors, minutes, log, looks, pids))
        client = (process_time() - began) / (60 * minutes)
        text = "".join(server.written() for server in servers.copies)
    if "Traceback" in text:
        Path("/tmp/weight-loom-load.log").write_text(text, "utf-8")  # noqa: S108  # for whoever runs the benchmark
    return Outcome(log, looks, client, text.count("Traceback"))


async def _visited(visitors: list[Visitor], minutes: float, log: Log, looks: list[Look], pids: list[int]) -> None:
    watching = asyncio.create_task(watch(pids, looks))
    await gather(visitors, minutes, min(ARRIVING, 20 * minutes), log)
    watching.cancel()


def report(done: dict[str, Outcome], sessions: int, minutes: float) -> None:
    setting = f"{sessions} sessions, {minutes:g} minutes, each acts every {EVERY:g} s, load {os.getloadavg()[0]:.1f}"
    ours = done["Weight Loom"].log.times
    kinds = sorted({kind for kind, _ in ours}, key=lambda kind: -_p95([t for k, t in ours if k == kind]))
    table(
        f"Answer times in ms ({setting}; goal: p95 ≤ 200 and at most four times the empty page's, p99 ≤ 800)",
        ["", "answers", "median", "p95", "p99", "longest"],
        [_row(name, [t for _, t in outcome.log.times]) for name, outcome in done.items()]
        + [["ratio of p95", "", "", f"{_ratio(done):.2f}", "", ""]]
        + [_row(f"  {kind}", [t for k, t in ours if k == kind]) for kind in kinds],
    )
    table(
        "The server and its workers (goal: 700 MB, 900 at most, and all of it flat once everybody is there)",
        ["", "% of the time", "MB (PSS)", "open files", "threads", "processes", "cores used so far"],
        [row for name, outcome in done.items() for row in _held(name, outcome.looks)],
    )
    table(
        "Growth a minute ± its standard error, in the second half of the time",
        ["", "MB (PSS)", "open files", "threads", "processes"],
        [[name, *_slopes(outcome.looks)] for name, outcome in done.items()],
    )
    table(
        "The client",
        [
            "",
            "cores used",
            "its clock late by, p95 (ms)",
            "longest (ms)",
            "verdict",
            "ticks",
            "ends untold",
            "MB received",
        ],
        [[name, *_client(outcome)] for name, outcome in done.items()],
    )
    for name, outcome in done.items():
        found = Counter(outcome.log.failures).most_common()
        rows = [[str(n), kind, reason[:150]] for (kind, reason), n in found] or [["0", "", ""]]
        table(f"Failures of {name} (goal: none); tracebacks in its log: {outcome.tracebacks}", ["", "at", "why"], rows)
    received = sorted(done["Weight Loom"].log.received.items(), key=lambda item: -item[1])
    table("Received by page", ["page", "MB"], [[page, f"{size / 1e6:.1f}"] for page, size in received])


def _row(name: str, times: list[float]) -> list[str]:
    if not times:
        return [name, "0", "", "", "", ""]
    middle, high, higher = 1e3 * np.percentile(times, [50, 95, 99])
    return [name, f"{len(times):,}", f"{middle:,.0f}", f"{high:,.0f}", f"{higher:,.0f}", f"{1e3 * max(times):,.0f}"]


def _p95(times: list[float]) -> float:
    return float(np.percentile(times, 95))


def _ratio(done: dict[str, Outcome]) -> float:
    ours, floor = ([t for _, t in done[name].log.times] for name in PAGES)
    return _p95(ours) / _p95(floor) if ours and floor else float("nan")


def _held(name: str, looks: list[Look]) -> list[list[str]]:
    rows = []
    for mark, one in marks(looks):
        used = f"{(one.cpu - looks[0].cpu) / (one.at - looks[0].at):.2f}" if mark else ""
        place = name if mark == 0 else ""
        counts = [str(one.handles), str(one.threads), str(one.processes)]
        rows.append([place, str(mark), f"{one.memory_mb:.0f}", *counts, used])
    return rows


def _slopes(looks: list[Look]) -> list[str]:
    later = looks[len(looks) // 2 :]
    slopes = (slope(later, name) for name in ("memory_mb", "handles", "threads", "processes"))
    return [f"{rise:+.2f} ± {error:.2f}" for rise, error in slopes]


def _client(outcome: Outcome) -> list[str]:
    late, log = _p95(outcome.log.lags), outcome.log
    verdict = "the client is the bottleneck" if late > LATE else "the client keeps up"
    more = [f"{log.ticks:,}", str(log.untold), f"{sum(log.received.values()) / 1e6:.0f}"]
    return [f"{outcome.client:.2f}", f"{1e3 * late:.1f}", f"{1e3 * max(log.lags):.0f}", verdict, *more]
