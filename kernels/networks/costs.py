"""The cost of every layer of a network, as it is shared and with nothing shared, without running it.

nothing shared: a weight for every connection, so as many parameters as connections
"""

from dataclasses import dataclass
from math import prod

from kernels.layer.counts import FLOAT32, count
from kernels.layer.spec import LayerSpec, Shape
from kernels.learning.layers import Layer
from kernels.learning.linear import Bias, Wired
from kernels.networks.blocks import BatchNorm, Subsample, Tabled
from kernels.networks.plan import Plan, Row


@dataclass(frozen=True, slots=True)
class Cost:
    """parameters: free ones. connections: of units, with those of biases and without those that fall on padding.

    activations, memory: numbers that come out, and bytes of these and of the parameters in float32.
    """

    parameters: int = 0
    connections: int = 0
    multiply_adds: int = 0
    activations: int = 0

    @property
    def untied(self) -> int:
        """Parameters if nothing were shared: a weight for every connection."""
        return self.connections

    @property
    def memory(self) -> int:
        return FLOAT32 * (self.parameters + self.activations)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.parameters + other.parameters,
            self.connections + other.connections,
            self.multiply_adds + other.multiply_adds,
            self.activations + other.activations,
        )


def cost(row: Row) -> Cost:
    """The cost of one layer."""
    connections, multiply_adds = _links(row.layer, row.in_shape) if row.layer else (0, 0)
    return Cost(row.parameters, connections, multiply_adds, prod(row.out_shape))


def total(plan: Plan) -> Cost:
    """The cost of all layers of a plan.

    >>> from kernels.networks.description import parse
    >>> from kernels.networks.plan import plan
    >>> found = total(plan(parse("conv 6 5"), (1, 32, 32)))  # C1 of LeNet-5
    >>> found.parameters, found.connections
    (156, 122304)
    """
    return sum(map(cost, plan.rows), Cost())


def textbook_multiply_adds(plan: Plan) -> int:
    """Multiply-adds as papers count them: weights times inputs, those on padding too, without biases and normalisation.

    >>> from kernels.networks.description import parse
    >>> from kernels.networks.plan import plan
    >>> textbook_multiply_adds(plan(parse("conv 4 3 padding=1, norm, relu"), (2, 8, 8)))  # 4 · 2 · 9 · 64
    4608
    """
    return sum(_textbook(row) for row in plan.rows)


def _textbook(row: Row) -> int:
    layer = row.layer
    if isinstance(layer, Wired):
        own = count(layer.kind, layer.spec, row.in_shape, layer.period)
        return own.padded_connections - (prod(row.out_shape) if layer.spec.bias else 0)
    return _links(layer, row.in_shape)[1] if isinstance(layer, Tabled | Subsample) else 0


def units(plan: Plan) -> int:
    """Units as the authors of 1989 count them: the inputs, and what comes out of every layer of weights."""
    weighted = (row for row in plan.rows if isinstance(row.layer, Wired | Tabled | Subsample))
    return prod(plan.in_shape) + sum(prod(row.out_shape) for row in weighted)


def _links(layer: Layer, in_shape: Shape) -> tuple[int, int]:
    """(connections, multiply-adds); layers without weights have none."""
    units = prod(layer.out_shape(in_shape))
    if isinstance(layer, Wired):
        own = count(layer.kind, layer.spec, in_shape, layer.period)
        return own.connections, own.multiply_adds
    if isinstance(layer, Tabled):
        one = LayerSpec(layer.spec.kernel_size, stride=layer.spec.stride)
        weights = sum(map(len, layer.table)) * count("conv", one, (1, *in_shape[1:])).connections
        return weights + units * layer.spec.bias, weights
    if isinstance(layer, Subsample):
        reads = units * layer.size**2
        return reads + units, reads
    if isinstance(layer, BatchNorm):
        return 2 * units, units
    return (units, 0) if isinstance(layer, Bias) else (0, 0)
