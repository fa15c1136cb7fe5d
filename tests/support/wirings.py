"""What a wiring holds, as plain lists: for every test that compares one with connections written down by loops."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from kernels import Wiring


def edges_of(wires: Wiring) -> list[tuple[int, int, int]]:
    """(target, source, parameter) of every connection."""
    return list(zip(wires.targets.tolist(), wires.sources.tolist(), wires.ids.tolist(), strict=True))


def tied_cells(edges: Iterable[tuple[int, int, Any]]) -> Counter[frozenset[tuple[int, int]]]:
    """The cells each free parameter sits on, without its name: equal for two wirings that differ only in numbering."""
    cells: dict[Any, set[tuple[int, int]]] = defaultdict(set)
    for target, source, name in edges:
        cells[name].add((target, source))
    return Counter(frozenset(found) for found in cells.values())
