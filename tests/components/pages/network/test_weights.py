"""A layer has the weights of the trained network where it is one of its layers; others are drawn, and it is said."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from components.pages.network.weights import caption, in_use, is_trained, theta_of
from components.state.link import from_query, to_query
from kernels.layer.spec import Array, Shape
from kernels.networks.trained import LAYERS, trained
from kernels.networks.zoo import ZOO
from tests.support.networks import FEW, network_of

FILE = np.split(trained().theta, [80, 80 + 1168])


def parts(own: Net) -> list[Array]:
    theta = theta_of(own, plan_of(own)).values
    return [theta[row.part] for row in plan_of(own).rows if row.parameters]


def told(own: Net) -> str:
    made = plan_of(own)
    return caption(own, made, theta_of(own, made).chosen)


def test_the_trained_network_has_the_numbers_of_the_file_and_after_an_edit_of_its_head_the_others_keep_them() -> None:
    theta = theta_of(Net(), plan_of(Net()))
    np.testing.assert_array_equal(theta.values, trained().theta)
    own = network_of(LAYERS.replace("dense 10", "dense 7"), seed=3)
    found, random = parts(own), parts(replace(own, weights="random"))
    for one, wanted in zip(found, (*FILE[:2], random[2]), strict=True):
        np.testing.assert_array_equal(one, wanted)
    assert len(found[2]) == 7 * 257
    assert (theta.chosen, theta_of(own, plan_of(own)).chosen) == (3, 2)


@pytest.mark.parametrize(
    ("net", "inputs", "taken"),
    [
        (LAYERS.replace("conv 8 3", "conv 9 3"), (1, 16, 16), [False, False, True]),
        (LAYERS.replace("conv 8", "conv 4 1, conv 8"), (1, 16, 16), [False, False, False, False]),
        (LAYERS, (1, 20, 16), [True, True, False]),
        (LAYERS, (3, 16, 16), [False, True, True]),
        (LAYERS.replace("relu, max 2, flatten", "tanh, mean 2, flatten"), (1, 16, 16), [True, True, True]),
        (LAYERS.replace("padding=same", "padding=1"), (1, 16, 16), [True, True, True]),
        (LAYERS.replace("conv 8 3 padding=same", "conv 8 3 padding=1 mode=reflect"), (1, 16, 16), [False, True, True]),
        (LAYERS.replace("conv 8 3 padding=same", "pad 1, conv 8 3"), (1, 16, 16), [False, True, True]),
    ],
)
def test_a_layer_takes_what_was_learned_where_it_is_the_same_layer_on_the_same_volume_or_has_the_same_kernels(
    net: str, inputs: Shape, taken: list[bool]
) -> None:
    own = network_of(net, inputs)
    assert theta_of(own, plan_of(own)).chosen == sum(taken)
    for found, known, same in zip(parts(own), FILE, taken, strict=False):
        assert (len(found) == len(known) and np.array_equal(found, known)) == same


def test_the_dense_layer_s_weights_are_those_of_the_convolution_it_equals_on_a_picture_of_any_size() -> None:
    text = LAYERS.removesuffix(", softmax").replace("flatten, dense 10", "conv 10 4")
    for inputs in ((1, 16, 16), (1, 32, 64)):
        own = network_of(text, inputs)
        assert theta_of(own, plan_of(own)).chosen == 3
        table = FILE[2].reshape(10, 257)
        np.testing.assert_array_equal(parts(own)[2], np.append(table[:, :256].ravel(), table[:, 256]))
        assert not is_trained(own, plan_of(own))


def test_one_link_has_one_set_of_numbers_another_seed_others_and_edges_are_in_the_first_kernels_alone() -> None:
    own = network_of("conv 4 3, tanh, local 2 3, flatten, dense 5", seed=11)
    random = parts(replace(own, weights="random"))
    for weights in ("trained", "random", "edges"):
        one = replace(own, weights=weights)
        again, others = from_query(to_query(one), Net())[0], parts(replace(one, seed=12))
        assert all(map(np.array_equal, parts(one), parts(again)))
        changed = [not np.array_equal(*pair) for pair in zip(parts(one), others, strict=True)]
        assert changed == [weights != "edges", True, True]
        bent = [not np.array_equal(*pair) for pair in zip(parts(one), random, strict=True)]
        assert bent == [weights == "edges", False, False]
    edges = parts(replace(own, weights="edges"))[0][:36].reshape(4, 9)
    np.testing.assert_allclose(edges.sum(axis=1), 0, atol=1e-6)


def test_the_accuracy_is_told_of_the_trained_network_however_its_padding_is_written_and_of_no_other() -> None:
    assert told(Net()).startswith("Trained: accuracy 99.5% on 600 centred test digits")
    for net, same in (
        (LAYERS.replace("padding=same", "padding=1"), True), (LAYERS.replace("padding=same", "padding=1x1", 1), True),
        (LAYERS.replace("relu", "tanh", 1), False), (LAYERS.replace("max 2", "mean 2"), False),
        (LAYERS.replace(", softmax", ""), False), (LAYERS + ", relu", False),
        (LAYERS.replace(", softmax", ", sigmoid, softmax"), False), (f"sigmoid, {LAYERS}", False),
    ):  # fmt: skip
        own = network_of(net)
        assert is_trained(own, plan_of(own)) == same, net
        assert ("%" in told(own)) == same
        assert ("with trained weights; the accuracy of this network is unknown" in told(own)) != same
        assert not is_trained(replace(own, weights="random"), plan_of(own))


@pytest.mark.parametrize(
    ("net", "ways", "begins"),
    [
        (LAYERS.replace("dense 10", "dense 7"), {"seed": 3},
         "2 of 3 layers with trained weights, the others random, seed 3"),
        ("conv 9 5", {"seed": 4}, "These layers are untrained: their weights are random, seed 4"),
        (LAYERS, {"weights": "random", "seed": 5}, "Weights random, seed 5"),
        (LAYERS, {"weights": "edges"}, "Edge"),
        ("flatten, dense 10", {"weights": "edges"}, "Weights random"),  # no kernel that could see an edge
        ("conv 8 1, relu", {"weights": "edges"}, "Weights random"),
        ("relu", {}, "This network has no weights."),
        ("", {"weights": "edges"}, "This network has no weights."),
    ],
)  # fmt: skip
def test_the_caption_tells_where_the_weights_come_from(net: str, ways: dict[str, Any], begins: str) -> None:
    assert told(network_of(net, **ways)).startswith(begins)


@pytest.mark.parametrize(
    "net",
    [*(known.layers for known in ZOO), LAYERS, LAYERS.replace("dense 10", "dense 7"),
     LAYERS.replace("conv 8 3", "conv 9 3"), "conv 4 1, dense 3", "dense 3", "relu", ""],
)  # fmt: skip
def test_the_choice_that_is_marked_is_the_one_the_weights_come_from(net: str) -> None:
    """Trained, or edges, is marked only where some layer has them; a caption that denies it never stands beside it."""
    inputs = next((known.in_shape for known in ZOO if known.layers == net), (1, 16, 16))
    for choice in ("trained", "random", "edges"):
        own = network_of(net, inputs, weights=choice)
        made = plan_of(own)
        marked = in_use(own, made)
        assert marked in (choice, "random")
        if made.parameters < FEW:
            chosen = theta_of(own, made).chosen
            assert (marked == "random") == (chosen == 0)
            text = caption(own, made, chosen)
            assert ("untrained" in text) <= (marked != "trained")
    if len(net) > 200:  # a published network has none of the layers that were trained here
        assert in_use(network_of(net, inputs), plan_of(network_of(net, inputs))) == "random"
