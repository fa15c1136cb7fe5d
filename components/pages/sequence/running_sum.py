"""A running sum learned from sequences of T steps and tested on longer ones, with tied and untied weights. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from math import inf, isfinite

import numpy as np

from components.display import words
from components.display.table import table
from components.pages.sequence.state import RunningSum
from components.state.setup import View
from kernels.layer.spec import Array
from kernels.learning import running_sum
from kernels.learning.linear import full
from kernels.learning.losses import squared_error
from kernels.learning.network import Network
from kernels.learning.recurrent import Recurrent
from kernels.learning.training import Epoch, Recipe, fit

UNITS = 8
TRAIN, TEST = 500, 600  # sequences
TIMES = (1, 2, 4)  # the lengths tested, in lengths trained with
SEEDS = 5
RECIPE = Recipe(rate=0.005, epochs=60)
NOTE = (
    "An untied network has no weights beyond step T, so there is no obvious way to extend it. Two are shown: repeating "
    "the last step's weights, and restarting from step 1 every T steps, so that only the last T inputs count. Each "
    f"network: {UNITS} units, {TRAIN} training sequences of normal random numbers, {TEST} test sequences at each "
    "length."
)
MEASURED = (
    f"Means of {SEEDS} seeds (lowest–highest). Error: root mean square, in standard deviations of the sum; always "
    "predicting the mean gives 1."
)


@dataclass(frozen=True, slots=True)
class Way:
    """A network and how it is run on sequences longer than those in training."""

    name: str
    tied: bool
    restarts: bool
    kind: View


TIED = Way("Tied", True, False, "conv")
REPEATED = Way("Untied, last step's weights repeated", False, False, "local")
RESTARTED = Way("Untied, restarted from step 1", False, True, "tiled")
WAYS = (TIED, REPEATED, RESTARTED)


@dataclass(frozen=True, slots=True)
class Score:
    """The relative errors at TIMES the trained length, of one way from one seed; NaN or infinite where it diverged."""

    way: Way
    seed: int
    errors: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ScoreProgress:
    """Where the experiment stands: the scores there are, and the newest epoch of the network at work."""

    scores: int = 0
    epoch: Epoch | None = None


def key(own: RunningSum) -> tuple[int, int]:
    """What the experiment depends on."""
    return own.steps, own.seed


def network(tied: bool, steps: int) -> Network:
    """A recurrent layer that reads one number per step, and one number from its last state."""
    return Network((Recurrent(UNITS, tied), full(1, (UNITS, 1, 1), 1.0)), (1, steps, 1))


def whole() -> int:
    """The number of scores."""
    return SEEDS * len(WAYS)


def experiment(own: RunningSum, after: ScoreProgress | None = None) -> Iterator[tuple[Score | None, ScoreProgress]]:
    """A score for every seed and way, each with the progress after it; after an epoch no score.

    Both untied ways are of one network: the second takes its last epoch from the first.
    """
    now = after or ScoreProgress()
    seeds = range(own.seed * SEEDS, (own.seed + 1) * SEEDS)
    for seed, way in islice(product(seeds, WAYS), now.scores, None):
        x, y = running_sum.examples(TRAIN, own.steps, np.random.default_rng([seed, 1]))
        recipe = replace(RECIPE, seed=seed)
        for epoch in fit(network(way.tied, own.steps), x, y, squared_error, recipe, now.epoch):
            now = ScoreProgress(now.scores, epoch)
            yield None, now
        theta = now.epoch.theta if now.epoch else network(way.tied, own.steps).init(seed)
        score = Score(way, seed, tuple(_error(way, own.steps, theta, times, seed) for times in TIMES))
        now = ScoreProgress(now.scores + 1, now.epoch if way == REPEATED else None)
        yield score, now


def _error(way: Way, steps: int, theta: Array, times: int, seed: int) -> float:
    x, y = running_sum.examples(TEST, times * steps, np.random.default_rng([seed, 2, times]))
    if way.tied:
        return running_sum.relative_error(network(True, times * steps).apply(theta, x), y)
    short = network(False, steps)
    if way.restarts or times == 1:
        return running_sum.relative_error(short.apply(theta, x[:, :, -steps:]), y)
    first, last = short.parts
    longer = running_sum.prolonged(Recurrent(UNITS, tied=False), theta[first], short.in_shape, times * steps)
    long = network(False, times * steps)
    return running_sum.relative_error(long.apply(np.concatenate([longer, theta[last]]), x), y)


def lengths(own: RunningSum) -> tuple[int, ...]:
    """The lengths tested."""
    return tuple(times * own.steps for times in TIMES)


def counted(scores: Sequence[Score], way: Way) -> list[tuple[float, ...]]:
    """The errors of one way, seed by seed; infinite where the network diverged."""
    return [tuple(e if isfinite(e) else inf for e in score.errors) for score in scores if score.way == way]


def of(scores: Sequence[Score], way: Way) -> list[tuple[float, ...]]:
    """The errors of one way, seed by seed, where all are numbers."""
    return [score.errors for score in scores if score.way == way and all(map(isfinite, score.errors))]


def title(own: RunningSum, scores: Sequence[Score]) -> str:
    """The task, and the mean errors at the greatest length: tied, and untied both ways."""
    by = [counted(scores, way) for way in WAYS]
    if not all(by):
        return f"Learn a running sum of {own.steps} numbers, then add {lengths(own)[-1]}"
    tied, *untied = (_mean(errors, -1) for errors in by)
    others = " or ".join(dict.fromkeys(map(_figure, sorted(untied))))
    task = f"Running sum, trained on {own.steps} steps, run on {lengths(own)[-1]}"
    return f"{task}: :primary[error {_figure(tied)} tied], {others} untied"


def sentence(own: RunningSum, scores: Sequence[Score]) -> str:
    """Whether the tied network stays below both untied ways on longer sequences, seed by seed."""
    by = {way: counted(scores, way) for way in WAYS}
    if not all(by.values()):
        return "Press **Run**: both networks learn to add the numbers of a sequence, and then read longer ones."
    beaten = [
        length
        for n, length in enumerate(lengths(own))
        if n and max(e[n] for e in by[TIED]) < min(e[n] for way in WAYS[1:] for e in by[way])
    ]
    near, other = (_figure(_mean(by[way], 0)) for way in (TIED, REPEATED))
    first = f"At {own.steps} steps, as in training, the error is {near} tied and {other} untied"
    if not beaten:
        return f"{first}; on longer sequences the seeds' ranges overlap."
    told, seeds = " and ".join(map(words.amount, beaten)), words.plural(min(map(len, by.values())), "seed")
    claim = "every tied network has a smaller error than every untied one"
    return f"{first}; at {told} steps **{claim}**, however the untied one is extended ({seeds})."


def as_table(own: RunningSum, scores: Sequence[Score]) -> str:
    """One row per way: its weights in the recurrent layer, and its errors by length."""
    rows = []
    for way in WAYS:
        errors = of(scores, way)
        lost = len(counted(scores, way)) - len(errors)
        weights = words.amount(network(way.tied, own.steps).parts[0].stop)
        rows.append(
            (
                f"{way.name} ({lost} diverged)" if lost else way.name,
                weights,
                *(_spread(errors, n) for n in range(len(TIMES))),
            )
        )
    return table(("Error", "weights", *(f"{length} steps" for length in lengths(own))), rows)


def _spread(errors: Sequence[tuple[float, ...]], n: int) -> str:
    """The mean, and from where to where the seeds go."""
    if not errors:
        return "—"
    low, high = (_figure(bound(e[n] for e in errors)) for bound in (min, max))
    return f"**{_figure(_mean(errors, n))}** ({low}–{high})"


def _figure(error: float) -> str:
    """To two figures: five seeds allow no more."""
    return "∞" if error == inf else words.figure(float(f"{error:.2g}"))


def _mean(errors: Sequence[tuple[float, ...]], n: int) -> float:
    return float(np.mean([e[n] for e in errors]))
