"""Work in slices, in one go and with as many interruptions as there can be."""

import pickle
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np

from components.session.pool import Pool
from components.session.runs import Work

T = TypeVar("T")


def records_of(steps: Iterable[tuple[T | None, Any]]) -> list[T]:
    """The records of work that is never interrupted."""
    return [record for record, _ in steps if record is not None]


def interrupted(work: Work[T]) -> list[T]:
    """The records of work that is begun anew after every step, from where it stood, as another process has it."""
    records, after = [], None
    while step := next((step for step in work(after) if after is None or step[1] is not after), None):
        record, after = pickle.loads(pickle.dumps(step))  # noqa: S301
        if record is not None:
            records.append(record)
    return records


def alike(found: Any, wanted: Any) -> bool:  # noqa: ANN401  # records of any kind
    """Whether both are equal to the last bit."""
    return bool(_plain(found) == _plain(wanted))


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Mapping):
        return [(_plain(key), _plain(held)) for key, held in value.items()]
    if isinstance(value, (list, tuple)):
        return [_plain(held) for held in value]
    return repr(value)


class Busy(Pool):
    """A pool whose workers do a task when the test says so."""

    def __init__(self) -> None:
        super().__init__(1)
        self.tasks: list[tuple[Callable[[], Any], Future[Any]]] = []

    def submit(
        self,
        _who: object,
        call: Callable[[], Any],
        _seconds: float = 0,
        *,
        first: bool = False,  # noqa: ARG002  # by name
    ) -> "Future[Any]":
        self.tasks.append((call, Future()))
        return self.tasks[-1][1]

    def soon(self, who: object, call: Callable[[], Any], seconds: float = 0, _wall: float = 0) -> "Future[Any]":
        return self.submit(who, call, seconds)

    def ahead(self, _who: object) -> int:
        return 2

    def work(self) -> None:
        for call, future in self.tasks:
            if future.set_running_or_notify_cancel():
                future.set_result(call())
        self.tasks.clear()
