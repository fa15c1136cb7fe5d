"""A filter on a wiring is the textbook's, weight by weight: LMS and NLMS in plain loops, on the very same samples."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import Kind, LayerSpec, SpecError, Wiring, wiring
from kernels.adaptive.lms import System, learn, learning, table
from kernels.adaptive.systems import SLICE, Mimo, Parallel, Pictures, circulant
from tests.support.oracles import Pair
from tests.support.wirings import edges_of
from tests.support.work import alike, interrupted, records_of

Array = NDArray[np.float64]
EPSILON = 1e-6
BOTH = pytest.mark.parametrize("normalised", [False, True], ids=["LMS", "NLMS"])
PICTURE = np.random.default_rng(8).random((12, 11))


@dataclass(frozen=True)
class Film:
    """A system that shows what was recorded, in slices that end where they are told."""

    x: Array
    clean: Array
    noise: float = 0.0
    seed: int = 0
    borders: tuple[int, ...] = ()
    shown: list[int] = field(default_factory=list)

    def slices(self, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
        assert isinstance(rng, np.random.Generator)
        for first, last in zip((0, *self.borders), (*self.borders, len(self.x)), strict=True):
            self.shown.append(first)
            yield self.x[first:last], self.clean[first:last]


def film(wires: Wiring, length: int = 30, noise: float = 0.2) -> Film:
    """White input and a target of this wiring."""
    rng = np.random.default_rng(5)
    x = rng.standard_normal((length, 3, wires.shape[1]))
    return Film(x, x @ wires.matrix(rng.standard_normal(wires.n_params)).toarray().T, noise)


@dataclass(frozen=True)
class Run:
    """All iterations of a run: excess (filters, iterations), the last weights of each filter, which diverged."""

    excess: Array
    theta: tuple[Array, ...]
    diverged: tuple[bool, ...]


def run(system: System, wirings: Sequence[Wiring], mu: float, normalised: bool = False) -> Run:
    parts = list(learn(system, wirings, mu, normalised))
    return Run(np.concatenate([part.excess for part in parts], axis=1), parts[-1].theta, parts[-1].diverged)


def fed(system: System) -> tuple[list[list[list[float]]], list[list[list[float]]], list[list[list[float]]]]:
    """x, W_o x and the noise as [iteration][trial][place], drawn as they are: a slice, then its noise, and so on."""
    rng = np.random.default_rng(system.seed)
    x: list[list[list[float]]] = []
    clean: list[list[list[float]]] = []
    noise: list[list[list[float]]] = []
    for some, exact in system.slices(rng):
        x += some.tolist()
        clean += exact.tolist()
        noise += (system.noise**0.5 * rng.standard_normal(exact.shape)).tolist()
    return x, clean, noise


def wiring_loops(wires: Wiring, system: System, mu: float, normalised: bool) -> tuple[list[float], list[list[float]]]:
    """The definition on a list of connections: θ moves by the mean over its uses, or the sum over their energies."""
    x, clean, noise = fed(system)
    edges = edges_of(wires)
    theta = [[0.0] * wires.n_params for _ in x[0]]
    excess = []
    for n in range(len(x)):
        total = 0.0
        for t, weights in enumerate(theta):
            lost, energy = list(clean[n][t]), [0.0] * len(clean[n][t])
            for target, source, name in edges:
                lost[target] -= weights[name] * x[n][t][source]
                energy[target] += x[n][t][source] ** 2
            total += sum(part**2 for part in lost)
            moved, below = [0.0] * wires.n_params, [EPSILON if normalised else 0.0] * wires.n_params
            for target, source, name in edges:
                moved[name] += (lost[target] + noise[n][t][target]) * x[n][t][source]
                below[name] += energy[target] if normalised else 1
            theta[t] = [w + mu * up / down for w, up, down in zip(weights, moved, below, strict=True)]
        excess.append(total / (len(theta) * len(clean[n][0])))
    return excess, theta


ANY: list[tuple[Kind, LayerSpec, tuple[int, int, int], Pair | None]] = [
    ("tiled", LayerSpec((1, 3)), (1, 1, 7), (1, 2)),  # one weight is used three times, its neighbour twice
    ("tiled", LayerSpec(2), (1, 4, 6), (2, 3)),
    ("conv", LayerSpec(3, padding="same", padding_mode="circular"), (1, 3, 4), None),
    ("conv", LayerSpec((1, 3), padding="same", padding_mode="reflect"), (1, 1, 5), None),  # one pixel twice
    ("conv", LayerSpec(2, 4, 2, groups=2), (4, 3, 3), None),
    ("local", LayerSpec(2, 1, 2, stride=2), (1, 4, 4), None),
    ("dense", LayerSpec(2, 2, 2), (2, 3, 3), None),
]


SYSTEMS: list[Parallel | Mimo | Pictures] = [
    Parallel(1, 4, noise=0.1, iterations=40, trials=2, seed=2),
    Parallel(3, 2, noise=0.5, mismatch=0.4, iterations=50, trials=3, seed=4),
    Parallel(2, 3, colour=0.7, drift=0.001, iterations=SLICE + 15, trials=2, seed=5),
    Parallel(5, 1, noise=0, iterations=30, trials=1, seed=6),
    Mimo(1, 3, iterations=30, trials=2, seed=1),
    Mimo(3, 2, iterations=SLICE + 10, trials=2, seed=3),
    Mimo(4, 3, noise=0, iterations=50, trials=1, seed=4),
    Pictures(PICTURE, np.ones((2, 3)), side=4, noise=0.01, iterations=25, trials=2, seed=5),
]
TAUGHT: list[tuple[System, Sequence[Wiring]]] = [
    *((system, list(system.wirings)) for system in SYSTEMS),
    *((film(wires), [wires]) for wires in (wiring(*case) for case in ANY)),
]


@BOTH
@pytest.mark.parametrize(("system", "wirings"), TAUGHT, ids=lambda value: type(value).__name__)
def test_every_weight_of_channels_rings_pictures_and_any_wiring_moves_by_the_mean_over_its_own_uses(
    system: System, wirings: Sequence[Wiring], normalised: bool
) -> None:
    mu = 0.4 if normalised else 0.04
    found = run(system, wirings, mu, normalised)
    for which, wires in enumerate(wirings):
        excess, theta = wiring_loops(wires, system, mu, normalised)
        np.testing.assert_allclose(found.excess[which], excess, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(found.theta[which], theta[0], rtol=0, atol=1e-12)


def test_the_shared_kernel_becomes_the_hidden_one_and_the_untied_are_behind() -> None:
    hidden = np.array([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]])
    system = Pictures(PICTURE, hidden, side=8, noise=1e-4, iterations=1500, trials=2, seed=1)
    found = run(system, list(system.wirings), 0.5, normalised=False)
    np.testing.assert_allclose(found.theta[0].reshape(3, 3), hidden, rtol=0, atol=0.01)
    assert np.mean(found.excess[0, -100:]) < 0.05 * np.mean(found.excess[1, -100:])


@pytest.mark.parametrize(("kind", "spec", "in_shape", "period"), ANY, ids=str)
def test_a_table_lists_every_connection_by_its_output_and_sorts_them_by_weight_in_whatever_order_they_came(
    kind: Kind, spec: LayerSpec, in_shape: tuple[int, int, int], period: Pair | None
) -> None:
    wires = wiring(kind, spec, in_shape, period)
    mixed = np.random.default_rng(0).permutation(len(wires.ids))
    wires = replace(wires, targets=wires.targets[mixed], sources=wires.sources[mixed], ids=wires.ids[mixed])
    rows = table(wires)
    listed = [
        (target, source, name)
        for target, (sources, names) in enumerate(zip(rows.sources.tolist(), rows.ids.tolist(), strict=True))
        for source, name in zip(sources, names, strict=True)
    ]
    assert sorted(listed) == sorted(edges_of(wires))
    names = [listed[edge][2] for edge in rows.order.tolist()]
    assert names == sorted(wires.ids.tolist())
    assert rows.starts.tolist() == [names.index(name) for name in range(wires.n_params)]
    assert rows.uses.tolist() == [names.count(name) for name in range(wires.n_params)]


def test_a_wiring_whose_outputs_read_unequally_much_is_refused() -> None:
    for spec, in_shape, reads in (
        (LayerSpec(3, padding=1), (1, 4, 5), "4 to 9"),
        (LayerSpec((1, 2), padding=(0, 2)), (1, 1, 3), "0 to 2"),
    ):
        wires = wiring("conv", spec, in_shape)
        message = f"^wiring must give every output the same number of connections, got {reads}$"
        with pytest.raises(SpecError, match=message):
            table(wires)
        with pytest.raises(SpecError, match=message):
            next(learn(film(wires), [wires], 0.1))


@pytest.mark.parametrize("mu", [0, -1e-9, float("nan"), float("inf")])
def test_a_step_that_is_not_above_zero_is_refused_before_anything_is_drawn(mu: float) -> None:
    shown = film(circulant(2, 2))
    with pytest.raises(SpecError, match=f"^mu must be > 0, got {re.escape(str(mu))}$"):
        next(learn(shown, [circulant(2, 2)], mu))
    assert shown.shown == []


def test_a_record_comes_a_slice_and_says_where_it_begins() -> None:
    system = Parallel(2, 3, iterations=2 * SLICE + 7, trials=2)
    records = list(learn(system, system.wirings, 0.05))
    assert [(part.first, part.excess.shape) for part in records] == [
        (0, (2, SLICE)), (SLICE, (2, SLICE)), (2 * SLICE, (2, 7)),
    ]  # fmt: skip
    for part in records:
        assert [weights.shape for weights in part.theta] == [(3,), (6,)]
        assert part.diverged == (False, False)


def test_a_record_holds_the_last_weights_and_the_last_sample_and_a_stopped_run_has_seen_no_more() -> None:
    wires = circulant(3, 2)
    system = replace(film(wires, length=60, noise=0.0), borders=(20, 40))
    records = []
    for part in learn(system, [wires], 0.1):
        records.append(part)
        assert system.shown == [record.first for record in records]
    for part in records:
        until = part.first + 20
        stopped = run(Film(system.x[:until], system.clean[:until]), [wires], 0.1)
        np.testing.assert_array_equal(part.excess[0], stopped.excess[0, part.first :])
        np.testing.assert_array_equal(part.theta[0], stopped.theta[0])
        np.testing.assert_array_equal(part.x, system.x[until - 1, 0])


def test_a_filter_that_diverges_is_said_to_and_the_one_beside_it_goes_on_unharmed() -> None:
    """M = 16, L = 8 at μ = 0.8, four times what untied weights bear (2/10) and below what shared ones do (32/25)."""
    system = Parallel(16, 8, iterations=2 * SLICE + 50, trials=4, seed=2)
    found, alone = run(system, list(system.wirings), 0.8), run(system, [system.wirings[0]], 0.8)
    assert found.diverged == (False, True)
    told = np.isfinite(found.excess[1])
    last = int(np.argmin(told))
    assert 5 < last < SLICE
    assert told[:last].all()
    assert np.isnan(found.excess[1, last:]).all()
    assert found.excess[1, last - 1] > 1e5 * found.excess[1, 0]
    assert np.isfinite(found.theta[1]).all()
    assert np.array_equal(found.excess[0], alone.excess[0])
    assert np.array_equal(found.theta[0], alone.theta[0])
    assert np.mean(found.excess[0, -50:]) < 0.1 * found.excess[0, 0]


def bound_on_patches(system: Pictures, shared: bool) -> float:
    """The largest μ with a spectral radius of E[(I − μR) ⊗ (I − μR)] <= 1: every patch of the picture, equally likely.

    R is the mean of x xᵀ over the outputs of a shared kernel; untied, each output has its own, and the first to be
    unstable counts.
    """
    picture, (K, L) = system.picture - system.picture.mean(), system.kernel.shape
    places = range(system.side - K + 1), range(system.side - L + 1)
    corners = np.ndindex(*(n - system.side + 1 for n in picture.shape))
    x = np.array(
        [
            [picture[r + i : r + i + K, c + j : c + j + L].ravel() for i in places[0] for j in places[1]]
            for r, c in corners
        ]
    )
    outer = np.einsum("poa,pob->opab", x, x)
    return min(_first_unstable(R) for R in (outer.mean(axis=0, keepdims=True) if shared else outer))


def _first_unstable(R: Array) -> float:
    """By halving, for samples of R (patches, n, n)."""
    size, mean = R.shape[1], R.mean(axis=0)
    eye = np.eye(size)
    linear = np.kron(mean, eye) + np.kron(eye, mean)
    square = np.mean([np.kron(one, one) for one in R], axis=0)
    low, high = 0.0, 1e7
    while high > 1.001 * max(low, 1e-6):
        mu = (max(low, 1e-6) * high) ** 0.5
        radius = np.abs(np.linalg.eigvals(np.eye(size**2) - mu * linear + mu**2 * square)).max()
        low, high = (mu, high) if radius <= 1 + 1e-9 else (low, mu)
    return low


def lone_pixel() -> Array:
    picture = np.ones((16, 16))
    picture[7, 9] = 0
    return picture


SCENES = {
    "nearly all flat": lone_pixel(),
    "half flat": np.repeat([[0.0], [1.0]], 8, axis=0) * np.ones(16),
    "a ramp": np.linspace(0, 1, 16)[:, None] * np.ones(16),
    "faint": 0.5 + np.random.default_rng(0).integers(0, 2, (16, 16)) / 255,
    "noise": np.random.default_rng(1).random((16, 16)),
}
HIDDEN = {"edge": [[1.0, -1.0], [2.0, -2.0]], "mean": [[0.25, 0.25], [0.25, 0.25]], "loud": [[1e3, -1e3], [1e3, -1e3]]}


@pytest.mark.long
@BOTH
@pytest.mark.parametrize("scene", SCENES)
def test_no_stable_run_on_any_picture_is_called_divergent_and_every_run_whose_weights_are_lost_is(
    scene: str, normalised: bool
) -> None:
    """NLMS is stable up to 2. What is lost is told by the weights themselves: θ − F_o against F_o."""
    systems = [
        Pictures(SCENES[scene], np.array(kernel), 5, noise, 400, 2, seed)
        for kernel in HIDDEN.values()
        for noise in (0.0, 1.0)
        for seed in range(3)
    ]
    bounds = [2.0 if normalised else bound_on_patches(systems[0], shared) for shared in (True, False)]
    for system, (which, bound) in itertools.product(systems, enumerate(bounds)):
        wires = system.wirings[which]
        hidden = system.kernel.ravel() if which == 0 else np.tile(system.kernel.ravel(), wires.shape[0])
        for share in (0.1, 0.95, 4.0):
            found = run(system, [wires], share * bound, normalised)
            astray = np.linalg.norm(found.theta[0] - hidden) / np.linalg.norm(hidden)
            told = f"{system.kernel}, noise {system.noise}, seed {system.seed}, wiring {which}, {share} of {bound}"
            assert found.diverged == (False,) or share > 1, told
            assert found.diverged == (True,) or astray < 1e4, told


def test_a_run_on_pictures_beyond_the_bound_is_called_divergent() -> None:
    for scene in ("a ramp", "faint", "noise"):
        for seed in range(5):
            system = Pictures(SCENES[scene], np.array(HIDDEN["edge"]), 5, 0.001, 400, 2, seed)
            for which, wires in enumerate(system.wirings):
                assert run(system, [wires], 4 * bound_on_patches(system, which == 0)).diverged == (True,)


def test_a_run_ends_where_the_excess_error_is_a_million_times_the_first_and_every_record_after_says_so() -> None:
    """One tap, x = d = 1, μ = 3: the error is (−2)ⁿ and its square passes 10⁶ at n = 10."""
    system = Film(np.ones((40, 1, 1)), np.ones((40, 1, 1)), borders=(5, 10, 20, 30))
    records = list(learn(system, [circulant(1, 1)], 3.0))
    excess = np.concatenate([part.excess[0] for part in records])
    assert excess[:10].tolist() == [4.0**n for n in range(10)]
    assert np.isnan(excess[11:]).all()
    assert [part.diverged for part in records] == [(False,), (False,), (True,), (True,), (True,)]
    for part in records[3:]:
        np.testing.assert_array_equal(part.theta[0], records[2].theta[0])


FAR: list[tuple[Parallel | Mimo, bool, float]] = [
    *((Parallel(4, 8, iterations=500), False, mu) for mu in (5.0, 1e8, 1e100)),
    *((Mimo(3, 2, iterations=500), False, mu) for mu in (5.0, 1e8, 1e100)),
    *((Parallel(1, 4, iterations=2000), True, mu) for mu in (2.5, 20.0)),
]


@pytest.mark.parametrize(("system", "normalised", "mu"), FAR, ids=str)
def test_however_far_past_the_bound_nothing_is_infinite(system: Parallel | Mimo, normalised: bool, mu: float) -> None:
    found = run(system, list(system.wirings), mu, normalised)  # and warnings are errors
    assert found.diverged == (True, True)
    assert not np.isinf(found.excess).any()
    assert np.isnan(found.excess[:, -1]).all()
    assert all(np.isfinite(weights).all() for weights in found.theta)


@BOTH
def test_a_long_run_below_the_bound_does_not_diverge(normalised: bool) -> None:
    system = Parallel(4, 8, iterations=2000, trials=4)
    found = run(system, list(system.wirings), 0.5 if normalised else 0.06, normalised)
    assert found.diverged == (False, False)
    assert np.isfinite(found.excess).all()
    assert (np.mean(found.excess[:, -200:], axis=1) < 0.05 * found.excess[:, 0]).all()


def test_noise_is_not_taken_for_divergence() -> None:
    for noise in (0.0, 100.0):
        system = Parallel(4, 4, noise=noise, iterations=600)
        assert run(system, list(system.wirings), 0.05).diverged == (False, False)
    found = run(Film(film(circulant(2, 2)).x, np.zeros((30, 3, 2)), noise=100.0), [circulant(2, 2)], 0.1)
    assert found.diverged == (False,)  # over a target of nothing
    assert found.excess[0, 0] == 0
    assert np.max(found.excess) > 1
    loudness = np.repeat([1e-3, 1e3], 15)[:, None, None]  # the noise of quiet inputs makes the weights of NLMS large
    later = Film(film(circulant(2, 2)).x * loudness, np.zeros((30, 3, 2)), noise=1.0)
    assert run(later, [circulant(2, 2)], 0.1, normalised=True).diverged == (False,)


@pytest.mark.parametrize("normalised", [False, True])
def test_interrupted_after_every_slice_the_filters_are_those_without(normalised: bool) -> None:
    system = Parallel(2, 3, colour=0.5, drift=0.01, iterations=700, trials=2, seed=4)
    work = partial(learning, system, system.wirings, 0.1, normalised)
    assert alike(interrupted(work), records_of(work()))
