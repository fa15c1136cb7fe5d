"""Sequence: weights shared through time, and the same idea in space and over channels."""

import streamlit as st

from components.display import words
from components.display.glossary import GLOSSARY
from components.pages.sequence import charts, digits, gradient, unrolled
from components.pages.sequence import controls as dials
from components.pages.sequence.state import DigitClassifier, Sequence
from components.session import bind, cache, session, url
from components.session.runs import Run
from components.widgets import player as clock
from components.widgets import sidebar
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from components.widgets.wiring import wires

CONTENTS = (
    "[What it costs](#cost) · [The gradient of a weight that is used at every step](#gradient) · "
    "[Reading digits row by row](#reading) · [One idea](#idea)"
)


def render() -> None:
    session.arrive(Sequence, DigitClassifier)
    url.publish()
    own = session.state_of(Sequence)
    st.title(unrolled.title(own))
    st.markdown(CONTENTS)
    sidebar.notices()
    _unrolled(own)
    _cost(own)
    _gradient(own)
    _reading(session.state_of(DigitClassifier))
    _idea()
    session.finish()


def _unrolled(own: Sequence) -> None:
    st.latex(r"h_t = \tanh(U x_t + V h_{t-1} + b)")
    dials.drawn(own)
    wires("unrolled", unrolled.webs(own))


def _cost(own: Sequence) -> None:
    st.header("What it costs", anchor="cost", help=GLOSSARY["tied"])
    st.markdown(unrolled.cost_sentence(own))
    growth = charts.growth(own)
    plot(growth, "growth", charts.growth_alt(own))


def _gradient(own: Sequence) -> None:
    st.header("The gradient of a weight that is used at every step", anchor="gradient", help=GLOSSARY["gradient"])
    dials.gradient(own)
    key = own.radius, own.far, own.entry, own.seed
    found = cache.remember("followed", key, lambda: gradient.followed(own))
    st.markdown(gradient.sentence(own, found))
    left, right = st.columns(2, gap="large")
    with left:
        chart = charts.parts(own, found)
        plot(chart, "parts", charts.parts_alt(own, found))
    with right:
        chart = charts.arriving(found)
        plot(chart, "arriving", charts.arriving_alt(found))
    show_cards("followed", gradient.as_cards(own, found))
    st.caption(gradient.NOTE)
    show_cards("effect", [unrolled.effect_card(own)])


def _reading(own: DigitClassifier) -> None:
    st.header("Reading digits row by row", anchor="reading", help=GLOSSARY["recurrent"])
    run = cache.run("reading", digits.key(own))
    pace = bind.field(own, "pace")
    clock.player("reading", own.epochs, pace, run, lambda: digits.reading(own))
    dials.reading(own)
    clock.ticking(_learning, run, own, pace=own.pace)


def _learning(run: Run[digits.Round], own: DigitClassifier) -> None:
    clock.advance(run, own.pace)
    done = run.records[-1].number if run.records else 0
    clock.progress(run, done / own.epochs, f"epoch {done} of {own.epochs}")
    st.markdown(digits.sentence(own, run.records))
    curves, longer = st.columns(2, gap="large")
    with curves:
        chart = cache.remember("reading chart", run.version, lambda: charts.race(own, run.records))
        plot(chart, "reading_race", charts.race_alt(run.records))
    with longer:
        chart = cache.remember("longer", run.version, lambda: charts.longer(run.records))
        plot(chart, "longer", charts.longer_alt(run.records))
    st.markdown(words.markdown_escaped(digits.longer_sentence(run.records)))
    show_cards("readers", cache.remember("readers", run.version, lambda: digits.as_cards(own, run.records)))
    st.caption(digits.NOTE)


def _idea() -> None:
    st.header("One idea", anchor="idea")
    st.markdown(unrolled.IDEA)
    wires("ideas", unrolled.ideas())
