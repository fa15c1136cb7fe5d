"""Quiz in three sentences. Pure."""

from collections.abc import Mapping, Sequence

from components.display import words
from components.display.summary import Summary
from components.pages.quiz.classroom.rooms import Moment, Stage
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


NOW: dict[Stage, str] = {
    "asked": "The class is answering now.",
    "counted": "The answers are in and the class discusses them; which one is right is not shown yet.",
    "solved": "The class has answered, and the right answer is shown.",
}
TEACHER: dict[Stage, str] = {
    "asked": "Show the distribution when enough students have answered, or the right answer at once.",
    "counted": "Let neighbours discuss, then ask again or show the right answer.",
    "solved": "Discuss the mistakes, then go on to the next question or to any other.",
}
STUDENT: dict[Stage, str] = {
    "asked": "Choose your answer; this page follows your teacher automatically.",
    "counted": "Convince your neighbour; this page follows your teacher automatically.",
    "solved": "Read why your answer is right or wrong; this page follows your teacher automatically.",
}


def leading(moment: Moment) -> Summary:
    shown = f"Question {moment.question + 1} of a class, with what steers it and how to join."
    return Summary(shown, NOW[moment.stage], TEACHER[moment.stage])


def taking_part(moment: Moment) -> Summary:
    return Summary(
        f"Question {moment.question + 1} of a class, with its answers.", NOW[moment.stage], STUDENT[moment.stage]
    )


def outside() -> Summary:
    return Summary(
        "The page of a class.",
        "You are not in it yet, or it has ended.",
        "Wait until the page has joined the class, or take the quiz by yourself.",
    )
