"""What a student is told, at every stage of a round."""

import pytest

from components.pages.quiz.classroom.rooms import Moment
from components.pages.quiz.classroom.verdict import DISCUSS, verdict
from components.pages.quiz.question import LETTERS, Question
from components.pages.quiz.questions import questions

ASKED = questions(0, "easy")


@pytest.mark.parametrize("moment", [Moment(0), Moment(0, 1), Moment(0, 0, "counted"), Moment(0, 1, "counted")])
def test_before_the_right_answer_is_shown_all_answers_are_told_alike(moment: Moment) -> None:
    question = ASKED[0]
    told = {verdict(question, moment, n).text.replace(f": {LETTERS[n]}.", "") for n in range(4)}
    assert len(told) == 1
    assert verdict(question, moment, question.right).kind == "note"
    assert "answer is" not in "".join(told | {verdict(question, Moment(0, 1, "counted"), None).text})
    assert (DISCUSS in next(iter(told))) == (moment.stage == "counted")


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: str(asked.kind))
def test_the_right_answer_is_told_with_the_mistake_behind_ones_own(asked: Question) -> None:
    for own in (None, *range(4)):
        said = verdict(asked, Moment(0, 0, "solved"), own)
        if own == asked.right:
            assert (said.kind, said.text) == ("right", f"Your answer: {LETTERS[own]}. Correct.")
            continue
        assert said.text.endswith(f"The answer is {LETTERS[asked.right]}.")
        assert said.kind == ("note" if own is None else "wrong")
        assert own is None or asked.choices[own].mistake in said.text
