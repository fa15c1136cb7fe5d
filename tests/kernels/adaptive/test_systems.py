"""What the filters learn from is what the formulas say: delay lines, targets that differ by Δ, walks, patches."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import SpecError
from kernels.adaptive.systems import HELD, LARGEST, SLICE, Mimo, Parallel, Pictures, circulant
from tests.support.memory import peak
from tests.support.wirings import edges_of, tied_cells

Array = NDArray[np.float64]
RINGS = [(1, 1), (1, 3), (3, 2), (5, 1), (4, 4)]
LINES: list[Parallel | Mimo] = [
    Parallel(3, 5, iterations=2 * SLICE + 77, trials=2),
    Parallel(1, 1, iterations=SLICE + 1, trials=1),
    Parallel(2, 2, colour=0.8, iterations=2 * SLICE, trials=3),
    Parallel(2, SLICE + 13, colour=-0.5, iterations=3 * SLICE, trials=1),
    Parallel(2, 4, drift=0.01, mismatch=0.3, iterations=SLICE + 30, trials=2),
    Mimo(3, 4, iterations=2 * SLICE + 5, trials=2),
    Mimo(1, SLICE + 1, iterations=2 * SLICE + 1, trials=1),
]
CODED = np.arange(30.0).reshape(5, 6) ** 2  # every pixel another value
PICTURE = np.random.default_rng(8).random((9, 7))
every_line = pytest.mark.parametrize("system", LINES, ids=str)


def drawn(system: Parallel | Mimo | Pictures, seed: int | None = None) -> tuple[Array, Array]:
    """All x (iterations, trials, inputs) and all outputs without noise."""
    parts = list(system.slices(np.random.default_rng(system.seed if seed is None else seed)))
    return np.concatenate([x for x, _ in parts]), np.concatenate([clean for _, clean in parts])


def windows(system: Parallel | Mimo) -> Array:
    """x (iterations, trials, channels, taps)."""
    x, _ = drawn(system)
    return x.reshape(len(x), system.trials, system.channels, system.taps)


def series(system: Parallel | Mimo) -> Array:
    """The samples of each line in the order of time, (trials, channels, taps − 1 + iterations)."""
    seen = windows(system)
    return np.concatenate([seen[0, :, :, :0:-1], seen[:, :, :, 0].transpose(1, 2, 0)], axis=-1)


@pytest.mark.parametrize(("channels", "taps"), RINGS)
def test_a_circulant_wiring_sums_h_of_i_minus_j_over_inputs_and_lags(channels: int, taps: int) -> None:
    wires = circulant(channels, taps)
    assert Counter(edges_of(wires)) == Counter(
        (j, i * taps + lag, (i - j) % channels * taps + lag) for j, i, lag in np.ndindex(channels, channels, taps)
    )
    assert (wires.n_params, wires.shape) == (channels * taps, (channels, channels * taps))


@pytest.mark.parametrize(("channels", "taps"), RINGS)
def test_mimo_has_n_l_weights_shared_and_n_squared_l_in_full(channels: int, taps: int) -> None:
    shared, full = Mimo(channels, taps).wirings
    assert shared.n_params == channels * taps
    assert full.n_params == channels**2 * taps
    assert full.shape == shared.shape == (channels, channels * taps)
    assert tied_cells(edges_of(shared)) == tied_cells(edges_of(circulant(channels, taps)))
    assert tied_cells(edges_of(full)) == Counter(
        frozenset([(j, source)]) for j in range(channels) for source in range(channels * taps)
    )


@pytest.mark.parametrize(("channels", "taps"), [(1, 1), (1, 4), (3, 1), (4, 3), (16, 8)])
def test_each_parallel_channel_reads_its_own_line_with_the_same_or_its_own_weights(channels: int, taps: int) -> None:
    shared, untied = Parallel(channels, taps).wirings
    assert shared.shape == untied.shape == (channels, channels * taps)
    assert (shared.n_params, untied.n_params) == (taps, channels * taps)
    cells = [[(m, m * taps + lag) for m in range(channels)] for lag in range(taps)]
    assert tied_cells(edges_of(shared)) == Counter(frozenset(column) for column in cells)
    assert tied_cells(edges_of(untied)) == Counter(frozenset([cell]) for column in cells for cell in column)
    assert shared.matrix(np.arange(1.0, taps + 1)).toarray()[0, :taps].tolist() == list(range(1, taps + 1))


@pytest.mark.parametrize(("kernel", "side"), [((1, 1), 3), ((2, 3), 6), ((4, 1), 4)])
def test_a_pictures_wiring_is_the_article_formula(kernel: tuple[int, int], side: int) -> None:
    places = list(np.ndindex(side - kernel[0] + 1, side - kernel[1] + 1))
    shared, untied = Pictures(PICTURE, np.ones(kernel), side=side).wirings
    cells = [[(n, (i + k) * side + j + l) for n, (i, j) in enumerate(places)] for k, l in np.ndindex(kernel)]
    assert shared.n_params == len(cells)
    assert untied.n_params == len(cells) * len(places)
    assert tied_cells(edges_of(shared)) == Counter(frozenset(column) for column in cells)
    assert tied_cells(edges_of(untied)) == Counter(frozenset([cell]) for column in cells for cell in column)


@every_line
def test_delay_lines_come_in_slices_newest_sample_first_and_no_sample_comes_twice(system: Parallel | Mimo) -> None:
    parts = list(system.slices(np.random.default_rng(0)))
    lengths = [len(x) for x, _ in parts]
    assert sum(lengths) == system.iterations
    assert lengths[:-1] == [SLICE] * (len(lengths) - 1)
    assert lengths[-1] <= SLICE
    for (x, clean), length in zip(parts, lengths, strict=True):
        assert x.shape == (length, system.trials, system.channels * system.taps)
        assert clean.shape == (length, system.trials, system.channels)
    seen = windows(system)
    np.testing.assert_array_equal(seen[1:, :, :, 1:], seen[:-1, :, :, :-1])
    assert len(np.unique(seen)) == system.trials * system.channels * (system.taps - 1 + system.iterations)


def correlations(lines: Array, lags: int) -> Array:
    """The mean of x(n)·x(n − lag), lag = 0..lags, over all lines (trials, channels, time)."""
    length = lines.shape[-1]
    return np.array([np.mean(lines[..., lag:] * lines[..., : length - lag]) for lag in range(lags + 1)])


@pytest.mark.parametrize(
    "system", [Parallel(4, 3, iterations=2500, seed=5), Mimo(4, 3, iterations=2500, seed=6)], ids=["Parallel", "Mimo"]
)
def test_the_input_is_white_with_variance_one(system: Parallel | Mimo) -> None:
    lines = series(system)  # 200 000 samples: a correlation is right to 0.0022
    np.testing.assert_allclose(correlations(lines, 5), [1, 0, 0, 0, 0, 0], atol=0.012)
    assert abs(np.mean(lines)) < 0.01
    assert abs(np.mean(lines**4) - 3) < 0.1  # Gaussian
    apart: Array = np.asarray(np.corrcoef(lines.reshape(-1, lines.shape[-1])))
    assert np.max(np.abs(apart - np.eye(len(apart)))) < 5.5 / np.sqrt(lines.shape[-1])


@pytest.mark.parametrize("colour", [0.9, -0.6])
def test_the_coloured_input_has_variance_one_and_correlations_that_are_powers_of_its_colour(colour: float) -> None:
    system = Parallel(50, 3, colour=colour, iterations=2 * SLICE + 9, trials=16, seed=7)
    lines = series(system)  # the newest sample of iteration n is number n + 2
    np.testing.assert_allclose(correlations(lines, 5), [colour**lag for lag in range(6)], atol=0.03)
    assert abs(np.mean(lines[:, :, 0] ** 2) - 1) < 0.2  # from the first sample on
    innovations = (lines[..., 1:] - colour * lines[..., :-1]) / np.sqrt(1 - colour**2)
    np.testing.assert_allclose(correlations(innovations, 5), [1, 0, 0, 0, 0, 0], atol=0.012)
    for border in (SLICE + 1, 2 * SLICE + 1):  # and over the border of a slice: 800 lines
        assert abs(np.mean(innovations[..., border] ** 2) - 1) < 0.2
        assert abs(np.mean(innovations[..., border] * lines[..., border])) < 0.15


def test_the_targets_differ_by_exactly_the_mismatch_around_a_mean_of_norm_one() -> None:
    for channels, mismatch, taps in product((2, 16), (0.0, 1e-6, 7.5), (1, 8)):
        found = Parallel(channels, taps, mismatch=mismatch).targets(np.random.default_rng(taps)).tolist()
        middle = [sum(w[lag] for w in found) / channels for lag in range(taps)]
        apart = sum((w[lag] - middle[lag]) ** 2 for w in found for lag in range(taps)) / channels
        assert sum(part**2 for part in middle) == pytest.approx(1, rel=1e-9)
        assert apart == pytest.approx(mismatch, rel=1e-9, abs=1e-30)
    alone = Parallel(1, 6, mismatch=0.5).targets(np.random.default_rng(0))  # one has nothing to differ from
    assert alone.shape == (1, 6)
    assert np.linalg.norm(alone) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(("channels", "mismatch", "colour"), [(1, 0.0, 0.0), (3, 0.0, 0.4), (4, 0.7, 0.0)])
def test_a_still_target_filters_its_own_line_from_beginning_to_end(
    channels: int, mismatch: float, colour: float
) -> None:
    system = Parallel(channels, 3, mismatch=mismatch, colour=colour, iterations=SLICE + 20, trials=2, seed=4)
    target = system.targets(np.random.default_rng(system.seed)).tolist()
    x, clean = drawn(system)
    seen = x.tolist()
    for n, t, m in np.ndindex(clean.shape):
        wanted = sum(target[m][lag] * seen[n][t][m * 3 + lag] for lag in range(3))
        assert clean[n, t, m] == pytest.approx(wanted, rel=0, abs=1e-12)


def test_the_drift_is_the_variance_per_tap_of_each_step_of_a_walk_that_goes_on_over_slice_borders() -> None:
    system = Parallel(8, 3, drift=0.02, iterations=3 * SLICE, trials=10, seed=3)
    x, clean = drawn(system)
    shape = system.iterations, system.trials
    seen = x.reshape(*shape, system.channels, system.taps)
    path = np.zeros((*shape, system.taps))  # w_o at every iteration, from what it does to the channels that all have it
    for at in np.ndindex(shape):
        path[at] = np.linalg.lstsq(seen[at], clean[at])[0]
    start = np.broadcast_to(system.targets(np.random.default_rng(system.seed))[0], path[:1].shape)
    steps = np.diff(np.concatenate([start, path]), axis=0) / np.sqrt(0.02)
    assert abs(np.mean(steps**2) - 1) < 0.05  # 18 000 steps
    np.testing.assert_allclose(np.mean(steps**2, axis=(0, 1)), 1, atol=0.1)  # of each tap
    np.testing.assert_allclose(np.mean(steps**2, axis=(0, 2)), 1, atol=0.2)  # of each trial: no two walk together
    assert np.max(np.abs(np.corrcoef(steps.reshape(len(steps), -1).T) - np.eye(30))) < 0.25
    assert abs(np.mean(steps[1:] * steps[:-1])) < 0.04
    borders = steps[[0, SLICE, 2 * SLICE]]
    assert np.all(borders != 0)
    assert 0.5 < np.mean(borders**2) < 1.6  # 90 steps


def test_the_targets_walk_together() -> None:
    system = Parallel(6, 2, drift=0.05, mismatch=0.3, iterations=SLICE + 50, trials=1, seed=9)
    still = system.targets(np.random.default_rng(system.seed))
    x, clean = drawn(system)
    seen = x.reshape(len(x), 6, 2)
    for n in range(len(x)):
        moved = clean[n, 0] - np.sum(seen[n] * still, axis=1)  # of each channel: its window times how far they all are
        away, *_ = np.linalg.lstsq(seen[n], moved, rcond=None)
        np.testing.assert_allclose(seen[n] @ away, moved, rtol=0, atol=1e-9)


def test_mimo_is_the_circulant_sum_over_all_delay_lines_with_one_h_of_norm_one() -> None:
    system = Mimo(3, 2, iterations=SLICE + 10, trials=2, seed=4)
    lines, (x, clean) = series(system).tolist(), drawn(system)
    h = np.linalg.lstsq(  # from the first output alone; the others must be the same h, one place on
        x.reshape(-1, 6), clean[:, :, 0].ravel(), rcond=None
    )[0].reshape(3, 2)
    assert np.sum(h**2) == pytest.approx(1, rel=1e-9)
    for n, t, j in np.ndindex(clean.shape):
        wanted = sum(h[(i - j) % 3, lag] * lines[t][i][1 + n - lag] for i in range(3) for lag in range(2))
        assert clean[n, t, j] == pytest.approx(wanted, rel=0, abs=1e-9)


def test_every_patch_of_the_picture_less_its_mean_comes_and_nothing_else() -> None:
    system = Pictures(CODED, np.ones((2, 2)), side=3, iterations=SLICE + 100, trials=3, seed=2)
    x, _ = drawn(system)
    assert x.shape == (SLICE + 100, 3, 9)
    middle = sum(CODED.ravel().tolist()) / 30
    wanted = {
        tuple(float(CODED[i + k, j + l]) - middle for k in range(3) for l in range(3))
        for i in range(3)
        for j in range(4)
    }
    for trial in range(3):
        assert {tuple(patch) for patch in x[:, trial].tolist()} == wanted
    assert any(not np.array_equal(x[n, 0], x[n, 1]) for n in range(len(x)))


@pytest.mark.parametrize("kernel", [(1, 1), (2, 4)])
def test_a_patch_is_answered_by_the_article_formula(kernel: tuple[int, int]) -> None:
    hidden = np.random.default_rng(3).standard_normal(kernel)
    x, clean = drawn(Pictures(PICTURE, hidden, side=5, iterations=SLICE + 3, trials=2, seed=5))
    places = list(np.ndindex(6 - kernel[0], 6 - kernel[1]))
    assert clean.shape == (SLICE + 3, 2, len(places))
    for n, t in np.ndindex(SLICE + 3, 2):
        X = x[n, t].reshape(5, 5)
        wanted = [sum(X[i + k, j + l] * hidden[k, l] for k, l in np.ndindex(kernel)) for i, j in places]
        np.testing.assert_allclose(clean[n, t], wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "system", [*LINES[:5:2], LINES[5], Pictures(PICTURE, np.ones((2, 3)), side=5, iterations=SLICE + 9)], ids=str
)
def test_the_generator_decides_everything(system: Parallel | Mimo | Pictures) -> None:
    first, again, other = (drawn(system, seed) for seed in (3, 3, 4))
    for k in range(2):
        assert np.array_equal(first[k], again[k])
        assert not np.any(np.all(first[k] == other[k], axis=(1, 2)))


nan, inf = float("nan"), float("inf")
MAKE: dict[str, Callable[..., object]] = {
    "Parallel": Parallel,
    "Mimo": Mimo,
    "Pictures": lambda **some: Pictures(PICTURE, np.ones((2, 2)), **{"side": 5, **some}),
}
COUNTS = [
    *((kind, name) for kind in ("Parallel", "Mimo") for name in ("channels", "taps", "iterations", "trials")),
    *(("Pictures", name) for name in ("side", "iterations", "trials")),
]
SIZES = [*((kind, "noise") for kind in MAKE), ("Parallel", "mismatch"), ("Parallel", "drift")]
BAD: list[tuple[str, dict[str, Any], str]] = [
    *((kind, {name: 0}, f"{name} must be >= 1, got 0") for kind, name in COUNTS),
    *((kind, {name: v}, f"{name} must be a whole number, got {v!r}") for kind, name in COUNTS for v in (2.5, True)),
    *((kind, {name: v}, f"{name} must be >= 0, got {v}") for kind, name in SIZES for v in (-1e-9, nan, inf)),
    *(("Parallel", {"colour": v}, f"colour must be between −1 and 1, got {v}") for v in (1, -1, 1.5, nan, inf)),
    *((kind, {"taps": 9, "iterations": 8}, "taps must be <= iterations = 8, got 9") for kind in ("Parallel", "Mimo")),
    ("Pictures", {"side": 8}, "side must be <= 7, the picture's shorter side, got 8"),
    ("Pictures", {"side": 10**12}, "side must be <= 7, the picture's shorter side, got 1000000000000"),
]


def test_a_bad_number_is_refused_by_its_name_and_value() -> None:
    for kind, numbers, message in BAD:
        with pytest.raises(SpecError, match=f"^{re.escape(message)}$"):
            MAKE[kind](**numbers)


TOO_MANY: list[tuple[Callable[..., object], dict[str, int], int]] = [
    (Parallel, {"channels": 1, "taps": 1, "trials": 41_944}, 41_944),
    (Parallel, {"channels": 16, "taps": 8, "trials": 328}, 41_984),
    (Parallel, {"channels": 10**9, "taps": 2000, "trials": 10**6}, 2 * 10**18),
    (Mimo, {"channels": 205, "taps": 1, "trials": 1}, 42_025),
    (Mimo, {"channels": 16, "taps": 8, "trials": 21}, 43_008),
]


@pytest.mark.parametrize(("make", "numbers", "at_a_time"), TOO_MANY, ids=str)
def test_too_many_numbers_at_a_time_are_refused_before_anything_is_allocated(
    make: Callable[..., object], numbers: dict[str, int], at_a_time: int
) -> None:
    product = "trials × channels × taps" if make is Parallel else "trials × inputs × outputs × taps"
    message = f"{product} must be at most 41,943, got {at_a_time:,}: use fewer Monte Carlo runs"

    def run() -> None:
        with pytest.raises(SpecError, match=f"^{re.escape(message)}$"):
            make(**numbers)

    assert peak(run) < 200_000


def test_the_largest_system_that_is_allowed_takes_no_more_than_it_may() -> None:
    x, _ = next(Parallel(3, 1, trials=13_981, iterations=SLICE).slices(np.random.default_rng(0)))
    assert len(x) == HELD // 41_943
    assert SLICE * 41_943 <= LARGEST
    assert Mimo(1, 1, trials=41_943, iterations=SLICE).trials == 41_943


def test_the_smallest_numbers_are_allowed() -> None:
    for system in (
        Parallel(1, 1, noise=0, colour=-0.999, iterations=1, trials=1),
        Mimo(1, 1, noise=0, iterations=1, trials=1),
        Pictures(np.eye(3), np.ones((1, 1)), side=1, noise=0, iterations=1, trials=1),
    ):
        x, clean = drawn(system)
        assert x.shape == clean.shape == (1, 1, 1)
    assert Parallel(2, 40, iterations=40).taps == Mimo(2, 40, iterations=40).taps == 40
    assert Pictures(PICTURE, np.ones((2, 2)), side=7).side == 7
