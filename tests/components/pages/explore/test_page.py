"""The Explore page as a visitor meets it: every control moves the loom, nothing typed or linked can break it.

No browser: `Visitor` reads what the loom is sent, and answers in its place.
"""

import io
import json
import re
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from components.session import upload
from components.session.url import shortest
from components.state.link import edited, to_query
from components.state.setup import DRAWING, LANDING, UPLOAD, Setup
from kernels.images.decode import planes, resize
from kernels.images.samples import SAMPLES
from kernels.layer.presets import kernel
from tests.support.explored import SESSION, expected
from tests.support.visitor import Visitor, as_read, png
from tests.support.work import Busy

DEFAULT = Setup()
NUMBERS = ["Longer side", "K, rows", "L, columns", "Random seed", "Stride", "Dilation", "Bias"]
LABELS = {
    "selectbox": ["Padding mode", "Activation"],
    "toggle": ["Camera", "Flip (true convolution)"],
    "button": [
        *("Random", "Zero", "Normalise", "Transpose", "Rotate by 90°", "× 1/16", "Use this matrix"),
        *("Share", "Summary and keys", "Present"),
    ],
    "button_group": ["Colour", "Padding"],
    "text_area": ["Paste a matrix"],
    "file_uploader": ["Upload a picture"],
}


class Page(Visitor):
    """One visitor's session on the Explore page."""

    def click(self, label: str) -> None:
        next(button for button in self.at.button if button.label == label).click().run()
        self.is_sound()

    def start_from(self, name: str) -> None:
        self.send("presets", "choice", name)

    def use_matrix(self, text: str) -> None:
        self.named("paste").set_value(text).run()
        self.click("Use this matrix")

    def edit(self, **message: object) -> None:
        """The loom's edit, of the kernel it was last given."""
        self.send("loom", "edit", {"origin": self.loom["origin"], "serial": 1, **message})

    @property
    def loom(self) -> dict[str, Any]:
        read: dict[str, Any] = self.data("loom")
        return read

    @property
    def captions(self) -> list[str]:
        return [as_read(caption.value) for caption in self.at.caption]

    @property
    def known(self) -> str:
        """What the kernel's menu says the weights are."""
        return str(self.at.caption[1].value)

    @property
    def proof(self) -> str:
        return next(text.value for text in self.at.markdown if "max |W·x − Y|" in text.value)


def shows(page: Page, state: Setup, picture: NDArray[np.uint8] | None = None) -> None:
    """The page shows exactly this state: loom, title, URL, and nothing went wrong."""
    page.is_sound()
    data, title = expected(state, picture)
    sent = page.loom
    assert {name: value for name, value in sent.items() if name not in SESSION} == data
    assert page.title == title
    assert page.query == shortest(to_query(state), to_query(LANDING))
    assert page.errors == []
    assert page.data("picker")["chosen"] == state.image


def photograph() -> Page:
    """The page with the picture of all links that name none."""
    return Page(image=DEFAULT.image)


def pixels(content: bytes, side: int = 64) -> NDArray[np.uint8]:
    """The grey planes of a PNG, at the working size."""
    return planes(resize(np.array(Image.open(io.BytesIO(content)).convert("RGB")), side), "grey")


@pytest.mark.parametrize("query", [{"present": "1"}, {"hide": "buttons"}, {"present": "1", "hide": ""}], ids=str)
def test_a_link_that_says_only_how_the_page_is_shown_shows_the_one_idea(query: dict[str, str]) -> None:
    page = Page(**query)
    assert (page.data("picker")["chosen"], page.query) == (LANDING.image, query)
    page.send("picker", "choice", "pagoda")
    assert page.query == {"image": "pagoda"} | query


def test_the_address_without_parameters_is_the_one_idea_without_a_word_of_warning_and_nothing_else_is() -> None:
    page = Page()
    assert page.title == "Of 2,304 weights, locality leaves 324 and sharing leaves :primary[9]"
    shows(page, LANDING)
    assert (page.warnings, page.query) == ([], {})
    page.send("picker", "choice", "pagoda")
    shows(page, DEFAULT)
    assert page.query == {"image": "pagoda"}
    page.send("picker", "choice", "digit")
    shows(page, LANDING)
    assert page.query == {}
    page.put("stride", 2)
    assert page.query == {"image": "digit", "side": "8", "stride": "2"}


def test_every_control_has_its_label() -> None:
    page = photograph()
    assert [field["label"] for field in page.number_fields.values()] == NUMBERS
    for kind, labels in LABELS.items():
        found = [widget for widget in page.at.get(kind) if not str(widget.key).startswith("take_")]
        assert [widget.label for widget in found if hasattr(widget, "label")] == labels


@pytest.mark.long
def test_a_control_changes_what_it_names_and_nothing_else_and_never_loses_the_kernel() -> None:
    page = photograph()
    own = [[1.5, -2.25, 1 / 3], [0.1, 7.0, -1e-9], [1e6, 0.0, -0.5]]
    page.edit(kernel=own)
    state = edited(DEFAULT, kernel=own)
    changes: list[tuple[str, object]] = [
        *(("stride", 16), ("stride", 2), ("dilation", 3), ("padding", "same"), ("padding", "full"), ("padding", 1)),
        *(("mode", "circular"), ("flip", True), ("bias", -1e6), ("bias", 0.25), ("activation", "relu")),
        *(("activation", "sigmoid"), ("colour", "rgb"), ("side", 8), ("side", 200)),
    ]
    for name, value in changes:
        before = page.loom
        if name == "padding":
            page.put("shortcut", "number" if value == 1 else value)
        else:
            page.put(name, value)
            assert page.value(name) == value
        state = edited(state, **{name: value})
        shows(page, state)
        assert page.warnings == []
        assert page.loom != before
    page.send("picker", "choice", "cat")
    shows(page, edited(state, image="cat"))


@pytest.mark.parametrize(
    ("field", "size", "kernel"),
    [
        ("K", 5, "0,0,0;1,0,-1;2,0,-2;1,0,-1;0,0,0"),
        ("K", 1, "2,0,-2"),
        ("L", 4, "0,1,0,-1;0,2,0,-2;0,1,0,-1"),
        ("L", 1, "0;0;0"),
    ],
)
def test_a_kernel_grows_and_shrinks_about_its_centre(field: str, size: int, kernel: str) -> None:
    page = photograph()
    page.put(field, size)
    shows(page, edited(DEFAULT, kernel=kernel))
    assert page.value(field) == size


def test_a_number_of_padding_pixels_is_asked_for_only_where_it_counts() -> None:
    page = photograph()
    assert not page.has("field:padding")
    page.put("shortcut", "number")
    assert page.data("field:padding")["label"] == "Padding (pixels per side)"
    page.put("padding", 7)
    shows(page, edited(DEFAULT, padding=7))
    page.put("shortcut", "valid")
    assert not page.has("field:padding")


def test_same_padding_is_explained_where_it_does_not_keep_the_size_or_other_libraries_pad_otherwise() -> None:
    page = Page(image="grid", side="8", padding="same", kernel="1,2;3,4")

    def told() -> list[str]:
        return [name for name in ("stride", "TensorFlow", "SciPy") if any(name in note for note in page.captions)]

    assert told() == []
    page.put("flip", True)
    assert told() == ["SciPy"]
    page.put("stride", 2)
    assert told() == ["stride"]
    page.put("K", 3)
    assert told() == ["stride", "TensorFlow"]


def test_random_is_the_kernel_of_the_next_seed_in_the_present_size() -> None:
    page = photograph()
    page.put("K", 5)
    for typed, following in ((7, 8), (9999, 0)):
        page.put("seed", typed)
        shows(page, edited(DEFAULT, kernel=kernel("random", (5, 3), typed).tolist()))
        page.click("Random")
        assert page.value("seed") == following
        shows(page, edited(DEFAULT, kernel=kernel("random", (5, 3), following).tolist()))


def test_zero_and_normalise_do_what_they_say_and_zeros_are_not_normalised() -> None:
    page = photograph()
    page.click("Normalise")
    shows(page, edited(DEFAULT, kernel=(np.array(DEFAULT.kernel) / 8).tolist()))
    for button in ("Zero", "Normalise"):
        page.click(button)
        shows(page, edited(DEFAULT, kernel="0,0,0;0,0,0;0,0,0"))
    assert page.warnings == ["Nothing was changed: all weights are 0, so there is no sum to divide by."]
    page.at.run()
    assert page.warnings == []


@pytest.mark.long
def test_a_picture_is_picked_at_its_own_size_with_its_credit() -> None:
    for known in SAMPLES:
        page = photograph()
        page.send("picker", "choice", known.id)
        shows(page, edited(DEFAULT, image=known.id, side=known.side))
        assert f"{known.title}. {known.credit}." in page.captions


def test_start_from_names_the_kernel_and_falls_silent_when_a_weight_changes() -> None:
    page = photograph()
    assert page.known.startswith("Sobel, vertical edges. Detects vertical edges: ")
    for name in ("box", "log", "roberts_falling", "sobel_vertical"):
        page.start_from(name)
        shows(page, edited(DEFAULT, kernel=kernel(name).tolist()))
        assert page.data("presets")["chosen"] == name
    page.edit(kernel=[[1, 0, -1], [2, 0, -2], [1, 0, 5]])
    shows(page, edited(DEFAULT, kernel="1,0,-1;2,0,-2;1,0,5"))
    assert page.known == "Your own weights."
    page.edit(kernel=[[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    assert page.known.startswith("Identity. Leaves the picture unchanged.")


# A kernel without a place.


def test_an_impossible_geometry_names_the_number_to_change_and_going_back_brings_everything_back() -> None:
    page = photograph()
    for field, value in [("K", 15), ("bias", 0.5), ("side", 8)]:
        page.put(field, value)
    assert page.title == "This kernel does not fit the picture"
    (error,) = page.errors
    assert error.startswith("A kernel of 15 rows with dilation 1 spans 15 rows, but the input has 8")
    assert error.endswith("make the kernel or the dilation smaller, or the padding or the image larger.")
    assert not page.has("loom")
    page.put("side", 64)
    middle = [[0.0] * 3] * 6
    shows(page, edited(DEFAULT, kernel=[*middle, *DEFAULT.kernel, *middle], bias=0.5))
    page.put("K", 3)
    shows(page, edited(DEFAULT, bias=0.5))


LAYERS_AT_THE_EDGE = [
    {"kernel": "1", "stride": "16", "padding": "1", "side": "8"},
    {"kernel": "1", "stride": "16", "padding": "1", "side": "14", "bias": "1"},
    {"kernel": "1", "padding": "64", "side": "8", "stride": "16"},
    {"kernel": "1e6,-1e6", "bias": "-1e6", "colour": "rgb", "side": "8"},
    {"kernel": "5e-324", "side": "8", "activation": "tanh"},
    {"kernel": ";".join([",".join(["1e-310"] * 15)] * 15), "side": "16"},
    {"kernel": ";".join([",".join(["-1e6"] * 15)] * 15), "padding": "9", "mode": "replicate", "side": "9"},
    {"kernel": "1,1,1,1,1;1,1,1,1,1;1,1,1,1,1", "bias": "1", "padding": "same", "side": "512"},
    {"kernel": "0", "side": "8", "activation": "abs"},
    {"image": "dot", "side": "512", "dilation": "8", "padding": "full", "stride": "16"},
]


@pytest.mark.long
def test_layers_at_the_edge_of_what_is_allowed_are_shown_and_proved() -> None:
    for query, view in product(LAYERS_AT_THE_EDGE, ["conv", "local"]):
        page = Page(**query, view=view)
        page.is_sound()
        assert page.has("loom")
        assert page.warnings == []
        assert ":material/check:" in page.proof
        assert not re.search("NaN|Infinity", json.dumps(page.loom))


# Links.


LINKS: list[dict[str, object]] = [
    {"image": "cat", "side": 100, "colour": "rgb", "view": "local"},
    {"image": "digit", "side": 8, "kernel": "1,2;3,4", "padding": "full", "flip": True},
    {"kernel": "0.1,1e-7,-3.5", "bias": -0.3, "activation": "tanh", "padding": 3, "mode": "replicate", "stride": 3},
    {"image": "bars", "dilation": 4, "view": "tiled", "period": 3, "zoom": [0, 400, 10, 900]},
    {"image": DRAWING, "side": 8, "drawing": "-".join(["0123456f"] * 8), "untied": [[0, 0, 0, 5.5]]},
]


def test_a_link_restores_the_state_and_stays_what_it_was() -> None:
    for changes in LINKS:
        state = edited(DEFAULT, **changes)
        page = Page(**to_query(state))
        shows(page, state)
        assert (page.warnings, page.query) == ([], to_query(state))


def test_a_link_to_an_upload_explains_that_the_picture_is_not_in_it() -> None:
    page = Page(image=UPLOAD, kernel="1,2,3")
    shows(page, edited(DEFAULT, kernel="1,2,3"))
    (warning,) = page.warnings
    assert "is not part of the link. Please upload it, or choose another picture." in warning


# The loom's answers.


def test_an_edit_in_the_loom_is_taken_confirmed_and_linked_and_comes_too_late_for_a_kernel_that_was_replaced() -> None:
    page = photograph()
    origin = page.loom["origin"]
    page.edit(kernel=[[1, 2, 3], [4, 5, 6], [7, 8, 9.5]], serial=5)
    shows(page, edited(DEFAULT, kernel="1,2,3;4,5,6;7,8,9.5"))
    assert (page.loom["origin"], page.loom["applied"]) == (origin, 5)
    page.edit(view="local")
    shows(page, edited(DEFAULT, kernel="1,2,3;4,5,6;7,8,9.5", view="local"))
    page.start_from("box")
    page.edit(kernel=[[9, 9, 9]] * 3, origin=origin)
    shows(page, edited(DEFAULT, kernel=[[1 / 9] * 3] * 3, view="local"))
    assert page.loom["origin"] != origin


# The proof.


def test_a_proof_of_the_largest_picture_is_a_sample_and_says_so() -> None:
    page = Page(side="512", kernel=";".join(["1,2,3,4,5,6,7"] * 7), padding="same")
    page.is_sound()
    rows = 4_000_000 // 49
    assert f"on {rows:,} of 262,144 rows of W (a random sample, seed 0)" in page.proof


# Uploads.


def test_an_upload_becomes_the_picture_and_stays_out_of_the_link() -> None:
    page, content = photograph(), png((200, 30, 90))
    assert {".jfif", ".jpe", ".dib", ".apng", ".avif", ".heic", ".heif"} < {*page.at.file_uploader[0].proto.type}
    page.upload("mine.png", content)
    shows(page, edited(DEFAULT, image=UPLOAD), pixels(content))
    assert page.query == {"image": UPLOAD}
    assert page.loom["image"]["shape"] == [1, 48, 64]
    page.put("stride", 2)
    shows(page, edited(DEFAULT, image=UPLOAD, stride=2), pixels(content))


def test_a_picture_that_takes_long_to_read_is_shown_when_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    busy, page = Busy(), photograph()
    monkeypatch.setattr(upload, "AT_ONCE", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(upload, "pool", lambda: busy)
        page.upload("mine.png", png((200, 30, 90)))
    assert "image" not in page.query or page.query["image"] == DEFAULT.image
    assert "Reading your picture…" in page.captions
    busy.work()
    page.run()
    assert page.query["image"] == UPLOAD
    assert "Reading your picture…" not in page.captions
    shows(page, edited(DEFAULT, image=UPLOAD), pixels(png((200, 30, 90))))


def test_what_was_done_to_an_upload_is_said_and_stands_by_it_as_long_as_it_is_used() -> None:
    page, deep = photograph(), io.BytesIO()
    Image.fromarray(np.array([[0, 4095]], np.uint16)).save(deep, "PNG")
    page.upload("deep.png", deep.getvalue())
    said = "values run from 0 to 4,095 and were stretched"
    assert said in page.warnings[0]
    page.put("stride", 2)
    assert not page.warnings
    assert any(said in caption for caption in page.captions)
    page.upload("mine.png", png((200, 30, 90)))
    assert not any(said in caption for caption in page.captions)


def test_a_file_stays_until_another_can_be_read_and_none_is_listed_that_is_not_in_use() -> None:
    page, good, second = photograph(), png((10, 200, 90)), png((0, 255, 0), (30, 30))
    page.edit(kernel=[[1, 2, 3]] * 3)
    for name, content, used in (("good.png", good, good), ("bad.png", b"%PDF-1.7", good), ("b*d.png", second, second)):
        page.at.file_uploader[0].set_value((name, content, "image/png"))
        under_way = page.at._tree.get_widget_states()
        page.at.run()
        shows(page, edited(DEFAULT, image=UPLOAD, kernel="1,2,3;1,2,3;1,2,3"), pixels(used))
        assert len(page.warnings) == (used != content)
        assert all(said.endswith(" The previous picture was kept.") for said in page.warnings)
        assert page.at.file_uploader[0].value is None
        kept = page.at.session_state["session"].upload
        page.at._run(under_way)  # the browser still tells of the file that has been read
        assert (page.at.session_state["session"].upload, page.at.file_uploader[0].value) == (kept, None)
        assert not page.at.exception
    assert any("picture, b*d.png." in caption for caption in page.captions)
    page.press("upload_remove")
    shows(page, edited(DEFAULT, kernel="1,2,3;1,2,3;1,2,3"))
    assert (page.at.session_state["session"].upload.original.data, page.has("upload_remove")) == (b"", False)


def test_a_kernel_is_pasted_turned_and_scaled_from_its_menu_and_what_is_no_matrix_is_refused_in_a_sentence() -> None:
    page = Page()
    page.use_matrix("[1 2; 3 4; 5 6]")
    shows(page, edited(LANDING, kernel="1,2;3,4;5,6"))
    page.click("Transpose")
    page.click("Rotate by 90°")
    page.click("× 1/16")
    turned = np.rot90(np.array([[1, 3, 5], [2, 4, 6]]), -1) / 16
    shows(page, edited(LANDING, kernel=turned.tolist()))
    page.use_matrix("1 2; 3")
    assert page.warnings == [
        "Nothing was changed: row 1 has length 2 and row 2 has 1: all rows must have the same length."
    ]
    assert page.named("paste").value == "1 2; 3"
