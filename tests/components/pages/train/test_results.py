"""What is said and shown of the race is what happened in it: cards, sentence, hint and table."""

import csv
import re
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest

from components.display import image, theme
from components.display.race import Round
from components.pages.train import race, results
from components.pages.train.state import Train
from components.state.setup import View
from kernels.images import digits
from tests.support.pictures import read_values
from tests.support.text import numbers
from tests.support.training import ALL, IN_ORDER, KINDS, LOST, NAMES, PARAMETERS, held, of, result, variant

TESTED = "Tested on 600 held-out digits, each shifted at random by up to 3 pixels"
CONV, DENSE = variant("conv"), variant("dense")
ALONE = of(kinds=("conv",))


def told(own: Train, scrambled: dict[View, float] | None = None, **tests: float) -> str:
    """The sentence after an epoch with these test accuracies."""
    scores = {variant(kind): result(0.9, tests[kind]) for kind in KINDS if kind in tests}
    scores |= {variant(kind, True): result(0.9, share) for kind, share in (scrambled or {}).items()}
    return results.sentence(own, [Round(1, scores)])


@pytest.mark.parametrize("examples", [10, 30])
def test_the_digits_shown_are_the_first_they_train_with_in_order_and_scrambled(examples: int) -> None:
    own = of(examples=examples, scrambled=True)
    shown, mixed = (read_values(picture) for picture in results.digits_pictures(own))
    train, _ = race.shifted_digits(own, examples)
    first = train.x[:24, 0]
    assert np.array_equal(shown, image.mosaic(first, 6))
    assert np.array_equal(mixed, image.mosaic(first.reshape(-1, 196)[:, race.order(own)].reshape(first.shape), 6))
    labels = " ".join(str(label) for label in train.labels[:24])
    assert f": {labels}," in results.digits_pictures(own)[0].alt


def test_there_is_a_card_a_network_with_its_name_its_parameters_and_its_line() -> None:
    shown = results.as_cards(ALL, [])
    assert [card.title for card in shown] == [*NAMES.values(), *(f"{name}, scrambled" for name in NAMES.values())]
    assert [numbers(card.headline) for card in shown] == [[PARAMETERS[kind]] for kind in KINDS] * 2
    assert [card.note for card in shown] == [results.KERNELS[kind] for kind in KINDS] * 2
    assert [card.colour for card in shown] == [theme.ROLES[kind] for kind in KINDS] * 2


def test_before_training_the_first_weights_are_shown_and_no_number_is_claimed() -> None:
    for card in results.as_cards(ALL, []):
        assert {fact.text for fact in card.facts} == {"—"}
        assert "before training" in card.pictures[0].alt
    (card,) = results.as_cards(ALONE, [])
    first = race.network("conv", ALONE).init(0)[:400].reshape(16, 5, 5)
    assert np.array_equal(read_values(card.pictures[0])[:5, 6:11], first[1])


def test_a_card_has_the_newest_result_and_what_was_learned_in_a_square() -> None:
    across = {"dense": 4, "local": 10, "tiled": 2, "conv": 4}
    for card, which in zip(results.as_cards(ALL, held(ALL)), race.variants(ALL), strict=True):
        score = held(ALL)[-1].results[which]
        train, test, gap, loss = (numbers(fact.text)[0] for fact in card.facts)
        assert [train, test] == pytest.approx([100 * score.train, 100 * score.test], abs=0.5)
        assert gap == round(100 * score.train) - round(100 * score.test)
        assert loss == pytest.approx(score.loss, rel=0.006)
        assert "before training" not in card.pictures[0].alt
        assert score.kernels is not None
        assert np.array_equal(read_values(card.pictures[0]), image.mosaic(score.kernels, across[which.kind]))


def test_the_gap_is_that_on_shifts_as_in_training_and_waits_until_it_is_measured() -> None:
    """Shifts of up to 2: one of distance 0, 8 of 1, 16 of 2; a digit shifted by 3 is no part of it."""
    own = of(reach=2, kinds=("conv",))
    before, then, after = result(0.5, 0.3), replace(result(0.95, 0.4), harder=(0.9, 0.8, 0.6, 0.01)), result(0.99, 0.5)
    right = (0.9 + 8 * 0.8 + 16 * 0.6) / 25
    for rounds, text in (([before], "—"), ([before, then], "27 points"), ([before, then, after], "27 points")):
        (card,) = results.as_cards(own, [Round(n, {CONV: one}) for n, one in enumerate(rounds)])
        assert card.facts[2].text == text
    assert round(100 * 0.95) - round(100 * right) == 27


def test_accuracy_on_shifts_as_in_training_is_that_of_digits_shifted_so() -> None:
    """Drawn as the digits to train with are, the shifts have the distances that are assumed."""
    for reach in range(4):
        shifts = np.abs(digits.within(40_000, reach, np.random.default_rng(reach))).max(axis=1)
        for distance in range(4):
            by_shift = [float(n == distance) for n in range(4)]
            wanted = pytest.approx(np.mean(shifts == distance), abs=0.01)
            assert results.trained_shifts(reach, by_shift) == wanted


@pytest.mark.parametrize(
    ("train", "test", "text"), [(0.9, 0.45, "45 points"), (0.4, 0.5, "−10 points"), (0.5, 0.502, "0 points")]
)
def test_the_gap_has_its_sign(train: float, test: float, text: str) -> None:
    (card,) = results.as_cards(ALONE, [Round(1, {CONV: result(train, test)})])
    assert card.facts[2].text == text


def test_of_a_network_that_diverged_no_number_is_shown() -> None:
    (card,) = results.as_cards(ALONE, [Round(1, {CONV: LOST})])
    assert [fact.text for fact in card.facts] == ["—", "—", "—", "diverged"]


def test_before_anything_has_happened_the_sentence_says_what_to_press() -> None:
    assert "**Play**" in results.sentence(of(), [])
    assert not numbers(results.sentence(of(), []))


def test_the_sentence_names_all_from_the_best_to_the_worst() -> None:
    assert told(of(), dense=0.31, local=0.22, conv=0.83) == (
        "Test accuracy after 1 epoch with 40 training digits: **convolution 83%**, fully connected 31%, locally "
        f"connected 22%. {TESTED}, as in training."
    )
    own = of(kinds=("tiled",))
    assert told(own, tiled=0.5).startswith("Test accuracy after 1 epoch with 40 training digits: tiled 50%. ")
    tie = told(of(kinds=("dense", "conv")), dense=0.5, conv=0.5)
    assert "fully connected 50%, convolution 50%" in tie
    text = results.sentence(IN_ORDER, held(IN_ORDER))
    ranked = sorted((100 * score.test for score in held(IN_ORDER)[-1].results.values()), reverse=True)
    assert numbers(text.replace("**", ""))[:6] == [3, 40, *(pytest.approx(share, abs=0.5) for share in ranked)]


def test_scrambled_pixels_are_told_beside_those_in_order_and_never_win() -> None:
    own = of(kinds=("dense", "conv"), scrambled=True)
    text = told(own, {"dense": 0.41, "conv": 0.9}, dense=0.4, conv=0.8)
    assert "**convolution 80%**, fully connected 40%" in text
    assert text.endswith(
        "Effect of scrambling the pixels: fully connected from 40% to 41%, convolution from 80% to 90%. "
        f"{TESTED}, as in training."
    )


def test_divergence_is_named_with_who_and_what_to_change() -> None:
    lost = [Round(1, {DENSE: LOST, CONV: result(0.5, 0.5)}), Round(2, {CONV: result(0.5, 0.5)})]
    text = results.sentence(of(rate=10), lost)
    assert text == "**Fully connected diverged**: its loss is no longer finite. Choose a smaller learning rate."
    assert results.sentence(of(rate=0.001), lost).endswith("Choose a smaller learning rate or a larger batch.")


@pytest.mark.parametrize(
    ("train", "loss", "epochs", "said"),
    [
        (0.19, 2.3, 9, "has not learned"),
        (0.19, 2.3, 8, "Test accuracy"),
        (0.21, 2.3, 9, "Test accuracy"),
        (0.1, 4.7, 9, "overshooting"),
    ],
)
def test_a_network_that_guesses_after_nine_epochs_is_named(train: float, loss: float, epochs: int, said: str) -> None:
    text = results.sentence(ALONE, [Round(epochs, {CONV: result(train, 0.1, loss)})])
    assert re.findall("has not learned|overshooting|Test accuracy", text) == [said]


@pytest.mark.parametrize("reach", [0, 2])
def test_digits_shifted_further_than_any_seen_are_told_where_there_are_some(reach: int) -> None:
    own = of(reach=reach, kinds=("dense", "conv"))
    scores = {
        DENSE: replace(result(0.9, 0.4), harder=(0.9, 0.5, 0.2, 0.07)),
        CONV: replace(result(0.9, 0.8), harder=(0.9, 0.9, 0.8, 0.67)),
        variant("conv", True): replace(result(0.9, 0.8), harder=(0.9, 0.9, 0.8, 0.01)),
    }
    rounds = [Round(10, scores), Round(11, dict.fromkeys(scores, result(0.9, 0.5)))]
    text = results.hint(own, rounds)
    assert text.endswith("At shifts of 3 pixels, beyond any in training: fully connected 7%, convolution 67%.")
    assert "beyond any in training" not in results.hint(own, []) + results.hint(replace(own, reach=3), rounds)


OPEN = ", within the sampling error of 600 test digits"


@pytest.mark.parametrize(
    ("conv", "local", "dense", "said"),
    [
        (0.86, 0.40, 0.27, ("+46 points over locally connected", "+59 points over fully connected")),
        (0.39, 0.30, 0.34, ("+9 points over locally connected", f"+5 points over fully connected{OPEN}")),
        (0.32, 0.31, 0.2, (f"+1 point over locally connected{OPEN}", "+12 points over fully connected")),
        (0.30, 0.45, 0.2, ("−15 points over locally connected", "+10 points over fully connected")),
        (0.5, 0.5, 0.1, (f"0 points over locally connected{OPEN}", "+40 points over fully connected")),
    ],
)
@pytest.mark.parametrize("readout", ["max", "mean", "flat"])
def test_what_sharing_gains_is_what_the_run_showed_with_its_read_out(
    conv: float, local: float, dense: float, said: tuple[str, str], readout: str
) -> None:
    """Two standard errors of 600 digits; figures as they were measured once with each read-out."""
    scores = {"conv": conv, "local": local, "dense": dense, "tiled": 0.99}
    own = of(kinds=KINDS, readout=readout)
    rounds = [Round(1, {variant(kind): result(0.9, scores[kind]) for kind in KINDS})]
    assert results.sharing(own, rounds) == (
        f"In this run (seed 0), with {race.SHORT[own.readout]} in every network, convolution's lead: {said[0]}; "
        f"{said[1]}."
    )


def test_of_sharing_nothing_is_said_without_a_run_or_something_to_compare() -> None:
    for kinds, rounds in (
        (KINDS, []),
        (("conv", "tiled"), [Round(1, {CONV: result(0.9, 0.9)})]),
        (("dense", "conv"), [Round(1, {CONV: result(0.9, 0.9), DENSE: LOST})]),
        (("dense", "conv"), [Round(1, {CONV: LOST, DENSE: result(0.9, 0.9)})]),
    ):
        assert results.sharing(of(kinds=kinds), rounds) == ""


def test_generalisation_error_and_shifts_never_trained_are_told_apart() -> None:
    own = of(reach=1, kinds=("dense",))
    scores = {DENSE: replace(result(1, 0.27), harder=(0.9, 0.6, 0.2, 0.07))}
    assert results.sentence(own, [Round(1, scores)]).endswith(
        f"{TESTED}; the training digits were shifted by up to 1 pixel, so test errors reflect shifts never seen in "
        "training as well as ordinary generalisation error."
    )
    share = round(100 * (0.9 + 8 * 0.6) / 9)
    assert f"At shifts of up to 1 pixel, as in training: fully connected {share}%." in results.hint(
        own, [Round(1, scores)]
    )


def test_the_hint_is_about_the_read_out_and_about_scrambling_where_it_matters() -> None:
    for readout, note in results.NOTES.items():
        assert results.hint(of(readout=readout), []).startswith(note)
    assert "rounding" in results.hint(of(scrambled=True), [])
    assert "rounding" not in results.hint(of(), []) + results.hint(of(scrambled=True, kinds=("conv",)), [])


def test_the_table_reads_back_as_every_epoch_of_every_network() -> None:
    rows = list(csv.DictReader(StringIO(results.table(ALL, held(ALL)))))
    assert len(rows) == 3 * 8
    at = iter(rows)
    for round in held(ALL):
        for which, score in round.results.items():
            row = next(at)
            assert (int(row["epoch"]), row["first layer"]) == (round.number, NAMES[which.kind])
            settings = [row[name] for name in ("training digits", "maximum shift", "seed", "read-out")]
            assert settings == ["40", "3", "0", "max"]
            assert row["pixels"] == ("scrambled" if which.scrambled else "in order")
            assert int(row["parameters"]) == PARAMETERS[which.kind]
            measured = [float(row[name]) for name in ("training accuracy", "test accuracy", "loss")]
            assert measured == [score.train, score.test, score.loss]
    lost = results.table(ALONE, [Round(1, {CONV: LOST})])
    assert lost.splitlines()[1].endswith("586,,,diverged")
    assert len(results.table(ALL, []).splitlines()) == 1
