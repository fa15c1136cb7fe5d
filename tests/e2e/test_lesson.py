"""The lesson in a browser: every step on one screen, and what the reader does in it is noticed."""

import re
from itertools import product

import pytest
from playwright.sync_api import Locator, Page, expect

from components.pages.lesson.state import NAMES
from components.pages.lesson.steps import step_of
from tests.e2e.conftest import NewPage
from tests.support.user import (
    box_of,
    button,
    canvas,
    expect_no_sideways_scroll,
    focused,
    open_app,
    point_at,
    settled,
    themes,
)

LAPTOP, PHONE = (1366, 768), (390, 844)
MOST_STOPS = 90  # of the keyboard, once round a step and the browser
PART = {
    "pictures": ".loom .top",
    "sum": ".loom .sum",
    "scan": ".loom .scan",
    "network": ".loom .network .stack",
    "matrix": ".loom .matrix .stack",
    "costs": ".loom .costs ul",
}
OBJECT = {  # what each view is about
    "four_layers": (".st-key-four_layers .cards", ".stSlider"),
    "costs": (".st-key-costs", ".stButtonGroup"),
    "search": (".st-key-pattern", ".st-key-detectors .cards"),
    "bank": (".bank", ".st-key-maps .cards"),
    "race": (".st-key-race", ".st-key-train_play"),
    "flow": (".volumes", ".stButtonGroup"),
    "ideas": (".wires",),
    "reuse": (".wires", ".stButtonGroup"),
}  # fmt: skip


def parts(page: Page, name: str) -> dict[str, Locator]:
    """What of a step has to be in view."""
    step = step_of(name)
    words = page.locator(".st-key-lesson_words")
    shown = tuple(PART[part] for part in step.parts) or OBJECT[step.view]
    return {
        "title": page.locator("h1 span").first,
        "text": words.get_by_test_id("stMarkdown").filter(has_text=step.says()[0]),
        "try": words.get_by_test_id("stAlert").filter(has_text="Try:"),
        "notice": words.get_by_test_id("stAlert").filter(has_text="Notice:"),
        "next": page.locator(".st-key-lesson_next").get_by_role("button"),
        **{selector: page.locator(".st-key-lesson_object").locator(selector).first for selector in shown},
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ("wirings", "matrix")),
        pytest.param("", NAMES, marks=pytest.mark.long),
        pytest.param("&present=1", NAMES, marks=pytest.mark.long),
    ],
    ids=lambda value: f"{len(value)} steps" if isinstance(value, tuple) else value,
)
def test_a_step_is_one_screen_in_both_themes(new_page: NewPage, query: str, names: tuple[str, ...]) -> None:
    page = new_page(LAPTOP)
    outside = []
    for name in names:
        open_app(page, f"step={name}{query}", "/lesson")
        for theme, (what, part) in product(themes(page), parts(page, name).items()):
            found = box_of(part)
            right, bottom = found["x"] + found["width"], found["y"] + found["height"]
            if not (0 <= found["x"] <= right <= LAPTOP[0] and 0 <= found["y"] <= bottom <= LAPTOP[1]):
                outside.append((name, theme, what, found))
    assert outside == []


@pytest.mark.parametrize("name", ["matrix", *(pytest.param(n, marks=pytest.mark.long) for n in NAMES if n != "matrix")])
def test_on_a_phone_the_words_come_first_and_nothing_scrolls_sideways(new_page: NewPage, name: str) -> None:
    page = new_page(PHONE)
    open_app(page, f"step={name}", "/lesson")
    expect_no_sideways_scroll(page)
    found = parts(page, name)
    words = [box_of(found.pop(what))["y"] for what in ("next", "title", "text", "try", "notice")]
    assert words == sorted(words)
    assert min(box_of(part)["y"] for part in found.values()) > words[-1]


def test_what_is_done_in_the_browser_alone_is_noticed_and_a_step_shows_its_part_alone(page: Page) -> None:
    open_app(page, "step=sum", "/lesson")
    status = page.get_by_role("status").filter(has_text="Done")
    expect(canvas(page, "Weight matrix")).to_have_count(0)
    expect(canvas(page, "Network")).to_have_count(0)
    expect(status).to_have_count(0)
    point_at(page, "Output", 1, 1, (6, 6))
    expect(status).to_be_visible()
    page.get_by_role("button", name=re.compile("Next$")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^4"))
    expect(status).to_have_count(0)
    page.mouse.move(2, 2)
    button(page, "Step").click()
    expect(status).to_be_visible()


@pytest.mark.long
def test_escape_ends_what_is_open_and_then_the_presentation(page: Page) -> None:
    open_app(page, "image=digit&side=8&present=1")
    leave = page.locator(".st-key-toolbar").get_by_role("button", name=re.compile("Exit$"))
    expect(leave.locator("p")).to_be_in_viewport(ratio=1)
    page.locator(".st-key-bar_kernel button").click()
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    button(page, "From dense to shared").click()
    page.keyboard.press("Escape")
    expect(button(page, "From dense to shared")).to_be_visible()
    expect(leave).to_be_visible()
    page.keyboard.press("Escape")
    expect(leave).to_have_count(0)
    settled(page)
    assert "present" not in page.url


Stop = tuple[str, tuple[str, ...]]  # the end of its name, and the keys pressed there
WALK: dict[str, tuple[Stop, ...]] = {  # through each step, as README tells it
    "wirings": ((". Network", ("ArrowRight",)),) * 3,
    "kernel": (("Weight row 1 column 1", ("ArrowUp",)),),
    "sum": (("Output", ("Enter",)),),
    "scan": (("Step", ("Enter",)),),
    "colours": (("Weight row 1 column 1", ()),),
    "matrix": (("From dense to shared", ("Enter",)),),
    "ratio": (("Zoom in", ("Enter",)),),
    "flip": (("Output", ("ArrowLeft",)),),
    "locality": (("outputs", ("ArrowRight",)),),
    "feature": (("drag the frame", ("ArrowLeft",)),),
    "channels": (("row 1 column 1", ("ArrowUp", "Enter")),),
    "digits": (("Play", ("Enter",)),),
    "growth": (("Parameters", ("ArrowRight", "Enter")),),
    "network": (("Digit", ("ArrowRight", "ArrowRight", "Enter")), ("Drawing sheet", (" ",))),
    "beyond": (("Repeated block (ALBERT)", ("ArrowRight", "Enter")),),
}


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press this key until what is called so has the keyboard; at every stop one sees where one is."""
    unseen: list[object] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        on = focused(page)
        unseen = [*unseen, on["name"]] if not (on["isSeen"] or on["isPage"]) else unseen
        if re.sub(r"\s+", " ", on["name"]).endswith(name) and not on["name"].startswith("Help for"):
            assert unseen == []
            return
    pytest.fail(f"{key} does not come to {name}")


@pytest.mark.long
def test_the_lesson_is_walked_with_the_keyboard_alone_and_every_step_is_done(page: Page) -> None:
    open_app(page, path="/lesson")
    done = page.locator(".st-key-lesson_words").get_by_role("status").filter(has_text="Done")
    for number, name in enumerate(NAMES, 1):
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(rf"^{number}\."))
        settled(page)
        for stop, keys in WALK[name]:
            tab_to(page, stop)
            for key in keys:
                page.keyboard.press(key)
        expect(done, name).to_be_visible(timeout=15_000)
        settled(page)
        if number < len(NAMES):
            tab_to(page, "Next", "Shift+Tab")
            page.keyboard.press("Enter")
