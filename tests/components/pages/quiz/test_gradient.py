"""The gradient is the sum over the uses of the weight, multiplied out again from the prompt."""

import re

import pytest

from components.pages.quiz.question import Question
from tests.support.quiz import (
    Answers,
    asked,
    compare,
    number,
    told,
)
from tests.support.text import numbers

SUBSCRIPTS = str.maketrans("₁₂₃₄₅₆₇₈₉", "123456789")


def gradient(question: Question) -> Answers:
    prompt = question.prompt.translate(SUBSCRIPTS)
    vectors = {
        name: [int(n) for n in numbers(inside)] for name, inside in re.findall(r"(x|∂L/∂y) = \(([^)]*)\)", prompt)
    }
    x, dy = vectors["x"], vectors["∂L/∂y"]
    K, length, s = told(question, r"kernel of N weights slides along a row of N numbers, stride N")
    assert (len(x), len(dy)) == (length, 3) == ((2 * s) + K, 3)
    assert "y1 = " + " + ".join(f"w{k} · x{k}" for k in range(1, K + 1)) + ", and so on for 3 positions" in prompt
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


def test_the_right_sum_is_right_and_each_wrong_one_is_its_mistake() -> None:
    for question in asked("gradient"):
        compare(question, gradient(question), number)
