"""What the Quiz page sets."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from components.state.fields import Named, OneOf, Seed
from components.state.link import State

Level = Literal["easy", "medium", "hard"]


@dataclass(frozen=True, slots=True)
class Quiz(State):
    """A quiz is its seed and its level."""

    seed: Annotated[Seed, Named("quiz_seed")] = 0
    level: Annotated[Level, OneOf(get_args(Level))] = "easy"
