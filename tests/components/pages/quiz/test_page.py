"""The quiz as a visitor takes it: predict first, then see; the first answer counts."""

from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from components.pages.quiz.question import LETTERS, LEVELS, Question
from components.pages.quiz.questions import questions
from components.pages.quiz.state import Quiz
from components.pages.quiz.worksheet import answer_sheet, worksheet
from tests.support.brought import brought, taken
from tests.support.visitor import Visitor, as_read


class Page(Visitor):
    """One visitor's session on the Quiz page."""

    path = "quiz"

    @property
    def answers(self) -> list[Any]:
        """The buttons of the question on the screen, one for each answer."""
        return [button for button in self.at.button if str(button.key).startswith("answer_")]

    def answer(self, n: int, choice: int) -> None:
        self.put("question", n + 1)
        self.answers[choice].click().run()
        self.is_sound()

    @property
    def score(self) -> str:
        return next(node.value for node in self.at.markdown if "correct" in node.value or "counts" in node.value)

    @property
    def asked(self) -> tuple[Question, ...]:
        own: Quiz = self.at.session_state["session"].states.of(Quiz)
        return questions(own.seed, own.level)

    @property
    def prompts(self) -> list[int]:
        """The questions on the screen, counted from 0."""
        shown = {node.value for node in self.at.text}
        return [n for n, question in enumerate(self.asked) if question.prompt in shown]

    @property
    def numbers(self) -> list[str]:
        """What stands on the row of numbers."""
        return list(self.named("field:question").options)

    @property
    def told(self) -> list[str]:
        return [as_read(node.value) for node in (*self.at.success, *self.at.error)]

    def fresh(self) -> None:
        """The first of the eight questions of this link, and no answer to any."""
        self.is_sound()
        assert (self.prompts, self.numbers) == ([0], [*map(str, range(1, 9))])
        assert [button.disabled for button in self.answers] == [False] * 4
        assert (self.told, self.warnings) == ([], [])
        assert self.score == "Predict first, then see: only the first answer counts."


@pytest.mark.parametrize("level", LEVELS)
def test_of_eight_questions_one_is_shown_and_no_answer_is_given_away(level: str) -> None:
    page = Page(level=level)
    page.fresh()
    for n, question in enumerate(page.asked):
        assert (page.prompts, page.query.get("question", "1")) == ([n], str(n + 1))
        assert page.title.startswith(f":primary[{n + 1}.] ")
        texts = [f"{letter}. {one.text}".rstrip(". ") for letter, one in zip("ABCD", question.choices, strict=True)]
        assert [button.label for button in page.answers] == texts
        shown = " ".join(node.value for node in (*page.at.text, *page.at.markdown))
        secrets = [*question.working, *(choice.mistake for choice in question.choices if choice.mistake)]
        assert not any(secret in shown for secret in secrets)
        assert page.named("question_previous").disabled == (n == 0)
        assert page.named("question_next").disabled == (n == 7)
        if n < 7:
            page.press("question_next")
    page.press("question_previous")
    assert page.prompts == [6]


def test_an_answer_is_judged_explained_and_counted_to_the_end() -> None:
    page = Page(quiz_seed="4", level="hard")
    points = 0
    for n, question in enumerate(page.asked):
        choice = question.right if n % 3 else (question.right + 2) % 4
        points += choice == question.right
        page.answer(n, choice)
        (told,) = page.told
        if choice == question.right:
            assert told == f"{LETTERS[choice]} is correct."
        else:
            assert told.startswith(f"You chose {LETTERS[choice]}. {as_read(question.choices[choice].mistake)}")
            assert told.endswith(f"The answer is {LETTERS[question.right]}.")
        assert "\n".join(question.working) in [node.value for node in page.at.text]
        assert page.score.startswith(f"**{points} of {n + 1} correct**")
        assert page.score.endswith(f"{7 - n} to go.")
        marked = [f"{k + 1} {'✓' if k % 3 else '✗'}" for k in range(n + 1)]
        assert page.numbers == [*marked, *map(str, range(n + 2, 9))]
        assert [button.disabled for button in page.answers] == [True] * 4
        signs = {k: button.proto.icon for k, button in enumerate(page.answers) if button.proto.icon}
        assert signs == {choice: ":material/close:", question.right: ":material/check:"}
    assert points == 5


def test_the_first_answer_counts_and_a_second_one_changes_nothing() -> None:
    page = Page()
    right = page.asked[0].right
    late = page.answers[right]  # pressed before the page had heard of the first
    page.answer(0, (right + 1) % 4)
    states = page.at._tree.get_widget_states()
    states.widgets.append(WidgetState(id=late.proto.id, trigger_value=True))
    page.at._run(states)
    for _ in range(2):
        assert page.score == "**0 of 1 correct**, 7 to go."
        page.run()
    assert page.told[0].startswith(f"You chose {LETTERS[(right + 1) % 4]}.")


def test_another_level_or_seed_is_another_quiz_with_fresh_answers_and_the_next_follows_the_last() -> None:
    page = Page()
    first = page.asked
    for field, value, default in (("level", "hard", "easy"), ("quiz_seed", 9999, 0)):
        page.answer(2, 0)
        page.put(field, value)
        page.fresh()
        assert (page.asked != first, page.query) == (True, {field: str(value)})
        page.put(field, default)
        page.fresh()
        assert page.asked == first
    for seed, query in ((0, {"quiz_seed": "1"}), (9999, {})):
        page.put("quiz_seed", seed)
        page.answer(1, 1)
        page.press("quiz_next")
        page.fresh()
        assert page.query == query


def test_one_link_is_one_question_for_everybody_and_the_answers_are_each_one_s_own_and_wait_elsewhere() -> None:
    one, other = (Page(quiz_seed="12", level="hard", question="6") for _ in range(2))
    assert one.prompts == other.prompts == [5]
    assert [button.label for button in one.answers] == [button.label for button in other.answers]
    one.answer(2, 0)
    one.answer(5, 1)
    other.run()
    assert (other.told, other.numbers) == ([], [*map(str, range(1, 9))])
    before = one.told, one.score, one.numbers
    for path in ("explore", "lesson", "quiz"):
        one.go(path)
    assert (one.told, one.score, one.numbers) == before
    assert [number[:1] for number in one.numbers if len(number) > 1] == ["3", "6"]


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
