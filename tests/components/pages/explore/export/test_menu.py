"""What can be taken away from Explore, as a visitor is offered it; and his own picture's map at its full size."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import streamlit as st

from components.display.export import Export
from components.display.layer import Convolved, layer_of, output_map
from components.pages.explore.export import figure, files, full_size
from components.session import runs
from components.state.link import edited
from components.state.setup import UPLOAD, Setup
from kernels.images.decode import planes
from kernels.layer.spec import SpecError
from tests.support.brought import answer, brought, taken, texts_in
from tests.support.explored import picture_of
from tests.support.pictures import rgb
from tests.support.visitor import Visitor, as_read, saved
from tests.support.work import Busy

BIG = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
QUERIES: list[dict[str, str]] = [
    {"image": "digit", "side": "8"},
    {"side": "512", "kernel": "1,2,3;4,5,6;7,8,9"},
    {"colour": "rgb", "bias": "1", "flip": "1", "view": "local"},
]
NOTHING: tuple[dict[str, list[str]], bytes] = ({"asked": []}, b"")


class Page(Visitor):
    """One visitor's session on the Explore page; notes the map at full size that is offered."""

    offered: tuple[bytes, str] | None = None

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **query: str) -> None:
        offer = st.download_button

        def noted(label: str, data: bytes, name: str, *more: Any, **settings: Any) -> bool:  # noqa: ANN401  # Streamlit's
            self.offered = data, name
            return bool(offer(label, data, name, *more, **settings))

        monkeypatch.setattr(st, "download_button", noted)
        super().__init__(**query)

    @property
    def state(self) -> Setup:
        found: Setup = self.at.session_state["session"].setup
        return found

    @property
    def right(self) -> tuple[Export, ...]:
        """What is to be on offer in this state."""
        state, picture = self.state, picture_of(self.state)
        layer = layer_of(state, picture.shape[1:])
        return files.exports(Convolved(state, layer, picture, output_map(state, layer, picture)), "")

    @property
    def on_offer(self) -> list[str]:
        return sorted(str(button.key) for button in self.at.button if str(button.key).startswith("take_"))

    @property
    def captions(self) -> list[str]:
        return [as_read(node.value) for node in self.at.caption]

    @property
    def full(self) -> bytes | None:
        """The map at full size, if it is on offer."""
        return self.offered[0] if self.offered and self.has("full") else None


pytestmark = pytest.mark.usefixtures("record_by_record")


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Page:
    """A visitor with a picture of his own, whose map is made in strips of a few rows."""
    monkeypatch.setattr(full_size, "STRIP", 40 * 118)
    page = Page(monkeypatch)
    page.upload("mine.png", saved(BIG))
    return page


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_every_export_has_its_button_and_a_refused_one_says_why(
    query: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(monkeypatch, **query)
    assert page.on_offer == sorted(f"take_{export.name}" for export in page.right)
    for export in page.right:
        button = page.named(f"take_{export.name}")
        assert (button.label, button.help) == (export.label, export.note)
        assert button.proto.disabled == bool(export.refused)
        assert not export.refused or export.refused in page.captions
    assert (page.errors, page.warnings, brought(page)) == ([], [], NOTHING)
    assert not page.has("full_start")
    assert not [caption for caption in page.captions if "full size" in caption]
    refused = {export.name for export in page.right if export.refused}
    assert refused >= {"scan.gif", "matrix.csv"} if query == QUERIES[1] else not refused


def test_a_pressed_button_brings_the_file_of_this_state_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(monkeypatch, **QUERIES[0])
    for export in page.right:
        if export.name != "handout.html":
            name = "picture.png" if export.name == "picture.png" else f"weight-loom-{export.name}"
            assert taken(page, f"take_{export.name}") == (name, export.mime, export.make())
    page.put("stride", 2)
    handout = taken(page, "take_handout.html")[2].decode()
    assert all(f"{name}={value}" in handout for name, value in (("stride", 2), ("side", 8), ("image", "digit")))
    page.send("loom", "edit", {"origin": page.data("loom")["origin"], "serial": 1, "kernel": [[1.5, 2, 3]] * 3})
    assert taken(page, "take_kernel.csv")[2] == b"1.5,2.0,3.0\n" * 3
    assert brought(page) == NOTHING


def test_the_run_after_and_another_page_bring_nothing_and_nothing_of_the_file_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = Page(monkeypatch, side="8")
    page.press("take_kernel.csv")
    header, file = brought(page)
    assert file == next(export for export in page.right if export.name == "kernel.csv").make()
    kept = texts_in(page.at.session_state["session"])
    assert header["serial"] in kept  # so far one looks
    assert not [text for text in kept if isinstance(text, bytes) and file in text]
    page.run()
    assert brought(page) == ({"asked": [header["serial"]]}, b"")
    answer(page)
    assert brought(page) == NOTHING
    page.press("take_figure.png")
    page.go("quiz")
    page.go("explore")
    assert brought(page) == NOTHING


def test_what_cannot_be_made_is_said_beside_the_buttons(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(monkeypatch, side="8")
    for error, said in (
        (SpecError("too many threads"), "Too many threads."),
        (MemoryError(), "not have enough memory"),
    ):

        def fail(*_: object, error: Exception = error) -> bytes:
            raise error

        monkeypatch.setattr(figure, "figure_svg", fail)
        page.press("take_figure.svg")
        (shown,) = page.errors
        assert said in shown
        assert brought(page) == NOTHING
        assert taken(page, "take_figure.png")[2].startswith(b"\x89PNG")
        assert page.errors == []


def test_a_refused_file_is_not_made_for_whoever_asks_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(monkeypatch, **QUERIES[1])
    button = page.named("take_matrix.csv")
    assert button.proto.disabled
    button.proto.disabled = False  # in his browser
    page.press("take_matrix.csv")
    assert brought(page) == NOTHING


def test_where_the_kernel_does_not_fit_nothing_is_on_offer(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(monkeypatch, side="8", kernel=";".join(["1"] * 15))
    page.is_sound()
    assert (page.on_offer, page.has("download")) == ([], False)


# The map at full size.


def test_an_upload_s_map_is_made_and_offered(visit: Page) -> None:
    assert visit.named("full_start").label == "Compute the output at full size"
    assert visit.full is None
    visit.press("full_start")
    assert visit.full is not None
    assert visit.offered == (visit.full, "weight-loom-full.png")
    state, levels = edited(Setup(), image=UPLOAD), planes(BIG, "grey")
    result = output_map(state, layer_of(state, levels.shape[1:]), levels)
    np.testing.assert_array_equal(rgb(visit.full), figure.output_picture(result))
    visit.run()
    assert visit.has("full_start")


def test_stopped_or_changed_it_stops_and_the_next_one_begins_anew(visit: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Busy()
    stops: list[Callable[[], None]] = [
        *(lambda: visit.press("full_stop"), lambda: visit.put("bias", 1.0), lambda: visit.put("flip", True))
    ]
    with monkeypatch.context() as patch:
        patch.setattr(runs, "pool", lambda: busy)
        for stop in stops:
            visit.press("full_start")
            assert (visit.has("full_stop"), visit.full) == (True, None)
            stop()
            busy.work()
            visit.run()
            assert (visit.has("full_start"), visit.has("full_stop"), visit.full) == (True, False, None)
    visit.press("full_start")
    assert visit.full is not None


def test_what_cannot_be_made_is_said_in_words(visit: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_size, "MOST", 5000)
    visit.press("full_start")
    visit.run()
    (error,) = visit.errors
    assert "pixels" in error
    assert (visit.has("full_start"), visit.full) == (True, None)


def test_the_file_is_there_as_long_as_its_picture_is_and_held_by_no_button_when_it_had_to_go(visit: Page) -> None:
    visit.go("quiz")
    visit.go("explore")
    assert visit.state.image == UPLOAD
    assert visit.has("full_start")
    visit.at.session_state["session"].upload.original.data = b""
    visit.press("full_start")
    assert visit.full is None
    assert any("no longer kept" in caption for caption in visit.captions)
    visit.upload("mine.png", saved(BIG))
    assert visit.has("full_start")
    visit.press("upload_remove")
    assert not visit.has("full_start")


def test_another_visitor_s_file_is_not_his(visit: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    visit.press("full_start")
    second = Page(monkeypatch, image=UPLOAD)
    assert not second.has("full_start")
    assert second.state == Setup()
