"""The right picture is right, and each wrong one is the mistake it says: drawn again from the prompt alone."""

import re
from itertools import product

import numpy as np
import pytest

from components.display import theme
from components.pages.quiz.question import LEVELS, Choice, Question
from kernels.images.samples import SAMPLES
from tests.support.oracles import Geometry, Key, loop_connections
from tests.support.pictures import read_png, read_values
from tests.support.quiz import SEEDS, Answers, Floats, asked, compare, moves, quiz, reads, told
from tests.support.text import numbers


def listed(text: str) -> list[int]:
    """2 to 4; 1, 3 and 5: counted from 0."""
    found = [int(n) - 1 for n in re.findall(r"\d+", text)]
    return list(range(found[0], found[1] + 1)) if " to " in text else found


def marked(alt: str) -> tuple[list[int], list[int]]:
    found = re.search(r"marked: rows? ([\d, toand]+), columns? ([\d, toand]+)$", alt)
    assert found
    return listed(found[1]), listed(found[2])


def reddish(src: str) -> tuple[list[int], list[int]]:
    """Rows and columns of the cells that are red and nearly opaque; the others are pale."""
    cells = read_png(src).astype(int)
    red = (cells[..., 0] > 200) & (cells[..., 1] < 60) & (cells[..., 3] > 200)
    assert (cells[..., 3][~red] < 80).all()
    rows, cols = (np.flatnonzero(red.any(axis=axis)).tolist() for axis in (1, 0))
    assert red[np.ix_(rows, cols)].all()
    assert red.sum() == len(rows) * len(cols)
    return rows, cols


def affected(question: Question) -> Answers:
    side, _ = told(question, r"slides over a picture of N × N")
    r, c, h, w = told(question, r"pixel in row N, column N changes. Which cells of the N × N output")
    s, p, d = moves(question.prompt)

    def fed(s: int, p: int, d: int) -> tuple[list[int], list[int]]:
        windows = reads(side, 3, s, p, d)
        rows, cols = ([i for i, window in enumerate(windows) if at - 1 in window] for at in (r, c))
        return within(rows, cols)

    def within(rows: list[int], cols: list[int]) -> tuple[list[int], list[int]]:
        return [i for i in rows if i < h], [j for j in cols if j < w]

    assert (h, w) == (len(reads(side, 3, s, p, d)),) * 2
    rows, cols = fed(s, p, d)
    assert rows
    assert cols
    return {
        "": (rows, cols),
        "This is only one output": (rows[:1], cols[:1]),
        "These are whole rows": (rows, list(range(w))),
        "These are all outputs": (list(range(h)), list(range(w))),
        "This is one row and one column too far": within([i + 1 for i in rows], [j + 1 for j in cols]),
        "This is the wrong way round": within([r - 1, r, r + 1], [c - 1, c, c + 1]),
        "This forgets the padding": fed(s, 0, d),
        "This forgets the stride": fed(1, p, d),
        "This forgets the dilation": fed(s, p, 1),
    }


def test_the_marked_outputs_are_those_that_read_the_pixel() -> None:
    for question in asked("affected"):
        compare(question, affected(question), lambda choice: marked(choice.picture.alt) if choice.picture else None)
        compare(question, affected(question), lambda choice: reddish(choice.picture.src) if choice.picture else None)
        (shown,) = question.pictures
        r, c = told(question, r"pixel in row N, column N")
        assert reddish(shown.src) == marked(shown.alt) == ([r - 1], [c - 1])
        for choice in question.choices:
            assert choice.picture
            assert read_png(choice.picture.src).shape == (*choice.picture.shape, 4)


Wires = dict[tuple[int, int], Key]  # the name of the weight on each cell of W
KINDS = {"the convolution": "conv", "the tiled layer": "tiled", "the locally connected layer": "local",
         "the fully connected layer": "dense"}  # fmt: skip


def wires(question: Question) -> tuple[tuple[int, int], dict[str, Wires]]:
    """The shape of W, and its four wirings, by the words that name them."""
    side, _, K, L = told(question, r"reads N × N pixels through a sliding N × N window")
    s, p, d = moves(question.prompt)
    g = Geometry("asked", (1, side, side), (K, L), stride=(s, s), padding=(p, p), dilation=(d, d))
    connections = {name: loop_connections(kind, g, (2, 2)) for name, kind in KINDS.items()}
    known = {name: {(target, source): key for target, source, key in found} for name, found in connections.items()}
    return (g.n_outputs, g.n_inputs), known


def test_a_matrix_has_a_colour_for_each_weight_where_its_wiring_has_it() -> None:
    for question in asked("matrix"):
        shape, known = wires(question)
        asked_for = re.findall(r"Which one is (the [a-z ]+)", question.prompt)
        kinds = [re.findall(r"This is (the [a-z ]+)", choice.mistake) or asked_for for choice in question.choices]
        assert sorted(kind for (kind,) in kinds) == sorted(known)
        for choice, (kind,) in zip(question.choices, kinds, strict=True):
            is_matrix(choice, shape, known[kind], shared=kind == "the convolution")


def is_matrix(choice: Choice, shape: tuple[int, int], cells: Wires, shared: bool) -> None:
    assert choice.picture
    assert choice.picture.shape == shape
    pixels, names = read_png(choice.picture.src), len(set(cells.values()))
    assert pixels.shape == (*shape, 4)
    assert {(int(t), int(s)) for t, s in np.argwhere(pixels[..., 3] == 255)} == set(cells)
    assert (pixels[..., 3] == 255).sum() == (pixels[..., 3] > 0).sum()
    colours: dict[Key, set[bytes]] = {}
    for cell, name in cells.items():
        colours.setdefault(name, set()).add(pixels[cell].tobytes())
    assert all(len(found) == 1 for found in colours.values())
    different = len(set.union(*colours.values()))
    assert different == names if shared else different > min(names, theme.UNTIED) * 0.6
    assert f"A matrix of {shape[0]} rows and {shape[1]} columns, " in choice.picture.alt
    assert f" {len(cells):,} coloured cells for {names:,} weights" in choice.picture.alt


def test_no_matrix_can_be_told_by_its_palette() -> None:
    palette = {bytes(colour) for colour in theme.untied()}
    for question in asked("matrix"):
        for choice in question.choices:
            assert choice.picture
            pixels = read_png(choice.picture.src)
            assert {pixel[:3].tobytes() for pixel in pixels[pixels[..., 3] == 255]} <= palette


def test_only_the_easy_quiz_always_asks_for_the_convolution() -> None:
    for level in LEVELS:
        prompts = [question.prompt for seed in SEEDS for question in quiz(seed, level) if question.kind == "matrix"]
        found = {re.findall(r"Which one is the (\w+)", prompt)[0] for prompt in prompts}
        assert found == ({"convolution"} if level == "easy" else {"convolution", "tiled", "locally", "fully"})


TITLED = {
    "Sobel, vertical edges": [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    "Sobel, horizontal edges": [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
    "Scharr, vertical edges": [[3, 0, -3], [10, 0, -10], [3, 0, -3]],
    "Scharr, horizontal edges": [[3, 10, 3], [0, 0, 0], [-3, -10, -3]],
    "Box blur": [[1 / 9] * 3] * 3,
    "Laplacian, 8 neighbours": [[1, 1, 1], [1, -8, 1], [1, 1, 1]],
    "Emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "Line, horizontal": [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]],
    "Line, vertical": [[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]],
}
ONE = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


def slid(x: Floats, kernel: Floats) -> Floats:
    """The sum of nine shifted copies, each times its weight."""
    h, w = x.shape[0] - 2, x.shape[1] - 2
    return np.asarray(sum(kernel[k, l] * x[k : k + h, l : l + w] for k, l in product(range(3), range(3))))


def effects(question: Question) -> dict[str, Floats]:
    """The map of each mistake, from the numbers in the prompt and the picture beside it."""
    rows = re.findall(r"\(([^)]*)\)", question.prompt.split(" slides over")[0])
    kernel = np.array([numbers(row) for row in rows])
    all_named = [np.array(named, float) for named in TITLED.values()]
    (known,) = (named for named in all_named if np.allclose(kernel, named, atol=6e-4))
    x = read_values(question.pictures[0]).astype(float)
    flips = "rotates the kernel by 180° before" in question.prompt

    def of(kernel: Floats, turned: bool) -> Floats:
        return slid(x, np.rot90(kernel, 2) if turned else kernel)

    answers = {
        "": of(known, flips),
        "This forgets to flip the kernel" if flips else "This flips the kernel": of(known, not flips),
        "This is the picture itself": of(np.array(ONE), flips),
    }
    others = {f"This is another kernel's map: {t}.": of(np.array(k, float), flips) for t, k in TITLED.items()}
    return answers | others


def test_a_map_is_what_the_kernel_does_to_the_picture() -> None:
    for question in asked("effect"):
        answers = effects(question)
        for at, choice in enumerate(question.choices):
            (begins,) = [b for b in answers if (choice.mistake.startswith(b) if b else not choice.mistake)]
            assert choice.picture
            assert (begins == "") == (at == question.right)
            values = read_values(choice.picture)
            np.testing.assert_allclose(values, answers[begins], atol=2e-5)
            for extreme, value in (("largest", values.max()), ("smallest", values.min())):
                ((row, column),) = re.findall(rf"{extreme} in row (\d+), column (\d+)", choice.picture.alt)
                assert values[int(row) - 1, int(column) - 1] == pytest.approx(value, abs=1e-5)


def test_maps_that_differ_look_different() -> None:
    for question in asked("effect"):
        looks = [on_white(choice.picture.src) for choice in question.choices if choice.picture]
        right = looks.pop(question.right)
        assert min(float(np.abs(right - look).mean()) for look in looks) > 4, question.prompt


def on_white(src: str) -> Floats:
    """(h, w, 3), 0..255, as it looks on paper."""
    pixels = read_png(src).astype(float)
    if pixels.ndim == 2:
        return np.repeat(pixels[..., None], 3, axis=2)
    opacity = pixels[..., 3:] / 255
    return np.asarray(pixels[..., :3] * opacity + 255 * (1 - opacity))


def test_the_picture_and_the_kernel_are_shown_beside_the_question() -> None:
    titles = {sample.title for sample in SAMPLES}
    for question in asked("effect"):
        picture, kernel = question.pictures
        assert picture.title in titles
        assert picture.shape == (48, 48)
        rows = re.findall(r"\(([^)]*)\)", question.prompt.split(" slides over")[0])
        np.testing.assert_allclose(read_values(kernel), [numbers(row) for row in rows], atol=6e-4)
