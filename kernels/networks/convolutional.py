"""A network whose dense layers are written as the convolutions they equal: it then reads pictures of any size.

A dense layer that reads a volume (C, H, W) is a convolution with as many kernels of C×H×W as it has units, at the one
place where they fit. On a larger picture the same weights have more places: one answer per window (Sermanet et al.
2014; Long, Shelhamer and Darrell 2015).
"""

from math import prod

import numpy as np

from kernels.layer.spec import Array, Pair, SpecError
from kernels.learning.layers import Activate, Flatten, Softmax
from kernels.learning.linear import Wired
from kernels.networks.description import LayerConfig, parse_layer
from kernels.networks.plan import Plan, Row, plan

LARGEST = 64  # rows and columns of a kernel


def convolutional(made: Plan) -> tuple[LayerConfig, ...]:
    """The layers with each dense one as a convolution; a last softmax, which is over all numbers, is left out.

    Raises SpecError for what is no convolution: a layer that does not fit, a dense layer on more than 64×64 places.

    >>> from kernels.networks.description import parse
    >>> made = plan(parse("conv 4 3, flatten, dense 10, relu, dense 5, softmax"), (1, 8, 8))
    >>> ", ".join(map(str, convolutional(made)))
    'conv 4 3, conv 10 6, relu, conv 5 1'
    """
    if made.fault:
        raise SpecError(made.fault.sentence)
    rows = made.rows[:-1] if made.rows and isinstance(made.rows[-1].layer, Softmax) else made.rows
    return tuple(_converted(row, rows) for row in rows if not isinstance(row.layer, Flatten))


def _converted(row: Row, rows: tuple[Row, ...]) -> LayerConfig:
    if isinstance(row.layer, Wired) and row.layer.kind == "dense":
        bias = "" if row.layer.spec.bias else " bias=0"
        K, L = _window(row, rows)
        return parse_layer(f"conv {row.layer.spec.out_channels} {K}x{L}{bias}")
    if _flattened(row, rows) and not isinstance(row.layer, Activate):
        raise SpecError(f"{row.config.op} after flatten cannot be written as a layer of a convolutional network")
    return row.config


def _window(row: Row, rows: tuple[Row, ...]) -> Pair:
    """Rows and columns of what this dense layer reads, before it was flattened."""
    source = _flattened(row, rows) or row
    height, width = source.in_shape[1:]
    if max(height, width) > LARGEST:
        raise SpecError(f"a dense layer must read at most {LARGEST}×{LARGEST} places, got {height}×{width}")
    return height, width


def _flattened(row: Row, rows: tuple[Row, ...]) -> Row | None:
    """The flatten that this row reads, through activations alone."""
    while row.reads and row.reads[0] >= 0:
        row = rows[row.reads[0]]
        if isinstance(row.layer, Flatten):
            return row
        if not isinstance(row.layer, Activate):
            return None
    return None


def convolutional_theta(made: Plan, theta: Array) -> Array:
    """θ of the network that `convolutional` makes: the same numbers, a dense layer's biases behind its weights."""
    parts = [kernels(row, theta[row.part]) for row in made.rows if row.parameters]
    return np.concatenate([np.zeros(0, theta.dtype), *parts])


def kernels(row: Row, theta: Array) -> Array:
    """A layer's θ as that of the convolution it equals: weights, then biases."""
    if not (isinstance(row.layer, Wired) and row.layer.kind == "dense"):
        return theta
    weights, biases = row.layer.split(theta, row.in_shape)
    return np.concatenate([weights.ravel(), biases.ravel()])


def windows_of(made: Plan, height: int, width: int) -> Pair:
    """Rows and columns of the answers that the convolutional network gives on a picture of this size.

    >>> from kernels.networks.description import parse
    >>> vgg = "max 32, flatten, dense 4096"  # the windows of VGG-16: five maxima, each halving, then 7×7
    >>> windows_of(plan(parse(vgg), (3, 224, 224)), 384, 384)
    (6, 6)
    """
    larger = plan(convolutional(made), (made.in_shape[0], height, width))
    if larger.fault:
        raise SpecError(larger.fault.sentence)
    return larger.rows[-1].out_shape[1:]


def dense_weights(made: Plan) -> int:
    """The weights of the first dense layer, without biases; 0 where there is none."""
    for row in made.rows:
        if isinstance(row.layer, Wired) and row.layer.kind == "dense":
            return row.layer.spec.out_channels * prod(row.in_shape)
    return 0
