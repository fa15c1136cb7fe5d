"""Kernels that see edges: each answers most to a slope in its own direction."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels.layer.spec import Shape
from kernels.networks.oriented import edges, oriented
from kernels.networks.plan import init
from tests.support.networks import made

Array = NDArray[np.float64]
SIZES = [(3, 3), (5, 5), (7, 7), (2, 2), (4, 4), (11, 11)]


def slope(size: tuple[int, int], angle: float) -> Array:
    """An image that rises in one direction: cos a to the right, sin a downwards."""
    rows, cols = range(size[0]), range(size[1])
    return np.array([[math.cos(angle) * col + math.sin(angle) * row for col in cols] for row in rows])


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_each_kernel_answers_to_slopes_by_the_cosine_of_the_angle_to_its_own_direction(size: tuple[int, int]) -> None:
    for maps in (1, 2, 3, 8):
        kernels = edges(maps, 1, *size)
        most = float((kernels[0, 0] * slope(size, 0)).sum())
        assert most > 0
        for o, degrees in np.ndindex(maps, 360):
            found = float((kernels[o, 0] * slope(size, math.radians(degrees))).sum())
            wanted = most * math.cos(math.radians(degrees) - math.pi * o / maps)
            assert found == pytest.approx(wanted, abs=1e-12 * most + 1e-12)


def test_a_kernel_has_length_one_over_all_channels_no_mean_and_is_alike_in_all() -> None:
    for size in [*SIZES, (3, 5), (2, 7), (5, 1)]:
        for channels in (1, 3):
            kernels = edges(8, channels, *size)
            assert kernels.shape == (8, channels, *size)
            for kernel in kernels:
                length = math.sqrt(math.fsum((kernel**2).ravel().tolist()))
                assert length == pytest.approx(1, abs=1e-12) or not kernel.any()
                assert math.fsum(kernel.ravel().tolist()) == pytest.approx(0, abs=1e-12)
                np.testing.assert_array_equal(kernel, np.broadcast_to(kernel[0], kernel.shape))
            assert sum(not kernel.any() for kernel in kernels) == (1 if 1 in size else 0)


def test_kernels_are_the_derivative_of_a_gaussian() -> None:
    """By finite differences of exp(−(x² + y²) / 2σ²), σ a quarter of the longer side."""
    K, L, step = 5, 7, 1e-6
    for o, kernel in enumerate(edges(4, 1, K, L)[:, 0]):
        a = math.pi * o / 4
        wanted = np.zeros((K, L))
        for i, j in np.ndindex(K, L):
            x, y = j - (L - 1) / 2, i - (K - 1) / 2
            up, down = (
                math.exp(-((x + t * math.cos(a)) ** 2 + (y + t * math.sin(a)) ** 2) / (2 * (L / 4) ** 2))
                for t in (step, -step)
            )
            wanted[i, j] = (down - up) / (2 * step)  # rises in its direction: minus the derivative
        np.testing.assert_allclose(kernel, wanted / np.linalg.norm(wanted), rtol=0, atol=1e-8)


def test_a_kernel_of_one_tap_has_no_direction() -> None:
    assert not edges(4, 2, 1, 1).any()
    assert np.count_nonzero(edges(2, 1, 1, 3)[0]) == 2
    assert not edges(2, 1, 1, 3)[1].any()  # it should see slopes downwards, in one row


NETWORKS: list[tuple[str, Shape, int, tuple[int, ...], int]] = [  # and the row, its bank, and the copies of it
    ("conv 4 3, relu, conv 2 3, dense 2", (3, 9, 9), 0, (4, 3, 3, 3), 1),
    ("pad 1, norm, conv 4 5 groups=2 stride=2 bias=0, conv 2 1", (2, 9, 9), 2, (4, 1, 5, 5), 1),
    ("local 3 3, conv 2 3", (2, 7, 6), 0, (3, 2, 3, 3), 20),
    ("relu, tiled 3 2 2, conv 2 3", (2, 7, 6), 1, (3, 2, 2, 2), 4),
    ("subsample 1, conv 2 3", (1, 7, 6), 1, (2, 1, 3, 3), 1),
    ("split, conv 1 3 padding=1, add, conv 2 3", (1, 7, 6), 1, (1, 1, 3, 3), 1),
]


@pytest.mark.parametrize(("text", "in_shape", "at", "bank", "copies"), NETWORKS, ids=lambda value: str(value)[:40])
def test_only_the_weights_of_the_first_layer_change_and_biases_stay(
    text: str, in_shape: Shape, at: int, bank: tuple[int, ...], copies: int
) -> None:
    network = made(text, in_shape)
    theta = init(network, 0) + np.float32(1)
    kept = theta.copy()
    found = oriented(network.rows, theta)
    np.testing.assert_array_equal(theta, kept)
    assert found.dtype == np.float32
    start, many = network.rows[at].part.start, math.prod(bank) * copies
    weights = found[start : start + many].reshape(*bank, copies)
    for copy in range(copies):
        np.testing.assert_array_equal(weights[..., copy], edges(*bank).astype(np.float32))
    others = np.delete(np.arange(len(theta)), np.arange(start, start + many))
    np.testing.assert_array_equal(found[others], theta[others])


@pytest.mark.parametrize("in_shape", [(1, 6, 6), (3, 6, 6)], ids=str)
def test_the_kernels_of_a_table_are_of_length_one_and_alike(in_shape: Shape) -> None:
    text = "table 0/0/0/0 3" if in_shape[0] == 1 else "table 0/1/12/012 3"
    network = made(text, in_shape)
    theta = init(network, 0) + np.float32(1)
    found = oriented(network.rows, theta)
    np.testing.assert_array_equal(found[-4:], theta[-4:])
    at = 0
    for o, reads in enumerate(network.rows[0].config["maps"]):
        kernels = found[at : at + 9 * len(reads)].reshape(-1, 3, 3).astype(float)
        at += 9 * len(reads)
        direction = edges(4, 1, 3, 3)[o, 0]
        for kernel in kernels:
            np.testing.assert_allclose(kernel / np.linalg.norm(kernel), direction, atol=1e-6)
        assert np.linalg.norm(kernels) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("text", ["conv 4 1, relu, conv 2 3", "local 2 1, tanh", "table 01/0 1", "dense 3", "relu", ""])
def test_without_a_kernel_that_could_see_a_direction_nothing_changes(text: str) -> None:
    network = made(text, (2, 6, 6))
    theta = init(network, 0)
    np.testing.assert_array_equal(oriented(network.rows, theta), theta)
