"""What the Sequence page sets: weights shared through time."""

from dataclasses import dataclass
from typing import Annotated

from components.state.fields import Named, Real, Seed, TabName, Whole, Wholes
from components.state.link import State, tab_of
from components.state.training import Epochs, Examples, Pace, Rate

DEEP = 8  # units of the layer whose gradient is followed
TABS: dict[str, tuple[str, ...]] = {  # the fields of `Sequence` that each tab shows alone
    "unrolled": (),
    "longer": (),
    "gradient": ("radius", "far", "entry"),
    "digits": (),
    "cost": (),
    "ideas": (),
}
ENTRY = Wholes(
    (Whole(0, DEEP - 1),) * 2,
    f"two whole numbers from 0 to {DEEP - 1}: the row and the column of an entry of V",
)


@dataclass(frozen=True, slots=True)
class Sequence(State):
    """units, length, inputs: of the layer that is drawn, inputs at each step.

    radius: the spectral radius of a larger one's V, whose gradient is followed over `far` steps; entry: the one of V
    that is taken apart. tab: the chosen one; "" where none has been.
    """

    units: Annotated[int, Whole(1, 4)] = 3
    length: Annotated[int, Whole(2, 8)] = 5
    inputs: Annotated[int, Whole(1, 3), Named("step_inputs")] = 2
    radius: Annotated[float, Real(0.1, 1.6)] = 0.8
    far: Annotated[int, Whole(2, 64)] = 24
    entry: Annotated[tuple[int, int], ENTRY] = (0, 0)
    seed: Annotated[Seed, Named("sequence_seed")] = 0
    tab: Annotated[str, TabName((*TABS,)), Named("sequence_tab")] = ""


@dataclass(frozen=True, slots=True)
class DigitClassifier(State):
    """The recurrent layers that learn to classify digits row by row: their units, and how they are trained."""

    units: Annotated[int, Whole(2, 64), Named("readers")] = 16
    examples: Annotated[Examples, Named("reading_digits")] = 600
    rate: Annotated[Rate, Named("reading_rate")] = 0.01
    epochs: Annotated[Epochs, Named("reading_epochs")] = 40
    seed: Annotated[Seed, Named("reading_seed")] = 0
    pace: Annotated[Pace, Named("reading_pace")] = "fast"


@dataclass(frozen=True, slots=True)
class RunningSum(State):
    """The recurrent layers that learn to add the numbers of a sequence. steps: T, in training."""

    steps: Annotated[int, Whole(2, 12), Named("sum_steps")] = 8
    seed: Annotated[Seed, Named("sum_seed")] = 0


def shown(own: Sequence, digits: DigitClassifier, longer: RunningSum) -> str:
    """The tab that is shown: the chosen one, or else the one to which a link without a tab belongs."""
    about = {"digits": digits != DigitClassifier(), "longer": longer != RunningSum()}
    return own.tab or tab_of(own, TABS) or next((tab for tab, found in about.items() if found), next(iter(TABS)))
