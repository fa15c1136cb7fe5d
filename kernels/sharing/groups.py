"""Generators of groups, as permutations of the points they act on: point p goes to place permutation[p].

On rings and tori shifts wrap around, so that each is a symmetry of the whole.
"""

from collections.abc import Iterator

import numpy as np

from kernels.layer.spec import Ints, SpecError, whole

MOST_NODES = 8  # of a graph: 8! orders are tried at worst


def ring_shift(n: int) -> Ints:
    """The shift of a ring of n points by one.

    >>> ring_shift(4).tolist()
    [1, 2, 3, 0]
    """
    whole("n", n, 1)
    return (np.arange(n) + 1) % n


def ring_mirror(n: int) -> Ints:
    """The mirror image of a ring of n points; point 0 stays."""
    whole("n", n, 1)
    return -np.arange(n) % n


def torus_shifts(n: int) -> tuple[Ints, Ints]:
    """One row down and one column to the right on an n × n torus, whose points are numbered row by row."""
    i, j = np.divmod(np.arange(whole("n", n, 1) ** 2), n)
    return (i + 1) % n * n + j, i * n + (j + 1) % n


def quarter_turn(n: int) -> Ints:
    """A quarter turn of an n × n grid, counter-clockwise.

    >>> quarter_turn(2).tolist()  # the corner at the top left goes to the bottom left
    [2, 0, 3, 1]
    """
    i, j = np.divmod(np.arange(whole("n", n, 1) ** 2), n)
    turned: Ints = (n - 1 - j) * n + i
    return turned


def mirror(n: int) -> Ints:
    """The mirror image of an n × n grid: left becomes right."""
    i, j = np.divmod(np.arange(whole("n", n, 1) ** 2), n)
    flipped: Ints = i * n + (n - 1 - j)
    return flipped


def permutations(n: int) -> tuple[Ints, Ints]:
    """Two permutations that generate all n! of them: a swap of the first two points and the shift of all.

    >>> [g.tolist() for g in permutations(3)]
    [[1, 0, 2], [1, 2, 0]]
    """
    swap = np.arange(whole("n", n, 1))
    swap[:2] = swap[:2][::-1]
    return swap, ring_shift(n)


def on_pairs(places: Ints) -> Ints:
    """What a permutation of n points does to their n² ordered pairs (i, j), numbered i·n + j: both ends move."""
    n = len(places)
    moved: Ints = (places[:, None] * n + places).ravel()
    return moved


def automorphisms(nodes: int, edges: frozenset[tuple[int, int]]) -> list[Ints]:
    """All permutations of a graph's nodes that take edges to edges: its symmetries, the identity too.

    `edges` are pairs of nodes 0 to nodes − 1, without a direction. Raises SpecError above MOST_NODES nodes.

    >>> path = frozenset({(0, 1), (1, 2)})
    >>> [g.tolist() for g in automorphisms(3, path)]
    [[0, 1, 2], [2, 1, 0]]
    """
    if not 1 <= nodes <= MOST_NODES or any(not (0 <= a < nodes and 0 <= b < nodes) for a, b in edges):
        raise SpecError(f"a graph must have 1 to {MOST_NODES} nodes and edges between them, got {nodes} and {edges}")
    linked = np.zeros((nodes, nodes), dtype=np.bool_)
    for a, b in edges:
        linked[a, b] = linked[b, a] = True
    return [np.array(places) for places in _extended((), linked)]


def _extended(places: tuple[int, ...], linked: np.ndarray) -> Iterator[tuple[int, ...]]:
    """The automorphisms whose first nodes go to these places, by trying every place for the next node."""
    node = len(places)
    if node == len(linked):
        yield places
        return
    for place in range(len(linked)):
        alike = place not in places and linked[node, node] == linked[place, place]
        if alike and np.array_equal(linked[node, :node], linked[place, list(places)]):
            yield from _extended((*places, place), linked)
