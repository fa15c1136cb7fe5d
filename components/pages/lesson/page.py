"""Lesson: a guided path over the live pages, a step at a time."""

from collections.abc import Callable

import streamlit as st

from components.display import words
from components.pages.channels import page as channels
from components.pages.channels.state import Adaptive, Channels
from components.pages.compare import page as compare
from components.pages.compare.state import Compare
from components.pages.explore import page as explore
from components.pages.lesson import steps
from components.pages.lesson.state import Lesson
from components.pages.network import page as network
from components.pages.network.state import Net
from components.pages.sequence import unrolled
from components.pages.sequence.state import Sequence
from components.pages.train import page as train
from components.pages.train.state import Train
from components.session import bind, session, url
from components.state.setup import Setup
from components.widgets import refusal
from components.widgets.notices import notices
from components.widgets.row import row
from components.widgets.wiring import wirings


def render() -> None:
    session.arrive(Lesson, Compare, Channels, Adaptive, Train, Net, Sequence, start=steps.scene)
    url.publish()
    number = session.state_of(Lesson).step
    step = steps.step_of(number)
    st.title(f":primary[{number}.] {step.title}")
    _path(number)
    notices()
    st.markdown(" ".join(step.says()))
    left, right = st.columns(2)
    left.info(f"**Try:** {step.tries}", icon=":material/touch_app:")
    right.success(f"**Notice:** {step.notice()}", icon=":material/visibility:")
    VIEWS[step.view]()
    session.finish()


def _path(number: int) -> None:
    """Where one is, and the way on."""
    key = f"lesson_step_{number}"
    with row():
        _turn("Previous", number - 1, "arrow_back")
        _turn("Next", number + 1, "arrow_forward")
        st.selectbox(
            "Step",
            range(1, len(steps.STEPS) + 1),
            format_func=lambda n: f"{n}. {steps.STEPS[n - 1].title}",
            label_visibility="collapsed",
            width=360,
            key=key,
            index=number - 1,
            on_change=_chosen,
            args=(key,),
        )
    st.progress(number / len(steps.STEPS), f"step {number} of {words.amount(len(steps.STEPS))}")


def _turn(label: str, to: int, icon: str) -> None:
    st.button(
        label,
        key=f"lesson_{label.lower()}",
        icon=f":material/{icon}:",
        type="primary" if label == "Next" else "secondary",
        disabled=not 1 <= to <= len(steps.STEPS),
        on_click=_go,
        args=(to,),
    )


def _go(number: int) -> None:
    url.depart(steps.step_of(number).states, Lesson(number))


def _chosen(key: str) -> None:
    _go(bind.entered(key))


def _loom() -> None:
    explore.live(session.state_of(Lesson).step)


def _four_layers() -> None:
    compare.show_four_layers(session.state_of(Setup))


def _costs() -> None:
    compare.show_costs()


def _search() -> None:
    compare.show_search()


def _bank() -> None:
    st.fragment(channels.live)()


def _race() -> None:
    own = session.state_of(Train)
    train.show_race(own, train.race_run(own))


def _flow() -> None:
    with refusal.said():
        network.flow(session.current().setup, session.state_of(Net))


def _ideas() -> None:
    wirings("ideas", unrolled.ideas())


VIEWS: dict[steps.View, Callable[[], None]] = {
    "loom": _loom,
    "four_layers": _four_layers,
    "costs": _costs,
    "search": _search,
    "bank": _bank,
    "race": _race,
    "flow": _flow,
    "ideas": _ideas,
}
