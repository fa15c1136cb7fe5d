"""Filters that learn on the page: what is drawn and said is what was measured, and what theory says for it."""

import math
import re
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import theme
from components.display.cards import Card
from components.pages.channels import adaptive
from components.pages.channels.adaptive import System
from components.pages.channels.state import Adaptive
from components.state.link import edited
from components.state.setup import Setup
from kernels.adaptive.lms import Learned
from kernels.adaptive.systems import SLICE, Mimo, Parallel, Pictures
from kernels.layer.spec import SpecError
from tests.support.pictures import hashed, read_png, read_values
from tests.support.text import numbers

Floats = NDArray[np.float64]
PICTURE: Floats = np.random.default_rng(12).random((40, 50))
STATE = Setup()
SOBEL = [[1.0, 0, -1], [2, 0, -2], [1, 0, -1]]


def of(**ways: object) -> Adaptive:
    """The first state, changed, and quick."""
    return edited(Adaptive(), **({"steps": 600, "trials": 4} | ways))


def world_of(own: Adaptive, state: Setup = STATE, picture: Floats = PICTURE) -> System:
    return adaptive.world(own, state, picture)


@cache
def learned(own: Adaptive) -> tuple[Learned, ...]:
    return tuple(adaptive.start(own, world_of(own)))


def excess(own: Adaptive) -> Floats:
    """(filters, iterations)."""
    return np.concatenate([record.excess for record in learned(own)], axis=1)


def told(own: Adaptive) -> str:
    """The sentence after a whole run."""
    made = world_of(own)
    return adaptive.sentence(own, made, adaptive.curves(learned(own), own.steps), adaptive.predictions(own, made))


def facts(own: Adaptive) -> list[dict[str, str]]:
    made = world_of(own)
    shown = adaptive.fact_cards(made, adaptive.curves(learned(own), own.steps), adaptive.predictions(own, made))
    return [{fact.name: fact.text for fact in card.facts} for card in shown]


def decibels(power: float) -> float:
    return 10 * math.log10(power)


# What is learned from.


def test_each_experiment_is_the_world_it_says_with_the_numbers_that_were_set() -> None:
    numbers = {"members": 3, "lags": 5, "variance": 0.25, "steps": 700, "trials": 6, "seed": 9}
    harder = {"ar": 0.5, "mismatch": 0.3, "drift": 1e-4}
    parallel = world_of(of(**numbers, **harder))
    assert parallel == Parallel(3, 5, 0.25, 0.5, 0.3, 1e-4, 700, 6, 9)
    assert world_of(of(**numbers, experiment="mimo")) == Mimo(3, 5, 0.25, 700, 6, 9)
    pictures = world_of(of(**numbers, experiment="pictures"))
    assert isinstance(pictures, Pictures)
    assert pictures.picture is PICTURE
    assert pictures.kernel.tolist() == SOBEL
    assert (pictures.noise, pictures.iterations, pictures.trials, pictures.seed) == (0.25, 700, 4, 9)


def test_the_hidden_kernel_lies_on_the_picture_as_on_explore() -> None:
    made = world_of(of(experiment="pictures"), edited(STATE, kernel="1,2;3,4", flip=True))
    assert isinstance(made, Pictures)
    assert made.kernel.tolist() == [[4, 3], [2, 1]]


@pytest.mark.parametrize(
    ("taps", "size", "side"),
    [(3, (40, 50), 12), (8, (40, 50), 12), (9, (40, 50), 13), (15, (40, 50), 19), (3, (8, 50), 8), (15, (50, 16), 16)],
)
def test_patches_are_larger_than_the_kernel_where_the_picture_is(taps: int, size: tuple[int, int], side: int) -> None:
    state = edited(STATE, kernel=[[1] * taps] * taps)
    made = world_of(of(experiment="pictures"), state, np.random.default_rng(1).random(size))
    assert isinstance(made, Pictures)
    assert made.side == side
    outputs = (side - taps + 1) ** 2
    shared, untied = made.wirings
    assert (shared.n_params, untied.n_params) == (taps * taps, taps * taps * outputs)


@pytest.mark.parametrize("size", [(8, 8), (1, 64), (64, 14)], ids=str)
def test_a_kernel_larger_than_the_picture_is_refused_and_breaks_nothing_later(size: tuple[int, int]) -> None:
    state = edited(STATE, kernel=[[1] * 15] * 15)
    with pytest.raises(SpecError, match="15"):
        world_of(of(experiment="pictures"), state, np.zeros(size))


# Bad numbers.


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("mu", [0, -0.1, 2.1, math.nan, math.inf, "", None, True, "5%", 1e300, [0.1]]),
        ("members", [0, -1, 17, 2.5, None, True, "four"]),
        ("lags", [0, -1, 33, 1.5, None, False, ""]),
        ("variance", [-0.1, 1.1, math.nan, None, "x"]),
        ("ar", [-1, 1, 0.96, math.nan]),
        ("mismatch", [-0.1, 2.1, math.inf]),
        ("drift", [-1e-9, 0.0011, math.nan]),
        ("steps", [0, 99, 10_001, 1e3, None]),
        ("trials", [0, 51, "0x10", None]),
        ("lms_seed", [-1, 10_000, 0.5]),
        ("experiment", ["Parallel", "", None, 0]),
        ("normalised", [2, "yes", None]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_number_is_refused_by_its_name_with_what_would_do(name: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(ValueError, match=rf"^{name} must be .*, not “"):
            edited(Adaptive(), **{name: value})


@pytest.mark.parametrize(
    ("own", "name"),
    [
        (Adaptive(members=0), "channels"),
        (Adaptive(lags=0), "taps"),
        (Adaptive(lags=200, steps=100), "taps"),
        (Adaptive(trials=0), "trials"),
        (Adaptive(steps=0), "iterations"),
        (Adaptive(variance=-1), "noise"),
        (Adaptive(experiment="mimo", members=0), "channels"),
        (Adaptive(experiment="mimo", lags=200, steps=100), "taps"),
        (Adaptive(experiment="pictures", trials=0), "trials"),
    ],
    ids=str,
)
def test_a_world_that_cannot_be_is_refused_by_the_name_of_its_number(own: Adaptive, name: str) -> None:
    with pytest.raises(SpecError, match=rf"^{name} must be"):
        world_of(own)


@pytest.mark.parametrize("mu", [0.0, -0.5, math.nan, math.inf])
def test_a_step_of_nothing_or_less_is_refused(mu: float) -> None:
    own = Adaptive(mu=mu)
    with pytest.raises(SpecError, match=r"^mu must be > 0"):
        next(adaptive.start(own, world_of(own)))


def largest(experiment: str, trials: int) -> Adaptive:
    return edited(Adaptive(), experiment=experiment, members=16, lags=32, steps=10_000, trials=trials)


@pytest.mark.parametrize(("experiment", "trials"), [("parallel", 50), ("mimo", 5), ("pictures", 50)])
def test_the_largest_numbers_on_offer_make_a_world(experiment: str, trials: int) -> None:
    shared, untied = world_of(largest(experiment, trials)).wirings
    assert shared.n_params < untied.n_params


def test_too_many_trials_around_a_large_ring_are_refused_with_the_product_that_is_too_large() -> None:
    with pytest.raises(SpecError, match=r"got 409,600: take fewer trials") as refused:
        world_of(largest("mimo", 50))
    named = str(refused.value).partition(" must")[0].replace("²", " × channels")
    worth = {"trials": 50, "channels": 16, "inputs": 16, "outputs": 16, "taps": 32}
    assert math.prod(worth[name] for name in re.findall(r"[a-z]+", named)) == 409_600


# Theory: the formulas of ../shared/facts.md, typed again, for input of variance 1.


def decay(mu: float, L: int, M: int) -> float:
    return 1 - 2 * mu + mu**2 * (L + M + 1) / M


SIZES = [(1, 1), (1, 8), (4, 8), (16, 8), (2, 32), (16, 32)]
every_size = pytest.mark.parametrize(("M", "L"), SIZES, ids=str)


@every_size
def test_the_bounds_of_parallel_channels_are_2m_through_l_plus_m_plus_1(M: int, L: int) -> None:
    own = of(members=M, lags=L)
    found = adaptive.bounds(own, world_of(own))
    assert found == pytest.approx({"Shared": 2 * M / (L + M + 1), "Untied": 2 / (L + 2)})


@every_size
def test_the_bounds_of_a_ring_are_those_of_its_filters(M: int, L: int) -> None:
    own = of(experiment="mimo", members=M, lags=L)
    found = adaptive.bounds(own, world_of(own))
    assert found == pytest.approx({"Shared": 2 / (L + 2), "Untied": 2 / (M * L + 2)})


@pytest.mark.parametrize("ways", [{"normalised": True}, {"ar": 0.5}, {"experiment": "pictures"}], ids=str)
def test_where_there_is_no_closed_form_nothing_is_promised(ways: dict[str, object]) -> None:
    own = of(**ways)
    made = world_of(own)
    assert adaptive.predictions(own, made) is None
    assert adaptive.bounds(own, made) == {}
    assert [shown["predicted"] for shown in facts(own)] == ["—", "—"]


def test_a_ring_is_predicted_whatever_the_parallel_channels_input_was_coloured_with() -> None:
    own = of(experiment="mimo", ar=0.5)  # the ring's input is white, and its page has no field for the colour
    assert adaptive.predictions(own, world_of(own)) is not None
    assert adaptive.bounds(own, world_of(own)) == pytest.approx({"Shared": 2 / 10, "Untied": 2 / 34})


@every_size
@pytest.mark.parametrize(("mismatch", "drift"), [(0.0, 0.0), (0.1, 0.0), (0.0, 1e-4), (0.3, 5e-4)])
def test_the_predicted_curves_of_parallel_channels_iterate_the_recursion(
    M: int, L: int, mismatch: float, drift: float
) -> None:
    mu, v = 0.5 / (L + 2), 0.02
    own = of(members=M, lags=L, mismatch=mismatch, drift=drift, mu=mu, variance=v)
    found = adaptive.predictions(own, world_of(own))
    assert found is not None
    delta = mismatch if M > 1 else 0.0  # one channel does not differ from itself
    for prediction, uses, gap, start in ((found[0], M, delta, 1.0), (found[1], 1, 0.0, 1.0 + delta)):
        D, wanted = start, []
        for _ in range(300):
            wanted.append(D + gap)
            D = decay(mu, L, uses) * D + mu**2 * (L * v + (L + 1) * gap) / uses + L * drift
        np.testing.assert_allclose(prediction.excess(300), wanted, rtol=1e-9)
        for _ in range(20_000):
            D = decay(mu, L, uses) * D + mu**2 * (L * v + (L + 1) * gap) / uses + L * drift
        assert prediction.steady == pytest.approx(D + gap, rel=1e-9)


@every_size
def test_the_predicted_end_is_the_published_looking_fraction(M: int, L: int) -> None:
    mu, v = 0.3 / (L + 2), 0.05
    own = of(members=M, lags=L, mu=mu, variance=v)
    found = adaptive.predictions(own, world_of(own))
    assert found is not None
    shared = v * (mu * L / M) / (2 - mu * (L + M + 1) / M)
    untied = v * mu * L / (2 - mu * (L + 2))
    assert [one.steady for one in found] == pytest.approx([shared, untied])
    ring = of(experiment="mimo", members=M, lags=L, mu=0.3 / (M * L + 2), variance=v)
    both = adaptive.predictions(ring, world_of(ring))
    assert both is not None
    taps = (L, M * L)
    assert [one.steady for one in both] == pytest.approx([v * ring.mu * p / (2 - ring.mu * (p + 2)) for p in taps])


def test_past_the_bound_nothing_is_promised_and_the_page_says_so() -> None:
    own = of(mu=0.25)  # the untied bound is 0.2, the shared one 0.615
    shared, untied = facts(own)
    assert "dB" in shared["predicted"]
    assert untied["predicted"] == "none: μ is beyond the bound"


# The curves.


def test_a_curve_is_the_mean_of_textbook_lms_over_trials_and_channels() -> None:
    own = of(members=2, lags=3, mu=0.1, steps=250, trials=3, seed=4)
    made, rng = world_of(own), np.random.default_rng(4)
    shared, apart = np.zeros((3, 3)), np.zeros((3, 2, 3))
    lost: list[list[float]] = [[], []]
    for xs, clean in made.slices(rng):
        noise = math.sqrt(own.variance) * rng.standard_normal(clean.shape)
        for n in range(len(xs)):
            totals, grads = [0.0, 0.0], np.zeros((3, 3))
            for trial in range(3):
                for m in range(2):
                    x = xs[n, trial, m * 3 : m * 3 + 3]
                    e = clean[n, trial, m] - shared[trial] @ x
                    totals[0] += e**2 / 6
                    grads[trial] += (e + noise[n, trial, m]) * x
                    e = clean[n, trial, m] - apart[trial, m] @ x
                    totals[1] += e**2 / 6
                    apart[trial, m] += own.mu * (e + noise[n, trial, m]) * x
            shared += own.mu / 2 * grads
            lost[0].append(totals[0])
            lost[1].append(totals[1])
    found = adaptive.curves(learned(own), own.steps)
    assert [curve.name for curve in found] == ["Shared", "Untied"]
    for curve, wanted in zip(found, lost, strict=True):
        np.testing.assert_allclose(curve.excess, wanted, rtol=1e-9)
        assert curve.iterations.tolist() == [n + 0.5 for n in range(250)]
        assert curve.steady == pytest.approx(math.fsum(wanted[188:]) / 62)  # 62 of 250 are the last quarter


@pytest.mark.parametrize(("steps", "block"), [(100, 1), (299, 1), (600, 2), (2000, 6), (1999, 6)])
def test_a_curve_has_at_most_some_points_each_the_mean_of_as_many_iterations(steps: int, block: int) -> None:
    own = of(steps=steps, trials=1, members=2, lags=3)
    raw = excess(own)
    for curve, row in zip(adaptive.curves(learned(own), steps), raw, strict=True):
        starts = range(0, steps - block + 1, block)
        assert curve.excess.tolist() == pytest.approx([math.fsum(row[n : n + block]) / block for n in starts])
        assert curve.iterations.tolist() == pytest.approx([n + block / 2 for n in starts])
        last = row[-(steps // 4) :]
        assert curve.steady == pytest.approx(math.fsum(last) / len(last))
        below = [n for n, value in zip(curve.iterations, curve.excess, strict=True) if value < row[0] / 100]
        assert curve.fell_at == (int(below[0]) if below else None)
        assert curve.diverged_at is None


def test_a_run_that_is_not_over_has_the_curves_of_what_was_done() -> None:
    own = of(steps=1000)
    assert adaptive.curves([], own.steps) == []
    part = adaptive.curves(learned(own)[:2], own.steps)
    full = adaptive.curves(learned(own), own.steps)
    for one, other in zip(part, full, strict=True):
        done = len(one.excess)
        assert 0 < done < len(other.excess)
        assert one.excess.tolist() == other.excess[:done].tolist()
        assert one.iterations.tolist() == other.iterations[:done].tolist()


def test_the_same_seed_gives_the_same_curves_and_another_seed_others() -> None:
    for ways in ({}, {"experiment": "mimo", "mu": 0.02}, {"experiment": "pictures"}, {"normalised": True}):
        runs = []
        for seed in (3, 3, 4):
            own = of(**ways, seed=seed, steps=200)
            made = world_of(own)
            runs.append(np.concatenate([record.excess for record in adaptive.start(own, made)], axis=1))
        assert np.array_equal(runs[0], runs[1])
        assert not np.isclose(runs[0], runs[2]).all(axis=1).any()


def test_at_first_both_filters_miss_as_much() -> None:
    for curve in adaptive.curves(learned(of(steps=200)), 200):
        assert curve.excess[0] == pytest.approx(excess(of(steps=200))[0, 0])


def test_a_lost_filter_ends_nowhere_and_says_when() -> None:
    own = of(mu=0.6, steps=400)
    raw = excess(own)
    shared, untied = adaptive.curves(learned(own), own.steps)
    gone = int(np.flatnonzero(np.isnan(raw[1]))[0])
    assert (untied.diverged_at, untied.steady) == (gone, math.inf)
    assert gone > 0
    assert np.isfinite(untied.excess[:gone]).all()
    assert np.isfinite(raw[1, :gone]).all()
    assert shared.diverged_at is None
    assert facts(own)[1]["excess error in the end"] == f"diverged at {gone}"


# What is said of them.


@pytest.mark.parametrize(
    "ways",
    [
        {},
        {"members": 2, "lags": 3, "mu": 0.02},
        {"experiment": "mimo", "mu": 0.02},
        {"mismatch": 0.2},
        {"drift": 1e-3},
        {"normalised": True, "mu": 0.5},
        {"ar": 0.8, "mu": 0.03},
        {"experiment": "pictures", "mu": 1.0},
    ],
    ids=str,
)
def test_the_facts_are_those_of_the_run(ways: dict[str, object]) -> None:
    own = of(**ways)
    made, raw = world_of(own), excess(own)
    found = adaptive.curves(learned(own), own.steps)
    predicted = adaptive.predictions(own, made)
    for n, card in enumerate(adaptive.fact_cards(made, found, predicted)):
        settled, promised, fell = card.facts
        tail = raw[n, -(own.steps // 4) :]
        assert numbers(settled.text) == pytest.approx([decibels(float(tail.mean()))], abs=0.051)
        below = [
            int(i) for i, value in zip(found[n].iterations, found[n].excess, strict=True) if value < raw[n, 0] / 100
        ]
        assert fell.name.startswith("20 dB")
        assert fell.text == (f"{below[0]:,} iterations" if below else "—")
        if predicted:
            assert numbers(promised.text) == pytest.approx([decibels(predicted[n].steady)], abs=0.051)
            gap = decibels(float(tail.mean()) / predicted[n].steady)
            assert numbers(promised.exact) == pytest.approx([gap], abs=0.051)


def test_before_anything_is_learned_there_is_nothing_to_tell() -> None:
    own = of()
    made = world_of(own)
    shown = adaptive.fact_cards(made, [], adaptive.predictions(own, made))
    for card in shown:
        assert [fact.text for fact in card.facts][::2] == ["—", "—"]
        assert "dB" in card.facts[1].text
    assert "Press **Learn**" in adaptive.sentence(own, made, [], None)


@pytest.mark.parametrize(
    ("ways", "weights", "shape", "uses"),
    [
        ({}, (8, 32), (4, 32), 4),
        ({"members": 16, "lags": 2}, (2, 32), (16, 32), 16),
        ({"members": 1}, (8, 8), (1, 8), 1),
        ({"experiment": "mimo", "members": 3, "lags": 5}, (15, 45), (3, 15), 3),
        ({"experiment": "pictures"}, (9, 900), (100, 144), 100),
    ],
    ids=str,
)
def test_each_filter_says_how_many_weights_it_has_and_how_often_each_is_used(
    ways: dict[str, object], weights: tuple[int, int], shape: tuple[int, int], uses: int
) -> None:
    shared, untied = adaptive.fact_cards(world_of(of(**ways)), [], None)
    assert (shared.title, untied.title) == ("Shared", "Untied")
    assert [numbers(card.headline)[0] for card in (shared, untied)] == list(weights)
    times = "once" if uses == 1 else f"{uses} times"
    assert shared.note == f"W is {shape[0]} × {shape[1]}; each weight used {times}"
    assert untied.note == f"W is {shape[0]} × {shape[1]}; each weight used once"


def test_sharing_is_said_to_win_what_it_won() -> None:
    own = of(steps=2000, trials=10)
    raw = excess(own)
    gain = decibels(float(raw[1, -500:].mean() / raw[0, -500:].mean()))
    won, predicted = re.findall(r"([\d.]+) dB", told(own).replace("**", ""))
    assert float(won) == pytest.approx(gain, abs=0.051)
    assert float(predicted) == pytest.approx(decibels(4), abs=0.051)


def test_the_promised_gain_is_what_theory_gives_at_a_small_step() -> None:
    for members in (2, 4, 16):
        own = of(members=members, mu=1e-4, steps=100)
        found = adaptive.predictions(own, world_of(own))
        assert found is not None
        promised = float(re.findall(r"= ([\d.]+) dB", told(own))[0])
        assert decibels(found[1].steady / found[0].steady) == pytest.approx(promised, abs=0.1)


def test_no_gain_is_promised_that_theory_denies_where_the_target_drifts() -> None:
    own = of(drift=0.001, mu=0.001)
    found = adaptive.predictions(own, world_of(own))
    assert found is not None
    true = decibels(found[1].steady / found[0].steady)
    assert true < 0.1  # a walk is followed as badly by both
    for promised in re.findall(r"= ([\d.]+) dB are predicted", told(own)):
        assert float(promised) == pytest.approx(true, abs=0.5)


def test_the_mismatch_that_still_pays_is_half_mu_v_l_less_one_share() -> None:
    own = of(mismatch=0.2, mu=0.02, variance=0.5)
    limit = 0.02 * 0.5 * 8 * (1 - 1 / 4) / 2
    assert float(told(own).rpartition("Δ < ")[2].rstrip(".")) == pytest.approx(limit, rel=0.06)
    assert "Δ = 0.2;" in told(own)
    assert "10·log₁₀" not in told(own)


def test_one_channel_does_not_differ_from_itself() -> None:
    assert "differ" not in told(of(mismatch=0.2, members=1))


@pytest.mark.parametrize("ways", [{"normalised": True}, {"ar": 0.9}], ids=str)
def test_the_mismatch_that_pays_is_told_only_where_it_is_derived(ways: dict[str, object]) -> None:
    assert "pays while" not in told(of(mismatch=0.2, **ways))


def test_without_noise_rounding_errors_are_not_compared() -> None:
    own = of(variance=0, steps=2000, trials=2)
    assert excess(own)[:, -500:].max() < 1e-25
    compared = told(own).replace("**", "").partition(";")[0]
    assert all(number == 0 for number in numbers(compared))


def test_of_pictures_it_is_said_at_how_many_places_the_kernel_learns() -> None:
    own = of(experiment="pictures", mu=1.0)
    assert "learns at 100 places" in told(own)
    assert "card(Y) = 100 times smaller" in told(own)


@pytest.mark.parametrize(
    ("ways", "name", "bound"),
    [
        ({"mu": 0.4}, "Untied", 2 / 10),
        ({"mu": 2.0}, "Shared", 8 / 13),
        ({"experiment": "mimo", "mu": 0.15}, "Untied", 2 / 34),
    ],
    ids=str,
)
def test_who_diverged_is_told_with_the_step_the_bound_and_when(
    ways: dict[str, object], name: str, bound: float
) -> None:
    own = of(**ways)
    said, raw = told(own), excess(own)[["Shared", "Untied"].index(name)]
    line = next(part for part in said.split(". ") if part.startswith(f"**{name} diverged**"))
    when, mu, least = numbers(line.replace("**", ""))
    assert when == np.flatnonzero(np.isnan(raw))[0]
    assert mu == own.mu
    assert least == pytest.approx(bound, rel=0.01)
    assert own.mu > bound
    assert not any(word in line for word in ("inf", "nan"))


def test_divergence_is_explained_where_no_bound_is_known_either() -> None:
    line = told(of(ar=0.9, mu=2.0))
    assert line.startswith("**Shared diverged** after ")
    assert "μ = 2" in line
    assert "bound" not in line


@pytest.mark.parametrize(
    "ways", [{"mu": 2.0}, {"experiment": "mimo", "mu": 2.0}, {"experiment": "pictures", "mu": 2.0}]
)
def test_nothing_that_is_shown_is_infinite_or_not_a_number(ways: dict[str, object]) -> None:
    own = of(**ways)
    made = world_of(own)
    shown = adaptive.fact_cards(made, adaptive.curves(learned(own), own.steps), adaptive.predictions(own, made))
    if isinstance(made, Pictures):
        shown += adaptive.kernel_cards(made, learned(own))
    for card in shown:
        texts = [
            card.headline,
            card.note,
            *(f.text + f.exact for f in card.facts),
            *(p.alt for p in card.pictures),
        ]
        assert not re.search(r"\b(inf|nan|∞)", " ".join(texts))


# Matrices and kernels.


def colours_of(card: Card) -> NDArray[np.uint8]:
    (picture,) = card.pictures
    return read_png(picture.src)


def painted(card: Card, weights: dict[tuple[int, int], object]) -> None:
    """Every cell that has a weight has a colour, all others none; one weight one colour, two weights two."""
    pixels = colours_of(card)
    colours: dict[object, set[tuple[int, ...]]] = {}
    for cell, pixel in ((cell, pixels[cell].tolist()) for cell in np.ndindex(pixels.shape[:2])):
        assert pixel[3] == (255 if cell in weights else 0)
        if cell in weights:
            colours.setdefault(weights[cell], set()).add(tuple(pixel[:3]))
    assert all(len(mine) == 1 for mine in colours.values())
    assert len(set.union(*colours.values())) == len(colours)


@pytest.mark.parametrize(("M", "L"), [(1, 1), (4, 8), (16, 3), (3, 32)], ids=str)
def test_the_matrix_of_parallel_channels_repeats_its_colours_channel_by_channel(M: int, L: int) -> None:
    shared, untied = adaptive.fact_cards(world_of(of(members=M, lags=L)), [], None)
    painted(shared, {(m, m * L + l): l for m in range(M) for l in range(L)})
    static(untied, {(m, m * L + l) for m in range(M) for l in range(L)})


@pytest.mark.parametrize(("N", "L"), [(1, 2), (3, 4), (4, 8), (8, 2)], ids=str)
def test_the_matrix_of_a_ring_is_circulant_in_its_colours(N: int, L: int) -> None:
    shared, untied = adaptive.fact_cards(world_of(of(experiment="mimo", members=N, lags=L)), [], None)
    every = [(j, i, l) for j in range(N) for i in range(N) for l in range(L)]
    painted(shared, {(j, i * L + l): ((i - j) % N, l) for j, i, l in every})
    static(untied, {(j, i * L + l) for j, i, l in every})


def test_the_matrix_of_pictures_is_that_of_the_convolution() -> None:
    shared, untied = adaptive.fact_cards(world_of(of(experiment="pictures")), [], None)
    cells = {(i * 10 + j, (i + k) * 12 + j + l): (k, l) for i, j, k, l in np.ndindex(10, 10, 3, 3)}
    painted(shared, cells)  # type: ignore[arg-type]  # a tuple is an object
    static(untied, set(cells))


def static(card: Card, cells: set[tuple[int, int]]) -> None:
    """Weights nobody shares have the colours they have everywhere; a filter whose weights are used once is one."""
    pixels, palette = colours_of(card), theme.untied()
    for cell in np.ndindex(pixels.shape[:2]):
        wanted = [*palette[hashed(*cell)].tolist(), 255] if cell in cells else [0, 0, 0, 0]
        assert pixels[cell].tolist() == wanted


def test_the_words_of_a_matrix_are_its_size_and_its_weights() -> None:
    shared, untied = adaptive.fact_cards(world_of(of(experiment="mimo", members=16, lags=32)), [], None)
    assert shared.pictures[0].alt == "Shared: the matrix W, 16 × 512, 512 weights in their colours"
    assert untied.pictures[0].alt == "Untied: the matrix W, 16 × 512, 8,192 weights in their colours"
    assert colours_of(shared).shape == (16, 512, 4)


def kernels_shown(own: Adaptive, state: Setup = STATE) -> tuple[Pictures, tuple[Learned, ...], list[Card]]:
    made = world_of(own, state)
    assert isinstance(made, Pictures)
    records = tuple(adaptive.start(own, made))
    return made, records, adaptive.kernel_cards(made, records)


def test_the_hidden_kernel_stands_beside_the_learned_ones_in_one_scale() -> None:
    state = edited(STATE, kernel="1,2;3,-4;0,5")
    made, records, shown = kernels_shown(of(experiment="pictures", mu=1.0), state)
    hidden, shared, untied = (card.pictures[0] for card in shown)
    assert [card.title for card in shown] == ["Hidden", "Shared", "Untied"]
    assert np.allclose(read_values(hidden), [[1, 2], [3, -4], [0, 5]])
    assert np.allclose(read_values(shared).ravel(), records[-1].theta[0], rtol=1e-6, atol=1e-6)
    assert {(picture.high, picture.low, picture.ramp) for picture in (hidden, shared, untied)} == {
        ("5", "−5", "signed")
    }
    assert all(
        p.alt.startswith(f"{c.title} kernel, from ") for c, p in zip(shown, (hidden, shared, untied), strict=True)
    )
    assert f"{made.wirings[0].shape[0]}" in shown[1].note


def test_the_shared_kernel_becomes_the_hidden_one() -> None:
    _, _, shown = kernels_shown(of(experiment="pictures", mu=2.0, steps=3000, variance=0))
    hidden, shared, untied = (read_values(card.pictures[0]) for card in shown)
    assert np.abs(shared - hidden).max() < 0.05
    assert np.abs(untied - hidden).max() > np.abs(shared - hidden).max()


@pytest.mark.parametrize("kernel", [SOBEL, [[1.0] * 4] * 3, [[1.0] * 5] * 2], ids=["3×3", "3×4", "2×5"])
def test_the_untied_kernel_is_that_of_the_place_in_the_middle(kernel: list[list[float]]) -> None:
    K, L = len(kernel), len(kernel[0])
    made, records, shown = kernels_shown(of(experiment="pictures", mu=0.5, steps=200), edited(STATE, kernel=kernel))
    rows, cols = 12 - K + 1, 12 - L + 1
    apart = np.moveaxis(records[-1].theta[1].reshape(K, L, rows, cols), (2, 3), (0, 1))  # tap by tap, as in the wiring
    middles = {(i, j) for i in ((rows - 1) // 2, rows // 2) for j in ((cols - 1) // 2, cols // 2)}
    assert made.side == 12
    found = read_values(shown[2].pictures[0])
    assert any(np.allclose(found, apart[place], rtol=1e-6, atol=1e-7) for place in middles)


def test_before_the_first_picture_nothing_is_learned() -> None:
    made = world_of(of(experiment="pictures"))
    assert isinstance(made, Pictures)
    hidden, shared, untied = (read_values(card.pictures[0]) for card in adaptive.kernel_cards(made, []))
    assert hidden.tolist() == SOBEL
    assert not shared.any()
    assert not untied.any()


def test_the_prior_work_and_what_is_derived_here_are_named() -> None:
    assert "Cheong Took and Mandic" in adaptive.SOURCE
    assert "127 (2022) 103580" in adaptive.SOURCE
    assert "derived here under the independence assumption and checked by simulation" in adaptive.SOURCE


@pytest.mark.parametrize("experiment", ["parallel", "mimo", "pictures"])
def test_the_newest_sample_and_the_weights_by_then_are_shown(experiment: str) -> None:
    own = of(experiment=experiment, steps=300, members=3, lags=4, trials=2, mu=0.02)
    made = world_of(own)
    records = list(adaptive.start(own, made))
    shown = adaptive.sample_cards(made, records)
    assert "300" in shown[0].title
    picture = read_values(shown[0].pictures[0])
    assert np.allclose(picture.ravel(), records[-1].x, atol=1e-6)
    assert picture.shape == ((12, 12) if isinstance(made, Pictures) else (3, 4))
    if isinstance(made, Pictures):
        patches = np.lib.stride_tricks.sliding_window_view(made.picture - made.picture.mean(), (12, 12))
        assert np.isclose(patches, picture, atol=1e-6).all(axis=(2, 3)).any()


def test_every_row_of_the_weights_shown_is_the_filter_of_its_channel() -> None:
    own = of(steps=2000, members=3, lags=4, trials=1, mu=0.1, variance=0.0, mismatch=0.5)
    made = world_of(own)
    assert isinstance(made, Parallel)
    hidden = made.targets(np.random.default_rng(made.seed))
    _, truth, shared, untied = adaptive.sample_cards(made, list(adaptive.start(own, made)))
    assert np.allclose(read_values(untied.pictures[0]), hidden, atol=1e-3)
    assert np.allclose(read_values(truth.pictures[0]), hidden, atol=1e-6)
    assert read_values(shared.pictures[0]).shape == (1, 4)


def test_around_the_ring_the_shared_weights_are_found_again_in_every_row_of_the_untied() -> None:
    own = of(experiment="mimo", steps=3000, members=3, lags=2, trials=1, mu=0.05, variance=0.0)
    made = world_of(own)
    _, truth, shared, untied = adaptive.sample_cards(made, list(adaptive.start(own, made)))
    by_distance, full = read_values(shared.pictures[0]), read_values(untied.pictures[0]).reshape(3, 3, 2)
    for output, source in np.ndindex(3, 3):
        assert np.allclose(full[output, source], by_distance[(source - output) % 3], atol=0.02)
    assert np.allclose(by_distance, read_values(truth.pictures[0]), atol=0.02)


def test_before_the_first_sample_nothing_is_shown_of_one() -> None:
    assert adaptive.sample_cards(world_of(of()), []) == []


def test_what_was_stopped_is_said_to_have_been_stopped() -> None:
    own = of(steps=1000)
    made = world_of(own)
    found = adaptive.curves(list(adaptive.start(own, made))[:2], own.steps)
    line = adaptive.sentence(own, made, found, adaptive.predictions(own, made))
    assert line.startswith(f"Stopped after {2 * SLICE} of 1,000 iterations. Sharing ends ")
    assert "Stopped" not in adaptive.sentence(own, made, found, adaptive.predictions(own, made), running=True)
    assert "Stopped" not in told(own)


def test_where_the_independence_assumption_fails_the_page_says_so() -> None:
    assert "untied filter ends far from what was derived" in told(of(mu=0.18, trials=4))
    assert "far from" not in told(of(mu=0.02, steps=4000))


@pytest.mark.parametrize(("experiment", "bound"), [("parallel", 2 / 10), ("mimo", 2 / 34)])
def test_another_experiment_begins_well_below_its_bounds(experiment: str, bound: float) -> None:
    begun = adaptive.begun(of(mu=2.0), experiment)
    assert begun.experiment == experiment
    assert begun.mu <= bound / 2


def test_a_filter_that_diverged_is_drawn_up_to_there_and_not_called_by_the_last_iteration() -> None:
    own = of(mu=0.4)
    made = world_of(own)
    records = list(adaptive.start(own, made))
    shared, untied = adaptive.curves(records, own.steps)
    assert untied.diverged_at is not None
    assert np.isfinite(untied.excess[: untied.diverged_at // 6]).all()
    assert np.nanmax(untied.excess) > 1e3 * np.nanmax(shared.excess)
    titles = [card.title for card in adaptive.sample_cards(made, records)]
    assert titles[2:] == [f"F({own.steps:,}), shared", "F, untied: diverged"]
