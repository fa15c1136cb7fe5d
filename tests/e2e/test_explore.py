"""The Explore page, driven as a person drives it: what matters most, in a minute."""

from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from components.state.setup import Setup
from kernels.images.samples import SAMPLES
from tests.support.user import (
    PHOTOGRAPH,
    answered,
    assert_shows,
    box_of,
    button,
    canvas,
    draws,
    enter,
    focused,
    frames_sent,
    kernel,
    menu,
    open_app,
    pick,
    pixels,
    point_at,
    put,
    send_file,
    settled,
    state_in_url,
    the_sum,
    until,
    weight,
    wired,
)
from tests.support.visitor import saved

CANVASES = ("Input", "Output", "Weight matrix")
SOBEL = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
DIGIT = "image=digit&side=8"  # 8 × 8 pixels: every cell is large enough to point at

STATES = {
    "as links open": PHOTOGRAPH,
    "padded, replicated, strided, flipped, biased": "padding=5&mode=replicate&stride=3&bias=-0.25&flip=1",
    "RGB, bias, ReLU, dilation": "image=dahlia&side=48&colour=rgb&bias=0.5&activation=relu&dilation=2",
    "two copies untied": "image=grid&side=10&untied=9,1,2,2.5;11,0,0,-3&view=local",
}


@pytest.mark.parametrize("query", STATES.values(), ids=STATES.keys())
@pytest.mark.firefox
def test_a_typed_weight_is_previewed_at_once_and_numpy_then_shows_the_very_same_pixels(page: Page, query: str) -> None:
    wire = wired(page)
    open_app(page, query)
    before = pixels(page, "Output")
    assert_shows(page, state_in_url(page))
    wire.held = True
    weight(page, 1, 1).fill("-0.7")
    expect(page.locator(".badge")).to_have_text("preview")
    preview = pixels(page, "Output")
    answered(page, wire)
    expect(page.locator(".badge")).to_have_text("preview")
    wire.release()
    settled(page)
    state = state_in_url(page)
    assert state.kernel[0][0] == -0.7
    assert not np.array_equal(preview, before)
    np.testing.assert_array_equal(preview, pixels(page, "Output"))
    assert_shows(page, state)


@pytest.mark.firefox
def test_dragging_a_weight_to_the_right_or_up_is_more_and_to_the_left_or_down_less(page: Page) -> None:
    open_app(page, PHOTOGRAPH)
    up = drag(page, 0, -60)
    lit = page.locator(".loom .weights label.lit input")  # not the weight above which it was let go
    assert [each.get_attribute("aria-label") for each in lit.all()] == ["Weight row 2 column 2"]
    down = drag(page, 0, 120)
    right, left = drag(page, 120), drag(page, -120, steps=1)  # at one stroke, beyond its cell
    assert [made[1][1] for made in (up, down, right, left)] == [1.5, -1.5, 1.5, -1.5]
    weight(page, 2, 2).hover()  # let go, it follows the pointer no more
    assert [[*row] for row in state_in_url(page).kernel] == left == kernel(page)
    assert_shows(page, state_in_url(page))


def drag(page: Page, right: int, down: int = 0, steps: int = 8) -> list[list[float]]:
    box = box_of(weight(page, 2, 2))
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=steps)
    page.mouse.up()
    settled(page)
    return kernel(page)


def test_fast_typing_in_all_cells_loses_nothing(page: Page) -> None:
    open_app(page, PHOTOGRAPH)
    typed = [[0.25, -1.5, 3], [12, 0.125, -0.5], [7, -8, 9.75]]
    weight(page, 1, 1).focus()
    for value in (value for row in typed for value in row):
        page.keyboard.press("Control+a")
        page.keyboard.type(f"{value:g}", delay=40)  # ms a key: twice as fast as anybody types
        page.keyboard.press("Tab")
    assert kernel(page) == typed
    settled(page)
    assert kernel(page) == typed
    assert [[*row] for row in state_in_url(page).kernel] == typed
    assert_shows(page, state_in_url(page))


def test_hovering_pinning_and_scanning_never_ask_the_server(page: Page) -> None:
    sent = frames_sent(page)
    open_app(page, PHOTOGRAPH)
    assert sent  # the counter counts: opening the page has spoken to the server
    said = len(sent)
    for name in CANVASES:
        for n in range(1, 7):
            point_at(page, name, n, n, (8, 8))
        page.mouse.down()
        page.mouse.up()
        canvas(page, name).press("ArrowRight")
        canvas(page, name).press("Escape")
    for k in (1, 2, 3):
        weight(page, k, k).hover()
        weight(page, k, k).focus()
    button(page, "Play").click()
    page.get_by_role("slider", name="Speed").press("End")
    draws(page)
    button(page, "Pause").click()
    button(page, "Step").click()
    page.get_by_role("slider", name="Position").fill("100")
    settled(page)
    assert len(sent) == said
    weight(page, 1, 1).fill("3")
    settled(page)
    assert len(sent) > said


def test_while_scanning_the_network_has_filled_in_the_outputs_that_were_reached(page: Page) -> None:
    open_app(page)
    outputs, reached = 36, 14
    page.get_by_role("slider", name="Position").fill(str(reached))
    filled = """(network, outputs) => Array.from({ length: outputs }, (_, n) => {
      const [x, fromBottom] = [((n + 0.5) * network.width) / outputs, (11 * network.height) / network.clientHeight];
      const at = [Math.floor(x), Math.floor(network.height - fromBottom), 1, 1];
      return network.getContext("2d").getImageData(...at).data[3] === 255;
    })"""
    until(page, lambda: canvas(page, "Network").evaluate(filled, outputs) == [n <= reached for n in range(outputs)])


def test_tab_reaches_everything_in_the_loom(page: Page) -> None:
    open_app(page, PHOTOGRAPH)
    canvas(page, "Input").focus()
    reached: set[str] = set()
    for _ in range(40):
        reached.add(focused(page)["name"])
        page.keyboard.press("Tab")
    cells = {f"Weight row {k} column {l}" for k in (1, 2, 3) for l in (1, 2, 3)}
    assert reached >= {*CANVASES, *cells, "Play", "Step", "Position", "Speed", "Convolution"}


@pytest.mark.firefox
def test_the_scan_plays_pauses_steps_and_can_be_put_anywhere(page: Page) -> None:
    open_app(page, DIGIT)
    position = page.get_by_role("slider", name="Position")
    page.mouse.move(5, 5)
    weight(page, 2, 2).focus()
    button(page, "Step").press("Enter")  # also after a weight had the keyboard
    expect(the_sum(page)).to_contain_text("Y[1,1] =")
    button(page, "Step").click()
    expect(the_sum(page)).to_contain_text("Y[1,2] =")
    assert position.input_value() == "1"
    position.fill("13")
    expect(the_sum(page)).to_contain_text("Y[3,2] =")
    page.get_by_role("slider", name="Speed").fill("0")  # not over before a busy machine has pressed Pause
    button(page, "Play").click()
    expect(the_sum(page)).not_to_contain_text("Y[3,2] =")
    button(page, "Pause").click()
    stopped = position.input_value()
    assert 13 < int(stopped) <= 35
    draws(page)
    assert position.input_value() == stopped
    page.get_by_role("slider", name="Speed").fill("2")
    button(page, "Play").click()
    expect(the_sum(page)).to_contain_text("Y[6,6] =")
    expect(button(page, "Play")).to_be_visible()


def test_an_uploaded_picture_is_woven(page: Page) -> None:
    open_app(page, PHOTOGRAPH)
    levels = np.arange(64 * 48).astype(np.uint8).reshape(48, 64)
    send_file(page, "mine.png", saved(levels))
    assert state_in_url(page).image == "upload"
    np.testing.assert_array_equal(pixels(page, "Input")[..., 0], levels)
    assert_shows(page, state_in_url(page), levels[None])


@pytest.mark.firefox
def test_a_sample_is_picked_by_mouse_and_by_keyboard(page: Page) -> None:
    open_app(page, PHOTOGRAPH)
    pick(page, "Cat")
    assert state_in_url(page).image == "cat"
    assert_shows(page, state_in_url(page))
    ids = [known.id for known in SAMPLES]
    following = SAMPLES[ids.index("cat") + 1]
    with menu(page, "picture"):
        chosen = page.get_by_role("radiogroup", name="Sample picture").get_by_role("radio", name="Cat")
        expect(chosen).to_be_checked()
        chosen.press("ArrowRight")
        settled(page)
        assert state_in_url(page).image == following.id
        assert focused(page)["name"] == following.title
        assert_shows(page, state_in_url(page))
        page.keyboard.press("ArrowLeft")
        settled(page)
    assert state_in_url(page).image == "cat"


def test_a_damaged_link_says_what_was_wrong_quotes_it_as_text_and_shows_the_default(page: Page) -> None:
    open_app(page, "kernel=1,2;3&stride=99&side=www.evil.example&image=https://evil.example/x&mode=_a@evil.example_")
    alerts = page.get_by_test_id("stAlert")
    for name in ("kernel", "stride", "side", "image", "mode"):
        expect(alerts.filter(has_text=f"The link's {name} must be").first).to_be_visible()
    text = " ".join(alerts.all_inner_texts()).replace("\u2060", "")
    for quoted in ("“https://evil.example/x”", "“www.evil.example”", "“_a@evil.example_”"):
        assert quoted in text
    assert alerts.locator("a, img, em").count() == 0
    assert "\\" not in text
    assert kernel(page) == SOBEL
    assert_shows(page, Setup())


@pytest.mark.firefox
def test_back_undoes_the_last_change_forward_does_it_again_and_a_reload_keeps_everything(page: Page) -> None:
    open_app(page, PHOTOGRAPH)
    put(weight(page, 1, 1), "7")
    settled(page)
    enter(page, "Stride", 2)
    changed = state_in_url(page)
    assert (changed.kernel[0][0], changed.stride) == (7, 2)

    def shows(state: Setup) -> None:
        settled(page)
        assert state_in_url(page) == state
        assert kernel(page) == [[*row] for row in state.kernel]
        assert_shows(page, state)

    page.go_back()
    shows(replace(changed, stride=1))
    page.go_back()
    shows(Setup())
    page.go_forward()
    page.go_forward()
    shows(changed)
    before = [pixels(page, name) for name in CANVASES]
    page.reload()
    shows(changed)
    for known, name in zip(before, CANVASES, strict=True):
        np.testing.assert_array_equal(known, pixels(page, name))
