"""Channels in three sentences, a function for each tab. Pure."""

from math import prod

from components.display import words
from components.display.layer import Layer
from components.display.summary import Summary, finding
from components.pages.channels.layer import title
from components.pages.channels.state import Channels


def bank(layer: Layer, _own: Channels) -> Summary:
    channels, maps = layer.in_shape[0], layer.out_shape[0]
    return Summary(
        f"{words.plural(channels, 'input channel')}, a bank of kernels with slices of "
        f"{words.shape(layer.spec.kernel_size)} weights, and beside it {words.plural(maps, 'output map')}.",
        finding(title(layer)),
        "Change a weight of the bank: only the map of its own kernel changes.",
    )


def inside(layer: Layer, own: Channels) -> Summary:
    reads, (output, row, col) = layer.spec.weight_shape[1], own.cell
    return Summary(
        f"Output map {output + 1} of {layer.out_shape[0]} as a sum over channels, and its value at row {row + 1}, "
        f"column {col + 1} written out.",
        f"This map sums {words.plural(reads, 'channel')}, each filtered with a slice of "
        f"{words.shape(layer.spec.kernel_size)} weights.",
        "Drag the frame to another output, or choose another “Output map”.",
    )


def matrix(layer: Layer, _own: Channels) -> Summary:
    rows, cols = prod(layer.out_shape), prod(layer.in_shape)
    return Summary(
        f"The layer as one matrix of {layer.out_shape[0]} × {layer.in_shape[0]} blocks, {words.amount(rows)} rows and "
        f"{words.amount(cols)} columns, a part of it close up, and what the layer costs.",
        finding(title(layer)),
        "Drag the frame over the matrix, or enlarge another part with “Zoom”.",
    )
