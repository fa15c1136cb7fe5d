"""The Explore page as a visitor meets it: every control moves the loom, nothing typed or linked can break it.

No browser: `Visitor` reads what the loom is sent, and answers in its place.
"""

import io
import json
import re
from dataclasses import fields
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
NAMES = [field.name for field in fields(Setup)]
STORY, SCAN = "From dense to shared", "Scan"
SLIDES = [f"{name} (GIF, {size})" for size in ("1280×720", "640×360") for name in (STORY, SCAN)]
STRIPS = [f"{name} (PNG strip)" for name in (STORY, SCAN)]
PLAIN = ["Input (PNG)", "Output (PNG)", "Input, pixel by pixel (PNG)"]
PICTURES = ["Figure (PNG)", "Figure (SVG)", "Scan (GIF)", *SLIDES, *STRIPS, *PLAIN]
TABLES = ["Kernel (CSV)", "Output (CSV)", "Counts (CSV)", "Matrix (NPZ)", "Matrix (CSV)"]
TEXTS = ["Script (NumPy)", "Script (PyTorch)", "Handout (HTML)"]
TAKEN = [label for n in range(3) for label in (PICTURES + TABLES + TEXTS)[n::3]]  # column by column
NUMBERS = ["Longer side", "K, rows", "L, columns", "Random seed", "Stride", "Dilation", "Bias"]
LABELS = {
    "selectbox": ["Padding mode", "Activation"],
    "toggle": ["Camera", "Flip (true convolution)"],
    "button": [
        "Random",
        "Zero",
        "Normalise",
        "Transpose",
        "Rotate by 90°",
        "× 1/16",
        "Use this matrix",
        *TAKEN,
        "Share",
        "Summary and keys",
        "Present",
    ],
    "button_group": ["Colour", "Padding"],
    "text_area": ["Paste a matrix"],
    "file_uploader": ["Upload a picture"],
}


class Page(Visitor):
    """One visitor's session on the Explore page."""

    def find(self, label: str) -> Any:  # noqa: ANN401  # whichever widget carries this label
        kinds = (self.at.get(kind) for kind in LABELS)
        return next(widget for found in kinds for widget in found if getattr(widget, "label", "") == label)

    @property
    def numbers(self) -> dict[str, Any]:
        """What stands in each number field, by its label."""
        return {field["label"]: field["value"] for field in self.number_fields.values()}

    def shown(self, label: str) -> Any:  # noqa: ANN401  # whatever this widget holds
        if label == "Start from":
            return self.data("presets")["chosen"]
        return self.numbers[label] if label in self.numbers else self.find(label).value

    def set(self, label: str, value: object) -> None:
        for key, field in self.number_fields.items():
            if field["label"] == label:
                self.put(key, value)
                return
        if label == "Start from":
            self.send("presets", "choice", value)
            return
        self.find(label).set_value(value).run()
        self.is_sound()

    def click(self, label: str) -> None:
        self.find(label).click().run()
        self.is_sound()

    def edit(self, **message: object) -> None:
        """The loom's edit, of the kernel it was last given."""
        self.send("loom", "edit", {"origin": self.loom["origin"], "serial": 1, **message})

    @property
    def loom(self) -> dict[str, Any]:
        read: dict[str, Any] = self.data("loom")
        return read

    @property
    def has_loom(self) -> bool:
        return self.has("loom")

    @property
    def chosen(self) -> str:
        """The picture the picker shows as chosen."""
        return str(self.data("picker")["chosen"])

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
    assert page.chosen == state.image


def photograph() -> Page:
    """The page with the picture of all links that name none."""
    return Page(image=DEFAULT.image)


def pixels(content: bytes, side: int = 64) -> NDArray[np.uint8]:
    """The grey planes of a PNG, at the working size."""
    return planes(resize(np.array(Image.open(io.BytesIO(content)).convert("RGB")), side), "grey")


def test_a_first_visit_shows_the_one_idea_without_a_word_of_warning() -> None:
    page = Page()
    assert page.title == "Of 2,304 weights, locality leaves 324 and sharing leaves :primary[9]"
    shows(page, LANDING)
    assert page.warnings == []
    assert page.query == {}


@pytest.mark.parametrize("query", [{"kernel": "1,2,3"}, {"stride": "2", "view": "dense"}], ids=str)
def test_a_link_that_names_no_picture_shows_the_one_it_always_showed(query: dict[str, str]) -> None:
    page = Page(**query)
    assert (page.chosen, len(page.loom["image"]["levels"])) == ("pagoda", len(photograph().loom["image"]["levels"]))
    assert page.query == query


@pytest.mark.parametrize("query", [{"present": "1"}, {"hide": "buttons"}, {"present": "1", "hide": ""}], ids=str)
def test_a_link_that_says_only_how_the_page_is_shown_shows_the_one_idea(query: dict[str, str]) -> None:
    page = Page(**query)
    assert page.chosen == LANDING.image
    assert page.query == query
    page.send("picker", "choice", "pagoda")
    assert page.query == {"image": "pagoda"} | query


def test_the_address_without_parameters_means_the_first_picture_and_no_other() -> None:
    page = Page()
    page.send("picker", "choice", "pagoda")
    shows(page, DEFAULT)
    assert page.query == {"image": "pagoda"}
    page.send("picker", "choice", "digit")
    shows(page, LANDING)
    assert page.query == {}
    page.set("Stride", 2)
    assert page.query == {"image": "digit", "side": "8", "stride": "2"}


def test_every_control_has_its_label() -> None:
    page = photograph()
    assert list(page.numbers) == NUMBERS
    for kind, labels in LABELS.items():
        assert [widget.label for widget in page.at.get(kind) if hasattr(widget, "label")] == labels


CHANGES: list[tuple[str, object, dict[str, object]]] = [
    ("K, rows", 5, {"kernel": "0,0,0;1,0,-1;2,0,-2;1,0,-1;0,0,0"}),
    ("K, rows", 1, {"kernel": "2,0,-2"}),
    ("L, columns", 4, {"kernel": "0,1,0,-1;0,2,0,-2;0,1,0,-1"}),
    ("L, columns", 1, {"kernel": "0;0;0"}),
    ("Stride", 2, {"stride": 2}),
    ("Stride", 16, {"stride": 16}),
    ("Dilation", 3, {"dilation": 3}),
    ("Padding", "same", {"padding": "same"}),
    ("Padding", "full", {"padding": "full"}),
    ("Padding", "number", {"padding": 1}),
    ("Padding mode", "circular", {"mode": "circular"}),
    ("Start from", "box", {"kernel": [[1 / 9] * 3] * 3}),
    ("Start from", "log", {"kernel": kernel("log").tolist()}),
    ("Start from", "roberts_falling", {"kernel": "1,0;0,-1"}),
    ("Flip (true convolution)", True, {"flip": True}),
    ("Bias", 0.25, {"bias": 0.25}),
    ("Bias", -1e6, {"bias": -1e6}),
    ("Activation", "relu", {"activation": "relu"}),
    ("Activation", "sigmoid", {"activation": "sigmoid"}),
    ("Colour", "rgb", {"colour": "rgb"}),
    ("Longer side", 8, {"side": 8}),
    ("Longer side", 200, {"side": 200}),
]


@pytest.mark.long
def test_a_control_changes_what_it_names_and_nothing_else() -> None:
    for label, value, changes in CHANGES:
        page = photograph()
        before = page.loom
        page.set(label, value)
        state = edited(DEFAULT, **changes)
        shows(page, state)
        assert page.warnings == []
        assert page.shown(label) == value
        assert page.loom != before


def test_a_number_of_padding_pixels_is_asked_for_only_where_it_counts() -> None:
    page = photograph()
    label = "Padding (pixels per side)"
    assert label not in page.numbers
    page.set("Padding", "number")
    page.set(label, 7)
    shows(page, edited(DEFAULT, padding=7))
    page.set("Padding", "valid")
    assert label not in page.numbers


def test_same_padding_is_explained_where_it_does_not_keep_the_size_or_other_libraries_pad_otherwise() -> None:
    page = Page(image="grid", side="8", padding="same", kernel="1,2;3,4")

    def told() -> list[str]:
        return [
            name for name in ("stride", "TensorFlow", "SciPy") if any(name in note.value for note in page.at.caption)
        ]

    assert told() == []
    page.set("Flip (true convolution)", True)
    assert told() == ["SciPy"]
    page.set("Stride", 2)
    assert told() == ["stride"]
    page.set("K, rows", 3)
    assert told() == ["stride", "TensorFlow"]


def test_random_is_the_kernel_of_the_seed_in_the_present_size() -> None:
    page = photograph()
    page.set("K, rows", 5)
    page.set("Random seed", 7)
    shows(page, edited(DEFAULT, kernel=kernel("random", (5, 3), 7).tolist()))
    page.click("Random")
    assert page.shown("Random seed") == 8
    shows(page, edited(DEFAULT, kernel=kernel("random", (5, 3), 8).tolist()))
    page.set("Random seed", 9999)
    page.click("Random")
    assert page.shown("Random seed") == 0
    shows(page, edited(DEFAULT, kernel=kernel("random", (5, 3), 0).tolist()))


def test_zero_and_normalise_do_what_they_say_and_zeros_are_not_normalised() -> None:
    page = photograph()
    page.click("Normalise")
    shows(page, edited(DEFAULT, kernel=(np.array(DEFAULT.kernel) / 8).tolist()))
    page.click("Zero")
    shows(page, edited(DEFAULT, kernel="0,0,0;0,0,0;0,0,0"))
    page.click("Normalise")
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
        assert f"{known.title}. {known.credit}." in [caption.value for caption in page.at.caption]


def test_start_from_names_the_kernel_and_falls_silent_when_a_weight_changes() -> None:
    page = photograph()
    assert page.known.startswith("Sobel, vertical edges. Detects vertical edges: ")
    page.edit(kernel=[[1, 0, -1], [2, 0, -2], [1, 0, 5]])
    shows(page, edited(DEFAULT, kernel="1,0,-1;2,0,-2;1,0,5"))
    assert page.known == "Your own weights."
    page.edit(kernel=[[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    assert page.known.startswith("Identity. Leaves the picture unchanged.")


# A kernel without a place.


def test_an_impossible_geometry_names_the_number_to_change_and_going_back_brings_everything_back() -> None:
    page = photograph()
    for label, value in [("K, rows", 15), ("Bias", 0.5), ("Longer side", 8)]:
        page.set(label, value)
    assert page.title == "This kernel does not fit the picture"
    (error,) = page.errors
    assert error.startswith("A kernel of 15 rows with dilation 1 spans 15 rows, but the input has 8")
    assert error.endswith("make the kernel or the dilation smaller, or the padding or the image larger.")
    assert not page.has_loom
    page.set("Longer side", 64)
    middle = [[0.0] * 3] * 6
    shows(page, edited(DEFAULT, kernel=[*middle, *DEFAULT.kernel, *middle], bias=0.5))
    page.set("K, rows", 3)
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
        assert page.has_loom
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
        assert page.warnings == []
        again = Page(**page.query)
        shows(again, state)


def test_a_damaged_value_in_a_link_warns_and_the_rest_counts() -> None:
    page = Page(stride="3", side="<script>alert(1)</script>", mode="nan", utm_source="news")
    shows(page, edited(DEFAULT, stride=3))
    assert len(page.warnings) == 2
    assert page.warnings[0].startswith("The link's mode must be one of zeros, reflect, replicate, circular, not “nan”")
    assert page.warnings[1].startswith("The link's side must be a whole number from 8 to 512, not “")
    page.at.run()
    assert page.warnings == []


def test_a_link_to_an_upload_explains_that_the_picture_is_not_in_it() -> None:
    for more in [{}, {"kernel": "1,2,3"}]:
        page = Page(image=UPLOAD, **more)
        shows(page, edited(DEFAULT, **more))
        assert len(page.warnings) == 1
        assert "is not part of the link. Please upload it, or choose another picture." in page.warnings[0]


# The loom's answers.


def test_an_edit_in_the_loom_is_taken_confirmed_and_linked() -> None:
    page = photograph()
    origin = page.loom["origin"]
    page.edit(kernel=[[1, 2, 3], [4, 5, 6], [7, 8, 9.5]], serial=5)
    shows(page, edited(DEFAULT, kernel="1,2,3;4,5,6;7,8,9.5"))
    assert (page.loom["origin"], page.loom["applied"]) == (origin, 5)
    page.edit(view="local")
    shows(page, edited(DEFAULT, kernel="1,2,3;4,5,6;7,8,9.5", view="local"))


def test_an_edit_of_a_kernel_that_was_replaced_meanwhile_comes_too_late() -> None:
    page = photograph()
    late = page.loom["origin"]
    page.set("Start from", "box")
    page.edit(kernel=[[9, 9, 9]] * 3, origin=late)
    shows(page, edited(DEFAULT, kernel=[[1 / 9] * 3] * 3))
    assert page.loom["origin"] != late


def test_other_controls_never_lose_the_kernel() -> None:
    page = photograph()
    own = [[1.5, -2.25, 1 / 3], [0.1, 7.0, -1e-9], [1e6, 0.0, -0.5]]
    page.edit(kernel=own)
    state = edited(DEFAULT, kernel=own)
    for label, value, changes in CHANGES:
        if "kernel" not in changes and label not in ("Stride", "Longer side"):
            page.set(label, value)
            state = edited(state, **changes)
            shows(page, state)
    page.send("picker", "choice", "cat")
    shows(page, edited(state, image="cat"))


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
    page.set("Stride", 2)
    shows(page, edited(DEFAULT, image=UPLOAD, stride=2), pixels(content))


def test_a_picture_that_takes_long_to_read_is_shown_when_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    busy, page = Busy(), photograph()
    monkeypatch.setattr(upload, "AT_ONCE", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(upload, "pool", lambda: busy)
        page.upload("mine.png", png((200, 30, 90)))
    assert "image" not in page.query or page.query["image"] == DEFAULT.image
    assert "Reading your picture…" in [caption.value for caption in page.at.caption]
    busy.work()
    page.run()
    assert page.query["image"] == UPLOAD
    assert "Reading your picture…" not in [caption.value for caption in page.at.caption]
    shows(page, edited(DEFAULT, image=UPLOAD), pixels(png((200, 30, 90))))


def test_a_refused_upload_says_why_and_keeps_the_picture_and_the_kernel() -> None:
    for content in [png((200, 30, 90))[:60], b"", b"%PDF-1.7", b"<svg>", b"\x89PNG\r\n\x1a\n"]:
        page, good = photograph(), png((10, 200, 90))
        page.upload("good.png", good)
        page.edit(kernel=[[1, 2, 3]] * 3)
        page.upload("bad.png", content)
        shows(page, edited(DEFAULT, image=UPLOAD, kernel="1,2,3;1,2,3;1,2,3"), pixels(good))
        (warning,) = page.warnings
        assert warning.startswith(("The picture cannot be read", "The file is "))
        assert warning.endswith(" The previous picture was kept.")


def test_what_was_done_to_an_upload_is_said_and_stands_by_it_as_long_as_it_is_used() -> None:
    page, deep = photograph(), io.BytesIO()
    Image.fromarray(np.array([[0, 4095]], np.uint16)).save(deep, "PNG")
    page.upload("deep.png", deep.getvalue())
    said = "values run from 0 to 4,095 and were stretched"
    assert said in page.warnings[0]
    page.set("Stride", 2)
    assert not page.warnings
    assert any(said in as_read(caption.value) for caption in page.at.caption)
    page.upload("mine.png", png((200, 30, 90)))
    assert not any(said in as_read(caption.value) for caption in page.at.caption)


def test_no_file_is_listed_that_is_not_in_use_and_one_is_replaced_without_the_sample_between() -> None:
    page, good, second = photograph(), png((10, 200, 90)), png((0, 255, 0), (30, 30))
    for name, content, used in (("good.png", good, good), ("bad.png", b"%PDF-1.7", good), ("b*d.png", second, second)):
        page.at.file_uploader[0].set_value((name, content, "image/png"))
        under_way = page.at._tree.get_widget_states()
        page.at.run()
        shows(page, edited(DEFAULT, image=UPLOAD), pixels(used))
        assert (page.at.file_uploader[0].value, page.query) == (None, {"image": UPLOAD})
        kept = page.at.session_state["session"].upload
        page.at._run(under_way)  # the browser still tells of the file that has been read
        assert (page.at.session_state["session"].upload, page.at.file_uploader[0].value) == (kept, None)
        assert not page.at.exception
    assert any("picture, b*d.png." in as_read(caption.value) for caption in page.at.caption)
    page.press("upload_remove")
    shows(page, DEFAULT)
    assert (page.at.session_state["session"].upload.original.data, page.has("upload_remove")) == (b"", False)


def test_two_visitors_have_kernels_of_their_own() -> None:
    first, second = photograph(), photograph()
    first.set("Start from", "box")
    second.at.run()
    shows(second, DEFAULT)
    assert first.loom["origin"] != second.loom["origin"]


def test_a_kernel_is_pasted_turned_and_scaled_from_its_menu_and_what_is_no_matrix_is_refused_in_a_sentence() -> None:
    page = Page()
    page.set("Paste a matrix", "[1 2; 3 4; 5 6]")
    page.click("Use this matrix")
    shows(page, edited(LANDING, kernel="1,2;3,4;5,6"))
    page.click("Transpose")
    page.click("Rotate by 90°")
    page.click("× 1/16")
    turned = np.rot90(np.array([[1, 3, 5], [2, 4, 6]]), -1) / 16
    shows(page, edited(LANDING, kernel=turned.tolist()))
    page.set("Paste a matrix", "1 2; 3")
    page.click("Use this matrix")
    assert page.warnings == [
        "Nothing was changed: row 1 has length 2 and row 2 has 1: all rows must have the same length."
    ]
    assert page.find("Paste a matrix").value == "1 2; 3"
