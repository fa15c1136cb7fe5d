"""Training: stochastic gradient descent with momentum, or Adam, an epoch at a time.

    momentum   v ← β·v + g;  θ ← θ − η·v
    Adam       m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  θ ← θ − η·m̂ / (√v̂ + ε)   (Kingma & Ba 2015)

`fit` is a generator of epochs. Each holds all that the next one needs: the order of the examples depends on the seed
and the number of the epoch alone, so a run can go on from any epoch, and goes on as if it had never stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, prod, sqrt
from typing import Literal

import numpy as np

from kernels.layer.spec import Array, SpecError, whole
from kernels.learning.network import Loss, Network, run

Optimiser = Literal["adam", "momentum"]
BETA, BETA1, BETA2, EPSILON = 0.9, 0.9, 0.999, 1e-8
ASKED = 200  # examples
BLOCK = 2**15  # numbers that are updated together: they stay in the cache


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. rate: η. seed: of the first weights and of the order of the examples. Raises SpecError."""

    optimiser: Optimiser = "adam"
    rate: float = 0.005
    batch: int = 32
    epochs: int = 30
    seed: int = 0

    def __post_init__(self) -> None:
        if self.optimiser not in ("adam", "momentum"):
            raise SpecError(f"optimiser must be 'adam' or 'momentum', got {self.optimiser!r}")
        if not (isfinite(self.rate) and self.rate > 0):
            raise SpecError(f"rate must be > 0, got {self.rate}")
        for name, least in (("batch", 1), ("epochs", 1), ("seed", 0)):
            whole(name, getattr(self, name), least)


@dataclass(frozen=True, slots=True, eq=False)
class Epoch:
    """The state after so many epochs. losses: of each of its batches before they were learned from.

    moments: what the optimiser remembers, (2, n_params). diverged: something is no number any more: it is over.
    """

    number: int
    theta: Array
    moments: Array
    steps: int = 0
    losses: tuple[float, ...] = ()
    diverged: bool = False


def fit(
    network: Network, x: Array, wanted: Array, loss: Loss, recipe: Recipe, after: Epoch | None = None
) -> Iterator[Epoch]:
    """The epochs up to `recipe.epochs`, from the first weights or from where `after` ended.

    x: (examples, C, H, W), float32. wanted: what the loss takes beside the outputs. An epoch that diverges is the last.
    Raises SpecError where x does not fit the network.

    >>> from kernels.learning.linear import full
    >>> from kernels.learning.losses import squared_error
    >>> network = Network((full(1, (1, 1, 1)),), (1, 1, 1))
    >>> x = np.linspace(-1, 1, 32, dtype=np.float32).reshape(-1, 1, 1, 1)
    >>> *_, last = fit(network, x, 2 * x + 1, squared_error, Recipe("momentum", rate=0.1, batch=8))
    >>> last.number, last.theta.round(2).tolist()
    (30, [2.0, 1.0])
    """
    if x.shape[1:] != network.in_shape:
        raise SpecError(f"x must hold examples of in_shape {network.in_shape}, got {x.shape[1:]}")
    if len(x) != len(wanted) or not len(x):
        raise SpecError(f"x and wanted must be as many, and at least 1, got {len(x)} and {len(wanted)}")
    theta = network.init(recipe.seed) if after is None else after.theta
    now = after or Epoch(0, theta, np.zeros((2, len(theta)), theta.dtype))
    parts, gradient = network.parts, np.empty_like(now.theta)
    while now.number < recipe.epochs and not now.diverged:
        theta, moments, steps, losses = now.theta.copy(), now.moments.copy(), now.steps, []
        order = np.random.default_rng([recipe.seed, now.number]).permutation(len(x))
        for first in range(0, len(x), recipe.batch):
            some = order[first : first + recipe.batch]
            with np.errstate(over="ignore", invalid="ignore"):
                y, back = run(network.layers, parts, theta, x[some])
                value, up = loss(y, wanted[some])
                back(up, gradient)
                losses.append(value)
                if not isfinite(value):
                    break
                steps += 1
                UPDATES[recipe.optimiser](theta, gradient, moments, recipe.rate, steps)
        sound = isfinite(losses[-1]) and np.isfinite(theta).all() and np.isfinite(moments).all()
        now = Epoch(now.number + 1, theta, moments, steps, tuple(losses), not sound)
        yield now


def _adam(theta: Array, gradient: Array, moments: Array, rate: float, step: int) -> None:
    """One step, in place, a block at a time; kept are m / (1 − β₁) and v / (1 − β₂), which saves three passes."""
    root = sqrt((1 - BETA2) / (1 - BETA2**step))  # √v̂ = root · √(what is kept)
    scale, nothing = rate * (1 - BETA1) / (1 - BETA1**step) / root, EPSILON / root
    room = np.empty(min(BLOCK, len(theta)), theta.dtype)
    for first in range(0, len(theta), BLOCK):
        part = slice(first, first + BLOCK)
        g, m, v = gradient[part], moments[0, part], moments[1, part]
        a = room[: len(g)]
        m *= BETA1
        m += g
        v *= BETA2
        v += np.multiply(g, g, out=a)
        np.sqrt(v, out=a)
        a += nothing
        np.divide(m, a, out=a)
        a *= scale
        theta[part] -= a


def _momentum(theta: Array, gradient: Array, moments: Array, rate: float, _step: int) -> None:
    """One step, in place."""
    moments[0] *= BETA
    moments[0] += gradient
    theta -= rate * moments[0]


UPDATES = {"adam": _adam, "momentum": _momentum}


def accuracy(network: Network, theta: Array, x: Array, labels: Array) -> float:
    """The share of the examples whose largest output is that of their label; a few at a time, to bound memory."""
    with np.errstate(over="ignore", invalid="ignore"):  # what has diverged is counted too
        found = [
            network.apply(theta, x[n : n + ASKED]).reshape(-1, prod(network.shapes[-1]))
            for n in range(0, len(x), ASKED)
        ]
    return float(np.mean(np.concatenate(found).argmax(axis=1) == labels))
