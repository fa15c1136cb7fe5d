"""The fields that the settings of every training run share."""

from typing import Annotated, Literal, TypeAlias, get_args

from components.state.fields import OneOf, Real, Whole

Speed = Literal["step", "fast"]
Examples: TypeAlias = Annotated[int, Whole(10, 1000)]  # digits to train with
Rate: TypeAlias = Annotated[float, Real(1e-4, 10.0)]
Epochs: TypeAlias = Annotated[int, Whole(1, 100)]
Pace: TypeAlias = Annotated[Speed, OneOf(get_args(Speed))]  # one epoch a tick, or as many as there is time for
