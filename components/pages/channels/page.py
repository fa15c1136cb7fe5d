"""Channels: many inputs and many outputs, and filters that learn online, with and without shared weights."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import streamlit as st

from components.display import diagram, image, matrix, theme
from components.display.cards import Card, Picture
from components.display.glossary import GLOSSARY
from components.display.layer import Layer
from components.pages.channels import adaptive, charts, controls, layer, window
from components.pages.channels.adaptive import System
from components.pages.channels.bank import bank
from components.pages.channels.state import Adaptive, Channels, reweighted
from components.session import bind, cache, session, upload, url
from components.session.runs import Run
from components.state.setup import Setup
from components.widgets import player, refusal, setup_bar
from components.widgets.cards import show_cards
from components.widgets.chart import plot
from components.widgets.drag import DragPicture
from components.widgets.notices import notices
from kernels.adaptive.lms import Learned
from kernels.images.decode import unit
from kernels.layer.spec import Bytes

T = TypeVar("T")
CONTENTS = (
    "[Inside one output](#apart) · [As one matrix](#matrix) · [Cost](#cost) · [Adaptive filters (LMS)](#learning)"
)
LONG = 2000  # iterations: shorter runs take a record a tick, so that one sees them learn


def render() -> None:
    state = session.arrive(Channels, Adaptive)
    st.fragment(_layer)(state)
    _filters(state)
    session.finish()


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The bank of kernels, its layer, and the input channels (C, H, W) with their names."""

    state: Setup
    own: Channels
    layer: Layer
    volume: Bytes
    names: tuple[str, ...]


def _layer(drawn: Setup) -> None:
    """The layer, by itself; drawn: the setup the whole page was drawn with, which the filters below show, too."""
    state = session.state_of(Setup)
    if state != drawn:
        st.rerun()
    head = st.container()  # it says what the widgets below it have set
    setup_bar.bar_of_channels(state, upload.planes_of(state).shape[1:])
    shown = live()
    head.title(layer.title(shown.layer) if shown else layer.UNTITLED)
    head.markdown(CONTENTS)
    if shown is None:
        return
    with refusal.said():
        _taken_apart(shown)
    _matrix(shown.own, shown.layer)
    st.header("Cost", anchor="cost", help=GLOSSARY["connection"])
    show_cards("costs", layer.cost_cards(shown.layer))


def live() -> Shown | None:
    """The bank and the maps it makes; None where there can be none, which is said."""
    state = layer.reduced(session.state_of(Setup))
    volume = _volume(state, session.state_of(Channels).stack)
    own = layer.fitted(session.state_of(Channels), len(volume))
    session.current().states.put(own)
    url.publish()
    with st.container():
        notices()
    names = layer.names_of(own, len(volume), controls.TITLES)
    controls.volume(own)
    controls.bank(own, len(volume))
    bank("bank", own, names, bind.heard("bank"), lambda: bind.message("bank", "edit", reweighted, Channels))
    with refusal.said():
        shown = Shown(state, own, layer.layer(state, own, volume.shape), volume, names)
        setup_bar.padding_notes(shown.layer.spec, shown.layer.in_shape)
        show_cards("maps", _made("maps", shown, (), partial(layer.shown_maps, state, own, shown.layer, volume)))
        return shown
    return None


def live_bank() -> None:
    """The bank and its maps alone, for the lesson. Raises SpecError."""
    state = layer.reduced(session.state_of(Setup))
    volume = _volume(state, session.state_of(Channels).stack)
    own = layer.fitted(session.state_of(Channels), len(volume))
    session.current().states.put(own)
    names = layer.names_of(own, len(volume), controls.TITLES)
    bank("bank", own, names, bind.heard("bank"), lambda: bind.message("bank", "edit", reweighted, Channels))
    shown = Shown(state, own, layer.layer(state, own, volume.shape), volume, names)
    cards = _made("maps", shown, (), partial(layer.shown_maps, state, own, shown.layer, volume))
    show_cards("maps", [replace(card, note="") for card in cards])


def _made(name: str, shown: Shown, cell: tuple[int, ...], make: Callable[[], T]) -> T:
    """What is made of the bank and the volume, by a worker where it is much. cell: the output it is about, if one."""
    bank_alone = replace(shown.own, cell=Channels().cell, part=())
    suited = cache.suited(shown.layer.counts["conv"].multiply_adds)
    return suited(name, (shown.state, bank_alone, upload.planes_id(shown.state), cell), make)


def _volume(state: Setup, stack: tuple[str, ...]) -> Bytes:
    """The input channels (C, H, W): these samples in grey, or the picture in colour."""
    if not stack:
        return upload.planes_of(replace(state, colour="rgb"))
    return cache.remember("volume", (stack, state.side), lambda: layer.stacked(stack, state.side))


def _taken_apart(shown: Shown) -> None:
    st.header("Inside one output", anchor="apart")
    own, made, volume = shown.own, shown.layer, shown.volume
    controls.output(own)
    found = _made("apart", shown, own.cell, partial(layer.taken_apart, shown.state, own, made, volume, shown.names))
    show_cards("parts", found.cards)
    left, right = st.columns([1, 3], gap="medium")
    told = f"Output map {own.cell[0] + 1}: drag the frame to choose an output"
    with left:
        controls.cell(DragPicture(told, found.picture.src, found.picture.shape), found.at)
    with right:
        for line in found.lines:
            st.markdown(line)


def _matrix(own: Channels, made: Layer) -> None:
    st.header("The layer as one matrix", anchor="matrix", help=GLOSSARY["block"])
    rows, cols = window.size(made)
    reads, (K, L) = made.spec.weight_shape[1], own.kernel_size
    palette = theme.bank(own.outputs, reads, K, L)
    tile = cache.remember(
        "blocks",
        (made.spec, made.in_shape),
        lambda: matrix.window_tiles(made, "conv", False, 1, matrix.Window(0, rows, 0, cols)),
    )
    whole = image.png_url(image.tiles_picture(tile, palette))
    shown = window.window(made, own.part)
    near = matrix.window_tiles(made, "conv", False, 1, shown)
    left, right = st.columns([1, 2], gap="medium")
    with left:
        controls.part(
            own, made, DragPicture("The weight matrix: drag the frame", whole, window.shape(made), (rows, cols))
        )
    with right:
        top, bottom, first, last = shown
        told = f"Rows {top + 1:,} to {bottom:,}, columns {first + 1:,} to {last:,} of {rows:,} × {cols:,}"
        close = image.png_url(image.tiles_picture(near, palette))
        net = diagram.channels(reads, own.outputs, own.groups, own.kernel_size)
        pictures = (
            Picture("close-up", f"{told} of the matrix W", close, (near.rows, near.cols)),
            Picture(
                "in one dimension, 4 pixels per channel",
                "The layer as a network on rows of 4 pixels",
                net,
                diagram.MIMO_SHAPE,
            ),
        )
        note = f"{own.outputs} × {made.in_shape[0]} blocks, one hue per kernel"
        show_cards(
            "matrix", [Card(told, "", note, pictures[:1]), Card("As a network", "", "inputs on the left", pictures[1:])]
        )


def _filters(state: Setup) -> None:
    """No fragment: what starts and stops the clock has to be run with the page."""
    st.header("Adaptive filters (LMS)", anchor="learning", help=GLOSSARY["LMS"])
    own = session.state_of(Adaptive)
    controls.experiment(own)
    with refusal.said():
        made = adaptive.system_of(own, state, unit(upload.planes_of(replace(state, colour="grey")))[0])
        controls.step(own, adaptive.bounds(own, made))
        run = cache.run("filters", (own, upload.planes_id(state), state.kernel, state.flip))
        player.starter("Run", "learn", run, partial(adaptive.learned, own, made))
        player.ticking(_learning, run, own, made, work=None if own.steps > LONG else 0)


def _learning(run: Run[Learned], own: Adaptive, made: System) -> None:
    if run.running:
        done = len(run.records[-1].excess[0]) + run.records[-1].first if run.records else 0
        player.progress(run, done / own.steps, f"iteration {done:,} of {own.steps:,}")
    found, predicted = adaptive.curves(run.records, own.steps), adaptive.predictions(own, made)
    stopped = "" if run.running else adaptive.stopped(own, found)
    st.markdown(stopped + adaptive.sentence(own, made, found, predicted))
    if found and any(len(curve.excess) for curve in found):
        chart = cache.remember("learning", run.version, lambda: charts.learning_curves(found, predicted, own.steps))
        plot(chart, "learning", charts.learning_curves_alt(found, predicted))
    if shown := adaptive.sample_cards(made, run.records):
        show_cards("kernels", shown)
    show_cards("filters", adaptive.fact_cards(made, found, predicted))
    st.latex(adaptive.RULES[own.normalised])
    st.caption(adaptive.RULE_NOTE, help=GLOSSARY["excess error"])
    st.caption(adaptive.SOURCE)
