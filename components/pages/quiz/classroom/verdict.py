"""What a student is told of a round: nothing of what is right before the class is shown it. Pure."""

from dataclasses import dataclass
from typing import Literal

from components.pages.quiz.classroom.rooms import Moment
from components.pages.quiz.question import LETTERS, Question

DISCUSS = "The answers are in, and the discussion is on: convince your neighbour."


@dataclass(frozen=True, slots=True)
class Verdict:
    """A sentence, and how it looks."""

    kind: Literal["note", "right", "wrong"]
    text: str


def verdict(question: Question, moment: Moment, own: int | None) -> Verdict:
    """What is to be said to whoever has given this answer, or none."""
    given = "You have not answered." if own is None else f"Your answer: {LETTERS[own]}."
    if moment.stage == "solved":
        return _solved(question, own, given)
    if moment.stage == "counted":
        return Verdict("note", f"{given} {DISCUSS}")
    waiting = "Once more, after the discussion: what is your answer now?" if moment.round else "Choose your answer."
    return Verdict("note", waiting if own is None else f"{given} It is counted; wait for the others.")


def _solved(question: Question, own: int | None, given: str) -> Verdict:
    right = f"The answer is {LETTERS[question.right]}."
    if own is None:
        return Verdict("note", f"{given} {right}")
    if own == question.right:
        return Verdict("right", f"{given} Correct.")
    return Verdict("wrong", f"{given} {question.choices[own].mistake} {right}")
