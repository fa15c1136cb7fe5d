"""In front of a class: the lesson by its buttons and keys, presenting, and a link to share."""

import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from components.pages.lesson.state import Lesson
from components.pages.lesson.steps import STEPS
from components.widgets.toolbar import HIDEABLE
from tests.e2e.conftest import served
from tests.support.user import (
    box_of,
    canvas,
    draws,
    epoch,
    expect_pause,
    in_url,
    kernel,
    open_app,
    press,
    put,
    query,
    settled,
    themes,
    weight,
)
from tests.support.visitor import png

pytestmark = pytest.mark.long


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and does not talk."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def shown_step(page: Page, number: int) -> None:
    """This step is on the page, and in the link."""
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(rf"^{number}\. {STEPS[number - 1].title}"))
    settled(page)
    assert in_url(page, Lesson()) == Lesson(STEPS[number - 1].name)


def toolbar(page: Page) -> Locator:
    """At the end of every run; without it the page is still being made, or is made again and again."""
    return page.locator(".st-key-toolbar")


def tool(page: Page, name: str) -> Locator:
    """A button of the toolbar."""
    return toolbar(page).get_by_role("button", name=re.compile(f"{name}$"))


def font_size(page: Page) -> float:
    return float(page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)"))


def leave(page: Page) -> None:
    tool(page, "Exit").click()
    expect(tool(page, "Present")).to_be_visible()
    settled(page)


def test_in_the_quiz_a_picture_stands_under_its_letter_and_above_its_button(page: Page) -> None:
    open_app(page, path="/quiz")
    columns = page.locator(".cards:not(:has(.note:not(:empty))) .card").filter(
        has=page.get_by_role("heading", name=re.compile("^[A-D]$"))
    )
    assert columns.count() >= 4
    for column in columns.all():
        letter, picture = box_of(column.locator("h4")), box_of(column.locator(".stage"))
        assert 0 <= picture["y"] - (letter["y"] + letter["height"]) < 48
        button = page.locator("[class*=st-key-answer_]").get_by_role("button", name=column.inner_text()[0], exact=True)
        pressed = box_of(button)
        assert pressed["y"] >= picture["y"] + picture["height"]
        assert pressed["x"] <= picture["x"] + picture["width"] / 2 <= pressed["x"] + pressed["width"]


# Presenting.


def test_after_a_click_on_present_the_arrow_keys_turn_the_steps(page: Page) -> None:
    open_app(page, path="/lesson")
    tool(page, "Present").click()
    expect(tool(page, "Exit")).to_be_visible()
    settled(page)
    assert query(page) == {"present": "1"}
    for key, number in (("ArrowRight", 2), ("PageDown", 3), ("ArrowLeft", 2), ("PageUp", 1), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        shown_step(page, number)
    press(page, "Next")
    shown_step(page, 2)
    page.keyboard.press("ArrowRight")
    shown_step(page, 3)


def test_in_a_field_the_keys_type_and_turn_nothing(page: Page) -> None:
    open_app(page, "present=1&step=kernel", "/lesson")
    weight(page, 1, 1).focus()
    for key in ("ArrowRight", "ArrowLeft", "+", "p"):
        page.keyboard.press(key)
    shown_step(page, 2)
    assert page.evaluate("document.documentElement.style.fontSize") == ""
    canvas(page, "Output").focus()
    page.keyboard.press("ArrowRight")
    shown_step(page, 2)


def test_a_key_plays_the_scan_and_pauses_it(page: Page) -> None:
    open_app(page, "present=1&step=scan", "/lesson")
    play = page.locator(".scan .play")
    position = page.get_by_role("slider", name="Position")
    for key in ("p", "P", " "):
        begun = position.input_value()
        expect(play).to_have_text("Play")
        page.keyboard.press(key)
        expect(play).to_have_text("Pause")
        expect(position).not_to_have_value(begun)
        page.keyboard.press(key)
        expect(play).to_have_text("Play")
        held = position.input_value()
        draws(page)
        assert position.input_value() == held


def test_a_key_plays_the_training_and_pauses_it(page: Page) -> None:
    open_app(page, "present=1&examples=40&epochs=100&pace=step", "/train")
    page.keyboard.press("p")
    expect(epoch(page)).to_contain_text(re.compile(r"epoch [2-9] "), timeout=15_000)
    page.keyboard.press("p")
    expect_pause(page)


def test_plus_and_minus_change_the_size_and_leaving_takes_the_keys_away(page: Page) -> None:
    open_app(page, "step=kernel", "/lesson")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    plain = font_size(page)
    shown_step(page, 2)
    open_app(page, "present=1&step=kernel", "/lesson")
    presenting = font_size(page)
    assert presenting == pytest.approx(1.25 * plain)
    sizes = []
    for key in ("+", "+", "-", "-", "-", "0"):
        page.keyboard.press(key)
        sizes.append(font_size(page) / presenting)
    assert sizes == pytest.approx([1.1, 1.21, 1.1, 1, 1 / 1.1, 1], rel=0.01)
    for _ in range(40):
        page.keyboard.press("+")
    assert font_size(page) == pytest.approx(3 * plain, rel=0.01)
    page.keyboard.press("0")
    leave(page)
    assert font_size(page) == plain
    for key in ("ArrowRight", "+", "p"):
        page.keyboard.press(key)
    shown_step(page, 2)
    assert font_size(page) == plain
    assert query(page) == {"step": "kernel"}


RECORDED = "[class*=st-key-recorded_]"


def test_what_is_hidden_is_hidden_and_there_is_a_way_out(page: Page) -> None:
    everything = ",".join(HIDEABLE)
    gone = {
        "/": [
            page.locator(".st-key-bar"),
            page.get_by_test_id("stMain").locator(".stExpander"),
            page.get_by_role("link", name=re.compile("Lesson$")),
        ],
        "/train": [
            page.locator(".st-key-train_play button"),
            page.locator(f".stMain [data-testid=stCaptionContainer]:not({RECORDED} *)"),
        ],
    }
    for path, parts in gone.items():
        open_app(page, f"present=1&hide={everything}", path)
        for part in parts:
            expect(part.first).to_be_hidden()
        expect(page.locator(RECORDED)).to_have_count(int(path == "/train"))  # it is told
        for label in ("Share", "Hide parts…", "Exit"):
            expect(tool(page, label)).to_be_in_viewport()
        leave(page)
        for part in parts:
            expect(part.first).to_be_visible()
    open_app(page, f"present=1&hide={everything}", "/lesson")
    page.keyboard.press("ArrowRight")
    shown_step(page, 2)
    expect(page.get_by_role("button", name=re.compile("Next$"))).to_be_visible()
    leave(page)


@pytest.mark.parametrize("way", ["Done", "Escape"])
def test_what_is_chosen_to_be_hidden_is_hidden_however_the_choice_is_closed(page: Page, way: str) -> None:
    open_app(page, "present=1&hide=sidebar")
    expect(page.locator(".st-key-bar")).to_be_hidden()
    tool(page, "Hide parts…").click()
    box = page.get_by_role("dialog")
    box.get_by_role("button", name="Bar of controls").click()
    settled(page)
    if way == "Done":
        box.get_by_role("button", name="Done").click()
    else:
        page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    settled(page)
    expect(page.locator(".st-key-bar")).to_be_visible()
    assert query(page) == {"present": "1", "hide": ""}


def number_size(page: Page, name: str) -> float:
    """The size of the numbers in the cells of this canvas, in pixels."""
    return float(canvas(page, name).evaluate("(over) => parseFloat(over.getContext('2d').font)"))


def test_presenting_is_black_on_white_or_white_on_black_for_all_that_is_read(page: Page) -> None:
    texts = {
        "/": (".loom .size", ".loom .hint", ".loom .rest", "[data-testid=stMain] p"),
        "/network": ("[data-testid=stCaptionContainer] p",),
    }
    for path, selectors in texts.items():
        open_app(page, "present=1&hide=", path)
        for theme in themes(page):
            paper, print_ = ("rgb(255, 255, 255)", "rgb(0, 0, 0)")[:: 1 if theme == "light" else -1]
            expect(page.locator(".stApp")).to_have_css("background-color", paper)
            for selector in selectors:
                assert ink(page, selector) == print_, selector
    expect(page.get_by_test_id("stCaptionContainer").first).to_have_css("opacity", "1")


def ink(page: Page, selector: str) -> str:
    """The colour of the first of these, as rgb(…)."""
    colour = page.locator(selector).first.evaluate("(node) => getComputedStyle(node).color")
    return re.sub(
        r"color\(srgb (\S+) (\S+) (\S+)\)", lambda m: f"rgb{(*(int(255 * float(x)) for x in m.groups()),)}", colour
    )


WIDEST = """(over) => {
  const ctx = over.getContext("2d");
  return Math.max(...["−3.81", "1.00", "−.87"].map((text) => ctx.measureText(text).width)) / over.clientWidth;
}"""


@pytest.mark.parametrize(("width", "height", "larger"), [(1920, 1080, 1.05), (1366, 768, 0.9)])
def test_presenting_the_numbers_in_the_cells_and_the_weights_are_larger_where_there_is_room(
    page: Page, width: int, height: int, larger: float
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    sizes = []
    for present in ("", "present=1"):
        open_app(page, f"{present}&image=digit&side=8&kernel=-1.41,2,1;0.5,1,1;1,1,1")
        field = weight(page, 1, 1)
        font = field.evaluate("(field) => parseFloat(getComputedStyle(field).fontSize)")
        sizes.append([number_size(page, "Input"), number_size(page, "Output"), font])
        assert field.evaluate("(field) => field.scrollWidth - field.clientWidth") <= 0
        assert canvas(page, "Output").evaluate(WIDEST) < 1 / 6  # of the picture: a cell
    plain, presenting = sizes
    assert all(large > larger * small for large, small in zip(presenting, plain, strict=True))


@pytest.mark.parametrize("path", ["/", "/sequence"])
@pytest.mark.parametrize("width", [1440, 1024])
def test_presenting_the_toolbar_lies_on_nothing(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    open_app(page, "present=1", path)
    bar = box_of(toolbar(page))
    links = page.get_by_test_id("stTopNavLinkContainer").or_(page.get_by_test_id("stTopNavSection"))
    others = [box for one in [*links.all(), page.locator("h1")] if one.is_visible() and (box := one.bounding_box())]
    assert len(others) > 4
    assert all(box["x"] + box["width"] <= bar["x"] or box["y"] >= bar["y"] + bar["height"] for box in others)


def test_the_builder_s_fields_and_buttons_are_hidden_with_the_others(page: Page) -> None:
    for hidden in ("", "fields", "buttons", "fields,buttons"):
        open_app(page, f"present=1&hide={hidden}&network_tab=layers", "/network")
        expect(page.locator(".builder .name").first).to_be_visible()
        for kind, parts in (("fields", ".builder :is(.options, .tools) label"), ("buttons", ".builder button")):
            assert page.locator(parts).count() > 5
            seen = [one.is_visible() for one in page.locator(parts).all()]
            assert any(seen) == (kind not in hidden.split(","))


# Sharing.


@pytest.fixture
def course(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A course's web site, on another port: its folder and its address."""
    handler = partial(Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        Thread(target=site.serve_forever, daemon=True).start()
        yield tmp_path, f"http://localhost:{site.server_port}/"  # another site than 127.0.0.1: no cookie goes there
        site.shutdown()


def test_in_the_frame_of_a_course_page_there_is_the_page_alone_and_it_works(
    page: Page, course: tuple[Path, str]
) -> None:
    folder, address = course
    open_app(page, "kernel=1,2,3")
    tool(page, "Share").click()
    snippet = page.get_by_role("dialog").get_by_text(re.compile('^<iframe src="')).inner_text()
    (folder / "index.html").write_text(
        f"<!doctype html><title>Course</title><link rel=icon href=data:,>{snippet}", "utf-8"
    )
    page.goto(address)
    frame = page.frame_locator("iframe[title='Weight Loom']")
    title = frame.get_by_role("heading", level=1)
    expect(title).to_contain_text("sharing leaves 3")
    assert title.evaluate("(title) => title.getBoundingClientRect().top") < 20
    expect(frame.locator(".badge")).to_have_text("NumPy")
    page.set_viewport_size({"width": 390, "height": 844})  # where Streamlit would fold its menus into a button
    streamlits = (
        "Header",
        "ExpandSidebarButton",
        "MainMenu",
        "HeaderLogo",
        "Decoration",
        "StatusWidget",
        "AppDeployButton",
    )
    for bar in ("TopNavLinkContainer", "TopNavSection", *streamlits):
        for one in frame.get_by_test_id(f"st{bar}").all():
            expect(one).to_be_hidden()
    page.set_viewport_size({"width": 1440, "height": 900})
    for name in ("Share", "Present"):
        expect(frame.get_by_role("button", name=re.compile(f"{name}$"))).to_have_count(0)
    first = frame.get_by_role("spinbutton", name="Weight row 1 column 1", exact=True)
    put(first, "5")
    expect(frame.get_by_text(re.compile(r"max \|W·x − Y\|")).first).to_be_visible()
    inside = next(one for one in page.frames if one.parent_frame)
    inside.wait_for_function("location.search.includes('kernel=5')")
    frame.locator(".st-key-bar_picture").get_by_role("button").first.click()
    mine = {"name": "mine.png", "mimeType": "image/png", "buffer": png((200, 60, 20))}
    frame.locator("input[type=file]").first.set_input_files(mine)  # type: ignore[arg-type]  # as a FilePayload
    expect(frame.get_by_text(re.compile("^Your own picture, mine"))).to_be_visible()
    inside.wait_for_function("location.search.includes('image=upload')")
    frame.get_by_text("Camera", exact=True).click()
    expect(frame.locator("video")).to_have_js_property("readyState", 4)  # the snippet lets the frame have the camera
    frame.get_by_role("button", name="Take Photo").click()
    expect(frame.get_by_text(re.compile(r"^Your own picture\. It stays"))).to_be_visible()


def test_under_a_base_path_a_shared_link_opens_without_a_redirect_and_a_proxy_s_https_is_kept(browser: Browser) -> None:
    with served(base="/loom") as server:
        page = browser.new_page(base_url=server.url)
        open_app(page, "kernel=1,2,3", f"{server.url}/")
        tool(page, "Share").click()
        expect(page.get_by_role("img", name="QR code of the link above")).to_be_visible()
        link = page.get_by_role("dialog").locator("code").first.inner_text()
        answer = page.goto(link)
        assert answer is not None
        assert (answer.status, answer.request.redirected_from, answer.url) == (200, None, link)
        settled(page)
        assert kernel(page) == [[1, 2, 3]]
        asked = page.request.get("?side=8", headers={"X-Forwarded-Proto": "https"}, max_redirects=0)
        assert asked.headers["location"] == f"{server.url.replace('http:', 'https:')}/?side=8"
        page.close()
