"""Networks trained side by side on the same digits, epoch by epoch, and what is said about every such run. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np

from components.display import words
from components.display.cards import Fact
from components.state.setup import View
from kernels.images import digits
from kernels.images.digits import Examples
from kernels.layer.spec import Array, SpecError
from kernels.learning.losses import cross_entropy
from kernels.learning.network import Network
from kernels.learning.training import Epoch, Recipe, accuracy, fit

CLASSES = len(set(digits.digits().labels.tolist()))
TESTS = 600  # test digits, never trained on
EVERY = 10  # epochs between measurements on the harder tests
GUESS_LOSS = log(CLASSES)  # cross-entropy of giving every digit the same probability
OVERSHOOT = 2 * GUESS_LOSS  # after PATIENCE epochs, a loss above this is reported
PATIENCE = 3  # epochs in which the loss may still be coming down from its initial value


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the networks: its name, the kind of layer (its colour and marker), whether its pixels are scrambled."""

    name: str
    kind: View
    scrambled: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """A network, the digits it trains and is tested on, and harder tests, measured less often, in order of difficulty.

    start: where it begins; None for the first weights of the recipe's seed. kernels: takes from θ the weights that are
    shown. keeps_theta: whether every result holds θ.
    """

    network: Network
    train: Examples
    test: Examples
    harder: Sequence[Examples] = ()
    start: Epoch | None = None
    kernels: Callable[[Array], Array] | None = None
    keeps_theta: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """How one network does after an epoch: accuracies, and the mean cross-entropy of its batches before each update.

    harder: accuracy on the harder tests, up to the first that the network refuses; () where they were not measured.
    refusal: what the engine said then.
    """

    train: float
    test: float
    loss: float
    diverged: bool = False
    harder: tuple[float, ...] = ()
    refusal: str = ""
    kernels: Array | None = None
    theta: Array | None = None


Results = Mapping[Variant, Result]


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """An epoch of every network that has not diverged before."""

    number: int
    results: Results


@dataclass(frozen=True, slots=True, eq=False)
class RaceProgress:
    """Where a race stands between two epochs of its networks: all that the rest of it depends on.

    number: complete rounds. epochs: the newest of every network that has begun. results: of the round at work.
    """

    number: int = 0
    epochs: Mapping[Variant, Epoch] = field(default_factory=dict)
    results: Results = field(default_factory=dict)


def race(
    trainings: Mapping[Variant, Training], recipe: Recipe, after: RaceProgress | None = None
) -> Iterator[tuple[Round | None, RaceProgress]]:
    """A round an epoch, from the start or after this progress; a network ends where it diverges.

    Each comes with the progress after it. After a network's epoch within a round there is no round, but the progress.
    """
    now = after or RaceProgress()
    while now.number < recipe.epochs and (now.results or _running(trainings, now)):
        for variant in _running(trainings, now):
            if variant not in now.results:
                now = _trained(variant, trainings[variant], recipe, now)
                yield None, now
        done = Round(now.number + 1, now.results)
        now = RaceProgress(done.number, now.epochs)
        yield done, now


def _running(trainings: Mapping[Variant, Training], now: RaceProgress) -> list[Variant]:
    """The networks that have not diverged."""
    return [variant for variant in trainings if variant not in now.epochs or not now.epochs[variant].diverged]


def _trained(variant: Variant, training: Training, recipe: Recipe, now: RaceProgress) -> RaceProgress:
    """The progress after one more epoch of this network."""
    before, number = now.epochs.get(variant, training.start), now.number + 1
    epoch = next(fit(training.network, training.train.x, training.train.labels, cross_entropy, recipe, before))
    result = _result(training, epoch, number % EVERY == 0 or number == recipe.epochs)
    return RaceProgress(now.number, {**now.epochs, variant: epoch}, {**now.results, variant: result})


def _result(training: Training, epoch: Epoch, measured: bool) -> Result:
    sound = not epoch.diverged
    harder, refusal = _measure(training, epoch.theta) if measured and sound else ((), "")
    return Result(
        _accuracy(training, epoch.theta, training.train),
        _accuracy(training, epoch.theta, training.test),
        float(np.mean(epoch.losses)),
        epoch.diverged,
        harder,
        refusal,
        training.kernels(epoch.theta) if training.kernels else None,
        epoch.theta if training.keeps_theta and sound else None,
    )


def _measure(training: Training, theta: Array) -> tuple[tuple[float, ...], str]:
    """Accuracy on every harder test until the network refuses one, and what is said then."""
    found: list[float] = []
    for these in training.harder:
        try:
            found.append(_accuracy(training, theta, these))
        except SpecError as error:
            return tuple(found), str(error)
    return tuple(found), ""


def _accuracy(training: Training, theta: Array, these: Examples) -> float:
    return accuracy(training.network, theta, these.x, these.labels)


def latest(variant: Variant, rounds: Sequence[Round]) -> Result | None:
    """The newest result of this network; of one that diverged, its last."""
    return next((r.results[variant] for r in reversed(rounds) if variant in r.results), None)


def all_latest(variants: Sequence[Variant], rounds: Sequence[Round]) -> Results:
    """The newest result of each network that has one."""
    return {variant: result for variant in variants if (result := latest(variant, rounds))}


def measured(rounds: Sequence[Round]) -> Round | None:
    """The newest round with measurements on the harder tests."""
    return next((r for r in reversed(rounds) if any(result.harder for result in r.results.values())), None)


def divergence(results: Results, epochs: int) -> list[str]:
    """A clause for each network that diverged or whose loss is still far above chance."""
    lost = [f"**{v.name} diverged**: its loss is no longer finite" for v, r in results.items() if r.diverged]
    return lost + [
        f"**{v.name} is overshooting**: its loss is {words.figure(r.loss)}, against {GUESS_LOSS:.1f} for guessing"
        for v, r in results.items()
        if overshoots(r) and epochs >= PATIENCE
    ]


def overshoots(result: Result) -> bool:
    return not result.diverged and result.loss > OVERSHOOT


def accuracy_facts(result: Result | None, tested_with: str = f"on {TESTS} test digits") -> tuple[Fact, Fact]:
    """Training and test accuracy, a dash where there is none. tested_with: its tooltip."""
    shown = result if result and not result.diverged else None
    return (
        Fact("training accuracy", words.percent(shown.train) if shown else "—"),
        Fact("test accuracy", words.percent(shown.test) if shown else "—", tested_with),
    )
