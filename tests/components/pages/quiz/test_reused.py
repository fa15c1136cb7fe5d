"""Answers about shared layers, counted again from the words of the question, connection by connection."""

from itertools import product

from components.pages.quiz.question import Question
from tests.support.quiz import asked
from tests.support.text import numbers


def counted(question: Question) -> int:
    """A name for every weight and bias; a shared one has the same name wherever it is used."""
    told = [int(n) for n in numbers(question.prompt)]
    if "autoencoder" in question.prompt:
        n, h, _ = told
        names = {("W", i, j) for i, j in product(range(n), range(h))}
        names |= {("W", i, j) for j, i in product(range(h), range(n))}
        biased = "Every hidden unit" in question.prompt
        return len(names | ({("b", j) for j in range(h)} | {("c", i) for i in range(n)} if biased else set()))
    n, _, uses = told
    return len({(layer, i, j) for _ in range(uses) for layer in "AF" for i, j in product(range(n + 1), range(n))})


def test_the_right_answer_is_the_number_of_different_weights() -> None:
    for question in asked("reused"):
        assert numbers(question.choices[question.right].text) == [counted(question)]


def test_one_mistake_counts_every_use() -> None:
    for question in asked("reused"):
        (often,) = (choice for choice in question.choices if "once for every layer" in choice.mistake)
        assert numbers(often.text)[0] > counted(question)
