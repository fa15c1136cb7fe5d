"""Networks for tests, in the words of `kernels.networks.description`: one table of what layers can be asked for."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from components.pages.network.state import Net
from kernels.layer.spec import Shape
from kernels.networks.description import MOST, parse
from kernels.networks.plan import Plan, plan
from kernels.networks.receptive_fields import Unit
from kernels.networks.trained import IN_SHAPE, LAYERS
from kernels.networks.zoo import ZOO

FEW = 10**6  # parameters, with which a network is also run
NETS: dict[str, tuple[str, Shape]] = {
    "an activation alone": ("tanh", (2, 3, 4)),
    "trained": (LAYERS, IN_SHAPE),
    "even kernels, same": ("conv 3 4x2 padding=same, sigmoid, conv 2 2x5 padding=same", (2, 7, 8)),
    "even kernels, reflected": ("conv 3 4x2 padding=same mode=reflect", (2, 7, 8)),
    "even kernels, replicated": ("conv 3 4x2 padding=same mode=replicate bias=0", (2, 7, 8)),
    "even kernels, circular": ("conv 3 4x2 padding=same mode=circular, relu", (2, 7, 8)),
    "reflected": ("conv 3 3x5 padding=1x2 mode=reflect stride=2", (2, 7, 8)),
    "replicated": ("conv 3 3x5 padding=9x2 mode=replicate", (2, 7, 8)),
    "circular": ("conv 3 3 padding=7x0 mode=circular", (2, 7, 8)),
    "a mode, and nothing to pad": ("conv 3 3 mode=circular", (2, 7, 8)),
    "full": ("conv 3 3x2 padding=full dilation=2x1", (1, 5, 4)),
    "stride and dilation": (
        "conv 3 3x2 padding=same dilation=2x3 stride=2x3, conv 2 2 dilation=1x2 stride=2x1",
        (2, 12, 14),
    ),
    "groups": ("conv 6 3 groups=3 padding=2, conv 6 1 groups=6 bias=0, conv 4 2x3 groups=2 stride=1x2", (3, 6, 9)),
    "local": ("local 3 3x2, relu, local 2 2 stride=2x1 bias=0", (2, 6, 7)),
    "tiled": ("tiled 3 3x2 2, tiled 2 2 3 stride=1x2 bias=0, tiled 2 1 64, tiled 2 2 1 stride=2", (2, 9, 12)),
    "tables": ("table 01/2/012 3, tanh, table 02/1 2x1 stride=2x1 bias=0, table 0 2", (3, 9, 8)),
    "a table and groups of which a layer reads all": ("table 0/12/012 2, conv 6 2 groups=3, conv 2 1", (3, 6, 7)),
    "a wide table": (f"table {'/'.join(['0123456789ab', '2', '34ab'] * 9)} 2", (12, 4, 4)),
    "the words of 1989 and 1998": (
        "pad 1x2 value=-1, conv 4 5 bias=0, unitbias, tanh, subsample 2, pad 1, pad 0x2",
        (1, 9, 8),
    ),
    "pooling": ("max 2, mean 3 stride=1, max 1 stride=2, conv 2 1, globalmax, globalmean", (2, 17, 16)),
    "a number a map": ("conv 4 3, globalmean, conv 5 1, relu, flatten, dense 3", (2, 6, 5)),
    "dense on a volume": ("dense 5 bias=0, relu, dense 4, dense 3", (2, 3, 4)),
    "a volume after numbers": (
        "dense 6, conv 4 1, max 1, flatten, pad 1, conv 3 2 padding=full, flatten, flatten",
        (2, 3, 4),
    ),
    "numbers with everything": (
        "dense 6, unitbias, norm, sigmoid, subsample 1, dense 4, globalmax, local 3 1",
        (2, 3, 4),
    ),
    "softmax of a volume": ("conv 3 2, softmax, norm, conv 2 2, flatten, softmax", (1, 5, 4)),
    "softmax of one place": ("globalmax, softmax, dense 3, softmax, pad 1, softmax", (3, 5, 4)),
    "residual": ("conv 4 3, split, conv 4 3 padding=1, norm, relu, conv 4 3 padding=1, add, relu", (2, 8, 7)),
    "shortcut": (
        "split, conv 4 3 stride=2 padding=1, norm, shortcut, conv 4 1 stride=2, norm, add, dense 3",
        (2, 8, 7),
    ),
    "a shortcut that sees more": ("split, conv 2 1, shortcut, conv 2 3 padding=1, add, mean 2", (2, 6, 5)),
    "nested": (
        "split, conv 2 3 padding=1, split, tanh, split, norm, add, shortcut, conv 2 1, split, relu, add, add, "
        "shortcut, split, relu, shortcut, unitbias, add, add, split, relu, add",
        (2, 5, 4),
    ),
    "empty branches": (
        "split, add, split, shortcut, add, split, relu, shortcut, add, split, shortcut, tanh, add",
        (2, 3, 3),
    ),
    "residual of numbers": ("dense 6, split, dense 4, relu, dense 6, add, split, conv 6 1, add, dense 2", (2, 3, 3)),
    "numbers and a volume": (
        "globalmax, split, dense 4, shortcut, conv 4 1, add, split, dense 4, add, conv 2 1",
        (2, 3, 3),
    ),
    "numbers that grow": (
        "dense 3, split, pad 1, conv 2 1, shortcut, conv 2 1 padding=1, add, norm, dense 4",
        (2, 3, 3),
    ),
    "shortcut of numbers": ("split, globalmean, shortcut, dense 2, add, norm, dense 3", (2, 3, 3)),
    "most layers": (", ".join(["conv 2 3 padding=1, relu"] * (MOST // 2)), (1, 4, 4)),
    "deep": (
        "split, tanh, " * 40 + "conv 4 3x5 padding=2x6 dilation=2x3 groups=2 bias=0 mode=replicate" + ", add" * 40,
        (4, 3, 2),
    ),
}
NETS |= {known.id: (known.layers, known.in_shape) for known in ZOO}


def made(text: str, in_shape: Shape) -> Plan:
    """The network of this description, which fits."""
    found = plan(parse(text), in_shape)
    assert found.fault is None
    return found


def network(name: str) -> Plan:
    return made(*NETS[name])


SMALL = [name for name in NETS if network(name).parameters < FEW and len(network(name).rows) < 30]


def places(shape: Shape) -> list[Unit]:
    """Every (channel, row, column)."""
    return [(c, i, j) for c in range(shape[0]) for i in range(shape[1]) for j in range(shape[2])]


WORDS = (
    "conv 3 3 padding=same", "conv 4 2x3 padding=same mode=reflect", "conv 2 3 stride=2 dilation=2 padding=full",
    "conv 4 1", "conv 6 2 groups=2 bias=0", "local 2 2", "tiled 3 2 2", "table 01/1 2", "unitbias", "relu", "max 2",
    "mean 2 stride=1", "globalmax", "globalmean", "subsample 2", "pad 1x2 value=3", "norm", "flatten", "dense 4",
    "softmax", "split, tanh, add", "split, norm, shortcut, unitbias, split, sigmoid, add, add",
    "split, dense 4, shortcut, globalmean, conv 4 1, add", "split, globalmean, shortcut, globalmax, add",
    "split, conv 4 3 padding=1, shortcut, conv 4 1, split, relu, add, add",
)  # fmt: skip


def drawn(seed: int) -> str:
    """Up to ten words in any order, as far as each fits behind those before it on a volume (4, 9, 8)."""
    rng, text = np.random.default_rng(seed), "relu"
    for word in rng.choice(WORDS, rng.integers(1, 11)):
        longer = f"{text}, {word}"
        text = text if plan(parse(longer), (4, 9, 8)).fault else longer
    return text


@cache
def every() -> dict[str, Plan]:
    """All networks of the table, and layers in any order on a volume (4, 9, 8)."""
    in_any_order = [*WORDS, *map(drawn, range(30))]
    return {name: network(name) for name in NETS} | {text: made(text, (4, 9, 8)) for text in in_any_order}


def network_of(net: str, inputs: Shape = (1, 16, 16), **more: Any) -> Net:  # noqa: ANN401  # Net's own
    return replace(Net(), net=net, inputs=inputs, **more)
