"""Shared or not × pooled or flattened: the scores are those of the race, and no more is said than they show."""

from dataclasses import replace
from itertools import product
from math import nan

import pytest

from components.pages.train import charts, race, readouts
from components.pages.train.readouts import KINDS, ROWS, Score
from components.pages.train.state import Train
from tests.support.work import alike, interrupted, records_of

OWN = readouts.key(Train(examples=20, epochs=2, batch=10, seed=1))


def scores(**cells: list[float]) -> list[Score]:
    """By kind and read-out, joined by an underscore: accuracies over all shifts, seed by seed; 0.5 at shift 0."""
    found = []
    for kind, readout in product(KINDS, ROWS):
        shares = cells.get(f"{kind}_{readout}", [])
        found += [Score(kind, readout, seed, share, 0.5) for seed, share in enumerate(shares)]
    return found


def test_every_score_also_interrupted_is_that_of_a_race_with_its_wiring_read_out_and_seed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readouts, "SEEDS", 2)
    found = records_of(readouts.experiment(OWN))
    assert alike(interrupted(lambda after: readouts.experiment(OWN, after)), found)
    assert [score.seed for score in found] == [2] * 6 + [3] * 6
    assert len(found) == readouts.whole()
    for score in found:
        own = replace(OWN, kinds=(score.kind,), readout=score.readout, seed=score.seed)
        (result,) = records_of(race.rounds(own))[-1].results.values()
        assert (score.shifted, score.unshifted) == (result.test, result.harder[0])


def test_the_table_has_means_and_ranges_and_dashes_where_nothing_is() -> None:
    found = scores(conv_max=[0.8, 0.9], local_max=[0.3, nan], conv_flat=[nan])
    _, _, pooled, flat, mean = readouts.as_table(found).splitlines()
    assert (
        pooled == "| Global max pooling | **85%** (80–90) | 50% (50–50) | **30%** (30–30, 1 diverged) | 50% (50–50) |"
    )
    assert flat.startswith("| Flattened maps | diverged | 50% (50–50) | — |")
    assert mean == "| Global mean pooling | — | — | — | — |"


def test_a_gain_is_claimed_where_no_seed_contradicts_it_and_nowhere_else() -> None:
    found = scores(conv_max=[0.8, 0.9], local_max=[0.3, 0.5], conv_flat=[0.33, 0.3], local_flat=[0.31, 0.36],
                   conv_mean=[0.2], local_mean=[0.3])  # fmt: skip
    assert readouts.sentence(found) == (
        "Test accuracy over all shifts, 1 seed: sharing gains **45 points** with max pooling; sharing loses "
        "**10 points** with mean pooling; with flattened maps there is no clear difference (the seeds' ranges overlap)."
    )
    assert "**Run**" in readouts.sentence([])
    lost = readouts.sentence(scores(conv_max=[0.8, 0.9], local_max=[0.3, nan]))
    assert "with max pooling 1 network diverged" in lost
    assert readouts.title(found) == "Max-pooled: :primary[85% shared, 40% untied]. Flattened: 32% shared, 34% untied"
    assert "%" not in readouts.title(found[:1])


def test_beside_a_lead_stands_what_the_same_two_reach_with_another_read_out() -> None:
    found = scores(conv_max=[0.8, 0.9], local_max=[0.3, 0.5], conv_flat=[0.33, 0.3], local_flat=[0.31, 0.36])
    where = "[Shared × pooled](train?train_tab=readouts)"
    told = f"convolution 32%, locally connected 34% (means of 2 seeds; {where})."
    assert readouts.contrast(Train(), found) == f"With flattened maps instead: {told}"
    assert readouts.contrast(Train(readout="flat"), found).startswith("With max pooling instead: convolution 85%, ")
    assert readouts.contrast(Train(), []) == f"Other read-outs: {where}."


@pytest.mark.parametrize(("reach", "told"), [(0, "none of them shifted"), (1, "by up to 1 pixel,")])
def test_it_is_said_which_digits_are_trained_and_tested_on(reach: int, told: str) -> None:
    text = readouts.tested(Train(reach=reach, examples=40))
    assert told in text
    assert "Trained on 40 digits" in text
    assert "−3 to 3 pixels vertically and horizontally; all 49 shifts are equally likely" in text


def test_the_chart_has_a_marker_for_every_score_and_the_words_are_its_numbers() -> None:
    found = scores(conv_max=[0.8, 0.9], local_max=[0.3, 0.5])
    shown = {trace.name: list(zip(trace.y, trace.x, strict=True)) for trace in charts.readouts(found).data}
    assert shown["Shared, all shifts"] == [("max pooling, shared", 0.8), ("max pooling, shared", 0.9)]
    assert shown["Untied, shift 0"] == [("max pooling, untied", 0.5)] * 2
    assert "max pooling, untied: 30%, 50%" in charts.readouts_alt(found)
    assert "No training yet" in charts.readouts_alt([])


def test_what_does_not_matter_to_the_table_is_not_in_its_key() -> None:
    others = Train(kinds=("dense",), readout="flat", scrambled=True, pace="step", tab="nets")
    assert readouts.key(others) == Train()
    assert readouts.key(Train(reach=0)) != Train()
