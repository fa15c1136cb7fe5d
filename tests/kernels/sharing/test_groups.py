"""Permutations against what NumPy does to a picture, and against trying all orders of a graph's nodes."""

from itertools import permutations as orders
from math import factorial

import numpy as np
import pytest

from kernels import SpecError
from kernels.layer.spec import Ints
from kernels.sharing import groups


def sent(places: Ints, values: np.ndarray) -> np.ndarray:
    """The values after the move: what is at p goes to places[p]."""
    found = np.empty(values.size, dtype=values.dtype)
    found[places] = values.ravel()
    return found.reshape(values.shape)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_moves_of_a_grid_are_those_of_numpy(n: int) -> None:
    picture = np.arange(n * n).reshape(n, n)
    down, right = groups.torus_shifts(n)
    assert sent(down, picture).tolist() == np.roll(picture, 1, axis=0).tolist()
    assert sent(right, picture).tolist() == np.roll(picture, 1, axis=1).tolist()
    assert sent(groups.quarter_turn(n), picture).tolist() == np.rot90(picture).tolist()
    assert sent(groups.mirror(n), picture).tolist() == np.fliplr(picture).tolist()
    line = np.arange(n)
    assert sent(groups.ring_shift(n), line).tolist() == np.roll(line, 1).tolist()
    assert sent(groups.ring_mirror(n), line).tolist() == np.roll(line[::-1], 1).tolist()


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_two_permutations_generate_all(n: int) -> None:
    found, new = {tuple(range(n))}, [tuple(range(n))]
    while new:
        places = new.pop()
        for g in groups.permutations(n):
            product = tuple(int(g[p]) for p in places)
            if product not in found:
                found.add(product)
                new.append(product)
    assert len(found) == factorial(n)


def test_pairs_move_with_their_points() -> None:
    places, matrix = np.array([2, 0, 1]), np.arange(9).reshape(3, 3)
    wanted = np.empty_like(matrix)
    for i, j in np.ndindex(3, 3):
        wanted[places[i], places[j]] = matrix[i, j]
    assert sent(groups.on_pairs(places), matrix).tolist() == wanted.tolist()


GRAPHS = {
    "path": (4, {(0, 1), (1, 2), (2, 3)}),
    "ring": (5, {(n, (n + 1) % 5) for n in range(5)}),
    "star": (5, {(0, n) for n in range(1, 5)}),
    "no edge": (4, set()),
    "a loop": (3, {(0, 0), (0, 1), (1, 2)}),
}


@pytest.mark.parametrize("name", sorted(GRAPHS))
def test_automorphisms_are_the_orders_that_keep_the_edges(name: str) -> None:
    nodes, edges = GRAPHS[name]
    both = edges | {(b, a) for a, b in edges}
    wanted = [p for p in orders(range(nodes)) if {(p[a], p[b]) for a, b in both} == both]
    assert [tuple(g.tolist()) for g in groups.automorphisms(nodes, frozenset(edges))] == wanted


def test_graphs_that_are_too_large_or_have_edges_elsewhere_are_refused() -> None:
    for nodes, edges in (
        (9, frozenset[tuple[int, int]]()),
        (2, frozenset({(0, 2)})),
        (0, frozenset[tuple[int, int]]()),
    ):
        with pytest.raises(SpecError, match="a graph must have 1 to 8 nodes"):
            groups.automorphisms(nodes, edges)
