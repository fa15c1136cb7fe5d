"""The quiz as a visitor takes it: predict first, then see; the first answer counts."""

from typing import Any

import pytest

from components.pages.quiz.question import LEVELS
from components.pages.quiz.questions import questions
from components.pages.quiz.state import Quiz
from components.pages.quiz.worksheet import LETTERS, answer_sheet, worksheet
from tests.support.brought import brought, taken
from tests.support.text import numbers
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
    def prompts(self) -> list[str]:
        asked = {node.value for node in self.at.text}
        return [question.prompt for question in self.asked if question.prompt in asked]

    @property
    def own(self) -> Quiz:
        found: Quiz = self.at.session_state["session"].states.of(Quiz)
        return found

    @property
    def asked(self) -> Any:  # noqa: ANN401  # the questions
        return questions(self.own.seed, self.own.level)

    @property
    def told(self) -> list[str]:
        return [as_read(node.value) for node in (*self.at.success, *self.at.error)]

    def fresh(self) -> None:
        """Eight questions of this link, none of them answered."""
        self.is_sound()
        assert len(self.prompts) == len(self.answers) == 8
        assert [field.value for field in self.answers] == [None] * 8
        assert not any(field.proto.disabled for field in self.answers)
        assert (self.told, self.warnings) == ([], [])
        assert self.score == "8 questions, drawn from a seed. The first answer counts."
        assert len(self.at.expander) == 0


def test_there_are_eight_questions_and_no_answer_is_given_away() -> None:
    for level in LEVELS:
        page = Page(level=level)
        page.fresh()
        assert [int(node.value.split(".")[0]) for node in page.at.subheader] == [*range(1, 9)]
        shown = " ".join(node.value for node in (*page.at.text, *page.at.markdown))
        for question, field in zip(page.asked, page.answers, strict=True):
            assert len(field.options) == len(question.choices) == 4
            assert not any(step in shown for step in question.working)
            for letter, option, choice in zip(LETTERS, field.options, question.choices, strict=True):
                assert option == f"{letter}. {choice.text}".rstrip(". ")
                assert not choice.mistake or choice.mistake not in shown


def test_an_answer_is_judged_explained_and_counted_to_the_end() -> None:
    page = Page(quiz_seed="5", level="hard")
    points = 0
    for n, question in enumerate(page.asked):
        choice = question.right if n % 3 else (question.right + 2) % 4
        points += choice == question.right
        page.answer(n, choice)
        if choice == question.right:
            assert f"{LETTERS[choice]} is right." in page.told
        else:
            told = next(text for text in page.told if text.startswith(f"You said {LETTERS[choice]}. "))
            assert question.choices[choice].mistake
            assert as_read(question.choices[choice].mistake) in told
            assert told.endswith(f"It is {LETTERS[question.right]}.")
        assert [node.value for node in page.at.expander[n].text] == list(question.working)
        assert page.score.startswith(f"**{points} of {n + 1} right**")
        assert numbers(page.score.replace("**", "")) == [points, n + 1, 7 - n]
        assert [field.proto.disabled for field in page.answers] == [k <= n for k in range(8)]
    assert points == 5
    assert len(page.at.expander) == 8


def test_the_first_answer_counts_and_a_second_one_changes_nothing() -> None:
    page = Page()
    right = page.asked[0].right
    page.answer(0, (right + 1) % 4)
    states = page.at._tree.get_widget_states()  # a second click, made before the page had heard of the first
    (late,) = [state for state in states.widgets if state.id == page.answers[0].proto.id]
    late.string_value = page.answers[0].options[right]
    page.at._run(states)
    assert page.score == "**0 of 1 right**, 7 to go."
    page.run()
    assert page.told[0].startswith(f"You said {LETTERS[(right + 1) % 4]}.")
    assert page.score == "**0 of 1 right**, 7 to go."


@pytest.mark.parametrize(("before", "query"), [({}, {"quiz_seed": "1"}), ({"quiz_seed": "9999"}, {})], ids=str)
def test_other_questions_are_the_next_seed_and_start_afresh(before: dict[str, str], query: dict[str, str]) -> None:
    page = Page(**before)
    page.answer(0, 1)
    page.press("quiz_next")
    page.fresh()
    assert page.query == query


@pytest.mark.parametrize(("field", "value"), [("level", "hard"), ("quiz_seed", 7)])
def test_another_level_or_seed_is_another_quiz_with_fresh_answers(field: str, value: object) -> None:
    page = Page()
    page.answer(2, 0)
    before = page.prompts
    page.put(field, value)
    page.fresh()
    assert page.prompts != before
    assert page.query == {field: str(value)}
    page.put(field, {"level": "easy", "quiz_seed": 0}[field])
    page.fresh()
    assert page.prompts == before


def test_one_link_is_one_quiz_for_everybody_and_the_answers_are_each_one_s_own() -> None:
    one, other = (Page(quiz_seed="12", level="hard") for _ in range(2))
    assert one.prompts == other.prompts
    assert [field.options for field in one.answers] == [field.options for field in other.answers]
    one.answer(2, 0)
    other.run()
    other.fresh()


def test_answers_wait_while_the_visitor_looks_at_another_page() -> None:
    page = Page()
    page.answer(0, 2)
    page.answer(5, 1)
    before = page.told, page.score
    for path in ("explore", "lesson", "quiz"):
        page.go(path)
    assert (page.told, page.score) == before
    assert [field.value for field in page.answers] == [2, None, None, None, None, 1, None, None]


@pytest.mark.parametrize("text", ["", "-1", "10000", "<script>"], ids=repr)
def test_a_hostile_link_is_the_first_quiz_and_it_is_said(text: str) -> None:
    page = Page(quiz_seed=text, level=text)
    assert len(page.warnings) == 2
    assert page.own == Quiz()
    page.run()
    page.fresh()


@pytest.mark.parametrize(
    ("key", "name", "sheet"),
    [
        ("worksheet", "weight-loom-quiz-3-medium.html", worksheet),
        ("answers", "weight-loom-quiz-3-medium-answers.html", answer_sheet),
    ],
    ids=["worksheet", "answers"],
)
def test_a_worksheet_is_made_when_it_is_asked_for_and_is_this_quiz(key: str, name: str, sheet: Any) -> None:  # noqa: ANN401
    page = Page(quiz_seed="3", level="medium")
    page.is_sound()
    assert brought(page) == ({"asked": []}, b"")
    named, mime, file = taken(page, key)
    assert (named, mime) == (name, "text/html")
    assert file.decode() == sheet(3, "medium", "?quiz_seed=3&level=medium")
    assert brought(page) == ({"asked": []}, b"")
    page.press("quiz_next")
    _, _, file = taken(page, key)
    assert file.decode() == sheet(4, "medium", "?quiz_seed=4&level=medium")
