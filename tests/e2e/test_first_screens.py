"""Every page, tab by tab, on a lecture room's laptop: light, dark and presenting.

Finding, picture and first control are in view at once, and a tab is at most two screens. A page is loaded once; its own
tabs, its own Present and the system's colours do the rest. The lesson's steps have a test of their own.
"""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage
from tests.support.user import expect_no_sideways_scroll, open_app, settled, themes

LAPTOP, NARROW = (1366, 768), (1024, 768)
SCREENS = 2
RATIO = 0.9  # of a part that has to be in view: the rest is its border, or the margin of a chart
DRAWN = ".stPlotlyChart:visible, table:visible, .cards .stage:visible, svg.net:visible"
SENTENCE = ".stTabs [data-testid=stMarkdown]:visible p >> nth=0"
BAR, LEARNING = ".st-key-bar", ".st-key-chart-learning"
CHOICE = "[data-testid=stButtonGroup]"


@dataclass(frozen=True, slots=True)
class Tab:
    """title: as it is written on the tab; "" on a page without. parts: selectors of what has to be in view.

    presented: pixels it may be high while presenting.
    """

    title: str
    parts: tuple[str, ...]
    presented: int = SCREENS * LAPTOP[1]


def drawn(count: int) -> tuple[str, ...]:
    """The first charts, tables, cards' pictures and networks of the page."""
    return tuple(f"{DRAWN} >> nth={n}" for n in range(count))


def button(name: str) -> str:
    return f'role=button[name="{name}"]'


def field(name: str) -> str:
    return f'role=spinbutton[name="{name}"]'


def stages(key: str, *places: int) -> tuple[str, ...]:
    """These pictures of the cards with this key."""
    return tuple(f".st-key-{key} .stage >> nth={n}" for n in places)


PAGES: dict[str, tuple[Tab, ...]] = {
    "/": (Tab("", (BAR, ".loom .weights", ".loom .sum", ".loom .scan", ".loom .tell", ".loom .why", ".loom .costs")),),
    "/compare": (
        Tab("Four layers", (BAR, SENTENCE, *stages("four_layers", 2, 6, 10, 14))),
        Tab("Where the saving comes from", (BAR, SENTENCE, ".st-key-chart-saving")),
        Tab("Growth", (BAR, SENTENCE, ".st-key-chart-costs", button("Measure"))),
        Tab("Shift (equivariance)", (BAR, SENTENCE, "text=random weights", *stages("shifted", 0, 3, 6, 9))),
        Tab("Scramble", (BAR, SENTENCE, *stages("scrambled", 0, 1))),
        Tab("Find the feature", (BAR, SENTENCE, *stages("detectors", 0, 3))),
        Tab("Transposed & im2col", (BAR, SENTENCE, *stages("faces", 0, 1))),
    ),
    "/channels": (
        Tab("Bank and maps", (BAR, SENTENCE, ".st-key-bank .kernel >> nth=11", *stages("maps", 0, 3))),
        Tab("Inside one output", (BAR, *stages("parts", 0, 1))),
        Tab("One matrix, and its cost", (BAR, *stages("matrix", 0, 1))),
    ),
    "/adaptive": (
        Tab("Parallel channels", (button("Run"), SENTENCE, *stages("matrices-parallel", 0, 1), LEARNING)),
        Tab("Circulant MIMO", (button("Run"), SENTENCE, *stages("matrices-mimo", 0, 1), LEARNING)),
        # Large letters.
        Tab("Identifying an image kernel", (BAR, button("Run"), SENTENCE, *stages("matrices-pictures", 0, 1)), 1_560),
    ),
    "/train": (
        Tab("Learning curves", (button("Play"), SENTENCE, ".st-key-chart-race", *stages("networks", 0, 1, 2))),
        Tab("Shared × pooled", (button("Run"), *drawn(2))),
        Tab("Training set size", (button("Train at every size"), *drawn(2))),
        Tab("Inside a gradient", (field("Kernel"), "text=Sum: ", *drawn(2))),
        Tab("Teacher–student", (button("Run"), *drawn(2))),
        Tab("Five networks of 1989", (button("Train all five"), *drawn(5))),
    ),
    "/network": (
        Tab("Activations", (".volumes", ".probabilities", ".flow .said", BAR)),
        Tab("Layers", ()),
        Tab("Cost", drawn(1)),
        Tab("Published networks", (".st-key-block .cards img >> nth=0",)),
        Tab("Fully connected as convolution", (".st-key-chart-windows", ".st-key-larger button")),
        Tab("Code", (".stCode >> nth=0",)),
    ),
    "/sequence": (
        Tab("Unrolled", (field("Steps T"), *drawn(3))),
        Tab("Longer than trained", (button("Run"), *drawn(2))),
        # Large letters make the third picture's row a third screen.
        Tab("Gradient through time", (field("Row of V"), *drawn(2)), presented=1_650),
        Tab("Digits row by row", (button("Play"), *drawn(2))),
        Tab("Cost", drawn(1)),
        Tab("Space, time, channels", drawn(3)),
    ),
    "/sharing": (
        Tab("Symmetry decides", (CHOICE, *drawn(4))),
        # Two experiments with their tables, in large letters.
        Tab("Learned or random (hashed)", (field("Clusters k"), *stages("figure", 0, 1, 2, 3)), presented=1_600),
        Tab("Between layers and branches", (CHOICE, ".st-key-reuse svg.net >> nth=0")),
        Tab("Not sharing", (CHOICE, *stages("factorised", 0, 1, 2, 3))),
    ),
    "/quiz": (Tab("", ("[class*=st-key-answer_] button >> nth=3",)),),
}  # fmt: skip
pytestmark = pytest.mark.long


def open_tab(page: Page, tab: Tab) -> None:
    if tab.title:
        page.get_by_role("tab", name=tab.title, exact=True).click()
        page.mouse.move(2, 400)
    settled(page)


def expect_on_the_first_screen(page: Page, tab: Tab, most: int = SCREENS * LAPTOP[1]) -> None:
    chosen = ("role=tab[selected]",) if tab.title else ()
    for part in ("h1 >> nth=0", *chosen, *tab.parts):
        expect(page.locator(part).first, f"{tab.title}: {part}").to_be_in_viewport(ratio=RATIO)
    height = page.get_by_test_id("stMain").evaluate("(main) => main.scrollHeight")
    assert height <= most, f"{tab.title}: {height} pixels"
    expect_no_sideways_scroll(page)


@pytest.mark.parametrize("path", PAGES)
def test_the_first_screen_of_every_tab_holds_what_it_is_about(new_page: NewPage, path: str) -> None:
    page = new_page(LAPTOP)
    open_app(page, path=path)
    assert [tab.title for tab in PAGES[path] if tab.title] == page.get_by_role("tab").all_inner_texts()
    for tab in PAGES[path]:
        open_tab(page, tab)
        for _ in themes(page):
            expect_on_the_first_screen(page, tab)
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_role("button", name="Exit")).to_be_visible()
    expect(page.get_by_test_id("stTopNavLink").last).to_be_in_viewport()  # all pages, by their names
    for tab in PAGES[path]:
        open_tab(page, tab)
        expect_on_the_first_screen(page, tab, tab.presented)
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    settled(page)
    expect(page.get_by_role("button", name="Exit")).to_be_in_viewport()
    expect_no_sideways_scroll(page)


@pytest.mark.parametrize("shown", ["level=hard", "level=hard&present=1"])
def test_every_question_of_the_quiz_with_its_answers_and_pictures_is_on_one_screen(
    new_page: NewPage, shown: str
) -> None:
    page = new_page(LAPTOP)
    open_app(page, shown, "/quiz")
    for number in range(1, 9):
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"{number}.")
        answers = page.locator("[class*=st-key-answer_] button")
        expect(answers).to_have_count(4)
        for part in (page.locator("h1").first, *answers.all(), *page.locator(".st-key-question .stage").all()):
            expect(part, str(number)).to_be_in_viewport(ratio=RATIO)
        widths = [stage.evaluate("node => node.clientWidth") for stage in page.locator(".st-key-question .stage").all()]
        assert all(width > 180 for width in widths), widths  # read from the first row
        if number < 8:
            page.get_by_role("button", name="Next", exact=True).click()
            settled(page)
