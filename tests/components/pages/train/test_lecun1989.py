"""The five networks of 1989 stand beside their published figures, and what is called measured was measured."""

from functools import partial
from unittest.mock import Mock

import numpy as np
import pytest

from components.pages.train import lecun1989
from components.pages.train.lecun1989 import Result
from kernels.images.digits import enlarged, split
from kernels.learning.lecun1989 import NETS
from kernels.learning.training import Recipe, accuracy, fit
from tests.support.text import numbers
from tests.support.work import interrupted, records_of

NAMES = [net.name for net in NETS]
FOUND = [Result(name, seed, 0.7 + 0.05 * n + 0.02 * seed) for seed in (0, 1, 2) for n, name in enumerate(NAMES)]


def test_the_counts_shown_are_computed_and_equal_the_published_ones() -> None:
    shown = lecun1989.as_cards([])
    assert [column.title for column in shown] == NAMES
    for column, net in zip(shown, NETS, strict=True):
        facts = {fact.name: fact for fact in column.facts}
        assert numbers(column.headline) == numbers(facts["free parameters"].exact) == [net.parameters]
        assert numbers(facts["connections"].text) == numbers(facts["connections"].exact) == [net.links]
        assert facts["free parameters"].good is facts["connections"].good is True
        assert numbers(facts["published accuracy"].text) == [pytest.approx(100 * net.accuracy)]
        assert facts["measured here"].text == "—"


def test_a_count_that_is_not_the_published_one_is_not_called_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lecun1989, "links", lambda _: 2570)
    assert [column.facts[1].good for column in lecun1989.as_cards([])] == [True, False, False, False, False]


def test_what_was_measured_is_the_mean_over_the_seeds_with_its_spread() -> None:
    for n, column in enumerate(lecun1989.as_cards(FOUND)):
        fact = next(fact for fact in column.facts if fact.name == "measured here")
        assert numbers(fact.text) == [pytest.approx(70 + 5 * n + 2, abs=0.051)]
        assert numbers(fact.exact) == [3, pytest.approx(70 + 5 * n), pytest.approx(74 + 5 * n)]
    first = lecun1989.as_cards(FOUND[:1])
    assert [fact.text for column in first for fact in column.facts if fact.name == "measured here"] == [
        "70.0%", "—", "—", "—", "—",
    ]  # fmt: skip


def test_that_the_digits_are_others_is_said_at_once_and_the_order_when_all_have_one() -> None:
    assert "320 training and 160 test digits of 1989, which are not available" in lecun1989.NOTE
    assert "LeCun 1989" in lecun1989.NOTE
    assert "worst" not in lecun1989.sentence([]) + lecun1989.sentence(FOUND[:4])
    mixed = [Result(name, 0, value) for name, value in zip(NAMES, (0.9, 0.7, 0.8, 0.95, 0.6), strict=True)]
    assert lecun1989.sentence(mixed).startswith(
        "From worst to best here: Net-5, Net-2, Net-3, Net-1, Net-4; one test digit is worth 0.6 percentage points"
    )


def test_every_net_is_trained_on_the_digits_of_the_file_enlarged_alike_and_judged_on_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert lecun1989.SEEDS >= 5
    monkeypatch.setattr(lecun1989, "SEEDS", 2)
    monkeypatch.setattr(lecun1989, "RECIPE", Recipe(rate=0.005, epochs=1))
    fits, judges = Mock(wraps=fit), Mock(wraps=accuracy)
    monkeypatch.setattr(lecun1989, "fit", fits)
    monkeypatch.setattr(lecun1989, "accuracy", judges)
    results = records_of(lecun1989.experiment(4))
    fitted, judged = ([call.args for call in mock.call_args_list] for mock in (fits, judges))
    assert interrupted(partial(lecun1989.experiment, 4)) == results
    assert [(r.name, r.seed) for r in results] == [(name, seed) for seed in (8, 9) for name in NAMES]  # two seeds here
    for result, (_, x, wanted, _, recipe), (_, theta, shown, labels) in zip(results, fitted, judged, strict=True):
        assert recipe.seed == result.seed
        train, test = (enlarged(these) for these in split(320, 160, result.seed))
        np.testing.assert_array_equal(x, 2 * train.x - 1)
        np.testing.assert_array_equal(wanted.reshape(320, 10), 2 * np.eye(10)[train.labels] - 1)
        np.testing.assert_array_equal(shown, 2 * test.x - 1)
        np.testing.assert_array_equal(labels, test.labels)
        if result.name == "Net-1":  # ten sums over all pixels
            W = theta.astype(np.float64).reshape(10, 257)
            told = shown.reshape(160, 256).astype(np.float64) @ W[:, :256].T + W[:, 256]
            assert result.accuracy == pytest.approx(float(np.mean(told.argmax(axis=1) == labels)), abs=1.01 / 160)


@pytest.mark.parametrize(("worst", "said"), [(0.5, False), (0.9, True)])
def test_that_ranges_overlap_is_said_where_they_do(worst: float, said: bool) -> None:
    results = [Result(name, seed, 0.6 + 0.05 * n + 0.01 * seed) for n, name in enumerate(NAMES) for seed in (0, 1)]
    results.append(Result(NAMES[0], 2, worst))
    assert ("the ranges of the seeds overlap" in lecun1989.sentence(results)) == said


def test_the_pictures_are_drawn_once_not_at_every_tick() -> None:
    before, after = (lecun1989.as_cards(()) for _ in range(2))
    assert all(a.pictures[0] is b.pictures[0] for a, b in zip(before, after, strict=True))
