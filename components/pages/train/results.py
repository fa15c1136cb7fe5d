"""What is shown of a contest: cards, sentences, the gradient of a shared weight, and the table to take away. Pure."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from math import isqrt, log

import numpy as np

from components.display import cards, words
from components.display.cards import Card, Fact, Picture
from components.display.image import mosaic
from components.display.layer import LAYER_NAMES
from components.pages.train import race
from components.pages.train.race import FIRST, IN_SHAPE, MAPS, PERIOD, Entry, Round, Score
from components.pages.train.state import Train
from components.state.setup import View
from kernels.images.digits import Examples, reordered
from kernels.layer.spec import Array, Floats
from kernels.layer.wiring import wiring
from kernels.learning.layers import Layer
from kernels.learning.losses import cross_entropy
from kernels.learning.network import Network

SHOWN = 24  # of the digits
GUESSED = log(race.CLASSES)  # the loss of one who gives every digit the same chance
WILD = 2 * GUESSED
IDLE = 2 / race.CLASSES  # of the digits right, after a while, is too few
PATIENCE = 3  # epochs in which a loss may still come down from its first weights
NOTES = {
    "max": "The maximum of each map forgets where something was found: sharing finds it anywhere, and the read-out has "
    "no places to learn. A locally connected layer has to learn every place by itself, from few digits each.",
    "mean": "The mean of each map forgets where something was found, but a single good match counts for little in it.",
    "flat": "This read-out has weights of its own for every place of every map: it must learn all places again, and "
    "sharing in the first layer alone gains little.",
}
KERNELS: dict[View, str] = {
    "dense": "what the middle unit of each map weighs",
    "local": "one map's kernel at each of its places",
    "tiled": f"one map's {PERIOD**2} kernels",
    "conv": f"its {FIRST.out_channels} kernels",
}


def name(entry: Entry) -> str:
    return LAYER_NAMES[entry[0]] + (", scrambled" if entry[1] else "")


def digits_pictures(own: Train) -> tuple[Picture, ...]:
    """The first digits to train with, as the networks see them: in order and, where some do, scrambled."""
    train, _ = race.lessons(own, own.examples)
    mixed = (reordered(train, race.order(own)),) if own.scrambled else ()
    return tuple(_digits_picture(these) for these in (train, *mixed))


def _digits_picture(these: Examples) -> Picture:
    seen = mosaic(these.x[:SHOWN, 0], 6)
    labels = " ".join(map(str, these.labels[:SHOWN]))
    return cards.map_picture(
        "", f"Handwritten digits, moved about on a canvas: {labels}", seen, cards.ColourRange(1.0, False)
    )


def as_cards(own: Train, rounds: Sequence[Round]) -> list[Card]:
    """A card per network: its parameters, what its first layer has learned, and where it stands."""
    return [_card(entry, own, rounds) for entry in race.entries(own)]


def _card(entry: Entry, own: Train, rounds: Sequence[Round]) -> Card:
    kind = entry[0]
    net = race.network(kind, own)
    first, whole = (sum(layer.parameters(shape) for layer, shape in _with_shapes(net)[:n]) for n in (1, None))
    score = last(entry, rounds)
    learned = score.kernels if score else race.kernels(kind, net, net.init(own.seed))
    sheet = mosaic(learned, isqrt(len(learned)))
    alt = f"{name(entry)}, {KERNELS[kind]}" + ("" if score else ", before training")
    facts = (
        Fact("right of those it trained with", _share(score, "train"), words.plural(own.examples, "digit")),
        Fact("right of those it has never seen", _share(score, "test"), words.plural(race.TESTS, "digit")),
        Fact("the gap between the two", _gap(score)),
        Fact("loss", _loss(score), "cross-entropy on those it trains with"),
    )
    picture = cards.map_picture(KERNELS[kind], alt, sheet, cards.ColourRange(float(np.abs(sheet).max())))
    return cards.layer_card(
        kind, name(entry), words.plural(whole, "parameter"), f"{words.amount(first)} of them in the first layer",
        (picture,), facts,
    )  # fmt: skip


def _with_shapes(net: Network) -> list[tuple[Layer, tuple[int, int, int]]]:
    return list(zip(net.layers, net.shapes, strict=False))


def last(entry: Entry, rounds: Sequence[Round]) -> Score | None:
    """Where this network stands; one that diverged stands where it ended."""
    return next((r.scores[entry] for r in reversed(rounds) if entry in r.scores), None)


def _share(score: Score | None, which: str) -> str:
    return words.percent(getattr(score, which)) if score and not score.diverged else "—"


def _gap(score: Score | None) -> str:
    if score is None or score.diverged:
        return "—"
    points = round(100 * score.train) - round(100 * score.test)
    return words.plural(points, "point").replace("-", "−")


def _loss(score: Score | None) -> str:
    if score is None:
        return "—"
    return "no number: it diverged" if score.diverged else words.figure(score.loss)


def sentence(own: Train, rounds: Sequence[Round]) -> str:
    """What has come out so far; divergence is named, with what to change."""
    if not rounds:
        return "Press **Play**: the networks differ in nothing but how their first layer is wired."
    scores = {entry: score for entry in race.entries(own) if (score := last(entry, rounds))}
    if trouble := _trouble(own, scores, rounds[-1].number):
        return trouble
    plain = {entry: score for entry, score in scores.items() if not entry[1]}
    ranked = sorted(plain, key=lambda entry: -plain[entry].test)
    told = [f"{name(entry)} {words.percent(plain[entry].test)}" for entry in ranked]
    if len(ranked) > 1 and plain[ranked[0]].test > plain[ranked[-1]].test:
        told[0] = f"**{told[0]}**"
    line = f"After {words.plural(rounds[-1].number, 'epoch')} with {words.amount(own.examples)} digits: "
    return f"{line}{', '.join(told)} of the unseen digits right{_scrambled(scores)}."


def _trouble(own: Train, scores: dict[Entry, Score], epochs: int) -> str:
    """Who has lost its way, and what to change; "" for nobody."""
    lost = [name(entry) for entry, score in scores.items() if score.diverged]
    wild = [(name(e), s.loss) for e, s in scores.items() if not s.diverged and epochs >= PATIENCE and s.loss > WILD]
    told = [f"**{who} diverged**: the loss is no number any more" for who in lost]
    told += [
        f"**{who} overshoots**: its loss is {words.figure(loss)}, guessing has {GUESSED:.1f}" for who, loss in wild
    ]
    if epochs >= 3 * PATIENCE:
        told += [
            f"**{name(e)} has not learned**: {words.percent(s.train)} of what it trained with, about as by guessing"
            for e, s in scores.items()
            if s.train < IDLE and not s.diverged and s.loss <= WILD
        ]
    way = "rate" if own.rate > Train().rate else "rate, or a larger batch"
    return f"{'. '.join(told)}. Take a smaller {way}." if told else ""


def hint(own: Train, rounds: Sequence[Round]) -> str:
    """What to make of it, and what to try next."""
    told = [NOTES[own.readout]]
    if own.scrambled and "dense" in own.racers:
        told.append(
            "Scrambled, the fully connected network starts with its first weights in the same order as the pixels: it "
            "is the same network, and what differs is rounding."
        )
    if own.reach == race.FURTHEST:
        told.append("Try a smaller “Moved by up to”: then the test digits are moved further than any it has seen.")
    elif shares := _furthest(rounds):
        told.append(f"Moved by {race.FURTHEST} pixels, further than any in training: {shares}.")
    return " ".join(told)


def _furthest(rounds: Sequence[Round]) -> str:
    looked = next((r for r in reversed(rounds) if any(score.by_distance for score in r.scores.values())), None)
    if looked is None:
        return ""
    shares = {entry: s.by_distance[-1] for entry, s in looked.scores.items() if s.by_distance and not entry[1]}
    return ", ".join(f"{name(entry)} {words.percent(share)}" for entry, share in shares.items())


def _scrambled(scores: dict[Entry, Score]) -> str:
    """What the order of the pixels does to each."""
    told = [
        f"{LAYER_NAMES[kind]} {words.percent(scores[kind, False].test)} in order and "
        f"{words.percent(score.test)} scrambled"
        for (kind, scrambled), score in scores.items()
        if scrambled and (kind, False) in scores
    ]
    return f". Pixels in another order: {', '.join(told)}" if told else ""


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """The gradient of the shared kernels, and of one of their weights at every place it is used at.

    kernels: (O, K, L), the gradient of the convolution. places: (H', W'), of the watched weight in a locally connected
    layer with the same numbers everywhere; they add up to kernels[watched].
    """

    kernels: Floats
    places: Floats


def newest(own: Train, rounds: Sequence[Round]) -> tuple[int, Array]:
    """The newest θ of the convolutional network and the epoch it is of; 0 for its first weights."""
    known = ((r.number, r.shared) for r in reversed(rounds) if r.shared is not None)
    return next(known, (0, race.network("conv", own).init(own.seed)))


def taken_apart(own: Train, theta: Array) -> Taken:
    """∂L/∂F as the convolution gets it, and as the sum of what every place would get by itself; both measured.

    All digits to train with, in float64.
    """
    train, _ = race.lessons(own, own.examples)
    net, theta = race.network("conv", own), np.asarray(theta, dtype=np.float64)
    apart = Network((race.first_layer("local"), *net.layers[1:]), IN_SHAPE)
    weights, biases = race.first_layer("conv").split(theta[net.parts[0]], IN_SHAPE)
    everywhere = wiring("local", FIRST, IN_SHAPE).theta_from(weights[..., 0], biases[:, 0])
    spread = np.concatenate([everywhere, theta[net.parts[0].stop :]])
    tied, untied = (_gradient(one, value, train) for one, value in ((net, theta), (apart, spread)))
    o, k, l = own.watched
    kernels, _ = race.first_layer("conv").split(tied[net.parts[0]], IN_SHAPE)
    places, _ = race.first_layer("local").split(untied[apart.parts[0]], IN_SHAPE)
    return Taken(kernels[:, 0, :, :, 0], places[o, 0, k, l].reshape(MAPS[1:]))


def _gradient(net: Network, theta: Array, train: Examples) -> Floats:
    return net.gradient(theta, train.x.astype(np.float64), train.labels, cross_entropy)[1]


def taken_cards(own: Train, taken: Taken) -> list[Card]:
    """The watched weight's gradient at every place, their sum, and the whole kernel's gradient."""
    o, k, l = own.watched
    total, shared = float(taken.places.sum()), float(taken.kernels[o, k, l])
    weight = words.indexed("F", k + 1, l + 1) + f" of kernel {o + 1}"
    signed = [cards.ColourRange(float(np.abs(values).max())) for values in (taken.places, taken.kernels[o])]
    asked = cards.map_picture("", f"What each place asks of {weight}", taken.places, signed[0], group="Y", letter="∂")
    whole = cards.map_picture("", f"The gradient of kernel {o + 1}", taken.kernels[o], signed[1], marks=((k, l, 1, 1),))
    same = bool(np.isclose(total, shared, rtol=0, atol=1e-9 * float(np.abs(taken.places).sum())))
    return [
        Card(
            f"∂L/∂{weight}, place by place",
            "",
            f"each of the {MAPS[1]} × {MAPS[2]} places asks for a change of its own",
            (asked,),
            (Fact("their sum", words.figure(total), f"{total:.9g}"),),
        ),
        Card(
            f"∂L/∂F of kernel {o + 1}",
            "",
            f"L: cross-entropy, the mean over the {words.amount(own.examples)} digits it trains with",
            (whole,),
            (Fact(f"of {weight}", words.figure(shared), f"{shared:.9g}", same),),
        ),
    ]


def table(own: Train, rounds: Sequence[Round]) -> str:
    """Every epoch of every network, as CSV: accuracies 0..1, loss before each update, all measured."""
    settings = {"digits": own.examples, "moved by up to": own.reach, "read-out": own.readout, "seed": own.seed}
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [*settings, "epoch", "first layer", "pixels", "parameters", "train accuracy", "test accuracy", "loss"]
    )
    many = {kind: race.network(kind, own).parts[-1].stop for kind in own.racers}
    for round in rounds:
        for (kind, scrambled), score in round.scores.items():
            pixels = "scrambled" if scrambled else "in order"
            figures = ("", "", "diverged") if score.diverged else (score.train, score.test, score.loss)
            writer.writerow([*settings.values(), round.number, LAYER_NAMES[kind], pixels, many[kind], *figures])
    return text.getvalue()
