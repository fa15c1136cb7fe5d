"""Explore's first screen: the whole story without scrolling, and its bar of controls at hand."""

from itertools import combinations

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.e2e.conftest import NewPage
from tests.support.user import (
    MENUS,
    PHOTOGRAPH,
    box_of,
    canvas,
    expect_no_sideways_scroll,
    menu,
    open_app,
    put,
    settled,
    spin,
    themes,
    weight,
)

LAPTOP, PHONE = (1366, 768), (390, 844)
PICTURES = ("Input", "Output", "Weight matrix", "Network")
long = pytest.mark.long


def parts(page: Page) -> dict[str, Locator]:
    """What tells the story, by what it is; none of them lies on another."""
    counts = page.locator(".loom .costs li")
    expect(counts).to_have_count(3)
    return {
        "title": page.locator("h1 span").first,
        "line": page.get_by_test_id("stMarkdown").filter(has_text="One colour, one weight").locator("p"),
        "bar": page.locator(".st-key-bar"),
        "kernel": page.locator(".loom .weights"),
        "sum": page.locator(".loom .sum"),
        "scan": page.locator(".loom .scan"),
        "the story's Play": page.locator(".loom .tell"),
        "views": page.locator(".loom .views"),
        "zoom": page.locator(".loom .zoom"),
        "why": page.locator(".loom .why"),
        **{f"count {n}": counts.nth(n) for n in range(3)},
        **{name: canvas(page, name) for name in PICTURES},
    }


def apart(one: FloatRect, other: FloatRect) -> bool:
    beside = one["x"] + one["width"] <= other["x"] + 1 or other["x"] + other["width"] <= one["x"] + 1
    return beside or one["y"] + one["height"] <= other["y"] + 1 or other["y"] + other["height"] <= one["y"] + 1


@pytest.mark.parametrize(
    ("size", "query"),
    [
        (LAPTOP, ""),
        pytest.param(LAPTOP, "image=digit&side=8&present=1", marks=long),
        pytest.param((1024, 768), "", marks=long),
        pytest.param((1440, 900), "image=digit&side=8&padding=same&kernel=1,2,3,4,5,6,7", marks=long),
        pytest.param((1920, 1080), "image=digit&side=8&padding=same&kernel=1,2;3,4;5,6;7,8;9,10", marks=long),
        pytest.param((1920, 1080), "image=digit&side=8&present=1&hide=", marks=long),
    ],
    ids=str,
)
def test_the_first_screen_holds_the_whole_story_in_both_themes(
    new_page: NewPage, size: tuple[int, int], query: str
) -> None:
    page = new_page(size)
    open_app(page, query)
    for _ in themes(page):
        holds_the_story(page, size)
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)


def holds_the_story(page: Page, size: tuple[int, int]) -> None:
    """Every part is in view, beside the others, and as large as it has to be."""
    boxes = {name: box_of(part) for name, part in parts(page).items()}
    for name, found in boxes.items():
        assert 0 <= found["x"] <= found["x"] + found["width"] <= size[0], name
        assert 0 <= found["y"] <= found["y"] + found["height"] <= size[1], name
    for (name, one), (other_name, other) in combinations(boxes.items(), 2):
        assert apart(one, other), f"{name} and {other_name}"
    for name in ("Input", "Output", "Weight matrix"):
        assert min(boxes[name]["width"], boxes[name]["height"]) >= 0.2 * size[1], name
    assert boxes["Network"]["height"] >= 0.1 * size[1]
    right = max(found["x"] + found["width"] for found in boxes.values())
    assert right - min(found["x"] for found in boxes.values()) > 0.9 * size[0]


@pytest.mark.long
@pytest.mark.parametrize("query", ["image=digit&side=8", "image=camera&side=512"])
def test_presenting_makes_no_picture_smaller_and_w_larger(new_page: NewPage, query: str) -> None:
    page = new_page(LAPTOP)
    open_app(page, query)
    usual = {name: box_of(part) for name, part in parts(page).items() if name in (*PICTURES, "kernel")}
    open_app(page, f"{query}&present=1")
    holds_the_story(page, LAPTOP)
    shown = {name: box_of(part) for name, part in parts(page).items()}
    for name, before in usual.items():
        assert shown[name]["width"] >= before["width"], name
        assert shown[name]["height"] >= before["height"], name
    assert shown["Weight matrix"]["height"] > usual["Weight matrix"]["height"]


STAGES_APART = """(stages) => {
  const range = document.createRange();
  const box = (node) => (range.selectNodeContents(node), range.getBoundingClientRect());
  return stages.flatMap((stage, n) => {
    const [count, name] = [...stage.children].map(box);
    const [own, before] = [stage.getBoundingClientRect(), stages[n - 1]?.firstElementChild];
    const arrow = parseFloat(getComputedStyle(stage, "::before").width) || 0;
    const cut = Math.max(count.right, name.right) > own.right + 1;
    const overprinted = before && box(before).right > own.left - arrow;
    return cut || overprinted ? [stage.textContent] : [];
  });
}"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("query", "times"), [("image=camera&side=512", 0), ("image=camera&side=512", 1), ("image=digit&side=8", 1)]
)
def test_the_counts_of_the_stages_are_written_out_while_presenting(new_page: NewPage, query: str, times: int) -> None:
    page = new_page(LAPTOP)
    open_app(page, f"{query}&present=1")
    parts(page)
    for _ in range(times):
        page.keyboard.press("+")
    stages = page.get_by_role("radiogroup", name="Stages").get_by_role("radio")
    expect(stages).to_have_count(4)
    assert stages.evaluate_all(STAGES_APART) == []
    last, why = box_of(stages.last), box_of(page.locator(".loom .why"))
    assert last["x"] + last["width"] <= LAPTOP[0]
    assert why["y"] + why["height"] <= LAPTOP[1]


def test_on_a_phone_the_story_is_told_from_top_to_bottom_and_the_bar_stays(new_page: NewPage) -> None:
    page = new_page(PHONE)
    open_app(page)
    expect_no_sideways_scroll(page)
    order = ["title", "line", "bar", "Input", "kernel", "Output", "sum", "scan", "Network", "Weight matrix", "count 0"]
    found = parts(page)
    tops = [box_of(found[name])["y"] for name in order]
    assert tops == sorted(tops)
    for name in ("Input", "Output", "Weight matrix"):
        held = box_of(found[name])
        assert min(held["width"], held["height"]) >= 100, name
    found["why"].scroll_into_view_if_needed()
    expect(found["bar"]).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", [PHONE, pytest.param(LAPTOP, marks=long)], ids=str)
def test_no_menu_leaves_the_screen(new_page: NewPage, size: tuple[int, int]) -> None:
    page = new_page(size)
    open_app(page)
    for name, labels in MENUS.items():
        with menu(page, name):
            opened = page.get_by_test_id("stPopoverBody")
            expect(opened.get_by_role("spinbutton", name=labels[0], exact=True)).to_be_visible()
            found = box_of(opened)
            assert 0 <= found["x"] <= found["x"] + found["width"] <= size[0], name
            assert 0 <= found["y"] <= found["y"] + found["height"] <= size[1], name
            assert opened.evaluate("(body) => body.scrollWidth - body.clientWidth") <= 0, name


def test_a_menu_that_opens_after_a_change_shows_what_is_set_and_changes_nothing(page: Page) -> None:
    open_app(page, f"{PHOTOGRAPH}&stride=2&dilation=3&padding=2&mode=circular&bias=0.25&activation=relu&flip=1")
    put(weight(page, 1, 1), "7")
    settled(page)
    address = page.url
    wanted = {"Longer side": "64", "K, rows": "3", "Stride": "2", "Dilation": "3", "Bias": "0.25"}
    for name, labels in MENUS.items():
        with menu(page, name):
            settled(page)
            for label in set(labels) & wanted.keys():
                expect(spin(page, label)).to_have_value(wanted[label])
    assert page.url == address
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_a_menu_is_opened_changed_and_closed_by_the_keyboard_alone(page: Page) -> None:
    open_app(page)
    opener = page.locator(".st-key-bar_geometry").get_by_role("button").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(spin(page, "Stride")).to_be_visible()
    page.keyboard.press("Tab")
    expect(spin(page, "Stride")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.wait_for_url("**stride=2*")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
