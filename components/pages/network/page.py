"""Network: layers one after the other, each a volume of activations to another."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from components.display.glossary import GLOSSARY
from components.display.summary import Summary
from components.pages.network import (
    activations,
    charts,
    controls,
    convolution,
    costs,
    input,
    published,
    separable,
    summary,
    weights,
)
from components.pages.network.builder.history import History
from components.pages.network.code.snippets import snippets
from components.pages.network.edits import snapshot
from components.pages.network.guide import guides as guides
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
from components.widgets.row import row
from components.widgets.table import numbers
from components.widgets.tabs import Tab, show_tabs
from kernels.layer.spec import Array
from kernels.networks.plan import Plan

TABLE = 420  # pixels of the table of published figures
CODE, LINES = 640, 26  # pixels of code that is longer than so many lines
SHEET, ROW, UNIT = 1.0, 5.0, 2.2  # widths: what is drawn on, the row of layers, and the inside of a unit beside it


def render() -> None:
    state = session.arrive(Net)
    url.publish()
    own = session.state_of(Net)
    editing = cache.keep("history", "net", lambda: controls.Editing(History(snapshot(own))))
    editing.history = editing.history.noted(snapshot(own))
    made = plan_of(own)
    st.title(_title(own, made))
    notices()
    tabs = {
        "activations": Tab("Activations", partial(_activations, state, own)),
        "layers": Tab("Layers", partial(_layers, own, made, editing)),
        "cost": Tab("Cost", partial(_costs, made)),
        "published": Tab("Published networks", _published),
        "convolution": Tab("Fully connected as convolution", partial(_convolution, own)),
        "code": Tab("Code", partial(_code, made)),
    }
    show_tabs(own, "tab", tabs)
    session.finish()


def _title(own: Net, made: Plan) -> str:
    """What the open tab finds: two of them are not about the visitor's network."""
    return {"published": published.title, "convolution": convolution.title}.get(own.tab, partial(costs.title, made))()


def describe() -> Summary:
    """The open tab in three sentences. Raises SpecError."""
    state, own = session.state_of(Setup), session.state_of(Net)
    made = plan_of(own)
    if own.tab == "published":
        return summary.figures()
    if own.tab == "convolution":
        return summary.sliding(_answers(own))
    if tell := {"layers": summary.layers, "cost": summary.cost, "code": summary.code}.get(own.tab):
        return tell(made)
    if refused := activations.refused(made):
        return summary.activations(made, refused)
    flowing = _made_to_flow(state, own)
    return summary.activations(made, activations.prediction(own, made, flowing.found.volumes, flowing.x))


def _activations(state: Setup, own: Net) -> None:
    with st.container(gap="xsmall"):
        controls.flow(state, own, weights.in_use(own, plan_of(own)))
        with refusal.said():
            flow(state, own)


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
        if own.shown == "sheet":  # above the row: beside the lesson's words there is no room for both
            sheet, said = st.columns(2, gap="medium", vertical_alignment="center")
            with sheet:
                controls.drawing(state)
            with said:
                _prediction(own, flowing)
        else:
            _prediction(own, flowing)
        _volumes(own, flowing)


def flow(state: Setup, own: Net) -> None:
    """The activations of every layer, and one unit in detail beside them."""
    if flowing := _flowing(state, own):
        with row("center"):
            _prediction(own, flowing)
            st.caption(weights.caption(own, flowing.made, flowing.found.volumes.theta_chosen))
        if own.shown == "sheet":
            sheet, layers = st.columns([SHEET, ROW], gap="medium")
            with sheet:
                controls.drawing(state)
            with layers:
                _volumes(own, flowing)
        else:
            _volumes(own, flowing)


def _flowing(state: Setup, own: Net) -> Flowing | None:
    if refused := activations.refused(plan_of(own)):
        st.info(refused, icon=":material/memory:")
        return None
    return _made_to_flow(state, own)


def _made_to_flow(state: Setup, own: Net) -> Flowing:
    """Raises SpecError."""
    made = plan_of(own)
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


def _volumes(own: Net, flowing: Flowing) -> None:
    data = activations.props(flowing.made, flowing.found.volumes, own.unit)
    unit = _chosen_unit(own, flowing) if data["unit"] else None
    places = st.columns([ROW, UNIT] if unit else [ROW], gap="medium")
    with places[0]:
        volumes("volumes", data, lambda: bind.message("volumes", "open", _choose_unit, Net))
    if unit:
        with places[1]:
            _unit(unit)


def _chosen_unit(own: Net, flowing: Flowing) -> UnitDetails | None:
    if own.unit == flowing.found.chosen:
        return flowing.found.unit
    return cache.computed("unit", (flowing.key, own.unit), partial(chosen_unit, own, flowing.made, flowing.x))


def _choose_unit(own: Net, unit: object) -> Net:
    return edited(own, unit=unit)


def _unit(shown: UnitDetails) -> None:
    with st.container(key="inside"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader("Inside one unit", anchor="unit", help=GLOSSARY["receptive field"], width="content")
            st.button("Close", key="unit_close", icon=":material/close:", on_click=bind.change, args=(_closed, Net))
        st.markdown(f"**{shown.title}.** {shown.sentence}")
        if shown.cards:
            show_cards("unit", shown.cards)
        st.latex(shown.formula)


def _closed(own: Net) -> Net:
    return edited(own, unit=())


def _layers(own: Net, made: Plan, editing: controls.Editing) -> None:
    st.markdown(costs.verdict(made))
    controls.volume(own)
    controls.layers(made, editing)
    for note in costs.padding_notes(made):
        st.caption(note)
    if about := published.about(made):
        st.caption(about)


def _costs(made: Plan) -> None:
    st.markdown(costs.verdict(made))
    table, chart = st.columns([3, 2], gap="medium") if with_weights(made) else (st.container(), None)
    with table:
        st.dataframe(
            costs.table(made),
            hide_index=True,
            height=controls.tall(len(made.rows) + 1),
            column_config=numbers(costs.NUMBERS),
        )
    if chart:
        with chart:
            plot(charts.cost_bars(made), "costs", charts.cost_bars_alt(made))
    st.caption(costs.TABLE_NOTE, help=GLOSSARY["multiply-add"])


def _published() -> None:
    st.markdown(separable.totals())
    with st.container(key="block"):
        show_cards("separable", separable.cards())
    st.caption(separable.BEYOND)
    st.markdown(published.sentence())
    st.dataframe(
        published.table(),
        hide_index=True,
        height=TABLE,
        column_config=numbers(published.NUMBERS),
        placeholder="",
    )
    with st.expander("Sources and deviations"):
        for source in published.sources():
            st.markdown(source)


def _answers(own: Net) -> convolution.Answers:
    return cache.common("answers", own.digit, partial(convolution.answers, own.digit))


def _convolution(own: Net) -> None:
    found = _answers(own)
    st.markdown(convolution.sentence(found))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        plot(convolution.chart(found), "windows", convolution.chart_alt(found))
    with right:
        with row():
            controls.example(own)
            st.button("Run it layer by layer", key="larger", on_click=bind.change, args=(convolution.larger, Net))
        st.markdown(convolution.savings(found))
    st.dataframe(convolution.table(), hide_index=True, column_config=numbers(("weights",)))


def _code(made: Plan) -> None:
    if not (found := snippets(made)):
        return
    for tab, code in zip(st.tabs([*found]), found.values(), strict=True):
        tab.code(code, language="python", wrap_lines=True, height=CODE if code.count("\n") > LINES else "content")
