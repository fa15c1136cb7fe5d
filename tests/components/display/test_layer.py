"""The layer of a state computes what loops and exact fractions say."""

import json
import math
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from components.display import words
from components.display.layer import (
    Scale,
    all_tied,
    check_against_matrix,
    gradient_notes,
    layer_of,
    noise_floor,
    output_map,
    random_weights,
    scale_of,
    without_noise,
)
from components.pages.explore import loom
from components.state.link import edited
from components.state.setup import Setup
from kernels import LayerSpec, wiring
from tests.support import node
from tests.support.layers import SIZES, WAYS, by_loops, close, geometry, picture, untied_by_loops
from tests.support.oracles import FORMULAS, loop_connections

DEFAULT = Setup()


def test_the_output_is_what_loops_say_with_the_kernel_turned_where_it_is_flipped_and_is_checked_on_all_rows() -> None:
    for way, channels, size, flip in product(WAYS, (1, 3), SIZES, (False, True)):
        state, planes = edited(DEFAULT, **way, flip=flip), picture(channels, size)
        kernel, layer = np.array(state.kernel), layer_of(state, size)
        result = output_map(state, layer, planes)
        close(result.linear, by_loops(state, planes, kernel[::-1, ::-1] if flip else kernel))
        np.testing.assert_allclose(result.output, result.linear, rtol=0, atol=1e-9)
        assert np.isin(result.output, [0, *result.linear.ravel()]).all()
        proof = check_against_matrix(state, layer, planes, result.linear)
        assert proof.holds
        assert proof.rows == proof.of == layer.out_shape[1] * layer.out_shape[2]
        assert proof.connections == layer.counts["conv"].connections


def test_every_activation_comes_after_the_sum_and_the_bias() -> None:
    for activation, bias in product(FORMULAS, (0.0, -2.5, 1.0)):
        state, planes = edited(DEFAULT, activation=activation, bias=bias), picture(3, (9, 8))
        result = output_map(state, layer_of(state, (9, 8)), planes)
        linear = by_loops(state, planes, np.array(state.kernel))
        close(result.linear, linear)
        close(result.output, np.vectorize(FORMULAS[activation])(linear))


def test_random_weights_make_outputs_of_about_the_same_strength() -> None:
    spec = LayerSpec(3, bias=True)
    for kind in ("dense", "local"):
        wires = wiring(kind, spec, (1, 30, 30))
        theta = random_weights(wires, [1, 2])
        assert theta.shape == (wires.n_params,)
        assert theta.std() == pytest.approx((len(wires.ids) / wires.shape[0]) ** -0.5, rel=0.03)
        np.testing.assert_array_equal(theta, random_weights(wires, [1, 2]))


# Untied copies.


def test_an_untied_copy_works_at_its_place_alone_and_agrees_with_the_matrix() -> None:
    copies = [[0, 1, 1, 9.0], [13, 0, 2, -4.0], [13, 2, 0, 0.25], [20, 1, 0, 0.0]]
    for mode, flip in product(("zeros", "replicate"), (False, True)):
        state = edited(edited(DEFAULT, padding=1, mode=mode, flip=flip, bias=0.5), untied=copies)
        layer, planes = layer_of(state, (8, 9)), picture(3, (8, 9))
        linear = output_map(state, layer, planes).linear
        close(linear, untied_by_loops(state, planes))
        assert check_against_matrix(state, layer, planes, linear).holds
        found = [(*use.output, *use.tap, use.value) for use in layer.untied]
        assert found == [(target // 9, target % 9, k, l, value) for target, k, l, value in state.untied]
        assert all_tied(replace(state, zoom=(0, 9, 0, 9))) == replace(state, untied=())


def test_a_copy_that_is_no_connection_of_the_layer_is_left_out_and_not_paid_for() -> None:
    state = edited(edited(DEFAULT, padding=1), untied=[[0, 0, 0, 9.0], [72, 1, 1, 9.0], [5, 3, 0, 1.0], [0, 1, 1, 2.0]])
    layer = layer_of(state, (8, 9))
    assert [(use.output, use.tap, use.input) for use in layer.untied] == [((0, 0), (1, 1), (0, 0))]
    assert (layer.counts["conv"].parameters, layer.counts["conv"].bytes) == (10, 40)


def test_the_note_of_a_copy_compares_its_gradient_with_the_sum_over_all_uses() -> None:
    for flip in (False, True):
        state = edited(edited(DEFAULT, padding=1, flip=flip), untied=[[10, 0, 1, 2.0], [11, 0, 1, -4.0]])
        layer, planes = layer_of(state, (8, 9)), picture(3, (8, 9))
        apart, tied = untied_by_loops(state, planes), untied_by_loops(replace(state, untied=()), planes)
        uses = [
            (c, target, source)
            for target, source, key in loop_connections("conv", geometry(state, (8, 9)))
            for c in range(3)
            if key[3:] == (0, 1)
        ]
        together = sum(tied[c].flat[t] * planes[c].flat[s] / 255 for c, t, s in uses)
        for note, copy in zip(gradient_notes(state, layer, planes), (10, 11), strict=True):
            own = sum(apart[c].flat[t] * planes[c].flat[s] / 255 for c, t, s in uses if t == copy)
            assert f"the gradient of this copy is a sum of 3 terms, one per channel, {words.figure(own)}." in note
            assert note.endswith(f"the sum of {len(uses)} terms: {words.figure(together)}.")
        assert "the gradient of this copy is a single term, " in gradient_notes(state, layer, planes[:1])[0]


# Levels on the screen.


def level(value: float, high: float, signed: bool) -> int:
    """The rule in exact fractions; the 10⁻⁹ decides ties and nothing else."""
    v, most, nudge = Fraction(value), Fraction(high), Fraction(1, 10**9)
    exact = v * 127 / most + 128 if signed else v * 255 / most
    return min(255, max(0, math.floor(exact + Fraction(1, 2) + nudge)))


def test_levels_are_the_formula_pixel_by_pixel() -> None:
    for high, signed in ((1.0, False), (3.7, False), (1.0, True), (4.0, True), (1e6, True)):
        values = np.random.default_rng(8).uniform(-high if signed else 0, high, (3, 20, 25))
        found = Scale(high, signed).levels(values)
        assert (found.dtype.name, found.shape) == ("uint8", values.shape)
        assert found.ravel().tolist() == [level(float(value), high, signed) for value in values.ravel()]


def test_ties_go_up_zero_is_the_middle_and_the_ends_are_one_and_255() -> None:
    halves = [n + 0.5 for n in range(254)]
    assert Scale(255.0, signed=False).levels(np.array(halves)).tolist() == list(range(1, 255))
    signed = [n + 0.5 for n in range(-127, 126)]
    assert Scale(127.0, signed=True).levels(np.array(signed)).tolist() == list(range(2, 255))
    for high in (1e-6, 0.3, 1.0, 255.0, 1e12):
        assert Scale(high, signed=True).levels(np.array([-high, 0.0, -0.0, high])).tolist() == [1, 128, 128, 255]
        assert Scale(high, signed=False).levels(np.array([0.0, high, -1e-10 * high])).tolist() == [0, 255, 0]


SCALES = json.loads((Path(__file__).parents[2] / "support" / "scales.json").read_text("utf-8"))
IN_BROWSER = """({ weights, bias, largest, sums }) => {
  const output = withoutNoise(Float64Array.from(sums), noiseFloor(weights, bias, largest));
  return { output: [...output], ...scaleOf(output) };
}"""


@pytest.mark.parametrize("case", SCALES, ids=lambda case: case["name"])
def test_rounding_noise_is_0_and_the_scale_is_signed_with_the_first_negative_number_in_both_languages(
    case: dict[str, Any],
) -> None:
    floor = noise_floor(case["weights"], case["bias"], case["largest"])
    output = without_noise(np.array(case["sums"], np.float64), floor)
    scale, wanted = scale_of(output), {name: case[name] for name in ("output", "high", "signed")}
    assert {"output": output.tolist(), "high": scale.high, "signed": scale.signed} == wanted
    script = Path(loom.__file__).with_name("arithmetic.js").read_text("utf-8")
    assert node.call(script, IN_BROWSER, case) == wanted


def test_a_constant_picture_is_black_under_any_weights_that_add_to_nothing_at_any_size() -> None:
    """By every route of `correlate`: 225 taps of a 512 × 512 picture are an FFT's."""
    rng = np.random.default_rng(5)
    for size, side, loudness in ((3, 40, 1e6), (3, 40, 1e-9), (5, 200, 1.0), (15, 512, 1e6), (15, 60, 3.0)):
        kernel = loudness * rng.standard_normal((size, size))
        kernel[0, 0] -= kernel.sum()
        state = edited(DEFAULT, kernel=(kernel / max(1, np.abs(kernel).max() / 9e5)).tolist())
        planes = np.full((1, side, side), 201, np.uint8)
        result = output_map(state, layer_of(state, (side, side)), planes)
        assert not result.output.any()
        assert (result.scale.high, result.scale.signed) == (1.0, False)
        assert not result.levels.any()


def test_the_levels_on_screen_are_those_of_the_output_and_its_scale() -> None:
    for activation, signed in (("none", True), ("relu", False), ("sigmoid", False), ("tanh", True)):
        state, planes = edited(DEFAULT, activation=activation), picture(1, (9, 8))
        result = output_map(state, layer_of(state, (9, 8)), planes)
        assert result.scale.signed == signed
        np.testing.assert_array_equal(result.levels, result.scale.levels(result.output))


def test_a_wrong_number_in_any_channel_fails_the_check() -> None:
    planes, layer = picture(3, (12, 11)), layer_of(DEFAULT, (12, 11))
    for channel in range(3):
        linear = output_map(DEFAULT, layer, planes).linear.copy()
        linear[channel, 4, 5] += 1e-6
        proof = check_against_matrix(DEFAULT, layer, planes, linear)
        assert not proof.holds
        assert proof.error == pytest.approx(1e-6, rel=1e-6)
