"""What is measured, in which order, within which memory; and what is said of it."""

import math
import re
from functools import partial
from itertools import pairwise

import pytest

from components.pages.compare import timing
from components.state.link import edited
from components.state.setup import Setup
from kernels import LayerSpec, SpecError
from kernels.layer.spec import Shape
from kernels.layer.timing import Measurement, Method
from tests.support.layers import FLAT15, Way, geometry
from tests.support.text import durations, numbers, sizes
from tests.support.work import interrupted, records_of

DEFAULT = Setup()
METHODS: tuple[Method, ...] = ("dense", "sparse", "correlate")
SIDES = (8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
MEMORY = 300e6
TIMED: list[Way] = [
    {},
    {"kernel": FLAT15, "dilation": 8, "padding": "full"},
    {"kernel": "1,2;3,4", "padding": "same", "mode": "replicate", "stride": 3, "bias": 5},
    {"kernel": [[1] * 4] * 4, "padding": "full", "mode": "replicate"},
    {"padding": 64, "mode": "reflect"},
]


def at_least(method: Method, state: Setup, side: int) -> int:
    """Bytes without which no such product can be: the matrix, its non-zeros, or the padded picture, in float64."""
    g = geometry(state, (side, side))
    if method == "dense":
        return 8 * g.n_outputs * g.n_inputs
    if method == "sparse":
        return 0 if g.mode == "zeros" else 12 * g.n_outputs * g.kernel_size[0] * g.kernel_size[1]
    return 8 * math.prod(side + sum(pad) for pad in g.pads)


def test_what_is_timed_has_the_visitors_geometry_and_no_bias() -> None:
    state = edited(DEFAULT, kernel="1,2,3;4,5,6", bias=7, stride=2, dilation=3, padding=4, mode="reflect")
    wanted = LayerSpec((2, 3), stride=2, dilation=3, padding=4, padding_mode="reflect", bias=False)
    assert timing.timed_layer(state) == wanted


def test_every_method_runs_a_3x3_kernel_up_to_its_memory() -> None:
    planned = timing.planned(timing.timed_layer(DEFAULT))
    sizes_of = {method: [size for one, size in planned if one == method] for method in METHODS}
    # Dense: 8 · 62² · 64² = 126 MB; 8 · 126² · 128² = 2.1 GB. Sparse: 9 · 510² connections; 9 · 1022² are above 2²².
    assert sizes_of["dense"] == [(1, side, side) for side in (8, 16, 32, 64)]
    assert sizes_of["sparse"] == [(1, side, side) for side in (8, 16, 32, 64, 128, 256, 512)]
    assert sizes_of["correlate"] == [(1, side, side) for side in SIDES if side <= 2048]


@pytest.mark.parametrize("way", TIMED, ids=lambda way: str(way).replace(str(FLAT15), "15×15"))
def test_measurements_go_from_small_to_large_within_the_memory_and_what_is_too_large_is_named(way: Way) -> None:
    state = edited(DEFAULT, **way)
    spec = timing.timed_layer(state)
    planned, lines = timing.planned(spec), timing.too_large(spec)
    assert len(set(planned)) == len(planned) > 0
    sides = [size[1] for _, size in planned]
    assert sides == sorted(sides)
    assert all(at_least(method, state, size[1]) <= MEMORY for method, size in planned)
    shares = [timing.progress(spec, done) for done in range(len(planned) + 1)]
    assert shares[0] == 0
    assert shares[-1] == pytest.approx(1, abs=1e-12)
    assert all(a < b for a, b in pairwise(shares))
    told = [timing.current(spec, done) for done in range(len(planned) + 1)]
    assert told[:-1] == [f"{timing.METHOD_NAMES[method]}, {size[1]} × {size[1]}" for method, size in planned]
    assert told[-1] == ""
    fitting = [side for side in SIDES if geometry(state, (side, side)).is_valid]
    left_out = {m: [side for side in fitting if (m, (1, side, side)) not in planned] for m in METHODS}
    assert len(lines) == sum(map(bool, left_out.values())) >= 1
    for method in METHODS:
        found = [
            (int(side), sizes(need)[0])
            for line in lines
            if timing.METHOD_NAMES[method] in line
            for need, side in re.findall(r"([\d.]+ [kMGTPE]?B)\D*?(\d+)(?=[ ,.])", line)
        ]
        assert [side for side, _ in found] == left_out[method]
        for side, need in found:
            assert need >= max(0.99 * MEMORY, 0.95 * at_least(method, state, side))
            assert method != "dense" or need == pytest.approx(at_least(method, state, side), rel=0.06)


def test_all_is_measured_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    def fake(method: Method, spec: LayerSpec, size: Shape) -> Measurement:
        assert spec == LayerSpec(3)
        return Measurement(method, size[1], (1.0,))

    monkeypatch.setattr(timing, "measure", fake)
    wanted = [(method, size[1]) for method, size in timing.planned(LayerSpec(3))]
    work = partial(timing.measurements, LayerSpec(3))
    for found in (records_of(work()), interrupted(work)):
        assert [(one.method, one.side) for one in found] == wanted


@pytest.mark.parametrize(
    ("error", "told"), [(MemoryError(), "not have enough memory for dense at 8 × 8"), (SpecError("bad"), "bad")]
)
def test_a_measurement_that_fails_says_why(monkeypatch: pytest.MonkeyPatch, error: Exception, told: str) -> None:
    def fails(*_: object) -> Measurement:
        raise error

    monkeypatch.setattr(timing, "measure", fails)
    with pytest.raises(SpecError, match=told):
        next(timing.measurements(LayerSpec(3)))


def measured(method: Method, times: dict[int, float]) -> list[Measurement]:
    return [Measurement(method, side, (seconds / 2, seconds, 3 * seconds)) for side, seconds in times.items()]


def test_times_are_told_at_the_largest_side_all_have_run_and_none_before() -> None:
    dense = measured("dense", {8: 1e-6, 16: 4e-6, 64: 2.5e-3})
    sparse = measured("sparse", {8: 2e-6, 64: 1.7e-4, 128: 9e-4})
    correlate = measured("correlate", {8: 3e-5, 16: 5e-5, 64: 7.3e-5, 2048: 0.11})
    said = timing.sentence([*dense, *sparse, *correlate])
    assert durations(said) == pytest.approx([2.5e-3, 1.7e-4, 7.3e-5])
    assert set(numbers(said)) == {64, 2.5, 170, 73}
    assert sizes(timing.NOTE) == [MEMORY]
    assert timing.sentence([*correlate, *sparse, *dense[::-1]]) == said
    for found in ([], [*dense, *sparse], [*dense[:1], *sparse[1:], *correlate[:2]]):
        assert timing.sentence(found) == ""
