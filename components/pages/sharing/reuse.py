"""Weights that outlive a layer: branches, a decoder, embeddings and blocks with the same ids, as one diagram. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from components.display import diagram, words
from components.display.diagram import Diagram, Layout, Place
from components.pages.sharing.state import Example, Reuse
from kernels.layer.kinds import fully_connected
from kernels.layer.transposed import transposed
from kernels.layer.wiring import Wiring
from kernels.networks.costs import total
from kernels.networks.zoo import published
from kernels.sharing.published import Shared, albert, language_model
from kernels.sharing.reused import layer_by_layer, parameters, reused

EXAMPLES: dict[Example, str] = {
    "repeated": "Repeated block (ALBERT)",
    "autoencoder": "Tied autoencoder",
    "embeddings": "Tied embeddings",
    "siamese": "Siamese pair",
}
SHARED: dict[Shared, str] = {
    "all": "Everything",
    "attention": "Attention",
    "feed-forward": "Feed-forward",
    "none": "Nothing",
}
ACROSS, DOWN, MARGIN = 90, 26, 20  # pixels: a layer to the right, a unit down, around
OUTPUTS = 2  # of the siamese pair's branches
PRINTED: dict[Shared, str] = {
    "all": "12 M",
    "attention": "64 M",
    "feed-forward": "38 M",
    "none": "89 M",
}  # Lan et al., table 4
NUMBERS = ("free parameters", "added up layer by layer")
SOURCES = (
    "Counted here from each network's table of tensors. Printed: ALBERT, Lan et al. 2020, table 4 (the often quoted "
    "“12 M instead of BERT's 108 M” also counts ALBERT's smaller embedding); language model, Press & Wolf 2017. "
    "Tying its embeddings took the test perplexity on Penn Treebank from 78.4 to 74.3, while the training perplexity "
    "rose from 37.8 to 48.5 (their figures)."
)


@dataclass(frozen=True, slots=True)
class Layer:
    """wiring: of its matrix. weights: the letter of the set it takes them from; layers with one letter share them.

    reads, writes: the columns of units it connects. turned: it uses the set's matrix transposed.
    """

    wiring: Wiring
    weights: str
    reads: int
    writes: int
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """Layers of units. units: how many stand in each column, places: where each column stands (right, down)."""

    layers: tuple[Layer, ...]
    units: tuple[int, ...]
    places: tuple[tuple[int, int], ...]


def network(own: Reuse) -> Network:
    """The example that is chosen, at the sizes that are set."""
    return {"repeated": _repeated, "autoencoder": _autoencoder, "embeddings": _embeddings, "siamese": _siamese}[
        own.example
    ](own)


def _repeated(own: Reuse) -> Network:
    """A block of attention A and feed-forward F, used again and again; a matrix stands for each."""
    n, blocks = own.units, own.uses
    square = fully_connected(n, n)
    layers: list[Layer] = []
    for block in range(blocks):
        for part, letter in (("attention", "A"), ("feed-forward", "F")):
            shared = own.shared in ("all", part)
            at = len(layers)
            layers.append(Layer(square, letter if shared else f"{letter}{block + 1}", at, at + 1))
    return _chain(layers, (n,) * (2 * blocks + 1))


def _autoencoder(own: Reuse) -> Network:
    encoder = fully_connected(own.inputs, own.units)
    layers = [Layer(encoder, "W", 0, 1), Layer(transposed(encoder), "W", 1, 2, turned=True)]
    return _chain(layers, (own.inputs, own.units, own.inputs))


def _embeddings(own: Reuse) -> Network:
    """A language model: words in, an embedding E, a layer R of its own, and Eᵀ back to words."""
    embedding, between = fully_connected(own.inputs, own.units), fully_connected(own.units, own.units)
    layers = [Layer(embedding, "E", 0, 1), Layer(between, "R", 1, 2), Layer(transposed(embedding), "E", 2, 3, True)]
    return _chain(layers, (own.inputs, own.units, own.units, own.inputs))


def _siamese(own: Reuse) -> Network:
    """Two branches of two layers, one above the other."""
    first, second = fully_connected(own.inputs, own.units), fully_connected(own.units, OUTPUTS)
    layers = [
        layer
        for branch in (0, 3)
        for layer in (Layer(first, "W", branch, branch + 1), Layer(second, "V", branch + 1, branch + 2))
    ]
    units = (own.inputs, own.units, OUTPUTS)
    tall = max(units)
    places = tuple((column, branch * (tall + 1)) for branch in range(2) for column in range(3))
    return Network(tuple(layers), units * 2, places)


def _chain(layers: Sequence[Layer], units: tuple[int, ...]) -> Network:
    return Network(tuple(layers), units, tuple((column, 0) for column in range(len(units))))


# As one wiring


def tied(net: Network) -> Wiring:
    """All layers side by side, each id used wherever its set is."""
    return reused([layer.wiring for layer in net.layers], [layer.weights for layer in net.layers])


def apart(net: Network) -> Wiring:
    """As a tool sees it that adds up layer by layer: every layer with weights of its own."""
    return reused([layer.wiring for layer in net.layers], range(len(net.layers)))


def diagrams(own: Reuse) -> list[Diagram]:
    """The network as it is shared, and as it would be with a set of weights for every layer."""
    net = network(own)
    both = tied(net), apart(net)
    layers = words.plural(len(net.layers), "layer")
    sets = words.plural(len({layer.weights for layer in net.layers}), "set") + f" of weights for {layers}"
    names = _names(net, [layer.weights for layer in net.layers])
    own_names = _names(net, [f"{layer.weights} in layer {n}" for n, layer in enumerate(net.layers, start=1)])
    title = "Shared across layers" if both[0].n_params < both[1].n_params else "Untied"
    return [
        _diagram(net, both[0], title, sets, names),
        _diagram(net, both[1], "Separate in each layer", f"a set of weights for each of {layers}", own_names),
    ]


def _diagram(net: Network, wires: Wiring, title: str, use: str, names: list[str]) -> Diagram:
    starts = np.cumsum([0, *(layer.wiring.shape[1] for layer in net.layers)])[:-1].tolist()
    letters = [layer.weights + ("ᵀ" if layer.turned else "") for layer in net.layers]
    bands = list(zip(starts, letters, strict=True))
    return Diagram(wires, title, use, _layout(net), diagram.colours(wires), names, bands)


def _layout(net: Network) -> Layout:
    """The outputs of a layer stand where the inputs of the next do."""
    highest = max(net.units)
    tall = highest + max(down for _, down in net.places)

    def column(n: int) -> list[Place]:
        across, down = net.places[n]
        top = down + (highest - net.units[n]) / 2
        return [(MARGIN + across * ACROSS, MARGIN + (top + unit) * DOWN) for unit in range(net.units[n])]

    width = 2 * MARGIN + max(across for across, _ in net.places) * ACROSS
    return Layout(
        [place for layer in net.layers for place in column(layer.writes)],
        [place for layer in net.layers for place in column(layer.reads)],
        (width, 2 * MARGIN + (tall - 1) * DOWN),
    )


def _names(net: Network, sets: Sequence[str]) -> list[str]:
    """W₁₂ by parameter: its row and column in the matrix that is not turned."""
    found: dict[str, list[str]] = {}
    for layer, name in zip(net.layers, sets, strict=True):
        rows, cols = layer.wiring.shape[::-1] if layer.turned else layer.wiring.shape
        letter, _, where = name.partition(" ")
        cells = (words.indexed(letter, row + 1, col + 1) for row in range(rows) for col in range(cols))
        found.setdefault(name, [f"{cell} {where}".rstrip() for cell in cells])
    return [name for names in found.values() for name in names]


def sentence(own: Reuse) -> str:
    """What is shared here, and why."""
    if own.example == "repeated" and own.shared == "none":
        return f"{words.plural(own.uses, 'block')}, each with weights of its own: nothing is tied."
    return {
        "repeated": f"One block used {words.plural(own.uses, 'time')}, like a recurrent layer unrolled over depth "
        "instead of time: attention (A), then feed-forward (F).",
        "autoencoder": "The decoder is Wᵀ: the same ids with inputs and outputs swapped. It is not an inverse.",
        "embeddings": "The matrix that turns words into vectors also scores the next word, transposed.",
        "siamese": "Both branches are the same network, so that their outputs can be compared.",
    }[own.example]


def table() -> dict[str, list[Any]]:
    """Networks at their published sizes, column by column: counted once, added up, and as printed."""
    tables = [
        (f"ALBERT-base, shared: {name.lower()}", albert(shared), PRINTED[shared]) for shared, name in SHARED.items()
    ]
    tables += [
        ("LSTM language model, embeddings tied", language_model(tied=True), "51 M"),
        ("LSTM language model, embeddings untied", language_model(tied=False), "66 M"),
    ]
    branch = total(published("lenet5").plan).parameters
    code = fully_connected(784, 32).n_params
    return {
        "network": [
            *(name for name, _, _ in tables),
            "Siamese pair of LeNet-5",
            "Autoencoder 784–32–784, tied, without biases",
        ],
        NUMBERS[0]: [*(parameters(tensors) for _, tensors, _ in tables), branch, code],
        NUMBERS[1]: [*(layer_by_layer(tensors) for _, tensors, _ in tables), 2 * branch, 2 * code],
        "printed": [*(printed for _, _, printed in tables), "", ""],
    }


def headline(own: Reuse) -> str:
    """The page's title while this is open."""
    net = network(own)
    once, often = tied(net).n_params, apart(net).n_params
    return f":primary[{words.plural(once, 'weight')}] across {len(net.layers)} layers" + (
        f", not {words.amount(often)}" if once < often else ": none is shared"
    )
