"""Several channels: every map, share, term and count of the page's layer is what plain loops say it is."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import theme
from components.display.cards import Picture
from components.display.layer import Layer
from components.pages.channels import layer as channels
from components.pages.channels.layer import MOST
from components.pages.channels.state import Channels
from components.state.link import edited
from components.state.setup import DRAWING, UPLOAD, Setup, View
from kernels.layer.banks import BANKS
from tests.support.layers import close
from tests.support.oracles import (
    FORMULAS,
    Geometry,
    correlate_geometry,
    loop_connections,
    loop_correlate,
    pad_index,
    parameter_count,
)
from tests.support.pictures import cells_of, read_values
from tests.support.text import numbers, sizes

Floats = NDArray[np.float64]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Case:
    """A bank with random weights on a random volume."""

    g: Geometry
    activation: str = "none"

    @cached_property
    def weight(self) -> Floats:
        """(O, C/groups, K, L)."""
        return np.random.default_rng([41, self.g.out_channels]).normal(size=self.g.weight_shape).round(3)

    @cached_property
    def bias(self) -> Floats:
        return np.random.default_rng(42).normal(size=self.g.out_channels).round(3)

    @cached_property
    def volume(self) -> NDArray[np.uint8]:
        return np.random.default_rng(43).integers(0, 256, self.g.in_shape, dtype=np.uint8)

    @cached_property
    def maps(self) -> Floats:
        """All outputs before the activation, by loops."""
        return correlate_geometry(self.g, self.volume / 255, self.weight, self.bias)

    @cached_property
    def after(self) -> Floats:
        """All outputs after the activation."""
        found: Floats = np.vectorize(FORMULAS[self.activation], otypes=[float])(self.maps)
        return found

    @cached_property
    def state(self) -> Setup:
        g, padding = self.g, self.g.padding if isinstance(self.g.padding, str) else self.g.padding[0]
        ways = {"stride": g.stride[0], "padding": padding, "dilation": g.dilation[0], "mode": g.mode}
        return edited(Setup(), **ways, activation=self.activation)

    @cached_property
    def own(self) -> Channels:
        bank = {"filters": self.weight.tolist(), "biases": self.bias.tolist(), "groups": self.g.groups}
        return channels.fitted(edited(Channels(), **bank), self.g.in_shape[0])

    @cached_property
    def layer(self) -> Layer:
        return channels.layer(self.state, self.own, self.g.in_shape)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"Sample {c}" for c in range(self.g.in_shape[0]))

    def reads(self, output: int) -> list[int]:
        """The channels of the output's group."""
        many, each = self.g.in_shape[0] // self.g.groups, self.g.out_channels // self.g.groups
        return [c for c in range(self.g.in_shape[0]) if c // many == output // each]

    def share(self, output: int, which: int) -> Floats:
        """What the channel number `which` of those it reads gives to this output, by loops."""
        c = self.reads(output)[which]
        plane, kernel = self.volume[c : c + 1] / 255, self.weight[output, which][None, None]
        g = self.g
        found: Floats = loop_correlate(plane, kernel, g.stride, g.pads, g.dilation, 1, g.mode, None)[0]
        return found

    def parts(self, output: int) -> channels.Parts:
        return channels.parts(self.state, self.own, self.layer, self.volume, output)


CASES = [
    Case(Geometry("colours to four", (3, 7, 8), (3, 3), 4, bias=True)),
    Case(Geometry("one to one", (1, 6, 5), (2, 3), bias=True)),
    Case(Geometry("depthwise", (3, 7, 6), (3, 3), 3, padding="same", groups=3, bias=True), "relu"),
    Case(Geometry("two groups to six, 1x1", (4, 4, 4), (1, 1), 6, padding=(1, 1), groups=2, bias=True), "tanh"),
    Case(Geometry("strided", (3, 8, 7), (3, 5), 2, (2, 2), padding="same", bias=True, mode="reflect"), "abs"),
    Case(Geometry("full, dilated", (2, 5, 6), (3, 2), 3, (1, 1), "full", (2, 2), bias=True, mode="replicate")),
    Case(Geometry("ring", (4, 5, 6), (3, 3), 4, padding=(2, 2), groups=4, bias=True, mode="circular"), "sigmoid"),
    Case(Geometry("wide, only padding at the edge", (3, 3, 3), (1, 7), 2, padding="full", bias=True)),
]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.g.name)


def said(shown: float, truth: float) -> bool:
    """Whether a number is what a person is shown of this one: three figures, two for what is very small or large."""
    figures = 0.006 if 1e-3 <= abs(truth) < 1e5 else 0.06
    return abs(shown - truth) <= figures * abs(truth) + 1e-12


def all_said(text: str, truths: list[float]) -> bool:
    """Whether a text has these numbers and no others."""
    shown = numbers(text)
    return len(shown) == len(truths) and all(map(said, shown, truths))


@each_case
def test_the_channels_shares_add_up_to_the_map_of_the_loops_with_its_bias_and_activation(case: Case) -> None:
    close(channels.outputs(case.own, case.layer, case.volume), case.maps)
    assert case.layer.out_shape == case.maps.shape
    for o in range(case.g.out_channels):
        found = case.parts(o)
        assert list(found.reads) == case.reads(o)
        close(found.shares, np.stack([case.share(o, n) for n in range(len(found.reads))]))
        close(found.total, case.maps[o])
        close(found.output, case.after[o])


def test_the_kernel_the_bias_and_the_flip_of_explore_have_no_part_in_it() -> None:
    case, ways = CASES[0], {"kernel": "1,2,3,4;5,6,7,8", "bias": 3, "flip": True, "untied": "0,0,0,9"}
    other = edited(case.state, **ways, zoom="0,9,0,9", view="dense")
    layer = channels.layer(other, case.own, case.g.in_shape)
    assert layer.spec == case.layer.spec
    close(channels.outputs(case.own, layer, case.volume), case.maps)
    close(channels.parts(other, case.own, layer, case.volume, 2).total, case.maps[2])


# The written-out sum.


def cells(case: Case) -> list[Pair]:
    rows, cols = case.maps.shape[1:]
    return sorted({(0, 0), (rows - 1, cols - 1), (0, cols - 1), (rows // 2, cols // 2)})


def products(case: Case, output: int, cell: Pair) -> list[tuple[int, Pair, float, float]]:
    """(channel, tap, weight, pixel) of one output, tap by tap; a pixel on zeros padding is 0."""
    g, listed = case.g, []
    for n, c in enumerate(case.reads(output)):
        for k, l in np.ndindex(*case.g.kernel_size):
            row = pad_index(cell[0] * g.stride[0] + k * g.dilation[0] - g.pads[0][0], g.in_shape[1], g.mode)
            col = pad_index(cell[1] * g.stride[1] + l * g.dilation[1] - g.pads[1][0], g.in_shape[2], g.mode)
            pixel = 0.0 if row is None or col is None else float(case.volume[c, row, col]) / 255
            listed.append((c, (k, l), float(case.weight[output, n, k, l]), pixel))
    return listed


@each_case
def test_the_sum_is_written_with_every_product_of_the_pinned_output(case: Case) -> None:
    for o, cell in product((0, case.g.out_channels - 1), cells(case)):
        own, found, wanted = replace(case.own, cell=(o, *cell)), case.parts(o), products(case, o, cell)
        terms = channels.terms(own, case.layer, case.volume, found, cell)
        assert [(term.channel, term.tap, term.weight) for term in terms] == [one[:3] for one in wanted]
        assert [term.pixel for term in terms] == pytest.approx([one[3] for one in wanted], abs=1e-15)
        *lines, last = channels.written(own, case.layer, terms, found, case.names)
        totals = []
        for c, line in zip(case.reads(o), lines, strict=True):
            head, _, rest = line.partition(": ")
            assert head == f"**Sample {c}**"
            mine = [(weight, pixel) for channel, _, weight, pixel in wanted if channel == c]
            totals.append(math.fsum(weight * pixel for weight, pixel in mine))
            assert all_said(rest, [*np.ravel(mine).tolist(), totals[-1]])
        head, _, rest = last.partition(" = ")
        assert head == f"Y{o + 1}[{cell[0] + 1},{cell[1] + 1}]"
        before, after = float(case.maps[o, *cell]), float(case.after[o, *cell])
        assert all_said(rest, [*totals, float(case.bias[o]), before] + ([after] if after != before else []))


def test_the_sum_is_the_one_a_person_gets_by_hand() -> None:
    volume = np.array([[[51, 102], [153, 204]], [[255, 0], [0, 51]]], np.uint8)
    own = edited(Channels(), filters=[[[[1, -2]], [[0.5, 4]]]], biases=[-1], cell=[0, 1, 0])
    state = edited(Setup(), activation="relu")
    layer = channels.layer(state, own, volume.shape)
    found = channels.parts(state, own, layer, volume, 0)
    listed = channels.terms(own, layer, volume, found, (1, 0))
    assert channels.written(own, layer, listed, found, ("Red", "Green")) == [
        "**Red**: 1·0.6 + −2·0.8 = **−1**",
        "**Green**: 0.5·0 + 4·0.2 = **0.8**",
        "Y1[2,1] = −1 + 0.8 + −1 (bias) = **−1.2**, after the activation 0",
    ]


def test_the_pinned_output_is_the_chosen_one_as_far_as_the_map_reaches() -> None:
    case = CASES[0]  # 5 × 6 outputs
    for cell, at in (((0, 0), (0, 0)), ((4, 5), (4, 5)), ((998, 0), (4, 0)), ((0, 6), (0, 5)), ((999, 999), (4, 5))):
        assert channels.pinned(replace(case.own, cell=(0, *cell)), case.layer) == at


@each_case
def test_the_costs_are_those_of_an_enumeration_and_of_the_formulas_beside_them(case: Case) -> None:
    kinds: tuple[View, ...] = ("dense", "local", "conv")
    shown = channels.cost_cards(case.layer)
    biases = case.maps.size
    for kind, card in zip(kinds, shown, strict=True):
        links, work, size = card.facts
        wanted, listed = parameter_count(kind, case.g), loop_connections(kind, case.g)
        assert card.headline == f"{wanted:,}"
        assert (links.name, work.name, size.name) == ("connections, including biases", "multiply-adds", "in float32")
        assert (numbers(links.text), numbers(work.text)) == ([len(listed)], [len(listed) - biases])
        assert sizes(size.text) == [pytest.approx(4 * wanted, rel=0.06)]
    (C, H, W), (O, rows, cols) = case.g.in_shape, case.maps.shape
    (K, L), reads = case.g.kernel_size, C // case.g.groups
    dense, local, conv = shown
    assert dense.note == f"{O}·{rows}·{cols} × {C}·{H}·{W} + {O}·{rows}·{cols} biases"
    assert conv.note == f"{O}·{reads}·{K}·{L} + {O} biases"
    lost = " minus taps on padding" if any(map(any, case.g.pads)) else ""
    assert local.note == f"{O}·{rows}·{cols} × {reads}·{K}·{L}{lost} + {O}·{rows}·{cols} biases"


def tells(picture: Picture, values: Floats) -> bool:
    """Whether a picture holds these numbers, and its words their smallest and largest."""
    cells_of(picture)
    return np.allclose(read_values(picture), values, rtol=1e-6, atol=1e-6)


@each_case
def test_every_output_map_is_shown_with_its_size_its_range_and_its_bias(case: Case) -> None:
    rows, cols = case.maps.shape[1:]
    shown = channels.map_cards(case.state, case.own, case.layer, case.maps)
    assert [card.title for card in shown] == [f"Y{o + 1}" for o in range(case.g.out_channels)]
    for o, card in enumerate(shown):
        (picture,) = card.pictures
        assert picture.alt.startswith(f"Output map {o + 1}, {rows} × {cols}, from ")
        assert (picture.title, picture.shape, picture.letter) == ("", (rows, cols), "Y")
        assert tells(picture, case.after[o])
        assert card.note.startswith("bias ")
        assert said(numbers(card.note)[0], float(case.bias[o]))
        assert card.colour == theme.css(theme.blocks(case.g.out_channels, case.g.in_shape[0])[o, 0])
    assert len({card.colour for card in shown}) == case.g.out_channels


@each_case
def test_each_channel_stands_over_what_it_gives_and_the_sum_stands_last(case: Case) -> None:
    for o in (0, case.g.out_channels - 1):
        found = case.parts(o)
        at = case.maps.shape[1] - 1, case.maps.shape[2] // 2
        *shown, last = channels.part_cards(case.layer, case.volume, found, case.names, at)
        assert [card.title for card in shown] == [f"Sample {c}" for c in case.reads(o)]
        for n, (c, card) in enumerate(zip(case.reads(o), shown, strict=True)):
            seen, given = card.pictures
            assert card.note == f"channel {c + 1} of {case.g.in_shape[0]}"
            assert seen.alt.startswith(f"Input channel Sample {c}, from ")
            assert given.alt.startswith(f"Contribution of Sample {c}, from ")
            assert tells(seen, case.volume[c] / 255)
            assert tells(given, case.share(o, n))
            assert (seen.group, given.group) == ("X", "Y")
            assert given.marks == ((*at, 1, 1),)
            assert seen.marks == framed(case, at)
        total, output = last.pictures
        assert tells(total, case.maps[o])
        assert tells(output, case.after[o])
        assert (last.title, total.group, output.group) == ("Sum over channels", "Y", "Y")
        drawn = (total, *(card.pictures[1] for card in shown))  # what is full is one number in all of them
        assert len({(one.high, one.low, one.ramp) for one in drawn}) == 1


def framed(case: Case, at: tuple[int, int]) -> tuple[tuple[int, int, int, int], ...]:
    """From the first to the last pixel that the enumerated connections of this output read."""
    cols = case.maps.shape[2]
    _, H, W = case.g.in_shape
    place = at[0] * cols + at[1]
    pixels = [s % (H * W) for t, s, _ in loop_connections("conv", case.g) if t == place and s < case.volume.size]
    if not pixels:
        return ()
    i, j = np.divmod(pixels, W)
    return ((int(i.min()), int(j.min()), int(np.ptp(i)) + 1, int(np.ptp(j)) + 1),)


# A bank for the input at hand.


BANKS_OF_LINKS = [
    Channels(),
    edited(Channels(), filters=[[[[1]]]], biases=[2]),
    edited(Channels(), filters=[[[[1, 2]]] * 4] * 6, biases=[1, 2, 3, 4, 5, 6], groups=3, cell=[5, 1, 1]),
    edited(Channels(), filters=[[[[1], [2]], [[3], [4]]]] * 4, biases=[7], groups=4, cell=[5, 0, 0]),
    edited(Channels(), filters=[[[[1], [2]], [[3], [4]]]] * 2, biases=[1, 2, 3, 4, 5, 6], groups=2),
]


@pytest.mark.parametrize("own", BANKS_OF_LINKS, ids=lambda own: f"{own.outputs} of {len(own.filters[0])}, {own.groups}")
@pytest.mark.parametrize("channels_in", [1, 3, 4])
def test_whatever_a_link_holds_becomes_a_bank_that_fits(own: Channels, channels_in: int) -> None:
    found = channels.fitted(own, channels_in)
    divides = channels_in % own.groups == 0 and own.outputs % own.groups == 0
    assert found.groups == (own.groups if divides else 1)
    reads = channels_in // found.groups
    assert np.shape(found.filters) == (own.outputs, reads, *own.kernel_size)
    for old, new in zip(own.filters, found.filters, strict=True):
        assert new[: len(old)] == old[:reads]
        assert all(not np.any(kernel) for kernel in new[len(old) :])
    assert found.biases == (own.biases + (0.0,) * 6)[: own.outputs]
    assert (found.cell[1:], found.cell[0]) == (own.cell[1:], min(own.cell[0], own.outputs - 1))
    rest = {"filters": own.filters, "groups": own.groups, "biases": own.biases, "cell": own.cell}
    assert replace(found, **rest) == own  # type: ignore[arg-type]  # each by its name
    assert channels.fitted(found, channels_in) == found
    layer = channels.layer(Setup(), found, (channels_in, 9, 9))
    assert channels.outputs(found, layer, np.zeros((channels_in, 9, 9), np.uint8)).shape == layer.out_shape


@pytest.mark.parametrize(
    ("many", "groups", "outputs"), [(1, 1, 4), (3, 1, 4), (3, 3, 3), (3, 3, 6), (4, 4, 4), (4, 2, 6)]
)
@pytest.mark.parametrize("id", [known.id for known in BANKS if known.channels is None])
def test_a_named_bank_reads_every_channel_and_has_no_bias(id: str, many: int, groups: int, outputs: int) -> None:
    ways = {"filters": [[[[1]]] * (many // groups)] * outputs, "biases": [1] * outputs, "groups": groups, "seed": 5}
    start = channels.fitted(edited(Channels(), **ways), many)
    found = channels.start_from(start, id, many)
    assert np.any(np.array(found.filters), axis=(2, 3)).all()
    assert found.biases == (0.0,) * found.outputs
    assert replace(found, filters=(), biases=(), groups=1) == replace(start, filters=(), biases=(), groups=1)
    if groups == 1:
        depthwise = id == "depthwise"
        assert np.shape(found.filters)[:2] == ((many, 1) if depthwise else (4, many))
        assert found.groups == (many if depthwise else 1)
        assert channels.start_from(found, id, many) == found


def test_the_picture_is_as_large_as_it_is_up_to_what_is_still_quick() -> None:
    for side in (8, MOST, MOST + 1, 512):
        for state in (edited(Setup(), side=side, untied="0,0,0,9", zoom="0,9,0,9"), Setup(image=UPLOAD, side=side)):
            found = channels.reduced(state)
            assert (found.side, MOST) == (min(side, 128), 128)
            assert replace(found, side=side) == replace(state, untied=(), zoom=())
    drawn = edited(Setup(), image=DRAWING, drawing="-".join(["0123456789abcdef"] * 16))
    assert channels.reduced(drawn) == drawn


@each_case
def test_the_title_and_the_finding_count_parameters_channels_maps_and_positions(case: Case) -> None:
    told, outputs, channels_in = channels.title(case.layer), case.g.out_channels, case.g.in_shape[0]
    assert numbers(told) == [parameter_count("conv", case.g), channels_in, outputs]
    assert ("channels" in told, "maps" in told) == (channels_in > 1, outputs > 1)
    rows, cols = case.maps.shape[1:]
    dense = outputs * rows * cols * (case.volume.size + 1)
    assert numbers(channels.sentence(case.layer)) == [len(case.reads(0)), rows, cols, dense]
