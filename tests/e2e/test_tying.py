"""What stands in the place of W: from dense to shared, played or in still pictures; its transpose; im2col."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPage
from tests.support.user import button, canvas, frames_sent, open_app, press, settled, until, weight

TELL = "From dense to shared"
STAGES = [("Fully connected", "2,304"), ("Locality", "324"), ("Weight sharing", "9"), ("The kernel", "9")]
COLOURS_OF = """(canvas) => {
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const found = new Map();
  for (let n = 0; n < data.length; n += 4) {
    const colour = `rgb(${data[n]}, ${data[n + 1]}, ${data[n + 2]})`;
    if (data[n + 3] === 255) found.set(colour, (found.get(colour) ?? 0) + 1);
  }
  return [data.length / 4, [...found]];
}"""


def colours(page: Page) -> tuple[float, set[str]]:
    """How much of the stage's canvas is filled, and the colours that fill more than a speck of it."""
    total, found = page.locator(".loom canvas.told").evaluate(COLOURS_OF)
    filled = sum(many for _, many in found)
    return filled / total, {colour for colour, many in found if many > 0.002 * filled}


def expect_stage(page: Page, n: int) -> None:
    name, count = STAGES[n]
    expect(page.locator(".told-name")).to_have_text(name)
    expect(page.locator(".told-count")).to_have_text(f"{count} free parameters")


def test_the_story_plays_pauses_and_steps_from_static_to_the_colours_of_the_kernel_without_a_message(
    page: Page,
) -> None:
    sent = frames_sent(page)
    open_app(page)
    settled(page)
    before = len(sent)
    of_the_kernel = set(page.locator(".weights label").evaluate_all("(all) => all.map((one) => one.style.background)"))
    assert len(of_the_kernel) == 9
    press(page, TELL)
    expect_stage(page, 0)
    page.locator(".tying").get_by_role("button", name="Pause").click()
    filled, seen = colours(page)
    assert filled > 0.99
    assert len(seen) > 50
    step = page.locator(".tying").get_by_role("button", name="Step")
    for n in (1, 2, 3):
        step.click()
        expect_stage(page, n)
        filled, seen = colours(page)
        if n == 1:
            assert filled == pytest.approx(324 / 2304, abs=0.01)
            assert len(seen) > 50
        else:
            assert of_the_kernel <= seen
        if n == 2:
            assert filled == pytest.approx(324 / 2304, abs=0.01)
            assert len(seen) == 9
    expect(page.locator(".told-line")).to_contain_text("256 times fewer than fully connected")
    step.click()
    expect_stage(page, 0)
    slider = page.get_by_role("slider", name="Stage")
    slider.fill("4000")  # between the first two stages the count falls through what lies between theirs
    between = int(re.sub(r"\D", "", page.locator(".told-count").inner_text()))
    assert 324 < between < 2304
    slider.press("End")
    expect_stage(page, 3)
    assert len(sent) == before
    page.keyboard.press("Escape")
    expect(button(page, TELL)).to_be_visible()
    expect(canvas(page, "Weight matrix")).to_be_visible()
    expect(page.locator(".loom canvas.told")).to_be_hidden()


def test_the_stages_and_their_counts_stand_above_w_and_each_can_be_chosen(page: Page) -> None:
    open_app(page)
    stages = page.get_by_role("radiogroup", name="Stages").get_by_role("radio")
    counted = [*((count, name) for name, count in STAGES[:3]), ("3 × 3", "The kernel")]
    assert [tuple(text.split("\n")) for text in stages.all_inner_texts()] == counted
    expect(page.get_by_role("radio", checked=True).filter(has_text="Locality")).to_have_count(0)
    stages.nth(1).click()
    expect_stage(page, 1)
    page.keyboard.press("ArrowRight")
    expect_stage(page, 2)
    expect(stages.nth(2)).to_have_attribute("aria-checked", "true")
    press(page, "Back to W")
    expect(stages.nth(2)).to_have_attribute("aria-checked", "false")


def test_the_panel_names_the_stage_beside_w_and_the_network_has_its_connections(page: Page) -> None:
    open_app(page)
    network = canvas(page, "Network")
    usual = _colours_of(network)
    stages = page.get_by_role("radiogroup", name="Stages").get_by_role("radio")
    drawn = [usual]
    for n in range(3):
        stages.nth(n).click()
        expect_stage(page, n)
        until(page, lambda: _colours_of(network) != drawn[-1])
        drawn.append(_colours_of(network))
    assert drawn[1] != drawn[2]
    assert drawn[3] == usual
    told, picture = page.locator(".told-now").bounding_box(), page.locator("canvas.told").bounding_box()
    assert told is not None
    assert picture is not None
    assert told["y"] + told["height"] <= picture["y"]
    page.get_by_role("slider", name="Stage").fill("4000")
    expect(page.locator(".told-name")).to_have_text("Fully connected → Locality")
    expect(page.locator(".told-count")).not_to_contain_text("free parameter")


def _colours_of(picture: Locator) -> dict[str, int]:
    return dict(picture.evaluate(COLOURS_OF)[1])


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


def test_the_heading_and_the_mark_of_the_costs_follow_what_is_shown(page: Page) -> None:
    open_app(page)
    heading, marked = page.locator(".loom .shown-as"), page.locator(".loom .costs .chosen .name")
    expect(heading).to_have_text("The same layer as one matrix W")
    expect(marked).to_have_text("Convolution")
    stages = page.get_by_role("radiogroup", name="Stages").get_by_role("radio")
    for n, name in enumerate(["Fully connected", "Locally connected", "Convolution", "Convolution"]):
        stages.nth(n).click()
        expect(marked).to_have_text(name)
    press(page, "Back to W")
    press(page, "Untie all")
    expect(heading).to_have_text("A copy of each weight for every output")
    for stage, name in [("One step", "Locally connected"), ("Tie", "Convolution")]:
        page.get_by_role("radio", name=stage, exact=True).click()
        expect(marked).to_have_text(name)
    press(page, "Back to W")
    press(page, "im2col")
    expect(heading).to_have_text("The windows of X as columns")


def test_the_last_stage_has_the_numbers_of_the_kernel_as_they_are_now(page: Page) -> None:
    open_app(page)
    page.get_by_role("radiogroup", name="Stages").get_by_role("radio").nth(3).click()
    told = page.locator(".loom canvas.told")
    seen = [told.evaluate("(canvas) => canvas.toDataURL()")]
    for value in ("7", "0"):
        weight(page, 1, 1).fill(value)
        until(page, lambda: told.evaluate("(canvas) => canvas.toDataURL()") != seen[-1])  # while it is typed
        seen.append(told.evaluate("(canvas) => canvas.toDataURL()"))
    weight(page, 1, 1).press("Enter")
    settled(page)
    page.locator(".st-key-bar_kernel button").click()
    page.get_by_role("button", name="Rotate", exact=False).first.click()  # from outside the loom
    until(page, lambda: told.evaluate("(canvas) => canvas.toDataURL()") != seen[-1])


def test_beside_w_stand_its_transpose_and_the_windows_as_columns_linked_like_the_rest(page: Page) -> None:
    sent = frames_sent(page)
    open_app(page)
    settled(page)
    before = len(sent)
    press(page, "Wᵀ")
    face = page.locator(".loom canvas.face")
    line = page.locator(".face-line")
    expect(line).to_contain_text("Wᵀ, 64 × 36")
    expect(line).to_contain_text("Not an inverse: ‖WᵀWx − x‖ =")
    _point_at_column(page, face, 8)  # column 9 of 36 is output (2, 3)
    expect(page.locator(".sum")).to_contain_text("Y[2,3] =")
    _, found = face.evaluate(COLOURS_OF)
    of_the_kernel = set(page.locator(".weights label").evaluate_all("(all) => all.map((one) => one.style.background)"))
    assert of_the_kernel <= {colour for colour, _ in found}
    press(page, "im2col")
    expect(line).to_contain_text("im2col, 9 × 36")
    expect(line).to_contain_text("kernel 36 B, im2col 1.3 kB, W sparse 2.7 kB, W in full 9.2 kB")
    _point_at_column(page, face, 35)
    expect(page.locator(".sum")).to_contain_text("Y[6,6] =")
    face.press("ArrowLeft")
    expect(page.get_by_role("button", name="im2col")).to_have_attribute("aria-pressed", "true")
    assert len(sent) == before
    face.press("Escape")
    expect(face).to_be_hidden()


WRITTEN = """
  window.written = {};
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
    const { width, height } = this.canvas.getBoundingClientRect();
    (window.written[this.canvas.className] ??= []).push([text, x / width, y / height]);
    return write.call(this, text, x, y, ...more);
  };
"""


def _letters(page: Page, name: str, act: Callable[[], None]) -> list[tuple[str, float, float]]:
    """What an act writes on the canvas of this class: the text, and where, in parts of its width and height."""
    page.evaluate("() => (window.written = {})")
    act()
    until(page, lambda: bool(page.evaluate("(name) => window.written[name]", name)))
    return [(text, x, y) for text, x, y in page.evaluate("(name) => window.written[name]", name)]


def _weight(output: float, pixel: float) -> str:
    """The letter of the weight that this output of 6 × 6 has for this pixel of 8 × 8."""
    (i, j), (r, c) = divmod(int(output), 6), divmod(int(pixel), 8)
    return "ABCDEFGHI"[3 * (r - i) + c - j] if 0 <= r - i < 3 and 0 <= c - j < 3 else ""


@pytest.mark.long
def test_letters_stand_on_the_colours_of_what_stands_in_the_place_of_w_too(page: Page) -> None:
    page.add_init_script(WRITTEN)
    open_app(page, "marks=letters")
    face = _letters(page, "face", lambda: press(page, "Wᵀ"))
    assert {text for text, _, _ in face} == set("ABCDEFGHI")
    assert all(text == _weight(36 * x, 64 * y) for text, x, y in face)
    columns = _letters(page, "face", lambda: press(page, "im2col"))
    assert {text: int(9 * y) for text, _, y in columns} == {letter: n for n, letter in enumerate("ABCDEFGHI")}
    press(page, "im2col")
    stages = page.get_by_role("radiogroup", name="Stages").get_by_role("radio")
    assert len({text for text, _, _ in _letters(page, "told", lambda: stages.nth(1).click())}) > 50  # nothing is shared
    shared = _letters(page, "told", lambda: stages.nth(2).click())
    assert {text for text, _, _ in shared} == set("ABCDEFGHI")
    assert all(text == _weight(36 * y, 64 * x) for text, x, y in shared)
    kernel = {text for text, _, _ in _letters(page, "told", lambda: stages.nth(3).click())}
    assert {"F₁₁ A", "F₃₃ I"} <= kernel
    press(page, "Back to W")
    button(page, "Letters on the colours").click()
    settled(page)
    page.evaluate("() => (window.written = {})")
    press(page, "Wᵀ")
    assert page.evaluate("() => window.written.face") is None


def _point_at_column(page: Page, face: Locator, column: int) -> None:
    """Move the mouse to the middle of a column of 36."""
    box = face.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + (column + 0.5) * box["width"] / 36, box["y"] + box["height"] / 2)


def test_untied_copies_drift_in_one_step_and_are_tied_to_their_mean_and_the_count_follows(page: Page) -> None:
    open_app(page)
    press(page, "Untie all")
    line = page.locator(".face-line")
    face = page.get_by_role("img", name="Copies of each weight")
    seen: dict[str, int] = {}
    for name, said in (
        ("Copies", "324 free parameters. The 9 weights became 324 copies, all still equal."),
        ("Gradients", "Target: the sharpened picture"),
        ("One step", "they drift apart"),
        ("Tie", "9 free parameters."),
    ):
        page.get_by_role("radio", name=name, exact=True).click()
        expect(line).to_contain_text(said)
        if seen:  # the picture follows its words by a frame
            until(page, lambda: len(face.evaluate(COLOURS_OF)[1]) != [*seen.values()][-1])
        seen[name] = len(face.evaluate(COLOURS_OF)[1])
    assert seen["One step"] > seen["Copies"]
    assert seen["Gradients"] > seen["Tie"]
    box = face.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 3 - 3)  # the last row of the first map
    expect(page.locator(".sum")).to_contain_text("Y[6,1] =")
    press(page, "Back to W")
    expect(face).to_be_hidden()


def test_a_connection_is_called_shared_only_while_it_is(page: Page) -> None:
    open_app(page)
    network = canvas(page, "Network").bounding_box()
    assert network is not None
    on_an_edge = network["x"] + network["width"] * (0.5 / 64 + 0.5 / 36) / 2, network["y"] + network["height"] / 2
    page.mouse.move(*on_an_edge)
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
        page.mouse.move(*on_an_edge)
        expect(page.locator(".sum")).to_contain_text(said)
        expect(page.locator(".sum")).not_to_contain_text("shared with")
        page.locator(".weights label").first.hover()
        expect(page.locator(".sum")).to_contain_text(
            "is one number, used 36 times" if stage == "Tie" else "became 36 free copies, one for each use"
        )
    press(page, "Back to W")
    page.mouse.move(*on_an_edge)
    expect(page.locator(".sum")).to_contain_text("shared with every other cell of this colour")
