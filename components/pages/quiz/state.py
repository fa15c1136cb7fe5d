"""What the Quiz page sets."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self, get_args

from components.state.fields import Field, Named, OneOf, Seed, Whole
from components.state.link import State

Level = Literal["easy", "medium", "hard"]
QUESTIONS = 8
CODE_LETTERS, CODE_LENGTH = "23456789abcdefghjkmnpqrstuvwxyz", 8  # none that can be taken for another; 8 × 10¹¹ codes


@dataclass(frozen=True, slots=True)
class ClassCode(Field[str]):
    """The code of a class, or "" for none. Capitals, spaces and hyphens are read as a student may type them."""

    @property
    def accepts(self) -> str:
        return f"a class code of {CODE_LENGTH} letters and digits"

    def read(self, value: object) -> str:
        if not isinstance(value, str) or len(value) > 4 * CODE_LENGTH:
            raise ValueError
        code = value.replace(" ", "").replace("-", "").lower()
        if value and (len(code) != CODE_LENGTH or not set(code) <= set(CODE_LETTERS)):
            raise ValueError
        return code


@dataclass(frozen=True, slots=True)
class Quiz(State):
    """A quiz is its seed and its level. question: the one on the screen, from 1. room: the code of a class, or ""."""

    seed: Annotated[Seed, Named("quiz_seed")] = 0
    level: Annotated[Level, OneOf(get_args(Level))] = "easy"
    question: Annotated[int, Whole(1, QUESTIONS)] = 1
    room: Annotated[str, ClassCode(), Named("class")] = ""

    def fitted(self, before: Self | None = None, chosen: Collection[str] = ()) -> Self:
        """Another quiz begins with its first question."""
        another = before and (before.seed, before.level) != (self.seed, self.level)
        return replace(self, question=1) if another and "question" not in chosen else self
