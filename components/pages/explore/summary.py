"""Explore in three sentences. Pure."""

from math import prod

from components.display import words
from components.display.layer import Layer
from components.display.summary import Summary, finding
from components.pages.explore import text


def summary(layer: Layer) -> Summary:
    rows, cols = prod(layer.out_shape), prod(layer.in_shape) + layer.spec.bias
    return Summary(
        f"A picture of {words.shape(layer.in_shape[1:])} pixels, a kernel of {words.shape(layer.spec.kernel_size)} "
        f"weights, the output map of {words.shape(layer.out_shape[1:])}, and the same layer as a network and as one "
        f"matrix W of {words.amount(rows)} rows and {words.amount(cols)} columns.",
        finding(text.headline(layer)),
        "Walk through a picture or the matrix with the arrow keys, or point at a weight or a cell of W: all uses of "
        "that weight light up.",
    )
