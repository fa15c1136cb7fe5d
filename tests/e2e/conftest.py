"""The app as a person starts it, and a browser. What a person does with them is in tests/support/user.py.

Tests marked `firefox` run in Chromium and, in the long part, in Firefox too. Nothing is skipped: without a browser
every test fails with the sentence that says how to get one.
"""

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.browser import executable
from tests.support.serving import ROOT as ROOT
from tests.support.serving import Server as Server
from tests.support.serving import served as served
from tests.support.user import Theme

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",  # a camera, and a visitor who permits it
]
FIREFOX_SETTINGS: dict[str, str | float | bool] = {
    "focusmanager.testmode": True  # without a screen its windows have no focus, and a field is never left
}
PATIENCE_MS = 15_000  # a busy machine is slow, not wrong
PROBES = re.compile(
    "/(compare|channels|adaptive|train|network|sequence|sharing|lesson|quiz)/_stcore/(health|host-config)"
)  # Streamlit's page asks there first: 404

NewPage = Callable[..., Page]


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    with served() as started:
        yield started


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("firefox"):
        marks = (pytest.mark.long, pytest.mark.in_firefox)
        both = [pytest.param(None, id="chromium"), pytest.param("firefox", id="firefox", marks=marks)]
        metafunc.parametrize("browser", both, indirect=True, scope="package")


@pytest.fixture(scope="package")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """One Chromium for all tests, one Firefox for those it is asked for.

    Ends with this package, for Playwright leaves no other event loop room beside it.
    """
    name: Literal["chromium", "firefox"] = getattr(request, "param", None) or "chromium"
    path = executable(name)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        if name == "firefox":  # as people have it, over WebDriver BiDi
            started = playwright.firefox.launch(
                channel="moz-firefox", executable_path=path, firefox_user_prefs=FIREFOX_SETTINGS
            )
        else:
            started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


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
    with _watched(visitor.new_page(), problems) as page:
        yield page


@pytest.fixture
def new_page(visitor: BrowserContext, problems: list[str]) -> Iterator[NewPage]:
    """Makes more windows of that visitor, of this size and in this theme."""
    with ExitStack() as open_pages:

        def make(size: tuple[int, int] = (1440, 900), color_scheme: Theme = "light") -> Page:
            page = open_pages.enter_context(_watched(visitor.new_page(), problems))
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.emulate_media(color_scheme=color_scheme)
            return page

        yield make


@pytest.fixture
def new_visitor(browser: Browser, server: Server, problems: list[str]) -> Iterator[NewPage]:
    """Makes pages of visitors who are here for the first time."""
    with ExitStack() as open_pages:

        def make(size: tuple[int, int] = (1440, 900)) -> Page:
            page = browser.new_page(base_url=server.url, viewport={"width": size[0], "height": size[1]})
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
