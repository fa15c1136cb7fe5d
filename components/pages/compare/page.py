"""Compare: fully connected, locally connected, tiled and convolutional layers on the visitor's own picture.

A tab a comparison, each a fragment: what is changed there does not run the bar of controls.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import partial, wraps

import streamlit as st

from components.display import image
from components.display.cards import Card
from components.display.glossary import GLOSSARY
from components.display.layer import Layer, all_tied, layer_of
from components.display.summary import Summary
from components.pages.compare import (
    charts,
    controls,
    four_layers,
    saving,
    scramble,
    search,
    shift,
    summary,
    timing,
    transposed,
)
from components.pages.compare.guide import guides as guides
from components.pages.compare.small import SmallLayer, small_state
from components.pages.compare.state import TABS, Compare
from components.session import cache, session, upload, url
from components.session.runs import Run
from components.session.turns import fragment
from components.state.setup import Setup
from components.widgets import player, refusal, setup_bar
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from components.widgets.drag import DragPicture
from components.widgets.notices import notices
from components.widgets.summary import tell
from components.widgets.tabs import Tab, open_what_is_set, show_tabs
from kernels.images.decode import unit
from kernels.layer.spec import Bytes, LayerSpec, SpecError
from kernels.layer.timing import Measurement

LIVE = 530  # pixels: a chart's height beside the words of the lesson
TALL = 330  # pixels: a chart's height on the first screen


def render() -> None:
    state = session.arrive(Compare)
    open_what_is_set(Compare, "tab", TABS)
    st.title(_title(state, session.state_of(Compare).tab))
    setup_bar.bar(state)
    show_tabs(session.state_of(Compare), "tab", PARTS)
    session.finish()


def _title(state: Setup, tab: str) -> str:
    """What the open tab is about, with the size of the picture its numbers are for."""
    try:
        return TITLES.get(tab, _title_of_four)(state)
    except SpecError:
        return four_layers.UNTITLED


def _title_of_four(state: Setup) -> str:
    return four_layers.title(_small(state).layer)


def _title_at_full_size(state: Setup) -> str:
    return four_layers.title(_own_layer(state))


TITLES: dict[str, Callable[[Setup], str]] = {
    "saving": _title_at_full_size,
    "growth": _title_at_full_size,
    "shift": lambda _state: shift.TITLE,
    "find": lambda _state: search.TITLE,
    "transposed": lambda state: transposed.title(_small(state).layer),
}


def _guarded(show: Callable[[Setup, Compare], None]) -> None:
    """A section; where its layer cannot be, it says why."""
    url.publish()
    notices()
    with refusal.said():
        show(session.state_of(Setup), session.state_of(Compare))
    tell(describe)
    session.finish()


def _section(show: Callable[[Setup, Compare], None]) -> Callable[[], None]:
    """The section as a fragment of its own."""

    @wraps(show)
    def section() -> None:
        _guarded(show)

    return fragment(section)


@_section
def _four_layers(state: Setup, own: Compare) -> None:
    small, cards = _drawn(state, own)
    st.markdown(
        four_layers.sentence(small.layer, own.draw), help=four_layers.scope(state, small.layer, _own_layer(state))
    )
    controls.four_layers(state, own, small.layer.out_shape)
    show_cards("four_layers", cards)


def _drawn(state: Setup, own: Compare) -> tuple[SmallLayer, list[Card]]:
    """The small picture's layer, and the cards of its four wirings."""
    small = _small(state)
    key = *_key(small), own.draw
    return small, upload.made(state)("four_layers", key, partial(four_layers.all_cards, small, own.draw))


@_section
def _saving(state: Setup, _own: Compare) -> None:
    layer = _own_layer(state)
    found = saving.saving(layer)
    st.markdown(saving.sentence(found, layer), help=GLOSSARY["parameter"])
    chart = cache.remember("saving", found, lambda: charts.saving(found))
    plot(chart, "saving", charts.saving_alt(found))
    show_cards("steps", saving.step_cards(found, layer))
    st.caption(saving.BEYOND)


def _growth() -> None:
    """Counted at the left, measured at the right."""
    _grown()
    left, right = st.columns(2, gap="large")
    with left:
        _costs()
    with right:
        _times(session.state_of(Setup))


@_section
def _grown(state: Setup, _own: Compare) -> None:
    st.markdown(saving.growth(saving.curves(state)))


@_section
def _costs(state: Setup, own: Compare) -> None:
    layer, found = _own_layer(state), saving.curves(state)
    controls.quantity(own)
    key = tuple(found), tuple(layer.counts.values()), own.quantity, layer.in_shape
    chart = cache.remember("costs", key, lambda: charts.costs(found, own.quantity, layer).update_layout(height=TALL))
    plot(chart, "costs", charts.costs_alt(found, own.quantity))


def _times(state: Setup) -> None:
    """No fragment: what starts and stops the clock has to be run with the page."""
    spec = timing.timed_layer(state)
    run = cache.run("times", spec, Measurement)
    if timing.planned(spec):
        player.starter("Measure", "times", run, partial(timing.measurements, spec))
        player.ticking(_measurements, run, spec)
        st.caption(timing.NOTE)
    with st.expander("Skipped: not enough memory"):
        for line in timing.too_large(spec):
            st.markdown(line)


def _measurements(run: Run[Measurement], spec: LayerSpec) -> None:
    found = tuple(run.records)
    player.progress(run, timing.progress(spec, len(found)), timing.current(spec, len(found)))
    st.markdown(timing.sentence(found, live=not run.recorded))
    if found:
        chart = cache.remember("times", found, lambda: charts.times(found).update_layout(height=TALL))
        plot(chart, "times", charts.times_alt(found))


@dataclass(frozen=True, slots=True, eq=False)
class _Shift:
    """The layer, the settings with the shift as far as its picture goes, and what that does to the maps."""

    small: SmallLayer
    own: Compare
    found: list[shift.Shifted]


@_section
def _shift(state: Setup, own: Compare) -> None:
    done = _shifted(state, own)
    small, own = done.small, done.own
    st.markdown(shift.sentence(done.found, own))
    controls.shift(own, small.picture.shape)
    left, right = st.columns([2, 5], gap="medium")
    with left:
        before, after = st.columns(2, gap="small")
        with before:
            show_cards("unshifted", [shift.unshifted(small.picture)])
        with after:
            controls.shift_picture(own, _drag_picture("Picture: drag to shift it", small.planes))
        st.markdown(shift.scope(small.layer))
        st.caption(shift.DEFINITIONS)
    with right:
        show_cards("shifted", shift.shift_cards(small.state, done.found, own))


def _shifted(state: Setup, own: Compare) -> _Shift:
    small = _small(shift.geometry(state, own))
    own = shift.within(own, small.picture.shape)
    key = *_key(small), own.down, own.right
    return _Shift(small, own, upload.made(state)("shifted", key, partial(shift.shifted, small, own)))


@_section
def _scramble(state: Setup, own: Compare) -> None:
    small, found = _scrambled(state, own)
    st.markdown(scramble.sentence(found))
    controls.shuffle(own)
    show_cards("scrambled", scramble.scramble_cards(small, found, own.shuffle))


def _scrambled(state: Setup, own: Compare) -> tuple[SmallLayer, list[scramble.Scrambled]]:
    small = _small(state)
    key = *_key(small), own.shuffle
    return small, upload.made(state)("scrambled", key, partial(scramble.scrambled, small, own.shuffle))


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """The picture, what is to be found in it, and where both layers find it."""

    planes: Bytes
    task: search.Search
    found: list[search.Detector]


@_section
def _search(state: Setup, own: Compare) -> None:
    done = _searched(state, own)
    task = done.task
    st.markdown(search.finding(task, done.found), help=search.sentence(task, own))
    controls.pattern(own, task.square, search.largest(task.picture.shape))
    _show_search(done, search.detector_cards(task, done.found, own))


def _show_search(done: _Search, cards: list[Card]) -> None:
    """The picture with the feature in a frame to drag, and beside it who finds it where."""
    left, right = st.columns([1, 2], gap="medium")
    with left:
        controls.pattern_picture(_drag_picture("Your picture: drag the frame", done.planes), done.task.square)
    with right:
        show_cards("detectors", cards)


def _searched(state: Setup, own: Compare) -> _Search:
    searched = search.searched(state)
    planes = upload.planes_of(searched)
    task = search.search(unit(planes)[0], own)
    key = upload.planes_id(searched), own.pattern, own.pasted, own.places, own.pictures
    return _Search(planes, task, upload.made(state)("detectors", key, partial(search.detectors, task, own)))


@_section
def _transposed(state: Setup, own: Compare) -> None:
    small, found = _faces(state, own)
    st.markdown(transposed.sentence(found), help=GLOSSARY["Toeplitz"])
    controls.signal(own)
    show_cards("faces", transposed.face_cards(small, _own_layer(state), found))


def _faces(state: Setup, own: Compare) -> tuple[SmallLayer, transposed.Faces]:
    small = _small(state)
    key = *_key(small), own.signal
    return small, cache.computed("faces", key, partial(transposed.faces, small, own))


PARTS = {
    "layers": Tab("Four layers", _four_layers),
    "saving": Tab("Where the saving comes from", _saving),
    "growth": Tab("Growth", _growth),
    "shift": Tab("Shift (equivariance)", _shift),
    "scramble": Tab("Scramble", _scramble),
    "find": Tab("Find the feature", _search),
    "transposed": Tab("Transposed & im2col", _transposed),
}


def describe() -> Summary:
    """The open tab in three sentences. Raises SpecError."""
    own = session.state_of(Compare)
    return SUMMARIES[own.tab or next(iter(PARTS))](session.state_of(Setup), own)


def _summary_of_shift(state: Setup, own: Compare) -> Summary:
    done = _shifted(state, own)
    return summary.shifted(done.small, done.found, done.own)


def _summary_of_search(state: Setup, own: Compare) -> Summary:
    done = _searched(state, own)
    return summary.searched(done.task, done.found)


SUMMARIES: dict[str, Callable[[Setup, Compare], Summary]] = {
    "layers": lambda state, own: summary.layers(_small(state), own),
    "saving": lambda state, _own: summary.saved(_own_layer(state)),
    "growth": lambda state, _own: summary.growth(saving.curves(state)),
    "shift": _summary_of_shift,
    "scramble": lambda state, own: summary.scrambled(*_scrambled(state, own)),
    "find": _summary_of_search,
    "transposed": lambda state, own: summary.transpose(*_faces(state, own)),
}


# For the lesson, which has words and a column of its own: shorter.


def live_four_layers() -> None:
    """W and the map of the four layers, and the tiled layer's period."""
    state, own = session.state_of(Setup), session.state_of(Compare)
    small, cards = _drawn(state, own)
    controls.tiled(state, small.layer.out_shape)
    show_cards("four_layers", [replace(card, note="", pictures=card.pictures[:2], facts=()) for card in cards])


def live_costs() -> None:
    """The free parameters, or what else is counted, against the side of the picture."""
    state, own = session.state_of(Setup), session.state_of(Compare)
    controls.quantity(own)
    found = saving.curves(state)
    chart = charts.costs(found, own.quantity, _own_layer(state)).update_layout(height=LIVE)
    plot(chart, "costs", charts.costs_alt(found, own.quantity))


def live_search() -> None:
    """The feature to look for, and where the two layers find it."""
    own = session.state_of(Compare)
    done = _searched(session.state_of(Setup), own)
    cards = search.detector_cards(done.task, done.found, own)
    _show_search(done, [replace(card, pictures=card.pictures[:1], facts=()) for card in cards])
    st.markdown(search.sentence(done.task, own))


def _small(state: Setup) -> SmallLayer:
    """This layer on the visitor's picture at a size at which it can be wired up fully connected."""
    small = small_state(state, upload.picture_of(state).size)
    planes = upload.planes_of(small)
    return SmallLayer(small, layer_of(small, planes.shape[1:]), planes)


def _key(small: SmallLayer) -> tuple[Hashable, ...]:
    """What is made of the small layer depends on this: not on what was drawn, where another picture is chosen."""
    return upload.planes_id(small.state), replace(small.state, drawing="", view="conv", zoom=())


def _own_layer(state: Setup) -> Layer:
    return layer_of(all_tied(state), upload.planes_of(state).shape[1:])


def _drag_picture(label: str, planes: Bytes) -> DragPicture:
    return DragPicture(label, image.png_url(planes[0]), (planes.shape[1], planes.shape[2]))
