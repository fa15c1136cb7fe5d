"""What a network costs is what one counts by hand, layer by layer, and what the literature says."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from components.pages.network.costs import NUMBERS, padding_notes, table, title, verdict
from components.pages.network.edits import start_from
from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from kernels.layer.spec import Shape
from tests.support.networks import network_of as of
from tests.support.text import numbers, sizes


@dataclass
class Count:
    """A network walked through with a pencil: a line a layer: output, three counts, and what a unit sees.

    shape: now. sees, hop: pixels one unit sees, and pixels from one unit to the next.
    left: units of a flattened axis beyond the first. lines: so far.
    """

    shape: Shape
    sees: int = 1
    hop: int = 1
    left: int = 0
    lines: list[tuple[Shape, tuple[int, int, int], int]] = field(default_factory=list)

    def column(self, at: int) -> list[int]:
        """Parameters, connections or multiply-adds."""
        return [figures[at] for _, figures, _ in self.lines]

    def note(self, shape: Shape, parameters: int = 0, connections: int = 0, adds: int = 0) -> None:
        self.shape = shape
        self.lines.append((shape, (parameters, connections, adds), self.sees))

    def seen(self, size: int, stride: int = 1) -> None:
        self.sees += (size - 1) * self.hop
        self.hop *= stride

    def kernels(self, maps: int, size: int, pad: int, pairs: int) -> None:
        """A convolution with biases; pairs: how many (map, channel) there are."""
        _, n, _ = self.shape
        out = n + 2 * pad - size + 1
        uses = sum(0 <= i + k - pad < n for i in range(out) for k in range(size)) ** 2
        self.seen(size)
        self.note((maps, out, out), pairs * size * size + maps, pairs * uses + maps * out * out, pairs * uses)

    def same(self) -> None:
        self.note(self.shape)

    def pool(self) -> None:
        self.seen(2, 2)
        self.note((self.shape[0], self.shape[1] // 2, self.shape[1] // 2))

    def sub(self) -> None:
        c, n = self.shape[0], self.shape[1] // 2
        self.seen(2, 2)
        self.note((c, n, n), 2 * c, c * n * n * 5, c * n * n * 4)

    def flat(self) -> None:
        self.left = self.shape[1] - 1
        self.note((self.shape[0] * self.shape[1] ** 2, 1, 1))

    def dense(self, units: int) -> None:
        self.sees, self.left = self.sees + self.left * self.hop, 0
        n = self.shape[0]
        self.note((units, 1, 1), units * n + units, units * n + units, units * n)


def small() -> Count:
    count = Count((1, 16, 16))
    for maps, channels in ((8, 1), (16, 8)):
        count.kernels(maps, 3, 1, maps * channels)
        count.same()
        count.pool()
    count.flat()
    count.dense(10)
    count.same()
    return count


def lenet() -> Count:
    count = Count((1, 32, 32))
    count.kernels(6, 5, 0, 6)
    count.sub()
    count.same()
    count.kernels(16, 5, 0, 6 * 3 + 9 * 4 + 6)
    count.sub()
    count.same()
    count.kernels(120, 5, 0, 120 * 16)
    count.same()
    count.flat()
    count.dense(84)
    count.same()
    return count


def vgg() -> Count:
    count, channels = Count((3, 224, 224)), 3
    for many, maps in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(many):
            count.kernels(maps, 3, 1, maps * channels)
            count.same()
            channels = maps
        count.pool()
    count.flat()
    for units in (4096, 4096, 1000):
        count.dense(units)
        count.same()
    return count


TABLES: list[tuple[str, Callable[[], Count]]] = [("digits", small), ("lenet5", lenet), ("vgg16", vgg)]


@pytest.mark.parametrize(("id", "by_hand"), TABLES, ids=[id for id, _ in TABLES])
def test_the_table_holds_what_one_counts_by_hand(id: str, by_hand: Callable[[], Count]) -> None:
    found, count = table(plan_of(start_from(Net(), id))), by_hand()
    shapes = [shape for shape, _, _ in count.lines]
    assert {len(column) for column in found.values()} == {len(shapes) + 1}
    assert found["output"] == [*(" × ".join(map(str, shape)) for shape in shapes), ""]
    for at, name in ((0, "free parameters"), (1, "without sharing"), (1, "connections"), (2, "multiply-adds")):
        assert found[name] == [*count.column(at), sum(count.column(at))], name
    assert found["receptive field"] == [*(f"{sees} × {sees}" for _, _, sees in count.lines), ""]
    kept = [4 * (weights + math.prod(shape)) for weights, shape in zip(count.column(0), shapes, strict=True)]
    for text, right in zip(found["memory"], [*kept, sum(kept)], strict=True):
        assert sizes(text) == pytest.approx([right], rel=0.05)
    assert found["layer"][0].startswith("1. conv")
    assert found["layer"][-1] == "total"


def test_the_totals_by_hand_are_those_in_the_literature() -> None:
    assert (sum(lenet().column(0)), sum(lenet().column(1))) == (60_000, 340_068)
    assert sum(vgg().column(0)) == 138_357_544
    assert sum(small().column(0)) == 3_818


def test_the_table_has_the_layers_that_fit_and_no_layers_cost_nothing() -> None:
    found = table(plan_of(of("conv 8 3, conv 4 64, relu")))
    assert found["layer"] == ["1. conv 8 3", "total"]
    assert found["free parameters"] == [80, 80]
    nothing = table(plan_of(of("")))
    assert nothing["layer"] == ["total"]
    assert [nothing[name] for name in NUMBERS] == [[0]] * 4


def test_what_the_network_is_is_said_in_a_sentence_and_in_the_title() -> None:
    untied = sum(small().column(1))
    assert numbers(verdict(plan_of(Net())).replace("**", "")) == [9, 3818, untied, round(untied / 3818)]
    assert "without layers" in verdict(plan_of(of("")))
    assert "1 layer," in verdict(plan_of(of("relu")))
    assert title(plan_of(Net())) == f":primary[3,818 parameters]; {untied:,} without sharing"
    for net in ("", "relu", "conv 8 64"):
        assert title(plan_of(of(net))) == ":primary[Layer by layer], volume by volume"


def test_padding_that_other_libraries_do_otherwise_is_told_once_with_its_layers() -> None:
    first, other = "conv 2 3 padding=same", "conv 2 3 stride=2 padding=same"
    assert padding_notes(plan_of(of(f"{first}, relu, {first}, conv 2 3 stride=2 padding=1"))) == []
    size, pads = padding_notes(plan_of(of(f"{other}, relu")))
    assert size.startswith("Layer 1: “same” keeps the size only at stride 1. Here the output is 8 × 8")
    assert pads.startswith(
        "Layer 1: TensorFlow and Keras pad differently: here their “same” adds 0 above and 0 on the left"
    )
    both = padding_notes(plan_of(of(f"split, {other}, shortcut, {other}, add")))
    assert both == [size.replace("Layer 1", "Layer 2, 4"), pads.replace("Layer 1", "Layer 2, 4")]
