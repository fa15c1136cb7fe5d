"""The row of layers, its own functions in Node: what is pointed at while the network below the pointer changes."""

import pytest

from components.widgets.mount import SHARED, module
from tests.support.node import call

VOLUMES = SHARED.parents[1] / "pages" / "network" / "volumes"


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
    script = module(VOLUMES).replace("export default component(", "void (")
    assert call(script, "({ cards, at }) => holds(cards, at)", {"cards": cards, "at": {"row": row, "unit": unit}}) == (
        there
    )
