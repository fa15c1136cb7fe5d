"""The picture of a network of several channels: a line for every connection, in the colour of its weight.

The network of one channel is tested with the cards it stands in.
"""

from base64 import b64decode
from itertools import pairwise
from xml.dom import minidom

from components.display import diagram, theme
from components.display.diagram import FEW, MIMO_SHAPE
from tests.support.oracles import Geometry, loop_connections
from tests.support.pictures import hexed

Case = tuple[int, int, int, tuple[int, int]]  # channels an output reads, outputs, groups, kernel size
CASES: list[Case] = [
    (1, 1, 1, (1, 1)),
    (1, 1, 1, (3, 3)),
    (3, 4, 1, (3, 3)),
    (3, 3, 1, (1, 1)),
    (1, 3, 3, (3, 3)),
    (1, 4, 2, (2, 2)),
    (2, 6, 2, (5, 4)),
    (2, 2, 2, (7, 1)),
    (4, 6, 1, (7, 7)),
    (1, 4, 4, (1, 7)),
]


def read(case: Case) -> minidom.Document:
    head, _, data = diagram.channels(*case).partition(",")
    assert head == "data:image/svg+xml;base64"
    return minidom.parseString(b64decode(data, validate=True))  # noqa: S318  # our own text: whether it parses is asked


def heights(case: Case) -> tuple[list[float], list[float]]:
    """Of the neurons on the left and on the right, from above."""
    sides: dict[float, list[float]] = {}
    for dot in read(case).getElementsByTagName("circle"):
        sides.setdefault(float(dot.getAttribute("cx")), []).append(float(dot.getAttribute("cy")))
    left, right = (sorted(sides[x]) for x in sorted(sides))
    return left, right


def drawn(case: Case) -> list[tuple[int, int, str]]:
    """(output, input, colour) of every line, in neurons counted from above."""
    left, right = heights(case)
    return [
        (
            right.index(float(line.getAttribute("y2"))),
            left.index(float(line.getAttribute("y1"))),
            line.getAttribute("stroke"),
        )
        for line in read(case).getElementsByTagName("line")
    ]


def taps(case: Case) -> list[tuple[int, int]]:
    """The taps of each kernel that are drawn: at most two, from the middle of its middle row."""
    K, L = case[3]
    first = (L - min(L, 2)) // 2
    return [(K // 2, first + n) for n in range(min(L, 2))]


def test_every_connection_of_the_layer_on_rows_of_four_is_a_line_in_the_colour_of_its_weight() -> None:
    for case in CASES:
        reads, outputs, groups, (K, L) = case
        g = Geometry("", (reads * groups, 1, 4), (1, len(taps(case))), outputs, groups=groups)
        colours = theme.bank(outputs, reads, K, L).reshape(outputs, reads, K, L, 3)
        wanted = []
        for target, source, key in loop_connections("conv", g):
            o, c, _, n = map(int, key[1:])
            wanted.append((target, source, hexed(colours[o, c, *taps(case)[n]])))
        assert sorted(drawn(case)) == sorted(wanted)
        assert (len(heights(case)[0]), len(heights(case)[1])) == (g.n_inputs, g.n_outputs)
        assert FEW == 4


def test_as_many_colours_as_weights_are_drawn_and_each_as_often_as_it_is_shared() -> None:
    for case in CASES:
        reads, outputs, _, _ = case
        colours = [colour for _, _, colour in drawn(case)]
        assert len(set(colours)) == outputs * reads * len(taps(case))
        assert {colours.count(colour) for colour in colours} == {4 - len(taps(case)) + 1}


def test_no_line_joins_channels_of_different_groups() -> None:
    for case in CASES:
        reads, outputs, groups, _ = case
        width = 4 - len(taps(case)) + 1
        for output, source, _ in drawn(case):
            assert output // width // (outputs // groups) == source // 4 // reads


def test_the_pixels_of_a_channel_stand_together_and_channels_apart() -> None:
    for case in CASES:
        for places, run in zip(heights(case), (4, 4 - len(taps(case)) + 1), strict=True):
            steps = [b - a for a, b in pairwise(places)]
            inside = [step for n, step in enumerate(steps) if (n + 1) % run]
            between = [step for n, step in enumerate(steps) if not (n + 1) % run]
            assert not inside or max(inside) - min(inside) < 0.21  # written with one decimal
            assert not inside or not between or min(between) > 1.8 * max(inside) - 0.3
            assert 0 < places[0] <= places[-1] < MIMO_SHAPE[0]


def test_it_is_lines_and_dots_within_its_frame_and_nothing_that_runs() -> None:
    for case in CASES:
        root = read(case).documentElement
        assert root is not None
        assert {node.tagName for node in root.getElementsByTagName("*")} == {"line", "circle"}
        assert root.getAttribute("viewBox") == f"0 0 {MIMO_SHAPE[1]} {MIMO_SHAPE[0]}"
