"""The two readers see the same, their figures can be counted again, and what is said of them is what was measured.

The network is written a second time here, in plain NumPy; the weights come from `kernels.training.fit`, run beside it.
"""

import re
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.pages.sequence import digits as reading
from components.pages.sequence.digits import LONGER, Round, Standing
from components.pages.sequence.state import DigitClassifier
from components.state.link import edited
from kernels.images.digits import Examples
from kernels.learning.losses import cross_entropy
from kernels.learning.training import Recipe, fit
from tests.support.text import numbers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FILE = Path(__file__).parents[4] / "assets" / "digits.npz"
REFUSED = (
    "theta holds the weights of 8 steps, and there are no weights for step 9: give it no more steps than that, or tie "
    "the layer"
)
DEFAULT_SEEDS = [0, 1, 2]
both = pytest.mark.parametrize("tied", [True, False], ids=["tied", "untied"])


def of(**ways: object) -> DigitClassifier:
    """The first state, changed, and quick."""
    return edited(DigitClassifier(), **({"examples": 60, "epochs": 3} | ways))


@cache
def held(own: DigitClassifier) -> tuple[Round, ...]:
    return tuple(filter(None, reading.reading(own)))


# A second time: the digits, the network, and its answers.


@cache
def raw() -> tuple[Floats, Ints]:
    with np.load(FILE) as file:
        return file["images"].astype(np.float64) / 16, file["labels"].astype(np.int64)


@cache
def lessons(own: DigitClassifier) -> tuple[tuple[Floats, Ints], tuple[Floats, Ints]]:
    """To train with, and the 600 others, dealt by the seed."""
    images, labels = raw()
    order = np.random.default_rng([own.seed, 1]).permutation(len(images))
    train, test = order[600 : 600 + own.examples], order[:600]
    return (images[train], labels[train]), (images[test], labels[test])


@cache
def thetas(own: DigitClassifier, tied: bool) -> list[Floats]:
    """θ after every epoch, as `fit` finds it on the digits of `lessons`."""
    (images, labels), _ = lessons(own)
    recipe = Recipe("adam", own.rate, 32, own.epochs, own.seed)
    x = images[:, None].astype(np.float32)
    found = fit(reading.network(tied, own), x, labels, cross_entropy, recipe)
    return [epoch.theta.astype(np.float64) for epoch in found]


def answers(own: DigitClassifier, tied: bool, theta: Floats, images: Floats) -> Floats:
    """Ten numbers for every sequence of rows (many, T, 8): tanh steps, then one fully connected layer."""
    H, steps, sets = own.units, images.shape[1], 1 if tied else 8
    turns = 1 if tied else 7
    U, V, b, last = np.split(theta, np.cumsum([sets * H * 8, turns * H * H, sets * H]))
    h = np.zeros((len(images), H))
    for t in range(steps):
        at = 0 if tied else t
        a = images[:, t] @ U.reshape(sets, H, 8)[at].T + b.reshape(sets, H)[at]
        if t:
            a = a + h @ V.reshape(turns, H, H)[0 if tied else t - 1].T
        h = np.tanh(a)
    weight = last.reshape(10, H + 1)
    found: Floats = h @ weight[:, :-1].T + weight[:, -1]
    return found


def share(own: DigitClassifier, tied: bool, theta: Floats, these: tuple[Floats, Ints]) -> float:
    images, labels = these
    return float(np.mean(answers(own, tied, theta, images).argmax(axis=1) == labels))


def taller(images: Floats, steps: int) -> Floats:
    """So many rows, each between the two that are nearest: the first and the last stay."""
    found = np.zeros((len(images), steps, 8))
    for n in range(steps):
        at = n * 7 / (steps - 1)
        low = min(int(at), 6)
        found[:, n] = images[:, low] + (at - low) * (images[:, low + 1] - images[:, low])
    return found


# Same digits, same order.


def test_same_seed_same_rounds_and_another_seed_others() -> None:
    again = tuple(filter(None, reading.reading(of())))
    assert again == held(of())
    assert held(of(seed=1)) != again


@both
def test_the_accuracies_are_those_of_the_same_digits_in_the_same_order_trained_alone(tied: bool) -> None:
    own = of()
    train, test = lessons(own)
    assert len(held(own)) == len(thetas(own, tied)) == 3
    for round, theta in zip(held(own), thetas(own, tied), strict=True):
        score = round.scores[tied]
        assert score.train == pytest.approx(share(own, tied, theta, train), abs=1.01 / 60)
        assert score.test == pytest.approx(share(own, tied, theta, test), abs=1.01 / 600)


@both
def test_the_loss_of_an_epoch_is_that_of_its_batches_before_they_were_learned_from(tied: bool) -> None:
    own = of(epochs=1, examples=30)  # one batch: the first weights
    images, labels = lessons(own)[0]
    theta = reading.network(tied, own).init(own.seed).astype(np.float64)
    found = answers(own, tied, theta, images)
    wrong = [np.log(np.exp(row - row[label]).sum()) for row, label in zip(found, labels, strict=True)]
    assert held(own)[0].scores[tied].loss == pytest.approx(np.mean(wrong), rel=1e-5)


def test_an_epoch_of_each_in_turn_and_a_place_to_stop_after_each() -> None:
    own = of(epochs=2)
    found = list(reading.reading(own))
    assert [record and record.number for record in found] == [None, None, 1, None, None, 2]


def test_what_changes_the_contest_changes_its_key_and_nothing_else_does() -> None:
    other: dict[str, object] = {
        "units": 9, "examples": 50, "rate": 0.1, "epochs": 9, "seed": 5, "pace": "step",
    }  # fmt: skip
    assert set(other) == {field.name for field in fields(DigitClassifier)}
    first = reading.key(DigitClassifier())
    changed = {
        name for name, value in other.items() if reading.key(edited(DigitClassifier(), **{name: value})) != first
    }
    assert changed == {"units", "examples", "rate", "epochs", "seed"}


@both
@pytest.mark.parametrize("readers", [2, 16, 64])
def test_the_parameters_are_those_of_arithmetic(tied: bool, readers: int) -> None:
    H = readers
    recurrent = H * 8 + H * H + H if tied else 8 * (H * 8 + H) + 7 * H * H
    net = reading.network(tied, of(units=readers))
    assert net.parameters == recurrent + 10 * (H + 1)
    column = reading.as_cards(of(units=readers), [])[0 if tied else 1]
    assert numbers(column.headline) == [net.parameters]
    assert numbers(column.note) == [recurrent]


# Longer sequences.


@pytest.mark.parametrize("steps", LONGER)
def test_a_taller_digit_is_linear_between_its_rows(steps: int) -> None:
    images, labels = raw()
    these = Examples(images[:20, None].astype(np.float32), labels[:20])
    found = reading.stretched(these, steps)
    assert found.x.shape == (20, 1, steps, 8)
    np.testing.assert_allclose(found.x[:, 0], taller(images[:20], steps), atol=1e-5)
    assert (found.labels == labels[:20]).all()


def test_tied_runs_on_over_every_length_and_untied_stops_where_its_weights_end() -> None:
    own = of(epochs=2)
    _, (images, labels) = lessons(own)
    last = held(own)[-1]
    wanted = [share(own, True, thetas(own, True)[-1], (taller(images, steps), labels)) for steps in LONGER]
    assert last.scores[True].by_length == pytest.approx(wanted, abs=1.01 / 600)
    assert last.scores[False].by_length == pytest.approx((last.scores[False].test,), abs=1e-12)
    assert last.scores[True].by_length[0] == pytest.approx(last.scores[True].test, abs=1e-12)
    assert last.refusal == REFUSED
    assert (LONGER[0], LONGER[-1]) == (8, 16)


def test_longer_sequences_are_tried_every_tenth_epoch_and_at_the_end() -> None:
    rounds = held(of(epochs=23, examples=10))
    for which in (True, False):
        assert [r.number for r in rounds if r.scores[which].by_length] == [10, 20, 23]
    assert [r.number for r in rounds if r.refusal] == [10, 20, 23]
    for n, at in ((9, None), (10, 10), (19, 10), (22, 20), (23, 23)):
        found = reading.looked(rounds[:n])
        assert (found.number if found else None) == at


def test_the_sentence_about_longer_ones_promises_them_and_then_has_their_numbers() -> None:
    rounds = held(of(epochs=12))
    before = reading.longer_sentence(rounds[:9])
    assert before == reading.longer_sentence([]) == "Longer sequences are tried every tenth epoch, and at the end."
    for n in (10, 11, 12):
        found = rounds[11 if n == 12 else 9]
        text, shares = reading.longer_sentence(rounds[:n]), found.scores[True].by_length
        ends = [pytest.approx(100 * share, abs=0.5) for share in (shares[0], shares[-1])]
        assert numbers(text.partition("runs on, ")[2])[:4] == [ends[0], 8, ends[1], 16]
        assert text.endswith(f"The untied one stops: {REFUSED}.")


def test_the_sentence_about_longer_ones_says_of_which_epoch_it_is_where_that_is_not_the_newest() -> None:
    """Else two accuracies of the tied network at 8 steps stand on the page, and nothing says why they differ."""
    rounds = held(of(epochs=20))
    assert rounds[18].scores[True].test != rounds[9].scores[True].test
    assert 10 in numbers(reading.longer_sentence(rounds[:19]).partition(" % right")[0])


# The ends of what can be asked for.


@pytest.mark.parametrize(
    "ways",
    [
        {"examples": 10, "epochs": 1, "units": 2},
        {"examples": 1000, "epochs": 2, "units": 2},
        {"examples": 1000, "epochs": 1, "units": 64},
        {"examples": 10, "epochs": 100, "units": 64},
        {"examples": 10, "epochs": 3, "rate": 1e-4, "seed": 9999},
    ],
    ids=str,
)
def test_at_the_ends_of_what_can_be_asked_for_there_are_as_many_sound_rounds_as_epochs(ways: dict[str, object]) -> None:
    own = of(**ways)
    rounds = held(own)
    assert [r.number for r in rounds] == list(range(1, own.epochs + 1))
    for score in (score for r in rounds for score in r.scores.values()):
        assert 0 <= score.train <= 1
        assert 0 <= score.test <= 1
        assert np.isfinite(score.loss)
        assert not score.diverged
    assert len(rounds[-1].scores[True].by_length) == len(LONGER)
    assert rounds[-1].refusal == REFUSED
    assert f"After {own.epochs} epoch{'s' * (own.epochs > 1)}: " in reading.sentence(own, rounds)


def test_a_record_is_a_handful_of_numbers_and_no_array() -> None:
    for round in held(of()):
        assert set(round.scores) == {True, False}
        for score in round.scores.values():
            assert all(type(n) in (float, bool) for n in (score.train, score.test, score.loss, score.diverged))
            assert len(score.by_length) <= len(LONGER)


# What is said.


def test_the_sentence_has_what_is_right_of_the_unseen_and_how_many_times_the_weights() -> None:
    own = of()
    for n in (1, 2, 3):
        rounds = held(own)[:n]
        told = numbers(reading.sentence(own, rounds))
        shares = [pytest.approx(100 * rounds[-1].scores[tied].test, abs=0.5) for tied in (True, False)]
        few, many = 16 * 8 + 16 * 16 + 16, 8 * (16 * 8 + 16) + 7 * 16 * 16
        assert told == [n, *shares, pytest.approx(many / few, abs=0.05)]
    assert reading.sentence(own, held(own)[:1]).startswith("After 1 epoch: ")
    assert "**Play**" in reading.sentence(own, [])


@both
def test_a_column_has_the_newest_scores_and_dashes_before_there_are_any(tied: bool) -> None:
    own, at = of(), 0 if tied else 1
    assert [fact.text for fact in reading.as_cards(own, [])[at].facts] == ["—"] * 3
    for n in (1, 3):
        score = held(own)[n - 1].scores[tied]
        facts = reading.as_cards(own, held(own)[:n])[at].facts
        wanted = 100 * score.train, 100 * score.test, score.loss
        for fact, value in zip(facts, wanted, strict=True):
            assert numbers(fact.text) == [pytest.approx(value, abs=0.5 if "right" in fact.name else 0.006)]
    assert reading.as_cards(own, [])[at].title.startswith("Tied" if tied else "Untied")


# Divergence.


def broken(tied: bool, at: int) -> list[Round]:
    """Three rounds of which this network ends at the one of that number."""
    lost = Standing(0.1, 0.1, float("nan"), True, ())
    rounds = []
    for round in held(of()):
        scores = {which: score for which, score in round.scores.items() if which != tied or round.number < at}
        rounds.append(replace(round, scores=scores | ({tied: lost} if round.number == at else {})))
    return rounds


@both
def test_a_network_that_diverged_is_named_with_what_to_change_and_has_no_accuracy(tied: bool) -> None:
    own, rounds = of(), broken(tied, 2)
    for n in (2, 3):
        assert reading.sentence(own, rounds[:n]) == (
            f"**{'Tied' if tied else 'Untied'} diverged**: the loss is no number any more. Take a smaller rate."
        )
        columns = reading.as_cards(own, rounds[:n])
        lost, other = columns if tied else reversed(columns)
        assert [fact.text for fact in lost.facts] == ["—"] * 3
        assert [fact.exact for fact in lost.facts][-1] == "diverged"
        assert "—" not in [fact.text for fact in other.facts]
    assert not re.search(r"\b(nan|inf)\b", reading.longer_sentence(rounds))


def test_a_generator_whose_networks_both_diverge_ends_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*arguments: Any) -> Any:  # noqa: ANN401  # fit's own
        return (replace(epoch, diverged=epoch.number == 2) for epoch in fit(*arguments))

    monkeypatch.setattr(reading, "fit", lost)
    own = of()
    rounds = list(filter(None, reading.reading(own)))
    assert [r.number for r in rounds] == [1, 2]
    assert all(score.diverged and not score.by_length for score in rounds[-1].scores.values())
    assert reading.sentence(own, rounds) == (
        "**Tied diverged**: the loss is no number any more. **Untied diverged**: the loss is no number any more. "
        "Take a smaller rate."
    )


def test_one_that_diverges_leaves_the_other_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(network: Any, *more: Any) -> Any:  # noqa: ANN401  # fit's own
        ends = 2 if network == reading.network(False, of()) else 0
        for epoch in fit(network, *more):
            yield replace(epoch, diverged=epoch.number == ends)
            if epoch.number == ends:
                return

    monkeypatch.setattr(reading, "fit", lost)
    rounds = list(filter(None, reading.reading(of())))
    assert [(r.number, list(r.scores)) for r in rounds] == [(1, [True, False]), (2, [True, False]), (3, [True])]
    assert rounds[-1].scores == {True: held(of())[-1].scores[True]}
    text = reading.longer_sentence(rounds)
    assert "runs on" in text
    assert "stops" not in text


@pytest.mark.parametrize("digits", [60, 600])
def test_at_the_largest_rate_the_page_says_that_it_is_too_large(digits: int) -> None:
    """Adam at a rate of 10 never ends in no number: it guesses, with a loss of tens."""
    own = of(rate=10.0, epochs=12, examples=digits)
    rounds = held(own)
    assert min(score.loss for score in rounds[-1].scores.values()) > 10
    assert "smaller rate" in reading.sentence(own, rounds)


# The defaults.


@pytest.mark.parametrize("seed", DEFAULT_SEEDS)
def test_with_the_default_settings_both_read_and_the_untied_one_no_worse(seed: int) -> None:
    rounds = held(edited(DigitClassifier(), seed=seed))
    tied, untied = (rounds[-1].scores[which] for which in (True, False))
    assert tied.test > 0.85
    assert untied.test > 0.9
    assert tied.by_length[0] > tied.by_length[1] > 0.2


@pytest.mark.parametrize("seed", DEFAULT_SEEDS)
def test_the_note_that_untied_often_reads_a_little_better_is_true(seed: int) -> None:
    assert "untied often reads a little better" in reading.NOTE
    last = held(edited(DigitClassifier(), seed=seed))[-1].scores
    assert 0 < last[False].test - last[True].test < 0.1
