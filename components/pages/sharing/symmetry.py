"""Symmetry decides: the layer that commutes with a group on a small domain, and the check that it does. Pure."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from components.display import cards, theme, words
from components.display.cards import Card, Fact
from components.display.diagram import MATRIX_ALONE, Diagram, colours
from components.pages.sharing.state import Domain, Graph, Group, Move, Sharing
from kernels.layer.equivariance import commutes
from kernels.layer.spec import Floats, Ints, Pair
from kernels.layer.wiring import Wiring
from kernels.sharing import groups
from kernels.sharing.symmetric import Action, symmetric

EDGES: dict[Graph, tuple[int, frozenset[tuple[int, int]]]] = {  # nodes, and pairs of them
    "path": (5, frozenset({(0, 1), (1, 2), (2, 3), (3, 4)})),
    "star": (6, frozenset({(0, 1), (0, 2), (0, 3), (0, 4), (0, 5)})),
    "house": (5, frozenset({(0, 1), (1, 2), (2, 3), (3, 0), (0, 4), (1, 4)})),
    "cube": (8, frozenset((a, a ^ bit) for a in range(8) for bit in (1, 2, 4) if a < a ^ bit)),
}
DOMAINS: dict[Domain, str] = {
    "ring": "Ring", "torus": "Torus n × n", "set": "Set", "pairs": "Pairs of a set", "graph": "Graph",
}  # fmt: skip
NAMES: dict[Group, str] = {
    "none": "None", "shifts": "Shifts", "turns": "+ rotations", "mirrors": "+ reflections",
    "automorphisms": "The graph's own", "permutations": "All permutations",
}  # fmt: skip
MADE: dict[Group, str] = {
    "none": "no symmetry: fully connected",
    "shifts": "shifts: a circular convolution",
    "turns": "shifts and rotations by 90° (p4)",
    "mirrors": "shifts and reflections",
    "automorphisms": "the permutations of nodes that keep all edges",
    "permutations": "all permutations",
}
MOVES_NAMED: dict[Move, str] = {
    "shift": "Shift", "down": "Down", "right": "Right", "turn": "Rotate", "mirror": "Reflect",
    "automorphism": "A symmetry", "swap": "Swap two", "shuffle": "Shuffle", "scramble": "Shuffle pairs",
}  # fmt: skip
MOVED: dict[Move, str] = {
    "shift": "shifted by 1", "down": "shifted down", "right": "shifted right", "turn": "rotated by 90°",
    "mirror": "reflected", "automorphism": "permuted by a symmetry of the graph", "swap": "with the first two swapped",
    "shuffle": "permuted at random", "scramble": "with all pairs permuted at random",
}  # fmt: skip
APART = 1  # the cell of W whose weight is changed alone: first row, second column, which every move takes elsewhere
SEED = 7  # of the random permutations, the weights and the input: whole numbers, so that sums are exact


def cells(own: Sharing) -> int:
    """How many inputs and outputs the layer has."""
    squared = own.domain in ("torus", "pairs")
    return EDGES[own.graph][0] if own.domain == "graph" else own.points**2 if squared else own.points


def picture_shape(own: Sharing) -> Pair:
    """How the inputs are drawn, in rows and columns."""
    return (own.points, own.points) if own.domain in ("torus", "pairs") else (1, cells(own))


def generators(own: Sharing) -> list[Ints]:
    """Permutations of the inputs that generate the chosen group."""
    n = own.points
    if own.group == "none":
        return []
    if own.domain == "graph" and own.group == "automorphisms":
        return groups.automorphisms(*EDGES[own.graph])
    if own.group == "permutations":
        if own.domain == "pairs":
            return [groups.on_pairs(places) for places in groups.permutations(n)]
        return [*groups.permutations(cells(own))]
    if own.domain == "ring":
        return [groups.ring_shift(n), *([groups.ring_mirror(n)] if own.group == "mirrors" else [])]
    turned = [groups.quarter_turn(n)] if own.group in ("turns", "mirrors") else []
    return [*groups.torus_shifts(n), *turned, *([groups.mirror(n)] if own.group == "mirrors" else [])]


def move(own: Sharing) -> Ints:
    """What is done to the inputs: input p goes to place move[p]."""
    n = own.points
    if own.domain == "torus" and own.move in ("down", "right"):
        return groups.torus_shifts(n)[own.move == "right"]
    if own.domain == "torus" and own.move in ("turn", "mirror"):
        return groups.quarter_turn(n) if own.move == "turn" else groups.mirror(n)
    if own.move in ("shift", "mirror"):
        return groups.ring_shift(n) if own.move == "shift" else groups.ring_mirror(n)
    if own.move == "automorphism":
        return groups.automorphisms(*EDGES[own.graph])[-1]
    if own.domain == "pairs" and own.move != "scramble":
        return groups.on_pairs(groups.permutations(n)[0] if own.move == "swap" else _shuffled(n))
    return groups.permutations(cells(own))[0] if own.move == "swap" else _shuffled(cells(own))


def _shuffled(n: int) -> Ints:
    """A random permutation of n ≥ 2 places that is not the identity."""
    rng, stay = np.random.default_rng(SEED), np.arange(n)
    while np.array_equal(drawn := rng.permutation(n), stay):
        pass
    return drawn


@lru_cache(maxsize=64)
def layer(own: Sharing) -> Wiring:
    """The wiring of the largest layer that commutes with the group; one weight of it apart where the state says so."""
    n = cells(own)
    wires = symmetric((n, n), [Action(places, places) for places in generators(own)])
    if not own.alone:
        return wires
    ids = wires.ids.copy()
    ids[APART] = wires.n_params
    return Wiring(wires.targets, wires.sources, ids, wires.n_params + 1, wires.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """An input and what becomes of it, by both ways; all (outputs,). same: which outputs agree whatever x and θ are."""

    x: Floats
    moved_x: Floats
    y: Floats
    of_moved: Floats
    moved_y: Floats
    same: np.ndarray

    @property
    def difference(self) -> Floats:
        return self.of_moved - self.moved_y


def check(own: Sharing) -> Check:
    """W·(moved x) and moved (W·x) for an input and weights that are whole numbers: no sum is rounded."""
    wires, places = layer(own), move(own)
    came = np.argsort(places)
    x, theta = example(own), weights(wires.n_params)
    y = wires.product(theta, x)
    return Check(x, x[came], y, wires.product(theta, x[came]), y[came], commutes(wires, came, came))


def example(own: Sharing) -> Floats:
    """The input: an F on a square, falling numbers on a line."""
    rows, cols = picture_shape(own)
    if rows == 1:
        return np.arange(cols, 0, -1, dtype=np.float64)
    x = np.zeros((rows, cols))
    x[0], x[rows // 2, : cols // 2 + 1] = 6, 3
    x[:, 0] = 9
    return x.ravel()


def weights(n: int) -> Floats:
    """Whole numbers from −9 to 9 without 0; one weight more changes none of those before it."""
    drawn = np.random.default_rng(SEED).integers(1, 10, n)
    return np.where(np.arange(n) % 2, -1.0, 1.0) * drawn


def headline(own: Sharing) -> str:
    """What the symmetry makes of the layer."""
    wires = layer(own)
    every = words.amount(len(wires.ids))
    if own.group == "none":
        return f"No symmetry: all {every} weights are free"
    return f":primary[{words.plural(wires.n_params, 'weight')}] instead of {every}: symmetry decides"


def sentence(own: Sharing) -> str:
    """What is measured of the moved input."""
    found = check(own)
    ways = f"W·(x {MOVED[own.move]}) and (W·x) {MOVED[own.move]}"
    if not found.difference.any():
        chance = "" if found.same.all() else " for this input, though not for every one"
        return f"**{ways} are exactly equal{chance}.**"
    many = int(np.count_nonzero(found.difference))
    held = own.alone and not check(replace(own, alone=False)).difference.any()
    why = "one weight is untied from its orbit" if held else "this move is not one of the symmetries chosen"
    return f"**{ways} differ in {many} of {words.plural(len(found.x), 'output')}**, because {why}."


def diagram(own: Sharing) -> Diagram:
    """W in the colours of the orbits."""
    wires = layer(own)
    shades = colours(layer(replace(own, alone=False)))
    names = [f"weight {n + 1}" for n in range(len(shades))]
    if own.alone:
        shades, names = [*shades, theme.HERE], [*names, "the weight changed alone"]
    form = ", circulant" if own.group == "shifts" else ""
    form = ", block circulant" if form and own.domain == "torus" else form
    return Diagram(wires, f"W for {MADE[own.group]}{form}", "one colour for each orbit", MATRIX_ALONE, shades, names)


def as_cards(own: Sharing) -> list[Card]:
    """The input, the input moved, W applied to it, W applied to the input and then moved, and the difference."""
    found, step = check(own), MOVED[own.move]
    inputs, outputs = cards.colour_range(found.x), cards.colour_range(found.of_moved, found.moved_y)
    largest = float(np.abs(found.difference).max())
    fact = Fact("largest", words.figure(largest) if largest else "0", good=not largest)

    def card(title: str, values: Floats, range: cards.ColourRange, letter: str, facts: tuple[Fact, ...] = ()) -> Card:
        picture = cards.map_picture("", title, values.reshape(picture_shape(own)), range, letter=letter, group="moved")
        return Card(title, "", "", (picture,), facts)

    return [
        card("x", found.x, inputs, "x"),
        card(f"x {step}", found.moved_x, inputs, "x"),
        card(f"W·(x {step})", found.of_moved, outputs, "y"),
        card(f"(W·x) {step}", found.moved_y, outputs, "y"),
        card("Difference", found.difference, outputs, "d", (fact,)),
    ]


SIZE = 1000  # pixels along each side of the picture of the ladder
LADDER = f"**Sharing first, then locality**: {words.shape((SIZE, SIZE))} inputs and outputs"


@dataclass(frozen=True, slots=True)
class Rung:
    """A layer from SIZE × SIZE pixels to as many hidden units, and its weights."""

    title: str
    weights: int
    why: str


def ladder(side: int, delta: int) -> list[Rung]:
    """Weights of a fully connected layer, of one shared over shifts, and of one shared and local, from side² to side².

    Without a border that wraps, a shift is a pair of −(side − 1) to side − 1 rows and columns.
    """
    seen = min(2 * delta + 1, 2 * side - 1)
    return [
        Rung("Fully connected", side**4, "a weight for every pixel and every hidden unit"),
        Rung("Shared over shifts", (2 * side - 1) ** 2, f"(2·{side} − 1)²: a weight for every displacement"),
        Rung("Shared and local", seen**2, f"(2·{delta} + 1)²: displacements of at most Δ = {delta}"),
    ]


def ladder_cards(own: Sharing) -> list[Card]:
    """Sharing first, locality after it: the order of Dive into Deep Learning, Why convolutions."""
    roles = theme.ROLES["dense"], theme.BEYOND, theme.ROLES["conv"]
    return [
        Card(rung.title, words.plural(rung.weights, "weight"), rung.why, (), (), colour)
        for rung, colour in zip(ladder(SIZE, own.delta), roles, strict=True)
    ]
