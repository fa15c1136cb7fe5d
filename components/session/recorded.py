"""Recorded runs: what a page shows on arrival, made by `python -m tests.record` and kept as files in assets/recorded.

A record is a frozen dataclass; in a file it is plain JSON, which the record's own types read back. A run shows its
recording while its settings are the recorded ones and nothing has been started.
"""

import base64
import json
import zlib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from types import NoneType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

T = TypeVar("T")
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "recorded"


@dataclass(frozen=True, slots=True, eq=False)
class Recorded(Generic[T]):
    """The records of a whole run.

    date: in full, when it was made. seed: its random seed; None where it has none. machine: on which one, where that
    makes the numbers what they are.
    """

    records: tuple[T, ...]
    date: str
    seed: int | None
    machine: str = ""

    @property
    def told(self) -> str:
        """Where the records come from."""
        if self.machine:
            return f"Recorded on {self.date} with {self.machine}"
        seeds = sorted({record.seed for record in self.records if hasattr(record, "seed")})
        if len(seeds) > 1:
            return f"Recorded on {self.date}, seeds {seeds[0]}–{seeds[-1]}"
        return f"Recorded on {self.date}" + ("" if self.seed is None else f", seed {self.seed}")


def recorded(name: str, key: Hashable, record: type[T]) -> Recorded[T] | None:
    """The recording of the run of this name with this key; None where there is none. The same for every visitor."""
    file = _files().get((name, repr(key)))
    return _read(file, record) if file else None  # type: ignore[arg-type]  # mypy finds no hash in type[T]


@lru_cache(maxsize=1)
def _files() -> dict[tuple[str, str], Path]:
    """Every recording by name and key."""
    found = {}
    for file in sorted(FOLDER.glob("*.json")):
        head = json.loads(file.read_text("utf-8"))
        found[head["name"], head["key"]] = file
    return found


@lru_cache(maxsize=64)
def _read(file: Path, record: type[T]) -> Recorded[T]:
    data = json.loads(file.read_text("utf-8"))
    return Recorded(
        tuple(decoded(record, one) for one in data["records"]), data["date"], data["seed"], data.get("machine", "")
    )


def encoded(value: object) -> Any:  # noqa: ANN401  # JSON
    """A record, or a part of one, as JSON. Raises TypeError for what it cannot hold.

    >>> encoded((1, np.array([0.5], np.float32)))
    [1, {'dtype': 'float32', 'shape': [1], 'data': 'eJxjYGiwBwABPwC/'}]
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encoded(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return [[encoded(key), encoded(one)] for key, one in value.items()]
    if isinstance(value, tuple | list):
        return [encoded(one) for one in value]
    if isinstance(value, np.ndarray) and value.dtype != object:
        packed = base64.b64encode(zlib.compress(value.tobytes(), 9)).decode()
        return {"dtype": str(value.dtype), "shape": list(value.shape), "data": packed}
    if value is None or type(value) in (bool, int, float, str):
        return value
    raise TypeError(f"a recording cannot hold a {type(value).__name__}: {value!r}")


def decoded(kind: Any, data: Any) -> Any:  # noqa: ANN401  # whatever the type says
    """What `encoded` made JSON of; `kind` is its type. Arrays cannot be written to: every visitor has the same."""
    origin, parts = get_origin(kind), get_args(kind)
    if NoneType in parts:
        return None if data is None else decoded(next(part for part in parts if part is not NoneType), data)
    if is_dataclass(kind):
        types = get_type_hints(kind)
        return kind(**{name: decoded(types[name], one) for name, one in data.items()})  # type: ignore[operator]
    if isinstance(data, dict):  # an array: from NumPy 2.5 on, NDArray's origin is an alias on newer Pythons
        return np.frombuffer(zlib.decompress(base64.b64decode(data["data"])), data["dtype"]).reshape(data["shape"])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {decoded(parts[0], key): decoded(parts[1], one) for key, one in data}
    if origin is tuple:
        return tuple(decoded(part, one) for part, one in zip(_each(parts, len(data)), data, strict=True))
    return data


def _each(parts: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """The type of every part of a tuple of so many."""
    return parts[:1] * count if parts[-1] is Ellipsis else parts
