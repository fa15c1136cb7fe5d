"""A quiz: eight questions drawn from a seed, each answered by the engine. Pure."""

from itertools import repeat

import numpy as np

from components.pages.quiz.counting import connections, growth, parameters, recurrent
from components.pages.quiz.gradient import gradient
from components.pages.quiz.misconceptions import bias, depthwise, equivariance, sparse, translation, transposed
from components.pages.quiz.pictures import affected, effect, matrix
from components.pages.quiz.question import CHOICES, LEVELS, Maker, Question, Rng
from components.pages.quiz.reused import reused
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
    "reused": reused,
    "bias": bias,
    "equivariance": equivariance,
    "translation": translation,
    "sparse": sparse,
    "depthwise": depthwise,
    "transposed": transposed,
}
TITLES = {
    "matrix": "Which matrix?",
    "affected": "What changes?",
    "effect": "What does the kernel do?",
    "parameters": "How many weights?",
    "output": "How large is the output?",
    "field": "How large is the receptive field?",
    "connections": "How many connections?",
    "recurrent": "Weights across time",
    "growth": "A larger picture",
    "gradient": "The gradient of a shared weight",
    "reused": "Weights across layers",
    "bias": "Where is the bias?",
    "equivariance": "The picture moves",
    "translation": "A translated row",
    "sparse": "Untied weights",
    "depthwise": "Depthwise and pointwise",
    "transposed": "There and back",
}
# Eight questions for seventeen kinds: the places are taken in turns, so that three seeds in a row have all.
PLACES_OF = (
    ("matrix", "sparse"), ("affected", "equivariance"), ("effect", "transposed"), ("parameters", "bias"),
    ("output", "field"), ("connections", "recurrent"), ("growth", "translation", "reused"), ("gradient", "depthwise"),
)  # fmt: skip


def questions(seed: int, level: Level) -> tuple[Question, ...]:
    """Eight questions of eight kinds, the same for the same seed (>= 0) and level."""
    kinds = [turns[seed % len(turns)] for turns in PLACES_OF]
    rngs = [np.random.default_rng([seed, LEVELS.index(level), place]) for place in range(len(kinds))]
    return tuple(_drawn(kind, rng, level) for kind, rng in zip(kinds, rngs, strict=True))


def _drawn(kind: str, rng: Rng, level: Level) -> Question:
    """A question whose mistakes give different answers; where two of them coincide, another one is drawn."""
    return next(found for found in (KINDS[kind](rng, level) for _ in repeat(None)) if len(found.choices) == CHOICES)
