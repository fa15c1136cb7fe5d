"""Sequence: weights shared through time, and the same idea in space and over channels."""

import streamlit as st

from components import controls, figures_sequence, reading, session, unrolled, vanishing, words
from components import controls_runs as clock
from components import controls_sequence as dials
from components.chart import plot
from components.exhibit import exhibit
from components.glossary import GLOSSARY
from components.runs import Run
from components.state import Sequence
from components.wires import wires

CONTENTS = (
    "[What it costs](#cost) · [The gradient of a weight that is used at every step](#gradient) · "
    "[Reading digits row by row](#reading) · [One idea](#idea)"
)


def render() -> None:
    session.arrive(Sequence)
    session.publish()
    own = session.desk().of(Sequence)
    st.title(unrolled.title(own))
    st.markdown(CONTENTS)
    controls.notices()
    _unrolled(own)
    _cost(own)
    _gradient(own)
    _reading(own)
    _idea()
    session.finish()


def _unrolled(own: Sequence) -> None:
    st.latex(r"h_t = \tanh(U x_t + V h_{t-1} + b)")
    dials.drawn(own)
    wires("unrolled", unrolled.webs(own))


def _cost(own: Sequence) -> None:
    st.header("What it costs", anchor="cost", help=GLOSSARY["tied"])
    st.markdown(unrolled.cost_sentence(own))
    growth = figures_sequence.growth(own)
    plot(growth, "growth", figures_sequence.growth_alt(own))


def _gradient(own: Sequence) -> None:
    st.header("The gradient of a weight that is used at every step", anchor="gradient", help=GLOSSARY["gradient"])
    dials.gradient(own)
    key = own.radius, own.far, own.entry, own.sequence_seed
    found = session.remember("followed", key, lambda: vanishing.followed(own))
    st.markdown(vanishing.sentence(own, found))
    left, right = st.columns(2, gap="large")
    with left:
        chart = figures_sequence.parts(own, found)
        plot(chart, "parts", figures_sequence.parts_alt(own, found))
    with right:
        chart = figures_sequence.arriving(found)
        plot(chart, "arriving", figures_sequence.arriving_alt(found))
    exhibit("followed", vanishing.as_columns(own, found))
    st.caption(vanishing.NOTE)
    exhibit("effect", [unrolled.effect_column(own)])


def _reading(own: Sequence) -> None:
    st.header("Reading digits row by row", anchor="reading", help=GLOSSARY["recurrent"])
    run = session.run("reading", reading.key(own))
    pace = controls.plain("reading_pace", own)
    clock.player("reading", own.reading_epochs, pace, run, lambda: reading.reading(own))
    dials.reading(own)
    clock.ticking(_learning, run, own, pace=own.reading_pace)


def _learning(run: Run[reading.Round], own: Sequence) -> None:
    clock.advance(run, own.reading_pace)
    done = run.records[-1].number if run.records else 0
    clock.progress(run, done / own.reading_epochs, f"epoch {done} of {own.reading_epochs}")
    st.markdown(reading.sentence(own, run.records))
    curves, longer = st.columns(2, gap="large")
    with curves:
        chart = session.remember("reading chart", run.version, lambda: figures_sequence.race(own, run.records))
        plot(chart, "reading_race", figures_sequence.race_alt(run.records))
    with longer:
        chart = session.remember("longer", run.version, lambda: figures_sequence.longer(run.records))
        plot(chart, "longer", figures_sequence.longer_alt(run.records))
    st.markdown(words.plain(reading.longer_sentence(run.records)))
    exhibit("readers", session.remember("readers", run.version, lambda: reading.as_columns(own, run.records)))
    st.caption(reading.NOTE)


def _idea() -> None:
    st.header("One idea", anchor="idea")
    st.markdown(unrolled.IDEA)
    wires("ideas", unrolled.ideas())
