"""The layers of the network on the page: their names and their plan. Pure."""

from components.pages.network.state import Net
from kernels.networks.description import parse
from kernels.networks.plan import Plan, Row, plan

NAMES = {
    "conv": "Convolution",
    "local": "Locally connected",
    "tiled": "Tiled",
    "table": "Convolution with connection table",
    "unitbias": "Bias per unit",
    "relu": "ReLU",
    "tanh": "tanh",
    "sigmoid": "Sigmoid",
    "max": "Max pooling",
    "mean": "Mean pooling",
    "globalmax": "Global max pooling",
    "globalmean": "Global mean pooling",
    "subsample": "Sub-sampling",
    "pad": "Padding",
    "norm": "Batch normalisation",
    "flatten": "Flatten",
    "dense": "Fully connected",
    "softmax": "Softmax",
    "split": "Branch start",
    "shortcut": "Shortcut",
    "add": "Branch end: add",
}


def plan_of(own: Net) -> Plan:
    return plan(parse(own.net), own.inputs)


def with_weights(made: Plan) -> list[Row]:
    """The rows with parameters."""
    return [row for row in made.rows if row.parameters]
