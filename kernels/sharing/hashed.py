"""Sharing drawn by lot: a hash says, before any training, which cells of W have one weight (Chen et al., 2015,
Compressing neural networks with the hashing trick). Their second hash, a sign for every cell, is left out."""

from math import prod

import numpy as np

from kernels.layer.spec import Ints, Pair, SpecError, whole
from kernels.layer.wiring import MAX_CONNECTIONS, Wiring


def hashed(shape: Pair, n_params: int, seed: int) -> Wiring:
    """A fully connected layer (outputs, inputs) whose cells are dealt to n_params weights by a hash of cell and seed.

    No table has to be stored: the same seed deals alike. A weight may get no cell. Raises SpecError above
    MAX_CONNECTIONS cells and for n_params < 1.

    >>> hashed((2, 3), 2, seed=0).matrix([5, 7]).toarray()
    array([[7, 7, 7],
           [7, 5, 5]])
    """
    whole("n_params", n_params, 1)
    cells = prod(shape)
    if not 0 < cells <= MAX_CONNECTIONS:
        raise SpecError(f"shape must have 1 to {MAX_CONNECTIONS:,} cells, got {shape[0]} × {shape[1]}")
    targets, sources = np.divmod(np.arange(cells), shape[1])
    return Wiring(targets, sources, hashes(cells, whole("seed", seed, 0)) % n_params, n_params, shape)


def hashes(n: int, seed: int) -> Ints:
    """A number from 0 to 2⁶² for each of n places: SplitMix64 (Steele, Lea & Flood, 2014), started at `seed`.

    >>> hashes(2, 0) % 1000 == hashes(3, 0)[:2] % 1000
    array([ True,  True])
    """
    golden = 0x9E3779B97F4A7C15
    z = np.arange(1, n + 1, dtype=np.uint64) * np.uint64(golden) + np.uint64(seed * golden % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: Ints = ((z ^ (z >> np.uint64(31))) >> np.uint64(2)).astype(np.int64)
    return found
