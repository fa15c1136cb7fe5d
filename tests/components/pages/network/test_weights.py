"""A layer has the weights of the trained network where it is one of its layers; others are drawn, and it is said."""

from dataclasses import replace

import numpy as np
import pytest

from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from components.pages.network.weights import caption, is_trained, theta_of
from components.state.link import from_query, to_query
from kernels.layer.spec import Array, Shape
from kernels.networks.trained import LAYERS, trained
from tests.support.networks import network_of as of


def parts(own: Net) -> list[Array]:
    theta = theta_of(own, plan_of(own)).values
    return [theta[row.part] for row in plan_of(own).rows if row.parameters]


FILE = np.split(trained().theta, [80, 80 + 1168])


def test_the_trained_network_has_the_numbers_of_the_file() -> None:
    theta = theta_of(Net(), plan_of(Net()))
    np.testing.assert_array_equal(theta.values, trained().theta)
    assert theta.chosen == 3


def test_after_an_edit_of_the_head_the_first_layers_keep_what_they_have_learned() -> None:
    own = of(LAYERS.replace("dense 10", "dense 7"), seed=3)
    found = parts(own)
    np.testing.assert_array_equal(found[0], FILE[0])
    np.testing.assert_array_equal(found[1], FILE[1])
    assert theta_of(own, plan_of(own)).chosen == 2
    random = parts(replace(own, weights="random"))
    np.testing.assert_array_equal(found[2], random[2])
    assert len(found[2]) == 7 * 257


@pytest.mark.parametrize(
    ("net", "inputs", "taken"),
    [
        (LAYERS.replace("conv 8 3", "conv 9 3"), (1, 16, 16), [False, False, True]),
        (LAYERS.replace("conv 8", "conv 4 1, conv 8"), (1, 16, 16), [False, False, False, False]),
        (LAYERS, (1, 20, 16), [False, False, False]),
        (LAYERS, (3, 16, 16), [False, True, True]),
        (LAYERS.replace("relu, max 2, flatten", "tanh, mean 2, flatten"), (1, 16, 16), [True, True, True]),
        (LAYERS.replace("padding=same", "padding=1"), (1, 16, 16), [True, True, True]),
        (LAYERS.replace("conv 8 3 padding=same", "conv 8 3 padding=1 mode=reflect"), (1, 16, 16), [False, True, True]),
        (LAYERS.replace("conv 8 3 padding=same", "pad 1, conv 8 3"), (1, 16, 16), [False, True, True]),
    ],
)
def test_a_layer_takes_what_was_learned_where_it_is_the_same_layer_on_the_same_volume(
    net: str, inputs: Shape, taken: list[bool]
) -> None:
    own = of(net, inputs)
    assert theta_of(own, plan_of(own)).chosen == sum(taken)
    for found, known, same in zip(parts(own), FILE, taken, strict=False):
        assert (len(found) == len(known) and np.array_equal(found, known)) == same


@pytest.mark.parametrize("weights", ["trained", "random", "edges"])
def test_the_same_link_has_the_same_numbers_and_another_seed_others(weights: str) -> None:
    own = of("conv 4 3, tanh, local 2 3, flatten, dense 5", weights=weights, seed=11)
    again = from_query(to_query(own), Net())[0]
    for one, other in zip(parts(own), parts(again), strict=True):
        np.testing.assert_array_equal(one, other)
    others = parts(replace(own, seed=12))
    assert [bool(np.any(a != b)) for a, b in zip(parts(own), others, strict=True)] == [weights != "edges", True, True]


def test_edges_are_in_the_first_kernels_alone() -> None:
    own = of("conv 4 3, conv 4 3, flatten, dense 3", weights="edges")
    random = parts(replace(own, weights="random"))
    found = parts(own)
    assert np.any(found[0] != random[0])
    np.testing.assert_allclose(found[0][:36].reshape(4, 9).sum(axis=1), 0, atol=1e-6)
    for one, other in zip(found[1:], random[1:], strict=True):
        np.testing.assert_array_equal(one, other)


def line(own: Net) -> str:
    made = plan_of(own)
    return caption(own, made, theta_of(own, made).chosen)


def test_however_its_padding_is_written_it_is_the_network_that_was_trained_and_measured() -> None:
    for net, told in (
        (LAYERS.replace("padding=same", "padding=1"), True),
        (LAYERS.replace("padding=same", "padding=1x1", 1), True),
        (LAYERS.replace("relu", "tanh", 1), False),
        (LAYERS.replace(", softmax", ""), False),
        (LAYERS + ", relu", False),
    ):
        own = of(net)
        assert is_trained(own, plan_of(own)) == told, net
        assert ("99.5 %" in line(own)) == told
        assert not is_trained(replace(own, weights="random"), plan_of(own))


def test_the_caption_tells_where_the_weights_come_from() -> None:
    assert "99.5 % of 600 unseen digits" in line(Net())
    head = line(of(LAYERS.replace("dense 10", "dense 7"), seed=3))
    assert head.startswith("2 of 3 layers of weights as trained, the others random, seed 3")
    assert "seed 4" in line(of("conv 9 5", seed=4))
    assert line(of("conv 9 5", seed=4)).startswith("Nobody has trained")
    assert "random, seed 5" in line(replace(Net(), weights="random", seed=5))
    assert line(replace(Net(), weights="edges")).startswith("Edges")


def test_the_accuracy_is_told_of_the_network_it_was_measured_with_and_of_no_other() -> None:
    for net in ("conv 8 3 padding=same", LAYERS.replace(", relu", ""), LAYERS.replace("max 2", "mean 2")):
        assert "%" not in line(of(net))
    for net in (LAYERS.replace(", softmax", ", sigmoid, softmax"), f"sigmoid, {LAYERS}"):
        assert "as trained, but in a network that nobody has measured" in line(of(net)) or "%" not in line(of(net))


def test_where_no_kernel_can_see_an_edge_the_caption_does_not_say_so() -> None:
    for net in ("flatten, dense 10", "conv 8 1, relu", "relu", ""):
        assert "Edges" not in line(of(net, weights="edges"))
    assert line(of("relu")) == "There are no weights here."
