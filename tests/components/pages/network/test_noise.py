"""What only float32's rounding makes is drawn empty, and nothing else is."""

import numpy as np
import pytest

from components.pages.network import activations, noise
from components.pages.network.activations import ForwardPass, VolumeCard
from components.pages.network.layers import plan_of
from kernels.layer.spec import Array
from kernels.networks.zoo import ZOO
from tests.support.networks import network_of
from tests.support.pictures import read_png


def told(net: str, weights: str, x: Array) -> tuple[list[bool], list[VolumeCard], ForwardPass]:
    """Which layers are silent for this input, their cards, and their numbers."""
    own = network_of(net, x.shape, weights=weights)
    made = plan_of(own)
    found = activations.forward(own, made, x)
    return noise.silent(made, found.theta.values, found.x, found.outputs), activations.cards(made, found), found


@pytest.mark.parametrize(
    ("net", "weights", "silent"),
    [
        ("conv 4 3, relu, conv 3 3 bias=0, max 2", "edges", [True] * 4),
        ("conv 8 5, norm, relu, conv 3 3", "edges", [True] * 4),
        ("conv 8 5, norm, relu, conv 3 3", "random", [False, True, True, True]),
        ("conv 4 3, split, conv 4 3 padding=same, add, globalmax", "edges", [True] * 5),
        ("conv 8 3 padding=same, relu, conv 2 3", "edges", [False] * 3),
        ("conv 4 3, sigmoid, dense 3, softmax", "edges", [True, False, False, False]),
    ],
)
@pytest.mark.parametrize("level", [0.7, 0.2, 1.0])
def test_what_edges_see_in_a_constant_picture_is_rounding_and_is_drawn_empty(
    net: str, weights: str, silent: list[bool], level: float
) -> None:
    found, shown, _ = told(net, weights, np.full((1, 16, 16), level, np.float32))
    assert found == silent
    for card in shown[1:]:
        assert bool(read_png(card.src)[..., 3].any()) != found[card.at], card.title


def test_of_other_pictures_only_what_is_zero_is_silent() -> None:
    """Also where they are faint, and behind eighteen layers."""
    rng = np.random.default_rng(1)
    for known in ZOO:
        if known.id in ("zip", "lenet5", "resnet18"):
            for strength in (1.0, 0.01):
                x = strength * rng.random(known.in_shape, np.float32)
                found, _, made = told(known.layers, "random", x)
                assert found == [not output.any() for output in made.outputs], (known.id, strength)
