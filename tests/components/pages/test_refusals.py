"""What a visitor is refused with is a sentence in words of the field: no name of an argument, no Python."""

import re
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from components.display import words
from components.display.layer import layer_of
from components.pages.adaptive import filters
from components.pages.adaptive.state import Adaptive
from components.pages.channels import layer as channels
from components.pages.channels.state import Channels
from components.pages.compare.small import small_state
from components.pages.train import teacher
from components.pages.train.state import Train
from components.state.link import edited
from components.state.setup import Setup
from kernels import SpecError
from kernels.layer.spec import PADDING_MODES
from kernels.learning.recurrent import Recurrent
from kernels.networks.description import parse
from kernels.networks.plan import plan
from tests.support.networks import WORDS
from tests.support.visitor import as_read

CODE = re.compile(r"\w_\w|\btheta\b|\b[a-z]+=|\bNone\b|<=|>=|[\[\]{}]|\(\d+,|\w'\w+\(")
MOST = {"members": 16, "lags": 32, "trials": 50}
SIZES = (8, 8), (9, 30), (40, 8)


def setups() -> Iterator[Setup]:
    rng = np.random.default_rng(7)
    for _ in range(300):
        K, L = rng.integers(1, 16, 2)
        padding = rng.choice(["valid", "same", "full", "3", "64"])
        yield edited(
            Setup(),
            kernel=rng.integers(-3, 4, (K, L)).tolist(),
            padding=str(padding) if not padding.isdigit() else int(padding),
            mode=str(rng.choice(PADDING_MODES)),
            dilation=int(rng.integers(1, 9)),
            stride=int(rng.integers(1, 17)),
        )


def networks() -> Iterator[str]:
    """Words in any order, most of which do not fit, and texts that are no networks at all."""
    rng = np.random.default_rng(8)
    odd = ("conv 5 3 groups=3", "max 9", "table 0/9 2", "conv 2 3 padding=9 mode=reflect", "shortcut", "add", "split")
    for _ in range(200):
        yield ", ".join(rng.choice([*WORDS, *odd], rng.integers(1, 7)))
    yield from ("conv", "conv x", "conv 2 3 3 3 3", "conv 2 3 colour=1", "conv 2 3 bias=0 bias=1", "pool 2", "max 0")


def attempts() -> Iterator[Callable[[], object]]:
    """What a visitor's settings are used for, each of which may be refused."""
    pictures, many = edited(Adaptive(), experiment="pictures"), edited(Adaptive(), experiment="mimo", **MOST)
    untied = Recurrent(4, tied=False)
    theta = untied.init(np.random.default_rng(0), (1, 8, 3))
    for state in setups():
        for size in SIZES:
            yield partial(layer_of, state, size)
            yield partial(channels.layer, state, Channels(), (3, *size))
            yield partial(small_state, state, size)
            yield partial(filters.system_of, pictures, state, np.ones(size))
        yield partial(teacher.teacher, Train(), state)
    for text in networks():
        yield partial(_network, text)
    yield partial(filters.system_of, many, Setup(), np.ones((9, 9)))
    yield lambda: untied.apply(theta, np.zeros((1, 1, 9, 3)))


def _network(text: str) -> object:
    return plan(parse(text), (3, 8, 9)).network


def refusal(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except SpecError as error:
        return re.sub(r"\d+", "8", str(error))
    return ""


def test_no_refusal_names_the_code() -> None:
    told = {refusal(attempt) for attempt in attempts()} - {""}
    assert len(told) > 20
    assert {text for text in told if CODE.search(text)} == set()


def test_a_refusal_becomes_a_sentence() -> None:
    assert as_read(words.sentence("a kernel of 9 rows is 1.5 too large")) == "A kernel of 9 rows is 1.5 too large."
    assert as_read(words.sentence("Done.")) == "Done."
