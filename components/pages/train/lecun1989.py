"""LeCun's five networks of 1989, trained again on our digits. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, pairwise, product

import numpy as np

from components.display import words
from components.display.cards import Card, Fact, Picture
from components.display.theme import ROLES
from components.pages.train import planes
from components.state.setup import View
from kernels.images import digits
from kernels.learning.lecun1989 import NETS, SOURCE, links
from kernels.learning.linear import Wired
from kernels.learning.losses import squared_error
from kernels.learning.network import Network
from kernels.learning.training import Recipe, accuracy, fit

TRAIN, TEST = 320, 160
SEEDS = 5
READ = "Read each picture from the bottom, the input, up; equal colours are one shared weight."
NOTE = (
    "In each layer, two units are framed, with the windows they read; each cell has the colour of its weight. With "
    "shared weights both windows show the same colours. Cells beyond the border read a constant. Biases, one for each "
    f"unit, are counted but not drawn. The published figures are for {TRAIN} training and {TEST} test digits of 1989, "
    f"which are not available; ours use {TRAIN} and {TEST} of scikit-learn's digits, enlarged to 16 × 16. {SOURCE}."
)
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
    """A card per network: its wirings, computed counts, the published accuracy, ours."""
    found = []
    for net in NETS:
        mine = [result.accuracy for result in results if result.name == net.name]
        spread = f"{words.plural(len(mine), 'seed')}, from {min(mine):.0%} to {max(mine):.0%}" if mine else ""
        parameters, own = net.network.parts[-1].stop, links(net.network)
        facts = (
            Fact(
                "free parameters",
                words.amount(parameters),
                f"published {net.parameters:,}",
                parameters == net.parameters,
            ),
            Fact("connections", words.amount(own), f"published {net.links:,}", own == net.links),
            Fact("published accuracy", f"{100 * net.accuracy:.1f}%", "on other digits"),
            Fact("measured here", f"{100 * float(np.mean(mine)):.1f}%" if mine else "—", spread),
        )
        reached = f"{words.percent(float(np.mean(mine)))} with " if mine else ""
        headline, colour = reached + words.plural(parameters, "parameter"), ROLES[_role(net.network)]
        found.append(Card(net.name, headline, net.what, (_picture(net.network),), facts, colour))
    return found


@lru_cache(maxsize=len(NETS))
def _picture(network: Network) -> Picture:
    """The network in weight colours; in words, how much each layer shares."""
    told = [
        f"{words.shape(layer.out_shape(shape))} units, {words.plural(layer.parameters(shape), 'weight')}"
        for layer, shape in zip(network.layers, network.shapes, strict=False)
        if isinstance(layer, Wired)
    ]
    alt = f"Planes of units from the input up: 16 × 16 pixels; {'; '.join(told)}"
    return Picture("", alt, planes.picture(network), (planes.HEIGHT, planes.WIDTH))


def _role(network: Network) -> View:
    """What shares most in it."""
    kinds = {layer.kind for layer in network.layers if isinstance(layer, Wired)}
    return "conv" if "conv" in kinds else "local" if "local" in kinds else "dense"


def title(results: Sequence[Result]) -> str:
    """The best of the five against the one with the most parameters, once there is a result of each."""
    found = {net.name: [r.accuracy for r in results if r.name == net.name] for net in NETS}
    if not all(found.values()):
        return "LeCun's five networks of 1989"
    means = {name: float(np.mean(shares)) for name, shares in found.items()}
    many = {net.name: net.network.parts[-1].stop for net in NETS}
    best, most = max(means, key=means.__getitem__), max(many, key=many.__getitem__)
    one, other = (
        f"{name} {words.percent(means[name])} with {words.plural(many[name], 'parameter')}" for name in (best, most)
    )
    return f"LeCun 1989: :primary[{one}]" + (f", {other}" if best != most else ", the best of five")


def sentence(results: Sequence[Result]) -> str:
    """The order of the results, once there is one of each."""
    found = {net.name: [r.accuracy for r in results if r.name == net.name] for net in NETS}
    if not all(found.values()):
        return "The same task with ever more sharing: colour marks weights that are used again."
    order = sorted(found, key=lambda name: float(np.mean(found[name])))
    overlap = any(max(found[worse]) >= min(found[better]) for worse, better in pairwise(order))
    grain = f"one test digit is worth {100 / TEST:.1f} percentage points"
    open = ", and the ranges of the seeds overlap" if overlap else ""
    return f"From worst to best here: {', '.join(order)}; {grain}{open}."
