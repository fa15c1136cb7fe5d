"""From dense to shared and the network beside it, from the loom's own scripts in Node: what is said and drawn."""

import re
from typing import Any

import pytest

from components.display.layer import layer_of
from components.pages.explore.dense_to_shared import stages
from components.state.link import edited
from components.state.setup import Setup
from components.widgets.mount import SHARED
from tests.support.node import call

LOOM = SHARED.parents[1] / "pages" / "explore" / "loom"
SCRIPT = "\n".join(file.read_text("utf-8") for file in (SHARED, LOOM / "tying.js", LOOM / "network.js"))
KERNELS = ["1,2,3;4,5,6;7,8,9", "1,2;3,4", "5"]


def moments(kernel: str, at: list[float]) -> Any:  # noqa: ANN401
    """What is said at these times of the story, and the four stages with their free parameters."""
    told = stages(layer_of(edited(Setup(), kernel=kernel), (8, 8)), flip=False)
    sent = [{"name": stage.name, "parameters": stage.parameters} for stage in told]
    return call(SCRIPT, "({ stages, at }) => at.map((one) => momentOf(stages, one))", {"stages": sent, "at": at}), told


@pytest.mark.parametrize("kernel", KERNELS)
def test_free_parameters_are_those_of_a_stage_and_between_two_that_differ_the_number_is_said_to_count(
    kernel: str,
) -> None:
    times = [n / 10 for n in range(31)]
    said, told = moments(kernel, times)
    exact = {stage.parameters for stage in told}
    for time, moment in zip(times, said, strict=True):
        before, after = told[int(time)], told[min(3, int(time) + (time % 1 > 0))]
        number = int(re.sub(r"\D", "", moment["count"]))
        if "free parameter" in moment["count"]:
            assert number in exact
            assert before.parameters == after.parameters
        else:
            assert moment["count"].startswith("counting: ")
            assert after.parameters <= number <= before.parameters
        resting = before is after
        assert moment["name"] == (before.name if resting else f"{before.name} → {after.name}")


def test_at_rest_the_count_is_the_stages_own_and_one_is_no_plural() -> None:
    said, told = moments("5", [0, 1, 2, 3])
    assert [moment["name"] for moment in said] == [stage.name for stage in told]
    assert [moment["count"] for moment in said][-1] == "1 free parameter"
    said, _ = moments(KERNELS[0], [0, 1, 2, 3])
    assert [moment["count"] for moment in said] == [f"{n} free parameters" for n in ("2,304", "324", "9", "9")]


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
