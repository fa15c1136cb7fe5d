"""The loom's matrix, network, drawing sheet and untied copies, driven as a person drives them, held against NumPy."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from components.display import matrix, theme
from components.display.layer import Layer, layer_of
from components.pages.explore.text import weight_name
from components.state.setup import Setup
from kernels.images.decode import unit
from kernels.layer.kinds import connections
from tests.e2e.conftest import NewPage
from tests.support.user import (
    LETTERS_NOTED,
    PHOTOGRAPH,
    Bytes,
    answered,
    assert_shows,
    box_of,
    button,
    canvas,
    click_at,
    enter,
    expect_no_sideways_scroll,
    fetched,
    kernel,
    menu,
    move_to,
    open_app,
    pick,
    picture_of,
    pixels,
    point_at,
    put,
    query,
    says,
    settled,
    spin,
    state_in_url,
    the_sum,
    themes,
    until,
    weight,
    wired,
)

pytestmark = pytest.mark.long

MATRIX = "Weight matrix"
DIGIT = "image=digit&side=8"
GRID = "image=grid&side=10"  # W has 64 × 100 cells
HUGE = "side=512&padding=same"  # 6.9 · 10¹⁰ cells
BLANK = "image=drawing&side=8&drawing=" + "-".join(["0" * 8] * 8)
SHEET = "-".join(["0f0f3c00"] * 3 + ["00ff7700"] * 5)
IDENTITY = "kernel=0,0,0;0,1,0;0,0,0"

Window = tuple[int, int, int, int]


# What is on show of W, and what it should look like.


def the_layer(state: Setup) -> Layer:
    return layer_of(state, picture_of(state).shape[1:])


def readout(page: Page) -> str:
    return page.get_by_text(re.compile("^Rows ")).inner_text()


def on_show(page: Page) -> Window:
    """The window of W, as the line under it says: rows from, to, columns from, to, counted from 0."""
    said = re.match(
        r"Rows ([\d,]+)–([\d,]+) \(outputs\), columns ([\d,]+)–([\d,]+) \(inputs(?: and bias)?\)", readout(page)
    )
    assert said is not None
    first, bottom, left, right = (int(number.replace(",", "")) for number in said.groups())
    return first - 1, bottom, left - 1, right


def zoom_in_url(page: Page) -> str | None:
    return query(page).get("zoom")


def woven(page: Page) -> Bytes:
    """The colours (rows, columns, 4) the picture of W should have: a pixel a cell, or a tile."""
    state = state_in_url(page)
    whole, (top, bottom, left, right) = the_layer(state), on_show(page)
    tile = matrix.matrix_tiles(whole, state.view, state.flip, state.period, state.zoom)
    if tile is not None:
        assert tile.window == (top, bottom, left, right)
        right_colours = np.zeros((tile.rows * tile.cols, 4), np.uint8)
        right_colours[tile.at] = opaque(palette(state)[tile.ink])
        return right_colours.reshape(tile.rows, tile.cols, 4)
    targets, sources, weights = (ends.copy() for ends in cells(state, top, bottom))
    if state.view == "dense":
        targets, sources = (ends.ravel() for ends in np.mgrid[top:bottom, left:right])
    seen = (sources >= left) & (sources < right)
    targets, sources = targets[seen], sources[seen]
    i, j = np.divmod(targets, whole.out_shape[2])
    tiled = state.view == "tiled" and state.period > 1
    numbers: NDArray[np.integer[Any]]
    if tiled:
        numbers = theme.tiled_ink(weights[seen], i % state.period * state.period + j % state.period)
    elif state.view in ("local", "dense"):
        numbers = theme.untied_ink(targets, sources)
    else:
        numbers = np.minimum(weights[seen], len(palette(state)) - 1)  # the bias is painted below
    picture = np.zeros((bottom - top, right - left, 4), np.uint8)
    picture[targets - top, sources - left] = opaque(palette(state)[numbers])
    if state.bias and state.view != "dense" and right > whole.in_shape[1] * whole.in_shape[2]:
        ink = the_sum(page).evaluate("(line) => getComputedStyle(line).color.match(/\\d+/g).map(Number)")
        picture[:, -1] = [*ink[:3], 255]
    return picture


def cells(state: Setup, top: int, bottom: int) -> tuple[NDArray[np.int64], ...]:
    """The connections of these rows of W: targets, sources and the numbers of their weights in the kernel as typed."""
    whole = the_layer(state)
    targets, sources, taps = connections(whole.spec, whole.in_shape, np.arange(top, bottom))
    n = state.kernel_size[0] * state.kernel_size[1]
    return targets, sources, np.where(taps < n, n - 1 - taps, taps) if state.flip else taps


def palette(state: Setup) -> Bytes:
    shared = state.view == "conv" or (state.view == "tiled" and state.period == 1)
    return theme.weights(*state.kernel_size) if shared else theme.untied()


def opaque(colours: Bytes) -> Bytes:
    return np.concatenate([colours, np.full((len(colours), 1), 255, np.uint8)], axis=1)


def assert_woven(page: Page, across: float = 0.5) -> None:
    """Every cell (or tile) of the picture of W has the colour the engine gives it; `across` is where to look."""
    right, shown = woven(page), pixels(page, MATRIX)
    y, x = (
        ((np.arange(n) + across) * size / n).astype(int)
        for n, size in zip(right.shape[:2], shown.shape[:2], strict=True)
    )
    np.testing.assert_array_equal(shown[np.ix_(y, x)], right)


def sentence_of(state: Setup, t: int, s: int) -> str:
    """The beginning of what W[t, s] should say, t and s counted from 0."""
    whole = the_layer(state)
    place = [*np.add(divmod(s, whole.in_shape[2]), 1), *np.add(divmod(t, whole.out_shape[2]), 1)]
    start = "W[{},{}], from X[{},{}] to Y[{},{}]:".format(t + 1, s + 1, *place)
    _, sources, weights = cells(state, t, t + 1)
    named = [divmod(int(n), state.kernel_size[1]) for n in weights[sources == s]]
    says = " ".join(f"{weight_name(k, l)} = {state.kernel[k][l]:g}" for k, l in named) if named else "0, no connection"
    return f"{start} {says}".replace("-", "−")


def wheel(page: Page, turns: int) -> None:
    """Turn the wheel towards the picture, or away from it."""
    for _ in range(abs(turns)):
        page.mouse.wheel(0, -240 if turns > 0 else 240)


def hovered_cell(page: Page) -> tuple[int, int]:
    expect(the_sum(page)).to_contain_text("W[")
    t, s = re.findall(r"W\[(\d+),(\d+)\]", the_sum(page).inner_text())[0]
    return int(t) - 1, int(s) - 1


def expect_whole(page: Page, whole: Window) -> None:
    """Nothing is zoomed any more."""
    settled(page)
    until(page, lambda: (on_show(page), zoom_in_url(page)) == (whole, None))


def zoom_close(page: Page, query: str) -> Window:
    """Open the page and zoom into the middle of W as far as it goes."""
    open_app(page, query)
    for _ in range(20):
        button(page, "Zoom in").click()
    settled(page)
    return on_show(page)


# Zoom.


@pytest.mark.parametrize(("query", "mark"), [(PHOTOGRAPH, (0.3, 0.31)), (HUGE, (0.5, 0.5))], ids=["64x64", "512x512"])
def test_the_wheel_zooms_in_at_the_pointer_from_tiles_down_to_cells_that_agree_with_the_engine(
    page: Page, query: str, mark: tuple[float, float]
) -> None:
    open_app(page, query)
    whole = on_show(page)
    assert zoom_in_url(page) is None
    assert "zoom" not in readout(page)
    assert_woven(page)
    move_to(canvas(page, MATRIX), *mark)
    t, s = hovered_cell(page)
    wheel(page, 2)
    settled(page)
    part = on_show(page)
    assert zoom_in_url(page) == ",".join(map(str, part))
    assert re.search(r"\(zoom ×\d", readout(page))
    assert "each dot covers about" in readout(page)
    assert_woven(page)
    wheel(page, 30)
    settled(page)
    top, bottom, left, right = on_show(page)
    assert zoom_in_url(page) == f"{top},{bottom},{left},{right}"
    assert 6 <= bottom - top <= 9
    assert 6 <= right - left <= 12
    assert whole[0] < part[0] < top < bottom < part[1] < whole[1]
    assert whole[2] < part[2] < left < right < part[3] < whole[3]
    per_pixel = whole[1] / 300, whole[3] / 400  # a pixel of the whole matrix is that many rows and columns
    assert abs((top + bottom) / 2 - t) <= per_pixel[0] + 8
    assert abs((left + right) / 2 - s) <= per_pixel[1] + 8
    assert "every cell is drawn" in readout(page)
    assert_woven(page, 0.08)
    check_cells(page, (top, bottom, left, right))


def check_cells(page: Page, shown: Window) -> None:
    """A cell hovered says what the engine knows of it; one that is pinned goes on saying it."""
    top, bottom, left, right = shown
    state = state_in_url(page)
    size = bottom - top, right - left
    for row, column in [*((n, n) for n in range(min(size))), (0, size[1] - 1), (size[0] - 1, 0), (2, 1), (1, 2)]:
        point_at(page, MATRIX, row, column, size)
        expect(the_sum(page)).to_contain_text(sentence_of(state, top + row, left + column))
    page.mouse.down()
    page.mouse.up()
    page.get_by_role("heading", level=1).hover()
    expect(the_sum(page)).to_contain_text(sentence_of(state, top + 1, left + 2))


@pytest.mark.parametrize("query", ["flip=1", "view=tiled&period=3", "view=local&padding=same"])
def test_a_close_look_shows_each_cell_in_its_colour(page: Page, query: str) -> None:
    shown = zoom_close(page, query)
    assert_woven(page, 0.08)
    check_cells(page, shown)


def test_the_picture_is_zoomed_by_buttons_and_by_keys_and_dragged(page: Page) -> None:
    open_app(page, PHOTOGRAPH)
    whole = on_show(page)
    button(page, "Zoom in").click()
    settled(page)
    half = on_show(page)
    assert [half[1] - half[0], half[3] - half[2]] == [whole[1] // 2, whole[3] // 2]
    button(page, "Zoom out").click()
    expect_whole(page, whole)
    canvas(page, MATRIX).press("+")
    canvas(page, MATRIX).press("+")
    settled(page)
    quarter = on_show(page)
    assert quarter[1] - quarter[0] == pytest.approx(whole[1] / 4, abs=2)
    canvas(page, MATRIX).press("-")
    settled(page)
    assert on_show(page) == pytest.approx(half, abs=2)
    check_dragged(page, on_show(page))
    canvas(page, MATRIX).press("0")
    expect_whole(page, whole)
    canvas(page, MATRIX).press("+")
    button(page, "Whole matrix").click()
    expect_whole(page, whole)
    assert_woven(page)


def test_the_buttons_zoom_in_on_the_row_that_is_marked_and_on_all_of_its_colours(page: Page) -> None:
    open_app(page, PHOTOGRAPH)
    row = 31 * 62 + 31  # of the output in the middle
    middle = 32 * 64 + 32  # the pixel in the middle of its window
    for _ in range(4):
        button(page, "Zoom in").click()
    settled(page)
    top, bottom, left, right = on_show(page)
    assert top < row < bottom
    assert left <= middle - 64 - 1 < middle + 64 + 1 < right
    for _ in range(5):
        button(page, "Zoom in").click()
    settled(page)
    top, bottom, left, right = on_show(page)
    assert abs((top + bottom) / 2 - row - 0.5) <= 1
    assert abs((left + right) / 2 - middle - 0.5) <= 1
    assert bottom - top < 10


def check_dragged(page: Page, before: Window) -> None:
    """The cell that is taken hold of stays under the mouse, and letting go does not pin it."""
    pinned = the_sum(page).inner_text()
    move_to(canvas(page, MATRIX), 0.5, 0.5)
    held = hovered_cell(page)
    box = box_of(canvas(page, MATRIX))
    x, y = box["x"] + box["width"] / 2 + 70, box["y"] + box["height"] / 2 - 50
    page.mouse.down()
    page.mouse.move(x, y, steps=7)
    page.mouse.up()
    settled(page)
    rows, columns = before[1] - before[0], before[3] - before[2]
    assert on_show(page)[0] - before[0] == pytest.approx(50 / box["height"] * rows, abs=2)
    assert before[2] - on_show(page)[2] == pytest.approx(70 / box["width"] * columns, abs=2)
    page.mouse.move(x + 1, y)
    assert np.abs(np.subtract(hovered_cell(page), held)).max() <= 3 * columns / box["width"] + 2
    page.get_by_role("heading", level=1).hover()
    expect(the_sum(page)).to_have_text(pinned, use_inner_text=True)


@pytest.mark.parametrize("query", [PHOTOGRAPH, HUGE], ids=["64x64", "512x512"])
def test_arrow_keys_keep_the_pinned_cell_inside_the_window(page: Page, query: str) -> None:
    zoom_close(page, query)
    canvas(page, MATRIX).press("Enter")
    t, s = hovered_cell(page)
    for key, (down, across) in {"ArrowRight": (0, 9), "Shift+ArrowUp": (-90, 0)}.items():
        for _ in range(9):
            page.keyboard.press(key)
        t, s = t + down, s + across
        expect(the_sum(page)).to_contain_text(sentence_of(state_in_url(page), t, s))
        settled(page)
        top, bottom, left, right = on_show(page)
        assert top <= t < bottom
        assert left <= s < right
    assert_woven(page, 0.08)


def test_the_bias_column_can_be_looked_at_closely(page: Page) -> None:
    open_app(page, f"{GRID}&bias=0.5")
    move_to(canvas(page, MATRIX), 0.99, 0.995)
    wheel(page, 20)
    settled(page)
    assert on_show(page)[3] == 101
    move_to(canvas(page, MATRIX), 0.99, 0.995)
    expect(the_sum(page)).to_contain_text("is the bias: 0.5")


def test_the_wheel_over_the_whole_matrix_scrolls_the_page_on(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 600})
    open_app(page, PHOTOGRAPH)
    for turn, zooms in ((120, False), (-120, True)):
        move_to(canvas(page, MATRIX), 0.8, 0.5)
        place = box_of(canvas(page, MATRIX))
        page.mouse.wheel(0, turn)
        settled(page)
        stays = box_of(canvas(page, MATRIX)) == place
        assert (zoom_in_url(page) is not None, stays) == (zooms, zooms)


def test_two_fingers_apart_zoom_in_and_together_zoom_out(page: Page) -> None:
    open_app(page, PHOTOGRAPH)
    whole = on_show(page)
    canvas(page, MATRIX).scroll_into_view_if_needed()
    pinch(page, 0.05, 0.4)
    settled(page)
    close = on_show(page)
    assert close[1] - close[0] == pytest.approx(whole[1] / 8, rel=0.1)
    assert zoom_in_url(page) == ",".join(map(str, close))
    assert (close[2] + close[3]) / 2 == pytest.approx(whole[3] / 2, abs=whole[3] / 50)
    pinch(page, 0.4, 0.02)
    expect_whole(page, whole)


def pinch(page: Page, start: float, end: float) -> None:
    """Two fingers left and right of the middle of the matrix, from one distance of it to another."""
    canvas(page, MATRIX).evaluate(
        """(over, [start, end]) => {
          const box = over.getBoundingClientRect();
          const touch = (type, finger, away) => over.dispatchEvent(new PointerEvent(type, {
            pointerId: 70 + finger, pointerType: "touch", bubbles: true, composed: true, button: 0,
            clientX: box.left + box.width * (0.5 + finger * away), clientY: box.top + box.height / 2 }));
          for (const finger of [-1, 1]) touch("pointerdown", finger, start);
          for (let n = 0; n <= 10; n++)
            for (const finger of [-1, 1]) touch("pointermove", finger, start + ((end - start) * n) / 10);
          for (const finger of [-1, 1]) touch("pointerup", finger, end);
        }""",
        [start, end],
    )


def test_a_zoomed_matrix_its_tools_and_the_network_fit_a_telephone(new_page: NewPage) -> None:
    page = new_page((390, 844))
    open_app(page, f"{DIGIT}&view=tiled&zoom=3,20,5,40&untied=9,1,1,2.5")
    expect_no_sideways_scroll(page)
    for name in (MATRIX, "Network"):
        box = box_of(canvas(page, name))
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
    for name in ("Zoom in", "Zoom out", "Whole matrix"):
        button(page, name).click()
    settled(page)
    expect_no_sideways_scroll(page)
    assert on_show(page) == (0, 36, 0, 64)


# The picture of the matrix.

PICTURES = {
    "flipped": f"{GRID}&flip=1&kernel=1,2;3,4;5,6",
    "local": f"{GRID}&view=local&flip=1",
    "dense": f"{GRID}&view=dense",
    "tiled, flipped, strided": f"{GRID}&view=tiled&period=3&flip=1&padding=full&stride=2",
    "biased": f"{GRID}&bias=0.5&padding=same&stride=2&dilation=2",
    "folded": f"{DIGIT}&padding=same&mode=circular",
    "tiles, flipped": "flip=1&kernel=1,2,3,4,5;6,7,8,9,10&padding=7&mode=reflect",
    "a part, tiles": "zoom=1000,1700,900,1800",
    "a part, local, flipped": "zoom=9,3000,0,700&view=local&flip=1",
}


@pytest.mark.parametrize("query", PICTURES.values(), ids=PICTURES.keys())
def test_each_cell_of_the_matrix_has_the_colour_of_its_weight_and_unused_cells_have_none(
    page: Page, query: str
) -> None:
    open_app(page, query)
    assert_woven(page)


@pytest.mark.parametrize("query", [GRID, PHOTOGRAPH], ids=["cells", "tiles"])
def test_the_period_moves_tiled_weights_from_a_convolution_towards_locally_connected(page: Page, query: str) -> None:
    open_app(page, query)
    convolution = pixels(page, MATRIX)
    expect(costs(page, "Tiled")).to_have_count(0)
    page.get_by_role("radio", name="Tiled").click()
    settled(page)
    assert state_in_url(page).view == "tiled"
    for period in (3, 1):
        set_period(page, str(period))
        page.wait_for_url(f"**period={period}*")
        settled(page)
        assert np.array_equal(pixels(page, MATRIX), convolution) is (period == 1)
        expect(costs(page, "Tiled").get_by_text(str(9 * period**2), exact=True)).to_be_visible()


def costs(page: Page, kind: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=re.compile(f"^{kind}"))


# The network.


def network(page: Page) -> bytes:
    """The picture of the network as it is painted."""
    canvas(page, "Network").scroll_into_view_if_needed()
    return canvas(page, "Network").evaluate("(over) => over.toDataURL()").encode()  # type: ignore[no-any-return]


def test_a_small_layer_is_a_network_whose_neurons_and_edges_can_be_pointed_at(page: Page) -> None:
    open_app(page, DIGIT)
    state = state_in_url(page)
    expect(button(page, "Show it on 8 × 8 pixels")).to_have_count(0)
    page.get_by_role("heading", level=1).hover()
    before = network(page)
    for n in (0, 27, 63):
        point_at_neuron(page, 0, (n + 0.5) / 64)
        expect(the_sum(page)).to_contain_text(f"X[{n // 8 + 1},{n % 8 + 1}] =")
    for n in (0, 20, 35):
        point_at_neuron(page, 1, (n + 0.5) / 36)
        expect(the_sum(page)).to_contain_text(f"Y[{n // 6 + 1},{n % 6 + 1}] =")
    targets, sources, _ = cells(state, 0, 36)
    for down in (0.2, 0.8):
        places = (sources + 0.5) / 64 * (1 - down) + (targets + 0.5) / 36 * down
        order = np.argsort(places)
        alone = order[1:-1][np.argmax(np.minimum(np.diff(places[order])[1:], np.diff(places[order])[:-1]))]
        point_at_neuron(page, down, places[alone])
        expect(the_sum(page)).to_contain_text(sentence_of(state, int(targets[alone]), int(sources[alone])))
    page.get_by_role("heading", level=1).hover()
    weight(page, 2, 2).fill("9")
    page.get_by_role("heading", level=1).hover()
    settled(page)
    assert network(page) != before


def point_at_neuron(page: Page, down: float, across: float) -> None:
    """Move the mouse to a place in parts of the way from the row of inputs to that of outputs, and of the width."""
    high = box_of(canvas(page, "Network"))["height"]
    move_to(canvas(page, "Network"), (11 + down * (high - 22)) / high, across)


def test_of_a_large_layer_the_network_shows_the_lit_output_its_neighbours_and_what_they_read(page: Page) -> None:
    open_app(page, PHOTOGRAPH)
    part = page.get_by_text("25 of 4,096 inputs, 9 of 3,844 outputs")
    expect(part).to_be_visible()
    for n in (0, 4, 8):  # Y[32,32] is in the middle
        point_at_neuron(page, 1, (n + 0.5) / 9)
        expect(the_sum(page)).to_contain_text(f"Y[{31 + n // 3},{31 + n % 3}] =")
    for n in (0, 12, 24):
        point_at_neuron(page, 0, (n + 0.5) / 25)
        expect(the_sum(page)).to_contain_text(f"X[{31 + n // 5},{31 + n % 5}] =")
    point_at(page, "Output", 0, 0, (62, 62))
    expect(page.get_by_text("16 of 4,096 inputs, 4 of 3,844 outputs")).to_be_visible()
    page.get_by_role("heading", level=1).hover()
    expect(part).to_be_visible()


# Untying.


def pin_cell(page: Page, t: int, s: int) -> None:
    """Click a cell of the whole matrix."""
    _, rows, _, columns = on_show(page)
    click_at(page, MATRIX, t, s, (rows, columns))
    expect(the_sum(page)).to_contain_text(f"W[{t + 1},{s + 1}]")


def expect_weights(page: Page, n: int) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"sharing leaves {n}")
    expect(costs(page, "Convolution").get_by_text(str(n), exact=True)).to_be_visible()


def expect_proof(page: Page) -> None:
    line = page.get_by_text("max |W·x − Y| =")
    expect(line).to_contain_text("check")  # the name of its mark
    expect(line).to_contain_text("measured just now on all")


def test_an_untied_copy_is_one_more_parameter_and_changes_one_output_alone(page: Page, new_page: NewPage) -> None:
    open_app(page, f"{DIGIT}&{IDENTITY}")
    before, tied = pixels(page, "Output"), state_in_url(page)
    expect_weights(page, 9)
    pin_cell(page, 0, 40)
    expect(button(page, "Untie this copy")).to_have_count(0)
    t, s = 2 * 6 + 1, 3 * 8 + 2  # Y[3,2] reads X[4,3] through the middle of the kernel
    pin_cell(page, t, s)
    button(page, "Untie this copy").click()
    settled(page)
    expect_weights(page, 10)
    expect(the_sum(page)).to_contain_text("a copy untied from F₂₂ = 1")
    field = spin(page, "Value of this copy of F₂₂")
    assert field.input_value() == "1"
    for value in ("-0.5", "0.25"):
        put(field, value)
    settled(page)
    assert zoom_in_url(page) is None
    assert query(page)["untied"] == f"{t},1,1,0.25"
    changed = np.argwhere((pixels(page, "Output") != before).any(axis=2))
    assert changed.tolist() == [[2, 1]]
    assert_shows(page, state_in_url(page))
    expect_proof(page)
    theirs = new_page()
    theirs.goto(page.url)
    settled(theirs)
    expect_weights(theirs, 10)
    for name in ("Output", MATRIX):
        np.testing.assert_array_equal(pixels(theirs, name), pixels(page, name))
    button(page, "Tie again").click()
    settled(page)
    expect_weights(page, 9)
    assert state_in_url(page) == tied
    np.testing.assert_array_equal(pixels(page, "Output"), before)


def test_up_to_eight_copies_can_leave(page: Page) -> None:
    seven = ";".join(f"{n},0,0,{n}" for n in range(1, 8))
    open_app(page, f"{DIGIT}&untied={seven}")
    expect_weights(page, 16)
    assert_shows(page, state_in_url(page))
    pin_cell(page, 14, 20)
    button(page, "Untie this copy").click()
    settled(page)
    expect_weights(page, 17)
    expect(page.get_by_text("8 copies untied: 8 more free parameters.")).to_be_visible()
    assert len(state_in_url(page).untied) == 8
    assert_shows(page, state_in_url(page))
    expect_proof(page)
    pin_cell(page, 15, 21)
    expect(button(page, "Untie this copy")).to_have_count(0)
    button(page, "Tie again").click()
    settled(page)
    expect_weights(page, 9)


def test_the_sum_of_an_output_whose_taps_meet_on_one_pixel_uses_the_copy_once(page: Page) -> None:
    open_app(page, f"{GRID}&padding=same&mode=replicate&kernel=1,1,1;1,1,1;1,1,1&untied=99,2,2,5")
    state = state_in_url(page)
    x = np.pad(unit(picture_of(state))[0], 1, mode="edge")[-3:, -3:]
    point_at(page, "Output", 9, 9, (10, 10))
    expect(the_sum(page)).to_contain_text("Y[10,10] =")
    assert_shows(page, state)
    assert the_sum(page).inner_text().split("=")[-1].strip() == f"{x.sum() + 4 * x[2, 2]:.3g}"


@pytest.mark.parametrize("bias", ["", "&bias=-0.125"])
def test_at_every_zoom_a_label_of_the_matrix_stays_within_its_cell_and_can_be_read(page: Page, bias: str) -> None:
    """Twelve columns of a kernel make long names, thousands long values, and a border that repeats adds names up."""
    page.add_init_script(LETTERS_NOTED)
    kernel = ";".join([",".join(["-1234.5"] * 12)] * 3)
    seen = []
    for cols in (6, 9, 12, 16, 19):
        open_app(page, f"image=grid&side=20&padding=same&mode=replicate&kernel={kernel}{bias}&zoom=0,{cols},0,{cols}")
        page.evaluate("window.written = {}")
        page.set_viewport_size({"width": 1366 - cols, "height": 768})  # it is painted anew
        settled(page)
        _, _, left, right = on_show(page)
        cell = pixels(page, MATRIX).shape[1] / (right - left)
        written = page.evaluate("Object.values(window.written).flat()")
        labels = [one for one in written if re.match(r"F|b$|−1[23]", one["text"])]
        assert all(one["wide"] <= cell for one in labels), cols
        assert all(one["size"] >= 8 for one in labels), cols
        seen.append(len({one["text"] for one in labels}))
    assert seen[0] > 2
    assert seen == sorted(seen, reverse=True)


# Drawing.


def drag_over(page: Page, cells: list[tuple[int, int]], of: int = 8) -> None:
    """Press on the first pixel of the input, move over the others."""
    point_at(page, "Input", *cells[0], (of, of))
    page.mouse.down()
    for cell in cells[1:]:
        point_at(page, "Input", *cell, (of, of))


def sheet(page: Page) -> list[str]:
    return query(page).get("drawing", "").split("-")


def test_a_stroke_is_seen_in_the_output_while_it_is_drawn_and_then_in_the_link(page: Page) -> None:
    open_app(page, PHOTOGRAPH)
    pick(page, "Draw your own")
    assert state_in_url(page).image == "drawing"
    assert not pixels(page, "Input")[..., :3].any()
    before = pixels(page, "Output")
    stroke = [(4, n) for n in range(3, 9)]
    drag_over(page, stroke, 16)
    until(page, lambda: bool((pixels(page, "Output") != before).any()))
    assert page.locator(".badge").inner_text() == "preview"
    page.mouse.up()
    settled(page)
    assert sheet(page) == ["0" * 16] * 4 + ["000ffffff0000000"] + ["0" * 16] * 11
    assert_shows(page, state_in_url(page))
    levels = pixels(page, "Input")[..., 0]
    assert sorted(map(tuple, np.argwhere(levels == 255).tolist())) == stroke
    page.reload()
    settled(page)
    np.testing.assert_array_equal(pixels(page, "Input")[..., 0], levels)
    enter(page, "Longer side", 32)
    np.testing.assert_array_equal(pixels(page, "Input")[..., 0], np.kron(levels, np.ones((2, 2), np.uint8)))
    assert len(sheet(page)) == 32
    assert_shows(page, state_in_url(page))


@pytest.mark.parametrize("colour", ["grey", "rgb"])
def test_greys_the_keyboard_undo_and_clear_draw_in_grey_and_in_rgb(page: Page, colour: str) -> None:
    open_app(page, f"{BLANK}&colour={colour}")
    page.get_by_role("slider", name="Grey level of the pencil").fill("6")
    drag_over(page, [(1, 1), (1, 2)])
    page.mouse.up()
    settled(page)
    canvas(page, "Input").press("ArrowRight")
    canvas(page, "Input").press("ArrowDown")
    page.get_by_role("slider", name="Grey level of the pencil").fill("10")
    canvas(page, "Input").press(" ")
    settled(page)
    drawn = ["0" * 8, "06600000", "000a0000", *["0" * 8] * 5]
    assert sheet(page) == drawn
    assert (pixels(page, "Input")[2, 3, :3] == 170).all()
    assert_shows(page, state_in_url(page))
    button(page, "Clear").click()
    settled(page)
    assert not pixels(page, "Input")[..., :3].any()
    for rows in (drawn, [*drawn[:2], *["0" * 8] * 6], ["0" * 8] * 8):
        button(page, "Undo").click()
        settled(page)
        assert sheet(page) == rows
    assert_shows(page, state_in_url(page))


def test_a_link_to_a_drawing_without_its_side_comes_to_rest(page: Page) -> None:
    open_app(page, f"image=drawing&drawing={SHEET}")
    assert pixels(page, "Input").shape[:2] == (8, 8)
    assert_shows(page, state_in_url(page))


# The scan, the theme, and what happens at the same time.


def test_play_shows_the_finished_scan_at_once_to_visitors_who_asked_for_less_motion(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_app(page, DIGIT)
    position = page.get_by_role("slider", name="Position")
    button(page, "Play").click()
    expect(the_sum(page)).to_contain_text("Y[6,6] =")
    assert position.input_value() == "35"
    expect(button(page, "Play")).to_be_visible()
    button(page, "Step").click()
    expect(the_sum(page)).to_contain_text("Y[1,1] =")


def test_a_switch_of_the_theme_repaints_zero(page: Page) -> None:
    open_app(page, PHOTOGRAPH)
    for scheme in themes(page):
        settled(page)
        assert_shows(page, Setup(), color_scheme=scheme)


def draw_one(page: Page) -> None:
    drag_over(page, [(2, 2), (2, 3)])
    page.mouse.up()


def set_period(page: Page, period: str) -> None:
    page.get_by_role("slider", name="Period").fill(period)


def untie_one(page: Page) -> None:
    pin_cell(page, 14, 20)
    button(page, "Untie this copy").click()


Change = Callable[[Page], object]
Kept = Callable[[Setup], bool]
MEANWHILE: dict[str, tuple[str, Change, Kept]] = {
    "view": ("", lambda page: page.get_by_role("radio", name="Tiled").click(), lambda s: s.view == "tiled"),
    "zoom": ("", lambda page: button(page, "Zoom in").click(), lambda s: s.zoom == (13, 31, 21, 53)),
    "period": ("view=tiled", partial(set_period, period="5"), lambda s: s.period == 5),
    "drawing": ("", draw_one, lambda s: s.drawing.split("-")[2] == "00ff0000"),
    "untied": ("", untie_one, lambda s: len(s.untied) == 1),
    "stride": ("", lambda page: enter(page, "Stride", 2), lambda s: s.stride == 2),
}


@pytest.mark.parametrize("name", MEANWHILE)
def test_a_weight_typed_just_before_something_else_is_done_is_not_lost_and_neither_is_that(
    page: Page, name: str
) -> None:
    query, act, done = MEANWHILE[name]
    open_app(page, f"{BLANK}&kernel=1,2,3;4,5,6;7,8,10&{query}")
    weight(page, 1, 1).fill("7")
    act(page)
    settled(page)
    assert kernel(page)[0][0] == 7
    assert state_in_url(page).kernel[0][0] == 7
    assert done(state_in_url(page))
    assert_shows(page, state_in_url(page))


def in_menu(page: Page, name: str, what: Locator) -> None:
    with menu(page, name):
        what.click()


HURRIED: dict[str, tuple[Change, Change, Kept]] = {
    "a preset's weight, zoom": (
        lambda page: weight(page, 1, 1).fill("7"),
        lambda page: button(page, "Zoom in").click(),
        lambda s: s.kernel[0][0] == 7 and s.zoom != (),
    ),
    "a preset's weight, another weight": (
        lambda page: weight(page, 1, 1).fill("7"),
        lambda page: weight(page, 2, 2).fill("5"),
        lambda s: (s.kernel[0][0], s.kernel[1][1]) == (7, 5),
    ),
    "8 by 8 pixels, view": (
        lambda page: button(page, "Show it on 8 × 8 pixels").click(),
        lambda page: page.get_by_role("radio", name="Tiled").click(),
        lambda s: (s.side, s.view) == (8, "tiled"),
    ),
    "a small sample, flip": (
        lambda page: in_menu(page, "picture", page.get_by_role("radio", name="Handwritten five")),
        lambda page: in_menu(page, "kernel", page.get_by_text("Flip (true convolution)")),
        lambda s: (s.side, s.flip) == (8, True),
    ),
}


@pytest.mark.parametrize("name", HURRIED)
def test_two_changes_before_the_first_is_answered_are_both_kept(page: Page, name: str) -> None:
    first, second, done = HURRIED[name]
    wire = wired(page)
    open_app(page, PHOTOGRAPH)
    fetched(page, "picture", "kernel")
    wire.held = True
    for change in (first, second):
        says(page, wire, partial(change, page))
    wire.release()
    settled(page)
    assert done(state_in_url(page))


@pytest.mark.parametrize("query", ["", "&kernel=1,2;3,4"])
def test_an_answer_that_arrives_in_the_middle_of_a_stroke_takes_nothing_of_it_away(page: Page, query: str) -> None:
    wire = wired(page)
    open_app(page, f"{BLANK}{query}")
    wire.held = True
    put(weight(page, 1, 1), "7")
    drag_over(page, [(2, 2), (2, 3)])
    answered(page, wire)
    wire.release()
    page.wait_for_url("**kernel=7*")
    point_at(page, "Input", 2, 4, (8, 8))
    page.mouse.up()
    settled(page)
    assert sheet(page)[2] == "00fff000"
    assert state_in_url(page).kernel[0][0] == 7


def test_a_period_moved_while_an_answer_is_on_its_way_is_not_lost(page: Page) -> None:
    wire = wired(page)
    open_app(page, f"{GRID}&view=tiled")
    wire.held = True
    put(weight(page, 1, 1), "7")
    answered(page, wire)
    set_period(page, "5")
    weight(page, 2, 2).focus()
    wire.release()
    settled(page)
    assert state_in_url(page).kernel[0][0] == 7
    assert state_in_url(page).period == 5
