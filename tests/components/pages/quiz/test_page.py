"""The quiz as a visitor takes it: predict first, then see; the first answer counts."""

from typing import Any

import pytest

from components.pages.quiz.question import LEVELS, Question
from components.pages.quiz.questions import questions
from components.pages.quiz.state import Quiz
from components.pages.quiz.worksheet import LETTERS, answer_sheet, worksheet
from tests.support.brought import brought, taken
from tests.support.visitor import Visitor, as_read


class Page(Visitor):
    """One visitor's session on the Quiz page."""

    path = "quiz"

    @property
    def answers(self) -> list[Any]:
        """The fields, a question each."""
        return list(self.at.radio)

    def answer(self, n: int, choice: int) -> None:
        self.answers[n].set_value(choice).run()
        self.is_sound()

    @property
    def score(self) -> str:
        return as_read(self.at.markdown[0].value)

    @property
    def asked(self) -> tuple[Question, ...]:
        own: Quiz = self.at.session_state["session"].states.of(Quiz)
        return questions(own.seed, own.level)

    @property
    def prompts(self) -> list[str]:
        shown = {node.value for node in self.at.text}
        return [question.prompt for question in self.asked if question.prompt in shown]

    @property
    def told(self) -> list[str]:
        return [as_read(node.value) for node in (*self.at.success, *self.at.error)]

    def fresh(self) -> None:
        """Eight questions of this link, none of them answered."""
        self.is_sound()
        assert len(self.prompts) == 8
        assert [(field.value, field.proto.disabled) for field in self.answers] == [(None, False)] * 8
        assert (self.told, self.warnings, len(self.at.expander)) == ([], [], 0)
        assert self.score == "8 questions, generated from the seed. Only the first answer counts."


@pytest.mark.parametrize("level", LEVELS)
def test_there_are_eight_questions_and_no_answer_is_given_away(level: str) -> None:
    page = Page(level=level)
    page.fresh()
    assert [int(node.value.split(".")[0]) for node in page.at.subheader] == [*range(1, 9)]
    shown = " ".join(node.value for node in (*page.at.text, *page.at.markdown))
    for question, field in zip(page.asked, page.answers, strict=True):
        texts = [
            f"{letter}. {choice.text}".rstrip(". ") for letter, choice in zip("ABCD", question.choices, strict=True)
        ]
        assert list(field.options) == texts
        secrets = [*question.working, *(choice.mistake for choice in question.choices if choice.mistake)]
        assert not any(secret in shown for secret in secrets)


def test_an_answer_is_judged_explained_and_counted_to_the_end() -> None:
    page = Page(quiz_seed="5", level="hard")
    points = 0
    for n, question in enumerate(page.asked):
        choice = question.right if n % 3 else (question.right + 2) % 4
        points += choice == question.right
        page.answer(n, choice)
        if choice == question.right:
            assert f"{LETTERS[choice]} is correct." in page.told
        else:
            told = next(text for text in page.told if text.startswith(f"You chose {LETTERS[choice]}. "))
            assert as_read(question.choices[choice].mistake) in told
            assert told.endswith(f"The answer is {LETTERS[question.right]}.")
        assert [node.value for node in page.at.expander[n].text] == list(question.working)
        assert page.score.startswith(f"**{points} of {n + 1} correct**")
        assert page.score.endswith(f"{7 - n} to go.")
        assert [field.proto.disabled for field in page.answers] == [k <= n for k in range(8)]
    assert (points, len(page.at.expander)) == (5, 8)


def test_the_first_answer_counts_and_a_second_one_changes_nothing() -> None:
    page = Page()
    right = page.asked[0].right
    page.answer(0, (right + 1) % 4)
    states = page.at._tree.get_widget_states()  # a second click, made before the page had heard of the first
    (late,) = [state for state in states.widgets if state.id == page.answers[0].proto.id]
    late.string_value = page.answers[0].options[right]
    page.at._run(states)
    for _ in range(2):
        assert page.score == "**0 of 1 correct**, 7 to go."
        page.run()
    assert page.told[0].startswith(f"You chose {LETTERS[(right + 1) % 4]}.")


def test_another_level_or_seed_is_another_quiz_with_fresh_answers_and_the_next_follows_the_last() -> None:
    page = Page()
    first = page.prompts
    for field, value, default in (("level", "hard", "easy"), ("quiz_seed", 9999, 0)):
        page.answer(2, 0)
        page.put(field, value)
        page.fresh()
        assert (page.prompts != first, page.query) == (True, {field: str(value)})
        page.put(field, default)
        page.fresh()
        assert page.prompts == first
    for seed, query in ((0, {"quiz_seed": "1"}), (9999, {})):
        page.put("quiz_seed", seed)
        page.answer(0, 1)
        page.press("quiz_next")
        page.fresh()
        assert page.query == query


def test_one_link_is_one_quiz_for_everybody_the_answers_are_each_one_s_own_and_wait_while_one_is_elsewhere() -> None:
    one, other = (Page(quiz_seed="12", level="hard") for _ in range(2))
    assert one.prompts == other.prompts
    assert [field.options for field in one.answers] == [field.options for field in other.answers]
    one.answer(2, 0)
    one.answer(5, 1)
    other.run()
    other.fresh()
    before = one.told, one.score
    for path in ("explore", "lesson", "quiz"):
        one.go(path)
    assert (one.told, one.score) == before
    assert [field.value for field in one.answers] == [None, None, 0, None, None, 1, None, None]


@pytest.mark.parametrize(
    ("key", "name", "sheet"), [("worksheet", "", worksheet), ("answers", "-answers", answer_sheet)], ids=["", "answers"]
)
def test_a_worksheet_is_made_when_it_is_asked_for_and_is_this_quiz(key: str, name: str, sheet: Any) -> None:  # noqa: ANN401
    page = Page(quiz_seed="3", level="medium")
    page.is_sound()
    for seed in (3, 4):
        assert brought(page) == ({"asked": []}, b"")
        named, mime, file = taken(page, key)
        assert (named, mime) == (f"weight-loom-quiz-{seed}-medium{name}.html", "text/html")
        assert file.decode() == sheet(seed, "medium", f"?quiz_seed={seed}&level=medium")
        page.press("quiz_next")
