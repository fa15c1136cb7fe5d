"""Every layer is y = W x, and the wiring says which free parameter sits on each connection (target, source, id) of W.

    W[t, s] = Σ θ[id] over the connections from s to t          (`matrix`)
    y[t] = Σ θ[id] · x[s] over the connections into t           (`product`)
    ∂L/∂θ[id] = Σ ∂L/∂W[t, s] over the connections of that id   (`collect`)

The last line is what sharing does to learning: the gradient of a shared weight is the sum over all its uses. Dense,
locally connected, tiled and convolutional layers differ in nothing but the ids.
"""

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.linalg import lsqr

from kernels.layer.axis import PADDING
from kernels.layer.counts import Kind, count, steps
from kernels.layer.spec import Floats, Ints, LayerSpec, Pair, Shape, SpecError

MAX_CONNECTIONS = 2**22  # three int64 arrays of this length are 100 MB: what one visitor may ask of a small server


@dataclass(frozen=True, slots=True, eq=False)
class Wiring:
    """The connections of one layer, and which taps of the convolution each parameter stands in for.

    `targets`, `sources` and `ids` hold the output, the input and the parameter of each connection. `shape` is (outputs,
    inputs [+ 1 with bias]). `copies` is (n_params, convolution parameters), 0 or 1: how every kind can be set to
    compute the same map.
    """

    targets: Ints
    sources: Ints
    ids: Ints
    n_params: int
    shape: Pair
    weight_shape: tuple[int, int, int, int]
    copies: csr_array

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

    def reading(self, places: ArrayLike) -> "Wiring":
        """The wiring whose connections read other sources: places[s] in place of s, in the same order."""
        return replace(self, sources=np.asarray(places)[self.sources])

    def theta_from(self, weight: ArrayLike, bias: ArrayLike | None = None) -> Floats:
        """The θ with which this wiring computes the convolution by `weight` (O, C/groups, K, L) and `bias` (O,)."""
        weight = np.asarray(weight, dtype=np.float64)
        biases = np.ravel(() if bias is None else np.asarray(bias, dtype=np.float64))
        if weight.shape != self.weight_shape:
            raise SpecError(f"weight must have shape {self.weight_shape}, got {weight.shape}")
        if weight.size + biases.size != self.copies.shape[1]:
            raise SpecError(f"bias must hold {self.copies.shape[1] - weight.size} numbers here, got {biases.size}")
        return np.asarray(self.copies @ np.concatenate([weight.ravel(), biases]), dtype=np.float64)


def flat(spec: LayerSpec, image: ArrayLike) -> Floats:
    """x (inputs [+ 1]): an image (C, H, W) row by row and, for a layer with a bias, the constant 1 that carries it.

    >>> flat(LayerSpec(1, bias=True), [[[1, 2], [3, 4]]]).tolist()
    [1.0, 2.0, 3.0, 4.0, 1.0]
    """
    x = np.asarray(image, dtype=np.float64).ravel()
    return np.append(x, 1.0) if spec.bias else x


def wiring(kind: Kind, spec: LayerSpec, in_shape: Shape, period: int | Pair | None = None) -> Wiring:
    """The wiring of a layer on a (C, H, W) input. `period` is for "tiled": 1 is "conv", at least (H', W') is "local".

    A tiled or locally connected layer has a weight only where it has a connection; a convolution owns all its K·L taps,
    even one that never meets a real pixel. Raises SpecError above MAX_CONNECTIONS, with the number it would need.

    >>> shared = wiring("conv", LayerSpec((1, 2)), (1, 1, 3))
    >>> shared.matrix([5, 7]).toarray()  # two weights, each used twice
    array([[5, 7, 0],
           [0, 5, 7]])
    >>> shared.collect([[1, 2, 3], [4, 5, 6]]).tolist()  # the gradient of each is the sum over its uses
    [6.0, 8.0]
    >>> wiring("local", LayerSpec((1, 2)), (1, 1, 3)).matrix([1, 2, 3, 4]).toarray()  # nothing shared
    array([[1, 3, 0],
           [0, 2, 4]])
    """
    needed = count(kind, spec, in_shape, period).connections
    if needed > MAX_CONNECTIONS:
        raise SpecError(
            f"in_shape {in_shape} as kind {kind!r} needs {needed:,} connections, more than the {MAX_CONNECTIONS:,} "
            f"that are ever built: ask count() or weave(), which answer at any size"
        )
    out_shape = spec.out_shape(in_shape)
    shape = prod(out_shape), prod(in_shape) + spec.bias
    n_taps = prod(spec.weight_shape) + spec.out_channels * spec.bias
    targets, sources, taps = connections(spec, in_shape)
    if kind == "dense":
        cells = np.arange(prod(shape))
        every_target, every_source = np.divmod(cells, shape[1])
        copies = csr_array((np.ones(len(taps)), (targets * shape[1] + sources, taps)), shape=(len(cells), n_taps))
        return Wiring(every_target, every_source, cells, len(cells), shape, spec.weight_shape, copies)
    ids, origin = _names(taps, targets, n_taps, out_shape, steps(kind, spec, in_shape, period))
    copies = csr_array((np.ones(len(origin)), (np.arange(len(origin)), origin)), shape=(len(origin), n_taps))
    return Wiring(targets, sources, ids, len(origin), shape, spec.weight_shape, copies)


def kept(rich: Wiring, theta: ArrayLike, poor: Wiring) -> float:
    """The share of ‖W‖², 0..1, that the nearest layer of the poorer kind keeps.

    max 1 − ‖W − V‖² / ‖W‖² over all matrices V of `poor`, by least squares; without folded borders each weight of the
    nearest V is the mean of those it replaces. `poor` has its connections among those of `rich`.

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
    nearest = design @ lsqr(design, values, atol=1e-12, btol=1e-12, iter_lim=300)[0]
    return float(nearest @ nearest) / whole


def connections(spec: LayerSpec, in_shape: Shape, targets: Ints | None = None) -> tuple[Ints, Ints, Ints]:
    """The (targets, sources, taps) of a convolution, for all outputs or the given ones; a tap is its parameter's id.

    Ids run ((o·C/groups + c)·K + k)·L + l, then one per output channel for the biases, whose source is the last column.

    >>> [part.tolist() for part in connections(LayerSpec((1, 2)), (1, 1, 3))]
    [[0, 0, 1, 1], [0, 1, 1, 2], [0, 1, 0, 1]]
    """
    rows, cols = spec.axes(in_shape)
    _, height, width = in_shape
    maps, channels, *kernel = spec.weight_shape
    if targets is None:
        targets = np.arange(maps * rows.out * cols.out)
    o, i, j = np.unravel_index(targets, (maps, rows.out, cols.out))
    a, b = rows.sources()[:, i].T[:, None, :, None], cols.sources()[:, j].T[:, None, None, :]
    c = (o // (maps // spec.groups) * channels)[:, None] + np.arange(channels)
    source = (c[:, :, None, None] * height + a) * width + b
    tap = (o * prod(spec.weight_shape[1:]))[:, None, None, None] + np.arange(channels * prod(kernel)).reshape(
        channels, *kernel
    )
    real = np.broadcast_to((a != PADDING) & (b != PADDING), source.shape)
    target = np.broadcast_to(targets[:, None, None, None], source.shape)
    edges = target[real], source[real], tap[real]
    if not spec.bias:
        return edges
    constant = np.full_like(targets, prod(in_shape)), prod(spec.weight_shape) + o
    return (
        np.concatenate([edges[0], targets]),
        np.concatenate([edges[1], constant[0]]),
        np.concatenate([edges[2], constant[1]]),
    )


def _names(taps: Ints, targets: Ints, n_taps: int, out_shape: Shape, step: Pair | None) -> tuple[Ints, Ints]:
    """(ids, tap of each id) when the weights repeat after `step` outputs along each axis; None: the taps themselves."""
    if step is None:
        return taps, np.arange(n_taps)
    _, i, j = np.unravel_index(targets, out_shape)
    place = (taps * step[0] + i % step[0]) * step[1] + j % step[1]
    names, ids = np.unique(place, return_inverse=True)
    return ids, names // (step[0] * step[1])
