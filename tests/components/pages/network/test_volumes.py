"""The row of layers, its own functions in Node: what is pointed at, and what it sees of the layers before."""

import numpy as np
import pytest

from components.pages.network import activations
from components.widgets.mount import SHARED, module
from kernels.networks.plan import INPUT
from kernels.networks.receptive_fields import fields
from tests.support.networks import SMALL, network
from tests.support.node import call

VOLUMES = module(SHARED.parents[1] / "pages" / "network" / "volumes").replace("export default component(", "void (")


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


@pytest.mark.parametrize("name", SMALL)
def test_the_field_that_the_browser_finds_is_the_one_the_engine_finds(name: str) -> None:
    made, rng = network(name), np.random.default_rng(0)
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
            many = (made.in_shape if n == INPUT else made.rows[n].out_shape)[0]
            channels = list(range(many)) if channels is None else channels
            if box:
                assert (channels, rows, cols) == (sorted(box.channels), sorted(box.rows), sorted(box.cols)), (at, n)
            else:
                assert not (channels and rows and cols)
