"""Eight questions are drawn from a seed, in plain words, with four choices, and a working whose equations are true."""

import ast
import operator
import re
from collections import Counter
from collections.abc import Callable

import pytest

from components.pages.quiz.question import LEVELS
from components.pages.quiz.questions import KINDS, questions
from components.pages.quiz.state import Level
from tests.support.quiz import (
    SEEDS,
    asked,
    every,
    quiz,
)

PICTURES = ("matrix", "affected", "effect")
of_level = pytest.mark.parametrize("level", LEVELS)


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
        places = Counter(question.right for question in asked(kind))  # at least 90 of them
        assert all(0.12 < places[at] / places.total() < 0.38 for at in range(4)), (kind, places)


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
    assert found > 3000


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


def test_every_mistake_comes_up() -> None:
    """Not one of them is written in vain."""
    often = {
        kind: Counter(re.sub(r"[\d₁₂₃]+", "N", c.mistake) for q in asked(kind) for c in q.choices) for kind in KINDS
    }
    wanted = {"matrix": 4, "affected": 8, "effect": 12, "parameters": 7, "output": 9, "field": 6, "connections": 8}
    wanted |= {"recurrent": 6, "growth": 6, "gradient": 6}
    assert {kind: len(mistakes) - 1 for kind, mistakes in often.items()} == wanted


@of_level
def test_a_quiz_is_small_enough_to_send(level: Level) -> None:
    for seed in SEEDS:
        pictures = [p for q in quiz(seed, level) for p in (*q.pictures, *(c.picture for c in q.choices))]
        assert sum(len(picture.src) + len(picture.values) for picture in pictures if picture) < 120_000
