"""One unit of a network as a sum: which connections lead into it, with which weights, and what they carry."""

from dataclasses import dataclass
from math import prod

import numpy as np

from kernels.layer.counts import steps
from kernels.layer.kinds import connections
from kernels.layer.spec import Array, Ints, LayerSpec, Shape
from kernels.learning.layers import GlobalPool, Layer, Pool
from kernels.learning.linear import Wired
from kernels.networks.blocks import Subsample, Tabled
from kernels.networks.plan import Row
from kernels.networks.receptive_fields import Unit, input_box, unit_box, window


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """The connections into a unit: sources, ids and taps as in `Terms`."""

    sources: Ints
    ids: Ints
    taps: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """y = Σ weights · inputs, term by term.

    sources: where each input lies in the flattened volume (C, H, W), prod(C, H, W) for the constant 1 of a bias. ids:
    which number of the layer's θ each weight is: the same id, the same weight. taps: the place of each in the unit's
    window (channels read, K, L), flattened, and the number of these places for a bias.
    """

    sources: Ints
    ids: Ints
    taps: Ints
    weights: Array
    inputs: Array

    @property
    def products(self) -> Array:
        with np.errstate(over="ignore"):
            found: Array = np.nan_to_num(self.weights * self.inputs)
        return found

    @property
    def total(self) -> float:
        return float(self.products.sum(dtype=np.float64))


def terms(row: Row, theta: Array, x: Array, unit: Unit) -> Terms | None:
    """The sum of this unit (channel, row, column) of a row, for its input x (C, H, W); None where it is none.

    theta: of the whole network.

    >>> from kernels.networks.description import parse
    >>> from kernels.networks.plan import plan
    >>> row = plan(parse("conv 1 1x2"), (1, 1, 3)).rows[0]
    >>> found = terms(row, np.array([2.0, 3.0, 0.5]), np.array([[[1.0, 10.0, 100.0]]]), (0, 0, 1))
    >>> found.products.tolist(), found.total
    ([20.0, 300.0, 0.5], 320.5)
    """
    found = _links(row.layer, row.in_shape, unit)
    if found is None:
        return None
    carried = np.append(x.ravel(), x.dtype.type(1))
    return Terms(found.sources, found.ids, found.taps, theta[row.part][found.ids], carried[found.sources])


def winner(row: Row, x: Array, unit: Unit) -> Unit | None:
    """The place (channel, row, column) of the input that a maximum took, the first if there are several."""
    if not isinstance(row.layer, Pool | GlobalPool) or row.layer.name != "max":
        return None
    seen, (top, left) = pooled(row, x, unit)
    k, l = np.unravel_index(int(seen.argmax()), seen.shape)
    return unit[0], top + int(k), left + int(l)


def pooled(row: Row, x: Array, unit: Unit) -> tuple[Array, tuple[int, int]]:
    """The numbers that a unit of a pool reads of its input x (C, H, W), and the row and column where they begin."""
    box = input_box(row, unit_box(unit))
    top, left = min(box.rows), min(box.cols)
    return x[unit[0], top : max(box.rows) + 1, left : max(box.cols) + 1], (top, left)


def window_shape(row: Row) -> Shape:
    """(channels read, rows, columns) of the window of a unit that is a sum."""
    layer = row.layer
    if isinstance(layer, Subsample):
        return 1, layer.size, layer.size
    if isinstance(layer, Wired) and layer.kind != "dense":
        return layer.spec.weight_shape[1:]
    return (row.in_shape[0], *layer.spec.kernel_size) if isinstance(layer, Tabled) else row.in_shape


def _links(layer: Layer | None, in_shape: Shape, unit: Unit) -> Links | None:
    """The connections that lead into a unit; None where it is no sum of weights."""
    if isinstance(layer, Wired) and layer.kind == "dense":
        every = np.arange(prod(in_shape) + layer.spec.bias)
        first = int(np.ravel_multi_index(unit, layer.spec.out_shape(in_shape))) * len(every)
        return Links(every, first + every, every)
    if isinstance(layer, Subsample):
        c, channels, whole = unit[0], in_shape[0], layer.size**2
        spec = LayerSpec(layer.size, channels, channels, layer.size, groups=channels, bias=True)
        _, sources, _ = connections(spec, in_shape, _target(spec, in_shape, unit))
        return Links(sources, np.where(np.arange(whole + 1) < whole, c, channels + c), np.arange(whole + 1))
    spec_of = window(layer)
    if not isinstance(layer, Wired | Tabled) or spec_of is None:
        return None
    _, sources, taps = connections(spec_of, in_shape, _target(spec_of, in_shape, unit))
    each = prod(spec_of.weight_shape[1:])
    places = np.where(taps < prod(spec_of.weight_shape), taps % each, each)
    if isinstance(layer, Tabled):
        kept = layer.kept
        there = np.isin(taps, kept)
        return Links(sources[there], np.searchsorted(kept, taps[there]), places[there])
    step = steps(layer.kind, spec_of, in_shape, layer.period) or (1, 1)
    return Links(sources, taps * prod(step) + unit[1] % step[0] * step[1] + unit[2] % step[1], places)


def _target(spec: LayerSpec, in_shape: Shape, unit: Unit) -> Ints:
    return np.array([np.ravel_multi_index(unit, spec.out_shape(in_shape))])
