"""A dense layer is the convolution it equals: the same numbers on its own picture, and more windows on a larger one."""

import numpy as np
import pytest

from kernels.layer.spec import Shape, SpecError
from kernels.networks.convolutional import convolutional, convolutional_theta, dense_weights, windows_of
from kernels.networks.description import parse, text_of
from kernels.networks.plan import activations, init, plan
from kernels.networks.trained import IN_SHAPE, LAYERS, trained
from kernels.networks.zoo import published

NETS: list[tuple[str, Shape, str]] = [
    (LAYERS, IN_SHAPE, "conv 8 3 padding=same, relu, max 2, conv 16 3 padding=same, relu, max 2, conv 10 4"),
    ("conv 3 3, flatten, relu, dense 6 bias=0, tanh, dense 2", (2, 7, 9),
     "conv 3 3, relu, conv 6 5x7 bias=0, tanh, conv 2 1"),
    ("dense 5, softmax", (3, 4, 6), "conv 5 4x6"),
    ("split, conv 2 3 padding=1, add, globalmean, flatten, dense 4", (2, 5, 5),
     "split, conv 2 3 padding=1, add, globalmean, conv 4 1"),
]  # fmt: skip


@pytest.mark.parametrize(("net", "shape", "wanted"), NETS)
def test_it_has_the_same_numbers_in_theta_and_gives_the_same_on_the_same_picture(
    net: str, shape: Shape, wanted: str
) -> None:
    made = plan(parse(net), shape)
    configs = convolutional(made)
    assert text_of(configs) == wanted
    same = plan(configs, shape)
    theta = trained().theta if net == LAYERS else init(made, 3) + np.float32(0.1)
    other = convolutional_theta(made, theta)
    assert same.parameters == made.parameters
    assert sorted(other.tolist()) == sorted(theta.tolist())
    x = np.random.default_rng(0).random(shape).astype(np.float32)
    scores = activations(made, theta, x)[-2 if "softmax" in net else -1]
    np.testing.assert_allclose(activations(same, other, x)[-1], scores.reshape(-1, 1, 1), rtol=1e-4, atol=1e-5)


def test_on_a_larger_picture_each_answer_is_that_of_the_dense_network_on_its_window() -> None:
    made = plan(parse("conv 4 3, relu, max 2, flatten, dense 5"), (1, 10, 10))  # without padding: no border inside
    theta = init(made, 1)
    x = np.random.default_rng(1).random((1, 16, 18)).astype(np.float32)
    found = activations(plan(convolutional(made), x.shape), convolutional_theta(made, theta), x)[-1]
    assert found.shape == (5, *windows_of(made, 16, 18)) == (5, 4, 5)
    for i, j in np.ndindex(4, 5):
        window = x[:, 2 * i : 2 * i + 10, 2 * j : 2 * j + 10]
        np.testing.assert_allclose(found[:, i, j], activations(made, theta, window)[-1].ravel(), rtol=1e-4, atol=1e-5)


def test_vgg_s_first_dense_layer_answers_thirty_six_windows_of_a_picture_of_384_pixels() -> None:
    made = published("vgg16").plan
    row = plan(convolutional(made), (3, 384, 384)).rows[-5]
    assert (row.config.op, row.config["size"], row.in_shape, row.out_shape) == (
        "conv",
        (7, 7),
        (512, 12, 12),
        (4096, 6, 6),
    )
    assert dense_weights(made) == 7 * 7 * 512 * 4096 == 102_760_448 == row.parameters - 4096
    assert windows_of(made, 384, 384) == (6, 6)
    assert windows_of(made, 224, 224) == (1, 1)


@pytest.mark.parametrize(
    ("net", "shape", "said"),
    [
        ("conv 4 9", (1, 8, 8), "does not fit"),
        ("flatten, norm, dense 3", (1, 4, 4), "norm after flatten"),
        ("dense 3", (1, 65, 4), "at most 64×64"),
    ],
)
def test_what_is_no_convolution_is_refused(net: str, shape: Shape, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        convolutional(plan(parse(net), shape))
