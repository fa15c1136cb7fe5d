"""Where one is in the lesson."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from components.state.fields import Field, Whole
from components.state.link import State

NAMES = (
    *("wirings", "kernel", "sum", "scan", "colours", "matrix", "ratio", "flip", "locality", "feature", "channels"),
    *("digits", "growth", "network", "beyond"),
)
# What a link's number meant when the steps had numbers in links: 1 was the kernel, and the wirings came last.
NUMBERED = (*NAMES[1:14], NAMES[0])


@dataclass(frozen=True, slots=True)
class StepName(Field[str]):
    """The name of a step, or its number in an older link."""

    @property
    def accepts(self) -> str:
        return f"one of {', '.join(NAMES)}, or the number of one from 1 to {len(NUMBERED)}"

    def read(self, value: object) -> str:
        if isinstance(value, str) and value in NAMES:
            return value
        return NUMBERED[Whole(1, len(NUMBERED)).read(value) - 1]


@dataclass(frozen=True, slots=True)
class Lesson(State):
    """step: by name, so that a link outlives another order."""

    survives_lesson: ClassVar[bool] = True

    step: Annotated[str, StepName()] = NAMES[0]
