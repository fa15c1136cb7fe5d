"""What the Explore page shows is what loops, SciPy and a pencil say it must be."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from components.display import matrix as tiles
from components.display.layer import (
    LAYER_NAMES,
    Scale,
    check_against_matrix,
    gradient_notes,
    layer_of,
    output_map,
    scale_of,
)
from components.pages.explore import text
from components.state.link import edited
from components.state.setup import Setup, View
from kernels import SpecError, wiring
from kernels.layer.activation import Activation
from kernels.layer.proof import Proof
from tests.support.layers import SIZES, WAYS, by_loops, close, geometry, picture, untied_by_loops
from tests.support.oracles import FORMULAS, loop_connections
from tests.support.pictures import hashed

Bytes = NDArray[np.uint8]
Size = tuple[int, int]
Connection = tuple[int, int, int]
Extent = Literal["valid", "full"]

DEFAULT = Setup()
ACTIVATIONS = tuple(FORMULAS)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_output_is_what_loops_say_channel_by_channel(way: dict[str, object], channels: int, size: Size) -> None:
    state, planes = edited(DEFAULT, **way), picture(channels, size)
    result = output_map(state, layer_of(state, size), planes)
    close(result.linear, by_loops(state, planes, np.array(state.kernel)))
    np.testing.assert_array_equal(result.output, result.linear)


@pytest.mark.parametrize("extent", ["valid", "full"])
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_flipped_it_is_scipys_convolution(way: dict[str, object], extent: Extent) -> None:
    state = edited(DEFAULT, kernel=way.get("kernel", DEFAULT.kernel), padding=extent, flip=True)
    planes = picture(3, (12, 10))
    result = output_map(state, layer_of(state, (12, 10)), planes)
    close(result.linear, np.stack([signal.convolve2d(plane / 255, state.kernel, extent) for plane in planes]))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_flipped_the_kernel_is_turned_by_half_a_turn_and_nothing_else(way: dict[str, object]) -> None:
    state, planes = edited(DEFAULT, **way, flip=True), picture(1, (9, 11))
    turned = np.array([row[::-1] for row in state.kernel[::-1]])
    close(output_map(state, layer_of(state, (9, 11)), planes).linear, by_loops(state, planes, turned))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("bias", [0.0, -2.5, 1.0])
def test_every_activation_comes_after_the_sum_and_the_bias(activation: Activation, bias: float) -> None:
    state, planes = edited(DEFAULT, activation=activation, bias=bias), picture(3, (9, 8))
    result = output_map(state, layer_of(state, (9, 8)), planes)
    linear = by_loops(state, planes, np.array(state.kernel))
    close(result.linear, linear)
    close(result.output, np.vectorize(FORMULAS[activation])(linear))


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("mode", ["zeros", "replicate"])
def test_an_untied_copy_works_at_its_place_alone_and_is_proved(mode: str, flip: bool) -> None:
    copies = [[0, 1, 1, 9.0], [13, 0, 2, -4.0], [13, 2, 0, 0.25], [20, 1, 0, 0.0]]
    state = edited(edited(DEFAULT, padding=1, mode=mode, flip=flip, bias=0.5), untied=copies)
    layer, planes = layer_of(state, (8, 9)), picture(3, (8, 9))
    linear = output_map(state, layer, planes).linear
    close(linear, untied_by_loops(state, planes))
    assert check_against_matrix(state, layer, planes, linear).holds
    assert [(*use.output, *use.tap, use.value) for use in layer.untied] == [
        (target // 9, target % 9, k, l, value) for target, k, l, value in state.untied
    ]


def test_a_copy_that_is_no_connection_of_the_layer_is_left_out_and_not_paid_for() -> None:
    state = edited(edited(DEFAULT, padding=1), untied=[[0, 0, 0, 9.0], [72, 1, 1, 9.0], [5, 3, 0, 1.0], [0, 1, 1, 2.0]])
    layer = layer_of(state, (8, 9))
    assert [(use.output, use.tap, use.input) for use in layer.untied] == [((0, 0), (1, 1), (0, 0))]
    shared = layer.counts["conv"]
    assert (shared.parameters, shared.bytes) == (10, 40)


def level(value: float, high: float, signed: bool) -> int:
    """The rule in exact fractions; the 10⁻⁹ decides ties and nothing else."""
    v, most, nudge = Fraction(value), Fraction(high), Fraction(1, 10**9)
    exact = v * 127 / most + 128 if signed else v * 255 / most
    return min(255, max(0, math.floor(exact + Fraction(1, 2) + nudge)))


@pytest.mark.parametrize(("high", "signed"), [(1.0, False), (3.7, False), (1.0, True), (4.0, True), (1e6, True)])
def test_levels_are_the_formula_pixel_by_pixel(high: float, signed: bool) -> None:
    values = np.random.default_rng(8).uniform(-high if signed else 0, high, (3, 40, 50))
    found = Scale(high, signed).levels(values)
    assert (found.dtype.name, found.shape) == ("uint8", values.shape)
    assert found.ravel().tolist() == [level(float(value), high, signed) for value in values.ravel()]


def test_ties_go_up() -> None:
    halves = [n + 0.5 for n in range(254)]
    assert Scale(255.0, signed=False).levels(np.array(halves)).tolist() == list(range(1, 255))
    signed = [n + 0.5 for n in range(-127, 126)]
    assert Scale(127.0, signed=True).levels(np.array(signed)).tolist() == list(range(2, 255))


@pytest.mark.parametrize("high", [1e-6, 0.3, 1.0, 255.0, 1e12])
def test_zero_is_exactly_the_middle_and_the_ends_are_one_and_255(high: float) -> None:
    assert Scale(high, signed=True).levels(np.array([-high, 0.0, -0.0, high])).tolist() == [1, 128, 128, 255]
    assert Scale(high, signed=False).levels(np.array([0.0, high, -1e-10 * high])).tolist() == [0, 255, 0]


@pytest.mark.parametrize(
    ("values", "high", "signed"),
    [
        ([0.0, 0.0], 1.0, False),
        ([0.0, 0.5], 1.0, False),
        ([0.25, 1.0], 1.0, False),
        ([0.0, 3.0], 3.0, False),
        ([5.0, 9.0], 9.0, False),
        ([-1e-13, 0.5], 1.0, False),  # rounding of a sum is not a sign
        ([-1e-8, 8.1e7], 8.1e7, False),  # nor is it where the numbers are large
        ([-1e-8, 0.5], 0.5, True),
        ([-0.25, 0.125], 0.25, True),
        ([-0.25, 4.0], 4.0, True),
        ([-7.0, -3.0], 7.0, True),
    ],
)
def test_the_scale_is_signed_with_the_first_negative_number(values: list[float], high: float, signed: bool) -> None:
    scale = scale_of(np.array(values))
    assert (scale.high, scale.signed) == (high, signed)


def test_the_levels_on_screen_are_those_of_the_output_and_its_scale() -> None:
    for activation, signed in (("none", True), ("relu", False), ("sigmoid", False), ("tanh", True)):
        state, planes = edited(DEFAULT, activation=activation), picture(1, (9, 8))
        result = output_map(state, layer_of(state, (9, 8)), planes)
        assert result.scale.signed == signed
        wanted = [level(float(value), result.scale.high, signed) for value in result.output.ravel()]
        assert result.levels.ravel().tolist() == wanted


# The picture of W.

WOVEN: list[dict[str, object]] = [
    {},
    {"kernel": "1,2,3;4,5,6", "padding": "same"},
    {"kernel": "1,2;3,4;5,6", "padding": 2, "mode": "replicate", "bias": 1.0},
    {"padding": "full", "stride": 2, "dilation": 2},
    {"padding": 2, "mode": "reflect"},
    {"padding": "same", "mode": "circular", "stride": 3},
    {"kernel": "1", "stride": 4},
]


def expected_tiles(
    state: Setup, size: Size, view: View, colour: Callable[[Connection], int], zoom: tuple[int, ...]
) -> dict[int, set[int]]:
    """Tile number → the colours a connection in it may give it, connection by connection."""
    layer = layer_of(state, size)
    wires = wiring("conv", layer.spec, layer.in_shape)
    rows, cols = layer.out_shape[1] * layer.out_shape[2], size[0] * size[1]
    top, bottom, left, right = zoom or (0, rows, 0, cols)
    high, wide = min(bottom - top, tiles.TILES), min(right - left, tiles.TILES)
    down = [top + n * (bottom - top) // high for n in range(high + 1)]
    across = [left + n * (right - left) // wide for n in range(wide + 1)]
    uses: dict[int, set[int]] = defaultdict(set)
    for t, s, tap in zip(wires.targets.tolist(), wires.sources.tolist(), wires.ids.tolist(), strict=True):
        if top <= t < bottom and left <= s < right:  # a bias lies in the column after the last
            uses[(bisect_right(down, t) - 1) * wide + bisect_right(across, s) - 1].add(colour((t, s, tap)))
    assert view != "dense"
    return dict(uses)


def check_tiles(
    state: Setup, size: Size, view: View, colour: Callable[[Connection], int], zoom: tuple[int, ...] = ()
) -> None:
    layer = layer_of(state, size)
    tile = tiles.matrix_tiles(layer, view, state.flip, state.period, zoom)
    assert tile is not None
    wanted = expected_tiles(state, size, view, colour, zoom)
    assert tile.at.tolist() == sorted(wanted)
    assert (tile.at.dtype.name, tile.ink.dtype.name) == ("uint32", "uint8")
    for at, ink in zip(tile.at.tolist(), tile.ink.tolist(), strict=True):
        assert ink in wanted[at]


def typed(state: Setup) -> Callable[[Connection], int]:
    """The weight's number in the kernel as typed."""
    last = state.kernel_size[0] * state.kernel_size[1] - 1
    return lambda wire: last - wire[2] if state.flip else wire[2]


@pytest.fixture
def few_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "TILES", 16)
    monkeypatch.setattr(tiles, "CELLS", 16)


@pytest.mark.usefixtures("few_tiles")
@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("size", [(8, 9), (13, 6), (5, 24)])
@pytest.mark.parametrize("way", WOVEN, ids=str)
class TestTiles:
    def test_of_a_convolution_wear_one_of_their_weights(self, way: dict[str, object], size: Size, flip: bool) -> None:
        state = edited(DEFAULT, **way, flip=flip)
        check_tiles(state, size, "conv", typed(state))

    def test_of_local_connections_wear_one_of_their_cells(self, way: dict[str, object], size: Size, flip: bool) -> None:
        check_tiles(edited(DEFAULT, **way, flip=flip), size, "local", lambda wire: hashed(wire[0], wire[1]))

    @pytest.mark.parametrize("period", [1, 2, 3])
    def test_of_a_tiled_layer_wear_one_of_their_weights(
        self, way: dict[str, object], size: Size, flip: bool, period: int
    ) -> None:
        state = edited(DEFAULT, **way, flip=flip, period=period)
        weight, width = typed(state), layer_of(state, size).out_shape[2]

        def name(wire: Connection) -> int:
            i, j = divmod(wire[0], width)
            place = i % period * period + j % period
            return weight(wire) if period == 1 else hashed(place + 1_000_003, weight(wire))

        check_tiles(state, size, "tiled", name)

    def test_of_a_window_are_those_of_the_window(self, way: dict[str, object], size: Size, flip: bool) -> None:
        state = edited(DEFAULT, **way, flip=flip)
        layer = layer_of(state, size)
        rows, cols = layer.out_shape[1] * layer.out_shape[2], size[0] * size[1]
        check_tiles(state, size, "conv", typed(state), (rows // 5, rows, cols // 3, cols // 3 + 19))


def test_all_weights_show_in_the_picture_of_the_default_layer() -> None:
    tile = tiles.matrix_tiles(layer_of(DEFAULT, (64, 64)), "conv", flip=False)
    assert tile is not None
    assert (tile.rows, tile.cols) == (176, 176)
    used = np.bincount(tile.ink, minlength=9)
    assert used.min() > 0.05 * len(tile.ink)


def test_no_tiles_where_every_cell_can_be_drawn_or_all_are_full() -> None:
    most = tiles.CELLS
    small, large = layer_of(edited(DEFAULT, kernel="1"), (1, most)), layer_of(DEFAULT, (64, 64))
    for view in LAYER_NAMES:
        assert tiles.matrix_tiles(small, view, flip=False) is None
    assert tiles.matrix_tiles(layer_of(edited(DEFAULT, kernel="1"), (1, most + 1)), "conv", flip=False) is not None
    assert tiles.matrix_tiles(large, "dense", flip=False) is None
    assert tiles.matrix_tiles(large, "conv", False, 1, (0, most, 0, most)) is None
    assert tiles.matrix_tiles(large, "conv", False, 1, (0, most + 1, 0, most)) is not None


@pytest.mark.usefixtures("few_tiles")
def test_a_layer_that_meets_no_pixel_is_an_empty_picture() -> None:
    state = edited(DEFAULT, kernel="1", stride=16, padding=1)
    tile = tiles.matrix_tiles(layer_of(state, (14, 14)), "conv", flip=False)
    assert tile is not None
    assert len(tile.at) == len(tile.ink) == 0


@pytest.mark.parametrize(
    ("zoom", "window"),
    [
        ((), (0, 42, 0, 72)),
        ((3, 9, 10, 20), (3, 9, 10, 20)),
        ((3, 99, 10, 999), (3, 42, 10, 72)),
        ((42, 99, 0, 9), (0, 42, 0, 72)),
        ((0, 9, 72, 99), (0, 42, 0, 72)),
    ],
)
def test_a_window_is_cut_to_the_matrix_or_is_all_of_it(zoom: tuple[int, ...], window: tuple[int, ...]) -> None:
    assert tiles.visible_window(layer_of(DEFAULT, (8, 9)), zoom) == window


# Words and numbers, by hand. The odd layer: 10×12 pixels, 2×3 weights, stride 2, padding 1, a bias, so 6×6 outputs;
# along the rows both taps meet 5 real pixels, along the columns the three meet 5, 6 and 6: 10·17 = 170 connections.

ODD = edited(DEFAULT, kernel="1,2,3;4,5,6", stride=2, padding=1, bias=0.5)


def by_kind(state: Setup, size: Size) -> dict[object, dict[str, str | float]]:
    return {row["kind"]: row for row in text.cost_rows(layer_of(state, size), state.view)}


def test_the_title_of_the_default_layer_is_the_one_idea() -> None:
    assert text.title(layer_of(DEFAULT, (64, 64))) == ("9 weights", " do the work of 15,745,024")


@pytest.mark.parametrize(
    ("way", "size", "title"),
    [
        ({"kernel": "1"}, (8, 8), ("1 weight", " does the work of 4,096")),
        ({"kernel": "1", "bias": 1}, (8, 8), ("1 weight and a bias", " do the work of 4,160")),
        ({"kernel": "1,2"}, (8, 8), ("2 weights", " do the work of 3,584")),
        ({"padding": "same"}, (512, 512), ("9 weights", " do the work of 6.9 × 10¹⁰")),
    ],
)
def test_the_title_speaks_of_one_many_and_very_many(way: dict[str, object], size: Size, title: tuple[str, str]) -> None:
    assert text.title(layer_of(edited(DEFAULT, **way), size)) == title


def test_the_title_of_the_odd_layer_counts_its_bias() -> None:
    assert text.title(layer_of(ODD, (10, 12))) == ("6 weights and a bias", " do the work of 4,356")


def test_the_invitation_says_where_the_weights_are_used_and_compares_them_with_the_pixels() -> None:
    line = text.invitation(layer_of(DEFAULT, (64, 64)), 1)
    assert "used at 3,844 places. K·L = 9 ≪ card(X) = 4,096 (×455)." in line
    odd = text.invitation(layer_of(ODD, (10, 12)), 1)
    assert "used at 36 places. K·L = 6 ≪ card(X) = 120 (×20)." in odd


@pytest.mark.parametrize(
    ("way", "size", "says"),
    [
        ({}, (9, 10), "K·L = 9 ≪ card(X) = 90 (×10)"),
        ({}, (8, 9), "K·L = 9 < card(X) = 72 (×8.0)"),
        ({}, (3, 3), "used at 1 place. K·L = 9 ≥ card(X) = 9 (×1.0)"),
        ({"padding": "same"}, (2, 2), "used at 4 places. K·L = 9 ≥ card(X) = 4 (×0.44)"),
    ],
)
def test_the_article_condition_is_only_claimed_where_it_holds(way: dict[str, object], size: Size, says: str) -> None:
    assert says in text.invitation(layer_of(edited(DEFAULT, **way), size), 1)


def test_three_channels_share_the_weights_once_more_and_one_does_not() -> None:
    layer = layer_of(DEFAULT, (64, 64))
    assert "Red, green and blue share them as well" in text.invitation(layer, 3)
    assert "Red" not in text.invitation(layer, 1)


def test_the_costs_of_the_default_layer() -> None:
    rows = by_kind(DEFAULT, (64, 64))
    assert list(rows) == ["dense", "local", "conv"]
    assert [row["parameters"] for row in rows.values()] == ["15,745,024", "34,596", "9"]
    assert [row["bytes"] for row in rows.values()] == ["63 MB", "138 kB", "36 B"]
    assert [row["connections"] for row in rows.values()] == ["15,745,024", "34,596", "34,596"]
    assert [row["multiply_adds"] for row in rows.values()] == ["15,745,024", "34,596", "34,596"]
    assert rows["dense"]["saving"] == ""
    assert str(rows["local"]["saving"]).startswith("×455 fewer")
    assert str(rows["conv"]["saving"]).startswith("×3,844 fewer")
    assert rows["conv"]["exact"] == (
        "9 free parameters, 36 bytes; 34,596 connections (34,596 with those that fall on padding), 34,596 multiply-adds"
    )
    assert [row["bar"] for row in rows.values()] == pytest.approx([1, 10.4515 / 16.5721, math.log(10) / 16.5721], 1e-4)


def test_the_costs_of_the_odd_layer() -> None:
    rows = by_kind(ODD, (10, 12))
    assert [row["parameters"] for row in rows.values()] == ["4,356", "206", "7"]
    assert [row["bytes"] for row in rows.values()] == ["17 kB", "824 B", "28 B"]
    assert [row["connections"] for row in rows.values()] == ["4,356", "206", "206"]
    assert [row["multiply_adds"] for row in rows.values()] == ["4,320", "170", "170"]
    assert str(rows["local"]["exact"]).endswith(
        "206 connections (252 with those that fall on padding), 170 multiply-adds"
    )
    assert str(rows["conv"]["saving"]).startswith("×29 fewer")


def test_the_tiled_layer_has_a_row_only_while_it_is_shown() -> None:
    rows = by_kind(edited(DEFAULT, view="tiled", period=2), (64, 64))
    assert [row["parameters"] for row in rows.values()] == ["15,745,024", "34,596", "36", "9"]
    assert str(rows["tiled"]["saving"]).startswith("×961 fewer")
    assert str(rows["conv"]["saving"]).startswith("×4.0 fewer")


def test_an_untied_copy_costs_one_parameter_more() -> None:
    state = edited(DEFAULT, untied=[[0, 0, 0, 5.0], [1, 0, 0, 5.0]])
    rows = by_kind(state, (64, 64))
    assert (rows["conv"]["parameters"], rows["conv"]["bytes"]) == ("11", "44 B")
    assert rows["local"]["parameters"] == "34,596"


def test_a_layer_that_meets_no_pixel_still_has_its_costs() -> None:
    rows = by_kind(edited(DEFAULT, kernel="1", stride=16, padding=1), (8, 8))
    assert [row["parameters"] for row in rows.values()] == ["64", "0", "1"]


def test_the_cost_line_gives_the_whole_saving() -> None:
    assert text.cost_line(layer_of(DEFAULT, (64, 64))) == (
        "×1,749,447 fewer free parameters than fully connected: 36 B instead of 63 MB."
    )
    assert text.cost_line(layer_of(ODD, (10, 12))) == (
        "×622 fewer free parameters than fully connected: 28 B instead of 17 kB."
    )


@pytest.mark.parametrize("flip", [False, True])
def test_the_note_of_a_copy_compares_its_gradient_with_the_sum_over_all_uses(flip: bool) -> None:
    state = edited(edited(DEFAULT, padding=1, flip=flip), untied=[[10, 0, 1, 2.0]])
    layer, planes = layer_of(state, (8, 9)), picture(3, (8, 9))
    apart, tied = untied_by_loops(state, planes), untied_by_loops(replace(state, untied=()), planes)

    def terms(linear: np.ndarray) -> dict[tuple[int, int], float]:
        return {
            (c, target): float(linear[c].flat[target]) * float(planes[c].flat[source]) / 255
            for target, source, key in loop_connections("conv", geometry(state, (8, 9)))
            for c in range(3)
            if key[3:] == (0, 1)
        }

    own = sum(terms(apart)[c, 10] for c in range(3))
    together = terms(tied)
    (note,) = gradient_notes(state, layer, planes)
    assert f"the gradient of this copy is its one term, {own:.3g}." in note
    assert note.endswith(f"the sum of {len(together)} terms: {sum(together.values()):.3g}.")


def test_two_copies_of_a_weight_each_have_their_own_term_and_the_same_sum_if_tied() -> None:
    state = edited(DEFAULT, untied=[[0, 0, 0, 1.5], [1, 0, 0, -4.0]])
    layer, planes = layer_of(state, (8, 9)), picture(1, (8, 9))
    first, second = gradient_notes(state, layer, planes)
    assert first.split("Tied")[0] != second.split("Tied")[0]
    assert first.split("Tied")[1] == second.split("Tied")[1]


@pytest.mark.parametrize(
    ("k", "l", "name"), [(0, 0, "F₁₁"), (8, 8, "F₉₉"), (9, 1, "F₁₀,₂"), (0, 10, "F₁,₁₁"), (14, 14, "F₁₅,₁₅")]
)
def test_weights_are_named_as_in_the_article(k: int, l: int, name: str) -> None:
    assert text.weight_name(k, l) == name


def test_no_two_weights_have_one_name() -> None:
    assert len({text.weight_name(k, l) for k in range(15) for l in range(15)}) == 225


# The proof.


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_every_layer_is_proved_on_all_its_rows(way: dict[str, object], flip: bool) -> None:
    state, planes = edited(DEFAULT, **way, flip=flip), picture(3, (12, 11))
    layer = layer_of(state, (12, 11))
    proof = check_against_matrix(state, layer, planes, output_map(state, layer, planes).linear)
    assert proof.holds
    assert proof.rows == proof.of == layer.out_shape[1] * layer.out_shape[2]
    assert proof.connections == layer.counts["conv"].connections


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_wrong_number_in_any_channel_breaks_the_proof(channel: int) -> None:
    planes, layer = picture(3, (12, 11)), layer_of(DEFAULT, (12, 11))
    linear = output_map(DEFAULT, layer, planes).linear.copy()
    linear[channel, 4, 5] += 1e-6
    proof = check_against_matrix(DEFAULT, layer, planes, linear)
    assert not proof.holds
    assert proof.error == pytest.approx(1e-6, rel=1e-6)


@pytest.mark.parametrize(
    "way", [{"kernel": "1,1,1,1,1;1,1,1,1,1;1,1,1,1,1", "bias": 1}, {"kernel": "1,2;3,4"}], ids=str
)
def test_the_largest_picture_can_be_proved(way: dict[str, object]) -> None:
    state, planes = edited(DEFAULT, **way, padding="same"), picture(1, (512, 512))
    layer = layer_of(state, (512, 512))
    assert check_against_matrix(state, layer, planes, output_map(state, layer, planes).linear).holds


def test_the_proof_line_of_the_default_layer_names_all_its_rows_and_connections() -> None:
    planes, layer = picture(1, (64, 64)), layer_of(DEFAULT, (64, 64))
    line = text.proof_line(check_against_matrix(DEFAULT, layer, planes, output_map(DEFAULT, layer, planes).linear))
    assert ":material/check:" in line
    assert "on all 3,844 of 3,844 rows of W, 34,596 connections." in line


@pytest.mark.parametrize(
    ("proof", "mark", "says"),
    [
        (Proof(0.0, 1e-15, 36, 36, 206, None), "check", "max |W·x − Y| = 0, measured just now on all 36 of 36 rows"),
        (
            Proof(4.44e-16, 1e-15, 5, 99, 45, 0),
            "check",
            "= 4.4 × 10⁻¹⁶, measured just now on 5 of 99 rows of W (a random",
        ),
        (Proof(0.5, 1e-15, 5, 99, 1, 7), "close", "(a random sample, seed 7), 1 connection."),
        (Proof(1e-15, 1e-15, 1, 1, 2, None), "check", "on all 1 of 1 rows of W, 2 connections."),
    ],
)
def test_the_proof_line_says_what_was_measured(proof: Proof, mark: str, says: str) -> None:
    line = text.proof_line(proof)
    assert says in line
    assert f":material/{mark}:" in line


def test_a_kernel_without_a_place_names_the_number_to_change() -> None:
    state = edited(DEFAULT, kernel=[[1.0] * 15] * 15)
    with pytest.raises(SpecError, match=r"^kernel_size 15 with dilation 1 reaches over 15 rows, but the input has 8"):
        layer_of(state, (8, 8))
