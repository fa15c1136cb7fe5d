"""A class that answers the quiz together: 200 students and a teacher, over WebSocket."""

import argparse
import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from time import perf_counter

import numpy as np
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.benchmarks.acts import POLL, press, said, until
from tests.benchmarks.farm import farm
from tests.benchmarks.screen import Missing
from tests.benchmarks.tables import table
from tests.benchmarks.watching import Look, look, watch
from tests.benchmarks.wire import Failure, Tab

STUDENTS = 200
JOINING, ANSWERING = 60.0, 20.0  # seconds within which all join, and then answer
SETTLED = 10.0  # seconds after the last answer that the teacher's page has to show it
LETTERS = "ABCD"


@dataclass(slots=True)
class Log:
    """Seconds of every arrival and answer. counted: when each answer was. shown: when the teacher read how many.

    ended: when the teacher showed the distribution; discussing: when each student read that the discussion is on.
    """

    arrivals: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    counted: list[float] = field(default_factory=list)
    shown: list[tuple[float, int]] = field(default_factory=list)
    ended: float = 0.0
    discussing: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def run(options: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks classroom")
    parser.add_argument("--copies", type=int, default=1, help="of the app, behind nginx if there are several")
    with farm(parser.parse_args(options).copies) as servers:
        pids = [server.pid for server in servers.copies]
        log, looks = Log(), [look(pids)]
        asyncio.run(_class(servers.url, pids, log, looks))
    _report(log, looks)


async def _class(url: str, pids: list[int], log: Log, looks: list[Look]) -> None:
    watching = asyncio.create_task(watch(pids, looks))
    teacher = await _at_quiz(url, "")
    await press("Open a class").do(teacher, Random(0))  # noqa: S311  # no secret
    await _identify(teacher, 10**6)
    code = re.findall(r"class=(\w+)", teacher.query)[0]
    reading = asyncio.create_task(_read(teacher, log))
    joined, chance = asyncio.Event(), Random(1)  # noqa: S311
    students = [asyncio.create_task(_student(url, code, n, chance, joined, log)) for n in range(STUDENTS)]
    await asyncio.sleep(JOINING + SETTLED)
    joined.set()
    await asyncio.sleep(ANSWERING + SETTLED)
    log.ended = perf_counter()
    await press("Show the distribution").do(teacher, Random(0))  # noqa: S311
    await asyncio.gather(*students)
    reading.cancel()
    watching.cancel()
    await teacher.close()


async def _at_quiz(url: str, query: str) -> Tab:
    """A tab on the Quiz page, as of whoever follows a link to it."""
    tab = await Tab.open(url, f"/quiz?{query}")
    tab.path, tab.query = "quiz", query
    await tab.ask()
    return tab


async def _identify(tab: Tab, number: int) -> None:
    """The browser tells its ticket."""
    shown = tab.screen.find("bidi_component", "ticket")
    await tab.ask(shown.fragment, said(shown, "ticket", f"{number:032x}"))


async def _student(url: str, code: str, n: int, chance: Random, joined: asyncio.Event, log: Log) -> None:
    await asyncio.sleep(chance.uniform(0, JOINING))
    try:
        began = perf_counter()
        tab = await _at_quiz(url, f"class={code}")
        await _identify(tab, n)
        log.arrivals.append(perf_counter() - began)
        await joined.wait()
        await asyncio.sleep(chance.uniform(0, ANSWERING))
        log.answers.append(await _answer(tab, chance.choice(LETTERS)))
        log.counted.append(perf_counter())
        discussing = "the discussion is on"  # the page says so by itself
        await until(lambda: _says(tab, discussing), f"it is not said that {discussing}", ANSWERING + 2 * SETTLED)
        log.discussing.append(perf_counter())
        tab.checked(titled=False)
        await tab.close()
    except (Failure, Missing, TimeoutError, OSError) as error:
        log.failures.append(f"{type(error).__name__}: {error}")


async def _answer(tab: Tab, letter: str) -> float:
    """Press one of the answers: the seconds until the page says that it is counted."""
    buttons = [button for button in tab.screen.all("button") if button.body.label.split(".")[0] == letter]
    if not buttons:
        raise Missing(f"no answer {letter} to press")
    seconds = await tab.ask(buttons[0].fragment, WidgetState(id=buttons[0].body.id, trigger_value=True))
    if not _says(tab, "It is counted"):
        raise Failure("the answer was not counted")
    return seconds


def _says(tab: Tab, words: str) -> bool:
    return any(words in text for text in tab.screen.texts("alert"))


async def _read(teacher: Tab, log: Log) -> None:
    """Note when the teacher's page shows another number of answers."""
    while True:
        texts = "\n".join(teacher.screen.texts("markdown"))
        found = [int(n) for n in re.findall(r"\*\*(\d+) of \d+ students?\*\* answered", texts)]
        if found and (not log.shown or log.shown[-1][1] != found[0]):
            log.shown.append((perf_counter(), found[0]))
        await asyncio.sleep(POLL)


def _delays(log: Log) -> list[float]:
    """Seconds from each answer's being counted until the teacher's page showed at least so many."""
    return [
        next((at for at, many in log.shown if many >= n + 1), float("inf")) - counted
        for n, counted in enumerate(sorted(log.counted))
    ]


def _report(log: Log, looks: list[Look]) -> None:
    rows = [
        ("joined", log.arrivals),
        ("answer counted", log.answers),
        ("shown to the teacher", _delays(log)),
        ("told to discuss", [at - log.ended for at in log.discussing]),
    ]
    table(
        f"A class of {STUDENTS} in ms (goal: counted within 1,000 in 95%, shown to the teacher within 3,000)",
        ["", "number", "median", "p95", "longest"],
        [[name, str(len(times)), *(f"{1e3 * n:,.0f}" for n in _marks(times))] for name, times in rows],
    )
    table(
        "The server and its workers (goal: 700 MB, 900 at most)",
        ["MB (PSS) before", "most", "cores used"],
        [[f"{looks[0].memory_mb:.0f}", f"{max(one.memory_mb for one in looks):.0f}", _cores(looks)]],
    )
    table(f"Failures (goal: none): {len(log.failures)}", ["why"], [[why[:150]] for why in sorted(set(log.failures))])


def _marks(times: list[float]) -> tuple[float, float, float]:
    return (*np.percentile(times, [50, 95]), max(times)) if times else (float("nan"),) * 3


def _cores(looks: list[Look]) -> str:
    return f"{(looks[-1].cpu - looks[0].cpu) / (looks[-1].at - looks[0].at):.2f}"
