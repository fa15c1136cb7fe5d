"""A move of the input is a move of the output where both are the same sums, term by term: there, to the last bit."""

from collections import Counter
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import Kind, LayerSpec, flat, wiring
from kernels.layer.axis import PADDING
from kernels.layer.equivariance import commutes, moved, reordered, scramble, shift
from tests.support.geometries import FEW, every_geometry, spec_of
from tests.support.oracles import Connection, Geometry, Pair, Shape, loop_connections

Array = NDArray[np.float64]
Origin = list[int | None]
Move = tuple[Pair, Pair, bool]
KINDS: list[tuple[Kind, Pair | None]] = [
    ("dense", None), ("local", None), ("conv", None), ("tiled", (1, 1)), ("tiled", (2, 2)), ("tiled", (2, 3)),
]  # fmt: skip
SHIFTS = [(0, 0), (1, 0), (0, -1), (2, 3), (-2, 2), (6, 6), (-41, 50)]


def origins(shape: Shape, by: Pair, wrap: bool) -> Origin:
    """Where each place gets its content from, by walking every content to where it goes; None: from nowhere."""
    channels, height, width = shape
    found: Origin = [None] * (channels * height * width)
    for c, i, j in np.ndindex(channels, height, width):
        row, col = i + by[0], j + by[1]
        while wrap and row not in range(height):
            row += height if row < 0 else -height
        while wrap and col not in range(width):
            col += width if col < 0 else -width
        if row in range(height) and col in range(width):
            found[(c * height + row) * width + col] = (c * height + i) * width + j
    return found


def moves_of(g: Geometry) -> list[Move]:
    """Shifts of the input with the shift of the output that belongs to them, and with some that do not."""
    rows, cols = g.stride
    pairs = [((i * rows, j * cols), (i, j)) for i, j in SHIFTS] + [((i, j), (i, j)) for i, j in SHIFTS]
    pairs += [((1, 1), (0, 0)), ((0, 0), (0, 1)), ((3, 3), (1, 1))]
    return [(*pair, wrap) for pair in dict.fromkeys(pairs) for wrap in (True, False)]


def terms(edges: list[Connection], n_outputs: int) -> list[list[Connection]]:
    """The connections into each output."""
    found: list[list[Connection]] = [[] for _ in range(n_outputs)]
    for edge in edges:
        found[edge[0]].append(edge)
    return found


def same_terms(into: list[list[Connection]], inputs: Origin, outputs: Origin) -> list[bool]:
    """Whether W·move(x) and move(W·x) add the same products (weight, pixel), for each output."""
    reads = [*inputs, len(inputs)]  # the constant 1 stays where it is
    found = []
    for target, came_from in enumerate(outputs):
        left = Counter((key, reads[source]) for _, source, key in into[target] if reads[source] is not None)
        right = Counter((key, source) for _, source, key in (() if came_from is None else into[came_from]))
        found.append(left == right)
    return found


@pytest.mark.parametrize("wrap", [True, False])
def test_a_shift_is_that_of_the_loops_and_what_lies_beyond_the_values_stays(wrap: bool) -> None:
    shapes: list[Shape] = [(1, 5, 7), (3, 4, 2), (2, 1, 6), (1, 1, 1)]
    for shape, by in product(shapes, [*SHIFTS, (4, 0), (-5, 0), (0, 6), (0, -7)]):
        wanted = origins(shape, by, wrap)
        origin = shift(shape, by, wrap)
        assert origin.tolist() == [PADDING if place is None else place for place in wanted]
        for beyond in ([], [1.0], [-3.5, 1.0]):
            values = np.append(1.0 + np.arange(len(wanted)), beyond)
            before = values.copy()
            left = [0.0 if place is None else before[place] for place in wanted]
            assert moved(values, origin).tolist() == [*left, *beyond]
            np.testing.assert_array_equal(values, before)


def test_a_scramble_is_a_permutation_that_the_seed_decides() -> None:
    for seed in range(4):
        found = scramble(60, seed).tolist()
        assert sorted(found) == list(range(60))
        assert found == scramble(60, seed).tolist()
        assert found not in (list(range(60)), scramble(60, seed + 1).tolist())


def check(g: Geometry, moves: list[Move]) -> None:
    """`commutes` says where the terms of the loops are the same; there, and only there, W·move(x) is move(W·x)."""
    spec, out_shape, rng = spec_of(g), (g.out_channels, *g.out_size), np.random.default_rng(4)
    for kind, period in KINDS:
        wires = wiring(kind, spec, g.in_shape, period)
        into = terms(loop_connections(kind, g, period or (1, 1)), g.n_outputs)
        theta, x = rng.standard_normal(wires.n_params), flat(spec, rng.random(g.in_shape))
        for by, out_by, wrap in moves:
            before, after = shift(g.in_shape, by, wrap), shift(out_shape, out_by, wrap)
            wanted = same_terms(into, origins(g.in_shape, by, wrap), origins(out_shape, out_by, wrap))
            assert commutes(wires, before, after).tolist() == wanted, (kind, period, by, out_by, wrap)
            difference = wires.product(theta, moved(x, before)) - moved(wires.product(theta, x), after)
            assert (difference == 0.0).tolist() == wanted, (kind, period, by, out_by, wrap)


@pytest.mark.parametrize("g", [*FEW, Geometry("circular", (1, 5, 4), (3, 3), padding="same", mode="circular")], ids=str)
def test_an_output_commutes_where_the_terms_of_the_loops_are_the_same(g: Geometry) -> None:
    check(g, moves_of(g)[::3])


@pytest.mark.long
@every_geometry
def test_an_output_commutes_with_every_move_where_the_terms_of_the_loops_are_the_same(g: Geometry) -> None:
    check(g, moves_of(g))


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate"])
def test_padding_spoils_the_border_only(mode: str) -> None:
    spec = LayerSpec(3, padding=1, padding_mode=mode)
    origin = shift((1, 7, 8), (1, 0), wrap=False)
    found = commutes(wiring("conv", spec, (1, 7, 8)), origin, origin).reshape(7, 8)
    wanted = np.zeros((7, 8), dtype=np.bool_)
    wanted[2:-1] = True  # the first row is new, the second reads it from the padding, the last one lost what it reads
    if mode == "zeros":
        wanted[1] = True  # and reads 0 either way
    np.testing.assert_array_equal(found, wanted)


def circular(kernel: int | Pair, **more: Any) -> LayerSpec:  # noqa: ANN401  # LayerSpec's own
    return LayerSpec(kernel, padding="same", padding_mode="circular", **more)


@pytest.mark.parametrize(
    ("kind", "spec", "period", "repeats"),
    [
        ("conv", circular(1), None, (1, 1)),
        ("conv", circular((2, 4), dilation=(2, 1), bias=True), None, (1, 1)),
        ("conv", circular((3, 2), in_channels=2, out_channels=4, groups=2, bias=True), None, (1, 1)),
        ("conv", circular(3, stride=2, bias=True), None, (2, 2)),
        ("conv", circular(3, stride=(3, 4)), None, (3, 4)),
        ("tiled", circular(3, bias=True), (2, 4), (2, 4)),
        ("tiled", circular(3), (1, 8), (1, 8)),
        ("local", circular(3, bias=True), None, (6, 8)),
        ("dense", circular(3), None, (6, 8)),
    ],
    ids=str,
)
def test_a_layer_commutes_with_shifts_by_whole_strides_or_periods_and_one_that_shares_nothing_with_none(
    kind: Kind, spec: LayerSpec, period: Pair | None, repeats: Pair
) -> None:
    in_shape = spec.in_channels, 6, 8
    wires = wiring(kind, spec, in_shape, period)
    for by in product(range(-7, 8), range(-7, 8)):
        out_by = by[0] // spec.stride[0], by[1] // spec.stride[1]
        found = commutes(wires, shift(in_shape, by, True), shift(spec.out_shape(in_shape), out_by, True))
        comes_round = by[0] % repeats[0] == by[1] % repeats[1] == 0
        assert (found == comes_round).all(), by


def test_a_1x1_convolution_commutes_with_any_order_of_the_pixels_and_a_3x3_with_none_of_these() -> None:
    one = wiring("conv", LayerSpec(1, bias=True), (1, 6, 8))
    three = wiring("conv", LayerSpec(3, padding=1, padding_mode="circular"), (1, 6, 8))
    for seed in range(4):
        origin = scramble(48, seed)
        assert commutes(one, origin, origin).all()
        assert not commutes(three, origin, origin).any()


@pytest.mark.parametrize("bias", [False, True])
def test_a_reordered_layer_reads_each_pixel_where_it_went(bias: bool) -> None:
    spec, in_shape = LayerSpec(3, 2, 2, padding=1, bias=bias), (2, 4, 5)
    for seed, (kind, period) in enumerate(KINDS):
        wires, origin = wiring(kind, spec, in_shape, period), scramble(40, seed)
        theta = np.random.default_rng(seed).standard_normal(wires.n_params)
        before = wires.matrix(theta).toarray()
        after = reordered(wires, origin).matrix(theta).toarray()
        for place, came_from in enumerate([*origin.tolist(), *([40] if bias else [])]):
            assert after[:, place].tolist() == before[:, came_from].tolist()


@pytest.mark.parametrize("bias", [False, True])
def test_a_reordered_dense_layer_does_not_see_the_order_of_the_pixels_to_the_last_bit(bias: bool) -> None:
    spec, in_shape = LayerSpec(3, bias=bias), (1, 9, 8)
    for seed in range(4):
        rng = np.random.default_rng([9, seed])
        dense, conv, origin = wiring("dense", spec, in_shape), wiring("conv", spec, in_shape), scramble(72, seed)
        theta, kernel, x = rng.standard_normal(dense.n_params), rng.standard_normal(conv.n_params), rng.random(in_shape)
        scrambled = moved(flat(spec, x), origin)
        y = dense.product(theta, flat(spec, x))
        assert np.array_equal(reordered(dense, origin).product(theta, scrambled), y)
        assert not np.isclose(dense.product(theta, scrambled), y).any()
        found, other = conv.product(kernel, flat(spec, x)), conv.product(kernel, scrambled)
        assert not np.allclose(np.sort(found), np.sort(other))  # not the same numbers in another order either
