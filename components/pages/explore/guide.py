"""Explore in class. Pure."""

from dataclasses import replace
from math import prod

from components.display import words
from components.display.guide import Activity, Guide
from components.display.layer import Layer, layer_of
from components.state.setup import LANDING, Setup, with_image

PHOTO = with_image(Setup(), "dahlia")
LOCAL = replace(LANDING, view="local")


def _square(state: Setup) -> Layer:
    return layer_of(state, (state.side, state.side))


def guides() -> tuple[Guide, ...]:
    small, photo = _square(LANDING), _square(PHOTO)
    shared, local, dense = (small.counts[kind].parameters for kind in ("conv", "local", "dense"))
    outputs, inputs = prod(small.out_shape), prod(small.in_shape)
    taps, places = prod(photo.spec.kernel_size), prod(photo.out_shape)
    return (
        Guide(
            "One kernel, one matrix",
            "Students recognise a convolution as the fully connected layer y = W x with most weights zero and the rest "
            "repeated, and can say which cells of W hold the same weight.",
            "“A convolution is a different operation from a matrix product.” It is one, with tied weights.",
            (
                Activity(3, f"A digit of {words.shape(small.in_shape[1:])} pixels. Predict how many cells light up "
                         f"when you point at one weight of the kernel; then point: {outputs}.", (LANDING,)),
                Activity(4, f"The locally connected view has {words.amount(local)} weights in the same cells. Press "
                         f"From dense to shared: {words.amount(dense)}, then {words.amount(local)}, then {shared}.",
                         (LOCAL,)),
                Activity(3, f"A photograph: the {words.plural(taps, 'weight')} of the kernel stay, each used "
                         f"{words.amount(places)} times. Zoom into W until single cells show.", (PHOTO,)),
            ),
            (
                ("How many rows and columns does W have here?",
                 f"{outputs} rows, one per output, and {inputs} columns, one per pixel (the digit of the first link)."),
                ("Which part of the saving is due to sharing alone?",
                 f"{words.factor(local / shared)} times fewer, from {words.amount(local)} to {shared}. Locality alone "
                 f"gives {words.factor(dense / local)} times fewer."),
                ("What does a shared weight give up?",
                 "The freedom to differ between positions. It pays where a feature is worth detecting anywhere."),
            ),
            "After the definition of the convolution, before channels.",
        ),
    )  # fmt: skip
