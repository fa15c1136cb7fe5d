"""The four wirings on one picture: the same map from very different layers, or what each of them can be at random."""

import math
from collections import Counter
from dataclasses import replace
from functools import cached_property

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import theme
from components.display.cards import Card, Picture
from components.display.layer import layer_of
from components.pages.compare import four_layers
from components.pages.compare.small import SmallLayer, small_state
from components.state.link import edited
from components.state.setup import Setup, View
from kernels.layer.counts import KINDS
from kernels.layer.kinds import wiring
from kernels.layer.wiring import kept
from tests.support.layers import SIZES, WAYS, Bytes, Size, Way, by_loops, close, geometry, picture
from tests.support.oracles import Connection, loop_connections, parameter_count
from tests.support.pictures import cells_of, hashed, read_png, read_values
from tests.support.text import numbers, sizes

Floats = NDArray[np.float64]

DEFAULT = Setup()
STATES: list[Way] = [
    *WAYS[:6],
    {"flip": True, "kernel": "1,2,3;4,5,7", "padding": "same", "period": 3},
    {"period": 512, "padding": "same", "mode": "circular"},
    {"kernel": "1e6,-1e6,1e-6", "bias": 1e6},
    {"kernel": "1,2;3,4", "stride": 16, "padding": 1},  # three of its weights meet no pixel
]
RANDOM: list[Way] = [
    {"period": 3},
    {"kernel": "1,2,3;4,5,7", "padding": 1, "bias": 0.5},
    {"kernel": "1,2;3,4", "padding": "same", "mode": "circular", "dilation": 2, "flip": True},
]

LEFT_OUT = {"grey": ("colour", "rgb"), "activation": ("activation", "tanh"), "untied": ("untied", [[0, 0, 0, 5.0]])}
every_state = pytest.mark.parametrize("way", STATES, ids=str)


class Shown:
    """The four layers of a state on a picture, and their cards."""

    def __init__(self, way: Way, size: Size = SIZES[0], draw: int = 0) -> None:
        self.state, self.planes = edited(DEFAULT, **way), picture(1, size)
        self.layer = layer_of(self.state, size)
        self.small = SmallLayer(self.state, self.layer, self.planes)
        self.results = four_layers.results(self.small, draw)
        self.draw = draw
        self.g = geometry(self.state, size, self.state.bias != 0)
        self.period = (self.state.period, self.state.period)

    @cached_property
    def cards(self) -> list[Card]:
        return four_layers.result_cards(self.small, self.results, self.draw)

    @cached_property
    def truth(self) -> Floats:
        """The visitor's map, by loops."""
        kernel = np.array(self.state.kernel)
        found: Floats = by_loops(self.state, self.planes, kernel[::-1, ::-1] if self.state.flip else kernel)[0]
        return found

    def connections(self, kind: View) -> list[Connection]:
        return loop_connections(kind, self.g, self.period)

    def parameters(self, kind: View) -> int:
        return parameter_count(kind, self.g, self.period)


@every_state
def test_set_to_the_same_numbers_all_four_compute_the_map_of_the_loops(way: Way) -> None:
    shown = Shown(way)
    weights = [abs(weight) for row in shown.state.kernel for weight in row] + [abs(shown.state.bias)] * shown.g.bias
    assert [result.kind for result in shown.results] == list(KINDS)
    for result in shown.results:
        close(result.output, shown.truth)
        assert result.kept is None
        # Ten roundings of the largest possible sum, a term: no pixel is above 1.
        assert result.rounding == pytest.approx(10 * 2.0**-52 * len(weights) * sum(weights), rel=1e-9)
        wrong = replace(result, error=1.01 * result.rounding + 1e-300)
        sound, damaged = (four_layers.result_cards(shown.small, [one], 0)[0].facts[-1] for one in (result, wrong))
        assert (sound.good, damaged.good) == (True, False)
        assert numbers(sound.text) == [pytest.approx(result.error, rel=0.051)]
        assert numbers(damaged.text) == [pytest.approx(wrong.error, rel=0.051)]
        assert numbers(sound.exact) == ([pytest.approx(result.rounding, rel=0.051)] if result.error else [])
    for result in Shown(way, draw=4).results:  # at random all four are far from it, and that is measured
        assert result.error == pytest.approx(float(np.abs(result.output - shown.truth).max()), rel=1e-9)


@every_state
def test_a_card_has_the_counts_of_the_loops_in_its_facts_and_in_words_beside_its_matrix(way: Way) -> None:
    shown = Shown(way)
    outputs, inputs = shown.g.n_outputs, shown.g.n_inputs
    for kind, result, card in zip(KINDS, shown.results, shown.cards, strict=True):
        edges, parameters = shown.connections(kind), shown.parameters(kind)
        found = Counter(key for _, _, key in edges)
        biases = sum(key[0] == "bias" for key in found)
        multiplied = sum(key[0] == "weight" for _, _, key in edges)
        assert numbers(card.headline) == [parameters - biases] + [biases] * shown.g.bias
        assert [numbers(fact.text) for fact in card.facts[:3]] == [[parameters], [len(edges)], [multiplied]]
        assert sizes(card.facts[0].exact) == [pytest.approx(4 * parameters, rel=0.051)]
        uses = [*found.values()] + [0] * (parameters - len(found))  # a convolution owns weights that meet no pixel
        assert result.uses == (min(uses), max(uses))
        assert numbers(card.facts[1].exact) == ([] if max(uses) == min(uses) == 1 else sorted({min(uses), max(uses)}))
        assert (card.colour, card.dashed) == (theme.ROLES[kind], kind in theme.DASHED)
        whole, output, corner, network = pictures(card)
        assert result.shape == (outputs, inputs + shown.g.bias)
        assert (whole.rows, whole.shape, whole.group) == (outputs, (outputs, inputs), output.group)
        assert numbers(whole.title) == [*result.shape]
        # The 0 that may be told besides is that of “set to 0”.
        assert set(numbers(whole.alt)) - {0} == {outputs, inputs, len(edges), parameters} - {0}
        seen = min(60, outputs), min(96, inputs)
        assert corner.shape == read_png(corner.src).shape[:2] == seen
        assert set(numbers(corner.alt)) - {0} == {*seen, len(edges), parameters} - {0}
        assert all(one.alt.startswith(f"{card.title}: ") for one in (output, corner, network))
        assert numbers(network.alt) == numbers(network.title)
    assert len({pictures(card)[3].src for card in shown.cards}) >= 3  # tiled may be one of its neighbours


@pytest.mark.parametrize(("period", "many"), [(1, []), (2, [4]), (3, [9]), (7, [49]), (8, [56]), (9, []), (512, [])])
def test_a_tiled_layer_says_how_many_kernels_take_turns(period: int, many: list[int]) -> None:
    shown = Shown({"period": period})  # 7 × 9 outputs
    dense, local, tiled, conv = (card.note for card in shown.cards)
    assert [n for n in numbers(tiled) if n != period] == many
    assert numbers(dense + local + conv) == []
    assert ("convolution" in tiled) == (period == 1)
    assert ("locally connected" in tiled) == (period >= 9)
    if period in (1, 512):
        one, other = shown.results[2], shown.results[3 if period == 1 else 1]
        assert (one.count, one.shape, one.uses) == (other.count, other.shape, other.uses)
        np.testing.assert_array_equal(one.output, other.output)
    if period == 1:
        whole, corner = ({card.pictures[n].src for card in shown.cards[2:]} for n in (0, 2))
        assert (len(whole), len(corner)) == (1, 1)


def pictures(card: Card) -> tuple[Picture, Picture, Picture, Picture]:
    """W, Y, the corner of W and the network."""
    (whole,) = [one for one in card.pictures if one.rows]
    (output,) = [one for one in card.pictures if one.values]
    (network,) = [one for one in card.pictures if one.src.startswith("data:image/svg")]
    (corner,) = [one for one in card.pictures if one not in (whole, output, network)]
    return whole, output, corner, network


@pytest.mark.parametrize("draw", [0, 3])
@every_state
def test_the_map_holds_its_numbers_and_shares_its_range_where_all_are_the_same(way: Way, draw: int) -> None:
    shown = Shown(way, draw=draw)
    largest = [float(np.abs(result.output).max()) for result in shown.results]
    for result, card, own in zip(shown.results, shown.cards, largest, strict=True):
        output = pictures(card)[1]
        np.testing.assert_array_equal(read_values(output), result.output.astype(np.float32))
        assert numbers(output.high) == [pytest.approx(own if draw else max(largest), rel=0.051)]
        assert cells_of(output) == [*result.output.shape] == [*shown.g.out_size]
        assert output.ramp == "signed" or not draw
    assert len({pictures(card)[1].group for card in shown.cards}) == 1


def colours_by_loops(shown: Shown, kind: View, rows: int, cols: int) -> Bytes:
    """The first rows and columns of W, cell by cell, in the colours of Explore; what is set to 0 is pale."""
    K, L = shown.state.kernel_size
    palette, static, p = theme.weights(K, L), theme.untied(), shown.state.period
    rgba = np.zeros((rows, cols, 4), np.uint8)
    used = {(target, source) for target, source, _ in shown.connections("local")}
    for target, source, key in shown.connections(kind):
        if target >= rows or source >= cols:
            continue
        if kind in ("dense", "local"):
            colour = static[hashed(target, source)]
        else:
            tap = int(key[3]) * L + int(key[4])
            weight = K * L - 1 - tap if shown.state.flip else tap
            i, j = divmod(target, shown.g.out_size[1])
            place = i % p * p + j % p + 1_000_003
            colour = palette[weight] if kind == "conv" or p == 1 else static[hashed(place, weight)]
        opaque = shown.draw or (target, source) in used
        rgba[target, source] = [*colour.tolist(), 255 if opaque else four_layers.PALE]
    return rgba


@pytest.mark.parametrize("draw", [0, 5])
@pytest.mark.parametrize("way", [way for way in STATES if way.get("mode", "zeros") == "zeros"], ids=str)
def test_every_cell_of_the_corner_has_the_colour_of_its_weight_and_pale_ones_are_told(way: Way, draw: int) -> None:
    shown = Shown(way, draw=draw)
    assert 0 < four_layers.PALE < 128
    for kind, card in zip(KINDS, shown.cards, strict=True):
        whole, _, corner, _ = pictures(card)
        np.testing.assert_array_equal(read_png(corner.src), colours_by_loops(shown, kind, *corner.shape))
        assert ("pale" in corner.alt) == ("pale" in whole.alt) == (kind == "dense" and draw == 0)


@every_state
def test_beside_the_four_stand_the_picture_and_the_kernel_with_their_numbers(way: Way) -> None:
    shown = Shown(way)
    given, *four = four_layers.all_cards(shown.small, 0)
    assert four == shown.cards
    picture, kernel = given.pictures
    np.testing.assert_array_equal(read_values(picture), (shown.planes[0] / 255).astype(np.float32))
    np.testing.assert_array_equal(read_png(picture.src), shown.planes[0])
    np.testing.assert_array_equal(read_values(kernel), np.array(shown.state.kernel, dtype=np.float32))
    K, L = shown.state.kernel_size
    np.testing.assert_array_equal(read_png(kernel.src), theme.weights(K, L).reshape(K, L, 3))
    assert (cells_of(picture), cells_of(kernel)) == ([9, 11], [K, L])
    assert (numbers(picture.alt)[:2], numbers(kernel.alt)[:2]) == ([9, 11], [K, L])


@pytest.mark.parametrize("left_out", [[], ["grey"], ["activation"], ["untied"], [*LEFT_OUT]], ids=str)
def test_what_was_done_to_the_picture_and_left_out_of_the_layer_is_told(left_out: list[str]) -> None:
    state = edited(DEFAULT, stride=2, bias=1, side=100)
    own, layer = layer_of(state, (60, 100)), layer_of(small_state(state, (60, 100)), (19, 32))
    g = geometry(state, (60, 100))
    changed = edited(state, **dict(LEFT_OUT[name] for name in left_out))
    told = four_layers.scope(changed, layer, own)
    assert numbers(told)[:2] == [19, 32]
    assert set(numbers(told)) == {19, 32, 60, 100, g.n_outputs * (g.n_inputs + 1)}
    assert [name for name in LEFT_OUT if name in told.lower()] == left_out
    assert numbers(four_layers.scope(changed, own, own)) == [60, 100]


@every_state
def test_the_title_and_the_sentence_name_the_most_and_the_fewest_weights_or_the_seed(way: Way) -> None:
    shown = Shown(way)
    dense, conv = shown.parameters("dense"), shown.parameters("conv")
    assert numbers(four_layers.sentence(shown.layer, 0)) == [dense, conv]
    assert numbers(four_layers.sentence(shown.layer, 77)) == [77]
    assert numbers(four_layers.title(shown.layer)) == [conv, dense, *shown.layer.in_shape[1:]]
    assert "1 weight " not in four_layers.title(shown.layer)


def test_one_weight_is_singular_and_a_kernel_as_large_as_the_picture_is_not_praised() -> None:
    assert "1 weight " in four_layers.title(layer_of(edited(DEFAULT, kernel="2"), (8, 7)))
    layer = layer_of(edited(DEFAULT, kernel=[[1] * 8] * 8), (8, 8))
    assert four_layers.title(layer) == ":primary[64 weights], fully connected and as a convolution, at 8 × 8"


@pytest.mark.parametrize("seed", [1, 9999])
@pytest.mark.parametrize("way", RANDOM, ids=str)
def test_free_weights_are_those_of_seed_and_layer_and_the_next_can_copy_what_is_said(way: Way, seed: int) -> None:
    shown = Shown(way, draw=seed)
    x = np.append(shown.planes.ravel() / 255, 1.0)  # the last is the bias's
    wires = [wiring(kind, shown.layer.spec, shown.layer.in_shape, shown.state.period) for kind in KINDS]
    for n, (one, result, card) in enumerate(zip(wires, shown.results, shown.cards, strict=True)):
        # Normal with variance 1 / (weights an output reads), from the generator of this seed and of this layer.
        theta = np.random.default_rng([seed, n]).standard_normal(one.n_params)
        theta /= math.sqrt(len(one.targets) / shown.g.n_outputs)
        wanted = np.zeros(shown.g.n_outputs)
        np.add.at(wanted, one.targets, theta[one.ids] * x[one.sources])
        close(result.output.ravel(), wanted)
        assert card.facts[-1].good is None
        if n < 3:
            share = kept(one, theta, wires[n + 1])
            assert result.kept == pytest.approx(share, rel=1e-9)
            assert numbers(card.facts[-1].text) == [pytest.approx(100 * share, rel=0.051)]
    assert (shown.results[3].kept, numbers(shown.cards[3].facts[-1].text)) == (None, [])
