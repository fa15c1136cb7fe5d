"""Sharing: everything the field calls weight sharing, as wirings."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from components.display import words
from components.display.export import Export
from components.display.glossary import GLOSSARY
from components.display.summary import Describe, Summary
from components.pages.sharing import (
    audit,
    clustering,
    controls,
    equal_parameters,
    exports,
    factorised,
    reuse,
    summary,
    symmetry,
    turned_digits,
)
from components.pages.sharing.guide import guides as guides
from components.pages.sharing.state import TABS, Clustering, Factorised, Reuse, Sharing
from components.session import cache, session, url
from components.session.runs import Run
from components.session.turns import fragment
from components.widgets import player, refusal
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from components.widgets.download.menu import offers
from components.widgets.notices import notices
from components.widgets.table import numbers
from components.widgets.tabs import Tab, show_tabs
from components.widgets.wiring import wirings

TABLE = 110  # pixels: the list's height


@dataclass(frozen=True, slots=True)
class Part:
    """A tab, the page's title while it is open, which is what it finds, and the tab in three sentences."""

    tab: Tab
    headline: Callable[[], str]
    describe: Describe


def render() -> None:
    session.arrive(Sharing, Clustering, Reuse, Factorised)
    url.publish()
    own = session.state_of(Sharing).possible
    parts = _parts(own)
    st.title(parts[own.tab or TABS[0]].headline())
    notices()
    show_tabs(own, "tab", {name: part.tab for name, part in parts.items()})
    session.finish()


def _parts(own: Sharing) -> dict[str, Part]:
    """The tabs by name, in the order of TABS."""
    clustered, across = session.state_of(Clustering), session.state_of(Reuse)
    few = session.state_of(Factorised).possible
    return {
        "symmetry": Part(
            Tab("Symmetry decides", partial(_symmetry, own)),
            partial(symmetry.headline, own),
            partial(summary.orbits, own),
        ),
        "learned": Part(
            Tab("Learned or random (hashed)", partial(_learned, clustered)),
            partial(clustering.headline, clustered),
            partial(summary.learned, clustered),
        ),
        "layers": Part(
            Tab("Between layers and branches", _layers),
            partial(reuse.headline, across),
            partial(summary.reused, across),
        ),
        "factorised": Part(
            Tab("Not sharing", partial(_factorised, few)),
            partial(factorised.headline, few),
            partial(summary.factors, few),
        ),
    }


def describe() -> Summary:
    """The open tab in three sentences."""
    own = session.state_of(Sharing).possible
    return _parts(own)[own.tab or TABS[0]].describe()


def _symmetry(own: Sharing) -> None:
    controls.symmetry(own)
    left, right = st.columns([2, 3], gap="large")
    with left:
        wirings("orbits", [symmetry.diagram(own)])
    with right:
        controls.check(own)
        st.markdown(symmetry.sentence(own), help=GLOSSARY["circulant"] if own.group == "shifts" else None)
        show_cards("check", symmetry.as_cards(own))
        controls.locality(own)
        show_cards("ladder", symmetry.ladder_cards(own))
    _turns()
    _take_away("symmetry", lambda: exports.of_symmetry(own, _turned().records))


def live_reuse() -> None:
    """For the lesson: a network whose layers share weights, counted once and layer by layer."""
    own = session.state_of(Reuse)
    controls.reuse(own)
    st.markdown(reuse.sentence(own))
    wirings("reuse", reuse.diagrams(own))


def _layers() -> None:
    live_reuse()
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Audit: what is tied in your model?")
        _audit()
    with right:
        st.subheader("Published networks")
        st.dataframe(reuse.table(), hide_index=True, height="content", column_config=numbers(reuse.NUMBERS))
        st.caption(reuse.SOURCES)
    _take_away("layers", lambda: exports.of_layers(session.state_of(Reuse)))


def _audit() -> None:
    with st.expander("The code that prints the list from PyTorch"):
        st.code(audit.SNIPPET, language="python", wrap_lines=True)
    try:
        found = audit.Audit(audit.parsed(controls.pasted()))
    except ValueError as error:
        st.error(words.sentence(error))
        return
    st.markdown(audit.sentence(found))
    st.dataframe(audit.table(found), hide_index=True, height=TABLE, column_config=numbers(audit.NUMBERS))


def _factorised(own: Factorised) -> None:
    controls.factorised(own)
    st.markdown(factorised.sentence(own))
    drawn = replace(own, channels=Factorised().channels)  # without what the pictures do not depend on
    with refusal.said():
        show_cards("factorised", cache.computed("factorised", drawn, partial(factorised.as_cards, drawn)))
    st.subheader("At real sizes")
    controls.stack(own)
    found = factorised.table(own)
    st.dataframe(found, hide_index=True, height="content", column_config=numbers(factorised.NUMBERS))
    st.caption(factorised.SOURCES)
    _take_away("factorised", lambda: exports.of_factorised(own))


@fragment
def _take_away(tab: str, made: Callable[[], tuple[Export, ...]]) -> None:
    """What can be taken away from a tab, drawn when it is opened."""
    place = st.expander(
        "Download: W and the tables", icon=":material/download:", key=f"downloads_{tab}", on_change="rerun"
    )
    if place.open:
        with place:
            offers(f"sharing {tab}", made())


def _turns() -> None:
    st.subheader("What it buys: digits rotated by random multiples of 90°", anchor="turns")
    run = _turned()
    player.starter("Run", "turns", run, partial(turned_digits.experiment, 0))
    player.ticking(_turning, run)


def _turning(run: Run[turned_digits.Result]) -> None:
    player.counted(run, turned_digits.SEEDS * len(turned_digits.RUNS), "networks")
    st.markdown(turned_digits.sentence(run.records), help=turned_digits.scope())
    st.markdown(turned_digits.as_table(run.records))


def _learned(own: Clustering) -> None:
    left, right = st.columns([1, 2], gap="medium")
    with left:
        controls.clustering(own)
        st.markdown(clustering.sentence(own), help=clustering.SOURCE)
    with right:
        show_cards("figure", clustering.as_cards(own))
    left, right = st.columns(2, gap="large")
    with left:
        _network()
    with right:
        _race()
    _take_away("learned", lambda: exports.of_learned(own, _clusters().records, _equal().records))


def _network() -> None:
    st.subheader("A network's weights in k clusters", anchor="clusters")
    run = _clusters()
    player.starter("Run", "clusters", run, partial(clustering.experiment, 0))
    player.ticking(_points, run)


def _points(run: Run[clustering.Point]) -> None:
    player.counted(run, len(clustering.CLUSTERS) + 1, "networks")
    st.markdown(clustering.told(run.records))
    plot(clustering.chart(run.records), "bytes", clustering.chart_alt(run.records))


def _race() -> None:
    st.subheader("Equal parameters, tied differently", anchor="race")
    wirings("ties", equal_parameters.diagrams())
    run = _equal()
    player.starter("Run", "equal", run, partial(equal_parameters.experiment, 0))
    player.ticking(_racing, run)


def _racing(run: Run[equal_parameters.Result]) -> None:
    player.counted(run, equal_parameters.SEEDS * len(equal_parameters.WAYS), "networks")
    st.markdown(equal_parameters.sentence(run.records), help=equal_parameters.scope())
    st.markdown(equal_parameters.as_table(run.records))


def _turned() -> Run[turned_digits.Result]:
    return cache.run("turns", 0, turned_digits.Result)


def _clusters() -> Run[clustering.Point]:
    return cache.run("clusters", 0, clustering.Point)


def _equal() -> Run[equal_parameters.Result]:
    return cache.run("equal", 0, equal_parameters.Result)
