"""Lesson: a guided path over the live pages, a step at a time: words, and beside them the object they are about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from components.display.summary import Summary
from components.pages.channels import page as channels
from components.pages.channels.state import Channels
from components.pages.compare import page as compare
from components.pages.compare.state import Compare
from components.pages.explore import page as explore
from components.pages.explore.parts import Excerpt
from components.pages.lesson import steps, summary
from components.pages.lesson.doing import Reader
from components.pages.lesson.guide import guides as guides
from components.pages.lesson.noticed import noticed
from components.pages.lesson.state import NAMES, Lesson
from components.pages.lesson.steps import STEPS, Step
from components.pages.network import page as network
from components.pages.network.state import Net
from components.pages.sequence import unrolled
from components.pages.sequence.state import Sequence
from components.pages.sharing import page as sharing
from components.pages.sharing.state import Reuse
from components.pages.train import page as train
from components.pages.train.state import Train
from components.session import bind, cache, session, url
from components.session.turns import fragment
from components.state.link import State
from components.state.setup import Setup
from components.state.show import Show
from components.widgets import refusal
from components.widgets.notices import notices
from components.widgets.wiring import wirings

DONE = "Done. Now read what to notice."


@dataclass(slots=True)
class Progress:
    """Of the reader in the present step. began: what was set when it was opened; done stays done."""

    began: Mapping[type[State], State]
    acts: set[str] = field(default_factory=set)
    done: bool = False

    def look(self, step: Step, now: Mapping[type[State], State]) -> bool:
        """Whether the reader has done what the step asks, just now or before."""
        self.done = self.done or step.done(Reader(self.began), Reader(now, frozenset(self.acts)))
        return self.done


def render() -> None:
    session.arrive(Lesson, Compare, Channels, Train, Net, Sequence, Reuse, start=steps.scene)
    url.publish()
    step = steps.step_of(session.state_of(Lesson).step)
    progress = _progress(step)
    if step.view == "race" and train.is_begun():
        progress.acts.add("trained")
    with st.container(key="lesson"):
        with st.container(key="lesson_words", gap="small"):
            _path(step)
            _words(step, done=progress.look(step, _states(step)))
        with st.container(key="lesson_object"):
            # The race's clock and buttons have to be run with the page.
            show = _object if step.view == "race" else fragment(_object)
            show(step, progress)
    session.finish()


def describe() -> Summary:
    """The step in three sentences."""
    step = steps.step_of(session.state_of(Lesson).step)
    return summary.summary(step, done=_progress(step).done)


def _states(step: Step) -> Mapping[type[State], State]:
    """What is set of all that this step's object shows."""
    return {kind: session.state_of(kind) for kind in (Setup, *map(type, step.states))}


def _progress(step: Step) -> Progress:
    return cache.remember("progress", step.name, lambda: Progress(_states(step)))


def _path(step: Step) -> None:
    """Where one is, and the way on."""
    number, many = steps.number_of(step.name), len(STEPS)
    with st.container(key="lesson_path", horizontal=True, gap="small", vertical_alignment="center"):
        _turn("Previous", number - 1, "arrow_back", "←")
        _turn("Next", number + 1, "arrow_forward", "→")
        st.menu_button(
            f"{number} of {many}",
            [step.name for step in STEPS],
            format_func=lambda name: f"{steps.number_of(name)}. {steps.step_of(name).title}",
            help="All steps of the lesson",
            key="lesson_step",
            on_click=_chosen,
        )
    st.progress(number / many)
    st.title(f":primary[{number}.] {step.title}")


def _words(step: Step, *, done: bool) -> None:
    st.markdown(" ".join(step.says()))
    with st.container(gap=None):
        st.info(f"**Try:** {step.tries}", icon=":material/touch_app:")
        noticed(DONE if done else "")
    st.success(f"**Notice:** {step.notice()}", icon=":material/visibility:")


def _object(step: Step, progress: Progress) -> None:
    """The live object. Where the reader has just done in it what the step asks, the words have to be drawn, too."""
    url.publish()
    notices()
    before = progress.done
    with refusal.said():
        VIEWS[step.view](step)
    if progress.look(step, _states(step)) and not before:
        st.rerun()
    session.finish()


def _turn(label: str, to: int, icon: str, key: str) -> None:
    """A button to another step. key: what turns to it while presenting."""
    st.button(
        label,
        key=f"lesson_{label.lower()}",
        icon=f":material/{icon}:",
        type="primary" if label == "Next" else "secondary",
        disabled=not 1 <= to <= len(STEPS),
        help=f"Key: {key}" if session.state_of(Show).present else None,
        on_click=_go,
        args=(to,),
    )


def _go(number: int) -> None:
    step = STEPS[number - 1]
    url.depart(step.states, Lesson(step.name))


def _chosen() -> None:
    chosen = bind.entered("lesson_step")
    if chosen in NAMES:  # None for a step that has another name by now
        _go(steps.number_of(chosen))


def _acted(key: str, step: Step) -> None:
    """Callback of a component: what the reader has done so far of what the step asks for."""
    sent = bind.entered(key, "act")
    _progress(step).acts.update(act for act in step.done.acts if isinstance(sent, list) and act in sent)


def _loom(step: Step) -> None:
    explore.live(Excerpt(step.name, step.parts, step.done.acts, partial(_acted, "loom", step)))


def _ideas(step: Step) -> None:
    wirings("ideas", unrolled.ideas(), step.done.acts, partial(_acted, "ideas", step))


VIEWS: dict[steps.View, Callable[[Step], None]] = {
    "loom": _loom,
    "four_layers": lambda _step: compare.live_four_layers(),
    "costs": lambda _step: compare.live_costs(),
    "search": lambda _step: compare.live_search(),
    "bank": lambda _step: channels.live_bank(),
    "race": lambda _step: train.live(),
    "flow": lambda _step: network.live(),
    "ideas": _ideas,
    "reuse": lambda _step: sharing.live_reuse(),
}
