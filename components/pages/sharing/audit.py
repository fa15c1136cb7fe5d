"""Which tensors of a pasted list are tied, and how many parameters there are: once each, and layer by layer. Pure.

A line is `name shape storage`. What is pasted is hostile text: it is bounded, read strictly, and shown as text only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import Any

from components.display import words
from components.state.fields import SHOWN
from kernels.sharing.published import language_model
from kernels.sharing.reused import Tensor, layer_by_layer, parameters

LONGEST = 200_000  # characters of a list
LINES = 2_000
SIDES, LARGEST_SIDE = 8, 10**9  # of a tensor
LARGEST = 10**15  # numbers in a tensor
NAMED = 3  # tied names in a sentence
COLUMNS = ("name", "shape", "storage")
NAME = r"[!-~]{1,200}"
SHAPE = r"[0-9]{1,20}(?:[x×][0-9]{1,20})*"
STORAGE = r"[0-9A-Za-z_.:-]{1,200}"
SNIPPET = """\
for name, p in model.named_parameters(remove_duplicate=False):
    print(name, "x".join(map(str, p.shape)) or "1", p.data_ptr())
"""
NUMBERS = ("numbers in it", "counted")


def bounded(text: object) -> str:
    """The text, if it is one that is kept. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError("the list must be text")
    if len(text) > LONGEST:
        raise ValueError(f"the list has {len(text):,} characters: paste at most {LONGEST:,}, in parts if need be")
    return text


def parsed(text: object) -> tuple[Tensor, ...]:
    """The tensors of a pasted list, one per line; empty lines are skipped.

    Raises ValueError, which names the line, what stands there and what to do.
    """
    lines = [(n, line.split()) for n, line in enumerate(bounded(text).split("\n"), start=1) if line.strip()]
    if not lines:
        raise ValueError("the list is empty: paste what the snippet prints, one line per tensor")
    if len(lines) > LINES:
        raise ValueError(f"the list has {len(lines):,} lines: paste at most {LINES:,}, in parts if need be")
    tensors = tuple(_tensor(n, parts) for n, parts in lines)
    seen: dict[str, int] = {}
    for (n, _), tensor in zip(lines, tensors, strict=True):
        if (first := seen.setdefault(tensor.name, n)) != n:
            raise ValueError(f"line {n} has the name of line {first}, {_shown(tensor.name)}: list each tensor once")
    return tensors


def _tensor(n: int, parts: list[str]) -> Tensor:
    if len(parts) != len(COLUMNS):
        raise ValueError(
            f"line {n} has {words.plural(len(parts), 'part')}, {_shown(' '.join(parts))}: write name, shape and "
            "storage, separated by spaces"
        )
    name, shape, storage = parts
    if not re.fullmatch(NAME, name):
        raise ValueError(f"line {n} has the name {_shown(name)}: use 1 to 200 letters, digits and signs of ASCII")
    sides = tuple(map(int, re.split("[x×]", shape))) if re.fullmatch(SHAPE, shape) else ()
    if not sides or len(sides) > SIDES or not all(1 <= side <= LARGEST_SIDE for side in sides):
        raise ValueError(
            f"line {n} has the shape {_shown(shape)}: write 1 to {SIDES} whole numbers from 1 to {LARGEST_SIDE:,} "
            "joined by x, such as 64x3x3"
        )
    if prod(sides) > LARGEST:
        raise ValueError(f"line {n} has the shape {_shown(shape)}: a tensor may have at most {LARGEST:,} numbers")
    if not re.fullmatch(STORAGE, storage):
        raise ValueError(
            f"line {n} has the storage {_shown(storage)}: write an address or a word of letters, digits, _ . : and -"
        )
    if storage == "0":
        raise ValueError(
            f"line {n} has the storage 0, which is nowhere: a model on the meta device has no storage; load it first"
        )
    return Tensor(name, sides, storage)


def _shown(value: str) -> str:
    """A refused value, shortened; a letter that cannot be seen, or turns the others round, is replaced."""
    seen = "".join(letter if letter.isprintable() else "\ufffd" for letter in value[:SHOWN])
    return f"“{seen}{'…' if len(value) > SHOWN else ''}”"


def listing(tensors: Iterable[Tensor]) -> str:
    """The list that `parsed` reads.

    >>> print(listing([Tensor("a", (2, 3), "0x1")]))
    a 2x3 0x1
    """
    return "\n".join(f"{one.name} {'x'.join(map(str, one.shape)) or '1'} {one.storage}" for one in tensors)


EXAMPLE = listing(language_model(tied=True))


@dataclass(frozen=True, slots=True)
class Audit:
    """Tensors in the order of the list, and what they come to. groups: those that lie on one storage."""

    tensors: tuple[Tensor, ...]

    @property
    def true(self) -> int:
        return parameters(self.tensors)

    @property
    def added_up(self) -> int:
        return layer_by_layer(self.tensors)

    @property
    def groups(self) -> list[list[Tensor]]:
        by: dict[str, list[Tensor]] = {}
        for tensor in self.tensors:
            by.setdefault(tensor.storage, []).append(tensor)
        return [group for group in by.values() if len(group) > 1]

    def counted(self) -> list[int]:
        """What each tensor adds to the number of parameters: of a group the largest, the first of those, counts."""
        largest: dict[str, int] = {}
        for n, one in enumerate(self.tensors):
            known = largest.setdefault(one.storage, n)
            if prod(one.shape) > prod(self.tensors[known].shape):
                largest[one.storage] = n
        return [prod(one.shape) if largest[one.storage] == n else 0 for n, one in enumerate(self.tensors)]


def sentence(found: Audit) -> str:
    """What is tied, and both counts, in Markdown; names are escaped."""
    count = words.plural(found.true, "free parameter")
    if not found.groups:
        return (
            f"**{count}.** No two of these {words.plural(len(found.tensors), 'tensor')} share a storage: none is tied."
        )
    group = found.groups[0]
    names = [words.markdown_escaped(one.name) for one in group[:NAMED]]
    more = f" and {words.amount(len(group) - NAMED)} more" if len(group) > NAMED else ""
    counted = max(group, key=lambda one: prod(one.shape))
    others = len(found.groups) - 1
    also = f"; {words.plural(others, 'other storage is', 'other storages are')} shared too" if others else ""
    return (
        f"**{count}**, each storage counted once; adding up layer by layer gives {words.amount(found.added_up)}. "
        f"Tied: {', '.join(names)}{more} ({words.shape(counted.shape)}){also}."
    )


def table(found: Audit) -> dict[str, list[Any]]:
    """What each tensor adds, column by column, tied ones first; those name the tensor that is counted for them."""
    rows = [*zip(found.tensors, found.counted(), strict=True)]
    counted = {one.storage: one.name for one, adds in rows if adds}
    shared = {group[0].storage for group in found.groups}
    rows.sort(key=lambda row: row[0].storage not in shared)
    return {
        "name": [one.name for one, _ in rows],
        "tied to": ["" if adds else counted[one.storage] for one, adds in rows],
        "shape": [words.shape(one.shape) for one, _ in rows],
        NUMBERS[0]: [prod(one.shape) for one, _ in rows],
        NUMBERS[1]: [adds for _, adds in rows],
    }
