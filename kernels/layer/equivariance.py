"""Equivariance: whether W·move(x) and move(W·x) are the same sums.

A move says, for every place of a volume, which place its content comes from. Put it into the wiring, and the question
has an answer without any number: output t is the same for every picture and every θ if and only if the connections
(t, s, id) that read the moved input are those that the moved output brings along.
"""

from math import prod

import numpy as np
from numpy.typing import NDArray

from kernels.layer.axis import PADDING
from kernels.layer.spec import Floats, Ints, Pair, Shape, SpecError
from kernels.layer.wiring import Wiring


def shift(shape: Shape, by: Pair, wrap: bool) -> Ints:
    """The place each number of a (C, H, W) volume comes from when all move `by` (rows down, columns right): (C·H·W,).

    What leaves comes back on the other side (`wrap`), or is lost: PADDING where nothing comes in.

    >>> shift((1, 2, 3), (0, 1), wrap=False).tolist()
    [-1, 0, 1, -1, 3, 4]
    """
    channels, height, width = shape
    i, j = np.arange(height) - by[0], np.arange(width) - by[1]
    cells = (i % height)[:, None] * width + j % width
    if not wrap:
        inside = ((i >= 0) & (i < height))[:, None] & (j >= 0) & (j < width)
        cells = np.where(inside, cells, PADDING)
    planes = np.arange(channels)[:, None, None] * (height * width)
    moved: Ints = np.where(cells == PADDING, PADDING, planes + cells).ravel()
    return moved


def scramble(places: int, seed: int) -> Ints:
    """A random order of all places: every pixel goes somewhere, none is lost.

    >>> sorted(scramble(5, seed=0).tolist())
    [0, 1, 2, 3, 4]
    """
    return np.random.default_rng(seed).permutation(places)


def moved(values: NDArray[np.float64], origin: Ints) -> Floats:
    """The values (n,) after the move: 0 where nothing comes in. What lies beyond the map, the bias' 1, stays.

    >>> moved(np.array([1.0, 2.0, 3.0, 1.0]), shift((1, 1, 3), (0, 1), wrap=False)).tolist()
    [0.0, 1.0, 2.0, 1.0]
    """
    return np.append(np.where(origin == PADDING, 0.0, values[origin]), values[len(origin) :])


def reordered(wiring: Wiring, origin: Ints) -> Wiring:
    """The wiring for an input moved by a permutation, in which every connection follows its pixel."""
    place = np.append(np.argsort(origin), np.arange(len(origin), wiring.shape[1]))
    return wiring.reading(place)


def commutes(wiring: Wiring, inputs: Ints, outputs: Ints) -> NDArray[np.bool_]:
    """Which outputs of W·move(x) are those of move(W·x) whatever x and θ are, term by term: (outputs,).

    `inputs` and `outputs` are the moves of the two volumes, each place going to one place or to none. An output that
    nothing moves to is 0 on the right side; it is the same only if it reads nothing on the left. Raises SpecError for a
    layer too large to number its possible connections in 64 bits.

    >>> from kernels import LayerSpec, wiring
    >>> spec, around = LayerSpec(3, padding=1, padding_mode="circular"), shift((1, 4, 4), (1, 2), wrap=True)
    >>> bool(commutes(wiring("conv", spec, (1, 4, 4)), around, around).all())
    True
    >>> bool(commutes(wiring("dense", spec, (1, 4, 4)), around, around).any())
    False
    """
    if prod(wiring.shape) * wiring.n_params >= 2**63:
        raise SpecError(f"wiring must have less than 2⁶³ outputs × inputs × parameters, got {wiring.shape}")
    reads = np.append(inputs, np.arange(len(inputs), wiring.shape[1]))[wiring.sources]
    goes = np.full(wiring.shape[0], PADDING)
    goes[outputs[outputs != PADDING]] = np.flatnonzero(outputs != PADDING)
    arrives = goes[wiring.targets]
    cells = wiring.shape[1] * wiring.n_params

    def names(targets: Ints, sources: Ints, real: NDArray[np.bool_]) -> Ints:
        return (targets * cells + sources * wiring.n_params + wiring.ids)[real]

    before = names(wiring.targets, reads, reads != PADDING)
    after = names(arrives, wiring.sources, arrives != PADDING)
    same = np.ones(wiring.shape[0], dtype=np.bool_)
    same[np.setxor1d(before, after, assume_unique=True) // cells] = False
    return same
