"""One step of learning: a shared kernel learns the pattern once for every place, untied weights only where it was."""

import math
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import Kind, LayerSpec, Wiring, wiring
from kernels.learning.matched_filter import gradient_step, matcher, normalised_correlation, paste, places
from tests.support.geometries import position_coded
from tests.support.oracles import Geometry, Key, Pair, loop_connections

Array = NDArray[np.float64]
KINDS: list[tuple[Kind, Pair | None]] = [("dense", None), ("local", None), ("conv", None), ("tiled", (2, 3))]
SIZE, PATTERN = (14, 16), (3, 4)


def geometry(size: Pair, pattern: Pair) -> Geometry:
    return Geometry("windows", (1, *size), pattern)


def by_cell(wires: Wiring, theta: Array) -> dict[Pair, float]:
    """The weight on each (target, source): without padding no two connections meet in one."""
    cells = list(zip(wires.targets.tolist(), wires.sources.tolist(), strict=True))
    assert len(set(cells)) == len(cells)
    return dict(zip(cells, theta[wires.ids].tolist(), strict=True))


def training_picture(size: Pair, pattern: Array, corners: list[Pair]) -> tuple[list[float], list[float]]:
    """The picture of a gradient step, pixel by pixel, and the target that belongs to it."""
    height, width = pattern.shape
    mean = math.fsum(pattern.ravel()) / pattern.size
    x = [0.0] * (size[0] * size[1])
    target = []
    for i, j in corners:
        for k, m in np.ndindex(height, width):
            x[(i + k) * size[1] + j + m] = float(pattern[k, m]) - mean
    for i, j in np.ndindex(size[0] - height + 1, size[1] - width + 1):
        target.append(1.0 if (i, j) in corners else 0.0)
    return x, target


def pearson(weights: list[float], window: list[float]) -> float:
    """r = Σ (w − w̄)(x − x̄) / √(Σ (w − w̄)² Σ (x − x̄)²), and 0 where either does not vary."""
    if max(weights) == min(weights) or max(window) == min(window):
        return 0.0
    w_mean, x_mean = math.fsum(weights) / len(weights), math.fsum(window) / len(window)
    w, x = [value - w_mean for value in weights], [value - x_mean for value in window]
    shared = math.fsum(a * b for a, b in zip(w, x, strict=True))
    return shared / math.sqrt(math.fsum(a * a for a in w) * math.fsum(b * b for b in x))


def correlation_in_loops(g: Geometry, cells: dict[Pair, float], x: Array) -> list[float]:
    weights: list[list[float]] = [[] for _ in range(g.n_outputs)]
    windows: list[list[float]] = [[] for _ in range(g.n_outputs)]
    for target, source, _ in loop_connections("conv", g):
        weights[target].append(cells[target, source])
        windows[target].append(float(x[source]))
    return [pearson(w, window) for w, window in zip(weights, windows, strict=True)]


def scene(seed: int, taught: int = 3, new: int = 3) -> tuple[Array, list[Pair], list[Pair], Array]:
    """A pattern, where it is taught, where else it stands, and a noisy picture that holds it at all these places."""
    rng = np.random.default_rng([11, seed])
    pattern = rng.random(PATTERN)
    known = places(SIZE, PATTERN, taught, rng)
    others = places(SIZE, PATTERN, new, rng, tuple(known))
    assert (len(known), len(others)) == (taught, new)
    return pattern, known, others, paste(rng.random(SIZE), pattern, [*known, *others])


def learnt(kind: Kind, period: Pair | None, pattern: Array, corners: list[Pair]) -> tuple[Wiring, Array]:
    wires = wiring(kind, matcher(PATTERN), (1, *SIZE), period)
    return wires, gradient_step(wires, (1, *SIZE), pattern, corners)


def index_of(corners: list[Pair]) -> list[int]:
    """The outputs whose windows have these corners."""
    windows = list(product(range(SIZE[0] - PATTERN[0] + 1), range(SIZE[1] - PATTERN[1] + 1)))
    return [windows.index(corner) for corner in corners]


@pytest.mark.parametrize(
    ("size", "pattern", "count"),
    [((20, 30), (3, 3), 8), ((12, 9), (2, 5), 30), ((7, 7), (1, 1), 60), ((5, 40), (5, 4), 4)],
    ids=str,
)
def test_places_stay_inside_and_overlap_neither_each_other_nor_those_taken(
    size: Pair, pattern: Pair, count: int
) -> None:
    for seed in range(6):
        taken = ((1, 2), (0, 0))[seed % 2 :]
        found = places(size, pattern, count, np.random.default_rng(seed), taken)
        assert found == places(size, pattern, count, np.random.default_rng(seed), taken)
        assert 0 < len(found) <= count
        laid = np.zeros(size, dtype=np.int64)
        for i, j in found:
            for k, m in np.ndindex(*pattern):
                laid[i + k, j + m] += 1  # an index past the end would raise, one below 0 is told by the next line
        assert min(min(corner) for corner in found) >= 0
        assert laid.max() == 1
        for i, j in taken:
            assert laid[i : i + pattern[0], j : j + pattern[1]].max() == 0


def test_there_are_as_many_places_as_asked_or_as_there_is_room_for_and_every_one_can_be_found() -> None:
    rng = np.random.default_rng(0)
    for count in range(6):
        assert len(places((40, 40), (4, 4), count, rng)) == count
    assert len(places((5, 5), (3, 3), 4, rng)) == 1
    assert places((5, 5), (5, 5), 4, rng) == [(0, 0)]
    assert places((5, 5), (3, 3), 4, rng, ((1, 1),)) == []
    assert 2 <= len(places((3, 12), (3, 3), 9, rng)) <= 4
    assert sorted(places((3, 4), (1, 1), 12, rng)) == list(product(range(3), range(4)))
    corners = {places((4, 4), (3, 3), 1, np.random.default_rng(seed))[0] for seed in range(40)}
    assert corners == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_a_pasted_pattern_lies_over_the_picture_and_leaves_the_original_alone() -> None:
    picture = position_coded(5, 6)[0]
    found = paste(picture, np.array([[-1.0, -2.0], [-3.0, -4.0]]), [(0, 0), (3, 4), (1, 1)])
    assert found.tolist() == [
        [-1, -2, 2, 3, 4, 5],
        [-3, -1, -2, 13, 14, 15],
        [20, -3, -4, 23, 24, 25],
        [30, 31, 32, 33, -1, -2],
        [40, 41, 42, 43, -3, -4],
    ]
    np.testing.assert_array_equal(picture, position_coded(5, 6)[0])


@pytest.mark.parametrize(("kind", "period"), KINDS, ids=lambda value: str(value))
@pytest.mark.parametrize("corners", [[(3, 4)], [(0, 1), (2, 3), (4, 0)]], ids=str)
def test_a_gradient_step_goes_down_the_slope_of_the_squared_error(
    kind: Kind, period: Pair | None, corners: list[Pair]
) -> None:
    size, pattern = (6, 7), np.random.default_rng(2).random((2, 3)) * 5
    spec, g = LayerSpec((2, 3)), geometry(size, (2, 3))
    x, target = training_picture(size, pattern, corners)
    edges = loop_connections(kind, g, period or (1, 1))
    into: dict[Key, list[Pair]] = {}
    for t, s, key in edges:
        into.setdefault(key, []).append((t, s))

    def loss(key: Key, value: float) -> float:
        """½Σ(Y − T)² where all weights are 0 but one."""
        y = [0.0] * len(target)
        for t, s in into[key]:
            y[t] += value * x[s]
        return math.fsum((a - b) ** 2 for a, b in zip(y, target, strict=True)) / 2

    # The loss is quadratic, so the central difference is exact up to rounding.
    downhill = {key: -(loss(key, 0.5) - loss(key, -0.5)) for key in into}
    wires = wiring(kind, spec, (1, *size), period)
    cells = by_cell(wires, gradient_step(wires, (1, *size), pattern, corners))
    assert len(cells) == len(edges)
    for t, s, key in edges:
        assert cells[t, s] == pytest.approx(downhill[key], rel=0, abs=1e-12)


@pytest.mark.parametrize(("kind", "period"), KINDS[1:], ids=lambda value: str(value))
def test_the_correlation_is_that_of_the_loops_and_stays_within_one_in_any_light(
    kind: Kind, period: Pair | None
) -> None:
    for seed, (brightness, contrast) in product(range(2), ((0.0, 1.0), (100.0, 1.0), (-3.0, 1e-2), (0.0, -1e4))):
        pattern, known, _, picture = scene(seed)
        wires, theta = learnt(kind, period, pattern, known)
        found = normalised_correlation(wires, theta, brightness + contrast * picture.ravel())
        assert np.abs(found).max() == pytest.approx(1.0, rel=0, abs=1e-9)
        picture[:6, 8:] = 0.25  # some windows are flat, some half
        x = brightness + contrast * picture.ravel()
        wanted = correlation_in_loops(geometry(SIZE, PATTERN), by_cell(wires, theta), x)
        np.testing.assert_allclose(normalised_correlation(wires, theta, x), wanted, rtol=0, atol=1e-10)


@pytest.mark.parametrize("seed", range(2))
def test_a_shared_kernel_finds_every_copy_and_untied_weights_those_at_the_places_taught(seed: int) -> None:
    pattern, known, others, picture = scene(seed)
    shared, untied = learnt("conv", None, pattern, known), learnt("local", None, pattern, known)
    for filters, copies in ((shared, [*known, *others]), (untied, known)):
        found = normalised_correlation(*filters, picture.ravel())
        np.testing.assert_allclose(found[index_of(copies)], 1.0, rtol=0, atol=1e-9)
        elsewhere = np.delete(found, index_of(copies))
        assert elsewhere.max() < 0.99
        assert elsewhere.any() == (filters is shared)
    away = paste(np.random.default_rng(seed).random(SIZE), pattern, others).ravel()
    assert normalised_correlation(*untied, away).max() < 0.99
    np.testing.assert_allclose(normalised_correlation(*shared, away)[index_of(others)], 1.0, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("kind", "period"), KINDS[1:], ids=lambda value: str(value))
def test_a_flat_window_and_a_flat_pattern_correlate_with_nothing(kind: Kind, period: Pair | None) -> None:
    pattern, known, _, picture = scene(6)
    wires, theta = learnt(kind, period, pattern, known)
    assert np.abs(theta).max() > 0.1
    for value in (0.0, 0.1, 1 / 3, 1.0, 255.0, -7.3):
        assert not normalised_correlation(wires, theta, np.full(SIZE[0] * SIZE[1], value)).any()
    for value, size in product((0.0, 0.1, 0.9, 1.0), ((1, 1), (3, 3), (5, 5), (8, 8))):
        flat = wiring(kind, matcher(size), (1, 20, 20), period)
        theta = gradient_step(flat, (1, 20, 20), np.full(size, value), [(0, 0), (10, 10)])
        assert not normalised_correlation(flat, theta, np.random.default_rng(7).random(400)).any()
    wires, theta = learnt(kind, period, pattern, [])
    assert not theta.any()
    assert not normalised_correlation(wires, theta, picture.ravel()).any()
