"""The gradient of a shared weight, taken apart into what each position contributes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components.display import cards, words
from components.display.cards import Card, Fact
from components.display.race import Round
from components.pages.train import race
from components.pages.train.race import FIRST, IN_SHAPE, MAPS
from components.pages.train.state import Train
from kernels.images.digits import Examples
from kernels.layer.kinds import wiring
from kernels.layer.spec import Array, Floats
from kernels.learning.losses import cross_entropy
from kernels.learning.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """θ of the convolutional network after so many epochs; 0 for its first weights."""

    epoch: int
    theta: Array


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """The gradient of the shared kernels, and of one of their weights at every position it is used at.

    kernels: (O, K, L), the gradient of the convolution. positions: (H', W'), of the watched weight in a locally
    connected layer with equal numbers everywhere; they add up to kernels[watched].
    """

    kernels: Floats
    positions: Floats


def newest(own: Train, rounds: Sequence[Round]) -> Parameters:
    """The newest parameters of the convolutional network before it diverged, if it did."""
    for round in reversed(rounds):
        for result in round.results.values():
            if result.theta is not None:
                return Parameters(round.number, result.theta)
    return Parameters(0, race.network("conv", own).init(own.seed))


def contributions(own: Train, theta: Array) -> Contributions:
    """∂L/∂F as the convolution gets it, and as every position would get it alone: two measurements, in float64.

    L is the mean over all digits to train with.
    """
    train, _ = race.shifted_digits(own, own.examples)
    net, theta = race.network("conv", own), np.asarray(theta, dtype=np.float64)
    apart = Network((race.first_layer("local"), *net.layers[1:]), IN_SHAPE)
    weights, biases = race.first_layer("conv").split(theta[net.parts[0]], IN_SHAPE)
    everywhere = wiring("local", FIRST, IN_SHAPE).theta_from(weights[..., 0], biases[:, 0])
    untied = _gradient(apart, np.concatenate([everywhere, theta[net.parts[0].stop :]]), train)
    kernels, _ = race.first_layer("conv").split(_gradient(net, theta, train)[net.parts[0]], IN_SHAPE)
    positions, _ = race.first_layer("local").split(untied[apart.parts[0]], IN_SHAPE)
    o, k, l = own.watched
    return Contributions(kernels[:, 0, :, :, 0], positions[o, 0, k, l].reshape(MAPS[1:]))


def _gradient(net: Network, theta: Array, train: Examples) -> Floats:
    return net.gradient(theta, train.x.astype(np.float64), train.labels, cross_entropy)[1]


def as_cards(own: Train, found: Contributions) -> list[Card]:
    """The watched weight's gradient at every position with their sum, and the whole kernel's gradient."""
    o, k, l = own.watched
    total, shared = float(found.positions.sum()), float(found.kernels[o, k, l])
    weight = words.indexed("F", k + 1, l + 1) + f" of kernel {o + 1}"
    asked = cards.map_picture(
        "",
        f"Gradient contribution of each position to {weight}",
        found.positions,
        _range(found.positions),
        group="Y",
        letter="∂",
    )
    whole = cards.map_picture(
        "", f"The gradient of kernel {o + 1}", found.kernels[o], _range(found.kernels[o]), marks=((k, l, 1, 1),)
    )
    equal = bool(np.isclose(total, shared, rtol=0, atol=1e-9 * float(np.abs(found.positions).sum())))
    return [
        Card(
            f"∂L/∂{weight}, by position",
            f"Sum: {words.figure(total)}",
            f"gradient contribution at each of the {MAPS[1]} × {MAPS[2]} positions",
            (asked,),
            (Fact("sum", words.figure(total), words.exact(total)),),
        ),
        Card(
            f"∂L/∂F of kernel {o + 1}",
            f"{words.indexed('F', k + 1, l + 1)}: {words.figure(shared)}",
            f"L: mean cross-entropy over the {words.amount(own.examples)} training digits",
            (whole,),
            (Fact(f"of {weight}", words.figure(shared), words.exact(shared), equal),),
        ),
    ]


def _range(values: Floats) -> cards.ColourRange:
    return cards.ColourRange(float(np.abs(values).max()))
