"""Keys in pictures: the browser keeps its shortcuts, and a key that is held down paints once."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.user import button, canvas, open_app, query, settled, wired

PRESSED = """(over, keys) => keys.map(
  (key) => !over.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...key })))"""
SHORTCUTS = ("ctrlKey", "metaKey", "altKey")


def taken(over: Locator, *names: str, **more: bool) -> list[bool]:
    """Which of these keys the picture keeps for itself."""
    found: list[bool] = over.evaluate(PRESSED, [{"key": name, **more} for name in names])
    return found


def test_what_is_a_shortcut_of_the_browser_is_left_to_it(page: Page) -> None:
    open_app(page)
    for name, keys in (("Weight matrix", ["+", "-", "0", "="]), ("Output", ["ArrowUp", "Enter"])):
        assert all(taken(canvas(page, name), *keys))
        for held in SHORTCUTS:
            assert not any(taken(canvas(page, name), *keys, **{held: True}))


@pytest.mark.parametrize(
    ("address", "name", "undo"),
    [
        (f"/?image=drawing&drawing={'-'.join(['0' * 8] * 8)}", "Input", "Undo"),
        ("/network?shown=sheet", "Drawing sheet", "Undo stroke"),
    ],
)
def test_a_space_bar_that_is_held_down_paints_and_sends_once_and_is_undone_at_once(
    page: Page, address: str, name: str, undo: str
) -> None:
    wire = wired(page)
    open_app(page, path=address)
    sheet, blank = page.get_by_role("img", name=name, exact=True), query(page)
    sheet.press("ArrowRight")
    for held in SHORTCUTS:
        assert taken(sheet, " ", **{held: True}) == [False]
    said = wire.said
    assert taken(sheet, " ") == [True]
    assert all(taken(sheet, *[" "] * 60, repeat=True)), "nor does it scroll the page"
    settled(page)
    assert wire.said == said + 1
    expect(sheet).to_be_focused()
    assert query(page) != blank
    button(page, undo).click()
    settled(page)
    assert query(page).get("drawing", "").strip("0-") == ""
