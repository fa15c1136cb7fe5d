"""The race is fair: all networks see the same digits, and differ in the wiring of their first layer alone."""

from dataclasses import fields, replace
from itertools import product

import numpy as np
import pytest

from components.pages.train import race
from components.pages.train.state import Train
from components.state.link import edited
from components.state.setup import View
from kernels.layer.spec import Array
from kernels.learning.linear import Wired
from tests.support.training import ALL, KINDS, PARAMETERS, entropy, held, of, plain, raw, share, theta_of, variant

CONV = variant("conv")


def test_the_networks_differ_in_nothing_but_the_wiring_of_their_first_layer() -> None:
    for readout, more in (("max", 0), ("mean", 0), ("flat", 10 * (1600 - 16))):
        own = of(readout=readout)
        for kind in KINDS:
            net = race.network(kind, own)
            first = net.layers[0]
            assert isinstance(first, Wired)
            assert (first.kind, first.spec) == (kind, race.FIRST)
            assert net.layers[1:] == race.network("conv", own).layers[1:]
            assert net.shapes[1:3] == ((16, 10, 10), (16, 10, 10))
            assert net.parameters == PARAMETERS[kind] + more


def test_every_wiring_trains_and_once_more_on_scrambled_pixels() -> None:
    own = of(kinds=("conv", "dense"))
    in_order = [variant("dense"), variant("conv")]
    assert race.variants(own) == in_order
    scrambled = [variant("dense", True), variant("conv", True)]
    assert race.variants(replace(own, scrambled=True)) == in_order + scrambled


def test_what_changes_the_race_changes_its_key_and_nothing_else_does() -> None:
    other: dict[str, object] = {
        "kinds": ("conv",), "examples": 41, "reach": 1, "readout": "mean", "scrambled": True, "optimiser": "momentum",
        "rate": 0.1, "batch": 3, "epochs": 9, "seed": 5, "pace": "step", "watched": (1, 0, 0), "disturbance": 1.0,
        "tab": "nets",
    }  # fmt: skip
    assert set(other) == {field.name for field in fields(Train)}
    same = {name for name, value in other.items() if race.key(edited(Train(), **{name: value})) == Train()}
    assert same == {"pace", "watched", "disturbance", "tab"}


def shifts(canvas: Array, label: int) -> set[int]:
    """By how many pixels a digit of this label has been shifted here; several where its margin is empty."""
    found = set()
    pixels, labels = raw()
    here = pixels[labels == label]
    for down, right in product(range(-3, 4), range(-3, 4)):
        inside = canvas[3 + down : 11 + down, 3 + right : 11 + right]
        if inside.sum() == canvas.sum() and (here == inside).all(axis=(1, 2)).any():
            found.add(max(abs(down), abs(right)))
    return found


@pytest.mark.parametrize("reach", [0, 1, 3])
def test_digits_to_train_with_are_shifted_within_the_reach_and_the_others_all_over_the_canvas(reach: int) -> None:
    train, test = race.shifted_digits(of(reach=reach), 60)
    assert (len(train), len(test)) == (60, 600)
    found = [shifts(x, label) for x, label in zip(plain(train), train.labels, strict=True)]
    assert max(min(some) for some in found) == reach
    there = [shifts(x, label) for x, label in zip(plain(test)[:60], test.labels[:60], strict=True)]
    assert max(min(some) for some in there) == 3


def test_fewer_digits_are_the_first_of_more_and_the_reach_does_not_touch_the_test() -> None:
    (few, test), (many, equal) = (race.shifted_digits(of(), n) for n in (20, 50))
    assert np.array_equal(few.x, many.x[:20])
    assert np.array_equal(few.labels, many.labels[:20])
    assert np.array_equal(test.x, equal.x)
    near, far = race.shifted_digits(of(reach=0), 50)
    assert np.array_equal(far.x, test.x)
    assert np.array_equal(near.labels, many.labels)
    seen = {x.tobytes() for x in many.x}
    assert not any(x.tobytes() in seen for x in test.x)


def test_another_seed_has_other_digits_and_another_order() -> None:
    one, other = (race.shifted_digits(of(seed=seed), 40)[0] for seed in (0, 1))
    assert not np.array_equal(one.x, other.x)
    assert race.order(of()).tolist() == race.order(of(epochs=2)).tolist() != list(range(196))
    assert race.order(of()).tolist() != race.order(of(seed=1)).tolist()
    assert sorted(race.order(of()).tolist()) == list(range(196))


def test_the_harder_tests_are_the_test_digits_shifted_by_exactly_so_many_pixels() -> None:
    _, test = race.shifted_digits(of(), 40)
    found = race.tests_by_shift(of())
    for shift, these in enumerate(found):
        assert np.array_equal(these.labels, test.labels)
        there = [shifts(x, label) for x, label in zip(plain(these)[:50], these.labels[:50], strict=True)]
        assert all(shift in some for some in there)
    assert len({these.x.tobytes() for these in found}) == 4


@pytest.mark.parametrize("readout", ["max", "mean", "flat"])
def test_the_results_are_those_of_a_plain_forward_pass(readout: str) -> None:
    own = of(readout=readout, kinds=("conv",), batch=40)
    train, test = race.shifted_digits(own, 40)
    before = race.network("conv", own).init(0).astype(np.float64)
    for round in held(own):
        score, theta = round.results[CONV], theta_of(round)
        assert score.train == pytest.approx(share(theta, train, readout), abs=1e-12)
        assert score.test == pytest.approx(share(theta, test, readout), abs=1.01 / 600)  # float32 may lose one
        assert score.loss == pytest.approx(entropy(before, train, readout), rel=1e-4)  # of the one batch, before it
        before = theta
    harder = [share(before, these, readout) for these in race.tests_by_shift(own)]
    assert held(own)[-1].results[CONV].harder == pytest.approx(harder, abs=1.01 / 600)


def test_every_network_is_in_every_round_and_the_convolution_alone_keeps_its_parameters() -> None:
    assert [round.number for round in held(ALL)] == [1, 2, 3]
    for round in held(ALL):
        assert list(round.results) == race.variants(ALL)
        assert [v for v, score in round.results.items() if score.theta is not None] == [CONV]
        kernels = round.results[CONV].kernels
        assert kernels is not None
        assert np.array_equal(kernels.ravel(), theta_of(round)[:400].astype(np.float32))


def test_scrambled_pixels_are_in_one_order_and_a_fully_connected_network_does_not_notice() -> None:
    order = race.order(ALL)
    for round in held(ALL):
        straight, mixed = round.results[variant("dense")], round.results[variant("dense", True)]
        assert mixed.loss == pytest.approx(straight.loss, rel=1e-3)
        assert mixed.train == pytest.approx(straight.train, abs=1.01 / 40)
        assert mixed.test == pytest.approx(straight.test, abs=3.01 / 600)
        assert straight.kernels is not None
        assert mixed.kernels is not None
        seen = straight.kernels.reshape(16, -1)[:, order].reshape(mixed.kernels.shape)
        np.testing.assert_allclose(mixed.kernels, seen, atol=1e-3)
    last = held(ALL)[-1].results
    assert last[variant("dense", True)].harder == pytest.approx(last[variant("dense")].harder, abs=3.01 / 600)
    assert last[CONV].loss != last[variant("conv", True)].loss


def figures(own: Train) -> list[dict[str, tuple[float, ...]]]:
    return [{v.name: (s.train, s.test, s.loss, *s.harder) for v, s in r.results.items()} for r in held(own)]


def test_the_seed_decides_the_race_and_company_changes_nothing() -> None:
    own = of(kinds=("dense", "conv"), epochs=1, examples=20)
    first = figures(own)
    held.cache_clear()
    assert figures(own) == first != figures(replace(own, seed=1))
    assert figures(replace(own, kinds=("conv",))) == [{"Convolution": one["Convolution"]} for one in first]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shown_of_the_first_layer_is_what_it_weighs(kind: View) -> None:
    """Every weight is measured: the answer to a picture of one white pixel, less that to a black one."""
    net = race.network(kind, Train())
    theta = np.arange(net.parameters, dtype=np.float64)  # no two alike
    pixels = np.concatenate([np.zeros((1, 196)), np.eye(196)]).reshape(197, 1, 14, 14)
    y = net.layers[0].apply(theta[net.parts[0]], pixels)[0]
    weighs = (y[1:] - y[0]).reshape(14, 14, 16, 10, 10)  # pixel, map, position
    shown: Array = race.kernels(kind, net, theta)
    theta[:] = 0  # later training does not touch what is shown
    if kind == "dense":
        assert shown.tolist() == [weighs[:, :, o, 5, 5].tolist() for o in range(16)]
        return
    at = {
        "conv": [(o, 0, 0) for o in range(16)],
        "tiled": [(0, i, j) for i in range(2) for j in range(2)],
        "local": [(0, i, j) for i in range(10) for j in range(10)],
    }[kind]
    assert shown.tolist() == [weighs[i : i + 5, j : j + 5, o, i, j].tolist() for o, i, j in at]


@pytest.mark.long
def test_scrambled_a_convolution_falls() -> None:
    last = held(edited(Train(), kinds=("conv",), scrambled=True, examples=200, epochs=20))[-1].results
    assert last[CONV].test > last[variant("conv", True)].test + 0.2
