"""The Compare page, driven as a person drives it. What its numbers and pictures are is tested without a browser."""

import re
from dataclasses import replace
from io import BytesIO
from urllib.parse import quote, urlsplit

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from components.display.layer import LAYER_NAMES, spec_of
from components.pages.compare import timing
from components.pages.compare.page import PARTS
from components.pages.compare.state import Compare
from components.state.setup import Setup
from kernels.layer.counts import count
from tests.support.user import (
    answered,
    boxes,
    button,
    column,
    computed,
    focused,
    frames_sent,
    in_url,
    kernel,
    move_to,
    open_app,
    press,
    put,
    settled,
    source,
    spin,
    state_in_url,
    themes,
    until,
    wired,
)

pytestmark = pytest.mark.long

Floats = NDArray[np.float64]
Pair = tuple[int, int]

W, Y = "rows and .* columns of W", "output map"  # what pictures are called, or part of it
SIDE = 32  # of the small picture, in pixels
BROAD = "kernel=" + ";".join([",".join(["0.01"] * 15)] * 15)  # a kernel that takes its time


# What is on show, and should be.


def open_compare(page: Page, query: str = "") -> None:
    open_app(page, query, "/compare")


def own_in_url(page: Page) -> Compare:
    """What is set, beside the tab."""
    return replace(in_url(page, Compare()), tab="")


def main(page: Page) -> Locator:
    """The page without its menus."""
    return page.get_by_role("main")


def picture(column: Locator, words: str) -> Locator:
    return column.get_by_role("img", name=re.compile(words)).first


def figure(column: Locator, words: str) -> Locator:
    return column.get_by_role("figure").filter(has=column.page.get_by_role("img", name=re.compile(words))).first


def corners(sheet: Locator, shape: Pair) -> set[Pair]:
    """Where on a picture of so many pixels the marks begin."""
    return {(round(top * shape[0]), round(left * shape[1])) for top, left, _, _ in boxes(sheet)}


def point_in(picture: Locator, row: int, column: int, cells: Pair) -> None:
    """Move the mouse to the middle of one of the cells, counted from 0."""
    move_to(picture, (row + 0.5) / cells[0], (column + 0.5) / cells[1])


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def the_map(state: Setup) -> Floats:
    """The output of the convolution on the small picture."""
    found: Floats = computed(replace(state, side=SIDE, colour="grey")).linear[0]
    return found


# Four layers, one map.


def test_a_hovered_pixel_is_marked_in_all_four_with_numpys_number_and_the_server_is_not_asked(page: Page) -> None:
    sent = frames_sent(page)
    open_compare(page)
    assert sent  # the counter counts: opening the page has spoken to the server
    said, right = len(sent), the_map(state_in_url(page))
    for name, place in zip(LAYER_NAMES.values(), ((0, 0), (29, 29), (4, 17), (12, 3)), strict=True):
        point_in(picture(column(page, name), Y), *place, right.shape)
        check_marked(page, right, place)
    page.get_by_role("heading", level=1).hover()
    check_marked(page, right, None)
    start = picture(column(page, LAYER_NAMES["tiled"]), Y)
    point_in(start, 28, 1, right.shape)
    start.focus()
    walk = {"ArrowDown": (29, 1), "ArrowLeft": (29, 0), "ArrowRight": (29, 1), "ArrowUp": (28, 1)}
    for key, place in walk.items():
        page.keyboard.press(key)
        check_marked(page, right, place)
    for _ in range(3):  # over the border is no further than to it
        page.keyboard.press("ArrowDown")
    check_marked(page, right, (29, 1))
    page.keyboard.press("Escape")
    check_marked(page, right, None)
    assert len(sent) == said


def check_marked(page: Page, right: Floats, place: Pair | None) -> None:
    """The place, its row of W and its number in all cards; or nothing of it."""
    for name in LAYER_NAMES.values():
        map, matrix = picture(column(page, name), Y), picture(column(page, name), W)
        if place is None:
            assert boxes(map) == boxes(matrix) == []
            expect(figure(column(page, name), Y)).not_to_contain_text("Y[")
            continue
        expect(figure(column(page, name), Y)).to_contain_text(f"Y[{place[0] + 1},{place[1] + 1}] =")
        assert corners(map, right.shape) == {place}
        assert corners(matrix, (right.size, 1)) == {(place[0] * right.shape[1] + place[1], 0)}
        said = re.findall(r"\] = ([−\d.e]+)", figure(column(page, name), Y).inner_text())
        assert number(said[0]) == pytest.approx(right[place], rel=0.005)


# Shift.


def shift_sheet(page: Page) -> Locator:
    return page.get_by_role("application", name=re.compile("shift"))


def lies(sheet: Locator) -> tuple[float, float]:
    """How far down and right the dragged picture lies, in its own pixels."""
    x, y, width, height = sheet.evaluate(
        """(sheet) => [...getComputedStyle(sheet).backgroundPosition.split(" ").map(parseFloat),
                       sheet.getBoundingClientRect().width, sheet.getBoundingClientRect().height]"""
    )
    return y * SIDE / height, x * SIDE / width


def grab(sheet: Locator, cells: Pair, shape: Pair = (SIDE, SIDE), at: tuple[float, float] = (0.5, 0.5)) -> None:
    """Press the mouse on it, at this part of its size, and move by so many of its pixels; it stays pressed."""
    move_to(sheet, *at)
    sheet.page.mouse.down()
    move_to(sheet, at[0] + cells[0] / shape[0], at[1] + cells[1] / shape[1], steps=6)


def check_shift(page: Page, by: Pair) -> None:
    """Sheet, fields and link all are about this shift, and so are the pictures below."""
    until(page, lambda: (own_in_url(page).down, own_in_url(page).right) == by)
    settled(page)
    assert lies(shift_sheet(page)) == pytest.approx(by, abs=0.05)
    for name, value in zip(("Down", "Right"), by, strict=True):
        expect(spin(page, name)).to_have_value(str(value).replace("-", "−"))
    shown = column(page, LAYER_NAMES["conv"])
    assert source(picture(shown, "shifted picture")) == source(picture(shown, "output, shifted"))


def test_the_dragged_picture_moves_at_once_and_fields_link_and_maps_follow(page: Page) -> None:
    wire = wired(page)
    open_compare(page, "comparison=shift")
    check_shift(page, (3, 5))
    address, sheet = page.url, shift_sheet(page)
    wire.held = True
    grab(sheet, (4, -2))
    assert lies(sheet) == pytest.approx((7, 3), abs=0.05)
    assert page.url == address
    wire.release()
    page.mouse.up()
    settled(page)
    check_shift(page, (7, 3))
    for key in ("ArrowUp", "Shift+ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowDown"):
        sheet.press(key)
    assert lies(sheet) == pytest.approx((8, -3), abs=0.05)
    settled(page)
    check_shift(page, (8, -3))
    put(spin(page, "Down"), "-6")
    check_shift(page, (-6, -3))


def test_rapid_dragging_ends_where_it_was_left(page: Page) -> None:
    open_compare(page, "comparison=shift")
    sheet = shift_sheet(page)
    for cells in ((9, 9), (-6, -12), (2, -1), (-1, 7)):
        grab(sheet, (12, -10))
        for n in range(40):
            move_to(sheet, 0.5 + 0.3 * np.cos(n / 3), 0.5 + 0.3 * np.sin(n))
        move_to(sheet, 0.5 + cells[0] / SIDE, 0.5 + cells[1] / SIDE)
        page.mouse.up()
    settled(page)
    check_shift(page, (3 + 9 - 6 + 2 - 1, 5 + 9 - 12 - 1 + 7))


def test_an_answer_to_an_older_step_takes_no_newer_one_back(page: Page) -> None:
    wire = wired(page)
    open_compare(page, "comparison=shift")
    sheet = shift_sheet(page)
    wire.held, said = True, wire.said
    sheet.press("ArrowDown")
    until(page, lambda: wire.said == said + 1)
    answered(page, wire)
    sheet.press("ArrowDown")
    until(page, lambda: wire.said == said + 2)
    wire.release()  # the answer to the first step comes when the second one is under way
    wire.held = True
    expect(spin(page, "Down")).to_have_value("4")
    sheet.press("ArrowDown")
    wire.release()
    settled(page)
    check_shift(page, (6, 5))


# Scramble.


def test_what_is_pointed_at_is_marked_in_its_own_picture_alone_where_the_others_are_about_other_places(
    page: Page,
) -> None:
    open_compare(page, "comparison=scramble")
    shared = column(page, LAYER_NAMES["conv"])
    point_in(picture(shared, "scrambled"), 6, 7, (30, 30))
    expect(figure(shared, "scrambled")).to_contain_text("Y[7,8] =")
    assert boxes(picture(column(page, "The picture"), "scrambled")) == []


# The same feature, everywhere.


def test_the_dragged_frame_follows_at_once_and_its_copies_are_framed_where_they_are(page: Page) -> None:
    wire = wired(page)
    top, left, side = 8, 26, 9
    open_compare(page, f"pattern={top},{left},{side}")
    sheet = page.get_by_role("application", name=re.compile("frame"))
    check_framed(sheet, (top, left, side))
    wire.held = True
    grab(sheet, (24, -9), (64, 64), ((top + side / 2) / 64, (left + side / 2) / 64))
    assert corners(sheet, (64, 64)) == {(top + 24, left - 9)}
    wire.release()
    page.mouse.up()
    settled(page)
    check_framed(sheet, (top + 24, left - 9, side))
    sheet.press("Shift+ArrowUp")
    sheet.press("ArrowRight")
    settled(page)
    check_framed(sheet, (top + 19, left - 8, side))
    for key in ("ArrowUp", "ArrowLeft"):  # no further than to the border
        for _ in range(9):
            sheet.press(f"Shift+{key}")
    assert corners(sheet, (64, 64)) == {(0, 0)}
    settled(page)
    check_framed(sheet, (0, 0, side))


def check_framed(sheet: Locator, pattern: tuple[int, int, int]) -> None:
    """Link and sheet have this square, and the shared kernel frames it and its copies, each of its size."""
    page, own, (top, left, side) = sheet.page, Compare(pattern=pattern), pattern
    until(page, lambda: own_in_url(page) == own)
    settled(page)
    assert corners(sheet, (64, 64)) == {(top, left)}
    found = picture(column(page, "One shared kernel"), "framed")
    assert (top, left) in corners(found, (64, 64))
    assert len(boxes(found)) > own.pasted
    for one in (*boxes(sheet), *boxes(found)):
        assert one[2:] == pytest.approx((side / 64, side / 64), abs=0.01)


# Times.


def test_measuring_answers_meanwhile_and_comes_to_its_end(page: Page) -> None:
    open_compare(page, f"{BROAD}&comparison=growth")
    press(page, "Measure")
    main(page).get_by_role("radio", name="Bytes").click()
    page.wait_for_url("**/compare?*quantity=bytes*")
    expect(page.get_by_role("figure", name=re.compile("bytes"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Measure again"))).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("stProgress")).to_have_count(0)
    settled(page)
    chart = page.get_by_role("figure", name=re.compile("measured"))
    for name in timing.METHOD_NAMES.values():
        expect(chart).to_have_accessible_name(re.compile(rf"{re.escape(name)}: \d+ pixels \d"))
    expect(button(page, "Stop")).to_have_count(0)


def test_a_chart_says_exact_numbers_when_hovered(page: Page) -> None:
    open_compare(page, "comparison=growth")
    lines = page.get_by_role("figure", name=re.compile("against the side")).first
    move_to(lines.locator(".scatterlayer .trace").first.locator(".points path").nth(9), 0.5, 0.5)
    told = count("dense", spec_of(Setup()), (1, 4096, 4096)).parameters
    expect(lines.locator(".hoverlayer")).to_contain_text(f"{told:,}")


# One visit, several pages.


def test_explore_and_compare_find_each_other_as_they_were_by_links_and_by_steps_back(page: Page) -> None:
    wire = wired(page)
    open_app(page, f"image=cat&kernel={quote('1,2;3,4', safe='')}")
    cat = state_in_url(page)
    wire.pause = 0.01  # what happens between two messages of the server happens for certain
    go_to(page, "Compare")
    assert state_in_url(page) == cat
    expect(column(page, LAYER_NAMES["conv"])).to_contain_text("4 weights")
    step_to(page, "/")
    until(page, lambda: kernel(page) == [[1, 2], [3, 4]])
    assert state_in_url(page) == cat
    go_to(page, "Compare")
    page.get_by_role("radio", name="Random weights").click()
    settled(page)
    go_to(page, "Explore")
    until(page, lambda: kernel(page) == [[1, 2], [3, 4]])
    assert state_in_url(page) == cat
    step_to(page, "/compare")
    assert own_in_url(page) == Compare(draw=1)
    expect(page.get_by_role("radio", name="Random weights")).to_be_checked()
    assert state_in_url(page) == cat


def step_to(page: Page, path: str) -> None:
    """Back to that page: a click in the navigation is one step."""
    page.go_back()
    settled(page)
    assert urlsplit(page.url).path == path


def go_to(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
    settled(page)


# Any theme, no mouse.


def test_a_zero_of_a_map_has_the_page_s_own_colour_and_its_strongest_number_has_not_in_light_and_dark(
    page: Page,
) -> None:
    open_compare(page, "image=disc&side=32")
    values = the_map(state_in_url(page))
    places = {"zero": np.argwhere(values == 0)[0], "strongest": np.argwhere(abs(values) == abs(values).max())[0]}
    shown = picture(column(page, LAYER_NAMES["conv"]), Y)
    for _ in themes(page):
        with Image.open(BytesIO(shown.screenshot())) as opened:
            seen = np.asarray(opened.convert("RGB").resize(values.shape, Image.Resampling.NEAREST), int)
        app_colour = page.get_by_test_id("stApp").evaluate("(app) => getComputedStyle(app).backgroundColor")
        paper = [int(part) for part in re.findall(r"\d+", app_colour)[:3]]
        apart = {name: abs(seen[row, col] - paper).max() for name, (row, col) in places.items()}
        assert apart["zero"] <= 12
        assert apart["strongest"] > 50


def test_the_keyboard_turns_the_tabs_and_reaches_every_picture_that_can_be_pointed_at(page: Page) -> None:
    open_compare(page)
    first = page.get_by_role("tab", name="Four layers", exact=True)
    reached: set[str] = set()
    names: set[str] = set()
    for part in PARTS.values():
        selected = page.get_by_role("tab", selected=True)
        expect(selected).to_have_accessible_name(part.title)
        selected.focus()
        for _ in range(40):
            page.keyboard.press("Tab")
            on = focused(page)
            if on["role"] in ("img", "application"):
                assert re.fullmatch(r"solid ([2-9]|\d\d)px", on["outline"]), on
                assert on["isInside"], on
                reached.add(on["name"])
        shown = main(page).get_by_role("region").get_by_role("img").all()
        names |= {one.get_attribute("aria-label") or "" for one in shown}
        selected.focus()
        page.keyboard.press("ArrowRight")
        settled(page)
    expect(first).to_have_attribute("aria-selected", "true")  # round again
    assert len(reached & names) >= 4 + 12 + 6 + 4
    assert all(re.search("W, |of W|network|kernel|Wᵀ, |X_col", name) for name in names - reached)
    assert any("shift" in name for name in reached)
    assert any("frame" in name for name in reached)
