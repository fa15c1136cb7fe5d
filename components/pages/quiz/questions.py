"""A quiz: eight questions drawn from a seed, each answered by the engine. Pure."""

from itertools import repeat

import numpy as np

from components.pages.quiz.counting import connections, growth, parameters, recurrent
from components.pages.quiz.gradient import gradient
from components.pages.quiz.pictures import affected, effect, matrix
from components.pages.quiz.question import CHOICES, LEVELS, Maker, Question, Rng
from components.pages.quiz.shapes import field, output
from components.pages.quiz.state import Level

KINDS: dict[str, Maker] = {
    "matrix": matrix,
    "affected": affected,
    "effect": effect,
    "parameters": parameters,
    "output": output,
    "field": field,
    "connections": connections,
    "recurrent": recurrent,
    "growth": growth,
    "gradient": gradient,
}
# Eight questions for ten kinds: two places are taken in turns, so that two seeds in a row have all.
PLACES_OF = (
    ("matrix",), ("affected",), ("effect",), ("parameters",), ("output", "field"), ("connections", "recurrent"),
    ("growth",), ("gradient",),
)  # fmt: skip


def questions(seed: int, level: Level) -> tuple[Question, ...]:
    """Eight questions of eight kinds, the same for the same seed (>= 0) and level."""
    kinds = [turns[seed % len(turns)] for turns in PLACES_OF]
    rngs = [np.random.default_rng([seed, LEVELS.index(level), place]) for place in range(len(kinds))]
    return tuple(_drawn(kind, rng, level) for kind, rng in zip(kinds, rngs, strict=True))


def _drawn(kind: str, rng: Rng, level: Level) -> Question:
    """A question whose mistakes give different answers; where two of them coincide, another one is drawn."""
    return next(found for found in (KINDS[kind](rng, level) for _ in repeat(None)) if len(found.choices) == CHOICES)
