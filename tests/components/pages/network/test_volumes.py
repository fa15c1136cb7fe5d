"""The row of layers, its own functions in Node: what is pointed at, and what it sees of the layers before."""

import numpy as np
import pytest

from components.pages.network import activations
from components.widgets.mount import SHARED, module
from kernels.layer.spec import Shape
from kernels.networks.description import parse
from kernels.networks.plan import INPUT, plan
from kernels.networks.receptive_fields import fields
from tests.support.node import call

VOLUMES = module(SHARED.parents[1] / "pages" / "network" / "volumes").replace("export default component(", "void (")
NETS: list[tuple[str, Shape]] = [
    ("conv 2 3 padding=same, relu, max 2, conv 3 3, flatten, dense 4, softmax", (1, 8, 10)),
    ("conv 4 3x2 stride=2x1 padding=1x0, tanh, conv 4 2 dilation=2 groups=2", (3, 9, 11)),
    ("conv 2 3 padding=2 mode=reflect, conv 2 3 padding=1 mode=replicate, conv 1 3 padding=3 mode=circular", (1, 7, 6)),
    ("conv 2 1 padding=2, conv 2 3 dilation=3 padding=3, mean 3 stride=1", (3, 8, 8)),
    ("table 0/12/012 2, local 2 2 stride=2, tiled 2 2 2, subsample 2", (3, 11, 12)),
    ("pad 1x2 value=-1, conv 2 3 stride=2, unitbias, norm, sigmoid, globalmax", (1, 6, 7)),
    ("conv 4 3 groups=1, conv 6 2 groups=2, globalmean, flatten, dense 3", (1, 7, 7)),
    ("split, conv 3 3 padding=1, relu, conv 3 3 padding=1, add, relu, max 2", (3, 6, 6)),
    ("conv 2 2, split, conv 4 3 stride=2 padding=1, shortcut, conv 4 1 stride=2, add, conv 2 2", (1, 9, 9)),
    ("split, conv 3 1 groups=3, split, shortcut, conv 3 5 padding=2 groups=3, add, add, flatten", (3, 6, 6)),
    ("conv 4 3 groups=1, split, conv 4 1 groups=4, shortcut, conv 4 1 groups=2, add, conv 4 3 groups=4", (1, 7, 7)),
    ("dense 5, softmax", (3, 4, 5)),
    ("flatten, conv 4 1 groups=4, relu", (1, 4, 4)),
    ("flatten, conv 2 1 padding=1, mean 2", (1, 4, 4)),
    ("conv 1 3 stride=3, conv 1 5 padding=2", (1, 16, 16)),
]


@pytest.mark.parametrize(
    ("row", "unit", "there"),
    [
        (0, (5, 12, 12), True),
        (0, (6, 12, 12), False),  # maps that are not shown have no units
        (0, (5, 13, 12), False),
        (0, (5, 12, 13), False),
        (1, (0, 0, 0), False),  # a layer that has gone
    ],
)
def test_a_unit_that_a_smaller_map_has_not_is_let_go_of(row: int, unit: tuple[int, int, int], there: bool) -> None:
    cards = [{"at": -1, "shape": [1, 16, 16], "shown": 1}, {"at": 0, "shape": [8, 13, 13], "shown": 6}]
    asked = {"cards": cards, "at": {"row": row, "unit": unit}}
    assert call(VOLUMES, "({ cards, at }) => holds(cards, at)", asked) == there


FIELDS = """([rows, asked]) => {
  const list = (set) => set && [...set].sort((a, b) => a - b);
  return asked.map(([at, unit]) => [...fields(rows, at, unit)].map(
    ([n, box]) => [n, list(box.channels), list(box.rows), list(box.cols)]));
}"""


@pytest.mark.parametrize(("net", "inputs"), NETS)
def test_the_field_that_the_browser_finds_is_the_one_the_engine_finds(net: str, inputs: Shape) -> None:
    made, rng = plan(parse(net), inputs), np.random.default_rng(0)
    assert made.fault is None
    asked = [
        (at, [int(n) for n in unit])
        for at, row in enumerate(made.rows)
        for unit in [(0, 0, 0), [n - 1 for n in row.out_shape], *rng.integers(0, row.out_shape, (8, 3))]
    ]
    found = call(VOLUMES, FIELDS, [[activations.field_rule(row) for row in made.rows], asked])
    for (at, (c, i, j)), boxes in zip(asked, found, strict=True):
        wanted = fields(made, at, (c, i, j))
        assert {n for n, *_ in boxes} == set(wanted), at
        for n, channels, rows, cols in boxes:
            box = wanted[n]
            many = (inputs if n == INPUT else made.rows[n].out_shape)[0]
            channels = list(range(many)) if channels is None else channels
            if box:
                assert (channels, rows, cols) == (sorted(box.channels), sorted(box.rows), sorted(box.cols)), (at, n)
            else:
                assert not (channels and rows and cols)
