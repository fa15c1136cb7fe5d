"""The Sharing page in a browser: a weight's orbit lights up, and W is saved."""

from playwright.sync_api import Page, expect

from tests.support.user import open_app


def test_pointing_at_a_cell_lights_its_whole_orbit(page: Page) -> None:
    open_app(page, "points=3&symmetry=turns", "/sharing")
    cells = page.locator(".st-key-orbits rect.cell")
    expect(cells).to_have_count(81)
    cells.first.hover()
    expect(page.locator(".st-key-orbits rect.cell.lit")).to_have_count(9)  # the diagonal: a pixel to itself
    expect(page.locator(".st-key-orbits .said")).to_contain_text("is used 9 times")


def test_w_in_the_colours_of_its_orbits_is_saved(page: Page) -> None:
    open_app(page, "points=3", "/sharing")
    page.get_by_text("Download: W and the tables").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="W in the colours of its orbits (SVG)").click()
    assert saved.value.suggested_filename == "weight-loom-orbits.svg"


def test_a_grey_picture_has_a_frame_so_that_its_white_pixels_end_where_it_ends(page: Page) -> None:
    open_app(page, "", "/sharing")
    grey = page.locator(".st-key-check figure:has(.ramp.grey) .stage").first
    expect(grey).to_be_visible()
    assert "inset" in grey.evaluate("(stage) => getComputedStyle(stage, '::after').boxShadow")
