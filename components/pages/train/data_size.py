"""How many examples does it take? Each network trained with ever more digits, and layers taught by a hidden kernel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan, prod

import numpy as np

from components.display import words
from components.display.layer import LAYER_NAMES, window_weights
from components.pages.train import race
from components.pages.train.state import Train
from components.state.setup import Setup, View
from kernels.layer.spec import Floats
from kernels.learning.losses import cross_entropy
from kernels.learning.teacher import Teacher, excess, expected_excess
from kernels.learning.training import accuracy, fit

KINDS: tuple[View, ...] = ("dense", "local", "tiled", "conv")
SIZES = (30, 100, 300, 1000)
PAIRS = (8, 16, 32, 64, 128, 256, 512, 1024)  # that a student sees
TRIALS = 8
SMALLEST = 8  # pixels, the side of the teacher's pictures


@dataclass(frozen=True, slots=True)
class Point:
    """What one network, or one student, came to with n examples: test accuracy, or excess error."""

    kind: View
    n: int
    value: float


def sweep(own: Train) -> Iterator[Point | None]:
    """Test accuracy against the number of digits, with as many updates as in the contest, to the nearest whole epoch.

    None after every epoch; NaN for a network that diverged.
    """
    updates = own.epochs * -(-own.examples // own.batch)
    for n in SIZES:
        train, test = race.lessons(own, n)
        epochs = max(1, round(updates / -(-n // own.batch)))
        for kind in own.racers:
            net = race.network(kind, own)
            recipe = replace(race.recipe(own), epochs=epochs)
            for done in fit(net, train.x, train.labels, cross_entropy, recipe):
                end = done
                yield None
            value = nan if end.diverged else accuracy(net, end.theta, test.x, test.labels)
            yield Point(kind, n, value)


def sweep_sentence(points: Sequence[Point]) -> str:
    """How far apart they are with few and with many."""
    told = []
    for n in sorted({point.n for point in points}):
        here = ", ".join(f"{LAYER_NAMES[p.kind]} {right(p)}" for p in points if p.n == n)
        told.append(f"with {words.amount(n)} digits {here}")
    lost = " Take a smaller rate." if any(isnan(point.value) for point in points) else ""
    return f"Right of the unseen digits: {'; '.join(told)}.{lost}" if told else ""


def right(point: Point) -> str:
    """In words: the share of the unseen digits, or that there is none."""
    return "diverged" if isnan(point.value) else words.percent(point.value)


def teacher(own: Train, state: Setup) -> Teacher:
    """The visitor's kernel, on white pictures a little larger than itself. Raises SpecError."""
    kernel = window_weights(state)
    return Teacher(kernel, max(SMALLEST, *(n + 3 for n in kernel.shape)), own.disturbance)


def lessons(made: Teacher, seed: int) -> Iterator[Point | None]:
    """Excess error of every student after n pairs, the mean of some trials; None after each trial."""
    students = {kind: made.student(kind) for kind in KINDS}
    for n in PAIRS:
        for kind, student in students.items():
            trials = []
            for trial in range(TRIALS):
                trials.append(excess(made, student, n, seed * TRIALS + trial))
                yield None
            yield Point(kind, n, float(np.mean(trials)))


def lines(made: Teacher) -> dict[View, tuple[int, int, Floats]]:
    """By kind: free parameters, what one output reads, and the excess error σ²·p/n derived for PAIRS."""
    found: dict[View, tuple[int, int, Floats]] = {}
    for kind in KINDS:
        student = made.student(kind)
        reads = len(student.ids) // student.shape[0]
        found[kind] = student.n_params, reads, expected_excess(made, student, np.array(PAIRS, dtype=np.float64))
    return found


def lessons_sentence(made: Teacher, points: Sequence[Point]) -> str:
    """What the last lesson left, in numbers."""
    if not points:
        return "Press **Teach**: a hidden kernel, yours from Explore, knows the answers, and four layers learn."
    n = max(point.n for point in points)
    ends = [f"{LAYER_NAMES[p.kind]} {words.figure(p.value)}" for p in points if p.n == n]
    parameters = ", ".join(f"{LAYER_NAMES[kind]} p = {words.amount(p)}" for kind, (p, _, _) in lines(made).items())
    reads = words.amount(prod(made.in_shape))
    return (
        f"Excess error after {words.amount(n)} examples, ‖(Ŵ − W)x‖² summed over the outputs: {', '.join(ends)}. "
        f"{parameters}. Markers: measured, the mean of {TRIALS} draws. Dashed: σ²·p/n, derived for many examples. "
        f"A fully connected output reads {reads} numbers: with fewer examples many layers fit perfectly, with about as "
        f"many the noise is blown up."
    )
