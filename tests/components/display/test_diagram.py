"""The picture of a network: a line for every connection, in the colour of its weight."""

import re
from base64 import b64decode
from collections import Counter
from itertools import product
from xml.dom import minidom

import numpy as np
import pytest

from components.display import diagram, theme
from components.display.layer import LAYER_NAMES
from components.state.setup import View
from tests.support.oracles import Geometry, loop_connections
from tests.support.pictures import hashed, hexed

Line = tuple[int, int, str]  # output, input, colour
SIZES = [(1, 1), (3, 3), (1, 4), (4, 1), (2, 2), (15, 15), (3, 2)]
CHANNELS = [  # that an output reads, outputs, groups, kernel size
    (1, 1, 1, (1, 1)),
    (3, 4, 1, (3, 3)),
    (1, 3, 3, (3, 3)),
    (2, 6, 2, (5, 4)),
    (2, 2, 2, (7, 1)),
    (1, 4, 4, (1, 7)),
]
PICTURES = [
    *((diagram.NETWORK_SHAPE, diagram.network(kind, (3, 3), False, 2)) for kind in LAYER_NAMES),
    *((diagram.MIMO_SHAPE, diagram.channels(*case)) for case in CHANNELS),
]


def read(src: str) -> minidom.Document:
    """The picture, read by a parser that takes nothing but well-formed XML."""
    head, _, data = src.partition(",")
    assert head == "data:image/svg+xml;base64"
    return minidom.parseString(b64decode(data, validate=True))  # noqa: S318  # our own text: whether it parses is asked


def heights(src: str) -> list[list[float]]:
    """Of the neurons on the left and on the right, from above."""
    sides: dict[float, list[float]] = {}
    for dot in read(src).getElementsByTagName("circle"):
        sides.setdefault(float(dot.getAttribute("cx")), []).append(float(dot.getAttribute("cy")))
    return [sorted(sides[x]) for x in sorted(sides)]


def drawn(src: str) -> list[Line]:
    """Every line, its ends in neurons counted from above."""
    left, right = heights(src)
    return [
        (
            right.index(float(line.getAttribute("y2"))),
            left.index(float(line.getAttribute("y1"))),
            line.getAttribute("stroke"),
        )
        for line in read(src).getElementsByTagName("line")
    ]


def line_of(size: tuple[int, int]) -> list[int]:
    """The weights along the middle of the kernel's longer axis: at most three, around its centre."""
    K, L = size
    line = [K // 2 * L + l for l in range(L)] if L >= K else [k * L + L // 2 for k in range(K)]
    first = (len(line) - min(len(line), 3)) // 2
    return line[first : first + 3]


def wanted(kind: View, size: tuple[int, int], period: int, flip: bool) -> list[Line]:
    """Every connection of a row of eight pixels, in the colour that its weight has in the matrix."""
    line, static, shared, found = line_of(size), theme.untied(), theme.weights(*size), []
    g = Geometry("", (1, 1, 8), (1, len(line)))
    for t, s, _ in loop_connections("dense" if kind == "dense" else "conv", g):
        if kind in ("dense", "local"):
            colour = static[hashed(t, s)]
        else:
            weight = size[0] * size[1] - 1 - line[s - t] if flip else line[s - t]
            is_shared = kind == "conv" or period == 1
            colour = shared[weight] if is_shared else static[hashed(t % period + 1_000_003, weight)]
        found.append((t, s, hexed(colour)))
    return found


@pytest.mark.parametrize("kind", LAYER_NAMES)
def test_a_kind_of_layer_has_a_line_for_every_connection_of_a_row_of_eight_in_its_colour(kind: View) -> None:
    for size, period, flip in product(SIZES, (1, 2, 3, 512), (False, True)):
        src = diagram.network(kind, size, flip, period)
        lines = drawn(src)
        assert sorted(lines) == sorted(wanted(kind, size, period, flip))
        assert [*map(len, heights(src))] == [8, 8 - len(line_of(size)) + 1]
        for steps in (np.diff(places) for places in heights(src)):
            assert 0 < steps.max() < steps.min() + 0.11  # written with one decimal
        assert kind != "conv" or len({colour for *_, colour in lines}) == len(line_of(size))


@pytest.mark.parametrize("case", CHANNELS, ids=str)
def test_several_channels_have_a_line_for_every_connection_on_rows_of_four_in_its_colour(
    case: tuple[int, int, int, tuple[int, int]],
) -> None:
    reads, outputs, groups, (K, L) = case
    taps = [(K // 2, (L - min(L, 2)) // 2 + n) for n in range(min(L, 2))]  # at most two, of the middle row
    g = Geometry("", (reads * groups, 1, 4), (1, len(taps)), outputs, groups=groups)
    colours, lines = theme.bank(outputs, reads, K, L).reshape(outputs, reads, K, L, 3), []
    for target, source, key in loop_connections("conv", g):
        o, c, _, n = map(int, key[1:])
        lines.append((target, source, hexed(colours[o, c, *taps[n]])))
    src = diagram.channels(*case)
    assert sorted(drawn(src)) == sorted(lines)
    assert [*map(len, heights(src))] == [g.n_inputs, g.n_outputs]
    shared = Counter(colour for *_, colour in drawn(src))
    assert (len(shared), set(shared.values())) == (outputs * reads * len(taps), {4 - len(taps) + 1})
    for places, run in zip(heights(src), (4, 4 - len(taps) + 1), strict=True):
        gaps = np.diff(places)
        is_inside = np.arange(1, len(places)) % run != 0
        inside, between = gaps[is_inside], gaps[~is_inside]
        if len(inside):
            assert np.ptp(inside) < 0.21  # written with one decimal
            assert (between > 1.8 * inside.max() - 0.3).all()


@pytest.mark.parametrize(("shape", "src"), PICTURES)
def test_a_network_is_lines_and_dots_within_its_frame_and_nothing_that_runs(shape: tuple[int, int], src: str) -> None:
    root = read(src).documentElement
    assert root is not None
    assert root.getAttribute("viewBox") == f"0 0 {shape[1]} {shape[0]}"
    nodes = root.getElementsByTagName("*")
    assert {node.tagName for node in nodes} == {"line", "circle"}
    for name, value in (item for node in nodes for item in node.attributes.items()):
        assert name in {"x1", "y1", "x2", "y2", "cx", "cy", "r", "stroke", "stroke-width", "fill"}
        assert re.fullmatch(r"#[0-9a-f]{6}|[\d.]+", value)
        if name[-2:] in {"x1", "x2", "cx", "y1", "y2", "cy"}:
            assert 0 < float(value) < shape["x" in name]
