"""Where the saving comes from and how cost grows: every number is one a pencil or a loop finds."""

import re

import pytest

from components.display.layer import layer_of
from components.pages.compare import saving
from components.pages.compare.timing import planned, timed_layer
from components.state.link import edited
from components.state.setup import Setup
from kernels import KINDS, SpecError
from tests.support.layers import FLAT15, WAYS, Way, geometry
from tests.support.oracles import loop_connections, parameter_count
from tests.support.text import as_told, numbers

DEFAULT = Setup()
SIDES = (8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way)[:60])
def test_the_saving_and_the_curves_are_the_counts_of_the_loops_and_the_sentence_names_its_factors(way: Way) -> None:
    state, size = edited(DEFAULT, **way), (9, 11)
    layer, g = layer_of(state, size), geometry(state, size, way.get("bias", 0) != 0)
    found = saving.saving(layer)
    dense, local, conv = (parameter_count(kind, g) for kind in ("dense", "local", "conv"))
    assert (found.dense, found.local, found.conv) == (dense, local, conv)
    factors = [dense / local, local / conv, dense / conv]
    assert [found.locality, found.sharing, found.whole] == factors
    exact = [dense, local, conv, g.kernel_size[0] * g.kernel_size[1], g.n_inputs, g.n_outputs]
    said = numbers(saving.sentence(found, layer))
    assert all(as_told(factor) in said for factor in factors)
    assert {g.n_inputs, g.n_outputs} <= set(said)
    assert all(n in [*exact, *map(as_told, factors)] for n in said)
    g = geometry(state, (8, 8), state.bias != 0)
    for curve in saving.curves(state):
        assert (curve.sides[0] == 8) == g.is_valid
        if g.is_valid:
            edges = loop_connections(curve.kind, g, (state.period, state.period))
            parameters = parameter_count(curve.kind, g, (state.period, state.period))
            count, multiplied = curve.counts[0], sum(key[0] == "weight" for _, _, key in edges)
            assert (count.parameters, count.bytes, count.connections) == (parameters, 4 * parameters, len(edges))
            assert count.multiply_adds == multiplied


def test_of_four_thousand_pixels_nine_are_read_and_one_kernel_serves_all_places() -> None:
    layer = layer_of(DEFAULT, (64, 64))  # 62 · 62 = 3,844 outputs, 4,096 pixels, 9 taps
    found = saving.saving(layer)
    assert (found.dense, found.local, found.conv) == (15_745_024, 34_596, 9)
    said = {round(n) for n in numbers(saving.sentence(found, layer))}
    assert {455, 9, 4096, 3844, 1_749_447} <= said <= {455, 9, 4096, 3844, 1_749_447, 15_745_024, 34_596}
    for stride in (1, 3):  # and the factors as they are told multiply to the whole as it is told
        layer = layer_of(edited(DEFAULT, stride=stride), (20, 31))
        told = re.findall(r"([\d,.]*\d) times", saving.sentence(saving.saving(layer), layer))
        locality, sharing, whole = (float(n.replace(",", "")) for n in told)
        assert locality * sharing == pytest.approx(whole, rel=2e-3)


def test_where_locality_costs_weights_the_sentence_and_the_card_say_as_many_and_not_fewer() -> None:
    seven = edited(DEFAULT, kernel=[[1] * 7] * 7, padding="same", mode="reflect")  # reads 25 pixels with 49 weights
    layer = layer_of(seven, (5, 5))
    found = saving.saving(layer)
    assert saving.sentence(found, layer).startswith("**Locality: 625 → 1,225 weights, 2.0 times as many** (with reflec")
    facts = [card.facts[0].text for card in saving.step_cards(found, layer)]
    assert facts[1:] == ["2.0 times as many, by locality", "25.0 times fewer, by sharing"]


def test_a_layer_that_reads_no_pixel_is_refused_with_what_to_do() -> None:
    for bias in (0, 3):  # its only output lies on the padding
        layer = layer_of(edited(DEFAULT, kernel="1", stride=16, padding=1, side=14, bias=bias), (14, 14))
        with pytest.raises(SpecError, match=r"reads? .*pixel.*(stride|padding)"):
            saving.saving(layer)


def test_an_output_is_not_said_to_read_more_pixels_than_there_are() -> None:
    layer = layer_of(edited(DEFAULT, kernel=FLAT15, padding="same", mode="replicate", side=8), (8, 8))
    said = saving.sentence(saving.saving(layer), layer)
    read, of = next((int(a), int(b)) for a, b in re.findall(r"(\d+)\D+(\d+) pixels", said))
    assert read <= of == 64


def test_the_curves_of_a_3x3_kernel_are_the_formulas_of_the_textbook() -> None:
    found = {curve.kind: curve for curve in saving.curves(edited(DEFAULT, period=2))}
    assert list(found) == list(KINDS)
    for kind, curve in found.items():
        assert curve.sides == SIDES
        for n, count in zip(curve.sides, curve.counts, strict=True):
            dense, local = (n - 2) ** 2 * n**2, 9 * (n - 2) ** 2
            assert count.parameters == {"dense": dense, "local": local, "tiled": 36, "conv": 9}[kind]
            assert count.multiply_adds == (dense if kind == "dense" else local)


@pytest.mark.parametrize(
    ("way", "first"),
    [
        ({"kernel": FLAT15}, 16),
        ({"kernel": FLAT15, "dilation": 8}, 128),  # it spans 14 · 8 + 1 = 113
        ({"kernel": FLAT15, "dilation": 8, "padding": "full"}, 8),
        ({"padding": 64, "mode": "reflect"}, 128),
        ({"padding": 64, "mode": "circular"}, 64),
    ],
    ids=lambda value: str(value).replace(str(FLAT15), "15×15"),
)
def test_sides_that_do_not_fit_are_left_out_of_curves_and_measurements(way: Way, first: int) -> None:
    state = edited(DEFAULT, **way)
    wanted = tuple(side for side in SIDES if side >= first)
    assert {curve.sides for curve in saving.curves(state)} == {wanted}
    timed = {size[1] for _, size in planned(timed_layer(state))}
    assert min(timed) == first
    assert timed <= set(wanted)


def test_a_picture_stands_where_a_square_of_as_many_pixels_would() -> None:
    for size, side in (((64, 64), 64.0), ((9, 16), 12.0), ((1, 512), 22.62741699796952)):
        layer = layer_of(edited(DEFAULT, kernel="1"), size)
        assert saving.equivalent_side(layer) == pytest.approx(side, rel=1e-15)
