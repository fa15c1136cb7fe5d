"""Quiz: predict first, then see."""

from functools import partial

import streamlit as st

from components.display.cards import Card
from components.display.document import HTML, utf8
from components.display.words import plural
from components.pages.quiz.question import LEVELS, Question
from components.pages.quiz.questions import questions
from components.pages.quiz.state import Quiz
from components.pages.quiz.worksheet import LETTERS, answer_sheet, worksheet
from components.session import bind, cache, session, url
from components.state.fields import SEED
from components.state.link import edited
from components.widgets.cards import show_cards
from components.widgets.download import buttons
from components.widgets.download.requests import File
from components.widgets.notices import notices
from components.widgets.number import number
from components.widgets.row import FIELD, row

TITLES = {
    "matrix": "Which matrix?",
    "affected": "What changes?",
    "effect": "What does the kernel do?",
    "parameters": "How many weights?",
    "output": "How large is the output?",
    "field": "How large is the receptive field?",
    "connections": "How many connections?",
    "recurrent": "Weights across time",
    "growth": "A larger picture",
    "gradient": "The gradient of a shared weight",
}
Answers = dict[int, int]  # question: the choice that was made; the first one counts


def render() -> None:
    session.arrive(Quiz)
    url.publish()
    own = session.state_of(Quiz)
    asked = cache.remember("quiz", own, partial(questions, own.seed, own.level))
    answers: Answers = cache.keep("answers", own, dict)
    st.title(":primary[Predict first], then see")
    st.markdown(_score(asked, answers))
    notices()
    _choose(own)
    for n, question in enumerate(asked):
        _ask(own, n, question, answers)
    session.finish()


def _score(asked: tuple[Question, ...], answers: Answers) -> str:
    right = sum(asked[n].right == choice for n, choice in answers.items())
    if not answers:
        return f"{plural(len(asked), 'question')}, generated from the seed. Only the first answer counts."
    return f"**{right} of {len(answers)} correct**, {len(asked) - len(answers)} to go."


def _choose(own: Quiz) -> None:
    with row():
        st.segmented_control("Level", LEVELS, format_func=str.capitalize, required=True, **bind.field(own, "level"))
        number("Random seed", bind.number(own, "seed"), width=FIELD, help="The same seed gives the same quiz.")
        st.button("New questions", key="quiz_next", icon=":material/shuffle:", on_click=bind.change, args=(_next, Quiz))
        _worksheets(own)


@st.fragment
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
            buttons.button("With answers", "answers", requests, icon=":material/print:")
        buttons.deliver(requests, offers)


def _next(own: Quiz) -> Quiz:
    return edited(own, seed=(own.seed + 1) % (SEED.high + 1))


def _ask(own: Quiz, n: int, question: Question, answers: Answers) -> None:
    """A question, and once it is answered what was right, why, and what the mistake was."""
    st.subheader(f"{n + 1}. {TITLES[question.kind]}")
    st.text(question.prompt)
    if question.pictures:
        show_cards(f"seen_{n}", [Card("", "", "", (picture,)) for picture in question.pictures])
    drawn = any(choice.picture for choice in question.choices)
    if drawn:
        shown = zip(LETTERS, question.choices, strict=False)
        show_cards(
            f"choices_{n}", [Card(a, "", choice.text, (choice.picture,)) for a, choice in shown if choice.picture]
        )
    key = f"answer_{own.seed}_{own.level}_{n}"
    st.radio(
        "Your answer",
        range(len(question.choices)),
        format_func=lambda k: f"{LETTERS[k]}. {question.choices[k].text}".rstrip(". "),
        horizontal=drawn,
        index=answers.get(n),
        key=key,
        disabled=n in answers,
        on_change=_take,
        args=(answers, n, key),
    )
    if n in answers:
        _explain(question, answers[n])


def _take(answers: Answers, n: int, key: str) -> None:
    answers.setdefault(n, bind.entered(key))


def _explain(question: Question, choice: int) -> None:
    if choice == question.right:
        st.success(f"{LETTERS[choice]} is correct.", icon=":material/check:")
    else:
        st.error(
            f"You chose {LETTERS[choice]}. {question.choices[choice].mistake} The answer is {LETTERS[question.right]}.",
            icon=":material/close:",
        )
    with st.expander("Step by step", expanded=choice != question.right):
        for line in question.working:
            st.text(line)
