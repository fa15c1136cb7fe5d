"""Symmetry decides which weights are shared: a map commutes with a group exactly when W is constant on its orbits.

    W·(g x) = g (W·x) for all x and all g    ⟺    W[g t, g s] = W[t, s] for all g

The cells (t, s) that the group takes to one another are one orbit, and have one weight. Shifts make a convolution,
all permutations a set layer λI + γ11ᵀ, no symmetry a fully connected layer.
Ravanbakhsh, Schneider & Póczos, 2017, Equivariance through parameter-sharing; Cohen & Welling, 2016, Group equivariant
convolutional networks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

import numpy as np
import scipy
from scipy.sparse import coo_array

from kernels.layer.spec import Ints, Pair, SpecError
from kernels.layer.wiring import MAX_CONNECTIONS, Wiring


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """What one element of a group does: output t goes to targets[t], input s to sources[s]; both are permutations."""

    targets: Ints
    sources: Ints


def symmetric(shape: Pair, actions: Iterable[Action]) -> Wiring:
    """The wiring of the largest linear layer (outputs, inputs) that commutes with a group, given by its generators.

    Connections are all cells, row by row; ids number the orbits by their first cell. Without actions it is fully
    connected. Raises SpecError for an action that permutes other numbers, and above MAX_CONNECTIONS cells.

    >>> around = np.array([1, 2, 0])  # shifts of a ring of three: a circulant matrix
    >>> symmetric((3, 3), [Action(around, around)]).matrix([5, 7, 9]).toarray()
    array([[5, 7, 9],
           [9, 5, 7],
           [7, 9, 5]])
    """
    outputs, inputs = shape
    cells = prod(shape)
    if not 0 < cells <= MAX_CONNECTIONS:
        raise SpecError(f"shape must have 1 to {MAX_CONNECTIONS:,} cells, got {outputs} × {inputs}")
    grid = np.arange(cells).reshape(shape)
    ids = _orbits(cells, [_moved(grid, action) for action in actions])
    targets, sources = np.divmod(np.arange(cells), inputs)
    return Wiring(targets, sources, ids, int(ids.max()) + 1, shape)


def _orbits(cells: int, moved: list[Ints]) -> Ints:
    """The orbit of every cell, numbered in the order of their first cells."""
    if not moved:
        return np.arange(cells)
    ends = np.tile(np.arange(cells), len(moved)), np.concatenate(moved)
    links = coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(cells, cells))
    _, orbit = scipy.sparse.csgraph.connected_components(links, directed=False)
    _, first, ids = np.unique(orbit, return_index=True, return_inverse=True)
    names: Ints = np.argsort(np.argsort(first))[ids]
    return names


def _moved(grid: Ints, action: Action) -> Ints:
    """The cell that each cell goes to."""
    outputs, inputs = grid.shape
    rows = _permutation("targets", action.targets, outputs)
    moved: Ints = grid[rows][:, _permutation("sources", action.sources, inputs)].ravel()
    return moved


def _permutation(name: str, places: Ints, n: int) -> Ints:
    if places.shape != (n,) or not np.array_equal(np.sort(places), np.arange(n)):
        raise SpecError(f"{name} of an action must be a permutation of 0 to {n - 1}, got {places}")
    return places
