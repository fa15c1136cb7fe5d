"""Published networks: what was printed comes out of their descriptions. The figures here are from the papers."""

import math

import pytest

from kernels.layer.spec import Shape
from kernels.networks.costs import cost, total, units
from kernels.networks.description import parse, text_of
from kernels.networks.plan import plan
from kernels.networks.zoo import LENET_TABLE, ZIP_TABLE, ZOO, Published, published

every_network = pytest.mark.parametrize("known", ZOO, ids=lambda known: known.id)

PARAMETERS = {
    "zip": 9_760,
    "lenet5": 60_000,
    "alexnet": 60_965_224,
    "vgg16": 138_357_544,
    "resnet18": 11_689_512,
    "resnet50": 25_557_032,
}
CONNECTIONS = {"zip": 64_660, "lenet5": 340_908 - 840}  # without the 10 × 84 of LeNet-5's fixed output layer
UNITS = {"zip": 1_256}
LAST = {"zip": 10, "lenet5": 84, "alexnet": 1_000, "vgg16": 1_000, "resnet18": 1_000, "resnet50": 1_000}
INPUTS: dict[str, Shape] = {
    "zip": (1, 16, 16),
    "lenet5": (1, 32, 32),
    "alexnet": (3, 227, 227),
    "vgg16": (3, 224, 224),
    "resnet18": (3, 224, 224),
    "resnet50": (3, 224, 224),
}
# Of each printed layer: its name, parameters, connections, and parameters if nothing were shared.
LAYERS: dict[str, list[tuple[str, int | None, int | None, int | None]]] = {
    "zip": [
        ("H1", 1_068, 19_968, None),
        ("H2", 2_592, 38_592, None),
        ("H3", 5_790, 5_790, None),
        ("output", 310, 310, None),
    ],
    "lenet5": [
        ("C1", 156, 122_304, None),
        ("S2", 12, 5_880, None),
        ("C3", 1_516, 151_600, None),
        ("S4", 32, 2_000, None),
        ("C5", 48_120, 48_120, None),
        ("F6", 10_164, 10_164, None),
    ],
    "alexnet": [("conv1", 34_944, None, 105_705_600)],
    "vgg16": [],
    "resnet18": [],
    "resnet50": [],
}
C3 = [
    "012", "123", "234", "345", "045", "015", "0123", "1234", "2345", "0345", "0145", "0125", "0134", "1245", "0235",
    "012345",
]  # fmt: skip


def test_these_are_the_networks_there_are() -> None:
    assert [known.id for known in ZOO] == list(PARAMETERS) == list(INPUTS) == list(LAST) == list(LAYERS)
    for known in ZOO:
        assert published(known.id) is known
        assert known.title
        assert known.source
    with pytest.raises(KeyError, match="lenet6"):
        published("lenet6")


@every_network
def test_a_description_fits_its_input_to_the_last_layer(known: Published) -> None:
    assert known.in_shape == INPUTS[known.id]
    assert known.plan.fault is None
    assert len(known.plan.rows) == len(known.plan.configs)
    assert known.plan.rows[-1].out_shape == (LAST[known.id], 1, 1)
    assert known.plan.network.shapes[-1] == (LAST[known.id], 1, 1)


@every_network
def test_a_description_is_short_and_as_it_would_be_written(known: Published) -> None:
    assert text_of(parse(known.layers)) == known.layers
    assert plan(parse(known.layers), known.in_shape) == known.plan


@every_network
def test_the_totals_and_the_figures_shown_as_printed_are_those_published(known: Published) -> None:
    found = total(known.plan)
    assert found.parameters == known.plan.network.parameters == known.parameters == PARAMETERS[known.id]
    assert known.connections == CONNECTIONS.get(known.id)
    assert known.units == UNITS.get(known.id)
    assert known.connections in (None, found.connections)
    assert known.units in (None, units(known.plan))
    shown = [(layer.name, layer.parameters, layer.connections, layer.untied) for layer in known.printed]
    assert shown == LAYERS[known.id]


@every_network
def test_every_layer_that_was_printed_has_the_figures_that_were_printed(known: Published) -> None:
    rows = known.plan.rows
    for layer, (name, parameters, connections, untied) in zip(known.printed, LAYERS[known.id], strict=True):
        taken = [cost(row) for row in rows[layer.first : layer.first + layer.rows]]
        assert layer.name == name
        assert len(taken) == layer.rows
        assert sum(one.parameters for one in taken) == parameters
        if connections is not None:
            assert sum(one.connections for one in taken) == connections
        if untied is not None:
            assert sum(one.untied for one in taken) == untied


@pytest.mark.parametrize("id", ["zip", "lenet5"])
def test_the_printed_layers_are_all_that_has_parameters_and_none_is_taken_twice(id: str) -> None:
    known = published(id)
    taken = [n for layer in known.printed for n in range(layer.first, layer.first + layer.rows)]
    assert taken == sorted(set(taken))
    weighted = {n for n, row in enumerate(known.plan.rows) if cost(row).parameters}
    assert weighted <= set(taken)
    assert sum(layer.parameters or 0 for layer in known.printed) == PARAMETERS[id]
    assert sum(layer.connections or 0 for layer in known.printed) == CONNECTIONS[id]


def test_the_table_of_c3_is_that_of_the_paper_row_by_row() -> None:
    row = next(row for row in published("lenet5").plan.rows if row.config.op == "table")
    assert [list(map(str, reads)) for reads in row.config["maps"]] == [list(reads) for reads in C3]
    assert LENET_TABLE.split("/") == C3
    assert sum(map(len, C3)) == 60
    for c in range(6):
        assert sum(str(c) in reads for reads in C3) == 10
    assert math.prod(row.out_shape) == 1_600


def test_the_zip_code_networks_second_layer_reads_eight_of_twelve_maps_each_alike_often() -> None:
    reads = [[int(c, 36) for c in part] for part in ZIP_TABLE.split("/")]
    assert len(reads) == 12
    assert len({tuple(part) for part in reads}) == 12
    for part in reads:
        assert part == sorted(set(part))
        assert len(part) == 8
        assert set(part) <= set(range(12))
    assert [sum(c in part for part in reads) for c in range(12)] == [8] * 12


def test_the_zip_code_networks_layers_have_the_units_of_the_paper() -> None:
    rows = published("zip").plan.rows
    shapes = [row.out_shape for row in rows if row.config.op in ("conv", "table", "dense")]
    assert shapes == [(12, 8, 8), (12, 4, 4), (30, 1, 1), (10, 1, 1)]
    assert [math.prod(shape) for shape in shapes] == [768, 192, 30, 10]
    biases = [cost(row).parameters for row in rows if row.config.op == "unitbias"]
    assert biases == [768, 192]
    assert total(published("zip").plan).connections == 64_660
    assert real_links() == 51_232


def real_links() -> int:
    """Links to real pixels and units alone, in a loop: of 5×5 windows at every second unit, the frame left out."""
    found = 30 * 193 + 10 * 31
    for size, channels, maps in ((16, 1, 12), (8, 8, 12)):
        along = [sum(0 <= 2 * i + k - 1 < size for k in range(5)) for i in range(size // 2)]
        found += maps * (channels * sum(along) ** 2 + (size // 2) ** 2)
    return found


def test_lenet5s_layers_have_the_units_of_the_paper() -> None:
    rows = published("lenet5").plan.rows
    found = [math.prod(row.out_shape) for row in rows if row.config.op in ("conv", "subsample", "table", "dense")]
    assert found == [4_704, 1_176, 1_600, 400, 120, 84]


def test_alexnets_first_layer_would_have_3025_times_the_parameters_if_nothing_were_shared() -> None:
    row = published("alexnet").plan.rows[0]
    assert row.out_shape == (96, 55, 55)
    found = cost(row)
    assert found.activations == 290_400
    assert found.untied == 290_400 * 364 == 105_705_600
    assert found.parameters == 34_848 + 96 == 34_944
    assert found.untied == 55 * 55 * found.parameters


@pytest.mark.parametrize(
    ("id", "shapes"),
    [
        ("alexnet", [(96, 27, 27), (256, 13, 13), (256, 6, 6)]),
        ("vgg16", [(64, 112, 112), (128, 56, 56), (256, 28, 28), (512, 14, 14), (512, 7, 7)]),
    ],
)
def test_maxima_leave_the_shapes_of_the_paper(id: str, shapes: list[Shape]) -> None:
    assert [row.out_shape for row in published(id).plan.rows if row.config.op == "max"] == shapes


@pytest.mark.parametrize(
    ("id", "blocks", "widths", "layers"),
    [("resnet18", [2, 2, 2, 2], [64, 128, 256, 512], 18), ("resnet50", [3, 4, 6, 3], [256, 512, 1024, 2048], 50)],
)
def test_residual_networks_have_the_stages_of_the_paper(
    id: str, blocks: list[int], widths: list[int], layers: int
) -> None:
    rows = published(id).plan.rows
    added = [row.out_shape for row in rows if row.config.op == "add"]
    sides = [56, 28, 14, 7]
    assert added == [
        (width, side, side) for many, width, side in zip(blocks, widths, sides, strict=True) for _ in range(many)
    ]
    shortcuts = sum(row.config.op == "shortcut" for row in rows)
    assert shortcuts == (3 if id == "resnet18" else 4)
    weighted = sum(row.config.op in ("conv", "dense") for row in rows)
    assert weighted - shortcuts == layers  # the convolutions of shortcuts are not counted in the name


def test_alexnet_without_its_two_halves_has_the_parameters_that_are_often_given() -> None:
    text = published("alexnet").layers.replace(" groups=2", "")
    assert total(plan(parse(text), (3, 227, 227))).parameters == 62_378_344


def test_vgg16_has_the_values_that_cs231n_counts() -> None:
    """Its column of activations: the picture, and every convolution, maximum and dense layer."""
    rows = published("vgg16").plan.rows
    found = sum(math.prod(row.out_shape) for row in rows if row.config.op in ("conv", "max", "dense"))
    assert found + 3 * 224 * 224 == 15_237_608
