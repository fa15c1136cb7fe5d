"""Undo and redo of one value, as it is seen from run to run. Pure."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 50  # values that are kept


@dataclass(slots=True)
class History(Generic[T]):
    """past, future: the values before and after the present one, the nearest last."""

    past: list[T] = field(default_factory=list)
    present: list[T] = field(default_factory=list)  # none, or one
    future: list[T] = field(default_factory=list)

    def note(self, value: T) -> None:
        """The value now. One that is new goes to the end: what had been undone cannot be done again."""
        if self.present == [value]:
            return
        self.past = [*self.past, *self.present][-MOST:]
        self.present, self.future = [value], []

    def back(self) -> T:
        """One step back, as far as there are any."""
        if self.past:
            self.future.append(self.present[0])
            self.present = [self.past.pop()]
        return self.present[0]

    def forth(self) -> T:
        if self.future:
            self.past.append(self.present[0])
            self.present = [self.future.pop()]
        return self.present[0]
