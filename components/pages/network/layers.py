"""The layers of the network on the page: what they are called, and what becomes of the volume. Pure."""

from components.pages.network.state import Net
from kernels.networks.description import parse
from kernels.networks.plan import Plan, Row, plan

NAMES = {
    "conv": "Convolution",
    "local": "Locally connected",
    "tiled": "Tiled",
    "table": "Convolution by a table",
    "unitbias": "Bias of every unit",
    "relu": "ReLU",
    "tanh": "tanh",
    "sigmoid": "Sigmoid",
    "max": "Max pooling",
    "mean": "Mean pooling",
    "globalmax": "Global maximum",
    "globalmean": "Global mean",
    "subsample": "Sub-sampling",
    "pad": "Padding",
    "norm": "Batch normalisation",
    "flatten": "Flatten",
    "dense": "Fully connected",
    "softmax": "Softmax",
    "split": "Branch begins",
    "shortcut": "Its shortcut",
    "add": "Branch ends: add",
}


def plan_of(own: Net) -> Plan:
    return plan(parse(own.net), own.inputs)


def with_weights(made: Plan) -> list[Row]:
    """The rows with parameters."""
    return [row for row in made.rows if row.parameters]
