"""What the table of kernels is sent: every weight in its place, with its own colour."""

import json
from dataclasses import replace

import numpy as np
import pytest

from components.display import theme
from components.pages.channels import blocks, layer
from components.pages.channels.bank import props
from components.pages.channels.state import Channels
from components.state.link import edited
from components.state.setup import Setup
from tests.support.oracles import Geometry, loop_connections
from tests.support.pictures import hexed, read_png

Case = tuple[int, int, int, tuple[int, int]]  # channels, outputs, groups, kernel size
CASES: list[Case] = [(3, 4, 1, (3, 3)), (1, 1, 1, (3, 3)), (3, 3, 1, (1, 1)), (3, 3, 3, (3, 3)), (4, 6, 2, (2, 5))]


def bank_of(case: Case) -> Channels:
    many, outputs, groups, size = case
    weight = np.random.default_rng(3).normal(size=(outputs, many // groups, *size)).round(2)
    biases = np.arange(outputs) - 1.5
    return layer.fitted(edited(Channels(), filters=weight.tolist(), biases=biases.tolist(), groups=groups), many)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_kernel_stands_in_its_row_and_column_in_the_colours_of_its_weights(case: Case) -> None:
    many, outputs, groups, (K, L) = case
    own, names, reads = bank_of(case), tuple(f"c{n}" for n in range(many)), many // groups
    sent = props(own, names)
    assert (sent["channels"], sent["L"], sent["biases"]) == (names, L, own.biases)
    weight, colours = np.array(own.filters), theme.bank(outputs, reads, K, L).reshape(outputs, reads, K * L, 3)
    wanted = [
        [
            {
                "channel": c % reads,
                "weights": weight[o, c % reads].ravel().tolist(),
                "colours": [hexed(colour) for colour in colours[o, c % reads]],
                "inks": [theme.ink(colour) for colour in colours[o, c % reads]],
            }
            if c // reads == o // (outputs // groups)
            else None
            for c in range(many)
        ]
        for o in range(outputs)
    ]
    assert json.loads(json.dumps(sent, allow_nan=False))["outputs"] == wanted


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_kernel_has_a_hue_of_its_own_and_goes_from_dark_to_light(case: Case) -> None:
    rows = props(bank_of(case), tuple("abcd"[: case[0]]))["outputs"]
    kernels = [cell["colours"] for row in rows for cell in row if cell]
    colours = [colour for kernel in kernels for colour in kernel]
    assert len(set(colours)) == len(colours)
    for kernel in kernels[: len(kernels) if len(kernels) > 1 else 0]:  # a single one has a hue for each weight
        light = [sum(bytes.fromhex(colour[1:])) for colour in kernel]
        assert light == sorted(light)
        assert light[0] < light[-1] or len(light) == 1


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_connection_of_w_and_of_its_close_up_has_the_colour_its_weight_has_in_the_table(case: Case) -> None:
    many, outputs, groups, size = case
    own = replace(bank_of(case), part=(1, 20, 2, 30))
    g = Geometry("", (many, 5, 6), size, outputs, groups=groups)
    made, kernels = layer.layer(Setup(), own, g.in_shape), props(own, tuple("abcd"[:many]))["outputs"]
    wanted = np.zeros((g.n_outputs, g.n_inputs, 4), np.uint8)
    for target, source, (_, o, c, k, l) in loop_connections("conv", g):
        kernel = next(one for one in kernels[int(o)] if one and one["channel"] == c)
        wanted[target, source] = [*bytes.fromhex(kernel["colours"][int(k) * size[1] + int(l)][1:]), 255]
    np.testing.assert_array_equal(blocks.coloured(own, made, blocks.whole(made)), wanted)
    near, _ = blocks.matrix_cards(own, made)
    np.testing.assert_array_equal(read_png(near.pictures[0].src), wanted[1:20, 2:30])


def test_a_changed_weight_changes_one_number_and_no_colour_and_places_change_nothing() -> None:
    own, names = bank_of(CASES[0]), ("a", "b", "c")
    filters = np.array(own.filters)
    filters[2, 1, 0, 2] = 9.5
    before, after = (props(each, names) for each in (own, edited(own, filters=filters.tolist())))
    assert after["outputs"][2][1]["weights"][2] == 9.5
    after["outputs"][2][1]["weights"][2] = before["outputs"][2][1]["weights"][2]
    assert before == after == props(replace(own, cell=(2, 9, 9), part=(0, 5, 0, 5), seed=7), names)
