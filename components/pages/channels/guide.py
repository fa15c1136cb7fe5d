"""Channels in class, a guide for each tab. Pure."""

from dataclasses import replace
from math import prod

from components.display import words
from components.display.guide import Activity, Guide
from components.display.layer import Layer
from components.pages.channels.layer import layer
from components.pages.channels.state import OPENING, Channels
from components.state.setup import Setup

EDGES = OPENING[1]


def guides() -> tuple[Guide, ...]:
    return _bank(), _inside(), _matrix()


def _bank() -> Guide:
    own = Channels(tab="bank")
    outputs, inputs, K, L = (own.outputs, len(own.filters[0]), *own.kernel_size)
    weights, places = outputs * inputs * K * L, prod(_layer().out_shape[1:])
    return Guide(
        "Bank and maps",
        "Students count the weights of a layer with several input channels and output maps.",
        "“A kernel has K × L weights, however many channels it reads.” It has a K × L slice for every input channel.",
        (
            Activity(3, f"{inputs} channels, {outputs} maps, so {outputs} kernels of {inputs} slices, {K} × {L} each. "
                     f"Students count the weights: {outputs} × {inputs} × {K} × {L} = {weights}.", (own,)),
            Activity(4, "Change one weight in the bank. Predict how many maps change.", (own,)),
            Activity(3, "Another bank, for edges between opponent colours, on a flower: predict which map responds "
                     "most to its rim.", (replace(EDGES, tab="bank"), OPENING[0])),
        ),
        (
            ("One weight changes. How many maps change?", f"One of {outputs}: a kernel serves one map."),
            ("How often is each weight used?", f"At each of {words.amount(places)} positions, in one map."),
            ("How many biases are there?", f"One for each map: {len(own.biases)}."),
        ),
        "With multiple input and output channels.",
    )  # fmt: skip


def _inside() -> Guide:
    own = Channels(tab="inside")
    reads, taps = len(own.filters[0]), prod(own.kernel_size)
    other = replace(own, cell=(1, 10, 10))
    return Guide(
        "Inside one output",
        "Students write one output as a sum over channels and over the window.",
        "“Each channel has a map of its own in the output.” The channels' contributions are added.",
        (
            Activity(4, f"One number of map {own.cell[0] + 1}: {reads} sums of {taps} products each, then the bias.",
                     (own,)),
            Activity(3, f"The output at row {other.cell[1] + 1}, column {other.cell[2] + 1} of map "
                     f"{other.cell[0] + 1}: students find the largest contribution.", (other,)),
            Activity(3, "Drag the frame to an edge in the picture. Which channel responds?", (own,)),
        ),
        (
            ("How many products make one output?", f"{reads} × {taps} = {reads * taps}."),
            ("Can two channels cancel?", "Yes: contributions are added with their signs."),
            ("Where is the non-linearity applied?", "After the sum over all channels and the bias, once."),
        ),
        "With multiple input and output channels, before activations.",
    )  # fmt: skip


def _matrix() -> Guide:
    made = _layer()
    dense, local, conv = (made.counts[kind].parameters for kind in ("dense", "local", "conv"))
    outputs, inputs = made.out_shape[0], made.in_shape[0]
    return Guide(
        "One matrix, and its cost",
        "Students see a layer with channels as one matrix of blocks, each with the diagonals of one slice of a kernel.",
        "“Channels are a third dimension over which the kernel slides.” It slides over rows and columns alone.",
        (
            Activity(4, f"The matrix has {outputs} × {inputs} blocks. Predict how many colours one block has: "
                     f"{prod(made.spec.kernel_size)}.", (Channels(tab="matrix"),)),
            Activity(3, f"Its cost: {words.amount(conv)} parameters with the biases; {words.amount(dense)} fully "
                     "connected.", (Channels(tab="matrix"),)),
            Activity(3, "Drag the frame along a diagonal, then across blocks: which colours stay?",
                     (Channels(tab="matrix"),)),
        ),
        (
            ("Are weights shared between blocks?", "No: every block has its own slice of a kernel."),
            ("Which of the two savings is larger here?",
             f"Sharing, {words.times(local / conv)} fewer; locality, {words.times(dense / local)}."),
            ("What would the matrix of a 1 × 1 convolution look like?",
             "Each block one diagonal in one colour: channels are mixed, positions are not."),
        ),
        "With multiple channels and the counting of parameters.",
    )  # fmt: skip


def _layer() -> Layer:
    """The layer of the links, on the red, green and blue of the first picture."""
    return layer(Setup(), Channels(), (3, Setup().side, Setup().side))
