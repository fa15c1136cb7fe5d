"""The proof passes right outputs, finds a single wrong number, and says exactly how much of W it looked at."""

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels.layer import proof as proof_module
from kernels.layer.proof import Proof, prove
from tests.support.geometries import FEW, RANDOM, TABLE, data_for, spec_of
from tests.support.oracles import Geometry, correlate_geometry, loop_connections

Array = NDArray[np.float64]
PLAIN = Geometry("plain", (1, 6, 7), (3, 3), padding=(1, 1))


def layer(g: Geometry, seed: int = 0) -> tuple[Array, Array, Array]:
    """(image, θ, output), the output by the loops."""
    image, weight, bias = data_for(g, seed)
    theta = weight.ravel() if bias is None else np.concatenate([weight.ravel(), bias])
    return image, theta, correlate_geometry(g, image, weight, bias)


def wrong_at(output: Array, cell: int, by: float) -> Array:
    wrong = output.copy()
    wrong.ravel()[cell] += by
    return wrong


def looked_at(g: Geometry, budget: int, seed: int) -> set[int]:
    """The rows a proof checks, found from outside: those where a wrong number does not stay hidden."""
    image, theta, output = layer(g)
    return {
        row
        for row in range(output.size)
        if not prove(spec_of(g), image, theta, wrong_at(output, row, 1.0), budget=budget, seed=seed).holds
    }


def test_the_output_of_the_loops_is_proved_on_every_row_and_connection() -> None:
    for g in [*TABLE, *RANDOM[:40]]:
        image, theta, output = layer(g)
        proof = prove(spec_of(g), image, theta, output)
        assert proof.holds, g
        assert proof.error < 1e-13 * max(1.0, float(np.abs(output).max()))
        assert (proof.rows, proof.of, proof.seed) == (g.n_outputs, g.n_outputs, None)
        assert proof.connections == len(loop_connections("conv", g))


@pytest.mark.parametrize("g", FEW, ids=str)
def test_a_single_wrong_number_is_found_wherever_it_is_and_measured(g: Geometry) -> None:
    image, theta, output = layer(g)
    for cell in range(output.size):
        by = (1e-6, -0.25, 1e-9)[cell % 3]
        proof = prove(spec_of(g), image, theta, wrong_at(output, cell, by))
        assert proof.error == pytest.approx(abs(by), abs=1e-12)
        assert not proof.holds


def test_a_wrong_number_is_found_in_every_slice_of_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    image, theta, output = layer(PLAIN)
    whole = prove(spec_of(PLAIN), image, theta, output)
    assert 0 < whole.rounding < 1e-11
    for size in (9, 10, 40, 9 * output.size - 1):
        monkeypatch.setattr(proof_module, "SLICE", size)
        assert looked_at(PLAIN, budget=10**6, seed=0) == set(range(output.size))
        assert prove(spec_of(PLAIN), image, theta, output).connections == whole.connections


def test_a_zero_kernel_is_proved_by_zeros_alone() -> None:
    image, theta, output = layer(PLAIN)
    spec, zero = spec_of(PLAIN), np.zeros_like(output)
    assert prove(spec, image, 0 * theta, zero) == Proof(
        0.0, 0.0, zero.size, zero.size, len(loop_connections("conv", PLAIN)), None
    )
    assert not prove(spec, image, 0 * theta, wrong_at(zero, 5, 1e-300)).holds


@pytest.mark.parametrize(
    ("budget", "bias", "rows"),
    [(50, False, 5), (50, True, 5), (9, False, 1), (3, True, 1), (200, False, 22), (200, True, 20)],
)
def test_beyond_the_budget_a_sample_of_rows_is_checked_and_counted_exactly(budget: int, bias: bool, rows: int) -> None:
    g = Geometry("sampled", (1, 6, 7), (3, 3), padding=(1, 1), bias=bias)
    image, theta, output = layer(g)
    proof = prove(spec_of(g), image, theta, output, budget=budget, seed=3)
    checked = looked_at(g, budget, seed=3)
    assert proof.holds
    assert (proof.rows, proof.of, proof.seed) == (rows, 42, 3)
    assert len(checked) == rows
    assert proof.connections == sum(target in checked for target, *_ in loop_connections("conv", g))


def test_the_seed_decides_which_rows_are_sampled_and_every_row_can_be() -> None:
    assert looked_at(PLAIN, budget=90, seed=1) == looked_at(PLAIN, budget=90, seed=1)
    found = [looked_at(PLAIN, budget=180, seed=seed) for seed in range(12)]
    assert found[0] != found[1]
    assert set().union(*found) == set(range(42))


@pytest.mark.parametrize("bias", [False, True])
def test_the_budget_itself_still_checks_every_row_and_a_bias_asks_for_no_more_than_there_are(bias: bool) -> None:
    g = Geometry("at the budget", (1, 6, 7), (3, 3), padding=(1, 1), bias=bias)
    image, theta, output = layer(g)
    textbook = 42 * (9 + bias)
    assert prove(spec_of(g), image, theta, output, budget=textbook).seed is None
    for budget in (textbook - 1, *range(370, 421, 10)):
        proof = prove(spec_of(g), image, theta, output, budget=budget)
        assert proof.holds
        assert proof.rows <= 42


def test_a_connection_with_a_value_of_its_own_is_proved_with_that_value() -> None:
    image, theta, output = layer(PLAIN)
    for target, source, key in loop_connections("conv", PLAIN):
        tap = 3 * int(key[3]) + int(key[4])
        changed = wrong_at(output, target, (7.5 - theta[tap]) * image.ravel()[source])
        assert prove(spec_of(PLAIN), image, theta, changed, {(target, tap): 7.5}).holds
        assert prove(spec_of(PLAIN), image, theta, output, {(target, tap): 7.5}).error == pytest.approx(
            abs(7.5 - theta[tap]) * image.ravel()[source], abs=1e-12
        )
