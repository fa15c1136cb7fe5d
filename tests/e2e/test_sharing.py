"""The Sharing page in a browser: a weight's orbit lights up, and what is pasted is text."""

import re

from playwright.sync_api import Page, expect

from tests.support.user import open_app, settled


def test_pointing_at_a_cell_lights_its_whole_orbit(page: Page) -> None:
    open_app(page, "points=3&symmetry=turns", "/sharing")
    cells = page.locator(".st-key-orbits rect.cell")
    expect(cells).to_have_count(81)
    cells.first.hover()
    expect(page.locator(".st-key-orbits rect.cell.lit")).to_have_count(9)  # the diagonal: a pixel to itself
    expect(page.locator(".st-key-orbits .said")).to_contain_text("is used 9 times")


def test_a_grey_picture_has_a_frame_so_that_its_white_pixels_end_where_it_ends(page: Page) -> None:
    open_app(page, "", "/sharing")
    grey = page.locator(".st-key-check figure:has(.ramp.grey) .stage").first
    expect(grey).to_be_visible()
    assert "inset" in grey.evaluate("(stage) => getComputedStyle(stage, '::after').boxShadow")


def test_a_pasted_list_is_text_and_nothing_else_and_stays_out_of_the_link(page: Page) -> None:
    open_app(page, "sharing_tab=layers", "/sharing")
    field = page.get_by_role("textbox", name=re.compile("Your model's list"))
    before = page.url
    field.fill('<img/src=x/onerror="document.title=1"> 10 p\n[b](javascript:alert(1)) 10 p')
    field.press("Control+Enter")
    settled(page)
    told = page.get_by_text("10 free parameters", exact=True).locator("xpath=ancestor::p")
    expect(told).to_contain_text("onerror=")
    assert page.locator("img[src=x]").count() == page.locator("a[href*=javascript]").count() == 0
    field.fill("a 10 p\nb ten q")
    field.press("Control+Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("Line 2 has the shape “ten”")
    assert page.url == before
