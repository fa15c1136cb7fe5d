"""Share, Present and what is hidden then: the same on every page."""

import re
from importlib import import_module
from typing import Any, get_args
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
import streamlit as st

from components.display import share
from components.display.guide import Guide, guide_page
from components.pages.channels.state import OPENING
from components.session import url
from components.state.link import edited, from_query, to_query
from components.state.setup import Setup
from components.state.show import Hideable, Show
from components.widgets import toolbar
from components.widgets.toolbar import CSS, HIDEABLE
from tests.support.pages import PATHS
from tests.support.pictures import read_png
from tests.support.visitor import Visitor, as_read, png

pytestmark = pytest.mark.long

PLACE = "http://127.0.0.1:8501/"
KEYBOARD = "Summary and keys"
PRESENTING = ["Share", "Hide parts…", KEYBOARD, "Exit"]
every_page = pytest.mark.parametrize("path", PATHS)


class Page(Visitor):
    @property
    def show(self) -> Show:
        found: Show = self.at.session_state["session"].states.of(Show)
        return found

    @property
    def toolbar(self) -> list[str]:
        return [button.label for button in self.at.button if button.key in ("share", "hiding", "shortcuts", "present")]

    @property
    def styles(self) -> str:
        """All styles on the page, without the comments."""
        return uncommented(" ".join(node.proto.body for node in self.at.get("html")))

    @property
    def codes(self) -> list[str]:
        """The link and the frame of the share dialog."""
        return [node.value for node in self.at.code][-2:]  # a page may have others above

    @property
    def captions(self) -> list[str]:
        return [as_read(node.value) for node in self.at.caption]

    @property
    def hidden(self) -> list[str]:
        """Whose rules are on the page."""
        return [name for name in HIDEABLE if style(name) in self.styles]


def style(name: str) -> str:
    """The rules of a style sheet, without the comments."""
    return uncommented((CSS / f"{name}.css").read_text("utf-8"))


def uncommented(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL).strip()


# Sharing.


@every_page
def test_the_share_dialog_has_the_address_with_all_that_is_set_and_the_guides_of_the_page(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, tuple[Guide, ...]]] = []

    def noted(page: str, guides: tuple[Guide, ...], base: str) -> str:
        made.append((page, guides))
        return guide_page(page, guides, base)

    monkeypatch.setattr(toolbar, "guide_page", noted)
    page = Page(path, present="1", hide="")
    assert not made
    page.press("share")
    link, frame = page.codes
    assert link == "?" + urlencode({"present": "1", "hide": ""})
    assert dict(parse_qsl(link[1:], keep_blank_values=True)) == page.query
    assert frame == share.frame_html(link)
    title = {"sharing": "More sharing"}.get(path, path.capitalize())
    assert made == [(title, import_module(f"components.pages.{path}.guide").guides())]
    (button,) = page.at.get("download_button")[-1:]
    assert button.proto.label == "Teacher's guide"


def test_the_link_brings_back_what_is_on_the_page_and_the_code_beside_it_is_the_link_s_and_has_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, draw = url.link, st.image
    seen: list[tuple[str, str]] = []

    def noted(picture: str, *, alt: str, **more: Any) -> None:  # noqa: ANN401  # Streamlit's own
        seen.append((picture, alt))
        draw(picture, alt=alt, **more)

    monkeypatch.setattr(url, "link", lambda: PLACE + found())  # AppTest has no address
    monkeypatch.setattr(st, "image", noted)
    state = edited(Setup(), kernel="1,2.5;-3,1e-9", padding="same", stride=2, image="cat", side=30)
    page = Page(**to_query(state))
    page.press("share")
    link, frame = page.codes
    assert link.startswith(f"{PLACE}?")
    assert from_query(dict(parse_qsl(link.partition("?")[2])), Setup()) == (state, ())
    assert frame == share.frame_html(link)
    assert page.captions.count(share.qr_note(link)) == 1
    ((picture, alt),) = seen
    assert alt == "QR code of the link above"
    shown = read_png(picture)
    np.testing.assert_array_equal(shown, share.qr_picture(link))
    assert min(shown.shape) >= 200, "a camera has to read it"


def test_a_link_too_long_for_a_code_has_none_and_says_so() -> None:
    kernel = ";".join([",".join(["0.1234567890123456"] * 15)] * 15)
    page = Page(kernel=kernel)
    page.press("share")
    link, frame = page.codes
    assert dict(parse_qsl(link[1:])) == page.query == {"kernel": kernel}
    assert "This link is too long for a QR code; copy it instead." in page.captions
    assert not any(node.type in ("imgs", "image") for node in page.at)
    assert frame == share.frame_html(link)


def test_an_uploaded_picture_is_said_to_stay_behind_only_where_there_is_one() -> None:
    page = Page()
    page.press("share")
    assert page.warnings == []
    page.run()
    page.upload("mine.png", png((200, 30, 90)))
    page.press("share")
    assert page.warnings == ["Your uploaded picture is not in the link; it stays in this session."]
    page.go("lesson")
    page.press("share")
    assert page.warnings == []  # the lesson shows another picture


def test_the_dialogs_are_gone_with_the_next_run_and_the_page_is_whole() -> None:
    page = Page(present="1")
    for key in ("share", "hiding"):
        page.press(key)
        assert any(node.type == "dialog" for node in page.at)
        page.run()
        assert not any(node.type == "dialog" for node in page.at)
        assert page.toolbar == PRESENTING


# Presenting.


def test_there_is_a_style_sheet_and_a_name_for_everything_that_can_be_hidden_and_for_nothing_else() -> None:
    assert list(HIDEABLE) == list(get_args(Hideable))
    assert {file.stem for file in CSS.glob("*")} == {"base", *HIDEABLE}
    assert all(style(name) for name in ("base", *HIDEABLE))
    assert len(set(HIDEABLE.values())) == len(HIDEABLE)


@every_page
def test_every_page_ends_with_share_and_present_and_can_be_presented_and_left_again(path: str) -> None:
    page = Page(path)
    for presenting in (False, True, False):
        page.is_sound()
        assert page.toolbar == (PRESENTING if presenting else ["Share", KEYBOARD, "Present"])
        assert page.data("keys") == {"presenting": presenting}
        assert page.show == Show(present=presenting)
        assert (style("base") in page.styles) == presenting
        assert page.hidden == (list(Show().hide) if presenting else [])
        assert page.query == ({"present": "1"} if presenting else {})
        page.press("present")


@pytest.mark.parametrize("names", [[], ["navigation"], ["sidebar", "buttons"], [*HIDEABLE]], ids=str)
def test_what_is_chosen_is_hidden_and_in_the_link(names: list[str]) -> None:
    page = Page(present="1", stride="2")
    page.press("hiding")
    page.put("hide", names)
    page.run()
    assert page.show == Show(present=True, hide=tuple(names))  # type: ignore[arg-type]  # some of them
    assert page.hidden == names
    assert page.query == {"present": "1", "stride": "2", "hide": ",".join(names)}
    again = Page(**page.query)
    assert again.show == page.show
    assert again.warnings == []
    assert again.hidden == names


def test_the_hide_list_waits_while_one_does_not_present() -> None:
    page = Page(present="1", hide="buttons", stride="2")
    page.press("present")
    assert page.query == {"hide": "buttons", "stride": "2"}
    assert page.hidden == []
    page.press("present")
    assert page.hidden == ["buttons"]
    assert page.query == {"present": "1", "hide": "buttons", "stride": "2"}


def test_a_hostile_link_is_said_and_hides_nothing_it_should_not() -> None:
    page = Page(present="yes", hide="notes,")
    page.is_sound()
    assert len(page.warnings) == 2
    assert page.show == Show()
    assert page.toolbar == ["Share", KEYBOARD, "Present"]


def test_presenting_goes_along_from_page_to_page() -> None:
    page = Page(present="1", hide="", stride="2")
    for path in (*PATHS[2:], PATHS[0]):
        page.go(path)
        assert page.show == Show(present=True, hide=())
        opening = to_query(OPENING[1]) if path == "channels" else {}
        assert page.query == opening | {"present": "1", "hide": "", "stride": "2"}
        assert page.toolbar == PRESENTING
