"""The gradient of a shared weight is the sum of what every position contributes, and both are what loops say."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from components.display.race import Round
from components.pages.train import gradient, race
from components.pages.train.gradient import Contributions
from components.pages.train.state import Train
from kernels.images.digits import Examples
from tests.support.derivatives import slopes
from tests.support.pictures import read_values
from tests.support.text import exact, numbers
from tests.support.training import LOST, Floats, answers, entropy, held, maps_of, of, plain, read, theta_of, variant

every_readout = pytest.mark.parametrize("readout", ["max", "mean", "flat"])


def own_of(readout: str) -> Train:
    return of(readout=readout, kinds=("conv",), examples=20, watched=(3, 1, 4))


def theta_for(readout: str) -> Floats:
    return theta_of(held(own_of(readout))[-1])


@cache
def found(readout: str) -> Contributions:
    return gradient.contributions(own_of(readout), theta_for(readout))


def derived(theta: Floats, these: Examples, readout: str) -> Floats:
    """∂L/∂ the sums of the first layer, by hand."""
    x = plain(these)
    maps, last = maps_of(theta, x), theta[416:].reshape(10, -1)[:, :-1]
    chances = np.exp(answers(theta, x, readout))
    chances /= chances.sum(axis=1, keepdims=True)
    chances[np.arange(len(x)), these.labels] -= 1
    asked = chances @ last / len(x)
    assert asked.shape == read(maps, readout).shape
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


@every_readout
def test_what_each_position_contributes_is_what_loops_say_and_adds_up_to_the_shared_gradient(readout: str) -> None:
    own = own_of(readout)
    train, _ = race.shifted_digits(own, 20)
    down, x = derived(theta_for(readout), train, readout), plain(train)
    positions, kernels = np.zeros((10, 10)), np.zeros((16, 5, 5))
    for n, i, j in product(range(20), range(10), range(10)):
        positions[i, j] += down[n, 3, i, j] * x[n, i + 1, j + 4]
    for k, l in product(range(5), range(5)):
        kernels[:, k, l] = (down * x[:, None, k : k + 10, l : l + 10]).sum(axis=(0, 2, 3))
    assert np.abs(positions).max() > 1e-6
    np.testing.assert_allclose(found(readout).positions, positions, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found(readout).kernels, kernels, rtol=1e-9, atol=1e-12)


@every_readout
def test_the_shared_gradient_is_the_slope_of_the_loss(readout: str) -> None:
    train, _ = race.shifted_digits(own_of(readout), 20)
    (slope,) = slopes(lambda theta: entropy(theta, train, readout), theta_for(readout), [3 * 25 + 1 * 5 + 4])
    assert found(readout).kernels[3, 1, 4] == pytest.approx(slope, rel=1e-4, abs=1e-8)


def test_any_weight_can_be_watched() -> None:
    for watched in ((0, 0, 0), (15, 4, 4), (7, 4, 0)):
        other = gradient.contributions(replace(own_of("max"), watched=watched), theta_for("max"))
        assert other.positions.sum() == pytest.approx(other.kernels[watched], rel=1e-9, abs=1e-15)


def test_the_cards_say_the_sum_and_frame_the_weight_it_is_of() -> None:
    apart, whole = gradient.as_cards(own_of("max"), found("max"))
    total, shared = float(found("max").positions.sum()), float(found("max").kernels[3, 1, 4])
    assert exact(apart.facts[0].exact) == pytest.approx(total, rel=1e-8)
    assert numbers(apart.facts[0].text) == pytest.approx([total], rel=0.06)
    assert (apart.headline, whole.headline) == (f"Sum: {apart.facts[0].text}", f"F₂₅: {whole.facts[0].text}")
    assert exact(whole.facts[0].exact) == pytest.approx(shared, rel=1e-8)
    assert whole.facts[0].good is True
    assert whole.pictures[0].marks == ((1, 4, 1, 1),)
    assert apart.title == "∂L/∂F₂₅ of kernel 4, by position"
    np.testing.assert_allclose(read_values(apart.pictures[0]), found("max").positions.astype(np.float32))
    np.testing.assert_allclose(read_values(whole.pictures[0]), found("max").kernels[3].astype(np.float32))
    wrong = replace(found("max"), positions=found("max").positions + 0.01)
    assert gradient.as_cards(own_of("max"), wrong)[1].facts[0].good is False


def test_the_newest_parameters_are_those_before_the_convolution_diverged() -> None:
    own, rounds = own_of("max"), held(own_of("max"))
    assert gradient.newest(own, []).epoch == 0
    assert gradient.newest(own, []).theta.tolist() == race.network("conv", own).init(0).tolist()
    newest = gradient.newest(own, [*rounds[:2], Round(3, {variant("conv"): LOST})])
    assert (newest.epoch, newest.theta.tolist()) == (2, theta_of(rounds[1]).tolist())
