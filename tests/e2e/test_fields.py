"""What is typed into a field for a number: read as people write numbers, or refused in words; never dropped or bent."""

import re
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Locator, Page, expect

from components.pages.channels.state import Channels
from tests.support.pages import PATHS
from tests.support.user import (
    MENU_OF,
    MENUS,
    button,
    click_at,
    enter,
    fetched,
    frames_sent,
    in_url,
    menu,
    open_app,
    query,
    says,
    settled,
    spin,
    state_in_url,
    type_over,
    weight,
    wired,
)

pytestmark = pytest.mark.firefox

UNREADABLE = ("", "abc", "1/", "1,234", "1e99", "9000000")


def give(field: Locator, text: str, leave: str = "Tab") -> None:
    """Type over what a field holds, and leave it by this key."""
    type_over(field, text)
    field.page.keyboard.press(leave)


def untied_copy(page: Page) -> Locator:
    """The field of a copy that a link unties, pinned."""
    open_app(page, "image=digit&side=8&kernel=0,0,0;0,1,0;0,0,0&untied=13,1,1,1")
    click_at(page, "Output", 2, 1, (6, 6))
    click_at(page, "Weight matrix", 13, 26, (36, 64))
    return spin(page, "Value of this copy of F₂₂")


# Where the first tab of a page has no number fields: one that has.
TABS = {"compare": "comparison=shift", "train": "train_tab=teacher"}


@pytest.mark.parametrize(
    "path",
    [path if path == PATHS[0] else pytest.param(path, marks=pytest.mark.long) for path in PATHS if path != "lesson"],
)
def test_every_number_field_keeps_its_number_when_it_is_emptied_or_cannot_be_read(page: Page, path: str) -> None:
    sent = frames_sent(page)
    link = {"explore": "bias=0.25", **TABS}.get(path, "")
    open_app(page, link, f"/{path}" if path != PATHS[0] else "/")
    for closed in page.locator("details:not([open]) summary").all():
        closed.click()
    keeps_its_numbers(page, page.locator("body"), sent)
    for name in MENUS:
        if page.locator(f".st-key-bar_{name}").count():
            with menu(page, name):
                settled(page)
                opened = page.get_by_test_id("stPopoverBody")
                if opened.get_by_role("spinbutton").count():
                    keeps_its_numbers(page, opened, sent)
    assert query(page) == dict(parse_qsl(link))


def is_about_a_menu(frame: str | bytes) -> bool:
    return b"wanted" in (frame.encode() if isinstance(frame, str) else frame)


def keeps_its_numbers(page: Page, place: Locator, sent: list[str | bytes]) -> None:
    """Each field within this place, up to two dozen."""
    fields = place.get_by_role("spinbutton")
    expect(fields.first).to_be_visible()
    before = fields.evaluate_all("all => all.map((field) => field.value)")
    for n, field in enumerate(fields.all()[:24]):
        said, text = len(sent), UNREADABLE[n % len(UNREADABLE)]
        give(field, text)
        expect(field).to_have_value(before[n])
        sentence = str(field.evaluate("field => field.getRootNode().querySelector('.told, .complaint').textContent"))
        assert f" is still {before[n]}: " in sentence
        assert ("not “" in sentence) == (text != "")
        assert (f"“{text}”" in sentence) == (text != "")
        assert re.search(r"enter a .*number from .+ to ", sentence)
        told = [frame for frame in sent[said:] if not is_about_a_menu(frame)]  # the next stop of Tab may be its button
        assert not told or "row" in str(field.get_attribute("aria-label"))  # weights are sent as one types
    settled(page)
    assert fields.evaluate_all("all => all.map((field) => field.value)") == before


SAYS = {"0,5": 0.5, "-1,25": -1.25, "1/9": 1 / 9, "−1/8": -0.125, ".5": 0.5, "1e-3": 0.001}


def test_a_bias_and_weights_are_read_as_people_write_them(page: Page) -> None:
    open_app(page)
    for text, number in SAYS.items():
        enter(page, "Bias", text)
        give(weight(page, 1, 2), text, "Enter")
        settled(page)
        assert (state_in_url(page).bias, state_in_url(page).kernel[0][1]) == (number, number)
    open_app(page, path="/channels")
    for text, number in SAYS.items():
        give(spin(page, "Output 1, Green, row 1 column 1"), text)
        page.wait_for_url(re.compile("filters="))
        settled(page)
        assert in_url(page, Channels()).filters[0][1][0][0] == number


def test_an_untied_copy_is_typed_like_any_weight(page: Page) -> None:
    field = untied_copy(page)
    for text, number in (("-1,25", -1.25), ("1/9", 1 / 9), ("", 1 / 9), ("1.2.3", 1 / 9)):
        give(field, text)
        settled(page)
        assert state_in_url(page).untied == ((13, 1, 1, number),)


def test_a_cleared_weight_is_what_it_was_before_the_edit(page: Page) -> None:
    open_app(page)
    for text in ("5", "7"):
        give(weight(page, 1, 1), text, "Enter")
    give(weight(page, 1, 1), "")
    settled(page)
    expect(weight(page, 1, 1)).to_have_value("7")
    assert state_in_url(page).kernel[0][0] == 7
    page.reload()
    settled(page)
    give(weight(page, 1, 1), "1200,5.3")  # what is typed on the way is shown, and taken back
    settled(page)
    assert state_in_url(page).kernel[0][0] == 7


def test_arrow_keys_and_buttons_step_and_stop_at_the_limits(page: Page) -> None:
    open_app(page, "dilation=8&bias=0.25")
    for label, key in (("Bias", "ArrowUp"), ("Bias", "ArrowUp"), ("Stride", "ArrowDown"), ("Dilation", "ArrowUp")):
        with menu(page, MENU_OF[label]):
            spin(page, label).focus()
            page.keyboard.press(key)
            settled(page)
    assert query(page) == {"dilation": "8", "bias": "0.45"}
    with menu(page, "geometry"):
        assert spin(page, "Stride").evaluate("field => field.nextElementSibling.disabled")


def test_every_weight_steps_by_a_tenth_and_with_shift_by_a_whole(page: Page) -> None:
    step_up(page, untied_copy(page))
    step_up(page, weight(page, 1, 2))
    state = state_in_url(page)
    assert (state.untied, state.kernel[0][1]) == (((13, 1, 1, 2.2),), 1.2)
    open_app(page, path="/channels")
    field = spin(page, "Output 1, Green, row 1 column 1")
    before = float(str(field.get_attribute("aria-valuenow")))
    step_up(page, field)
    assert in_url(page, Channels()).filters[0][1][0][0] == pytest.approx(before + 1.2)


def step_up(page: Page, field: Locator) -> None:
    """By two tenths and a whole."""
    before = page.url
    field.focus()
    for key in ("ArrowUp", "Shift+ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    page.wait_for_url(lambda address: address != before)
    settled(page)


def test_on_a_slow_line_no_old_number_comes_back(page: Page) -> None:
    wire = wired(page)
    open_app(page)
    fetched(page, "geometry", "activation", "kernel")
    wire.held = True
    stride, dilation, bias = (spin(page, label) for label in ("Stride", "Dilation", "Bias"))
    with menu(page, "geometry"):
        says(page, wire, lambda: give(stride, "2"))
    with menu(page, "activation"):
        says(page, wire, lambda: give(bias, "0.5"))
    with menu(page, "kernel"):
        says(page, wire, button(page, "Random").click)
    with menu(page, "geometry"):
        says(page, wire, lambda: give(dilation, "2", "Enter"))
        says(page, wire, lambda: give(dilation, "1", "Enter"))
        says(page, wire, lambda: give(stride, "3"))
    wire.release()
    settled(page)
    for label, value in (("Stride", "3"), ("Random seed", "1")):
        with menu(page, MENU_OF[label]):
            expect(spin(page, label)).to_have_value(value)
    state = state_in_url(page)
    assert (state.stride, state.bias, state.dilation) == (3, 0.5, 1)
