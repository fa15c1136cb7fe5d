"""The bars are what every step adds to the gradient, their sum is the gradient, and the sentence says how it fares."""

import re
from functools import cache
from itertools import product

import numpy as np
import pytest

from components.pages.sequence import gradient
from components.pages.sequence.gradient import Contributions
from components.pages.sequence.state import DEEP, Sequence
from components.state.link import edited, limits
from kernels.learning.recurrent import Recurrent, by_step, norms, with_radius
from tests.support.text import exact, numbers

H, F = 8, 4
RADII = [0.1, 0.5, 0.8, 1.0, 1.25, 1.6]
FARS = [2, 3, 24, 64]
EVERY = list(product(RADII, FARS, range(2)))
FATES = {"vanishes": (0, 0.1), "keeps about its size": (0.1, 10), "explodes": (10, np.inf)}


def of(radius: float, far: int, seed: int, entry: tuple[int, int] = (0, 0)) -> Sequence:
    return edited(Sequence(), radius=radius, far=far, seed=seed, entry=entry)


CASES = [of(0.1, 5, 0), of(0.8, 12, 1, (7, 2)), of(1.0, 9, 2, (3, 3)), of(1.3, 12, 3, (0, 7)), of(1.6, 2, 4, (5, 1))]


@cache
def found(own: Sequence) -> Contributions:
    return gradient.contributions(own)


@pytest.mark.parametrize("own", CASES, ids=str)
def test_bars_and_norms_are_those_of_back_propagation_with_what_the_seed_draws(own: Sequence) -> None:
    layer, shape, rng = Recurrent(H), (1, own.far, F), np.random.default_rng(own.seed)
    theta = with_radius(layer, layer.init(rng, shape).astype(np.float64), shape, own.radius)
    x, ones = gradient.SCALE * rng.standard_normal((1, *shape)), np.ones((1, H, 1, 1))
    parts = by_step(layer, theta, x, ones)[1][:, *own.entry] / gradient.SCALE
    np.testing.assert_allclose(found(own).parts, parts, rtol=1e-12)
    assert found(own).total == pytest.approx(parts.sum(), rel=1e-9)
    np.testing.assert_allclose(found(own).norms, norms(layer, theta, x, ones), rtol=1e-12)


def test_the_bars_come_to_the_gradient_and_the_first_step_adds_nothing() -> None:
    assert (limits(Sequence, "radius"), limits(Sequence, "far"), DEEP) == ((0.1, 1.6), (2, 64), 8)
    for one in EVERY:
        parts = found(of(*one))
        assert np.isfinite(parts.parts).all()
        assert parts.parts.sum() == pytest.approx(parts.total, rel=1e-9, abs=1e-12 * abs(parts.parts).sum())
        assert parts.parts[0] == 0
        assert parts.parts[1:].all()


def test_the_sentence_has_the_radius_the_ends_the_factor_of_a_step_and_the_fate_of_the_ratio() -> None:
    fates = set()
    for radius, far, seed in EVERY:
        own = of(radius, far, seed)
        text = gradient.sentence(own, found(own))
        first, last = found(own).norms[0], found(own).norms[-1]
        wanted = [radius, last, far, first, (first / last) ** (1 / (far - 1))]
        assert numbers(text.replace("**", "")) == pytest.approx(wanted, rel=0.05)
        (fate,) = re.findall(r"\*\*(.+?)\*\*", text)
        low, high = FATES[fate]
        assert low <= first / last <= high
        fates.add(fate)
    assert fates == set(FATES)
    for ratio, fate in ((0.099, "vanishes"), (0.101, "keeps"), (9.9, "keeps"), (10.1, "explodes")):
        ends = Contributions(np.zeros(2), 0.0, np.array([ratio, 1.0]))
        assert f"**{fate}" in gradient.sentence(of(1.0, 2, 0), ends)


@pytest.mark.parametrize(
    ("radius", "fate"), [(0.5, "vanishes"), (0.8, "vanishes"), (1.0, "keeps"), (1.25, "explodes"), (1.6, "explodes")]
)
def test_over_many_steps_the_factor_of_a_step_is_the_radius_and_it_decides_the_fate(radius: float, fate: str) -> None:
    """What the page says it shows, and why its inputs are so small: tanh must not hide what V does."""
    for seed in range(8):
        own = of(radius, 64, seed)
        first, last = found(own).norms[[0, -1]]
        assert (first / last) ** (1 / 63) == pytest.approx(radius, rel=0.05)
        assert f"**{fate}" in gradient.sentence(own, found(own))


def test_a_gradient_that_has_died_out_is_still_a_sentence() -> None:
    dead = Contributions(np.zeros(64), 0.0, np.array([0.0] * 63 + [8**0.5]))
    text = gradient.sentence(of(0.8, 64, 0), dead)
    assert "**vanishes**" in text
    assert numbers(text.replace("**", "")) == pytest.approx([0.8, 2.83, 64, 0, 0])


def test_the_two_cards_say_the_same_number_and_it_is_always_good() -> None:
    for one in EVERY:
        own = of(*one)
        bars, whole = gradient.as_cards(own, found(own))
        assert bars.title == f"Sum of the {own.far - 1} bar" + ("s" if own.far > 2 else "")
        assert whole.facts[0].good is True
        summed, total = (exact(card.facts[0].text) for card in (bars, whole))
        assert total == pytest.approx(found(own).total, rel=1e-8)
        assert summed == pytest.approx(total, rel=1e-7, abs=1e-9 * abs(found(own).parts).sum())


def test_a_sum_that_is_not_the_gradient_would_be_seen() -> None:
    own = of(0.8, 24, 0, (7, 0))
    parts = found(own)
    wrong = Contributions(parts.parts, parts.total + 1e-6 * float(abs(parts.parts).sum()), parts.norms)
    assert gradient.as_cards(own, wrong)[1].facts[0].good is False
    assert gradient.as_cards(own, parts)[1].title == "∂L/∂V₈₁ of the tied layer"
