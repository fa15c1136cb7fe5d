"""LeCun's five networks of 1989, trained again on our digits. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise, product

import numpy as np

from components.display import words
from components.display.cards import Card, Fact
from components.display.theme import ROLES
from components.state.setup import View
from kernels.images import digits
from kernels.learning.lecun1989 import NETS, SOURCE, links
from kernels.learning.linear import Wired
from kernels.learning.losses import squared_error
from kernels.learning.network import Network
from kernels.learning.training import Recipe, accuracy, fit

TRAIN, TEST = 320, 160
SEEDS = 5
RECIPE = Recipe(rate=0.005, epochs=60)


@dataclass(frozen=True, slots=True)
class Result:
    """One network, trained from one seed."""

    name: str
    seed: int
    accuracy: float


def experiment(seed: int, after: int | None = None) -> Iterator[tuple[Result, int]]:
    """Every network from SEEDS seeds, the digits drawn anew for each, with how many there are; a seed at a time."""
    order = product(range(seed * SEEDS, (seed + 1) * SEEDS), NETS)
    for done, (own, net) in islice(enumerate(order, 1), after or 0, None):
        train, test = (digits.enlarged(these) for these in digits.split(TRAIN, TEST, own))
        wanted = np.full((TRAIN, 10, 1, 1), -1, np.float32)
        wanted[np.arange(TRAIN), train.labels] = 1
        *_, last = fit(net.network, 2 * train.x - 1, wanted, squared_error, replace(RECIPE, seed=own))
        yield Result(net.name, own, accuracy(net.network, last.theta, 2 * test.x - 1, test.labels)), done


def as_cards(results: Sequence[Result]) -> list[Card]:
    """A card per network: computed counts, the published accuracy, ours."""
    found = []
    for net in NETS:
        mine = [result.accuracy for result in results if result.name == net.name]
        spread = f"{words.plural(len(mine), 'seed')}, from {min(mine):.0%} to {max(mine):.0%}" if mine else ""
        parameters, own = net.network.parts[-1].stop, links(net.network)
        facts = (
            Fact("connections", words.amount(own), f"published {net.links:,}", own == net.links),
            Fact("published accuracy", f"{100 * net.accuracy:.1f}%", "on other digits"),
            Fact("measured here", f"{100 * float(np.mean(mine)):.1f}%" if mine else "—", spread),
        )
        counted = f"{net.what}; published {net.parameters:,}"
        headline, colour = words.plural(parameters, "parameter"), ROLES[_role(net.network)]
        found.append(Card(net.name, headline, counted, (), facts, colour))
    return found


def _role(network: Network) -> View:
    """What shares most in it."""
    kinds = {layer.kind for layer in network.layers if isinstance(layer, Wired)}
    return "conv" if "conv" in kinds else "local" if "local" in kinds else "dense"


def sentence(results: Sequence[Result]) -> str:
    """That the data differ, and the result."""
    plain = (
        f"The published figures are for {TRAIN} training and {TEST} test digits of 1989, which are not available; ours "
        f"use {TRAIN} and {TEST} of the digits above, enlarged to 16 × 16. {SOURCE}."
    )
    found = {net.name: [r.accuracy for r in results if r.name == net.name] for net in NETS}
    if not all(found.values()):
        return plain
    order = sorted(found, key=lambda name: float(np.mean(found[name])))
    overlap = any(max(found[worse]) >= min(found[better]) for worse, better in pairwise(order))
    grain = f"{100 / TEST:.1f} points is one test digit" + (", and the ranges overlap" if overlap else "")
    return f"From worst to best here: {', '.join(order)}; {grain}. {plain}"
