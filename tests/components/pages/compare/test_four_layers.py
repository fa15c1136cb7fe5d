"""The four wirings on one picture: the same map from very different layers, or what each of them can be at random."""

import math
from collections import Counter
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from components.display import theme
from components.display.cards import Card, Picture
from components.display.layer import layer_of
from components.pages.compare import four_layers
from components.pages.compare.small import SmallLayer, small_state
from components.state.link import edited
from components.state.setup import Setup, View
from kernels.layer.wiring import wiring
from tests.support.layers import SIZES, WAYS, by_loops, close, geometry, picture
from tests.support.oracles import loop_connections, parameter_count
from tests.support.pictures import cells_of, hashed, read_png, read_values
from tests.support.text import numbers, sizes

Size = tuple[int, int]
Way = dict[str, object]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

DEFAULT = Setup()
KINDS: tuple[View, ...] = ("dense", "local", "tiled", "conv")
LIMIT, LOCAL_LIMIT, COMFORT = 2**21, 2**19, 32
FLAT15 = [[1] * 15] * 15
STATES: list[Way] = [
    *WAYS[:6],
    {"flip": True, "kernel": "1,2,3;4,5,7", "padding": "same", "period": 3},
    {"period": 512, "padding": "same", "mode": "circular"},
    {"dilation": 3, "stride": 2, "period": 2},
    {"kernel": "1e6,-1e6,1e-6", "bias": 1e6},
]
Extent = Literal["valid", "full"]
EXTENTS: tuple[Extent, ...] = ("valid", "full")


def short(way: Way) -> str:
    """What pytest calls a state."""
    shown = {
        name: value if isinstance(value, str) else np.shape(np.array(value)) or value for name, value in way.items()
    }
    return (", ".join(f"{name} {value}" for name, value in shown.items()) or "default").replace(
        ";".join(["1,-1,2,0.5,1,3,-2,1"] * 8), "8×8"
    )


every_state = pytest.mark.parametrize("way", STATES, ids=short)
every_size = pytest.mark.parametrize("size", SIZES[:1], ids=str)


class Shown:
    """The four layers of a state on a picture, and their cards."""

    def __init__(self, way: Way, size: Size, draw: int = 0) -> None:
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


def window(state: Setup) -> Floats:
    kernel = np.array(state.kernel)
    return kernel[::-1, ::-1] if state.flip else kernel


# The same numbers.


@every_state
@every_size
def test_set_to_the_same_numbers_all_four_compute_the_map_of_the_loops(way: Way, size: Size) -> None:
    shown = Shown(way, size)
    wanted = by_loops(shown.state, shown.planes, window(shown.state))[0]
    assert [result.kind for result in shown.results] == list(KINDS)
    for result in shown.results:
        close(result.output, wanted)
        assert 0 <= result.error <= 1e-12 * max(1.0, float(np.abs(wanted).max()))
        assert result.kept is None


@pytest.mark.parametrize("extent", EXTENTS)
@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("kernel", ["1,2,3;4,5,7", "0.1,0.7,-1.5", "1,0,-1;2,0,-2;1,0,-1", "3"])
def test_they_all_are_scipys_correlation_or_flipped_its_convolution(kernel: str, flip: bool, extent: Extent) -> None:
    shown = Shown({"kernel": kernel, "flip": flip, "padding": extent, "bias": 0.5}, (9, 11))
    run = signal.convolve2d if flip else signal.correlate2d
    for result in shown.results:
        close(result.output, run(shown.planes[0] / 255, shown.state.kernel, extent) + 0.5)


@every_state
@every_size
def test_what_differs_by_no_more_than_rounding_is_good_and_a_wrong_number_is_not(way: Way, size: Size) -> None:
    shown = Shown(way, size)
    weights = [abs(weight) for row in shown.state.kernel for weight in row] + [abs(shown.state.bias)] * shown.g.bias
    for result in shown.results[::3]:
        # Ten roundings of the largest possible sum, a term: no pixel is above 1.
        assert result.rounding == pytest.approx(10 * 2.0**-52 * len(weights) * sum(weights), rel=1e-9)
        wrong = replace(result, error=1.01 * result.rounding + 1e-300)
        sound, damaged = (four_layers.result_cards(shown.small, [one], 0)[0].facts[-1] for one in (result, wrong))
        assert (sound.good, damaged.good) == (True, False)
        assert numbers(sound.text) == [pytest.approx(result.error, rel=0.051)]
        assert numbers(damaged.text) == [pytest.approx(wrong.error, rel=0.051)]
        assert numbers(sound.exact) == ([pytest.approx(result.rounding, rel=0.051)] if result.error else [])


@every_state
def test_by_how_much_a_layer_differs_from_the_convolution_is_measured(way: Way) -> None:
    shown = Shown(way, SIZES[0], 4)  # at random all four are far from it
    truth = by_loops(shown.state, shown.planes, window(shown.state))[0]
    for result in shown.results:
        assert result.error == pytest.approx(float(np.abs(result.output - truth).max()), rel=1e-9)


# What they cost.


def uses_by_loops(shown: Shown, kind: View) -> list[int]:
    """How often each weight is used; a convolution owns weights that are used nowhere too."""
    found = Counter(key for _, _, key in loop_connections(kind, shown.g, shown.period))
    return [*found.values()] + [0] * (parameter_count(kind, shown.g, shown.period) - len(found))


@every_state
@every_size
def test_the_facts_are_the_counts_of_the_loops(way: Way, size: Size) -> None:
    shown = Shown(way, size)
    for kind, result, card in zip(KINDS, shown.results, shown.cards, strict=True):
        edges = loop_connections(kind, shown.g, shown.period)
        parameters = parameter_count(kind, shown.g, shown.period)
        biases = len({key for _, _, key in edges if key[0] == "bias"})
        multiplied = sum(key[0] == "weight" for _, _, key in edges)
        assert result.shape == (shown.g.n_outputs, shown.g.n_inputs + shown.g.bias)
        assert numbers(card.headline) == [parameters - biases] + [biases] * shown.g.bias
        assert [numbers(fact.text) for fact in card.facts[:3]] == [[parameters], [len(edges)], [multiplied]]
        assert sizes(card.facts[0].exact) == [pytest.approx(4 * parameters, rel=0.051)]


@every_state
@every_size
def test_a_weight_is_said_to_be_used_as_often_as_it_is(way: Way, size: Size) -> None:
    shown = Shown(way, size)
    for kind, result, card in zip(KINDS, shown.results, shown.cards, strict=True):
        uses = uses_by_loops(shown, kind)
        assert result.uses == (min(uses), max(uses))
        ends = [] if max(uses) == min(uses) == 1 else sorted({min(uses), max(uses)})
        assert numbers(card.facts[1].exact) == ends


def test_weights_that_are_used_nowhere_are_counted_as_such() -> None:
    shown = Shown({"kernel": [[1] * 8] * 8, "padding": "same"}, (4, 11))  # the last row never meets a pixel
    assert sorted(uses_by_loops(shown, "conv"))[:9] == [0] * 8 + [7]
    assert shown.results[3].uses == (0, 44)
    assert numbers(shown.cards[3].facts[1].exact) == [0, 44]


@pytest.mark.parametrize(
    ("period", "many"), [(1, []), (2, [4]), (3, [9]), (5, [25]), (7, [49]), (8, [56]), (9, []), (512, [])]
)
def test_a_tiled_layer_says_how_many_kernels_take_turns(period: int, many: list[int]) -> None:
    shown = Shown({"period": period}, (9, 11))  # 7 × 9 outputs
    notes = {kind: numbers(card.note) for kind, card in zip(KINDS, shown.cards, strict=True)}
    # At 1 it is a convolution, and from 9 on it never repeats.
    assert [n for n in notes["tiled"] if n != period] == [n for n in many if n != period]
    assert {kind: notes[kind] for kind in KINDS if kind != "tiled"} == {"dense": [], "local": [], "conv": []}
    note = shown.cards[2].note
    assert ("convolution" in note) == (period == 1)
    assert ("locally connected" in note) == (period >= 9)


@every_size
def test_a_period_of_one_is_the_convolution_and_a_long_one_is_locally_connected(size: Size) -> None:
    for way in WAYS:
        first, last = (Shown({**way, "period": period}, size).results for period in (1, 512))
        for one, other in ((first[2], first[3]), (last[2], last[1])):
            assert (one.count, one.shape, one.uses) == (other.count, other.shape, other.uses)
            np.testing.assert_array_equal(one.output, other.output)


# What is seen.


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
    shown = Shown(way, SIZES[0], draw)
    largest = [float(np.abs(result.output).max()) for result in shown.results]
    for result, card, own in zip(shown.results, shown.cards, largest, strict=True):
        output = pictures(card)[1]
        np.testing.assert_array_equal(read_values(output), result.output.astype(np.float32))
        assert numbers(output.high) == [pytest.approx(own if draw else max(largest), rel=0.051)]
        assert set(cells_of(output)) == set(result.output.shape) == set(shown.g.out_size)
        assert output.ramp == "signed" or not draw
    assert len({pictures(card)[1].group for card in shown.cards}) == 1


@every_state
def test_words_beside_the_matrix_count_its_rows_columns_connections_and_weights(way: Way) -> None:
    shown = Shown(way, SIZES[0])
    for kind, card in zip(KINDS, shown.cards, strict=True):
        edges, parameters = (
            len(loop_connections(kind, shown.g, shown.period)),
            parameter_count(kind, shown.g, shown.period),
        )
        whole, _, corner, _ = pictures(card)
        assert whole.rows == shown.g.n_outputs == whole.shape[0]
        assert whole.shape[1] == shown.g.n_inputs
        assert whole.group == pictures(card)[1].group
        assert numbers(whole.title) == [shown.g.n_outputs, shown.g.n_inputs + shown.g.bias]
        said = set(numbers(whole.alt)) - {0}  # weights set to 0
        assert said == {shown.g.n_outputs, shown.g.n_inputs, edges, parameters} - {0}
        seen = min(60, shown.g.n_outputs), min(96, shown.g.n_inputs)
        assert corner.shape == read_png(corner.src).shape[:2] == seen
        assert set(numbers(corner.alt)) - {0} == {*seen, edges, parameters} - {0}


def colours_by_loops(shown: Shown, kind: View, rows: int, cols: int) -> Bytes:
    """The first rows and columns of W, cell by cell, in the colours of Explore; what is set to 0 is pale."""
    K, L = shown.state.kernel_size
    palette, static, p = theme.weights(K, L), theme.untied(), shown.state.period
    rgba = np.zeros((rows, cols, 4), np.uint8)
    used = {(target, source) for target, source, _ in loop_connections("local", shown.g)}
    for target, source, key in loop_connections(kind, shown.g, shown.period):
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


ONE_TAP_A_CELL = [way for way in STATES if way.get("mode", "zeros") == "zeros"]


@pytest.mark.parametrize("draw", [0, 5])
@pytest.mark.parametrize("way", ONE_TAP_A_CELL, ids=short)
def test_every_cell_of_the_corner_has_the_colour_of_its_weight(way: Way, draw: int) -> None:
    shown = Shown(way, SIZES[0], draw)
    assert 0 < four_layers.PALE < 128
    for kind, card in zip(KINDS, shown.cards, strict=True):
        corner = pictures(card)[2]
        np.testing.assert_array_equal(read_png(corner.src), colours_by_loops(shown, kind, *corner.shape))


@every_state
def test_beside_the_four_stand_the_picture_and_the_kernel_with_their_numbers(way: Way) -> None:
    shown = Shown(way, SIZES[0])
    given, *four = four_layers.all_cards(shown.small, 0)
    assert four == shown.cards
    picture, kernel = given.pictures
    np.testing.assert_array_equal(read_values(picture), (shown.planes[0] / 255).astype(np.float32))
    np.testing.assert_array_equal(read_png(picture.src), shown.planes[0])
    np.testing.assert_array_equal(read_values(kernel), np.array(shown.state.kernel, dtype=np.float32))
    K, L = shown.state.kernel_size
    np.testing.assert_array_equal(read_png(kernel.src), theme.weights(K, L).reshape(K, L, 3))
    assert (cells_of(picture), cells_of(kernel)) == ([9, 11], [K, L])


@every_state
def test_words_beside_the_map_and_the_network_say_what_they_are(way: Way) -> None:
    shown = Shown(way, SIZES[0])
    for result, card in zip(shown.results, shown.cards, strict=True):
        _, output, corner, network = pictures(card)
        low, high = float(result.output.min()), float(result.output.max())
        said = numbers(output.alt)
        assert said[:2] == list(shown.g.out_size)
        assert said[2:] == [pytest.approx(low, rel=0.051), pytest.approx(high, rel=0.051)]
        assert all(picture.alt.startswith(f"{card.title}: ") for picture in (output, corner, network))
        assert numbers(network.alt) == numbers(network.title)
    assert len({pictures(card)[3].src for card in shown.cards}) >= 3  # tiled may be one of its neighbours
    given = four_layers.all_cards(shown.small, 0)[0]
    assert numbers(given.pictures[0].alt)[:2] == [9, 11]
    assert numbers(given.pictures[1].alt)[:2] == list(shown.state.kernel_size)


@pytest.mark.parametrize("draw", [0, 3])
def test_only_set_to_the_same_numbers_the_fully_connected_layer_has_pale_weights_and_says_so(draw: int) -> None:
    for kind, card in zip(KINDS, Shown({}, SIZES[0], draw).cards, strict=True):
        whole, _, corner, _ = pictures(card)
        pale = [bool((read_png(one.src)[..., 3] == four_layers.PALE).any()) for one in (whole, corner)]
        assert pale[1] == ("pale" in corner.alt) == ("pale" in whole.alt) == (kind == "dense" and draw == 0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"colour": "rgb"}, ["grey"]),
        ({"activation": "relu"}, ["activation"]),
        ({"untied": [[0, 0, 0, 5.0]]}, ["untied"]),
        ({"colour": "rgb", "activation": "tanh", "untied": [[0, 0, 0, 5.0]]}, ["grey", "activation", "untied"]),
    ],
    ids=str,
)
def test_what_of_the_visitors_layer_is_left_out_is_told(changes: Way, said: list[str]) -> None:
    state = edited(DEFAULT, side=12)
    layer, state = layer_of(state, (12, 12)), edited(state, **changes)
    told = four_layers.scope(state, layer, layer).lower()
    assert [word for word in ("grey", "activation", "untied") if word in told] == said


def test_cards_have_the_lines_of_their_roles() -> None:
    found = [(card.colour, card.dashed) for card in Shown({}, SIZES[0]).cards]
    assert found == [(theme.ROLES[kind], kind in theme.DASHED) for kind in KINDS]
    assert len(set(found)) == 4


@every_state
def test_the_sentence_names_the_most_and_the_fewest_weights_or_the_seed(way: Way) -> None:
    shown = Shown(way, SIZES[0])
    dense, conv = (parameter_count(kind, shown.g) for kind in ("dense", "conv"))
    assert numbers(four_layers.sentence(shown.layer, 0)) == [dense, conv]
    for seed in (1, 77):
        assert numbers(four_layers.sentence(shown.layer, seed)) == [seed]


@pytest.mark.parametrize("colour", ["grey", "rgb"])
@pytest.mark.parametrize("way", [{}, {"stride": 2, "bias": 1}, {"padding": "full"}], ids=short)
def test_what_was_done_to_the_picture_is_told_in_its_sizes(way: Way, colour: str) -> None:
    state = edited(DEFAULT, **way, colour=colour, side=100)
    own, layer = layer_of(state, (60, 100)), layer_of(small_state(state, (60, 100)), (19, 32))
    g = geometry(state, (60, 100))
    told = numbers(four_layers.scope(state, layer, own))
    assert set(told) == {19, 32, 60, 100, g.n_outputs * (g.n_inputs + (state.bias != 0))}
    assert told[:2] == [19, 32]
    assert numbers(four_layers.scope(state, own, own)) == [60, 100]


# Free weights at random.


@every_state
def test_drawn_weights_are_decided_by_the_seed(way: Way) -> None:
    first, again, other = (Shown(way, SIZES[0], seed).results for seed in (5, 5, 6))
    for one, same, different in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(one.output, same.output)
        assert one.kept == same.kept
        assert not np.array_equal(one.output, different.output)


def test_the_four_are_drawn_independently() -> None:
    maps = [result.output.ravel() for result in Shown({"period": 1}, (20, 20), 4).results]
    apart = np.abs(np.asarray(np.corrcoef(maps))[np.triu_indices(4, 1)])
    assert apart.max() < 0.9


def one_kernel(shown: Shown, y: Floats) -> float:
    """How much of a map, 0..1, no single kernel (and bias) can explain, found by least squares over all kernels."""
    g = shown.g
    columns: list[Floats] = []
    for tap in range(g.kernel_size[0] * g.kernel_size[1]):
        alone = np.zeros(g.kernel_size)
        alone.flat[tap] = 1
        columns.append(by_loops(replace(shown.state, bias=0.0), shown.planes, alone)[0].ravel())
    if g.bias:
        columns.append(np.ones(g.n_outputs))
    design = np.stack(columns, axis=1)
    left = y.ravel() - design @ np.linalg.lstsq(design, y.ravel())[0]
    return float(np.linalg.norm(left) / np.linalg.norm(y))


RANDOM_WAYS: list[Way] = [
    {"period": 3},
    {"kernel": "1,2,3;4,5,7", "padding": 1, "bias": 0.5},
    {"kernel": "1,-2;0.5,3;4,1", "padding": "same", "mode": "reflect", "period": 4},
    {"kernel": "1,2;3,4", "padding": "same", "mode": "circular", "dilation": 2, "flip": True},
]


@pytest.mark.parametrize("seed", [1, 2, 9999])
@pytest.mark.parametrize("way", RANDOM_WAYS, ids=str)
def test_a_random_convolution_is_one_kernel_everywhere_and_the_others_are_none(way: Way, seed: int) -> None:
    shown = Shown(way, (9, 11), seed)
    unexplained = [one_kernel(shown, result.output) for result in shown.results]
    assert unexplained[3] < 1e-12
    assert min(unexplained[:3]) > 0.1


@pytest.mark.parametrize("seed", [1, 2, 9999])
@pytest.mark.parametrize("way", RANDOM_WAYS, ids=str)
def test_a_random_convolution_is_the_correlation_with_the_kernel_that_was_drawn(way: Way, seed: int) -> None:
    shown = Shown(way, (9, 11), seed)
    edges, K, L = len(loop_connections("conv", shown.g)), *shown.g.kernel_size
    # Normal with variance 1 / (weights an output reads), from the generator of this seed and of the fourth layer.
    drawn = np.random.default_rng([seed, 3]).standard_normal(K * L + shown.g.bias)
    drawn /= math.sqrt(edges / shown.g.n_outputs)
    bias = float(drawn[-1]) if shown.g.bias else 0.0
    wanted = by_loops(replace(shown.state, bias=bias), shown.planes, drawn[: K * L].reshape(K, L))[0]
    close(shown.results[3].output, wanted)


def test_random_maps_are_about_equally_strong_whatever_an_output_reads() -> None:
    # Σ w x over n pixels with variance 1/n each has the variance of the mean of x²: that of a uniform picture is 1/3.
    for seed in (1, 2):
        for result in Shown({"kernel": [[1] * 5] * 5}, (24, 24), seed).results[:2]:
            assert result.output.var() == pytest.approx(1 / 3, rel=0.25)


@pytest.mark.parametrize("way", [{}, {"period": 3}, {"kernel": "1,2,3;4,5,7", "stride": 2}], ids=str)
def test_the_next_layer_keeps_of_random_weights_about_the_ratio_of_their_numbers(way: Way) -> None:
    counts = [parameter_count(kind, Shown(way, (12, 13)).g, Shown(way, (12, 13)).period) for kind in KINDS]
    shares = [[result.kept for result in Shown(way, (12, 13), seed).results] for seed in range(1, 7)]
    assert {share[3] for share in shares} == {None}
    for n, (rich, poor) in enumerate(pairwise(counts)):
        found = [float(share[n] or 0) for share in shares]
        ratio = poor / rich
        error = math.sqrt(ratio * (1 - ratio) / (rich / 2 + 1))  # of a Beta(poor / 2, (rich − poor) / 2)
        assert abs(np.mean(found) - ratio) < 4 * error / math.sqrt(len(found))
        assert min(found) > 0
        assert max(found) < 1


def matrix(shown: Shown, kind: View, theta: Floats) -> Floats:
    """W, cell by cell: connections on one cell add."""
    wires = wiring(kind, shown.layer.spec, shown.layer.in_shape, shown.state.period)
    W = np.zeros(wires.shape)
    for target, source, id in zip(wires.targets.tolist(), wires.sources.tolist(), wires.ids.tolist(), strict=True):
        W[target, source] += theta[id]
    return W


@pytest.mark.long
@pytest.mark.parametrize(
    "way",
    [{"period": 2}, {"kernel": "1,2;3,4", "padding": 1, "bias": 0.5, "period": 3}, {"padding": 2, "mode": "replicate"}],
    ids=str,
)
def test_what_the_next_layer_keeps_is_the_projection_on_all_its_matrices(way: Way) -> None:
    shown = Shown(way, (6, 7), 5)
    for n, (kind, poorer) in enumerate(pairwise(KINDS)):
        wires = wiring(kind, shown.layer.spec, shown.layer.in_shape, shown.state.period)
        W = matrix(shown, kind, np.random.default_rng([5, n]).standard_normal(wires.n_params))
        links = loop_connections(poorer, shown.g, shown.period)
        keys = {key: place for place, key in enumerate(dict.fromkeys(key for _, _, key in links))}
        design = np.zeros((W.size, len(keys)))
        for target, source, key in links:
            design[target * W.shape[1] + source, keys[key]] += 1
        nearest = design @ np.linalg.lstsq(design, W.ravel())[0]
        assert shown.results[n].kept == pytest.approx((nearest**2).sum() / (W**2).sum(), rel=1e-6)


def test_the_last_fact_of_a_random_layer_is_what_the_next_one_keeps() -> None:
    shown = Shown({"period": 3}, (12, 13), 8)
    facts = [card.facts[-1] for card in shown.cards]
    for fact, result in zip(facts[:3], shown.results, strict=False):
        assert result.kept is not None
        assert numbers(fact.text) == [pytest.approx(100 * result.kept, rel=0.051)]
    assert numbers(facts[3].text) == []
    assert [fact.good for fact in facts] == [None] * 4


def test_free_weights_do_not_depend_on_the_visitors_numbers() -> None:
    one, other = (Shown({"kernel": kernel}, (9, 11), 2).results for kernel in ("1,2,3", "-7,0,1e5"))
    for first, second in zip(one, other, strict=True):
        np.testing.assert_array_equal(first.output, second.output)


@pytest.mark.parametrize(
    "ways",
    [{}, {"kernel": "2"}, {"kernel": "1,2;3,4", "stride": 2}, {"bias": 1.5}, {"padding": "full", "dilation": 3}],
    ids=str,
)
def test_compare_s_title_has_the_parameters_of_the_first_and_of_the_last_card(ways: dict[str, object]) -> None:
    state = edited(Setup(), **ways)
    layer = layer_of(state, (8, 7))
    K, L = state.kernel_size
    places = math.prod(layer.out_shape)
    shared, dense = K * L + bool(state.bias), places * (8 * 7 + bool(state.bias))
    told = four_layers.title(layer)
    assert numbers(told) == [shared, dense]
    assert ("1 weight " in told) == (shared == 1)


def test_a_kernel_as_large_as_the_picture_is_not_praised() -> None:
    layer = layer_of(edited(Setup(), kernel=[[1] * 8] * 8), (8, 8))
    assert four_layers.title(layer) == ":primary[64 weights], fully connected and as a convolution"
