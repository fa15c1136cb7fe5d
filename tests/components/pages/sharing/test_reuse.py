"""Weights across layers, against matrices put together by hand; and the diagram's lines end where the next begin."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from components.pages.sharing import reuse
from components.pages.sharing.state import Example, Reuse
from kernels.sharing.published import SHARED, Shared
from tests.support.text import numbers

EXAMPLES: tuple[Example, ...] = get_args(Example)
SIZES = [Reuse(example=example, inputs=i, units=u) for example in EXAMPLES for i, u in ((2, 1), (5, 3), (6, 4))]


def composed(own: Reuse, seed: int = 0) -> list[np.ndarray]:
    """The blocks of W, one a layer, for random weights."""
    net = reuse.network(own)
    wires = reuse.tied(net)
    W = wires.matrix(np.random.default_rng(seed).standard_normal(wires.n_params)).toarray()
    found, row, col = [], 0, 0
    for layer in net.layers:
        rows, cols = layer.wiring.shape
        found.append(W[row : row + rows, col : col + cols])
        row, col = row + rows, col + cols
    assert np.count_nonzero(W) == sum(np.count_nonzero(block) for block in found)
    return found


@pytest.mark.parametrize(("inputs", "units"), [(2, 1), (5, 3)])
def test_a_tied_decoder_is_the_encoder_transposed(inputs: int, units: int) -> None:
    W, back = composed(Reuse(example="autoencoder", inputs=inputs, units=units))
    np.testing.assert_array_equal(back, W.T)
    E, R, out = composed(Reuse(example="embeddings", inputs=inputs, units=units))
    np.testing.assert_array_equal(out, E.T)
    assert R.shape == (units, units)
    W, V, again, V_again = composed(Reuse(example="siamese", inputs=inputs, units=units))
    np.testing.assert_array_equal(again, W)
    np.testing.assert_array_equal(V_again, V)


@pytest.mark.parametrize("shared", SHARED)
def test_the_blocks_have_the_part_in_common_that_is_shared(shared: Shared) -> None:
    blocks = composed(Reuse(example="repeated", units=2, uses=3, shared=shared))
    for part, at in (("attention", 0), ("feed-forward", 1)):
        same = all(np.array_equal(block, blocks[at]) for block in blocks[at::2])
        assert same == (shared in ("all", part))
    n = 2 * 2
    counts = {"all": 2 * n, "attention": n + 3 * n, "feed-forward": n + 3 * n, "none": 6 * n}
    drawn = reuse.diagrams(Reuse(example="repeated", units=2, uses=3, shared=shared))
    assert [numbers(one.headline)[0] for one in drawn] == [counts[shared], 6 * n]


@pytest.mark.parametrize("own", SIZES, ids=lambda own: f"{own.example}-{own.inputs}-{own.units}")
def test_every_unit_has_one_place_and_the_next_layer_begins_where_one_ends(own: Reuse) -> None:
    net = reuse.network(own)
    for drawn in reuse.diagrams(own):
        layout, (width, height) = drawn.layout, drawn.layout.size
        places = {*layout.outputs, *layout.inputs}
        assert len(places) == sum(net.units)
        assert all(place and 0 < place[0] < width and 0 < place[1] < height for place in places)
        assert (len(layout.outputs), len(layout.inputs)) == drawn.wiring.shape
        assert len(drawn.colours) == len(drawn.names) == drawn.wiring.n_params == len({*drawn.names})
    assert set(layout.outputs) & set(layout.inputs)


def test_a_name_is_the_place_in_the_matrix_that_is_not_turned() -> None:
    tied, apart = reuse.diagrams(Reuse(example="autoencoder", inputs=3, units=2))
    edges = {(t, s): tied.names[id] for t, s, id in tied.props()["edges"]}
    assert edges[1, 2] == "W₂₃"
    assert edges[2 + 2, 3 + 1] == "W₂₃"  # of the decoder: output 3, input 2
    assert {apart.names[id] for t, s, id in apart.props()["edges"] if (t, s) == (4, 4)} == {"W₂₃ in layer 2"}


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_title_and_both_headlines_have_the_two_counts(example: Example) -> None:
    own = Reuse(example=example, inputs=4, units=3, uses=2)
    wanted = {"repeated": (18, 36), "autoencoder": (12, 24), "embeddings": (21, 33), "siamese": (18, 36)}[example]
    tied, apart = reuse.diagrams(own)
    assert [numbers(reuse.headline(own))[at] for at in (0, -1)] == [*wanted]
    assert (numbers(tied.headline)[0], numbers(apart.headline)[0]) == wanted
    nothing = replace(own, example="repeated", shared="none")
    assert "nothing is tied" in reuse.sentence(nothing)


def test_the_table_has_the_published_counts_and_what_a_tool_says_that_adds_up() -> None:
    found = reuse.table()
    counted = dict(zip(found["network"], zip(found["free parameters"], found["printed"], strict=True), strict=True))
    for number, printed in counted.values():
        if printed:
            assert abs(number / 1e6 - float(printed.removesuffix(" M"))) < 1
    assert found["free parameters"][:4] == [11_683_584, 63_647_232, 37_686_528, 89_650_176]
    assert set(found["added up layer by layer"][:4]) == {89_650_176}
    assert found["free parameters"][-2:] == [60_000, 784 * 32]
    assert found["added up layer by layer"][-2:] == [120_000, 2 * 784 * 32]
