"""Every answer of the quiz is right, and every wrong one is the mistake it says: counted again from the prompt alone.

The oracles read the numbers out of the prompt, as a pupil does, and share no code with the engine or the quiz.
"""

import ast
import operator
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import theme
from components.pages.quiz.quiz import KINDS, LEVELS, Choice, Level, Question, questions
from kernels.images.samples import SAMPLES
from tests.support.pictures import read_png, read_values
from tests.support.text import numbers

Floats = NDArray[np.float64]
Answers = dict[str, object]  # how a mistake's sentence begins, and what it gives; "" is the right answer
SEEDS = range(200)
PICTURES = ("matrix", "affected", "effect")
of_level = pytest.mark.parametrize("level", LEVELS)


@cache
def quiz(seed: int, level: Level) -> tuple[Question, ...]:
    return questions(seed, level)


@cache
def asked(kind: str) -> list[Question]:
    """All questions of a kind, of all seeds and levels."""
    return [q for level in LEVELS for seed in SEEDS for q in quiz(seed, level) if q.kind == kind]


def every() -> list[Question]:
    return [question for kind in KINDS for question in asked(kind)]


def told(question: Question, pattern: str) -> list[int]:
    """The whole numbers this pattern has in the prompt."""
    found = re.search(pattern.replace("N", r"(\d+)"), question.prompt)
    assert found, (pattern, question.prompt)
    return [int(number) for number in found.groups()]


def moves(text: str) -> tuple[int, int, int]:
    """Stride, padding and dilation as far as the text names them."""
    found = (re.search(rf"{name} (\d+)", text) for name in ("stride", "padding", "dilation"))
    stride, padding, dilation = (int(match[1]) if match else None for match in found)
    return stride or 1, padding or 0, dilation or 1


def reads(size: int, K: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> list[list[int]]:
    """What each output of one axis reads, padding included: the window walks until it leaves."""
    found, start = [], -padding
    while start + (K - 1) * dilation < size + padding:
        found.append([start + k * dilation for k in range(K)])
        start += stride
    return found


def met(size: int, windows: list[list[int]]) -> int:
    """How many of all reads are of real pixels."""
    return sum(0 <= n < size for window in windows for n in window)


def number(choice: Choice) -> float:
    (found,) = numbers(choice.text)
    return found


def size(choice: Choice) -> tuple[float, ...]:
    return tuple(numbers(choice.text))


# Of all questions.


@of_level
def test_the_same_seed_and_level_give_the_same_eight_questions(level: Level) -> None:
    for seed in (*SEEDS[:20], 2**40):
        assert questions(seed, level) == quiz(seed, level)
    assert len({quiz(seed, level) for seed in SEEDS}) == len(SEEDS)


def test_another_level_gives_other_questions() -> None:
    assert all(len({quiz(seed, level) for level in LEVELS}) == len(LEVELS) for seed in SEEDS)


@of_level
def test_a_quiz_has_eight_kinds_and_two_seeds_in_a_row_have_all_ten(level: Level) -> None:
    for seed in SEEDS[:-1]:
        one, other = ([question.kind for question in quiz(n, level)] for n in (seed, seed + 1))
        assert len(one) == len(set(one)) == 8
        assert {*one, *other} == set(KINDS)
    assert len(KINDS) == 10


def test_four_choices_differ_and_one_of_them_is_right() -> None:
    for question in every():
        assert len({(c.text, c.picture.src if c.picture else "") for c in question.choices}) == 4
        assert [at for at, choice in enumerate(question.choices) if not choice.mistake] == [question.right]
        assert len({choice.mistake for choice in question.choices}) == 4
        for choice in question.choices:
            assert re.fullmatch(r"(This|These) .+\.|", choice.mistake)
            assert (choice.text == "") == (choice.picture is not None) == (question.kind in PICTURES)


def test_the_right_choice_may_stand_anywhere() -> None:
    for kind in KINDS:
        places = Counter(question.right for question in asked(kind))
        assert all(0.16 < places[at] / places.total() < 0.34 for at in range(4)), (kind, places)


def test_what_listeners_hear_of_the_choices_differs_and_names_no_layer_and_no_kernel() -> None:
    names = re.compile(r"convol|conv\b|local|tiled|dense|connected|sobel|blur|edge|emboss|line|right", re.IGNORECASE)
    for question in every():
        if question.kind in PICTURES:
            alts = [choice.picture.alt for choice in question.choices if choice.picture]
            assert len(set(alts)) == 4
            assert not any(map(names.search, alts))
            assert all(choice.picture.title == "" for choice in question.choices if choice.picture)


def test_words_are_plain() -> None:
    for question in every():
        for text in (question.prompt, *question.working, *(c.text + c.mistake for c in question.choices)):
            assert not re.search(r"[*_`$<>\[\]{}\\\n]|  |\.\.|-\d|[a-z],[a-z]|nan|None|True|False", text), text
        assert question.prompt[-1] in "?."
        assert "?" in question.prompt
        assert 2 <= len(question.working) <= 5


OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
TERM = r"\(?−?(?:\d{1,3}(?:,\d{3})+|\d+)(?: − \d+)?\)?"
EQUATION = re.compile(rf"(?<![·+−/] )(?<![\d(])({TERM}(?: [·+−/] {TERM})*) = (−?[\d,]*\d)")


def value_of(node: ast.expr) -> float:
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](value_of(node.left), value_of(node.right))
    if isinstance(node, ast.UnaryOp):
        return -value_of(node.operand)
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int)
    return node.value


def test_every_equation_of_the_working_is_true() -> None:
    plain, found = str.maketrans({"·": "*", "−": "-", ",": None}), 0
    for question in every():
        for step in question.working:
            equations = EQUATION.findall(step)
            assert len(equations) == step.count(" = "), step
            for left, right in equations:
                assert value_of(ast.parse(left.translate(plain), mode="eval").body) == int(right.translate(plain)), step
                found += 1
    assert found > 5000


def test_the_last_step_states_the_answer() -> None:
    for question in every():
        right, last = question.choices[question.right], question.working[-1]
        if question.kind not in PICTURES:
            assert right.text in re.findall(r"\d+ × \d+|−?[\d,]*\d", last)
            continue
        claim = re.search(r"rows? .* columns? .*(?=\.)|[\d,]+ coloured .*weights|row \d+, column \d+", last)
        assert claim
        has = [bool(choice.picture and claim[0] in choice.picture.alt) for choice in question.choices]
        assert has[question.right]
        if question.kind == "matrix":
            assert sum(has) == 1


@of_level
def test_easy_has_nothing_special_and_hard_has_it_all(level: Level) -> None:
    special = r"stride [2-9]", r"padding [1-9]", r"dilation [2-9]", r"[2-9] groups", r"(?<!no )bias"
    for seed in SEEDS:
        prompts = " ".join(question.prompt for question in quiz(seed, level))
        if level == "easy":
            assert not [word for word in special if re.search(word, prompts)]
        if level == "hard":
            assert all(re.search(word, prompts) for word in special)


# Numbers.


def layer(question: Question) -> tuple[int, ...]:
    """C, H, W, O, K, groups, bias of the prompt of a convolution layer."""
    C, H, W, O, K, L = told(question, r"reads N channels of N × N pixels and gives N output channels: kernels of N × N")
    assert K == L
    groups = re.search(r"(\d+) groups", question.prompt)
    assert ("no bias" in question.prompt) != ("a bias for each output channel" in question.prompt)
    return C, H, W, O, K, int(groups[1]) if groups else 1, "no bias" not in question.prompt


def parameters(question: Question) -> Answers:
    C, H, W, O, K, groups, bias = layer(question)
    rows, cols = (reads(n, K, *moves(question.prompt)) for n in (H, W))
    c, area = C // groups, K * K
    answers: Answers = {
        "": O * (c * area + bias),
        "This forgets that a kernel has weights for every input": O * (area + bias),
        f"This is one output channel only, and there are {O}": c * area + bias,
        "These are the connections": O * c * met(H, rows) * met(W, cols) + O * len(rows) * len(cols) * bias,
        "This adds the numbers of channels": (O + c) * area + O * bias,
    }
    if bias:
        answers |= {"This forgets the bias.": O * c * area, "This has one bias for all": O * c * area + 1}
    if groups > 1:
        answers[f"This forgets the groups: an output channel reads only {c}"] = O * (C * area + bias)
    return answers


def connections(question: Question) -> Answers:
    C, H, W, O, K, groups, bias = layer(question)
    rows, cols = (reads(n, K, *moves(question.prompt)) for n in (H, W))
    multiply = "How many multiplications" in question.prompt
    assert multiply != ("How many connections" in question.prompt)
    c, links = C // groups, bias * (not multiply)
    h, w, real = len(rows), len(cols), met(H, rows) * met(W, cols)
    answers: Answers = {
        "": O * (c * real + links * h * w),
        "These are the free parameters": O * (c * K * K + bias),
        "This forgets that a kernel has weights for every input": O * (real + links * h * w),
        f"This is one output channel only, and there are {O}": c * real + links * h * w,
    }
    if (h, w) != (H, W):
        answers[f"This takes inputs for outputs: the window has {h} × {w} places"] = O * H * W * (c * K * K + links)
    if "padding" in question.prompt:
        answers["This counts the taps that lie on the padding"] = O * h * w * (c * K * K + links)
    if bias and multiply:
        answers["These are the connections: a bias is one"] = O * (c * real + h * w)
    elif bias:
        answers["These are the multiplications"] = O * c * real
    if groups > 1:
        answers["This forgets the groups"] = O * (C * real + links * h * w)
    return answers


def output(question: Question) -> Answers:
    K, _, H, W = told(question, r"kernel of N × N slides over a picture of N × N pixels")
    s, p, d = moves(question.prompt)
    h, w = (len(reads(n, K, s, p, d)) for n in (H, W))
    answers: Answers = {
        "": (h, w),
        "This is one too few": (h - 1, w - 1),
        "This is the size of the picture": (H, W),
        "This rounds up": tuple(-((n + 2 * p - (K - 1) * d - 1) // -s) + 1 for n in (H, W)),
    }
    if s == 1 and p == 0:
        answers["This lays windows side by side"] = (H // K, W // K)
        answers["This adds what the window takes away"] = (H + K - 1, W + K - 1)
    else:
        answers["This counts the padding on one side only"] = tuple((n + p - (K - 1) * d - 1) // s + 1 for n in (H, W))
        answers["This forgets the padding"] = tuple(len(reads(n, K, s, 0, d)) for n in (H, W))
        answers["This forgets the stride"] = tuple(len(reads(n, K, 1, p, d)) for n in (H, W))
        answers["This forgets the dilation"] = tuple(len(reads(n, K, s, p, 1)) for n in (H, W))
    return answers


def seen(K1: int, stride: int, K2: int, dilation: int) -> int:
    """Pixels from the first to the last that one output of the second layer can see."""
    pixels = {k * dilation * stride + n for k in range(K2) for n in range(K1)}
    return max(pixels) - min(pixels) + 1


def field(question: Question) -> Answers:
    first, second = question.prompt.split("; a second one")
    (K1, _), (K2, _) = (
        told(question, r"first convolution has a kernel of N × N"),
        told(question, r"map with a kernel of N × N"),
    )
    (s, _, d1), (s2, p2, d) = moves(first), moves(second)
    assert (d1, s2, p2) == (1, 1, 0)
    reach = (K2 - 1) * d + 1
    answers = {
        "": seen(K1, s, K2, d),
        "This adds the two windows": K1 + reach,
        "This multiplies the two windows": K1 * reach,
        "This is what it sees of the first layer's map": reach,
        "This is what a unit of the first layer sees": K1,
        "This forgets the stride": seen(K1, 1, K2, d),
        "This forgets the dilation": seen(K1, s, K2, 1),
    }
    return {begins: (n, n) for begins, n in answers.items()}


def growth(question: Question) -> Answers:
    side, _, twice, _ = told(question, r"picture of N × N pixels .* twice as high and wide, N × N")
    assert twice == 2 * side
    s, bias = moves(question.prompt)[0], "and a bias" in question.prompt

    def local(n: int) -> int:
        return len(reads(n, 3, s)) ** 2 * (9 + bias)

    if question.prompt.startswith("A convolution"):
        now, later = 9 + bias, 9 + bias
    elif question.prompt.startswith("In a locally connected"):
        now, later = local(side), local(twice)
    else:
        before, _, after, _ = told(question, r"map has N × N outputs now, and will have N × N")
        s = side // before
        assert (before * s, after * s) == (side, twice)
        now, later = before**2 * (side**2 + bias), after**2 * (twice**2 + bias)
    assert f"it has {now:,} free parameters" in question.prompt
    return {
        "": later,
        "This grows with the side": 2 * now,
        "This grows with the number of pixels": 4 * now,
        "This grows as inputs times outputs": 16 * now,
        "This does not grow": now,
        "This is a locally connected layer": local(twice),
        "This forgets the biases": later - after**2 if "fully" in question.prompt else None,
    }


def recurrent(question: Question) -> Answers:
    H, F, T = told(question, r"layer of N units reads N numbers a step, for N steps")
    bias, tied = "a bias" in question.prompt, "It is tied" in question.prompt
    assert tied != ("It is untied" in question.prompt)

    def weights(tied: bool) -> tuple[int, int, int]:
        """On inputs, on states, biases: each weight by its name, counted once."""
        names = {("U", 0 if tied else t, h, f) for t, h, f in product(range(T), range(H), range(F))}
        states = {("V", 0 if tied else t, h, k) for t, h, k in product(range(1, T), range(H), range(H))}
        return len(names), len(states), len({(0 if tied else t, h) for t in range(T) for h in range(H)}) * bias

    own, other, once = weights(tied), weights(not tied), sum(weights(True))
    answers: Answers = {
        "": sum(own),
        "This is the untied layer" if tied else "This is the tied layer": sum(other),
        "This takes the tied weights times the steps": T * once,
        "This forgets the weights on the state": own[0] + own[2],
        "This forgets the weights on what is read": own[1] + own[2],
    }
    if bias:
        answers["This forgets the biases"] = own[0] + own[1]
    return answers


SUBSCRIPTS = str.maketrans("₁₂₃₄₅₆₇₈₉", "123456789")


def gradient(question: Question) -> Answers:
    prompt = question.prompt.translate(SUBSCRIPTS)
    vectors = {
        name: [int(n) for n in numbers(inside)] for name, inside in re.findall(r"(x|∂L/∂y) = \(([^)]*)\)", prompt)
    }
    x, dy = vectors["x"], vectors["∂L/∂y"]
    K, length, s = told(question, r"kernel of N weights slides along a line of N numbers, stride N")
    assert (len(x), len(dy)) == (length, 3) == ((2 * s) + K, 3)
    assert "y1 = " + " + ".join(f"w{k} · x{k}" for k in range(1, K + 1)) + ", and so on for 3 places" in prompt
    asked_for = re.findall(r"What is ∂L/∂w(\d)\?", prompt)
    at = int(asked_for[0]) - 1
    uses = [[dy[i] * x[i * s + k] for i in range(3)] for k in range(K)]
    answers: Answers = {
        "": sum(uses[at]),
        "This is only the first use": uses[at][0],
        "This is only the last use": uses[at][-1],
        "This is the mean over the uses": pytest.approx(sum(uses[at]) / 3, abs=0.05),
        "This adds up ∂L/∂y": sum(dy),
        "This multiplies two sums": sum(dy) * sum(x[i * s + at] for i in range(3)),
    }
    return answers | {f"This is the gradient of w{'₁₂₃'[k]}": sum(uses[k]) for k in range(K) if k != at}


ORACLES: dict[str, tuple[Callable[[Question], Answers], Callable[[Choice], object]]] = {
    "parameters": (parameters, number),
    "connections": (connections, number),
    "output": (output, size),
    "field": (field, size),
    "growth": (growth, number),
    "recurrent": (recurrent, number),
    "gradient": (gradient, number),
}


@pytest.mark.parametrize("kind", ORACLES)
def test_the_right_number_is_right_and_each_wrong_one_is_its_mistake(kind: str) -> None:
    oracle, value = ORACLES[kind]
    for question in asked(kind):
        compare(question, oracle(question), value)


def compare(question: Question, answers: Answers, value: Callable[[Choice], object]) -> None:
    """Every choice is what its sentence gives."""
    for at, choice in enumerate(question.choices):
        begins = [known for known in answers if known and choice.mistake.startswith(known)]
        assert len(begins) == (at != question.right), (choice.mistake, answers)
        wanted = answers["".join(begins)]
        assert value(choice) == wanted, (question.prompt, choice, wanted)


def test_every_mistake_comes_up() -> None:
    """Not one of them is written in vain."""
    often = {
        kind: Counter(re.sub(r"[\d₁₂₃]+", "N", c.mistake) for q in asked(kind) for c in q.choices) for kind in KINDS
    }
    wanted = {"matrix": 4, "affected": 8, "effect": 12, "parameters": 7, "output": 9, "field": 6, "connections": 8}
    wanted |= {"recurrent": 6, "growth": 6, "gradient": 6}
    assert {kind: len(mistakes) - 1 for kind, mistakes in often.items()} == wanted


# Pictures.


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
        "This is one output only": (rows[:1], cols[:1]),
        "These are whole rows": (rows, list(range(w))),
        "These are all outputs": (list(range(h)), list(range(w))),
        "This lies one row and one column too far": within([i + 1 for i in rows], [j + 1 for j in cols]),
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


Wires = dict[tuple[int, int], tuple[object, ...]]  # the name of the weight on each cell of W


def wires(question: Question) -> tuple[tuple[int, int], dict[str, Wires]]:
    """The shape of W, and its four wirings, by the words that name them."""
    side, _, K, L = told(question, r"reads N × N pixels and slides a window of N × N")
    s, p, d = moves(question.prompt)
    assert d == 1
    rows, cols = reads(side, K, s, p), reads(side, L, s, p)
    conv: Wires = {}
    tiled: Wires = {}
    for (i, window), (j, across) in product(enumerate(rows), enumerate(cols)):
        for (k, a), (l, b) in product(enumerate(window), enumerate(across)):
            if 0 <= a < side and 0 <= b < side:
                cell = i * len(cols) + j, a * side + b
                conv[cell], tiled[cell] = (k, l), (k, l, i % 2, j % 2)
    shape = len(rows) * len(cols), side * side
    dense: Wires = {cell: cell for cell in product(range(shape[0]), range(shape[1]))}
    return shape, {
        "the convolution": conv,
        "the tiled layer": tiled,
        "the locally connected layer": {cell: cell for cell in conv},
        "the fully connected layer": dense,
    }


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
    colours: dict[tuple[object, ...], set[bytes]] = {}
    for cell, name in cells.items():
        colours.setdefault(name, set()).add(pixels[cell].tobytes())
    assert all(len(found) == 1 for found in colours.values())
    different = len(set.union(*colours.values()))
    assert different == names if shared else different > min(names, theme.UNTIED) * 0.6
    assert f"A matrix of {shape[0]} rows and {shape[1]} columns, " in choice.picture.alt
    assert f" {len(cells):,} coloured cells in the colours of {names:,} weights" in choice.picture.alt


def test_only_the_easy_quiz_always_asks_for_the_convolution() -> None:
    for level in LEVELS:
        found = {
            re.findall(r"Which one is the (\w+)", q.prompt)[0]
            for n in SEEDS
            for q in quiz(n, level)
            if q.kind == "matrix"
        }
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
    flips = "turns the kernel by 180° before" in question.prompt

    def of(kernel: Floats, turned: bool) -> Floats:
        return slid(x, np.rot90(kernel, 2) if turned else kernel)

    answers = {
        "": of(known, flips),
        "This forgets to turn the kernel" if flips else "This turns the kernel by 180°": of(known, not flips),
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
            is_drawn(choice.picture.src, values)
            hears_extremes(choice.picture.alt, values)


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


def is_drawn(src: str, values: NDArray[np.float32]) -> None:
    """Red above 0 and blue below, the stronger the more opaque; or grey from black."""
    pixels, high = read_png(src), float(np.abs(values).max())
    if values.min() >= 0:
        assert pixels.shape == values.shape
        np.testing.assert_allclose(pixels, 255 * values / high, atol=1)
        return
    np.testing.assert_allclose(pixels[..., 3], 255 * (np.abs(values) / high) ** 0.8, atol=1)
    strong = np.abs(values) > 0.01 * high
    assert (((pixels[..., 0] > pixels[..., 2]) == (values > 0)) | ~strong).all()


def hears_extremes(alt: str, values: NDArray[np.float32]) -> None:
    found = re.search(r"largest in row (\d+), column (\d+), the smallest in row (\d+), column (\d+), from ", alt)
    assert found
    a, b, c, d = (int(n) - 1 for n in found.groups())
    assert values[a, b] == pytest.approx(values.max(), abs=1e-5)
    assert values[c, d] == pytest.approx(values.min(), abs=1e-5)


def test_the_picture_and_the_kernel_are_shown_beside_the_question() -> None:
    titles = {sample.title for sample in SAMPLES}
    for question in asked("effect"):
        picture, kernel = question.pictures
        assert picture.title in titles
        assert picture.shape == (48, 48)
        np.testing.assert_allclose(read_png(picture.src), 255 * read_values(picture), atol=1e-3)
        is_drawn(kernel.src, read_values(kernel))
        rows = re.findall(r"\(([^)]*)\)", question.prompt.split(" slides over")[0])
        np.testing.assert_allclose(read_values(kernel), [numbers(row) for row in rows], atol=6e-4)


@of_level
def test_a_quiz_is_small_enough_to_send(level: Level) -> None:
    for seed in SEEDS:
        pictures = [p for q in quiz(seed, level) for p in (*q.pictures, *(c.picture for c in q.choices))]
        assert sum(len(picture.src) + len(picture.values) for picture in pictures if picture) < 120_000
