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
from typing import NamedTuple

import numpy as np

from components.pages.adaptive.state import Adaptive
from components.pages.channels.state import Channels
from components.pages.compare.state import Compare
from components.pages.lesson.state import Lesson
from components.pages.network.state import Net
from components.pages.quiz.state import Quiz
from components.pages.sequence.state import DigitClassifier, RunningSum, Sequence
from components.pages.sharing.state import Clustering, Factorised, Reuse, Sharing
from components.pages.train.state import Train
from components.state.link import State, to_query
from components.state.setup import Setup
from components.state.show import Show
from tests.benchmarks.tables import table
from tests.support.hostile_values import TEXTS
from tests.support.states import random_state
from tests.support.visitor import Visitor, summary_of

KINDS: dict[str, tuple[type[State], ...]] = {
    "explore": (Setup, Show),
    "lesson": (Lesson, Setup, Compare, Channels, Train, Net, Sequence, Reuse),
    "compare": (Setup, Compare, Show),
    "channels": (Setup, Channels, Show),
    "adaptive": (Setup, Adaptive),
    "train": (Setup, Train, Show),
    "network": (Setup, Net),
    "sequence": (Sequence, DigitClassifier, RunningSum, Setup),
    "sharing": (Sharing, Clustering, Reuse, Factorised, Show),
    "quiz": (Quiz, Setup, Show),
}
MANY = {  # links a page, ten thousand in all: fewer where a page takes long
    "explore": 1200, "lesson": 1500, "compare": 600, "channels": 900, "adaptive": 900, "train": 1300, "network": 2000,
    "sequence": 800, "quiz": 400, "sharing": 400,
}  # fmt: skip
WAYS = 3
FEW = 4
LONGEST = 4000  # characters of a hostile value: no server takes a much longer link
HOSTILE = [text[:LONGEST] for text in TEXTS if text.isprintable() or text.isascii()]  # a URL holds no surrogates


class Opened(NamedTuple):
    """How a page took a link. summary: what it then says of itself."""

    path: str
    seed: int
    seconds: float
    trouble: str
    summary: tuple[str, ...]


def link(path: str, seed: int) -> dict[str, str]:
    """The parameters of link number `seed` of this page."""
    rng = np.random.default_rng([path.encode()[0], len(path), seed])
    query: dict[str, str] = {}
    for kind in KINDS[path]:
        query |= to_query(random_state(kind, seed))
    if seed % WAYS == 0 or len(query) <= FEW:
        return query
    few = {str(name): query[name] for name in rng.permutation(sorted(query))[: rng.integers(1, FEW + 1)]}
    if seed % WAYS == 2:
        few[str(rng.choice(list(few)))] = HOSTILE[rng.integers(len(HOSTILE))]
    return few


def opened(path: str, seed: int) -> Opened:
    """Open the page by this link, as a browser would; what went wrong, if anything did."""
    begin = perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        at = Visitor(path, **link(path, seed)).at
    trouble = "; ".join(f"{found.message} {' '.join(found.stack_trace[-3:])}" for found in at.exception)
    return Opened(path, seed, perf_counter() - begin, trouble, summary_of(at))


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
