"""A recurrent layer is its loop over the steps; tied, its gradient is the sum over the steps of the untied one's."""

import math
from collections.abc import Callable
from dataclasses import replace
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
from tests.support.derivatives import slopes
from tests.support.wirings import edges_of

Array = NDArray[Any]
Size = tuple[int, int, int, int]  # steps T, inputs F, hidden H, examples
SIZES: list[Size] = [(1, 3, 2, 2), (2, 1, 3, 1), (3, 2, 4, 3), (5, 4, 2, 2)]
CASES = list(product([True, False], SIZES))
tied_or_not = pytest.mark.parametrize("tied", [True, False], ids=["tied", "untied"])


# Oracles: plain loops, with a reading of θ of their own


def at_u(tied: bool, size: Size, t: int, j: int, f: int) -> int:
    """Where θ has U_t[j, f]; steps count from 0."""
    _, F, H, _ = size
    return (0 if tied else t * H * F) + j * F + f


def at_v(tied: bool, size: Size, t: int, j: int, k: int) -> int:
    """Where θ has V_t[j, k], which carries h_{t−1}[k] to a_t[j]; t ≥ 1."""
    T, F, H, _ = size
    return H * F * (1 if tied else T) + (0 if tied else (t - 1) * H * H) + j * H + k


def at_b(tied: bool, size: Size, t: int, j: int) -> int:
    T, F, H, _ = size
    return H * F + H * H + j if tied else T * H * F + (T - 1) * H * H + t * H + j


def loop_states(tied: bool, size: Size, theta: Array, x: Array) -> tuple[Array, Array]:
    """The a_t and the h_t, both (examples, T, H)."""
    T, F, H, many = size
    a, h = np.zeros((many, T, H)), np.zeros((many, T, H))
    for n, t, j in product(range(many), range(T), range(H)):
        total = float(theta[at_b(tied, size, t, j)])
        for f in range(F):
            total += float(theta[at_u(tied, size, t, j, f)]) * float(x[n, 0, t, f])
        for k in range(H if t else 0):
            total += float(theta[at_v(tied, size, t, j, k)]) * float(h[n, t - 1, k])
        a[n, t, j], h[n, t, j] = total, math.tanh(total)
    return a, h


def loop_back(tied: bool, size: Size, theta: Array, h: Array, dy: Array) -> tuple[Array, Array]:
    """The ∂L/∂h_t and the ∂L/∂a_t, both (examples, T, H)."""
    T, _, H, many = size
    dh, da = np.zeros((many, T, H)), np.zeros((many, T, H))
    for n, t in product(range(many), reversed(range(T))):
        for j in range(H):
            if t == T - 1:
                dh[n, t, j] = dy[n, j, 0, 0]
            else:
                dh[n, t, j] = sum(da[n, t + 1, i] * theta[at_v(tied, size, t + 1, i, j)] for i in range(H))
            da[n, t, j] = dh[n, t, j] * (1 - h[n, t, j] ** 2)
    return dh, da


def drawn(tied: bool, size: Size) -> tuple[Recurrent, Array, Array, Array]:
    """The layer, θ, x and dL/dy, in float64."""
    T, F, H, many = size
    layer, rng = Recurrent(H, tied), np.random.default_rng(9)
    theta = rng.standard_normal(layer.parameters((1, T, F))) * 0.7
    return layer, theta, rng.standard_normal((many, 1, T, F)), rng.standard_normal((many, H, 1, 1))


def columns(x: Array, h: Array) -> Array:
    """[x_1 … x_T | h_1 … h_{T−1} | 1] of each example, a column each."""
    many = len(x)
    return np.hstack([x.reshape(many, -1), h[:, :-1].reshape(many, -1), np.ones((many, 1))]).T


def copied(size: Size, theta: Array) -> Array:
    """The untied θ whose steps all have the tied θ's weights."""
    T, F, H, _ = size
    found = np.full(T * (H * F + H) + (T - 1) * H * H, np.nan)
    for t, j in product(range(T), range(H)):
        for f in range(F):
            found[at_u(False, size, t, j, f)] = theta[at_u(True, size, t, j, f)]
        for k in range(H if t else 0):
            found[at_v(False, size, t, j, k)] = theta[at_v(True, size, t, j, k)]
        found[at_b(False, size, t, j)] = theta[at_b(True, size, t, j)]
    assert np.isfinite(found).all()
    return found


def close(found: Array, wanted: Array, atol: float = 1e-12) -> None:
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=0, atol=atol)


# The map and its gradient


def test_states_gradients_and_norms_are_those_of_the_loops_over_steps_units_and_inputs() -> None:
    for tied, size in CASES:
        T, F, H, many = size
        layer, theta, x, dy = drawn(tied, size)
        _, h = loop_states(tied, size, theta, x)
        dh, da = loop_back(tied, size, theta, h, dy)
        wanted, to_x = np.zeros(len(theta)), np.zeros(x.shape)
        for n, t, j in product(range(many), range(T), range(H)):
            wanted[at_b(tied, size, t, j)] += da[n, t, j]
            for f in range(F):
                wanted[at_u(tied, size, t, j, f)] += da[n, t, j] * x[n, 0, t, f]
                to_x[n, 0, t, f] += da[n, t, j] * theta[at_u(tied, size, t, j, f)]
            for k in range(H if t else 0):
                wanted[at_v(tied, size, t, j, k)] += da[n, t, j] * h[n, t - 1, k]
        y, back = layer.apply(theta, x)
        gradient, dx = back(dy)
        close(layer.states(theta, x), h)
        close(y, h[:, -1, :, None, None])
        close(gradient, wanted)
        close(dx(), to_x)
        arriving = [sum(math.hypot(*dh[n, t]) for n in range(many)) / many for t in range(T)]
        close(norms(layer, theta, x, dy), np.array(arriving))


@tied_or_not
def test_gradients_are_those_of_finite_differences(tied: bool) -> None:
    layer, theta, x, dy = drawn(tied, (3, 2, 4, 3))
    gradient, dx = layer.apply(theta, x)[1](dy)
    close(gradient, slopes(lambda moved: float(np.vdot(dy, layer.apply(moved, x)[0])), theta), 1e-7)
    close(dx().ravel(), slopes(lambda moved: float(np.vdot(dy, layer.apply(theta, moved)[0])), x), 1e-7)


@tied_or_not
def test_float32_stays_float32_and_nothing_given_is_changed(tied: bool) -> None:
    layer, rng = Recurrent(5, tied), np.random.default_rng(3)
    theta, x = layer.init(rng, (1, 4, 3)), rng.standard_normal((2, 1, 4, 3), np.float32)
    dy = rng.standard_normal((2, 5, 1, 1), np.float32)
    kept = theta.copy(), x.copy(), dy.copy()
    y, back = layer.apply(theta, x)
    gradient, dx = back(dy)
    found = [y, gradient, dx(), layer.states(theta, x), effect(layer, theta, (1, 4, 3)), norms(layer, theta, x, dy)]
    if tied:
        found += [with_radius(layer, theta, (1, 4, 3), 0.9), *by_step(layer, theta, x, dy)]
    assert [part.dtype for part in found] == [np.float32] * len(found)
    for now, before in zip((theta, x, dy), kept, strict=True):
        np.testing.assert_array_equal(now, before)


@tied_or_not
def test_the_gradient_is_written_into_out_and_nowhere_else(tied: bool) -> None:
    layer, theta, x, dy = drawn(tied, (3, 2, 4, 3))
    room = np.full(len(theta) + 5, np.nan)
    _, back = layer.apply(theta, x)
    found, _ = back(dy, room[2:-3])
    assert np.shares_memory(found, room)
    np.testing.assert_array_equal(room[2:-3], back(dy)[0])
    assert np.isnan([*room[:2], *room[-3:]]).all()


# Shapes, sizes and first weights


def test_parameters_are_the_closed_form_and_theta_is_split_into_views_each_number_in_one() -> None:
    for tied, (T, F, H, many) in CASES:
        layer, theta, _, _ = drawn(tied, (T, F, H, many))
        sets, turns = (1, 1) if tied else (T, T - 1)
        assert layer.parameters((1, T, F)) == sets * (H * F + H) + turns * H * H
        assert layer.init(np.random.default_rng(many), (1, T, F)).shape == (layer.parameters((1, T, F)),)
        assert layer.out_shape((1, T, F)) == (H, 1, 1)
        U, V, b = layer.split(theta, (1, T, F))
        assert (U.shape, V.shape, b.shape) == ((sets, H, F), (turns, H, H), (sets, H))
        for part in (U, V, b):
            part += 1000
        assert (theta > 500).all()
        assert (theta < 1500).all()
    assert Recurrent(16).parameters((1, 8, 8)) == 16 * 8 + 16 * 16 + 16 == 400  # the digits' rows as steps
    assert Recurrent(16, tied=False).parameters((1, 8, 8)) == 8 * (128 + 16) + 7 * 256 == 2944


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


# One matrix


def test_the_wirings_matrix_times_inputs_states_and_one_is_what_tanh_sees() -> None:
    for tied, size in CASES:
        T, F, H, many = size
        layer, theta, x, _ = drawn(tied, size)
        a, h = loop_states(tied, size, theta, x)
        wires = unrolled(layer, (1, T, F))
        assert wires.shape == (T * H, T * F + (T - 1) * H + 1)
        close(wires.matrix(theta) @ columns(x, h), a.reshape(many, -1).T)
        for n in range(many):
            close(wires.product(theta, columns(x, h)[:, n]), a[n].ravel())


def test_the_connections_are_those_of_the_loop_all_u_then_all_v_then_all_b() -> None:
    for tied, size in CASES:
        T, F, H, _ = size
        u = [(t * H + j, t * F + f, at_u(tied, size, t, j, f)) for t, j, f in np.ndindex(T, H, F)]
        v = [((t + 1) * H + j, T * F + t * H + k, at_v(tied, size, t + 1, j, k)) for t, j, k in np.ndindex(T - 1, H, H)]
        b = [(t * H + j, T * F + (T - 1) * H, at_b(tied, size, t, j)) for t, j in np.ndindex(T, H)]
        wires = unrolled(Recurrent(H, tied), (1, T, F))
        assert edges_of(wires) == u + v + b
        idle = H * H if tied and T == 1 else 0  # the V of a tied layer of one step
        assert wires.n_params == Recurrent(H, tied).parameters((1, T, F)) == len(np.unique(wires.ids)) + idle


# The gradient of a shared weight is a sum


def test_the_tied_gradient_is_the_sum_of_the_untied_ones_by_every_way_of_summing() -> None:
    for size in SIZES:
        T, F, H, many = size
        layer, theta, x, dy = drawn(True, size)
        gradient, dx = layer.apply(theta, x)[1](dy)
        _, h = loop_states(True, size, theta, x)
        _, da = loop_back(True, size, theta, h, dy)
        of_matrix = da.reshape(many, -1).T @ columns(x, h).T
        close(gradient, unrolled(layer, (1, T, F)).collect(of_matrix))

        free, own = replace(layer, tied=False), copied(size, theta)  # with copies of the weights all else is equal
        alone, to_x = free.apply(own, x)[1](dy)
        close(gradient, np.bincount(copied(size, np.arange(len(theta))).astype(int), alone, len(theta)))
        close(free.states(own, x), h)
        close(to_x(), dx())

        parts = by_step(layer, theta, x, dy)
        close(gradient, np.concatenate([part.sum(axis=0).ravel() for part in parts]))
        to_U, to_V, to_b = np.zeros((T, H, F)), np.zeros((T, H, H)), np.zeros((T, H))
        for n, t, j in product(range(many), range(T), range(H)):
            to_U[t, j] += da[n, t, j] * x[n, 0, t]
            to_b[t, j] += da[n, t, j]
            if t:
                to_V[t, j] += da[n, t, j] * h[n, t - 1]
        for found, wanted in zip(parts, (to_U, to_V, to_b), strict=True):
            close(found, wanted)


# More steps


def test_a_tied_layer_runs_on_any_number_of_steps_with_one_theta_and_no_state_depends_on_what_comes_later() -> None:
    layer, theta, _, _ = drawn(True, (4, 3, 5, 2))
    x = np.random.default_rng(1).standard_normal((2, 1, 9, 3))
    for T in (1, 5, 9):
        close(layer.states(theta, x[:, :, :T]), loop_states(True, (9, 3, 5, 2), theta, x)[1][:, :T])
        assert layer.parameters((1, T, 3)) == len(theta)


@pytest.mark.parametrize(("trained", "T"), [(8, 9), (8, 20), (1, 2), (3, 4)])
def test_an_untied_layer_has_no_weights_for_a_step_it_was_not_made_for(trained: int, T: int) -> None:
    layer, theta, _, _ = drawn(False, (trained, 3, 5, 2))
    some = "1 step" if trained == 1 else f"{trained} steps"
    message = (
        f"^the untied layer has weights for {some} only, none for step {trained + 1}: "
        f"shorten the sequence or tie the layer$"
    )
    for call in (layer.apply, layer.states):
        with pytest.raises(SpecError, match=message):
            call(theta, np.zeros((2, 1, T, 3)))


def test_an_untied_layer_does_not_run_on_fewer_steps_either() -> None:
    layer, theta, x, _ = drawn(False, (8, 3, 5, 2))
    with pytest.raises(SpecError, match=r"^the untied layer has weights for 8 steps but this sequence has 7: use"):
        layer.apply(theta, x[:, :, :7])


# The linear network


def test_the_effect_of_a_step_on_a_later_state_is_a_power_of_v_times_u() -> None:
    for T, F, H, many in SIZES:
        layer, theta, _, _ = drawn(True, (T, F, H, many))
        found = effect(layer, theta, (1, T, F))
        U, V = theta[: H * F].reshape(H, F), theta[H * F : H * F + H * H].reshape(H, H)
        assert found.shape == (T * H, T * F)
        for t, s in product(range(T), range(T)):
            wanted = np.linalg.matrix_power(V, t - s) @ U if s <= t else np.zeros((H, F))
            close(found[t * H : (t + 1) * H, s * F : (s + 1) * F], wanted)


@tied_or_not
def test_the_effect_is_the_linear_loop_and_block_toeplitz_only_if_tied(tied: bool) -> None:
    size = T, F, H, _ = 6, 2, 3, 1
    layer, theta, _, _ = drawn(tied, size)

    def linear(inputs: Array) -> list[float]:
        states: list[float] = []
        for t, j in np.ndindex(T, H):
            total = sum(theta[at_u(tied, size, t, j, f)] * inputs[t, f] for f in range(F))
            if t:
                total += sum(theta[at_v(tied, size, t, j, k)] * states[(t - 1) * H + k] for k in range(H))
            states.append(float(total))
        return states

    found = effect(layer, theta, (1, T, F))
    impulses = np.eye(T * F).reshape(T * F, T, F)
    close(found, np.array([linear(impulse) for impulse in impulses]).T)
    blocks = found.reshape(T, H, T, F)
    same = [np.allclose(blocks[t, :, s], blocks[t - s, :, 0], rtol=0, atol=1e-12) for t in range(T) for s in range(t)]
    assert all(same) == tied


# The spectral radius, and what it does to the gradient


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


# Learning


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


# Refusals


def test_hidden_is_a_whole_number_of_at_least_one() -> None:
    with pytest.raises(SpecError, match=r"^hidden must be >= 1, got 0$"):
        Recurrent(0)
    for wrong in (2.5, True):
        with pytest.raises(SpecError, match=rf"^hidden must be a whole number, got {wrong}$"):
            Recurrent(wrong)  # type: ignore[arg-type]  # that is what is refused


@pytest.mark.parametrize("in_shape", [(2, 4, 3), (0, 4, 3), (1, 0, 3), (1, 4, 0), (1, 4), (1, 1, 4, 3)], ids=str)
def test_an_input_that_is_not_one_row_a_step_is_refused(in_shape: Shape) -> None:
    layer, rng = Recurrent(4), np.random.default_rng(0)
    refused: list[Callable[[], object]] = [
        lambda: layer.out_shape(in_shape),
        lambda: layer.parameters(in_shape),
        lambda: layer.init(rng, in_shape),
        lambda: layer.split(np.zeros(32), in_shape),
        lambda: unrolled(layer, in_shape),
        lambda: effect(layer, np.zeros(32), in_shape),
    ]
    told = r"^in_shape must be \(1, steps >= 1, inputs >= 1\), got \(.*\): give one row per step"
    for call in refused:
        with pytest.raises(SpecError, match=told):
            call()


def test_a_network_names_the_recurrent_layer_that_does_not_fit() -> None:
    with pytest.raises(SpecError, match=r"^layer 1 \(Recurrent\): in_shape must be \(1, steps >= 1, inputs >= 1\)"):
        _ = Network((Recurrent(4),), (3, 8, 8)).shapes


@pytest.mark.parametrize(
    ("tied", "shape", "wanted"),
    [
        (True, (31,), 32),
        (True, (33,), 32),
        (True, (48,), 32),  # which two untied steps would have
        (True, (0,), 32),
        (True, (32, 1), 32),
        (False, (111,), 112),
        (False, (113,), 112),
        (False, (112, 1), 112),
    ],
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


def test_only_a_tied_layer_has_parts_of_a_sum_and_one_radius() -> None:
    layer, theta, x, dy = drawn(False, (4, 3, 5, 2))
    message = r"^layer must be tied, got tied = False: there is no one V, and no sum over the steps$"
    for call in (lambda: by_step(layer, theta, x, dy), lambda: with_radius(layer, theta, (1, 4, 3), 0.5)):
        with pytest.raises(SpecError, match=message):
            call()


def test_a_radius_is_a_number_of_at_least_zero_of_a_finite_square_matrix() -> None:
    layer, theta, _, _ = drawn(True, (4, 3, 5, 2))
    for rho in (-0.1, math.inf, math.nan):
        with pytest.raises(SpecError, match=rf"^rho must be a number >= 0, got {rho}$"):
            with_radius(layer, theta, (1, 4, 3), rho)
    theta[15:40] = 0
    with pytest.raises(SpecError, match=r"^theta has a V of spectral radius 0, which no factor changes: draw another"):
        with_radius(layer, theta, (1, 4, 3), 0.5)
    for shape in ((3,), (2, 3), (0, 0), (1, 2, 2)):
        with pytest.raises(SpecError, match=r"^V must be square, \(H, H\), got shape \("):
            radius(np.zeros(shape))
    for bad in (math.nan, math.inf):
        with pytest.raises(SpecError, match=r"^V must be finite, got inf or nan in it: it has diverged"):
            radius(np.array([[1.0, bad], [0.0, 1.0]]))
