"""What the Explore page says, counted by hand.

The odd layer: 10×12 pixels, 2×3 weights, stride 2, padding 1, a bias, so 6×6 outputs; along the rows both taps meet 5
real pixels, along the columns the three meet 5, 6 and 6: 10·17 = 170 connections.
"""

import math
from typing import Any

import numpy as np
import pytest

from components.display.layer import check_against_matrix, layer_of, output_map
from components.pages.explore import text
from components.state.link import edited
from components.state.setup import Setup
from kernels.layer.equivariance import commutes, shift
from kernels.layer.kinds import wiring
from kernels.layer.proof import Proof
from tests.support.layers import Size, picture

DEFAULT = Setup()
ODD = edited(DEFAULT, kernel="1,2,3;4,5,6", stride=2, padding=1, bias=0.5)
TILED = edited(DEFAULT, view="tiled", period=2)
UNTIED = edited(DEFAULT, untied=[[0, 0, 0, 5.0], [1, 0, 0, 5.0]])


def costs(state: Setup, size: Size, field: str) -> dict[object, str | float]:
    """One field of each kind of layer."""
    return {row["kind"]: row[field] for row in text.cost_rows(layer_of(state, size), state.view)}


@pytest.mark.parametrize(
    ("state", "size", "title"),
    [
        (DEFAULT, (64, 64), ("9 weights", " in place of 15,745,024")),
        (ODD, (10, 12), ("6 weights and a bias", " in place of 4,356")),
        (edited(DEFAULT, kernel="1", bias=1), (8, 8), ("1 weight and a bias", " in place of 4,160")),
        (edited(DEFAULT, kernel="1,2"), (8, 8), ("2 weights", " in place of 3,584")),
        (edited(DEFAULT, padding="same"), (512, 512), ("9 weights", " in place of 69 billion")),
    ],
)
def test_the_title_counts_the_weights_of_both_layers(state: Setup, size: Size, title: tuple[str, str]) -> None:
    assert text.title(layer_of(state, size)) == title


@pytest.mark.parametrize(
    ("state", "size", "headline"),
    [
        (DEFAULT, (8, 8), "Of 2,304 weights, locality leaves 324 and sharing leaves :primary[9]"),
        (ODD, (10, 12), "Of 4,356 weights and biases, locality leaves 206 and sharing leaves :primary[7]"),
        (UNTIED, (8, 8), "Of 2,304 weights, locality leaves 324 and sharing leaves :primary[11]"),
        (DEFAULT, (3, 3), "Locality and weight sharing: :primary[9 weights] in place of 9"),
    ],
)
def test_the_headline_says_what_each_step_leaves_where_each_leaves_less(
    state: Setup, size: Size, headline: str
) -> None:
    assert text.headline(layer_of(state, size)) == headline


@pytest.mark.parametrize(
    ("state", "size", "work"),
    [
        (DEFAULT, (64, 64), "15,745,024 → 34,596"),
        (ODD, (10, 12), "4,320 → 170"),
        (edited(DEFAULT, kernel="1"), (1, 2), "4 → 2"),
        (edited(DEFAULT, padding="same"), (1, 2), "4"),
        (DEFAULT, (3, 3), ""),
    ],
)
def test_the_line_under_the_title_says_why_one_may_share_and_the_price_what_it_costs_and_does_not_save(
    state: Setup, size: Size, work: str
) -> None:
    layer = layer_of(state, size)
    price = text.price(layer, 1)
    assert price.startswith("The price: ") == bool(work) == (math.prod(layer.out_shape) > 1)
    assert price.endswith(f"Multiplications: {work}; sharing saves none.") or not work
    assert layer.counts["conv"].multiply_adds == layer.counts["local"].multiply_adds
    windows = math.prod(layer.out_shape)
    shared = f"{np.size(state.kernel)}{' and the bias' if state.bias else ''}"
    line = text.invitation(layer, 1)
    assert (f"All {windows:,} windows share the same {shared}" in line) == (windows > 1)
    assert "Red, green and blue share them too" in text.invitation(layer, 3)
    assert "Red" not in text.invitation(layer, 1)


def test_three_colours_take_three_times_the_work() -> None:
    layer = layer_of(edited(DEFAULT, kernel="1,2;3,4;5,6"), (3, 5))  # one row of four outputs
    assert "Multiplications: 180 → 72; " in text.price(layer, 3)


def test_a_pattern_is_said_to_be_found_anywhere_only_where_it_is() -> None:
    anywhere = "so a pattern learned once is found anywhere"
    assert anywhere in text.invitation(layer_of(DEFAULT, (8, 8)), 1)
    for state in (edited(DEFAULT, stride=2), edited(DEFAULT, kernel="1"), UNTIED):
        assert anywhere not in text.invitation(layer_of(state, (8, 8)), 1)
    assert "All 36 windows share the same 9, but for 2 untied copies. " in text.invitation(layer_of(UNTIED, (8, 8)), 1)
    assert text.price(layer_of(UNTIED, (8, 8)), 1).startswith("The price: only the untied copies have a rule of their ")


@pytest.mark.parametrize(
    "change", [{}, {"stride": 2}, {"stride": 3}, {"padding": "same"}, {"dilation": 2}, {"kernel": "1,2"}]
)
def test_the_picture_can_be_moved_where_the_engine_finds_that_the_output_moves_with_it(change: dict[str, Any]) -> None:
    layer = layer_of(edited(DEFAULT, **change), (20, 20))
    inputs, outputs = (shift(shape, (0, 1), wrap=True) for shape in (layer.in_shape, layer.out_shape))
    same = commutes(wiring("conv", layer.spec, layer.in_shape), inputs, outputs).reshape(layer.out_shape)
    cols = layer.out_shape[2]
    inside = same[..., cols // 3 : cols - cols // 3]  # where no border is read
    assert inside.all() == inside.any() == text.moves_with_picture(layer)


def test_neither_a_layer_with_untied_copies_nor_a_single_output_can_be_moved() -> None:
    assert not text.moves_with_picture(layer_of(UNTIED, (8, 8)))
    assert not text.moves_with_picture(layer_of(DEFAULT, (3, 3)))


def test_the_condition_names_the_weights_and_pixels_and_claims_nothing_of_their_ratio() -> None:
    for state, size, said in ((ODD, (10, 12), "6 weights and 120 pixels"), (DEFAULT, (3, 3), "9 weights and 9 pixels")):
        assert text.helps(layer_of(state, size), flip=False)["condition"].count(said) == 1


@pytest.mark.parametrize(
    ("state", "size", "field", "wanted"),
    [
        (DEFAULT, (64, 64), "parameters", {"dense": "15,745,024", "local": "34,596", "conv": "9"}),
        (DEFAULT, (64, 64), "bytes", {"dense": "63 MB", "local": "138 kB", "conv": "36 B"}),
        (ODD, (10, 12), "parameters", {"dense": "4,356", "local": "206", "conv": "7"}),
        (ODD, (10, 12), "connections", {"dense": "4,356", "local": "206", "conv": "206"}),
        (ODD, (10, 12), "multiply_adds", {"dense": "4,320", "local": "170", "conv": "170"}),
        (TILED, (64, 64), "parameters", {"dense": "15,745,024", "local": "34,596", "tiled": "36", "conv": "9"}),
        (UNTIED, (64, 64), "parameters", {"dense": "15,745,024", "local": "34,596", "conv": "11"}),
        (UNTIED, (64, 64), "bytes", {"dense": "63 MB", "local": "138 kB", "conv": "44 B"}),
        (
            edited(DEFAULT, kernel="1", stride=16, padding=1),
            (8, 8),
            "parameters",
            {"dense": "64", "local": "0", "conv": "1"},
        ),
    ],
    ids=str,
)
def test_a_cost_has_a_row_for_each_kind_of_layer_tiled_only_while_it_is_shown_and_an_untied_copy_costs_one_more(
    state: Setup, size: Size, field: str, wanted: dict[str, str]
) -> None:
    assert costs(state, size, field) == wanted


def test_a_cost_is_explained_compared_with_the_one_before_and_drawn_as_a_square_true_to_it() -> None:
    layer = layer_of(ODD, (10, 12))
    dense, local, conv = text.cost_rows(layer)
    assert dense["why"] == "= 36 outputs × (120 inputs + bias)"
    assert conv["exact"] == (
        "7 free parameters, 28 bytes; 206 connections (252 including those on padding), 170 multiply-adds"
    )
    assert (dense["saving"], str(local["saving"])[:14], str(conv["saving"])[:14]) == (
        "",
        "21 times fewer",
        "29 times fewer",
    )
    assert [float(row["side"]) ** 2 for row in (dense, local, conv)] == pytest.approx([1, 206 / 4356, 7 / 4356])
    savings = costs(TILED, (64, 64), "saving")
    assert (str(savings["tiled"])[:15], str(savings["conv"])[:15]) == ("961 times fewer", "4.0 times fewer")


def test_what_is_more_and_not_fewer_is_said_so() -> None:
    layer = layer_of(edited(DEFAULT, padding="full"), (1, 1))  # 9 outputs, each of one pixel; 9 weights
    assert [row["saving"] for row in text.cost_rows(layer)] == [
        "", "1.0 times fewer, by locality", "1.0 times fewer again, by sharing",
    ]  # fmt: skip
    alone = layer_of(edited(DEFAULT, padding="same"), (1, 1))  # 1 output of 1 pixel; 9 weights
    assert text.cost_rows(alone)[-1]["saving"] == "9.0 times as many, by sharing"
    assert text.total(alone) == "9.0 times as many in total: 36 B instead of 4 B"
    assert text.cost_line(alone).startswith("9.0 times as many free parameters as fully connected: ")


def test_the_total_is_the_product_of_both_savings() -> None:
    layer = layer_of(DEFAULT, (8, 8))
    assert text.total(layer) == "256 times fewer in total: 36 B instead of 9.2 kB"
    wanted = "256 times fewer free parameters than fully connected: 36 B instead of 9.2 kB."
    assert text.cost_line(layer) == wanted
    assert costs(DEFAULT, (8, 8), "why") == {
        "dense": "= 36 outputs × 64 inputs",
        "local": "= 36 × 9: 7.1 times fewer, by locality",
        "conv": "= 3 × 3: 36 times fewer again, by sharing",
    }


def test_the_line_of_the_check_names_all_rows_and_connections_of_the_default_layer() -> None:
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
            "= 4.4 × 10⁻¹⁶, measured just now on 5 of 99 rows of W (a",
        ),
        (Proof(0.5, 1e-15, 5, 99, 1, 7), "close", "(a random sample, seed 7), 1 connection."),
        (Proof(1e-15, 1e-15, 1, 1, 2, None), "check", "on all 1 of 1 rows of W, 2 connections."),
    ],
)
def test_the_line_of_the_check_says_what_was_measured(proof: Proof, mark: str, says: str) -> None:
    line = text.proof_line(proof)
    assert says in line
    assert f":material/{mark}:" in line


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"view": "dense"}, "2,304 weights in 256 colours: colours repeat"),
        ({"view": "dense", "bias": 1}, "2,304 weights in 256 colours: colours repeat"),
        ({"view": "local"}, "324 weights in 256 colours: colours repeat"),
        ({"view": "tiled", "period": 1}, ""),
        ({"view": "tiled", "period": 3}, "colours may repeat"),
        ({"view": "local", "kernel": [[1.0] * 8] * 8}, "colours may repeat"),
        ({"view": "local", "kernel": "1", "side": 8, "stride": 8}, ""),
    ],
    ids=str,
)
def test_where_one_colour_is_not_one_weight_that_is_said(change: dict[str, object], said: str) -> None:
    state = edited(Setup(), **change)
    assert text.repeated_colours(layer_of(state, (8, 8)), state.view, state.period) == said
