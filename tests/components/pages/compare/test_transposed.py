"""W, Wᵀ and im2col of one layer: each number against a matrix made by loops."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.pages.compare import transposed
from components.pages.compare.small import SmallLayer
from components.pages.compare.state import Compare, Signal
from tests.support.layers import geometry, small_layer
from tests.support.oracles import loop_connections
from tests.support.pictures import read_values
from tests.support.text import numbers

SIZE = (7, 9)
PLANES = np.random.default_rng(8).integers(1, 256, (1, *SIZE), dtype=np.uint8)
WAYS: list[dict[str, Any]] = [
    {},
    {"padding": "same", "mode": "replicate", "bias": 0.5},
    {"kernel": "1,2,3;4,5,7", "stride": 2, "flip": True, "padding": 1},
]
SIGNALS: tuple[Signal, ...] = ("one", "map", "random")


def matrix(small: SmallLayer) -> NDArray[np.float64]:
    """W without the bias, added up connection by connection."""
    g = geometry(small.state, SIZE, bias=False)
    whole = np.zeros((g.n_outputs, g.n_inputs))
    for target, source, key in loop_connections("conv", g):
        whole[target, source] += small.weight[0, 0][int(key[-2]), int(key[-1])]
    return whole


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_transpose_scatters_what_the_layer_gathers(way: dict[str, Any], signal: Signal) -> None:
    small = small_layer(way, PLANES)
    found, W = transposed.faces(small, Compare(signal=signal)), matrix(small)
    x = small.planes[0].ravel() / 255
    np.testing.assert_allclose(found.output, W @ x, atol=1e-12)
    np.testing.assert_allclose(found.product, W @ x, atol=1e-12)
    np.testing.assert_allclose(found.scattered, W.T @ found.y, atol=1e-12)
    assert found.inner == pytest.approx(((W @ x) @ found.y, x @ (W.T @ found.y)))
    assert found.away == pytest.approx(np.linalg.norm(W.T @ W @ x - x) / np.linalg.norm(x))
    assert {"one": (found.y != 0).sum() == 1, "map": np.allclose(found.y, W @ x), "random": found.y.std() > 0}[signal]
    said = numbers(transposed.sentence(found))
    assert said == [pytest.approx(one, rel=0.0051) for one in (*found.inner, found.away)]


def test_the_cards_hold_what_each_form_computes_and_takes() -> None:
    small = small_layer({"stride": 2}, PLANES)
    found, W = transposed.faces(small, Compare(signal="random")), matrix(small)
    kernel, whole, turned, columns = transposed.face_cards(small, small.layer, found)
    shapes = [numbers(card.facts[0].text) for card in (kernel, whole, turned, columns)]
    assert shapes == [[1, 9], [*W.shape], [*W.T.shape], [9, W.shape[0]]]
    stored = [numbers(card.facts[1].text)[0] for card in (kernel, whole, turned, columns)]
    assert stored == [9, np.count_nonzero(W), np.count_nonzero(W), 9 * W.shape[0]]
    assert turned.facts[-1].good
    assert columns.facts[-1].good
    wrong = replace(found, product=found.product + 3e-12)
    assert not transposed.face_cards(small, small.layer, wrong)[-1].facts[-1].good
    np.testing.assert_allclose(read_values(whole.pictures[1]).ravel(), found.output, rtol=1e-6)
    np.testing.assert_allclose(read_values(turned.pictures[1]).ravel(), found.scattered, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(read_values(columns.pictures[1]).ravel(), found.output, rtol=1e-6)
