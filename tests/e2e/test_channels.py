"""The Channels page, driven as a person drives it: weights typed, frames moved by keys, filters that learn."""

import re
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from components.pages.channels.state import Adaptive, Channels
from components.state.link import from_query
from tests.support.user import (
    Wire,
    boxes,
    button,
    column,
    fact,
    frames_sent,
    open_app,
    settled,
    source,
    wired,
)

pytestmark = pytest.mark.long

QUICK = "steps=400&trials=2&members=3&lags=4"


def open_channels(page: Page, query: str = "") -> None:
    open_app(page, query, "/channels")


def layer_in_url(page: Page) -> Channels:
    own, complaints = from_query(dict(parse_qsl(urlsplit(page.url).query)), Channels())
    assert not complaints
    return own


def filters_in_url(page: Page) -> Adaptive:
    own, complaints = from_query(dict(parse_qsl(urlsplit(page.url).query)), Adaptive())
    assert not complaints
    return own


def bank_weight(page: Page, output: int, channel: str, k: int, l: int) -> Locator:
    name = f"Output {output}, {channel}, row {k} column {l}"
    return page.get_by_role("spinbutton", name=name, exact=True)


def map_of(page: Page, output: int) -> Locator:
    return page.get_by_role("img", name=re.compile(f"^Output map {output},")).first


def learned(page: Page) -> None:
    button(page, "Run").click()
    expect(button(page, "Run again")).to_be_visible(timeout=30_000)
    settled(page)


def test_a_weight_that_is_typed_changes_its_map_and_the_link_and_no_other_map(page: Page) -> None:
    open_channels(page)
    before = [source(map_of(page, n)) for n in (1, 2)]
    field = bank_weight(page, 2, "Green", 1, 3)
    field.fill("5")
    field.press("Enter")
    settled(page)
    assert layer_in_url(page).filters[1][1][0][2] == 5
    assert source(map_of(page, 1)) == before[0]
    assert source(map_of(page, 2)) != before[1]
    page.reload()
    settled(page)
    expect(bank_weight(page, 2, "Green", 1, 3)).to_have_value("5")


def test_tab_goes_from_weight_to_weight_and_keeps_the_keyboard_over_a_run(page: Page) -> None:
    open_channels(page)
    bank_weight(page, 1, "Red", 1, 1).focus()
    for text in ("3", "4"):
        page.keyboard.press("Control+a")
        page.keyboard.type(text, delay=40)
        page.keyboard.press("Tab")
    settled(page)
    assert layer_in_url(page).filters[0][0][0] == (3, 4, -1)
    expect(bank_weight(page, 1, "Red", 1, 3)).to_be_focused()


def test_the_pinned_output_is_moved_by_keys_and_its_sum_follows(page: Page) -> None:
    open_channels(page, "side=16&cell=0,3,4")
    sheet = page.get_by_role("application", name=re.compile("Output map 1"))
    expect(page.get_by_text(re.compile(r"Y1\[4,5\] ="))).to_be_visible()
    sheet.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text(re.compile(r"Y1\[5,6\] ="))).to_be_visible()
    settled(page)
    assert layer_in_url(page).cell == (0, 4, 5)


def test_the_close_up_follows_its_frame(page: Page) -> None:
    open_channels(page)
    sheet = page.get_by_role("application", name=re.compile("weight matrix"))
    close = page.get_by_role("img", name=re.compile(r"^Rows .* of the matrix W")).first
    before, at = source(close), boxes(sheet)
    sheet.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("part="))  # it sends where it rests only
    settled(page)
    assert source(close) != before
    assert boxes(sheet) != at
    assert layer_in_url(page).part


@pytest.mark.parametrize("experiment", ["parallel", "mimo", "pictures"])
def test_filters_learn_live_to_the_end(page: Page, experiment: str) -> None:
    open_channels(page, f"{QUICK}&experiment={experiment}")
    expect(page.get_by_text("draws a new sample")).to_be_visible()
    learned(page)
    chart = page.get_by_test_id("stPlotlyChart").last
    expect(chart).to_be_visible()
    assert re.search("lower|higher", page.get_by_text(re.compile("With sharing the steady")).inner_text())
    for name in ("Shared", "Untied"):
        assert "dB" in fact(column(page, name, -1), "steady-state excess MSE").inner_text()
    expect(page.get_by_role("img", name=re.compile("newest sample", re.IGNORECASE)).first).to_be_visible()


def test_learning_can_be_stopped_and_clicks_are_answered_meanwhile(page: Page) -> None:
    open_channels(page, "steps=10000&trials=50&members=16&lags=8")
    button(page, "Run").click()
    expect(page.get_by_text(re.compile(r"^iteration [\d,]+ of"))).to_be_visible()
    page.get_by_role("radio", name="Y2", exact=True).click()
    expect(page.get_by_text(re.compile(r"^Y2\["))).to_be_visible(timeout=5000)
    button(page, "Stop").click()
    expect(button(page, "Run again")).to_be_visible()
    settled(page)
    expect(page.get_by_test_id("stPlotlyChart").last).to_be_visible()
    expect(page.get_by_text(re.compile(r"^iteration [\d,]+ of"))).to_have_count(0)


def test_the_step_size_is_moved_by_keys_and_beyond_its_bound_the_page_says_what_happened(page: Page) -> None:
    open_channels(page, f"{QUICK}&mu=1.2")
    slider = page.get_by_role("slider", name="Step size μ")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("Number(new URLSearchParams(location.search).get('mu')) > 1.2")  # sent when the slider rests
    settled(page)
    assert filters_in_url(page).mu > 1.2
    learned(page)
    said = page.get_by_text(re.compile("diverged.* after")).first
    expect(said).to_be_visible()
    assert "bound" in said.inner_text()
    main = page.get_by_role("main").inner_text()
    assert not re.search(r"\b(inf|nan|NaN)\b", main)


def test_going_back_brings_the_bank_back(page: Page) -> None:
    open_channels(page, "outputs=4")
    page.get_by_role("link", name="Compare").first.click()
    settled(page)
    page.go_back()
    settled(page)
    expect(page.get_by_role("heading", name="112 parameters turn 3 channels into 4 maps")).to_be_visible()
    expect(bank_weight(page, 4, "Blue", 3, 3)).to_be_visible()


def test_pointing_at_a_map_asks_the_server_for_nothing(page: Page) -> None:
    sent = frames_sent(page)
    open_channels(page)
    before = len(sent)
    target = map_of(page, 1)
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    for x in np.linspace(box["x"] + 2, box["x"] + box["width"] - 2, 10):
        page.mouse.move(float(x), box["y"] + box["height"] / 2)
    expect(page.get_by_text(re.compile(r"Y1?\[\d+,\d+\]")).first).to_be_visible()
    settled(page)
    assert len(sent) == before


def test_a_slow_server_never_eats_what_is_typed(page: Page) -> None:
    wire: Wire = wired(page)
    open_channels(page)
    wire.held = True
    one, other = bank_weight(page, 1, "Red", 1, 1), bank_weight(page, 1, "Red", 1, 2)
    one.fill("7")
    one.press("Tab")
    other.fill("8")
    other.press("Tab")
    wire.release()
    settled(page)
    expect(one).to_have_value("7")
    expect(other).to_have_value("8")
    assert layer_in_url(page).filters[0][0][0] == (7, 8, -1)
