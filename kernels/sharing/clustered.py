"""Sharing that is learned: weights that came out alike are tied to one value.

    ids         the cluster of each weight, by k-means
    centroids   the mean of the weights of a cluster: the new parameters
    gradient    of a centroid: the sum over the weights of its cluster    (`Wiring.collect`, `tied.Tied`)

Han, Mao & Dally, 2016, Deep Compression.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kernels.layer.spec import Floats, Ints, SpecError
from kernels.layer.wiring import Wiring

FLOAT32 = 32  # bits
ROUNDS = 100  # Lloyd's iterations: far more than a line of numbers needs


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """names: the cluster of each weight, in the order of their centroids. centroids: the value that stands for each."""

    names: Ints
    centroids: Floats

    @property
    def weights(self) -> Floats:
        """Every weight as the value of its cluster."""
        values: Floats = self.centroids[self.names]
        return values

    def bits(self) -> int:
        """What the weights take as numbers of clusters and a table of centroids, each a float32.

        >>> clusters(np.arange(16.0), 4).bits()  # 16 names of 2 bits, 4 centroids of 32: 3.2 times less than 16 · 32
        160
        """
        return len(self.names) * (len(self.centroids) - 1).bit_length() + len(self.centroids) * FLOAT32


def clusters(theta: ArrayLike, k: int) -> Clusters:
    """The weights θ (n,) in at most k clusters: k-means from centroids that start evenly between smallest and largest.

    The even start keeps the few large weights apart, which matter most (Han et al., section 3.2). Clusters that end
    empty are left out. Raises SpecError for k < 1, no weights, or weights that are no numbers.

    >>> found = clusters([0.1, 0.9, 0.2, 1.1], 2)
    >>> found.names.tolist(), found.centroids.round(2).tolist()
    ([0, 1, 0, 1], [0.15, 1.0])
    """
    weights = np.asarray(theta, dtype=np.float64)
    if weights.ndim != 1 or not weights.size or not np.isfinite(weights).all():
        raise SpecError(f"theta must be a line of at least one finite number, got shape {weights.shape}")
    if k < 1:
        raise SpecError(f"k must be >= 1, got {k}")
    centroids: Floats = np.linspace(weights.min(), weights.max(), k)
    names = _nearest(centroids, weights)
    for _ in range(ROUNDS):  # Lloyd's; SciPy's kmeans2 took 3.3 s for 0.08 (25,600 weights, k = 400)
        uses = np.bincount(names, minlength=k)
        centroids = np.where(uses > 0, np.bincount(names, weights, k) / np.maximum(uses, 1), centroids)
        before, names = names, _nearest(centroids, weights)
        if np.array_equal(before, names):
            break
    used, compact = np.unique(names, return_inverse=True)
    return Clusters(compact, centroids[used])


def _nearest(centroids: Floats, weights: Floats) -> Ints:
    """The nearest centroid of each weight. On a line they stay in order, and halfway between two is the border."""
    return np.searchsorted((centroids[1:] + centroids[:-1]) / 2, weights)


def clustered(wires: Wiring, theta: ArrayLike, k: int) -> Wiring:
    """The wiring with the weights of each cluster of θ tied: at most k parameters on the same connections.

    >>> from kernels import LayerSpec, wiring
    >>> dense = wiring("dense", LayerSpec(1), (1, 1, 2))
    >>> clustered(dense, [0.1, 0.9, 0.2, 1.1], 2).ids.tolist()
    [0, 1, 0, 1]
    """
    found = clusters(theta, k)
    return wires.tied(found.names, len(found.centroids))
