"""From nothing to the first picture, against an empty Streamlit page started the same way; and memory a session."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from tests.benchmarks.serving import chromium, resident_mb
from tests.benchmarks.tables import ratio, spread, table
from tests.support.serving import served

EMPTY = 'import streamlit as st\nst.title("Empty")\n'
SESSIONS = 8


def run() -> None:
    cold_start()
    memory()


def cold_start(runs: int = 5) -> None:
    """Process start → first picture (the output map painted) or title, in a warm browser."""
    ours: list[float] = []
    empty: list[float] = []
    with TemporaryDirectory() as folder, chromium() as browser:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY, "utf-8")
        for _ in range(runs):
            for app, sign, times in (("app.py", ".result", ours), (script, "h1", empty)):
                page = browser.new_page()
                begin = time.perf_counter()
                with served(app=app) as server:
                    page.goto(server.url)
                    page.locator(sign).first.wait_for()
                    times.append(time.perf_counter() - begin)
                    page.close()
    table(
        "Cold start: process start to first picture (s; goal: at most twice the empty page)",
        ["Weight Loom", "empty page", "ratio"],
        [[spread(ours), spread(empty), ratio(ours, empty)]],
    )


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
