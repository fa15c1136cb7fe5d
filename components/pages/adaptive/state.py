"""What the Adaptive page sets: the experiment, its system and the step size. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self, get_args

from components.state.fields import Named, OneOf, Real, Seed, Switch, Whole
from components.state.link import State

Experiment = Literal["parallel", "mimo", "pictures"]
STEPS = {"parallel": 0.05, "mimo": 0.02, "pictures": 1.5}  # well below the bounds of the first settings


@dataclass(frozen=True, slots=True)
class Adaptive(State):
    """Adaptive filters, with weights of their own and shared.

    experiment: the tab. members, lags: how many filters (or inputs and outputs), of how many taps; steps: iterations.
    """

    experiment: Annotated[Experiment, OneOf(get_args(Experiment))] = "parallel"
    members: Annotated[int, Whole(1, 16)] = 4
    lags: Annotated[int, Whole(1, 32)] = 8
    mu: Annotated[float, Real(1e-4, 2.0)] = 0.05
    variance: Annotated[float, Real(0.0, 1.0)] = 0.01
    ar: Annotated[float, Real(-0.95, 0.95)] = 0.0
    mismatch: Annotated[float, Real(0.0, 2.0)] = 0.0
    drift: Annotated[float, Real(0.0, 0.001)] = 0.0
    normalised: Annotated[bool, Switch()] = False
    steps: Annotated[int, Whole(100, 10_000)] = 2000
    trials: Annotated[int, Whole(1, 50)] = 20
    seed: Annotated[Seed, Named("lms_seed")] = 0

    def fitted(self, before: Self | None = None, chosen: Collection[str] = ()) -> Self:
        """With another experiment comes a step size that suits it."""
        if before and "experiment" in chosen and "mu" not in chosen:
            return replace(self, mu=STEPS[self.experiment])
        return self
