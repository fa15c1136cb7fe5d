"""Train: networks that differ only in how their first layer is wired learn side by side, live."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.display.cards import Card
from components.display.glossary import GLOSSARY
from components.display.race import Round
from components.display.race_charts import learning_curves, learning_curves_alt
from components.display.summary import Summary
from components.pages.train import (
    charts,
    controls,
    data_size,
    gradient,
    lecun1989,
    race,
    readouts,
    results,
    summary,
    teacher,
)
from components.pages.train.guide import guides as guides
from components.pages.train.state import Train
from components.pages.train.title import title
from components.session import bind, cache, session, url
from components.session.recorded import recorded
from components.session.runs import Run
from components.state.setup import Setup
from components.widgets import player, refusal
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from components.widgets.notices import notices
from components.widgets.row import row
from components.widgets.tabs import Tab, show_tabs
from kernels.learning.lecun1989 import NETS
from kernels.learning.teacher import Teacher

LIVE = 370  # pixels: the curves' height beside the words of the lesson
CURVES, BESIDE, BELOW = 350, 430, 340  # pixels: a chart's height below controls, beside a table, on the second screen


def render() -> None:
    state = session.arrive(Train)
    url.publish()
    own = session.state_of(Train)
    head = st.container()  # it says what came of the chosen tab's run
    notices()
    tabs = {
        "race": Tab("Learning curves", partial(_race, own, head)),
        "readouts": Tab("Shared × pooled", partial(_readouts, own, head)),
        "size": Tab("Training set size", partial(_size, own, head)),
        "gradient": Tab("Inside a gradient", partial(_gradient, own, head)),
        "teacher": Tab("Teacher–student", partial(_teacher, state, own, head)),
        "nets": Tab("Five networks of 1989", partial(_nets, own, head)),
    }
    show_tabs(replace(own, tab=own.shown), "tab", tabs)
    session.finish()


def describe() -> Summary:
    """The open tab in three sentences. Raises SpecError."""
    own = session.state_of(Train)
    return SUMMARIES[own.shown](own)


def race_run(own: Train) -> Run[Round]:
    """The visitor's training run with these settings."""
    return cache.run("race", race.key(own), Round)


def _race(own: Train, head: DeltaGenerator) -> None:
    """The player, its settings, and what has come of the run so far."""
    run = race_run(own)
    head.title(title(own, () if run.running else run.records))
    player.player("train", own.epochs, bind.field(own, "pace"), run, partial(race.rounds, own))
    controls.race(own)
    player.ticking(_training, run, own, pace=own.pace)


def is_begun() -> bool:
    """Whether the visitor has pressed Play."""
    run = race_run(session.state_of(Train))
    return bool(run.running or (run.records and not run.recorded))


def live() -> None:
    """The player and the learning curves, for the lesson."""
    own = session.state_of(Train)
    run = race_run(own)
    player.player("train", own.epochs, bind.field(own, "pace"), run, partial(race.rounds, own))
    player.ticking(_curves, run, own, pace=own.pace)


def _curves(run: Run[Round], own: Train) -> None:
    variants = race.variants(own)
    player.epochs(run, own.epochs)
    st.markdown(_found(run, own))
    chart = learning_curves(variants, run.records, own.epochs).update_layout(height=LIVE)
    plot(chart, "race", learning_curves_alt(variants, run.records))


def _found(run: Run[Round], own: Train) -> str:
    """The result, the convolution's lead, and what the recorded table says of it with another read-out."""
    found, lead = results.sentence(own, run.records), results.sharing(own, run.records)
    if not lead:
        return found
    table = recorded("readouts", readouts.key(own), readouts.Score)
    return f"{found} {lead} {readouts.contrast(own, table.records if table else ())}"


def _training(run: Run[Round], own: Train) -> None:
    variants = race.variants(own)
    player.epochs(run, own.epochs)
    st.markdown(_found(run, own))
    curves, networks = st.columns([1, 1], gap="medium")
    with curves:
        chart = cache.remember("race chart", run.version, lambda: learning_curves(variants, run.records, own.epochs))
        plot(chart.update_layout(height=CURVES), "race", learning_curves_alt(variants, run.records))
        _digits(run, own)
    with networks:
        cards = cache.remember("networks", run.version, lambda: results.as_cards(own, run.records))
        show_cards("networks", cards)
    st.caption(results.hint(own, run.records))
    if run.records and not run.running:
        controls.download(results.table(own, run.records), key="table")


def _digits(run: Run[Round], own: Train) -> None:
    """What is trained with, and accuracy against the size of the shift."""
    seen, shifts = st.columns([1, 2.2], gap="small")
    with seen:
        pictures = cache.remember("digits", race.key(own), lambda: results.digits_pictures(own))
        show_cards("digits", [Card("Training samples", "", "handwritten digits, randomly shifted", pictures)])
    if by_shift := charts.by_shift(race.variants(own), run.records):
        chart = cache.remember("shifts", run.version, lambda: charts.shifts(own, by_shift))
        with shifts:
            plot(chart.update_layout(height=BELOW), "further", charts.shifts_alt(by_shift))


def _readouts_run(own: Train) -> Run[readouts.Score]:
    return cache.run("readouts", readouts.key(own), readouts.Score)


def _readouts(own: Train, head: DeltaGenerator) -> None:
    run = _readouts_run(own)
    head.title(readouts.title(() if run.running else run.records), help=GLOSSARY["pooling"])
    with row():
        controls.reach(own)
        player.starter("Run", "readouts", run, partial(readouts.experiment, readouts.key(own)))
    player.ticking(_scoring, run, own)


def _scoring(run: Run[readouts.Score], own: Train) -> None:
    player.counted(run, readouts.whole(), "networks")
    st.markdown(readouts.sentence(run.records))
    figures, dots = st.columns([1.3, 1], gap="medium")
    with figures:
        st.markdown(readouts.as_table(run.records))
        st.markdown(readouts.MEASURED)
        st.markdown(readouts.WHY)
        st.caption(readouts.tested(own))
    with dots:
        chart = charts.readouts(run.records).update_layout(height=CURVES)
        plot(chart, "readouts", charts.readouts_alt(run.records))


def _gradient(own: Train, head: DeltaGenerator) -> None:
    head.title("The gradient of a shared weight is a sum", help=GLOSSARY["gradient"])
    newest = gradient.newest(own, race_run(own).records)
    with row():
        controls.watched(own)
        if newest.epoch:
            st.markdown(f"After epoch {newest.epoch} of the run under “Learning curves”.")
        else:
            st.markdown("Before training, with the initial weights. Train a convolution to see its gradient change.")
    with refusal.said():
        show_cards("gradient", gradient.as_cards(own, _contributions(own)))


def _contributions(own: Train) -> gradient.Contributions:
    """Raises SpecError."""
    newest = gradient.newest(own, race_run(own).records)
    key = race.key(own), newest.epoch, own.watched
    return cache.computed("gradient", key, partial(gradient.contributions, own, newest.theta))


def _size_run(own: Train) -> Run[data_size.Point]:
    return cache.run("sweep", data_size.key(own), data_size.Point)


def _size(own: Train, head: DeltaGenerator) -> None:
    head.title("Accuracy against training set size", help=GLOSSARY["overfitting"])
    run = _size_run(own)
    player.starter("Train at every size", "sweep", run, partial(data_size.sweep, own))
    player.ticking(_sweeping, run, own)


def _sweeping(run: Run[data_size.Point], own: Train) -> None:
    whole = len(data_size.SIZES) * len(own.kinds)
    player.counted(run, whole, "networks")
    st.markdown(data_size.sentence(run.records))
    figures, curves = st.columns([1, 1.4], gap="large")
    with figures:
        st.markdown(data_size.as_table(own, run.records))
        st.caption(data_size.tested(own))
    with curves:
        chart = charts.sweep(run.records).update_layout(height=BESIDE)
        plot(chart, "sweep", charts.sweep_alt(run.records))


def _fits_run(state: Setup, own: Train) -> Run[teacher.Fit]:
    return cache.run("teacher", teacher.key(own, state), teacher.Fit)


def _teacher(state: Setup, own: Train, head: DeltaGenerator) -> None:
    head.title("Recovering a known kernel (teacher–student)", help=GLOSSARY["teacher"])
    with refusal.said():
        made = teacher.teacher(own, state)
        run = _fits_run(state, own)
        with row():
            controls.disturbance(own)
            player.starter("Run", "teach", run, partial(teacher.fits, made, own.seed))
        player.ticking(_teaching, run, made)


def _teaching(run: Run[teacher.Fit], made: Teacher) -> None:
    player.counted(run, len(teacher.PAIRS) * len(teacher.KINDS), "fits")
    st.markdown(teacher.sentence(run.records))
    theory = teacher.theory(made)
    figures, curves = st.columns([1.15, 1.4], gap="medium")
    with figures:
        st.markdown(teacher.as_table(run.records, theory))
        st.caption(teacher.note(made))
    with curves:
        chart = charts.students(run.records, theory).update_layout(height=BESIDE)
        plot(chart, "students", charts.students_alt(run.records, theory))


def _nets_run(own: Train) -> Run[lecun1989.Result]:
    return cache.run("nets", own.seed, lecun1989.Result)


def _nets(own: Train, head: DeltaGenerator) -> None:
    run = _nets_run(own)
    head.title(lecun1989.title(() if run.running else run.records))
    player.starter("Train all five", "nets", run, partial(lecun1989.experiment, own.seed))
    player.ticking(_five, run)


def _five(run: Run[lecun1989.Result]) -> None:
    player.counted(run, lecun1989.SEEDS * len(NETS), "networks")
    st.markdown(f"{lecun1989.sentence(run.records)} {lecun1989.READ}")
    show_cards("five", lecun1989.as_cards(run.records))
    st.caption(lecun1989.NOTE)


def _summary_of_race(own: Train) -> Summary:
    run = race_run(own)
    return summary.learning(own, run.records, running=run.running)


def _summary_of_readouts(own: Train) -> Summary:
    run = _readouts_run(own)
    return summary.pooled(run.records, own, running=run.running)


def _summary_of_sizes(own: Train) -> Summary:
    run = _size_run(own)
    return summary.sizes(run.records, own, running=run.running)


def _summary_of_teacher(own: Train) -> Summary:
    state = session.state_of(Setup)
    made, run = teacher.teacher(own, state), _fits_run(state, own)
    return summary.student(run.records, made, running=run.running)


def _summary_of_nets(own: Train) -> Summary:
    run = _nets_run(own)
    return summary.lecun(run.records, running=run.running)


SUMMARIES: dict[str, Callable[[Train], Summary]] = {
    "race": _summary_of_race,
    "readouts": _summary_of_readouts,
    "size": _summary_of_sizes,
    "gradient": lambda own: summary.watched(own, _contributions(own)),
    "teacher": _summary_of_teacher,
    "nets": _summary_of_nets,
}
