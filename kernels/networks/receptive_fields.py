"""Receptive fields: the part of every earlier layer that a unit sees, backwards from layer to layer.

Rows and columns never mix, so a field is some channels, some rows and some columns; the inputs that a tap reads along
one axis come from `kernels.layer.axis`. `field_sizes` says how large the fields are, padding included, without walking
back.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from kernels.layer.axis import PADDING, Axis
from kernels.layer.spec import Array, LayerSpec
from kernels.learning.layers import Flatten, GlobalPool, Layer, Pad, Pool, Softmax
from kernels.learning.linear import Wired
from kernels.networks.blocks import Subsample, Tabled
from kernels.networks.plan import INPUT, Plan, Row

Unit = tuple[int, int, int]  # channel, row, column
Places = range | frozenset[int]  # a range where it is all of them: there may be millions
Access = Literal["same", "flat", "pad", "map", "all", "window"]


@dataclass(frozen=True, slots=True)
class Reach:
    """Along one axis: unit 0 sees low..high of the input, every further one jump more; spread: the last one's more.

    A flattened volume has no next unit, but still its spread.
    """

    low: int
    jump: int
    high: int
    spread: int


@dataclass(frozen=True, slots=True)
class Box:
    """Some channels, and in each of them these rows and columns; padding is none of them."""

    channels: Places
    rows: Places
    cols: Places

    def __bool__(self) -> bool:
        return bool(self.channels and self.rows and self.cols)

    def __or__(self, other: "Box") -> "Box":
        """The smallest box around both; one that sees nothing adds nothing."""
        if not (self and other):
            return self or other
        return Box(_both(self.channels, other.channels), _both(self.rows, other.rows), _both(self.cols, other.cols))


def _both(one: Places, other: Places) -> Places:
    large, small = (one, other) if len(one) >= len(other) else (other, one)
    if isinstance(large, range) and len(small) and large[0] <= min(small) and max(small) <= large[-1]:
        return large
    return frozenset(one) | frozenset(other)


def unit_box(unit: Unit) -> Box:
    """The box of one unit."""
    c, i, j = unit
    return Box(frozenset((c,)), frozenset((i,)), frozenset((j,)))


def access(layer: Layer | None) -> Access:
    """The way a layer reads: its own place, through flattening or padding, its map, all, or a window."""
    if isinstance(layer, Softmax) or (isinstance(layer, Wired) and layer.kind == "dense"):
        return "all"
    if window(layer):
        return "window"
    named: dict[type, Access] = {Flatten: "flat", Pad: "pad", GlobalPool: "map"}
    return named.get(type(layer), "same")


def fields(plan: Plan, at: int, unit: Unit) -> dict[int, Box]:
    """The box that this unit (channel, row, column) of row `at` sees of each row before it, and of INPUT.

    >>> from kernels.networks.description import parse
    >>> from kernels.networks.plan import plan
    >>> box = fields(plan(parse("conv 1 3, conv 1 3"), (1, 8, 8)), at=1, unit=(0, 2, 0))[INPUT]
    >>> sorted(box.rows), sorted(box.cols)
    ([2, 3, 4, 5, 6], [0, 1, 2, 3, 4])
    """
    boxes = {at: unit_box(unit)}
    for n in range(at, INPUT, -1):
        if n in boxes:
            row = plan.rows[n]
            for read in row.reads:
                seen = input_box(row, boxes[n])
                boxes[read] = boxes[read] | seen if read in boxes else seen
    return boxes


def field_size(plan: Plan, at: int) -> tuple[int, int]:
    """Rows and columns of the input that a unit of row `at` sees, padding included."""
    return field_sizes(plan)[at]


def field_sizes(plan: Plan) -> list[tuple[int, int]]:
    """Rows and columns of the input that a unit of each row sees, padding included.

    Found forwards: unit i sees low + i·jump .. high + i·jump.

    >>> from kernels.networks.description import parse
    >>> from kernels.networks.plan import plan
    >>> field_sizes(plan(parse("conv 1 3, max 2, conv 1 3"), (1, 16, 16)))
    [(3, 3), (4, 4), (8, 8)]
    """
    found: list[tuple[Reach, Reach]] = []
    start = Reach(0, 1, 0, plan.in_shape[1] - 1), Reach(0, 1, 0, plan.in_shape[2] - 1)
    for row in plan.rows:
        seen = [found[read] if read != INPUT else start for read in row.reads]
        rows, cols = (_joined([both[axis] for both in seen]) for axis in (0, 1))
        found.append((_further(row, 0, rows), _further(row, 1, cols)))
    return [(rows.high - rows.low + 1, cols.high - cols.low + 1) for rows, cols in found]


def _joined(all: list[Reach]) -> Reach:
    """The reach of units seen by way of any of these; where one sees everything, no next unit sees more."""
    return replace(
        min(all, key=lambda reach: reach.jump),
        low=min(reach.low for reach in all),
        high=max(reach.high for reach in all),
    )


def _further(row: Row, axis: int, reach: Reach) -> Reach:
    """The reach of a unit of this row along one axis, from the reach of the units it reads."""
    low, jump, high = reach.low, reach.jump, reach.high
    layer, size = row.layer, row.out_shape[1 + axis]
    kind, spec = access(layer), window(layer)
    if kind == "flat":
        return Reach(low, 0, high, reach.spread)
    if isinstance(layer, Pad):
        before = layer.pads[axis][0] * jump
        return Reach(low - before, jump, high - before, (size - 1) * jump)
    if kind in ("map", "all") or (spec and not jump):  # what reads a flattened volume reads all its places
        return Reach(low, 0, high + reach.spread, 0)
    if spec is None:
        return reach
    first = -spec.pads[axis][0]
    last = first + (spec.kernel_size[axis] - 1) * spec.dilation[axis]
    further = jump * spec.stride[axis]
    return Reach(low + first * jump, further, high + last * jump, (size - 1) * further)


def input_box(row: Row, box: Box) -> Box:
    """The box of its input that this row reads for a box of its output."""
    layer, (channels, height, width) = row.layer, row.in_shape
    kind, spec = access(layer), window(layer)
    if not box or kind == "same":
        return box
    if kind == "flat":
        return _before_flattening(row, box)
    if isinstance(layer, Pad):
        (top, _), (left, _) = layer.pads
        return Box(box.channels, _moved(box.rows, top, height), _moved(box.cols, left, width))
    if spec is None:
        return Box(box.channels if kind == "map" else range(channels), range(height), range(width))
    rows, cols = axes(row, spec)
    return Box(_read(layer, box.channels), _taps(rows.sources(), box.rows), _taps(cols.sources(), box.cols))


def axes(row: Row, spec: LayerSpec) -> tuple[Axis, Axis]:
    """The two axes of a row that reads windows; a pool's spec is of one channel, whatever it reads."""
    one = replace(spec, in_channels=1, out_channels=1, groups=1, bias=False)
    return one.axes((1, *row.in_shape[1:]))


def _taps(sources: Array, outputs: Places) -> Places:
    """Every input that a tap of these outputs reads."""
    read = np.unique(sources[:, np.array(outputs if isinstance(outputs, range) else sorted(outputs))])
    return frozenset(read[read != PADDING].tolist())


def _moved(places: Places, before: int, size: int) -> Places:
    return frozenset(n - before for n in places if 0 <= n - before < size)


def _before_flattening(row: Row, box: Box) -> Box:
    channels, height, width = row.in_shape
    if isinstance(box.channels, range):
        return Box(range(channels), range(height), range(width))
    c, i, j = np.unravel_index(sorted(box.channels), row.in_shape)
    return Box(*(frozenset(axis.tolist()) for axis in (c, i, j)))


def window(layer: Layer | None) -> LayerSpec | None:
    """The geometry of a layer that reads windows; None for one that does not."""
    if isinstance(layer, Pool | Subsample | Tabled):
        return layer.spec
    return layer.spec if isinstance(layer, Wired) and layer.kind != "dense" else None


def _read(layer: Layer | None, outputs: Places) -> Places:
    """The input channels that these output channels read."""
    if isinstance(layer, Tabled):
        return frozenset(c for o in outputs for c in layer.table[o])
    if not isinstance(layer, Wired):
        return outputs
    spec = layer.spec
    if spec.groups == 1:
        return range(spec.in_channels)
    reads, each = spec.weight_shape[1], spec.out_channels // spec.groups
    return frozenset(o // each * reads + c for o in outputs for c in range(reads))
