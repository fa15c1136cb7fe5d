"""The Channels page, driven as a person drives it: weights typed, frames moved by keys."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from components.pages.channels.state import Channels
from tests.support.user import in_url, open_app, settled, spin, until, wired

pytestmark = pytest.mark.long


def open_channels(page: Page, query: str = "") -> None:
    open_app(page, query, "/channels")


def bank_weight(page: Page, output: int, channel: str, k: int, l: int) -> Locator:
    return spin(page, f"Output {output}, {channel}, row {k} column {l}")


def test_tab_goes_from_weight_to_weight_and_keeps_the_keyboard_over_a_run(page: Page) -> None:
    open_channels(page)
    bank_weight(page, 1, "Red", 1, 1).focus()
    for text in ("3", "4"):
        page.keyboard.press("Control+a")
        page.keyboard.type(text, delay=40)
        page.keyboard.press("Tab")
    settled(page)
    assert in_url(page, Channels()).filters[0][0][0] == (3, 4, -0.3)
    expect(bank_weight(page, 1, "Red", 1, 3)).to_be_focused()


@pytest.mark.firefox
def test_the_pinned_output_is_moved_by_keys_and_its_sum_follows(page: Page) -> None:
    open_channels(page, "side=16&cell=0,3,4")
    sheet = page.get_by_role("application", name=re.compile("Output map 1"))
    expect(page.get_by_text(re.compile(r"Y1\[4,5\] ="))).to_be_visible()
    sheet.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text(re.compile(r"Y1\[5,6\] ="))).to_be_visible()
    settled(page)
    assert in_url(page, Channels()).cell == (0, 4, 5)


def test_going_back_brings_the_bank_back(page: Page) -> None:
    open_channels(page, "filters=1,2/3,4/5,6|7,8/9,10/11,12&biases=0,0")
    page.get_by_role("link", name="Compare").first.click()
    settled(page)
    page.go_back()
    settled(page)
    expect(page.get_by_role("heading", name="14 parameters turn 3 channels into 2 maps")).to_be_visible()
    expect(bank_weight(page, 2, "Blue", 1, 2)).to_have_value("12")


def test_a_slow_server_never_eats_what_is_typed(page: Page) -> None:
    wire = wired(page)
    open_channels(page)
    wire.held = True
    one, other = bank_weight(page, 1, "Red", 1, 1), bank_weight(page, 1, "Red", 1, 2)
    for field, text in ((one, "7"), (other, "8")):
        field.fill(text)
        field.press("Tab")
    wire.release()
    settled(page)
    expect(one).to_have_value("7")
    expect(other).to_have_value("8")
    until(page, lambda: in_url(page, Channels()).filters[0][0][0] == (7, 8, -0.3))
