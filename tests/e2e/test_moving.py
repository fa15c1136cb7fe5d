"""Move X: the picture moves and the output with it, in the browser alone; then both are back, and NumPy's."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.support.user import (
    assert_shows,
    button,
    frames_sent,
    open_app,
    picture_of,
    pixels,
    settled,
    state_in_url,
    the_sum,
    until,
    weight,
)

pytestmark = pytest.mark.long

MOVE = "↔ Move X"


@pytest.mark.parametrize("query", ["", "image=dahlia&side=64&padding=same&colour=rgb&activation=relu"])
def test_the_output_moves_with_the_picture_and_both_come_back(page: Page, query: str) -> None:
    page.emulate_media(reduced_motion="reduce")  # a quarter of the width, at once
    sent = frames_sent(page)
    open_app(page, query)
    state, said, before = state_in_url(page), the_sum(page).inner_text(), len(sent)
    button(page, MOVE).click()
    expect(page.get_by_text("Y moves with X")).to_be_visible()
    expect(page.locator(".badge")).to_have_text("preview")
    away = np.roll(picture_of(state), state.side // 4, axis=-1)
    np.testing.assert_array_equal(pixels(page, "Input")[..., 0], away[0])
    assert_shows(page, state, away)
    assert the_sum(page).inner_text() != said
    button(page, "Stop").click()
    settled(page)
    assert_shows(page, state)
    assert (the_sum(page).inner_text(), len(sent)) == (said, before)


def test_it_goes_there_and_back_by_itself_and_ends_where_it_began_or_with_whatever_is_done_next(page: Page) -> None:
    open_app(page)
    home = pixels(page, "Input")
    button(page, MOVE).click()
    until(page, lambda: not np.array_equal(pixels(page, "Input"), home))
    settled(page)
    assert_shows(page, state_in_url(page))
    expect(button(page, MOVE)).to_be_visible()
    button(page, MOVE).click()
    until(page, lambda: not np.array_equal(pixels(page, "Input"), home))
    weight(page, 1, 1).fill("7")
    expect(button(page, MOVE)).to_be_visible()
    page.keyboard.press("Enter")
    until(page, lambda: state_in_url(page).kernel[0][0] == 7)
    settled(page)
    np.testing.assert_array_equal(pixels(page, "Input"), home)
    assert_shows(page, state_in_url(page))


@pytest.mark.parametrize("query", ["stride=2", "image=digit&side=8&untied=0,0,0,5"])
def test_where_the_output_would_not_move_with_it_there_is_no_such_button(page: Page, query: str) -> None:
    open_app(page, query)
    expect(button(page, MOVE)).to_be_hidden()
