"""What a page says to whoever does not see it, and its keys."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages import PATHS
from tests.support.text import assert_are_three_sentences
from tests.support.user import open_app

pytestmark = pytest.mark.long


NAMED = "button|checkbox|switch|radio|slider|spinbutton|textbox|combobox|link|tab|region|radiogroup|dialog"
NAMELESS = re.compile(
    rf"^ *- (?:{NAMED})(?::| \[|$).*", re.MULTILINE
)  # in an accessibility tree, as Playwright writes it


def is_told(page: Page, path: str) -> tuple[str, ...]:
    """The page's summary, which stands first in its tree; and all else there has a name, a state where it has one."""
    main = page.get_by_role("main")
    region = main.get_by_role("region", name="Summary of this page")
    expect(region).to_have_attribute("aria-live", "polite")
    told = tuple(region.get_by_test_id("stText").all_inner_texts())
    assert_are_three_sentences(told)
    tree = main.aria_snapshot()
    assert tree.splitlines()[1].strip().startswith('- region "Summary of this page"'), path
    assert NAMELESS.findall(tree) == [], path
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_count(1)
    expect(page.get_by_role("main").get_by_role("heading").first).to_have_text(heading.inner_text())
    for tabs in page.get_by_role("tablist").all():
        expect(tabs.get_by_role("tab", selected=True)).to_have_count(1)
    for group in page.get_by_role("radiogroup").all():
        assert group.get_by_role("radio", checked=True).count() <= 1, path
    return told


def walks_the_matrix(page: Page) -> None:
    """W is read aloud cell by cell as the keyboard walks it, and N goes where the line says."""
    line = page.locator(".loom .walked")
    page.get_by_role("img", name="Weight matrix").focus()
    page.keyboard.press("Enter")
    expect(line).to_have_text("Row 19, column 33: weight F₂₁ = 2, used 36 times; next use at row 20, column 34.")
    page.keyboard.press("ArrowLeft")
    expect(line).to_have_text("Row 19, column 32: no connection, always 0.")
    page.keyboard.press("n")
    for _ in range(3):
        expect(line).to_have_text(
            re.compile(r"weight F.. = .*, used 36 times; (next|first) use at row \d+, column \d+\.$")
        )
        there = re.findall(r"row (\d+, column \d+)\.$", line.inner_text())
        page.keyboard.press("n")
        expect(line).to_have_text(re.compile(f"^Row {there[0]}:"))


def test_every_page_says_itself_first_and_a_question_mark_says_it_to_everybody(page: Page) -> None:
    for n, path in enumerate(PATHS):
        open_app(page, "present=1" if n % 2 else "", "/" if n == 0 else f"/{path}")
        expect(page.locator(".st-key-keys > *")).to_be_attached()
        told = is_told(page, path)
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("these shortcuts")
        said = dialog.inner_text().replace("\u2060", "")
        assert all(sentence in said for sentence in told), path
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        if n == 0:
            walks_the_matrix(page)
    field = page.get_by_label("Random seed")
    field.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
