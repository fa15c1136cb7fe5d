"""A class on the Quiz page: how one opens it and joins, and its page for whoever leads it or takes part."""

from functools import partial

import streamlit as st

from components.pages.quiz.classroom import ticket
from components.pages.quiz.classroom.browser import ROOMS, Browser, browser, look
from components.pages.quiz.classroom.joining import spoken
from components.pages.quiz.classroom.rooms import COPY, RoomError
from components.pages.quiz.classroom.student.controls import take_part
from components.pages.quiz.classroom.teacher.controls import lead
from components.pages.quiz.questions import questions
from components.pages.quiz.state import Quiz
from components.session import bind, cache, url
from components.state.link import edited
from components.widgets.notices import notices
from components.widgets.row import FIELD, row


def opener(own: Quiz) -> None:
    """How to join a class, and how to open one with these questions."""
    known = browser()
    st.markdown("Students join with a code on their phones and answer without names; you see how many chose what.")
    with row():
        st.text_input("Join a class", placeholder="its code", width=FIELD, **bind.field(own, "room"))
        st.button("Open a class", key="class_open", icon=":material/groups:", on_click=_want, args=(known, own))


def way_back(own: Quiz) -> None:
    """For whoever is in a class and has come here without it, as after a reload elsewhere: the way back."""
    known = browser()
    (ticket.ask if known.opening else ticket.recall)(known.ticket, partial(_take, own))
    code = ROOMS.home(known.ticket) if known.ticket else ""
    if code:
        label = f"Back to the class {spoken(code)}"
        st.button(label, key="class_back", icon=":material/groups:", type="primary", on_click=_back, args=(code,))


def _back(code: str) -> None:
    """Callback: into the class with this code."""
    bind.change(lambda own: edited(own, room=code), Quiz)


def classroom(own: Quiz) -> None:
    """The page of a class, for whoever leads it or takes part."""
    try:
        _class(own)
    except RoomError as error:
        st.warning(f"This did not work: {error}.", icon=":material/info:")
        st.button("Try again", key="class_retry")


def _class(own: Quiz) -> None:
    known = browser()
    ticket.ask(known.ticket, partial(_take, own))
    notices()
    if not known.ticket:
        st.info("Joining the class…", icon=":material/hourglass_empty:")
        return
    view = look(own)
    if view is None:
        _no_class(own.room)
        return
    asked = cache.remember("quiz", (view.seed, view.level), partial(questions, view.seed, view.level))
    (lead if view.teaches else take_part)(own, view, asked)


def _want(known: Browser, own: Quiz) -> None:
    """Callback: open a class, once the browser's ticket is known."""
    known.opening = True
    if known.ticket:
        _open(known, own)


def _take(own: Quiz) -> None:
    """Callback: the browser has told its ticket."""
    sent = bind.entered(ticket.KEY, "ticket")
    if not isinstance(sent, str) or not ticket.is_one(sent):
        return
    known = browser()
    known.ticket = known.ticket or sent  # a page has one: another with every message would be a class of its own
    if known.opening:
        _open(known, own)


def _open(known: Browser, own: Quiz) -> None:
    known.opening = False

    def opened(state: Quiz) -> Quiz:
        return edited(state, room=ROOMS.open(known.ticket, own.seed, own.level, own.question - 1))

    bind.change(opened, Quiz)


def _no_class(code: str) -> None:
    st.warning(f"There is no class with the code {spoken(code)}: it may have ended.", icon=":material/info:")
    if COPY and code[0] != COPY:
        st.markdown(f"This class may be on another server. [Open it there]({url.page()}?class={code}).")
    st.button("Take the quiz by yourself", key="class_leave", on_click=bind.change, args=(_left, Quiz))


def _left(own: Quiz) -> Quiz:
    return edited(own, room="")
