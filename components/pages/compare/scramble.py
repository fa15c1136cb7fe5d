"""What a fully connected layer and a convolution do when the pixels are scrambled. Pure."""

from dataclasses import dataclass
from math import prod

import numpy as np

from components.display import cards, words
from components.display.cards import Card, Fact
from components.pages.compare.small import SmallLayer
from components.state.setup import View
from kernels.layer import equivariance
from kernels.layer.kinds import ConvWiring
from kernels.layer.spec import Floats, Ints
from kernels.layer.wiring import Wiring


@dataclass(frozen=True, slots=True, eq=False)
class Scrambled:
    """A layer's map (H', W') for the picture, and for the scrambled picture."""

    kind: View
    name: str
    note: str
    output: Floats
    scrambled: Floats

    @property
    def unchanged(self) -> int:
        """How many outputs are the same to the last bit."""
        return int((self.output == self.scrambled).sum())


def scrambled(small: SmallLayer, seed: int) -> list[Scrambled]:
    """The fully connected layer as it was, and with its columns in the pixels' new order; and the convolution, whose
    columns cannot be reordered. All have the visitor's kernel as their numbers.
    """
    order = _order(small, seed)
    dense, conv = small.wiring("dense"), small.wiring("conv")

    def compared(kind: View, name: str, note: str, wires: ConvWiring, rewired: Wiring) -> Scrambled:
        theta = small.theta(wires)
        before = small.product(wires, theta, small.x)
        after = small.product(rewired, theta, equivariance.moved(small.x, order))
        return Scrambled(kind, name, note, small.map(before), small.map(after))

    return [
        compared("dense", "Fully connected, unchanged", "Every weight now meets a different pixel.", dense, dense),
        compared(
            "dense",
            "Fully connected, rewired",
            "Each column of W moves with its pixel: the layer makes no use of which pixels are neighbours.",
            dense,
            equivariance.reordered(dense, order),
        ),
        compared(
            "conv",
            "Convolution",
            "Its windows now contain unrelated pixels, and it has no free columns to permute.",
            conv,
            conv,
        ),
    ]


def scrambled_picture(small: SmallLayer, seed: int) -> Floats:
    """The picture (H, W) with all pixels in the order of this seed."""
    picture: Floats = equivariance.moved(small.picture.ravel(), _order(small, seed)).reshape(small.picture.shape)
    return picture


def _order(small: SmallLayer, seed: int) -> Ints:
    return equivariance.scramble(prod(small.layer.in_shape), seed)


def sentence(found: list[Scrambled]) -> str:
    """What the layer that was rewired and the convolution made of the scrambled picture."""
    rewired, conv = found[1:]
    whole = conv.output.size
    return (
        f"Pixels in a random order. With its columns permuted in the same way, the fully connected layer gives **the "
        f"same output at {rewired.unchanged:,} of {whole:,} positions; the convolution at {conv.unchanged:,}**: it "
        "relies on which pixels are neighbours."
    )


def scramble_cards(small: SmallLayer, found: list[Scrambled], seed: int) -> list[Card]:
    """The picture and the layers' maps, before and after."""
    grey, link = cards.ColourRange(1.0, signed=False), {"group": "X", "letter": "X"}
    mixed = scrambled_picture(small, seed)
    first = Card(
        "The picture",
        "",
        f"All pixels are kept, in a random order (seed {seed}).",
        (
            cards.map_picture("X", f"The picture, {small.size}", small.picture, grey, **link),
            cards.map_picture("scrambled", f"The picture with its pixels scrambled, {small.size}", mixed, grey, **link),
        ),
    )
    range = cards.colour_range(*(y for one in found for y in (one.output, one.scrambled)))
    return [first, *(_card(one, range) for one in found)]


def _card(one: Scrambled, range: cards.ColourRange) -> Card:
    largest, link = float(np.abs(one.output - one.scrambled).max()), {"group": "Z", "letter": "Y"}
    pictures = (
        cards.map_picture("Y", f"{one.name}: output for the picture", one.output, range, **link),
        cards.map_picture(
            "Y, scrambled", f"{one.name}: output for the scrambled picture", one.scrambled, range, **link
        ),
    )
    whole = one.output.size
    facts = (
        Fact("identical to the last bit", f"{one.unchanged:,} of {whole:,} outputs", good=one.unchanged == whole),
        Fact("largest difference", words.figure(largest), "measured"),
    )
    return cards.layer_card(one.kind, one.name, "", one.note, pictures, facts)
