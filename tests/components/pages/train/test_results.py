"""What is said and shown of a contest is what happened in it: columns, sentence, table, and a gradient taken apart."""

import csv
import re
from dataclasses import replace
from functools import cache
from io import StringIO
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import image, theme
from components.pages.train import race, results
from components.pages.train.race import Entry, Round, Score
from components.pages.train.state import Train
from components.state.setup import View
from kernels.images.digits import Examples
from tests.components.pages.train.test_race import (
    ALL,
    KINDS,
    PUBLISHED,
    WILD,
    answers,
    held,
    maps_of,
    of,
    plain,
    theta_of,
)
from tests.support.pictures import read_values
from tests.support.text import numbers

Floats = NDArray[np.float64]
NAMES: dict[View, str] = {
    "dense": "Fully connected",
    "local": "Locally connected",
    "tiled": "Tiled",
    "conv": "Convolution",
}


def scored(train: float, test: float, loss: float = 1.0, diverged: bool = False) -> Score:
    return Score(train, test, loss, diverged, (), np.ones((16, 5, 5)))


def told(own: Train, **tests: float) -> str:
    """The sentence after an epoch with these accuracies."""
    scores: dict[Entry, Score] = {
        (kind, mixed): scored(0.9, tests[kind + "_mixed" * mixed])
        for kind, mixed in product(KINDS, (False, True))
        if kind + "_mixed" * mixed in tests
    }
    return results.sentence(own, [Round(1, scores, None)])


# Pictures.


@pytest.mark.parametrize(("n", "across"), [(1, 1), (5, 3), (16, 4), (24, 6), (3, 10), (100, 10)])
def test_a_mosaic_is_the_pictures_row_by_row_with_a_line_of_nothing_between(n: int, across: int) -> None:
    pictures = np.random.default_rng(n).random((n, 2, 3)) + 1
    down = (n + across - 1) // across
    wanted = np.zeros((3 * down - 1, 4 * across - 1))
    for at, i, j in product(range(n), range(2), range(3)):
        wanted[at // across * 3 + i, at % across * 4 + j] = pictures[at, i, j]
    assert np.array_equal(image.mosaic(pictures, across), wanted)


def test_the_digits_shown_are_the_first_they_train_with_and_are_named() -> None:
    own = of(examples=30)
    shown = results.digits_pictures(own)[0]
    train, _ = race.lessons(own, 30)
    cells = read_values(shown)
    assert cells.shape == (4 * 15 - 1, 6 * 15 - 1)
    for n in range(24):
        i, j = n // 6 * 15, n % 6 * 15
        assert np.array_equal(cells[i : i + 14, j : j + 14], train.x[n, 0])
    assert ": " + " ".join(str(label) for label in train.labels[:24]) + "," in shown.alt


def test_fewer_digits_than_there_is_room_for_are_shown_too() -> None:
    cells = read_values(results.digits_pictures(of(examples=10))[0])
    assert cells.shape == (2 * 15 - 1, 6 * 15 - 1)
    assert not cells[15:, 4 * 15 :].any()


# Columns.


def test_there_is_a_column_a_network_with_its_name_its_parameters_and_its_line() -> None:
    shown = results.as_cards(ALL, [])
    assert [column.title for column in shown] == [*NAMES.values(), *(f"{name}, scrambled" for name in NAMES.values())]
    counts = PUBLISHED | {"tiled": 16 * 4 * 26 + 170}
    assert [numbers(column.headline) for column in shown] == [[counts[kind]] for kind in KINDS] * 2
    assert [numbers(column.note) for column in shown] == [[counts[kind] - 170] for kind in KINDS] * 2
    assert [column.colour for column in shown] == [theme.ROLES[kind] for kind in KINDS] * 2


def test_before_training_the_first_weights_are_shown_and_no_number_is_claimed() -> None:
    for column in results.as_cards(ALL, []):
        assert {fact.text for fact in column.facts} == {"—"}
        assert "before training" in column.pictures[0].alt
    (column,) = results.as_cards(of(racers=("conv",)), [])
    first = race.network("conv", of()).init(0)[:400].reshape(16, 5, 5)
    assert np.array_equal(read_values(column.pictures[0])[:5, 6:11], first[1])


def test_the_facts_of_a_column_are_the_newest_scores() -> None:
    rounds = held(ALL)
    for column, entry in zip(results.as_cards(ALL, rounds), race.entries(ALL), strict=True):
        score = rounds[-1].scores[entry]
        facts = {fact.name: numbers(fact.text)[0] for fact in column.facts}
        assert facts["right of those it trained with"] == pytest.approx(100 * score.train, abs=0.5)
        assert facts["right of those it has never seen"] == pytest.approx(100 * score.test, abs=0.5)
        assert facts["the gap between the two"] == round(100 * score.train) - round(100 * score.test)
        assert facts["loss"] == pytest.approx(score.loss, rel=0.006)
        assert "before training" not in column.pictures[0].alt
        assert np.abs(read_values(column.pictures[0])).max() == pytest.approx(np.abs(score.kernels).max())


@pytest.mark.parametrize(("kind", "size"), [("dense", 4 * 15), ("local", 10 * 6), ("tiled", 2 * 6), ("conv", 4 * 6)])
def test_what_was_learned_lies_in_a_square(kind: View, size: int) -> None:
    rounds = held(ALL)
    column = results.as_cards(ALL, rounds)[KINDS.index(kind)]
    cells, kernels = read_values(column.pictures[0]), rounds[-1].scores[kind, False].kernels
    assert cells.shape == (size - 1, size - 1)
    side = kernels.shape[1]
    assert np.array_equal(cells[-side:, -side:], kernels[-1])
    assert np.array_equal(cells[:side, side + 1 : 2 * side + 1], kernels[1])


@pytest.mark.parametrize(("train", "test", "text"), [(0.9, 0.45, "45 points"), (0.4, 0.5, "−10 points")])
def test_the_gap_has_its_sign(train: float, test: float, text: str) -> None:
    rounds = [Round(1, {("conv", False): scored(train, test)}, None)]
    (column,) = results.as_cards(of(racers=("conv",)), rounds)
    assert text in [fact.text for fact in column.facts]


def test_no_gap_is_not_less_than_none() -> None:
    rounds = [Round(1, {("conv", False): scored(0.5, 0.502)}, None)]
    (column,) = results.as_cards(of(racers=("conv",)), rounds)
    assert next(fact.text for fact in column.facts if "gap" in fact.name) == "0 points"


def test_a_network_that_diverged_stands_where_it_ended() -> None:
    bad, good = scored(0.1, 0.1, float("nan"), True), scored(0.6, 0.5)
    rounds = [
        Round(1, {("dense", False): bad, ("conv", False): scored(0.2, 0.2)}, None),
        Round(2, {("conv", False): good}, None),
    ]
    assert results.last(("dense", False), rounds) is bad
    assert results.last(("conv", False), rounds) is good
    assert results.last(("local", False), rounds) is None


# The sentence.


def test_before_anything_has_happened_the_sentence_says_what_to_press() -> None:
    assert "**Play**" in results.sentence(of(), [])
    assert not numbers(results.sentence(of(), []))


def test_the_sentence_names_all_from_the_best_to_the_worst() -> None:
    text = told(of(examples=40), dense=0.31, local=0.22, conv=0.83)
    assert text.startswith(
        "After 1 epoch with 40 digits: **Convolution 83 %**, Fully connected 31 %, Locally connected 22 % of the unseen"
    )
    text = told(of(examples=40), dense=0.71, local=0.62, conv=0.63)
    assert "**Fully connected 71 %**, Convolution 63 %, Locally connected 62 %" in text


def test_the_sentence_is_about_the_accuracies_that_can_be_counted_again() -> None:
    text = results.sentence(of(racers=KINDS), held(of(racers=KINDS)))
    tests = {kind: held(of(racers=KINDS))[-1].scores[kind, False].test for kind in KINDS}
    ranked = sorted((100 * share for share in tests.values()), reverse=True)
    assert numbers(text.replace("**", ""))[:6] == [3, 40, *(pytest.approx(share, abs=0.5) for share in ranked)]


def test_one_network_alone_is_neither_best_nor_worst() -> None:
    assert (
        told(of(racers=("tiled",)), tiled=0.5) == "After 1 epoch with 40 digits: Tiled 50 % of the unseen digits right."
    )


def test_networks_that_tie_are_all_named() -> None:
    text = told(of(racers=("dense", "conv"), scrambled=True), dense=0.5, conv=0.5, dense_mixed=0.5, conv_mixed=0.2)
    assert {"Fully connected", "Convolution"} <= set(re.findall(r"Fully connected|Convolution", text))
    assert "50 % in order and 20 % scrambled" in text


def test_scrambled_pixels_are_told_beside_those_in_order_and_never_win() -> None:
    own = of(racers=("dense", "conv"), scrambled=True)
    text = told(own, dense=0.4, conv=0.8, dense_mixed=0.41, conv_mixed=0.9)
    assert "**Convolution 80 %**, Fully connected 40 %" in text
    assert "Fully connected 40 % in order and 41 % scrambled, Convolution 80 % in order and 90 % scrambled." in text


@pytest.mark.parametrize(("reach", "said"), [(0, "any"), (1, "any"), (2, "any")])
def test_digits_moved_further_than_any_seen_are_announced_where_there_are_some(reach: int, said: str) -> None:
    own = of(reach=reach, racers=("dense", "conv"))
    scores: dict[Entry, Score] = {
        ("dense", False): replace(scored(0.9, 0.4), by_distance=(0.9, 0.5, 0.2, 0.07)),
        ("conv", False): replace(scored(0.9, 0.8), by_distance=(0.9, 0.9, 0.8, 0.67)),
    }
    looked, later = Round(10, scores, None), Round(11, {key: scored(0.9, 0.5) for key in scores}, None)
    text = results.hint(own, [looked, later])
    assert f"Moved by 3 pixels, further than {said} in training: Fully connected 7 %, Convolution 67 %." in text
    assert "further than" not in results.hint(own, [])
    assert "Moved by 3 pixels" not in results.hint(replace(own, reach=3), [looked])


def sorry(own: Train, *lost: View) -> str:
    scores: dict[Entry, Score] = {
        (kind, False): scored(0.1, 0.1, float("nan" if kind in lost else 1), kind in lost) for kind in own.racers
    }
    return results.sentence(own, [Round(1, scores, None), Round(2, {("conv", False): scored(0.5, 0.5)}, None)])


def test_divergence_is_named_with_who_and_what_to_change() -> None:
    text = sorry(of(rate=10), "dense")
    assert text.startswith("**Fully connected diverged**")
    assert text.endswith("Take a smaller rate.")
    both = sorry(of(rate=10), "dense", "local")
    assert {"Fully connected", "Locally connected"} <= set(re.findall(r"[A-Z]\w+ connected|Convolution", both))
    assert "Convolution" not in both
    assert "larger batch" in sorry(of(rate=0.001), "dense")


@pytest.mark.parametrize(("loss", "named"), [(4.7, True), (40.0, True), (4.5, False), (2.3, False)])
def test_a_loss_far_above_guessing_is_named_and_one_near_it_is_not(loss: float, named: bool) -> None:
    rounds = [Round(n, {("conv", False): scored(0.1, 0.1, loss)}, None) for n in range(1, 5)]
    text = results.sentence(of(rate=10, racers=("conv",)), rounds)
    assert ("overshoots" in text) == named
    if named:
        assert loss in numbers(text)
        assert pytest.approx(np.log(10), abs=0.05) in numbers(text)  # of one who guesses
        assert "Take a smaller rate" in text


def test_where_numbers_ended_the_page_holds_none_that_is_none() -> None:
    with np.errstate(all="ignore"):
        rounds = tuple(filter(None, race.contest(WILD)))
        shown = results.as_cards(WILD, rounds)
    texts = [results.sentence(WILD, rounds)]
    for column in shown:
        assert np.isfinite(read_values(column.pictures[0])).all()
        texts += [column.pictures[0].alt, column.pictures[0].low, column.pictures[0].high]
        texts += [fact.text for fact in column.facts]
    assert "diverged" in texts[0]
    assert "it diverged" in " ".join(texts[1:])
    assert not re.search(r"\b(nan|inf)\b", " ".join(texts), re.IGNORECASE)


# The gradient taken apart.


@cache
def learned(readout: str) -> tuple[Train, Floats]:
    own = of(readout=readout, racers=("conv",), examples=20, watched=(3, 1, 4))
    return own, theta_of(held(own)[-1])


def slopes(theta: Floats, these: Examples, readout: str) -> Floats:
    """dL/d(what each of the 16 maps adds up to at each place), (examples, 16, 10, 10), by hand."""
    x = plain(these)
    maps, found = maps_of(theta, x), answers(theta, x, readout)
    p = np.exp(found) / np.exp(found).sum(axis=1, keepdims=True)
    p[np.arange(len(x)), these.labels] -= 1
    last = theta[416:].reshape(10, -1)[:, :-1]
    asked = p @ last / len(x)
    if readout == "flat":
        down = asked.reshape(maps.shape)
    elif readout == "mean":
        down = np.repeat(asked, 100, axis=1).reshape(maps.shape) / 100
    else:
        down = np.zeros(maps.shape)
        for n, o in np.ndindex(asked.shape):
            i, j = divmod(int(maps[n, o].argmax()), 10)
            down[n, o, i, j] = asked[n, o]
    through: Floats = down * (maps > 0)
    return through


@pytest.mark.parametrize("readout", ["max", "mean", "flat"])
def test_what_each_place_asks_is_what_loops_say_and_adds_up_to_the_shared_gradient(readout: str) -> None:
    own, theta = learned(readout)
    taken = results.taken_apart(own, theta)
    train, _ = race.lessons(own, 20)
    down, x = slopes(theta, train, readout), plain(train)
    o, k, l = own.watched
    places = np.zeros((10, 10))
    for n, i, j in product(range(20), range(10), range(10)):
        places[i, j] += down[n, o, i, j] * x[n, i + k, j + l]
    assert np.abs(places).max() > 1e-6
    np.testing.assert_allclose(taken.places, places, rtol=1e-9, atol=1e-12)
    kernels = np.zeros((16, 5, 5))
    for k, l in product(range(5), range(5)):
        kernels[:, k, l] = (down * x[:, None, k : k + 10, l : l + 10]).sum(axis=(0, 2, 3))
    np.testing.assert_allclose(taken.kernels, kernels, rtol=1e-9, atol=1e-12)
    assert taken.places.sum() == pytest.approx(taken.kernels[own.watched], rel=1e-9)


@pytest.mark.parametrize("readout", ["max", "mean", "flat"])
def test_the_shared_gradient_is_the_slope_of_the_loss(readout: str) -> None:
    own, theta = learned(readout)
    taken = results.taken_apart(own, theta)
    train, _ = race.lessons(own, 20)

    def loss(change: float) -> float:
        bent = theta.copy()
        bent[3 * 25 + 1 * 5 + 4] += change
        found = answers(bent, plain(train), readout)
        return float(np.mean(np.log(np.exp(found).sum(axis=1)) - found[np.arange(20), train.labels]))

    slope = (loss(1e-6) - loss(-1e-6)) / 2e-6
    assert taken.kernels[3, 1, 4] == pytest.approx(slope, rel=1e-4, abs=1e-8)


def test_another_weight_is_watched() -> None:
    own, theta = learned("max")
    for watched in ((0, 0, 0), (15, 4, 4), (7, 4, 0)):
        taken = results.taken_apart(replace(own, watched=watched), theta)
        assert taken.places.sum() == pytest.approx(taken.kernels[watched], rel=1e-9, abs=1e-15)


def test_the_columns_say_the_sum_and_frame_the_weight_it_is_of() -> None:
    own, theta = learned("max")
    taken = results.taken_apart(own, theta)
    apart, whole = results.taken_cards(own, taken)
    assert float(apart.facts[0].exact) == pytest.approx(float(taken.places.sum()), rel=1e-8)
    assert numbers(apart.facts[0].text) == pytest.approx([float(taken.places.sum())], rel=0.06)
    assert float(whole.facts[0].exact) == pytest.approx(float(taken.kernels[3, 1, 4]), rel=1e-8)
    assert whole.facts[0].good is True
    assert whole.pictures[0].marks == ((1, 4, 1, 1),)
    assert apart.title == "∂L/∂F₂₅ of kernel 4, place by place"
    np.testing.assert_allclose(read_values(apart.pictures[0]), taken.places.astype(np.float32))
    np.testing.assert_allclose(read_values(whole.pictures[0]), taken.kernels[3].astype(np.float32))


def test_a_sum_that_is_not_the_gradient_is_not_called_good() -> None:
    own, theta = learned("max")
    taken = results.taken_apart(own, theta)
    wrong = replace(taken, places=taken.places + 0.01)
    assert results.taken_cards(own, wrong)[1].facts[0].good is False


# The table.


def test_the_table_reads_back_as_every_epoch_of_everybody() -> None:
    rows = list(csv.DictReader(StringIO(results.table(ALL, held(ALL)))))
    assert len(rows) == 3 * 8
    at = iter(rows)
    counts = PUBLISHED | {"tiled": 1834}
    for round in held(ALL):
        for (kind, scrambled), score in round.scores.items():
            row = next(at)
            assert (int(row["epoch"]), row["first layer"]) == (round.number, NAMES[kind])
            assert (row["digits"], row["moved by up to"], row["seed"]) == ("40", str(ALL.reach), str(ALL.seed))
            assert row["pixels"] == ("scrambled" if scrambled else "in order")
            assert int(row["parameters"]) == counts[kind]
            measured = [float(row[name]) for name in ("train accuracy", "test accuracy", "loss")]
            assert measured == [score.train, score.test, score.loss]


def test_a_table_of_nothing_has_its_heads() -> None:
    heads = results.table(ALL, []).split(",")
    assert heads[:6] == ["digits", "moved by up to", "read-out", "seed", "epoch", "first layer"]
    assert len(results.table(ALL, []).splitlines()) == 1
