"""The chart of costs, its text alternative and the table say the same numbers."""

import math
import re

import pytest

from components.pages.network import charts
from components.pages.network.costs import table as cost_table
from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from kernels.networks.plan import Plan
from kernels.networks.zoo import ZOO
from tests.support.networks import network_of
from tests.support.text import numbers

PLANS = {"digits": plan_of(Net())} | {known.id: known.plan for known in ZOO}
COUNT = r"([\d,.×⁰¹²³⁴⁵⁶⁷⁸⁹ bilontr]+?)"


@pytest.mark.parametrize("made", PLANS.values(), ids=PLANS)
def test_bars_alternative_and_table_agree(made: Plan) -> None:
    table, figure = cost_table(made), charts.cost_bars(made)
    rows = [n for n, count in enumerate(table["free parameters"][:-1]) if count]
    own, untied = ([table[name][n] for n in rows] for name in ("free parameters", "without sharing"))
    tied, more = figure.data
    assert (tied.name, more.name) == ("free parameters", "without sharing")
    assert (list(tied.x), [a + b for a, b in zip(tied.x, more.x, strict=True)]) == (own, untied)
    assert list(tied.y) == list(more.y) == [f"{n + 1}. {made.configs[n].op}" for n in rows]
    assert [numbers(text.split(": ")[1]) for text in tied.hovertext] == [[count] for count in own]
    assert [numbers(text.split(": ")[1])[0] for text in more.hovertext] == pytest.approx(untied, rel=0.05)
    parts = re.findall(rf"(\d+\. \w+): {COUNT}, without sharing {COUNT}\.(?: |$)", charts.cost_bars_alt(made))
    assert [name for name, *_ in parts] == list(tied.y)
    for at, counts in ((1, own), (2, untied)):
        for part, count in zip(parts, counts, strict=True):
            assert numbers(part[at]) == pytest.approx([count], rel=0.05 if count >= 10**9 else 0)
    layout = figure.layout
    assert (layout.xaxis.type, layout.barmode, layout.yaxis.autorange) == ("log", "stack", "reversed")


@pytest.mark.parametrize("net", ["relu", "conv 4 9 padding=4, globalmean, conv 4 9 padding=4", "conv 4 5 padding=same"])
def test_no_bar_is_shorter_than_nothing_and_without_weights_there_is_none(net: str) -> None:
    """Kernels most of which meet only padding have more weights than connections; a log axis has no minus."""
    made = plan_of(network_of(net))
    tied, more = charts.cost_bars(made).data
    assert len(tied.x) == len(charts.numbered_weights(made)) == net.count("conv")
    assert all(n > 0 and math.isfinite(n) for n in tied.x)
    assert all(n >= 0 for n in more.x)
