"""The Sequence page's wirings in a browser: point at a weight, walk along the weights, tap."""

import re
from collections.abc import Iterator
from itertools import product
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from components.display.diagram import Diagram
from components.pages.sequence import unrolled
from components.pages.sequence.state import Sequence
from tests.e2e.conftest import NewPage, Server
from tests.support.user import Theme, box_of, move_to, open_app, open_tab

pytestmark = pytest.mark.long

Web = SimpleNamespace
HINT = "Point at a connection: all connections that share its weight light up."


def as_sent(diagrams: list[Diagram]) -> list[Web]:
    """What the browser gets of them."""
    return [SimpleNamespace(**diagram.props()) for diagram in diagrams]


WEBS = as_sent(unrolled.diagrams(Sequence()))


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


def is_lit(page: Page, web: Web, n: int) -> None:
    """All that share the weight of this connection are lit, nothing else is, and it is said."""
    shared = {at for at, edge in enumerate(web.edges) if edge[2] == web.edges[n][2]}
    times = "once" if len(shared) == 1 else f"{len(shared)} times"
    expect(said(page)).to_have_text(f"{web.title}: {web.names[web.edges[n][2]]} is used {times}.")
    assert lit(picture(page, web, "Matrix")) == shared
    assert lit(picture(page, web, "Network")) == {at for at in shared if web.ins[web.edges[at][1]]}  # drawn as lines
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
    open_app(page, path="/sequence")
    for tab, webs in (("Unrolled", WEBS), ("Space, time, channels", as_sent(unrolled.ideas()))):
        open_tab(page, tab)
        for web, which in product(webs, ("Network", "Matrix")):
            box = box_of(picture(page, web, which))
            assert box["width"] > 90
            assert box["height"] > 30
            assert 0 <= box["x"] <= box["x"] + box["width"] <= width


def test_pointing_at_a_cell_or_at_a_line_lights_every_use_of_its_weight_and_says_how_many(page: Page) -> None:
    open_app(page, path="/sequence")
    expect(said(page)).to_have_text(HINT)
    for web, n in points():
        picture(page, web, "Matrix").locator(f'[data-n="{n}"]').hover()
        is_lit(page, web, n)
    page.get_by_role("heading", level=1).hover()
    expect(said(page)).to_have_text(HINT)
    assert not lit(page.locator("body"))
    line = picture(page, WEBS[0], "Network").locator("line[data-n]").first
    move_to(line, 0.5, 0.5)
    at = int(line.get_attribute("data-n") or -1)
    is_lit(page, WEBS[0], at)
    colours = {node.get_attribute("stroke") for node in part(page, WEBS[0]).locator("line.lit").all()}
    assert colours == {WEBS[0].colours[WEBS[0].edges[at][2]]}


def test_the_arrow_keys_walk_over_the_connections_and_escape_lets_go(page: Page) -> None:
    open_app(page, path="/sequence")
    for which, web in product(("Matrix", "Network"), WEBS[:2]):
        picture(page, web, which).focus()
        for key, n in {"ArrowRight": 0, "ArrowDown": 1, "ArrowUp": 0, "ArrowLeft": len(web.edges) - 1}.items():
            page.keyboard.press(key)
            is_lit(page, web, n)
        page.keyboard.press("Escape")
        expect(said(page)).to_have_text(HINT)
        assert not lit(page.locator("body"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    expect(said(page)).to_have_text(re.compile("^Point at|separate weights per step"))
    assert not lit(part(page, WEBS[1]))


def test_a_tap_lights_as_a_mouse_does_and_it_stays(browser: Browser, server: Server) -> None:
    size = ViewportSize(width=390, height=844)
    with browser.new_context(base_url=server.url, viewport=size, has_touch=True, is_mobile=True) as phone:
        page = phone.new_page()
        open_app(page, path="/sequence")
        for n in (5, 30):
            picture(page, WEBS[0], "Matrix").locator(f'[data-n="{n}"]').tap()
            is_lit(page, WEBS[0], n)
