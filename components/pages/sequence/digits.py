"""Two recurrent networks read digits row by row: one set of weights for all steps, or a fresh set for each. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import zoom

from components.display import cards, words
from components.display.cards import Card, Fact
from components.pages.sequence.state import DigitClassifier
from components.pages.train.race import CLASSES, EVERY, TESTS
from components.pages.train.results import GUESSED, PATIENCE, WILD
from components.state.setup import View
from kernels.images import digits
from kernels.images.digits import SIDE, Examples
from kernels.layer.spec import Array, SpecError
from kernels.learning.linear import full
from kernels.learning.losses import cross_entropy
from kernels.learning.network import Network
from kernels.learning.recurrent import Recurrent
from kernels.learning.training import Recipe, accuracy, fit

LONGER = (8, 9, 10, 12, 14, 16)  # steps; the first is what they are trained with
NOTE = (
    "Same digits, same order, same rate, same epochs. Each row of a digit has its place, so weights of its own for "
    "every row are no mistake here: untied often reads a little better. What sharing buys is fewer weights, and that "
    "it goes on where the examples ended."
)
ROLES: dict[bool, View] = {True: "conv", False: "local"}
NAMES = {True: "Tied", False: "Untied"}
TITLES = {True: "Tied: one set of weights", False: "Untied: a fresh set a step"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one network stands after an epoch. by_length: of LONGER, as far as it can run; () where nobody looked."""

    train: float
    test: float
    loss: float
    diverged: bool
    by_length: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """An epoch of both, tied and untied. refusal: what the engine says of a step without weights."""

    number: int
    scores: dict[bool, Standing]
    refusal: str = ""


def network(tied: bool, own: DigitClassifier) -> Network:
    """A recurrent layer over the rows, and one fully connected layer from its last state to ten classes."""
    return Network((Recurrent(own.units, tied), full(CLASSES, (own.units, 1, 1), 1.0)), (1, SIDE, SIDE))


def recipe(own: DigitClassifier) -> Recipe:
    return Recipe(rate=own.rate, epochs=own.epochs, seed=own.seed)


def key(own: DigitClassifier) -> tuple[object, ...]:
    """Two states with the same key run the same contest."""
    return own.units, own.examples, own.rate, own.epochs, own.seed


def reading(own: DigitClassifier) -> Iterator[Round | None]:
    """Both an epoch further, a round at a time, on the same digits in the same order; None after each network."""
    train, test = digits.split(own.examples, TESTS, own.seed)
    nets = {tied: network(tied, own) for tied in NAMES}
    runs = {tied: fit(net, train.x, train.labels, cross_entropy, recipe(own)) for tied, net in nets.items()}
    longer = [stretched(test, steps) for steps in LONGER]
    for number in range(1, own.epochs + 1):
        scores, refusal = {}, ""
        for tied, run in list(runs.items()):
            epoch, net = next(run), nets[tied]
            looked = (number % EVERY == 0 or number == own.epochs) and not epoch.diverged
            by_length, told = _further(net, epoch.theta, longer) if looked else ((), "")
            refusal = refusal or told
            scores[tied] = Standing(
                accuracy(net, epoch.theta, train.x, train.labels),
                accuracy(net, epoch.theta, test.x, test.labels),
                float(np.mean(epoch.losses)),
                epoch.diverged,
                by_length,
            )
            if epoch.diverged:
                del runs[tied]
            yield None
        yield Round(number, scores, refusal)
        if not runs:
            return


def stretched(these: Examples, steps: int) -> Examples:
    """The same digits drawn taller: so many rows, linear between those there are."""
    return Examples(zoom(these.x, (1, 1, steps / SIDE, 1), order=1).astype(np.float32), these.labels)


def _further(net: Network, theta: Array, longer: Sequence[Examples]) -> tuple[tuple[float, ...], str]:
    """Accuracy on longer and longer sequences, until there are no weights for a step, and what is said then."""
    found: list[float] = []
    for these in longer:
        try:
            found.append(_right(net, theta, these))
        except SpecError as error:
            return tuple(found), str(error)
    return tuple(found), ""


def _right(net: Network, theta: Array, these: Examples) -> float:
    """The share that is right, for sequences of any length: the same θ, whatever the network was made for."""
    x = these.x
    for layer, part in zip(net.layers, net.parts, strict=True):
        x, _ = layer.apply(theta[part], x)
    return float(np.mean(x[:, :, 0, 0].argmax(axis=1) == these.labels))


def as_cards(own: DigitClassifier, rounds: Sequence[Round]) -> list[Card]:
    """A card per network: what it costs and where it stands."""
    return [_card(tied, own, last(tied, rounds)) for tied in NAMES]


def _card(tied: bool, own: DigitClassifier, score: Standing | None) -> Card:
    net = network(tied, own)
    own_recurrent = net.layers[0].parameters(net.in_shape)
    shown = score if score and not score.diverged else None
    facts = (
        Fact("right of those it trained with", words.percent(shown.train) if shown else "—"),
        Fact("right of those it has never seen", words.percent(shown.test) if shown else "—", f"{TESTS} digits"),
        Fact("loss", words.figure(shown.loss) if shown else "—", "diverged" if score and not shown else ""),
    )
    note = f"{words.amount(own_recurrent)} of them in the recurrent layer"
    headline = words.plural(net.parameters, "parameter")
    return cards.layer_card(ROLES[tied], TITLES[tied], headline, note, (), facts)


def last(tied: bool, rounds: Sequence[Round]) -> Standing | None:
    return next((r.scores[tied] for r in reversed(rounds) if tied in r.scores), None)


def looked(rounds: Sequence[Round]) -> Round | None:
    """The newest round in which longer sequences were tried."""
    return next((r for r in reversed(rounds) if any(score.by_length for score in r.scores.values())), None)


def sentence(own: DigitClassifier, rounds: Sequence[Round]) -> str:
    """What has come out so far."""
    if not rounds:
        return f"Press **Play**: both read the same digits, row by row, {SIDE} steps of {SIDE} numbers."
    scores = {tied: score for tied in NAMES if (score := last(tied, rounds))}
    if trouble := _trouble(scores, rounds[-1].number):
        return trouble
    told = [f"{NAMES[tied]} {words.percent(score.test)}" for tied, score in scores.items()]
    few, many = (network(tied, own).layers[0].parameters((1, SIDE, SIDE)) for tied in (True, False))
    return (
        f"After {words.plural(rounds[-1].number, 'epoch')}: {', '.join(told)} of the unseen digits right. The untied "
        f"layer has {words.times(many / few)[1:]} times as many weights."
    )


def _trouble(scores: dict[bool, Standing], epochs: int) -> str:
    """Who has lost its way, and what to change; "" for nobody."""
    told = [f"**{NAMES[tied]} diverged**: the loss is no number any more" for tied, s in scores.items() if s.diverged]
    told += [
        f"**{NAMES[tied]} overshoots**: its loss is {words.figure(s.loss)}, guessing has {GUESSED:.1f}"
        for tied, s in scores.items()
        if not s.diverged and epochs >= PATIENCE and s.loss > WILD
    ]
    return f"{'. '.join(told)}. Take a smaller rate." if told else ""


def longer_sentence(rounds: Sequence[Round]) -> str:
    """What becomes of sequences longer than any that was seen."""
    found = looked(rounds)
    if not found:
        return "Longer sequences are tried every tenth epoch, and at the end."
    tied = found.scores.get(True)
    told = ""
    if tied and len(tied.by_length) == len(LONGER):
        told = (
            f"the tied network runs on, {words.percent(tied.by_length[0])} right at {LONGER[0]} steps and "
            f"{words.percent(tied.by_length[-1])} at {LONGER[-1]}, digits drawn taller; guessing has "
            f"{words.percent(1 / CLASSES)}. "
        )
    stops = f"The untied one stops: {found.refusal}." if found.refusal else ""
    return f"After epoch {found.number}: {told}{stops}"
