"""Pictures are read back pixel by pixel: the figure as XML and as PNG."""

import re
from itertools import product
from math import prod
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import matrix, theme, words
from components.display.figure import PAPER, SHARP, Bitmap, Text, ascii_text
from components.display.layer import LAYER_NAMES, Layer
from components.pages.explore import text as sentences
from components.pages.explore.export import figure
from components.state.link import edited
from components.state.setup import UPLOAD, Setup
from tests.support.explored import CASES, Case
from tests.support.pictures import read_png, rgb

Bytes = NDArray[np.uint8]

SVG = "{http://www.w3.org/2000/svg}"
FIGURES = [
    *(Case(), CASES[1], CASES[3], CASES[10], CASES[18], CASES[25]),
    *(Case({"view": kind, "period": 2}, (20, 20)) for kind in LAYER_NAMES),
    Case({"zoom": "3,60,2,50", "bias": 0.5}, channels=3),
    Case({"kernel": ";".join([",".join(["-1e-5"] * 15)] * 15), "padding": "same"}, (20, 20)),
]
every_figure = pytest.mark.parametrize("case", FIGURES, ids=str)


@every_figure
def test_the_svg_runs_nothing_shows_the_maps_and_names_every_weight(case: Case) -> None:
    made = case.made()
    state, layer = made.state, made.layer
    text = figure.figure_svg(made).decode()
    assert re.findall(r"https?://[^\"<]*", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|\son\w+=|url\(|@import", text)
    root = ElementTree.fromstring(text)  # noqa: S314  # read is what the app has just written
    tags = ("svg", "title", "desc", "rect", "text", "image")
    assert {element.tag for element in root.iter()} == {f"{SVG}{name}" for name in tags}
    shown = [figure.rgb_picture(made.planes), figure.output_picture(made.result), figure.matrix_picture(state, layer)]
    for image, picture in zip(root.iter(f"{SVG}image"), shown, strict=True):
        np.testing.assert_array_equal(read_png(image.attrib["href"]), picture)
    texts = [element.text or "" for element in root.iter(f"{SVG}text")]
    names = [sentences.weight_name(k, l) for k, l in np.ndindex(state.kernel_size)]
    assert [text for text in texts if text in names] == names
    fills = [element.attrib["fill"] for element in root.iter(f"{SVG}rect")]
    colours = [theme.css(colour) for colour in theme.weights(*state.kernel_size)]
    assert [fill for fill in fills if fill != PAPER] == [colour for colour in colours if colour != PAPER]
    assert root.findtext(f"{SVG}title") == "".join(sentences.title(layer)) == texts[0]
    about = root.findtext(f"{SVG}desc") or ""
    assert about.endswith(sentences.cost_line(layer))
    for shape in (made.planes.shape[1:], state.kernel_size, layer.out_shape[1:]):
        size = " × ".join(map(str, shape))
        assert size in about
        assert any(size in text for text in texts)
    assert f"{prod(layer.out_shape):,} × {prod(layer.in_shape) + layer.spec.bias:,}" in about


@every_figure
def test_the_png_is_the_figure_twice_as_large_with_all_of_it_on_the_page_in_letters_of_its_font(case: Case) -> None:
    drawn, pixels = figure.page_figure(case.made()), rgb(figure.figure_png(case.made()))
    assert pixels.shape == (drawn.height * SHARP, drawn.width * SHARP, 3)
    for mark in drawn.marks:
        x, y = round(mark.x * SHARP), round(mark.y * SHARP)
        if isinstance(mark, Text):
            assert 0 < mark.x < drawn.width
            assert 0 < mark.y < drawn.height
            assert mark.size > 0
            assert "?" not in ascii_text(mark.text)
            continue
        assert mark.x + mark.width <= drawn.width
        assert mark.y + mark.height <= drawn.height
        assert min(mark.x, mark.y, mark.width, mark.height) > 0
        if isinstance(mark, Bitmap):
            np.testing.assert_array_equal(pixels[y, x], mark.pixels[0, 0])
            height, width = round(mark.height * SHARP), round(mark.width * SHARP)
            if height % len(mark.pixels) == width % mark.pixels.shape[1] == 0:
                factors = np.ones((height // len(mark.pixels), width // mark.pixels.shape[1], 1), np.uint8)
                np.testing.assert_array_equal(pixels[y : y + height, x : x + width], np.kron(mark.pixels, factors))
        elif mark.fill != PAPER:
            assert theme.css(pixels[y + 1, x + 1]) == mark.fill


def test_in_ascii_a_power_stays_a_power() -> None:
    assert ascii_text(f"{words.power(1.2e9)} F₁₁ 3 × 3 −1 1–9 10⁻⁵") == "1.2 x 10^9 F11 3 x 3 -1 1-9 10^-5"


def test_a_sample_is_credited_and_a_picture_of_ones_own_is_not() -> None:
    for image, has in (("pagoda", True), ("digit", True), (UPLOAD, False)):
        marks = figure.page_figure(Case({"image": image}).made()).marks
        assert sum(isinstance(mark, Text) and mark.text.startswith("Picture: ") for mark in marks) == has
    assert "danielbuechele, CC BY 2.0" in figure.picture_credit(Setup())


# The matrix.


def cell_by_cell(state: Setup, layer: Layer) -> Bytes:
    """W from its connections, one by one: as every cell that has one is drawn."""
    rows, cols = (axis.sources() for axis in layer.spec.axes(layer.in_shape))
    (K, L), inputs, (_, height, width) = state.kernel_size, prod(layer.in_shape), layer.out_shape
    picture = np.full((height * width, inputs + layer.spec.bias, 3), 255, np.uint8)
    picture[:, inputs:] = 0
    own = {(use.output, use.tap) for use in layer.untied}
    for i, j, k, l in np.ndindex(height, width, K, L):
        r, c = int(rows[k, i]), int(cols[l, j])
        if min(r, c) >= 0:
            number = K * L - 1 - (k * L + l) if state.flip else k * L + l
            t, s = i * width + j, r * layer.in_shape[2] + c
            picture[t, s] = 0 if ((i, j), (k, l)) in own else colour(state, number, t, s, width)
    return picture


def colour(state: Setup, number: int, t: int, s: int, width: int) -> Bytes:
    table = theme.weights(*state.kernel_size) if state.view == "conv" else theme.untied()
    place = t // width % state.period * state.period + t % width % state.period
    inks = {"conv": number, "local": int(theme.untied_ink(t, s)), "tiled": int(theme.tiled_ink(number, place))}
    found: Bytes = table[inks[state.view]]
    return found


def test_small_matrices_are_drawn_cell_by_cell() -> None:
    cases = [
        Case({}, (9, 11), 1, "5,1,1,3"),
        Case({"padding": 1, "bias": 2}, (16, 16), 1, "200,0,1,3;0,1,1,2"),
        Case({"stride": 2}, (17, 18)),
    ]
    for case, view, flip in product(cases, ("conv", "tiled", "local"), (False, True)):
        made = Case({**case.change, "view": view, "flip": flip}, case.size, 1, case.untied).made()
        wanted = cell_by_cell(made.state, made.layer)
        assert max(wanted.shape) <= matrix.CELLS
        np.testing.assert_array_equal(figure.matrix_picture(made.state, made.layer), wanted)
        zoomed = edited(made.state, zoom="3,40,20,60")
        np.testing.assert_array_equal(figure.matrix_picture(zoomed, made.layer), wanted[3:40, 20:60])


def test_a_dense_matrix_is_full_and_never_repeats_and_a_window_on_the_bias_is_black() -> None:
    dense, bias = Case({"view": "dense"}).made(), Case({"bias": 1, "zoom": "3,9,99,100"}).made()
    wanted = theme.untied()[theme.untied_ink(*np.indices((63, 99)))]
    np.testing.assert_array_equal(figure.matrix_picture(dense.state, dense.layer), wanted)
    np.testing.assert_array_equal(figure.matrix_picture(bias.state, bias.layer), np.zeros((6, 1, 3)))


def test_large_matrices_are_drawn_in_tiles_with_their_copies_and_bias_in_black() -> None:
    for view, bias in product(LAYER_NAMES, (0, 1)):
        made = Case({"view": view, "bias": bias}, (40, 41), 1, "700,1,1,3").made()
        picture = figure.matrix_picture(made.state, made.layer)
        assert picture.shape == (matrix.TILES, matrix.TILES + 2 * bias, 3)
        assert not picture[:, matrix.TILES :].any()
        t, s = 700, (700 // 39 + 1) * 41 + 700 % 39 + 1
        dark = np.argwhere((picture[:, : matrix.TILES] == 0).all(axis=2)).tolist()
        assert dark == [[t * matrix.TILES // (38 * 39), s * matrix.TILES // (40 * 41)]]
