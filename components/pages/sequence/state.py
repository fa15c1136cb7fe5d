"""What the Sequence page sets: weights shared through time."""

from dataclasses import dataclass
from typing import Annotated

from components.state.fields import Named, Real, Seed, Whole, Wholes
from components.state.link import State
from components.state.training import Epochs, Examples, Pace, Rate

DEEP = 8  # units of the layer whose gradient is followed
ENTRY = Wholes(
    (Whole(0, DEEP - 1),) * 2,
    f"two whole numbers from 0 to {DEEP - 1}: the row and the column of an entry of V",
)


@dataclass(frozen=True, slots=True)
class Sequence(State):
    """units, length, inputs: of the layer that is drawn, inputs at each step.

    radius: the spectral radius of a larger one's V, whose gradient is followed over `far` steps; entry: the one of V
    that is taken apart.
    """

    units: Annotated[int, Whole(1, 4)] = 3
    length: Annotated[int, Whole(2, 8)] = 5
    inputs: Annotated[int, Whole(1, 3), Named("step_inputs")] = 2
    radius: Annotated[float, Real(0.1, 1.6)] = 0.8
    far: Annotated[int, Whole(2, 64)] = 24
    entry: Annotated[tuple[int, int], ENTRY] = (0, 0)
    seed: Annotated[Seed, Named("sequence_seed")] = 0


@dataclass(frozen=True, slots=True)
class DigitClassifier(State):
    """The recurrent layers that learn to classify digits row by row: their units, and how they are trained."""

    units: Annotated[int, Whole(2, 64), Named("readers")] = 16
    examples: Annotated[Examples, Named("reading_digits")] = 600
    rate: Annotated[Rate, Named("reading_rate")] = 0.01
    epochs: Annotated[Epochs, Named("reading_epochs")] = 40
    seed: Annotated[Seed, Named("reading_seed")] = 0
    pace: Annotated[Pace, Named("reading_pace")] = "fast"
