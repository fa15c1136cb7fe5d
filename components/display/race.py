"""Networks that train side by side on the same digits, epoch by epoch, and what is shown of every such race. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import plotly.graph_objects as go

from components.display import theme, words
from components.display.cards import Fact
from components.display.chart import SYMBOLS, Chart
from components.state.setup import View
from kernels.images import digits
from kernels.images.digits import Examples
from kernels.layer.spec import Array, SpecError
from kernels.learning.losses import cross_entropy
from kernels.learning.network import Network
from kernels.learning.training import Epoch, Recipe, accuracy, fit

CLASSES = len(set(digits.digits().labels.tolist()))
TESTS = 600  # digits nobody trains with
EVERY = 10  # epochs between two measurements on the harder tests
GUESS_LOSS = log(CLASSES)  # cross-entropy of giving every digit the same probability
OVERSHOOT = 2 * GUESS_LOSS  # a loss above this, after a while, is named
PATIENCE = 3  # epochs in which a loss may still come down from the first weights


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the networks: its name, the kind of layer whose colour and symbol it has, and the order of its pixels."""

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


def race(trainings: Mapping[Variant, Training], recipe: Recipe) -> Iterator[Round | None]:
    """A round an epoch, and None after each network in it: a place to stop. A network ends where it diverges."""
    runs = {variant: _fit(training, recipe) for variant, training in trainings.items()}
    for number in range(1, recipe.epochs + 1):
        results: dict[Variant, Result] = {}
        measured = number % EVERY == 0 or number == recipe.epochs
        for variant, run in list(runs.items()):
            epoch = next(run)
            results[variant] = _result(trainings[variant], epoch, measured)
            if epoch.diverged:
                del runs[variant]
            yield None
        yield Round(number, results)
        if not runs:
            return


def _fit(training: Training, recipe: Recipe) -> Iterator[Epoch]:
    return fit(training.network, training.train.x, training.train.labels, cross_entropy, recipe, training.start)


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


def trouble(results: Results, epochs: int) -> list[str]:
    """A clause for each network that diverged or whose loss stays far above that of guessing."""
    lost = [f"**{v.name} diverged**: the loss is no number any more" for v, r in results.items() if r.diverged]
    return lost + [
        f"**{v.name} overshoots**: its loss is {words.figure(r.loss)}, guessing has {GUESS_LOSS:.1f}"
        for v, r in results.items()
        if overshoots(r) and epochs >= PATIENCE
    ]


def overshoots(result: Result) -> bool:
    return not result.diverged and result.loss > OVERSHOOT


def accuracy_facts(result: Result | None, trained_with: str = "") -> tuple[Fact, Fact]:
    """Training and test accuracy, dashes where there is none. trained_with: what a pointer on the first is told."""
    shown = result if result and not result.diverged else None
    return (
        Fact("right of those it trained with", words.percent(shown.train) if shown else "—", trained_with),
        Fact("right of those it has never seen", words.percent(shown.test) if shown else "—", f"{TESTS} digits"),
    )


def learning_curves(variants: Sequence[Variant], rounds: Sequence[Round], epochs: int) -> go.Figure:
    """Accuracy against epochs, up to the epoch at which a network diverged.

    Test accuracy is solid and training accuracy dashed. Where some pixels are scrambled there is test accuracy alone,
    dotted for those.
    """
    chart = Chart()
    with_training = not any(variant.scrambled for variant in variants)
    for variant in variants:
        known = [(r.number, r.results[variant]) for r in rounds if variant in r.results]
        sound = [(number, result) for number, result in known if not result.diverged]
        numbers, colour = [number for number, _ in sound], theme.ROLES[variant.kind]
        line = {"color": colour, "dash": "dot" if variant.scrambled else "solid", "width": 3}
        _curve(chart, f"{variant.name}, unseen", numbers, [result.test for _, result in sound], line)
        if with_training:
            line = {"color": colour, "dash": "dash", "width": 2}
            _curve(chart, f"{variant.name}, trained with", numbers, [result.train for _, result in sound], line)
    chart.update_xaxes(range=[1, max(epochs, 2)])
    return chart.of_accuracies("epochs")


def _curve(chart: Chart, name: str, epochs: list[int], shares: list[float], line: Mapping[str, object]) -> None:
    chart.add_scatter(
        x=epochs,
        y=shares,
        name=name,
        mode="lines" if len(epochs) > 1 else "lines+markers",
        line=line,
        hovertemplate=f"{name}: %{{y:.0%}} after epoch %{{x}}<extra></extra>",
    )


def learning_curves_alt(variants: Sequence[Variant], rounds: Sequence[Round]) -> str:
    """The newest accuracies, in words."""
    parts = [f"{variant.name}: {_told(result)}" for variant, result in all_latest(variants, rounds).items()]
    return f"Learning curves, digits right against epochs. {'. '.join(parts) or 'Nothing is learned yet'}."


def _told(result: Result) -> str:
    if result.diverged:
        return "diverged"
    return f"{words.percent(result.train)} of those trained with, {words.percent(result.test)} of the unseen"


def harder_lines(chart: Chart, shares: Mapping[Variant, tuple[float, ...]], x: Sequence[int], told: str) -> None:
    """A line with markers a network: accuracy at `x`, as far as each was measured; `told` follows it on hovering."""
    for variant, line in shares.items():
        chart.add_scatter(
            x=list(x[: len(line)]),
            y=line,
            name=variant.name,
            mode="lines+markers",
            line={"color": theme.ROLES[variant.kind], "dash": "dot" if variant.scrambled else "solid", "width": 3},
            marker={"symbol": SYMBOLS[variant.kind], "size": 10},
            hovertemplate=f"{variant.name}: %{{y:.0%}} {told}<extra></extra>",
        )


def harder_alt(shares: Mapping[Variant, tuple[float, ...]], x: Sequence[int]) -> str:
    """The lines of `harder_lines` in words."""
    parts = []
    for variant, line in shares.items():
        if line:
            pairs = zip(line, x, strict=False)
            parts.append(f"{variant.name}: {', '.join(f'{words.percent(share)} at {at}' for share, at in pairs)}")
    return ". ".join(parts)
