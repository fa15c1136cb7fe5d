"""What is said of Wᵀ and im2col: sizes of the arrays themselves, and how far WᵀWx is from x, by the matrix."""

import re

import numpy as np
import pytest

from components.display import words
from components.display.layer import window_weights
from components.pages.explore.faces import distance, faces
from kernels import flat, im2col, wiring
from kernels.images.decode import unit
from tests.support.explored import CASES, Case


@pytest.mark.parametrize("case", [case for case in CASES if max(case.size) < 20], ids=str)
def test_sizes_are_those_of_the_arrays_and_the_distance_is_that_of_the_matrix(case: Case) -> None:
    made = case.made()
    state, layer, planes = made.state, made.layer, made.planes
    wires = wiring("conv", layer.spec, layer.in_shape)
    bias = [state.bias] if layer.spec.bias else None
    pixels = planes[0].size
    W = wires.matrix(wires.theta_from(window_weights(state)[None, None], bias)).toarray()[:, :pixels]
    x = np.array([flat(layer.spec, unit(plane)[None])[:pixels] for plane in planes])
    wanted = float(np.linalg.norm(x @ W.T @ W - x) / np.linalg.norm(x))
    assert distance(state, layer, planes) == pytest.approx(wanted, rel=1e-9, abs=1e-12)
    said, columns = faces(state, layer, planes), im2col(planes[:1], layer.spec)
    assert f"Wᵀ, {words.shape(W.T.shape)}:" in said["transposed"]
    assert (f"= {words.figure(wanted)} · ‖x‖" in said["transposed"]) == (wanted > 1e-9)
    assert f"im2col, {words.shape(columns.shape)}:" in said["im2col"]
    assert f"{words.amount(columns.size)} numbers" in said["im2col"]
    assert f"W in full {words.size(4 * W.size)}." in said["im2col"]


def test_a_kernel_that_moves_nothing_gives_the_picture_back_and_a_black_picture_is_at_no_distance() -> None:
    made = Case({"kernel": "0,0,0;0,1,0;0,0,0", "padding": "same"}).made()
    assert "recovers the picture" in faces(made.state, made.layer, made.planes)["transposed"]
    assert distance(made.state, made.layer, np.zeros_like(made.planes)) == 0
    assert not re.search(r"nan|inf", faces(made.state, made.layer, np.zeros_like(made.planes))["transposed"])
