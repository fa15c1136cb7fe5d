"""The Compare page, driven as a person drives it, its pictures and numbers held against NumPy and the engine."""

import re
from base64 import b64decode
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from components.display import image, theme, words
from components.display.layer import LAYER_NAMES, Layer, layer_of, random_weights, spec_of, window_weights
from components.pages.compare import saving, search, timing
from components.pages.compare.state import Compare
from components.state.link import edited, from_query
from components.state.setup import Setup, View
from kernels.images.decode import planes, resize, unit
from kernels.layer import equivariance
from kernels.layer.counts import count
from kernels.layer.wiring import wiring
from kernels.learning import matched_filter
from tests.e2e.conftest import (
    Bytes,
    NewPage,
    Theme,
    Wire,
    expect_no_sideways_scroll,
    frames_sent,
    kernel,
    open_app,
    picture_of,
    settled,
    state_in_url,
    until,
    wired,
)

pytestmark = pytest.mark.long

Floats = NDArray[np.float64]
Pair = tuple[int, int]
Box = tuple[float, float, float, float]

LADDER, MOVES, SCRAMBLES = range(3)  # the sections that have a column a wiring, in their order
W, Y = "rows and .* columns of W", "output map"  # what pictures are called, or part of it
SIDE = 32  # of the small picture, in pixels
BROAD = "kernel=" + ";".join([",".join(["0.01"] * 15)] * 15)  # a kernel that takes its time


# What is on show.


def open_compare(page: Page, query: str = "") -> None:
    open_app(page, query, "/compare")


def own_in_url(page: Page) -> Compare:
    own, complaints = from_query(dict(parse_qsl(urlsplit(page.url).query)), Compare())
    assert not complaints
    return own


def main(page: Page) -> Locator:
    """The page without its sidebar."""
    return page.get_by_role("main")


def column(page: Page, name: str, section: int = 0) -> Locator:
    return page.get_by_role("region", name=name, exact=True).nth(section)


def picture(column: Locator, words: str) -> Locator:
    return column.get_by_role("img", name=re.compile(words)).first


def figure(column: Locator, words: str) -> Locator:
    return column.get_by_role("figure").filter(has=column.page.get_by_role("img", name=re.compile(words))).first


def fact(column: Locator, words: str) -> Locator:
    """What is written under this name, in the column's list of facts."""
    named = column.page.get_by_role("term").filter(has_text=re.compile(words))
    return column.locator("dl").filter(has=named).get_by_role("definition")


def source(picture: Locator) -> str:
    return picture.locator("img").get_attribute("src") or ""


def bitmap(picture: Locator) -> Bytes:
    """The picture as the browser got it, (h, w, 4); the browser could decode it."""
    with Image.open(BytesIO(b64decode(source(picture).split(",")[1]))) as opened:
        pixels = np.asarray(opened.convert("RGBA"))
    size = picture.locator("img").evaluate("(img) => [img.naturalHeight, img.naturalWidth]")
    assert tuple(size) == pixels.shape[:2]
    return pixels


def assert_drawn(figure: Locator, values: Floats) -> None:
    """Pixel for pixel blue below zero and red above, opaque at the last number beneath it; or from black to white."""
    high, shown = number(figure.inner_text().splitlines()[-1]), bitmap(figure.get_by_role("img")).astype(int)
    if (shown[..., 3] == 255).all():
        np.testing.assert_allclose(shown[..., 0], image.grey(values / high), atol=3)
    else:
        right = image.signed(values, high).astype(int)
        np.testing.assert_allclose(shown[..., 3], right[..., 3], atol=3)
        clear = np.abs(values) > 1e-9  # of a number that is only rounding the sign is anybody's
        np.testing.assert_array_equal(shown[clear, :3], right[clear, :3])


def boxes(sheet: Locator) -> list[Box]:
    """What is marked on a picture: (top, left, height, width) in parts of its size."""
    found: list[list[float]] = sheet.evaluate(
        """(sheet) => {
          const whole = sheet.getBoundingClientRect();
          return [...sheet.querySelectorAll("div")]
            .filter((box) => getComputedStyle(box).position === "absolute" && box.getClientRects().length)
            .map((box) => box.getBoundingClientRect())
            .map((box) => [(box.top - whole.top) / whole.height, (box.left - whole.left) / whole.width,
                           box.height / whole.height, box.width / whole.width]);
        }"""
    )
    return [(top, left, height, width) for top, left, height, width in found]


def corners(sheet: Locator, shape: Pair) -> set[Pair]:
    """Where on a picture of so many pixels the marks begin."""
    return {(round(top * shape[0]), round(left * shape[1])) for top, left, _, _ in boxes(sheet)}


def point_in(picture: Locator, row: int, column: int, cells: Pair) -> None:
    """Move the mouse to the middle of one of the cells, counted from 0."""
    x, y, width, height = frame(picture)
    picture.page.mouse.move(x + (column + 0.5) * width / cells[1], y + (row + 0.5) * height / cells[0])


def frame(target: Locator) -> Box:
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"], box["height"]


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def type_in(page: Page, label: str, value: int) -> None:
    """Into the field of this section that is called so."""
    box = main(page).get_by_role("spinbutton", name=re.compile(label))
    box.fill(str(value))
    box.press("Enter")
    settled(page)


def choose(page: Page, name: str) -> None:
    main(page).get_by_role("radio", name=name, exact=True).click()
    settled(page)


# What should be on show.


def reduced(state: Setup) -> Setup:
    """The state the four layers are wired up for."""
    return replace(state, side=SIDE, colour="grey")


def shown_layer(state: Setup) -> Layer:
    return layer_of(state, picture_of(state).shape[1:])


def matrices(state: Setup, seeds: dict[View, list[int]]) -> dict[View, Any]:
    """W of the four wirings: the kernel's numbers, or free weights drawn with a seed."""
    whole, found = shown_layer(state), {}
    for kind in LAYER_NAMES:
        wires = wiring(kind, whole.spec, whole.in_shape, state.period if kind == "tiled" else None)
        drawn = random_weights(wires, seeds[kind]) if kind in seeds else None
        found[kind] = wires.matrix(wires.theta_from(window_weights(state)[None, None]) if drawn is None else drawn)
    return found


def maps(state: Setup, draw: int = 0) -> dict[View, Floats]:
    """The outputs of the four, as products W x."""
    seeds: dict[View, list[int]] = {kind: [draw, n] for n, kind in enumerate(LAYER_NAMES)} if draw else {}
    x, size = unit(picture_of(state)).ravel(), shown_layer(state).out_shape[1:]
    return {kind: (matrix @ x).reshape(size) for kind, matrix in matrices(state, seeds).items()}


def slid(values: Floats, by: Pair, wrap: bool) -> Floats:
    """The map moved down and right; zeros come in where it is no ring."""
    moved = np.roll(values, by, (0, 1))
    if not wrap:
        for axis, n in enumerate(by):
            lines = np.moveaxis(moved, axis, 0)
            lines[: max(n, 0)] = 0
            lines[len(lines) + min(n, 0) :] = 0
    return moved


# It opens.


def test_the_navigation_leads_to_four_columns_with_the_engines_parameter_counts(page: Page) -> None:
    open_app(page)
    go_to(page, "Compare")
    assert urlsplit(page.url).path == "/compare"
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    for kind, name in LAYER_NAMES.items():
        cost = count(kind, spec_of(Setup()), (1, SIDE, SIDE), Setup().period)
        expect(column(page, name)).to_contain_text(f"{cost.parameters:,} weights")
        expect(fact(column(page, name), "parameters")).to_contain_text(f"{cost.parameters:,}")
        expect(fact(column(page, name), "connections")).to_contain_text(f"{cost.connections:,}")
        expect(fact(column(page, name), "multiply")).to_contain_text(f"{cost.multiply_adds:,}")
    expect(main(page)).to_contain_text("15,745,024")  # fully connected, at the picture's own size


def test_a_link_opens_it_directly_with_pictures_of_the_engines_matrices_and_maps(page: Page) -> None:
    open_compare(page, "image=coffee&kernel=1,0;0,-1;2,1&stride=2&padding=same&period=3")
    state = reduced(state_in_url(page))
    whole, right = shown_layer(state), maps(state)
    for kind, name in LAYER_NAMES.items():
        expect(column(page, name)).to_contain_text(f"{whole.counts[kind].parameters:,} weights")
        assert_drawn(figure(column(page, name), Y), right[kind])
        wires = wiring(kind, whole.spec, whole.in_shape, state.period if kind == "tiled" else None)
        connected = np.zeros(wires.shape, dtype=np.bool_)
        connected[wires.targets, wires.sources] = True
        whole_W, corner = (bitmap(column(page, name).get_by_role("img", name=re.compile(W)).nth(n)) for n in (0, 1))
        np.testing.assert_array_equal(whole_W[..., 3] > 0, in_tiles(connected, whole_W.shape[:2]))
        rows, columns = corner.shape[:2]
        np.testing.assert_array_equal(corner[..., 3] > 0, connected[:rows, :columns])
        near = (wires.targets < rows) & (wires.sources < columns)
        named = np.column_stack([wires.ids[near], corner[wires.targets[near], wires.sources[near]]])
        weights = len(np.unique(wires.ids[near]))
        assert len(np.unique(named, axis=0)) == weights  # the same weight, the same colour
        assert len(np.unique(named[:, 1:], axis=0)) >= min(weights, 50)
    loaded = "(all) => all.every((img) => img.complete && img.naturalWidth > 0)"
    assert main(page).locator("img").evaluate_all(loaded)


def in_tiles(cells: NDArray[np.bool_], shape: Pair) -> NDArray[np.bool_]:
    """Which of so many rows and columns of tiles have a cell in them."""
    down, across = (np.arange(tiles) * n // tiles for n, tiles in zip(cells.shape, shape, strict=True))
    filled: NDArray[np.bool_] = np.logical_or.reduceat(np.logical_or.reduceat(cells, down, 0), across, 1)
    return filled


# Four layers, one map.


def test_a_hovered_pixel_is_marked_in_all_four_with_numpys_numbers_and_the_server_is_not_asked(page: Page) -> None:
    sent = frames_sent(page)
    open_compare(page, "draw=3&period=3")
    assert sent  # the counter counts: opening the page has spoken to the server
    said, right = len(sent), maps(reduced(state_in_url(page)), 3)
    for kind, place in zip(LAYER_NAMES, ((0, 0), (29, 29), (4, 17), (12, 3)), strict=True):
        point_in(picture(column(page, LAYER_NAMES[kind]), Y), *place, right[kind].shape)
        check_marked(page, right, place)
    page.get_by_role("heading", level=1).hover()
    check_marked(page, right, None)
    start = picture(column(page, LAYER_NAMES["tiled"]), Y)
    point_in(start, 28, 1, (30, 30))
    start.focus()
    for key, place in {"ArrowDown": (29, 1), "ArrowLeft": (29, 0), "ArrowRight": (29, 1), "ArrowUp": (28, 1)}.items():
        page.keyboard.press(key)
        check_marked(page, right, place)
    for key, place in {"ArrowDown": (29, 1), "ArrowLeft": (29, 0)}.items():
        for _ in range(3):  # over the border is no further than to it
            page.keyboard.press(key)
        check_marked(page, right, place)
    page.keyboard.press("Escape")
    check_marked(page, right, None)
    assert len(sent) == said


def check_marked(page: Page, right: dict[View, Floats], place: Pair | None) -> None:
    """The place, its row of W and its number in all columns; or nothing of it."""
    for kind, name in LAYER_NAMES.items():
        map, matrix = picture(column(page, name), Y), picture(column(page, name), W)
        if place is None:
            assert boxes(map) == boxes(matrix) == []
            expect(figure(column(page, name), Y)).not_to_contain_text("Y[")
            continue
        height, width = right[kind].shape
        expect(figure(column(page, name), Y)).to_contain_text(f"Y[{place[0] + 1},{place[1] + 1}] =")
        assert corners(map, (height, width)) == {place}
        assert corners(matrix, (height * width, 1)) == {(place[0] * width + place[1], 0)}
        said = re.findall(r"\] = ([−\d.e]+)", figure(column(page, name), Y).inner_text())
        assert number(said[0]) == pytest.approx(right[kind][place], rel=0.005)


def test_the_period_leads_from_the_convolution_to_the_locally_connected_layer(page: Page) -> None:
    open_compare(page, "kernel=1,2;3,4&padding=1&side=20")
    slider = main(page).get_by_role("slider")
    ends: dict[str, View] = {"Home": "conv", "End": "local"}
    for key, kind in ends.items():
        slider.press(key)
        settled(page)
        costs = shown_layer(replace(state_in_url(page), side=20)).counts
        assert costs["tiled"] == costs[kind]
        tiled, other = column(page, LAYER_NAMES["tiled"]), column(page, LAYER_NAMES[kind])
        expect(tiled).to_contain_text(f"{costs[kind].parameters:,} weights")
        for name in ("parameters", "connections", "multiply"):
            expect(fact(tiled, name)).to_have_text(fact(other, name).inner_text(), use_inner_text=True)
        assert source(picture(tiled, Y)) == source(picture(other, Y))
    assert state_in_url(page).period == shown_layer(state_in_url(page)).out_shape[1] == 21
    slider.press("ArrowLeft")
    settled(page)
    assert state_in_url(page).period == 20


def test_random_free_weights_are_the_engines_of_this_seed_before_and_after_a_reload(page: Page) -> None:
    open_compare(page)
    choose(page, "Random free weights")
    assert own_in_url(page).draw == 1
    type_in(page, "weights", 77)
    assert own_in_url(page) == Compare(draw=77)
    right = maps(reduced(Setup()), 77)
    before = []
    for kind, map in right.items():
        assert_drawn(figure(column(page, LAYER_NAMES[kind]), Y), map)
        before.append(source(picture(column(page, LAYER_NAMES[kind]), Y)))
    page.reload()
    settled(page)
    assert [source(picture(column(page, name), Y)) for name in LAYER_NAMES.values()] == before
    expect(main(page).get_by_role("spinbutton", name=re.compile("weights"))).to_have_value("77")
    choose(page, "The same numbers")
    assert own_in_url(page) == Compare()
    assert len({source(picture(column(page, name), Y)) for name in LAYER_NAMES.values()}) == 1


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
    x, y, width, height = frame(sheet)
    start = x + at[1] * width, y + at[0] * height
    sheet.page.mouse.move(*start)
    sheet.page.mouse.down()
    sheet.page.mouse.move(start[0] + cells[1] * width / shape[1], start[1] + cells[0] * height / shape[0], steps=6)


def check_shift(page: Page, by: Pair) -> None:
    """Sheet, fields, link, maps and facts all are about this shift, and about what the engine makes of it."""
    own, state = own_in_url(page), state_in_url(page)
    assert (own.down, own.right) == by
    assert lies(shift_sheet(page)) == pytest.approx(by, abs=0.05)
    for name, value in zip(("Down", "Right"), by, strict=True):
        expect(page.get_by_role("spinbutton", name=name, exact=True)).to_have_value(str(value))
    moved = replace(reduced(state), padding="same", mode=own.border, stride=own.hop)
    whole, x, wrap = shown_layer(moved), unit(picture_of(moved))[0], own.border == "circular"
    less = own.down // own.hop, own.right // own.hop
    moves = equivariance.shift(whole.in_shape, by, wrap), equivariance.shift(whole.out_shape, less, wrap)
    seeds: dict[View, list[int]] = {kind: [1, n] for n, kind in enumerate(LAYER_NAMES) if kind != "conv"}
    for kind, matrix in matrices(moved, seeds).items():
        size = whole.out_shape[1:]
        first = (matrix @ slid(x, by, wrap).ravel()).reshape(size)
        last = slid((matrix @ x.ravel()).reshape(size), less, wrap)
        shown = column(page, LAYER_NAMES[kind], MOVES)
        assert_drawn(figure(shown, "shifted picture"), first)
        assert_drawn(figure(shown, "output, shifted"), last)
        assert_drawn(figure(shown, "difference"), first - last)
        check_largest(fact(shown, "largest"), float(np.abs(first - last).max()))
        wires = wiring(kind, whole.spec, whole.in_shape, moved.period if kind == "tiled" else None)
        exact = equivariance.commutes(wires, *moves)
        assert np.abs((first - last).ravel()[exact]).max(initial=0) < 1e-12
        expect(fact(shown, "must be 0")).to_contain_text(f"{exact.sum():,} of {exact.size:,}")


def check_largest(definition: Locator, right: float) -> None:
    said = re.match(r"([\d.,]+)(?: × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", definition.inner_text())
    assert said is not None
    power = (said[2] or "⁰").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    assert number(said[1]) * 10.0 ** int(power) == pytest.approx(right, rel=0.05, abs=1e-12)


def test_the_dragged_picture_moves_at_once_and_fields_link_and_maps_follow(page: Page) -> None:
    wire = wired(page)
    open_compare(page)
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
    expect(fact(column(page, LAYER_NAMES["conv"], MOVES), "largest")).to_have_text(re.compile("^0"))  # a ring
    for key in ("ArrowUp", "Shift+ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowDown"):
        sheet.press(key)
    assert lies(sheet) == pytest.approx((8, -3), abs=0.05)
    settled(page)
    check_shift(page, (8, -3))
    type_in(page, "^Down$", -6)
    check_shift(page, (-6, -3))
    type_in(page, "^Right$", 0)
    check_shift(page, (-6, 0))


def test_zeros_beyond_the_border_and_a_stride_of_two_cost_what_the_engine_says(page: Page) -> None:
    open_compare(page, "down=4&right=-2&period=3")
    choose(page, "Zeros")
    assert own_in_url(page).border == "zeros"
    check_shift(page, (4, -2))
    choose(page, "2")
    check_shift(page, (4, -2))
    choose(page, "Circular")
    assert (own_in_url(page).border, own_in_url(page).hop) == ("circular", 2)
    type_in(page, "^Down$", 5)
    check_shift(page, (5, -2))


def test_rapid_dragging_ends_where_it_was_left(page: Page) -> None:
    open_compare(page)
    sheet = shift_sheet(page)
    for cells in ((9, 9), (-6, -12), (2, -1), (-1, 7)):
        grab(sheet, (12, -10))
        x, y, width, height = frame(sheet)
        for n in range(40):
            page.mouse.move(x + width * (0.5 + 0.3 * np.sin(n)), y + height * (0.5 + 0.3 * np.cos(n / 3)))
        start = x + width / 2, y + height / 2
        page.mouse.move(start[0] + cells[1] * width / SIDE, start[1] + cells[0] * height / SIDE)
        page.mouse.up()
    settled(page)
    check_shift(page, (3 + 9 - 6 + 2 - 1, 5 + 9 - 12 - 1 + 7))


def test_an_answer_to_an_older_step_takes_no_newer_one_back(page: Page) -> None:
    wire = wired(page)
    open_compare(page)
    sheet = shift_sheet(page)
    wire.held, said = True, wire.said
    sheet.press("ArrowDown")
    until(page, lambda: wire.said == said + 1)
    answered(page, wire)
    sheet.press("ArrowDown")
    until(page, lambda: wire.said == said + 2)
    wire.release()  # the answer to the first step comes when the second one is under way
    wire.held = True
    expect(page.get_by_role("spinbutton", name="Down", exact=True)).to_have_value("4")
    sheet.press("ArrowDown")
    wire.release()
    settled(page)
    check_shift(page, (6, 5))


def answered(page: Page, wire: Wire) -> None:
    """While the wire is held: the server's run is over, and it has said all it has to say."""

    def over() -> bool:
        told = [ForwardMsg.FromString(message).WhichOneof("type") for _, message in wire.waiting]
        return told[-1:] == ["session_status_changed"] and "script_finished" in told

    until(page, over)


# Scramble.


def test_scrambled_pixels_leave_the_fully_connected_layer_as_it_was_and_the_convolution_not(page: Page) -> None:
    open_compare(page)
    type_in(page, "order", 42)
    assert own_in_url(page) == Compare(shuffle=42)
    state = reduced(Setup())
    x, conv = unit(picture_of(state))[0], matrices(state, {})["conv"]
    mixed = x.ravel()[np.random.default_rng(42).permutation(x.size)].reshape(x.shape)
    assert_drawn(figure(column(page, "The picture"), "^The picture"), x)
    assert_drawn(figure(column(page, "The picture"), "scrambled"), mixed)
    plain, changed = ((conv @ values.ravel()).reshape(30, 30) for values in (x, mixed))
    shared = column(page, LAYER_NAMES["conv"], SCRAMBLES)
    same = {"Fully connected, rewired": plain, "Fully connected, as it was": changed}
    for shown, map in ((shared, changed), *((column(page, name), map) for name, map in same.items())):
        assert_drawn(figure(shown, "for the picture"), plain)
        assert_drawn(figure(shown, "scrambled"), map)
        expect(fact(shown, "bit")).to_contain_text(f"{(plain == map).sum():,} of 900")
        check_largest(fact(shown, "largest"), float(np.abs(plain - map).max()))
    point_in(picture(shared, "scrambled"), 6, 7, (30, 30))
    expect(figure(shared, "scrambled")).to_contain_text("Y[7,8] =")
    said = re.findall(r"\] = ([−\d.e]+)", figure(shared, "scrambled").inner_text())
    assert number(said[0]) == pytest.approx(changed[6, 7], rel=0.005)
    assert boxes(picture(column(page, "The picture"), "scrambled")) == []  # another place of another picture


# The same feature, everywhere.


def frame_sheet(page: Page) -> Locator:
    return page.get_by_role("application", name=re.compile("frame"))


def liveliest(whole: Floats) -> tuple[int, int, int]:
    """The square that is framed before one is chosen: the one whose pixels vary most."""
    varies = np.lib.stride_tricks.sliding_window_view(whole, (9, 9)).var(axis=(2, 3))
    top, left = np.unravel_index(varies.argmax(), varies.shape)
    return int(top), int(left), 9


def check_search(page: Page, own: Compare) -> None:
    """The frame is there, and what either layer has found is framed where NumPy finds it."""
    assert own_in_url(page) == own
    whole = unit(picture_of(edited(Setup(), side=64)))[0]
    top, left, side = own.pattern or liveliest(whole)
    assert corners(frame_sheet(page), (64, 64)) == {(top, left)}
    assert boxes(frame_sheet(page))[0][2:] == pytest.approx((side / 64, side / 64), abs=0.01)
    task = search.search(whole, own)
    assert len(task.targets) == 1 + own.pasted
    windows = np.lib.stride_tricks.sliding_window_view(task.picture, (side, side))
    windows = windows - windows.mean(axis=(2, 3), keepdims=True)
    shape = task.pattern - task.pattern.mean()
    size = np.sqrt((windows**2).sum(axis=(2, 3)) * (shape**2).sum())
    alike = (windows * shape).sum(axis=(2, 3)) / np.where(size > 1e-6, size, np.inf)
    everywhere = {(int(i), int(j)) for i, j in np.argwhere(alike > 1 - 1e-9)}
    lessons = [np.random.default_rng([own.places, n]) for n in range(1, own.pictures + 1)]
    taught = {at for rng in lessons for at in matched_filter.places((64, 64), (side, side), own.pasted, rng)}
    for name, found in (("One shared kernel", everywhere), ("Weights of its own at every place", everywhere & taught)):
        shown = column(page, name)
        right = len(found & set(task.targets))
        expect(shown).to_contain_text(f"{right} of {len(task.targets)}")
        assert corners(picture(shown, "framed"), (64, 64)) == found
        assert_drawn(figure(shown, "framed"), task.picture)
    assert everywhere >= set(task.targets)
    places = (65 - side) ** 2
    expect(fact(column(page, "One shared kernel"), "learned")).to_contain_text(f"{places:,} of {places:,}")
    own_weights = column(page, "Weights of its own at every place")
    expect(fact(own_weights, "learned")).to_contain_text(f"{len(taught):,} of {places:,}")
    expect(fact(own_weights, "parameters")).to_contain_text(f"{places * side**2:,}")


def test_the_dragged_frame_follows_at_once_and_its_copies_are_framed_where_they_are(page: Page) -> None:
    wire = wired(page)
    own = Compare(pattern=(8, 26, 9))
    open_compare(page, "pattern=8,26,9")
    check_search(page, own)
    sheet, (top, left, side) = frame_sheet(page), own.pattern
    wire.held = True
    grab(sheet, (24, -9), (64, 64), ((top + side / 2) / 64, (left + side / 2) / 64))
    assert corners(sheet, (64, 64)) == {(top + 24, left - 9)}
    wire.release()
    page.mouse.up()
    settled(page)
    own = edited(own, pattern=(top + 24, left - 9, side))
    check_search(page, own)
    sheet.press("Shift+ArrowUp")
    sheet.press("ArrowRight")
    settled(page)
    check_search(page, edited(own, pattern=(top + 19, left - 8, side)))
    for key in ("ArrowUp", "ArrowLeft"):  # no further than to the border
        for _ in range(9):
            sheet.press(f"Shift+{key}")
    assert corners(sheet, (64, 64)) == {(0, 0)}
    settled(page)
    assert own_in_url(page).pattern == (0, 0, side)


def test_square_copies_places_and_lessons_can_be_typed(page: Page) -> None:
    open_compare(page)
    check_search(page, Compare())
    for label, value in (("Copies", 3), ("Lessons", 60), ("places", 8), ("Square", 5)):
        type_in(page, label, value)
    corner = liveliest(unit(picture_of(edited(Setup(), side=64)))[0])[:2]
    check_search(page, Compare(pasted=3, pictures=60, places=8, pattern=(*corner, 5)))


# Times.


def progress(page: Page) -> Locator:
    return page.get_by_test_id("stProgress")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(name))


def test_measuring_answers_meanwhile_and_comes_to_its_end(page: Page) -> None:
    open_compare(page, BROAD)
    button(page, "Measure").click()
    main(page).get_by_role("radio", name="Bytes").click()
    page.wait_for_url("**/compare?*quantity=bytes*")
    expect(page.get_by_role("figure", name=re.compile("bytes"))).to_be_visible()
    expect(button(page, "Measure the times again")).to_be_visible(timeout=60_000)
    expect(progress(page)).to_have_count(0)
    settled(page)
    spec = spec_of(state_in_url(page))
    chart = page.get_by_role("figure", name=re.compile("measured"))
    told = chart.get_attribute("aria-label") or ""
    for runner, name in timing.METHOD_NAMES.items():
        sides = [shape[1] for who, shape in timing.planned(spec) if who == runner]
        assert re.search(rf"{re.escape(name)}: {sides[0]} pixels \d.*{sides[-1]} pixels \d", told)
    both = max(side for side in saving.SIDES if ("dense", (1, side, side)) in timing.planned(spec))
    expect(main(page)).to_contain_text(f"{both} × {both} pixels")
    expect(button(page, "Stop")).to_have_count(0)


def test_another_visitors_click_is_answered_while_one_measures(page: Page, new_page: NewPage) -> None:
    other = new_page()
    open_app(other)
    open_compare(page, BROAD)
    button(page, "Measure").click()
    other.get_by_role("button", name="Zero", exact=True).click()
    other.wait_for_url("**kernel=0*")
    expect(other.get_by_role("spinbutton", name="Weight row 1 column 1", exact=True)).to_have_value("0")
    expect(button(page, "Measure the times again")).to_be_visible(timeout=60_000)
    settled(other)
    assert kernel(other) == [[0] * 3] * 3


# Charts.


def test_charts_say_exact_numbers_when_hovered_and_all_in_words(page: Page) -> None:
    open_compare(page)
    costs = shown_layer(Setup()).counts
    bar = page.get_by_role("figure", name=re.compile("sharing.*locality"))
    for kind in ("dense", "conv"):
        assert f"{costs[kind].parameters:,}" in (bar.get_attribute("aria-label") or "")
    lines = page.get_by_role("figure", name=re.compile("against the side"))
    for name, field in (("Parameters", "parameters"), ("Bytes", "bytes"), ("Multiply-adds", "multiply_adds")):
        choose(page, name)
        expect(lines).to_have_attribute("aria-label", re.compile(name.lower()))
        told = lines.get_attribute("aria-label") or ""
        for kind, title in LAYER_NAMES.items():
            least = count(kind, spec_of(Setup()), (1, 8, 8), Setup().period)
            assert f"{title}: {words.amount(getattr(least, field))} at 8" in told
    spec = spec_of(Setup())
    hover_points(page, lines, {
        (trace, n): f"{count(kind, spec, (1, side, side), Setup().period).parameters:,}"
        for trace, kind in enumerate(LAYER_NAMES) for n, side in ((0, 8), (9, 4096))
    })  # fmt: skip


def hover_points(page: Page, chart: Locator, numbers: dict[Pair, str]) -> None:
    """Each of these points, given as line and place on it, says its number to the pointer."""
    for (trace, n), right in numbers.items():
        point = chart.locator(".scatterlayer .trace").nth(trace).locator(".points path").nth(n)
        x, y, width, height = frame(point)
        page.mouse.move(x + width / 2, y + height / 2)
        expect(chart.locator(".hoverlayer")).to_contain_text(right)


# One visit, several pages.


def test_back_and_forward_go_through_what_was_changed(page: Page) -> None:
    open_compare(page)
    choose(page, "Random free weights")
    type_in(page, "^Down$", -7)
    for own in (Compare(draw=1), Compare()):
        page.go_back()
        settled(page)
        check_own(page, own)
    page.go_forward()
    settled(page)
    check_own(page, Compare(draw=1))


def check_own(page: Page, own: Compare) -> None:
    """Link and widgets show this state of Compare."""
    assert urlsplit(page.url).path == "/compare"
    assert own_in_url(page) == own
    name = "Random free weights" if own.draw else "The same numbers"
    expect(page.get_by_role("radio", name=name)).to_be_checked()
    expect(page.get_by_role("spinbutton", name="Down", exact=True)).to_have_value(str(own.down))
    assert lies(shift_sheet(page)) == pytest.approx((own.down, own.right), abs=0.05)


def test_explore_and_compare_find_each_other_as_they_were_by_links_and_by_steps_back(page: Page) -> None:
    wire = wired(page)
    open_app(page, f"image=cat&kernel={quote('1,2;3,4', safe='')}")
    cat = state_in_url(page)
    wire.pause = 0.01  # what happens between two messages of the server happens for certain
    go_to(page, "Compare")
    assert state_in_url(page) == cat
    check_four_weights(page, maps(reduced(cat))["conv"])
    step_to(page, "/", cat)
    assert (kernel(page), state_in_url(page)) == ([[1, 2], [3, 4]], cat)
    go_to(page, "Compare")
    choose(page, "Random free weights")
    go_to(page, "Explore")
    assert (kernel(page), state_in_url(page)) == ([[1, 2], [3, 4]], cat)
    step_to(page, "/compare", cat)
    check_own(page, Compare(draw=1))
    assert state_in_url(page) == cat


def step_to(page: Page, path: str, cat: Setup) -> None:
    """Back to that page. A click on a link may count as two steps: the page in between is as it was, too."""
    page.go_back()
    settled(page)
    if urlsplit(page.url).path != path:
        if path == "/":
            check_four_weights(page, maps(reduced(cat))["conv"])
        else:
            assert kernel(page) == [[1, 2], [3, 4]]
        page.go_back()
        settled(page)
    assert urlsplit(page.url).path == path


def check_four_weights(page: Page, right: Floats) -> None:
    expect(column(page, LAYER_NAMES["conv"])).to_contain_text("4 weights")
    assert_drawn(figure(column(page, LAYER_NAMES["conv"]), Y), right)


def go_to(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
    settled(page)


def test_an_uploaded_picture_comes_along_to_compare(page: Page) -> None:
    y, x = np.mgrid[:60, :96]
    pixels = np.stack([x * 255 // 96, y * 255 // 60, (x + 2 * y) * 5 % 256], axis=2).astype(np.uint8)
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    open_app(page)
    field = page.get_by_test_id("stFileUploader").locator("input[type=file]").first
    field.set_input_files({"name": "mine.png", "mimeType": "image/png", "buffer": file.getvalue()})
    page.wait_for_url("**image=upload*")
    settled(page)
    go_to(page, "Compare")
    assert state_in_url(page).image == "upload"
    small = unit(planes(resize(pixels, SIDE), "grey"))[0]
    assert small.shape == (20, 32)
    assert bitmap(picture(column(page, LAYER_NAMES["conv"]), Y)).shape[:2] == (18, 30)
    assert_drawn(figure(column(page, "The picture"), "^The picture"), small)
    expect(column(page, LAYER_NAMES["dense"])).to_contain_text(f"{18 * 30 * 20 * 32:,} weights")


# Any screen, any theme, no mouse.


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (390, 844)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_page_fits_the_screen_in_light_and_dark(page: Page, size: Pair) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    schemes: tuple[Theme, Theme] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        if scheme == "light":
            open_compare(page, "image=disc&side=32")
        settled(page)
        expect_no_sideways_scroll(page)
        shown = main(page).get_by_role("region").get_by_role("img").all()
        assert len(shown) >= 30
        for one in [*shown, shift_sheet(page), frame_sheet(page)]:
            box = one.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 40
            assert 0 <= box["x"] <= box["x"] + box["width"] <= size[0]
        check_readable(page, scheme)


def check_readable(page: Page, scheme: Theme) -> None:
    """Zero is the page's own colour, and what is blue or red in full stands out from it as much as letters must."""
    state = reduced(edited(Setup(), image="disc", side=32))
    values = maps(state)["conv"]
    shown = picture(column(page, LAYER_NAMES["conv"]), Y)
    page.mouse.move(1, 1)
    with Image.open(BytesIO(shown.screenshot())) as opened:
        seen = np.asarray(opened.convert("RGB")).astype(float)
    rows, columns = (((np.arange(30) + 0.5) * n / 30).astype(int) for n in seen.shape[:2])
    cells = seen[np.ix_(rows, columns)]
    ground = cells[values == 0]
    assert len(ground) > 100
    assert np.abs(ground - ground[0]).max() <= 2
    page_colour = page.get_by_test_id("stApp").evaluate("(app) => getComputedStyle(app).backgroundColor")
    page_rgb = np.array(re.findall(r"\d+", page_colour)[:3], dtype=float)
    assert (luminance(page_rgb) > 0.5) is (scheme == "light")
    assert contrast(ground[0], page_rgb) < 1.3
    for colour, end in ((theme.NEGATIVE, values.min()), (theme.POSITIVE, values.max())):
        full = cells[values == end].mean(axis=0)
        opacity = min(1, abs(end) / np.abs(values).max()) ** 0.8
        np.testing.assert_allclose(full, opacity * np.array(colour) + (1 - opacity) * ground[0], atol=6)
        assert contrast(full, ground[0]) >= 3


def luminance(rgb: Floats) -> float:
    part = rgb / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a: Floats, b: Floats) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_tab_reaches_every_picture_that_can_be_pointed_at_and_shows_where_it_is(page: Page) -> None:
    open_compare(page)
    main(page).get_by_role("slider").focus()
    reached: set[str] = set()
    for _ in range(90):
        page.keyboard.press("Tab")
        name, style, width, inside = page.evaluate(FOCUS)
        if name:
            assert (style, width >= 2, inside) == ("solid", True, True), name
            reached.add(name)
    shown = main(page).get_by_role("region").get_by_role("img").all()
    names = {one.get_attribute("aria-label") or "" for one in shown}
    assert len(reached & names) >= 4 + 12 + 6 + 4
    assert all(re.search("of W|network", name) for name in names - reached)
    assert any("shift" in name for name in reached)
    assert any("frame" in name for name in reached)


FOCUS = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  if (!["img", "application"].includes(node?.role)) return ["", "", 0, true];
  const style = getComputedStyle(node), box = node.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return [node.ariaLabel, style.outlineStyle, parseFloat(style.outlineWidth), inside];
}"""


def test_a_kernel_that_does_not_fit_is_named_and_the_page_recovers(page: Page) -> None:
    open_compare(page, "image=digit&side=8&kernel=" + ";".join(["1,0,1"] * 9))
    expect(page.get_by_role("alert").filter(has_text="9 rows").first).to_be_visible()
    field = page.get_by_role("spinbutton", name="K, rows", exact=True)
    field.fill("3")
    field.press("Enter")
    settled(page)
    expect(page.get_by_role("alert").filter(has_text="9 rows")).to_have_count(0)
    expect(column(page, LAYER_NAMES["conv"])).to_contain_text("9 weights")
