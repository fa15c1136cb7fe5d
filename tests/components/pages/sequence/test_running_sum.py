"""The running sum on the page: every way is run as it says, and no more is claimed than every seed shows."""

from functools import partial
from math import inf, nan

import numpy as np
import pytest

from components.pages.sequence import charts, running_sum
from components.pages.sequence.running_sum import REPEATED, RESTARTED, TIED, WAYS, Score
from components.pages.sequence.state import RunningSum
from kernels.learning.running_sum import examples, relative_error
from kernels.learning.training import Recipe
from tests.support.work import alike, interrupted, records_of

OWN = RunningSum(steps=4)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_sum, "SEEDS", 1)
    monkeypatch.setattr(running_sum, "RECIPE", Recipe(rate=0.01, epochs=8))


def scores(**errors: tuple[float, ...]) -> list[Score]:
    ways = {"tied": TIED, "repeated": REPEATED, "restarted": RESTARTED}
    return [Score(ways[name.split("_")[0]], 0, found) for name, found in errors.items()]


@pytest.mark.usefixtures("quick")
def test_in_training_both_untied_ways_are_one_network_and_a_restart_cannot_know_what_came_before() -> None:
    found = {score.way: score.errors for score in records_of(running_sum.experiment(OWN))}
    assert [*found] == [*WAYS]
    assert found[REPEATED][0] == found[RESTARTED][0] < 0.5
    # Even a perfect network that reads T of 2T or 4T numbers misses the others: a half and three quarters of y² each.
    assert found[RESTARTED][1:] == pytest.approx([np.sqrt(1 / 2), np.sqrt(3 / 4)], rel=0.15)
    x, y = examples(running_sum.TEST, 8, np.random.default_rng([0, 2, 2]))
    assert relative_error(x[:, :, -4:].sum(axis=2, keepdims=True), y) == pytest.approx(np.sqrt(1 / 2), rel=0.1)


@pytest.mark.usefixtures("quick")
def test_interrupted_after_every_epoch_the_scores_are_those_without() -> None:
    assert alike(interrupted(partial(running_sum.experiment, OWN)), records_of(running_sum.experiment(OWN)))


@pytest.mark.long
def test_by_default_tying_generalises_to_longer_sequences_with_every_seed() -> None:
    found = records_of(running_sum.experiment(RunningSum()))
    assert len(found) == running_sum.whole()
    assert "at 16 and 32 steps **every tied network" in running_sum.sentence(RunningSum(), found)


def test_the_sentence_claims_what_every_seed_shows_and_no_more() -> None:
    clear = scores(tied=(0.1, 0.2, 0.4), repeated=(0.1, 1, 2), restarted=(0.1, 0.7, 0.9))
    assert running_sum.sentence(OWN, clear) == (
        "At 4 steps, as in training, the error is 0.1 tied and 0.1 untied; at 8 and 16 steps **every tied network has "
        "a smaller error than every untied one**, however the untied one is extended (1 seed)."
    )
    assert "at 8 steps **every" in running_sum.sentence(OWN, [*clear, *scores(tied=(0.1, 0.3, 0.95))])
    assert "ranges overlap" in running_sum.sentence(OWN, [*clear, *scores(tied=(0.1, 0.8, 1))])
    assert "**Run**" in running_sum.sentence(OWN, clear[:2])
    lost = scores(tied=(nan, 0.1, nan))
    assert "ranges overlap" in running_sum.sentence(OWN, [*clear, *lost, *scores(tied=(0.1, inf, inf))])
    assert "error ∞ tied" in running_sum.title(OWN, [*clear, *lost])
    assert running_sum.title(OWN, clear) == (
        "Running sum, trained on 4 steps, run on 16: :primary[error 0.4 tied], 0.9 or 2 untied"
    )
    assert "error" not in running_sum.title(OWN, clear[:1])


def test_the_table_has_means_ranges_and_weights_and_leaves_out_what_diverged() -> None:
    found = scores(tied=(0.1, 0.2, 0.4), tied_2=(0.3, 0.4, 0.6), repeated=(nan, nan, nan))
    tied, repeated, _ = running_sum.as_table(OWN, found).splitlines()[2:]
    assert tied == "| Tied | 80 | **0.2** (0.1–0.3) | **0.3** (0.2–0.4) | **0.5** (0.4–0.6) |"
    assert repeated == "| Untied, last step's weights repeated (1 diverged) | 256 | — | — | — |"
    figure = charts.running_sums(OWN, found)
    assert [trace.name for trace in figure.data] == ["Tied"]
    np.testing.assert_allclose(figure.data[0].y, (0.2, 0.3, 0.5))
    assert "Tied: 0.2 at 4 steps" in charts.running_sums_alt(OWN, found)
    assert "No training yet" in charts.running_sums_alt(OWN, [])
