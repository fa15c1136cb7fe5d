"""The Train page, driven as a person drives it: play, pause, step, reset, and the experiments below."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.user import (
    button,
    column,
    epoch,
    fact,
    open_app,
    pauses_and_goes_on,
    played,
    press,
)

pytestmark = pytest.mark.long

QUICK = "examples=40&epochs=6"


def open_train(page: Page, query: str = "") -> None:
    open_app(page, query, "/train")


def shares(page: Page) -> dict[str, str]:
    """Of each network, what the page says it has right of the unseen digits."""
    names = ("Fully connected", "Locally connected", "Convolution")
    return {name: fact(column(page, name), "test accuracy").inner_text().splitlines()[0] for name in names}


def test_the_first_thing_one_can_do_is_play_and_the_convolution_wins_with_the_default_settings(page: Page) -> None:
    open_train(page)
    press(page, "Play")
    expect(epoch(page)).to_contain_text("left")
    played(page)
    found = {name: float(text.rstrip("%")) / 100 for name, text in shares(page).items()}
    assert found["Convolution"] - found["Fully connected"] >= 0.3
    assert page.get_by_test_id("stPlotlyChart").count() >= 2
    expect(page.get_by_text("Convolution").first).to_be_visible()


@pytest.mark.firefox
def test_a_pause_holds_and_play_goes_on_to_what_it_would_have_been(page: Page) -> None:
    open_train(page, f"{QUICK}&epochs=30&pace=step")
    pauses_and_goes_on(page, 30, shares)


@pytest.mark.parametrize(
    ("tab", "start", "done"),
    [
        ("readouts", "Run", "Test accuracy over all shifts, 5 seeds:"),
        ("size", "Train at every size", "Highest test accuracy: "),
        ("teacher", "Run", "After 1,024 examples"),
        ("nets", "Train all five", "From worst"),
    ],
)
def test_the_experiments_in_other_tabs_run_to_the_end(page: Page, tab: str, start: str, done: str) -> None:
    open_train(page, f"examples=100&epochs=5&racers=conv&train_seed=1&train_tab={tab}")
    button(page, start).click()
    expect(button(page, f"{start} again")).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("stMarkdown").get_by_text(re.compile(done)).first).to_be_visible()
