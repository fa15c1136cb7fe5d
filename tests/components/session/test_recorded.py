"""Recordings are read back as they were written, belong to the pages' default settings, and come out again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from components.session.recorded import FOLDER, Recorded, decoded, encoded, recorded
from kernels.layer.spec import Array
from tests.record import Default, defaults
from tests.support.work import alike

DEFAULTS = defaults()
each = pytest.mark.parametrize("default", DEFAULTS, ids=lambda default: default.file)
MOST = 500_000  # bytes of all of them
SLOWER = 30  # times: what a product may take on another machine, or on a busy one


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    name: str
    at: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """Every kind of field that a record may have."""

    number: int
    shares: tuple[float, ...]
    parts: Mapping[str, Part]
    weights: Array | None
    other: Array | None = None


def of(default: Default) -> Recorded[Any]:
    found: Recorded[Any] | None = recorded(default.name, default.key, default.record)
    assert found, f"run `python -m tests.record {default.file}`"
    return found


def leaves(value: Any) -> Iterator[Any]:  # noqa: ANN401  # a record or a part of one
    """Every number and text of a record, in order; of an array, which rounding may move anywhere, shape and size."""
    if is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    elif isinstance(value, Mapping):
        value = [*value.items()]
    elif isinstance(value, np.ndarray):
        value = (*value.shape, float(np.nanmean(np.abs(value))))
    if isinstance(value, list | tuple):
        for one in value:
            yield from leaves(one)
    else:
        yield value


def test_a_record_is_read_back_as_it_was_written() -> None:
    weights = np.arange(6, dtype=np.float32).reshape(2, 3)
    record = Record(3, (0.1, float("nan")), {"a": Part("first", (1, 2))}, weights)
    found = decoded(Record, encoded(record))
    assert alike(found, record)
    assert not found.weights.flags.writeable


def test_an_array_is_read_back_whatever_its_type_is_called() -> None:
    """From NumPy 2.5 on, `NDArray` has another origin on Python 3.12 and later."""
    assert np.array_equal(decoded(object, encoded(np.eye(2))), np.eye(2))


def test_what_a_recording_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot hold a set"):
        encoded({1})
    with pytest.raises(TypeError, match="cannot hold a float64"):
        encoded(np.float64(1))


def test_every_file_is_of_a_run_and_all_together_are_small() -> None:
    files = [*FOLDER.iterdir()]
    assert {file.stem for file in files} == {default.file for default in DEFAULTS}
    assert sum(file.stat().st_size for file in files) < MOST


@each
def test_there_is_a_recording_of_the_default_settings(default: Default) -> None:
    assert of(default).records
    assert recorded(default.name, (default.key, "other"), default.record) is None


@pytest.mark.long
@pytest.mark.timeout(1500)  # seconds: the longest takes two minutes of a core, which the browser's tests take first
@each
def test_the_run_comes_out_as_recorded(default: Default) -> None:
    made = [*default.records()]
    if default.timed:
        for one, other in zip(made, of(default).records, strict=True):
            assert (one.method, one.side) == (other.method, other.side)
            assert other.typical / SLOWER < one.typical < other.typical * SLOWER
        return
    found, wanted = ([*leaves(records)] for records in (made, of(default).records))
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        spread = default.spread if isinstance(other, float) else 0
        assert one == (pytest.approx(other, spread, spread, nan_ok=True) if spread else other)
