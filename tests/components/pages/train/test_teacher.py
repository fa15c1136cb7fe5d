"""What the students measure is the engine's, and the lines of theory are typed a second time here."""

from functools import partial
from itertools import product

import pytest

from components.pages.train import teacher
from components.pages.train.state import Train
from components.pages.train.teacher import Fit
from components.state.link import edited
from components.state.setup import Setup, View
from kernels.layer.spec import SpecError
from kernels.learning.teacher import Teacher, excess
from tests.support.text import numbers
from tests.support.training import KINDS
from tests.support.work import interrupted, records_of


def made(kernel: str | list[list[float]] = "1,0,-1;2,0,-2;1,0,-1", noise: float = 0.1, **ways: object) -> Teacher:
    return teacher.teacher(edited(Train(), disturbance=noise), edited(Setup(), kernel=kernel, **ways))


def ones(K: int, L: int) -> list[list[float]]:
    return [[1.0] * L] * K


def test_the_hidden_kernel_lies_on_the_picture_as_on_explore() -> None:
    assert made("1,2;3,4").kernel.tolist() == [[1, 2], [3, 4]]
    assert made("1,2;3,4", flip=True).kernel.tolist() == [[4, 3], [2, 1]]
    assert made(noise=0.5).noise == 0.5


@pytest.mark.parametrize(("size", "side"), [((1, 1), 8), ((3, 3), 8), ((5, 2), 8), ((6, 2), 9), ((2, 15), 18)], ids=str)
def test_theory_is_the_variance_times_the_weights_over_the_examples(size: tuple[int, int], side: int) -> None:
    K, L = size
    rows, cols = side - K + 1, side - L + 1
    period = max(2, rows // 3)
    wanted: dict[View, tuple[int, int]] = {  # free weights, and what one output reads
        "dense": (rows * cols * side * side, side * side),
        "local": (rows * cols * K * L, K * L),
        "tiled": (min(period, rows) * min(period, cols) * K * L, K * L),
        "conv": (K * L, K * L),
    }
    assert made(ones(*size)).side == side
    for noise in (0.1, 2.5):
        found = teacher.theory(made(ones(*size), noise))
        assert {kind: (one.parameters, one.inputs) for kind, one in found.items()} == wanted
        for kind, one in found.items():
            p, reads = wanted[kind]
            assert one.excess.tolist() == pytest.approx([noise * p / n for n in (8, 16, 32, 64, 128, 256, 512, 1024)])
            holds = [n for n in range(1, 400) if n * rows * cols > p and (n > reads or kind == "conv")]
            assert one.least == holds[0]


def test_a_point_is_the_mean_of_its_trials_also_interrupted_and_the_seed_decides_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(teacher, "PAIRS", (16, 32))
    monkeypatch.setattr(teacher, "TRIALS", 3)
    one = made()
    for seed in (1, 7):
        steps = [fit for fit, _ in teacher.fits(one, seed)]
        assert [fit is None for fit in steps] == [True, True, True, False] * 8
        points = [fit for fit in steps if fit]
        for (n, kind), fit in zip(product((16, 32), KINDS), points, strict=True):
            trials = [excess(one, one.student(kind), n, 3 * seed + trial) for trial in range(3)]
            assert (fit.kind, fit.examples) == (kind, n)
            assert fit.excess == pytest.approx(sum(trials) / 3, rel=1e-12)
        assert interrupted(partial(teacher.fits, one, seed)) == points


@pytest.mark.parametrize("size", [(1, 1), (15, 1), (15, 15), pytest.param((15, 8), marks=pytest.mark.long)], ids=str)
def test_every_kernel_on_offer_can_teach_or_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(teacher, "PAIRS", (teacher.PAIRS[-1],))  # the most examples need the most room
    monkeypatch.setattr(teacher, "TRIALS", 1)
    monkeypatch.setattr(teacher, "KINDS", ("conv",))  # whose fit has the largest table
    try:
        teaching = made(ones(*size))
    except SpecError:
        return
    (point,) = records_of(teacher.fits(teaching, 0))
    assert point.excess == pytest.approx(0.1 * size[0] * size[1] / 1024, rel=1)


def test_the_last_fits_are_told_in_numbers() -> None:
    last = (9.5, 4.25, 1.5, 0.16)
    done = [Fit(kind, n, value) for n in (8, 16) for kind, value in zip(KINDS, last, strict=True)]
    assert teacher.sentence(done) == "After 16 examples the smallest excess error: **Convolution** 0.16."
    assert "**Run**" in teacher.sentence([])
    rows = [numbers(line) for line in teacher.as_table(done, teacher.theory(made())).splitlines()[2:]]
    assert rows[0] == [2304, 9.5]  # with 16 examples the formula does not hold for it
    for row, p, value in zip(rows[1:], (324, 36, 9), last[1:], strict=True):
        assert row == [p, value, pytest.approx(0.1 * p / 16, rel=5e-3)]
    assert numbers(teacher.note(made()))[-1] == 64
