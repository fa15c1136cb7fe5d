"""Ten thousand links, drawn at random, opened as pages: none may end in an exception, or in a warning of NumPy's.

A third of the links set everything, a third a few things (so that most of the page can be shown), and a third a few
things of which one is hostile. A link that fails is printed; `opened` with its page and seed opens it again.
"""

import os
import warnings
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from itertools import starmap
from multiprocessing import get_context
from time import perf_counter
from typing import NamedTuple, cast

import numpy as np

from components.state.fields import (
    DEEP,
    EPOCHS,
    EXAMPLES,
    FAR,
    HIDDEN,
    LENGTH,
    RADIUS,
    RATES,
    READERS,
    SEEDS,
    STEP_INPUTS,
)
from components.state.link import (
    Adaptive,
    AnyState,
    Channels,
    Compare,
    Explore,
    Lesson,
    Net,
    Quiz,
    Sequence,
    Show,
    Train,
)
from components.state.link import to_query as texts
from tests.benchmarks.tables import table
from tests.components.state.test_link import HOSTILE_TEXT, Page, random_state
from tests.support.visitor import Visitor

KINDS: dict[str, tuple[type[AnyState], ...]] = {
    "explore": (Explore, Show),
    "lesson": (Lesson, Explore, Compare, Channels, Adaptive, Train, Net, Sequence),
    "compare": (Explore, Compare, Show),
    "channels": (Explore, Channels, Adaptive),
    "train": (Explore, Train, Show),
    "network": (Explore, Net),
    "sequence": (Sequence, Explore),
    "quiz": (Quiz, Explore, Show),
}
MANY = {  # links a page, ten thousand in all: fewer where a page takes long
    "explore": 1200, "lesson": 1500, "compare": 600, "channels": 1800, "train": 1300, "network": 2000,
    "sequence": 800, "quiz": 800,
}  # fmt: skip
WAYS = 3
FEW = 4
LONGEST = 4000  # characters of a hostile value: no server takes a much longer link
HOSTILE = [text[:LONGEST] for text in HOSTILE_TEXT if text.isprintable() or text.isascii()]  # a URL holds no surrogates


class Opened(NamedTuple):
    """How a page took a link."""

    path: str
    seed: int
    seconds: float
    trouble: str


def link(path: str, seed: int) -> dict[str, str]:
    """The parameters of link number `seed` of this page."""
    rng = np.random.default_rng([path.encode()[0], len(path), seed])
    query: dict[str, str] = {}
    for kind in KINDS[path]:
        query |= _sequence(rng) if kind is Sequence else texts(random_state(cast(Page, kind), seed))
    if seed % WAYS == 0 or len(query) <= FEW:
        return query
    few = {str(name): query[name] for name in rng.permutation(sorted(query))[: rng.integers(1, FEW + 1)]}
    if seed % WAYS == 2:
        few[str(rng.choice(list(few)))] = HOSTILE[rng.integers(len(HOSTILE))]
    return few


def _sequence(rng: np.random.Generator) -> dict[str, str]:
    """The parameters of the Sequence page, each anywhere in its range and often at a bound."""
    whole = {
        "units": HIDDEN, "length": LENGTH, "step_inputs": STEP_INPUTS, "far": FAR, "sequence_seed": SEEDS,
        "readers": READERS, "reading_digits": EXAMPLES, "reading_epochs": EPOCHS, "reading_seed": SEEDS,
    }  # fmt: skip
    query = {
        name: str([low, high, rng.integers(low, high + 1)][rng.integers(3)]) for name, (low, high) in whole.items()
    }
    for name, (low, high) in {"radius": RADIUS, "reading_rate": RATES}.items():
        query[name] = str([low, high, rng.uniform(low, high)][rng.integers(3)])
    row, column = rng.integers(0, DEEP, 2).tolist()
    return query | {"entry": f"{row},{column}", "reading_pace": str(rng.choice(["step", "fast"]))}


def opened(path: str, seed: int) -> Opened:
    """Open the page by this link, as a browser would; what went wrong, if anything did."""
    page = type("Page", (Visitor,), {"path": path})
    begin = perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        at = page(**link(path, seed)).at
    trouble = "; ".join(f"{found.message} {' '.join(found.stack_trace[-3:])}" for found in at.exception)
    return Opened(path, seed, perf_counter() - begin, trouble)


def run() -> None:
    links = [(path, seed) for path, many in MANY.items() for seed in range(many)]
    begin = perf_counter()
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        found = list(pool.map(_each, (links[n : n + 50] for n in range(0, len(links), 50))))
    _report([one for some in found for one in some], perf_counter() - begin)


def _each(links: list[tuple[str, int]]) -> list[Opened]:
    return list(starmap(opened, links))


def _report(found: list[Opened], seconds: float) -> None:
    pages: dict[str, list[Opened]] = defaultdict(list)
    for one in found:
        pages[one.path].append(one)
    rows = []
    for path, some in pages.items():
        slowest, times = max(some, key=lambda one: one.seconds), [1e3 * one.seconds for one in some]
        failed = sum(bool(one.trouble) for one in some)
        rows.append(
            [path, str(len(some)), f"{np.median(times):.0f}", f"{max(times):.0f} (seed {slowest.seed})", str(failed)]
        )
    pace = f"{len(found) / seconds:.1f} states/s on {os.cpu_count()} cores"
    table(f"{len(found):,} random links, {pace}", ["page", "links", "ms, median", "slowest", "failed"], rows)
    for one in found:
        if one.trouble:
            print(f"  {one.path}, seed {one.seed}: {link(one.path, one.seed)}\n    {one.trouble}")
