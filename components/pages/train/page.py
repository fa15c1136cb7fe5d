"""Train: networks that differ only in how their first layer is wired learn side by side, live."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from components.display.cards import Card
from components.display.glossary import GLOSSARY
from components.display.race import Round
from components.display.race_charts import learning_curves, learning_curves_alt
from components.pages.train import charts, controls, data_size, gradient, lecun1989, race, results, teacher
from components.pages.train.state import Train
from components.pages.train.title import title
from components.session import bind, cache, session, url
from components.session.runs import Run
from components.state.setup import Setup
from components.widgets import player, refusal
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from components.widgets.notices import notices
from kernels.learning.lecun1989 import NETS
from kernels.learning.teacher import Teacher

LIVE = 420  # pixels: the curves' height beside the words of the lesson
CONTENTS = (
    "[The gradient of a shared weight](#gradient) · [Training set size](#more) · [Recovering a known "
    "kernel](#teacher) · "
    "[The five networks of 1989](#nets)"
)


def render() -> None:
    state = session.arrive(Train)
    url.publish()
    own = session.state_of(Train)
    run = race_run(own)
    st.title(title(own, () if run.running else run.records))
    st.markdown(CONTENTS)
    notices()
    show_race(own, run)
    _gradient(own, run)
    _more(own)
    _teacher(state, own)
    _nets(own)
    session.finish()


def race_run(own: Train) -> Run[Round]:
    """The visitor's training run with these settings."""
    return cache.run("race", race.key(own))


def show_race(own: Train, run: Run[Round]) -> None:
    """The player, its settings, and what has come of the run so far."""
    player.player("train", own.epochs, bind.field(own, "pace"), run, partial(race.rounds, own))
    controls.race(own)
    player.ticking(_training, run, own, pace=own.pace)


def is_begun() -> bool:
    """Whether the visitor has pressed Play."""
    run = race_run(session.state_of(Train))
    return bool(run.running or run.records)


def live() -> None:
    """The player and the learning curves, for the lesson."""
    own = session.state_of(Train)
    run = race_run(own)
    player.player("train", own.epochs, bind.field(own, "pace"), run, partial(race.rounds, own))
    player.ticking(_curves, run, own, pace=own.pace)


def _curves(run: Run[Round], own: Train) -> None:
    done, variants = run.records[-1].number if run.records else 0, race.variants(own)
    player.progress(run, done / own.epochs, f"epoch {done} of {own.epochs}")
    st.markdown(results.sentence(own, run.records))
    if gained := results.sharing(own, run.records):
        st.markdown(gained)
    chart = learning_curves(variants, run.records, own.epochs).update_layout(height=LIVE)
    plot(chart, "race", learning_curves_alt(variants, run.records))


def _training(run: Run[Round], own: Train) -> None:
    done, variants = run.records[-1].number if run.records else 0, race.variants(own)
    player.progress(run, done / own.epochs, f"epoch {done} of {own.epochs}")
    st.markdown(results.sentence(own, run.records))
    st.caption(results.hint(own, run.records))
    curves, seen, shifts = st.columns([3, 1.2, 2], gap="medium")
    with curves:
        chart = cache.remember("race chart", run.version, lambda: learning_curves(variants, run.records, own.epochs))
        plot(chart, "race", learning_curves_alt(variants, run.records))
    with seen:
        pictures = cache.remember("digits", race.key(own), lambda: results.digits_pictures(own))
        show_cards("digits", [Card("Training samples", "", "handwritten digits, randomly shifted", pictures)])
    if by_shift := charts.by_shift(variants, run.records):
        chart = cache.remember("shifts", run.version, lambda: charts.shifts(own, by_shift))
        with shifts:
            plot(chart, "further", charts.shifts_alt(by_shift))
    show_cards("networks", cache.remember("networks", run.version, lambda: results.as_cards(own, run.records)))
    if run.records and not run.running:
        controls.download(results.table(own, run.records), key="table")


def _gradient(own: Train, run: Run[Round]) -> None:
    st.header("The gradient of a shared weight is a sum", anchor="gradient", help=GLOSSARY["gradient"])
    newest = gradient.newest(own, run.records)
    if not newest.epoch:
        st.markdown("Before training, with the initial weights. Train a convolution above to see its gradient change.")
    else:
        st.markdown(f"After epoch {newest.epoch} of the run above.")
    controls.watched(own)
    key = race.key(own), newest.epoch, own.watched
    with refusal.said():
        found = cache.computed("gradient", key, partial(gradient.contributions, own, newest.theta))
        show_cards("gradient", gradient.as_cards(own, found))


def _more(own: Train) -> None:
    st.header("Accuracy against training set size", anchor="more", help=GLOSSARY["overfitting"])
    run: Run[data_size.Point] = cache.run("sweep", replace(race.key(own), scrambled=False))
    player.starter("Train at every size", "sweep", run, partial(data_size.sweep, own))
    player.ticking(_sweeping, run, own)


def _sweeping(run: Run[data_size.Point], own: Train) -> None:
    whole = len(data_size.SIZES) * len(own.kinds)
    _slice(run, whole, "networks")
    if run.records:
        st.markdown(data_size.sentence(run.records))
        chart = charts.sweep(run.records)
        plot(chart, "sweep", charts.sweep_alt(run.records))


def _teacher(state: Setup, own: Train) -> None:
    st.header("Recovering a known kernel (teacher–student)", anchor="teacher", help=GLOSSARY["teacher"])
    controls.disturbance(own)
    with refusal.said():
        made = teacher.teacher(own, state)
        run: Run[teacher.Fit] = cache.run("teacher", (state.kernel, state.flip, own.disturbance, own.seed))
        player.starter("Run", "teach", run, partial(teacher.fits, made, own.seed))
        player.ticking(_teaching, run, made)


def _teaching(run: Run[teacher.Fit], made: Teacher) -> None:
    _slice(run, len(teacher.PAIRS) * len(teacher.KINDS), "fits")
    st.markdown(teacher.sentence(made, run.records))
    if run.records:
        theory = teacher.theory(made)
        plot(charts.students(run.records, theory), "students", charts.students_alt(run.records, theory))


def _nets(own: Train) -> None:
    st.header("The five networks of 1989", anchor="nets")
    run: Run[lecun1989.Result] = cache.run("nets", own.seed)
    player.starter("Train all five", "nets", run, partial(lecun1989.experiment, own.seed))
    player.ticking(_five, run)


def _five(run: Run[lecun1989.Result]) -> None:
    _slice(run, lecun1989.SEEDS * len(NETS), "networks")
    show_cards("five", lecun1989.as_cards(run.records))
    st.caption(lecun1989.sentence(run.records))


def _slice(run: Run[Any], whole: int, of: str) -> None:
    """A slice of work, and how much is left of it."""
    if run.running:
        done = len(run.records)
        player.progress(run, done / whole, f"{done} of {whole} {of}")
