"""A class answers the quiz together: a teacher and students, each with a browser of their own."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from components.pages.quiz.question import LETTERS
from components.pages.quiz.questions import questions
from tests.e2e.conftest import NewPage
from tests.support.user import box_of, put, settled

pytestmark = pytest.mark.long

ASKED = questions(0, "easy")
LEADS = re.compile("Show the distribution|Show the right answer|Next question|End the class")
SLOW = 30_000  # a student's page looks every few seconds


def opened(page: Page, link: str = "/quiz") -> str:
    """Open a class; its address."""
    page.goto(link)
    page.get_by_role("button", name="As a class").click()
    page.get_by_role("button", name="Open a class").click()
    expect(page).to_have_url(re.compile(r"/quiz\?(.+&)?class=\w{8}$"))
    expect(page.get_by_text("Join:")).to_be_visible()
    return page.url


def answer(page: Page, round_: int, option: int) -> None:
    page.locator(f".st-key-class_answer_0_{round_}_{option} button").click()
    expect(page.get_by_text(f"Your answer: {LETTERS[option]}.")).to_be_visible()


def end(page: Page) -> None:
    page.get_by_role("button", name="End the class").click()
    page.get_by_role("button", name="End it now").click()


def test_a_class_answers_discusses_and_answers_again(new_visitor: NewPage) -> None:
    teacher, students = new_visitor((1366, 768)), [new_visitor((390, 844)) for _ in range(2)]
    link, right = opened(teacher), ASKED[0].right
    wrong = (right + 1) % 4
    for student, option in zip(students, (right, wrong), strict=True):
        student.goto(link)
        answer(student, 0, option)
        expect(student.get_by_role("button", name=LEADS)).to_have_count(0)  # the teacher's own link makes no teacher
    expect(teacher.get_by_role("button", name=LEADS)).to_have_count(4)
    expect(teacher.get_by_text("2 of 2 students")).to_be_visible(timeout=SLOW)
    expect(teacher.get_by_text("is correct.")).to_have_count(0)  # nothing is given away before
    teacher.get_by_role("button", name="Show the distribution").click()
    expect(teacher.get_by_text("First answers: 2 students")).to_be_visible()
    expect(students[1].get_by_text("the discussion is on")).to_be_visible(timeout=SLOW)
    expect(teacher.get_by_text("is correct.")).to_have_count(0)  # nor now
    expect(students[1].get_by_text(ASKED[0].choices[wrong].mistake)).to_have_count(0)
    teacher.get_by_role("button", name="Ask again").click()
    expect(students[1].get_by_text("Once more, after the discussion")).to_be_visible(timeout=SLOW)
    answer(students[1], 1, right)
    students[1].reload()  # keeps its place, and has answered
    expect(students[1].get_by_text(f"Your answer: {LETTERS[right]}.")).to_be_visible()
    teacher.reload()  # leads on
    expect(teacher.get_by_text("1 of 2 students")).to_be_visible(timeout=SLOW)
    teacher.get_by_role("button", name="Show the right answer").click()
    expect(teacher.get_by_text("After discussion: 1 of 1 correct (100%)")).to_be_visible()
    expect(teacher.get_by_text(f"{LETTERS[right]} is correct. First answers: 1 of 2 correct (50%)")).to_be_visible()
    expect(students[0].get_by_text(f"The answer is {LETTERS[right]}.")).to_be_visible(timeout=SLOW)  # had none
    teacher.get_by_role("button", name="Next question").click()
    expect(students[0].get_by_text(ASKED[1].prompt)).to_be_visible(timeout=SLOW)
    end(teacher)
    expect(students[0].get_by_text("it may have ended")).to_be_visible(timeout=SLOW)
    students[0].get_by_role("button", name="Take the quiz by yourself").click()
    expect(students[0].get_by_text("Predict first, then see")).to_be_visible()


def test_a_code_is_typed_as_it_is_spoken(new_visitor: NewPage) -> None:
    teacher, student = new_visitor((1366, 768)), new_visitor((390, 844))
    code = opened(teacher)[-8:]
    student.goto("/quiz")
    student.get_by_role("button", name="As a class").click()
    put(student.get_by_label("Join a class"), f"{code[:4]}-{code[4:]}".upper())
    expect(student.get_by_test_id("stCaptionContainer")).to_have_text("This page follows your teacher automatically.")


def test_a_browser_that_keeps_nothing_takes_part_until_it_is_closed(
    new_visitor: NewPage, visitor: BrowserContext
) -> None:
    link, student = opened(new_visitor((1366, 768))), visitor.new_page()
    student.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('none') } })")
    student.goto(link)
    answer(student, 0, 0)
    student.close()


def test_a_class_keeps_to_the_screen_at_every_stage_and_its_pictures_use_what_is_free(new_visitor: NewPage) -> None:
    teacher, student = new_visitor((1366, 768)), new_visitor((390, 844))
    code = opened(teacher, "/quiz?present=1&level=medium&question=2")[-8:]
    student.goto(f"/quiz?class={code}")
    student.locator(".st-key-class_answer_1_0_2 button").click()
    for press, least in (("", 150), ("Show the distribution", 140), ("Ask again", 200), ("Show the right answer", 140)):
        if press:
            teacher.get_by_role("button", name=press).click()
            expect(teacher.get_by_role("button", name=press)).to_have_count(0)
        settled(teacher)
        picture = teacher.locator(".st-key-question .stage").last
        expect(picture).to_be_in_viewport(ratio=1)
        assert box_of(picture)["height"] > least, press
        expect(teacher.get_by_role("button", name="End the class")).to_be_in_viewport(ratio=1)
        for chart in teacher.locator(".js-plotly-plot").all():
            expect(chart).to_be_in_viewport(ratio=1)
    teacher.get_by_role("button", name="How to join").click()
    expect(teacher.get_by_role("img", name="QR code")).to_be_in_viewport(ratio=1)


def test_a_reload_on_another_page_costs_nobody_the_class(new_visitor: NewPage) -> None:
    teacher, student = new_visitor((1366, 768)), new_visitor((390, 844))
    student.goto(opened(teacher))
    answer(student, 0, 2)
    for page, sees in ((teacher, "1 of 1 student"), (student, "Your answer: C.")):
        page.goto("/lesson")
        page.reload()
        page.goto("/quiz")
        page.get_by_role("button", name="Back to the class").click()
        expect(page.get_by_text(sees)).to_be_visible(timeout=SLOW)


def test_a_browser_that_was_in_no_class_is_given_no_ticket(new_visitor: NewPage) -> None:
    page = new_visitor((1366, 768))
    page.goto("/quiz")
    expect(page.get_by_role("button", name="As a class")).to_be_visible()
    settled(page)
    assert page.evaluate("localStorage.getItem('weight-loom-ticket')") is None
    opened(page)
    assert re.fullmatch("[0-9a-f]{32}", page.evaluate("localStorage.getItem('weight-loom-ticket')"))
