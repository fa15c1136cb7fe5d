"""Every choice of a question is what it says: the right one, and each wrong by its mistake, from the prompt alone."""

import re
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from components.pages.quiz.question import Question
from tests.support.quiz import Answers, asked, compare, met, moves, number, reads, size, told
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


def listed(question: Question, name: str) -> list[float]:
    """The numbers in the brackets after this word."""
    found = re.search(rf"{name} \(([^)]*)\)", question.prompt)
    assert found
    return numbers(found[1])


def bias(question: Question) -> Answers:
    C, H, W, O, K, _ = told(question, r"reads N channels of N × N pixels and gives N maps, with N × N kernels")
    s = moves(question.prompt)[0]
    places = ((H - K) // s + 1) * ((W - K) // s + 1)
    bare = O * C * K * K
    return {
        "": bare + O,
        "This counts the biases twice": bare + 2 * O,
        "This gives every slice of a kernel": bare + O * C,
        "This gives every output": bare + O * places,
        "This forgets the biases": bare,
    }


def equivariance(question: Question) -> Answers:
    (K,), (before,), (by,) = (
        told(question, pattern) for pattern in (r"kernel of N weights", r"is number N\.", r"is shifted N pixels")
    )
    step = by // moves(question.prompt)[0]
    return {
        "": before + step,
        "This is invariance": before,
        "This adds the width": before + by + K - 1,
        "This moves the map against": abs(before - step),
        "This moves the map twice": before + 2 * step,
        "This forgets that a stride": before + by,
    }


def translation(question: Question) -> Answers:
    kernel, x = listed(question, "kernel"), listed(question, "along x =")
    (by,), (place,) = told(question, r"translated by N"), told(question, r"output number N now")

    def output(values: list[float], at: int) -> float:
        return sum(w * values[at + k] for k, w in enumerate(kernel))

    moved, at = [0.0] * by + x[:-by], place - 1
    return {
        "": output(moved, at),
        f"This adds {by} to every input": output([n + by for n in x], at),
        f"This adds {by} to the output": output(x, at) + by,
        "This is the output of before": output(x, at),
        "This moves the input to the left": output(x, at + by),
    }


def sparse(question: Question) -> Answers:
    K, _, side, _ = told(question, r"a N × N kernel over N × N pixels")
    places = ((side - K) // moves(question.prompt)[0] + 1) ** 2
    return {
        "": places * K * K,
        "These are the weights": K * K,
        "These are all cells": places * side * side,
        "These are the cells that stay": places * side * side - places * K * K,
        "These are the outputs": places,
        "This counts a window": side * side * K * K,
    }


def depthwise(question: Question) -> Answers:
    (K, _, C), (O,) = told(question, r"A N × N depthwise convolution of N channels"), told(question, r"to N maps")
    deep, point = C * K * K, O * C
    return {
        "": deep + point,
        "This is the full": O * C * K * K,
        "This forgets the 1 × 1": deep,
        "This has one kernel": K * K + point,
        "This multiplies": deep * point,
        "This lets each channel": C * deep + point,
    }


def transposed(question: Question) -> Answers:
    kernel, x, y = (listed(question, name) for name in ("kernel", "along x =", "outputs y are"))
    s, at = moves(question.prompt)[0], "₁₂₃₄₅₆₇₈".index(question.prompt[-2])
    assert y == [sum(w * x[t * s + k] for k, w in enumerate(kernel)) for t in range(len(y))]

    def scattered(weights: list[float]) -> list[float]:
        z = np.zeros(len(x))
        for t, value in enumerate(y):
            for k, w in enumerate(weights):
                z[t * s + k] += w * value
        return z.tolist()

    first = next((w * v for t, v in enumerate(y) for k, w in enumerate(kernel) if t * s + k == at), 0.0)
    return {
        "": scattered(kernel)[at],
        "This is the input again": x[at],
        "This is only the first": first,
        "This is an output": y[min(at, len(y) - 1)],
        "This uses the weights in reverse": scattered(kernel[::-1])[at],
        "This adds up": sum(y),
    }


ORACLES = [parameters, connections, growth, recurrent, gradient, output, field]
ORACLES += [bias, equivariance, translation, sparse, depthwise, transposed]


@pytest.mark.parametrize("oracle", ORACLES, ids=lambda oracle: oracle.__name__)
def test_the_right_answer_is_right_and_each_wrong_one_is_its_mistake(oracle: Callable[[Question], Answers]) -> None:
    for question in asked(oracle.__name__):
        compare(question, oracle(question), size if oracle in (output, field) else number)


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


def test_of_shared_layers_the_number_of_different_weights_is_right_and_one_mistake_counts_every_use() -> None:
    for question in asked("reused"):
        assert number(question.choices[question.right]) == counted(question)
        (often,) = (choice for choice in question.choices if "once for every layer" in choice.mistake)
        assert numbers(often.text)[0] > counted(question)
