"""Adaptive in class, a guide for each tab. Pure."""

import numpy as np

from components.display import words
from components.display.guide import Activity, Guide
from components.pages.adaptive.filters import EXPERIMENTS, System, predictions, system_of
from components.pages.adaptive.state import STEPS, Adaptive
from components.state.setup import Setup
from components.state.show import PREDICT
from kernels.adaptive import theory
from kernels.adaptive.systems import Parallel

FITS = "A supplement for courses with signal processing: these chapters do not treat adaptive filters."
FAST = Adaptive(mu=0.4)  # between both bounds
DIFFERENT = Adaptive(mismatch=0.1)
MIMO = Adaptive(experiment="mimo", mu=STEPS["mimo"])
MIMO_FAST = Adaptive(experiment="mimo", mu=0.1)  # between both bounds
PICTURES = Adaptive(experiment="pictures", mu=STEPS["pictures"])


def guides() -> tuple[Guide, ...]:
    return _parallel(), _mimo(), _pictures()


def _system(own: Adaptive) -> System:
    """The system of these states; the patches of a picture have their size whatever it shows."""
    side = Setup().side
    return system_of(own, Setup(), np.zeros((side, side)))


def _bounds(own: Adaptive) -> list[str]:
    """The bounds on μ, shared and untied."""
    return [words.figure(one.bound) for one in predictions(own, _system(own)) or ()]


def _weights(made: System) -> tuple[int, int]:
    shared, untied = (wires.n_params for wires in made.wirings)
    return shared, untied


def _parallel() -> Guide:
    own = Adaptive()
    made, (wide, narrow) = _system(own), _bounds(own)
    shared, untied = _weights(made)
    limit = theory.pays_until(Parallel(own.members, own.lags, own.variance), DIFFERENT.mu)
    return Guide(
        EXPERIMENTS["parallel"],
        "Students see that averaging the gradients of a shared filter lowers the error that remains after convergence.",
        "“Sharing only saves weights.” It also averages noise: more examples for each weight.",
        (
            Activity(4, f"{own.members} channels of {own.lags} taps: {shared} weights shared, {untied} untied. Predict "
                     f"which curve ends lower; run. Theory for small μ: {theory.gain(own.members):.1f} dB.",
                     (own, PREDICT)),
            Activity(3, f"μ = {FAST.mu:g}: above the bound of the untied filters, {narrow}, and below that of the "
                     f"shared one, {wide}. Run: which diverges?", (FAST,)),
            Activity(3, f"Channels that differ by Δ = {DIFFERENT.mismatch:g}: does sharing still pay? In theory only "
                     f"below {limit:.2g}.", (DIFFERENT,)),
        ),
        (
            ("Why may the step be larger with sharing?",
             "The average over channels has less variance than the gradient of one channel."),
            ("What happens to the gain with twice as many channels?",
             f"It grows by about {theory.gain(2):.1f} dB, for equal, small μ."),
            ("What is the bias of sharing?", "Channels that differ get one compromise: their mean filter."),
        ),
        FITS,
    )  # fmt: skip


def _mimo() -> Guide:
    made, (wide, narrow) = _system(MIMO), _bounds(MIMO)
    shared, untied = _weights(made)
    return Guide(
        EXPERIMENTS["mimo"],
        "Students recognise a circulant matrix of filters as a convolution over channels around a circle.",
        "“Only pictures have positions to share weights over.” Channels arranged in a circle do, too.",
        (
            Activity(4, f"{MIMO.members} inputs and outputs, {MIMO.lags} taps: {untied} weights untied, {shared} "
                     "circulant. Run and compare both curves.", (MIMO,)),
            Activity(3, f"μ = {MIMO_FAST.mu:g} lies between the bounds, {narrow} untied and {wide} circulant. Run.",
                     (MIMO_FAST,)),
            Activity(3, "Find the colours of W: which cells hold the same weight?", (MIMO,)),
        ),
        (
            ("By which factor does sharing reduce the weights?",
             f"{untied // shared}: the number of channels."),
            ("Why does the full system have the smaller stability bound?",
             f"Each output is a filter of {MIMO.members} × {MIMO.lags} = {MIMO.members * MIMO.lags} taps, updated from "
             "one noisy gradient. The circulant system averages over its outputs; the DFT splits it into "
             f"{MIMO.members} independent filters of only {MIMO.lags} taps."),
            ("Which transform turns a circulant matrix into a diagonal one?", "The discrete Fourier transform."),
        ),
        FITS,
    )  # fmt: skip


def _pictures() -> Guide:
    made = _system(PICTURES)
    shared, untied = _weights(made)
    places = made.wirings[0].shape[0]
    return Guide(
        EXPERIMENTS["pictures"],
        "Students see a kernel being identified from pictures, with and without sharing over positions.",
        "“A convolution needs more pictures than a filter has taps.” Every position of a patch is an example.",
        (
            Activity(4, f"A patch has {words.amount(places)} positions: {shared} weights shared, {words.amount(untied)}"
                     " untied. Run and watch both kernels.", (PICTURES,)),
            Activity(3, f"Discuss: how many uses does the shared kernel average at each step? {words.amount(places)}."),
            Activity(3, "Choose another kernel in the bar and run again: is the order of the two curves the same?",
                     (PICTURES,)),
        ),
        (
            ("What does the untied kernel in the middle learn from?",
             "One position of each patch; the shared one from all."),
            ("Are neighbouring windows independent examples?", "No: they overlap, and pixels are correlated."),
            ("What is the gradient of a shared weight?",
             "The sum over its uses; this rule divides by their number, so that μ keeps its meaning."),
        ),
        FITS,
    )  # fmt: skip
