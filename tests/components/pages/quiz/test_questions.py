"""Eight questions are drawn from a seed, in plain words, with four choices, and a working whose equations are true."""

import re
from collections import Counter

import pytest

from components.pages.quiz.question import LEVELS
from components.pages.quiz.questions import KINDS, questions
from components.pages.quiz.state import Level
from tests.support.quiz import SEEDS, asked, every, quiz

PICTURES = ("matrix", "affected", "effect")
NAMES = re.compile(r"convol|conv\b|local|tiled|dense|connected|sobel|blur|edge|emboss|line|right", re.IGNORECASE)


@pytest.mark.parametrize("level", LEVELS)
def test_a_seed_and_a_level_give_one_quiz_of_eight_kinds_and_three_in_a_row_have_all(level: Level) -> None:
    assert all(questions(seed, level) == quiz(seed, level) for seed in (*SEEDS[:20], 2**40))
    assert len({quiz(seed, level) for seed in SEEDS}) == len(SEEDS)
    for seed in SEEDS[:-2]:
        rows = [[question.kind for question in quiz(n, level)] for n in (seed, seed + 1, seed + 2)]
        assert all(len(kinds) == len(set(kinds)) == 8 for kinds in rows)
        assert {kind for kinds in rows for kind in kinds} == set(KINDS)
        assert len({quiz(seed, any_level) for any_level in LEVELS}) == len(LEVELS)
        pictures = [p for q in quiz(seed, level) for p in (*q.pictures, *(c.picture for c in q.choices)) if p]
        assert sum(len(picture.src) + len(picture.values) for picture in pictures) < 120_000
    assert len(KINDS) == 17


def test_four_choices_differ_one_of_them_is_right_and_no_alternative_names_a_layer_or_a_kernel() -> None:
    for question in every():
        choices, pictures = question.choices, [choice.picture for choice in question.choices if choice.picture]
        assert len({(c.text, c.picture.src if c.picture else "") for c in choices}) == 4
        assert [at for at, choice in enumerate(choices) if not choice.mistake] == [question.right]
        assert len({choice.mistake for choice in choices}) == 4
        assert all(re.fullmatch(r"(This|These) .+\.|", choice.mistake) for choice in choices)
        shown = question.kind in PICTURES
        assert [choice.text == "" for choice in choices] == [shown] * 4
        assert len({picture.alt for picture in pictures}) == len(pictures) == 4 * shown
        assert not any(picture.title or NAMES.search(picture.alt) for picture in pictures)


def test_the_right_choice_may_stand_anywhere() -> None:
    for kind in KINDS:
        places = Counter(question.right for question in asked(kind))  # at least 90 of them
        assert all(0.12 < places[at] / places.total() < 0.38 for at in range(4)), (kind, places)


def test_words_are_plain() -> None:
    for question in every():
        for text in (question.prompt, *question.working, *(c.text + c.mistake for c in question.choices)):
            assert not re.search(r"[*_`$<>\[\]{}\\\n]|  |\.\.|-\d|[a-z],[a-z]|nan|None|True|False", text), text
        assert question.prompt[-1] in "?."
        assert "?" in question.prompt
        assert 2 <= len(question.working) <= 5


TERM = r"\(?−?(?:\d{1,3}(?:,\d{3})+|\d+)(?: − \d+)?\)?"
EQUATION = re.compile(rf"(?<![·+−/] )(?<![\d(])({TERM}(?: [·+−/] {TERM})*) = (−?[\d,]*\d)")


def test_every_equation_of_the_working_is_true() -> None:
    plain, found = str.maketrans({"·": "*", "−": "-", ",": None}), 0
    for question in every():
        for step in question.working:
            equations = EQUATION.findall(step)
            assert len(equations) == step.count(" = "), step
            for left, right in equations:
                assert eval(left.translate(plain)) == int(right.translate(plain)), step  # noqa: S307  # digits and signs
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
        assert question.kind != "matrix" or sum(has) == 1


def test_easy_has_nothing_special_and_hard_has_it_all() -> None:
    special = r"stride [2-9]", r"padding [1-9]", r"dilation [2-9]", r"[2-9] groups", r"(?<!no )bias"
    for level, all_or_none in (("easy", False), ("hard", True)):
        for seed in SEEDS:
            prompts = " ".join(question.prompt for question in quiz(seed, level) if question.kind != "bias")
            assert [bool(re.search(word, prompts)) for word in special] == [all_or_none] * len(special)


def test_every_mistake_comes_up() -> None:
    """Not one of them is written in vain."""
    found = {kind: {re.sub(r"[\d₁₂₃]+", "N", c.mistake) for q in asked(kind) for c in q.choices} for kind in KINDS}
    wanted = {"matrix": 4, "affected": 8, "effect": 12, "parameters": 7, "output": 9, "field": 6, "connections": 8}
    wanted |= {"recurrent": 6, "growth": 6, "gradient": 6, "bias": 4, "equivariance": 5, "translation": 4}
    wanted |= {"sparse": 5, "depthwise": 5, "transposed": 5, "reused": 6}
    assert {kind: len(mistakes) - 1 for kind, mistakes in found.items()} == wanted
