"""Train: networks that differ only in how their first layer is wired learn side by side, live."""

from dataclasses import replace
from typing import Any

import streamlit as st

from components import contest, controls, figures_train, headings, nets, session, sizes, standings, words
from components import controls_runs as clock
from components import controls_train as dials
from components.chart import plot
from components.columns import Column
from components.exhibit import exhibit
from components.glossary import GLOSSARY
from components.runs import Run
from components.state import Explore, Train
from kernels.nets1989 import NETS
from kernels.spec import SpecError
from kernels.students import Teacher

CONTENTS = (
    "[The gradient of a shared weight](#gradient) · [With more digits](#more) · [Taught by a kernel](#teacher) · "
    "[The five networks of 1989](#nets)"
)


def render() -> None:
    state = session.arrive(Train)
    session.publish()
    own = session.desk().of(Train)
    run = session.run("contest", contest.key(own))
    st.title(headings.train(own, () if run.running else run.records))
    st.markdown(CONTENTS)
    controls.notices()
    race(own)
    _gradient(own)
    _more(own)
    _teacher(state, own)
    _nets(own)
    session.finish()


def race(own: Train) -> None:
    run = session.run("contest", contest.key(own))
    clock.player("train", own.epochs, controls.plain("pace", own), run, lambda: contest.contest(own))
    dials.race(own)
    clock.ticking(_racing, run, own, pace=own.pace)


def _racing(run: Run[contest.Round], own: Train) -> None:
    clock.advance(run, own.pace)
    done, entries = run.records[-1].number if run.records else 0, contest.entries(own)
    clock.progress(run, done / own.epochs, f"epoch {done} of {own.epochs}")
    st.markdown(standings.sentence(own, run.records))
    st.caption(standings.hint(own, run.records))
    curves, seen, beyond = st.columns([3, 1.2, 2], gap="medium")
    with curves:
        chart = session.remember("race chart", run.version, lambda: figures_train.race(own, entries, run.records))
        plot(chart, "race", figures_train.race_alt(entries, run.records))
    with seen:
        pictures = session.remember("digits", contest.key(own), lambda: standings.digits_pictures(own))
        exhibit("digits", [Column("What they are shown", "", "handwritten digits, moved about", pictures)])
    if figures_train.distances(entries, run.records):
        chart = session.remember("further", run.version, lambda: figures_train.further(own, entries, run.records))
        alt = figures_train.further_alt(entries, run.records)
        with beyond:
            plot(chart, "further", alt)
    exhibit("contest", session.remember("standing", run.version, lambda: standings.as_columns(own, run.records)))
    if run.records and not run.running:
        dials.download(standings.table(own, run.records), key="table")


def _gradient(own: Train) -> None:
    st.header("The gradient of a shared weight is a sum", anchor="gradient", help=GLOSSARY["gradient"])
    run = session.run("contest", contest.key(own))
    number, theta = standings.newest(own, run.records)
    if not number:
        st.markdown("Before training, with the first weights. Train a convolution above, and come back.")
    else:
        st.markdown(f"After epoch {number} of the contest above.")
    dials.watched(own)
    key = contest.key(own), number, own.watched
    taken = session.remember("taken", key, lambda: standings.taken_apart(own, theta), heavy=True)
    exhibit("gradient", standings.taken_columns(own, taken))


def _more(own: Train) -> None:
    st.header("With more digits", anchor="more", help=GLOSSARY["overfitting"])
    run = session.run("sweep", replace(contest.key(own), scrambled=False))
    clock.starter("Train them all", "sweep", run, lambda: sizes.sweep(own))
    clock.ticking(_sweeping, run, own)


def _sweeping(run: Run[sizes.Point], own: Train) -> None:
    whole = len(sizes.SIZES) * len(own.racers)
    _slice(run, whole, "networks")
    if run.records:
        st.markdown(sizes.sweep_sentence(run.records))
        chart = figures_train.sweep(run.records)
        plot(chart, "sweep", figures_train.sweep_alt(run.records))


def _teacher(state: Explore, own: Train) -> None:
    st.header("Taught by a hidden kernel", anchor="teacher", help=GLOSSARY["teacher"])
    dials.disturbance(own)
    try:
        made = sizes.teacher(own, state)
    except SpecError as error:
        st.error(words.plain(f"{error}."), icon=":material/straighten:")
        return
    run = session.run("lessons", (state.kernel, state.flip, own.disturbance, own.train_seed))
    clock.starter("Teach", "teach", run, lambda: sizes.lessons(made, own.train_seed))
    clock.ticking(_teaching, run, made)


def _teaching(run: Run[sizes.Point], made: Teacher) -> None:
    _slice(run, len(sizes.PAIRS) * len(sizes.KINDS), "fits")
    st.markdown(sizes.lessons_sentence(made, run.records))
    if run.records:
        lines = sizes.lines(made)
        chart = figures_train.students(run.records, lines)
        plot(chart, "students", figures_train.students_alt(run.records, lines))


def _nets(own: Train) -> None:
    st.header("The five networks of 1989", anchor="nets")
    run = session.run("nets", own.train_seed)
    clock.starter("Train the five", "nets", run, lambda: nets.experiment(own.train_seed))
    clock.ticking(_five, run)


def _five(run: Run[nets.Result]) -> None:
    _slice(run, nets.SEEDS * len(NETS), "networks")
    exhibit("five", nets.as_columns(run.records))
    st.caption(nets.sentence(run.records))


def _slice(run: Run[Any], whole: int, of: str) -> None:
    """A slice of work, and how much is left of it."""
    clock.advance(run)
    if run.running:
        done = len(run.records)
        clock.progress(run, done / whole, f"{done} of {whole} {of}")
