"""Every choice of a question on a misconception, computed again with plain loops from what the prompt says."""

import re

import numpy as np

from components.pages.quiz.question import Question
from tests.support.quiz import Answers, asked, compare, number, told
from tests.support.text import numbers


def listed(question: Question, name: str) -> list[float]:
    """The numbers in the brackets after this word."""
    found = re.search(rf"{name} \(([^)]*)\)", question.prompt)
    assert found
    return numbers(found[1])


def stride_of(question: Question) -> int:
    found = re.search(r"stride (\d)", question.prompt)
    return int(found[1]) if found else 1


def test_a_bias_is_counted_once_a_map() -> None:
    for question in asked("bias"):
        C, H, W, O, K, _ = told(question, r"reads N channels of N × N pixels and gives N maps, with N × N kernels")
        s = stride_of(question)
        places = ((H - K) // s + 1) * ((W - K) // s + 1)
        bare = O * C * K * K
        answers: Answers = {
            "": bare + O,
            "This counts the biases twice": bare + 2 * O,
            "This gives every slice of a kernel": bare + O * C,
            "This gives every output": bare + O * places,
            "This forgets the biases": bare,
        }
        compare(question, answers, number)


def test_the_largest_output_moves_with_the_picture() -> None:
    for question in asked("equivariance"):
        (K,), (before,), (by,) = (
            told(question, pattern) for pattern in (r"kernel of N weights", r"is number N\.", r"is shifted N pixels")
        )
        step = by // stride_of(question)
        answers: Answers = {
            "": before + step,
            "This is invariance": before,
            "This adds the width": before + by + K - 1,
            "This moves the map against": abs(before - step),
            "This moves the map twice": before + 2 * step,
            "This forgets that a stride": before + by,
        }
        compare(question, answers, number)


def test_translating_moves_numbers_and_adds_nothing() -> None:
    for question in asked("translation"):
        kernel, x = listed(question, "kernel"), listed(question, "along x =")
        (by,), (place,) = told(question, r"translated by N"), told(question, r"output number N now")

        def output(values: list[float], at: int, kernel: list[float] = kernel) -> float:
            return sum(w * values[at + k] for k, w in enumerate(kernel))

        moved, at = [0.0] * by + x[:-by], place - 1
        answers: Answers = {
            "": output(moved, at),
            f"This adds {by} to every input": output([n + by for n in x], at),
            f"This adds {by} to the output": output(x, at) + by,
            "This is the output of before": output(x, at),
            "This moves the input to the left": output(x, at + by),
        }
        compare(question, answers, number)


def test_untying_fills_no_cell_of_w() -> None:
    for question in asked("sparse"):
        K, _, side, _ = told(question, r"a N × N kernel over N × N pixels")
        places = ((side - K) // stride_of(question) + 1) ** 2
        answers: Answers = {
            "": places * K * K,
            "These are the weights": K * K,
            "These are all cells": places * side * side,
            "These are the cells that stay": places * side * side - places * K * K,
            "These are the outputs": places,
            "This counts a window": side * side * K * K,
        }
        compare(question, answers, number)


def test_depthwise_and_pointwise_weights_add_up() -> None:
    for question in asked("depthwise"):
        (K, _, C), (O,) = told(question, r"A N × N depthwise convolution of N channels"), told(question, r"to N maps")
        deep, point = C * K * K, O * C
        answers: Answers = {
            "": deep + point,
            "This is the full": O * C * K * K,
            "This forgets the 1 × 1": deep,
            "This has one kernel": K * K + point,
            "This multiplies": deep * point,
            "This lets each channel": C * deep + point,
        }
        compare(question, answers, number)


def test_the_transposed_convolution_scatters_and_does_not_undo() -> None:
    for question in asked("transposed"):
        kernel, x, y = (listed(question, name) for name in ("kernel", "along x =", "outputs y are"))
        s, at = stride_of(question), "₁₂₃₄₅₆₇₈".index(question.prompt[-2])
        assert y == [sum(w * x[t * s + k] for k, w in enumerate(kernel)) for t in range(len(y))]

        def scattered(weights: list[float], s: int = s, x: list[float] = x, y: list[float] = y) -> list[float]:
            z = np.zeros(len(x))
            for t, value in enumerate(y):
                for k, w in enumerate(weights):
                    z[t * s + k] += w * value
            return z.tolist()

        first = next((w * v for t, v in enumerate(y) for k, w in enumerate(kernel) if t * s + k == at), 0.0)
        answers: Answers = {
            "": scattered(kernel)[at],
            "This is the input again": x[at],
            "This is only the first": first,
            "This is an output": y[min(at, len(y) - 1)],
            "This uses the weights in reverse": scattered(kernel[::-1])[at],
            "This adds up": sum(y),
        }
        compare(question, answers, number)
