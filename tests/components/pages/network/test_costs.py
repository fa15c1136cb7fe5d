"""What a network costs is said layer by layer, as `kernels.networks.costs` counts it."""

import math

import pytest

from components.pages.network.costs import NUMBERS, padding_notes, table, title, verdict
from components.pages.network.edits import start_from
from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from kernels.networks.costs import cost, total
from kernels.networks.receptive_fields import field_sizes
from tests.support.networks import network_of as of
from tests.support.text import numbers, sizes


@pytest.mark.parametrize("id", ["digits", "lenet5", "vgg16"])
def test_the_table_holds_what_each_layer_costs_and_what_all_do(id: str) -> None:
    made = plan_of(start_from(Net(), id))
    found, costs = table(made), [*map(cost, made.rows), total(made)]
    assert found["output"] == [*(" × ".join(map(str, row.out_shape)) for row in made.rows), ""]
    assert found["free parameters"] == [one.parameters for one in costs]
    assert found["without sharing"] == [one.untied for one in costs]
    assert found["connections"] == [one.connections for one in costs]
    assert found["multiply-adds"] == [one.multiply_adds for one in costs]
    assert found["receptive field"] == [*(f"{rows} × {cols}" for rows, cols in field_sizes(made)), ""]
    outputs = [math.prod(row.out_shape) for row in made.rows]
    for text, one, units in zip(found["memory"], costs, [*outputs, sum(outputs)], strict=True):
        assert sizes(text) == pytest.approx([4 * (one.parameters + units)], rel=0.05)
    assert found["layer"] == [*(f"{n}. {row.config}" for n, row in enumerate(made.rows, 1)), "total"]


def test_the_table_has_the_layers_that_fit_and_no_layers_cost_nothing() -> None:
    found = table(plan_of(of("conv 8 3, conv 4 64, relu")))
    assert found["layer"] == ["1. conv 8 3", "total"]
    assert found["free parameters"] == [80, 80]
    nothing = table(plan_of(of("")))
    assert nothing["layer"] == ["total"]
    assert [nothing[name] for name in NUMBERS] == [[0]] * 4


def test_what_the_network_is_is_said_in_a_sentence_and_in_the_title() -> None:
    untied = total(plan_of(Net())).untied
    assert numbers(verdict(plan_of(Net())).replace("**", "")) == [9, 3818, untied, round(untied / 3818)]
    assert "without layers" in verdict(plan_of(of("")))
    assert "1 layer," in verdict(plan_of(of("relu")))
    assert title(plan_of(Net())) == f":primary[3,818 parameters]; {untied:,} without sharing"
    for net in ("", "relu", "conv 8 64"):
        assert title(plan_of(of(net))) == ":primary[Layer by layer], volume by volume"


def test_padding_that_other_libraries_do_otherwise_is_told_once_with_its_layers() -> None:
    first, other = "conv 2 3 padding=same", "conv 2 3 stride=2 padding=same"
    assert padding_notes(plan_of(of(f"{first}, relu, {first}, conv 2 3 stride=2 padding=1"))) == []
    size, pads = padding_notes(plan_of(of(f"{other}, relu")))
    assert size.startswith("Layer 1: “same” keeps the size only at stride 1. Here the output is 8 × 8")
    assert pads.startswith(
        "Layer 1: TensorFlow and Keras pad differently: here their “same” adds 0 above and 0 on the left"
    )
    both = padding_notes(plan_of(of(f"split, {other}, shortcut, {other}, add")))
    assert both == [size.replace("Layer 1", "Layer 2, 4"), pads.replace("Layer 1", "Layer 2, 4")]
