"""From nothing to the first picture, against an empty Streamlit page started the same way; and memory a session."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from tests.benchmarks.browser import SCRIPT
from tests.benchmarks.serving import chromium, resident_mb
from tests.benchmarks.tables import ratio, spread, table
from tests.support.serving import served

EMPTY = 'import streamlit as st\nst.title("Empty")\n'
SESSIONS = 8


def run() -> None:
    cold_start()
    memory()


def cold_start(runs: int = 9) -> None:
    """Process start → first picture (NumPy's output map) or title, in turn, in a warm browser.

    The first of each is not counted: Python compiles then what it has not compiled yet, as pip does where it installs.
    """
    ours: list[float] = []
    empty: list[float] = []
    with TemporaryDirectory() as folder, chromium() as browser, kept_bytecode():
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY, "utf-8")
        for _ in range(runs + 1):
            ours.append(started(browser, Path("app.py"), ".badge"))  # which says whose numbers are on the output map
            empty.append(started(browser, script, "h1"))
    table(
        "Cold start: process start to first picture (s; goal: at most 1.7 times the empty page)",
        ["Weight Loom", "empty page", "ratio"],
        [[spread(ours[1:]), spread(empty[1:]), ratio(ours[1:], empty[1:])]],
    )


def started(browser: Browser, app: Path, sign: str) -> float:
    """Seconds until the first frame in which the element `sign` has a text."""
    page = browser.new_page()
    begin = time.perf_counter()
    with served(app=app) as server:
        page.goto(server.url)
        look = f"(window.sought ??= find(document, '{sign}'))?.textContent"
        page.wait_for_function(f"() => {{ {SCRIPT}\n return {look}; }}")
        taken = time.perf_counter() - begin
        page.close()
    return taken


@contextmanager
def kept_bytecode() -> Iterator[None]:
    """Servers started within keep what Python has compiled, as they do unless they are told not to."""
    told = os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        yield
    finally:
        if told is not None:
            os.environ["PYTHONDONTWRITEBYTECODE"] = told


def memory() -> None:
    """Resident memory of the server, per idle session that holds a 512×512 RGB picture."""
    with served() as server, chromium() as browser:
        pages: list[Page] = []

        def visit() -> None:
            page = browser.new_context().new_page()
            page.goto(f"{server.url}/?image=dahlia&side=512&colour=rgb")
            page.locator(".result").first.wait_for()
            page.get_by_text("measured just now").wait_for()
            pages.append(page)

        visit()
        time.sleep(1)
        first = resident_mb(server.pid)
        for _ in range(SESSIONS):
            visit()
        time.sleep(2)
        each = (resident_mb(server.pid) - first) / SESSIONS
    table(
        "Memory (MB resident; goal: at most 30 a session)",
        ["server with one session", f"each of {SESSIONS} more, 512×512 RGB"],
        [[f"{first:.0f}", f"{each:.1f}"]],
    )
