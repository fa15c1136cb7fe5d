"""Widgets for long-running work: start, stop, progress. None of them computes anything."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar

import streamlit as st

from components.display import words
from components.session.runs import Run, Work
from components.session.turns import fragment
from components.widgets.row import row

PACES = {"step": "Slow", "fast": "Full speed"}
TICK = {"step": 0.8, "fast": 0.4}  # seconds between two drawings: to talk in, or for other visitors
SLICE = {"step": 0.0, "fast": 0.4}  # seconds of work between them; 0 is to the next record
GUESSED = 0.05  # from this share on, how long the rest will take is a guess worth telling
WAITING = 1.0  # seconds between two looks where others come first
T = TypeVar("T")


def ticking(
    section: Callable[..., None], run: Run[Any], *more: object, pace: str = "fast", work: float | None = None
) -> None:
    """Draw a section of the page with what the run has brought: now, and at every tick of the clock while it works.

    work: seconds of each slice, if not the pace's; 0 is to the next record.

    The clock and its buttons are drawn with the whole page, and the whole page again where they would differ: also
    where the browser's clock still ticks for a run that has been replaced.

    A section has the same containers at all times, with `st.empty` where there is nothing yet: Streamlit drops what it
    has not sent of a tick when the next one begins, but for large messages that the browser knows, and in a container
    that it does not know they would break its page.
    """
    drawn = run.condition

    @wraps(section)
    def after_a_slice() -> None:
        run.advance(SLICE[pace] if work is None else work)
        if run.condition != drawn:
            st.rerun()
        trouble = st.empty()
        if run.trouble:
            trouble.error(words.sentence(run.trouble), icon=":material/memory:")
        section(run, *more)

    tick = (WAITING if run.late else TICK[pace]) if run.running else None
    fragment(after_a_slice, run_every=tick)()


def epochs(run: Run[Any], of: int) -> None:
    """How many epochs are done, but for a recording."""
    done = run.records[-1].number if run.records else 0
    _bar(run, not run.recorded, done / of, f"epoch {done} of {of}")


def progress(run: Run[Any], share: float, told: str) -> None:
    """A run's progress, while it works."""
    _bar(run, run.running, share, told)


def counted(run: Run[Any], whole: int, of: str) -> None:
    """How many of its records have come, while it works. of: what they are, in the plural."""
    done = len(run.records)
    progress(run, done / whole, f"{done} of {whole} {of}")


def _bar(run: Run[Any], shown: bool, share: float, told: str) -> None:
    """What is done, and the time left or the visitors ahead in the queue."""
    place = st.empty()
    if not shown:
        return
    if run.ahead:
        told = f"{told}, waiting: {words.plural(run.ahead, 'visitor')} ahead of you"
    elif run.running and GUESSED <= share < 1 and (left := run.left(share)) >= 1:
        told = f"{told}, about {words.duration(left)} left"
    place.progress(share, told)


def starter(label: str, key: str, run: Run[T], work: Work[T]) -> None:
    """A button that starts or stops a run. Place it outside the fragment that ticks: it decides whether that ticks."""
    with row():
        if run.running:
            st.button("Stop", key=f"{key}_stop", on_click=run.stop)
        else:
            again = " again" if run.records and not run.recorded else ""
            st.button(label + again, key=f"{key}_start", on_click=run.start, args=(work,))
        _origin(key, run, label)


def player(key: str, epochs: int, pace: dict[str, Any], run: Run[Any], work: Work[Any]) -> None:
    """Play, pause, step, reset and speed, whose field is tied by `pace`. Outside the fragment, as `starter`."""
    goes_on = run.paused and not (run.records and run.records[-1].number == epochs)
    with row():
        label = "Play again" if run.records and not run.recorded and not goes_on else "Play"
        begin = run.resume if goes_on else partial(run.start, work)
        shown = ("Pause", "pause", run.pause) if run.running else (label, "play_arrow", begin)
        # One button, so that it keeps the keyboard.
        st.button(shown[0], key=f"{key}_play", type="primary", icon=f":material/{shown[1]}:", on_click=shown[2])
        st.button(
            "Step",
            key=f"{key}_step",
            icon=":material/skip_next:",
            disabled=run.running,
            on_click=_step,
            args=(goes_on, run, work),
        )
        begun = bool(run.records or run.running)
        st.button("Reset", key=f"{key}_reset", icon=":material/restart_alt:", disabled=not begun, on_click=run.reset)
        st.segmented_control(
            "Speed", [*PACES], format_func=PACES.__getitem__, required=True, label_visibility="collapsed", **pace
        )
        _origin(key, run, "Play")


def _origin(key: str, run: Run[Any], label: str) -> None:
    """That what is shown is a recording, and what makes it live; or what shows it where nothing is shown yet."""
    if run.recorded:
        with st.container(key=f"recorded_{key}", width="content"):  # captions are hidden while presenting, but for this
            st.caption(f"{run.recorded.told}. **{label}** starts a live run.", width="content")
    elif run.recording and not (run.records or run.running):
        st.button(
            "Show the recorded run",
            key=f"{key}_recorded",
            type="tertiary",
            icon=":material/history:",
            on_click=run.replay,
        )


def _step(goes_on: bool, run: Run[Any], work: Work[Any]) -> None:
    if not goes_on:
        run.start(work)
    run.step()
