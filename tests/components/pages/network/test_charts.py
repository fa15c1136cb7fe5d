"""The chart of costs, its text alternative and the table say the same numbers."""

import math
import re
from dataclasses import replace

import pytest

from components.pages.network import charts
from components.pages.network.costs import table as cost_table
from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from kernels.networks.plan import Plan
from kernels.networks.zoo import ZOO
from tests.support.text import numbers


def plans() -> list[Plan]:
    return [plan_of(Net()), *(known.plan for known in ZOO)]


@pytest.mark.parametrize("made", plans(), ids=["digits", *(known.id for known in ZOO)])
def test_bars_alternative_and_table_agree(made: Plan) -> None:
    table = cost_table(made)
    rows = [n for n, count in enumerate(table["free parameters"][:-1]) if count]
    own = [table["free parameters"][n] for n in rows]
    untied = [table["if nothing were shared"][n] for n in rows]
    tied, more = charts.cost_bars(made).data
    assert (tied.name, more.name) == ("free parameters", "if nothing were shared")
    assert list(tied.x) == own
    assert [a + b for a, b in zip(tied.x, more.x, strict=True)] == untied
    assert list(tied.y) == list(more.y) == [f"{n + 1}. {made.configs[n].op}" for n in rows]
    parts = re.findall(
        r"(\d+)\. (\w+): ([\d,.×⁰¹²³⁴⁵⁶⁷⁸⁹ ]+), else ([\d,.×⁰¹²³⁴⁵⁶⁷⁸⁹ ]+?)\.(?: |$)", charts.cost_bars_alt(made)
    )
    assert [int(n) - 1 for n, *_ in parts] == rows
    for (_, op, mine, all), n, count, whole in zip(parts, rows, own, untied, strict=True):
        assert op == made.configs[n].op
        assert numbers(mine) == pytest.approx([count], rel=0.05 if count >= 10**9 else 0)
        assert numbers(all) == pytest.approx([whole], rel=0.05 if whole >= 10**9 else 0)

    for text, count in zip(tied.hovertext, tied.x, strict=True):
        assert numbers(text.split(": ")[1]) == [count]
    for text, left, mine in zip(more.hovertext, more.x, tied.x, strict=True):
        assert numbers(text.split(": ")[1]) == pytest.approx([left + mine], rel=0.05)


def test_there_is_a_bar_a_layer_of_weights_and_none_without() -> None:
    made = plan_of(replace(Net(), net="relu, max 2"))
    assert charts.numbered_weights(made) == []
    assert [n for n, _ in charts.numbered_weights(plan_of(Net()))] == [0, 3, 7]


def test_the_axis_is_a_log_axis_and_the_first_layer_is_on_top() -> None:
    layout = charts.cost_bars(plan_of(Net())).layout
    assert (layout.xaxis.type, layout.barmode, layout.yaxis.autorange) == ("log", "stack", "reversed")


@pytest.mark.parametrize("net", ["conv 4 9 padding=4, globalmean, conv 4 9 padding=4", "conv 4 5 padding=same"])
def test_no_bar_is_shorter_than_nothing(net: str) -> None:
    """Kernels most of which meet only padding have more weights than connections; a log axis has no minus."""
    tied, more = charts.cost_bars(plan_of(replace(Net(), net=net))).data
    assert all(n > 0 and math.isfinite(n) for n in tied.x)
    assert all(n >= 0 for n in more.x)
