"""Undo and redo of one value. Pure."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 50  # values that are kept


@dataclass(frozen=True, slots=True)
class History(Generic[T]):
    """past, future: the values before and after the present one, the nearest last."""

    present: T
    past: tuple[T, ...] = ()
    future: tuple[T, ...] = ()

    def noted(self, value: T) -> "History[T]":
        """With this value as the present one. A new value clears what could be redone."""
        if self.present == value:
            return self
        return History(value, (*self.past, self.present)[-MOST:])

    def undone(self) -> "History[T]":
        """One step back, if there is one."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (*self.future, self.present))

    def redone(self) -> "History[T]":
        if not self.future:
            return self
        return History(self.future[-1], (*self.past, self.present), self.future[:-1])
