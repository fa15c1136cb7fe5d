"""A class on the Quiz page: what the teacher projects and presses, and what a student answers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from components.display import share, words
from components.display.document import utf8
from components.pages.quiz.classroom import ticket
from components.pages.quiz.classroom.results import results, table
from components.pages.quiz.classroom.rooms import COPY, ROUNDS, Moment, RoomError, Rooms, View
from components.pages.quiz.controls import show_question, title
from components.pages.quiz.question import Question
from components.pages.quiz.questions import questions
from components.pages.quiz.state import Quiz
from components.pages.quiz.worksheet import LETTERS
from components.session import bind, cache, url
from components.session.turns import fragment
from components.state.link import edited
from components.widgets.chart import plot
from components.widgets.download import buttons
from components.widgets.download.requests import File
from components.widgets.notices import notices
from components.widgets.row import FIELD, row

ROOMS = Rooms()
LEADING, WAITING = 2, 4  # seconds after which the teacher's and a student's page look again


@dataclass(slots=True)
class Browser:
    """What a session knows of its browser. opening: a class is to be opened as soon as the ticket is known."""

    ticket: str = ""
    opening: bool = False


def opener(own: Quiz) -> None:
    """How to join a class, and how to open one with these questions."""
    known = _browser()
    st.markdown("Students join with a code on their phones and answer without names; you see how many chose what.")
    with row():
        st.text_input("Join a class", placeholder="its code", width=FIELD, **bind.field(own, "room"))
        st.button("Open a class", key="class_open", icon=":material/groups:", on_click=_want, args=(known, own))


def take_ticket(own: Quiz) -> None:
    """Where a class is to be opened: ask the browser for its ticket."""
    known = _browser()
    if known.opening:
        ticket.ask(known.ticket, partial(_take, own))


def classroom(own: Quiz) -> None:
    """The page of a class, for whoever leads it or takes part."""
    try:
        _class(own)
    except RoomError as error:
        st.warning(f"This did not work: {error}.", icon=":material/info:")
        st.button("Try again", key="class_retry")


def _class(own: Quiz) -> None:
    known = _browser()
    ticket.ask(known.ticket, partial(_take, own))
    notices()
    if not known.ticket:
        st.info("Joining the class…", icon=":material/hourglass_empty:")
        return
    view = ROOMS.look(own.room, known.ticket)
    if view is None:
        _no_class(own.room)
        return
    asked = cache.remember("quiz", (view.seed, view.level), partial(questions, view.seed, view.level))
    (_lead if view.teaches else _take_part)(own, view, asked)


def seen(own: Quiz) -> View | None:
    """The class as this browser sees it; None for one that it is not in, or that has ended."""
    known = _browser()
    try:
        return ROOMS.look(own.room, known.ticket) if known.ticket else None
    except RoomError:
        return None


def _browser() -> Browser:
    return cache.keep("browser", "", Browser)


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
    known = _browser()
    known.ticket = known.ticket or sent  # a page has one: another with every message would be a class of its own
    if known.opening:
        _open(known, own)


def _open(known: Browser, own: Quiz) -> None:
    known.opening = False
    bind.change(lambda state: edited(state, room=ROOMS.open(known.ticket, own.seed, own.level)), Quiz)


def _left(own: Quiz) -> Quiz:
    return edited(own, room="")


def _no_class(code: str) -> None:
    st.warning(f"There is no class with the code {_spoken(code)}: it may have ended.", icon=":material/info:")
    if COPY and code[0] != COPY:
        st.markdown(f"This class may be on another server. [Open it there]({url.page()}?class={code}).")
    st.button("Take the quiz by yourself", key="class_leave", on_click=bind.change, args=(_left, Quiz))


def _looked(own: Quiz, drawn: Moment) -> View:
    """The class as it is now; the whole page anew where it has gone on since, or cannot be seen any more."""
    view = seen(own)
    if view is None or view.moment != drawn:
        st.rerun()
    return view


def _lead(own: Quiz, view: View, asked: tuple[Question, ...]) -> None:
    """The teacher's page: how to join, the question, how many have answered; then the distribution and the mistakes."""
    question = asked[view.question]
    lead, join = st.columns([3, 1])
    with join:
        _how_to_join(view)
    with lead:
        st.title(title(question, view.question))
        show_question(question, view.question, "class_")
        _steer(own, view, asked)
        _watch(own, view.moment)
        if not view.voting:
            _show_results(question, view)


def _how_to_join(view: View) -> None:
    link = f"{url.page()}?class={view.code}"
    st.markdown(f"### Join: `{_spoken(view.code)}`")
    picture = share.qr_url(link)
    if picture is not None:
        st.image(picture, width="stretch", alt="QR code of the link below")
    st.caption(link)
    st.caption("No names, no accounts. The class and its answers end with it, after four hours at the latest.")


def _steer(own: Quiz, view: View, asked: tuple[Question, ...]) -> None:
    """The buttons of whoever leads."""
    with row():
        if view.voting:
            _lead_button("Show the answers", "bar_chart", ROOMS.reveal, own.room)
        elif view.round + 1 < ROUNDS:
            _lead_button("Ask again", "forum", ROOMS.again, own.room)
        _lead_button("Next question", "arrow_forward", ROOMS.ask, own.room, (view.question + 1) % len(asked))
        st.button("End the class", key="class_end", icon=":material/logout:", on_click=_end, args=(own.room,))
        _counts_file(own, view.moment, asked)


def _lead_button(label: str, icon: str, act: Callable[..., None], *args: object) -> None:
    st.button(label, key=f"class_{act.__name__}", icon=f":material/{icon}:", on_click=_led, args=(act, *args))


def _led(act: Callable[..., None], code: str, *args: int) -> None:
    """Callback: lead the class; a refusal is said."""

    def done(state: Quiz) -> Quiz:
        act(code, _browser().ticket, *args)
        return state

    bind.change(done, Quiz)


def _end(code: str) -> None:
    """Callback: end the class, and go back to the quiz for one."""
    _led(ROOMS.end, code)
    bind.change(_left, Quiz)


@fragment
def _counts_file(own: Quiz, drawn: Moment, asked: tuple[Question, ...]) -> None:
    """The counts as they are when it is pressed."""
    view, requests = _looked(own, drawn), buttons.requests_of("class")
    name = f"weight-loom-class-{view.seed}-{view.level}.csv"
    with st.container(gap=None):
        buttons.button("Counts (CSV)", "counts", requests, icon=":material/download:")
        buttons.deliver(requests, {"counts": File(name, "text/csv", partial(utf8, table, asked, view.counts))})


@partial(fragment, run_every=LEADING)
def _watch(own: Quiz, drawn: Moment) -> None:
    """How many have joined and answered, as it comes in."""
    view = _looked(own, drawn)
    st.markdown(f"**{view.answered} of {words.plural(view.students, 'student')}** answered.")


def _show_results(question: Question, view: View) -> None:
    found = results(question, view.question, view.counts)
    st.markdown(f"**{found.finding}**")
    if found.rounds:
        plot(found.figure(), "class_results", found.alt)
    for mistake in found.mistakes:
        st.text(mistake)
    with st.expander("Step by step"):
        for line in question.working:
            st.text(line)


def _take_part(own: Quiz, view: View, asked: tuple[Question, ...]) -> None:
    """A student's page: the question and its answers to press; then what was right, and which mistake one's own was."""
    question = asked[view.question]
    st.title(title(question, view.question))
    show_question(question, view.question, "class_")
    if view.voting and view.own is None:
        _answers(own, view, question)
    elif view.own is not None:
        _own_answer(question, view)
    elif not view.voting:
        st.info("This round is over; you have not answered it.", icon=":material/info:")
    _wait(own, view.moment)


def _answers(own: Quiz, view: View, question: Question) -> None:
    if view.round:
        st.markdown("Once more, after the discussion: what is your answer now?")
    for n, choice in enumerate(question.choices):
        st.button(
            f"{LETTERS[n]}. {choice.text}".rstrip(". "),
            key=f"class_answer_{view.question}_{view.round}_{n}",
            width="stretch",
            on_click=_vote,
            args=(own.room, view.question, view.round, n),
        )


def _vote(code: str, question: int, round_: int, option: int) -> None:
    """Callback: a student's answer."""

    def voted(state: Quiz) -> Quiz:
        ROOMS.vote(code, _browser().ticket, question, round_, option)
        return state

    bind.change(voted, Quiz)


def _own_answer(question: Question, view: View) -> None:
    if view.own is None:
        return
    letter, choice = LETTERS[view.own], question.choices[view.own]
    if view.voting:
        st.info(f"Your answer: {letter}. It is counted; wait for the others.", icon=":material/check:")
    elif view.own == question.right:
        st.success(f"Your answer: {letter}. Correct.", icon=":material/check:")
    else:
        st.error(
            f"Your answer: {letter}. {choice.mistake} The answer is {LETTERS[question.right]}.", icon=":material/close:"
        )


@partial(fragment, run_every=WAITING)
def _wait(own: Quiz, drawn: Moment) -> None:
    """Look from time to time whether the teacher has gone on."""
    _looked(own, drawn)
    st.caption("This page follows your teacher automatically.")


def _spoken(code: str) -> str:
    """A code in two halves, to be read aloud."""
    return f"{code[: len(code) // 2]}-{code[len(code) // 2 :]}".upper()
