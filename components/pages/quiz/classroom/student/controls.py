"""A student's page: the question and its answers to press; then what was right, and which mistake one's own was."""

from functools import partial

import streamlit as st

from components.pages.quiz.classroom.browser import ROOMS, WAITING, act, unchanged
from components.pages.quiz.classroom.rooms import Moment, View
from components.pages.quiz.classroom.verdict import Verdict, verdict
from components.pages.quiz.controls import show_options, show_question, title
from components.pages.quiz.question import Question, lettered
from components.pages.quiz.state import Quiz
from components.session.turns import fragment


def take_part(own: Quiz, view: View, asked: tuple[Question, ...]) -> None:
    question, moment = asked[view.moment.question], view.moment
    st.title(title(question, moment.question))
    show_question(question, moment.question, "class_")
    said = verdict(question, moment, view.own)
    if moment.stage == "asked" and view.own is None:
        st.markdown(said.text)
        _answers(own, moment, question)
    else:
        show_options(question)
        _say(said)
    _wait(own, moment)


def _answers(own: Quiz, moment: Moment, question: Question) -> None:
    for n, label in enumerate(lettered(question)):
        st.button(
            label,
            key=f"class_answer_{moment.question}_{moment.round}_{n}",
            width="stretch",
            on_click=act,
            args=(ROOMS.vote, own.room, *moment.of, n),
        )


def _say(said: Verdict) -> None:
    show, icon = {"note": (st.info, "info"), "right": (st.success, "check"), "wrong": (st.error, "close")}[said.kind]
    show(said.text, icon=f":material/{icon}:")


@partial(fragment, run_every=WAITING)
def _wait(own: Quiz, drawn: Moment) -> None:
    """Look from time to time whether the teacher has gone on."""
    if unchanged(own, drawn) is None:
        st.rerun()
    st.caption("This page follows your teacher automatically.")
