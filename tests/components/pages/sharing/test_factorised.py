"""W from few numbers without ties: counted by multiplying the factors out, and its pictures read back."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display.cards import Picture
from components.pages.sharing import factorised
from components.pages.sharing.state import Factorised, Method
from tests.support.pictures import read_png
from tests.support.text import numbers

METHODS: tuple[Method, ...] = get_args(Method)
CASES = [
    Factorised(method=method, side=side, inputs=3, outputs=2, rank=rank)
    for method in METHODS
    for side, rank in ((2, 1), (3, 2))
]


def pixels(picture: Picture) -> NDArray[np.uint8]:
    """(rows, cell, cols, cell, 4)"""
    rows, cols = picture.shape
    return read_png(picture.src).reshape(rows, factorised.CELL, cols, factorised.CELL, 4)


def colours(cell: NDArray[np.uint8]) -> set[bytes]:
    return {pixel.tobytes() for pixel in cell.reshape(-1, 4) if pixel[3] == 255}


@pytest.mark.parametrize("own", CASES, ids=lambda own: f"{own.method}-{own.side}")
def test_the_counts_are_those_of_the_factors_multiplied_out(own: Factorised) -> None:
    found, both, rng = factorised.counts(own), factorised.factors(own), np.random.default_rng(5)
    if both is None:
        assert found == factorised.Counts(2, 2, 2)  # 25% of 3 · 2, rounded
        return
    a, b = (rng.integers(1, 10**6, wires.n_params) for wires in (both.inner, both.outer))
    W = both.outer.matrix(b).toarray() @ both.inner.matrix(a).toarray()
    assert found == factorised.Counts(len(a) + len(b), len(set(W[W != 0].tolist())), int((W != 0).sum()))


def test_what_each_needs_follows_the_closed_forms() -> None:
    K, C, O, r = 3, 4, 5, 2
    own = Factorised(side=K, inputs=C, outputs=O, rank=r)
    wanted = {
        "separable": (2 * K, K * K),
        "stacked": (2 * K * K, (2 * K - 1) ** 2),
        "depthwise": (C * K * K + O * C, O * C * K * K),
        "low_rank": (r * (C + O), C * O),
        "pruned": (5, 5),
    }
    for method in METHODS:
        found = factorised.counts(replace(own, method=method))
        assert (found.parameters, found.distinct) == wanted[method]
        assert numbers(factorised.sentence(replace(own, method=method)))[:2] == [*wanted[method]]


@pytest.mark.parametrize("own", CASES, ids=lambda own: f"{own.method}-{own.side}")
def test_every_matrix_shows_as_many_colours_as_its_card_counts(own: Factorised) -> None:
    for card in factorised.as_cards(own):
        if "product" in card.title or own.method == "pruned":
            continue
        seen = colours(pixels(card.pictures[0]))
        assert len(seen) == numbers(card.facts[0].text)[0] == numbers(card.headline)[0]


@pytest.mark.parametrize("method", [method for method in METHODS if method != "pruned"])
def test_a_cell_of_the_product_has_the_colours_of_the_two_weights_of_each_path(method: Method) -> None:
    own = Factorised(method=method, side=2, inputs=3, outputs=2, rank=2)
    first, second, product, _ = [pixels(card.pictures[0]) for card in factorised.as_cards(own)]
    assert first.shape == second.shape == product.shape  # cells of one size
    for row, col in np.ndindex(product.shape[0], product.shape[2]):
        wanted: set[bytes] = set()
        for middle in range(min(first.shape[0], second.shape[2])):
            into, out = colours(first[middle, :, col]), colours(second[row, :, middle])
            if into and out:
                wanted |= into | out
        assert colours(product[row, :, col]) == wanted


def test_pruning_keeps_the_share_that_is_set_and_at_least_one_weight() -> None:
    for kept, many in ((100, 16), (50, 8), (5, 1)):
        own = Factorised(method="pruned", kept=kept)
        dense, left = factorised.pruned(own)
        assert (dense.n_params, left.n_params, len(left.ids)) == (16, many, many)
        assert ("nothing is saved" in factorised.headline(own)) == (kept == 100)


def test_the_table_has_mobilenet_s_printed_figures_and_the_closed_forms() -> None:
    found = factorised.table(Factorised(channels=10))
    before, after = found["in full"], found["factorised"]
    assert (before[0], after[0]) == (4_900, 2_700)
    assert (before[1], after[1]) == (29_294_088, 4_231_976)
    assert (round(before[2] / 1e6, 1), round(after[2] / 1e6, 1)) == (4867.3, 568.7)
    assert (before[3], after[3]) == (589_824, 12_288)
    assert found["what"][0] == "3 convolutions of 3 × 3 for one of 7 × 7, 10 channels: 27C² for 49C²"
    assert found["what"][3] == "LoRA of rank 8 for an update of a 768 × 768 matrix"
    for whole, less, times in zip(before, after, found["times fewer"], strict=True):
        assert float(times) == pytest.approx(whole / less, rel=0.05)


def test_at_the_largest_sizes_the_pictures_stay_small() -> None:
    for method in METHODS:
        cards = factorised.as_cards(Factorised(method=method, side=4, inputs=8, outputs=8, rank=4, kept=100))
        assert sum(len(card.pictures[0].src) for card in cards) < 200_000
