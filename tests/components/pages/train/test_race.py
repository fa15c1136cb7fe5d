"""A contest is fair and its figures are true: all see the same digits, and every accuracy can be counted again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.pages.train import race
from components.pages.train.race import Entry, Round
from components.pages.train.state import Train
from components.state.link import edited
from components.state.setup import View
from kernels.images.digits import Examples
from kernels.learning.linear import Wired
from kernels.learning.network import Network
from kernels.learning.training import accuracy

Floats = NDArray[np.float64]
KINDS: tuple[View, ...] = ("dense", "local", "tiled", "conv")
FILE = Path(__file__).parents[4] / "assets" / "digits.npz"
PUBLISHED = {"dense": 315_370, "local": 41_770, "conv": 586}


def of(**ways: object) -> Train:
    """The first state, changed, and quick."""
    return edited(Train(), **({"examples": 40, "epochs": 3, "batch": 20} | ways))


ALL = of(racers=KINDS, scrambled=True)


@cache
def held(own: Train) -> tuple[Round, ...]:
    return tuple(filter(None, race.contest(own)))


# The network a second time, in plain NumPy.


def maps_of(theta: Floats, x: Floats) -> Floats:
    """ReLU of 16 maps of 5×5 windows, (examples, 16, 10, 10)."""
    weight, bias = theta[:400].reshape(16, 5, 5), theta[400:416]
    y = np.zeros((len(x), 16, 10, 10)) + bias[:, None, None]
    for k, l in product(range(5), range(5)):
        y += x[:, None, k : k + 10, l : l + 10] * weight[:, k, l][:, None, None]
    return np.maximum(y, 0)


def read(maps: Floats, readout: str) -> Floats:
    """What the last layer reads of every example."""
    if readout == "flat":
        return maps.reshape(len(maps), -1)
    summary: Floats = maps.max(axis=(2, 3)) if readout == "max" else maps.mean(axis=(2, 3))
    return summary


def answers(theta: Floats, x: Floats, readout: str) -> Floats:
    """The ten numbers for every example."""
    seen = read(maps_of(theta, x), readout)
    last = theta[416:].reshape(10, -1)
    found: Floats = seen @ last[:, :-1].T + last[:, -1]
    return found


def share(theta: Floats, these: Examples, readout: str) -> float:
    return float(np.mean(answers(theta, plain(these), readout).argmax(axis=1) == these.labels))


def plain(these: Examples) -> Floats:
    return these.x[:, 0].astype(np.float64)


def entropy(theta: Floats, these: Examples, readout: str) -> float:
    found = answers(theta, plain(these), readout)
    wrong = [np.log(np.exp(row - row[label]).sum()) for row, label in zip(found, these.labels, strict=True)]
    return float(np.mean(wrong))


def theta_of(round: Round) -> Floats:
    assert round.shared is not None
    return np.asarray(round.shared, np.float64)


# Who races, on what.


@pytest.mark.parametrize("readout", ["max", "mean", "flat"])
def test_the_networks_differ_in_nothing_but_the_wiring_of_their_first_layer(readout: str) -> None:
    nets = {kind: race.network(kind, of(readout=readout)) for kind in KINDS}
    assert all(net.layers[1:] == nets["conv"].layers[1:] for net in nets.values())
    for kind, net in nets.items():
        first = net.layers[0]
        assert isinstance(first, Wired)
        assert (first.kind, first.spec) == (kind, race.FIRST)
        assert net.shapes[1:3] == ((16, 10, 10), (16, 10, 10))


def test_the_parameters_are_those_of_the_article_and_of_arithmetic() -> None:
    found = {kind: len(race.network(kind, Train()).init(0)) for kind in KINDS}
    assert {kind: found[kind] for kind in PUBLISHED} == PUBLISHED  # type: ignore[index]
    assert found["tiled"] == 16 * 4 * (25 + 1) + 10 * 17
    flat = {kind: len(race.network(kind, of(readout="flat")).init(0)) for kind in KINDS}
    assert all(flat[kind] - found[kind] == 10 * (1600 - 16) for kind in KINDS)


def test_everybody_races_and_once_more_with_scrambled_pixels() -> None:
    own = of(racers=("conv", "dense"))
    assert race.entries(own) == [("dense", False), ("conv", False)]
    assert race.entries(replace(own, scrambled=True)) == [
        ("dense", False), ("conv", False), ("dense", True), ("conv", True),
    ]  # fmt: skip


def test_what_changes_the_contest_changes_its_key_and_nothing_else_does() -> None:
    other: dict[str, object] = {
        "racers": ("conv",), "examples": 41, "reach": 1, "readout": "mean", "scrambled": True, "optimiser": "momentum",
        "rate": 0.1, "batch": 3, "epochs": 9, "seed": 5, "pace": "step", "watched": (1, 0, 0), "disturbance": 1.0,
    }  # fmt: skip
    assert set(other) == {field.name for field in fields(Train)}
    same = {name for name, value in other.items() if race.key(edited(Train(), **{name: value})) == Train()}
    assert same == {"pace", "watched", "disturbance"}


def placed(digit: Floats, down: int, right: int) -> Floats:
    canvas = np.zeros((14, 14))
    canvas[3 + down : 11 + down, 3 + right : 11 + right] = digit
    return canvas


@cache
def raw() -> tuple[Floats, NDArray[np.int64]]:
    """All digits and their labels, from the file."""
    with np.load(FILE) as file:
        return file["images"].astype(np.float64) / 16, file["labels"].astype(np.int64)


def distances(canvas: Floats, label: int) -> set[int]:
    """By how many pixels a digit of this label has been moved here; several where its margin is empty."""
    found = set()
    pixels, labels = raw()
    here = pixels[labels == label]
    for down, right in product(range(-3, 4), range(-3, 4)):
        inside = canvas[3 + down : 11 + down, 3 + right : 11 + right]
        if inside.sum() == canvas.sum() and (here == inside).all(axis=(1, 2)).any():
            found.add(max(abs(down), abs(right)))
    return found


@pytest.mark.parametrize("reach", [0, 1, 3])
def test_digits_to_train_with_are_moved_within_the_reach_and_the_others_all_over_the_canvas(reach: int) -> None:
    train, test = race.lessons(of(reach=reach), 60)
    assert (len(train), len(test)) == (60, 600)
    found = [distances(x, label) for x, label in zip(plain(train), train.labels, strict=True)]
    assert all(some and min(some) <= reach for some in found)
    assert max(min(some) for some in found) == reach
    there = [distances(x, label) for x, label in zip(plain(test)[:60], test.labels[:60], strict=True)]
    assert all(there)
    assert max(min(some) for some in there) == 3


def test_fewer_digits_are_the_first_of_more_and_the_test_is_the_same() -> None:
    (few, test), (many, same) = (race.lessons(of(), n) for n in (20, 50))
    assert np.array_equal(few.x, many.x[:20])
    assert np.array_equal(few.labels, many.labels[:20])
    assert np.array_equal(test.x, same.x)
    seen = {x.tobytes() for x in many.x}
    assert not any(x.tobytes() in seen for x in test.x)


def test_the_reach_moves_the_digits_to_train_with_alone() -> None:
    (near, test), (far, same) = (race.lessons(of(reach=reach), 30) for reach in (0, 3))
    assert np.array_equal(test.x, same.x)
    assert np.array_equal(near.labels, far.labels)
    assert not np.array_equal(near.x, far.x)


def test_another_seed_has_other_digits_and_another_order() -> None:
    one, other = (race.lessons(of(seed=seed), 40)[0] for seed in (0, 1))
    assert not np.array_equal(one.x, other.x)
    assert race.order(of()).tolist() == race.order(of(epochs=2)).tolist() != list(range(196))
    assert race.order(of()).tolist() != race.order(of(seed=1)).tolist()
    assert sorted(race.order(of()).tolist()) == list(range(196))


# How they stand.


@pytest.mark.parametrize("readout", ["max", "mean", "flat"])
def test_accuracies_and_losses_are_those_of_a_plain_forward_pass(readout: str) -> None:
    own = of(readout=readout, racers=("conv",), batch=40, examples=40)
    train, test = race.lessons(own, 40)
    before = race.network("conv", own).init(0).astype(np.float64)
    for round in held(own):
        score, theta = round.scores["conv", False], theta_of(round)
        assert score.train == pytest.approx(share(theta, train, readout), abs=1e-12)
        assert score.test == pytest.approx(share(theta, test, readout), abs=1.01 / 600)  # float32 may lose one
        assert score.loss == pytest.approx(entropy(before, train, readout), rel=1e-4)  # of the one batch, before it
        before = theta
    assert not np.array_equal(theta_of(held(own)[0]), theta_of(held(own)[1]))


def test_there_is_a_round_an_epoch_and_everybody_is_in_it() -> None:
    rounds = held(ALL)
    assert [round.number for round in rounds] == [1, 2, 3]
    assert all(list(round.scores) == race.entries(ALL) for round in rounds)
    assert not any(score.diverged for round in rounds for score in round.scores.values())


def test_how_far_a_digit_may_be_moved_is_looked_at_every_ten_epochs_and_in_the_end() -> None:
    rounds = held(of(epochs=12, racers=("conv",), examples=20))
    looked = [round.number for round in rounds if round.scores["conv", False].by_distance]
    assert looked == [10, 12]
    assert all(len(round.scores["conv", False].by_distance) == 4 for round in rounds if round.number in looked)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Examples]:
    """The digits each accuracy was counted on."""
    calls: list[Examples] = []

    def noted(net: Network, theta: Any, x: Any, labels: Any) -> float:  # noqa: ANN401  # as it is
        calls.append(Examples(x, labels))
        return accuracy(net, theta, x, labels)

    monkeypatch.setattr(race, "accuracy", noted)
    return calls


def test_the_distances_are_of_test_digits_moved_by_exactly_so_many_pixels(asked: list[Examples]) -> None:
    own = of(racers=("conv",), epochs=1)
    (round,) = filter(None, race.contest(own))
    shares = round.scores["conv", False].by_distance
    _, test = race.lessons(own, 40)
    for distance, ring in enumerate(asked[-4:]):
        assert np.array_equal(ring.labels, test.labels)
        found = [distances(x, label) for x, label in zip(plain(ring)[:50], ring.labels[:50], strict=True)]
        assert all(distance in some for some in found)
        assert shares[distance] == pytest.approx(share(theta_of(round), ring, "max"), abs=1.01 / 600)
    assert len({ring.x.tobytes() for ring in asked[-4:]}) == 4


def test_scrambled_pixels_are_the_same_pixels_in_one_order(asked: list[Examples]) -> None:
    own = of(racers=("conv",), epochs=1, scrambled=True)
    list(filter(None, race.contest(own)))
    assert len(asked) == 12  # train, test and four distances, in order and scrambled
    order = race.order(own)
    for straight, mixed in zip(asked[:6], asked[6:], strict=True):
        for n in range(0, len(straight), 97):
            pixels = straight.x[n].ravel()
            assert mixed.x[n].ravel().tolist() == [pixels[at] for at in order]
        assert np.array_equal(straight.labels, mixed.labels)


def test_a_fully_connected_network_does_not_notice_the_order_of_the_pixels() -> None:
    for round in held(ALL):
        straight, mixed = round.scores["dense", False], round.scores["dense", True]
        assert mixed.loss == pytest.approx(straight.loss, rel=1e-3)
        assert mixed.train == pytest.approx(straight.train, abs=1.01 / 40)
        assert mixed.test == pytest.approx(straight.test, abs=3.01 / 600)
        order = race.order(ALL)
        seen = straight.kernels.reshape(16, -1)[:, order].reshape(mixed.kernels.shape)
        np.testing.assert_allclose(mixed.kernels, seen, atol=1e-3)
    assert held(ALL)[0].scores["conv", False].loss != held(ALL)[0].scores["conv", True].loss


def test_scrambled_a_convolution_falls() -> None:
    own = edited(Train(), racers=("conv",), scrambled=True, examples=200, epochs=20)
    last = held(own)[-1].scores
    assert last["conv", False].test > last["conv", True].test + 0.2


def test_company_changes_nothing() -> None:
    alone = held(replace(ALL, racers=("conv",), scrambled=False))
    for one, all in zip(alone, held(ALL), strict=True):
        assert np.array_equal(theta_of(one), theta_of(all))
        assert one.scores["conv", False].test == all.scores["conv", False].test


def test_the_shared_numbers_are_the_convolutions_in_order() -> None:
    assert all(len(theta_of(round)) == 586 for round in held(ALL))
    for round in held(ALL):
        kernels = round.scores["conv", False].kernels
        assert np.array_equal(kernels.ravel(), theta_of(round)[:400].astype(np.float32))
    assert all(round.shared is None for round in held(of(racers=("dense", "tiled"))))


def curves(rounds: tuple[Round, ...]) -> list[dict[Entry, tuple[float, ...]]]:
    return [{entry: (s.train, s.test, s.loss, *s.by_distance) for entry, s in r.scores.items()} for r in rounds]


def test_the_same_seed_runs_the_same_contest_and_another_another() -> None:
    again = tuple(filter(None, race.contest(ALL)))
    assert curves(again) == curves(held(ALL))
    assert curves(held(replace(ALL, seed=1))) != curves(again)


def test_contests_at_the_same_time_end_as_each_does_alone() -> None:
    owns = [of(epochs=2, scrambled=True, seed=seed) for seed in (0, 1)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda own: curves(tuple(filter(None, race.contest(own)))), owns))
    assert found == [curves(held(own)) for own in owns]


def test_contests_taken_in_turns_end_as_each_does_alone() -> None:
    owns = [of(epochs=2, scrambled=True, seed=seed) for seed in (0, 1)]
    running: list[Iterator[Round]] = [filter(None, race.contest(own)) for own in owns]
    turns = list(zip(*running, strict=True))
    for n, own in enumerate(owns):
        assert curves(tuple(turn[n] for turn in turns)) == curves(held(own))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shown_of_the_first_layer_is_what_it_weighs(kind: View) -> None:
    """Every weight is measured: the answer to a picture of one white pixel, less that to a black one."""
    net = race.network(kind, Train())
    theta = np.arange(net.parts[-1].stop, dtype=np.float64)  # no two alike
    first = theta[net.parts[0]]
    pixels = np.concatenate([np.zeros((1, 196)), np.eye(196)]).reshape(197, 1, 14, 14)
    y = net.layers[0].apply(first, pixels)[0]
    weighs = (y[1:] - y[0]).reshape(14, 14, 16, 10, 10)  # pixel, map, place
    shown = race.kernels(kind, net, theta)
    if kind == "dense":
        assert shown.tolist() == [weighs[:, :, o, 5, 5].tolist() for o in range(16)]
        return
    at = {
        "conv": [(o, 0, 0) for o in range(16)],
        "tiled": [(0, i, j) for i in range(2) for j in range(2)],
        "local": [(0, i, j) for i in range(10) for j in range(10)],
    }[kind]
    assert shown.tolist() == [weighs[i : i + 5, j : j + 5, o, i, j].tolist() for o, i, j in at]


def test_what_is_shown_is_a_copy_that_later_training_does_not_touch() -> None:
    first, *_, last = held(of(racers=("conv",)))
    assert not np.array_equal(first.scores["conv", False].kernels, last.scores["conv", False].kernels)
    net = race.network("conv", Train())
    theta = net.init(0)
    shown = race.kernels("conv", net, theta)
    theta[:] = 0
    assert shown.any()


# Divergence.

WILD = of(optimiser="momentum", rate=10.0, batch=1, examples=20, epochs=4, racers=("dense", "local", "conv"))


def test_a_network_whose_loss_is_no_number_ends_there_and_the_others_go_on() -> None:
    with np.errstate(all="ignore"):
        rounds = tuple(filter(None, race.contest(WILD)))
    ends = {entry: number for number, r in enumerate(rounds, 1) for entry, s in r.scores.items() if s.diverged}
    assert set(ends) == {("dense", False), ("local", False)}
    assert len(rounds) == 4
    for entry, end in ends.items():
        assert [entry in round.scores for round in rounds] == [number <= end for number in range(1, 5)]
    assert all(np.isfinite(s.loss) or s.diverged for r in rounds for s in r.scores.values())
    assert all(("conv", False) in round.scores for round in rounds)


def test_divergence_is_no_surprise_to_the_server() -> None:
    assert len(tuple(filter(None, race.contest(WILD)))) == 4  # a warning is an error here


def test_when_all_have_diverged_the_contest_is_over() -> None:
    with np.errstate(all="ignore"):
        rounds = tuple(filter(None, race.contest(replace(WILD, racers=("dense", "local"), epochs=50))))
    assert 1 <= len(rounds) < 10
    assert all(score.diverged for score in rounds[-1].scores.values())


# The goal.


def test_with_300_digits_a_convolution_beats_full_connection_by_thirty_points() -> None:
    own = edited(Train(), racers=("dense", "conv"), seed=1)
    assert own.examples == 300
    last = held(own)[-1].scores
    assert last["conv", False].test >= last["dense", False].test + 0.3
    _, test = race.lessons(own, 300)
    assert last["conv", False].test == pytest.approx(share(theta_of(held(own)[-1]), test, "max"), abs=1.01 / 600)
