"""The bars are what every step adds to the gradient, their sum is the gradient, and the sentence says how it fares.

The network is written a second time here, in plain loops, with a V of its own for every step: the bar of a step is the
slope of the loss along that step's copy of the entry.
"""

import re
from functools import cache
from itertools import product

import numpy as np
import pytest

from components.pages.sequence import gradient
from components.pages.sequence.gradient import Contributions
from components.pages.sequence.state import DEEP, Sequence
from components.state.link import edited, limits
from kernels.learning.recurrent import Recurrent
from tests.support.text import exact, numbers
from tests.support.training import Floats

H, F = 8, 4
RADII = [0.1, 0.5, 0.8, 1.0, 1.25, 1.6]
FARS = [2, 3, 24, 64]
EVERY = list(product(RADII, FARS, range(2)))
FATES = {"vanishes": (0, 0.1), "keeps about its size": (0.1, 10), "explodes": (10, np.inf)}
CASES = [(0.1, 5, 0, (0, 0)), (0.8, 12, 1, (7, 2)), (1.0, 9, 2, (3, 3)), (1.3, 12, 3, (0, 7)), (1.6, 2, 4, (5, 1))]


def of(radius: float, far: int, seed: int, entry: tuple[int, int] = (0, 0)) -> Sequence:
    return edited(Sequence(), radius=radius, far=far, seed=seed, entry=entry)


@cache
def found(own: Sequence) -> Contributions:
    return gradient.contributions(own)


def drawn(own: Sequence) -> tuple[Floats, Floats, Floats, Floats]:
    """U, V of the chosen radius, b and the inputs, from the seed."""
    rng = np.random.default_rng(own.seed)
    theta = Recurrent(H).init(rng, (1, own.far, F)).astype(np.float64)
    U, V, b = theta[: H * F].reshape(H, F), theta[H * F : -H].reshape(H, H), theta[-H:]
    return U, V * (own.radius / abs(np.linalg.eigvals(V)).max()), b, gradient.SCALE * rng.standard_normal((own.far, F))


def loss(U: Floats, Vs: list[Floats], b: Floats, x: Floats) -> float:
    """The sum of the last state, with a V for every step."""
    h = np.zeros(H)
    for t in range(len(x)):
        a = [b[i] + sum(U[i, f] * x[t, f] for f in range(F)) for i in range(H)]
        if t:
            a = [a[i] + sum(Vs[t][i, j] * h[j] for j in range(H)) for i in range(H)]
        h = np.tanh(np.array(a))
    return float(h.sum())


def slope(own: Sequence, steps: range) -> float:
    """∂L/∂ the entry of V at these steps together, by differences."""
    U, V, b, x = drawn(own)
    ends = []
    for change in (1e-4, -1e-4):
        Vs = [V.copy() for _ in x]
        for t in steps:
            Vs[t][own.entry] += change
        ends.append(loss(U, Vs, b, x))
    return (ends[0] - ends[1]) / 2e-4 / gradient.SCALE


def norms(own: Sequence) -> Floats:
    """‖∂L/∂h_t‖, step by step from the last."""
    U, V, b, x = drawn(own)
    states = [np.zeros(H)]
    for row in x:
        states.append(np.tanh(U @ row + V @ states[-1] + b))
    up, sizes = np.ones(H), [float(np.sqrt(H))]
    for h in reversed(states[2:]):
        up = np.array([sum(V[i, j] * up[i] * (1 - h[i] ** 2) for i in range(H)) for j in range(H)])
        sizes.append(float(np.sqrt(sum(up**2))))
    return np.array(sizes[::-1])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_bar_is_the_slope_along_that_steps_copy_and_the_whole_along_the_one_they_share(
    case: tuple[float, int, int, tuple[int, int]],
) -> None:
    own = of(*case)
    wanted = [slope(own, range(t, t + 1)) for t in range(own.far)]
    np.testing.assert_allclose(found(own).parts, wanted, rtol=1e-4, atol=1e-6 * max(map(abs, wanted)))
    total = slope(own, range(own.far))
    assert found(own).total == pytest.approx(total, rel=1e-4, abs=1e-5 * abs(found(own).parts).max())


def test_the_bars_come_to_the_gradient_and_the_first_step_adds_nothing() -> None:
    assert (limits(Sequence, "radius"), limits(Sequence, "far"), DEEP) == ((0.1, 1.6), (2, 64), 8)
    for one in EVERY:
        parts = found(of(*one))
        assert np.isfinite(parts.parts).all()
        assert parts.parts.sum() == pytest.approx(parts.total, rel=1e-9, abs=1e-12 * abs(parts.parts).sum())
        assert parts.parts[0] == 0
        assert parts.parts[1:].all()
        np.testing.assert_allclose(parts.norms, norms(of(*one)), rtol=1e-9)


def test_the_parts_of_another_entry_are_others() -> None:
    entries = [(i, j) for i, j in product(range(H), repeat=2)]
    assert len({found(of(0.8, 8, 0, entry)).total for entry in entries}) == 64


# The sentence.


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


# The cards.


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


def test_no_number_is_written_as_computers_do_and_the_note_has_those_there_are() -> None:
    own = of(0.5, 24, 0)
    texts = [gradient.NOTE, gradient.sentence(own, found(own))]
    texts += [text for c in gradient.as_cards(own, found(own)) for text in (c.headline, c.facts[0].text)]
    assert not [text for text in texts if re.search(r"\de[-+]\d|(?<!\w)-\d", text)]
    assert numbers(gradient.NOTE)[:2] == [H, F] == [DEEP, gradient.FEATURES]
