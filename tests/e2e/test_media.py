"""However one sees and moves: every page and tab, with each page loaded once.

Themes, forced colours, more contrast, less motion, twice the size and the narrowest phone are the browser's to say.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPage
from tests.support.pages import PATHS
from tests.support.user import (
    box_of,
    draws,
    expect_no_sideways_scroll,
    menu,
    open_app,
    pixels,
    query,
    settled,
    themes,
    weight,
)

pytestmark = pytest.mark.long

LAPTOP, TWICE, PHONE = (1366, 768), (683, 384), (320, 640)  # twice: the laptop at 200%
CARDS = ".cards .stage:visible"
PICTURES = 6  # that the browser has drawn until all keep to a new size, theme or medium
SEEN_ELSEWHERE = ("compare",)  # whose menus are Explore's

# Rule: the beginning of what Streamlit itself draws, and why we cannot change it.
THEIRS: dict[str, tuple[str, str]] = {
    # Of Markdown's tables: Chromium and Firefox let the keyboard into whatever scrolls by themselves.
    "scrollable-region-focusable": ('<div class="st-emotion-cache', "its container takes no tabindex"),
}

ALL = """const within = (node) => [node, ...(node.shadowRoot ? all(node.shadowRoot) : [])];
const all = (root) => [...root.querySelectorAll("*")].flatMap(within);
const told = (node) => `${node.tagName} ${node.getAttribute("class")} ${node.textContent.trim().slice(0, 60)}`;"""
# Texts that end outside the page or their box, where nothing scrolls to the rest. The bar's names are short on a phone,
# and whole for those who listen; what the browser shows of Streamlit's closed sidebar lies left of the page.
CUT = f"""() => {{
  {ALL}
  const across = (node) => getComputedStyle(node).overflowX;
  const scrolls = (node) => ["auto", "scroll"].includes(across(node)) && !node.matches("[data-testid=stMain]");
  const inScroller = (node) => node && (scrolls(node) || inScroller(node.parentElement ?? node.getRootNode().host));
  return all(document.querySelector(".stMain"))
    .filter((node) => !node.closest(".st-key-bar, .katex-mathml"))
    .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
    .filter((node) => node.checkVisibility({{ opacityProperty: true, visibilityProperty: true }}))
    .filter((node) => {{
      const {{ left, right, width, height }} = node.getBoundingClientRect();
      const hides = ["hidden", "clip"].includes(across(node)) && node.scrollWidth > node.clientWidth + 1;
      return width > 1 && height > 1 && (hides || left < -1 || right > innerWidth + 1) && !inScroller(node);
    }})
    .map(told);
}}"""
MOVES = f"""() => {{
  {ALL}
  const long = (times) => times.split(",").some((time) => parseFloat(time) * (time.includes("ms") ? 1 : 1000) > 1);
  return all(document).filter((node) => {{
    const {{ animationName, animationDuration, transitionDuration }} = getComputedStyle(node);
    return (animationName !== "none" && long(animationDuration)) || long(transitionDuration);
  }}).map(told);
}}"""
QUIET = f"""() => {{
  {ALL}
  const colour = (node) => {{
    const {{ color }} = getComputedStyle(node);
    const scale = color.startsWith("rgb") ? 1 : 255;
    const parts = color.match(/[\\d.]+/g).slice(0, 3).map((part) => Math.round(scale * part));
    return parts.join();
  }};
  const loud = colour(document.querySelector(".stApp"));
  return all(document.querySelector(".stMain"))
    .filter((node) => node.matches("[data-testid=stCaptionContainer] p, .hint, .note, .said, .size"))
    .filter((node) => node.textContent.trim() && node.checkVisibility() && colour(node) !== loud)
    .map(told);
}}"""


# What one sees of a box: its background on the system's, and no outline where it has no style.
LOOKS = """(node) => {
  const { backgroundColor, backgroundImage, color, outlineStyle, outlineWidth, outlineColor } = getComputedStyle(node);
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.cssText = "forced-color-adjust: none; background: Canvas";
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const [below, [r, g, b, alpha = 1]] = [parts(getComputedStyle(probe).backgroundColor), parts(backgroundColor)];
  probe.remove();
  const seen = [r, g, b].map((part, n) => Math.round(alpha * part + (1 - alpha) * below[n]));
  const outline = outlineStyle === "none" ? "" : `${outlineWidth} ${outlineColor}`;
  return [`rgb(${seen.join(", ")})`, backgroundImage, color, outline];
}"""


def looks(part: Locator) -> list[str]:
    found: list[str] = part.evaluate(LOOKS)
    return found


def all_looks(parts: Locator) -> list[list[str]]:
    return [looks(part) for part in parts.all()]


def differs(chosen: Locator, others: Locator) -> None:
    """What is chosen looks like none of the others, and its letters can be read on it."""
    expect(chosen).to_have_count(1)
    assert others.count() > 0
    assert looks(chosen) not in all_looks(others)
    letters = chosen.evaluate(
        "(node) => getComputedStyle([node, ...node.querySelectorAll('*')].findLast((part) => part.textContent)).color"
    )
    dark, light = sorted((luminance(letters), luminance(looks(chosen)[0])))
    assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{letters} on {looks(chosen)[0]}"


def luminance(colour: str) -> float:
    """About the relative luminance of the W3C: 0 is black, 1 white."""
    red, green, blue = ((float(part) / 255) ** 2.2 for part in re.findall(r"[\d.]+", colour)[:3])
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def violations(page: Page, within: str | None = None) -> list[str]:
    """Serious and critical ones, an element a line: all rules in the light theme, those of colours in the dark one."""
    told = []
    for theme in themes(page):
        which = {"runOnly": {"type": "rule", "values": ["color-contrast"]}} if theme == "dark" else {}
        found = Axe().run(page, context=within, options={"resultTypes": ["violations"]} | which).response["violations"]
        told += [
            f"{theme}: {rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}"
            for rule in found
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
            if not (rule["id"] in THEIRS and node["html"].startswith(THEIRS[rule["id"]][0]))
        ]
    return told


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    draws(page, PICTURES)


def fits(page: Page, size: tuple[int, int]) -> list[str]:
    """What is cut in a window of this size, where nothing scrolls sideways and the title and a control are in view."""
    resize(page, size)
    expect_no_sideways_scroll(page)
    tab = page.get_by_role("tab", selected=True).first
    control = tab if tab.count() else page.locator(".stMain").locator("button:visible, input:visible").first
    control.scroll_into_view_if_needed()  # among the tabs
    for part in (page.locator("h1").first, control):
        part.evaluate("(node) => node.closest('.stMain').scrollTo(0, 0)")
        box = box_of(part)
        assert 0 <= box["x"] <= box["x"] + box["width"] <= size[0]
        assert 0 <= box["y"] < size[1], part
    sides = page.locator(CARDS).evaluate_all("(all) => all.map((one) => Math.max(one.clientWidth, one.clientHeight))")
    assert all(side >= 40 for side in sides)
    return [f"{size[0]} px wide: {one}" for one in page.evaluate(CUT)]


def chosen_are_seen(page: Page, within: str = "body") -> None:
    """In forced colours: the page one is on, the tab, and what is chosen among several."""
    page.emulate_media(forced_colors="active")
    part, links = page.locator(within), "[data-testid=stTopNavLink]"
    if within == "body":
        differs(page.locator(f"{links}[aria-current=page]"), page.locator(f"{links}:not([aria-current=page])"))
    if part.get_by_role("tab").count():
        differs(part.get_by_role("tab", selected=True), part.get_by_role("tab", selected=False))
    for group in part.locator("[role=radiogroup]:visible:has([role=radio][aria-checked=true])").all():
        radios = "[role=radio][aria-checked={}]"
        if group.locator(radios.format("false")).count():
            differs(group.locator(radios.format("true")), group.locator(radios.format("false")))
    page.emulate_media(forced_colors="none")


def menus(page: Page) -> list[Locator]:
    return page.locator("[data-testid=stPopover] button:visible").all()


def close(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_and_its_tabs_suit_whoever_sees_and_moves_otherwise(new_page: NewPage, path: str) -> None:
    page = new_page(LAPTOP)
    page.emulate_media(reduced_motion="reduce")
    open_app(page, path="/" if path == PATHS[0] else f"/{path}")
    expect(page).to_have_title("Weight Loom")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    if path == "compare":
        expect(page.locator(CARDS).first).to_be_visible()
    chosen_are_seen(page)
    found = violations(page)
    for opener in [] if path in SEEN_ELSEWHERE else menus(page):
        opener.click()
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        settled(page)
        found += violations(page, "[data-testid=stPopoverBody]")
        chosen_are_seen(page, "[data-testid=stPopoverBody]")
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    tabs = page.get_by_role("tab").all()
    for n, tab in enumerate(tabs or [None]):
        if tab and n:
            tab.click()
            settled(page)
        cut = fits(page, PHONE) + fits(page, TWICE)
        if n:
            cut += violations(page, ".stMain")
        page.emulate_media(contrast="more")
        cut += [f"moves: {one}" for one in page.evaluate(MOVES)] + [f"quiet: {one}" for one in page.evaluate(QUIET)]
        page.emulate_media(contrast="no-preference")
        found += [f"{tab.inner_text() if tab else path}: {one}" for one in cut]
    assert found == []


def test_the_dialogs_of_the_toolbar_and_the_letters_on_colours(new_page: NewPage) -> None:
    page = new_page(LAPTOP)
    page.emulate_media(reduced_motion="reduce")
    open_app(page, "present=1&side=64&image=camera")
    found = violations(page)
    for name in ("Share", "Hide parts…", "Summary and keys"):
        page.locator(".st-key-toolbar").get_by_role("button", name=name).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        settled(page)
        found += violations(page, "[role=dialog]")
        close(page)
    assert found == []
    for size in ("64", "8"):
        if size == "8":
            page.get_by_role("button", name="Show it on 8 × 8 pixels").click()
            settled(page)
        letters = page.get_by_role("button", name="Letters on the colours")
        before = pixels(page, "Weight matrix")
        letters.click()
        settled(page)
        assert query(page)["marks"] == "letters"
        expect(letters).to_have_attribute("aria-pressed", "true")
        written = (pixels(page, "Weight matrix") != before).any(axis=2)
        assert 0.002 < written.mean() < 0.2, size
        letters.click()
        settled(page)
        assert (pixels(page, "Weight matrix") == before).all()
        assert "marks" not in query(page)


# In forced colours (high contrast) what colour means stays.


def stays(page: Page, parts: Locator, at_least: int) -> None:
    """The backgrounds are the same with and without, and not one alike for all."""
    expect(parts.nth(at_least - 1)).to_be_visible()
    page.emulate_media(forced_colors="none")
    before = [look[:2] for look in all_looks(parts)]
    page.emulate_media(forced_colors="active")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    assert [look[:2] for look in all_looks(parts)] == before
    assert len({tuple(look) for look in before}) >= min(2, at_least)


def test_the_kernel_and_the_bank_keep_their_colours_and_so_do_the_bars_and_the_sum(page: Page) -> None:
    open_app(page, path="/channels")
    stays(page, page.locator(".bank .kernel input"), 9)
    open_app(page, "image=digit&side=8")
    stays(page, page.locator(".loom .weights label"), 9)
    weight(page, 1, 1).hover()
    stays(page, page.locator(".loom .sum .chip"), 1)
    canvas_text = page.evaluate(
        "() => { document.body.style.color = 'CanvasText'; return getComputedStyle(document.body).color; }"
    )
    bars = all_looks(page.locator(".loom .costs .area"))
    assert len(bars) >= 3
    first = looks(page.locator(".loom .weights label").first)[0]
    assert {bar[0] for bar in bars} == {canvas_text, first}  # what is shared has a colour of the kernel


def test_a_switch_is_seen_and_is_seen_to_be_on(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    tracks = []
    for flip in ("0", "1"):
        open_app(page, f"image=digit&side=8&flip={flip}")
        with menu(page, "kernel"):
            track = page.get_by_test_id("stCheckbox").filter(has_text="lip").first.locator("label > span + div")
            tracks.append(looks(track))
            assert looks(track)[0] != looks(track.locator("> div"))[0]  # the knob is seen on it
    assert tracks[0] != tracks[1]
