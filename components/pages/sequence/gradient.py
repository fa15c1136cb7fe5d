"""The gradient of a weight that is shared through time: what every step adds to it. Pure."""

from dataclasses import dataclass

import numpy as np

from components.display import words
from components.display.cards import Card, Fact
from components.pages.sequence.state import DEEP, Sequence
from kernels.layer.spec import Floats
from kernels.learning.recurrent import Recurrent, by_step, norms, with_radius

LOUD = 1e-18  # size of the inputs: so small that tanh is straight for 64 steps and does not hide what V does
FEATURES = 4
NOTE = (
    f"{DEEP} units, {FEATURES} inputs a step, L the sum of the last state. The inputs are small, "
    f"{words.power(LOUD)} times normal numbers: with large ones tanh is flat, and the gradient vanishes whatever V is. "
    "What it adds is told for inputs of size 1. All by back-propagation through time."
)


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """parts: what each step adds to ∂L/∂V of the chosen entry (T,); total: that entry of the gradient, by itself; both
    over LOUD, as straight tanh allows.

    arriving: ‖∂L/∂h_t‖ at every step (T,).
    """

    parts: Floats
    total: float
    arriving: Floats


def followed(own: Sequence) -> Followed:
    """L is the sum of the last state; random inputs and weights from the seed, V scaled to the chosen radius."""
    layer, in_shape = Recurrent(DEEP), (1, own.far, FEATURES)
    rng = np.random.default_rng(own.seed)
    theta = with_radius(layer, layer.init(rng, in_shape).astype(np.float64), in_shape, own.radius)
    x = LOUD * rng.standard_normal((1, *in_shape))
    up = np.ones((1, DEEP, 1, 1))
    _, parts, _ = by_step(layer, theta, x, up)
    whole, _ = layer.apply(theta, x)[1](up)
    _, V, _ = layer.split(whole, in_shape)
    i, j = own.entry
    return Followed(parts[:, i, j] / LOUD, float(V[0, i, j]) / LOUD, norms(layer, theta, x, up))


def sentence(own: Sequence, found: Followed) -> str:
    """What the bars come to, and how the gradient fares on its way back."""
    ratio = found.arriving[0] / found.arriving[-1]
    fate = "vanishes" if ratio < 0.1 else "explodes" if ratio > 10 else "arrives about as it left"
    step = words.figure(ratio ** (1 / (own.far - 1)))
    return (
        f"With spectral radius {own.radius:g} the gradient **{fate}**: of {words.figure(found.arriving[-1])} at the "
        f"last of {own.far} steps, {words.figure(found.arriving[0])} is left at the first, {step} times as much a step."
    )


def as_cards(own: Sequence, found: Followed) -> list[Card]:
    """The sum of the bars, and the gradient."""
    summed = float(found.parts.sum())
    same = bool(np.isclose(summed, found.total, rtol=0, atol=1e-9 * float(np.abs(found.parts).sum())))
    return [
        Card(
            f"Sum of the {words.plural(own.far - 1, 'bar')}", words.figure(summed), "one for every step that uses V",
            (), (Fact("all its figures", words.exact(summed)),),
        ),
        Card(
            f"∂L/∂{entry_name(own)} of the tied layer", words.figure(found.total), "as back-propagation finds it",
            (), (Fact("all its figures", words.exact(found.total), good=same),),
        ),
    ]  # fmt: skip


def entry_name(own: Sequence) -> str:
    return words.indexed("V", *(n + 1 for n in own.entry))
