"""Files made on a click, in real browsers: all arrive, each once, whatever else the server and the page are at."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Download, Page, WebSocketRoute, expect

from components.pages.quiz.worksheet import answer_sheet, worksheet
from tests.e2e.conftest import NewPage
from tests.support.user import STREAM, answered, open_app, press, settled, until, wired

pytestmark = pytest.mark.long

NAMES = {
    "Figure (PNG)": "weight-loom-figure.png",
    "Scan (GIF)": "weight-loom-scan.gif",
    "Counts (CSV)": "weight-loom-counts.csv",
    "Kernel (CSV)": "weight-loom-kernel.csv",
}


def watched(page: Page) -> list[Download]:
    """Before the page is opened: a list that grows with every download."""
    downloads: list[Download] = []
    page.on("download", lambda download: downloads.append(download))
    return downloads


def explore(page: Page) -> list[Download]:
    downloads = watched(page)
    open_app(page, "image=digit&side=8")
    page.get_by_text("Download: pictures").click()
    return downloads


def arrived(page: Page, downloads: list[Download], names: list[str]) -> None:
    """These and no others, also after a while."""
    until(page, lambda: len(downloads) >= len(names))
    settled(page)
    assert [download.suggested_filename for download in downloads] == names


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def opens(download: Download) -> None:
    """As the picture its name says, or as lines of a table."""
    name, file = download.suggested_filename, content(download)
    if name.endswith((".png", ".gif")):
        with Image.open(io.BytesIO(file)) as picture:
            picture.load()
            assert picture.format == name[-3:].upper()
    else:
        assert len(file.decode().splitlines()) >= 3


def test_while_another_visitor_trains_three_exports_arrive_and_open(new_page: NewPage) -> None:
    one, other = new_page(), new_page()
    open_app(one, "epochs=100&examples=1000", "/train")
    press(one, "Play")
    downloads, requested = explore(other), list[str]()
    other.on("request", lambda request: requested.append(request.url))
    for label in [*NAMES][:3]:
        with other.expect_download():
            press(other, re.escape(label))
    arrived(other, downloads, [*NAMES.values()][:3])
    assert not [url for url in requested if not url.startswith("blob:")]  # nothing that another process would not have
    for download in downloads:
        opens(download)
    expect(one.get_by_role("button", name="Pause")).to_be_visible()  # it ticked all the while


def test_the_same_file_comes_once_a_click_and_never_by_itself(new_page: NewPage) -> None:
    page = new_page()
    downloads = explore(page)
    for _ in range(2):
        with page.expect_download():
            press(page, re.escape("Kernel (CSV)"))
    names = [NAMES["Kernel (CSV)"]] * 2
    arrived(page, downloads, names)
    assert content(downloads[0]) == content(downloads[1])
    page.emulate_media(color_scheme="dark")
    arrived(page, downloads, names)
    page.get_by_role("link", name="Quiz").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1. Which matrix?")
    page.get_by_role("link", name="Explore").click()
    expect(page.get_by_text("Download: pictures")).to_be_visible()
    arrived(page, downloads, names)
    page.reload()
    arrived(page, downloads, names)


def test_clicks_faster_than_files_can_be_made_all_bring_theirs(new_page: NewPage) -> None:
    page = new_page()
    downloads = explore(page)
    buttons = [page.get_by_role("button", name=label, exact=True) for label in NAMES]
    handles = [button.element_handle() for button in buttons]
    page.evaluate("(buttons) => buttons.forEach((button) => button.click())", handles)
    arrived(page, downloads, [*NAMES.values()])
    for download in downloads:
        opens(download)


def test_a_file_that_is_lost_on_its_way_is_sent_again(new_page: NewPage) -> None:
    page = new_page()
    wire = wired(page)
    downloads = explore(page)
    expect(page.get_by_role("button", name="Figure (PNG)")).to_be_visible()
    settled(page)
    wire.held = True
    press(page, re.escape("Figure (PNG)"))
    answered(page, wire)
    kept = [(side, said) for side, said in wire.waiting if b'"name": "weight-loom-figure.png"' not in said]
    assert len(kept) == len(wire.waiting) - 1
    wire.waiting = kept
    wire.release()
    settled(page)
    assert downloads == []
    press(page, re.escape("Counts (CSV)"))
    arrived(page, downloads, [NAMES["Figure (PNG)"], NAMES["Counts (CSV)"]])
    for download in downloads:
        opens(download)


def test_a_file_whose_receipt_is_lost_is_not_saved_again(new_page: NewPage) -> None:
    page, receipts = new_page(), list[str | bytes]()

    def connect(browser_side: WebSocketRoute) -> None:
        server_side = browser_side.connect_to_server()

        def carry(message: str | bytes) -> None:
            if b'"arrived"' in (message if isinstance(message, bytes) else message.encode()):
                receipts.append(message)
            if receipts[:1] != [message]:
                server_side.send(message)

        browser_side.on_message(carry)
        server_side.on_message(browser_side.send)

    page.route_web_socket(STREAM, connect)
    downloads = explore(page)
    press(page, re.escape("Figure (PNG)"))
    arrived(page, downloads, [NAMES["Figure (PNG)"]])
    assert len(receipts) == 1
    page.emulate_media(color_scheme="dark")  # every component is drawn anew, with what it had
    until(page, lambda: len(receipts) == 2)
    arrived(page, downloads, [NAMES["Figure (PNG)"]])
    press(page, re.escape("Counts (CSV)"))
    arrived(page, downloads, [NAMES["Figure (PNG)"], NAMES["Counts (CSV)"]])


@pytest.mark.parametrize("answers", [False, True])
def test_a_worksheet_arrives_as_it_was_made(answers: bool, page: Page) -> None:
    downloads = watched(page)
    open_app(page, "quiz_seed=3&level=medium", "/quiz")
    press(page, "Print")
    press(page, "Answer key" if answers else "Worksheet")
    arrived(page, downloads, [f"weight-loom-quiz-3-medium{'-answers' * answers}.html"])
    sheet = answer_sheet if answers else worksheet
    assert content(downloads[0]).decode() == sheet(3, "medium", page.url)
