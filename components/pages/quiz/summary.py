"""Quiz in three sentences. Pure."""

from collections.abc import Mapping, Sequence

from components.display import words
from components.display.summary import Summary
from components.pages.quiz.question import Question, right_of
from components.pages.quiz.questions import TITLES
from components.pages.quiz.state import Quiz


def alone(own: Quiz, asked: Sequence[Question], answers: Mapping[int, int]) -> Summary:
    question = asked[own.question - 1]
    return Summary(
        f"Question {own.question} of {len(asked)} at the level “{own.level.capitalize()}”, “{TITLES[question.kind]}”, "
        f"with {words.plural(len(question.choices), 'answer')} to choose from.",
        f"Answered so far: {len(answers)} of {len(asked)}, {right_of(asked, answers)} of them correctly.",
        "Choose an answer and read why it is right or wrong, then go on with “Next”: only the first choice counts."
        if own.question < len(asked)
        else "Choose an answer and read why it is right or wrong; “New questions” begins another quiz.",
    )


def in_class(number: int, *, voting: bool, teaches: bool) -> Summary:
    return Summary(
        f"Question {number} of a class"
        + (", with what steers it and how to join." if teaches else ", with its answers."),
        "The class is answering now." if voting else "The class has answered, and the right answer is shown.",
        "Show the answers when enough students have answered, or go on to the next question."
        if teaches
        else "Choose your answer while the class is answering; this page follows your teacher automatically.",
    )


def outside() -> Summary:
    return Summary(
        "The page of a class.",
        "You are not in it yet, or it has ended.",
        "Wait until the page has joined the class, or take the quiz by yourself.",
    )
