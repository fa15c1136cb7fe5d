"""From dense to shared: each stage is the wiring of its layer, leads to the next and counts what is left."""

import re
from math import prod
from typing import Any

import numpy as np
import pytest

from components.display import matrix
from components.display.layer import Layer, layer_of
from components.display.matrix import TILES
from components.pages.explore.dense_to_shared import Stage, stages
from components.state.link import edited
from components.state.setup import Setup, View
from tests.support.explored import CASES, Case
from tests.support.geometries import TABLE, spec_of
from tests.support.oracles import loop_connections, parameter_count
from tests.support.pictures import inks

NAMES = ["Fully connected", "Locality", "Weight sharing", "The kernel"]
LARGE: list[dict[str, Any]] = [
    {"side": 512},
    {"side": 512, "kernel": ";".join([",".join(["0.1"] * 15)] * 15), "padding": "same", "mode": "reflect"},
    {"side": 512, "kernel": "1,2;3,4", "stride": 3, "dilation": 5, "bias": 1, "flip": True},
]


def lead_to_each_other(told: tuple[Stage, ...], layer: Layer, flip: bool) -> None:
    dense, local, shared, kernel = (inks(stage.tiles) for stage in told)
    assert [stage.name for stage in told] == NAMES
    K, L = layer.spec.kernel_size
    assert told[3].counted == (f"{K} × {L} + 1" if layer.spec.bias else f"{K} × {L}")
    assert [stage.shared for stage in told] == [False, False, True, True]
    assert len(dense) == min(TILES, prod(layer.out_shape)) * min(TILES, prod(layer.in_shape))
    assert local.items() <= dense.items()
    assert shared.keys() == local.keys()
    assert set(shared.values()) <= set(kernel.values())
    assert kernel == {(k, l): k * L + l for k in range(K) for l in range(L)}
    views: tuple[tuple[Stage, View], ...] = ((told[1], "local"), (told[2], "conv"))
    for stage, view in views:
        alone = matrix.window_tiles(layer, view, flip, 1, matrix.visible_window(layer, ()))
        assert inks(stage.tiles) == inks(alone)


def test_where_tiles_are_cells_the_stages_are_the_connections_and_the_counts_those_of_the_loops() -> None:
    for g in TABLE:
        if g.in_shape[0] > 1 or g.out_channels > 1:
            continue
        layer = Layer(spec_of(g), g.in_shape, (1, *g.out_size), {}, ())
        told = stages(layer, flip=False)
        lead_to_each_other(told, layer, flip=False)
        real = {(t, s) for t, s, key in loop_connections("conv", g) if key[0] == "weight"}
        assert inks(told[1].tiles).keys() == real, g
        counted = [parameter_count(kind, g) for kind in ("dense", "local", "conv", "conv")]
        assert [stage.parameters for stage in told] == counted, g


@pytest.mark.parametrize("case", CASES, ids=str)
def test_any_setup_is_told_in_four_stages_with_sentences_that_say_the_counts(case: Case) -> None:
    made = case.made()
    told = stages(made.layer, made.state.flip)
    lead_to_each_other(told, made.layer, made.state.flip)
    for stage in told:
        assert stage.sentence[0].isupper() or stage.sentence[0].isdigit()
        assert stage.sentence.endswith(".")
        assert not re.search(r"\b1 (weights|outputs|pixels|positions)\b", stage.sentence), stage.sentence
    assert f"{told[0].parameters:,} in all" in told[0].sentence


@pytest.mark.parametrize("change", LARGE, ids=lambda change: f"{len(str(change))}")
def test_a_matrix_of_billions_of_cells_is_told_in_bounded_pictures(change: dict[str, Any]) -> None:
    state = edited(Setup(), **change)
    layer = layer_of(state, (512, 512))
    told = stages(layer, state.flip)
    lead_to_each_other(told, layer, state.flip)
    assert told[0].parameters == prod(layer.out_shape) * (512 * 512 + layer.spec.bias)
    for stage in told:
        assert max(stage.tiles.rows, stage.tiles.cols) <= TILES
        assert stage.tiles.at.nbytes + stage.tiles.ink.nbytes <= 5 * TILES**2


def test_the_landing_layer_is_told_as_a_lecturer_would() -> None:
    told = stages(layer_of(Setup(), (8, 8)), flip=False)
    assert [stage.parameters for stage in told] == [2304, 324, 9, 9]
    assert [stage.counted for stage in told] == ["2,304", "324", "9", "3 × 3"]
    assert [stage.sentence for stage in told] == [
        "36 outputs × 64 pixels: every pair has its own weight, 2,304 in all.",
        "Each output sees only its 3 × 3 window: 1,980 weights outside are deleted, 324 weights are left.",
        "A pattern can occur anywhere, so every position uses the same weights: 9 at all 36 positions, 36 times fewer.",
        "All of W is made of 9 weights: the kernel, 256 times fewer than fully connected.",
    ]


def test_where_nothing_is_deleted_or_shared_the_stage_says_so() -> None:
    layer = layer_of(edited(Setup(), kernel="1,2;3,4"), (2, 2))
    _, local, shared, kernel = stages(layer, flip=False)
    assert local.sentence == "The window covers the whole picture, so there is nothing outside it to delete."
    assert shared.sentence == "There is only one position, so there is nothing to share."
    assert kernel.sentence == "All of W is made of 4 weights: the kernel."
    assert np.array_equal(local.tiles.at, shared.tiles.at)
