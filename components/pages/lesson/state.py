"""Where one is in the lesson."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from components.state.fields import Whole
from components.state.link import State


@dataclass(frozen=True, slots=True)
class Lesson(State):
    """step: counted from 1."""

    survives_lesson: ClassVar[bool] = True

    step: Annotated[int, Whole(1, 14)] = 1
