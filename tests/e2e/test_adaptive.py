"""The Adaptive page in a browser: filters that learn live, and a step size moved by keys."""

import re

import pytest
from playwright.sync_api import Page, expect

from components.pages.adaptive.state import Adaptive
from tests.e2e.conftest import NewPage
from tests.support.user import box_of, button, in_url, open_app, settled

pytestmark = pytest.mark.long


def test_on_a_phone_the_picture_comes_before_all_but_run_and_the_step_size(new_page: NewPage) -> None:
    page = new_page((390, 844))
    open_app(page, path="/adaptive")
    learning, settings = page.locator(".st-key-chart-learning"), page.locator(".st-key-filter_settings")
    parts = (button(page, "Run"), page.get_by_role("slider", name="Step size"), learning, settings)
    tops = [box_of(part)["y"] for part in parts]
    assert tops == sorted(tops)


def test_learning_can_be_stopped_and_clicks_are_answered_meanwhile(page: Page) -> None:
    open_app(page, "steps=10000&trials=50&members=16&lags=8", "/adaptive")
    button(page, "Run").click()
    expect(page.get_by_text(re.compile(r"^iteration [\d,]+ of"))).to_be_visible()
    page.get_by_role("link", name="Channels").first.click()
    expect(page.get_by_role("tab", name="Inside one output")).to_be_visible(timeout=5000)
    page.get_by_role("link", name="Adaptive").first.click()
    button(page, "Stop").click()
    expect(button(page, "Run again")).to_be_visible()
    settled(page)
    expect(page.get_by_test_id("stPlotlyChart").last).to_be_visible()
    expect(page.get_by_text(re.compile(r"^iteration [\d,]+ of"))).to_have_count(0)


@pytest.mark.firefox
def test_the_step_size_is_moved_by_keys_and_filters_learn_with_it_to_the_end(page: Page) -> None:
    open_app(page, "steps=400&trials=2&members=3&lags=4&mu=1.2", "/adaptive")
    slider = page.get_by_role("slider", name="Step size μ")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("Number(new URLSearchParams(location.search).get('mu')) > 1.2")  # sent when the slider rests
    settled(page)
    assert in_url(page, Adaptive()).mu > 1.2
    button(page, "Run").click()
    expect(button(page, "Run again")).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stMarkdown").get_by_text(re.compile("diverged.* after")).first).to_be_visible()
