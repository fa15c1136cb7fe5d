"""The right count or sum is right, and each wrong one is the mistake it says: made again from the prompt alone."""

import re
from collections.abc import Callable
from itertools import product

import pytest

from components.pages.quiz.question import Question
from tests.support.quiz import Answers, asked, compare, met, moves, number, reads, told
from tests.support.text import numbers

SUBSCRIPTS = str.maketrans("₁₂₃₄₅₆₇₈₉", "123456789")


def layer(question: Question) -> tuple[int, ...]:
    """C, H, W, O, K, groups, bias of the prompt of a convolution layer."""
    C, H, W, O, K, L = told(question, r"maps N input channels of N × N pixels to N output channels with N × N kernels")
    assert K == L
    groups = re.search(r"(\d+) groups", question.prompt)
    assert ("no bias" in question.prompt) != ("one bias per output channel" in question.prompt)
    return C, H, W, O, K, int(groups[1]) if groups else 1, "no bias" not in question.prompt


def parameters(question: Question) -> Answers:
    C, H, W, O, K, groups, bias = layer(question)
    rows, cols = (reads(n, K, *moves(question.prompt)) for n in (H, W))
    c, area = C // groups, K * K
    answers: Answers = {
        "": O * (c * area + bias),
        "This forgets that a kernel has weights for every input": O * (area + bias),
        f"This counts only one output channel, but there are {O}": c * area + bias,
        "These are the connections": O * c * met(H, rows) * met(W, cols) + O * len(rows) * len(cols) * bias,
        "This adds the numbers of channels": (O + c) * area + O * bias,
    }
    if bias:
        answers |= {"This forgets the bias.": O * c * area, "This counts a single bias for all": O * c * area + 1}
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
        f"This counts only one output channel, but there are {O}": c * real + links * h * w,
    }
    if (h, w) != (H, W):
        answers[f"This confuses inputs with outputs: the window has {h} × {w} positions"] = (
            O * H * W * (c * K * K + links)
        )
    if "padding" in question.prompt:
        answers["This counts the taps that lie on the padding"] = O * h * w * (c * K * K + links)
    if bias and multiply:
        answers["These are the connections: a bias is a"] = O * (c * real + h * w)
    elif bias:
        answers["These are the multiplications"] = O * c * real
    if groups > 1:
        answers["This forgets the groups"] = O * (C * real + links * h * w)
    return answers


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
        before, _, after, _ = told(question, r"map has N × N outputs now and will have N × N")
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
    H, F, T = told(question, r"layer of N units reads N numbers per step, for N steps")
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
        "This multiplies the tied weights by the steps": T * once,
        "This forgets the weights on the previous state": own[0] + own[2],
        "This forgets the weights on the inputs": own[1] + own[2],
    }
    if bias:
        answers["This forgets the biases"] = own[0] + own[1]
    return answers


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


@pytest.mark.parametrize(
    "oracle", [parameters, connections, growth, recurrent, gradient], ids=lambda oracle: oracle.__name__
)
def test_the_right_number_is_right_and_each_wrong_one_is_its_mistake(oracle: Callable[[Question], Answers]) -> None:
    for question in asked(oracle.__name__):
        compare(question, oracle(question), number)
