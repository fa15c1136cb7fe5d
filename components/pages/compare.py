"""Compare: fully connected, locally connected, tiled and convolutional layers on the visitor's own picture.

Each section is a fragment: what is changed in one does not run the others.
"""

from collections.abc import Callable

import streamlit as st

from components import bitmaps, controls, features, figures, growth, headings, ladder, motions, session, views, words
from components import controls_compare as dials
from components import controls_runs as clock
from components.chart import plot
from components.drag import Sheet
from components.exhibit import exhibit
from components.glossary import GLOSSARY
from components.runs import Run
from components.state import Compare, Explore
from components.views import Layer
from kernels.images import unit
from kernels.race import Lap
from kernels.spec import Bytes, LayerSpec, SpecError

CONTENTS = (
    "[Where the saving comes from](#saving) · [How it grows](#growth) · [Shift](#shift) · "
    "[Scramble](#scramble) · [The same feature, everywhere](#everywhere)"
)


def render() -> None:
    state = session.arrive(Compare)
    controls.sidebar(state)
    session.showing("period", state.period)
    st.title(_title(state))
    st.markdown(CONTENTS)
    st.fragment(guarded)(ladder_of)
    st.fragment(guarded)(_saving)
    st.fragment(guarded)(growth_of)
    _times(state)
    st.fragment(guarded)(_shift)
    st.fragment(guarded)(_scramble)
    st.fragment(guarded)(everywhere)
    session.finish()


def _title(state: Explore) -> str:
    try:
        return headings.compare(_small(state, state, "small")[1])
    except SpecError:
        return headings.COMPARE


def guarded(section: Callable[[Explore, Compare], None]) -> None:
    """A section; where its layer cannot be, it says why, and the others are there all the same."""
    desk = session.desk()
    session.publish()
    with st.container():
        controls.notices()
    try:
        section(desk.state, desk.of(Compare))
    except SpecError as error:
        st.error(words.plain(f"{error}."), icon=":material/straighten:")


def ladder_of(state: Explore, own: Compare) -> None:
    small, layer, planes = _small(state, state, "small")
    key = session.picture_key(small), small, own.draw
    columns = session.remember("ladder", key, lambda: ladder.columns_of(small, layer, planes, own.draw), heavy=True)
    dials.ladder(state, own, layer.out_shape)
    st.markdown(ladder.sentence(layer, own.draw))
    st.caption(ladder.scope(state, layer, _own_layer(state)))
    exhibit("ladder", columns)
    if not session.shows("period", state.period):
        st.rerun()  # other sections are about the same period


def _saving(state: Explore, _own: Compare) -> None:
    st.header("Where the saving comes from", anchor="saving", help=GLOSSARY["parameter"])
    layer = _own_layer(state)
    found = growth.saving(layer)
    st.markdown(growth.saving_sentence(found, layer))
    chart = session.remember("saving", found, lambda: figures.saving(found))
    plot(chart, "saving", figures.saving_alt(found))


def growth_of(state: Explore, own: Compare) -> None:
    st.header("How it grows with the picture", anchor="growth")
    layer, found = _own_layer(state), growth.curves(state)
    dials.quantity(own)
    size = f"{layer.in_shape[1]} × {layer.in_shape[2]}"
    key = tuple(found), tuple(layer.counts.values()), own.quantity, layer.in_shape
    side = growth.equivalent_side(layer)
    chart = session.remember("growth", key, lambda: figures.curves(found, own.quantity, layer.counts, side, size))
    plot(chart, "growth", figures.curves_alt(found, own.quantity))


def _times(state: Explore) -> None:
    """No fragment: what starts and stops the clock has to be run with the page."""
    spec = growth.plain(state)
    run: Run[Lap] = session.run("race", spec)
    st.subheader("…and how long it takes here")
    if growth.heats(spec):
        clock.starter("Measure the times", "race", run, lambda: growth.measured(spec))
        clock.ticking(_laps, run, spec)
    with st.expander("Not run, for want of memory"):
        for line in growth.too_large(spec):
            st.markdown(line)


def _laps(run: Run[Lap], spec: LayerSpec) -> None:
    clock.advance(run)
    if run.running:
        clock.progress(run, growth.over(spec, len(run.records)), growth.now(spec, len(run.records)))
    laps = list(run.records)
    st.markdown(growth.race_sentence(laps))
    if laps:
        chart = session.remember("times", tuple(laps), lambda: figures.times(laps))
        plot(chart, "times", figures.times_alt(laps))


def _shift(state: Explore, own: Compare) -> None:
    st.header("Shift the picture, and the map moves along", anchor="shift")
    small, layer, planes = _small(state, motions.geometry(state, own), "shifted")
    own = motions.within(own, layer.in_shape[1:])
    key = session.picture_key(small), small, own.down, own.right
    found = session.remember("moves", key, lambda: motions.moves(small, layer, planes, own), heavy=True)
    st.markdown(motions.move_sentence(found, own))
    dials.shift(own, (planes.shape[1], planes.shape[2]))
    left, right = st.columns([1, 3.4], gap="medium")
    with left:
        dials.shift_sheet(own, _sheet("The picture: drag to shift it", planes))
    with right:
        exhibit("moves", motions.move_columns(small, found, own))
    st.caption(motions.scope(layer))


def _scramble(state: Explore, own: Compare) -> None:
    st.header("Scramble the pixels: one can be rewired, one cannot", anchor="scramble")
    small, layer, planes = _small(state, state, "small")
    key = session.picture_key(small), small, own.shuffle
    found = session.remember("scrambles", key, lambda: motions.scrambles(small, layer, planes, own.shuffle), heavy=True)
    dials.shuffle(own)
    exhibit("scrambles", motions.scramble_columns(layer, planes, found, own.shuffle))


def everywhere(state: Explore, own: Compare) -> None:
    st.header("The same feature, everywhere", anchor="everywhere")
    planes = session.picture(features.enlarged(state), "searched")
    picture = unit(planes)[0]
    hunt = features.hide(picture, own)
    corner, side = features.region(own, picture)
    st.markdown(features.sentence(hunt, own))
    dials.pattern(own, corner, side, features.largest(picture.shape))
    left, right = st.columns([1, 2], gap="medium")
    with left:
        dials.pattern_sheet(_sheet("Your picture: drag the frame", planes), corner, side)
    with right:
        key = session.picture_key(features.enlarged(state)), own.pattern, own.pasted, own.places, own.pictures
        found = session.remember("hunters", key, lambda: features.hunters(hunt, own), heavy=True)
        exhibit("hunters", features.as_columns(hunt, found, own))


def _small(state: Explore, geometry: Explore, slot: str) -> tuple[Explore, Layer, Bytes]:
    """The visitor's layer and picture at a size at which it can be wired up fully connected."""
    small = ladder.small(geometry, session.original_size(state))
    planes = session.picture(small, slot)
    return small, views.layer(small, planes.shape[1:]), planes


def _own_layer(state: Explore) -> Layer:
    return views.layer(views.shared(state), session.picture(state).shape[1:])


def _sheet(label: str, planes: Bytes) -> Sheet:
    return Sheet(label, bitmaps.png(planes[0]), (planes.shape[1], planes.shape[2]))
