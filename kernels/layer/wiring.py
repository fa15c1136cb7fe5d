"""Every layer is y = W x, and the wiring says which free parameter sits on each connection (target, source, id) of W.

    W[t, s] = Σ θ[id] over the connections from s to t          (`matrix`)
    y[t] = Σ θ[id] · x[s] over the connections into t           (`product`)
    ∂L/∂θ[id] = Σ ∂L/∂W[t, s] over the connections of that id   (`collect`)

The last line is what sharing does to learning: the gradient of a shared weight is the sum over all its uses. Dense,
locally connected, tiled and convolutional layers differ in nothing but the ids.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import scipy
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from kernels.layer.spec import Floats, Ints, Pair, SpecError

MAX_CONNECTIONS = 2**22  # three int64 arrays of this length are 100 MB: what one visitor may ask of a small server


@dataclass(frozen=True, slots=True, eq=False)
class Wiring:
    """The connections of one product y = W x, whatever made them.

    `targets`, `sources` and `ids` hold the output, the input and the parameter of each connection, `n_params` how many
    parameters there are. `shape` is that of W, (outputs, inputs [+ 1 with bias]).
    """

    targets: Ints
    sources: Ints
    ids: Ints
    n_params: int
    shape: Pair

    def matrix(self, theta: ArrayLike) -> csr_array:
        """W (outputs, inputs [+ 1 with bias]) for the parameters θ (n_params,). Connections on one cell add."""
        theta = np.asarray(theta)
        if theta.shape != (self.n_params,):
            raise SpecError(f"theta must have shape ({self.n_params},), got {theta.shape}")
        return csr_array((theta[self.ids], (self.targets, self.sources)), shape=self.shape)

    def product(self, theta: ArrayLike, x: ArrayLike) -> Floats:
        """y = W x (outputs,), for θ (n_params,) and x (inputs [+ 1]) as from `flat`.

        Each output adds its products in the order of its connections, one after the other: two outputs with the same
        terms in the same order are equal to the last bit, which no library's matrix product promises.
        """
        theta, x = np.asarray(theta, dtype=np.float64), np.asarray(x, dtype=np.float64)
        if theta.shape != (self.n_params,) or x.shape != self.shape[1:]:
            raise SpecError(
                f"theta and x must have shapes ({self.n_params},) and ({self.shape[1]},), "
                f"got {theta.shape} and {x.shape}"
            )
        products = theta[self.ids] * x[self.sources]
        return np.bincount(self.targets, products, self.shape[0]).astype(np.float64, copy=False)

    def collect(self, gradient: ArrayLike) -> Floats:
        """∂L/∂θ (n_params,) from ∂L/∂W, given as the whole matrix (`shape`) or per connection (len(ids),)."""
        gradient = np.asarray(gradient, dtype=np.float64)
        if gradient.shape == self.shape:
            gradient = gradient[self.targets, self.sources]
        if gradient.shape != self.ids.shape:
            raise SpecError(f"gradient must have shape {self.shape} or {self.ids.shape}, got {gradient.shape}")
        return np.bincount(self.ids, gradient, self.n_params).astype(np.float64)

    def reading(self, places: ArrayLike) -> Self:
        """The wiring whose connections read other sources: places[s] in place of s, in the same order."""
        return replace(self, sources=np.asarray(places)[self.sources])

    def tied(self, names: Ints, n_params: int) -> "Wiring":
        """This wiring with weights tied that were apart: parameter p becomes parameter names[p] of n_params.

        >>> from kernels import LayerSpec, wiring
        >>> wiring("conv", LayerSpec((1, 2)), (1, 1, 3)).tied(np.array([0, 0]), 1).matrix([4]).toarray()
        array([[4, 4, 0],
               [0, 4, 4]])
        """
        if names.shape != (self.n_params,) or (names.size and not 0 <= names.min() <= names.max() < n_params):
            raise SpecError(f"names must hold {self.n_params} numbers from 0 to {n_params - 1}, got {names}")
        return Wiring(self.targets, self.sources, names[self.ids], n_params, self.shape)


def kept(rich: Wiring, theta: ArrayLike, poor: Wiring) -> float:
    """The share of ‖W‖², 0..1, that the nearest layer of the poorer kind keeps.

    max 1 − ‖W − V‖² / ‖W‖² over all matrices V of `poor`, by least squares; without folded borders each weight of the
    nearest V is the mean of those it replaces. `poor` has its connections among those of `rich`.

    >>> from kernels import LayerSpec, wiring
    >>> local, conv = (wiring(kind, LayerSpec(1), (1, 1, 2)) for kind in ("local", "conv"))
    >>> kept(local, [3, 1], conv)  # (3 + 1)² / 2 of 3² + 1²
    0.8
    """
    W = rich.matrix(theta)
    cells, at = np.unique(poor.targets * poor.shape[1] + poor.sources, return_inverse=True)
    values = np.asarray(W[np.divmod(cells, poor.shape[1])]).ravel()
    whole = float(W.data @ W.data)
    if not whole:
        return 1.0
    if len(cells) == len(at):  # a connection a cell: the nearest weight is the mean of those it replaces
        sums, uses = (np.bincount(poor.ids, w, poor.n_params) for w in (values[at], np.ones(len(at))))
        return float(np.sum(sums**2 / np.maximum(uses, 1))) / whole
    design = csr_array((np.ones(len(at)), (at, poor.ids)), shape=(len(cells), poor.n_params))
    nearest = design @ scipy.sparse.linalg.lsqr(design, values, atol=1e-12, btol=1e-12, iter_lim=300)[0]
    return float(nearest @ nearest) / whole
