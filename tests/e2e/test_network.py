"""The Network page, driven as a person drives it: drawn on, built, pointed at, opened."""

import re
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from components.pages.network.state import Net
from kernels.networks.description import parse
from tests.e2e.conftest import NewPage
from tests.support.user import (
    box_of,
    expect_no_sideways_scroll,
    in_url,
    move_to,
    open_app,
    query,
    settled,
    type_over,
    until,
)

pytestmark = pytest.mark.long

QUICK = "inputs=1,10,10&weights=random&net=" + quote("conv 4 3, relu, max 2, flatten, dense 5, softmax")


def open_network(page: Page, query: str = "") -> None:
    open_app(page, query, "/network")


def described(page: Page) -> str:
    """The network in the link."""
    return in_url(page, Net()).net


def field(page: Page, label: str, layer: int) -> Locator:
    return page.get_by_role("textbox", name=re.compile(rf"^{label} of layer {layer},"))


def act(page: Page, name: str, layer: int) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name}: layer {layer},"))


def stage(page: Page, title: str) -> Locator:
    return page.get_by_role("img", name=re.compile(f"^{title}: "))


def said(page: Page) -> Locator:
    """What is told of the unit that is pointed at."""
    return page.locator(".flow .said")


def point_at_unit(page: Page, title: str, unit: tuple[int, int, int]) -> None:
    """Move the mouse to a unit of a card of four maps of 8 × 8, which stand one below the other."""
    c, i, j = unit
    move_to(stage(page, title), (9 * c + i + 0.5) / 35, (j + 0.5) / 8)


def probabilities(page: Page) -> list[float]:
    texts = page.locator(".probability b").all_inner_texts()
    return [0.0 if text.startswith("<") else float(text.removesuffix("%")) for text in texts]


def taken_for(page: Page) -> int:
    found = re.search(r"Prediction: (\d+)", page.get_by_test_id("stMarkdown").get_by_text("Prediction: ").inner_text())
    assert found
    return int(found[1])


def sheet(page: Page) -> Locator:
    return page.get_by_role("img", name="Drawing sheet")


def stroke(page: Page, *points: tuple[float, float]) -> None:
    """A line on the sheet; places as (row, column) in 0..1."""
    move_to(sheet(page), *points[0])
    page.mouse.down()
    for place in points[1:]:
        move_to(sheet(page), *place, steps=6)
    page.mouse.up()
    settled(page)


def test_a_one_and_a_nought_are_drawn_and_told_apart(page: Page) -> None:
    open_network(page, "shown=sheet")
    empty = probabilities(page)
    stroke(page, (0.15, 0.5), (0.85, 0.5))
    one = probabilities(page)
    assert taken_for(page) == 1 == one.index(max(one))
    assert one != empty
    page.get_by_role("button", name="Clear").click()
    settled(page)
    assert probabilities(page) == empty
    turn = [(0.5 - 0.33 * np.cos(a), 0.5 + 0.24 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 14)]
    stroke(page, *((float(y), float(x)) for y, x in turn))
    nought = probabilities(page)
    assert taken_for(page) == 0 == nought.index(max(nought))
    for wanted in (empty, one):
        page.get_by_role("button", name="Undo stroke").click()
        settled(page)
        assert probabilities(page) == wanted
    drawn = page.url
    page.reload()
    settled(page)
    assert (page.url, probabilities(page)) == (drawn, one)


@pytest.mark.parametrize("path", ["/network", "/lesson"])
@pytest.mark.parametrize("present", ["", "&present=1"])
def test_whoever_draws_has_every_layer_and_the_probabilities_in_view(
    new_page: NewPage, path: str, present: str
) -> None:
    page = new_page((1366, 768))
    open_app(page, f"step=network&shown=sheet{present}", path)
    expect(page.locator(".probability")).to_have_count(10)
    for part in (sheet(page), *page.locator(".volumes .stage, .probability").all()):
        expect(part).to_be_in_viewport(ratio=1)


def test_a_row_that_is_too_long_keeps_the_probabilities_in_view(new_page: NewPage) -> None:
    page = new_page((1024, 768))
    open_network(page, "shown=sheet&opened=3,2,4,4&present=1")
    expect(page.get_by_text("Inside one unit")).to_be_visible()
    row = page.locator(".volumes")
    assert row.evaluate("(row) => row.scrollWidth > row.clientWidth")
    for text in page.locator(".probability b").all():
        expect(text).to_be_in_viewport(ratio=1)
    row.evaluate("(row) => row.scrollTo(row.scrollWidth, 0)")
    expect(stage(page, "9. Softmax")).to_be_in_viewport(ratio=1)


def test_a_step_back_in_the_browser_takes_the_stroke_off_the_sheet(page: Page) -> None:
    open_network(page, "shown=sheet")
    empty = probabilities(page)
    stroke(page, (0.15, 0.5), (0.85, 0.5))
    while "drawing" in query(page):  # a slow pen says in between what it has drawn so far
        page.go_back()
        settled(page)
    assert probabilities(page) == empty
    is_drawn_on = """(sheet) => sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height).data
      .some((level, n) => n % 4 < 3 && level > 0)"""
    until(page, lambda: not sheet(page).evaluate(is_drawn_on))


def test_a_unit_is_pointed_at_walked_to_opened_and_let_go_of(page: Page) -> None:
    open_network(page, QUICK)
    point_at_unit(page, "1. Convolution", (2, 3, 5))
    expect(said(page)).to_contain_text("map 3, row 4, column 6 sees rows 4 to 6, columns 6 to 8 of the input: 3 × 3")
    frame, seen = page.locator(".card.first .frame"), box_of(stage(page, "Input"))
    box = box_of(frame)
    sides = [(box["y"] - seen["y"]) / seen["height"], (box["x"] - seen["x"]) / seen["width"]]
    sides += [box["height"] / seen["height"], box["width"] / seen["width"]]
    assert sides == pytest.approx([0.3, 0.5, 0.3, 0.3], abs=0.01)
    page.mouse.move(2, 2)
    expect(said(page)).to_contain_text("Point at a unit")
    expect(frame).to_have_count(0)
    stage(page, "3. Max pooling").focus()
    page.keyboard.press("ArrowDown")
    expect(said(page)).to_contain_text("map 1, row 3, column 3 sees rows 5 to 8, columns 5 to 8 of the input: 4 × 4")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageDown")
    expect(said(page)).to_contain_text("map 2, row 3, column 4")
    page.keyboard.press("Enter")
    settled(page)
    assert in_url(page, Net()).unit == (2, 1, 2, 3)
    expect(page.get_by_text("3. Max pooling: map 2, row 3, column 4.")).to_be_visible()
    expect(stage(page, "3. Max pooling")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".frame.chosen")).to_have_count(1)
    expect(said(page)).to_contain_text("map 2, row 3, column 4 sees")  # the one that is open stays lit
    row, inside = box_of(page.locator(".volumes")), box_of(page.locator(".st-key-inside"))
    assert row["x"] + row["width"] <= inside["x"] + 1
    assert inside["y"] < row["y"] + row["height"]
    page.get_by_role("button", name="Close").click()
    settled(page)
    expect(said(page)).to_contain_text("Point at a unit")
    assert in_url(page, Net()).unit == ()


def test_a_click_opens_a_unit_of_any_card_a_reload_keeps_it_and_back_lets_go_of_it(page: Page) -> None:
    open_network(page, QUICK)
    point_at_unit(page, "1. Convolution", (3, 7, 7))
    page.mouse.down()
    page.mouse.up()
    settled(page)
    page.reload()
    settled(page)
    expect(page.get_by_text("1. Convolution: map 4, row 8, column 8.")).to_be_visible()
    assert in_url(page, Net()).unit == (0, 3, 7, 7)
    page.go_back()
    settled(page)
    assert in_url(page, Net()).unit == ()
    expect(page.get_by_text("Inside one unit")).to_have_count(0)
    flat = stage(page, "4. Flatten")
    box = box_of(flat)
    flat.click(position={"x": box["width"] - 4, "y": box["height"] - 4})
    settled(page)
    expect(page.get_by_text("4. Flatten: number 64.")).to_be_visible(timeout=1000)


def test_layers_are_moved_removed_and_added_by_pointer_and_keyboard_and_the_focus_goes_with_them(page: Page) -> None:
    open_network(page, f"{QUICK}&network_tab=layers")

    def made(net: str, focused: str, layer: int) -> None:
        """The network now begins so, and this button of this layer has the keyboard."""
        settled(page)
        assert described(page).startswith(net)
        expect(act(page, focused, layer)).to_be_focused()

    act(page, "Move down", 2).click()
    made("conv 4 3, max 2, relu, flatten", "Move down", 3)
    page.keyboard.press("Alt+ArrowUp")
    made("conv 4 3, relu, max 2, flatten", "Move down", 2)
    act(page, "Remove", 2).focus()
    page.keyboard.press("Enter")
    made("conv 4 3, max 2, flatten", "Remove", 1)
    page.get_by_label("New layer").select_option(label="tanh")
    act(page, "Insert after", 1).click()
    made("conv 4 3, tanh, max 2, flatten", "Insert after", 2)
    page.get_by_role("button", name="Add at the end").click()
    settled(page)
    assert described(page).endswith("softmax, tanh")
    undo = page.get_by_role("button", name="Undo", exact=True)
    for _ in range(5):
        undo.click()
        settled(page)
    assert described(page) == "conv 4 3, relu, max 2, flatten, dense 5, softmax"
    expect(undo).to_be_disabled()


def test_a_kernel_too_large_is_named_where_it_stands_and_the_field_keeps_its_text_and_the_keyboard(page: Page) -> None:
    open_network(page, f"{QUICK}&network_tab=layers")
    size = field(page, "K×L", 1)
    type_over(size, "11")
    settled(page)
    fault = page.get_by_role("listitem", name="Layer 1: Convolution").get_by_role("alert")
    expect(fault).to_contain_text("Layer 1 (conv) does not fit")
    expect(size).to_be_focused()
    assert described(page).startswith("conv 4 11")
    page.go_back()
    settled(page)
    assert described(page).startswith("conv 4 3")
    type_over(size, "65")
    settled(page)
    expect(page.locator(".builder .refusal")).to_contain_text("size of conv must be a whole number from 1 to 64")
    expect(size).to_have_value("65")
    expect(size).to_be_focused()
    page.keyboard.press("Tab")
    settled(page)
    expect(size).to_have_value("3", timeout=1000)


def test_what_was_typed_last_is_not_lost_to_the_button_that_is_pressed_next(page: Page) -> None:
    open_network(page, f"{QUICK}&network_tab=layers")
    type_over(field(page, "maps", 1), "6")
    add = page.get_by_role("button", name="Add at the end")
    for click, layers in ((add.click, 7), (add.dblclick, 9)):
        click()
        settled(page)
        assert described(page).startswith("conv 6 3, ")
        assert len(parse(described(page))) == layers


def test_a_link_to_a_unit_far_outside_makes_no_page_wider(page: Page) -> None:
    open_network(page, f"{QUICK}&opened=0,0,9,90000")
    expect_no_sideways_scroll(page)
