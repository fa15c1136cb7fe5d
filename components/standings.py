"""What is shown of a contest: columns, sentences, the gradient of a shared weight, and the table to take away. Pure."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from math import log, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components import columns, contest, words
from components.columns import Column, Fact, Picture
from components.contest import FIRST, IN_SHAPE, MAPS, PERIOD, Entry, Round, Score
from components.state import Train, View
from components.views import NAMES
from kernels.digits import Examples
from kernels.layers import Layer
from kernels.linear import Wired
from kernels.losses import cross_entropy
from kernels.network import Network

Array = NDArray[Any]
Floats = NDArray[np.float64]
SHOWN = 24  # of the digits
GUESSED = log(contest.CLASSES)  # the loss of one who gives every digit the same chance
WILD = 2 * GUESSED
PATIENCE = 3  # epochs in which a loss may still come down from its first weights
GAP = 1  # pixels, between the pictures of a mosaic
KERNELS: dict[View, str] = {
    "dense": "what the middle unit of each map weighs",
    "local": "one map's kernel at each of its places",
    "tiled": f"one map's {PERIOD**2} kernels",
    "conv": "its 16 kernels",
}


def name(entry: Entry) -> str:
    return NAMES[entry[0]] + (", scrambled" if entry[1] else "")


def digits_picture(own: Train) -> Picture:
    """The first digits to train with, as the networks see them."""
    train, _ = contest.lessons(own, own.examples)
    seen = mosaic(train.x[:SHOWN, 0], 6)
    labels = " ".join(map(str, train.labels[:SHOWN]))
    return columns.picture(
        "", f"Handwritten digits, moved about on a canvas: {labels}", seen, columns.Range(1.0, False)
    )


def mosaic(pictures: Array, across: int) -> Floats:
    """(n, h, w) as one picture, so many beside each other, with a gap of zeros between them."""
    n, h, w = pictures.shape
    down = -(-n // across)
    sheet = np.zeros((down * (h + GAP) - GAP, across * (w + GAP) - GAP))
    for at, picture in enumerate(pictures):
        i, j = (at // across) * (h + GAP), (at % across) * (w + GAP)
        sheet[i : i + h, j : j + w] = picture
    return sheet


def as_columns(own: Train, rounds: Sequence[Round]) -> list[Column]:
    """A column a network: its parameters, what its first layer has learned, and where it stands."""
    return [_column(entry, own, rounds) for entry in contest.entries(own)]


def _column(entry: Entry, own: Train, rounds: Sequence[Round]) -> Column:
    kind = entry[0]
    net = contest.network(kind, own)
    first, whole = (sum(layer.parameters(shape) for layer, shape in _with_shapes(net)[:n]) for n in (1, None))
    score = last(entry, rounds)
    learned = score.kernels if score else contest.kernels(kind, net, net.init(own.train_seed))
    sheet = mosaic(learned, {16: 4, 4: 2}.get(len(learned), MAPS[2]))
    alt = f"{name(entry)}, {KERNELS[kind]}" + ("" if score else ", before training")
    facts = (
        Fact("right of those it trained with", _share(score, "train")),
        Fact("right of those it has never seen", _share(score, "test")),
        Fact("the gap between the two", _gap(score)),
        Fact("loss", _loss(score)),
    )
    picture = columns.picture(KERNELS[kind], alt, sheet, columns.Range(float(np.abs(sheet).max())))
    return columns.of(
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
    return f"{round(100 * (score.train - score.test))} points".replace("-", "−")


def _loss(score: Score | None) -> str:
    if score is None:
        return "—"
    return "no number: it diverged" if score.diverged else words.figure(score.loss)


def sentence(own: Train, rounds: Sequence[Round]) -> str:
    """What has come out so far; divergence is named, with what to change."""
    if not rounds:
        return "Press **Play**: the networks differ in nothing but how their first layer is wired."
    scores = {entry: score for entry in contest.entries(own) if (score := last(entry, rounds))}
    if trouble := _trouble(own, scores, rounds[-1].number):
        return trouble
    plain = {entry: score for entry, score in scores.items() if not entry[1]}
    best, worst = (pick(plain, key=lambda entry: plain[entry].test) for pick in (max, min))
    line = f"After {words.plural(rounds[-1].number, 'epoch')} with {words.amount(own.examples)} digits: "
    if len(plain) == 1:
        return (
            f"{line}{name(best)} has {words.percent(plain[best].test)} of the unseen digits right{_scrambled(scores)}."
        )
    if plain[best].test == plain[worst].test:
        line += f"{' and '.join(map(name, plain))} have {words.percent(plain[best].test)}"
    else:
        line += f"**{name(best)} {words.percent(plain[best].test)}**, {name(worst)} {words.percent(plain[worst].test)}"
    line += " of the unseen digits right"
    return line + _scrambled(scores) + "." + _further(own)


def _trouble(own: Train, scores: dict[Entry, Score], epochs: int) -> str:
    """Who has lost its way, and what to change; "" for nobody."""
    lost = [name(entry) for entry, score in scores.items() if score.diverged]
    wild = [(name(e), s.loss) for e, s in scores.items() if not s.diverged and epochs >= PATIENCE and s.loss > WILD]
    told = [f"**{who} diverged**: the loss is no number any more" for who in lost]
    told += [
        f"**{who} overshoots**: its loss is {words.figure(loss)}, guessing has {GUESSED:.1f}" for who, loss in wild
    ]
    way = "rate" if own.rate > Train().rate else "rate, or a larger batch"
    return f"{'. '.join(told)}. Take a smaller {way}." if told else ""


def _further(own: Train) -> str:
    """How to see what lies beyond what was seen."""
    if own.reach < contest.FURTHEST:
        return f" Nobody has seen a digit moved by more than {words.plural(own.reach, 'pixel')} in training."
    return " Let “Moved by up to” be 1, and the test digits are moved further than any seen in training."


def _scrambled(scores: dict[Entry, Score]) -> str:
    """What the order of the pixels does to each."""
    told = [
        f"{NAMES[kind]} {words.percent(scores[kind, False].test)} in order and {words.percent(score.test)} scrambled"
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
    return next(known, (0, contest.network("conv", own).init(own.train_seed)))


def taken_apart(own: Train, theta: Array) -> Taken:
    """∂L/∂F as the convolution gets it, and as the sum of what every place would get by itself; both measured.

    All digits to train with, in float64.
    """
    train, _ = contest.lessons(own, own.examples)
    net, theta = contest.network("conv", own), np.asarray(theta, dtype=np.float64)
    apart = Network((Wired("local", FIRST), *net.layers[1:]), IN_SHAPE)
    first = theta[net.parts[0]]
    spread = np.concatenate([np.repeat(first, prod(MAPS[1:])), theta[net.parts[0].stop :]])
    tied, untied = (_gradient(one, value, train) for one, value in ((net, theta), (apart, spread)))
    o, k, l = own.watched
    taps = MAPS[0] * prod(FIRST.kernel_size)
    kernels = tied[:taps].reshape(MAPS[0], *FIRST.kernel_size)
    places = untied[: taps * prod(MAPS[1:])].reshape(MAPS[0], *FIRST.kernel_size, *MAPS[1:])
    return Taken(kernels, places[o, k, l])


def _gradient(net: Network, theta: Array, train: Examples) -> Floats:
    return net.gradient(theta, train.x.astype(np.float64), train.labels, cross_entropy)[1]


def taken_columns(own: Train, taken: Taken) -> list[Column]:
    """The watched weight's gradient at every place, their sum, and the whole kernel's gradient."""
    o, k, l = own.watched
    total, shared = float(taken.places.sum()), float(taken.kernels[o, k, l])
    weight = f"F{k + 1},{l + 1} of kernel {o + 1}"
    signed = [columns.Range(float(np.abs(values).max())) for values in (taken.places, taken.kernels[o])]
    asked = columns.picture("", f"What each place asks of {weight}", taken.places, signed[0], group="Y", letter="∂")
    whole = columns.picture("", f"The gradient of kernel {o + 1}", taken.kernels[o], signed[1], marks=((k, l, 1, 1),))
    same = bool(np.isclose(total, shared, rtol=1e-9))
    return [
        Column(
            f"∂L/∂{weight}, place by place",
            "",
            f"each of the {MAPS[1]} × {MAPS[2]} places asks for a change of its own",
            (asked,),
            (Fact("their sum", words.figure(total), repr(total)),),
        ),
        Column(
            f"∂L/∂F of kernel {o + 1}",
            "",
            "what the shared kernel gets",
            (whole,),
            (Fact(f"of {weight}", words.figure(shared), repr(shared), same),),
        ),
    ]


def table(own: Train, rounds: Sequence[Round]) -> str:
    """Every epoch of every network, as CSV: accuracies 0..1, loss before each update, all measured."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["epoch", "first layer", "pixels", "parameters", "train accuracy", "test accuracy", "loss"])
    for round in rounds:
        for (kind, scrambled), score in round.scores.items():
            pixels, many = "scrambled" if scrambled else "in order", contest.network(kind, own).parts[-1].stop
            figures = ("", "", "diverged") if score.diverged else (score.train, score.test, score.loss)
            writer.writerow([round.number, kind, pixels, many, *figures])
    return text.getvalue()
