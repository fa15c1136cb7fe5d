"""Adaptive filters: how near the simulation comes to the closed form, and what an iteration costs beside its floor."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kernels.adaptive import theory
from kernels.adaptive.lms import learn
from kernels.adaptive.systems import LARGEST, SLICE, Mimo, Parallel
from kernels.adaptive.theory import Prediction
from tests.benchmarks.tables import in_turn, ratio, spread, table

System = TypeVar("System", Parallel, Mimo)
SEEDS = range(7)
FRACTIONS = (0.03, 0.1, 0.3)  # of the bound of the filter in question
BUDGET = 4_000_000  # iterations × trials × channels of one run


def run() -> None:
    channels = {str(M): Parallel(M, 8) for M in (1, 4, 16)}
    meets_theory("Parallel channels, L = 8", "M", channels, theory.parallel, ("shared", "untied"))
    systems = {f"{N}×{N}, {L}": Mimo(N, L) for N, L in ((2, 4), (4, 4), (8, 2), (4, 1))}
    meets_theory("Many inputs and outputs", "N×N, L", systems, theory.mimo, ("circulant", "full"))
    an_iteration_against_its_floor()


def settled(world: System, which: int, mu: float) -> float:
    """The excess error of one filter in the end: after a wait of 8/μ, the mean over 60/μ or at least 1000."""
    wait = int(8 / mu) + 50
    iterations = wait + max(1000, int(60 / mu))
    numbers = world.channels * world.taps * (world.channels if isinstance(world, Mimo) else 1)
    trials = max(1, min(200, BUDGET // (iterations * world.channels), LARGEST // (SLICE * numbers)))
    world = replace(world, iterations=iterations, trials=trials)
    parts = [part.excess[0] for part in learn(world, [world.wirings[which]], mu)]
    return float(np.mean(np.concatenate(parts)[wait:]))


def row(world: System, which: int, mu: float, wanted: Prediction) -> list[str]:
    """What was simulated, what was predicted, and the difference, in dB, over the seeds."""
    found = [10 * np.log10(settled(replace(world, seed=seed), which, mu)) for seed in SEEDS]
    closed = 10 * np.log10(wanted.steady)
    return [f"{np.median(found):.2f}", f"{closed:.2f}", spread([part - closed for part in found])]


def meets_theory(
    title: str,
    sizes: str,
    worlds: dict[str, System],
    predicted: Callable[[System, float, bool], Prediction],
    names: tuple[str, str],
) -> None:
    """names: of the filter with sharing and of the one without."""
    rows = []
    for (size, world), (which, name), part in product(worlds.items(), enumerate(names), FRACTIONS):
        shared = which == 0
        mu = part * predicted(world, 1.0, shared).bound
        cells: list[str] = row(world, which, mu, predicted(world, mu, shared))
        rows.append([size, name, f"{mu:.4f}", f"{part:.2f}", *cells])
    heads = [sizes, "", "μ", "of the bound", "simulated", "closed form", "difference"]
    table(f"{title}, v = 0.01: excess error in the end (dB; goal: within 0.5)", heads, rows)


WORLD = Parallel(16, 8, iterations=10_000, trials=50)


def learned(filters: tuple[int, ...], normalised: bool = False) -> None:
    for _ in learn(WORLD, [WORLD.wirings[which] for which in filters], 0.02, normalised):
        pass


def drawn() -> None:
    for _ in WORLD.slices(np.random.default_rng(WORLD.seed)):
        pass


def multiply_add(x: NDArray[np.float64], total: NDArray[np.float64], terms: NDArray[np.float64]) -> None:
    """θ ← θ + x·x for all trials, channels and taps, as often as there are iterations: no filter does less."""
    for _ in range(WORLD.iterations):
        np.multiply(x, x, out=terms)
        np.add(total, terms, out=total)


def an_iteration_against_its_floor() -> None:
    """10⁴ iterations of 16 channels of 8 taps, 50 trials at once."""
    x = np.random.default_rng(0).standard_normal((WORLD.trials, WORLD.channels, WORLD.taps))
    works: dict[str, Callable[[], object]] = {
        "one multiply-add an iteration (floor)": partial(multiply_add, x, np.zeros_like(x), np.zeros_like(x)),
        "the samples alone": drawn,
        "shared, LMS": partial(learned, (0,)),
        "untied, LMS": partial(learned, (1,)),
        "both, LMS": partial(learned, (0, 1)),
        "both, NLMS": partial(learned, (0, 1), normalised=True),
    }
    times = in_turn(*works.values(), runs=5)
    table(
        "10⁴ iterations, M = 16, L = 8, 50 trials (ms; goal: seconds)",
        ["", "time", "of the floor"],
        [[name, spread(some), ratio(some, times[0])] for name, some in zip(works, times, strict=True)],
    )
