"""The widgets of the Train page. None of them computes anything."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import streamlit as st

from components import session, words
from components.contest import FIRST, READOUTS
from components.controls import plain, row
from components.parsers import BATCHES, EPOCHS, EXAMPLES, NOISES, RATES, REACH, SEEDS
from components.runs import Run
from components.state import Train, edited
from components.views import NAMES

FIELD = 150  # pixels
OPTIMISERS = {"adam": "Adam", "momentum": "Momentum"}
PACES = {"step": "Slowly", "fast": "As fast as it goes"}
T = TypeVar("T")


def race(own: Train) -> None:
    """Who races, on how many digits, moved by how much."""
    st.pills(
        "First layer",
        ["dense", "local", "tiled", "conv"],
        selection_mode="multi",
        format_func=lambda kind: NAMES[kind],
        **session.tied("racers", list(own.racers), lambda s, kinds: edited(s, racers=tuple(kinds) or s.racers), Train),
    )
    with st.expander("Digits, read-out, and how they are trained"):
        _digits(own)
        _training(own)


def _digits(own: Train) -> None:
    with row():
        st.number_input("Digits to train with", *EXAMPLES, step=10, width=FIELD, **plain("examples", own))
        st.number_input(
            "Moved by up to",
            *REACH,
            width=FIELD,
            help="Pixels. Digits to test with: by up to 3.",
            **plain("reach", own),
        )
        st.number_input(
            "Seed", *SEEDS, width=FIELD, help="Same seed, same digits and first weights.", **plain("train_seed", own)
        )
        st.selectbox(
            "Read-out", [*READOUTS], format_func=READOUTS.__getitem__, width=2 * FIELD, **plain("readout", own)
        )
        st.toggle("Scramble the pixels too", help="One order for all digits.", **plain("scrambled", own))


def _training(own: Train) -> None:
    with row():
        st.segmented_control(
            "Optimiser", [*OPTIMISERS], format_func=OPTIMISERS.__getitem__, required=True, **plain("optimiser", own)
        )
        st.number_input("Rate η", *RATES, step=0.001, format="%.4g", width=FIELD, **plain("rate", own))
        st.number_input("Batch", *BATCHES, width=FIELD, **plain("batch", own))
        st.number_input("Epochs", *EPOCHS, width=FIELD, **plain("epochs", own))


def player(
    key: str, epochs: int, pace: dict[str, Any], run: Run[Any], make: Callable[[], Iterator[Any | None]]
) -> None:
    """Play, pause, step, reset and speed, whose field is tied by `pace`.

    Outside the fragment that trains: it has to be told to tick, or not to.
    """
    with row():
        label = "Play" if run.paused or not run.records else "Play again"
        begin = run.resume if run.paused else lambda: run.start(make)
        shown = ("Pause", "pause", run.pause) if run.running else (label, "play_arrow", begin)
        # One button, so that it keeps the keyboard.
        st.button(shown[0], key=f"{key}_play", type="primary", icon=f":material/{shown[1]}:", on_click=shown[2])
        st.button(
            "Step",
            key=f"{key}_step",
            icon=":material/skip_next:",
            disabled=run.running,
            on_click=_step,
            args=(epochs, run, make),
        )
        begun = bool(run.records or run.running)
        st.button("Reset", key=f"{key}_reset", icon=":material/restart_alt:", disabled=not begun, on_click=run.reset)
        st.segmented_control(
            "Speed",
            [*PACES],
            format_func=PACES.__getitem__,
            required=True,
            label_visibility="collapsed",
            **pace,
        )


def _step(epochs: int, run: Run[Any], make: Callable[[], Iterator[Any | None]]) -> None:
    """One epoch."""
    if not run.paused:
        run.start(make)
        run.pause()
    run.advance(0)
    if run.records and run.records[-1].number == epochs:
        run.stop()


def progress(run: Run[Any], done: int, whole: int, told: str) -> None:
    """How far a run is, how long it will still take, and why it ended if something went wrong."""
    going = run.running and 0 < done < whole
    left = f", about {words.duration(run.spent * (whole - done) / done)} left" if going else ""
    st.progress(done / whole, f"{told}{left}")
    if run.trouble:
        st.error(words.plain(run.trouble), icon=":material/memory:")


def starter(label: str, key: str, run: Run[T], make: Callable[[], Iterator[T | None]]) -> None:
    """Start or stop something that takes a moment."""
    if run.running:
        st.button("Stop", key=f"{key}_stop", on_click=run.stop)
    else:
        again = " again" if run.records else ""
        st.button(label + again, key=f"{key}_start", on_click=run.start, args=(make,))


def watched(own: Train) -> None:
    """Whose gradient is taken apart."""
    limits: tuple[tuple[str, int], ...] = (
        ("Kernel", FIRST.out_channels),
        ("Row", FIRST.kernel_size[0]),
        ("Column", FIRST.kernel_size[1]),
    )
    with row():
        for n, (label, most) in enumerate(limits):
            st.number_input(
                label, 1, most, width=FIELD, **session.tied(f"watched{n}", own.watched[n] + 1, _watch(n), Train)
            )


def _watch(n: int) -> Callable[[Train, int], Train]:
    def watch(own: Train, at: int) -> Train:
        return edited(own, watched=(*own.watched[:n], at - 1, *own.watched[n + 1 :]))

    return watch


def disturbance(own: Train) -> None:
    st.number_input("Noise variance σ²", *NOISES, step=0.1, format="%.3g", width=FIELD, **plain("disturbance", own))


def download(text: str, **more: Any) -> None:  # noqa: ANN401  # Streamlit's own
    st.download_button("Table as CSV", text, "training.csv", "text/csv", icon=":material/download:", **more)
