"""The bars are what every step adds to the gradient, their sum is the gradient, and the sentence says how it fares.

The network is written a second time here, in plain loops, with a V of its own for every step: the bar of a step is the
slope of the loss along that step's copy of the entry.
"""

import re
from functools import cache
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from components.pages.sequence import gradient
from components.pages.sequence.gradient import Followed
from components.pages.sequence.state import DEEP, Sequence
from components.state.link import edited, limits
from kernels.learning.recurrent import Recurrent
from tests.support.text import numbers

Floats = NDArray[np.float64]
H, F = 8, 4
RADII = [0.1, 0.3, 0.5, 0.8, 1.0, 1.1, 1.25, 1.4, 1.6]
FARS = [2, 3, 8, 24, 64]
SEEDS = range(8)
EVERY = list(product(RADII, FARS, SEEDS))
GUESSED = {"vanishes": (0, 0.1), "arrives about as it left": (0.1, 10), "explodes": (10, np.inf)}


def of(**ways: object) -> Sequence:
    return edited(Sequence(), **ways)


@cache
def followed(radius: float, far: int, seed: int, entry: tuple[int, int] = (0, 0)) -> tuple[Sequence, Followed]:
    own = of(radius=radius, far=far, seed=seed, entry=entry)
    return own, gradient.followed(own)


def drawn(own: Sequence) -> tuple[Floats, Floats, Floats, Floats]:
    """U, V of the chosen radius, b and the inputs, from the seed."""
    rng = np.random.default_rng(own.seed)
    theta = Recurrent(H).init(rng, (1, own.far, F)).astype(np.float64)
    U, V, b = theta[: H * F].reshape(H, F), theta[H * F : -H].reshape(H, H), theta[-H:]
    return U, V * (own.radius / abs(np.linalg.eigvals(V)).max()), b, gradient.LOUD * rng.standard_normal((own.far, F))


def loss(U: Floats, Vs: list[Floats], b: Floats, x: Floats) -> float:
    """The sum of the last state, with a V for every step."""
    h = np.zeros(H)
    for t in range(len(x)):
        a = [b[i] + sum(U[i, f] * x[t, f] for f in range(F)) for i in range(H)]
        if t:
            a = [a[i] + sum(Vs[t][i, j] * h[j] for j in range(H)) for i in range(H)]
        h = np.tanh(np.array(a))
    return float(h.sum())


def slopes(own: Sequence) -> Floats:
    """∂L/∂V_t of the entry at every step, by differences."""
    U, V, b, x = drawn(own)
    found = np.zeros(own.far)
    for t in range(1, own.far):
        ends = []
        for step in (1e-4, -1e-4):
            Vs = [V.copy() for _ in x]
            Vs[t][own.entry] += step
            ends.append(loss(U, Vs, b, x))
        found[t] = (ends[0] - ends[1]) / 2e-4
    return found / gradient.LOUD


def exact(text: str) -> float:
    """A number of many figures, however it is written."""
    return numbers(text)[0] if "×" in text else float(text.replace("−", "-"))


def sizes(own: Sequence) -> Floats:
    """‖∂L/∂h_t‖, step by step from the last."""
    U, V, b, x = drawn(own)
    states = [np.zeros(H)]
    for row in x:
        states.append(np.tanh(U @ row + V @ states[-1] + b))
    up, found = np.ones(H), [float(np.sqrt(H))]
    for h in reversed(states[2:]):
        up = np.array([sum(V[i, j] * up[i] * (1 - h[i] ** 2) for i in range(H)) for j in range(H)])
        found.append(float(np.sqrt(sum(up**2))))
    return np.array(found[::-1])


CASES = [(0.1, 5, 0, (0, 0)), (0.8, 12, 1, (7, 2)), (1.0, 9, 2, (3, 3)), (1.3, 12, 3, (0, 7)), (1.6, 2, 4, (5, 1))]
every_case = pytest.mark.parametrize("case", CASES, ids=str)


@every_case
def test_each_bar_is_the_slope_along_that_steps_own_copy(case: tuple[float, int, int, tuple[int, int]]) -> None:
    own, found = followed(*case)
    wanted = slopes(own)
    assert found.parts.shape == (own.far,)
    np.testing.assert_allclose(found.parts, wanted, rtol=1e-4, atol=1e-6 * abs(wanted).max())


@every_case
def test_the_whole_is_the_slope_along_the_one_entry_that_all_steps_share(
    case: tuple[float, int, int, tuple[int, int]],
) -> None:
    own, found = followed(*case)
    U, V, b, x = drawn(own)
    ends = []
    for step in (1e-4, -1e-4):
        tied = V.copy()
        tied[own.entry] += step
        ends.append(loss(U, [tied] * own.far, b, x))
    slope = (ends[0] - ends[1]) / 2e-4 / gradient.LOUD
    assert found.total == pytest.approx(slope, rel=1e-4, abs=1e-5 * abs(found.parts).max())


@pytest.mark.parametrize("far", FARS)
@pytest.mark.parametrize("radius", RADII)
def test_the_bars_come_to_the_gradient_and_the_first_step_adds_nothing(radius: float, far: int) -> None:
    for seed in SEEDS:
        _, found = followed(radius, far, seed)
        assert found.parts.sum() == pytest.approx(found.total, rel=1e-9, abs=1e-12 * abs(found.parts).sum())
        assert found.parts[0] == 0
        assert found.parts[1:].all()


@pytest.mark.parametrize("radius", RADII)
def test_what_arrives_is_what_goes_back_step_by_step(radius: float) -> None:
    for far, seed in product(FARS, (0, 5)):
        own, found = followed(radius, far, seed)
        np.testing.assert_allclose(found.arriving, sizes(own), rtol=1e-9)


def test_everything_that_can_be_asked_for_is_a_number_above_nothing() -> None:
    assert (limits(Sequence, "radius"), limits(Sequence, "far"), DEEP) == ((0.1, 1.6), (2, 64), 8)
    for radius, far, seed in EVERY:
        _, found = followed(radius, far, seed)
        assert np.isfinite(found.arriving).all()
        assert (found.arriving > 0).all()
        assert np.isfinite(found.parts).all()
        assert np.isfinite(found.total)


def test_the_parts_of_another_entry_are_others() -> None:
    own = of()
    totals = {gradient.followed(edited(own, entry=(i, j))).total for i, j in product(range(H), repeat=2)}
    assert len(totals) == 64


# The sentence.


@pytest.mark.parametrize("radius", RADII)
def test_the_sentence_has_the_radius_the_ends_and_the_factor_of_a_step(radius: float) -> None:
    for far, seed in product(FARS, SEEDS):
        own, found = followed(radius, far, seed)
        text = gradient.sentence(own, found).replace("**", "")
        first, last = found.arriving[0], found.arriving[-1]
        wanted = [radius, last, far, first, (first / last) ** (1 / (far - 1))]
        assert numbers(text) == pytest.approx(wanted, rel=0.05)
        assert not re.search(r"nan|inf|e[-+]\d", text)


def test_the_fate_in_the_sentence_is_that_of_the_ratio_and_all_three_occur() -> None:
    fates = []
    for radius, far, seed in EVERY:
        own, found = followed(radius, far, seed)
        fate = re.findall(r"\*\*(.+?)\*\*", gradient.sentence(own, found))
        ratio = found.arriving[0] / found.arriving[-1]
        (low, high) = GUESSED[fate[0]]
        assert low <= ratio <= high
        fates += fate
    assert set(fates) == set(GUESSED)


@pytest.mark.parametrize("radius", RADII)
def test_over_many_steps_the_factor_of_a_step_is_the_spectral_radius(radius: float) -> None:
    """What the page says it shows, and why its inputs are so small: tanh must not hide what V does."""
    ends = [followed(radius, 64, seed)[1].arriving[[0, -1]] for seed in SEEDS]
    assert [(first / last) ** (1 / 63) for first, last in ends] == pytest.approx([radius] * len(SEEDS), rel=0.05)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("radius", "fate"), [(0.5, "vanishes"), (0.8, "vanishes"), (1.0, "arrives"), (1.25, "explodes"), (1.6, "explodes")]
)
def test_over_many_steps_a_small_radius_vanishes_and_a_large_one_explodes(radius: float, fate: str, seed: int) -> None:
    assert f"**{fate}" in gradient.sentence(*followed(radius, 64, seed))


def test_a_gradient_that_has_died_out_is_still_a_sentence() -> None:
    dead = Followed(np.zeros(64), 0.0, np.array([0.0] * 63 + [8**0.5]))
    text = gradient.sentence(of(far=64), dead)
    assert "**vanishes**" in text
    assert numbers(text.replace("**", "")) == pytest.approx([0.8, 2.83, 64, 0, 0])


# The columns.


def test_the_two_columns_say_the_same_number_and_it_is_always_good() -> None:
    for radius, far, seed in EVERY:
        own, found = followed(radius, far, seed)
        bars, whole = gradient.as_cards(own, found)
        assert whole.facts[0].good is True
        one, other = (exact(column.facts[0].text) for column in (bars, whole))
        assert other == pytest.approx(found.total, rel=1e-8)
        assert one == pytest.approx(other, rel=1e-7, abs=1e-9 * abs(found.parts).sum())


@pytest.mark.parametrize("far", FARS)
def test_as_many_bars_are_counted_as_steps_use_v(far: int) -> None:
    own, found = followed(0.8, far, 0)
    bars, _ = gradient.as_cards(own, found)
    assert bars.title == f"Sum of the {far - 1} bar{'s' * (far > 2)}"
    assert np.count_nonzero(found.parts) == far - 1


def test_a_sum_that_is_not_the_gradient_would_be_seen() -> None:
    own, found = followed(0.8, 24, 0)
    wrong = Followed(found.parts, found.total + 1e-6 * float(abs(found.parts).sum()), found.arriving)
    assert gradient.as_cards(own, wrong)[1].facts[0].good is False


def test_the_entry_is_named_as_it_is_counted() -> None:
    own, found = followed(0.8, 24, 0, (7, 0))
    assert gradient.entry_name(own) == "V₈₁"
    assert gradient.as_cards(own, found)[1].title == "∂L/∂V₈₁ of the tied layer"


def test_no_number_is_written_as_computers_do() -> None:
    own, found = followed(0.5, 24, 0)
    texts = [gradient.NOTE, gradient.sentence(own, found)]
    texts += [text for c in gradient.as_cards(own, found) for text in (c.headline, c.facts[0].text)]
    assert not [text for text in texts if re.search(r"\de[-+]\d|(?<!\w)-\d", text)]


def test_the_note_has_the_numbers_there_are() -> None:
    assert numbers(gradient.NOTE)[:2] == [8, 4]
    assert gradient.FEATURES == F
