"""Published networks: what was printed comes out of their descriptions. The figures here are from the papers."""

import math

import pytest

from kernels.layer.spec import Shape
from kernels.networks.costs import cost, textbook_multiply_adds, total, units
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
    "mobilenet": 4_231_976,  # printed: 4.2 million
    "mobilenet_full": 29_294_088,  # printed: 29.3 million
}
ROUNDED = {"mobilenet": (4_200_000, 100_000), "mobilenet_full": (29_300_000, 100_000)}
CONNECTIONS = {"zip": 64_660, "lenet5": 340_908}
FIXED = {"lenet5": 10 * 84}  # the connections of LeNet-5's output layer, which is not trained
UNITS = {"zip": 1_256}
LAST = {"zip": 10, "lenet5": 84}  # of the others 1,000
INPUTS: dict[str, Shape] = {"zip": (1, 16, 16), "lenet5": (1, 32, 32), "alexnet": (3, 227, 227)}  # others: 224 pixels
# Of each printed layer: its name, parameters, connections, and parameters without sharing.
LAYERS: dict[str, list[tuple[str, int | None, int | None, int | None]]] = {
    "zip": [("H1", 1_068, 19_968, None), ("H2", 2_592, 38_592, None), ("H3", 5_790, 5_790, None),
            ("output", 310, 310, None)],
    "lenet5": [("C1", 156, 122_304, None), ("S2", 12, 5_880, None), ("C3", 1_516, 151_600, None),
               ("S4", 32, 2_000, None), ("C5", 48_120, 48_120, None), ("F6", 10_164, 10_164, None)],
    "alexnet": [("conv1", 34_944, None, 105_705_600)],
}  # fmt: skip
C3 = [
    "012", "123", "234", "345", "045", "015", "0123", "1234", "2345", "0345", "0145", "0125", "0134", "1245", "0235",
    "012345",
]  # fmt: skip


def test_these_are_the_networks_there_are() -> None:
    assert [known.id for known in ZOO] == list(PARAMETERS)
    for known in ZOO:
        assert published(known.id) is known
        assert known.title
        assert known.source
    with pytest.raises(KeyError, match="lenet6"):
        published("lenet6")


@every_network
def test_a_description_fits_its_input_to_the_last_layer_and_is_as_it_would_be_written(known: Published) -> None:
    assert known.in_shape == INPUTS.get(known.id, (3, 224, 224))
    assert known.plan.fault is None
    assert len(known.plan.rows) == len(known.plan.configs)
    assert known.plan.rows[-1].out_shape == known.plan.network.shapes[-1] == (LAST.get(known.id, 1000), 1, 1)
    assert text_of(parse(known.layers)) == known.layers
    assert plan(parse(known.layers), known.in_shape) == known.plan


@every_network
def test_the_totals_and_the_figures_of_every_printed_layer_are_those_published(known: Published) -> None:
    found = total(known.plan)
    assert found.parameters == known.plan.network.parameters == PARAMETERS[known.id]
    assert (known.parameters, known.rounded[0]) == ROUNDED.get(known.id, (PARAMETERS[known.id], 1))
    assert known.connections == CONNECTIONS.get(known.id)
    assert known.units == UNITS.get(known.id)
    assert known.fixed == FIXED.get(known.id, 0)
    assert known.connections in (None, found.connections + known.fixed)
    assert known.units in (None, units(known.plan))
    shown = [(layer.name, layer.parameters, layer.connections, layer.untied) for layer in known.printed]
    assert shown == LAYERS.get(known.id, [])
    for layer in known.printed:
        taken = [cost(row) for row in known.plan.rows[layer.first : layer.first + layer.rows]]
        assert len(taken) == layer.rows
        assert sum(one.parameters for one in taken) == layer.parameters
        assert layer.connections in (None, sum(one.connections for one in taken))
        assert layer.untied in (None, sum(one.untied for one in taken))
    if known.connections:  # then the printed layers are all that has parameters, and none is taken twice
        lines = [n for layer in known.printed for n in range(layer.first, layer.first + layer.rows)]
        assert lines == sorted(set(lines))
        assert {n for n, row in enumerate(known.plan.rows) if cost(row).parameters} <= set(lines)
        assert sum(layer.parameters or 0 for layer in known.printed) == PARAMETERS[known.id]
        assert sum(layer.connections or 0 for layer in known.printed) == CONNECTIONS[known.id] - known.fixed


@pytest.mark.parametrize(
    ("id", "printed", "with_last"),
    [("mobilenet", 569, 568_740_352), ("mobilenet_full", 4_866, 4_867_293_184)],
)
def test_mobilenets_multiply_adds_are_counted_as_the_paper_does(id: str, printed: int, with_last: int) -> None:
    known, found = published(id), 0
    for row in known.plan.rows:  # by hand: outputs · channels read · K · L
        if row.config.op in ("conv", "dense"):
            size = row.config["size"] if row.config.op == "conv" else (1, 1)
            reads = row.in_shape[0] // (row.config["groups"] if row.config.op == "conv" else 1)
            found += math.prod(row.out_shape) * reads * math.prod(size)
    assert textbook_multiply_adds(known.plan) == found == with_last
    assert known.multiply_adds == printed * 10**6
    last = 1024 * 1000 if id == "mobilenet_full" else 0  # the printed figure leaves the last layer out
    assert round((found - last) / 10**6) == printed


def test_mobilenets_blocks_are_a_kernel_a_map_then_one_by_one_kernels() -> None:
    convs = [row for row in published("mobilenet").plan.rows if row.config.op == "conv"][1:]
    assert len(convs) == 26
    for depth, point in zip(convs[::2], convs[1::2], strict=True):
        assert depth.config["groups"] == depth.config["maps"] == depth.in_shape[0]
        assert (point.config["size"], point.config["groups"]) == ((1, 1), 1)
    full = [row for row in published("mobilenet_full").plan.rows if row.config.op == "conv"][1:]
    assert [row.out_shape for row in full] == [row.out_shape for row in convs[1::2]]


def test_the_tables_are_those_of_the_papers() -> None:
    row = next(row for row in published("lenet5").plan.rows if row.config.op == "table")
    assert [list(map(str, reads)) for reads in row.config["maps"]] == [list(reads) for reads in C3]
    assert LENET_TABLE.split("/") == C3
    reads = [[int(c, 36) for c in part] for part in ZIP_TABLE.split("/")]  # eight of twelve maps, each alike often
    assert len({tuple(part) for part in reads}) == len(reads) == 12
    for part in reads:
        assert part == sorted(set(part) & set(range(12)))
        assert len(part) == 8
    assert [sum(c in part for part in reads) for c in range(12)] == [8] * 12


@pytest.mark.parametrize(
    ("id", "ops", "shapes"),
    [
        ("zip", ("conv", "table", "dense"), [(12, 8, 8), (12, 4, 4), (30, 1, 1), (10, 1, 1)]),
        ("lenet5", ("conv", "subsample", "table", "dense"), [
            (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1), (84, 1, 1),
        ]),
        ("alexnet", ("max",), [(96, 27, 27), (256, 13, 13), (256, 6, 6)]),
        ("vgg16", ("max",), [(64, 112, 112), (128, 56, 56), (256, 28, 28), (512, 14, 14), (512, 7, 7)]),
    ],
)  # fmt: skip
def test_the_layers_have_the_shapes_of_the_papers(id: str, ops: tuple[str, ...], shapes: list[Shape]) -> None:
    rows = published(id).plan.rows
    assert [row.out_shape for row in rows if row.config.op in ops] == shapes
    if id == "zip":
        assert [cost(row).parameters for row in rows if row.config.op == "unitbias"] == [768, 192]


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


def test_figures_that_others_count_come_out_too() -> None:
    text = published("alexnet").layers.replace(" groups=2", "")  # without its two halves
    assert total(plan(parse(text), (3, 227, 227))).parameters == 62_378_344
    rows = published("vgg16").plan.rows  # CS231n counts the picture and every convolution, maximum and dense layer
    found = sum(math.prod(row.out_shape) for row in rows if row.config.op in ("conv", "max", "dense"))
    assert found + 3 * 224 * 224 == 15_237_608
