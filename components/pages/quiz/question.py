"""What a question of the quiz is, and what all kinds of questions are put together from. Pure.

A wrong choice is what a typical mistake gives: the engine's own number for the layer as it was misread. So each wrong
choice knows which mistake it is, and no number is typed in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeVar, get_args

import numpy as np

from components.display.cards import Picture
from components.pages.quiz.state import Level
from kernels.layer.spec import LayerSpec

LEVELS: tuple[Level, ...] = get_args(Level)
CHOICES, LETTERS = 4, "ABCD"
SIMPLE = ", stride 1, no padding"


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to choose, as text or as a picture. mistake: "" for the right one, else which mistake gives it."""

    text: str
    picture: Picture | None
    mistake: str


@dataclass(frozen=True, slots=True)
class Question:
    """choices: all different, choices[right] the right one. working: the way to it in steps, the last states it."""

    kind: str
    prompt: str
    pictures: tuple[Picture, ...]
    choices: tuple[Choice, ...]
    right: int
    working: tuple[str, ...]


def right_of(asked: Sequence[Question], answers: Mapping[int, int]) -> int:
    """How many of these answers are right. answers: the choice by question, both counted from 0."""
    return sum(asked[n].right == choice for n, choice in answers.items())


def lettered(question: Question) -> tuple[str, ...]:
    """A. 625, or A alone where the answer is a picture: each choice as it is read and pressed."""
    return tuple(
        f"{letter}. {choice.text}" if choice.text else letter
        for letter, choice in zip(LETTERS, question.choices, strict=True)
    )


Rng = np.random.Generator
Maker = Callable[[Rng, Level], Question]
Number = tuple[int, str]  # what a mistake gives, and which mistake it is
Item = TypeVar("Item")


def pick(rng: Rng, options: Sequence[Item]) -> Item:
    return options[between(rng, 0, len(options) - 1)]


def between(rng: Rng, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


def ask(
    rng: Rng,
    kind: str,
    prompt: str,
    right: Choice,
    wrong: Sequence[Choice],
    working: Sequence[str],
    pictures: tuple[Picture, ...] = (),
) -> Question:
    """The right choice among up to three wrong ones, drawn from those that differ, at a place that is drawn too."""
    kept = {_seen(right): right}
    for at in rng.permutation(len(wrong)).tolist():
        if len(kept) < CHOICES:
            kept.setdefault(_seen(wrong[at]), wrong[at])
    choices = [list(kept.values())[at] for at in rng.permutation(len(kept)).tolist()]
    return Question(kind, prompt, pictures, tuple(choices), choices.index(right), tuple(working))


def _seen(choice: Choice) -> tuple[str, str]:
    return choice.text, choice.picture.src if choice.picture else ""


def in_words(text: str, mistake: str = "") -> Choice:
    """A choice without a picture."""
    return Choice(text, None, mistake)


def in_numbers(found: Sequence[Number]) -> list[Choice]:
    return [in_words(f"{number:,}", mistake) for number, mistake in found]


def product(*factors: int) -> str:
    """3 · 3 = 9."""
    return f"{' · '.join(f'{n:,}' for n in factors)} = {prod(factors):,}"


def window_moves(rng: Rng, level: Level) -> dict[str, Any]:
    """Stride, padding and dilation of a layer: all as simple as can be at the easy level."""
    if level == "easy":
        return {}
    if level == "medium":
        return {"stride": between(rng, 1, 2), "padding": between(rng, 1, 2)}
    return {"stride": between(rng, 2, 3), "padding": between(rng, 1, 2), "dilation": between(rng, 2, 3)}


def geometry(spec: LayerSpec) -> str:
    """ ", stride 2, padding 1 on every side, dilation 2": what is not as simple as it can be."""
    (stride, _), (dilation, _), ((padding, _), _) = spec.stride, spec.dilation, spec.pads
    parts = []
    if stride > 1:
        parts.append(f", stride {stride}")
    if padding:
        parts.append(f", padding {padding} on every side")
    if dilation > 1:
        parts.append(f", dilation {dilation}")
    if spec.groups > 1:
        parts.append(f", {spec.groups} groups")
    return "".join(parts)
