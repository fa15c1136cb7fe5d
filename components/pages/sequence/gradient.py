"""The gradient of a weight that is shared through time: what every step contributes to it. Pure."""

from dataclasses import dataclass

import numpy as np

from components.display import words
from components.display.cards import Card, Fact
from components.pages.sequence.state import DEEP, Sequence
from kernels.layer.spec import Floats
from kernels.learning.recurrent import Recurrent, by_step, norms, with_radius

SCALE = 1e-18  # size of the inputs: so small that tanh is almost linear for 64 steps and V alone decides
FEATURES = 4
NOTE = (
    f"{DEEP} units, {FEATURES} inputs per step; L is the sum of the last state. The inputs are normal random numbers "
    f"times {words.power(SCALE)}, so small that tanh is almost linear; with large inputs tanh saturates, and the "
    "gradient tends to vanish even when V would make it explode. Contributions are scaled to unit inputs. All computed "
    "by back-propagation through time."
)


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """∂L/∂V of the chosen entry, divided by SCALE: the gradient for inputs of size 1 if tanh were linear.

    parts: what each step adds to it (T,). total: that entry of the whole gradient, computed by itself.
    norms: ‖∂L/∂h_t‖ at every step (T,).
    """

    parts: Floats
    total: float
    norms: Floats


def contributions(own: Sequence) -> Contributions:
    """L is the sum of the last state; random inputs and weights from the seed, V scaled to the chosen radius."""
    layer, in_shape = Recurrent(DEEP), (1, own.far, FEATURES)
    rng = np.random.default_rng(own.seed)
    theta = with_radius(layer, layer.init(rng, in_shape).astype(np.float64), in_shape, own.radius)
    x = SCALE * rng.standard_normal((1, *in_shape))
    up = np.ones((1, DEEP, 1, 1))
    _, parts, _ = by_step(layer, theta, x, up)
    whole, _ = layer.apply(theta, x)[1](up)
    _, V, _ = layer.split(whole, in_shape)
    i, j = own.entry
    return Contributions(parts[:, i, j] / SCALE, float(V[0, i, j]) / SCALE, norms(layer, theta, x, up))


def sentence(own: Sequence, found: Contributions) -> str:
    """Whether the gradient vanishes or explodes on its way back, with its norms."""
    ratio = found.norms[0] / found.norms[-1]
    fate = "vanishes" if ratio < 0.1 else "explodes" if ratio > 10 else "keeps about its size"
    step = words.figure(ratio ** (1 / (own.far - 1)))
    return (
        f"With spectral radius {own.radius:g} the gradient **{fate}**: its norm is {words.figure(found.norms[-1])} at "
        f"the last of {own.far} steps and {words.figure(found.norms[0])} at the first, a factor of {step} per step."
    )


def as_cards(own: Sequence, found: Contributions) -> list[Card]:
    """The sum of the bars, and the gradient."""
    summed = float(found.parts.sum())
    equal = bool(np.isclose(summed, found.total, rtol=0, atol=1e-9 * float(np.abs(found.parts).sum())))
    return [
        Card(
            f"Sum of the {words.plural(own.far - 1, 'bar')}", words.figure(summed), "one for each step that uses V",
            (), (Fact("full precision", words.exact(summed)),),
        ),
        Card(
            f"∂L/∂{entry_name(own)} of the tied layer", words.figure(found.total), "from back-propagation",
            (), (Fact("full precision", words.exact(found.total), good=equal),),
        ),
    ]  # fmt: skip


def entry_name(own: Sequence) -> str:
    return words.indexed("V", *(n + 1 for n in own.entry))
