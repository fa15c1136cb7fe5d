"""The teacher's page of a class: how to join, the question, how many have answered, and what they have answered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.display import share, words
from components.display.document import utf8
from components.pages.quiz.classroom.browser import LEADING, ROOMS, act, browser, unchanged
from components.pages.quiz.classroom.joining import Invitation, invitation
from components.pages.quiz.classroom.results import Distribution, Solution, distribution, table
from components.pages.quiz.classroom.rooms import Moment, View
from components.pages.quiz.controls import show_options, show_question, title
from components.pages.quiz.question import Question
from components.pages.quiz.state import QUESTIONS, Quiz
from components.session import bind, url
from components.session.turns import fragment
from components.state.fields import Whole, checked
from components.state.link import edited
from components.widgets.chart import plot
from components.widgets.download import buttons
from components.widgets.download.requests import File
from components.widgets.row import row

QR = 300  # pixels: the popover ends within the screen


@dataclass(frozen=True, slots=True)
class Press:
    """A button that leads on in the same question."""

    label: str
    icon: str
    does: Callable[[str, str], None]


COUNT = Press("Show the distribution", "bar_chart", ROOMS.count)
AGAIN = Press("Ask again", "forum", ROOMS.again)
SOLVE = Press("Show the right answer", "check", ROOMS.solve)


def presses(moment: Moment) -> tuple[Press, ...]:
    """What leads on from here, in the order of peer instruction: answers, discussion, answers, solution."""
    if moment.stage == "asked":
        return COUNT, SOLVE
    if moment.stage == "counted":
        return (AGAIN, SOLVE) if moment.can_ask_again else (SOLVE,)
    return ()


def lead(own: Quiz, view: View, asked: tuple[Question, ...]) -> None:
    """How to join has a quarter of the screen until the class has begun, and then a line."""
    invited = invitation(url.page(), view.code)
    with st.container(key=f"class_{view.moment.stage}", gap="small"):
        if view.begun:
            _headline(view, asked, invited)
            _show(own, view, asked)
            return
        page, join = st.columns([3, 1])
        with page:
            st.title(_title(view, asked))
            _show(own, view, asked)
        with join:
            _code(invited)
            _how_to_join(invited)


def _title(view: View, asked: tuple[Question, ...]) -> str:
    return title(asked[view.moment.question], view.moment.question)


def _headline(view: View, asked: tuple[Question, ...], invited: Invitation) -> None:
    """The title, and for who comes late the code beside it."""
    with row("center", "small"):
        st.title(_title(view, asked), width="content")
        st.space("stretch")
        _code(invited)
        with st.popover("How to join", icon=":material/qr_code:"):
            _how_to_join(invited)


def _code(invited: Invitation) -> None:
    """What is typed, large: the address and the code."""
    with st.container(key="class_code", width="content"):
        st.markdown(f"Join: `{invited.address}` › *As a class* › **`{invited.code}`**")


def _how_to_join(invited: Invitation) -> None:
    if invited.warning:
        st.warning(invited.warning, icon=":material/info:")
    picture = share.qr_url(invited.link)
    if picture is not None:
        st.image(picture, width=QR, alt="QR code of the link of this class")
    st.caption("No names, no accounts. The class and its answers end with it, after four hours at the latest.")


def _show(own: Quiz, view: View, asked: tuple[Question, ...]) -> None:
    """The question, what leads on, how many have answered, and what may be known of it."""
    question, moment = asked[view.moment.question], view.moment
    show_question(question, moment.question, "class_")
    show_options(question)
    with st.container(key="class_steer", horizontal=True, vertical_alignment="center", gap="small"):
        _steer(own, view, asked)
        _watch(own, moment)
        with st.popover("End the class", icon=":material/logout:"):  # apart from what leads on
            _farewell(own, view, asked)
    _show_results(question, view)


def _steer(own: Quiz, view: View, asked: tuple[Question, ...]) -> None:
    """What leads on in this question, and to the others."""
    number = view.moment.question
    for n, press in enumerate(presses(view.moment)):
        _button(press.label, press.icon, press.does, own.room, type="secondary" if n else "primary")
    _button("Next question", "arrow_forward", ROOMS.ask, own.room, number + 1, disabled=number + 1 == len(asked))
    st.segmented_control(
        "Question",
        range(1, len(asked) + 1),
        required=True,
        label_visibility="collapsed",
        **bind.value("class_question", number + 1, partial(_chosen, own.room), Quiz),
    )


def _button(label: str, icon: str, does: Callable[..., None], *args: object, **more: object) -> None:
    key = f"class_{does.__name__}"
    st.button(label, key=key, icon=f":material/{icon}:", on_click=act, args=(does, *args), **more)  # type: ignore[arg-type]  # Streamlit's own


def _chosen(code: str, own: Quiz, number: object) -> Quiz:
    """After the class has gone on to the question with this number, from 1. Raises ValueError."""
    ROOMS.ask(code, browser().ticket, checked("the question", Whole(1, QUESTIONS), number) - 1)
    return own


def _farewell(own: Quiz, view: View, asked: tuple[Question, ...]) -> None:
    """The counts, and the end of the class with all of them."""
    st.markdown("The answers of the class end with it: take the counts before.")
    with row():
        _counts_file(own, view.moment, asked)
        st.button("End it now", key="class_end", icon=":material/logout:", on_click=_end, args=(own.room,))


def _end(code: str) -> None:
    """Callback: end the class, and go back to the quiz for one."""
    act(ROOMS.end, code)
    bind.change(lambda own: edited(own, room=""), Quiz)


@fragment
def _counts_file(own: Quiz, drawn: Moment, asked: tuple[Question, ...]) -> None:
    """The counts as they are when it is pressed."""
    view, requests = unchanged(own, drawn), buttons.requests_of("class")
    if view is None:
        st.rerun()
    name = f"weight-loom-class-{view.seed}-{view.level}.csv"
    with st.container(gap=None):
        buttons.button("Counts (CSV)", "counts", requests, icon=":material/download:")
        buttons.deliver(requests, {"counts": File(name, "text/csv", partial(utf8, table, asked, view.counts))})


@partial(fragment, run_every=LEADING)
def _watch(own: Quiz, drawn: Moment) -> None:
    """How many have joined and answered, as it comes in."""
    view = unchanged(own, drawn)
    if view is None:
        st.rerun()
    st.markdown(f"**{view.answered} of {words.plural(view.students, 'student')}** answered.", width="content")


def _show_results(question: Question, view: View) -> None:
    """As much as the class may know now."""
    answered = distribution(view.moment.question, view.counts)
    if view.moment.stage == "counted":
        _show_bars(answered)
    elif view.moment.stage == "solved":
        solution = Solution(question, answered)
        with _show_bars(solution):
            _show_why(solution)


def _show_bars(found: Distribution | Solution) -> DeltaGenerator:
    """The bars, and beside them what they say; returns the place below that."""
    if not found.any:
        st.markdown(f"**{found.finding}**")
        return st.container()
    bars, said = st.columns([3, 2])
    with bars:
        plot(found.figure(), "class_results", found.alt)
    with said:
        st.markdown(f"**{found.finding}**")
        return st.container()


def _show_why(solution: Solution) -> None:
    for mistake in solution.mistakes:
        st.text(mistake)
    with st.expander("Step by step"):
        for line in solution.question.working:
            st.text(line)
