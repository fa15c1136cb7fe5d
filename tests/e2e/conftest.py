"""The app, a browser, and the few words in which the tests say what a person does and sees.

Elements are found by what they are called for people: roles and labels. Nothing is skipped: without a browser every
test fails with the sentence that says how to get one.
"""

import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64decode
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    ViewportSize,
    WebSocketRoute,
    expect,
    sync_playwright,
)

from components.display import theme
from components.display.layer import OutputMap, layer_of, output_map
from components.pages.explore.loom import MIDDLE
from components.state.link import from_query
from components.state.setup import DRAWING, Setup
from kernels.images.decode import planes
from kernels.images.samples import drawn, sample
from tests.browser import executable

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
STREAM = "**/_stcore/stream"
PROBES = re.compile(
    "/(compare|channels|train|network|sequence|lesson|quiz)/_stcore/(health|host-config)"
)  # Streamlit's page asks there first: 404
QUIET_MS = 300  # longer than the loom waits before it sends an edit

Bytes = NDArray[np.uint8]
Theme = Literal["light", "dark"]
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
def served(port: int | None = None, python: str | Path = sys.executable) -> Iterator[Server]:
    """A server of its own, on this port or on a free one, that ends with the block."""
    if port is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    command = [python, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    options = ["--server.address=127.0.0.1", f"--server.port={port}", "--server.fileWatcherType=none"]
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "server.log"
        with (
            written.open("wb") as log,
            subprocess.Popen([*command, *options], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT) as process,
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
    page.set_default_timeout(15_000)
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


# What a person does and sees.


def open_app(page: Page, query: str = "", path: str = "/") -> None:
    page.goto(f"{path}?{query}" if query else path)
    settled(page)


def settled(page: Page) -> None:
    """Waits until nothing has been under way for a while: no run, no preview waiting for NumPy, no picture to decode.

    On any page; a loom's badge is waited for only where there is a loom.
    """
    page.wait_for_function(
        """(quiet) => {
          const all = (root, css) => [...root.querySelectorAll("*")].flatMap(
            (node) => [...(node.matches(css) ? [node] : []), ...(node.shadowRoot ? all(node.shadowRoot, css) : [])]);
          const busy = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning"
            || document.querySelector("[data-testid=stSkeleton], [data-testid=stAppSkeleton]") !== null
            || document.querySelector("h1") === null
            || all(document, ".badge").some((badge) => badge.textContent !== "NumPy")
            || all(document, "img").some((picture) => !picture.complete);
          const now = performance.now();
          if (busy) window.quietSince = undefined;
          else window.quietSince ??= now;
          if (busy || now - window.quietSince < quiet) return false;
          window.quietSince = undefined;
          return true;
        }""",
        arg=QUIET_MS,
        polling=40,
        timeout=30_000,
    )


def badge(page: Page) -> str:
    """Who computed the output on show: "preview" (this browser) or "NumPy" (the server)."""
    return page.locator(".badge").inner_text()


def weight(page: Page, k: int, l: int) -> Locator:
    """The field of one weight, counted from 1."""
    return page.get_by_role("spinbutton", name=f"Weight row {k} column {l}", exact=True)


def kernel(page: Page) -> list[list[float]]:
    """The weights as they can be read in the fields."""
    fields: list[tuple[str, str]] = page.get_by_role("spinbutton", name=re.compile("^Weight row")).evaluate_all(
        "fields => fields.map((field) => [field.ariaLabel, field.value])"
    )
    rows: dict[str, list[float]] = {}
    for label, value in fields:
        rows.setdefault(label.split(" column ")[0], []).append(float(value))
    return list(rows.values())


def canvas(page: Page, name: str) -> Locator:
    """The canvas people point at: "Input", "Output" or "Weight matrix"."""
    return page.get_by_role("img", name=name, exact=True)


def pixels(page: Page, name: str) -> Bytes:
    """The picture below that canvas, one pixel a number: (h, w, 4), red, green, blue and opacity."""
    width, height, data = canvas(page, name).evaluate(
        """(over) => {
          const base = [...over.parentElement.querySelectorAll("canvas")].find((other) => other !== over);
          const bytes = base.getContext("2d").getImageData(0, 0, base.width, base.height).data;
          let text = "";
          for (let n = 0; n < bytes.length; n += 8192) text += String.fromCharCode(...bytes.subarray(n, n + 8192));
          return [base.width, base.height, btoa(text)];
        }"""
    )
    return np.frombuffer(b64decode(data), np.uint8).reshape(height, width, 4)


def point_at(page: Page, name: str, row: int, column: int, cells: tuple[int, int]) -> None:
    """Move the mouse to the middle of one of the `cells` (rows, columns) of a canvas, counted from 0."""
    target = canvas(page, name)
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    x = box["x"] + (column + 0.5) * box["width"] / cells[1]
    page.mouse.move(x, box["y"] + (row + 0.5) * box["height"] / cells[0])


def the_sum(page: Page) -> Locator:
    """The sentence under the pictures."""
    return page.get_by_role("status", name="The sum")


def enter(page: Page, label: str, value: float) -> None:
    """Type into a number field of the sidebar."""
    box = page.get_by_role("spinbutton", name=label, exact=True)
    box.fill(f"{value:g}")
    box.press("Enter")
    settled(page)


def state_in_url(page: Page) -> Setup:
    state, complaints = from_query(dict(parse_qsl(urlsplit(page.url).query)), Setup())
    assert not complaints
    return state


def picture_of(state: Setup) -> Bytes:
    """The picture as (channels, h, w), for any that a link can hold."""
    whole = drawn(state.drawing) if state.image == DRAWING else sample(state.image, state.side)
    return planes(whole, state.colour)


def computed(state: Setup, picture: Bytes | None = None) -> OutputMap:
    """What NumPy makes of this state, here in the test."""
    levels = picture_of(state) if picture is None else picture
    return output_map(state, layer_of(state, levels.shape[1:]), levels)


def coloured(map: OutputMap, color_scheme: Theme = "light") -> Bytes:
    """The output as pixels (h, w, 3): grey, blue and red where it is signed, or the three channels as they are."""
    if len(map.levels) == 3:
        return np.moveaxis(map.levels, 0, 2)
    table = theme.diverging(MIDDLE[color_scheme]) if map.scale.signed else theme.grey()
    pixels: Bytes = np.take(table, map.levels[0], axis=0)
    return pixels


def assert_shows(page: Page, state: Setup, picture: Bytes | None = None, color_scheme: Theme = "light") -> None:
    """The page's output is, pixel for pixel, what NumPy makes of the state."""
    shown, right = pixels(page, "Output"), coloured(computed(state, picture), color_scheme)
    assert shown.shape[:2] == right.shape[:2]
    assert (shown[..., 3] == 255).all()
    np.testing.assert_array_equal(shown[..., :3], right)


@dataclass
class Wire:
    """A page's connection to the server. While it is held, what the server says does not arrive.

    pause: seconds before each message of the server, as on a slow line. said: how many the page has sent.
    """

    held: bool = False
    pause: float = 0.0
    said: int = 0
    waiting: list[tuple[WebSocketRoute, str | bytes]] = field(default_factory=list)
    lines: list[WebSocketRoute] = field(default_factory=list)

    def connect(self, browser_side: WebSocketRoute) -> None:
        self.lines.append(browser_side)
        server_side = browser_side.connect_to_server()
        browser_side.on_message(lambda message: self._say(server_side, message))
        server_side.on_message(lambda message: self._pass(browser_side, message))

    def _say(self, server_side: WebSocketRoute, message: str | bytes) -> None:
        self.said += 1
        server_side.send(message)

    def _pass(self, browser_side: WebSocketRoute, message: str | bytes) -> None:
        time.sleep(self.pause)
        if self.held:
            self.waiting.append((browser_side, message))
        else:
            browser_side.send(message)

    def release(self, which: Callable[[str | bytes], bool] | None = None) -> None:
        """All that waits, and what comes from now on; or only the messages that these are."""
        self.held = which is not None
        waiting, self.waiting = self.waiting, []
        for browser_side, message in waiting:
            if which is None or which(message):
                browser_side.send(message)
            else:
                self.waiting.append((browser_side, message))


def until(page: Page, happened: Callable[[], bool]) -> None:
    """Waits for it, but not for ever."""
    for _ in range(300):
        if happened():
            return
        page.wait_for_timeout(50)
    pytest.fail("It has not happened")


def wired(page: Page) -> Wire:
    """Before the page is opened: a hold on what the server says."""
    wire = Wire()
    page.route_web_socket(STREAM, wire.connect)
    return wire


def frames_sent(page: Page) -> list[str | bytes]:
    """Before the page is opened: a list that grows with every message to the server."""
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    return sent


def expect_no_sideways_scroll(page: Page) -> None:
    for selector in ("html", "[data-testid=stMain]"):
        wide = page.locator(selector).evaluate("(box) => box.scrollWidth - box.clientWidth")
        assert wide <= 0, f"{selector} scrolls sideways by {wide} px"


def expect_notice(page: Page, words: str) -> None:
    expect(page.get_by_role("alert").filter(has_text=words).first).to_be_visible()
