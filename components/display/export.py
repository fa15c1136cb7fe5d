"""What can be taken away from a page: files, each made only when it is asked for. Pure."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from io import StringIO
from typing import Any

from kernels.layer.wiring import Wiring

CSV, PNG, SVG = "text/csv", "image/png", "image/svg+xml"


@dataclass(frozen=True, slots=True)
class Export:
    """A file on offer. refused: why it is not offered here, and what to change; then it is not made.

    bare: it is saved under its name alone, because other files call it that.
    """

    name: str
    label: str
    mime: str
    note: str
    make: Callable[[], bytes]
    refused: str = ""
    bare: bool = False

    @property
    def file(self) -> str:
        """The name under which it is saved."""
        return self.name if self.bare else f"weight-loom-{self.name}"


def csv_bytes(*lines: Iterable[object]) -> bytes:
    """Comma-separated lines; floats in the shortest form that reads back exactly."""
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()


def records_csv(kind: type, records: Sequence[Any]) -> bytes:
    """The records of a run, a line each, by the names of their fields. kind: their dataclass."""
    return csv_bytes([field.name for field in fields(kind)], *map(astuple, records))


def columns_csv(columns: dict[str, list[Any]]) -> bytes:
    """A table that is kept column by column."""
    return csv_bytes(columns, *zip(*columns.values(), strict=True))


def connections_csv(wires: Wiring, **more: Sequence[object]) -> bytes:
    """The connections of W, a line each, counted from 0. more: further columns, by connection."""
    columns = {"target": wires.targets.tolist(), "source": wires.sources.tolist(), "id": wires.ids.tolist()}
    return columns_csv(columns | {name: list(values) for name, values in more.items()})
