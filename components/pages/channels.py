"""Channels: many inputs and many outputs, and filters that learn online, with and without shared weights."""

from dataclasses import replace

import streamlit as st

from components import (
    bitmaps,
    channels,
    closeup,
    columns,
    controls,
    figures,
    headings,
    learning,
    networks,
    session,
    theme,
    tiles,
    words,
)
from components import controls_channels as dials
from components import controls_runs as clock
from components.bank import bank
from components.chart import plot
from components.columns import Column, Picture
from components.drag import Sheet
from components.edits import reweighted
from components.exhibit import exhibit
from components.glossary import GLOSSARY
from components.learning import World
from components.runs import Run
from components.state import Adaptive, Channels, Explore
from components.views import Layer
from kernels.adaptive import Learned
from kernels.images import unit
from kernels.spec import Bytes, SpecError

CONTENTS = (
    "[One output, taken apart](#apart) · [As one matrix](#matrix) · [What it costs](#cost) · "
    "[Filters that learn online](#learning)"
)
LONG = 2000  # iterations: shorter runs take a record a tick, so that one sees them learn


def render() -> None:
    state = session.arrive(Channels, Adaptive)
    controls.sidebar_of_channels(state)
    st.fragment(_layer)()
    _filters(state)
    session.finish()


def _layer() -> None:
    head = st.container()  # it says what the widgets below it have set
    found = live()
    head.title(headings.channels(found[2]) if found else headings.CHANNELS)
    head.markdown(CONTENTS)
    if found is None:
        return
    state, own, layer, volume, names = found
    _taken_apart(state, own, layer, volume, names)
    _matrix(own, layer)
    st.header("What it costs", anchor="cost", help=GLOSSARY["connection"])
    exhibit("costs", channels.cost_columns(layer))


def live() -> tuple[Explore, Channels, Layer, Bytes, tuple[str, ...]] | None:
    """The bank and the maps it makes; None where there can be none, which is said."""
    desk = session.desk()
    state = channels.reduced(desk.state)
    volume = session.volume(state, desk.of(Channels).stack)
    own = channels.fitted(desk.of(Channels), len(volume))
    desk.adopt(own)
    session.publish()
    with st.container():
        controls.notices()
    names = channels.names_of(own, len(volume), dials.TITLES)
    dials.volume(own)
    dials.bank(own, len(volume))
    bank("bank", own, names, lambda: session.said("bank", "edit", reweighted, Channels))
    try:
        layer = channels.layer(state, own, volume.shape)
    except SpecError as error:
        st.error(words.plain(f"{error}."), icon=":material/straighten:")
        return None
    exhibit("maps", channels.map_columns(state, own, layer, channels.outputs(own, layer, volume)))
    return state, own, layer, volume, names


def _taken_apart(state: Explore, own: Channels, layer: Layer, volume: Bytes, names: tuple[str, ...]) -> None:
    st.header("One output, taken apart", anchor="apart")
    dials.output(own)
    found = channels.parts(state, own, layer, volume, own.cell[0])
    at = channels.pinned(own, layer)
    exhibit("parts", channels.part_columns(layer, volume, found, names, at))
    left, right = st.columns([1, 3], gap="medium")
    range = columns.range_of(found.output)
    picture = columns.picture("", "", found.output, range)
    with left:
        dials.cell(Sheet(f"Output map {own.cell[0] + 1}: drag the frame to an output", picture.src, picture.shape), at)
    with right:
        for line in channels.written(own, layer, channels.terms(own, layer, volume, found, at), found, names):
            st.markdown(line)


def _matrix(own: Channels, layer: Layer) -> None:
    st.header("The same layer as one matrix", anchor="matrix", help=GLOSSARY["block"])
    rows, cols = closeup.size(layer)
    reads, (K, L) = layer.spec.weight_shape[1], own.kernel_size
    palette = theme.bank(own.outputs, reads, K, L)
    tile = session.remember(
        "blocks", (layer.spec, layer.in_shape), lambda: tiles.woven(layer, "conv", False, 1, (0, rows, 0, cols))
    )
    whole = bitmaps.png(bitmaps.woven(tile, palette))
    window = closeup.window(layer, own.part)
    near = tiles.woven(layer, "conv", False, 1, window)
    left, right = st.columns([1, 2], gap="medium")
    with left:
        dials.part(own, layer, Sheet("The weight matrix: drag the frame", whole, closeup.shape(layer), (rows, cols)))
    with right:
        top, bottom, first, last = window
        told = f"Rows {top + 1:,} to {bottom:,}, columns {first + 1:,} to {last:,} of {rows:,} × {cols:,}"
        close = bitmaps.png(bitmaps.woven(near, palette))
        net = networks.channels(reads, own.outputs, own.groups, own.kernel_size)
        pictures = (
            Picture("close-up", f"{told} of the matrix W", close, (near.rows, near.cols)),
            Picture("on rows of 4 pixels", "The same layer as a network on rows of 4 pixels", net, networks.MIMO_SHAPE),
        )
        note = f"{own.outputs} × {layer.in_shape[0]} blocks, a hue for every kernel"
        exhibit(
            "matrix", [Column(told, "", note, pictures[:1]), Column("As a network", "", "inputs left", pictures[1:])]
        )


def _filters(state: Explore) -> None:
    """No fragment: what starts and stops the clock has to be run with the page."""
    st.header("Filters that learn online", anchor="learning", help=GLOSSARY["LMS"])
    own = session.desk().of(Adaptive)
    dials.world(own)
    try:
        made = learning.world(own, state, unit(session.picture(replace(state, colour="grey"), "learned"))[0])
    except SpecError as error:
        st.error(words.plain(f"{error}."), icon=":material/straighten:")
        return
    dials.step(own, learning.bounds(own, made))
    run = session.run("filters", (own, session.picture_key(state), state.kernel, state.flip))
    clock.starter("Learn", "learn", run, lambda: learning.start(own, made))
    clock.ticking(_learning, run, own, made)


def _learning(run: Run[Learned], own: Adaptive, made: World) -> None:
    clock.advance(run, "fast" if own.steps > LONG else "step")
    if run.running:
        done = len(run.records[-1].excess[0]) + run.records[-1].first if run.records else 0
        clock.progress(run, done / own.steps, f"iteration {done:,} of {own.steps:,}")
    found, predicted = learning.curves(run.records, own.steps), learning.predictions(own, made)
    st.markdown(learning.sentence(own, made, found, predicted, run.running))
    if found and any(len(curve.excess) for curve in found):
        chart = session.remember("learning", run.version, lambda: figures.learning(found, predicted, own.steps))
        plot(chart, "learning", figures.learning_alt(found, predicted))
    if shown := learning.sample_columns(made, run.records):
        exhibit("kernels", shown)
    exhibit("filters", learning.fact_columns(made, found, predicted))
    st.latex(learning.RULES[own.normalised])
    st.caption(learning.RULE_NOTE, help=GLOSSARY["excess error"])
    st.caption(learning.SOURCE)
