"""In a browser set to another language, numbers, directions and what is typed are as everywhere."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Server
from tests.support.user import box_of, enter, open_app, put, query, settled, shown

pytestmark = pytest.mark.long

PAGES = ("/", "/compare", "/quiz")


def read(page: Page, path: str) -> tuple[list[str], str, str | None, list[int]]:
    """What a page says in this browser, its direction and language, and where its title stands."""
    open_app(page, path=path)
    box = box_of(page.locator("h1").first)
    direction = page.evaluate("getComputedStyle(document.querySelector('.stMain')).direction")
    place = [round(box["x"]), round(box["y"])]
    return shown(page), direction, page.locator("html").get_attribute("lang"), place


def test_in_german_arabic_and_chinese_browsers_numbers_and_directions_are_as_in_english(
    browser: Browser, server: Server, problems: list[str]
) -> None:
    found = {}
    for locale in ("en-GB", "de-DE", "ar", "zh-CN"):
        context = browser.new_context(base_url=server.url, locale=locale, viewport={"width": 1366, "height": 768})
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"page: {error}"))
        found[locale] = {path: read(page, path) for path in PAGES}
        assert page.evaluate("navigator.language") == locale
        seed = page.get_by_label("Random seed")
        put(seed, "12")
        settled(page)
        expect(seed).to_have_value("12")
        open_app(page)
        enter(page, "Bias", "0,5")
        assert query(page)["bias"] == "0.5"
        context.close()
    for locale, pages in found.items():
        assert pages == found["en-GB"], locale
        assert {(direction, language) for _, direction, language, _ in pages.values()} == {("ltr", "en")}
