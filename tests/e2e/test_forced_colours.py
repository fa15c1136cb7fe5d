"""In forced colours (high contrast) what colour means stays, and what is chosen is seen to be."""

from contextlib import nullcontext
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.looks import all_looks, differs, looks
from tests.support.user import menu, open_app, settled, weight

pytestmark = pytest.mark.long


def force(page: Page, on: bool) -> None:
    page.emulate_media(forced_colors="active" if on else "none")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches") == on


def stays(page: Page, parts: Locator, at_least: int) -> None:
    """The backgrounds are the same with and without, and not one alike for all."""
    expect(parts.nth(at_least - 1)).to_be_visible()
    force(page, False)
    before = [look[:2] for look in all_looks(parts)]
    force(page, True)
    assert [look[:2] for look in all_looks(parts)] == before
    assert len({tuple(look) for look in before}) >= min(2, at_least)


def test_the_kernel_keeps_its_colours_and_so_do_the_bars_and_the_sum(page: Page) -> None:
    open_app(page, "image=digit&side=8")
    stays(page, page.locator(".loom .weights label"), 9)
    weight(page, 1, 1).hover()
    stays(page, page.locator(".loom .sum .chip"), 1)
    force(page, True)
    canvas_text = page.evaluate(
        "() => { document.body.style.color = 'CanvasText'; return getComputedStyle(document.body).color; }"
    )
    bars = all_looks(page.locator(".loom .costs .area"))
    assert len(bars) >= 3
    first = looks(page.locator(".loom .weights label").first)[0]
    assert {bar[0] for bar in bars} == {canvas_text, first}  # what is shared has a colour of the kernel


def test_the_bank_of_channels_keeps_its_colours(page: Page) -> None:
    open_app(page, path="/channels")
    stays(page, page.locator(".bank .kernel input"), 9)


MENUS = {"/": "picture", "/network": "weights"}  # of the bar: its groups of buttons are seen when it is open


def groups(page: Page) -> list[Locator]:
    """Whatever offers one of several: Streamlit's groups of buttons, and our own."""
    return [group for group in page.get_by_role("radiogroup").all() if group.get_by_role("radio").count() > 1]


@pytest.mark.parametrize("path", ["/", "/network"])
def test_what_is_chosen_among_several_in_a_menu_is_marked(page: Page, path: str) -> None:
    page.emulate_media(forced_colors="active")
    open_app(page, path=path)
    with menu(page, MENUS[path]) if path in MENUS else nullcontext():
        expect(page.locator("[role=radiogroup]:has([aria-checked=true])").nth(1)).to_be_visible()
        settled(page)  # groups that come later would move those found here by their place
        found = [group for group in groups(page) if group.locator("[role=radio][aria-checked=true]").count()]
        assert len(found) >= 2
        for group in found:
            radios = "[role=radio][aria-checked={}]"
            differs(group.locator(radios.format("true")), group.locator(radios.format("false")))


def test_the_mark_goes_to_what_is_chosen_next(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    open_app(page, "image=digit&side=8")
    views = page.locator(".loom .views [role=radio]")
    before = all_looks(views)
    button_of = views.filter(has_text="Fully connected")
    button_of.click()
    settled(page)
    page.mouse.move(2, 2)
    differs(button_of, views.filter(has_not_text="Fully connected"))
    assert looks(button_of) in before  # the mark of the one that was chosen before


def test_a_switch_is_seen_and_is_seen_to_be_on(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    tracks: dict[str, Any] = {}
    for flip in ("0", "1"):
        open_app(page, f"image=digit&side=8&flip={flip}")
        with menu(page, "kernel"):
            track = page.get_by_test_id("stCheckbox").filter(has_text="lip").first.locator("label > span + div")
            tracks[flip] = looks(track)
            assert looks(track)[0] != looks(track.locator("> div"))[0]  # the knob is seen on it
    assert tracks["0"] != tracks["1"]
