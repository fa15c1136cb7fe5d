"""Sequence: weights shared through time, and the same idea in space and over channels."""

from functools import partial

import streamlit as st

from components.display import words
from components.display.glossary import GLOSSARY
from components.display.race import Round
from components.display.race_charts import learning_curves, learning_curves_alt
from components.pages.sequence import charts, controls, digits, gradient, unrolled
from components.pages.sequence.state import DigitClassifier, Sequence
from components.session import bind, cache, session, url
from components.session.runs import Run
from components.widgets import player
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from components.widgets.notices import notices
from components.widgets.wiring import wirings

CONTENTS = (
    "[Cost](#cost) · [The gradient of a shared weight](#gradient) · [Reading digits row by row](#reading) · "
    "[One idea](#idea)"
)


def render() -> None:
    session.arrive(Sequence, DigitClassifier)
    url.publish()
    own = session.state_of(Sequence)
    st.title(unrolled.title(own))
    st.markdown(CONTENTS)
    notices()
    _unrolled(own)
    _cost(own)
    _gradient(own)
    _digits(session.state_of(DigitClassifier))
    _idea()
    session.finish()


def _unrolled(own: Sequence) -> None:
    st.latex(r"h_t = \tanh(U x_t + V h_{t-1} + b)")
    controls.drawn(own)
    wirings("unrolled", unrolled.diagrams(own))


def _cost(own: Sequence) -> None:
    st.header("Cost", anchor="cost", help=GLOSSARY["tied"])
    st.markdown(unrolled.cost_sentence(own))
    growth = unrolled.growth(own)
    plot(charts.growth(growth), "growth", charts.growth_alt(growth))


def _gradient(own: Sequence) -> None:
    st.header("The gradient of a weight shared across all steps", anchor="gradient", help=GLOSSARY["gradient"])
    controls.gradient(own)
    key = own.radius, own.far, own.entry, own.seed
    found = cache.remember("gradient", key, lambda: gradient.contributions(own))
    st.markdown(gradient.sentence(own, found))
    left, right = st.columns(2, gap="large")
    with left:
        plot(charts.parts(own, found), "parts", charts.parts_alt(own, found))
    with right:
        plot(charts.norms(found), "arriving", charts.norms_alt(found))
    show_cards("followed", gradient.as_cards(own, found))
    st.caption(gradient.NOTE)
    show_cards("effect", [unrolled.effect_card(own)])


def _digits(own: DigitClassifier) -> None:
    st.header("Reading digits row by row", anchor="reading", help=GLOSSARY["recurrent"])
    run: Run[Round] = cache.run("reading", digits.key(own))
    pace = bind.field(own, "pace")
    player.player("reading", own.epochs, pace, run, partial(digits.rounds, own))
    controls.digits(own)
    player.ticking(_training, run, own, pace=own.pace)


def _training(run: Run[Round], own: DigitClassifier) -> None:
    done = run.records[-1].number if run.records else 0
    player.progress(run, done / own.epochs, f"epoch {done} of {own.epochs}")
    st.markdown(digits.sentence(own, run.records))
    curves, longer = st.columns(2, gap="large")
    with curves:
        chart = cache.remember(
            "reading chart", run.version, lambda: learning_curves(digits.VARIANTS, run.records, own.epochs)
        )
        plot(chart, "reading_race", learning_curves_alt(digits.VARIANTS, run.records))
    with longer:
        chart = cache.remember("longer", run.version, lambda: charts.longer(run.records))
        plot(chart, "longer", charts.longer_alt(run.records))
    st.markdown(words.markdown_escaped(digits.longer_sentence(run.records)))
    show_cards("networks", cache.remember("sequence networks", run.version, lambda: digits.as_cards(own, run.records)))
    st.caption(digits.NOTE)


def _idea() -> None:
    st.header("One idea", anchor="idea")
    st.markdown(unrolled.IDEA)
    wirings("ideas", unrolled.ideas())
