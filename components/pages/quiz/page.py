"""Quiz: predict first, then see. One question at a time."""

from functools import partial

import streamlit as st

from components.display.document import HTML, utf8
from components.display.summary import Summary
from components.pages.quiz import summary
from components.pages.quiz.classroom.browser import browser
from components.pages.quiz.classroom.controls import classroom, opener, way_back
from components.pages.quiz.controls import show_question, title, under_choices
from components.pages.quiz.guide import guides as guides
from components.pages.quiz.question import LETTERS, LEVELS, Question, lettered, right_of
from components.pages.quiz.questions import questions
from components.pages.quiz.state import QUESTIONS, Quiz
from components.pages.quiz.worksheet import answer_sheet, worksheet
from components.session import bind, cache, session, url
from components.session.turns import fragment
from components.state.fields import SEED
from components.state.link import edited
from components.widgets.download import buttons
from components.widgets.download.requests import File
from components.widgets.notices import notices
from components.widgets.number import number
from components.widgets.row import FIELD, row

Answers = dict[int, int]  # question: the choice that was made; the first one counts
RIGHT, WRONG = "check", "close"  # Material's names of the signs


def render() -> None:
    session.arrive(Quiz)
    url.publish()
    own = session.state_of(Quiz)
    if own.room:
        classroom(own)
    else:
        _quiz(own)
    session.finish()


def _quiz(own: Quiz) -> None:
    """The quiz for one: a question of the eight, and how to get to the others."""
    asked, answers = _asked(own)
    n = own.question - 1
    st.title(title(asked[n], n))
    notices()
    with st.container(key="quiz"):
        way_back(own)
        _choose(own)
        _steer(own, asked, answers)
        _ask(own, n, asked[n], answers)


def _asked(own: Quiz) -> tuple[tuple[Question, ...], Answers]:
    """The questions, and the choices that have been made."""
    quiz = own.seed, own.level
    asked = cache.remember("quiz", quiz, partial(questions, own.seed, own.level))
    answers: Answers = cache.keep("answers", quiz, dict)
    return asked, answers


def describe() -> Summary:
    """The page in three sentences."""
    own = session.state_of(Quiz)
    if not own.room:
        return summary.alone(own, *_asked(own))
    view = browser().view  # as this run has seen it
    if view is None:
        return summary.outside()
    return (summary.leading if view.teaches else summary.taking_part)(view.moment)


def _score(asked: tuple[Question, ...], answers: Answers) -> str:
    if not answers:
        return "Predict first, then see: only the first answer counts."
    return f"**{right_of(asked, answers)} of {len(answers)} correct**, {len(asked) - len(answers)} to go."


def _choose(own: Quiz) -> None:
    """Which quiz, on one line."""
    with st.container(), st.container(key="bar", horizontal=True, vertical_alignment="center", gap="medium"):
        st.segmented_control(
            "Level",
            LEVELS,
            format_func=str.capitalize,
            required=True,
            label_visibility="collapsed",
            **bind.field(own, "level"),
        )
        number("Random seed", bind.number(own, "seed"), width=2 * FIELD, help="The same seed gives the same quiz.")
        st.button("New questions", key="quiz_next", icon=":material/shuffle:", on_click=bind.change, args=(_next, Quiz))
        with st.popover("Print", icon=":material/print:"):
            _worksheets(own)
        with st.popover("As a class", icon=":material/groups:"), bind.in_menu():
            opener(own)


@fragment
def _worksheets(own: Quiz) -> None:
    """Runs by itself when one is asked for, and when it has arrived."""
    requests = buttons.requests_of("quiz")
    name, link = f"weight-loom-quiz-{own.seed}-{own.level}", url.link()
    offers = {
        "worksheet": File(f"{name}.html", HTML, partial(utf8, worksheet, own.seed, own.level, link)),
        "answers": File(f"{name}-answers.html", HTML, partial(utf8, answer_sheet, own.seed, own.level, link)),
    }
    with st.container(gap=None):
        with row():
            buttons.button("Worksheet", "worksheet", requests, icon=":material/print:")
            buttons.button("Answer key", "answers", requests, icon=":material/print:")
        buttons.deliver(requests, offers)


def _next(own: Quiz) -> Quiz:
    return edited(own, seed=(own.seed + 1) % (SEED.high + 1))


def _steer(own: Quiz, asked: tuple[Question, ...], answers: Answers) -> None:
    """From question to question; each number says whether it is answered, and whether that was right."""
    with row("center"):
        _step("Previous", "arrow_back", own, -1)
        _step("Next", "arrow_forward", own, 1)
        st.segmented_control(
            "Question",
            range(1, len(asked) + 1),
            format_func=lambda number: _numbered(number, asked, answers),
            required=True,
            label_visibility="collapsed",
            **bind.field(own, "question"),
        )
        st.markdown(_score(asked, answers), width="content")


def _step(label: str, icon: str, own: Quiz, by: int) -> None:
    """A button that goes `by` questions on; presenting, the arrow keys press it by its label."""
    st.button(
        label,
        key=f"question_{label.lower()}",
        icon=f":material/{icon}:",
        disabled=not 1 <= own.question + by <= QUESTIONS,
        on_click=bind.change,
        args=(partial(_gone, by=by), Quiz),
    )


def _gone(own: Quiz, by: int) -> Quiz:
    return edited(own, question=own.question + by)


def _numbered(number: int, asked: tuple[Question, ...], answers: Answers) -> str:
    """3, 3 ✓ or 3 ✗."""
    choice = answers.get(number - 1)
    return str(number) if choice is None else f"{number} {'✓' if choice == asked[number - 1].right else '✗'}"


def _ask(own: Quiz, n: int, question: Question, answers: Answers) -> None:
    """A question, and once it is answered what was right, why, and what the mistake was."""
    show_question(question, n, "")
    if any(choice.picture for choice in question.choices):
        for k, place in enumerate(under_choices(question)):
            with place:
                _answer(own, n, k, question, answers)
        left, right = st.columns([1, 2], gap="medium")
        judged = left
    else:
        left, right = st.columns([1, 2], gap="medium")
        with left:
            for k in range(len(question.choices)):
                _answer(own, n, k, question, answers)
        judged = right
    if n in answers:
        with judged:
            _judge(question, answers[n])
        with right:
            st.text("\n".join(question.working))


def _answer(own: Quiz, n: int, k: int, question: Question, answers: Answers) -> None:
    """A button for an answer: to walk along radio buttons with the keyboard would choose the first one met."""
    chosen, right = answers.get(n), k == question.right
    sign = RIGHT if right else WRONG
    told = chosen is not None and (right or k == chosen)
    st.button(
        lettered(question)[k],
        key=f"answer_{own.seed}_{own.level}_{n}_{k}",
        icon=f":material/{sign}:" if told else None,
        type="primary" if k == chosen else "secondary",
        width="stretch",
        disabled=chosen is not None,
        on_click=_take,
        args=(answers, n, k),
    )


def _take(answers: Answers, n: int, k: int) -> None:
    """Callback: the first answer counts."""
    answers.setdefault(n, k)


def _judge(question: Question, choice: int) -> None:
    if choice == question.right:
        st.success(f"{LETTERS[choice]} is correct.", icon=f":material/{RIGHT}:")
    else:
        st.error(
            f"You chose {LETTERS[choice]}. {question.choices[choice].mistake} The answer is {LETTERS[question.right]}.",
            icon=f":material/{WRONG}:",
        )
