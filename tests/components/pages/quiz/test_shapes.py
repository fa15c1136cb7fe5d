"""The right size is right, and each wrong one is the mistake it says: found again by walking a window."""

from collections.abc import Callable

import pytest

from components.pages.quiz.question import Question
from tests.support.quiz import Answers, asked, compare, moves, reads, size, told


def output(question: Question) -> Answers:
    K, _, H, W = told(question, r"A N × N kernel slides over a picture of N × N pixels")
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
        answers["This adds what the window loses"] = (H + K - 1, W + K - 1)
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
        told(question, r"first convolution has a N × N kernel"),
        told(question, r"map with a N × N kernel"),
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


@pytest.mark.parametrize("oracle", [output, field], ids=lambda oracle: oracle.__name__)
def test_the_right_size_is_right_and_each_wrong_one_is_its_mistake(oracle: Callable[[Question], Answers]) -> None:
    for question in asked(oracle.__name__):
        compare(question, oracle(question), size)
