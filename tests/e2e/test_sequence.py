"""The Sequence page, driven as a person drives it: point at a weight, walk along the weights, slide, play and pause."""

import re
from collections.abc import Iterator
from itertools import product
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from components.display.diagram import Diagram
from components.pages.sequence import unrolled
from components.pages.sequence.state import Sequence
from tests.e2e.conftest import NewPage, Server
from tests.support.user import (
    Theme,
    epoch,
    open_app,
    open_tab,
    played,
    press,
)

pytestmark = pytest.mark.long

Web = SimpleNamespace
QUICK = "reading_digits=40&reading_epochs=6"
HINT = "Point at a connection: all connections that share its weight light up."


def as_sent(diagrams: list[Diagram]) -> list[Web]:
    """What the browser gets of them."""
    return [SimpleNamespace(**diagram.props()) for diagram in diagrams]


WEBS = as_sent(unrolled.diagrams(Sequence()))


def open_sequence(page: Page, query: str = "") -> None:
    open_app(page, query, "/sequence")


def part(page: Page, web: Web) -> Locator:
    """One wiring: a network and a matrix."""
    return page.get_by_role("region", name=web.title, exact=True)


def picture(page: Page, web: Web, which: str) -> Locator:
    return part(page, web).get_by_role("img", name=re.compile(f"{which}$"))


def said(page: Page) -> Locator:
    """The line below the three wirings."""
    return page.get_by_role("status").filter(has_text=re.compile("Point at a connection|is used")).first


def lit(box: Locator) -> set[int]:
    """The connections that are lit in here, by their place among the edges."""
    return {int(n) for n in box.locator("[data-n].lit").evaluate_all("all => all.map((one) => one.dataset.n)")}


def alike(web: Web, n: int, drawn: bool = False) -> set[int]:
    """The connections with the same weight as this one; those that are lines, if only what is drawn is asked for."""
    same = {at for at, edge in enumerate(web.edges) if edge[2] == web.edges[n][2]}
    return {at for at in same if web.ins[web.edges[at][1]]} if drawn else same


def told(web: Web, n: int) -> str:
    uses = len(alike(web, n))
    return f"{web.title}: {web.names[web.edges[n][2]]} is used {'once' if uses == 1 else f'{uses} times'}."


def is_lit(page: Page, web: Web, n: int) -> None:
    """All that share the weight of this connection are lit, nothing else is, and it is said."""
    expect(said(page)).to_have_text(told(web, n))
    assert lit(picture(page, web, "Matrix")) == alike(web, n)
    assert lit(picture(page, web, "Network")) == alike(web, n, drawn=True)
    for other in WEBS:
        assert other is web or not lit(part(page, other))


def points() -> Iterator[tuple[Web, int]]:
    """In every wiring its first connection, one in the middle and the last, a bias."""
    for web in WEBS:
        for n in (0, len(web.edges) // 2, len(web.edges) - 1):
            yield web, n


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_all_wirings_are_there_at_any_width(new_page: NewPage, width: int, theme: Theme) -> None:
    page = new_page((width, 844), theme)
    open_sequence(page)
    for tab, webs in (("Unrolled", WEBS), ("Space, time, channels", as_sent(unrolled.ideas()))):
        open_tab(page, tab)
        for web, which in product(webs, ("Network", "Matrix")):
            box = picture(page, web, which).bounding_box()
            assert box is not None
            assert box["width"] > 90
            assert box["height"] > 30
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width


def test_pointing_at_a_cell_of_a_matrix_lights_every_use_of_its_weight_and_says_how_many(page: Page) -> None:
    open_sequence(page)
    expect(said(page)).to_have_text(HINT)
    for web, n in points():
        picture(page, web, "Matrix").locator(f'[data-n="{n}"]').hover()
        is_lit(page, web, n)
    page.get_by_role("heading", level=1).hover()
    expect(said(page)).to_have_text(HINT)
    assert not lit(page.locator("body"))


def test_pointing_at_a_line_of_a_network_lights_the_same(page: Page) -> None:
    open_sequence(page)
    line = picture(page, WEBS[0], "Network").locator("line[data-n]").first
    box = line.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    at = int(line.get_attribute("data-n") or -1)
    is_lit(page, WEBS[0], at)
    colours = {node.get_attribute("stroke") for node in part(page, WEBS[0]).locator("line.lit").all()}
    assert colours == {WEBS[0].colours[WEBS[0].edges[at][2]]}


def test_the_arrow_keys_walk_over_the_connections_and_escape_lets_go(page: Page) -> None:
    open_sequence(page)
    for which in ("Matrix", "Network"):
        for web in WEBS[:2]:
            picture(page, web, which).focus()
            page.keyboard.press("ArrowRight")
            is_lit(page, web, 0)
            for _ in range(3):
                page.keyboard.press("ArrowDown")
            is_lit(page, web, 3)
            page.keyboard.press("ArrowUp")
            is_lit(page, web, 2)
            page.keyboard.press("Escape")
            expect(said(page)).to_have_text(HINT)
            assert not lit(page.locator("body"))
    picture(page, WEBS[0], "Matrix").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    is_lit(page, WEBS[0], len(WEBS[0].edges) - 1)
    page.keyboard.press("Tab")
    expect(said(page)).to_have_text(re.compile("^Point at|separate weights per step"))
    assert not lit(part(page, WEBS[0]))


def test_a_tap_lights_as_a_mouse_does_and_it_stays(browser: Browser, server: Server) -> None:
    phone = browser.new_context(
        base_url=server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    with phone:
        page = phone.new_page()
        open_sequence(page)
        for n in (5, 30):
            picture(page, WEBS[0], "Matrix").locator(f'[data-n="{n}"]').tap()
            is_lit(page, WEBS[0], n)


def test_played_to_the_end_the_tied_one_runs_on_and_the_untied_one_stops(page: Page) -> None:
    open_sequence(page, "reading_seed=1")
    expect(page.get_by_text("Longer sequences are tested")).to_be_visible()
    press(page, "Play")
    played(page)
    expect(epoch(page)).to_have_text("epoch 40 of 40")
    expect(page.get_by_text(re.compile("[Tt]he tied network also runs on"))).to_contain_text("none for step 9")
