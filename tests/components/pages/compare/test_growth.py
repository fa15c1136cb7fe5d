"""Where the saving comes from, how it grows and what was measured: every number is one a pencil or a loop finds."""

import math
import re
from dataclasses import replace
from itertools import pairwise

import pytest

from components.display.layer import layer_of
from components.pages.compare import growth
from components.state.link import edited
from components.state.setup import Setup, View
from kernels import LayerSpec, SpecError
from kernels.layer import timing
from kernels.layer.spec import Shape
from kernels.layer.timing import Measurement, Method
from tests.support.layers import WAYS, geometry
from tests.support.oracles import loop_connections, parameter_count
from tests.support.text import durations, numbers, sizes

Way = dict[str, object]
DEFAULT = Setup()
KINDS: tuple[View, ...] = ("dense", "local", "tiled", "conv")
METHODS: tuple[Method, ...] = ("dense", "sparse", "correlate")
SIDES = (8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
MEMORY = 300e6
FLAT15 = [[1] * 15] * 15
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way)[:60])


# Where the saving comes from.


@every_way
@pytest.mark.parametrize("size", [(9, 11), (12, 8)], ids=str)
def test_the_saving_is_locality_times_sharing(way: Way, size: tuple[int, int]) -> None:
    state = edited(DEFAULT, **way)
    found = growth.saving(layer_of(state, size))
    g = geometry(state, size, state.bias != 0)
    dense, local, conv = (parameter_count(kind, g) for kind in ("dense", "local", "conv"))
    assert (found.dense, found.local, found.conv) == (dense, local, conv)
    assert (found.locality, found.sharing, found.whole) == (dense / local, local / conv, dense / conv)
    assert found.locality * found.sharing == pytest.approx(found.whole, rel=1e-12)


@every_way
@pytest.mark.parametrize("size", [(9, 11), (12, 8)], ids=str)
def test_the_sentence_names_the_factors_and_what_they_come_from(way: Way, size: tuple[int, int]) -> None:
    state = edited(DEFAULT, **way)
    layer, g = layer_of(state, size), geometry(state, size, state.bias != 0)
    dense, local, conv = (parameter_count(kind, g) for kind in ("dense", "local", "conv"))
    factors = [dense / local, local / conv, dense / conv]
    exact = [dense, local, conv, g.kernel_size[0] * g.kernel_size[1], g.n_inputs, g.n_outputs]
    said = numbers(growth.saving_sentence(growth.saving(layer), layer))
    for factor in factors:
        assert any(near(n, factor) for n in said)
    assert {float(g.n_inputs), float(g.n_outputs)} <= set(said)
    assert all(n in exact or any(near(n, factor) for factor in factors) for n in said)


def near(said: float, factor: float) -> bool:
    """Whether a factor is told as it is, to one decimal or from ten on to none."""
    return abs(said - factor) <= (0.0501 if factor < 9.95 else 0.501)


def test_of_four_thousand_pixels_nine_are_read_and_one_kernel_serves_all_places() -> None:
    layer = layer_of(DEFAULT, (64, 64))  # 62 · 62 = 3,844 outputs, 4,096 pixels, 9 taps
    found = growth.saving(layer)
    assert (found.dense, found.local, found.conv) == (15_745_024, 34_596, 9)
    assert (round(found.locality), round(found.sharing), round(found.whole)) == (455, 3844, 1_749_447)
    said = {round(n) for n in numbers(growth.saving_sentence(found, layer))}
    assert {455, 9, 4096, 3844, 1_749_447} <= said <= {455, 9, 4096, 3844, 1_749_447, 15_745_024, 34_596}


@pytest.mark.parametrize("bias", [0, 3])
def test_a_layer_that_reads_no_pixel_is_refused_with_what_to_do(bias: float) -> None:
    # Its only output lies on the padding.
    layer = layer_of(edited(DEFAULT, kernel="1", stride=16, padding=1, side=14, bias=bias), (14, 14))
    with pytest.raises(SpecError, match=r"reads? .*pixel.*(stride|padding)"):
        growth.saving(layer)


@pytest.mark.parametrize(("size", "stride"), [((64, 64), 1), ((20, 31), 1), ((64, 64), 3)], ids=str)
def test_the_factors_as_they_are_told_multiply_to_the_whole_as_it_is_told(size: tuple[int, int], stride: int) -> None:
    layer = layer_of(edited(DEFAULT, stride=stride), size)
    told = [
        float(n.replace(",", ""))
        for n in re.findall(r"×([\d,.]*\d)", growth.saving_sentence(growth.saving(layer), layer))
    ]
    locality, sharing, whole = told
    assert locality * sharing == pytest.approx(whole, rel=2e-3)


def test_an_output_is_not_said_to_read_more_pixels_than_there_are() -> None:
    layer = layer_of(edited(DEFAULT, kernel=FLAT15, padding="same", mode="replicate", side=8), (8, 8))
    said = growth.saving_sentence(growth.saving(layer), layer)
    read, of = next((int(a), int(b)) for a, b in re.findall(r"(\d+)\D+(\d+) pixels", said))
    assert read <= of == 64


# How it grows.


@every_way
def test_the_curves_are_the_counts_of_the_loops(way: Way) -> None:
    state = edited(DEFAULT, **way)
    for curve in growth.curves(state):
        counts = dict(zip(curve.sides, curve.counts, strict=True))
        for side in (8, 16):
            g = geometry(state, (side, side), state.bias != 0)
            if not g.is_valid:
                assert side not in counts
                continue
            edges = loop_connections(curve.kind, g, (state.period, state.period))
            parameters = parameter_count(curve.kind, g, (state.period, state.period))
            found = counts[side]
            assert (found.parameters, found.bytes, found.connections) == (parameters, 4 * parameters, len(edges))
            assert found.multiply_adds == sum(key[0] == "weight" for _, _, key in edges)


def test_the_curves_of_a_3x3_kernel_are_the_formulas_of_the_textbook() -> None:
    found = {curve.kind: curve for curve in growth.curves(edited(DEFAULT, period=2))}
    assert list(found) == list(KINDS)
    for kind, curve in found.items():
        assert curve.sides == SIDES
        for n, count in zip(curve.sides, curve.counts, strict=True):
            dense, local = (n - 2) ** 2 * n**2, 9 * (n - 2) ** 2
            assert count.parameters == {"dense": dense, "local": local, "tiled": 36, "conv": 9}[kind]
            assert count.multiply_adds == (dense if kind == "dense" else local)
            assert count.bytes == 4 * count.parameters
    assert found["dense"].counts[-1].parameters == 281_200_165_912_576  # 4094² · 4096²
    assert found["local"].counts[-1].parameters == 150_847_524


@pytest.mark.parametrize(
    ("way", "first"),
    [
        ({"kernel": FLAT15}, 16),
        ({"kernel": FLAT15, "dilation": 8}, 128),  # it reaches over 14 · 8 + 1 = 113
        ({"dilation": 8}, 32),
        ({"kernel": FLAT15, "dilation": 8, "padding": "full"}, 8),
        ({"padding": 64, "mode": "reflect"}, 128),
        ({"padding": 64, "mode": "circular"}, 64),
        ({"padding": 32, "mode": "reflect"}, 64),
    ],
    ids=lambda value: str(value).replace(str(FLAT15), "15×15"),
)
def test_sides_that_do_not_fit_are_left_out_of_curves_and_heats(way: Way, first: int) -> None:
    state = edited(DEFAULT, **way)
    wanted = tuple(side for side in SIDES if geometry(state, (side, side)).is_valid)
    assert wanted == tuple(side for side in SIDES if side >= first)
    for curve in growth.curves(state):
        assert curve.sides == wanted
        assert len(curve.counts) == len(wanted)
    raced = {size[1] for _, size in growth.heats(growth.plain(state))}
    assert min(raced) == first
    assert raced <= set(wanted)


@pytest.mark.parametrize(
    ("size", "side"), [((64, 64), 64.0), ((9, 16), 12.0), ((2, 8), 4.0), ((1, 512), 22.62741699796952)]
)
def test_a_picture_stands_where_a_square_of_as_many_pixels_would(size: tuple[int, int], side: float) -> None:
    assert growth.equivalent_side(layer_of(edited(DEFAULT, kernel="1"), size)) == pytest.approx(side, rel=1e-15)


# What is measured.


RACED: list[Way] = [
    {},
    {"kernel": FLAT15},
    {"kernel": FLAT15, "dilation": 8, "padding": "full"},
    {"kernel": "1", "padding": 64},
    {"stride": 16, "bias": 5},
    {"kernel": "1,2;3,4", "padding": "same", "mode": "replicate", "stride": 3},
    {"padding": 64, "mode": "reflect"},
]
every_race = pytest.mark.parametrize("way", RACED, ids=lambda way: str(way).replace(str(FLAT15), "15×15"))


def at_least(runner: Method, state: Setup, side: int) -> int:
    """Bytes without which no such product can be: the matrix, its non-zeros, or the padded picture, in float64."""
    g = geometry(state, (side, side))
    if runner == "dense":
        return 8 * g.n_outputs * g.n_inputs
    if runner == "sparse":
        return 0 if g.mode == "zeros" else 12 * g.n_outputs * g.kernel_size[0] * g.kernel_size[1]
    return 8 * math.prod(n + sum(pad) for n, pad in zip((side, side), g.pads, strict=True))


def test_what_is_timed_has_the_visitors_geometry_and_no_bias() -> None:
    state = edited(DEFAULT, kernel="1,2,3;4,5,6", bias=7, stride=2, dilation=3, padding=4, mode="reflect")
    wanted = LayerSpec((2, 3), stride=2, dilation=3, padding=4, padding_mode="reflect", bias=False)
    assert growth.plain(state) == wanted


def test_every_runner_of_a_3x3_kernel_is_raced_up_to_its_memory() -> None:
    heats = growth.heats(growth.plain(DEFAULT))
    raced = {runner: [size for one, size in heats if one == runner] for runner in METHODS}
    # Dense: 8 · 62² · 64² = 126 MB; 8 · 126² · 128² = 2.1 GB. Sparse: 9 · 510² connections; 9 · 1022² are above 2²².
    assert raced["dense"] == [(1, side, side) for side in (8, 16, 32, 64)]
    assert raced["sparse"] == [(1, side, side) for side in (8, 16, 32, 64, 128, 256, 512)]
    assert raced["correlate"] == [(1, side, side) for side in SIDES if side <= 2048]


@every_race
def test_heats_go_from_small_to_large_and_stay_within_the_memory(way: Way) -> None:
    state = edited(DEFAULT, **way)
    heats = growth.heats(growth.plain(state))
    assert heats
    assert len(set(heats)) == len(heats)
    sides = [size[1] for _, size in heats]
    assert sides == sorted(sides)
    for runner, size in heats:
        assert size == (1, size[1], size[1])
        assert at_least(runner, state, size[1]) <= MEMORY


def named(line: str) -> dict[int, float]:
    """The sizes a sentence names: bytes by side."""
    found = re.findall(r"([\d.]+ [kMGTPE]?B)\D*?(\d+)(?=[ ,.])", line)
    return {int(side): sizes(need)[0] for need, side in found}


@every_race
def test_what_is_too_large_is_named_with_what_it_would_need(way: Way) -> None:
    state = edited(DEFAULT, **way)
    spec = growth.plain(state)
    heats, lines = growth.heats(spec), growth.too_large(spec)
    fitting = [side for side in SIDES if geometry(state, (side, side)).is_valid]
    told = 0
    for runner in METHODS:
        left_out = [side for side in fitting if (runner, (1, side, side)) not in heats]
        mine = [line for line in lines if growth.RUNNER_NAMES[runner] in line]
        assert len(mine) == bool(left_out)
        if not mine:
            continue
        told += 1
        needs = named(mine[0])
        assert list(needs) == left_out
        for side, need in needs.items():
            assert need >= 0.95 * at_least(runner, state, side)
            if runner == "dense":
                assert need == pytest.approx(at_least(runner, state, side), rel=0.06)
    assert told == len(lines) >= 1


@pytest.mark.parametrize("way", [*RACED, {"kernel": [[1] * 4] * 4, "padding": "full", "mode": "replicate"}], ids=str)
def test_nothing_is_left_out_for_want_of_memory_that_needs_less_than_it_may_take(way: Way) -> None:
    for line in growth.too_large(growth.plain(edited(DEFAULT, **way))):
        assert min(named(line).values()) > 0.99 * MEMORY


@every_race
def test_progress_goes_from_nothing_to_all_and_only_forwards(way: Way) -> None:
    spec = growth.plain(edited(DEFAULT, **way))
    heats = growth.heats(spec)
    over = [growth.over(spec, done) for done in range(len(heats) + 1)]
    assert over[0] == 0
    assert over[-1] == pytest.approx(1, abs=1e-12)
    assert all(a < b for a, b in pairwise(over))
    told = [growth.now(spec, done) for done in range(len(heats) + 1)]
    assert len(set(told)) == len(heats) + 1
    assert told[-1] == ""


def fake(runner: Method, spec: LayerSpec, size: Shape) -> Measurement:
    assert spec == LayerSpec(3)
    return Measurement(runner, size[1], (1.0,))


def test_every_heat_is_measured_in_order_and_none_beside_somebody_else_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "lap", fake)
    run = growth.measured(LayerSpec(3))
    with growth.ALONE:
        assert [next(run), next(run)] == [None, None]
    found = [next(run)]
    assert not growth.ALONE.locked()
    found += run
    assert [(lap.method, lap.side) for lap in found if lap] == [
        (runner, size[1]) for runner, size in growth.heats(LayerSpec(3))
    ]


@pytest.mark.parametrize(
    ("error", "told"), [(MemoryError(), "no memory left for dense at 8 × 8"), (SpecError("bad"), "bad")]
)
def test_a_heat_that_fails_says_why_and_leaves_the_turn_to_others(
    monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def fails(*_: object) -> Measurement:
        raise error

    monkeypatch.setattr(timing, "lap", fails)
    with pytest.raises(SpecError, match=told):
        next(growth.measured(LayerSpec(3)))
    assert not growth.ALONE.locked()


def laps(times: dict[Method, dict[int, float]]) -> list[Measurement]:
    return [
        Measurement(runner, side, (seconds / 2, seconds, 3 * seconds))
        for runner, found in times.items()
        for side, seconds in found.items()
    ]


def test_the_race_is_told_at_the_largest_side_all_have_run() -> None:
    times: dict[Method, dict[int, float]] = {
        "dense": {8: 1e-6, 16: 4e-6, 64: 2.5e-3},
        "sparse": {8: 2e-6, 64: 1.7e-4, 128: 9e-4},
        "correlate": {8: 3e-5, 16: 5e-5, 64: 7.3e-5, 2048: 0.11},
    }
    said = growth.race_sentence(laps(times))
    assert durations(said) == pytest.approx([2.5e-3, 1.7e-4, 7.3e-5])
    assert set(numbers(said)) == {64, 2.5, 170, 73, 300}
    assert sizes(said) == [MEMORY]
    turned = growth.race_sentence(laps(times)[::-1])
    assert turned == said


@pytest.mark.parametrize("runners", [(), ("dense",), ("dense", "sparse"), ("correlate",)], ids=str)
def test_before_all_have_run_no_time_is_told(runners: tuple[Method, ...]) -> None:
    said = growth.race_sentence(laps({runner: {8: 1e-6} for runner in runners}))
    assert durations(said) == []
    assert sizes(said) == [MEMORY]


def test_times_at_different_sides_are_not_compared() -> None:
    said = growth.race_sentence(laps({"dense": {8: 1e-6}, "sparse": {16: 1e-6}, "correlate": {8: 1e-6, 16: 1e-6}}))
    assert durations(said) == []


def test_the_saving_of_a_changed_kernel_is_another() -> None:
    one = growth.saving(layer_of(DEFAULT, (20, 20)))
    other = growth.saving(layer_of(replace(DEFAULT, kernel=((1.0, 2.0),)), (20, 20)))
    assert (one.conv, other.conv) == (9, 2)
