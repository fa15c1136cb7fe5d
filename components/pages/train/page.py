"""Train: networks that differ only in how their first layer is wired learn side by side, live."""

from dataclasses import replace
from typing import Any

import streamlit as st

from components.display import words
from components.display.cards import Card
from components.display.glossary import GLOSSARY
from components.pages.train import charts, data_size, lecun1989, results
from components.pages.train import controls as dials
from components.pages.train import race as contest
from components.pages.train.state import Train
from components.pages.train.title import title
from components.session import bind, cache, session, url
from components.session.runs import Run
from components.state.setup import Setup
from components.widgets import player as clock
from components.widgets import sidebar
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from kernels.layer.spec import SpecError
from kernels.learning.lecun1989 import NETS
from kernels.learning.teacher import Teacher

CONTENTS = (
    "[The gradient of a shared weight](#gradient) · [With more digits](#more) · [Taught by a kernel](#teacher) · "
    "[The five networks of 1989](#nets)"
)


def render() -> None:
    state = session.arrive(Train)
    url.publish()
    own = session.state_of(Train)
    run = cache.run("contest", contest.key(own))
    st.title(title(own, () if run.running else run.records))
    st.markdown(CONTENTS)
    sidebar.notices()
    race(own)
    _gradient(own)
    _more(own)
    _teacher(state, own)
    _nets(own)
    session.finish()


def race(own: Train) -> None:
    run = cache.run("contest", contest.key(own))
    clock.player("train", own.epochs, bind.field(own, "pace"), run, lambda: contest.contest(own))
    dials.race(own)
    clock.ticking(_racing, run, own, pace=own.pace)


def _racing(run: Run[contest.Round], own: Train) -> None:
    clock.advance(run, own.pace)
    done, entries = run.records[-1].number if run.records else 0, contest.entries(own)
    clock.progress(run, done / own.epochs, f"epoch {done} of {own.epochs}")
    st.markdown(results.sentence(own, run.records))
    st.caption(results.hint(own, run.records))
    curves, seen, beyond = st.columns([3, 1.2, 2], gap="medium")
    with curves:
        chart = cache.remember("race chart", run.version, lambda: charts.race(own, entries, run.records))
        plot(chart, "race", charts.race_alt(entries, run.records))
    with seen:
        pictures = cache.remember("digits", contest.key(own), lambda: results.digits_pictures(own))
        show_cards("digits", [Card("What they are shown", "", "handwritten digits, moved about", pictures)])
    if charts.distances(entries, run.records):
        chart = cache.remember("further", run.version, lambda: charts.further(own, entries, run.records))
        alt = charts.further_alt(entries, run.records)
        with beyond:
            plot(chart, "further", alt)
    show_cards("contest", cache.remember("standing", run.version, lambda: results.as_cards(own, run.records)))
    if run.records and not run.running:
        dials.download(results.table(own, run.records), key="table")


def _gradient(own: Train) -> None:
    st.header("The gradient of a shared weight is a sum", anchor="gradient", help=GLOSSARY["gradient"])
    run = cache.run("contest", contest.key(own))
    number, theta = results.newest(own, run.records)
    if not number:
        st.markdown("Before training, with the first weights. Train a convolution above, and come back.")
    else:
        st.markdown(f"After epoch {number} of the contest above.")
    dials.watched(own)
    key = contest.key(own), number, own.watched
    taken = cache.remember("taken", key, lambda: results.taken_apart(own, theta), heavy=True)
    show_cards("gradient", results.taken_cards(own, taken))


def _more(own: Train) -> None:
    st.header("With more digits", anchor="more", help=GLOSSARY["overfitting"])
    run = cache.run("sweep", replace(contest.key(own), scrambled=False))
    clock.starter("Train them all", "sweep", run, lambda: data_size.sweep(own))
    clock.ticking(_sweeping, run, own)


def _sweeping(run: Run[data_size.Point], own: Train) -> None:
    whole = len(data_size.SIZES) * len(own.racers)
    _slice(run, whole, "networks")
    if run.records:
        st.markdown(data_size.sweep_sentence(run.records))
        chart = charts.sweep(run.records)
        plot(chart, "sweep", charts.sweep_alt(run.records))


def _teacher(state: Setup, own: Train) -> None:
    st.header("Taught by a hidden kernel", anchor="teacher", help=GLOSSARY["teacher"])
    dials.disturbance(own)
    try:
        made = data_size.teacher(own, state)
    except SpecError as error:
        st.error(words.markdown_escaped(f"{error}."), icon=":material/straighten:")
        return
    run = cache.run("lessons", (state.kernel, state.flip, own.disturbance, own.seed))
    clock.starter("Teach", "teach", run, lambda: data_size.lessons(made, own.seed))
    clock.ticking(_teaching, run, made)


def _teaching(run: Run[data_size.Point], made: Teacher) -> None:
    _slice(run, len(data_size.PAIRS) * len(data_size.KINDS), "fits")
    st.markdown(data_size.lessons_sentence(made, run.records))
    if run.records:
        lines = data_size.lines(made)
        chart = charts.students(run.records, lines)
        plot(chart, "students", charts.students_alt(run.records, lines))


def _nets(own: Train) -> None:
    st.header("The five networks of 1989", anchor="nets")
    run = cache.run("nets", own.seed)
    clock.starter("Train the five", "nets", run, lambda: lecun1989.experiment(own.seed))
    clock.ticking(_five, run)


def _five(run: Run[lecun1989.Result]) -> None:
    _slice(run, lecun1989.SEEDS * len(NETS), "networks")
    show_cards("five", lecun1989.as_cards(run.records))
    st.caption(lecun1989.sentence(run.records))


def _slice(run: Run[Any], whole: int, of: str) -> None:
    """A slice of work, and how much is left of it."""
    clock.advance(run)
    if run.running:
        done = len(run.records)
        clock.progress(run, done / whole, f"{done} of {whole} {of}")
