"""How many examples it takes: the same lesson for everybody, and theory typed a second time."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.pages.train import data_size, race
from components.pages.train.data_size import Point
from components.pages.train.state import Train
from components.state.link import edited
from components.state.setup import Setup, View
from kernels.layer.spec import SpecError
from kernels.learning.teacher import Teacher
from kernels.learning.training import Epoch, Recipe, fit
from tests.components.pages.train.test_race import KINDS, entropy, of, share
from tests.support.text import numbers

Floats = NDArray[np.float64]
OWN = of(racers=("dense", "conv"), epochs=6, examples=40, batch=10)


class Spied:
    """What `sizes.fit` is asked for, and where it ends."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.x: list[Any] = []
        self.labels: list[Any] = []
        self.recipes: list[Recipe] = []
        self.ends: list[Epoch] = []

        def spying(net: Any, x: Any, labels: Any, loss: Any, recipe: Recipe) -> Any:  # noqa: ANN401  # as they are
            self.x.append(x)
            self.labels.append(labels)
            self.recipes.append(recipe)
            epochs = list(fit(net, x, labels, loss, recipe))
            self.ends.append(epochs[-1])
            return iter(epochs)

        monkeypatch.setattr(data_size, "fit", spying)


@pytest.fixture
def spied(monkeypatch: pytest.MonkeyPatch) -> Spied:
    return Spied(monkeypatch)


# Ever more digits.


def test_the_sizes_are_those_the_page_promises() -> None:
    assert data_size.SIZES == (30, 100, 300, 1000)


def test_every_network_is_trained_with_ever_more_of_the_same_digits(
    monkeypatch: pytest.MonkeyPatch, spied: Spied
) -> None:
    monkeypatch.setattr(data_size, "SIZES", (20, 40, 80))
    points = list(filter(None, data_size.sweep(OWN)))
    assert [(p.kind, p.n) for p in points] == [(kind, n) for n in (20, 40, 80) for kind in ("dense", "conv")]
    assert [len(x) for x in spied.x] == [20, 20, 40, 40, 80, 80]
    assert all(np.array_equal(x, spied.x[-1][: len(x)]) for x in spied.x)
    assert all(np.array_equal(labels, spied.labels[-1][: len(labels)]) for labels in spied.labels)
    train, _ = race.lessons(OWN, 40)
    assert np.array_equal(spied.x[2], train.x)


def test_the_points_are_accuracies_that_can_be_counted_again(monkeypatch: pytest.MonkeyPatch, spied: Spied) -> None:
    monkeypatch.setattr(data_size, "SIZES", (20, 60))
    own = replace(OWN, racers=("conv",))
    _, test = race.lessons(own, 20)
    for point, end in zip(filter(None, data_size.sweep(own)), spied.ends, strict=False):
        assert point.value == pytest.approx(share(end.theta.astype(np.float64), test, "max"), abs=1.01 / 600)
    assert len(spied.ends) == 2


def test_the_point_of_as_many_digits_as_in_the_contest_is_where_the_contest_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(data_size, "SIZES", (40,))
    ends = list(filter(None, race.contest(OWN)))[-1].scores
    assert list(filter(None, data_size.sweep(OWN))) == [Point(kind, 40, ends[kind, False].test) for kind in OWN.racers]


def test_everybody_has_as_many_updates_with_few_digits_as_with_many(
    monkeypatch: pytest.MonkeyPatch, spied: Spied
) -> None:
    monkeypatch.setattr(data_size, "SIZES", (10, 30, 60, 120))
    list(filter(None, data_size.sweep(OWN)))
    assert [end.steps for end in spied.ends] == [24] * 8  # six epochs of four batches
    assert {(r.optimiser, r.rate, r.batch, r.seed) for r in spied.recipes} == {("adam", 0.005, 10, 0)}


@pytest.mark.parametrize(("examples", "epochs"), [(300, 40), (20, 3)])
def test_with_a_thousand_digits_there_are_as_many_updates_as_whole_epochs_allow(
    monkeypatch: pytest.MonkeyPatch, spied: Spied, examples: int, epochs: int
) -> None:
    monkeypatch.setattr(data_size, "SIZES", (30, 1000))
    own = of(racers=("conv",), examples=examples, epochs=epochs, batch=32)
    list(filter(None, data_size.sweep(own)))
    wanted = epochs * -(-examples // 32)
    for end, steps in zip(spied.ends, (1, 32), strict=True):  # of an epoch
        assert end.steps % steps == 0
        assert end.steps == steps or abs(end.steps - wanted) <= steps / 2


def test_what_came_of_it_is_said_size_by_size() -> None:
    points = [Point("dense", 30, 0.12), Point("conv", 30, 0.4), Point("dense", 1000, 0.66), Point("conv", 1000, 0.92)]
    text = data_size.sweep_sentence(points)
    assert text == (
        "Right of the unseen digits: with 30 digits Fully connected 12 %, Convolution 40 %; with 1,000 digits "
        "Fully connected 66 %, Convolution 92 %."
    )
    assert data_size.sweep_sentence([]) == ""


# Taught by a kernel.


def made(kernel: str | list[list[float]] = "1,0,-1;2,0,-2;1,0,-1", noise: float = 0.1, **ways: object) -> Teacher:
    return data_size.teacher(edited(Train(), disturbance=noise), edited(Setup(), kernel=kernel, **ways))


def test_the_hidden_kernel_lies_on_the_picture_as_on_explore() -> None:
    assert made("1,2;3,4").kernel.tolist() == [[1, 2], [3, 4]]
    assert made("1,2;3,4", flip=True).kernel.tolist() == [[4, 3], [2, 1]]
    assert made(noise=0.5).noise == 0.5


@pytest.mark.parametrize(("size", "side"), [((1, 1), 8), ((3, 3), 8), ((5, 2), 8), ((6, 2), 9), ((2, 15), 18)], ids=str)
def test_its_pictures_are_a_little_larger_than_itself(size: tuple[int, int], side: int) -> None:
    assert made([[1.0] * size[1]] * size[0]).side == side


GEOMETRIES = [((3, 3), 8), ((1, 1), 8), ((2, 4), 8), ((7, 7), 10), ((15, 15), 18), ((15, 8), 18)]


def parameters(size: tuple[int, int], side: int) -> dict[str, tuple[int, int]]:
    """Free weights of every student, and what one of its outputs reads; typed from the article."""
    K, L = size
    rows, cols = side - K + 1, side - L + 1
    period = max(2, rows // 3)
    return {
        "dense": (rows * cols * side * side, side * side),
        "local": (rows * cols * K * L, K * L),
        "tiled": (min(period, rows) * min(period, cols) * K * L, K * L),
        "conv": (K * L, K * L),
    }


@pytest.mark.parametrize(("size", "side"), GEOMETRIES, ids=str)
@pytest.mark.parametrize("noise", [0.1, 2.5])
def test_the_lines_are_the_variance_times_the_weights_over_the_examples(
    size: tuple[int, int], side: int, noise: float
) -> None:
    found = data_size.lines(made([[1.0] * size[1]] * size[0], noise))
    assert tuple(found) == KINDS
    wanted = parameters(size, side)
    for kind, (p, reads, line) in found.items():
        assert (p, reads) == wanted[kind]
        assert line.tolist() == pytest.approx([noise * p / n for n in (8, 16, 32, 64, 128, 256, 512, 1024)])


def lessons(teacher: Teacher, seed: int = 0) -> dict[View, dict[int, float]]:
    found: dict[View, dict[int, float]] = {kind: {} for kind in KINDS}
    for point in filter(None, data_size.lessons(teacher, seed)):
        found[point.kind][point.n] = point.value
    return found


def test_what_is_measured_lies_on_the_lines_once_there_are_enough_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_size, "PAIRS", (16, 256, 1024))
    found = lessons(made())
    for kind, (p, reads) in parameters((3, 3), 8).items():
        rows = [found[kind][n] for n in (256, 1024)]  # type: ignore[index]
        finite = [0.1 * p / max(n - reads - 1, 1) if p > 100 else 0.1 * p / n for n in (256, 1024)]
        slack = 0.15 if p > 100 else 0.7  # three trials of nine weights scatter
        assert rows == pytest.approx(finite, rel=slack)
    at_end = [found[kind][1024] for kind in ("conv", "tiled", "local", "dense")]
    assert at_end == sorted(at_end)


def test_without_noise_worth_naming_the_kernel_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_size, "PAIRS", (16, 128))
    quiet = lessons(replace(made(), noise=0.0))
    assert max(values[128] for values in quiet.values()) < 1e-20
    assert quiet["conv"][16] < 1e-20 < quiet["dense"][16]  # 16 pictures of 64 pixels say too little without sharing


def test_a_point_is_the_mean_of_its_trials_and_the_seed_decides_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_size, "PAIRS", (16,))
    monkeypatch.setattr(data_size, "TRIALS", 1)
    seen: list[tuple[int, int]] = []

    def excess(_made: Teacher, _student: object, n: int, seed: int) -> float:
        seen.append((n, seed))
        return float(seed)

    monkeypatch.setattr(data_size, "excess", excess)
    assert {p.value for p in filter(None, data_size.lessons(made(), 7))} == {7.0}
    monkeypatch.setattr(data_size, "TRIALS", 3)
    assert {p.value for p in filter(None, data_size.lessons(made(), 7))} == {22.0}  # of 21, 22 and 23
    assert len(set(seen[4:])) == 3


def test_the_same_seed_teaches_the_same_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_size, "PAIRS", (8, 32))
    assert lessons(made(), 1) == lessons(made(), 1) != lessons(made(), 2)


@pytest.mark.parametrize(
    "size", [(1, 1), (15, 15), (15, 1), (1, 15), (15, 8), (8, 15), (12, 6), (10, 10), (14, 9)], ids=str
)
def test_every_kernel_on_offer_can_be_taught_or_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(data_size, "PAIRS", (data_size.PAIRS[-1],))  # the most examples need the most room
    monkeypatch.setattr(data_size, "TRIALS", 1)
    monkeypatch.setattr(data_size, "KINDS", ("conv",))  # whose fit has the largest table
    try:
        teacher = made([[1.0] * size[1]] * size[0])
    except SpecError:
        return
    (point,) = filter(None, data_size.lessons(teacher, 0))
    assert point.value == pytest.approx(0.1 * size[0] * size[1] / 1024, rel=1)


def test_the_last_lesson_is_told_in_numbers() -> None:
    last = (9.5, 4.25, 1.5, 0.16)
    points = [Point(kind, n, value) for n in (8, 16) for kind, value in zip(KINDS, last, strict=True)]
    text = data_size.lessons_sentence(made(), points)
    assert text.startswith("Excess error after 16 examples, ")
    assert numbers(text) == [16, 9.5, 4.25, 1.5, 0.16, 2304, 324, 36, 9, data_size.TRIALS, 64]
    assert "**Teach**" in data_size.lessons_sentence(made(), [])


def test_the_losses_of_the_contest_are_those_of_the_digits_it_shows() -> None:
    """The oracle of this file and the contest's own digits agree: a network of zeros guesses."""
    train, test = race.lessons(OWN, 40)
    nothing = np.zeros(586)
    assert entropy(nothing, train, "max") == pytest.approx(np.log(10))
    assert share(nothing, test, "max") == pytest.approx(float(np.mean(test.labels == 0)))
