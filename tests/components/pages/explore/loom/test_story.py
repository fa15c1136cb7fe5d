"""From dense to shared and the network beside it, from the loom's own scripts in Node: what is said and drawn."""

import re

import pytest

from components.display import words
from components.display.layer import layer_of
from components.pages.explore.dense_to_shared import stages
from components.state.link import edited
from components.state.setup import Setup
from components.widgets.mount import SHARED
from tests.support.node import call

LOOM = SHARED.parents[1] / "pages" / "explore" / "loom"
SCRIPT = "\n".join(file.read_text("utf-8") for file in (SHARED, LOOM / "tying.js", LOOM / "network.js"))


@pytest.mark.parametrize("kernel", ["1,2,3;4,5,6;7,8,9", "1,2;3,4", "5"])
def test_free_parameters_are_those_of_a_stage_and_between_two_that_differ_the_number_is_said_to_count(
    kernel: str,
) -> None:
    times = [n / 10 for n in range(31)]
    told = stages(layer_of(edited(Setup(), kernel=kernel), (8, 8)), flip=False)
    sent = [{"name": stage.name, "parameters": stage.parameters} for stage in told]
    said = call(SCRIPT, "({ stages, at }) => at.map((one) => momentOf(stages, one))", {"stages": sent, "at": times})
    for time, moment in zip(times, said, strict=True):
        before, after = told[int(time)], told[min(3, int(time) + (time % 1 > 0))]
        assert moment["name"] == (before.name if before is after else f"{before.name} → {after.name}")
        if before.parameters == after.parameters:
            assert moment["count"] == words.plural(before.parameters, "free parameter")
        else:
            assert moment["count"].startswith("counting: ")
            assert after.parameters <= int(re.sub(r"\D", "", moment["count"])) <= before.parameters


@pytest.mark.parametrize("strong", [True, False])
def test_a_connection_of_weight_0_is_drawn_as_visibly_as_any_other(strong: bool) -> None:
    edges = [{"weight": 0, "value": value} for value in (0, 0.001, 1, -2)] + [{"weight": -1, "value": 0}]
    lines = "({ edges, strong }) => edges.map((edge) => lineOf(edge, 2, strong))"
    zero, small, _, largest, outside = call(SCRIPT, lines, {"edges": edges, "strong": strong})
    assert zero["dash"]
    assert zero["width"] >= (2 if strong else 1)
    assert zero["width"] > small["width"]
    assert zero["width"] < largest["width"]
    assert not any(line["dash"] for line in (small, largest, outside))
