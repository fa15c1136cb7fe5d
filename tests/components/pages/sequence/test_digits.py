"""The two recurrent networks see the same digits, and their figures and words are what was measured."""

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest

from components.display import race
from components.display.race import Result, Round, Training, Variant
from components.pages.sequence import charts, digits
from components.pages.sequence.digits import LONGER, TIED, UNTIED
from components.pages.sequence.state import DigitClassifier
from components.state.link import edited
from kernels.images.digits import Examples, split
from kernels.learning.training import Recipe
from tests.support.text import numbers
from tests.support.training import LOST, raw, result
from tests.support.work import alike, records_of

REFUSED = "the untied layer has weights for 8 steps only, none for step 9: shorten the sequence or tie the layer"
both = pytest.mark.parametrize("variant", [TIED, UNTIED], ids=["tied", "untied"])


def of(**ways: object) -> DigitClassifier:
    """The default state, changed, and quick."""
    return edited(DigitClassifier(), **({"examples": 60, "epochs": 2} | ways))


@cache
def held(own: DigitClassifier) -> list[Round]:
    return records_of(digits.rounds(own))


def test_both_train_on_the_same_digits_in_the_same_order_and_are_tested_on_the_others() -> None:
    own = of(rate=0.02, seed=3)
    train, test = split(60, 600, 3)
    longer = [digits.stretched(test, steps) for steps in LONGER]
    trainings = {variant: Training(digits.network(variant, own), train, test, longer) for variant in (TIED, UNTIED)}
    wanted = records_of(race.race(trainings, Recipe(rate=0.02, epochs=2, seed=3)))
    assert alike(held(own), wanted)


def test_what_changes_the_race_changes_its_key_and_nothing_else_does() -> None:
    other: dict[str, object] = {"units": 9, "examples": 50, "rate": 0.1, "epochs": 9, "seed": 5, "pace": "step"}
    assert set(other) == {field.name for field in fields(DigitClassifier)}
    first = digits.key(DigitClassifier())
    changed = {name for name, value in other.items() if digits.key(edited(DigitClassifier(), **{name: value})) != first}
    assert changed == {"units", "examples", "rate", "epochs", "seed"}


@both
@pytest.mark.parametrize("readers", [2, 64])
def test_the_parameters_are_those_of_arithmetic(variant: Variant, readers: int) -> None:
    H = readers
    recurrent = H * 8 + H * H + H if variant == TIED else 8 * (H * 8 + H) + 7 * H * H
    net = digits.network(variant, of(units=readers))
    assert net.parameters == recurrent + 10 * (H + 1)
    card = digits.as_cards(of(units=readers), [])[0 if variant == TIED else 1]
    assert (numbers(card.headline), numbers(card.note)) == ([net.parameters], [recurrent])


@pytest.mark.parametrize("steps", LONGER)
def test_a_taller_digit_is_linear_between_its_rows(steps: int) -> None:
    images, labels = raw()
    these = Examples(images[:20, None].astype(np.float32), labels[:20])
    found = digits.stretched(these, steps)
    assert found.x.shape == (20, 1, steps, 8)
    rows = np.linspace(0, 7, steps)
    wanted = np.apply_along_axis(lambda column: np.interp(rows, range(8), column), 1, images[:20])
    np.testing.assert_allclose(found.x[:, 0], wanted, atol=1e-5)
    assert (found.labels == labels[:20]).all()


def test_tied_runs_on_over_every_length_and_untied_stops_where_its_weights_end() -> None:
    tied, untied = held(of())[-1].results.values()
    assert (LONGER[0], LONGER[-1], len(tied.harder)) == (8, 16, len(LONGER))
    assert (tied.harder[0], untied.harder) == (tied.test, (untied.test,))
    assert (tied.refusal, untied.refusal) == ("", REFUSED)


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_with_the_default_settings_both_read_and_the_untied_one_a_little_better(seed: int) -> None:
    assert "untied often does slightly better" in digits.NOTE
    tied, untied = held(edited(DigitClassifier(), seed=seed))[-1].results.values()
    assert tied.test > 0.85
    assert untied.test > 0.9
    assert 0 < untied.test - tied.test < 0.1
    assert tied.harder[0] > tied.harder[1] > 0.2


def test_at_the_largest_rate_the_page_says_that_it_is_too_large() -> None:
    """Adam at a rate of 10 never ends in no number: it guesses, with a loss of tens."""
    own = of(rate=10.0, epochs=12)
    assert min(score.loss for score in held(own)[-1].results.values()) > 10
    assert digits.sentence(own, held(own)).endswith("Choose a smaller learning rate.")


MEASURED = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]


def after(number: int, tied: Result | None, untied: Result | None) -> Round:
    return Round(number, {v: score for v, score in ((TIED, tied), (UNTIED, untied)) if score})


def looked(test: float, *harder: float, refusal: str = "") -> Result:
    return replace(result(0.95, test), harder=harder, refusal=refusal)


LOOK = after(10, looked(0.9, *MEASURED), looked(0.88, 0.88, refusal=REFUSED))
PLAIN = after(11, result(0.95, 0.93, 0.25), result(0.97, 0.94, 0.5))


def test_the_sentence_has_the_test_accuracies_and_how_many_times_the_weights() -> None:
    few, many = 16 * 8 + 16 * 16 + 16, 8 * (16 * 8 + 16) + 7 * 16 * 16
    assert numbers(digits.sentence(of(), [PLAIN])) == [11, 93, 94, pytest.approx(many / few, abs=0.05)]
    assert digits.sentence(of(), [replace(PLAIN, number=1)]).startswith(
        "Test accuracy after 1 epoch: Tied 93%, Untied 94%."
    )
    assert "**Play**" in digits.sentence(of(), [])


def test_the_sentence_about_longer_ones_promises_them_and_then_says_of_which_epoch_it_is() -> None:
    for rounds in ([], [PLAIN]):
        assert digits.longer_sentence(rounds) == "Longer sequences are tested every ten epochs and at the end."
    assert digits.longer_sentence([LOOK, PLAIN]) == (
        "After epoch 10: the tied network also runs on longer sequences, with accuracy 90% at 8 steps and 40% at 16 "
        f"(digits stretched vertically; chance is 10%). The untied network cannot: {REFUSED}."
    )
    assert "stops" not in digits.longer_sentence([after(10, looked(0.9, *MEASURED), LOST)])
    assert "longer" not in digits.longer_sentence([after(10, LOST, looked(0.88, 0.88, refusal=REFUSED))])


def test_a_card_has_the_newest_result_and_dashes_before_there_is_one_and_after_divergence() -> None:
    tied, untied = digits.as_cards(of(), [LOOK, PLAIN])
    assert [[fact.text for fact in card.facts] for card in (tied, untied)] == [
        ["95%", "93%", "0.25"], ["97%", "94%", "0.5"]
    ]  # fmt: skip
    assert (tied.title[:5], untied.title[:7]) == ("Tied:", "Untied:")
    for rounds, why in (([], ""), ([after(3, LOST, PLAIN.results[UNTIED])], "diverged")):
        facts = digits.as_cards(of(), rounds)[0].facts
        assert ([fact.text for fact in facts], facts[-1].exact) == (["—"] * 3, why)


def test_a_network_that_diverged_is_named_with_what_to_change() -> None:
    rounds = [after(2, LOST, result(0.5, 0.5)), after(3, None, result(0.5, 0.5))]
    for n in (1, 2):
        text = digits.sentence(of(), rounds[:n])
        assert text == "**Tied diverged**: its loss is no longer finite. Choose a smaller learning rate."


def test_the_lines_against_length_are_those_measured_and_end_where_the_weights_do() -> None:
    tied, untied = charts.longer([LOOK, PLAIN]).data
    assert (list(tied.x), list(tied.y)) == (list(LONGER), MEASURED)
    assert (list(untied.x), list(untied.y)) == ([8], [0.88])
    assert tied.marker.symbol != untied.marker.symbol
    assert numbers(charts.longer_alt([LOOK, PLAIN])) == [90, 8, 80, 9, 70, 10, 60, 12, 50, 14, 40, 16, 88, 8]
    assert sum(len(line.y) for line in charts.longer([]).data) == 0
    assert charts.longer_alt([]).endswith("No training yet.")
    assert len(charts.longer([after(10, LOST, LOOK.results[UNTIED])]).data[0].y) == 0
