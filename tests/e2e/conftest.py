"""The app as a person starts it, and a browser. What a person does with them is in tests/support/user.py.

Nothing is skipped: without a browser every test fails with the sentence that says how to get one.
"""

import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.browser import executable
from tests.support.user import Theme

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
PATIENCE_MS = 15_000  # a busy machine is slow, not wrong
PROBES = re.compile(
    "/(compare|channels|train|network|sequence|lesson|quiz)/_stcore/(health|host-config)"
)  # Streamlit's page asks there first: 404

NewPage = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class Server:
    """The app as a person starts it, and all it has written so far."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def written(self) -> str:
        return self.log.read_text("utf-8", errors="replace")


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    with served() as started:
        yield started


@contextmanager
def served(
    port: int | None = None, python: str | Path = sys.executable, app: str | Path = "app.py", *options: str
) -> Iterator[Server]:
    """A server of its own, on this port or on a free one, that ends with the block."""
    if port is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    command = [python, "-m", "streamlit", "run", str(app), "--server.headless=true", *options]
    local = ["--server.address=127.0.0.1", f"--server.port={port}", "--server.fileWatcherType=none"]
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "server.log"
        with (
            written.open("wb") as log,
            subprocess.Popen([*command, *local], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT) as process,
        ):
            started = Server(f"http://127.0.0.1:{port}", written, process)
            try:
                _wait_until_healthy(started)
                yield started
            finally:
                process.terminate()


def _wait_until_healthy(server: Server) -> None:
    deadline = time.monotonic() + 60
    while server.process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5) as answer:  # noqa: S310  # http://
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The app did not start:\n{server.written()}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; ends with this package, for Playwright leaves no other event loop room beside it."""
    path = executable()
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def visitor(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """The visitor most tests are: his browser has been here before, so that pages come from its cache."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@pytest.fixture
def problems(server: Server) -> Iterator[list[str]]:
    """What must not happen on any page: errors in the console, on the page, in a box or in the app's log."""
    found: list[str] = []
    before = len(server.written())
    yield found
    news = server.written()[before:]
    if "Traceback" in news:
        found.append(f"server: {news}")
    assert not found, "\n".join(found)


@pytest.fixture
def page(visitor: BrowserContext, problems: list[str]) -> Iterator[Page]:
    page = visitor.new_page()
    with _watched(page, problems):
        yield page


@pytest.fixture
def new_page(browser: Browser, server: Server, problems: list[str]) -> Iterator[NewPage]:
    """Makes pages of visitors who are here for the first time."""
    with ExitStack() as open_pages:

        def make(size: tuple[int, int] = (1440, 900), color_scheme: Theme = "light") -> Page:
            viewport: ViewportSize = {"width": size[0], "height": size[1]}
            page = browser.new_page(base_url=server.url, viewport=viewport, color_scheme=color_scheme)
            return open_pages.enter_context(_watched(page, problems))

        yield make


@contextmanager
def _watched(page: Page, problems: list[str]) -> Iterator[Page]:
    page.set_default_timeout(PATIENCE_MS)
    page.on("console", lambda m: problems.append(f"console: {m.text}") if m.type == "error" and not _probe(m) else None)
    page.on("pageerror", lambda error: problems.append(f"page: {error}"))
    yield page
    if page.get_by_test_id("stException").count():
        problems.append(f"exception box on {page.url}")
    page.close()


def _probe(message: ConsoleMessage) -> bool:
    return "404" in message.text and PROBES.fullmatch(urlsplit(message.location["url"]).path) is not None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what the app has written last."""
    report = yield
    started = getattr(item, "funcargs", {}).get("server")
    if report.failed and isinstance(started, Server) and started.log.exists():
        report.sections.append(("app output", started.written()[-4000:]))
    return report
