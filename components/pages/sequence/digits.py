"""Two recurrent networks read digits row by row: shared weights for all steps, or separate weights for each. Pure."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np
import scipy

from components.display import cards, race, words
from components.display.cards import Card, Fact
from components.display.race import CLASSES, TESTS, RaceProgress, Result, Round, Training, Variant, accuracy_facts
from components.pages.sequence.state import DigitClassifier
from kernels.images import digits
from kernels.images.digits import SIDE, Examples
from kernels.learning.linear import full
from kernels.learning.network import Network
from kernels.learning.recurrent import Recurrent
from kernels.learning.training import Recipe

LONGER = (8, 9, 10, 12, 14, 16)  # steps; the first is what they are trained with
NOTE = (
    "Both train on the same digits in the same order, with the same learning rate and number of epochs. Each row of a "
    "digit has a fixed position, so separate weights for each row do no harm here: untied often does slightly better. "
    "Sharing needs fewer weights, and only the tied network can run on sequences longer than those in training."
)
TIED, UNTIED = Variant("Tied", "conv"), Variant("Untied", "local")
VARIANTS = (TIED, UNTIED)
TITLES = {TIED: "Tied: one set of weights", UNTIED: "Untied: separate weights per step"}


def network(variant: Variant, own: DigitClassifier) -> Network:
    """A recurrent layer over the rows, and one fully connected layer from its last state to ten classes."""
    recurrent = Recurrent(own.units, variant == TIED)
    return Network((recurrent, full(CLASSES, (own.units, 1, 1), 1.0)), (1, SIDE, SIDE))


def recipe(own: DigitClassifier) -> Recipe:
    return Recipe(rate=own.rate, epochs=own.epochs, seed=own.seed)


def key(own: DigitClassifier) -> tuple[object, ...]:
    """What the race depends on: two states with equal keys have equal results."""
    return own.units, own.examples, own.rate, own.epochs, own.seed


def rounds(own: DigitClassifier, after: RaceProgress | None = None) -> Iterator[tuple[Round | None, RaceProgress]]:
    """Both trained on the same digits in the same order: one round per epoch, each with the progress after it."""
    return race.race(trainings(own), recipe(own), after)


@lru_cache(maxsize=4)  # a race goes on slice by slice
def trainings(own: DigitClassifier) -> Mapping[Variant, Training]:
    """What each network trains with. Harder tests: the digits at LONGER steps."""
    train, test = digits.split(own.examples, TESTS, own.seed)
    longer = [stretched(test, steps) for steps in LONGER]
    return {variant: Training(network(variant, own), train, test, longer) for variant in VARIANTS}


def stretched(these: Examples, steps: int) -> Examples:
    """Digits stretched to this many rows by linear interpolation."""
    return Examples(scipy.ndimage.zoom(these.x, (1, 1, steps / SIDE, 1), order=1).astype(np.float32), these.labels)


def as_cards(own: DigitClassifier, rounds: list[Round]) -> list[Card]:
    """A card per network: its parameters and its latest result."""
    return [_card(variant, own, race.latest(variant, rounds)) for variant in VARIANTS]


def _card(variant: Variant, own: DigitClassifier, result: Result | None) -> Card:
    net = network(variant, own)
    if result is None:
        loss = Fact("loss", "—")
    elif result.diverged:
        loss = Fact("loss", "—", "diverged")
    else:
        loss = Fact("loss", words.figure(result.loss))
    note = f"of which {words.amount(net.parts[0].stop)} in the recurrent layer"
    headline = words.plural(net.parameters, "parameter")
    return cards.layer_card(variant.kind, TITLES[variant], headline, note, (), (*accuracy_facts(result), loss))


def title(rounds: list[Round]) -> str:
    """The newest test accuracies."""
    told = [
        f"{variant.name.lower()} {words.percent(result.test)}"
        for variant, result in race.all_latest(VARIANTS, rounds).items()
        if not result.diverged
    ]
    return f"Digits row by row: :primary[{', '.join(told)}]" if told else "Digits, read row by row"


def sentence(own: DigitClassifier, rounds: list[Round]) -> str:
    """The test accuracies so far and the numbers of weights; or what went wrong and what to change."""
    if not rounds:
        return f"Press **Play**: both networks read the same digits row by row, as {SIDE} steps of {SIDE} pixels."
    results = race.all_latest(VARIANTS, rounds)
    if told := race.divergence(results, rounds[-1].number):
        return f"{'. '.join(told)}. Choose a smaller learning rate."
    told = [f"{variant.name} {words.percent(result.test)}" for variant, result in results.items()]
    few, many = (network(variant, own).parts[0].stop for variant in VARIANTS)
    return (
        f"Test accuracy after {words.plural(rounds[-1].number, 'epoch')}: {', '.join(told)}. The untied "
        f"layer has {words.times(many / few)} as many weights."
    )


def by_length(rounds: list[Round]) -> dict[Variant, tuple[float, ...]]:
    """The newest accuracies at LONGER steps, as far as each network has weights; () where there are none."""
    found = race.measured(rounds)
    results = found.results if found else {}
    return {variant: results[variant].harder if variant in results else () for variant in VARIANTS}


def longer_sentence(rounds: list[Round]) -> str:
    """The accuracies on sequences longer than those in training."""
    found = race.measured(rounds)
    if not found:
        return "Longer sequences are tested every ten epochs and at the end."
    tied, told = by_length(rounds)[TIED], ""
    if len(tied) == len(LONGER):
        told = (
            f"the tied network also runs on longer sequences, with accuracy {words.percent(tied[0])} at {LONGER[0]} "
            f"steps and {words.percent(tied[-1])} at {LONGER[-1]} (digits stretched vertically; chance is "
            f"{words.percent(1 / CLASSES)}). "
        )
    untied = found.results.get(UNTIED)
    stops = f"The untied network cannot: {untied.refusal}." if untied and untied.refusal else ""
    return f"After epoch {found.number}: {told}{stops}"
