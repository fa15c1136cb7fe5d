"""What learns in the browser's own time: play, pause, step and reset. What is learned is tested without a browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.user import column, epoch, expect_pause, fact, open_app, press, settled

pytestmark = pytest.mark.long


def played(page: Page) -> dict[str, str]:
    """Waits for the end of the run; of each network, what the page then says it has right of the unseen digits."""
    expect(page.get_by_role("button", name=re.compile("Play again$"))).to_be_visible(timeout=60_000)
    settled(page)
    names = ("Fully connected", "Locally connected", "Convolution")
    return {name: fact(column(page, name), "test accuracy").inner_text().splitlines()[0] for name in names}


@pytest.mark.firefox
def test_a_pause_holds_and_play_goes_on_to_what_it_would_have_been(page: Page) -> None:
    open_app(page, "examples=40&epochs=30&pace=step", "/train")
    press(page, "Play")
    expect(epoch(page)).to_contain_text(re.compile(r"epoch [2-9] "), timeout=15_000)
    press(page, "Pause")
    expect_pause(page)
    page.get_by_role("radio", name="Full speed").click()
    press(page, "Play")
    once = played(page)
    press(page, "Reset")
    settled(page)
    expect(epoch(page)).to_have_text("epoch 0 of 30")
    press(page, "Step")
    expect(epoch(page)).to_have_text("epoch 1 of 30")
    press(page, "Play")
    assert played(page) == once


EXPERIMENT = "/train?examples=100&epochs=5&racers=conv&train_seed=1&train_tab="
FILTERS = "/adaptive?steps=400&trials=2&members=3&lags=4&experiment="
STARTED_BY = {
    **{f"{EXPERIMENT}{tab}": "Run" for tab in ("readouts", "teacher")},
    f"{EXPERIMENT}size": "Train at every size",
    f"{EXPERIMENT}nets": "Train all five",
    **{f"{FILTERS}{world}": "Run" for world in ("parallel", "mimo", "pictures")},
    "/sequence?reading_digits=40&reading_epochs=6&reading_seed=1": "Play",
}


@pytest.mark.parametrize("link", STARTED_BY)
def test_whatever_can_be_started_comes_to_its_end(page: Page, link: str) -> None:
    start = STARTED_BY[link]
    open_app(page, path=link)
    press(page, start)
    expect(page.get_by_role("button", name=re.compile(f"{start} again$"))).to_be_visible(timeout=60_000)
    settled(page)
