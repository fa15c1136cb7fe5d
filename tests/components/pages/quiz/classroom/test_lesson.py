"""A class as its teacher and its students see it, each in a session of their own."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from components.pages.quiz.classroom.browser import ROOMS
from components.pages.quiz.classroom.joining import spoken
from components.pages.quiz.classroom.rooms import Moment
from components.pages.quiz.classroom.teacher.controls import presses
from components.pages.quiz.classroom.verdict import DISCUSS
from components.pages.quiz.question import LETTERS, Question, lettered
from components.pages.quiz.questions import questions
from tests.support.visitor import Visitor, as_read

ASKED = questions(0, "easy")
TICKETS = iter(f"{n:032x}" for n in range(1, 10**6))


class Person(Visitor):
    """One browser on the Quiz page."""

    path = "quiz"

    def __init__(self, ticket: str = "", **query: str) -> None:
        self.ticket = ticket or next(TICKETS)
        super().__init__(**query)
        if "class" in query:
            self.told_ticket()

    def told_ticket(self) -> None:
        self.send("ticket", "ticket", self.ticket)
        self.is_sound()

    def answer(self, question: int, round_: int, option: int) -> None:
        self.press(f"class_answer_{question}_{round_}_{option}")

    @property
    def said(self) -> str:
        """Everything on the page that can be read."""
        at: AppTest = self.at
        nodes = (*at.title, *at.text, *at.markdown, *at.info, *at.success, *at.error, *at.warning)
        return as_read("\n".join([*(str(node.value) for node in nodes), *(button.label for button in at.button)]))

    @property
    def charts(self) -> list[str]:
        return [node.proto.spec for node in self.at.get("plotly_chart")]


@pytest.fixture
def teacher() -> Iterator[Person]:
    person = Person()
    person.press("class_open")
    person.told_ticket()
    yield person
    if person.query.get("class"):
        ROOMS.end(person.query["class"], person.ticket)


def secrets(question: Question) -> list[str]:
    """What gives the right answer away."""
    letter = LETTERS[question.right]
    mistakes = [choice.mistake for choice in question.choices if choice.mistake]
    return [f"{letter} is correct", f"answer is {letter}", "✓", "✗", "Correct", *mistakes, *question.working]


def gives_away(person: Person, question: Question) -> list[str]:
    shown = "\n".join([person.said, *person.charts, *person.summary])
    return [secret for secret in secrets(question) if secret in shown]


def test_the_distribution_is_shown_and_discussed_before_anybody_learns_what_is_right(teacher: Person) -> None:
    code, right = teacher.query["class"], ASKED[0].right
    students = [Person(**{"class": code}) for _ in range(2)]
    wrong = (right + 1) % 4
    for student, option in zip(students, (right, wrong), strict=True):
        student.answer(0, 0, option)
    for press in ("", "class_count", "class_again", "class_count"):
        if press:
            teacher.press(press)
        counted = press == "class_count"
        assert bool(teacher.charts) == counted
        for person in (teacher, *students):
            person.run()
            assert gives_away(person, ASKED[0]) == []
        assert all((DISCUSS in student.said) == counted for student in students)
        assert not any(student.charts for student in students)
    teacher.press("class_solve")
    assert f"{LETTERS[right]} is correct. First answers: 1 of 2 correct (50%)" in teacher.said
    assert f"{LETTERS[wrong]} (1 student): {ASKED[0].choices[wrong].mistake}" in teacher.said
    for student in students:
        student.run()
        assert f"The answer is {LETTERS[right]}." in student.said
        assert not student.charts


@pytest.mark.parametrize(
    ("moment", "labels"),
    [
        (Moment(0), ["Show the distribution", "Show the right answer"]),
        (Moment(0, 0, "counted"), ["Ask again", "Show the right answer"]),
        (Moment(0, 1), ["Show the distribution", "Show the right answer"]),
        (Moment(0, 1, "counted"), ["Show the right answer"]),
        (Moment(0, 0, "solved"), []),
        (Moment(0, 1, "solved"), []),
    ],
    ids=str,
)
def test_what_leads_on_follows_the_round(moment: Moment, labels: list[str]) -> None:
    assert [press.label for press in presses(moment)] == labels


def test_the_teacher_reads_the_answers_that_the_students_press(teacher: Person) -> None:
    student = Person(**{"class": teacher.query["class"]})
    for number, question in enumerate(ASKED, start=1):
        teacher.put("class_question", number)
        student.run()
        assert [b.label for b in student.at.button if str(b.key).startswith("class_answer")] == [*lettered(question)]
        texts = [text for text, choice in zip(lettered(question), question.choices, strict=True) if choice.text]
        assert bool(texts) == (number > 3)
        for press in ("", "class_count", "class_solve"):
            if press:
                teacher.press(press)
            assert [text for text in (node.value for node in teacher.at.text) if text in texts] == texts


def test_a_class_begins_where_its_teacher_was_waits_while_another_page_is_shown_and_goes_on_anywhere() -> None:
    teacher = Person(level="medium", question="6")
    teacher.press("class_open")
    teacher.told_ticket()
    assert teacher.title.startswith(":primary[6.]")
    teacher.press("class_ask")
    for path in ("lesson", "quiz"):
        teacher.go(path)
    assert (teacher.title[:12], teacher.value("class_question")) == (":primary[7.]", 7)
    for number in (2, 8):
        teacher.put("class_question", number)
        assert teacher.title.startswith(f":primary[{number}.]")
    assert teacher.named("class_ask").disabled  # there is none after the eighth
    teacher.press("class_end")
    assert "class" not in teacher.query
    assert teacher.title.startswith(":primary[6.]")


def test_the_class_screen_says_where_to_join_with_the_notes_hidden_too(teacher: Person) -> None:
    code = teacher.query["class"].upper()
    for press in ("", "class_ask"):
        if press:
            teacher.press(press)
        loud = "\n".join(node.value for node in (*teacher.at.markdown, *teacher.at.title))
        assert f"{code[:4]}-{code[4:]}" in loud
        assert "› *As a class* ›" in loud
        assert len(teacher.at.get("image")) == 1  # the QR code


def test_whoever_comes_back_to_the_quiz_without_the_class_is_offered_it(teacher: Person) -> None:
    code = teacher.query["class"]
    student = Person(**{"class": code})
    for person in (teacher, student):
        before = person.title
        again = Person(person.ticket)  # the same browser, after a reload on another page
        assert not again.has("class_back")  # it has not told its ticket yet
        again.told_ticket()
        assert again.named("class_back").label == f"Back to the class {spoken(code)}"
        again.press("class_back")
        assert (again.query["class"], again.title, again.has("class_end")) == (code, before, person is teacher)
    stranger = Person()
    stranger.told_ticket()
    assert not stranger.has("class_back")
    again = Person(student.ticket)
    again.told_ticket()
    teacher.press("class_end")
    again.run()
    assert not again.has("class_back")


def test_a_run_of_the_page_with_a_wrong_code_is_one_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    monkeypatch.setattr(ROOMS, "look", lambda code, *_: looks.append(code))
    person = Person(**{"class": "22222222"})
    assert "There is no class with the code 2222-2222" in person.said
    assert looks == ["22222222"]
    person.run()
    assert len(looks) == 2
    assert person.summary[0] == "The page of a class."
