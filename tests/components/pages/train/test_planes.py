"""The nets of 1989 are drawn with what their units read, against plain loops, and colours repeat where weights do."""

import xml.etree.ElementTree as ET
from base64 import b64decode
from itertools import product

import pytest

from components.pages.train import planes
from components.pages.train.planes import Step
from kernels.learning.lecun1989 import NETS, Net

MAPS = [(net, step) for net in NETS for step in planes.steps(net.network) if step.above.shape[1] > 1]
each_net = pytest.mark.parametrize("net", NETS, ids=lambda net: net.name)


def reads(step: Step, unit: int) -> set[tuple[int, int, int]]:
    """(map, row, column) of all inputs of a unit: windows of K × K at every second place, centred as in 1989."""
    K = step.layer.spec.kernel_size[0]
    rows = step.above.shape[1]
    row, col = unit // rows % rows, unit % rows
    first = 2 * row - (K - 3) // 2, 2 * col - (K - 3) // 2
    inputs = range(step.below.shape[0])
    return {(m, first[0] + k, first[1] + l) for m, k, l in product(inputs, range(K), range(K))}


@pytest.mark.parametrize(("net", "step"), MAPS, ids=lambda part: getattr(part, "name", ""))
def test_the_windows_drawn_are_what_the_units_read(net: Net, step: Step) -> None:
    one, other = (planes.window(step, unit) for unit in planes.shown(step))
    for unit in planes.shown(step):
        assert {place for place, _ in planes.window(step, unit)} == reads(step, unit)
    equal = [colour for _, colour in sorted(one)] == [colour for _, colour in sorted(other)]
    assert equal == (step.layer.kind == "conv"), net.name


@each_net
def test_a_layer_of_single_units_is_drawn_with_one_that_reads_everything(net: Net) -> None:
    last = planes.steps(net.network)[-1]
    (unit,) = planes.shown(last)
    maps, rows, cols = last.below.shape
    assert {place for place, _ in planes.window(last, unit)} == {*product(range(maps), range(rows), range(cols))}


@each_net
def test_the_picture_is_small_and_every_plane_lies_within_it(net: Net) -> None:
    url = planes.picture(net.network)
    root = ET.fromstring(b64decode(url.split(",")[1]))  # noqa: S314  # our own
    assert len(url) < 40_000
    frames = [node for node in root if node.get("fill") == "none" and node.get("stroke-width") is None]
    shapes = [step.above.shape for step in planes.steps(net.network)]
    assert len(frames) == 1 + sum(shape[0] for shape in shapes)
    for node in frames:
        x, y, width, height = (float(node.get(name, "nan")) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + width <= planes.WIDTH
        assert 0 <= y <= y + height <= planes.HEIGHT
