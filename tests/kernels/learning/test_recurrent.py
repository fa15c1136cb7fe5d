"""A recurrent layer is its loop over the steps; tied, its gradient is the sum over the steps of the untied one's."""

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import SpecError
from kernels.images.digits import split
from kernels.layer.spec import Shape
from kernels.layer.wiring import MAX_CONNECTIONS
from kernels.learning.layers import Layer
from kernels.learning.linear import full
from kernels.learning.losses import cross_entropy
from kernels.learning.network import Network
from kernels.learning.recurrent import Recurrent, by_step, effect, norms, radius, unrolled, with_radius
from kernels.learning.training import Recipe, accuracy, fit
from tests.support.derivatives import assert_is_a_layer
from tests.support.wirings import edges_of

Array = NDArray[Any]
Size = tuple[int, int, int, int]  # steps T, inputs F, hidden H, examples
SIZES: list[Size] = [(1, 3, 2, 2), (2, 1, 3, 1), (3, 2, 4, 3), (5, 4, 2, 2)]
CASES = list(product([True, False], SIZES))
tied_or_not = pytest.mark.parametrize("tied", [True, False], ids=["tied", "untied"])


def by_steps(tied: bool, size: Size, theta: Array) -> tuple[Array, Array, Array]:
    """U_t (T, H, F), V_t (T, H, H) and b_t (T, H), by a reading of θ of its own; V_1, which nothing meets, is 0."""
    T, F, H, _ = size
    u, v = (H * F, H * H) if tied else (T * H * F, (T - 1) * H * H)
    U, V, b = theta[:u].reshape(-1, H, F), theta[u : u + v].reshape(-1, H, H), theta[u + v :].reshape(-1, H)
    with_first = np.concatenate([np.zeros((1, H, H), V.dtype), np.broadcast_to(V[: T - 1], (T - 1, H, H))])
    return np.broadcast_to(U, (T, H, F)), with_first, np.broadcast_to(b, (T, H))


def loop_states(tied: bool, size: Size, theta: Array, x: Array) -> Array:
    """The h_t, (examples, T, H)."""
    T, _, H, many = size
    U, V, b = by_steps(tied, size, theta)
    h = np.zeros((many, T, H))
    for n, t in np.ndindex(many, T):
        before = h[n, t - 1] if t else np.zeros(H)
        h[n, t] = np.tanh(U[t] @ x[n, 0, t] + V[t] @ before + b[t])
    return h


def drawn(tied: bool, size: Size) -> tuple[Recurrent, Array, Array, Array]:
    """The layer, θ, x and dL/dy, in float64."""
    T, F, H, many = size
    layer, rng = Recurrent(H, tied), np.random.default_rng(9)
    theta = rng.standard_normal(layer.parameters((1, T, F))) * 0.7
    return layer, theta, rng.standard_normal((many, 1, T, F)), rng.standard_normal((many, H, 1, 1))


def close(found: Array, wanted: Array, atol: float = 1e-12) -> None:
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=0, atol=atol)


def test_states_gradients_and_norms_are_those_of_the_loops_and_a_tied_gradient_is_the_sum_over_the_steps() -> None:
    for tied, size in CASES:
        T, F, H, many = size
        layer, theta, x, dy = drawn(tied, size)
        (U, V, _), h = by_steps(tied, size, theta), loop_states(tied, size, theta, x)
        to_U, to_V, to_b = np.zeros((T, H, F)), np.zeros((T, H, H)), np.zeros((T, H))
        to_x, arriving = np.zeros(x.shape), np.zeros(T)
        for n in range(many):
            dh = dy[n, :, 0, 0]
            for t in reversed(range(T)):
                da = dh * (1 - h[n, t] ** 2)
                to_U[t] += np.outer(da, x[n, 0, t])
                to_V[t] += np.outer(da, h[n, t - 1]) if t else 0
                to_b[t] += da
                to_x[n, 0, t] = U[t].T @ da
                arriving[t] += math.hypot(*dh) / many
                dh = V[t].T @ da
        y, back = layer.apply(theta, x)
        gradient, dx = back(dy)
        close(layer.states(theta, x), h)
        close(y, h[:, -1, :, None, None])
        parts = [part.sum(axis=0) for part in (to_U, to_V, to_b)] if tied else [to_U, to_V[1:], to_b]
        close(gradient, np.concatenate([part.ravel() for part in parts]))
        close(dx(), to_x)
        close(norms(layer, theta, x, dy), arriving)
        if tied:
            for found, wanted in zip(by_step(layer, theta, x, dy), (to_U, to_V, to_b), strict=True):
                close(found, wanted)


@tied_or_not
def test_it_is_a_layer_and_all_that_is_told_of_it_stays_float32(tied: bool) -> None:
    layer, rng = Recurrent(5, tied), np.random.default_rng(3)
    sets, turns = (1, 1) if tied else (4, 3)
    assert_is_a_layer(layer, (1, 4, 3), (5, 1, 1), sets * (5 * 3 + 5) + turns * 5 * 5)
    theta, x = layer.init(rng, (1, 4, 3)), rng.standard_normal((2, 1, 4, 3), np.float32)
    dy = rng.standard_normal((2, 5, 1, 1), np.float32)
    kept = theta.copy()
    found = [layer.states(theta, x), effect(layer, theta, (1, 4, 3)), norms(layer, theta, x, dy)]
    if tied:
        found += [with_radius(layer, theta, (1, 4, 3), 0.9), *by_step(layer, theta, x, dy)]
    assert [part.dtype for part in found] == [np.float32] * len(found)
    np.testing.assert_array_equal(theta, kept)


def test_parameters_are_the_closed_form_and_theta_is_split_into_views_each_number_in_one() -> None:
    for tied, (T, F, H, many) in CASES:
        layer, theta, _, _ = drawn(tied, (T, F, H, many))
        sets, turns = (1, 1) if tied else (T, T - 1)
        assert layer.parameters((1, T, F)) == sets * (H * F + H) + turns * H * H
        U, V, b = layer.split(theta, (1, T, F))
        assert (U.shape, V.shape, b.shape) == ((sets, H, F), (turns, H, H), (sets, H))
        for part in (U, V, b):
            part += 1000
        assert (theta > 500).all()
        assert (theta < 1500).all()


@tied_or_not
def test_first_weights_are_normal_shared_out_over_what_is_read_and_drawn_by_the_generator(tied: bool) -> None:
    layer, in_shape = Recurrent(60, tied), (1, 3, 40)
    theta, again, other = (layer.init(np.random.default_rng(seed), in_shape) for seed in (3, 3, 4))
    np.testing.assert_array_equal(theta, again)
    assert not np.any((theta == other) & (theta != 0))
    U, V, b = layer.split(theta, in_shape)
    assert theta.dtype == np.float32
    assert not b.any()
    for part, reads in ((U, 40), (V, 60)):
        scale = 1 / math.sqrt(reads)
        assert np.std(part) == pytest.approx(scale, rel=4 / math.sqrt(2 * part.size))
        assert abs(np.mean(part)) < 4 * scale / math.sqrt(part.size)
        assert np.mean(np.abs(part) < scale) == pytest.approx(0.6827, abs=4 * 0.4655 / math.sqrt(part.size))


def test_the_connections_are_those_of_the_loop_all_u_then_all_v_then_all_b() -> None:
    for tied, size in CASES:
        T, F, H, _ = size
        layer, wires = Recurrent(H, tied), unrolled(Recurrent(H, tied), (1, T, F))
        U, V, b = by_steps(tied, size, np.arange(layer.parameters((1, T, F))))  # the numbers of the weights
        u = [(t * H + j, t * F + f, U[t, j, f]) for t, j, f in np.ndindex(T, H, F)]
        v = [((t + 1) * H + j, T * F + t * H + k, V[t + 1, j, k]) for t, j, k in np.ndindex(T - 1, H, H)]
        assert edges_of(wires) == [*u, *v, *((t * H + j, T * F + (T - 1) * H, b[t, j]) for t, j in np.ndindex(T, H))]
        assert wires.shape == (T * H, T * F + (T - 1) * H + 1)
        assert wires.n_params == layer.parameters((1, T, F))


def test_a_tied_layer_runs_on_any_number_of_steps_with_one_theta_and_no_state_depends_on_what_comes_later() -> None:
    layer, theta, _, _ = drawn(True, (4, 3, 5, 2))
    x = np.random.default_rng(1).standard_normal((2, 1, 9, 3))
    for T in (1, 5, 9):
        close(layer.states(theta, x[:, :, :T]), loop_states(True, (9, 3, 5, 2), theta, x)[:, :T])
        assert layer.parameters((1, T, 3)) == len(theta)


@pytest.mark.parametrize(
    ("trained", "T", "message"),
    [
        (8, 20, "for 8 steps only, none for step 9: shorten the sequence or tie the layer$"),
        (1, 2, "for 1 step only, none for step 2: shorten the sequence or tie the layer$"),
        (8, 7, "for 8 steps but this sequence has 7: use"),
    ],
)
def test_an_untied_layer_has_no_weights_for_a_step_it_was_not_made_for(trained: int, T: int, message: str) -> None:
    layer, theta, _, _ = drawn(False, (trained, 3, 5, 2))
    for call in (layer.apply, layer.states):
        with pytest.raises(SpecError, match=f"^the untied layer has weights {message}"):
            call(theta, np.zeros((2, 1, T, 3)))


@tied_or_not
def test_the_effect_is_the_linear_loop_and_block_toeplitz_only_if_tied(tied: bool) -> None:
    size = T, F, H, _ = 6, 2, 3, 1
    layer, theta, _, _ = drawn(tied, size)
    U, V, _ = by_steps(tied, size, theta)
    blocks = np.zeros((T, H, T, F))
    for s, t in np.ndindex(T, T):
        if t >= s:
            blocks[t, :, s] = U[t] if t == s else V[t] @ blocks[t - 1, :, s]
    found = effect(layer, theta, (1, T, F))
    close(found, blocks.reshape(T * H, T * F))
    found = found.reshape(blocks.shape)
    same = [np.allclose(found[t, :, s], found[t - s, :, 0], rtol=0, atol=1e-12) for t in range(T) for s in range(t)]
    assert all(same) == tied


def test_the_radius_is_the_largest_size_of_an_eigenvalue_and_how_fast_high_powers_grow() -> None:
    table: list[tuple[list[list[float]], float]] = [
        ([[2.0]], 2.0),
        ([[-3.0, 0.0], [0.0, 1.0]], 3.0),
        ([[0.0, -0.5], [0.5, 0.0]], 0.5),  # a quarter turn, its eigenvalues ±0.5i
        ([[0.3, 100.0], [0.0, 0.2]], 0.3),
        ([[0.0, 1.0], [0.0, 0.0]], 0.0),
    ]
    for matrix, wanted in table:
        assert radius(np.array(matrix)) == pytest.approx(wanted, abs=1e-12)
    V = np.random.default_rng(4).standard_normal((6, 6))
    assert np.linalg.norm(np.linalg.matrix_power(V, 400), 2) ** (1 / 400) == pytest.approx(radius(V), rel=0.01)


@pytest.mark.parametrize("rho", [0.0, 0.5, 1.5])
def test_with_radius_gives_v_the_radius_and_leaves_the_rest(rho: float) -> None:
    layer, theta, _, _ = drawn(True, (4, 3, 6, 1))
    found = with_radius(layer, theta, (1, 4, 3), rho)
    V, before = found[18:54].reshape(6, 6), theta[18:54].reshape(6, 6)
    assert np.abs(np.linalg.eigvals(V)).max() == pytest.approx(rho, abs=1e-12)
    close(V * before[0, 0], before * V[0, 0])
    np.testing.assert_array_equal(np.delete(found, range(18, 54)), np.delete(theta, range(18, 54)))


def test_the_gradient_vanishes_at_radius_half_and_grows_at_one_and_a_half_where_tanh_is_nearly_straight() -> None:
    T, F, H = 30, 4, 24
    layer, rng = Recurrent(H), np.random.default_rng(7)
    theta = layer.init(rng, (1, T, F)).astype(np.float64)
    x, dy = 1e-8 * rng.standard_normal((5, 1, T, F)), rng.standard_normal((5, H, 1, 1))
    for rho in (0.5, 1.5):
        found = norms(layer, with_radius(layer, theta, (1, T, F), rho), x, dy)
        assert (found[0] / found[-1]) ** (1 / (T - 1)) == pytest.approx(rho, rel=0.1)
        assert (np.diff(found[: T // 2]) > 0).all() == (rho < 1)


@pytest.mark.long
@tied_or_not
def test_it_learns_the_digits_a_row_a_step(tied: bool) -> None:
    train, test = split(600, 400, 0)
    reader: Layer = Recurrent(16, tied)
    network = Network((reader, full(10, (16, 1, 1), 1.0)), (1, 8, 8))
    last = list(fit(network, train.x, train.labels, cross_entropy, Recipe(rate=0.01, epochs=8)))[-1]
    assert not last.diverged
    assert last.theta.dtype == np.float32
    assert accuracy(network, last.theta, train.x, train.labels) > 0.8
    assert accuracy(network, last.theta, test.x, test.labels) > 0.8


@pytest.mark.parametrize("in_shape", [(2, 4, 3), (0, 4, 3), (1, 0, 3), (1, 4, 0), (1, 4), (1, 1, 4, 3)], ids=str)
def test_an_input_that_is_not_one_row_a_step_is_refused_and_a_network_names_the_layer(in_shape: Shape) -> None:
    layer, told = Recurrent(4), r"in_shape must be \(1, steps >= 1, inputs >= 1\), got \(.*\): give one row per step"
    refused: list[Callable[[], object]] = [
        lambda: layer.out_shape(in_shape),
        lambda: layer.parameters(in_shape),
        lambda: layer.init(np.random.default_rng(0), in_shape),
        lambda: layer.split(np.zeros(32), in_shape),
        lambda: unrolled(layer, in_shape),
        lambda: effect(layer, np.zeros(32), in_shape),
    ]
    for call in refused:
        with pytest.raises(SpecError, match=f"^{told}"):
            call()
    with pytest.raises(SpecError, match=rf"^layer 1 \(Recurrent\): {told}"):
        _ = Network((layer,), in_shape).shapes


@pytest.mark.parametrize(
    ("tied", "shape", "wanted"),
    [(True, (31,), 32), (True, (48,), 32), (True, (32, 1), 32), (False, (113,), 112)],  # 48: of two untied steps
)
def test_a_theta_of_another_size_is_refused(tied: bool, shape: tuple[int, ...], wanted: int) -> None:
    layer, theta = Recurrent(4, tied), np.zeros(shape)
    x, dy = np.zeros((2, 1, 4, 3)), np.zeros((2, 4, 1, 1))
    refused: list[Callable[[], object]] = [
        lambda: layer.split(theta, (1, 4, 3)),
        lambda: layer.states(theta, x),
        lambda: layer.apply(theta, x),
        lambda: effect(layer, theta, (1, 4, 3)),
        lambda: norms(layer, theta, x, dy),
    ]
    if tied:
        refused += [lambda: by_step(layer, theta, x, dy), lambda: with_radius(layer, theta, (1, 4, 3), 1.0)]
    message = rf"^theta must have shape \({wanted},\) for in_shape \(1, 4, 3\) and hidden = 4, got \({shape[0]},.*\)$"
    for call in refused:
        with pytest.raises(SpecError, match=message):
            call()


@tied_or_not
@pytest.mark.parametrize(
    ("H", "T", "F", "needed"),
    [(64, 1024, 1, "4,321,280"), (1, 1, 2**22, "4,194,306"), (4096, 1, 1, "16,785,408"), (10**6, 10**6, 10**6, ".*")],
)
def test_a_wiring_too_large_to_build_is_refused_with_the_size_it_would_need(
    tied: bool, H: int, T: int, F: int, needed: str
) -> None:
    message = (
        rf"^in_shape \(1, {T}, {F}\) with hidden = {H} needs {needed} connections or weights, more than the "
        rf"{MAX_CONNECTIONS:,} that are ever built: take fewer steps, or a smaller hidden$"
    )
    with pytest.raises(SpecError, match=message):
        unrolled(Recurrent(H, tied), (1, T, F))


def test_a_number_of_units_a_radius_and_a_matrix_that_cannot_be_are_refused() -> None:
    tied, theta, x, dy = drawn(True, (4, 3, 5, 2))
    free, own, _, _ = drawn(False, (4, 3, 5, 2))
    lost = theta.copy()
    lost[15:40] = 0
    half: Any = 2.5
    untied = "layer must be tied, got tied = False: there is no one V, and no sum over the steps$"
    refused: list[tuple[str, Callable[[], object]]] = [
        ("hidden must be >= 1, got 0$", lambda: Recurrent(0)),
        ("hidden must be a whole number, got 2.5$", lambda: Recurrent(half)),
        ("hidden must be a whole number, got True$", lambda: Recurrent(True)),
        (untied, lambda: by_step(free, own, x, dy)),
        (untied, lambda: with_radius(free, own, (1, 4, 3), 0.5)),
        ("rho must be a number >= 0, got -0.1$", lambda: with_radius(tied, theta, (1, 4, 3), -0.1)),
        ("rho must be a number >= 0, got inf$", lambda: with_radius(tied, theta, (1, 4, 3), math.inf)),
        ("rho must be a number >= 0, got nan$", lambda: with_radius(tied, theta, (1, 4, 3), math.nan)),
        (
            "theta has a V of spectral radius 0, which no factor changes: draw another",
            lambda: with_radius(tied, lost, (1, 4, 3), 0.5),
        ),
        (r"V must be square, \(H, H\), got shape \(3,", lambda: radius(np.zeros(3))),
        (r"V must be square, \(H, H\), got shape \(2, 3", lambda: radius(np.zeros((2, 3)))),
        (r"V must be square, \(H, H\), got shape \(0, 0", lambda: radius(np.zeros((0, 0)))),
        (r"V must be square, \(H, H\), got shape \(1, 2, 2", lambda: radius(np.zeros((1, 2, 2)))),
        ("V must be finite, got inf or nan in it: it has diverged", lambda: radius(np.array([[math.nan]]))),
        ("V must be finite, got inf or nan in it: it has diverged", lambda: radius(np.array([[1, math.inf], [0, 1]]))),
    ]
    for message, call in refused:
        with pytest.raises(SpecError, match=f"^{message}"):
            call()
