"""Compare in three sentences, a function for each tab. Pure."""

from collections.abc import Sequence

from components.display import words
from components.display.layer import Layer
from components.display.summary import Summary, finding, sentences
from components.pages.compare import four_layers, saving, scramble, search, shift, transposed
from components.pages.compare.small import SmallLayer
from components.pages.compare.state import Compare


def layers(small: SmallLayer, own: Compare) -> Summary:
    return Summary(
        f"Four layers on one picture of {words.shape(small.layer.in_shape[1:])} pixels: fully connected, locally "
        "connected, tiled and convolutional, each with its matrix and its map.",
        finding(four_layers.sentence(small.layer, own.draw)),
        "Point at any map, or choose other weights under “Weights”.",
    )


def saved(layer: Layer) -> Summary:
    return Summary(
        "Free parameters of the fully connected, the locally connected and the convolutional layer on a picture of "
        f"{words.shape(layer.in_shape[1:])} pixels, as a chart and as cards.",
        finding(saving.sentence(saving.saving(layer), layer)),
        "Change the kernel or the geometry above and see which of the two factors changes.",
    )


def growth(found: Sequence[saving.Curve]) -> Summary:
    return Summary(
        "Cost against the side of the picture for four wirings: counted at the left, timed on this server at the "
        "right.",
        finding(saving.growth(found)),
        "Choose another cost under “Quantity”.",
    )


def shifted(small: SmallLayer, found: list[shift.Shifted], own: Compare) -> Summary:
    return Summary(
        f"A picture of {words.shape(small.layer.in_shape[1:])} pixels shifted by {own.down} rows and {own.right} "
        "columns, and what the layers make of it before and after the shift.",
        finding(shift.sentence(found, own)),
        "Drag the picture or change “Down” and “Right”, then try another “Stride” or “Padding”.",
    )


def scrambled(small: SmallLayer, found: list[scramble.Scrambled]) -> Summary:
    return Summary(
        f"A picture of {words.shape(small.layer.in_shape[1:])} pixels, the same pixels in a random order, and what the "
        "layers make of both.",
        sentences(scramble.sentence(found))[1],  # the first says again what is shown
        "Draw another order with “Random seed (permutation)”.",
    )


def searched(task: search.Search, found: list[search.Detector]) -> Summary:
    return Summary(
        f"A framed square of the picture, copies of it pasted into a picture of {words.shape(task.picture.shape)} "
        "pixels, and where a shared kernel and separate weights at every position find it.",
        finding(search.finding(task, found)),
        "Drag the frame to another part of the picture, or change “Copies”.",
    )


def transpose(small: SmallLayer, found: transposed.Faces) -> Summary:
    gathered, scattered = (words.figure(one) for one in found.inner)
    return Summary(
        f"One layer on {words.shape(small.layer.in_shape[1:])} pixels in three forms: its matrix W, the transposed Wᵀ, "
        "and the product of the kernel with im2col.",
        f"⟨W x, y⟩ = {gathered} and ⟨x, Wᵀ y⟩ = {scattered}: Wᵀ scatters each output back over its window with the "
        "same shared weights.",
        "Choose under “y, to which Wᵀ is applied” what is scattered.",
    )
