"""Shared or not × pooled or flattened: what sharing buys with each read-out, over several seeds. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from math import isnan, nan

import numpy as np

from components.display import words
from components.display.layer import LAYER_NAMES
from components.display.table import table
from components.pages.train import race
from components.pages.train.race import FURTHEST, READOUTS, SHORT, TESTED
from components.pages.train.state import Readout, Train
from components.state.setup import View
from kernels.learning.losses import cross_entropy
from kernels.learning.training import Epoch, accuracy, fit

KINDS: tuple[View, View] = ("conv", "local")  # with equal windows and maps: they differ in nothing but sharing
ROWS: tuple[Readout, ...] = ("max", "flat", "mean")
SEEDS = 5
SIDES = {"conv": "Shared", "local": "Untied"}
WHY = (
    "A read-out of flattened maps has separate weights for every position and learns the digits at each of them anew, "
    "whatever the first layer shares. Global max pooling keeps how strong a feature is, not where: then a kernel "
    "learned at one position is used at every position. Within a row, both networks have the same windows, number of "
    "maps and training."
)

MEASURED = (
    f"Means of {SEEDS} seeds (lowest–highest). All shifts: {TESTED}; shift 0: the same digits, centred. "
    f"Shared: {LAYER_NAMES['conv'].lower()}; untied: {LAYER_NAMES['local'].lower()}."
)


@dataclass(frozen=True, slots=True)
class Score:
    """Test accuracies of one network: at shifts drawn from the whole canvas, and without a shift. NaN: it diverged."""

    kind: View
    readout: Readout
    seed: int
    shifted: float
    unshifted: float


@dataclass(frozen=True, slots=True, eq=False)
class ScoreProgress:
    """Where the experiment stands: the scores there are, and the newest epoch of the network at work."""

    scores: int = 0
    epoch: Epoch | None = None


def key(own: Train) -> Train:
    """The state without what does not matter here: wirings and read-outs are those of the table."""
    usual = Train()
    return replace(race.key(own), kinds=usual.kinds, readout=usual.readout, scrambled=usual.scrambled)


def whole() -> int:
    """The number of networks."""
    return SEEDS * len(ROWS) * len(KINDS)


def experiment(own: Train, after: ScoreProgress | None = None) -> Iterator[tuple[Score | None, ScoreProgress]]:
    """A score for every seed, read-out and wiring, a seed at a time, each with the progress after it."""
    now = after or ScoreProgress()
    seeds = range(own.seed * SEEDS, (own.seed + 1) * SEEDS)
    for seed, readout, kind in islice(product(seeds, ROWS, KINDS), now.scores, None):
        this = replace(own, seed=seed, readout=readout)
        train, test = race.shifted_digits(this, this.examples)
        net, recipe = race.network(kind, this), race.recipe(this)
        for epoch in fit(net, train.x, train.labels, cross_entropy, recipe, now.epoch):
            now = ScoreProgress(now.scores, epoch)
            yield None, now
        tests, end = (test, race.tests_by_shift(this)[0]), now.epoch
        lost = end is None or end.diverged
        found = [nan if lost or end is None else accuracy(net, end.theta, some.x, some.labels) for some in tests]
        now = ScoreProgress(now.scores + 1)
        yield Score(kind, readout, seed, *found), now


def of(scores: Sequence[Score], kind: View, readout: Readout) -> list[Score]:
    """Those of one cell, seed by seed."""
    return [score for score in scores if (score.kind, score.readout) == (kind, readout)]


def as_table(scores: Sequence[Score]) -> str:
    """One row per read-out; shared and untied, each with the accuracy over all shifts and at shift 0."""
    head = [f"{SIDES[kind]}, {where}" for kind in KINDS for where in ("all shifts", "shift 0")]
    rows = []
    for readout in ROWS:
        cells = [of(scores, kind, readout) for kind in KINDS]
        told = [
            told
            for cell in cells
            for told in (_spread([s.shifted for s in cell], True), _spread([s.unshifted for s in cell]))
        ]
        rows.append((READOUTS[readout], *told))
    return table(["Read-out", *head], rows)


def _spread(shares: Sequence[float], strong: bool = False) -> str:
    """The mean, and from where to where the seeds go."""
    known = [share for share in shares if not isnan(share)]
    if not known:
        return "diverged" if shares else "—"
    mean, lost = words.percent(float(np.mean(known))), len(shares) - len(known)
    diverged = f", {lost} diverged" if lost else ""
    return f"{f'**{mean}**' if strong else mean} ({100 * min(known):.0f}–{100 * max(known):.0f}{diverged})"


def sentence(scores: Sequence[Score]) -> str:
    """What sharing gains over all shifts with each read-out, and whether the seeds' ranges leave that open."""
    means = {readout: found for readout in ROWS if (found := _means(scores, readout))}
    if not means:
        return "Press **Run**: the same two networks with three read-outs, from several random seeds."
    few = min(len(of(scores, kind, readout)) for kind in KINDS for readout in means)
    lost = {readout: n for readout in means if (n := _diverged(scores, readout))}
    clear = [readout for readout in means if readout not in lost and _is_clear(scores, readout)]
    told = [f"{_gain(*means[readout])} with {SHORT[readout]}" for readout in clear]
    if level := [SHORT[readout] for readout in means if readout not in (*clear, *lost)]:
        told.append(f"with {' or '.join(level)} there is no clear difference (the seeds' ranges overlap)")
    told += [f"with {SHORT[r]} {words.plural(n, 'network')} diverged, which leaves it open" for r, n in lost.items()]
    return f"Test accuracy over all shifts, {words.plural(few, 'seed')}: {'; '.join(told)}."


def contrast(own: Train, scores: Sequence[Score]) -> str:
    """What the table says of another read-out than this one, and where it is: a lead is not due to sharing alone."""
    other: Readout = "max" if own.readout == "flat" else "flat"
    where = "[Shared × pooled](train?train_tab=readouts)"
    if not (means := _means(scores, other)):
        return f"Other read-outs: {where}."
    told = [f"{LAYER_NAMES[kind].lower()} {words.percent(mean)}" for kind, mean in zip(KINDS, means, strict=True)]
    seeds = words.plural(len({score.seed for score in scores}), "seed")
    return f"With {SHORT[other]} instead: {', '.join(told)} (means of {seeds}; {where})."


def _diverged(scores: Sequence[Score], readout: Readout) -> int:
    return sum(isnan(score.shifted) for kind in KINDS for score in of(scores, kind, readout))


def title(scores: Sequence[Score]) -> str:
    """The accuracies over all shifts, shared and untied, with pooled and with flattened maps."""
    pooled, flat = _means(scores, "max"), _means(scores, "flat")
    if not (pooled and flat):
        return "Shared or not, max-pooled or flattened"
    told = [f"{words.percent(shared)} shared, {words.percent(untied)} untied" for shared, untied in (pooled, flat)]
    return f"Max-pooled: :primary[{told[0]}]. Flattened: {told[1]}"


def _means(scores: Sequence[Score], readout: Readout) -> tuple[float, float] | None:
    """The mean accuracies over all shifts, shared and untied."""
    shares = [[s.shifted for s in of(scores, kind, readout) if not isnan(s.shifted)] for kind in KINDS]
    return (float(np.mean(shares[0])), float(np.mean(shares[1]))) if all(shares) else None


def _gain(shared: float, untied: float) -> str:
    """The difference of the means as they are shown."""
    apart = round(100 * shared) - round(100 * untied)
    return f"sharing {'gains' if shared > untied else 'loses'} **{words.plural(abs(apart), 'point')}**"


def _is_clear(scores: Sequence[Score], readout: Readout) -> bool:
    """Whether every seed of one wiring is above every seed of the other."""
    shared, untied = ([s.shifted for s in of(scores, kind, readout) if not isnan(s.shifted)] for kind in KINDS)
    return min(shared) > max(untied) or min(untied) > max(shared)


def tested(own: Train) -> str:
    """Which digits are trained and tested on."""
    reach = (
        f"each shifted at random by up to {words.plural(own.reach, 'pixel')}" if own.reach else "none of them shifted"
    )
    return (
        f"Trained on {words.amount(own.examples)} digits, {reach}, for {words.plural(own.epochs, 'epoch')}. In the "
        f"test, digits are shifted by −{FURTHEST} to {FURTHEST} pixels vertically and horizontally; all "
        f"{(2 * FURTHEST + 1) ** 2} shifts are equally likely."
    )
