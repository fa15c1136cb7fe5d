"""Accuracy against the number of digits: as many gradient steps for every number, true accuracies."""

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest

from components.pages.train import data_size, race
from components.pages.train.data_size import Point
from kernels.learning.training import Epoch, Recipe, fit
from tests.support.training import of, share
from tests.support.work import interrupted, records_of

OWN = of(kinds=("tiled", "conv"), epochs=2, examples=40, batch=10)


class Asked(NamedTuple):
    """What `data_size.fit` was asked for, and where it ended."""

    x: Any
    labels: Any
    recipe: Recipe
    end: Epoch


def spied(monkeypatch: pytest.MonkeyPatch, *sizes: int) -> list[Asked]:
    """What the sweep over these sizes is going to ask for."""
    asked: list[Asked] = []

    def spying(net: Any, x: Any, labels: Any, loss: Any, recipe: Recipe, after: Any) -> Any:  # noqa: ANN401  # as they are
        epochs = list(fit(net, x, labels, loss, recipe, after))
        asked.append(Asked(x, labels, recipe, epochs[-1]))
        return iter(epochs)

    monkeypatch.setattr(data_size, "fit", spying)
    monkeypatch.setattr(data_size, "SIZES", sizes)
    return asked


def test_every_network_is_trained_with_ever_more_of_the_digits_of_the_race(monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_size.SIZES == (30, 100, 300, 1000)
    asked = spied(monkeypatch, 20, 40, 80)
    points = records_of(data_size.sweep(OWN))
    assert [(p.kind, p.digits) for p in points] == [(kind, n) for n in (20, 40, 80) for kind in ("tiled", "conv")]
    train, test = race.shifted_digits(OWN, 80)
    for point, (x, labels, recipe, end) in zip(points, asked, strict=True):
        np.testing.assert_array_equal(x, train.x[: point.digits])
        np.testing.assert_array_equal(labels, train.labels[: point.digits])
        assert end.steps == 8  # two epochs of four batches
        assert (recipe.optimiser, recipe.rate, recipe.batch, recipe.seed) == ("adam", 0.005, 10, 0)
        if point.kind == "conv":
            assert point.accuracy == pytest.approx(share(end.theta.astype(np.float64), test, "max"), abs=1.01 / 600)
    ends = records_of(race.rounds(OWN))[-1].results
    assert [p.accuracy for p in points[2:4]] == [score.test for score in ends.values()]  # as many digits as in the race


@pytest.mark.parametrize(("examples", "epochs", "wanted"), [(300, 4, [40, 1]), (20, 3, [3, 1]), (64, 25, [50, 2])])
def test_there_are_as_many_steps_as_whole_epochs_allow_and_at_least_one_epoch(
    monkeypatch: pytest.MonkeyPatch, examples: int, epochs: int, wanted: list[int]
) -> None:
    asked = spied(monkeypatch, 30, 1000)  # 1 and 32 steps an epoch
    list(data_size.sweep(of(kinds=("conv",), examples=examples, epochs=epochs, batch=32)))
    assert [one.recipe.epochs for one in asked] == wanted


def test_what_came_of_it_is_in_a_table_and_who_leads_where_is_said() -> None:
    points = [Point("dense", 30, 0.42), Point("conv", 30, 0.4), Point("dense", 1000, 0.66), Point("conv", 1000, 0.92)]
    own = replace(OWN, kinds=("dense", "conv"))
    assert data_size.as_table(own, points).splitlines()[2:] == [
        "| Fully connected | 42% | — | — | 66% |",
        "| Convolution | 40% | — | — | 92% |",
    ]
    assert data_size.sentence(points) == (
        "Highest test accuracy: **Fully connected** with 30; **Convolution** with 1,000 training digits."
    )
    assert "600 held-out digits" in data_size.tested(own)
    assert "**Train at every size**" in data_size.sentence([])


@pytest.mark.filterwarnings("ignore:(overflow|invalid):RuntimeWarning")
def test_a_network_that_diverged_is_named_with_what_to_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_size, "SIZES", (20,))
    own = replace(OWN, kinds=("dense",), optimiser="momentum", rate=10.0, batch=1)
    points = records_of(data_size.sweep(own))
    assert [point.told for point in points] == ["diverged"]
    assert data_size.sentence(points) == "A network diverged. Choose a smaller learning rate."


def test_interrupted_after_every_epoch_the_points_are_those_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_size, "SIZES", (20, 30))
    work = partial(data_size.sweep, of(kinds=("tiled", "conv"), examples=20, epochs=2, batch=10))
    assert interrupted(work) == records_of(work()) != []
