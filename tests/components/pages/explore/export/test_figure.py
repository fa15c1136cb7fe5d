"""Pictures are read back pixel by pixel: figures as XML and as PNG, the scan frame by frame."""

import base64
import io
import re
from collections.abc import Iterator
from math import prod
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from components.display import matrix, theme, words
from components.display.layer import LAYER_NAMES, Layer, OutputMap, output_map
from components.pages.explore import text as sentences
from components.pages.explore.export import figure as drawing
from components.pages.explore.export import gif
from components.state.link import edited
from components.state.setup import UPLOAD, Setup
from kernels.layer.conv import NUMPY_MODE
from tests.support.explored import CASES, Case

Bytes = NDArray[np.uint8]
Made = tuple[Setup, Layer, Bytes, OutputMap]

SVG = "{http://www.w3.org/2000/svg}"
FIGURES = [
    *(Case(), CASES[1], CASES[3], CASES[10], CASES[18], CASES[25]),
    *(Case({"view": kind, "period": 2}, (20, 20)) for kind in LAYER_NAMES),
    Case({"zoom": "3,60,2,50", "bias": 0.5}, channels=3),
    Case({"kernel": ";".join([",".join(["-1e-5"] * 15)] * 15), "padding": "same"}, (20, 20)),
]
SCANS = [
    Case(),
    Case({"kernel": "1,2,3;4,5,7", "stride": 2, "padding": 1}),
    Case({"padding": "full", "dilation": 2, "mode": "replicate"}, (6, 9)),
    Case({"kernel": "1;2;-3", "padding": 2, "mode": "circular"}, (7, 5)),
    Case({"kernel": "3"}, (1, 1)),
    Case({"kernel": "1", "stride": 3}, (9, 10)),
    Case({"stride": 11, "mode": "reflect", "padding": 7}, (130, 60)),
]


def read(data: bytes) -> Bytes:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def parsed(case: Case) -> ElementTree.Element:
    return ElementTree.fromstring(drawing.figure_svg(*case.made()))  # noqa: S314  # read is what the app has just written


def embedded(root: ElementTree.Element) -> Iterator[Bytes]:
    for image in root.iter(f"{SVG}image"):
        head, data = image.attrib["href"].split(",", 1)
        assert head == "data:image/png;base64"
        yield read(base64.b64decode(data, validate=True))


@pytest.mark.parametrize("case", FIGURES, ids=str)
def test_the_figure_is_xml_that_runs_nothing_and_fetches_nothing(case: Case) -> None:
    root = parsed(case)
    allowed = {f"{SVG}{name}" for name in ("svg", "title", "desc", "rect", "text", "image")}
    assert {element.tag for element in root.iter()} == allowed
    text = drawing.figure_svg(*case.made()).decode()
    assert re.findall(r"https?://[^\"<]*", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|\son\w+=|url\(|@import", text)
    for element in root.iter():
        assert all(not name.endswith("href") or value.startswith("data:") for name, value in element.attrib.items())


@pytest.mark.parametrize("case", FIGURES, ids=str)
def test_the_figure_shows_input_output_and_matrix_and_names_every_weight(case: Case) -> None:
    state, layer, planes, result = case.made()
    root = parsed(case)
    shown = list(embedded(root))
    wanted = [drawing.rgb_picture(planes), drawing.output_picture(result), drawing.matrix_picture(state, layer)]
    for found, picture in zip(shown, wanted, strict=True):
        np.testing.assert_array_equal(found, picture)
    texts = [element.text or "" for element in root.iter(f"{SVG}text")]
    names = [sentences.weight_name(k, l) for k, l in np.ndindex(state.kernel_size)]
    assert [text for text in texts if text in names] == names
    fills = [element.attrib["fill"] for element in root.iter(f"{SVG}rect")]
    colours = [theme.css(colour) for colour in theme.weights(*state.kernel_size)]
    assert [fill for fill in fills if fill != drawing.PAPER] == [colour for colour in colours if colour != "#ffffff"]
    title = "".join(sentences.title(layer))
    assert root.findtext(f"{SVG}title") == title == texts[0]
    about = root.findtext(f"{SVG}desc") or ""
    sizes = (planes.shape[1:], state.kernel_size, layer.out_shape[1:])
    for size in (" × ".join(map(str, shape)) for shape in sizes):
        assert size in about
        assert any(size in text for text in texts)
    rows, cols = prod(layer.out_shape), prod(layer.in_shape) + layer.spec.bias
    assert f"{rows:,} × {cols:,}" in about


@pytest.mark.parametrize("case", FIGURES, ids=str)
def test_everything_lies_on_the_paper_and_the_values_fit_in_their_cells(case: Case) -> None:
    figure = drawing.page_figure(*case.made())
    for mark in figure.marks:
        if isinstance(mark, drawing.Text):
            assert 0 < mark.x < figure.width
            assert 0 < mark.y < figure.height
            assert mark.size > 0
        else:
            assert mark.x + mark.width <= figure.width
            assert mark.y + mark.height <= figure.height
            assert min(mark.x, mark.y, mark.width, mark.height) > 0


@pytest.mark.parametrize("case", FIGURES, ids=str)
def test_the_png_is_the_same_figure_twice_as_large(case: Case) -> None:
    made = case.made()
    figure, pixels = drawing.page_figure(*made), read(drawing.figure_png(*made))
    assert pixels.shape == (figure.height * drawing.SHARP, figure.width * drawing.SHARP, 3)
    for mark in figure.marks:
        x, y = round(mark.x * drawing.SHARP), round(mark.y * drawing.SHARP)
        if isinstance(mark, drawing.Bitmap):
            np.testing.assert_array_equal(pixels[y, x], mark.pixels[0, 0])
            height, width = round(mark.height * drawing.SHARP), round(mark.width * drawing.SHARP)
            if height % len(mark.pixels) == width % mark.pixels.shape[1] == 0:
                factors = np.ones((height // len(mark.pixels), width // mark.pixels.shape[1], 1), np.uint8)
                np.testing.assert_array_equal(pixels[y : y + height, x : x + width], np.kron(mark.pixels, factors))
        elif isinstance(mark, drawing.Rectangle) and mark.fill != drawing.PAPER:
            assert theme.css(pixels[y + 1, x + 1]) == mark.fill


@pytest.mark.parametrize("case", FIGURES, ids=str)
def test_the_png_has_letters_of_its_font_alone(case: Case) -> None:
    for mark in drawing.page_figure(*case.made()).marks:
        if isinstance(mark, drawing.Text):
            assert drawing.ascii_text(mark.text).isascii()
            assert "?" not in drawing.ascii_text(mark.text)


def test_in_plain_letters_a_power_stays_a_power() -> None:
    assert drawing.ascii_text(f"{words.power(1.2e9)} F₁₁ 3 × 3 −1 1–9 10⁻⁵") == "1.2 x 10^9 F11 3 x 3 -1 1-9 10^-5"


def test_a_sample_is_credited_and_a_picture_of_ones_own_is_not() -> None:
    for image, has in (("pagoda", True), ("digit", True), (UPLOAD, False)):
        marks = drawing.page_figure(*Case({"image": image}).made()).marks
        thanks = [mark.text for mark in marks if isinstance(mark, drawing.Text) and mark.text.startswith("Picture: ")]
        assert len(thanks) == has
    assert "danielbuechele, CC BY 2.0" in drawing.picture_credit(Setup())


# The matrix.


def cell_by_cell(state: Setup, layer: Layer) -> Bytes:
    """W from its connections, one by one: as every cell that has one is drawn."""
    rows, cols = layer.spec.axes(layer.in_shape)
    K, L = state.kernel_size
    inputs = prod(layer.in_shape)
    picture = np.full((prod(layer.out_shape), inputs + layer.spec.bias, 3), 255, np.uint8)
    picture[:, inputs:] = 0
    own = {(use.output, use.tap) for use in layer.untied}
    for i, j in np.ndindex(layer.out_shape[1:]):
        for k, l in np.ndindex(K, L):
            r, c = int(rows.sources()[k, i]), int(cols.sources()[l, j])
            if min(r, c) >= 0:
                number = K * L - 1 - (k * L + l) if state.flip else k * L + l
                t, s = i * layer.out_shape[2] + j, r * layer.in_shape[2] + c
                picture[t, s] = 0 if ((i, j), (k, l)) in own else colour(state, number, t, s, layer.out_shape[2])
    return picture


def colour(state: Setup, number: int, t: int, s: int, width: int) -> Bytes:
    table = theme.weights(*state.kernel_size) if state.view == "conv" else theme.untied()
    place = t // width % state.period * state.period + t % width % state.period
    inks = {"conv": number, "local": int(theme.untied_ink(t, s)), "tiled": int(theme.tiled_ink(number, place))}
    found: Bytes = table[inks[state.view]]
    return found


@pytest.mark.parametrize("view", ["conv", "tiled", "local"])
@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(
    ("change", "size", "copies"),
    [
        ({}, (9, 11), "5,1,1,3"),
        ({"padding": 1, "bias": 2}, (16, 16), "200,0,1,3;0,1,1,2"),
        ({"stride": 2}, (17, 18), ""),
    ],
    ids=str,
)
def test_small_matrices_are_drawn_cell_by_cell(
    view: str, flip: bool, change: dict[str, object], size: tuple[int, int], copies: str
) -> None:
    state, layer, _, _ = Case({**change, "view": view, "flip": flip}, size, 1, copies).made()
    wanted = cell_by_cell(state, layer)
    assert max(wanted.shape) <= matrix.CELLS
    np.testing.assert_array_equal(drawing.matrix_picture(state, layer), wanted)
    zoomed = edited(state, zoom="3,40,20,60")
    np.testing.assert_array_equal(drawing.matrix_picture(zoomed, layer), wanted[3:40, 20:60])


def test_a_dense_matrix_is_full_and_never_repeats() -> None:
    state, layer, _, _ = Case({"view": "dense"}).made()
    t, s = np.indices((63, 99))
    np.testing.assert_array_equal(drawing.matrix_picture(state, layer), theme.untied()[theme.untied_ink(t, s)])


@pytest.mark.parametrize("view", list(LAYER_NAMES))
@pytest.mark.parametrize("bias", [0, 1])
def test_large_matrices_are_drawn_in_tiles_with_their_copies_and_bias_in_black(view: str, bias: int) -> None:
    state, layer, _, _ = Case({"view": view, "bias": bias}, (40, 41), 1, "700,1,1,3").made()
    picture = drawing.matrix_picture(state, layer)
    assert picture.shape == (matrix.TILES, matrix.TILES + 2 * bias, 3)
    assert bool((picture[:, matrix.TILES :] == 0).all())
    t, s = 700, (700 // 39 + 1) * 41 + 700 % 39 + 1
    dark = np.argwhere((picture[:, : matrix.TILES] == 0).all(axis=2)).tolist()
    assert dark == [[t * matrix.TILES // (38 * 39), s * matrix.TILES // (40 * 41)]]


def test_a_window_on_the_bias_alone_is_black() -> None:
    state, layer, _, _ = Case({"bias": 1, "zoom": "3,9,99,100"}).made()
    np.testing.assert_array_equal(drawing.matrix_picture(state, layer), np.zeros((6, 1, 3)))


# The scan.


def few_levels(case: Case) -> Made:
    """On a picture of eight grey levels, so that no colour has to be left out."""
    state, layer, planes, _ = case.made()
    planes = planes // 32 * 32
    return state, layer, planes, output_map(state, layer, planes)


def frames(data: bytes) -> Iterator[Bytes]:
    with Image.open(io.BytesIO(data)) as file:
        for n in range(file.n_frames):  # type: ignore[attr-defined]  # a GIF has it
            file.seek(n)
            yield np.asarray(file.convert("RGB"))


def is_colour(picture: Bytes, css: str) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (picture == list(bytes.fromhex(css[1:]))).all(axis=2)
    return found


@pytest.mark.parametrize("case", SCANS, ids=str)
def test_frame_n_frames_window_n_and_has_n_outputs(case: Case) -> None:
    state, layer, planes, result = few_levels(case)
    rows, cols = layer.spec.axes(layer.in_shape)
    pads = layer.spec.pads
    padded = np.pad(planes[0], pads, mode=NUMPY_MODE[state.mode])
    outside = np.pad(np.zeros(planes.shape[1:], bool), pads, constant_values=True)
    pale = np.where(outside, (padded.astype(int) + 255) // 2, padded)
    shades, board = drawing.output_picture(result), gif.layout_of(layer)
    (left, top), (height, width) = board.output_at, layer.out_shape[1:]
    seen = 0
    for n, frame in enumerate(frames(gif.scan_gif(layer, planes, result))):
        i, j = divmod(n, width)
        at = np.argwhere(is_colour(frame, gif.SCAN_COLOURS[gif.ACCENT]))
        (y0, x0), (y1, x1) = at.min(axis=0) + gif.EDGE, at.max(axis=0) + 1 - gif.EDGE
        window = pale[i * state.stride :, j * state.stride :][: rows.reach, : cols.reach]
        large = np.kron(window, np.ones((board.input_zoom, board.input_zoom), int))
        np.testing.assert_array_equal(frame[y0:y1, x0:x1], np.repeat(large[..., None], 3, axis=2))
        assert (y0, x0) == (board.input_at[1] + i * state.stride * board.input_zoom,
                            board.input_at[0] + j * state.stride * board.input_zoom)  # fmt: skip
        output = frame[top : top + height * board.output_zoom, left : left + width * board.output_zoom]
        cells = output[:: board.output_zoom, :: board.output_zoom].reshape(-1, 3)
        np.testing.assert_array_equal(
            np.kron(cells.reshape(height, width, 3), np.ones((board.output_zoom, board.output_zoom, 1))), output
        )
        np.testing.assert_array_equal(cells[: n + 1], shades.reshape(-1, 3)[: n + 1])
        pending = is_colour(frame, gif.SCAN_COLOURS[gif.PENDING])
        assert pending.sum() == board.output_zoom**2 * (height * width - n - 1)
        seen += 1
    assert seen == height * width


def test_the_rest_of_the_input_stays_as_it_was() -> None:
    _, layer, planes, result = few_levels(SCANS[0])
    board = gif.layout_of(layer)
    large = np.kron(planes[0], np.ones((board.input_zoom, board.input_zoom), np.uint8))
    for frame in frames(gif.scan_gif(layer, planes, result)):
        part = frame[board.input_at[1] :, board.input_at[0] :][: len(large), : large.shape[1]]
        accent = is_colour(part, gif.SCAN_COLOURS[gif.ACCENT])
        assert bool(((part == large[..., None]).all(axis=2) | accent).all())


def test_the_scan_goes_round_for_ever_and_rests_at_its_end() -> None:
    _, layer, planes, result = Case().made()
    with Image.open(io.BytesIO(gif.scan_gif(layer, planes, result))) as file:
        assert file.n_frames == 63  # type: ignore[attr-defined]  # a GIF has it
        assert file.info["loop"] == 0
        lasts = []
        for n in range(63):
            file.seek(n)
            lasts.append(file.info["duration"])
    assert lasts == [300] * 62 + [2000]


def test_many_colours_are_brought_down_to_a_palette_that_is_near_them() -> None:
    _, layer, planes, result = Case({"stride": 4}, (40, 50), 3).made()
    board = gif.layout_of(layer)
    *_, last = frames(gif.scan_gif(layer, planes, result))
    (left, top), (height, width) = board.output_at, layer.out_shape[1:]
    found = last[top:, left:][
        : height * board.output_zoom : board.output_zoom, : width * board.output_zoom : board.output_zoom
    ]
    assert np.abs(found.astype(int) - drawing.output_picture(result)).mean() < 16
    assert board.size == (last.shape[1], last.shape[0])


def test_the_largest_scan_has_a_frame_for_each_of_its_places() -> None:
    _, layer, planes, result = Case({"padding": "same"}, (50, 100)).made()
    assert prod(layer.out_shape) == gif.MOST
    with Image.open(io.BytesIO(gif.scan_gif(layer, planes, result))) as file:
        assert file.n_frames == gif.MOST  # type: ignore[attr-defined]  # a GIF has it


def test_a_scan_is_about_480_pixels_wide_and_whole_pixels_are_squares() -> None:
    for side, stride in ((8, 1), (32, 1), (64, 1), (226, 16), (512, 16)):
        _, layer, _, _ = Case({"stride": stride}, (side, side)).made()
        board = gif.layout_of(layer)
        assert board.input_zoom == max(1, gif.SCAN // side)
        assert board.size[0] <= max(480, side + 260)
