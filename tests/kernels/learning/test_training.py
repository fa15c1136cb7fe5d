"""Training is the textbook's rule, example by example; a run depends on its seed alone, and ends where it diverges."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import Kind, LayerSpec, SpecError
from kernels.images.digits import moved, split, within
from kernels.learning.layers import Activate, GlobalPool
from kernels.learning.linear import Wired, full
from kernels.learning.losses import cross_entropy, squared_error
from kernels.learning.network import Network
from kernels.learning.training import Epoch, Optimiser, Recipe, accuracy, fit

Array = NDArray[Any]
IN: tuple[int, int, int] = (1, 6, 6)
NETWORK = Network(
    (Wired("conv", LayerSpec(3, 1, 4, bias=True)), Activate("relu"), GlobalPool("max"), full(3, (4, 1, 1))), IN
)
every_optimiser = pytest.mark.parametrize("optimiser", ["adam", "momentum"])


def examples(many: int = 37, in_shape: tuple[int, int, int] = IN) -> tuple[Array, Array]:
    """Images and labels that no run may write to."""
    rng = np.random.default_rng(2)
    x, labels = rng.standard_normal((many, *in_shape), np.float32), rng.integers(0, 3, many)
    x.flags.writeable = labels.flags.writeable = False
    return x, labels


def run(recipe: Recipe, after: Epoch | None = None, network: Network = NETWORK, many: int = 37) -> list[Epoch]:
    return list(fit(network, *examples(many, network.in_shape), cross_entropy, recipe, after))


def textbook(optimiser: Optimiser, rate: float) -> Callable[[list[float], list[float]], list[float]]:
    """θ after one more step, number by number, as Polyak's and Kingma and Ba's papers write it."""
    m: list[float] = []
    v: list[float] = []
    t = 0

    def step(theta: list[float], gradient: list[float]) -> list[float]:
        nonlocal t
        t += 1
        m.extend([0.0] * (len(theta) - len(m)))
        v.extend([0.0] * (len(theta) - len(v)))
        found = []
        for n, (weight, g) in enumerate(zip(theta, gradient, strict=True)):
            if optimiser == "momentum":
                v[n] = 0.9 * v[n] + g
                found.append(weight - rate * v[n])
            else:
                m[n] = 0.9 * m[n] + 0.1 * g
                v[n] = 0.999 * v[n] + 0.001 * g * g
                found.append(weight - rate * (m[n] / (1 - 0.9**t)) / (math.sqrt(v[n] / (1 - 0.999**t)) + 1e-8))
        return found

    return step


def in_double(theta: Array) -> Epoch:
    """A beginning in float64, where the order of additions does not show."""
    return Epoch(0, theta.astype(np.float64), np.zeros((2, len(theta))))


@every_optimiser
@pytest.mark.parametrize(
    ("inputs", "outputs", "many", "batch"),
    [(3, 2, 11, 1), (3, 2, 11, 4), (3, 2, 11, 11), (3, 2, 11, 50), (166, 300, 1, 1)],  # the last: several blocks of θ
)
def test_every_step_is_the_textbooks(optimiser: Optimiser, inputs: int, outputs: int, many: int, batch: int) -> None:
    network, rng = Network((full(outputs, (inputs, 1, 1)),), (inputs, 1, 1)), np.random.default_rng(0)
    x, wanted = rng.standard_normal((many, inputs, 1, 1)), rng.standard_normal((many, outputs, 1, 1))
    seen: list[Array] = []

    def recorded(h: Array, targets: Array) -> tuple[float, Array]:
        seen.append(targets.reshape(-1, outputs))
        return squared_error(h, targets)

    start = in_double(network.init(4))
    epochs = 3 if many == 1 else 6
    found = list(fit(network, x, wanted, recorded, Recipe(optimiser, 0.003, batch, epochs), start))
    step, theta = textbook(optimiser, 0.003), start.theta.tolist()
    ones = np.hstack([x.reshape(many, inputs), np.ones((many, 1))])
    of_target = {target.tobytes(): one for target, one in zip(wanted.reshape(many, outputs), ones, strict=True)}
    a_pass = math.ceil(many / batch)
    for n, targets in enumerate(seen):
        read = np.array([of_target[target.tobytes()] for target in targets])
        lost = read @ np.reshape(theta, (outputs, inputs + 1)).T - targets
        theta = step(theta, (lost.T @ read / len(read)).ravel().tolist())
        if n % a_pass == a_pass - 1:
            np.testing.assert_allclose(found[n // a_pass].theta, theta, rtol=0, atol=1e-13)
    assert [epoch.steps for epoch in found] == [a_pass * n for n in range(1, epochs + 1)]
    assert len(seen) == epochs * a_pass


@every_optimiser
def test_a_run_in_single_precision_follows_that_in_double(optimiser: Optimiser) -> None:
    recipe = Recipe(optimiser, 0.002, 8, epochs=3)
    single, double = run(recipe), run(recipe, in_double(NETWORK.init(0)))
    assert single[-1].theta.dtype == single[-1].moments.dtype == np.float32
    assert double[-1].theta.dtype == double[-1].moments.dtype == np.float64
    np.testing.assert_allclose(single[-1].theta, double[-1].theta, rtol=0, atol=1e-4)
    assert np.max(np.abs(double[-1].theta - NETWORK.init(0))) > 1e-3


@pytest.mark.parametrize(("many", "batch"), [(37, 8), (40, 8), (5, 32), (1, 1)])
def test_an_epoch_visits_every_example_with_its_label_exactly_once_and_each_in_another_order(
    many: int, batch: int
) -> None:
    names, shown = np.arange(many), []
    network = Network((Activate("relu"),), (1, 1, 1))

    def recorded(h: Array, targets: Array) -> tuple[float, Array]:
        assert h.ravel().tolist() == targets.tolist()
        shown.append(targets.tolist())
        return 0.0, np.zeros_like(h)

    x = names.astype(np.float32).reshape(many, 1, 1, 1)
    epochs = list(fit(network, x, names, recorded, Recipe(batch=batch, epochs=4)))
    a_pass = math.ceil(many / batch)
    orders = []
    for n, epoch in enumerate(epochs):
        batches = shown[n * a_pass : (n + 1) * a_pass]
        orders.append([name for some in batches for name in some])
        assert sorted(orders[-1]) == list(range(many))
        assert [len(some) for some in batches[:-1]] == [batch] * (a_pass - 1)
        assert epoch.losses == (0.0,) * a_pass
        assert epoch.number == n + 1
    assert len(shown) == 4 * a_pass
    assert many < 5 or len({tuple(order) for order in orders}) == 4


def test_the_losses_are_of_each_batch_before_it_was_learned_from() -> None:
    x, labels = examples(10)
    recipe = Recipe(rate=0.01, batch=10, epochs=5)
    epochs = list(fit(NETWORK, x, labels, cross_entropy, recipe))
    before = [NETWORK.init(0), *(epoch.theta for epoch in epochs)]
    for theta, epoch in zip(before, epochs, strict=False):
        (loss,) = epoch.losses
        assert loss == pytest.approx(cross_entropy(NETWORK.apply(theta, x), labels)[0], rel=1e-5)


@every_optimiser
def test_a_run_goes_on_from_any_epoch_as_if_it_had_never_stopped(optimiser: Optimiser) -> None:
    recipe = Recipe(optimiser, 0.01, 8, epochs=6, seed=3)
    straight = run(recipe)
    kept = straight[0].theta.copy(), straight[0].moments.copy()
    for number in range(7):
        resumed = run(recipe, straight[number - 1] if number else None)
        assert [epoch.number for epoch in resumed] == list(range(number + 1, 7))
        for one, other in zip(resumed, straight[number:], strict=True):
            np.testing.assert_array_equal(one.theta, other.theta)
            np.testing.assert_array_equal(one.moments, other.moments)
            assert (one.steps, one.losses, one.diverged) == (other.steps, other.losses, other.diverged)
    np.testing.assert_array_equal(straight[0].theta, kept[0])
    np.testing.assert_array_equal(straight[0].moments, kept[1])
    np.testing.assert_array_equal(run(replace(recipe, epochs=2))[-1].theta, straight[1].theta)


@every_optimiser
def test_the_seed_decides_first_weights_and_order(optimiser: Optimiser) -> None:
    recipe = Recipe(optimiser, epochs=3, seed=5)
    first, again, other = run(recipe), run(recipe), run(replace(recipe, seed=6))
    for one, same, another in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(one.theta, same.theta)
        assert one.losses == same.losses
        assert not np.any(one.theta == another.theta)
    start = in_double(NETWORK.init(0))
    assert run(replace(recipe, batch=8), start)[0].losses != run(replace(recipe, batch=8, seed=6), start)[0].losses


def test_two_runs_side_by_side_are_as_each_alone() -> None:
    recipes = Recipe(epochs=3, seed=1), Recipe("momentum", 0.01, 5, epochs=3, seed=2)
    alone = [run(recipe) for recipe in recipes]
    both = [fit(NETWORK, *examples(), cross_entropy, recipe) for recipe in recipes]
    for n in range(3):
        for records, wanted in zip(both, alone, strict=True):
            np.testing.assert_array_equal(next(records).theta, wanted[n].theta)


DEEP = Network(
    (Wired("conv", LayerSpec(3, 1, 8, bias=True)), Activate("relu"), Wired("conv", LayerSpec(2, 8, 8)),
     Activate("relu"), full(3, (8, 3, 3))), IN,
)  # fmt: skip
LINEAR = Network((full(3, IN),), IN)


@pytest.mark.parametrize(
    ("network", "optimiser", "rate"),
    [(DEEP, "momentum", 1e6), (DEEP, "momentum", 1e300), (DEEP, "adam", 1e15), (NETWORK, "adam", 1e30),
     (LINEAR, "momentum", 1e38)],
    ids=["1e6", "1e300", "adam", "pooled", "linear"],
)  # fmt: skip
def test_a_run_that_diverges_says_so_and_ends(network: Network, optimiser: Optimiser, rate: float) -> None:
    epochs = run(Recipe(optimiser, rate, 8, epochs=60), network=network)  # and warnings are errors
    assert len(epochs) < 60
    assert [epoch.diverged for epoch in epochs] == [*[False] * (len(epochs) - 1), True]
    losses = [loss for epoch in epochs for loss in epoch.losses]
    assert not math.isfinite(losses[-1])
    assert all(math.isfinite(loss) for loss in losses[:-1])
    assert run(Recipe(optimiser, rate, 8, epochs=60), epochs[-1], network) == []


@pytest.mark.parametrize("network", [DEEP, NETWORK, LINEAR], ids=["deep", "pooled", "linear"])
def test_an_epoch_that_is_not_said_to_diverge_has_nothing_but_numbers(network: Network) -> None:
    optimisers: list[Optimiser] = ["adam", "momentum"]
    for optimiser, rate, batch in product(optimisers, (10.0, 1e6, 1e12, 1e20, 1e38, 1e300), (8, 64)):
        for epoch in run(Recipe(optimiser, rate, batch, epochs=12), network=network):
            parts = epoch.theta, epoch.moments, np.array(epoch.losses)
            assert epoch.diverged or all(np.isfinite(part).all() for part in parts)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rate": 0.0}, r"^rate must be > 0, got 0\.0$"),
        ({"rate": -0.1}, r"^rate must be > 0, got -0\.1$"),
        ({"rate": math.nan}, r"^rate must be > 0, got nan$"),
        ({"rate": math.inf}, r"^rate must be > 0, got inf$"),
        ({"batch": 0}, r"^batch must be >= 1, got 0$"),
        ({"batch": 2.5}, r"^batch must be a whole number, got 2\.5$"),
        ({"epochs": 0}, r"^epochs must be >= 1, got 0$"),
        ({"epochs": True}, r"^epochs must be a whole number, got True$"),
        ({"seed": -1}, r"^seed must be >= 0, got -1$"),
        ({"optimiser": "sgd"}, r"^optimiser must be 'adam' or 'momentum', got 'sgd'$"),
    ],
    ids=str,
)
def test_a_recipe_that_cannot_be_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Recipe(**change)


@pytest.mark.parametrize(("x", "wanted"), [(3, 4), (4, 3), (0, 0)])
def test_examples_without_their_labels_and_no_examples_are_refused(x: int, wanted: int) -> None:
    records = fit(NETWORK, np.zeros((x, *IN), np.float32), np.zeros(wanted, np.int64), cross_entropy, Recipe())
    with pytest.raises(SpecError, match=rf"^x and wanted must be as many, and at least 1, got {x} and {wanted}$"):
        next(records)


def test_images_of_another_shape_than_the_network_was_made_for_are_refused() -> None:
    """Also by one that could run on them, for its first layer slides and its pool takes what comes."""
    for network, shape in product((NETWORK, LINEAR), ((1, 8, 8), (1, 5, 5), (2, 6, 6))):
        records = fit(network, np.zeros((5, *shape), np.float32), np.zeros(5, np.int64), cross_entropy, Recipe())
        with pytest.raises(SpecError, match=r"\b(x|in_shape)\b"):
            next(records)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
def test_of_moved_digits_sharing_alone_gains_little_with_a_read_out_that_knows_places(seed: int) -> None:
    """Trained on 300, tested on 600, all moved within ±3 pixels."""
    kinds: tuple[Kind, ...] = ("dense", "local", "conv")
    rng = np.random.default_rng(seed)
    train, test = (moved(part, within(len(part), 3, rng)) for part in split(300, 600, seed))
    found = []
    for kind in kinds:
        layers = Wired(kind, LayerSpec(5, 1, 16, bias=True)), Activate("relu"), full(10, (16, 10, 10))
        network = Network(layers, (1, 14, 14))
        *_, last = fit(network, train.x, train.labels, cross_entropy, Recipe("adam", 0.005, 32, 40, seed))
        found.append(accuracy(network, last.theta, test.x, test.labels))
    assert max(found) - min(found) <= 0.12
    assert min(found) > 0.2
