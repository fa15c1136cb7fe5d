"""W read aloud cell by cell, from the loom's own scripts in Node: the engine's wiring says the same of every cell."""

import re
from collections import defaultdict
from typing import Any

import pytest

from components.display.layer import axis_props, layer_of
from components.pages.explore import text
from components.state.link import edited
from components.state.setup import Setup
from components.widgets.mount import SHARED
from kernels.layer.kinds import wiring
from tests.support.node import call
from tests.support.wirings import edges_of

LOOM = SHARED.parents[1] / "pages" / "explore" / "loom"
SCRIPT = "\n".join(file.read_text("utf-8") for file in (SHARED, LOOM / "geometry.js", LOOM / "walk.js"))
WALK = """({ props, weights, cells, own, by }) => {
  const at = (t) => ({ t, i: Math.floor(t / props.cols.out), j: t % props.cols.out });
  const copies = own.map(([t, k, l, value]) => ({ ...at(t), k, l, value }));
  const ownValue = new Map(copies.map((copy) => [`${copy.t},${copy.k},${copy.l}`, copy.value]));
  const loom = { geo: geometry(props), props, weights, own: copies, ownValue };
  return cells.map(([t, s]) => [cellInWords(loom, t, s), jump(loom, t, s, by)]);
}"""
USE = re.compile(r"used (?:once|(\d+) times; (?:next|first) use at row (\d+), column (\d+))")
LAYERS: dict[str, dict[str, object]] = {
    "convolution": {"kernel": "1,2;3,4"},
    "padded on a stride": {"kernel": "1,2,3;4,5,6;7,8,9", "padding": "same", "stride": 2},
    "folded back twice": {"kernel": "1,2,3;4,5,6;7,8,9", "padding": "same", "mode": "replicate"},
    "a bias in the last column": {"kernel": "1,2;3,4", "bias": 0.5},
    "tiled": {"kernel": "1,2;3,4", "view": "tiled", "period": 3, "bias": 1},
    "locally connected": {"kernel": "1,2;3,4", "view": "local", "bias": 1},
    "dilated round a ring": {"kernel": "1,2,3", "dilation": 2, "padding": "same", "mode": "circular"},
}
SHAPE = (5, 4)


def walked(state: Setup, cells: list[tuple[int, int]], by: int = 1, own: list[list[float]] | None = None) -> Any:  # noqa: ANN401
    layer = layer_of(state, SHAPE)
    rows, cols = layer.spec.axes(layer.in_shape)
    K, L = state.kernel_size
    names = [text.weight_name(k, l) for k in range(K) for l in range(L)]
    geometry = {"rows": axis_props(rows), "cols": axis_props(cols), "flip": state.flip}
    props = geometry | {"view": state.view, "period": state.period, "bias": state.bias, "names": names}
    weights = [weight for row in state.kernel for weight in row]
    return call(SCRIPT, WALK, {"props": props, "weights": weights, "cells": cells, "own": own or [], "by": by})


@pytest.mark.parametrize("way", LAYERS)
def test_every_cell_says_how_often_its_weight_is_used_and_where_next(way: str) -> None:
    state = edited(Setup(), **LAYERS[way])
    layer = layer_of(state, SHAPE)
    wires = wiring(state.view, layer.spec, layer.in_shape, state.period)
    uses: dict[int, list[tuple[int, int]]] = defaultdict(list)
    in_cell: dict[tuple[int, int], list[int]] = defaultdict(list)
    for t, s, n in sorted(edges_of(wires)):
        uses[n].append((t, s))
        in_cell[t, s].append(n)
    cells = [(t, s) for t in range(wires.shape[0]) for s in range(wires.shape[1])]
    for (t, s), (line, there) in zip(cells, walked(state, cells), strict=True):
        assert line.startswith(f"Row {t + 1}, column {s + 1}: ")
        said = [(int(n or 1), int(r or 0), int(c or 0)) for n, r, c in USE.findall(line)]
        right = []
        for n in in_cell[t, s]:
            row, col = next((use for use in uses[n] if use[0] > t), uses[n][0])
            right.append((len(uses[n]), row + 1, col + 1) if len(uses[n]) > 1 else (1, 0, 0))
        assert sorted(said) == sorted(right), line
        assert ("no connection" in line) == (not right)
        assert tuple(there) in in_cell


def test_a_line_names_the_weight_and_its_value_and_a_jump_back_undoes_a_jump() -> None:
    state = edited(Setup(), kernel="1,2;-3,0.25")
    ((line, there),) = walked(state, [(0, 4)])
    assert line == "Row 1, column 5: weight F₂₁ = −3, used 12 times; next use at row 2, column 6."
    assert there == [1, 5]
    assert walked(state, [(1, 5)], by=-1)[0][1] == [0, 4]
    assert walked(state, [(0, 4)], by=-1)[0][1] == [11, 18]
    assert [to for _, to in walked(state, [(0, 2), (11, 19), (0, 19)])] == [[0, 4], [0, 5], [1, 1]]


def test_an_untied_copy_is_used_once_and_left_out_of_the_uses_of_its_weight() -> None:
    state = edited(Setup(), kernel="1,2;-3,0.25")
    (line, _), (copy, _) = walked(state, [(0, 4), (1, 5)], own=[[1, 1, 0, 9.5]])
    assert line == "Row 1, column 5: weight F₂₁ = −3, used 11 times; next use at row 3, column 7."
    assert copy == "Row 2, column 6: an untied copy of weight F₂₁ = 9.5, used once."
