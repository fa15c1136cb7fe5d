"""Every race is fair, its figures can be counted again, and its charts and words are what was measured."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from components.display import race, race_charts, theme
from components.display.chart import Chart
from components.display.race import Result, Round, Training, Variant
from kernels.images import digits
from kernels.images.digits import Examples
from kernels.learning.linear import full
from kernels.learning.network import Network
from kernels.learning.recurrent import Recurrent
from kernels.learning.training import Epoch, Recipe, fit
from tests.support.text import numbers
from tests.support.training import LOST, result, traces
from tests.support.work import alike, interrupted, records_of

ONE, OTHER = Variant("Convolution", "conv"), Variant("Fully connected", "dense")
MIXED = Variant("Convolution, scrambled", "conv", True)
LINEAR = Network((full(10, (1, 8, 8), 1.0),), (1, 8, 8))
TRAIN, TEST = digits.split(30, 50, 0)
RECIPE = Recipe(epochs=3, batch=30)
WILD = Recipe("momentum", 1e38, 1, 5)


def trained(training: Training, recipe: Recipe = RECIPE) -> list[Result]:
    return [round.results[ONE] for round in records_of(race.race({ONE: training}, recipe))]


def linear(theta: Any, these: Examples) -> Any:  # noqa: ANN401  # arrays
    W = theta.astype(np.float64).reshape(10, 65)
    return these.x.reshape(len(these), 64).astype(np.float64) @ W[:, :-1].T + W[:, -1]


def share(theta: Any, these: Examples) -> float:  # noqa: ANN401
    return float(np.mean(linear(theta, these).argmax(axis=1) == these.labels))


def test_an_epoch_of_each_in_turn_and_a_place_to_stop_after_each() -> None:
    found = [record for record, _ in race.race({one: Training(LINEAR, TRAIN, TEST) for one in (ONE, OTHER)}, RECIPE)]
    assert [record and record.number for record in found] == [None, None, 1, None, None, 2, None, None, 3]
    assert list(found[-1].results) == [ONE, OTHER]  # type: ignore[union-attr]


def test_accuracies_and_losses_are_those_of_a_plain_forward_pass() -> None:
    before = LINEAR.init(0)
    for score in trained(Training(LINEAR, TRAIN, TEST, [TEST, TRAIN], keeps_theta=True)):
        assert score.train == share(score.theta, TRAIN)
        assert score.test == share(score.theta, TEST)
        y = linear(before, TRAIN)
        losses = np.log(np.exp(y).sum(axis=1)) - y[np.arange(30), TRAIN.labels]
        assert score.loss == pytest.approx(losses.mean(), rel=1e-5)  # of the one batch, before it
        assert score.theta is not None
        before = score.theta
    assert score.harder == (score.test, score.train)


def test_harder_tests_are_measured_every_ten_epochs_and_at_the_end() -> None:
    scores = trained(Training(LINEAR, TRAIN, TEST, [TEST]), replace(RECIPE, epochs=23))
    assert [number for number, score in enumerate(scores, 1) if score.harder] == [10, 20, 23]
    rounds = [Round(number, {ONE: score}) for number, score in enumerate(scores, 1)]
    seen = {n: found.number if (found := race.measured(rounds[:n])) else None for n in (9, 10, 19, 22, 23)}
    assert seen == {9: None, 10: 10, 19: 10, 22: 20, 23: 23}


def test_harder_tests_end_where_the_network_refuses_one_and_its_sentence_is_kept() -> None:
    rows = [Examples(np.repeat(TEST.x, 2, axis=2)[:, :, :n], TEST.labels) for n in (7, 8, 9, 10)]
    net = Network((Recurrent(2, tied=False), full(10, (2, 1, 1), 1.0)), (1, 8, 8))
    *_, last = trained(Training(net, TRAIN, TEST, rows[1:]))
    assert len(last.harder) == 1
    assert last.refusal.startswith("the untied layer has weights for 8 steps only, none for step 9")
    tied = replace(net, layers=(Recurrent(2), *net.layers[1:]))
    *_, last = trained(Training(tied, TRAIN, TEST, rows))
    assert (len(last.harder), last.refusal) == (4, "")


def test_a_training_says_where_it_begins_and_what_is_kept() -> None:
    start = Epoch(0, np.ones(650, np.float32), np.zeros((2, 650), np.float32))
    kept = trained(Training(LINEAR, TRAIN, TEST, start=start, kernels=lambda theta: theta[:3], keeps_theta=True))
    assert kept[0].theta is not None
    assert kept[0].kernels is not None
    assert np.abs(kept[0].theta - 1).max() < 0.1
    assert kept[0].kernels.tolist() == kept[0].theta[:3].tolist()
    plain = trained(Training(LINEAR, TRAIN, TEST))
    assert (plain[0].theta, plain[0].kernels) == (None, None)
    assert plain[0].loss != kept[0].loss


def test_a_network_that_diverges_ends_there_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    tall = Network((Recurrent(2), full(10, (2, 1, 1), 1.0)), (1, 8, 8))

    def ending(network: Network, *more: Any) -> Iterator[Epoch]:  # noqa: ANN401  # fit's own
        for epoch in fit(network, *more):
            yield replace(epoch, diverged=network == tall and epoch.number == 2)

    monkeypatch.setattr(race, "fit", ending)
    trainings = {
        variant: Training(net, TRAIN, TEST, [TEST], keeps_theta=True) for variant, net in ((ONE, tall), (OTHER, LINEAR))
    }
    rounds = records_of(race.race(trainings, RECIPE))
    assert [list(r.results) for r in rounds] == [[ONE, OTHER], [ONE, OTHER], [OTHER]]
    lost = rounds[1].results[ONE]
    assert (lost.diverged, lost.harder, lost.theta) == (True, (), None)
    assert race.latest(ONE, rounds) is lost
    assert race.latest(OTHER, rounds) is rounds[2].results[OTHER]
    assert race.latest(MIXED, rounds) is None


def test_interrupted_after_every_epoch_it_is_the_race_that_was_not_bit_for_bit() -> None:
    trainings = {
        ONE: Training(LINEAR, TRAIN, TEST, [TEST], keeps_theta=True),
        OTHER: Training(LINEAR, TRAIN, TEST, kernels=lambda theta: theta[:5]),
    }
    work = partial(race.race, trainings, RECIPE)
    assert alike(interrupted(work), records_of(work()))


def test_when_all_have_diverged_the_race_is_over_also_after_an_interruption_and_no_number_warns() -> None:
    work = partial(race.race, {ONE: Training(LINEAR, TRAIN, TEST)}, WILD)
    rounds = records_of(work())  # a warning is an error here
    assert len(rounds) < 5
    assert rounds[-1].results[ONE].diverged
    assert alike(interrupted(work), rounds)


@pytest.mark.parametrize(
    ("score", "epochs", "said"),
    [
        (LOST, 1, "diverged"),
        (result(0.1, 0.1, 4.7), 3, "is overshooting"),
        (result(0.1, 0.1, 40.0), 2, ""),
        (result(0.1, 0.1, 4.5), 9, ""),
    ],
    ids=str,
)
def test_divergence_is_named_at_once_and_a_loss_of_twice_that_of_guessing_from_the_third_epoch_on(
    score: Result, epochs: int, said: str
) -> None:
    found = race.divergence({ONE: score, OTHER: result(0.5, 0.5)}, epochs)
    assert ([f"**Convolution {said}**"] if said else []) == [re.split(r"(?<=\*):", clause)[0] for clause in found]
    if said == "is overshooting":
        assert numbers(found[0]) == [4.7, pytest.approx(np.log(10), abs=0.05)]


def test_facts_are_the_accuracies_and_dashes_where_there_are_none() -> None:
    train, test = race.accuracy_facts(result(0.5, 0.25))
    assert (train.text, train.exact, test.text, test.exact) == ("50%", "", "25%", "on 600 test digits")
    for none in (None, LOST):
        assert [fact.text for fact in race.accuracy_facts(none)] == ["—", "—"]


# Charts.

ROUNDS = [
    Round(1, {ONE: result(0.3, 0.2), OTHER: result(0.25, 0.15)}),
    Round(2, {ONE: result(0.4, 0.35), OTHER: LOST}),
    Round(3, {ONE: result(0.6, 0.5)}),
]


def test_the_learning_curves_are_the_results_up_to_where_a_network_diverged() -> None:
    figure = race_charts.learning_curves((ONE, OTHER), ROUNDS, 9)
    found = traces(figure)
    assert {name: (list(line.x), list(line.y)) for name, line in found.items()} == {
        "Convolution, test": ([1, 2, 3], [0.2, 0.35, 0.5]),
        "Convolution, training": ([1, 2, 3], [0.3, 0.4, 0.6]),
        "Fully connected, test": ([1], [0.15]),
        "Fully connected, training": ([1], [0.25]),
    }
    for name, line in found.items():
        assert line.line.dash == ("solid" if "test" in name else "dash")
        assert line.showlegend == (None if "test" in name else False)  # the axis says what is dashed
        assert line.line.color == theme.ROLES["conv" if "Conv" in name else "dense"]
        assert line.mode == ("lines" if "Conv" in name else "lines+markers")  # one point alone can be seen
    assert "dashed: training" in figure.layout.xaxis.title.text
    assert race_charts.learning_curves_alt((ONE, OTHER), ROUNDS) == (
        "Learning curves, accuracy against epochs. Convolution: training 60%, test 50%. Fully connected: diverged."
    )


def test_where_pixels_are_scrambled_there_is_test_accuracy_alone_and_theirs_is_dotted() -> None:
    rounds = [Round(1, {ONE: result(0.4, 0.3), MIXED: result(0.4, 0.2)})]
    figure = race_charts.learning_curves((ONE, MIXED), rounds, 3)
    assert "dashed" not in figure.layout.xaxis.title.text
    dashes = {name: line.line.dash for name, line in traces(figure).items()}
    assert dashes == {"Convolution, test": "solid", "Convolution, scrambled, test": "dot"}


def test_the_axes_have_room_for_all_epochs_and_all_accuracies_from_the_start() -> None:
    figure = race_charts.learning_curves((ONE,), [], 40)
    assert tuple(figure.layout.xaxis.range) == (1, 40)
    assert (figure.layout.yaxis.range[0], figure.layout.yaxis.range[1] >= 1) == (0, True)
    assert tuple(race_charts.learning_curves((ONE,), [], 1).layout.xaxis.range) == (1, 2)
    assert [shape.y0 for shape in figure.layout.shapes if shape.y0 == shape.y1] == [0.1]  # what guessing gives
    assert race_charts.learning_curves_alt((ONE,), []).endswith("No training yet.")


def test_accuracies_on_harder_tests_are_lines_as_far_as_they_were_measured_and_words() -> None:
    chart, shares = Chart(), {ONE: (0.9, 0.8, 0.3), MIXED: (0.5,), OTHER: ()}
    race_charts.harder_lines(chart, shares, (8, 9, 10), "at %{x} steps")
    found = traces(chart.of_accuracies("steps"))
    drawn = {name: (list(line.x), list(line.y), line.line.dash) for name, line in found.items()}
    assert drawn == {
        "Convolution": ([8, 9, 10], [0.9, 0.8, 0.3], "solid"),
        "Convolution, scrambled": ([8], [0.5], "dot"),
        "Fully connected": ([], [], "solid"),
    }
    assert found["Convolution"].marker.symbol != found["Fully connected"].marker.symbol
    assert race_charts.harder_alt(shares, (8, 9, 10)) == (
        "Convolution: 90% at 8, 80% at 9, 30% at 10. Convolution, scrambled: 50% at 8"
    )
