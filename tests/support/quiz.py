"""Reads the quiz as a pupil does: the numbers out of the prompt, the answers out of the choices."""

import re
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from components.pages.quiz.question import LEVELS, Choice, Question
from components.pages.quiz.questions import KINDS, questions
from components.pages.quiz.state import Level
from tests.support.text import numbers

Floats = NDArray[np.float64]
Answers = dict[str, object]  # how a mistake's sentence begins, and what it gives; "" is the right answer
SEEDS = range(60)


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


def compare(question: Question, answers: Answers, value: Callable[[Choice], object]) -> None:
    """Every choice is what its sentence gives."""
    for at, choice in enumerate(question.choices):
        begins = [known for known in answers if known and choice.mistake.startswith(known)]
        assert len(begins) == (at != question.right), (choice.mistake, answers)
        wanted = answers["".join(begins)]
        assert value(choice) == wanted, (question.prompt, choice, wanted)
