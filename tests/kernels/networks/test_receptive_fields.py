"""What a unit sees is what changes it: every number of every earlier volume is moved, and who moves is noted."""

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels.layer.spec import Shape
from kernels.networks.description import OPTIONS, parse
from kernels.networks.plan import INPUT, Plan, Row
from kernels.networks.receptive_fields import Box, field_size, field_sizes, fields
from kernels.networks.zoo import published
from tests.support.networks import made, places

Array = NDArray[np.float64]
Bounds = tuple[frozenset[int], tuple[int, int], tuple[int, int]]

PLAIN: list[tuple[str, Shape]] = [
    ("conv 2 3, tanh, conv 2 2x3", (2, 7, 8)),
    ("conv 3 3x1 stride=1x2 padding=1x0, conv 1 1x3", (2, 5, 8)),
    ("conv 2 3 padding=1, tanh, conv 2 3 padding=1, conv 1 3 padding=1", (1, 6, 5)),
    ("conv 2 3 padding=1 stride=2, conv 1 3 padding=1 stride=2", (1, 9, 9)),
    ("conv 2 2 padding=same, conv 1 4 padding=same", (1, 6, 5)),
    ("conv 2 3 padding=full, mean 2", (1, 4, 5)),
    ("conv 2 3 dilation=2, conv 2 2 dilation=3x1", (1, 9, 8)),
    ("conv 4 3 groups=2, tanh, conv 4 1 groups=2, conv 4 2 groups=4", (4, 5, 6)),
    ("local 2 3 stride=2, tanh, tiled 2 2 2", (2, 7, 9)),
    ("table 0/12/012 2, tanh, table 0/2/01 2 stride=2", (3, 5, 6)),
    ("mean 3 stride=2, conv 1 2", (2, 9, 7)),
    ("mean 2 stride=3, conv 1 2", (1, 8, 8)),
    ("subsample 2, tanh, conv 2 2, subsample 2", (2, 8, 7)),
    ("pad 1x2 value=-1, conv 2 3 stride=2, unitbias, tanh, conv 1 2", (1, 6, 6)),
    ("flatten, conv 3 1 groups=3, tanh", (2, 2, 3)),
    ("conv 2 2, flatten, dense 3, softmax", (2, 4, 4)),
    ("conv 3 2 groups=3, globalmean, tanh", (3, 4, 5)),
    ("conv 3 2, softmax, conv 2 2", (1, 5, 5)),
    ("conv 2 2, split, conv 3 3 stride=2 padding=1, shortcut, conv 3 1 stride=2, add, conv 2 2", (1, 8, 8)),
    ("split, conv 2 1 groups=2, shortcut, pad 1, conv 2 3 groups=2, add, conv 1 2", (2, 5, 4)),
    ("split, split, conv 2 3 padding=1 groups=2, add, conv 2 1 groups=2, shortcut, mean 1, add, tanh", (2, 5, 5)),
    ("split, shortcut, conv 2 5 padding=2 groups=2, add", (2, 6, 6)),
    ("conv 4 3 padding=1 stride=2, sigmoid, split, add, conv 2 3, globalmean, flatten, dense 2", (1, 9, 9)),
    ("conv 1 2 mode=circular, conv 1 2 mode=reflect", (1, 5, 5)),
    ("max 2, conv 2 2, max 3 stride=1", (2, 10, 9)),
    ("max 3 stride=2, relu, conv 1 2, globalmax", (2, 9, 9)),
]
BORDERS: list[tuple[str, Shape]] = [
    # A stride that leaves a remainder, and a later layer whose padding reaches past the last window.
    ("conv 1 2 stride=2, conv 1 3 padding=1", (1, 5, 7)),
    ("mean 2, conv 1 3 padding=1", (1, 5, 5)),
    ("conv 1 3 stride=3, relu, conv 1 5 padding=2", (1, 8, 8)),
    ("subsample 2, conv 1 3 padding=1", (1, 7, 7)),
    ("conv 1 3, tanh, conv 1 3 padding=2", (1, 6, 6)),
    ("max 3 stride=2, conv 1 3 padding=1", (1, 8, 8)),
    # The first tap falls on the padding, and the next one lies further inside than the border; or all taps do.
    ("conv 2 3 dilation=2 padding=2, tanh", (1, 7, 7)),
    ("conv 1 2 dilation=2 padding=1", (1, 5, 5)),
    ("conv 1 3 dilation=3 padding=3", (1, 8, 8)),
    ("conv 1 1 stride=2 padding=1, conv 1 2", (1, 7, 7)),
    ("conv 1 3 padding=same dilation=2, conv 1 3 padding=same dilation=2", (1, 7, 6)),
    ("conv 1 3, tanh, conv 1 1 padding=1", (1, 5, 5)),
    ("flatten, conv 1 1 padding=1", (1, 3, 3)),
    # Padding that copies pixels of the picture.
    ("conv 1 3 padding=1 mode=circular", (1, 5, 6)),
    ("conv 1 3 padding=1 mode=circular, conv 1 3 padding=1 mode=circular", (1, 7, 7)),
    ("conv 1 3 padding=2 mode=reflect", (1, 5, 6)),
    ("conv 1 1 padding=2 mode=reflect", (1, 4, 5)),
    ("conv 1 3 padding=3 mode=replicate", (1, 4, 5)),
]


LAST = [(text, in_shape, len(parse(text)) - 1) for text, in_shape in [*PLAIN, *BORDERS]]
BETWEEN = [
    pytest.param(text, in_shape, row, marks=pytest.mark.long)
    for text, in_shape, last in LAST[: len(PLAIN)]
    for row in range(last)
]


def smooth(text: str) -> str:
    """A maximum hides what it did not take: the same windows, averaged."""
    return text.replace("max", "mean").replace("softmean", "softmax").replace("relu", "tanh")


def moved(text: str, in_shape: Shape, at: int) -> list[NDArray[np.bool_]]:
    """For the input and every row before `at`: which of its numbers (flat) changes which number of row `at`."""
    network = made(smooth(text), in_shape)
    rng = np.random.default_rng(6)
    theta = rng.uniform(0.5, 1.5, network.parameters) * rng.choice([-1, 1], network.parameters)
    theta /= 3
    x = rng.standard_normal((1, *in_shape))
    found = []
    for source in range(INPUT, at):
        outputs: dict[int, Array] = {INPUT: x}
        for n in range(INPUT, at + 1):
            if n > INPUT:
                row = network.rows[n]
                read = [outputs[k] for k in row.reads]
                outputs[n] = row.layer.apply(theta[row.part], read[0])[0] if row.layer else sum(read[1:], read[0])
            if n == source:  # as many examples as numbers, each with one of them moved, and the first with none
                size = outputs[n][0].size
                steps = np.vstack([np.zeros(size), np.eye(size)]).reshape(-1, *outputs[n].shape[1:])
                outputs[n] = outputs[n] + steps
        last = np.broadcast_to(outputs[at], (1 + outputs[source][0].size, *outputs[at].shape[1:]))
        found.append(np.abs(last[1:] - last[0]) > 1e-11)
    return found


def bounds(changed: NDArray[np.bool_]) -> Bounds | None:
    """Channels, rows and columns of a mask (C, H, W); None where nothing is."""
    c, i, j = np.nonzero(changed)
    if not len(c):
        return None
    return frozenset(c.tolist()), (int(i.min()), int(i.max())), (int(j.min()), int(j.max()))


def around(box: Box) -> Bounds:
    return frozenset(box.channels), (min(box.rows), max(box.rows)), (min(box.cols), max(box.cols))


def listed(seen: Box) -> tuple[list[int], list[int], list[int]]:
    return sorted(seen.channels), sorted(seen.rows), sorted(seen.cols)


@pytest.mark.parametrize(("text", "in_shape", "at"), [*LAST, *BETWEEN], ids=str)
def test_a_unit_sees_what_changes_it_in_every_earlier_volume(text: str, in_shape: Shape, at: int) -> None:
    network = made(text, in_shape)
    shapes = [in_shape, *(row.out_shape for row in network.rows)]
    masks = moved(text, in_shape, at)
    for unit in places(network.rows[at].out_shape):
        boxes = fields(network, at, unit)
        for n, (shape, mask) in enumerate(zip(shapes, masks, strict=False), INPUT):
            wanted = bounds(mask[:, *unit].reshape(shape))
            found = around(boxes[n]) if boxes.get(n) else None
            assert found == wanted, f"unit {unit} of row {at} and row {n}: {found}, but {wanted} change it"


def test_a_box_holds_what_is_read_and_rows_that_a_unit_does_not_read_have_none() -> None:
    network = made("relu, split, conv 1 1, tanh, shortcut, conv 1 3 padding=1, add", (1, 4, 4))
    assert set(fields(network, 5, (0, 1, 1))) == {5, 4, 1, 0, INPUT}
    assert set(fields(network, 3, (0, 1, 1))) == {3, 2, 1, 0, INPUT}
    assert set(fields(network, 6, (0, 1, 1))) == {6, 5, 4, 3, 2, 1, 0, INPUT}
    assert listed(fields(network, 6, (0, 1, 1))[1]) == ([0], [0, 1, 2], [0, 1, 2])
    assert listed(fields(network, 6, (0, 1, 1))[3]) == ([0], [1], [1])
    dilated = made("conv 1 2x3 dilation=3x2", (1, 8, 8))
    assert listed(fields(dilated, 0, (0, 1, 2))[INPUT]) == ([0], [1, 4], [2, 4, 6])


def test_a_box_around_two_boxes_is_the_smallest_and_nothing_adds_nothing() -> None:
    def box(channels: set[int], rows: set[int], cols: set[int]) -> Box:
        return Box(frozenset(channels), frozenset(rows), frozenset(cols))

    one, other = box({0, 2}, {1, 3}, {0}), box({2, 5}, {0, 1}, {4})
    assert one | other == other | one == box({0, 2, 5}, {0, 1, 3}, {0, 4})
    assert one | one == one
    nothing = box({0, 9}, set(), {7})
    assert not nothing
    assert one | nothing == nothing | one == one
    whole = Box(range(10), range(4), range(5))
    assert listed(whole | one) == listed(one | whole) == listed(whole)
    assert listed(Box(range(2), range(3), range(3)) | box({5}, {1}, {1})) == ([0, 1, 5], [0, 1, 2], [0, 1, 2])


def test_a_field_of_a_hundred_million_units_takes_no_time_and_no_room() -> None:
    network = made("pad 64, pad 64, flatten, dense 3", (3, 256, 256))
    assert isinstance(fields(network, 3, (0, 0, 0))[2].channels, range)
    assert listed(fields(network, 3, (0, 0, 0))[INPUT])[0] == [0, 1, 2]


@pytest.mark.parametrize(("id", "ends"), [("vgg16", {12: 92, 16: 196, 17: 212}), ("alexnet", {0: 11, 6: 163, 7: 195})])
def test_published_networks_see_as_far_as_was_published(id: str, ends: dict[int, int]) -> None:
    network = published(id).plan
    at = [n for n, row in enumerate(network.rows) if row.config.op in ("conv", "max")]
    assert {k: field_size(network, at[k]) for k in ends} == {k: (size, size) for k, size in ends.items()}


def backwards(network: Plan, at: int) -> tuple[int, int]:
    """The size of what a unit sees, from its last layer to its first, padding included: spans of rows and columns."""
    spans = {at: [(0, 0), (0, 0)]}
    flattened: set[int] = set()  # rows of which all units together are meant
    for n in range(at, INPUT, -1):
        if n not in spans:
            continue
        row = network.rows[n]
        for read in row.reads:
            seen = [behind(row, axis, span, n in flattened) for axis, span in enumerate(spans[n])]
            old = spans.get(read, seen)
            spans[read] = [(min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(old, seen, strict=True)]
            everything = row.config.op in ("dense", "softmax") or (
                row.config.op == "conv" and row.in_shape[1:] == (1, 1)
            )
            if everything or (n in flattened and row.in_shape[1:] == (1, 1)):
                flattened.add(read)
    (top, bottom), (left, right) = spans[INPUT]
    return bottom - top + 1, right - left + 1


def behind(row: Row, axis: int, span: tuple[int, int], everything: bool) -> tuple[int, int]:
    op, size = row.config.op, row.in_shape[1 + axis]
    first, last = span
    if op in ("dense", "softmax", "globalmax", "globalmean") or (op == "flatten" and everything):
        return 0, size - 1
    if op == "pad":
        before = row.config["frame"][0]
        return first - before, last - before
    if op not in ("conv", "local", "tiled", "table", "max", "mean", "subsample"):
        return span
    taps = row.config["size"]
    taps = taps if isinstance(taps, int) else taps[axis]
    names = [option.name for option in OPTIONS[op]]
    stride = row.config["stride"] if "stride" in names else taps
    stride = (stride or taps) if isinstance(stride, int) else stride[axis]
    dilation = row.config["dilation"][axis] if op == "conv" else 1
    reach = (taps - 1) * dilation
    padding = row.config["padding"] if op == "conv" else (0, 0)
    before = {"valid": 0, "same": reach // 2, "full": reach}[padding] if isinstance(padding, str) else padding[axis]
    return first * stride - before, last * stride - before + reach


def test_sizes_found_forwards_are_those_found_backwards() -> None:
    table = [
        *PLAIN, *BORDERS,
        ("conv 2 3, globalmax, conv 2 1, flatten, dense 3, dense 2", (2, 9, 7)),
        ("conv 2 3 stride=2, flatten, tanh, conv 2 1, max 1", (2, 9, 7)),
        ("pad 2, max 3 stride=2, flatten, softmax", (2, 9, 7)),
        ("split, conv 2 3 padding=1, add, pad 3, norm, split, mean 3 stride=1, pad 1, add, subsample 2", (2, 9, 7)),
        ("split, softmax, shortcut, relu, add, conv 1 3", (1, 9, 7)),
        ("split, relu, shortcut, softmax, add, conv 1 3", (1, 9, 7)),
        ("conv 1 3x5 stride=2x1, relu, conv 1 2x3 dilation=1x4, pad 3", (1, 20, 30)),
        ("", (2, 3, 4)),
    ]  # fmt: skip
    networks = [made(text, in_shape) for text, in_shape in table]
    for network in [*networks, *(published(id).plan for id in ("zip", "lenet5", "alexnet", "vgg16", "resnet18"))]:
        assert field_sizes(network) == [backwards(network, at) for at in range(len(network.rows))], network.text
