"""What layers cost, counted again connection by connection."""

import math

import numpy as np
import pytest

from kernels import wiring
from kernels.layer.spec import Shape
from kernels.learning.linear import Wired
from kernels.networks.costs import Cost, cost, total, units
from kernels.networks.description import parse
from kernels.networks.plan import Row, plan
from tests.support.networks import FEW, NETS, made, network
from tests.support.oracles import Geometry, loop_connections


def windows(row: Row) -> int:
    """How many windows there are, walked one by one."""
    size, stride = pairs(row)
    at = [(i, j) for i in range(row.in_shape[1]) for j in range(row.in_shape[2])]
    return sum(
        i % stride[0] == 0 and j % stride[1] == 0 and i + size[0] <= row.in_shape[1] and j + size[1] <= row.in_shape[2]
        for i, j in at
    )


def pairs(row: Row) -> tuple[tuple[int, int], tuple[int, int]]:
    size = row.config["size"]
    return (size, row.config["stride"]) if row.config.op == "table" else ((size, size), (size, size))


def counted(row: Row) -> tuple[int, int, int]:
    """(parameters, connections, multiply-adds) by enumeration."""
    layer, outputs = row.layer, math.prod(row.out_shape)
    if isinstance(layer, Wired):
        wires = wiring(layer.kind, layer.spec, row.in_shape, layer.period)
        real = int(np.count_nonzero(wires.sources < math.prod(row.in_shape)))
        return wires.n_params, len(wires.ids), real
    if row.config.op == "table":
        (K, L), bias = row.config["size"], int(row.config["bias"])
        kernels = [c for reads in row.config["maps"] for c in reads]
        reads = [c for c in kernels for _ in range(windows(row)) for _ in range(K * L)]
        return len(kernels) * K * L + bias * len(row.config["maps"]), len(reads) + bias * outputs, len(reads)
    if row.config.op == "subsample":
        reads = [c for c in range(row.in_shape[0]) for _ in range(windows(row)) for _ in range(row.config["size"] ** 2)]
        return 2 * row.in_shape[0], len(reads) + outputs, len(reads)
    if row.config.op == "norm":
        return 2 * row.in_shape[0], 2 * outputs, outputs
    return (outputs, outputs, 0) if row.config.op == "unitbias" else (0, 0, 0)


@pytest.mark.parametrize("name", [name for name in NETS if network(name).parameters <= FEW])
def test_a_layer_costs_what_counting_its_connections_says_and_a_network_the_sum(name: str) -> None:
    whole = network(name)
    for row in whole.rows:
        found, (parameters, connections, multiply_adds) = cost(row), counted(row)
        assert found == Cost(parameters, connections, multiply_adds, math.prod(row.out_shape))
        assert found.memory == 4 * (parameters + math.prod(row.out_shape))
        assert found.untied == connections
        if isinstance(row.layer, Wired) and row.layer.kind != "dense":
            apart = wiring("local", row.layer.spec, row.in_shape)
            assert found.untied == len(apart.ids)
            assert row.layer.spec.padding_mode != "zeros" or found.untied == apart.n_params
    together, each = total(whole), [cost(row) for row in whole.rows]
    for figure in ("parameters", "connections", "multiply_adds", "activations", "untied", "memory"):
        assert getattr(together, figure) == sum(getattr(one, figure) for one in each)
    assert together.parameters == whole.parameters == whole.network.parameters


def test_connections_to_padding_are_none() -> None:
    for padding, bias in np.ndindex(4, 2):
        row = made(f"conv 2 3 padding={padding} stride=2 bias={bias}", (3, 5, 6)).rows[0]
        g = Geometry("", (3, 5, 6), (3, 3), 2, (2, 2), (padding, padding), bias=bool(bias))
        links = loop_connections("local", g)
        assert cost(row).untied == cost(row).connections == len(links) == len({key for _, _, key in links})
        assert cost(row).parameters == 2 * 3 * 9 + 2 * bias
        assert cost(row).multiply_adds == len(links) - bias * g.n_outputs


def test_no_layers_cost_nothing_and_of_a_network_with_a_fault_the_rows_that_fit_are_counted() -> None:
    assert total(made("", (3, 4, 5))) == Cost(0, 0, 0, 0)
    assert units(made("", (3, 4, 5))) == 60
    broken = plan(parse("conv 2 3, relu, conv 2 9, relu"), (1, 6, 6))
    assert total(broken) == total(made("conv 2 3, relu", (1, 6, 6)))


def test_units_are_the_inputs_and_what_leaves_a_layer_of_weights() -> None:
    table: list[tuple[str, Shape, int]] = [
        ("conv 2 3, relu, max 2, dense 5", (1, 6, 6), 36 + 32 + 5),
        ("pad 1, conv 2 3 bias=0, unitbias, tanh", (1, 4, 4), 16 + 32),
        ("local 2 3, tanh, tiled 1 2 2, sigmoid, subsample 2, tanh, flatten, dense 3", (1, 7, 7), 49 + 50 + 16 + 4 + 3),
        ("table 0/01 2, norm, softmax", (2, 3, 3), 18 + 8),
        ("relu", (2, 3, 4), 24),
    ]
    for text, in_shape, wanted in table:
        assert units(made(text, in_shape)) == wanted


def test_a_picture_of_a_million_pixels_is_counted_at_once() -> None:
    """Connections of 10¹² cells and more, exactly: nothing is built."""
    found = total(made("conv 64 3 padding=1, relu, conv 64 3 padding=1, dense 1000", (3, 1000, 1000)))
    along = 3 * 1000 - 2
    weights = [64 * channels * along**2 for channels in (3, 64)]
    dense = 1000 * 64 * 10**6
    assert found.multiply_adds == sum(weights) + dense
    assert found.connections == sum(weights) + dense + 2 * 64 * 10**6 + 1000
