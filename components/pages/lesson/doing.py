"""What a step asks its reader to do, and whether it has been done. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from components.state.link import State


@dataclass(frozen=True, slots=True)
class Reader:
    """What is set, by the states' classes, and the acts the reader has done in this step."""

    states: Mapping[type[State], State]
    acts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Did:
    """All of these acts, of which the step's view tells."""

    acts: tuple[str, ...]

    def __call__(self, before: Reader, after: Reader) -> bool:
        return set(self.acts) <= after.acts - before.acts


@dataclass(frozen=True, slots=True)
class Changed:
    """One of these fields of a state."""

    acts: ClassVar[tuple[str, ...]] = ()

    kind: type[State]
    fields: tuple[str, ...]

    def __call__(self, before: Reader, after: Reader) -> bool:
        one, other = before.states[self.kind], after.states[self.kind]
        return any(getattr(one, field) != getattr(other, field) for field in self.fields)
