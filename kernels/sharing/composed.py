"""Two layers in a row: fewer parameters without tying any.

    W = B·A,   W[t, s] = Σ over paths s → m → t of β[id in B] · α[id in A]

Separable kernels, depthwise and pointwise convolutions and low rank (LoRA) are of this kind. Cells of W are *made of*
few numbers, but in general no two of them are equal: the colour of a path is a pair of weights.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kernels.layer.spec import Floats, Ints, SpecError
from kernels.layer.wiring import MAX_CONNECTIONS, Wiring


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """The product of two wirings. paths: a connection for every path, with an id for every pair of weights that occurs.

    pairs: (ids of paths, 2), the weight of the outer and of the inner layer.
    """

    outer: Wiring
    inner: Wiring
    paths: Wiring
    pairs: Ints

    @property
    def n_params(self) -> int:
        """The free parameters of both layers."""
        return self.outer.n_params + self.inner.n_params

    @property
    def cells(self) -> Wiring:
        """W with a connection a cell and an id for every sum of paths that occurs: what W shares by itself.

        Two cells are equal whatever the two layers' weights are exactly when they are the same sum.

        >>> from kernels import LayerSpec, wiring
        >>> down, across = wiring("conv", LayerSpec((2, 1)), (1, 2, 1)), wiring("conv", LayerSpec((1, 2)), (1, 2, 2))
        >>> separable = composed(down, across)
        >>> separable.n_params, separable.cells.n_params  # 2 + 2 numbers, 2 · 2 different weights
        (4, 4)
        """
        paths, shape = self.paths, self.paths.shape
        order = np.lexsort((paths.ids, paths.sources, paths.targets))
        places, first = np.unique((paths.targets * shape[1] + paths.sources)[order], return_index=True)
        names: dict[bytes, int] = {}
        sums = np.split(paths.ids[order], first[1:]) if len(places) else []
        ids = np.array([names.setdefault(one.tobytes(), len(names)) for one in sums], dtype=np.int64)
        return Wiring(*np.divmod(places, shape[1]), ids, len(names), shape)

    def theta(self, outer: ArrayLike, inner: ArrayLike) -> Floats:
        """The value of every pair, the parameters of `paths`, for the parameters of the two layers."""
        outer, inner = np.asarray(outer, dtype=np.float64), np.asarray(inner, dtype=np.float64)
        values: Floats = outer[self.pairs[:, 0]] * inner[self.pairs[:, 1]]
        return values


def composed(outer: Wiring, inner: Wiring) -> Composed:
    """The product outer · inner, first `inner`, then `outer`. Raises SpecError where they do not fit, or are too large.

    >>> from kernels import LayerSpec, wiring
    >>> inner = wiring("conv", LayerSpec((1, 2)), (1, 1, 4))
    >>> outer = wiring("conv", LayerSpec((1, 2)), (1, 1, 3))
    >>> both = composed(outer, inner)
    >>> both.paths.matrix(both.theta([1, 10], [1, 2])).toarray().tolist()  # one kernel of 3: (1, 10) with (1, 2)
    [[1.0, 12.0, 20.0, 0.0], [0.0, 1.0, 12.0, 20.0]]
    """
    if outer.shape[1] != inner.shape[0]:
        raise SpecError(f"outer must read the {inner.shape[0]} outputs of inner, got {outer.shape[1]} inputs")
    a, b = _paths(outer, inner)
    names, ids = np.unique(outer.ids[a] * inner.n_params + inner.ids[b], return_inverse=True)
    pairs = np.stack(np.divmod(names, inner.n_params), axis=1)
    paths = Wiring(outer.targets[a], inner.sources[b], ids, len(names), (outer.shape[0], inner.shape[1]))
    return Composed(outer, inner, paths, pairs)


def _paths(outer: Wiring, inner: Wiring) -> tuple[Ints, Ints]:
    """(connections of outer, connections of inner) that meet at a unit between them, all pairs of them."""
    into = np.bincount(inner.targets, minlength=inner.shape[0])
    lengths = into[outer.sources]
    if lengths.sum() > MAX_CONNECTIONS:
        raise SpecError(f"the two layers must have at most {MAX_CONNECTIONS:,} paths, got {lengths.sum():,}")
    order = np.argsort(inner.targets, kind="stable")
    first = np.cumsum(into) - into
    a = np.repeat(np.arange(len(outer.ids)), lengths)
    nth = np.arange(len(a)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return a, order[first[outer.sources[a]] + nth]
