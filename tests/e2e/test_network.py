"""The Network page, driven as a person drives it: drawn on, built, pointed at, opened."""

import re
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from components.pages.network import activations
from components.pages.network.state import Net
from components.widgets.mount import SHARED, module
from kernels.layer.spec import Shape
from kernels.networks.description import parse
from kernels.networks.plan import INPUT, plan
from kernels.networks.receptive_fields import fields
from tests.e2e.conftest import NewPage
from tests.support.user import expect_no_sideways_scroll, in_url, open_app, query, settled

pytestmark = pytest.mark.long

QUICK = "inputs=1,10,10&weights=random&net=" + quote("conv 4 3, relu, max 2, flatten, dense 5, softmax")
LAPTOP = (1366, 768)
VOLUMES = SHARED.parents[1] / "pages" / "network" / "volumes"

NETS: list[tuple[str, Shape]] = [
    ("conv 2 3 padding=same, relu, max 2, conv 3 3, flatten, dense 4, softmax", (1, 8, 10)),
    ("conv 4 3x2 stride=2x1 padding=1x0, tanh, conv 4 2 dilation=2 groups=2", (3, 9, 11)),
    ("conv 2 3 padding=2 mode=reflect, conv 2 3 padding=1 mode=replicate, conv 1 3 padding=3 mode=circular", (1, 7, 6)),
    ("conv 2 1 padding=2, conv 2 3 dilation=3 padding=3, mean 3 stride=1", (3, 8, 8)),
    ("table 0/12/012 2, local 2 2 stride=2, tiled 2 2 2, subsample 2", (3, 11, 12)),
    ("pad 1x2 value=-1, conv 2 3 stride=2, unitbias, norm, sigmoid, globalmax", (1, 6, 7)),
    ("conv 4 3 groups=1, conv 6 2 groups=2, globalmean, flatten, dense 3", (1, 7, 7)),
    ("split, conv 3 3 padding=1, relu, conv 3 3 padding=1, add, relu, max 2", (3, 6, 6)),
    ("conv 2 2, split, conv 4 3 stride=2 padding=1, shortcut, conv 4 1 stride=2, add, conv 2 2", (1, 9, 9)),
    ("split, conv 3 1 groups=3, split, shortcut, conv 3 5 padding=2 groups=3, add, add, flatten", (3, 6, 6)),
    ("conv 4 3 groups=1, split, conv 4 1 groups=4, shortcut, conv 4 1 groups=2, add, conv 4 3 groups=4", (1, 7, 7)),
    ("dense 5, softmax", (3, 4, 5)),
    ("flatten, conv 4 1 groups=4, relu", (1, 4, 4)),
    ("flatten, conv 2 1 padding=1, mean 2", (1, 4, 4)),
    ("conv 1 3 stride=3, conv 1 5 padding=2", (1, 16, 16)),
]


def open_network(page: Page, query: str = "") -> None:
    open_app(page, query, "/network")


def field(page: Page, label: str, layer: int) -> Locator:
    return page.get_by_role("textbox", name=re.compile(rf"^{label} of layer {layer},"))


def type_over(page: Page, place: Locator, text: str) -> None:
    """As one does it: into the field, all of it marked, and typed."""
    place.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def act(page: Page, name: str, layer: int) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name}: layer {layer},"))


def stage(page: Page, title: str) -> Locator:
    return page.get_by_role("img", name=re.compile(f"^{title}: "))


def said(page: Page) -> Locator:
    """What is told of the unit that is pointed at."""
    return page.locator(".flow .said")


def at_unit(page: Page, title: str, unit: tuple[int, int, int], cells: tuple[int, int], maps: int) -> Any:  # noqa: ANN401
    """Where on the screen a unit of a card lies, whose maps stand one below the other."""
    target = stage(page, title)
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    c, i, j = unit
    y = c * (cells[0] + 1) + i + 0.5
    return box["x"] + (j + 0.5) / cells[1] * box["width"], box["y"] + y / (maps * (cells[0] + 1) - 1) * box["height"]


def probabilities(page: Page) -> list[float]:
    texts = page.locator(".probability b").all_inner_texts()
    return [0.0 if text.startswith("<") else float(text.removesuffix("%")) for text in texts]


def taken_for(page: Page) -> int:
    found = re.search(r"Prediction: (\d+)", page.get_by_test_id("stMarkdown").get_by_text("Prediction: ").inner_text())
    assert found
    return int(found[1])


def stroke(page: Page, *points: tuple[float, float]) -> None:
    """A line on the sheet; places as (row, column) in 0..1."""
    sheet = page.get_by_role("img", name="Drawing sheet")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for y, x in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()
    settled(page)


def test_the_field_that_the_browser_finds_is_the_one_the_engine_finds(page: Page) -> None:
    """The component's own functions, over every row and many units of a table of networks."""
    source = module(VOLUMES).replace("export default", "return fields;")
    for net, inputs in NETS:
        made = plan(parse(net), inputs)
        assert made.fault is None, net
        rng = np.random.default_rng(0)
        asked = [
            (at, [int(n) for n in unit])
            for at, row in enumerate(made.rows)
            for unit in [(0, 0, 0), [n - 1 for n in row.out_shape], *rng.integers(0, row.out_shape, (8, 3))]
        ]
        found = page.evaluate(
            """([source, rows, asked]) => {
              const fields = new Function(source)();
              const list = (set) => set && [...set].sort((a, b) => a - b);
              return asked.map(([at, unit]) => [...fields(rows, at, unit)].map(
                ([n, box]) => [n, list(box.channels), list(box.rows), list(box.cols)]));
            }""",
            [source, [activations.field_rule(row) for row in made.rows], asked],
        )
        for (at, (c, i, j)), boxes in zip(asked, found, strict=True):
            wanted = fields(made, at, (c, i, j))
            assert {n for n, *_ in boxes} == set(wanted), (net, at)
            for n, channels, rows, cols in boxes:
                box = wanted[n]
                many = (inputs if n == INPUT else made.rows[n].out_shape)[0]
                channels = list(range(many)) if channels is None else channels
                if not box:
                    assert not (channels and rows and cols)
                    continue
                assert (channels, rows, cols) == (sorted(box.channels), sorted(box.rows), sorted(box.cols)), (
                    net,
                    at,
                    (c, i, j),
                    n,
                )


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
    page = new_page(LAPTOP)
    open_app(page, f"step=network&shown=sheet{present}", path)
    expect(page.locator(".probability")).to_have_count(10)
    for part in (page.get_by_role("img", name="Drawing sheet"), *page.locator(".volumes .stage, .probability").all()):
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
    page.wait_for_function(
        """() => {
          const all = (root) => [...root.querySelectorAll("*")].flatMap(
            (node) => [node, ...(node.shadowRoot ? all(node.shadowRoot) : [])]);
          const sheet = all(document).find((node) => node.matches("canvas[aria-label='Drawing sheet']"));
          const { data } = sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height);
          return data.every((level, n) => n % 4 === 3 || level === 0);
        }""",
        timeout=4000,
    )


def test_the_sheet_is_drawn_on_with_the_keyboard_alone(page: Page) -> None:
    open_network(page, "shown=sheet")
    empty = probabilities(page)
    sheet = page.get_by_role("img", name="Drawing sheet")
    sheet.focus()
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    for _ in range(12):
        page.keyboard.press(" ")
        page.keyboard.press("ArrowDown")
    settled(page)
    assert probabilities(page) != empty
    assert taken_for(page) == 1
    expect(sheet).to_be_focused()


def test_a_unit_is_pointed_at_walked_to_opened_and_let_go_of(page: Page) -> None:
    open_network(page, QUICK)
    page.mouse.move(*at_unit(page, "1. Convolution", (2, 3, 5), (8, 8), 4))
    expect(said(page)).to_contain_text("map 3, row 4, column 6 sees rows 4 to 6, columns 6 to 8 of the input: 3 × 3")
    frame, seen = page.locator(".card.first .frame"), stage(page, "Input").bounding_box()
    box = frame.bounding_box()
    assert box is not None
    assert seen is not None
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
    row, inside = page.locator(".volumes").bounding_box(), page.locator(".st-key-inside").bounding_box()
    assert row is not None
    assert inside is not None
    assert row["x"] + row["width"] <= inside["x"] + 1
    assert inside["y"] < row["y"] + row["height"]
    page.get_by_role("button", name="Close").click()
    settled(page)
    expect(said(page)).to_contain_text("Point at a unit")
    assert in_url(page, Net()).unit == ()


def test_a_click_opens_a_unit_of_any_card_a_reload_keeps_it_and_back_lets_go_of_it(page: Page) -> None:
    open_network(page, QUICK)
    page.mouse.click(*at_unit(page, "1. Convolution", (3, 7, 7), (8, 8), 4))
    settled(page)
    expect(page.get_by_text("1. Convolution: map 4, row 8, column 8.")).to_be_visible()
    page.reload()
    settled(page)
    expect(page.get_by_text("1. Convolution: map 4, row 8, column 8.")).to_be_visible()
    assert in_url(page, Net()).unit == (0, 3, 7, 7)
    page.go_back()
    settled(page)
    assert in_url(page, Net()).unit == ()
    expect(page.get_by_text("Inside one unit")).to_have_count(0)
    flat = stage(page, "4. Flatten")
    flat.scroll_into_view_if_needed()
    box = flat.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4)
    settled(page)
    expect(page.get_by_text("4. Flatten: number 64.")).to_be_visible(timeout=1000)


def test_layers_are_moved_removed_and_added_by_pointer_and_keyboard_and_the_focus_goes_with_them(page: Page) -> None:
    open_network(page, f"{QUICK}&network_tab=layers")
    act(page, "Move down", 2).click()
    settled(page)
    assert in_url(page, Net()).net.startswith("conv 4 3, max 2, relu, flatten")
    expect(act(page, "Move down", 3)).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    settled(page)
    assert in_url(page, Net()).net.startswith("conv 4 3, relu, max 2, flatten")
    expect(act(page, "Move down", 2)).to_be_focused()
    act(page, "Remove", 2).focus()
    page.keyboard.press("Enter")
    settled(page)
    assert in_url(page, Net()).net.startswith("conv 4 3, max 2, flatten")
    expect(act(page, "Remove", 1)).to_be_focused()
    page.get_by_label("New layer").select_option(label="tanh")
    act(page, "Insert after", 1).click()
    settled(page)
    assert in_url(page, Net()).net.startswith("conv 4 3, tanh, max 2, flatten")
    expect(act(page, "Insert after", 2)).to_be_focused()
    page.get_by_role("button", name="Add at the end").click()
    settled(page)
    assert in_url(page, Net()).net.endswith("softmax, tanh")
    for _ in range(5):
        page.get_by_role("button", name="Undo", exact=True).click()
        settled(page)
    assert in_url(page, Net()).net == "conv 4 3, relu, max 2, flatten, dense 5, softmax"
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


def test_a_kernel_too_large_is_named_where_it_stands_and_what_cannot_be_stays_while_one_types(page: Page) -> None:
    open_network(page, f"{QUICK}&network_tab=layers")
    size = field(page, "K×L", 1)
    type_over(page, size, "11")
    settled(page)
    fault = page.get_by_role("listitem", name="Layer 1: Convolution").get_by_role("alert")
    expect(fault).to_contain_text("Layer 1 (conv) does not fit")
    expect(size).to_be_focused()
    assert in_url(page, Net()).net.startswith("conv 4 11")
    page.reload()
    settled(page)
    expect(fault).to_contain_text("Layer 1 (conv) does not fit")
    page.go_back()
    settled(page)
    assert in_url(page, Net()).net.startswith("conv 4 3")
    type_over(page, size, "65")
    settled(page)
    expect(page.locator(".builder .refusal")).to_contain_text("size of conv must be a whole number from 1 to 64")
    expect(size).to_have_value("65")
    expect(size).to_be_focused()
    page.keyboard.press("Tab")
    settled(page)
    expect(size).to_have_value("3", timeout=1000)


def test_what_was_typed_last_is_not_lost_to_the_button_that_is_pressed_next(page: Page) -> None:
    open_network(page, f"{QUICK}&network_tab=layers")
    type_over(page, field(page, "maps", 1), "6")
    page.get_by_role("button", name="Add at the end").click()
    settled(page)
    assert in_url(page, Net()).net.startswith("conv 6 3, ")
    assert len(parse(in_url(page, Net()).net)) == 7
    page.get_by_role("button", name="Add at the end").dblclick()
    settled(page)
    assert len(parse(in_url(page, Net()).net)) == 9


def test_a_link_to_a_unit_far_outside_makes_no_page_wider(page: Page) -> None:
    open_network(page, f"{QUICK}&opened=0,0,9,90000")
    expect_no_sideways_scroll(page)
