"""MobileNet's block as matrices: as many colours as weights, and the counts of the formula."""

import numpy as np

from components.pages.network import separable
from tests.support.pictures import read_png
from tests.support.text import numbers


def test_each_matrix_has_as_many_colours_as_weights_and_a_coloured_cell_for_each_connection() -> None:
    O, C, P = separable.MAPS, separable.READS, separable.SIDE**2
    inside = 13**2  # of 5 taps on 3 rows, 2 · 4 + 5 meet a pixel
    wanted = [(O * C * 9, O * C * inside), (C * 9, C * inside), (O * C, O * C * P)]
    for card, (weights, links) in zip(separable.cards(), wanted, strict=True):
        cells = read_png(card.pictures[0].src)
        lit = cells[cells[..., 3] > 0]
        assert (len(np.unique(lit, axis=0)), len(lit)) == (weights, links)
        assert numbers(card.headline)[-1] == weights
        assert numbers(card.facts[0].text) == [links]
    block = separable.totals().split("block: ")[1]
    assert numbers(block) == [O * C * 9, C * 9, O * C, C * 9 + O * C]


def test_the_whole_network_is_told_both_ways() -> None:
    said = separable.totals()
    assert "4,231,976 parameters and 568.7 million multiply-adds" in said
    assert "29,294,088 and 4,867.3 million" in said
    assert "6.9 and 8.6 times fewer" in said
