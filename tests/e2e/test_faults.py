"""What goes wrong in a long day: the server starts again, a tab is closed, the line is slow or breaks."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from components.session.session import LOST
from tests.e2e.conftest import ROOT, Server, served
from tests.support.user import (
    assert_shows,
    fetched,
    kernel,
    menu,
    open_app,
    put,
    send_file,
    settled,
    spin,
    state_in_url,
    until,
    weight,
    wired,
)
from tests.support.visitor import png

pytestmark = pytest.mark.long

TICKS = 100  # a second, of the clock by which Linux counts the time of a process
DIGIT = "image=digit&side=8"
CONNECTION = "document.querySelector('[data-testid=stApp]').dataset.testConnectionState"


@contextmanager
def killed(browser: Browser, query: str, act: Callable[[Page], None]) -> Iterator[Page]:
    """A page on which somebody has acted, and whose server was killed then and has just been started again."""
    with served() as first:
        page = browser.new_page(base_url=first.url)
        open_app(page, query)
        act(page)
        first.process.kill()
    page.wait_for_function(f"{CONNECTION} !== 'CONNECTED'")
    with served(int(first.url.rsplit(":", 1)[1])):
        yield page
    page.close()


def reconnected(page: Page) -> None:
    page.wait_for_function(f"{CONNECTION} === 'CONNECTED'", timeout=20_000)
    settled(page)


def cpu_seconds(server: Server) -> float:
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def until_idle(server: Server) -> None:
    """Waits until the server computes less than a tenth of the time, but not for ever."""
    for _ in range(30):
        before = cpu_seconds(server)
        time.sleep(1)  # a share of the time takes time to be seen
        if cpu_seconds(server) - before < 0.1:
            return
    pytest.fail("It goes on computing")


def opacity(element: Locator) -> float:
    return float(element.evaluate("(node) => getComputedStyle(node).opacity"))


def begun(message: str | bytes) -> bool:
    """Whether the server says that a run begins, or goes on."""
    assert isinstance(message, bytes)
    told = ForwardMsg.FromString(message)
    return bool(told.WhichOneof("type") == "new_session" or told.session_status_changed.script_is_running)


# The server starts again.


def test_after_a_restart_of_the_server_the_page_reconnects_and_shows_the_kernel_of_its_link(browser: Browser) -> None:
    def edit(page: Page) -> None:
        put(weight(page, 1, 1), "5")
        settled(page)
        assert state_in_url(page).kernel == ((5, 2), (3, 4))

    with killed(browser, f"{DIGIT}&kernel=1,2;3,4", edit) as page:
        weight(page, 2, 2).fill("9")
        reconnected(page)
        assert kernel(page)[0] == [5, 2]
        assert state_in_url(page).kernel[0] == (5, 2)
        assert_shows(page, state_in_url(page))


def test_a_picture_that_was_lost_with_the_server_is_asked_for_again_and_the_rest_is_back(browser: Browser) -> None:
    def edit(page: Page) -> None:
        send_file(page, "mine.png", png((200, 60, 20)))
        put(weight(page, 2, 2), "7")
        settled(page)
        assert state_in_url(page).image == "upload"

    with killed(browser, "side=16&stride=2", edit) as page:
        reconnected(page)
        expect(page.get_by_text(LOST)).to_be_visible()
        settled(page)
        state = state_in_url(page)
        assert (state.image, state.side, state.stride, state.kernel[1][1]) == ("pagoda", 16, 2, 7)
        assert_shows(page, state)
        put(weight(page, 1, 1), "5")  # an act in a fragment of the page
        settled(page)
        assert_shows(page, replace(state, kernel=((5, *state.kernel[0][1:]), *state.kernel[1:])))


# A tab is closed.


def test_when_the_tab_is_closed_in_the_middle_of_training_the_work_stops_within_seconds(browser: Browser) -> None:
    with served() as server:
        page = browser.new_page(base_url=server.url)
        open_app(page, "examples=1000&epochs=100&racers=dense,local,tiled,conv", "/train")
        page.get_by_role("button", name="Play").click()
        expect(page.get_by_text("of 100, about")).to_be_visible()
        before = cpu_seconds(server)
        until(page, lambda: cpu_seconds(server) - before > 0.5)
        page.close()
        until_idle(server)


# The line is slow, or breaks.


def test_on_a_slow_line_a_map_that_is_out_of_date_does_not_look_like_the_current_one(page: Page) -> None:
    wire = wired(page)
    open_app(page, DIGIT, "/compare")
    maps = page.locator(".st-key-four_layers")
    before = state_in_url(page)
    fetched(page, "geometry")
    assert opacity(maps) == 1
    wire.held = True
    with menu(page, "geometry"):
        put(spin(page, "Stride"), "2")

    def has_faded() -> bool:
        wire.release(begun)  # the bar's run begins first, then the page's
        return opacity(maps) < 0.6

    until(page, has_faded)
    wire.release()
    settled(page)
    until(page, lambda: opacity(maps) == 1)
    assert (before.stride, state_in_url(page).stride) == (1, 2)


@pytest.mark.parametrize("path", ["/", "/compare"])
def test_a_line_that_breaks_is_taken_up_again_with_what_was_set(browser: Browser, path: str) -> None:
    with served() as server:
        page = browser.new_page(base_url=server.url)
        wire = wired(page)
        open_app(page, f"{DIGIT}&kernel=1,2;3,4&stride=2", path)
        before = len(wire.lines)
        wire.lines[-1].close()
        page.wait_for_function(f"{CONNECTION} !== 'CONNECTED'")
        reconnected(page)
        assert len(wire.lines) > before
        state = state_in_url(page)
        assert (state.kernel, state.stride) == (((1, 2), (3, 4)), 2)
        page.close()


FORGOTTEN = """
import sys
from pathlib import Path
import streamlit as st
sys.path.insert(0, {root!r})
from components.session import expiry, process

class Held:
    def __del__(self):
        Path({told!r}).open("a").write("gone ")

expiry.LOOK_EVERY = 0.5
process.COLLECT_EVERY = 0.0
expiry.begin()
st.session_state.setdefault("held", Held())
st.write("here")
"""


def test_closed_tabs_are_forgotten_after_their_time_though_nobody_else_comes(browser: Browser, tmp_path: Path) -> None:
    app, told = tmp_path / "app.py", tmp_path / "told"
    told.touch()
    app.write_text(FORGOTTEN.format(root=str(ROOT), told=str(told)), "utf-8")
    options = "--server.disconnectedSessionTTL=1"
    with served(None, sys.executable, app, options) as server, browser.new_context() as context:
        for _ in range(4):
            page = context.new_page()
            page.goto(server.url)
            expect(page.get_by_text("here")).to_be_visible()
            page.close()
        until(context.new_page(), lambda: told.read_text().count("gone") >= 3)  # Streamlit's server holds the last one
