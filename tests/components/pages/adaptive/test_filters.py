"""Filters that learn on the page: what is drawn and said is what was measured, and what theory says for it."""

import math
import re
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import theme
from components.pages.adaptive import filters
from components.pages.adaptive.filters import System
from components.pages.adaptive.state import Adaptive
from components.state.link import edited
from components.state.setup import Setup
from kernels.adaptive import theory
from kernels.adaptive.lms import learn
from kernels.adaptive.systems import SLICE, Mimo, Parallel, Pictures
from kernels.adaptive.theory import Prediction
from kernels.layer.spec import SpecError
from tests.support.adaptive import Run
from tests.support.pictures import hashed, read_png, read_values
from tests.support.text import numbers
from tests.support.wirings import edges_of

Floats = NDArray[np.float64]
Way = dict[str, object]
PICTURE: Floats = np.random.default_rng(12).random((40, 50))
STATE = Setup()
SOBEL = [[1.0, 0, -1], [2, 0, -2], [1, 0, -1]]


def system_of(own: Adaptive, state: Setup = STATE, picture: Floats = PICTURE) -> System:
    return filters.system_of(own, state, picture)


def pictures_of(own: Adaptive, state: Setup = STATE, picture: Floats = PICTURE) -> Pictures:
    made = system_of(own, state, picture)
    assert isinstance(made, Pictures)
    return made


def of(**ways: object) -> Adaptive:
    """The first state, changed, and quick."""
    return edited(Adaptive(), **({"steps": 600, "trials": 4} | ways))


@cache
def learned(own: Adaptive, state: Setup) -> Run:
    return Run(own, state, PICTURE)


def run(state: Setup = STATE, /, **ways: object) -> Run:
    return learned(of(**ways), state)


def decibels(power: float) -> float:
    return 10 * math.log10(power)


def test_each_experiment_is_the_system_it_says_with_the_numbers_that_were_set() -> None:
    numbers = {"members": 3, "lags": 5, "variance": 0.25, "steps": 700, "trials": 6, "seed": 9}
    harder = {"ar": 0.5, "mismatch": 0.3, "drift": 1e-4}
    assert system_of(of(**numbers, **harder)) == Parallel(3, 5, 0.25, 0.5, 0.3, 1e-4, 700, 6, 9)
    assert system_of(of(**numbers, experiment="mimo")) == Mimo(3, 5, 0.25, 700, 6, 9)
    made = pictures_of(of(**numbers, experiment="pictures"))
    assert made.picture is PICTURE
    assert (made.kernel.tolist(), made.noise, made.iterations, made.trials, made.seed) == (SOBEL, 0.25, 700, 4, 9)
    flipped = pictures_of(of(experiment="pictures"), edited(STATE, kernel="1,2;3,4", flip=True))
    assert flipped.kernel.tolist() == [[4, 3], [2, 1]]  # as it lies on the picture on Explore


@pytest.mark.parametrize(
    ("taps", "size", "side"),
    [(3, (40, 50), 12), (8, (40, 50), 12), (9, (40, 50), 13), (15, (40, 50), 19), (3, (8, 50), 8), (15, (50, 16), 16)],
)
def test_patches_are_larger_than_the_kernel_where_the_picture_is(taps: int, size: tuple[int, int], side: int) -> None:
    made = pictures_of(of(experiment="pictures"), edited(STATE, kernel=[[1] * taps] * taps), np.zeros(size))
    shared, untied = made.wirings
    assert (made.side, shared.n_params, untied.n_params) == (side, taps**2, taps**2 * (side - taps + 1) ** 2)


def test_a_kernel_larger_than_the_picture_is_refused() -> None:
    for size in ((8, 8), (1, 64), (64, 14)):
        with pytest.raises(SpecError, match="15"):
            system_of(of(experiment="pictures"), edited(STATE, kernel=[[1] * 15] * 15), np.zeros(size))


@pytest.mark.parametrize(("experiment", "trials"), [("parallel", 50), ("mimo", 5), ("pictures", 50)])
def test_the_largest_numbers_on_offer_make_a_system(experiment: str, trials: int) -> None:
    own = edited(Adaptive(), experiment=experiment, members=16, lags=32, steps=10_000, trials=trials)
    shared, untied = system_of(own).wirings
    assert shared.n_params < untied.n_params


@pytest.mark.parametrize("members", [1, 4])
@pytest.mark.parametrize(("experiment", "predict"), [("parallel", theory.parallel), ("mimo", theory.mimo)])
def test_the_slider_has_the_bounds_of_theory_for_this_system_and_half_of_them_as_marks(
    experiment: str, predict: Callable[[System, float, bool], Prediction], members: int
) -> None:
    colour = 0.5 if experiment == "mimo" else 0.0  # a ring's input is white, and its page has no field for the colour
    own = of(experiment=experiment, members=members, mismatch=0.3, drift=5e-4, ar=colour, mu=0.03)
    made = system_of(own)
    shared, untied = predict(made, 0.03, True), predict(made, 0.03, False)
    assert filters.predictions(own, made) == (shared, untied)
    bounds = {"": shared.bound} if members == 1 else {", shared": shared.bound, ", untied": untied.bound}
    marks = {f"bound{name}": bound for name, bound in bounds.items()}
    assert filters.marks(own, made) == marks | {f"fastest{name}": bound / 2 for name, bound in bounds.items()}


@pytest.mark.parametrize("ways", [{"normalised": True}, {"ar": 0.5}, {"experiment": "pictures"}], ids=str)
def test_where_there_is_no_closed_form_nothing_is_predicted(ways: Way) -> None:
    own = of(**ways)
    made = system_of(own)
    assert (filters.predictions(own, made), filters.marks(own, made)) == (None, {})
    assert [card.facts[1].text for card in filters.fact_cards([], None)] == ["—", "—"]


# The curves.


@pytest.mark.parametrize("normalised", [False, True])
def test_what_is_learned_is_the_engines_run_with_this_step_size_and_rule(normalised: bool) -> None:
    found = run(mu=0.1, steps=250, normalised=normalised)
    wanted = [record.excess for record in learn(found.made, found.made.wirings, 0.1, normalised)]
    np.testing.assert_array_equal(found.excess, np.concatenate(wanted, axis=1))
    assert [curve.name for curve in found.curves] == ["Shared", "Untied"]


@pytest.mark.parametrize(("steps", "block"), [(100, 1), (299, 1), (600, 2), (1999, 6)])
def test_a_curve_has_at_most_some_points_each_the_mean_of_as_many_iterations(steps: int, block: int) -> None:
    found = run(steps=steps, trials=1, members=2, lags=3)
    for curve, row in zip(found.curves, found.excess, strict=True):
        starts = range(0, steps - block + 1, block)
        assert curve.excess.tolist() == pytest.approx([math.fsum(row[n : n + block]) / block for n in starts])
        assert curve.iterations.tolist() == pytest.approx([n + block / 2 for n in starts])
        assert curve.steady == pytest.approx(math.fsum(row[-(steps // 4) :]) / (steps // 4))
        below = [n for n, value in zip(curve.iterations, curve.excess, strict=True) if value < row[0] / 100]
        assert (curve.fell_at, curve.diverged_at) == (int(below[0]) if below else None, None)


def test_a_stopped_run_has_the_curves_of_what_was_done_and_says_how_far_it_came() -> None:
    full = run(steps=1000)
    part = filters.curves(full.records[:2], 1000)
    for one, other in zip(part, full.curves, strict=True):
        done = len(one.excess)
        assert 0 < done < len(other.excess)
        assert one.excess.tolist() == other.excess[:done].tolist()
        assert one.iterations.tolist() == other.iterations[:done].tolist()
    assert filters.curves([], 1000) == []
    assert filters.stopped(full.own, part) == f"Stopped after {2 * SLICE} of 1,000 iterations. "
    assert {filters.stopped(full.own, none) for none in ([], full.curves, run(mu=0.4).curves)} == {""}


def test_a_filter_that_diverged_is_drawn_up_to_there_and_told_with_the_iteration() -> None:
    found = run(mu=0.6, steps=400)
    shared, untied = found.curves
    gone = int(np.flatnonzero(np.isnan(found.excess[1]))[0])
    assert gone > 0
    assert (untied.diverged_at, untied.steady, shared.diverged_at) == (gone, math.inf, None)
    assert np.isfinite(untied.excess[:gone]).all()
    assert found.facts[1].facts[0].text == f"diverged at {gone}"
    assert [card.title for card in found.samples][2:] == ["F(400), shared", "F, untied: diverged"]
    late = run(mu=0.4)  # two iterations a point: of the one in which it diverges, what came before
    assert late.curves[1].diverged_at is not None
    assert np.isfinite(late.curves[1].excess[: late.curves[1].diverged_at // 6]).all()
    assert np.nanmax(late.curves[1].excess) > 1e3 * np.nanmax(late.curves[0].excess)


# What is said of them.


WAYS: list[Way] = [
    {},
    {"experiment": "mimo", "mu": 0.02},
    {"mismatch": 0.2},
    {"drift": 1e-3},
    {"normalised": True, "mu": 0.5},
    {"ar": 0.8, "mu": 0.03},
    {"experiment": "pictures", "mu": 1.0},
]


@pytest.mark.parametrize("ways", WAYS, ids=str)
def test_the_facts_are_those_of_the_run(ways: Way) -> None:
    found = run(**ways)
    for n, card in enumerate(found.facts):
        settled, predicted, fell = card.facts
        end, below = float(found.excess[n, -150:].mean()), found.curves[n].fell_at
        assert numbers(settled.text) == pytest.approx([decibels(end)], abs=0.051)
        assert fell.name.endswith("20 dB")
        assert fell.text == ("—" if below is None else f"{below:,} iterations")
        if found.predicted:
            steady = found.predicted[n].steady
            assert numbers(predicted.text) == pytest.approx([decibels(steady)], abs=0.051)
            assert numbers(predicted.exact) == pytest.approx([decibels(end / steady)], abs=0.051)


def test_before_anything_is_learned_theory_alone_is_told_as_far_as_it_is_stable() -> None:
    own = of(mu=0.25)  # the untied bound is 0.2, the shared one 0.615
    made = system_of(own)
    shared, untied = (
        [fact.text for fact in card.facts] for card in filters.fact_cards([], filters.predictions(own, made))
    )
    assert (shared[0], shared[2], "dB" in shared[1]) == ("—", "—", True)
    assert untied == ["—", "none: μ exceeds the stability bound", "—"]
    assert "Press **Run**" in filters.sentence(own, made, [], None)
    assert filters.sample_cards(made, []) == []
    hidden, *learned = filters.sample_cards(system_of(of(experiment="pictures")), [])
    assert read_values(hidden.pictures[0]).tolist() == SOBEL
    assert not any(read_values(card.pictures[0]).any() for card in learned)


@pytest.mark.parametrize(
    ("ways", "weights", "shape", "uses"),
    [
        ({}, (8, 32), (4, 32), "4 times"),
        ({"members": 1}, (8, 8), (1, 8), "once"),
        ({"experiment": "mimo", "members": 16, "lags": 32}, (512, 8192), (16, 512), "16 times"),
        ({"experiment": "pictures"}, (9, 900), (100, 144), "100 times"),
    ],
    ids=str,
)
def test_each_filter_says_how_many_weights_it_has_and_how_often_it_uses_each(
    ways: Way, weights: tuple[int, int], shape: tuple[int, int], uses: str
) -> None:
    cards = filters.matrix_cards(system_of(of(**ways)))
    size = f"{shape[0]} × {shape[1]}"
    for card, name, many, often in zip(cards, ("Shared", "Untied"), weights, (uses, "once"), strict=True):
        assert (card.title, numbers(card.headline)) == (name, [many])
        assert card.note == f"W is {size}; each weight used {often}"
        assert card.pictures[0].alt == f"{name}: the matrix W, {size}, coloured by its {many:,} weights"
        assert read_png(card.pictures[0].src).shape == (*shape, 4)


def test_sharing_is_said_to_win_what_it_won_beside_what_is_predicted() -> None:
    found = run(steps=2000, trials=10)
    gain = decibels(float(found.excess[1, -500:].mean() / found.excess[0, -500:].mean()))
    assert [float(n) for n in re.findall(r"([\d.]+) dB", found.said)] == pytest.approx(
        [gain, decibels(found.theory[1].steady / found.theory[0].steady), decibels(4)], abs=0.051
    )
    assert found.said.startswith(f"With sharing the steady-state excess MSE is {gain:.1f} dB lower; ")
    for members in (2, 16):  # and the prediction is what theory gives at a small step
        small = run(members=members, mu=1e-4, steps=100)
        (predicted,) = re.findall(r"= ([\d.]+) dB", small.said)
        assert decibels(small.theory[1].steady / small.theory[0].steady) == pytest.approx(float(predicted), abs=0.1)
    assert "predicts" not in run(drift=0.001, mu=0.001).said  # a walk is followed as badly by both


def test_the_mismatch_that_still_pays_is_half_mu_v_l_less_one_share_where_it_is_derived() -> None:
    said = run(mismatch=0.2, mu=0.02, variance=0.5).said
    limit = 0.02 * 0.5 * 8 * (1 - 1 / 4) / 2
    assert float(said.rpartition("Δ < ")[2].rstrip(".")) == pytest.approx(limit, rel=0.06)
    assert "Δ = 0.2;" in said
    assert "10·log₁₀" not in said
    for ways in ({"members": 1}, {"normalised": True}, {"ar": 0.9}):
        assert "differ" not in run(mismatch=0.2, **ways).said


def test_without_noise_rounding_errors_are_not_compared() -> None:
    found = run(variance=0, steps=2000, trials=2)
    assert found.excess[:, -500:].max() < 1e-25
    assert found.said.startswith("Both converge to rounding error")


def test_of_pictures_it_is_said_at_how_many_places_the_kernel_learns() -> None:
    said = run(experiment="pictures", mu=1.0).said
    assert "learns at 100 positions" in said
    assert "card(Y) = 100 times smaller" in said


@pytest.mark.parametrize(
    ("ways", "name", "bound"),
    [
        ({"mu": 0.4}, "Untied", 2 / 10),
        ({"mu": 2.0}, "Shared", 8 / 13),
        ({"experiment": "mimo", "mu": 0.15}, "Untied", 2 / 34),
        ({"ar": 0.9, "mu": 2.0}, "Shared", None),
        ({"experiment": "pictures", "mu": 2.0, "variance": 1}, "", None),
    ],
    ids=str,
)
def test_which_filter_diverged_is_told_with_step_bound_and_time(ways: Way, name: str, bound: float | None) -> None:
    found = run(**ways)
    shown = [*found.facts, *found.samples]
    texts = [f"{card.headline} {card.note} {[picture.alt for picture in card.pictures]}" for card in shown]
    texts += [f"{fact.text} {fact.exact}" for card in shown for fact in card.facts]
    assert not re.search(r"\b(inf|nan|∞)", " ".join([found.said, *texts]))
    if not name:
        return
    line = next(part for part in found.said.split(". ") if part.startswith(f"{name} diverged"))
    when = np.flatnonzero(np.isnan(found.excess[["Shared", "Untied"].index(name)]))[0]
    known = [] if bound is None else [pytest.approx(bound, rel=0.01)]
    assert numbers(line) == [when, found.own.mu, *known]
    assert ("bound" in line) == (bound is not None)


def test_where_the_independence_assumption_fails_the_page_says_so() -> None:
    assert "untied filter, theory and measurement disagree" in run(mu=0.18).said
    assert "far from" not in run(mu=0.02, steps=4000).said


def test_the_prior_work_and_what_is_derived_here_are_named() -> None:
    for named in ("Cheong Took and Mandic", "127 (2022) 103580", "derived here under the independence assumption"):
        assert named in filters.SOURCE


@pytest.mark.parametrize(("experiment", "bound"), [("parallel", 2 / 10), ("mimo", 2 / 34), ("pictures", math.inf)])
def test_another_experiment_begins_well_below_its_bounds(experiment: str, bound: float) -> None:
    begun = edited(of(mu=2.0), experiment=experiment)
    assert begun.experiment == experiment
    assert begun.mu <= min(bound / 2, 1.5)


# Matrices and kernels.


@pytest.mark.parametrize(
    "ways",
    [
        {"members": 1, "lags": 1},
        {"members": 16, "lags": 3},
        {"experiment": "mimo", "members": 8, "lags": 2},
        {"experiment": "pictures"},
    ],
    ids=str,
)
def test_a_cell_of_w_has_the_colour_of_its_weight(ways: Way) -> None:
    """Shared: one colour a weight, two weights two. Untied: the colours unshared weights have everywhere."""
    made = system_of(of(**ways))
    shared, untied = (read_png(card.pictures[0].src) for card in filters.matrix_cards(made))
    opaque = np.zeros(shared.shape[:2], np.uint8)
    colours: dict[int, set[tuple[int, ...]]] = {}
    for target, source, id in edges_of(made.wirings[0]):
        opaque[target, source] = 255
        colours.setdefault(id, set()).add(tuple(shared[target, source, :3].tolist()))
        assert untied[target, source, :3].tolist() == theme.untied()[hashed(target, source)].tolist()
    np.testing.assert_array_equal(shared[..., 3], opaque)
    np.testing.assert_array_equal(untied[..., 3], opaque)
    assert all(len(mine) == 1 for mine in colours.values())
    assert len(set.union(*colours.values())) == len(colours)


def test_the_hidden_kernel_stands_beside_the_learned_ones_in_one_scale() -> None:
    found = run(edited(STATE, kernel="1,2;3,-4;0,5"), experiment="pictures", mu=1.0)
    cards = found.samples[1:]
    hidden, shared, untied = (card.pictures[0] for card in cards)
    assert [card.title for card in cards] == ["Target", "Shared", "Untied"]
    assert read_values(hidden).tolist() == [[1, 2], [3, -4], [0, 5]]
    assert np.allclose(read_values(shared).ravel(), found.records[-1].theta[0], rtol=1e-6, atol=1e-6)
    assert {(one.high, one.low, one.ramp) for one in (hidden, shared, untied)} == {("5", "−5", "signed")}
    assert all(card.pictures[0].alt.startswith(f"{card.title} kernel, from ") for card in cards)
    assert "110 positions" in cards[1].note


@pytest.mark.parametrize(("K", "L"), [(3, 3), (3, 4), (2, 5)])
def test_the_untied_kernel_is_that_of_the_position_in_the_middle(K: int, L: int) -> None:
    found = run(edited(STATE, kernel=[[1] * L] * K), experiment="pictures", mu=0.5, steps=200)
    rows, cols = 12 - K + 1, 12 - L + 1
    apart = found.records[-1].theta[1].reshape(K, L, rows, cols)  # tap by tap, as in the wiring
    middles = [apart[..., i, j] for i in {(rows - 1) // 2, rows // 2} for j in {(cols - 1) // 2, cols // 2}]
    shown = read_values(found.samples[3].pictures[0])
    assert any(np.allclose(shown, kernel, rtol=1e-6, atol=1e-7) for kernel in middles)


@pytest.mark.parametrize("experiment", ["parallel", "mimo", "pictures"])
def test_the_newest_sample_is_shown_by_its_number(experiment: str) -> None:
    found = run(experiment=experiment, steps=300, members=3, lags=4, trials=2, mu=0.02)
    newest = read_values(found.samples[0].pictures[0])
    assert found.samples[0].title == "X(300)"
    assert np.allclose(newest.ravel(), found.records[-1].x, atol=1e-6)
    assert newest.shape == ((12, 12) if experiment == "pictures" else (3, 4))
    if experiment == "pictures":
        patches = np.lib.stride_tricks.sliding_window_view(PICTURE - PICTURE.mean(), (12, 12))
        assert np.isclose(patches, newest, atol=1e-6).all(axis=(2, 3)).any()


def test_every_row_of_the_weights_shown_is_the_filter_of_its_channel() -> None:
    found = run(steps=2000, members=3, lags=4, trials=1, mu=0.1, variance=0.0, mismatch=0.5)
    assert isinstance(found.made, Parallel)
    hidden = found.made.targets(np.random.default_rng(0))
    _, truth, shared, untied = (read_values(card.pictures[0]) for card in found.samples)
    assert np.allclose(untied, hidden, atol=1e-3)
    assert np.allclose(truth, hidden, atol=1e-6)
    assert shared.shape == (1, 4)


def test_around_the_ring_the_shared_weights_are_found_again_in_every_row_of_the_untied() -> None:
    found = run(experiment="mimo", steps=3000, members=3, lags=2, trials=1, mu=0.05, variance=0.0)
    _, truth, by_distance, full = (read_values(card.pictures[0]) for card in found.samples)
    assert np.allclose(by_distance, truth, atol=0.02)
    for output, source in np.ndindex(3, 3):
        assert np.allclose(full.reshape(3, 3, 2)[output, source], by_distance[(source - output) % 3], atol=0.02)
