"""Net-1 to Net-5 of LeCun 1989, "Generalization and Network Design Strategies", as networks one can train.

Counts and accuracies as reprinted in Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2nd
edition, Table 11.1. Weights are shared within a map, biases never: every unit has its own. Links that leave the picture
read a background of −1, and count.
"""

from dataclasses import dataclass
from math import prod

from kernels.layer.counts import Kind, count
from kernels.layer.spec import LayerSpec, Shape
from kernels.learning.layers import Activate, Layer, Pad
from kernels.learning.linear import Bias, Wired, full
from kernels.learning.network import Network

INPUT = (1, 16, 16)
BACKGROUND = -1.0
SOURCE = "LeCun 1989, as reprinted in Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, Table 11.1"


@dataclass(frozen=True, slots=True)
class Net:
    """One of the five. links, parameters, accuracy: as published; the network's own numbers come from `links` below."""

    name: str
    what: str
    network: Network
    links: int
    parameters: int
    accuracy: float


def links(network: Network) -> int:
    """Connections between units, with those of the biases.

    >>> [links(net.network) for net in NETS]
    [2570, 3214, 1226, 2266, 5194]
    """
    return sum(_links(layer, shape) for layer, shape in zip(network.layers, network.shapes, strict=False))


def _links(layer: Layer, in_shape: Shape) -> int:
    if isinstance(layer, Wired):
        return count(layer.kind, layer.spec, in_shape, layer.period).connections
    return prod(in_shape) if isinstance(layer, Bias) else 0


def _maps(kind: Kind, channels: int, maps: int, taps: int) -> tuple[Layer, ...]:
    """Half the size: windows of taps × taps at every second unit, one bias per unit, tanh."""
    frame = (taps - 3) // 2, (taps - 1) // 2
    spec = LayerSpec(taps, channels, maps, stride=2)
    return Pad((frame, frame), BACKGROUND), Wired(kind, spec, gain=1.0), Bias(), Activate("tanh")


def _out(in_shape: Shape) -> tuple[Layer, ...]:
    return full(10, in_shape, 1.0), Activate("tanh")


NETS = (
    Net("Net-1", "no hidden layer", Network(_out(INPUT), INPUT), 2570, 2570, 0.80),
    Net("Net-2", "12 hidden units, fully connected",
        Network((full(12, INPUT, 1.0), Activate("tanh"), *_out((12, 1, 1))), INPUT), 3214, 3214, 0.87),
    Net("Net-3", "two layers, locally connected",
        Network((*_maps("local", 1, 1, 3), *_maps("local", 1, 1, 5), *_out((1, 4, 4))), INPUT), 1226, 1226, 0.885),
    Net("Net-4", "2 maps with shared weights, then locally connected",
        Network((*_maps("conv", 1, 2, 3), *_maps("local", 2, 1, 5), *_out((1, 4, 4))), INPUT), 2266, 1132, 0.94),
    Net("Net-5", "2 maps, then 4 maps, all with shared weights",
        Network((*_maps("conv", 1, 2, 3), *_maps("conv", 2, 4, 5), *_out((4, 4, 4))), INPUT), 5194, 1060, 0.984),
)  # fmt: skip
