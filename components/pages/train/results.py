"""What is shown of the race on the Train page: cards, sentences, and the table to download. Pure."""

import csv
from collections.abc import Sequence
from io import StringIO
from math import isqrt, sqrt

import numpy as np

from components.display import cards, words
from components.display.cards import Card, Fact, Picture
from components.display.image import mosaic
from components.display.layer import LAYER_NAMES
from components.display.race import (
    CLASSES,
    EVERY,
    PATIENCE,
    TESTS,
    Result,
    Results,
    Round,
    Variant,
    accuracy_facts,
    all_latest,
    divergence,
    latest,
    measured,
    overshoots,
)
from components.pages.train import race
from components.pages.train.race import FIRST, PERIOD
from components.pages.train.state import Train
from components.state.setup import View
from kernels.images.digits import Examples, reordered
from kernels.layer.spec import Array

SHOWN = 24  # of the digits
IDLE = 2 / CLASSES  # training accuracy below this, after a while, is named
NOTES = {
    "max": "Global max pooling discards position: the read-out weights each map's strongest response, wherever it is.",
    "mean": "Global mean pooling discards position: the read-out weights each map's mean response.",
    "flat": "The flattened read-out keeps position: it has a separate weight for every position of every map.",
}
UNSHARED: tuple[View, ...] = ("dense", "local")
RIVALS: tuple[View, ...] = ("local", "dense")
CERTAIN = 2  # standard errors, from which a difference of accuracies is called one
KERNELS: dict[View, str] = {
    "dense": "each map's centre unit",
    "local": "one map, each position",
    "tiled": f"one map's {PERIOD**2} kernels",
    "conv": f"all {FIRST.out_channels} kernels",
}


def digits_pictures(own: Train) -> tuple[Picture, ...]:
    """The first digits to train with, as the networks see them: in order and, where some do, scrambled."""
    train, _ = race.shifted_digits(own, own.examples)
    mixed = (reordered(train, race.order(own)),) if own.scrambled else ()
    return tuple(_digits_picture(these) for these in (train, *mixed))


def _digits_picture(these: Examples) -> Picture:
    seen = mosaic(these.x[:SHOWN, 0], 6)
    labels = " ".join(map(str, these.labels[:SHOWN]))
    return cards.map_picture(
        "", f"Handwritten digits, randomly shifted on a canvas: {labels}", seen, cards.ColourRange(1.0, False)
    )


def as_cards(own: Train, rounds: Sequence[Round]) -> list[Card]:
    """A card per network: its parameters, its first layer's weights, and its latest result."""
    return [_card(variant, own, rounds) for variant in race.variants(own)]


def _card(variant: Variant, own: Train, rounds: Sequence[Round]) -> Card:
    kind, result = variant.kind, latest(variant, rounds)
    net = race.network(kind, own)
    facts = (
        *accuracy_facts(result, tested_with=""),
        _gap(own, variant, rounds),
        Fact("loss", _loss(result), "training cross-entropy"),
    )
    alt = f"{variant.name}, {KERNELS[kind]}" + ("" if result else ", before training")
    if result is None or result.kernels is None:
        learned = race.kernels(kind, net, net.init(own.seed))
    else:
        learned = result.kernels
    return cards.layer_card(
        kind, variant.name, words.plural(net.parameters, "parameter"),
        KERNELS[kind], (_kernels_picture(alt, learned),), facts,
    )  # fmt: skip


def _kernels_picture(alt: str, kernels: Array) -> Picture:
    sheet = mosaic(kernels, isqrt(len(kernels)))
    return cards.map_picture("", alt, sheet, cards.ColourRange(float(np.abs(sheet).max())))


def _gap(own: Train, variant: Variant, rounds: Sequence[Round]) -> Fact:
    """Training accuracy minus that on test digits whose shifts are distributed as in training: overfitting alone."""
    name, result = "generalisation gap", latest(variant, rounds)
    if result is None or result.diverged:
        return Fact(name, "—")
    if own.reach == race.FURTHEST:
        return Fact(
            name,
            _points(result.train, result.test),
            "training minus test accuracy",
        )
    known = _by_shift(variant, rounds)
    if known is None:
        return Fact(name, "—", f"test digits shifted as in training are evaluated every {EVERY} epochs and at the end")
    told = f"on test digits with shifts as in training, up to {words.plural(own.reach, 'pixel')}"
    return Fact(name, _points(known.train, trained_shifts(own.reach, known.harder)), told)


def _points(one: float, other: float) -> str:
    return words.plural(round(100 * one) - round(100 * other), "point").replace("-", "−")


def _by_shift(variant: Variant, rounds: Sequence[Round]) -> Result | None:
    """The newest result of a network that was also measured at every shift."""
    known = (round.results[variant] for round in reversed(rounds) if variant in round.results)
    return next((result for result in known if result.harder), None)


def trained_shifts(reach: int, by_shift: Sequence[float]) -> float:
    """The accuracy on shifts of up to `reach`, all of them equally likely, from that at each distance 0, 1, 2 …

    Of (2·reach + 1)² shifts 8·d have the distance d, and one is none.
    """
    return sum((8 * d or 1) * by_shift[d] for d in range(reach + 1)) / (2 * reach + 1) ** 2


def _loss(result: Result | None) -> str:
    if result is None:
        return "—"
    return "diverged" if result.diverged else words.figure(result.loss)


def sentence(own: Train, rounds: Sequence[Round]) -> str:
    """The test accuracies so far, best first; or what went wrong and what to change."""
    if not rounds:
        return "Press **Play**: the networks differ only in the wiring of their first layer."
    results, epochs = all_latest(race.variants(own), rounds), rounds[-1].number
    if told := divergence(results, epochs) + _idle(results, epochs):
        way = "learning rate" if own.rate > Train().rate else "learning rate or a larger batch"
        return f"{'. '.join(told)}. Choose a smaller {way}."
    in_order = {variant.name: result.test for variant, result in results.items() if not variant.scrambled}
    ranked = sorted(in_order, key=lambda name: -in_order[name])
    told = [f"{name.lower()} {words.percent(in_order[name])}" for name in ranked]
    if in_order[ranked[0]] > in_order[ranked[-1]]:
        told[0] = f"**{told[0]}**"
    line = f"Test accuracy after {words.plural(epochs, 'epoch')} with {words.amount(own.examples)} training digits: "
    return f"{line}{', '.join(told)}{_scrambled(results)}. {_tested(own)}"


def _tested(own: Train) -> str:
    """Which digits the test accuracy refers to."""
    if own.reach == race.FURTHEST:
        return f"Tested on {race.TESTED}, as in training."
    trained = f"by up to {words.plural(own.reach, 'pixel')}" if own.reach else "not at all"
    return (
        f"Tested on {race.TESTED}; the training digits were shifted {trained}, so test errors reflect shifts never "
        "seen in training as well as ordinary generalisation error."
    )


def sharing(own: Train, rounds: Sequence[Round]) -> str:
    """The convolution's lead in this run, with this read-out, over those that do not share; "" if unknown."""
    sound = {
        v.kind: r.test for v, r in all_latest(race.variants(own), rounds).items() if not (v.scrambled or r.diverged)
    }
    if "conv" not in sound:
        return ""
    told = [_gain(sound["conv"], sound[rival], LAYER_NAMES[rival].lower()) for rival in RIVALS if rival in sound]
    run = f"In this run (seed {own.seed}), with {race.SHORT[own.readout]} in every network"
    return f"{run}, convolution's lead: {'; '.join(told)}." if told else ""


def _gain(one: float, other: float, rival: str) -> str:
    """By how much accuracy `one` is above the rival's, and whether the test digits leave that open."""
    error = sqrt((one * (1 - one) + other * (1 - other)) / TESTS)
    sign = "+" if one > other else ""
    open = f", within the sampling error of {TESTS} test digits" if abs(one - other) <= CERTAIN * error else ""
    return f"{sign}{_points(one, other)} over {rival}{open}"


def _idle(results: Results, epochs: int) -> list[str]:
    """A clause for each network still close to chance."""
    return [
        f"**{variant.name} has not learned**: training accuracy {words.percent(result.train)}, close to chance"
        for variant, result in results.items()
        if epochs >= 3 * PATIENCE and result.train < IDLE and not result.diverged and not overshoots(result)
    ]


def _scrambled(results: Results) -> str:
    """The effect of scrambling the pixels on each."""
    in_order = {variant.kind: result.test for variant, result in results.items() if not variant.scrambled}
    told = [
        f"{LAYER_NAMES[kind].lower()} from {words.percent(in_order[kind])} to {words.percent(result.test)}"
        for (kind, result) in ((variant.kind, result) for variant, result in results.items() if variant.scrambled)
        if kind in in_order
    ]
    return f". Effect of scrambling the pixels: {', '.join(told)}" if told else ""


def hint(own: Train, rounds: Sequence[Round]) -> str:
    """How to read the result, and what to try next."""
    told = [NOTES[own.readout]]
    if own.scrambled and "dense" in own.kinds:
        told.append(
            "On scrambled pixels the fully connected network starts from the same weights, permuted like the pixels: "
            "it is the same network, and any difference is rounding."
        )
    if own.reach == race.FURTHEST:
        told.append("Try a smaller “Maximum shift”: then test shifts exceed training shifts.")
    elif shares := _furthest(rounds):
        told.append(f"At shifts of up to {words.plural(own.reach, 'pixel')}, as in training: {_trained(own, rounds)}.")
        told.append(f"At shifts of {race.FURTHEST} pixels, beyond any in training: {shares}.")
    return " ".join(told)


def _trained(own: Train, rounds: Sequence[Round]) -> str:
    """The latest accuracies on test digits with shifts as in training."""
    known = {v.name: _by_shift(v, rounds) for v in race.variants(own) if not v.scrambled}
    return ", ".join(
        f"{name.lower()} {words.percent(trained_shifts(own.reach, result.harder))}"
        for name, result in known.items()
        if result
    )


def _furthest(rounds: Sequence[Round]) -> str:
    found = measured(rounds)
    shares = {
        variant.name: result.harder[-1]
        for variant, result in (found.results if found else {}).items()
        if result.harder and not variant.scrambled
    }
    return ", ".join(f"{name.lower()} {words.percent(share)}" for name, share in shares.items())


def table(own: Train, rounds: Sequence[Round]) -> str:
    """Every epoch of every network, as CSV: accuracies 0..1, loss before each update, all measured."""
    settings = {"training digits": own.examples, "maximum shift": own.reach, "read-out": own.readout, "seed": own.seed}
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [*settings, "epoch", "first layer", "pixels", "parameters", "training accuracy", "test accuracy", "loss"]
    )
    many = {kind: race.network(kind, own).parameters for kind in own.kinds}
    for round in rounds:
        for variant, result in round.results.items():
            pixels = "scrambled" if variant.scrambled else "in order"
            figures = ("", "", "diverged") if result.diverged else (result.train, result.test, result.loss)
            which = LAYER_NAMES[variant.kind], pixels, many[variant.kind]
            writer.writerow([*settings.values(), round.number, *which, *figures])
    return text.getvalue()
