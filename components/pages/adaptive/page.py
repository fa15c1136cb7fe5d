"""Adaptive: adaptive filters (LMS) with and without shared weights, in three experiments."""

from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.display.glossary import GLOSSARY
from components.display.summary import Summary
from components.pages.adaptive import charts, controls, filters, summary
from components.pages.adaptive.filters import EXPERIMENTS, System
from components.pages.adaptive.guide import guides as guides
from components.pages.adaptive.state import Adaptive
from components.session import cache, session, upload, url
from components.session.runs import Run
from components.state.setup import Setup
from components.widgets import player, refusal, setup_bar
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from components.widgets.notices import notices
from components.widgets.tabs import Tab, show_tabs
from kernels.adaptive.lms import Learned
from kernels.images.decode import unit
from kernels.layer.spec import SpecError

LONG = 2000  # iterations: shorter runs take one record per tick, so that one sees them learn
HEIGHT = 290  # pixels of the learning curves, which end with the first screen
UNTITLED = ":primary[Adaptive filters] (LMS)"


def render() -> None:
    state, head = session.arrive(Adaptive), st.container()
    own = session.state_of(Adaptive)
    if own.experiment == "pictures":
        setup_bar.bar_of_kernel(state)
    show_tabs(own, "experiment", {name: Tab(title, partial(_guarded, head)) for name, title in EXPERIMENTS.items()})
    session.finish()


def _guarded(head: DeltaGenerator) -> None:
    """One experiment; where its system cannot be, it says why."""
    url.publish()
    notices()
    with refusal.said():
        _experiment(head)


def _experiment(head: DeltaGenerator) -> None:
    """Controls at the left, what they make of the filters beside them."""
    own = session.state_of(Adaptive)
    left, right = st.columns([1, 2.4], gap="large")
    try:
        made, run = _system(own)
    except SpecError:
        head.title(UNTITLED)
        with left:
            controls.settings(own)
        raise
    head.title(filters.title(made))
    with left:
        player.starter("Run", "learn", run, partial(filters.learned, own, made))
        controls.step(own, filters.marks(own, made))
        with st.container(key="filter_settings"):  # on a phone below the picture
            controls.settings(own)
    with right:
        player.ticking(_learning, run, own, made, work=None if own.steps > LONG else 0)


def _system(own: Adaptive) -> tuple[System, Run[Learned]]:
    """The system, and the visitor's run of its filters. Raises SpecError."""
    state = session.state_of(Setup)
    grey = replace(state, colour="grey")
    made = filters.system_of(own, state, unit(upload.planes_of(grey))[0])
    return made, cache.run("filters", filters.key(own, state, upload.planes_id(grey)), Learned)


def describe() -> Summary:
    """The open experiment in three sentences. Raises SpecError."""
    own = session.state_of(Adaptive)
    made, run = _system(own)
    return summary.summary(own, made, run.records, running=run.running)


def _learning(run: Run[Learned], own: Adaptive, made: System) -> None:
    done = len(run.records[-1].excess[0]) + run.records[-1].first if run.records else 0
    player.progress(run, done / own.steps, f"iteration {done:,} of {own.steps:,}")
    found, predicted = filters.curves(run.records, own.steps), filters.predictions(own, made)
    stopped = "" if run.running else filters.stopped(own, found)
    st.markdown(stopped + filters.sentence(own, made, found, predicted), help=GLOSSARY["LMS"])
    show_cards(f"matrices-{own.experiment}", filters.matrix_cards(made))
    curves = st.empty()
    beside = st.columns([1.7, 1], gap="medium") if own.experiment == "pictures" else (st.container(), st.container())
    samples, facts = beside[0].empty(), beside[1]
    if predicted or any(len(curve.excess) for curve in found):
        chart = cache.remember(
            "learning",
            (own, run.version),
            lambda: charts.learning_curves(found, predicted, own.steps).update_layout(height=HEIGHT),
        )
        with curves:
            plot(chart, "learning", charts.learning_curves_alt(found, predicted))
    if shown := filters.sample_cards(made, run.records):
        with samples:
            show_cards("kernels", shown)
    with facts:
        show_cards("filters", filters.fact_cards(found, predicted))
    st.latex(filters.RULES[own.normalised])
    st.caption(filters.RULE_NOTE, help=GLOSSARY["excess error"])
    st.caption(filters.SOURCE)
