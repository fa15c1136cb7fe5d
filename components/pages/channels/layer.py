"""The layer of several channels: each output map as the sum of its kernel's slices on the input channels. Pure."""

from dataclasses import dataclass, replace
from math import fsum

import numpy as np

from components.display import cards, theme, words
from components.display.cards import Card, Fact, Picture
from components.display.layer import LAYER_NAMES, Layer, all_tied, noise_floor, spec_of, without_noise
from components.pages.channels.state import Channels, Filters
from components.state.setup import Setup, View, with_side
from kernels.images.decode import planes, unit
from kernels.images.samples import sample
from kernels.layer.activation import ACTIVATIONS
from kernels.layer.axis import PADDING
from kernels.layer.banks import bank
from kernels.layer.conv import correlate
from kernels.layer.counts import count
from kernels.layer.spec import Bytes, Floats, Pair, SpecError

MOST = 128  # pixels: the longer side of the input, where a bank of 24 slices of 7×7 is still quick
UNTITLED = ":primary[Many inputs], many outputs"  # where there is no layer


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """One output map, taken apart: what each channel it reads gives (channels, H', W'), their sum with the bias, and
    the output after the activation; `reads` are the channels' numbers."""

    reads: tuple[int, ...]
    shares: Floats
    total: Floats
    output: Floats


@dataclass(frozen=True, slots=True)
class Term:
    """One product of a written-out sum: which slice, tap and pixel, and the two numbers; 0 on padding."""

    channel: int
    tap: Pair
    weight: float
    pixel: float


def stacked(ids: tuple[str, ...], side: int) -> Bytes:
    """These samples in grey, one above the other (C, H, W), each `side` pixels along its longer side."""
    return np.concatenate([planes(sample(id, side), "grey") for id in ids])


def reduced(state: Setup) -> Setup:
    """The state of the picture these layers work on: as large as it is, up to MOST pixels."""
    return with_side(all_tied(state), min(state.side, MOST))


def fitted(own: Channels, channels: int) -> Channels:
    """The bank for an input of so many channels: groups that divide, a slice for every channel read, a bias each."""
    outputs = own.outputs
    groups = own.groups if channels % own.groups == 0 and outputs % own.groups == 0 else 1
    reads = channels // groups
    K, L = own.kernel_size
    empty = ((0.0,) * L,) * K
    kernels = tuple((one + (empty,) * reads)[:reads] for one in own.filters)
    biases = (own.biases + (0.0,) * outputs)[:outputs]
    return replace(
        own, filters=kernels, groups=groups, biases=biases, cell=(min(own.cell[0], outputs - 1), *own.cell[1:])
    )


def layer(state: Setup, own: Channels, shape: tuple[int, ...]) -> Layer:
    """This bank on a volume (C, H, W). Raises SpecError with the number to change."""
    geometry = spec_of(replace(state, kernel=own.filters[0][0]))
    spec = replace(geometry, in_channels=shape[0], out_channels=own.outputs, groups=own.groups, bias=True)
    in_shape = shape[0], shape[1], shape[2]
    counts = {kind: count(kind, spec, in_shape, state.period) for kind in LAYER_NAMES}
    return Layer(spec, in_shape, spec.out_shape(in_shape), counts, ())


def weights(own: Channels) -> Floats:
    """(O, C/groups, K, L)."""
    return np.array(own.filters, dtype=np.float64)


def outputs(own: Channels, layer: Layer, volume: Bytes) -> Floats:
    """All output maps before the activation, (O, H', W'); sums that are rounding noise are 0."""
    found = correlate(unit(volume), weights(own), layer.spec, own.biases)
    largest = float(volume.max()) / 255
    kernels = zip(weights(own), own.biases, strict=True)
    floors = [noise_floor(kernel, bias, largest) for kernel, bias in kernels]
    return np.stack([without_noise(sums, floor) for sums, floor in zip(found, floors, strict=True)])


def parts(state: Setup, own: Channels, layer: Layer, volume: Bytes, output: int) -> Parts:
    """Output map o: Σ_c X_c ⋆ F_oc + b_o, c over the channels of its group."""
    reads = layer.spec.weight_shape[1]
    first = output // (own.outputs // own.groups) * reads
    channel = tuple(range(first, first + reads))
    single = replace(layer.spec, in_channels=1, out_channels=1, groups=1, bias=False)
    bank = weights(own)[output]
    shares = np.concatenate(
        [correlate(unit(volume[c : c + 1]), bank[n][None, None], single) for n, c in enumerate(channel)]
    )
    floor = noise_floor(bank, own.biases[output], float(volume.max()) / 255)
    shares, total = without_noise(shares, floor), without_noise(shares.sum(axis=0) + own.biases[output], floor)
    return Parts(channel, shares, total, ACTIVATIONS[state.activation](total))


def terms(own: Channels, layer: Layer, volume: Bytes, found: Parts, cell: Pair) -> list[Term]:
    """The products that add up to output (o, i, j), channel by channel, row by row."""
    down, across = (axis.sources() for axis in layer.spec.axes(layer.in_shape))
    x, bank = unit(volume), weights(own)[own.cell[0]]
    listed = []
    for n, c in enumerate(found.reads):
        for k, l in np.ndindex(*own.kernel_size):
            r, s = int(down[k, cell[0]]), int(across[l, cell[1]])
            pixel = 0.0 if PADDING in (r, s) else float(x[c, r, s])
            listed.append(Term(c, (k, l), float(bank[n, k, l]), pixel))
    return listed


@dataclass(frozen=True, slots=True)
class Apart:
    """One output map taken apart: its picture, the cards of its parts, and the output `at` written out."""

    at: Pair
    picture: Picture
    cards: list[Card]
    lines: list[str]


def taken_apart(state: Setup, own: Channels, layer: Layer, volume: Bytes, names: tuple[str, ...]) -> Apart:
    """The output map that is chosen, taken apart."""
    found, at = parts(state, own, layer, volume, own.cell[0]), pinned(own, layer)
    lines = written(own, layer, terms(own, layer, volume, found, at), found, names)
    picture = cards.map_picture("", "", found.output, cards.colour_range(found.output))
    return Apart(at, picture, part_cards(layer, volume, found, names, at), lines)


def shown_maps(state: Setup, own: Channels, layer: Layer, volume: Bytes) -> list[Card]:
    """A card per output map of this volume."""
    return map_cards(state, own, layer, outputs(own, layer, volume))


def pinned(own: Channels, layer: Layer) -> Pair:
    """Row and column of the output that is written out, within the map."""
    return min(own.cell[1], layer.out_shape[1] - 1), min(own.cell[2], layer.out_shape[2] - 1)


def sentence(layer: Layer) -> str:
    """How a map is made of the channels, and what it would take without sharing."""
    reads = layer.spec.weight_shape[1]
    return (
        f"Each map sums {words.plural(reads, 'channel')}, filtered in the same way at all "
        f"{words.shape(layer.out_shape[1:])} positions; fully connected takes "
        f"{words.amount(layer.counts['dense'].parameters)} parameters."
    )


def map_cards(state: Setup, own: Channels, layer: Layer, maps: Floats) -> list[Card]:
    """A card per output map."""
    found = ACTIVATIONS[state.activation](maps)
    return [
        Card(
            f"Y{o + 1}",
            "",
            f"bias {words.figure(own.biases[o])}",
            (
                cards.map_picture(
                    "",
                    f"Output map {o + 1}, {layer.out_shape[1]} × {layer.out_shape[2]}",
                    values,
                    cards.colour_range(values),
                    group="Y",
                    letter="Y",
                ),
            ),
            colour=theme.css(theme.blocks(own.outputs, layer.in_shape[0])[o, 0]),
        )
        for o, values in enumerate(found)
    ]


def part_cards(layer: Layer, volume: Bytes, found: Parts, names: tuple[str, ...], at: Pair) -> list[Card]:
    """A card per channel: the channel and its contribution; last, their sum and the output.

    The output `at` is framed in all of them, and its window in the channels.
    """
    range, grey = cards.colour_range(*found.shares, found.total), cards.ColourRange(1.0, signed=False)
    link = {"group": "Y", "marks": ((*at, 1, 1),)}
    summed = "The sum over all channels plus the bias"
    seen = {"group": "X", "marks": _window(layer, at)}
    listed = [
        Card(
            names[c],
            "",
            f"channel {c + 1} of {layer.in_shape[0]}",
            (
                cards.map_picture("X", f"Input channel {names[c]}", unit(volume[c]), grey, letter="X", **seen),
                cards.map_picture("X ⋆ F", f"Contribution of {names[c]}", share, range, letter="X ⋆ F", **link),
            ),
        )
        for c, share in zip(found.reads, found.shares, strict=True)
    ]
    last = Card(
        "Sum over channels",
        "",
        "plus the bias, then the activation",
        (
            cards.map_picture("Σ + b", summed, found.total, range, letter="Σ + b", **link),
            cards.map_picture(
                "Y", "The output map", found.output, cards.colour_range(found.output), letter="Y", **link
            ),
        ),
    )
    return [*listed, last]


def _window(layer: Layer, at: Pair) -> tuple[tuple[int, int, int, int], ...]:
    """The pixels an output reads, as one frame; nothing if all of them are padding."""
    reads = [
        [int(n) for n in axis.sources()[:, place] if n != PADDING]
        for axis, place in zip(layer.spec.axes(layer.in_shape), at, strict=True)
    ]
    if not all(reads):
        return ()
    (top, bottom), (left, right) = ((min(read), max(read)) for read in reads)
    return ((top, left, bottom - top + 1, right - left + 1),)


def written(own: Channels, layer: Layer, listed: list[Term], found: Parts, names: tuple[str, ...]) -> list[str]:
    """The sum of the pinned output: a line per channel and one for the total."""
    o, (i, j) = own.cell[0], pinned(own, layer)
    lines, totals = [], []
    for c in found.reads:
        mine = [term for term in listed if term.channel == c]
        total = _total(mine)
        products = " + ".join(f"{words.figure(term.weight)}·{words.figure(term.pixel)}" for term in mine)
        lines.append(f"**{names[c]}**: {products} = **{words.figure(total)}**")
        totals.append(words.figure(total))
    bias = f" + {words.figure(own.biases[o])} (bias)"
    before, after = _total(listed, own.biases[o]), float(found.output[i, j])
    activated = f", after the activation {words.figure(after)}" if abs(after - before) > 1e-9 else ""
    lines.append(f"Y{o + 1}[{i + 1},{j + 1}] = {' + '.join(totals)}{bias} = **{words.figure(before)}**{activated}")
    return lines


def _total(terms: list[Term], bias: float = 0.0) -> float:
    """The sum of the products, 0 where nothing but rounding is left of them."""
    products = [term.weight * term.pixel for term in terms]
    total = fsum([*products, bias])
    return 0.0 if abs(total) < 1e-12 * sum(map(abs, products)) else total


def cost_cards(layer: Layer) -> list[Card]:
    """The cost of the layer fully connected, locally connected and shared, each with its formula."""
    (C, H, W), (O, rows, cols) = layer.in_shape, layer.out_shape
    K, L = layer.spec.kernel_size
    reads = layer.spec.weight_shape[1]
    lost = " minus taps on padding" if any(map(any, layer.spec.pads)) else ""
    shares: dict[View, tuple[str, str]] = {
        "dense": (f"{O}·{rows}·{cols} × {C}·{H}·{W}", f"{O}·{rows}·{cols}"),
        "local": (f"{O}·{rows}·{cols} × {reads}·{K}·{L}{lost}", f"{O}·{rows}·{cols}"),
        "conv": (f"{O}·{reads}·{K}·{L}", f"{O}"),
    }
    return [
        Card(
            LAYER_NAMES[kind],
            words.amount(layer.counts[kind].parameters),
            f"{formula} + {biases} biases",
            (),
            (
                Fact("connections, including biases", words.amount(layer.counts[kind].connections)),
                Fact("multiply-adds", words.amount(layer.counts[kind].multiply_adds)),
                Fact("in float32", words.size(layer.counts[kind].bytes)),
            ),
            theme.ROLES[kind],
        )
        for kind, (formula, biases) in shares.items()
    ]


def title(layer: Layer) -> str:
    """The page's title: parameters, channels and maps."""
    found, (reads, maps) = layer.counts["conv"].parameters, (layer.in_shape[0], layer.out_shape[0])
    verb = "turns" if found == 1 else "turn"
    sides = f"{words.plural(reads, 'channel')} into {words.plural(maps, 'map')}"
    return f":primary[{words.plural(found, 'parameter')}] {verb} {sides}"


def title_of(state: Setup, own: Channels, shape: tuple[int, ...]) -> str:
    """The title, where there is a layer or not."""
    try:
        return title(layer(state, own, shape))
    except SpecError:
        return UNTITLED


def names_of(own: Channels, channels: int, titles: dict[str, str]) -> tuple[str, ...]:
    """What the input channels are called."""
    if own.stack:
        return tuple(titles[id] for id in own.stack)
    return ("Red", "Green", "Blue")[:channels] if channels == 3 else ("Grey",) * channels


def start_from(own: Channels, id: str, channels: int) -> Channels:
    """A named bank for an input of so many channels. Raises ValueError where it needs others."""
    made = bank(id, channels // own.groups if channels % own.groups == 0 else channels, own.seed)
    if len(made) % (channels // made.shape[1]):
        made = bank(id, channels, own.seed)
    groups = channels // made.shape[1]
    filters: Filters = tuple(tuple(tuple(map(tuple, k)) for k in one) for one in made.tolist())
    return fitted(replace(own, filters=filters, biases=(0.0,) * len(filters), groups=groups), channels)
