"""A chart is taken away as it is drawn: as a PNG and as an SVG, by the mouse and by the keyboard."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPage
from tests.support.user import Theme, open_app

pytestmark = pytest.mark.long

BLOCK = 8
SVG = "{http://www.w3.org/2000/svg}"
CHARTS = {
    "/compare?comparison=growth": "costs",
    "/network?network_tab=cost": "costs",
    "/sequence?sequence_tab=gradient": "arriving",
}


def chart(page: Page, key: str) -> Locator:
    box = page.locator(f".st-key-chart-{key}")
    box.scroll_into_view_if_needed()
    expect(box.locator(".main-svg").first).to_be_visible()
    return box


def saver(box: Locator, format: str) -> Locator:
    return box.get_by_role("button", name=f"Save this chart as {format}")


def saved(page: Page, box: Locator, format: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        saver(box, format).click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


def blurred(picture: Image.Image) -> NDArray[np.float64]:
    """The means of blocks of pixels: a screenshot does not begin at a whole pixel of the chart."""
    return np.asarray(picture.convert("RGB").reduce(BLOCK), float)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chart_is_saved_as_it_is_drawn(new_page: NewPage, tmp_path: Path, theme: Theme) -> None:
    page = new_page(color_scheme=theme)
    for path, key in CHARTS.items():
        open_app(page, path=path)
        box = chart(page, key)
        page.mouse.move(0, 0)
        before = Image.open(io.BytesIO(box.locator(".js-plotly-plot").screenshot()))
        width, height = (float(box.locator(".main-svg").first.get_attribute(side) or 0) for side in ("width", "height"))
        png = saved(page, box, "PNG", tmp_path)
        assert png.name == f"weight-loom-{key}.png"
        with Image.open(png) as picture:
            assert picture.format == "PNG"
            assert picture.size == (int(2 * width), int(2 * height))
            there = blurred(picture.reduce(2))
        here = blurred(before)
        np.testing.assert_array_equal(there[0, 0], here[0, 0])  # the theme's page
        rows, cols = np.minimum(there.shape, here.shape)[:2]
        apart, drawn_at_all = there[:rows, :cols] - here[:rows, :cols], here - here[0, 0]
        assert np.abs(apart).mean() < np.abs(drawn_at_all).mean() / 2  # the letters are in another font
        svg = saved(page, box, "SVG", tmp_path)
        assert svg.name == f"weight-loom-{key}.svg"
        root = ElementTree.fromstring(svg.read_text("utf-8"))  # noqa: S314  # our own file
        assert root.tag == f"{SVG}svg"
        assert [float(root.get(side) or 0) for side in ("width", "height")] == [width, height]
        drawn = box.locator(".js-plotly-plot text").all_text_contents()
        assert ["".join(text.itertext()) for text in root.iter(f"{SVG}text")] == drawn
        assert len(drawn) > 3
        assert not list(root.iter(f"{SVG}script")) + list(root.iter(f"{SVG}image"))
        assert not re.search(r"""(href|src)\s*=|url\((?!["']?(&quot;)?#)""", svg.read_text("utf-8"))


def test_the_two_buttons_show_themselves_to_the_mouse_and_to_the_keyboard_only(page: Page) -> None:
    open_app(page, "comparison=growth", "/compare")
    box = chart(page, "costs")
    quiet = box.locator(".save")
    page.mouse.move(0, 0)
    expect(quiet).to_have_css("opacity", "0")
    box.hover()
    expect(quiet).to_have_css("opacity", "1")
    page.mouse.move(0, 0)
    expect(quiet).to_have_css("opacity", "0")
    saver(box, "PNG").focus()
    expect(quiet).to_have_css("opacity", "1")
    page.keyboard.press("Tab")
    expect(saver(box, "SVG")).to_be_focused()
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "weight-loom-costs.svg"


def test_with_the_buttons_hidden_these_two_are_hidden(page: Page) -> None:
    open_app(page, "present=1&hide=&comparison=growth", "/compare")
    expect(saver(chart(page, "costs"), "PNG")).to_be_visible()
    open_app(page, "present=1&hide=buttons&comparison=growth", "/compare")
    expect(chart(page, "costs").locator(".save")).to_be_hidden()
