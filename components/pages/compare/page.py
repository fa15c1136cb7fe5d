"""Compare: fully connected, locally connected, tiled and convolutional layers on the visitor's own picture.

Each section is a fragment: what is changed in one does not run the others.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps

import streamlit as st

from components.display import image
from components.display.glossary import GLOSSARY
from components.display.layer import Layer, all_tied, layer_of
from components.pages.compare import charts, controls, four_layers, saving, scramble, search, shift, timing
from components.pages.compare.small import SmallLayer, small_state
from components.pages.compare.state import Compare
from components.session import cache, session, upload, url
from components.session.runs import Run
from components.state.setup import Setup
from components.widgets import player, refusal, setup_bar
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from components.widgets.drag import DragPicture
from components.widgets.notices import notices
from kernels.images.decode import unit
from kernels.layer.spec import Bytes, LayerSpec, SpecError
from kernels.layer.timing import Measurement

LIVE = 530  # pixels: a chart's height beside the words of the lesson
CONTENTS = (
    "[Where the saving comes from](#saving) · [Growth](#growth) · [Shift](#shift) · "
    "[Scramble](#scramble) · [Find the feature](#everywhere)"
)


def render() -> None:
    state = session.arrive(Compare)
    st.title(_title(state))
    st.markdown(CONTENTS)
    setup_bar.bar(state, upload.planes_of(state).shape[1:])
    _show_four_layers(state)
    _show_saving()
    _show_costs()
    _show_times(state)
    _show_shift()
    _show_scramble()
    _show_search()
    session.finish()


def _title(state: Setup) -> str:
    try:
        return four_layers.title(_small(state).layer)
    except SpecError:
        return four_layers.UNTITLED


def _guarded(show: Callable[[Setup, Compare], None]) -> None:
    """A section; where its layer cannot be, it says why, and the others are there all the same."""
    url.publish()
    with st.container():
        notices()
    with refusal.said():
        show(session.state_of(Setup), session.state_of(Compare))


def _section(show: Callable[[Setup, Compare], None]) -> Callable[[], None]:
    """The section as a fragment of its own."""

    @wraps(show)
    def section() -> None:
        _guarded(show)

    return st.fragment(section)


@st.fragment
def _show_four_layers(drawn: Setup) -> None:
    """Show the four layers. drawn: the setup that the whole page was drawn with; other sections have its period."""
    _guarded(_four_layers)
    if session.state_of(Setup).period != drawn.period:
        st.rerun()


def _four_layers(state: Setup, own: Compare) -> None:
    small = _small(state)
    key = upload.planes_id(small.state), small.state, own.draw
    cards = cache.computed("four_layers", key, partial(four_layers.all_cards, small, own.draw))
    controls.four_layers(state, own, small.layer.out_shape)
    st.markdown(four_layers.sentence(small.layer, own.draw))
    st.caption(four_layers.scope(state, small.layer, _own_layer(state)))
    show_cards("four_layers", cards)


@_section
def _show_saving(state: Setup, _own: Compare) -> None:
    st.header("Where the saving comes from", anchor="saving", help=GLOSSARY["parameter"])
    layer = _own_layer(state)
    found = saving.saving(layer)
    st.markdown(saving.sentence(found, layer))
    chart = cache.remember("saving", found, lambda: charts.saving(found))
    plot(chart, "saving", charts.saving_alt(found))


@_section
def _show_costs(state: Setup, own: Compare) -> None:
    st.header("How the cost grows with the picture", anchor="growth")
    layer, found = _own_layer(state), saving.curves(state)
    controls.quantity(own)
    key = tuple(found), tuple(layer.counts.values()), own.quantity, layer.in_shape
    chart = cache.remember("costs", key, lambda: charts.costs(found, own.quantity, layer))
    plot(chart, "costs", charts.costs_alt(found, own.quantity))


def _show_times(state: Setup) -> None:
    """No fragment: what starts and stops the clock has to be run with the page."""
    spec = timing.timed_layer(state)
    run: Run[Measurement] = cache.run("times", spec)
    st.subheader("Measured on this server")
    if timing.planned(spec):
        player.starter("Measure", "times", run, partial(timing.measurements, spec))
        player.ticking(_show_measurements, run, spec)
    with st.expander("Skipped: not enough memory"):
        for line in timing.too_large(spec):
            st.markdown(line)


def _show_measurements(run: Run[Measurement], spec: LayerSpec) -> None:
    found = tuple(run.records)
    if run.running:
        player.progress(run, timing.progress(spec, len(found)), timing.current(spec, len(found)))
    st.markdown(timing.sentence(found))
    if found:
        chart = cache.remember("times", found, lambda: charts.times(found))
        plot(chart, "times", charts.times_alt(found))


@_section
def _show_shift(state: Setup, own: Compare) -> None:
    st.header("Shift (equivariance): shift the picture and the map shifts with it", anchor="shift")
    small = _small(shift.geometry(state, own))
    own = shift.within(own, small.picture.shape)
    key = upload.planes_id(small.state), small.state, own.down, own.right
    found = cache.computed("shifted", key, partial(shift.shifted, small, own))
    st.markdown(shift.sentence(found, own))
    controls.shift(own, small.picture.shape)
    left, right = st.columns([1, 3.4], gap="medium")
    with left:
        controls.shift_picture(own, _drag_picture("Picture: drag to shift it", small.planes))
    with right:
        show_cards("shifted", shift.shift_cards(small.state, found, own))
    st.caption(shift.scope(small.layer))


@_section
def _show_scramble(state: Setup, own: Compare) -> None:
    st.header("Scramble the pixels: a fully connected layer can be rewired, a convolution cannot", anchor="scramble")
    small = _small(state)
    key = upload.planes_id(small.state), small.state, own.shuffle
    found = cache.computed("scrambled", key, partial(scramble.scrambled, small, own.shuffle))
    controls.shuffle(own)
    show_cards("scrambled", scramble.scramble_cards(small, found, own.shuffle))


@_section
def _show_search(state: Setup, own: Compare) -> None:
    st.header("Find the feature: learned once, found everywhere", anchor="everywhere")
    searched = search.searched(state)
    planes = upload.planes_of(searched)
    task = search.search(unit(planes)[0], own)
    st.markdown(search.sentence(task, own))
    controls.pattern(own, task.square, search.largest(task.picture.shape))
    left, right = st.columns([1, 2], gap="medium")
    with left:
        controls.pattern_picture(_drag_picture("Your picture: drag the frame", planes), task.square)
    with right:
        key = upload.planes_id(searched), own.pattern, own.pasted, own.places, own.pictures
        found = cache.computed("detectors", key, partial(search.detectors, task, own))
        show_cards("detectors", search.detector_cards(task, found, own))


# For the lesson, which has words and a column of its own: shorter.


def live_four_layers() -> None:
    """W and the map of the four layers, and the tiled layer's period."""
    state, own = session.state_of(Setup), session.state_of(Compare)
    small = _small(state)
    controls.tiled(state, small.layer.out_shape)
    key = upload.planes_id(small.state), small.state, own.draw
    cards = cache.computed("four_layers", key, partial(four_layers.all_cards, small, own.draw))
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
    searched, own = search.searched(session.state_of(Setup)), session.state_of(Compare)
    planes = upload.planes_of(searched)
    task = search.search(unit(planes)[0], own)
    found = cache.computed("detectors", (upload.planes_id(searched), own), partial(search.detectors, task, own))
    left, right = st.columns([1, 2], gap="medium")
    with left:
        controls.pattern_picture(_drag_picture("Your picture: drag the frame", planes), task.square)
    with right:
        cards = search.detector_cards(task, found, own)
        show_cards("detectors", [replace(card, pictures=card.pictures[1:2], facts=()) for card in cards])
    st.markdown(search.sentence(task, own))


def _small(state: Setup) -> SmallLayer:
    """This layer on the visitor's picture at a size at which it can be wired up fully connected."""
    small = small_state(state, upload.picture_of(state).size)
    planes = upload.planes_of(small)
    return SmallLayer(small, layer_of(small, planes.shape[1:]), planes)


def _own_layer(state: Setup) -> Layer:
    return layer_of(all_tied(state), upload.planes_of(state).shape[1:])


def _drag_picture(label: str, planes: Bytes) -> DragPicture:
    return DragPicture(label, image.png_url(planes[0]), (planes.shape[1], planes.shape[2]))
