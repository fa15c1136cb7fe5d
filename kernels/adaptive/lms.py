"""Adaptive filters: least mean squares on any wiring, with weights of their own or shared.

At iteration n a new x(n) comes, y = W x is compared with d, and every weight moves at once:

    e = d − W x
    LMS    θ[id] ← θ[id] + μ · mean of e[t]·x[s] over the uses of id
    NLMS   θ[id] ← θ[id] + μ · Σ e[t]·x[s] / (ε + Σ ‖x_t‖²), both over the uses of id, x_t what output t reads

The sum over the uses is `Wiring.collect`: back-propagation through tied weights, one sample at a time. With one use a
weight these are the textbook's LMS and NLMS. Several trials are run side by side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

import numpy as np

from kernels.layer.spec import Floats, Ints, SpecError
from kernels.layer.wiring import Wiring

EPSILON = 1e-6
DIVERGED = 1e6  # an excess error this many times what targets and noise can leave never comes back


class System(Protocol):
    """An unknown system: `slices` yields x (n, trials, inputs) and W_o x (n, trials, outputs), some n at a time."""

    @property
    def noise(self) -> float:
        """The variance of what is added to W_o x."""

    @property
    def seed(self) -> int:
        """The seed of everything that is drawn."""

    def slices(self, rng: np.random.Generator) -> Iterator[tuple[Floats, Floats]]:
        """The samples, a slice at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A wiring whose outputs all read equally much, as tables (outputs, reads): which weight, and which source.

    `order` sorts the connections by weight, `starts` is where each begins, `uses` how many it has.
    """

    ids: Ints
    sources: Ints
    order: Ints
    starts: Ints
    uses: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """The course of each filter over a slice of iterations.

    first: its first iteration. excess: (y − W_o x)² averaged over trials and outputs, one row per filter, NaN after it
    has diverged. theta: the weights of the first trial at the end, x: the last input there.
    """

    first: int
    excess: Floats
    diverged: tuple[bool, ...]
    theta: tuple[Floats, ...]
    x: Floats


def table(wires: Wiring) -> Table:
    """The wiring as a table of equally long rows. Raises SpecError where outputs read unequally much."""
    reads = np.bincount(wires.targets, minlength=wires.shape[0])
    if (reads != reads[0]).any():
        raise SpecError(
            f"wiring must give every output the same number of connections, got {reads.min()} to {reads.max()}"
        )
    by_target = np.argsort(wires.targets, kind="stable")
    ids, sources = (part[by_target].reshape(wires.shape[0], -1) for part in (wires.ids, wires.sources))
    order = np.argsort(ids, axis=None, kind="stable")
    uses = np.bincount(wires.ids, minlength=wires.n_params)
    return Table(ids, sources, order, np.concatenate([[0], np.cumsum(uses)[:-1]]), uses)


@dataclass(frozen=True, slots=True, eq=False)
class Filters:
    """All filters after some slices: what the rest of the run depends on, besides the system.

    slices, iterations: how many are done. theta: the weights of every filter (trials, n_params).
    """

    slices: int
    iterations: int
    theta: tuple[Floats, ...]
    diverged: tuple[bool, ...]


def learn(system: System, wirings: Sequence[Wiring], mu: float, normalised: bool = False) -> Iterator[Learned]:
    """The records of all filters on the same samples, from θ = 0, one a slice. The system's seed decides everything.

    normalised: NLMS instead of LMS. Raises SpecError for μ that is not above 0.

    >>> from kernels.adaptive.systems import Parallel
    >>> system = Parallel(channels=4, taps=2, noise=0.0, iterations=200)
    >>> shared, untied = list(learn(system, system.wirings, mu=0.2))[-1].excess[:, -1]
    >>> bool(shared < 1e-9), bool(untied < 1e-9)
    (True, True)
    """
    return (record for record, _ in learning(system, wirings, mu, normalised) if record)


def learning(
    system: System, wirings: Sequence[Wiring], mu: float, normalised: bool = False, after: Filters | None = None
) -> Iterator[tuple[Learned | None, Filters]]:
    """As `learn`, from the start or after these filters; each record with the filters after it.

    The samples before are drawn again and left out, so the rest is what it would have been without the interruption;
    then come `after` and no record.
    """
    if not (isfinite(mu) and mu > 0):
        raise SpecError(f"mu must be > 0, got {mu}")
    rng, tables = np.random.default_rng(system.seed), [table(wires) for wires in wirings]
    now = after or Filters(0, 0, (), (False,) * len(tables))
    theta, diverged, largest, first = list(now.theta), list(now.diverged), np.zeros(2), now.iterations
    for number, (xs, clean) in enumerate(system.slices(rng), 1):
        noise = np.sqrt(system.noise) * rng.standard_normal(clean.shape)
        limits, largest = _limits(xs, clean, system.noise, normalised, largest)
        if number <= now.slices:
            if after and number == now.slices:
                yield None, after
            continue
        theta = theta or [np.zeros((xs.shape[1], len(rows.uses))) for rows in tables]
        excess = np.full((len(tables), len(xs)), np.nan)
        for n, x in enumerate(xs):
            for which, rows in enumerate(tables):
                if diverged[which]:
                    continue
                seen = x[:, rows.sources]
                lost = clean[n] - np.vecdot(seen, theta[which][:, rows.ids])
                excess[which, n] = np.mean(lost**2)
                diverged[which] = not excess[which, n] < limits[n]
                theta[which] = theta[which] + _step(rows, seen, lost + noise[n], mu, normalised)
        found = Learned(first, excess, tuple(diverged), tuple(weights[0].copy() for weights in theta), xs[-1, 0].copy())
        first += len(xs)
        yield found, Filters(number, first, tuple(theta), tuple(diverged))


def _limits(xs: Floats, clean: Floats, noise: float, normalised: bool, largest: Floats) -> tuple[Floats, Floats]:
    """The excess error (n,) from which a filter has diverged, and `largest` for the next slice.

    `DIVERGED` times the most that the target's weights or the noise can leave of an input so far: the target's largest
    gain, mean (W_o x)² / ‖x‖², at the largest energy ‖x‖² (a flat input alone says nothing about the target). NLMS
    divides by ε + Σ‖x‖²: its weights take up to v/ε from inputs without energy. largest: gain and energy before.
    """
    energy, power = np.vecdot(xs, xs).mean(axis=1), np.mean(clean**2, axis=(1, 2))
    gain = np.divide(power, energy, out=np.zeros_like(energy), where=energy > 0)
    gains, energies = np.maximum.accumulate(np.vstack([largest, np.column_stack([gain, energy])]))[1:].T
    amplified = noise / EPSILON if normalised else 0.0
    limits = DIVERGED * np.maximum(np.maximum(gains, amplified) * energies, max(noise, EPSILON))
    return limits, np.array([gains[-1], energies[-1]])


def _step(rows: Table, seen: Floats, error: Floats, mu: float, normalised: bool) -> Floats:
    """The change of θ (trials, n_params) for what each output has seen (trials, outputs, reads) and missed."""
    total = _collect(rows, error[:, :, None] * seen)
    if not normalised:
        return mu / rows.uses * total
    energy = np.broadcast_to(np.vecdot(seen, seen)[:, :, None], seen.shape)
    return mu * total / (EPSILON + _collect(rows, energy))


def _collect(rows: Table, edges: Floats) -> Floats:
    """Σ over the uses of each weight, for every trial: (trials, n_params)."""
    if len(rows.uses) == rows.order.size:  # a use each: only to be put in order
        return edges.reshape(len(edges), -1)[:, rows.order]
    return np.add.reduceat(edges.reshape(len(edges), -1)[:, rows.order], rows.starts, axis=1)
