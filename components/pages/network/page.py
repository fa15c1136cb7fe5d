"""Network: layers one after the other, each a volume of activations to another."""

import streamlit as st

from components.display.glossary import GLOSSARY
from components.pages.network import activations, blueprint, charts, input, published
from components.pages.network import controls as dials
from components.pages.network import unit as opened
from components.pages.network.activations import Flow
from components.pages.network.blueprint import Kept
from components.pages.network.code import snippets
from components.pages.network.history import History
from components.pages.network.state import Net
from components.pages.network.unit import Opened
from components.pages.network.volumes import volumes
from components.session import bind, cache, session, upload, url
from components.state.link import edited
from components.state.setup import Setup
from components.widgets import sidebar
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from kernels.layer.spec import Array
from kernels.networks.plan import Plan

CONTENTS = (
    "[One unit, opened](#unit) · [The layers](#layers) · [What they cost](#costs) · "
    "[Published networks](#published) · [As code](#code)"
)


def render() -> None:
    state = session.arrive(Net)
    url.publish()
    own = session.state_of(Net)
    history: History[Kept] = cache.keep("history", "net", History)
    history.note(blueprint.kept(own))
    made = blueprint.plan_of(own)
    dials.sidebar(state, own)
    st.title(blueprint.title(made))
    st.markdown(CONTENTS)
    told = sidebar.notices()
    flow(state, own, made)
    _layers(own, made, history, " ".join(text for text in told if text.startswith("Nothing was changed")))
    _costs(made)
    _published()
    _code(made)
    session.finish()


def flow(state: Setup, own: Net, made: Plan) -> None:
    dials.flowing(own)
    if refused := activations.refused(made):
        st.info(refused, icon=":material/memory:")
        return
    picture = upload.picture_of(state)
    source = input.key(state, own, upload.planes_id(state))
    x = input.volume(
        cache.remember("input", source, lambda: input.levels(state, own, lambda: picture.rgb(max(picture.size))))
    )
    key = own.net, own.weights, own.seed, source
    found, first, unit = cache.remember("flow", key, lambda: _ran(own, made, x), heavy=True)
    st.markdown(
        activations.chances_line(found.chances, input.label(own), blueprint.is_trained(own, made), not x.any()),
        help=GLOSSARY["softmax"] if found.chances else None,
    )
    st.caption(blueprint.weights_line(own, made, found.taken))
    if own.shown == "sheet":
        left, right = st.columns([1, 4], gap="medium")
        with left:
            dials.drawing(state)
    else:
        right = st.container()
    with right:
        volumes(
            "volumes", activations.props(made, found, own.unit), lambda: bind.message("volumes", "open", _open, Net)
        )
    if unit:
        later = "unit", (key, own.unit), lambda: _opened(own, made, x)
        _unit(unit if own.unit == first else cache.remember(*later, heavy=True))


def _ran(own: Net, made: Plan, x: Array) -> tuple[Flow, tuple[int, ...], Opened | None]:
    """Run once for all that is shown: what comes out of every row is too large to be kept."""
    found = activations.ran(own, made, x)
    return activations.flow(made, found), own.unit, opened.opened(own, made, found) if made.rows else None


def _opened(own: Net, made: Plan, x: Array) -> Opened:
    part = opened.up_to(own, made)
    return opened.opened(own, part, activations.ran(own, part, x))


def _open(own: Net, unit: object) -> Net:
    return edited(own, unit=unit)


def _unit(shown: Opened) -> None:
    st.header("One unit, opened", anchor="unit", help=GLOSSARY["receptive field"])
    st.markdown(f"**{shown.title}.** {shown.sentence}")
    st.latex(shown.formula)
    if shown.cards:
        show_cards("unit", shown.cards)


def _layers(own: Net, made: Plan, history: History[Kept], refusal: str) -> None:
    st.header("The layers", anchor="layers")
    dials.volume(own)
    dials.layers(made, history, refusal)
    st.markdown(blueprint.verdict(made))
    if about := blueprint.about(made):
        st.caption(about)


def _costs(made: Plan) -> None:
    st.header("What they cost", anchor="costs", help=GLOSSARY["multiply-add"])
    st.dataframe(
        blueprint.table(made),
        hide_index=True,
        height=dials.tall(len(made.rows) + 1),
        column_config=dials.numbers(blueprint.NUMBERS),
    )
    if charts.weighted(made):
        alt = charts.costs_alt(made)
        plot(charts.costs(made), "costs", alt)
    st.caption(blueprint.TABLE_NOTE)


def _published() -> None:
    st.header("Published networks", anchor="published")
    st.markdown(published.sentence())
    st.dataframe(published.table(), hide_index=True, height="content", column_config=dials.numbers(published.NUMBERS))
    with st.expander("Sources, and what is otherwise here"):
        for source in published.sources():
            st.markdown(source)


def _code(made: Plan) -> None:
    if not (found := snippets.snippets(made)):
        return
    st.header("As code", anchor="code")
    for tab, code in zip(st.tabs([*found]), found.values(), strict=True):
        tab.code(code, language="python", wrap_lines=True)
