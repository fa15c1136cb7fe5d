"""The quiz as a visitor takes it: predict first, then see; the first answer counts."""

import re
from typing import Any

import pytest

from components.pages.quiz.quiz import LEVELS, Level, questions
from components.pages.quiz.worksheet import LETTERS, worksheet
from components.state.link import Quiz, edited, to_query
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
        found: Quiz = self.at.session_state["desk"].of(Quiz)
        return found

    @property
    def asked(self) -> Any:  # noqa: ANN401  # the questions
        return questions(self.own.quiz_seed, self.own.level)

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


@pytest.mark.parametrize("level", LEVELS)
def test_there_are_eight_questions_and_no_answer_is_given_away(level: Level) -> None:
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


def test_a_right_answer_is_called_right_and_counted_with_its_working() -> None:
    page = Page()
    right = page.asked[3].right
    page.answer(3, right)
    assert page.told == [f"{LETTERS[right]} is right."]
    assert page.score == "**1 of 1 right**, 7 to go."
    (steps,) = page.at.expander
    assert [node.value for node in steps.text] == list(page.asked[3].working)
    assert [field.proto.disabled for field in page.answers] == [n == 3 for n in range(8)]


@pytest.mark.parametrize("n", range(8))
def test_a_wrong_answer_names_its_mistake_and_the_right_one(n: int) -> None:
    page = Page(level="hard")
    question = page.asked[n]
    for choice in range(4):
        if choice == question.right:
            continue
        page = Page(level="hard")
        page.answer(n, choice)
        (told,) = page.told
        assert told.startswith(f"You said {LETTERS[choice]}. ")
        assert question.choices[choice].mistake
        assert as_read(question.choices[choice].mistake) in told
        assert told.endswith(f"It is {LETTERS[question.right]}.")
        assert page.score == "**0 of 1 right**, 7 to go."


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


def test_the_score_is_counted_to_the_end() -> None:
    page = Page(quiz_seed="5", level="medium")
    points = 0
    for n, question in enumerate(page.asked):
        choice = question.right if n % 3 else (question.right + 2) % 4
        points += choice == question.right
        page.answer(n, choice)
        assert numbers(page.score.replace("**", "")) == [points, n + 1, 7 - n]
    assert points == 5
    assert len(page.at.expander) == 8


def test_other_questions_are_the_next_seed_and_start_afresh() -> None:
    page = Page()
    page.answer(0, 1)
    page.press("quiz_next")
    page.fresh()
    assert page.query == {"quiz_seed": "1"}
    page = Page(quiz_seed="9999")
    page.press("quiz_next")
    page.fresh()
    assert page.query == {}


@pytest.mark.parametrize(("field", "value"), [("level", "hard"), ("quiz_seed", 7)])
def test_another_level_or_seed_is_another_quiz_with_fresh_answers(field: str, value: object) -> None:
    page = Page()
    for n in range(4):
        page.answer(n, 0)
    before = page.prompts
    page.put(field, value)
    page.fresh()
    assert page.prompts != before
    assert page.query == to_query(edited(Quiz(), **{field: value}))
    page.put(field, getattr(Quiz(), field))
    page.fresh()
    assert page.prompts == before


def test_the_same_link_is_the_same_quiz_for_everybody() -> None:
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
    page.go("explore")
    page.go("lesson")
    page.go("quiz")
    assert (page.told, page.score) == before
    assert [field.value for field in page.answers] == [2, None, None, None, None, 1, None, None]


@pytest.mark.parametrize("text", ["", "x", "-1", "10000", "nan", "<script>"], ids=repr)
def test_a_hostile_link_is_the_first_quiz_and_it_is_said(text: str) -> None:
    page = Page(quiz_seed=text, level=text)
    assert len(page.warnings) == 2
    assert page.own == Quiz()
    page.run()
    page.fresh()


@pytest.mark.parametrize("answers", [False, True])
def test_a_worksheet_is_made_when_it_is_asked_for_and_is_this_quiz(answers: bool) -> None:
    page = Page(quiz_seed="3", level="medium")
    page.is_sound()
    assert brought(page) == ({"asked": []}, b"")
    name, mime, file = taken(page, f"worksheet_{answers}")
    assert (name, mime) == (f"weight-loom-quiz-3-medium{'-answers' * answers}.html", "text/html")
    assert file.decode() == worksheet(3, "medium", answers, "?quiz_seed=3&level=medium")
    assert (b"Answer: " in file) == answers
    assert brought(page) == ({"asked": []}, b"")
    page.press("quiz_next")
    _, _, file = taken(page, f"worksheet_{answers}")
    assert file.decode() == worksheet(4, "medium", answers, "?quiz_seed=4&level=medium")


def test_every_quiz_can_be_shown() -> None:
    page = Page()
    for seed in range(2):
        for level in LEVELS:
            page.put("level", level)
            page.put("quiz_seed", seed)
            for n in range(8):
                page.answer(n, (n + seed) % 4)
            assert re.fullmatch(r"\*\*\d of 8 right\*\*, 0 to go\.", page.score)
