"""Network: layers one after the other, each a volume of activations to another."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from components.display.glossary import GLOSSARY
from components.pages.network import activations, charts, controls, costs, input, published, weights
from components.pages.network.builder.history import History
from components.pages.network.code.snippets import snippets
from components.pages.network.edits import snapshot
from components.pages.network.layers import plan_of, with_weights
from components.pages.network.state import Net
from components.pages.network.unit import Shown, UnitDetails, chosen_unit, shown
from components.pages.network.volumes import volumes
from components.session import bind, cache, session, upload, url
from components.state.link import edited
from components.state.setup import Setup
from components.widgets import refusal
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from components.widgets.notices import notices
from kernels.layer.spec import Array
from kernels.networks.plan import Plan

CONTENTS = (
    "[Inside one unit](#unit) · [Layers](#layers) · [Cost](#costs) · "
    "[Published networks](#published) · [As code](#code)"
)


def render() -> None:
    state = session.arrive(Net)
    url.publish()
    own = session.state_of(Net)
    editing = cache.keep("history", "net", lambda: controls.Editing(History(snapshot(own))))
    editing.history = editing.history.noted(snapshot(own))
    made = plan_of(own)
    st.title(costs.title(made))
    st.markdown(CONTENTS)
    notices()
    controls.picture(state, own)
    with refusal.said():
        flow(state, own)
    _layers(own, made, editing)
    _costs(made)
    _published()
    _code(made)
    session.finish()


@dataclass(frozen=True, slots=True, eq=False)
class Flowing:
    """What flows through a network for the input x. key: what it depends on."""

    made: Plan
    x: Array
    key: Hashable
    found: Shown


def live() -> None:
    """The input and what flows through the network, for the lesson. Raises SpecError."""
    state, own = session.state_of(Setup), session.state_of(Net)
    controls.shown(own)
    if flowing := _flowing(state, own):
        _prediction(own, flowing)
        _volumes(state, own, flowing)


def flow(state: Setup, own: Net) -> None:
    """The activations of every layer, and one unit in detail."""
    made = plan_of(own)
    controls.flow(own, weights.in_use(own, made))
    if flowing := _flowing(state, own):
        _prediction(own, flowing)
        st.caption(weights.caption(own, made, flowing.found.volumes.theta_chosen))
        _volumes(state, own, flowing)
        if unit := _chosen_unit(own, flowing):
            _unit(unit)


def _flowing(state: Setup, own: Net) -> Flowing | None:
    made = plan_of(own)
    if refused := activations.refused(made):
        st.info(refused, icon=":material/memory:")
        return None
    picture = upload.picture_of(state)
    source = input.key(state, own, upload.planes_id(state))
    x = input.volume(
        cache.remember("input", source, lambda: input.levels(state, own, lambda: picture.rgb(max(picture.size))))
    )
    key = own.net, own.weights, own.seed, source
    return Flowing(made, x, key, cache.computed("flow", key, partial(shown, own, made, x)))


def _prediction(own: Net, flowing: Flowing) -> None:
    volumes = flowing.found.volumes
    st.markdown(
        activations.prediction(own, flowing.made, volumes, flowing.x),
        help=GLOSSARY["softmax"] if volumes.probabilities else None,
    )


def _volumes(state: Setup, own: Net, flowing: Flowing) -> None:
    if own.shown == "sheet":
        left, right = st.columns([1, 4], gap="medium")
        with left:
            controls.drawing(state)
    else:
        right = st.container()
    with right:
        data = activations.props(flowing.made, flowing.found.volumes, own.unit)
        volumes("volumes", data, lambda: bind.message("volumes", "open", _choose_unit, Net))


def _chosen_unit(own: Net, flowing: Flowing) -> UnitDetails | None:
    if own.unit == flowing.found.chosen:
        return flowing.found.unit
    return cache.computed("unit", (flowing.key, own.unit), partial(chosen_unit, own, flowing.made, flowing.x))


def _choose_unit(own: Net, unit: object) -> Net:
    return edited(own, unit=unit)


def _unit(shown: UnitDetails) -> None:
    st.header("Inside one unit", anchor="unit", help=GLOSSARY["receptive field"])
    st.markdown(f"**{shown.title}.** {shown.sentence}")
    st.latex(shown.formula)
    if shown.cards:
        show_cards("unit", shown.cards)


def _layers(own: Net, made: Plan, editing: controls.Editing) -> None:
    st.header("Layers", anchor="layers")
    controls.volume(own)
    controls.layers(made, editing)
    st.markdown(costs.verdict(made))
    for note in costs.padding_notes(made):
        st.caption(note)
    if about := published.about(made):
        st.caption(about)


def _costs(made: Plan) -> None:
    st.header("Cost", anchor="costs", help=GLOSSARY["multiply-add"])
    st.dataframe(
        costs.table(made),
        hide_index=True,
        height=controls.tall(len(made.rows) + 1),
        column_config=controls.numbers(costs.NUMBERS),
    )
    if with_weights(made):
        plot(charts.cost_bars(made), "costs", charts.cost_bars_alt(made))
    st.caption(costs.TABLE_NOTE)


def _published() -> None:
    st.header("Published networks", anchor="published")
    st.markdown(published.sentence())
    st.dataframe(
        published.table(),
        hide_index=True,
        height="content",
        column_config=controls.numbers(published.NUMBERS),
        placeholder="",
    )
    with st.expander("Sources and deviations"):
        for source in published.sources():
            st.markdown(source)


def _code(made: Plan) -> None:
    if not (found := snippets(made)):
        return
    st.header("As code", anchor="code")
    for tab, code in zip(st.tabs([*found]), found.values(), strict=True):
        tab.code(code, language="python", wrap_lines=True)
