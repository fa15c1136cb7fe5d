"""What stands in the place of W: from dense to shared, played or in still pictures; its transpose; im2col."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPage
from tests.support.user import (
    LETTERS_NOTED,
    box_of,
    button,
    canvas,
    frames_sent,
    move_to,
    open_app,
    press,
    settled,
    until,
    weight,
)

TELL = "From dense to shared"
STAGES = [("Fully connected", "2,304"), ("Locality", "324"), ("Weight sharing", "9"), ("The kernel", "9")]
KERNEL_COLOURS = "(all) => all.map((one) => one.style.background)"


def colours(picture: Locator) -> dict[str, int]:
    """The colours of a canvas, and how many of its pixels each fills."""
    found: dict[str, int] = picture.evaluate(
        """(canvas) => {
          const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          const found = {};
          for (let n = 0; n < data.length; n += 4) {
            const colour = `rgb(${data[n]}, ${data[n + 1]}, ${data[n + 2]})`;
            if (data[n + 3] === 255) found[colour] = (found[colour] ?? 0) + 1;
          }
          return found;
        }"""
    )
    return found


def told_colours(page: Page) -> tuple[float, set[str]]:
    """How much of the stage's canvas is filled, and the colours that fill more than a speck of it."""
    told = page.locator(".loom canvas.told")
    found = colours(told)
    filled = sum(found.values())
    whole = float(told.evaluate("(canvas) => canvas.width * canvas.height"))
    return filled / whole, {colour for colour, many in found.items() if many > 0.002 * filled}


def stages(page: Page) -> Locator:
    return page.get_by_role("radiogroup", name="Stages").get_by_role("radio")


def heading(page: Page) -> Locator:
    return page.locator(".loom .shown-as")


def marked_cost(page: Page) -> Locator:
    """The kind of layer whose costs are marked as what is shown."""
    return page.locator(".loom .costs .chosen .name")


def expect_stage(page: Page, n: int) -> None:
    name, count = STAGES[n]
    expect(page.locator(".told-name")).to_have_text(name)
    expect(page.locator(".told-count")).to_have_text(f"{count} free parameters")


def test_the_story_plays_pauses_and_steps_from_static_to_the_colours_of_the_kernel_without_a_message(
    page: Page,
) -> None:
    sent = frames_sent(page)
    open_app(page)
    before = len(sent)
    of_the_kernel = set(page.locator(".weights label").evaluate_all(KERNEL_COLOURS))
    assert len(of_the_kernel) == 9
    press(page, TELL)
    expect_stage(page, 0)
    page.locator(".tying").get_by_role("button", name="Pause").click()
    filled, seen = told_colours(page)
    assert filled > 0.99
    assert len(seen) > 50
    step = page.locator(".tying").get_by_role("button", name="Step")
    connected = pytest.approx(324 / 2304, abs=0.01)  # of all places
    step.click()
    expect_stage(page, 1)
    filled, seen = told_colours(page)
    assert filled == connected
    assert len(seen) > 50
    step.click()
    expect_stage(page, 2)
    filled, seen = told_colours(page)
    assert filled == connected
    assert seen == of_the_kernel
    step.click()
    expect_stage(page, 3)
    expect(marked_cost(page)).to_have_text("Convolution")
    assert of_the_kernel <= told_colours(page)[1]
    expect(page.locator(".told-line")).to_contain_text("256 times fewer than fully connected")
    step.click()
    expect_stage(page, 0)
    slider = page.get_by_role("slider", name="Stage")
    slider.fill("4000")  # between the first two stages the count falls through what lies between theirs
    expect(page.locator(".told-name")).to_have_text("Fully connected → Locality")
    expect(page.locator(".told-count")).not_to_contain_text("free parameter")
    assert 324 < int(re.sub(r"\D", "", page.locator(".told-count").inner_text())) < 2304
    slider.press("End")
    expect_stage(page, 3)
    assert len(sent) == before
    page.keyboard.press("Escape")
    expect(button(page, TELL)).to_be_visible()
    expect(canvas(page, "Weight matrix")).to_be_visible()
    expect(page.locator(".loom canvas.told")).to_be_hidden()


def test_each_stage_can_be_chosen_above_w_and_the_network_has_its_connections(page: Page) -> None:
    open_app(page)
    counted = [*((count, name) for name, count in STAGES[:3]), ("3 × 3", "The kernel")]
    assert [tuple(text.split("\n")) for text in stages(page).all_inner_texts()] == counted
    expect(page.get_by_role("radio", checked=True).filter(has_text="Locality")).to_have_count(0)
    expect(heading(page)).to_have_text("The same layer as one matrix W")
    expect(marked_cost(page)).to_have_text("Convolution")
    network = canvas(page, "Network")
    drawn = [colours(network)]
    for n, kind in enumerate(["Fully connected", "Locally connected", "Convolution"]):
        if n == 1:
            page.keyboard.press("ArrowRight")
        else:
            stages(page).nth(n).click()
        expect_stage(page, n)
        expect(stages(page).nth(n)).to_have_attribute("aria-checked", "true")
        expect(marked_cost(page)).to_have_text(kind)
        until(page, lambda: colours(network) != drawn[-1])
        drawn.append(colours(network))
    assert drawn[1] != drawn[2]
    assert drawn[3] == drawn[0]
    told, picture = box_of(page.locator(".told-now")), box_of(page.locator("canvas.told"))
    assert told["y"] + told["height"] <= picture["y"]
    press(page, "Back to W")
    expect(stages(page).nth(2)).to_have_attribute("aria-checked", "false")


def test_while_the_story_is_open_p_plays_it_and_never_the_scan_at_once(page: Page) -> None:
    open_app(page, "present=1")
    story, scan = page.locator(".tying-play"), page.locator(".scan .play")
    page.keyboard.press("p")
    expect(scan).to_have_text("Pause")
    press(page, TELL)
    expect(story).to_have_text("Pause")
    expect(scan).to_have_text("Play")
    for label in ("Play", "Pause"):
        page.keyboard.press("p")
        expect(story).to_have_text(label)
        expect(scan).to_have_text("Play")
    scan.click()
    expect(scan).to_have_text("Pause")
    expect(story).to_have_text("Play")
    page.locator("h1").click()
    page.keyboard.press("p")
    expect(story).to_have_text("Pause")
    expect(scan).to_have_text("Play")


@pytest.mark.long
def test_the_story_plays_to_its_end_by_itself_on_a_large_photograph(page: Page) -> None:
    open_app(page, "image=pagoda&side=512&present=1")
    press(page, TELL)
    expect(page.locator(".told-name")).to_have_text("Locality", timeout=20_000)
    expect(page.locator(".told-name")).to_have_text("The kernel", timeout=20_000)
    expect(page.locator(".tying-play")).to_have_text("Play", timeout=20_000)
    expect(page.locator(".told-count")).to_have_text("9 free parameters")


def test_whoever_wants_less_motion_sees_four_still_pictures(new_page: NewPage) -> None:
    page = new_page((1366, 768))
    page.emulate_media(reduced_motion="reduce")
    open_app(page)
    press(page, TELL)
    stills = page.locator(".stills figure")
    expect(stills).to_have_count(4)
    for n, (name, count) in enumerate(STAGES):
        expect(stills.nth(n).locator("figcaption")).to_contain_text(f"{name}{count}")
        expect(page.get_by_role("img", name=f"{n + 1} of 4: {name}")).to_be_visible()
    expect(page.locator(".tying-play")).to_be_hidden()


def test_the_last_stage_has_the_numbers_of_the_kernel_as_they_are_now(page: Page) -> None:
    open_app(page)
    stages(page).nth(3).click()
    told = page.locator(".loom canvas.told")
    seen = [colours(told)]

    def expect_change() -> None:
        until(page, lambda: colours(told) != seen[-1])
        seen.append(colours(told))

    for value in ("7", "0"):
        weight(page, 1, 1).fill(value)
        expect_change()  # while it is typed
    weight(page, 1, 1).press("Enter")
    settled(page)
    page.locator(".st-key-bar_kernel button").click()
    page.get_by_role("button", name="Rotate", exact=False).first.click()  # from outside the loom
    expect_change()


def test_beside_w_stand_its_transpose_and_the_windows_as_columns_linked_like_the_rest(page: Page) -> None:
    sent = frames_sent(page)
    open_app(page)
    before = len(sent)
    press(page, "Wᵀ")
    face = page.locator(".loom canvas.face")
    line = page.locator(".face-line")
    expect(line).to_contain_text("Wᵀ, 64 × 36")
    expect(line).to_contain_text("Not an inverse: ‖WᵀWx − x‖ =")
    move_to(face, 0.5, 8.5 / 36)  # column 9 of 36 is output (2, 3)
    expect(page.locator(".sum")).to_contain_text("Y[2,3] =")
    assert set(page.locator(".weights label").evaluate_all(KERNEL_COLOURS)) <= colours(face).keys()
    press(page, "im2col")
    expect(heading(page)).to_have_text("The windows of X as columns")
    expect(line).to_contain_text("im2col, 9 × 36")
    expect(line).to_contain_text("kernel 36 B, im2col 1.3 kB, W sparse 2.7 kB, W in full 9.2 kB")
    move_to(face, 0.5, 35.5 / 36)
    expect(page.locator(".sum")).to_contain_text("Y[6,6] =")
    face.press("ArrowLeft")
    expect(page.get_by_role("button", name="im2col")).to_have_attribute("aria-pressed", "true")
    assert len(sent) == before
    face.press("Escape")
    expect(face).to_be_hidden()


def letters(page: Page, name: str, act: Callable[[], None]) -> list[dict[str, Any]]:
    """What an act writes on the canvas of this class."""
    page.evaluate("() => (window.written = {})")
    act()
    until(page, lambda: bool(page.evaluate("(name) => window.written[name]", name)))
    return list(page.evaluate("(name) => window.written[name]", name))


def weight_between(output: float, pixel: float) -> str:
    """The letter of the weight that this output of 6 × 6 has for this pixel of 8 × 8."""
    (i, j), (r, c) = divmod(int(output), 6), divmod(int(pixel), 8)
    return "ABCDEFGHI"[3 * (r - i) + c - j] if 0 <= r - i < 3 and 0 <= c - j < 3 else ""


@pytest.mark.long
def test_letters_stand_on_the_colours_of_what_stands_in_the_place_of_w_too(page: Page) -> None:
    page.add_init_script(LETTERS_NOTED)
    open_app(page, "marks=letters")
    face = letters(page, "face", lambda: press(page, "Wᵀ"))
    assert {one["text"] for one in face} == set("ABCDEFGHI")
    assert all(one["text"] == weight_between(36 * one["x"], 64 * one["y"]) for one in face)
    columns = letters(page, "face", lambda: press(page, "im2col"))
    assert {one["text"]: int(9 * one["y"]) for one in columns} == {letter: n for n, letter in enumerate("ABCDEFGHI")}
    press(page, "im2col")
    unshared = letters(page, "told", lambda: stages(page).nth(1).click())
    assert len({one["text"] for one in unshared}) > 50
    shared = letters(page, "told", lambda: stages(page).nth(2).click())
    assert {one["text"] for one in shared} == set("ABCDEFGHI")
    assert all(one["text"] == weight_between(36 * one["y"], 64 * one["x"]) for one in shared)
    kernel = letters(page, "told", lambda: stages(page).nth(3).click())
    assert {"F₁₁ A", "F₃₃ I"} <= {one["text"] for one in kernel}
    press(page, "Back to W")
    button(page, "Letters on the colours").click()
    settled(page)
    page.evaluate("() => (window.written = {})")
    press(page, "Wᵀ")
    assert page.evaluate("() => window.written.face") is None


def test_untied_copies_drift_in_one_step_and_are_tied_to_their_mean_and_the_count_follows(page: Page) -> None:
    open_app(page)
    press(page, "Untie all")
    line = page.locator(".face-line")
    face = page.get_by_role("img", name="Copies of each weight")
    expect(heading(page)).to_have_text("A copy of each weight for every output")
    seen: dict[str, int] = {}  # colours, by stage
    for name, said in (
        ("Copies", "324 free parameters. The 9 weights became 324 copies, all still equal."),
        ("Gradients", "Target: the sharpened picture"),
        ("One step", "they drift apart"),
        ("Tie", "9 free parameters."),
    ):
        page.get_by_role("radio", name=name, exact=True).click()
        expect(line).to_contain_text(said)
        expect(marked_cost(page)).to_have_text("Convolution" if name == "Tie" else "Locally connected")
        if seen:  # the picture follows its words by a frame
            until(page, lambda: len(colours(face)) != [*seen.values()][-1])
        seen[name] = len(colours(face))
    assert seen["One step"] > seen["Copies"]
    assert seen["Gradients"] > seen["Tie"]
    move_to(face, 0.32, 0.01)  # the last row of the first map
    expect(page.locator(".sum")).to_contain_text("Y[6,1] =")
    press(page, "Back to W")
    expect(face).to_be_hidden()


def test_a_connection_is_called_shared_only_while_it_is(page: Page) -> None:
    open_app(page)
    on_an_edge = partial(move_to, canvas(page, "Network"), 0.5, (0.5 / 64 + 0.5 / 36) / 2)
    on_an_edge()
    expect(page.locator(".sum")).to_contain_text("shared with every other cell of this colour")
    press(page, "Untie all")
    tip = page.locator(".face-copies").evaluate("(button) => getComputedStyle(button, '::after').content")
    assert tip == "none"  # or it would lie on what one presses next
    for stage, said in (
        ("Copies", "one of 324 free copies, which no other cell shares"),
        ("Gradients", "one of 324 free copies"),
        ("One step", "before the step, now one of 324 free copies with a value of its own"),
        ("Tie", "before the step, now the mean of its copies"),
    ):
        page.get_by_role("radio", name=stage, exact=True).click()
        on_an_edge()
        expect(page.locator(".sum")).to_contain_text(said)
        expect(page.locator(".sum")).not_to_contain_text("shared with")
        page.locator(".weights label").first.hover()
        expect(page.locator(".sum")).to_contain_text(
            "is one number, used 36 times" if stage == "Tie" else "became 36 free copies, one for each use"
        )
    press(page, "Back to W")
    on_an_edge()
    expect(page.locator(".sum")).to_contain_text("shared with every other cell of this colour")
