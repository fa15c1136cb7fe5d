"""The Adaptive page, driven as a person drives it: filters that learn live, and a step size moved by keys."""

import re

import pytest
from playwright.sync_api import Page, expect

from components.pages.adaptive.state import Adaptive
from tests.e2e.conftest import NewPage
from tests.support.user import button, column, fact, in_url, open_app, settled

pytestmark = pytest.mark.long

QUICK = "steps=400&trials=2&members=3&lags=4"


def open_adaptive(page: Page, query: str = "") -> None:
    open_app(page, query, "/adaptive")


def learned(page: Page) -> None:
    button(page, "Run").click()
    expect(button(page, "Run again")).to_be_visible(timeout=30_000)
    settled(page)


def test_on_a_phone_the_picture_comes_before_all_but_run_and_the_step_size(new_page: NewPage) -> None:
    page = new_page((390, 844))
    open_adaptive(page)
    learning, settings = page.locator(".st-key-chart-learning"), page.locator(".st-key-filter_settings")
    parts = (button(page, "Run"), page.get_by_role("slider", name="Step size"), learning, settings)
    tops = [part.evaluate("(node) => node.getBoundingClientRect().top") for part in parts]
    assert tops == sorted(tops)


@pytest.mark.parametrize("experiment", ["parallel", "mimo", "pictures"])
def test_filters_learn_live_to_the_end(page: Page, experiment: str) -> None:
    open_adaptive(page, f"{QUICK}&experiment={experiment}")
    expect(page.get_by_test_id("stMarkdown").get_by_text("draws a new sample")).to_be_visible()
    learned(page)
    chart = page.get_by_test_id("stPlotlyChart").last
    expect(chart).to_be_visible()
    assert re.search(
        "lower|higher",
        page.get_by_test_id("stMarkdown").get_by_text(re.compile("With sharing the steady")).inner_text(),
    )
    for name in ("Shared", "Untied"):
        assert "dB" in fact(column(page, name, -1), "steady-state excess MSE").inner_text()
    expect(page.get_by_role("img", name=re.compile("newest sample", re.IGNORECASE)).first).to_be_visible()


def test_learning_can_be_stopped_and_clicks_are_answered_meanwhile(page: Page) -> None:
    open_adaptive(page, "steps=10000&trials=50&members=16&lags=8")
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
def test_the_step_size_is_moved_by_keys_and_beyond_its_bound_the_page_says_what_happened(page: Page) -> None:
    open_adaptive(page, f"{QUICK}&mu=1.2")
    slider = page.get_by_role("slider", name="Step size μ")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("Number(new URLSearchParams(location.search).get('mu')) > 1.2")  # sent when the slider rests
    settled(page)
    assert in_url(page, Adaptive()).mu > 1.2
    learned(page)
    said = page.get_by_test_id("stMarkdown").get_by_text(re.compile("diverged.* after")).first
    expect(said).to_be_visible()
    assert "bound" in said.inner_text()
    main = page.get_by_role("main").inner_text()
    assert not re.search(r"\b(inf|nan|NaN)\b", main)
