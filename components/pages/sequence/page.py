"""Sequence: weights shared through time, and the same idea in space and over channels."""

from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.display import words
from components.display.glossary import GLOSSARY
from components.display.race import Round
from components.display.race_charts import learning_curves, learning_curves_alt
from components.display.summary import Summary
from components.pages.sequence import charts, controls, digits, gradient, running_sum, summary, unrolled
from components.pages.sequence.guide import guides as guides
from components.pages.sequence.running_sum import Score
from components.pages.sequence.state import DigitClassifier, RunningSum, Sequence, shown
from components.session import bind, cache, session, url
from components.session.runs import Run
from components.widgets import player
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from components.widgets.notices import notices
from components.widgets.row import row
from components.widgets.tabs import Tab, show_tabs
from components.widgets.wiring import wirings

CURVES, BESIDE = 360, 370  # pixels: a chart's height below controls, and beside a table


def render() -> None:
    session.arrive(Sequence, DigitClassifier, RunningSum)
    url.publish()
    own, reader = session.state_of(Sequence), session.state_of(DigitClassifier)
    adder = session.state_of(RunningSum)
    head = st.container()  # it says what came of the chosen tab's run
    notices()
    tabs = {
        "unrolled": Tab("Unrolled", partial(_unrolled, own, head)),
        "longer": Tab("Longer than trained", partial(_longer, adder, head)),
        "gradient": Tab("Gradient through time", partial(_gradient, own, head)),
        "digits": Tab("Digits row by row", partial(_digits, reader, head)),
        "cost": Tab("Cost", partial(_cost, own, head)),
        "ideas": Tab("Space, time, channels", partial(_ideas, head)),
    }
    show_tabs(replace(own, tab=shown(own, reader, adder)), "tab", tabs)
    session.finish()


def describe() -> Summary:
    """The open tab in three sentences."""
    own, reader = session.state_of(Sequence), session.state_of(DigitClassifier)
    adder = session.state_of(RunningSum)
    tab = shown(own, reader, adder)
    if tab == "longer":
        sums = _sums_run(adder)
        return summary.longer(adder, sums.records, running=sums.running)
    if tab == "digits":
        reading = _reading_run(reader)
        return summary.read(reader, reading.records, running=reading.running)
    if tab == "gradient":
        return summary.followed(own, _contributions(own))
    return {"unrolled": summary.drawn, "cost": summary.cost}[tab](own) if tab != "ideas" else summary.ideas()


def _unrolled(own: Sequence, head: DeltaGenerator) -> None:
    head.title(unrolled.title(own), help=GLOSSARY["tied"])
    with row():
        controls.drawn(own)
        st.latex(r"h_t = \tanh(U x_t + V h_{t-1} + b)")
    wirings("unrolled", unrolled.diagrams(own))


def _cost(own: Sequence, head: DeltaGenerator) -> None:
    head.title("Cost against sequence length", help=GLOSSARY["parameter"])
    st.markdown(unrolled.cost_sentence(own))
    growth = unrolled.growth(own)
    plot(charts.growth(growth), "growth", charts.growth_alt(growth))


def _gradient(own: Sequence, head: DeltaGenerator) -> None:
    head.title("The gradient of a weight shared across all steps", help=GLOSSARY["gradient"])
    controls.gradient(own)
    found = _contributions(own)
    st.markdown(gradient.sentence(own, found))
    left, right = st.columns(2, gap="large")
    with left:
        plot(charts.parts(own, found), "parts", charts.parts_alt(own, found))
    with right:
        plot(charts.norms(found), "arriving", charts.norms_alt(found))
    show_cards("followed", gradient.as_cards(own, found))
    st.caption(gradient.NOTE)
    show_cards("effect", [unrolled.effect_card(own)])


def _contributions(own: Sequence) -> gradient.Contributions:
    key = own.radius, own.far, own.entry, own.seed
    return cache.remember("gradient", key, lambda: gradient.contributions(own))


def _sums_run(own: RunningSum) -> Run[Score]:
    return cache.run("running sum", running_sum.key(own), Score)


def _longer(own: RunningSum, head: DeltaGenerator) -> None:
    run = _sums_run(own)
    head.title(running_sum.title(own, () if run.running else run.records), help=GLOSSARY["tied"])
    with row():
        controls.longer(own)
        player.starter("Run", "adding", run, partial(running_sum.experiment, own))
    player.ticking(_adding, run, own)


def _adding(run: Run[Score], own: RunningSum) -> None:
    player.counted(run, running_sum.whole(), "results")
    st.markdown(running_sum.sentence(own, run.records))
    figures, lines = st.columns([1.3, 1], gap="medium")
    with figures:
        st.markdown(running_sum.as_table(own, run.records))
        st.markdown(running_sum.MEASURED)
        st.caption(running_sum.NOTE)
    with lines:
        chart = charts.running_sums(own, run.records).update_layout(height=BESIDE)
        plot(chart, "sums", charts.running_sums_alt(own, run.records))


def _reading_run(own: DigitClassifier) -> Run[Round]:
    return cache.run("reading", digits.key(own), Round)


def _digits(own: DigitClassifier, head: DeltaGenerator) -> None:
    run = _reading_run(own)
    head.title(digits.title([] if run.running else run.records), help=GLOSSARY["recurrent"])
    pace = bind.field(own, "pace")
    with row():
        controls.digits(own)
        player.player("reading", own.epochs, pace, run, partial(digits.rounds, own))
    player.ticking(_training, run, own, pace=own.pace)


def _training(run: Run[Round], own: DigitClassifier) -> None:
    player.epochs(run, own.epochs)
    st.markdown(digits.sentence(own, run.records))
    curves, longer = st.columns(2, gap="large")
    with curves:
        chart = cache.remember(
            "reading chart", run.version, lambda: learning_curves(digits.VARIANTS, run.records, own.epochs)
        )
        plot(chart.update_layout(height=CURVES), "reading_race", learning_curves_alt(digits.VARIANTS, run.records))
    with longer:
        chart = cache.remember("longer", run.version, lambda: charts.longer(run.records))
        plot(chart.update_layout(height=CURVES), "longer", charts.longer_alt(run.records))
    st.markdown(words.markdown_escaped(digits.longer_sentence(run.records)))
    show_cards("networks", cache.remember("sequence networks", run.version, lambda: digits.as_cards(own, run.records)))
    st.caption(digits.NOTE)


def _ideas(head: DeltaGenerator) -> None:
    head.title("One idea: weight sharing across space, time and channels")
    st.markdown(unrolled.IDEA)
    wirings("ideas", unrolled.ideas())
