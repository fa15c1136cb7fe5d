"""Recovering a known kernel: layers of every kind learn what a convolution with the visitor's kernel says. Pure."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import prod

import numpy as np

from components.display import words
from components.display.layer import LAYER_NAMES, window_weights
from components.display.table import table
from components.pages.train.state import Train
from components.state.setup import Setup, View
from kernels.layer.spec import Floats
from kernels.learning.teacher import Teacher, excess, expected_excess

KINDS: tuple[View, ...] = ("dense", "local", "tiled", "conv")
PAIRS = (8, 16, 32, 64, 128, 256, 512, 1024)  # examples that a student sees
TRIALS = 8
SMALLEST = 8  # pixels, the side of the teacher's pictures


@dataclass(frozen=True, slots=True)
class Fit:
    """The excess error of one student after so many examples, the mean over TRIALS draws."""

    kind: View
    examples: int
    excess: float


@dataclass(frozen=True, slots=True, eq=False)
class Theory:
    """What least squares promises one kind: the excess error σ²·p/n for every n of PAIRS.

    parameters: p. inputs: how many numbers one output reads. least: the examples from which on the formula holds,
    more than there are parameters an output, and more than inputs where outputs share nothing.
    """

    parameters: int
    inputs: int
    excess: Floats
    least: int


def teacher(own: Train, state: Setup) -> Teacher:
    """The visitor's kernel, on white pictures a little larger than itself. Raises SpecError."""
    kernel = window_weights(state)
    return Teacher(kernel, max(SMALLEST, *(n + 3 for n in kernel.shape)), own.disturbance)


def key(own: Train, state: Setup) -> Hashable:
    """What the fits depend on."""
    return state.kernel, state.flip, own.disturbance, own.seed


@dataclass(frozen=True, slots=True)
class FitProgress:
    """Where the fits stand: how many there are, and the excess errors of the trials of the one at work."""

    fits: int = 0
    trials: tuple[float, ...] = ()


def fits(made: Teacher, seed: int, after: FitProgress | None = None) -> Iterator[tuple[Fit | None, FitProgress]]:
    """A fit for every one of PAIRS and every student, each with the progress after it; after a trial no fit."""
    now = after or FitProgress()
    for n, kind in islice(product(PAIRS, KINDS), now.fits, None):
        student = made.student(kind)
        for trial in range(len(now.trials), TRIALS):
            now = FitProgress(now.fits, (*now.trials, excess(made, student, n, seed * TRIALS + trial)))
            yield None, now
        found = Fit(kind, n, float(np.mean(now.trials)))
        now = FitProgress(now.fits + 1)
        yield found, now


def theory(made: Teacher) -> dict[View, Theory]:
    found = {}
    for kind in KINDS:
        student = made.student(kind)
        inputs = len(student.ids) // student.shape[0]
        line = expected_excess(made, student, np.array(PAIRS, dtype=np.float64))
        least = 1 + max(student.n_params // student.shape[0], 0 if kind == "conv" else inputs)
        found[kind] = Theory(student.n_params, inputs, line, least)
    return found


def sentence(done: Sequence[Fit]) -> str:
    """Who has the smallest excess error after the most examples so far."""
    if not done:
        return (
            "Press **Run**: a known kernel, yours from Explore, generates noisy examples, and four layers "
            "are fitted to them."
        )
    n = max(fit.examples for fit in done)
    last = sorted((fit for fit in done if fit.examples == n), key=lambda fit: fit.excess)
    return (
        f"After {words.amount(n)} examples the smallest excess error: **{LAYER_NAMES[last[0].kind]}** "
        f"{words.figure(last[0].excess)}."
    )


def as_table(done: Sequence[Fit], theory: Mapping[View, Theory]) -> str:
    """One row per layer: its parameters, its excess error after the most examples so far, and that of the theory."""
    n = max((fit.examples for fit in done), default=PAIRS[-1])
    measured = {fit.kind: words.figure(fit.excess) for fit in done if fit.examples == n}
    rows = [
        (LAYER_NAMES[kind], words.amount(known.parameters), measured.get(kind, "—"), _expected(known, n))
        for kind, known in theory.items()
    ]
    return table(("Layer", "parameters p", f"excess error, n = {words.amount(n)}", "theory σ²·p/n"), rows)


def _expected(known: Theory, n: int) -> str:
    return words.figure(float(known.excess[PAIRS.index(n)])) if n >= known.least else "does not hold"


def note(made: Teacher) -> str:
    """How the chart is to be read, and where the formula does not hold."""
    reads = words.amount(prod(made.in_shape))
    return (
        f"Excess error: ‖(Ŵ − W)x‖² summed over the outputs. Markers: measured, mean of {TRIALS} draws. Dashed: "
        f"theory, σ²·p/n, for many examples. A fully connected output reads {reads} numbers: with fewer examples many "
        f"solutions fit perfectly, and with about as many the noise is amplified."
    )
