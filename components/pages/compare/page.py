"""Compare: fully connected, locally connected, tiled and convolutional layers on the visitor's own picture.

Each section is a fragment: what is changed in one does not run the others.
"""

from collections.abc import Callable

import streamlit as st

from components.display import image, words
from components.display.glossary import GLOSSARY
from components.display.layer import Layer, all_tied, layer_of
from components.pages.compare import charts, equivariance, four_layers, growth, search
from components.pages.compare import controls as dials
from components.pages.compare.state import Compare
from components.session import cache, session, upload, url
from components.session.runs import Run
from components.state.setup import Setup
from components.widgets import player as clock
from components.widgets import sidebar
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from components.widgets.drag import Sheet
from kernels.images.decode import unit
from kernels.layer.spec import Bytes, LayerSpec, SpecError
from kernels.layer.timing import Measurement

CONTENTS = (
    "[Where the saving comes from](#saving) · [How it grows](#growth) · [Shift](#shift) · "
    "[Scramble](#scramble) · [The same feature, everywhere](#everywhere)"
)


def render() -> None:
    state = session.arrive(Compare)
    sidebar.sidebar(state)
    st.title(_title(state))
    st.markdown(CONTENTS)
    four_layers_of(state)
    st.fragment(guarded)(_saving)
    st.fragment(guarded)(growth_of)
    _times(state)
    st.fragment(guarded)(_shift)
    st.fragment(guarded)(_scramble)
    st.fragment(guarded)(everywhere)
    session.finish()


def _title(state: Setup) -> str:
    try:
        return four_layers.title(_small(state, state)[1])
    except SpecError:
        return four_layers.UNTITLED


def guarded(section: Callable[[Setup, Compare], None]) -> None:
    """A section; where its layer cannot be, it says why, and the others are there all the same."""
    url.publish()
    with st.container():
        sidebar.notices()
    try:
        section(session.state_of(Setup), session.state_of(Compare))
    except SpecError as error:
        st.error(words.markdown_escaped(f"{error}."), icon=":material/straighten:")


@st.fragment
def four_layers_of(drawn: Setup) -> None:
    """Show the four layers. drawn: the setup that the whole page was drawn with; other sections have its period."""
    guarded(_four_layers)
    if session.state_of(Setup).period != drawn.period:
        st.rerun()


def _four_layers(state: Setup, own: Compare) -> None:
    small, layer, planes = _small(state, state)
    key = upload.planes_id(small), small, own.draw
    cards = cache.remember("ladder", key, lambda: four_layers.cards_of(small, layer, planes, own.draw), heavy=True)
    dials.ladder(state, own, layer.out_shape)
    st.markdown(four_layers.sentence(layer, own.draw))
    st.caption(four_layers.scope(state, layer, _own_layer(state)))
    show_cards("ladder", cards)


def _saving(state: Setup, _own: Compare) -> None:
    st.header("Where the saving comes from", anchor="saving", help=GLOSSARY["parameter"])
    layer = _own_layer(state)
    found = growth.saving(layer)
    st.markdown(growth.saving_sentence(found, layer))
    chart = cache.remember("saving", found, lambda: charts.saving(found))
    plot(chart, "saving", charts.saving_alt(found))


def growth_of(state: Setup, own: Compare) -> None:
    st.header("How it grows with the picture", anchor="growth")
    layer, found = _own_layer(state), growth.curves(state)
    dials.quantity(own)
    size = f"{layer.in_shape[1]} × {layer.in_shape[2]}"
    key = tuple(found), tuple(layer.counts.values()), own.quantity, layer.in_shape
    side = growth.equivalent_side(layer)
    chart = cache.remember("growth", key, lambda: charts.curves(found, own.quantity, layer.counts, side, size))
    plot(chart, "growth", charts.curves_alt(found, own.quantity))


def _times(state: Setup) -> None:
    """No fragment: what starts and stops the clock has to be run with the page."""
    spec = growth.plain(state)
    run: Run[Measurement] = cache.run("race", spec)
    st.subheader("…and how long it takes here")
    if growth.heats(spec):
        clock.starter("Measure the times", "race", run, lambda: growth.measured(spec))
        clock.ticking(_laps, run, spec)
    with st.expander("Not run, for want of memory"):
        for line in growth.too_large(spec):
            st.markdown(line)


def _laps(run: Run[Measurement], spec: LayerSpec) -> None:
    clock.advance(run)
    if run.running:
        clock.progress(run, growth.over(spec, len(run.records)), growth.now(spec, len(run.records)))
    laps = list(run.records)
    st.markdown(growth.race_sentence(laps))
    if laps:
        chart = cache.remember("times", tuple(laps), lambda: charts.times(laps))
        plot(chart, "times", charts.times_alt(laps))


def _shift(state: Setup, own: Compare) -> None:
    st.header("Shift the picture, and the map moves along", anchor="shift")
    small, layer, planes = _small(state, equivariance.geometry(state, own))
    own = equivariance.within(own, layer.in_shape[1:])
    key = upload.planes_id(small), small, own.down, own.right
    found = cache.remember("moves", key, lambda: equivariance.moves(small, layer, planes, own), heavy=True)
    st.markdown(equivariance.move_sentence(found, own))
    dials.shift(own, (planes.shape[1], planes.shape[2]))
    left, right = st.columns([1, 3.4], gap="medium")
    with left:
        dials.shift_sheet(own, _sheet("The picture: drag to shift it", planes))
    with right:
        show_cards("moves", equivariance.move_cards(small, found, own))
    st.caption(equivariance.scope(layer))


def _scramble(state: Setup, own: Compare) -> None:
    st.header("Scramble the pixels: one can be rewired, one cannot", anchor="scramble")
    small, layer, planes = _small(state, state)
    key = upload.planes_id(small), small, own.shuffle
    found = cache.remember(
        "scrambles", key, lambda: equivariance.scrambles(small, layer, planes, own.shuffle), heavy=True
    )
    dials.shuffle(own)
    show_cards("scrambles", equivariance.scramble_cards(layer, planes, found, own.shuffle))


def everywhere(state: Setup, own: Compare) -> None:
    st.header("The same feature, everywhere", anchor="everywhere")
    planes = upload.planes_of(search.enlarged(state))
    picture = unit(planes)[0]
    hunt = search.hide(picture, own)
    corner, side = search.region(own, picture)
    st.markdown(search.sentence(hunt, own))
    dials.pattern(own, corner, side, search.largest(picture.shape))
    left, right = st.columns([1, 2], gap="medium")
    with left:
        dials.pattern_sheet(_sheet("Your picture: drag the frame", planes), corner, side)
    with right:
        key = upload.planes_id(search.enlarged(state)), own.pattern, own.pasted, own.places, own.pictures
        found = cache.remember("hunters", key, lambda: search.hunters(hunt, own), heavy=True)
        show_cards("hunters", search.as_cards(hunt, found, own))


def _small(state: Setup, geometry: Setup) -> tuple[Setup, Layer, Bytes]:
    """The visitor's layer and picture at a size at which it can be wired up fully connected."""
    small = four_layers.small(geometry, upload.picture_of(state).size)
    planes = upload.planes_of(small)
    return small, layer_of(small, planes.shape[1:]), planes


def _own_layer(state: Setup) -> Layer:
    return layer_of(all_tied(state), upload.planes_of(state).shape[1:])


def _sheet(label: str, planes: Bytes) -> Sheet:
    return Sheet(label, image.png_url(planes[0]), (planes.shape[1], planes.shape[2]))
